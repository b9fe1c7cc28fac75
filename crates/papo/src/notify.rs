//! What a service manager is told (systemd's `sd_notify`): that the server is ready, reads its configuration
//! again, stops, and is alive. Without `$NOTIFY_SOCKET` nobody is told anything.

use std::ffi::{OsStr, OsString};
use std::io;
use std::os::linux::net::SocketAddrExt as _;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::net::{SocketAddr, UnixDatagram};
use std::time::Duration;

use papo_server::Server;
use rustix::time::{ClockId, clock_gettime};

/// The line to the service manager, if there is one.
#[derive(Debug)]
pub(crate) struct Notify {
    to: Option<(UnixDatagram, SocketAddr)>,
    watchdog: Option<Duration>,
}

impl Notify {
    /// As the surroundings say. That they say it wrongly is no reason not to serve.
    pub(crate) fn from_env() -> Self {
        let set = |name| std::env::var_os(name).filter(|value| !value.is_empty());
        let to = set("NOTIFY_SOCKET").and_then(|name| Some((UnixDatagram::unbound().ok()?, address(&name).ok()?)));
        let watchdog = watchdog(set("WATCHDOG_USEC"), set("WATCHDOG_PID"), std::process::id());
        Self { to, watchdog }
    }

    /// It serves, as the status says.
    pub(crate) fn ready(&self, status: &str) {
        self.tell(&format!("READY=1\nSTATUS={}", status.replace('\n', " ")));
    }

    /// It reads its configuration again, until it is ready.
    pub(crate) fn reloading(&self) {
        let now = clock_gettime(ClockId::Monotonic);
        let micros = now.tv_sec * 1_000_000 + now.tv_nsec / 1_000;
        self.tell(&format!("RELOADING=1\nMONOTONIC_USEC={micros}"));
    }

    /// It stops.
    pub(crate) fn stopping(&self) {
        self.tell("STOPPING=1");
    }

    /// Waits for `end`, and tells meanwhile that the server is alive, if somebody asks for that. Alive is
    /// a server whose hub decides: one that is stuck says nothing, and is started anew.
    pub(crate) fn watch<T>(&self, server: &Server, end: impl FnOnce() -> T) -> T {
        let Some(every) = self.watchdog.filter(|_| self.to.is_some()) else { return end() };
        let (done, is_done) = std::sync::mpsc::channel::<()>();
        std::thread::scope(|scope| {
            scope.spawn(move || {
                while is_done.recv_timeout(every) == Err(std::sync::mpsc::RecvTimeoutError::Timeout) {
                    server.engine().decide(None, |_, _| ());
                    self.tell("WATCHDOG=1");
                }
            });
            let ended = end();
            drop(done);
            ended
        })
    }

    fn tell(&self, state: &str) {
        if let Some((socket, to)) = &self.to {
            // Whoever does not listen is not waited for.
            let _ = socket.send_to_addr(state.as_bytes(), to);
        }
    }
}

/// A path, or a name without one, which begins with `@`.
fn address(name: &OsStr) -> io::Result<SocketAddr> {
    match name.as_bytes().strip_prefix(b"@") {
        Some(name) => SocketAddr::from_abstract_name(name),
        None => SocketAddr::from_pathname(name),
    }
}

/// How often to tell: twice in the time that is given, if it is given to this process.
fn watchdog(micros: Option<OsString>, pid: Option<OsString>, me: u32) -> Option<Duration> {
    let number = |text: OsString| text.to_str()?.parse::<u64>().ok();
    let is_for_me = pid.is_none_or(|pid| number(pid) == Some(u64::from(me)));
    micros
        .filter(|_| is_for_me)
        .and_then(number)
        .filter(|micros| *micros > 1)
        .map(|micros| Duration::from_micros(micros / 2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_watchdog_is_fed_twice_in_its_time() {
        let micros = Duration::from_micros;
        for (usec, pid, every) in [
            (None, None, None),
            (Some("20000000"), None, Some(micros(10_000_000))),
            (Some("20000000"), Some("7"), Some(micros(10_000_000))),
            (Some("20000000"), Some("8"), None),
            (Some("20000000"), Some("x"), None),
            (Some("0"), None, None),
            (Some("often"), None, None),
            (None, Some("7"), None),
        ] {
            assert_eq!(watchdog(usec.map(OsString::from), pid.map(OsString::from), 7), every, "{usec:?} {pid:?}");
        }
    }
}

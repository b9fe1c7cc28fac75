//! A server that was started here, and is stopped here, by its own id.

use std::fs::{self, File};
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

use crate::sh::target;

/// A server that has not said its address by then will not.
const START_TIMEOUT: Duration = Duration::from_secs(20);

/// A running server. Dropping it ends it.
#[derive(Debug)]
pub(crate) struct Started {
    child: Child,
    pub(crate) addr: SocketAddr,
    /// Where it tells its metrics, if it is one that does.
    pub(crate) web: SocketAddr,
    folder: PathBuf,
}

/// What can be started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Server {
    /// Papo itself, in memory and without limits of rate.
    Papo,
    /// The same, spoken to inside TLS.
    Secure,
    /// Papo with everything on disk.
    Kept,
    /// The bare loop of `send()`.
    Floor,
    /// The same, joining what waits.
    JoiningFloor,
}

impl Server {
    /// Its name in tables.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Server::Papo => "papo",
            Server::Secure => "papo by TLS",
            Server::Kept => "papo on disk",
            Server::Floor => "floor",
            Server::JoiningFloor => "joining floor",
        }
    }

    /// The arguments that start it on its ports, with a folder for its data.
    fn arguments(self, port: u16, web_port: u16, data: &Path) -> Vec<String> {
        let words = |line: &str| line.split(' ').map(str::to_owned).collect::<Vec<_>>();
        let serve = |rest: &str| {
            let serve = format!("serve --port {port} --flood off --lang pt-BR {rest} --data");
            [words(&serve), vec![data.to_string_lossy().into_owned()]].concat()
        };
        match self {
            Server::Papo => serve("--web-port off --store memory"),
            Server::Secure => serve("--web-port off --store memory --tls self-signed"),
            Server::Kept => serve(&format!("--web-port {web_port} --store sqlite")),
            Server::Floor => words(&format!("bench floor --addr 127.0.0.1:{port}")),
            Server::JoiningFloor => words(&format!("bench floor --addr 127.0.0.1:{port} --join")),
        }
    }
}

impl Started {
    /// Starts a server of this program, on one core if given, and waits until it says its address.
    pub(crate) fn new(program: &Path, server: Server, core: Option<usize>) -> Result<Self> {
        Self::on_data(program, server, core, None)
    }

    /// The same with a data folder that stays.
    pub(crate) fn on_data(program: &Path, server: Server, core: Option<usize>, data: Option<&Path>) -> Result<Self> {
        let (port, web_port) = free_ports()?;
        // Where everything is built: a temporary folder may lie in memory, where nothing is durable.
        let folder = target().join(format!("started-{}-{port}", std::process::id()));
        fs::create_dir_all(&folder).with_context(|| format!("{} cannot be made", folder.display()))?;
        let output = folder.join("output");
        let mut command = pinned(program, core);
        let own_data = folder.join("data");
        command.args(server.arguments(port, web_port, data.unwrap_or(&own_data))).stdin(Stdio::null());
        // A file takes whatever is printed, and nobody has to read along.
        command.stdout(File::create(&output)?).stderr(File::create(folder.join("errors"))?);
        let child = command.spawn().with_context(|| format!("{} cannot be started", program.display()))?;
        let local = |port| ([127, 0, 0, 1], port).into();
        let mut started = Self { child, addr: local(port), web: local(web_port), folder };
        started.await_address(&output)?;
        Ok(started)
    }

    /// Its process.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    fn await_address(&mut self, output: &Path) -> Result<()> {
        let begun = Instant::now();
        loop {
            let printed = fs::read_to_string(output)?;
            if printed.lines().any(|line| names(line, self.addr)) {
                return Ok(());
            }
            let ended = self.child.try_wait()?;
            if ended.is_some() || begun.elapsed() > START_TIMEOUT {
                let errors = fs::read_to_string(self.folder.join("errors")).unwrap_or_default();
                bail!("the server did not come up on {}:\n{printed}{errors}", self.addr);
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// A command that runs on one core only.
pub(crate) fn pinned(program: &Path, core: Option<usize>) -> Command {
    let Some(core) = core else { return Command::new(program) };
    let mut command = Command::new("taskset");
    command.arg("--cpu-list").arg(core.to_string()).arg(program);
    command
}

/// Whether a line of output ends with the address: `[ESCUTANDO] Servidor em 127.0.0.1:12345`.
fn names(line: &str, addr: SocketAddr) -> bool {
    line.split_whitespace().next_back().is_some_and(|word| word.parse() == Ok(addr))
}

/// Two ports that nobody listens on.
fn free_ports() -> Result<(u16, u16)> {
    let listener = || TcpListener::bind("127.0.0.1:0").context("no free port");
    let (one, other) = (listener()?, listener()?);
    Ok((one.local_addr()?.port(), other.local_addr()?.port()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_is_recognised_at_the_end_of_a_line() {
        let addr = ([127, 0, 0, 1], 12345).into();
        assert!(names("[ESCUTANDO] Servidor em 127.0.0.1:12345", addr));
        assert!(!names("[ESCUTANDO] Servidor em 127.0.0.1:1234", addr));
        assert!(!names("127.0.0.1:12345 is in use", addr));
    }

    #[test]
    fn a_server_that_does_not_come_up_is_an_error_with_its_words() {
        let error = Started::new(Path::new("/bin/echo"), Server::JoiningFloor, None).expect_err("no server");
        let said = error.to_string();
        assert!(said.contains("did not come up") && said.contains("bench floor --addr"), "{said}");
    }

    #[test]
    fn papo_keeps_nothing_on_disk_unless_asked_and_limits_no_rate() {
        let line = |server: Server| server.arguments(7, 8, Path::new("/tmp/x")).join(" ");
        let same = "serve --port 7 --flood off --lang pt-BR";
        assert_eq!(line(Server::Papo), format!("{same} --web-port off --store memory --data /tmp/x"));
        assert_eq!(line(Server::Kept), format!("{same} --web-port 8 --store sqlite --data /tmp/x"));
    }
}

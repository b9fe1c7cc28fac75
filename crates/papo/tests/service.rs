//! Papo as a service: what the service manager is told, and what its unit allows.

use std::os::linux::net::SocketAddrExt as _;
use std::os::unix::net::{SocketAddr, UnixDatagram};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use papo_testkit::{PATIENCE, Papo};

/// The service manager's end.
struct Manager(UnixDatagram);

impl Manager {
    fn at(address: &SocketAddr) -> Self {
        let socket = UnixDatagram::bind_addr(address).expect("a socket");
        socket.set_read_timeout(Some(PATIENCE)).expect("a socket");
        Self(socket)
    }

    /// The next that it is told, but for signs of life.
    fn hear(&self) -> String {
        std::iter::repeat_with(|| self.hear_any()).find(|told| told != "WATCHDOG=1").expect("it goes on for ever")
    }

    fn hear_any(&self) -> String {
        let mut told = [0; 1024];
        let length = self.0.recv(&mut told).expect("something is told");
        String::from_utf8(told[..length].to_vec()).expect("text")
    }
}

/// A server that tells this socket.
fn serve(name: &str, watchdog: &[(&str, &str)]) -> Papo {
    Papo::serve_with(Path::new(env!("CARGO_BIN_EXE_papo")), &[], |command| {
        command.env("NOTIFY_SOCKET", name).envs(watchdog.iter().copied());
    })
}

#[test]
fn the_service_manager_is_told_what_becomes_of_the_server() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("notify");
    let name = format!("papo-test-{}", std::process::id());
    for (name, address) in [
        (path.display().to_string(), SocketAddr::from_pathname(&path)),
        (format!("@{name}"), SocketAddr::from_abstract_name(&name)),
    ] {
        let manager = Manager::at(&address.expect("an address"));
        let mut server = serve(&name, &[]);
        assert_eq!(manager.hear_any(), format!("READY=1\nSTATUS={}, {}", server.tcp(), server.web()));
        server.hang_up();
        let reloading = manager.hear_any();
        let micros =
            reloading.strip_prefix("RELOADING=1\nMONOTONIC_USEC=").and_then(|micros| micros.parse::<u64>().ok());
        assert!(micros.is_some_and(|micros| micros > 0), "{reloading}");
        assert!(manager.hear_any().starts_with("READY=1\n"));
        server.terminate();
        assert_eq!(manager.hear_any(), "STOPPING=1");
        assert!(server.wait().0.success());
    }
}

#[test]
fn a_server_that_is_alive_says_so_when_asked() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("notify");
    let manager = Manager::at(&SocketAddr::from_pathname(&path).expect("an address"));
    let mut server = serve(path.to_str().expect("text"), &[("WATCHDOG_USEC", "100000")]);
    assert!(manager.hear().starts_with("READY=1\n"));
    let begun = Instant::now();
    for _ in 0..4 {
        assert_eq!(manager.hear_any(), "WATCHDOG=1");
    }
    assert!(begun.elapsed().as_millis() >= 100, "twice in its time, not as fast as it can");
    server.terminate();
    assert_eq!(manager.hear(), "STOPPING=1");
    assert!(server.wait().0.success());
}

#[test]
fn nobody_who_listens_is_no_reason_to_fail() {
    let mut server = serve("/nonexistent/notify", &[("WATCHDOG_USEC", "100000")]);
    server.terminate();
    assert!(server.wait().0.success());
}

fn unit() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packaging/papo.service")
}

#[test]
fn the_unit_shuts_the_server_in() {
    let Ok(output) = Command::new("systemd-analyze").args(["security", "--offline=true"]).arg(unit()).output() else {
        return;
    };
    let said = String::from_utf8_lossy(&output.stdout);
    let level = said.split("exposure level for papo.service: ").nth(1).and_then(|rest| rest.split(' ').next());
    let level: f64 = level.and_then(|level| level.parse().ok()).unwrap_or_else(|| panic!("a level in:\n{said}"));
    assert!(level < 2.0, "{said}");
    let warned = String::from_utf8_lossy(&output.stderr);
    assert!(!warned.contains("papo.service:"), "{warned}");
}

#[test]
fn the_unit_and_the_server_agree() {
    let unit = std::fs::read_to_string(unit()).expect("the unit is there");
    for line in ["Type=notify", "ExecReload=/bin/kill -HUP $MAINPID", "StateDirectory=papo", "WatchdogSec=30"] {
        assert!(unit.lines().any(|found| found == line), "{line}");
    }
}

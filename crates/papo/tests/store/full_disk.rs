//! A disk without room: nothing new is taken, nothing is lost, and it goes on by itself.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use papo_testkit::{Http, Structured};

use super::{check, serve};

/// A file system of its own in memory, so small that it can be filled; gone when dropped.
struct Small(PathBuf);

impl Small {
    /// `None` where this user may not mount.
    fn mount(at: &Path) -> Option<Self> {
        fs::create_dir(at).expect("a folder");
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", "size=4m", "tmpfs"]).arg(at).output();
        mounted.is_ok_and(|ended| ended.status.success()).then(|| Self(at.to_owned()))
    }

    /// Takes all the room that is left.
    fn fill(&self) {
        let file = fs::File::create(self.0.join("cheio")).expect("a file");
        let block = vec![b'x'; 4096];
        while std::io::Write::write_all(&mut &file, &block).is_ok() {}
    }

    fn make_room(&self) {
        fs::remove_file(self.0.join("cheio")).expect("it was there");
    }
}

impl Drop for Small {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

#[test]
#[expect(clippy::print_stdout, reason = "whoever reads the run must know what it did not try")]
fn a_full_disk_takes_nothing_new_loses_nothing_and_recovers_by_itself() {
    let folder = tempfile::tempdir().expect("a folder");
    let Some(disk) = Small::mount(&folder.path().join("disco")) else {
        println!("skipped: no file system can be mounted here");
        return;
    };
    let data = disk.0.join("dados");
    let server = serve(&data);
    let (mut pia, _) = Structured::tcp(server.tcp()).named("Pia");
    let room = pia.join("geral").id;
    let mut ana = papo_testkit::Client::tcp(server.tcp()).named("Ana");
    let mut taken = 0;
    while taken < 50 {
        taken = pia.post(room, &format!("antes {taken}")).expect("there is room");
        ana.read_until(|line| line.starts_with("[#geral] Pia: "));
    }
    disk.fill();
    // The WAL may have a little room of its own: then so much is still taken, and kept.
    let text = "x".repeat(16 * 1024);
    let refused = loop {
        match pia.post(room, &text) {
            Ok(seq) => taken = seq,
            Err(code) => break code,
        }
        ana.read_until(|line| line.starts_with("[#geral] Pia: "));
    };
    assert_eq!(refused, 5001);
    ana.send("também não");
    ana.expect("[ERRO] O disco do servidor está cheio; a mensagem não foi guardada. Tente de novo mais tarde.");
    assert_eq!(Http::connect(server.web()).request("GET", "/readyz", &[]).status, 503);
    assert_eq!(Http::connect(server.web()).request("GET", "/healthz", &[]).status, 200);
    // Reading goes on, people come and go, and nobody saw what was refused.
    assert_eq!(pia.log(room).len() as u64, taken);
    let (mut late, _) = Structured::ws(server.web()).named("Tarde");
    assert_eq!(late.join("geral").head, taken);
    ana.expect("[SYS] Tarde entrou em #geral.");
    assert_eq!(late.log(room).len() as u64, taken);
    disk.make_room();
    let seq = loop {
        // The writer waits a moment after a failure; until then it may still refuse.
        if let Ok(seq) = pia.post(room, "de novo") {
            break seq;
        }
    };
    assert_eq!(seq, taken + 1, "no number was used up");
    ana.expect("[#geral] Pia: de novo");
    assert_eq!(Http::connect(server.web()).request("GET", "/readyz", &[]).status, 200);
    drop(server);
    let checked = check(&data);
    assert!(checked.code == Some(0) && checked.out.contains(&format!(" {seq} messages")), "{checked:?}");
}

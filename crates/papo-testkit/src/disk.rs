//! A file system that is soon full.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A small file system of its own, in memory; it goes with this value.
pub struct SmallDisk {
    at: tempfile::TempDir,
}

impl SmallDisk {
    /// None where this user cannot mount; who skips a test for that says so.
    #[expect(clippy::print_stderr, reason = "who runs the tests should know what was not tested")]
    pub fn mount(mib: usize) -> Option<Self> {
        let at = tempfile::tempdir().expect("a folder");
        let size = format!("size={mib}m");
        let mount = Command::new("mount").args(["-t", "tmpfs", "-o", &size, "papo-test"]).arg(at.path()).output();
        let mounted = mount.is_ok_and(|done| done.status.success());
        if !mounted {
            eprintln!("skipped: no file system can be mounted here");
        }
        mounted.then_some(Self { at })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        self.at.path()
    }

    fn ballast(&self) -> PathBuf {
        self.path().join("ballast")
    }

    /// Takes all the room, or all but so much.
    pub fn fill(&self, but_kib: usize) {
        let mut file = File::create(self.ballast()).expect("made");
        let mut taken: u64 = 0;
        while file.write_all(&[1; 4096]).is_ok() {
            taken += 4096;
        }
        file.set_len(taken.saturating_sub(but_kib as u64 * 1024)).expect("shortened");
    }

    /// There is room again.
    pub fn free(&self) {
        fs::remove_file(self.ballast()).expect("removed");
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Whoever still has a file open there must not keep it: it is gone when that is closed.
        let _ = Command::new("umount").arg("--lazy").arg(self.at.path()).status();
    }
}

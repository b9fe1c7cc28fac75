//! The store against the suite, and what only a store with a disk can do wrong.

use std::path::Path;

use tempfile::TempDir;

use super::SqliteStore;
use crate::conformance;

mod agreement;
mod backups;
mod checkpoints;
mod damage;
mod durable;
mod folders;
mod full_disk;
mod plans;
mod traces;

fn folder() -> TempDir {
    tempfile::tempdir().expect("a folder")
}

fn open(folder: &Path) -> SqliteStore {
    SqliteStore::open(folder).expect("opened")
}

#[test]
fn conforms() {
    let folders = folder();
    let made = std::cell::Cell::new(0);
    conformance::check(&|| {
        made.set(made.get() + 1);
        Box::new(open(&folders.path().join(made.get().to_string())))
    });
}

//! A disk without room: nothing is stored in part, all is readable, and it goes on when there is room.

use std::fs;
use std::path::Path;
use std::process::Command;

use papo_proto::words::{Record, Stored};
use papo_proto::{RoomId, Seq};

use super::super::{OpenError, SqliteStore};
use super::{folder, open};
use crate::conformance::{append, room};
use crate::{Span, Store, StoreError};

/// A batch of about 100 KiB, also in the WAL: longer texts would have pages of their own.
fn batch() -> Vec<Record> {
    let text = "x".repeat(900);
    (0..100).map(|_| Record::Event(append(1, &text))).collect()
}

/// Commits until the disk is full; how many batches are stored.
fn fill(store: &dyn Store) -> u64 {
    store.commit(&[Record::Room(room(1, "a"))]).expect("stored");
    for stored in 0..10_000 {
        match store.commit(&batch()) {
            Ok(_) => {}
            Err(StoreError::Full) => return stored,
            Err(other) => panic!("after {stored} batches: {other:?}"),
        }
    }
    panic!("the disk has no end");
}

/// What a reader sees of the log, and what one sees that begins now, is that many events.
fn check_head(store: &dyn Store, head: u64) {
    let page = store.reader().expect("a reader").page(RoomId(1), Span::After(Seq(0)), usize::MAX, usize::MAX);
    let page = page.expect("what is stored is readable");
    assert_eq!((page.head, page.events.len() as u64), (Seq(head), head));
}

fn goes_on(store: &dyn Store, head: u64) {
    let stored = store.commit(&batch()).expect("there is room again");
    assert_eq!(stored.first(), Some(&Stored::Appended(Seq(head + 1))), "no seq was used up");
    check_head(store, head + 100);
}

#[test]
fn a_database_that_may_not_grow() {
    let folder = folder();
    let store = open(folder.path());
    let limit = |pages: u32| {
        let mut writer = store.writer();
        let conn = writer.conn().expect("a connection");
        conn.query_row(&format!("PRAGMA max_page_count = {pages}"), [], |_| Ok(())).expect("limited");
    };
    limit(200);
    let head = fill(&store) * 100;
    assert!(head > 0);
    for _ in 0..3 {
        assert!(matches!(store.commit(&batch()), Err(StoreError::Full)));
        check_head(&store, head);
    }
    limit(1_000_000);
    goes_on(&store, head);
}

/// A file system of its own, that goes with this value.
struct SmallDisk<'a>(&'a Path);

impl<'a> SmallDisk<'a> {
    /// None where this user cannot mount.
    fn mount(at: &'a Path) -> Option<Self> {
        let mount = Command::new("mount").args(["-t", "tmpfs", "-o", "size=4m", "papo-test"]).arg(at).output();
        mount.is_ok_and(|done| done.status.success()).then_some(Self(at))
    }
}

impl Drop for SmallDisk<'_> {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(self.0).status();
    }
}

#[test]
#[expect(clippy::print_stderr, reason = "who runs the tests should know what was not tested")]
fn a_file_system_that_is_full() {
    let folder = folder();
    let Some(disk) = SmallDisk::mount(folder.path()) else {
        eprintln!("skipped: no file system can be mounted here");
        return;
    };
    let ballast = disk.0.join("ballast");
    fs::write(&ballast, vec![1; 1 << 20]).expect("written");
    let data = disk.0.join("data");
    // Checkpoints too must fail without harm.
    let store = SqliteStore::open_with(&data, 256 * 1024).expect("opened");
    let head = fill(&store) * 100;
    assert!(head > 0);
    for _ in 0..3 {
        assert!(matches!(store.commit(&batch()), Err(StoreError::Full)));
        check_head(&store, head);
    }
    fs::remove_file(&ballast).expect("removed");
    goes_on(&store, head);
    // What is closed gives back the room of its WAL.
    drop(store);
    fill_up(&ballast);
    let opened = SqliteStore::open_with(&disk.0.join("another"), 0);
    assert!(matches!(opened, Err(OpenError::Full { .. })), "{opened:?}");
    fs::remove_file(&ballast).expect("removed");
    check_head(&SqliteStore::open(&data).expect("opened"), head + 100);
}

/// Takes all the room that is left.
fn fill_up(file: &Path) {
    use std::io::Write as _;
    let mut file = fs::File::create(file).expect("made");
    while file.write_all(&[1; 4096]).is_ok() {}
}

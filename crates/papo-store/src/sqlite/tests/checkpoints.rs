//! The WAL stays short, whoever reads.

use std::fs;

use papo_proto::words::Record;
use papo_proto::{RoomId, Seq};

use super::super::{SqliteStore, connect, folder as files};
use super::folder;
use crate::conformance::{append, room, session};
use crate::{Span, Store as _};

const WAL_MAX: u64 = 256 * 1024;

/// What one commit may add.
const COMMIT_MAX: u64 = 64 * 1024;

#[test]
fn a_long_wal_is_moved_into_the_database() {
    let folder = folder();
    let store = SqliteStore::open_with(folder.path(), WAL_MAX).expect("opened");
    let database = files::database(folder.path());
    let bytes = |suffix: &str| fs::metadata(folder.path().join(format!("papo.db{suffix}"))).expect("there").len();
    let commit = || store.commit(&[Record::Event(append(1, &"x".repeat(3_000)))]).expect("stored");
    store.commit(&[Record::Room(room(1, "a"))]).expect("stored");
    let mut reader = store.reader().expect("a reader");
    for head in 1..200 {
        commit();
        assert!(bytes("-wal") <= WAL_MAX + COMMIT_MAX, "after {head} events");
        assert_eq!(reader.page(RoomId(1), Span::After(Seq(0)), 1, 1).expect("read").head, Seq(head));
    }
    assert!(bytes("") > WAL_MAX, "the events are in the database");

    // Somebody reads for long: commits go on, and the WAL is short again some time after that.
    let reading = connect::observer(&database).expect("opened");
    reading.execute_batch("BEGIN; SELECT count(*) FROM event;").expect("read");
    for _ in 0..100 {
        commit();
    }
    assert!(bytes("-wal") > WAL_MAX + COMMIT_MAX);
    reading.execute_batch("COMMIT").expect("done");
    assert!((0..50).any(|_| {
        commit();
        bytes("-wal") <= WAL_MAX
    }));
}

#[test]
fn sessions_that_have_ended_are_removed_in_the_end() {
    let folder = folder();
    let store = SqliteStore::open_with(folder.path(), WAL_MAX).expect("opened");
    let sessions = |ends_ms: u64| {
        let record =
            move |at: u8| Record::Session(session(ends_ms + u64::from(at), (ends_ms % 256) as u8 ^ at, ends_ms));
        (0..200).map(record).collect::<Vec<_>>()
    };
    store.commit(&[Record::Room(room(1, "a"))]).expect("stored");
    for ends_ms in [10_000, 20_001, 30_002] {
        let batch = sessions(ends_ms);
        store.commit(&batch[..80]).expect("stored");
    }
    let count = || {
        let mut writer = store.writer();
        let conn = writer.conn().expect("a connection");
        conn.query_row("SELECT count(*) FROM session", [], |row| row.get::<_, i64>(0)).expect("counted")
    };
    let before = count();
    let mut later = append(1, "later");
    later.at_ms = 20_001;
    store.commit(&[Record::Event(later.clone())]).expect("stored");
    let during = count();
    later.at_ms = 50_000;
    store.commit(&[Record::Event(later)]).expect("stored");
    assert!(before > during && during > 0 && count() == 0, "{before}, {during}, {}", count());
}

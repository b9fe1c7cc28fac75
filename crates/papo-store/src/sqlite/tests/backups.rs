//! A backup while a writer writes, and what is there after it was restored.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use papo_proto::words::Record;
use papo_proto::{Epoch, RoomId, Seq, Txn};

use super::super::{BackupError, OpenError, SqliteStore, backup, check, connect, folder as files, schema};
use super::{folder, open};
use crate::conformance::{append, room};
use crate::{Span, Store};

/// Commits events of a few KiB until it is told to stop.
fn write_until(store: &dyn Store, stop: &AtomicBool) {
    let mut txn = 0;
    while !stop.load(Ordering::Relaxed) {
        txn += 1;
        let mut append = append(1 + txn % 2, &"x".repeat(3_000));
        append.txn = Some(Txn(txn));
        store.commit(&[Record::Event(append)]).expect("a backup is in nobody's way");
    }
}

fn restore(from: &Path, into: &Path) {
    fs::create_dir(into).expect("made");
    fs::rename(from, files::database(into)).expect("moved");
}

#[test]
fn a_backup_beside_a_writer_is_one_state_and_gets_new_epochs() {
    let folder = folder();
    let (data, copy, restored) =
        (folder.path().join("data"), folder.path().join("copy.db"), folder.path().join("restored"));
    let store = open(&data);
    store
        .commit(&[Record::Room(room(1, "Um")), Record::Room(room(2, "Dois")), Record::Room(room(3, "Três"))])
        .expect("stored");
    store.commit(&[Record::RoomGone(RoomId(3))]).expect("stored");
    let fill: Vec<_> = (0..3_000).map(|at| Record::Event(append(1 + at % 2, &"y".repeat(3_000)))).collect();
    store.commit(&fill).expect("stored");
    let stop = AtomicBool::new(false);
    let mut steps = Vec::new();
    thread::scope(|scope| {
        scope.spawn(|| write_until(&store, &stop));
        let done = backup(&data, &copy, &mut |done, total| {
            // A commit falls between two steps, and must not make the copy begin anew.
            let head = |store: &dyn Store| store.recover().expect("read").rooms[0].head;
            let before = head(&store);
            while head(&store) == before {
                thread::yield_now();
            }
            steps.push((done, total));
        });
        stop.store(true, Ordering::Relaxed);
        done.expect("copied");
    });
    assert!(
        steps.len() > 1 && steps.is_sorted() && steps.last().is_some_and(|(done, total)| done == total),
        "{steps:?}"
    );
    let names: Vec<_> = fs::read_dir(folder.path()).expect("read").flatten().map(|file| file.file_name()).collect();
    assert_eq!(names.len(), 2, "one file, nothing beside it: {names:?}");

    restore(&copy, &restored);
    assert_eq!(check(&restored, &mut |_, _| {}).expect("checked").findings, []);
    let (before, copied) = (store.recover().expect("read"), open(&restored));
    let after = copied.recover().expect("read");
    assert_eq!((after.newest_room, after.generation), (RoomId(3), 2));
    assert_eq!(after.rooms.len(), 2);
    for (before, after) in before.rooms.iter().zip(&after.rooms) {
        assert_eq!((after.record.id, &after.record.name), (before.record.id, &before.record.name));
        assert_ne!(after.record.epoch, before.record.epoch);
        assert!(after.record.epoch.0 < 1 << 53);
        assert!(after.head >= Seq(1_500) && after.head < before.head, "as of the moment when it began");
        let page = |store: &dyn Store| {
            let mut reader = store.reader().expect("a reader");
            let page = reader.page(after.record.id, Span::Before(after.head.next()), usize::MAX, usize::MAX);
            page.expect("read").events
        };
        assert!(page(&copied) == page(&store), "event for event");
    }
    drop(copied);
    let again = open(&restored).recover().expect("read");
    assert_eq!(again.rooms, after.rooms, "epochs change once");
}

#[test]
fn a_backup_is_not_mixed_with_what_was_in_its_folder() {
    let folder = folder();
    let (data, copy) = (folder.path().join("data"), folder.path().join("copy.db"));
    let store = open(&data);
    store.commit(&[Record::Room(room(1, "Um"))]).expect("stored");
    backup(&data, &copy, &mut |_, _| {}).expect("copied");
    // The server was killed, and the operator puts the copy where the database was.
    let killed = crashed(&data, folder.path());
    fs::rename(&copy, files::database(&killed)).expect("moved");
    let wal = killed.join("papo.db-wal");
    let opened = SqliteStore::open(&killed);
    assert!(matches!(&opened, Err(OpenError::ForeignWal { wal: named }) if *named == wal), "{opened:?}");
    fs::remove_file(wal).expect("removed");
    assert_eq!(open(&killed).recover().expect("read").rooms.len(), 1);
}

/// The folder as a process leaves it that is killed.
fn crashed(data: &Path, beside: &Path) -> PathBuf {
    let killed = beside.join("killed");
    fs::create_dir(&killed).expect("made");
    for name in ["papo.db", "papo.db-wal"] {
        fs::copy(data.join(name), killed.join(name)).expect("copied");
    }
    killed
}

#[test]
fn what_a_killed_server_left_can_be_checked_and_copied() {
    let folder = folder();
    let (data, copy) = (folder.path().join("data"), folder.path().join("copy.db"));
    let store = open(&data);
    store.commit(&[Record::Room(room(1, "Um")), Record::Event(append(1, "oi"))]).expect("stored");
    let killed = crashed(&data, folder.path());
    for _ in 0..2 {
        assert_eq!(check(&killed, &mut |_, _| {}).expect("checked").events, 1);
    }
    backup(&killed, &copy, &mut |_, _| {}).expect("copied");
    restore(&copy, &folder.path().join("restored"));
    for data in [killed, folder.path().join("restored")] {
        assert_eq!(open(&data).recover().expect("read").rooms[0].head, Seq(1), "{}", data.display());
    }
}

#[test]
fn a_backup_never_takes_the_place_of_a_file() {
    let folder = folder();
    let (data, copy) = (folder.path().join("data"), folder.path().join("copy.db"));
    drop(open(&data));
    fs::write(&copy, "precious").expect("written");
    let refused = backup(&data, &copy, &mut |_, _| {});
    assert!(matches!(refused, Err(BackupError::Exists(_))), "{refused:?}");
    assert_eq!(fs::read(&copy).expect("read"), b"precious");
}

#[test]
fn a_backup_that_fails_leaves_nothing_and_names_the_side() {
    let folder = folder();
    let (data, copy) = (folder.path().join("data"), folder.path().join("copy.db"));
    let missing = backup(&data, &copy, &mut |_, _| {});
    assert!(matches!(missing, Err(BackupError::Source(OpenError::Missing { .. }))), "{missing:?}");
    drop(open(&data));
    let nowhere = backup(&data, &folder.path().join("no/copy.db"), &mut |_, _| {});
    assert!(matches!(nowhere, Err(BackupError::Target(_))), "{nowhere:?}");
    fs::write(files::database(&data), "rubbish".repeat(2_000)).expect("written");
    let damaged = backup(&data, &copy, &mut |_, _| {});
    assert!(matches!(damaged, Err(BackupError::Source(OpenError::Damaged { .. }))), "{damaged:?}");
    assert_eq!(fs::read_dir(folder.path()).expect("read").count(), 1);
}

#[test]
fn what_an_earlier_attempt_left_is_no_hindrance() {
    let folder = folder();
    let (data, copy) = (folder.path().join("data"), folder.path().join("copy.db"));
    drop(open(&data));
    fs::write(folder.path().join("copy.db.part"), "half").expect("written");
    backup(&data, &copy, &mut |_, _| {}).expect("copied");
}

#[test]
fn a_folder_of_an_earlier_schema_can_be_checked_and_copied_before_it_is_changed() {
    let folder = folder();
    let (data, copy) = (folder.path().join("data"), folder.path().join("copy.db"));
    fs::create_dir(&data).expect("made");
    let mut conn = connect::first(&files::database(&data)).expect("opened");
    connect::settle(&conn, 1 << 20).expect("set");
    schema::migrate_to(&mut conn, 1).expect("made");
    conn.execute_batch(
        "INSERT INTO room VALUES (3, 'sala', 'Sala', 77, 1000); UPDATE meta SET value = 3 WHERE name = 'newest_room';
         INSERT INTO event (id, at_ms, session, author, body) VALUES ((3 << 36) + 1, 1, 9, 'Ana', 'oi');",
    )
    .expect("filled");
    drop(conn);
    let report = check(&data, &mut |_, _| {}).expect("checked");
    assert_eq!((report.schema, report.events, report.findings), (1, 1, vec![]));
    backup(&data, &copy, &mut |_, _| {}).expect("copied");
    restore(&copy, &folder.path().join("restored"));
    let recovered = open(&folder.path().join("restored")).recover().expect("read");
    let [room] = &recovered.rooms[..] else { panic!("{recovered:?}") };
    assert_eq!((room.head, room.record.epoch == Epoch(77)), (Seq(1), false), "a copy that was brought to now");
    assert_eq!(open(&data).recover().expect("read").rooms[0].record.epoch, Epoch(77));
}

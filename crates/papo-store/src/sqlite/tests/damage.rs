//! Damage within the database.

use std::fs::{self, OpenOptions};
use std::os::unix::fs::FileExt as _;
use std::path::Path;

use papo_proto::words::{AccountId, LoginId, Person, Record, RedactWhat, Role, Stored, Whose};
use papo_proto::{RoomId, Seq};
use rusqlite::Connection;

use super::super::{CheckReport, Finding, check, folder as files, schema};
use super::{folder, open};
use crate::conformance::{account, append, grant, login, read, redact, restriction, room, session};
use crate::{Span, Store as _, StoreError};

/// A folder with two rooms, 100 events of half a page in the first and 3 in the second.
fn fill(folder: &Path) {
    let store = open(folder);
    store.commit(&[Record::Room(room(1, "a")), Record::Room(room(2, "b"))]).expect("stored");
    store.commit(&[Record::Session(session(7, 1, 1 << 40))]).expect("stored");
    let text = "x".repeat(2_000);
    let said: Vec<_> = (0..103).map(|at| Record::Event(append(1 + at / 100, &text))).collect();
    store.commit(&said).expect("stored");
}

/// The same with people in both rooms and for the whole server, and messages that were taken back.
fn fill_with_people(folder: &Path) {
    fill(folder);
    let store = open(folder);
    let mut batch = vec![Record::Account(account(70, "Ana")), Record::Login(login(9, 70, 1, 1 << 40))];
    for room in 0..3 {
        batch.push(Record::Grant(grant(room, Person::Account(AccountId(70)), Some(Role::Moderator))));
        batch.push(Record::Restriction(restriction(room, 70, 1 << 40)));
        batch.push(Record::Read(read(room, 70, 1)));
    }
    for seq in [4, 5] {
        batch.push(Record::Redact(redact(1, RedactWhat::One(Seq(seq), Whose::anybody()))));
    }
    store.commit(&batch).expect("stored");
}

fn look(folder: &Path) -> CheckReport {
    check(folder, &mut |_, _| {}).expect("checked")
}

fn change(folder: &Path, sql: &str) {
    Connection::open(files::database(folder)).and_then(|conn| conn.execute_batch(sql)).expect("changed");
}

#[test]
fn a_sound_folder_has_no_findings() {
    let folder = folder();
    fill(folder.path());
    let mut steps = Vec::new();
    let report = check(folder.path(), &mut |step, of| steps.push((step, of))).expect("checked");
    assert_eq!(steps, [(1, 4), (2, 4), (3, 4), (4, 4)]);
    assert_eq!((report.schema, report.rooms, report.events, report.sessions), (schema::LATEST, 2, 103, 1));
    assert_eq!(report.bytes, fs::metadata(files::database(folder.path())).expect("there").len());
    assert_eq!(report.findings, []);
}

#[test]
fn a_check_beside_a_server_sees_what_is_committed() {
    let folder = folder();
    let store = open(folder.path());
    store.commit(&[Record::Room(room(1, "a")), Record::Event(append(1, "b"))]).expect("stored");
    assert_eq!((look(folder.path()).events, look(folder.path()).findings), (1, vec![]));
    assert_eq!(store.commit(&[Record::Event(append(1, "c"))]).expect("stored"), [Stored::Appended(Seq(2))]);
}

#[test]
fn logs_that_break_the_rules_are_named() {
    for (sql, expected) in [
        ("DELETE FROM event WHERE id = (1 << 36) + 50", vec![gap(1, 1, 100, 99)]),
        ("DELETE FROM event WHERE id < (1 << 36) + 50", vec![]),
        ("UPDATE event SET id = id - 1 WHERE id = (2 << 36) + 1", vec![gap(2, 0, 3, 3)]),
        ("DELETE FROM room WHERE id = 2", vec![Finding::Orphans { room: RoomId(2), events: 3 }]),
        ("UPDATE meta SET value = 1 WHERE name = 'newest_room'", vec![Finding::RoomNumber(RoomId(2))]),
    ] {
        let folder = folder();
        fill(folder.path());
        change(folder.path(), sql);
        assert_eq!(look(folder.path()).findings, expected, "{sql}");
    }
}

#[test]
fn what_belongs_to_no_room_and_what_was_not_taken_back_is_named() {
    let leftovers = |room, table| Finding::Leftovers { room: RoomId(room), table, rows: 1 };
    for (sql, expected) in [
        ("SELECT 1", vec![]),
        ("DELETE FROM event WHERE id <= (1 << 36) + 4", vec![]),
        (
            "DELETE FROM room WHERE id = 2; DELETE FROM event WHERE id > 2 << 36",
            vec![leftovers(2, "role"), leftovers(2, "restriction"), leftovers(2, "read_marker")],
        ),
        (
            "UPDATE event SET body = 'back' WHERE id IN ((1 << 36) + 5, (1 << 36) + 6)",
            vec![Finding::NotTakenBack { room: RoomId(1), redaction: Seq(102), messages: 1 }],
        ),
        ("UPDATE meta SET value = 1 WHERE name = 'newest_account'", vec![Finding::AccountNumber(AccountId(70))]),
        ("UPDATE meta SET value = 1 WHERE name = 'newest_login'", vec![Finding::LoginNumber(LoginId(9))]),
    ] {
        let folder = folder();
        fill_with_people(folder.path());
        change(folder.path(), sql);
        let report = look(folder.path());
        assert_eq!((report.findings, report.accounts), (expected, 1), "{sql}");
    }
    let folder = folder();
    fill_with_people(folder.path());
    change(folder.path(), "UPDATE event SET extra = 'rubbish' WHERE kind = 1");
    assert!(matches!(look(folder.path()).findings[..], [Finding::Damaged(_)]));
    let page = open(folder.path()).reader().expect("a reader").page(RoomId(1), Span::After(Seq(99)), 9, usize::MAX);
    assert!(matches!(page, Err(StoreError::Damaged(_))), "{page:?}");
}

fn gap(room: u64, first: u64, head: u64, events: u64) -> Finding {
    Finding::Gap { room: RoomId(room), first: Seq(first), head: Seq(head), events }
}

/// Overwrites a page in the middle of the file, as a failing disk does.
fn damage(folder: &Path) {
    let file = OpenOptions::new().write(true).open(files::database(folder)).expect("opened");
    let pages = file.metadata().expect("there").len() / 4096;
    file.write_all_at(&[0xA5; 4096], pages / 2 * 4096).expect("written");
}

#[test]
fn a_damaged_page_is_found_and_the_rest_stays_readable() {
    let folder = folder();
    fill(folder.path());
    damage(folder.path());
    let report = look(folder.path());
    assert!(report.findings.iter().any(|finding| matches!(finding, Finding::Damaged(_))), "{report:?}");

    let store = open(folder.path());
    let mut reader = store.reader().expect("a reader");
    let all = reader.page(RoomId(1), Span::After(Seq(0)), usize::MAX, usize::MAX);
    assert!(matches!(all, Err(StoreError::Damaged(_))), "{all:?}");
    let head = reader.page(RoomId(1), Span::After(Seq(0)), 3, usize::MAX).expect("the other pages are whole");
    assert_eq!((head.head, head.events.len()), (Seq(100), 3));
}

#[test]
fn nothing_is_stored_where_the_head_is_damaged() {
    let folder = folder();
    fill(folder.path());
    // The whole log behind the first page of the tree.
    let path = files::database(folder.path());
    let root: i64 = Connection::open(&path)
        .and_then(|conn| {
            conn.query_row("SELECT rootpage FROM sqlite_schema WHERE name = 'event'", [], |row| row.get(0))
        })
        .expect("read");
    let file = OpenOptions::new().write(true).open(&path).expect("opened");
    file.write_all_at(&[0xA5; 4096], (root.unsigned_abs() - 1) * 4096).expect("written");
    let store = open(folder.path());
    for _ in 0..2 {
        let stored = store.commit(&[Record::Event(append(1, "new"))]);
        assert!(matches!(stored, Err(StoreError::Damaged(_))), "{stored:?}");
    }
    let stored = store.commit(&[Record::Session(session(8, 2, 1 << 40))]);
    assert!(matches!(stored, Err(StoreError::Damaged(_))), "also what would fit elsewhere: {stored:?}");
}

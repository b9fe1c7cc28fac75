//! Folders that cannot be opened, each with its cause.

use std::fs;
use std::path::{Path, PathBuf};

use rusqlite::Connection;

use super::super::{OpenError, SqliteStore, backup, check, folder as files, schema};
use super::{folder, open};
use crate::Store as _;

#[test]
fn a_folder_is_for_one_store_at_a_time() {
    let folder = folder();
    let store = open(folder.path());
    let in_use = || match SqliteStore::open(folder.path()) {
        Err(OpenError::InUse { folder: named, pid }) => {
            (named, pid) == (folder.path().to_owned(), Some(std::process::id()))
        }
        _ => false,
    };
    assert!(in_use());
    let reader = store.reader().expect("a reader");
    drop(store);
    assert!(in_use(), "a reader still reads");
    drop(reader);
    open(folder.path());
}

#[test]
fn a_folder_is_made_for_its_user_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = folder();
    let deep = folder.path().join("papo/data");
    open(&deep);
    assert_eq!(fs::metadata(&deep).expect("made").permissions().mode() & 0o777, 0o700);
}

#[test]
fn files_are_for_their_user_alone_in_a_folder_that_others_may_read() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = folder();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).expect("open to all");
    let store = open(folder.path());
    let copy = folder.path().join("copy.db");
    backup(folder.path(), &copy, &mut |_, _| {}).expect("copied");
    let database = files::database(folder.path());
    let beside = ["-wal", "-shm"].map(|suffix| format!("{}{suffix}", database.display()).into());
    for file in [database, copy].iter().chain(&beside) {
        let mode = fs::metadata(file).expect("made").permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{}", file.display());
    }
    drop(store);
}

#[test]
fn a_database_of_before_there_were_secrets_is_closed_to_others() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = folder();
    let database = files::database(folder.path());
    let beside = |suffix: &str| PathBuf::from(format!("{}{suffix}", database.display()));
    let mode = |file: &Path| fs::metadata(file).expect("there").permissions().mode() & 0o777;
    fs::write(&database, "").expect("made");
    fs::set_permissions(&database, fs::Permissions::from_mode(0o644)).expect("open to all");
    let mut conn = Connection::open(&database).expect("opened");
    conn.execute_batch("PRAGMA journal_mode = WAL").expect("set");
    schema::migrate_to(&mut conn, 1).expect("as it was then");
    assert_eq!(mode(&beside("-wal")), 0o644, "SQLite gives it the same rights");
    let store = open(folder.path());
    for suffix in ["", "-wal", "-shm"] {
        assert_eq!(mode(&beside(suffix)) & 0o077, 0, "{suffix}");
    }
    drop(store);
    // What the operator opens afterwards stays so.
    fs::set_permissions(&database, fs::Permissions::from_mode(0o640)).expect("opened to a group");
    drop(open(folder.path()));
    assert_eq!(mode(&database), 0o640);
}

#[test]
fn a_newer_schema_is_left_alone() {
    let folder = folder();
    drop(open(folder.path()));
    let file = files::database(folder.path());
    let newer = schema::LATEST + 1;
    Connection::open(&file).and_then(|conn| conn.pragma_update(None, "user_version", newer)).expect("changed");
    let before = fs::read(&file).expect("read");
    for opened in [SqliteStore::open(folder.path()).err(), check(folder.path(), &mut |_, _| {}).err()] {
        let Some(OpenError::Newer { found, known }) = opened else { panic!("{opened:?}") };
        assert_eq!((found, known), (newer, schema::LATEST));
    }
    assert!(fs::read(&file).expect("read") == before);
}

#[test]
fn a_file_that_is_no_database_is_damaged() {
    let folder = folder();
    let file = files::database(folder.path());
    fs::write(&file, "not a database, but long enough to look like a page of one\n".repeat(200)).expect("written");
    for opened in [SqliteStore::open(folder.path()).err(), check(folder.path(), &mut |_, _| {}).err()] {
        assert!(matches!(&opened, Some(OpenError::Damaged { file: named, .. }) if *named == file), "{opened:?}");
    }
}

#[test]
fn what_cannot_be_a_folder_is_named() {
    let folder = folder();
    let file = folder.path().join("file");
    fs::write(&file, "").expect("written");
    let opened = SqliteStore::open(&file.join("data"));
    assert!(matches!(&opened, Err(OpenError::Io { path, .. }) if path.starts_with(&file)), "{opened:?}");
    let checked = check(folder.path(), &mut |_, _| {});
    assert!(matches!(&checked, Err(OpenError::Missing { .. })), "{checked:?}");
    assert!(!files::database(folder.path()).exists(), "a check makes nothing");
}

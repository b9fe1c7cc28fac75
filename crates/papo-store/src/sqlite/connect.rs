//! Connections to the database, each with the settings that its task needs.

use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

/// How long a lock of another connection is waited for. The writer is alone, and readers never lock
/// it out; only a person with SQLite's shell may do so for a moment.
pub(super) const BUSY: Duration = Duration::from_secs(5);
/// What the writer keeps in memory: the last page of every busy log and of the index of txns.
const WRITER_CACHE_KIB: i32 = 32 * 1024;
/// What a reader keeps in memory: the inner nodes of the tree, and a few pages of logs.
const READER_CACHE_KIB: i32 = 4 * 1024;
/// Every statement of a connection stays prepared.
const STATEMENTS: usize = 32;

/// The connection that the store begins with: the file is made where it is missing, for this user alone,
/// since the folder may be open to others. SQLite gives the files beside it the same rights.
pub(super) fn first(database: &Path) -> rusqlite::Result<Connection> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    // What keeps it from being made is told by SQLite next; where it is already there, nothing is opened.
    drop(options.open(database));
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    open(database, flags)
}

/// The one connection that writes, once more. A file that is gone meanwhile is not made anew: what
/// was in it would be missed by nobody.
pub(super) fn writer(database: &Path, wal_max_bytes: u64) -> rusqlite::Result<Connection> {
    let conn = open(database, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    settle(&conn, wal_max_bytes)?;
    Ok(conn)
}

/// Gives the writer's connection its settings. In a new file the first must come before any table.
pub(super) fn settle(conn: &Connection, wal_max_bytes: u64) -> rusqlite::Result<()> {
    // What the WAL grew to while it could not be moved is given back in the end.
    let wal_kept_bytes = i64::try_from(wal_max_bytes).unwrap_or(i64::MAX);
    conn.execute_batch(&format!(
        "PRAGMA auto_vacuum = INCREMENTAL;
         PRAGMA journal_mode = WAL;
         PRAGMA synchronous = FULL;
         PRAGMA secure_delete = ON;
         PRAGMA foreign_keys = OFF;
         PRAGMA wal_autocheckpoint = 0;
         PRAGMA journal_size_limit = {wal_kept_bytes};
         PRAGMA cache_size = -{WRITER_CACHE_KIB};"
    ))
}

/// A connection that serves pages beside the writer. It could take part in recovering the WAL, so it
/// is not opened read-only, but nothing that it runs can write.
pub(super) fn reader(database: &Path) -> rusqlite::Result<Connection> {
    let conn = open(database, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    conn.execute_batch(&format!("PRAGMA query_only = ON; PRAGMA cache_size = -{READER_CACHE_KIB};"))?;
    Ok(conn)
}

/// A connection for looking at a database that may belong to another process.
pub(super) fn observer(database: &Path) -> rusqlite::Result<Connection> {
    open(database, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)
}

fn open(database: &Path, flags: OpenFlags) -> rusqlite::Result<Connection> {
    let conn = Connection::open_with_flags(database, flags)?;
    conn.busy_timeout(BUSY)?;
    // A plan is made once for a statement, not again for other values: all of ours are by keys.
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    conn.set_prepared_statement_cache_capacity(STATEMENTS);
    Ok(conn)
}

/// A number as SQLite holds it. It knows no integers over 2^63: such a number, which nobody gives
/// out, is kept bit for bit and comes back as it was.
pub(super) fn to_sql(number: u64) -> i64 {
    number.cast_signed()
}

/// The number that [`to_sql`] was given.
pub(super) fn from_sql(number: i64) -> u64 {
    number.cast_unsigned()
}

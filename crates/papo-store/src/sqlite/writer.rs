//! The one connection that writes: a batch is a transaction.
//!
//! * `batch` – what is done for each record;
//! * `residue` – what SQLite leaves in its pages.

mod batch;
mod residue;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use papo_proto::words::{Record, Stored};
use papo_proto::{RoomId, Seq};
use rusqlite::Connection;

#[cfg(test)]
pub(super) use self::batch::statements;
use self::batch::{AuditCounts, Batch};
use self::residue::Residue;
use super::connect;
use super::error::Fault;
use crate::StoreError;

/// A page in the WAL, with its head.
const FRAME_BYTES: u64 = 4096 + 24;
/// How long a checkpoint waits for readers that are in its way; nothing is committed meanwhile. A
/// page is read in far less, and a backup takes far longer.
const CHECKPOINT_WAITS: Duration = Duration::from_millis(50);
/// After a checkpoint that was not finished, the WAL grows by this part of its bound before the next
/// attempt: each may wait, and has to read what the one before could not remove.
const CHECKPOINT_RETRY_PART: u64 = 4;
/// Between two attempts to empty the WAL of what was taken out, while readers are in the way.
const TRACES_RETRY: Duration = Duration::from_secs(1);

/// Commits batches, and numbers their events.
#[derive(Debug)]
pub(super) struct Writer {
    database: PathBuf,
    /// None after a fault of the disk: what the connection believes may not be what is there.
    conn: Option<Connection>,
    /// What is known beyond the database.
    known: Known,
    /// The size of the WAL over which a checkpoint is due.
    wal_max_bytes: u64,
    /// The size at which the next one is attempted: over the former while readers hold one up.
    checkpoint_at_bytes: u64,
    /// What SQLite may have left in its pages.
    residue: Residue,
    /// When it was tried to empty the WAL of what was taken out, and could not be done.
    traces_tried: Option<Instant>,
    /// Why nothing is stored any more.
    damaged: Option<String>,
}

/// What the writer remembers between batches, so that it need not ask.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// The newest seq of rooms that exist. Emptied when a batch fails, and then read again.
    heads: HashMap<RoomId, Seq>,
    /// The newest time that a record told: by it things end. The store has no clock of its own.
    now_ms: u64,
    /// When those that have ended are looked for again.
    sweep_at_ms: u64,
    /// Sessions that there are at most; not known until they are counted.
    sessions: Option<u64>,
    /// How many entries of the audit log there are.
    audit: AuditCounts,
    /// Something was taken out, and the WAL may still hold what it was.
    has_traces: bool,
}

impl Writer {
    pub(super) fn new(database: &Path, conn: Connection, wal_max_bytes: u64) -> Self {
        Self {
            database: database.to_owned(),
            conn: Some(conn),
            // A server that was killed may have taken something out just before.
            known: Known { has_traces: true, ..Known::default() },
            wal_max_bytes,
            checkpoint_at_bytes: wal_max_bytes,
            residue: Residue::default(),
            traces_tried: None,
            damaged: None,
        }
    }

    /// The connection; a new one after a fault of the disk.
    pub(super) fn conn(&mut self) -> Result<&mut Connection, StoreError> {
        if self.conn.is_none() {
            self.conn = Some(connect::writer(&self.database, self.wal_max_bytes)?);
        }
        Ok(self.conn.as_mut().expect("invariant: it was just made"))
    }

    /// Stores the batch in one transaction.
    pub(super) fn commit(&mut self, records: &[Record]) -> Result<Vec<Stored>, StoreError> {
        if let Some(why) = &self.damaged {
            return Err(StoreError::Damaged(why.clone()));
        }
        if records.is_empty() {
            return Ok(Vec::new());
        }
        self.conn()?;
        let conn = self.conn.as_ref().expect("invariant: there is one after it was asked for");
        match transact(conn, &mut self.known, records) {
            Ok(stored) => {
                if self.known.has_traces && self.traces_tried.is_none_or(|tried| tried.elapsed() >= TRACES_RETRY) {
                    self.finish();
                }
                self.checkpoint_when_due();
                Ok(stored)
            }
            Err(failure) => Err(self.fail(failure)),
        }
    }

    /// Nothing of a failed batch is there, or, when the disk failed, nobody knows: heads are read again.
    fn fail(&mut self, failure: Failure) -> StoreError {
        self.known.heads.clear();
        self.known.sessions = None;
        self.known.audit = AuditCounts::default();
        let error = match failure {
            Failure::Unknown(room) => return StoreError::UnknownRoom(room),
            Failure::NoNumber(room) => {
                return StoreError::Unavailable(format!("room {} or its log has no numbers left", room.0));
            }
            Failure::Sqlite(error) => error,
        };
        if Fault::of(&error) == Fault::Disk || self.conn.as_ref().is_some_and(|conn| !conn.is_autocommit()) {
            self.conn = None;
        }
        let error = StoreError::from(error);
        if let StoreError::Damaged(why) = &error {
            self.damaged = Some(why.clone());
        }
        error
    }

    /// Removes what was taken out from the WAL too, when there may be something: what is moved into the
    /// database and cut off holds nothing. True when readers are in the way; they are waited for only
    /// for a moment.
    pub(super) fn finish(&mut self) -> bool {
        if self.known.has_traces && self.damaged.is_none() {
            let done = self.checkpoint("TRUNCATE").unwrap_or(false);
            self.known.has_traces = !done;
            self.traces_tried = (!done).then(Instant::now);
            if done {
                self.checkpoint_at_bytes = self.wal_max_bytes;
            }
        }
        self.known.has_traces && self.damaged.is_none()
    }

    /// Moves the WAL into the database when it is long. That is for the next start and for the
    /// disk's sake; what is committed stays committed when it cannot be done.
    fn checkpoint_when_due(&mut self) {
        let bytes = self.conn().and_then(|conn| Ok(wal_bytes(conn)?)).unwrap_or(0);
        if bytes <= self.checkpoint_at_bytes {
            return;
        }
        // The file keeps its size: a sync of a file that grows costs up to twice as much as one of a
        // file that does not.
        let done = self.checkpoint("RESTART").unwrap_or(false);
        self.checkpoint_at_bytes =
            if done { self.wal_max_bytes } else { bytes + self.wal_max_bytes / CHECKPOINT_RETRY_PART };
    }

    /// Whether the whole WAL was moved, so that the next commit begins it anew.
    fn checkpoint(&mut self, mode: &str) -> Result<bool, StoreError> {
        self.remove_residue();
        let conn = self.conn()?;
        let wait = conn.busy_timeout(CHECKPOINT_WAITS);
        let sql = format!("PRAGMA wal_checkpoint({mode})");
        let busy = wait.and_then(|()| conn.query_row(&sql, [], |row| row.get::<_, i64>(0)));
        conn.busy_timeout(connect::BUSY)?;
        Ok(busy? == 0)
    }

    /// Removes what SQLite has left in its pages. On a full disk it cannot, and the checkpoint may be
    /// what makes room: then it is done later, for all of them.
    fn remove_residue(&mut self) {
        let Some(conn) = &self.conn else { return };
        if let Err(error) = self.residue.remove(conn, &self.database) {
            self.residue.is_left();
            if Fault::of(&error) == Fault::Disk || !conn.is_autocommit() {
                self.conn = None;
            }
        }
    }
}

/// The last connection moves the WAL into the database when it is closed.
impl Drop for Writer {
    fn drop(&mut self) {
        if self.damaged.is_none() {
            self.remove_residue();
        }
    }
}

/// How much of the WAL is in use; its file may be longer.
fn wal_bytes(conn: &Connection) -> rusqlite::Result<u64> {
    Ok(residue::frames(conn)? * FRAME_BYTES)
}

/// Why a batch was not stored.
#[derive(Debug)]
pub(super) enum Failure {
    /// It is the caller's fault.
    Unknown(RoomId),
    /// The room's number, or the next one in its log, is over what a key can hold.
    NoNumber(RoomId),
    /// It is the disk's fault.
    Sqlite(rusqlite::Error),
}

impl From<rusqlite::Error> for Failure {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

fn transact(conn: &Connection, known: &mut Known, records: &[Record]) -> Result<Vec<Stored>, Failure> {
    conn.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
    let done = Batch::new(conn, known).and_then(|mut batch| {
        let stored = records.iter().map(|record| batch.store(record)).collect::<Result<_, _>>()?;
        batch.sweep()?;
        Ok(stored)
    });
    let done = done.and_then(|stored| {
        conn.prepare_cached("COMMIT")?.execute([])?;
        Ok(stored)
    });
    // After some faults SQLite has rolled back by itself. Where it cannot, the connection is given up.
    if done.is_err() && !conn.is_autocommit() {
        let _ = conn.execute_batch("ROLLBACK");
    }
    done
}

#[cfg(test)]
mod tests {
    use papo_proto::words::{Record, Stored};
    use papo_proto::{RoomId, Seq};
    use rusqlite::ffi;

    use super::Failure;
    use crate::conformance::{append, room};
    use crate::{SqliteStore, Store as _, StoreError};

    fn fault(code: i32) -> Failure {
        Failure::Sqlite(rusqlite::Error::SqliteFailure(ffi::Error::new(code), None))
    }

    #[test]
    fn after_a_fault_of_the_disk_the_store_looks_anew_at_what_is_there() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = SqliteStore::open(folder.path()).expect("opened");
        store.commit(&[Record::Room(room(1, "a")), Record::Event(append(1, "b"))]).expect("stored");
        // What the failed commit left is there after all, as after a sync that failed too late.
        let survivor = "INSERT INTO event (id, at_ms, session, author, body) VALUES ((1 << 36) + 2, 1, 1, 'Ana', 'c')";
        store.writer().conn().expect("a connection").execute_batch(survivor).expect("stored");
        let told = store.writer().fail(fault(ffi::SQLITE_IOERR_FSYNC));
        assert!(matches!(told, StoreError::Unavailable(_)), "{told:?}");
        assert!(store.writer().conn.is_none(), "its belief is not trusted");
        let stored = store.commit(&[Record::Event(append(1, "d"))]).expect("it works again");
        assert_eq!(stored, [Stored::Appended(Seq(3))]);
    }

    #[test]
    fn every_fault_is_told_as_what_it_is() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = SqliteStore::open(folder.path()).expect("opened");
        for code in [ffi::SQLITE_FULL, ffi::SQLITE_IOERR_SHMSIZE] {
            assert!(matches!(store.writer().fail(fault(code)), StoreError::Full), "{code}");
        }
        for code in [ffi::SQLITE_IOERR_WRITE, ffi::SQLITE_BUSY, ffi::SQLITE_NOMEM, ffi::SQLITE_READONLY] {
            assert!(matches!(store.writer().fail(fault(code)), StoreError::Unavailable(_)), "{code}");
        }
        let unknown = store.writer().fail(Failure::Unknown(RoomId(4)));
        assert!(matches!(unknown, StoreError::UnknownRoom(RoomId(4))));
        store.commit(&[Record::Room(room(1, "a"))]).expect("none of these is for good");
        for code in [ffi::SQLITE_CORRUPT, ffi::SQLITE_NOTADB, ffi::SQLITE_IOERR_CORRUPTFS] {
            assert!(matches!(store.writer().fail(fault(code)), StoreError::Damaged(_)), "{code}");
        }
        assert!(matches!(store.commit(&[Record::Room(room(2, "b"))]), Err(StoreError::Damaged(_))), "damage is");
    }
}

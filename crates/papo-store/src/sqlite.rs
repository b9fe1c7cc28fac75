//! The store in a data folder: everything, in one SQLite database with a WAL.
//!
//! * `folder` – the files, and the lock that keeps the folder for one process;
//! * `schema` – the tables, and the steps from each earlier schema;
//! * `key` – where an event stands; `columns` – how words stand in columns;
//! * `connect` – connections and their settings;
//! * `writer` – commits batches; `reader` – reads pages and sessions; `recover` – the start;
//! * [`check`], [`backup`] – for operators, also while a server serves from the folder;
//! * `error` – what can be wrong.

mod backup;
mod check;
mod columns;
mod connect;
mod error;
mod folder;
mod key;
mod reader;
mod recover;
mod schema;
mod writer;

#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};

use papo_proto::words::{Record, Stored};
use rusqlite::{Connection, TransactionBehavior, params};

pub use self::backup::{BackupError, backup};
pub use self::check::{CheckReport, Finding, check};
pub use self::error::OpenError;
use self::folder::FolderLock;
use self::reader::SqliteReader;
use self::writer::Writer;
use crate::{Reader, Recovered, Store, StoreError};

/// The size of the WAL over which the writer pauses for a checkpoint. Recovering this much after a
/// crash takes a fraction of a second; a smaller one would pause the writer more often, and write
/// the same pages of the database again each time.
pub const WAL_MAX_BYTES: u64 = 64 * 1024 * 1024;

/// Keeps everything in a data folder, which belongs to it alone for as long as it lives.
#[derive(Debug)]
pub struct SqliteStore {
    database: PathBuf,
    writer: Mutex<Writer>,
    /// Shared with the readers: the folder is free when nothing of the store is open any more.
    lock: Arc<FolderLock>,
}

impl SqliteStore {
    /// Opens the store in `folder`, which is made where it is missing. A schema of an earlier version
    /// is brought to the newest; in a restored backup every room gets a new epoch.
    ///
    /// # Errors
    /// Why the folder cannot be used; nothing in it was changed then, except that a step from an
    /// earlier schema may be done.
    pub fn open(folder: &Path) -> Result<Self, OpenError> {
        Self::open_with(folder, WAL_MAX_BYTES)
    }

    /// The same with another bound than [`WAL_MAX_BYTES`].
    ///
    /// # Errors
    /// As [`SqliteStore::open`].
    pub fn open_with(folder: &Path, wal_max_bytes: u64) -> Result<Self, OpenError> {
        folder::make(folder)?;
        let lock = Arc::new(FolderLock::take(folder)?);
        let database = folder::database(folder);
        folder::reject_foreign_wal(&database)?;
        let failed = |error: &rusqlite::Error| OpenError::from_sqlite(&database, error);
        let mut conn = connect::first(&database).map_err(|error| failed(&error))?;
        let found = schema::version(&conn).map_err(|error| failed(&error))?;
        if found > schema::LATEST {
            return Err(OpenError::Newer { found, known: schema::LATEST });
        }
        #[cfg(unix)]
        if found < schema::SECRETS {
            folder::close_to_others(&database)?;
        }
        prepare(&mut conn, wal_max_bytes).map_err(|error| failed(&error))?;
        folder::sync(folder).map_err(|error| OpenError::from_io(folder, &error))?;
        let mut writer = Writer::new(&database, conn, wal_max_bytes);
        writer.finish();
        Ok(Self { database, writer: Mutex::new(writer), lock })
    }

    fn writer(&self) -> MutexGuard<'_, Writer> {
        self.writer.lock().expect("invariant: nothing panics while it writes")
    }
}

/// Makes the database ready for serving.
fn prepare(conn: &mut Connection, wal_max_bytes: u64) -> rusqlite::Result<()> {
    connect::settle(conn, wal_max_bytes)?;
    schema::migrate(conn)?;
    let transaction = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
    if transaction.execute("DELETE FROM meta WHERE name = ?1", [backup::MARK])? > 0 {
        renew_epochs(&transaction)?;
    }
    transaction.execute("UPDATE meta SET value = value + 1 WHERE name = 'generation'", [])?;
    transaction.commit()
}

/// A restored backup is behind what clients have seen: the seqs that they know may be given to other
/// events now, so every log is another one.
fn renew_epochs(conn: &Connection) -> rusqlite::Result<()> {
    let rooms =
        conn.prepare("SELECT id FROM room")?.query_map([], |row| row.get(0))?.collect::<Result<Vec<i64>, _>>()?;
    let mut statement = conn.prepare("UPDATE room SET epoch = ?2 WHERE id = ?1")?;
    for room in rooms {
        // Below 2^53, as an epoch must be.
        let random = getrandom::u64().map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))? >> 11;
        statement.execute(params![room, connect::to_sql(random)])?;
    }
    Ok(())
}

impl Store for SqliteStore {
    fn recover(&self) -> Result<Recovered, StoreError> {
        recover::recover(self.writer().conn()?)
    }

    fn commits_inline(&self) -> bool {
        false
    }

    fn commit(&self, batch: &[Record]) -> Result<Vec<Stored>, StoreError> {
        self.writer().commit(batch)
    }

    fn finish(&self) -> bool {
        self.writer().finish()
    }

    fn reader(&self) -> Result<Box<dyn Reader>, StoreError> {
        Ok(Box::new(SqliteReader::open(&self.database, self.lock.clone())?))
    }
}

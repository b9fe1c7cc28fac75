//! What can be wrong with a data folder, and how SQLite's codes are told apart.

use std::io;
use std::path::{Path, PathBuf};

use rusqlite::{ErrorCode, ffi};
use thiserror::Error;

use crate::StoreError;

/// Why a data folder cannot be used. Each variant is one cause with one remedy.
#[derive(Debug, Error)]
pub enum OpenError {
    /// Another process serves from the folder; that one must be stopped, or another folder given.
    #[error("the data folder {} is in use{}", folder.display(), process(*pid))]
    InUse {
        /// The data folder.
        folder: PathBuf,
        /// The process that has it, when it said so.
        pid: Option<u32>,
    },
    /// A newer Papo has written the folder; only one at least as new can read it.
    #[error("the data is of schema {found} and this program knows only schema {known} and older")]
    Newer {
        /// The schema that the file has.
        found: u32,
        /// The newest one that this program knows.
        known: u32,
    },
    /// The file is no database, or it is damaged; a backup must be restored.
    #[error("{} is damaged: {what}", file.display())]
    Damaged {
        /// The file.
        file: PathBuf,
        /// What SQLite says.
        what: String,
    },
    /// A backup was restored into a folder that is not empty: what stands beside it belongs to the
    /// database that was there before, and would be written into it.
    #[error("{} belongs to another database than the one beside it", wal.display())]
    ForeignWal {
        /// The file that must go.
        wal: PathBuf,
    },
    /// There is no data in the folder, where it is needed.
    #[error("there is no data in {}", folder.display())]
    Missing {
        /// The data folder.
        folder: PathBuf,
    },
    /// This user may not write there, or the disk is mounted read-only.
    #[error("{} cannot be written: {what}", path.display())]
    NotWritable {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        what: String,
    },
    /// The disk or its quota is full.
    #[error("the disk with {} is full", folder.display())]
    Full {
        /// The data folder.
        folder: PathBuf,
    },
    /// Anything else that the disk or the system did not do.
    #[error("{} cannot be used: {what}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        what: String,
    },
}

fn process(pid: Option<u32>) -> String {
    pid.map_or_else(String::new, |pid| format!(" by process {pid}"))
}

impl OpenError {
    /// What the system said of a path.
    pub(super) fn from_io(path: &Path, error: &io::Error) -> Self {
        let (path, what) = (path.to_owned(), error.to_string());
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::Full { folder: path },
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => Self::NotWritable { path, what },
            _ => Self::Io { path, what },
        }
    }

    /// What SQLite said of a database file.
    pub(super) fn from_sqlite(file: &Path, error: &rusqlite::Error) -> Self {
        let (path, what) = (file.to_owned(), error.to_string());
        match Fault::of(error) {
            Fault::Full => Self::Full { folder: path.parent().unwrap_or(&path).to_owned() },
            Fault::Damaged => Self::Damaged { file: path, what },
            Fault::NotWritable => Self::NotWritable { path, what },
            Fault::Disk | Fault::Other => Self::Io { path, what },
        }
    }
}

/// What an error of SQLite means for us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// It works again when there is room.
    Full,
    /// The file holds what it must not hold.
    Damaged,
    /// This user may not.
    NotWritable,
    /// The disk failed: what it holds of the last write is not known.
    Disk,
    /// Locks, memory, a fault of ours.
    Other,
}

impl Fault {
    pub(super) fn of(error: &rusqlite::Error) -> Self {
        let Some(code) = error.sqlite_error() else {
            return match error {
                // A column of another type than the schema says, or text that is no UTF-8.
                rusqlite::Error::FromSqlConversionFailure(..)
                | rusqlite::Error::IntegralValueOutOfRange(..)
                | rusqlite::Error::InvalidColumnType(..) => Self::Damaged,
                _ => Self::Other,
            };
        };
        match (code.code, code.extended_code) {
            // The index of the WAL is a file of its own, and only a lack of room keeps it from growing.
            (ErrorCode::DiskFull, _) | (_, ffi::SQLITE_IOERR_SHMSIZE) => Self::Full,
            (ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase, _) | (_, ffi::SQLITE_IOERR_CORRUPTFS) => {
                Self::Damaged
            }
            (ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied, _) => Self::NotWritable,
            (ErrorCode::SystemIoFailure, _) => Self::Disk,
            _ => Self::Other,
        }
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        match Fault::of(&error) {
            Fault::Full => Self::Full,
            Fault::Damaged => Self::Damaged(error.to_string()),
            Fault::NotWritable | Fault::Disk | Fault::Other => Self::Unavailable(error.to_string()),
        }
    }
}

//! Copies the data into one file, also while a server serves from the folder.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use rusqlite::Connection;
use rusqlite::backup::{Backup, StepResult};
use thiserror::Error;

use super::{OpenError, connect, folder, schema};

/// Stands in a copy: whoever serves from it gives its rooms new epochs first.
pub(super) const MARK: &str = "backup";
/// Pages that are copied at a time, between two words about progress.
const STEP_PAGES: i32 = 1024;

/// Why there is no backup. What was begun of it is removed.
#[derive(Debug, Error)]
pub enum BackupError {
    /// The file is there already, and perhaps the only backup; another name is needed.
    #[error("{} exists already", .0.display())]
    Exists(PathBuf),
    /// The data cannot be read.
    #[error(transparent)]
    Source(OpenError),
    /// The copy cannot be written.
    #[error(transparent)]
    Target(OpenError),
}

/// Copies the data of `folder` into `target`, which becomes a whole backup or does not appear. It is
/// the state of one moment: what is committed meanwhile is not in it. `progress` is told the pages
/// that are done and their total.
///
/// To restore it, put it as `papo.db` into an empty data folder.
///
/// # Errors
/// Which of the two files is to blame, and why.
pub fn backup(folder: &Path, target: &Path, progress: &mut dyn FnMut(u64, u64)) -> Result<(), BackupError> {
    let database = folder::database(folder);
    if !database.exists() {
        return Err(BackupError::Source(OpenError::Missing { folder: folder.to_owned() }));
    }
    if target.exists() {
        return Err(BackupError::Exists(target.to_owned()));
    }
    let part = part_of(target);
    let done = remove(&part).map_err(|error| BackupError::Target(OpenError::from_io(&part, &error))).and_then(|()| {
        copy(&database, &part, progress)?;
        mark(&part).map_err(|error| BackupError::Target(OpenError::from_sqlite(&part, &error)))?;
        keep(&part, target)
    });
    if done.is_err() {
        // The cause is told; that a part of a file stays is not worth hiding it.
        let _ = remove(&part);
    }
    done
}

/// Where the copy grows until it is whole.
fn part_of(target: &Path) -> PathBuf {
    let mut name = target.as_os_str().to_owned();
    name.push(".part");
    name.into()
}

/// Removes what an earlier attempt has left.
fn remove(part: &Path) -> io::Result<()> {
    for suffix in ["", "-journal", "-wal", "-shm"] {
        let mut name = part.as_os_str().to_owned();
        name.push(suffix);
        match fs::remove_file(&name) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}

fn copy(database: &Path, part: &Path, progress: &mut dyn FnMut(u64, u64)) -> Result<(), BackupError> {
    let source = |error: rusqlite::Error| BackupError::Source(OpenError::from_sqlite(database, &error));
    let target = |error: rusqlite::Error| BackupError::Target(OpenError::from_sqlite(part, &error));
    let from = connect::observer(database).map_err(source)?;
    let found = schema::version(&from).map_err(source)?;
    if found > schema::LATEST {
        return Err(BackupError::Source(OpenError::Newer { found, known: schema::LATEST }));
    }
    // Held to the end: the copy is of one state, and no commit makes it begin anew.
    from.execute_batch("BEGIN").map_err(source)?;
    from.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(())).map_err(source)?;
    let mut to = connect::first(part).map_err(target)?;
    // Until it has its name the copy is worth nothing, so nothing protects it on the way.
    to.execute_batch("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;").map_err(target)?;
    let copying = Backup::new(&from, &mut to).map_err(target)?;
    loop {
        let step = copying.step(STEP_PAGES).map_err(target)?;
        let (total, left) = (copying.progress().pagecount, copying.progress().remaining);
        progress(u64::from((total - left).unsigned_abs()), u64::from(total.unsigned_abs()));
        if step == StepResult::Done {
            return Ok(());
        }
    }
}

/// Opens the copy as a database of its own, in one file, and says in it what it is.
fn mark(part: &Path) -> rusqlite::Result<()> {
    let conn = connect::first(part)?;
    conn.execute_batch("PRAGMA journal_mode = DELETE; PRAGMA synchronous = FULL;")?;
    conn.execute("INSERT OR REPLACE INTO meta (name, value) VALUES (?1, 1)", [MARK])?;
    readable(&conn)
}

/// Whether both ends of every log can be read: a copy that is cut or mixed up fails here.
fn readable(conn: &Connection) -> rusqlite::Result<()> {
    let mut statement = conn.prepare(super::recover::ENDS)?;
    let mut rows = statement.query([])?;
    while rows.next()?.is_some() {}
    Ok(())
}

/// Gives the copy its name when it is on the disk.
fn keep(part: &Path, target: &Path) -> Result<(), BackupError> {
    let failed = |error: io::Error| BackupError::Target(OpenError::from_io(target, &error));
    File::open(part).and_then(|file| file.sync_all()).map_err(failed)?;
    if target.exists() {
        return Err(BackupError::Exists(target.to_owned()));
    }
    fs::rename(part, target).map_err(failed)?;
    let parent = target.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    folder::sync(parent).map_err(failed)
}

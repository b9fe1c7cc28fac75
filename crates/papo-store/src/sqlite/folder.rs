//! The data folder: its files, and the lock that keeps it for one process.

use std::fs::{self, File, OpenOptions};
use std::io::{Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, flock};
use rustix::io::Errno;

use super::OpenError;

/// The database within a data folder.
pub(super) fn database(folder: &Path) -> PathBuf {
    folder.join("papo.db")
}

/// Looks whether a WAL stands beside a database that has none. SQLite would follow it blindly.
///
/// Only before any connection is open: to close the file takes SQLite's locks from it.
pub(super) fn reject_foreign_wal(database: &Path) -> Result<(), OpenError> {
    let mut wal = database.as_os_str().to_owned();
    wal.push("-wal");
    if !fs::metadata(&wal).is_ok_and(|wal| wal.len() > 0) {
        return Ok(());
    }
    let mut head = [0; 20];
    let read = File::open(database).and_then(|mut file| file.read_exact(&mut head));
    // The two versions of the file's format (SQLite's file format, 1.3.3): 1 is without a WAL.
    if read.is_ok() && head[18..20] == [1, 1] {
        return Err(OpenError::ForeignWal { wal: wal.into() });
    }
    Ok(())
}

/// Makes the folder where it is missing, for this user alone: it holds what people said.
pub(super) fn make(folder: &Path) -> Result<(), OpenError> {
    let io = |error| OpenError::from_io(folder, &error);
    if folder.is_dir() {
        return Ok(());
    }
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(io)?;
    if let Some(parent) = folder.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        sync(parent).map_err(io)?;
    }
    Ok(())
}

/// Takes the rights to a database and the files beside it from everybody but their user.
#[cfg(unix)]
pub(super) fn close_to_others(database: &Path) -> Result<(), OpenError> {
    use std::os::unix::fs::PermissionsExt as _;
    for suffix in ["", "-wal", "-shm"] {
        let mut file = database.as_os_str().to_owned();
        file.push(suffix);
        let closed = |found: fs::Metadata| {
            fs::set_permissions(&file, fs::Permissions::from_mode(found.permissions().mode() & 0o700))
        };
        match fs::metadata(&file).and_then(closed) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(OpenError::from_io(Path::new(&file), &error));
            }
            _ => {}
        }
    }
    Ok(())
}

/// Makes the entries of a folder durable.
pub(super) fn sync(folder: &Path) -> std::io::Result<()> {
    File::open(folder)?.sync_all()
}

/// The folder belongs to this process for as long as this value lives.
#[derive(Debug)]
pub(super) struct FolderLock {
    /// The lock goes with the file, even when the process is killed. The file itself stays: were it
    /// removed, two processes could hold locks on two files of the same name.
    _file: File,
}

impl FolderLock {
    /// Takes the folder, and says in the lock's file by whom, for people.
    pub(super) fn take(folder: &Path) -> Result<Self, OpenError> {
        let path = folder.join("papo.lock");
        let io = |error| OpenError::from_io(&path, &error);
        let mut file =
            OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path).map_err(io)?;
        match flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => {}
            Err(Errno::WOULDBLOCK) => {
                let mut text = String::new();
                // Who it is, is a courtesy: that it is somebody is known.
                let _ = file.read_to_string(&mut text);
                return Err(OpenError::InUse { folder: folder.to_owned(), pid: text.trim().parse().ok() });
            }
            Err(error) => return Err(io(error.into())),
        }
        let said = file.set_len(0).and_then(|()| file.rewind()).and_then(|()| writeln!(file, "{}", std::process::id()));
        said.map_err(io)?;
        Ok(Self { _file: file })
    }
}

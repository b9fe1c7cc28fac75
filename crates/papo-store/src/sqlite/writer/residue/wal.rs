//! Which pages are in the WAL (SQLite's file format, 4.1).

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::Path;

use rusqlite::Connection;

use super::Pages;

const HEAD_BYTES: usize = 32;
const FRAME_HEAD_BYTES: u64 = 24;

/// A place in the WAL: so many frames of this round. It begins anew after a checkpoint, with
/// another salt.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Mark {
    salt: [u8; 8],
    frames: u64,
}

/// How many frames are in use.
pub(super) fn frames(conn: &Connection) -> rusqlite::Result<u64> {
    let frames: i64 = conn.prepare_cached("PRAGMA wal_checkpoint(NOOP)")?.query_row([], |row| row.get(1))?;
    Ok(u64::try_from(frames).unwrap_or(0))
}

/// The place after so many frames.
pub(super) fn mark(database: &Path, frames: u64) -> io::Result<Mark> {
    if frames == 0 {
        return Ok(Mark::default());
    }
    let (_, head) = open(database)?;
    Ok(Mark { salt: salt(&head), frames })
}

/// The pages of the frames from the mark up to so many. Only its one writer may ask: nobody else
/// adds frames or begins anew.
pub(super) fn changed_since(database: &Path, clean: &Mark, frames: u64) -> io::Result<Pages> {
    let mut pages = Pages::new();
    if frames == 0 {
        return Ok(pages);
    }
    let (mut file, head) = open(database)?;
    let first = if clean.salt == salt(&head) { clean.frames.min(frames) } else { 0 };
    let page_bytes = u64::from(u32::from_be_bytes([head[8], head[9], head[10], head[11]]));
    let frame_bytes = FRAME_HEAD_BYTES + page_bytes;
    for frame in first..frames {
        file.seek(SeekFrom::Start(HEAD_BYTES as u64 + frame * frame_bytes))?;
        let mut number = [0; 4];
        file.read_exact(&mut number)?;
        pages.insert(u32::from_be_bytes(number));
    }
    Ok(pages)
}

/// SQLite's locks are on the other two files, so this one may be closed.
fn open(database: &Path) -> io::Result<(File, [u8; HEAD_BYTES])> {
    let mut wal = database.as_os_str().to_owned();
    wal.push("-wal");
    let mut file = File::open(wal)?;
    let mut head = [0; HEAD_BYTES];
    file.read_exact(&mut head)?;
    Ok((file, head))
}

fn salt(head: &[u8; HEAD_BYTES]) -> [u8; 8] {
    std::array::from_fn(|at| head[16 + at])
}

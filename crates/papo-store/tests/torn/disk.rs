//! What a power cut may leave of a file.
//!
//! A disk keeps what was synced. Of what was written since, it may have any blocks and not have the
//! others, in any order, and the file may have any length between the two.

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use super::random::Random;

/// The head of a WAL. SQLite syncs it before it overwrites what was there before a checkpoint.
const WAL_HEAD_BYTES: usize = 32;
/// States that are copied while one thing is done.
const STATES_MAX: usize = 8;

#[derive(Clone, Copy)]
pub(crate) enum File {
    Db,
    Wal,
}

impl File {
    fn read(self, folder: &Path) -> Vec<u8> {
        let name = match self {
            Self::Db => "papo.db",
            Self::Wal => "papo.db-wal",
        };
        fs::read(folder.join(name)).unwrap_or_default()
    }
}

/// The two files of a data folder that matter. The index of the WAL is made anew by whoever opens it.
#[derive(Clone)]
pub(crate) struct Disk {
    pub(crate) db: Vec<u8>,
    pub(crate) wal: Vec<u8>,
}

impl Disk {
    pub(crate) fn of(folder: &Path) -> Self {
        Self { db: File::Db.read(folder), wal: File::Wal.read(folder) }
    }

    /// Makes a data folder of these files alone.
    pub(crate) fn write(&self, folder: &Path) {
        let _ = fs::remove_dir_all(folder);
        fs::create_dir(folder).expect("made");
        fs::write(folder.join("papo.db"), &self.db).expect("written");
        fs::write(folder.join("papo.db-wal"), &self.wal).expect("written");
    }
}

/// Does something, and copies a file at moments in between.
pub(crate) fn watch<T>(folder: &Path, file: File, act: impl FnOnce() -> T) -> (T, Vec<Vec<u8>>) {
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        let watcher = scope.spawn(|| {
            let mut states = Vec::new();
            while !done.load(Ordering::Acquire) && states.len() < STATES_MAX {
                let state = file.read(folder);
                // A copy that was made across the beginning of a new round has the old head and what
                // SQLite writes only when the new one is on the disk: no power cut leaves that.
                let head = |bytes: &[u8]| bytes.get(..WAL_HEAD_BYTES).map(<[u8]>::to_vec);
                if matches!(file, File::Db) || head(&state) == head(&file.read(folder)) {
                    states.push(state);
                }
            }
            states
        });
        let result = act();
        done.store(true, Ordering::Release);
        (result, watcher.join().expect("the copies are made"))
    })
}

/// The WAL after a power cut. Its head is on the disk before anything else of a new round.
pub(crate) fn torn_wal(synced: &[u8], newer: &[u8], random: &mut Random) -> Vec<u8> {
    let new_round = synced.len() >= WAL_HEAD_BYTES && synced.get(..WAL_HEAD_BYTES) != newer.get(..WAL_HEAD_BYTES);
    if !new_round {
        return torn(synced, newer, random);
    }
    let mut base = synced.to_vec();
    if newer.len() < WAL_HEAD_BYTES || random.chance(8) {
        return base;
    }
    base[..WAL_HEAD_BYTES].copy_from_slice(&newer[..WAL_HEAD_BYTES]);
    if random.chance(8) { base } else { torn(&base, newer, random) }
}

/// A file after a power cut: some of the blocks that differ are new.
pub(crate) fn torn(synced: &[u8], newer: &[u8], random: &mut Random) -> Vec<u8> {
    let block = if random.chance(4) { 512 } else { 4096 };
    let (short, long) = (synced.len().min(newer.len()), synced.len().max(newer.len()));
    let length = match random.below(4) {
        0 => synced.len(),
        1 => short + random.below(long - short + 1),
        _ => newer.len(),
    };
    // Mostly nothing or all got through, or one block did not; in between, any share of them.
    let share = [0, 1, 50, 95, 100][random.below(5)];
    let mut file = synced.to_vec();
    // What was never written reads as zeros.
    file.resize(length, 0);
    for start in (0..length.min(newer.len())).step_by(block) {
        let end = (start + block).min(length).min(newer.len());
        if file[start..end] != newer[start..end] && random.below(100) < share {
            file[start..end].copy_from_slice(&newer[start..end]);
        }
    }
    file
}

//! A torn disk: what a power cut may leave of the files, at any moment of a commit or a checkpoint,
//! opens as a store that has every acknowledged event once and nothing that nobody sent.
//!
//! * `disk` – which files a power cut may leave, given what was synced and what was written since;
//! * `history` – the checker.
//!
//! The seed of a failing run is in its message. What another thread copied in the middle of a commit
//! depends on the machine; everything else comes from the seed. `PAPO_LONG=1` looks for longer.

#[path = "torn/disk.rs"]
mod disk;
#[path = "torn/history.rs"]
mod history;
#[path = "torn/random.rs"]
mod random;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use papo_proto::words::{Record, Stored};
use papo_proto::{Append, RoomId, Seq, Txn};
use papo_store::{Span, SqliteStore, Store as _, conformance, sqlite};
use rusqlite::Connection;
use tempfile::TempDir;

use self::disk::{Disk, File};
use self::history::{Acknowledged, Fault, History, Logs};
use self::random::Random;

const ROOMS: u64 = 3;
/// Images that are made of each commit or checkpoint.
const IMAGES: usize = 4;

/// A store with a disk that is watched.
struct Run {
    folder: TempDir,
    store: SqliteStore,
    /// What is on the disk for sure.
    synced: Disk,
    history: History,
    random: Random,
    sent: u64,
    /// What was wrong with a torn disk.
    faults: Vec<Fault>,
    images: usize,
}

impl Run {
    fn new(seed: u64) -> Self {
        let folder = shared_memory_or_disk();
        let data = folder.path().join("data");
        // Checkpoints are steps of their own here, so that it is known what is synced before and after.
        let store = SqliteStore::open_with(&data, u64::MAX).expect("opened");
        let rooms: Vec<_> = (1..=ROOMS).map(|id| Record::Room(conformance::room(id, &format!("sala{id}")))).collect();
        store.commit(&rooms).expect("stored");
        let synced = Disk::of(&data);
        let history = History::default();
        Self { folder, store, synced, history, random: Random(seed), sent: 0, faults: Vec::new(), images: 0 }
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Commits a batch, and opens what a power cut may leave before it is acknowledged.
    fn commit(&mut self) {
        let batch: Vec<_> = (0..=self.random.below(20)).map(|_| self.event()).collect();
        self.history.submit(batch.iter().map(|append| (append.room, append.text.clone())));
        let records: Vec<_> = batch.iter().cloned().map(Record::Event).collect();
        let data = self.data();
        let (stored, mut states) = disk::watch(&data, File::Wal, || self.store.commit(&records).expect("stored"));
        let after = Disk::of(&data);
        assert!(after.db == self.synced.db, "a commit writes to the WAL alone");
        states.push(after.wal.clone());
        for at in 0..IMAGES {
            let wal = disk::torn_wal(&self.synced.wal, &states[states.len() - 1 - at % states.len()], &mut self.random);
            self.open_image(&Disk { db: self.synced.db.clone(), wal });
        }
        self.synced = after;
        for (append, stored) in batch.iter().zip(stored) {
            let Stored::Appended(seq) = stored else { panic!("{stored:?}") };
            self.history.acknowledge(Acknowledged { room: append.room, seq, text: append.text.clone() });
        }
    }

    fn event(&mut self) -> Append {
        self.sent += 1;
        let filler = "x".repeat(self.random.below(3_000));
        let mut append = conformance::append(1 + self.random.below(ROOMS as usize) as u64, "");
        append.text = format!("{} {filler}", self.sent).into();
        append.txn = self.random.chance(2).then_some(Txn(self.sent));
        append
    }

    /// Moves the WAL into the database, and opens what a power cut may leave of that.
    fn checkpoint(&mut self) {
        let data = self.data();
        let mode = if self.random.chance(2) { "PASSIVE" } else { "TRUNCATE" };
        let conn = Connection::open(data.join("papo.db")).expect("opened");
        let run = || {
            let done = conn.query_row(&format!("PRAGMA wal_checkpoint({mode})"), [], |row| row.get::<_, i64>(0));
            assert_eq!(done.expect("checkpoint"), 0, "nobody is in its way");
        };
        let ((), mut states) = disk::watch(&data, File::Db, run);
        let after = Disk::of(&data);
        states.push(after.db.clone());
        for at in 0..IMAGES {
            // Until the database is synced the WAL stays as it is.
            let db = disk::torn(&self.synced.db, &states[states.len() - 1 - at % states.len()], &mut self.random);
            self.open_image(&Disk { db, wal: self.synced.wal.clone() });
        }
        // Then it may be emptied, now or when it is next synced.
        self.open_image(&Disk { db: after.db.clone(), wal: self.synced.wal.clone() });
        self.open_image(&after);
        self.synced = after;
    }

    /// Opens a store on what a power cut has left, and checks it.
    fn open_image(&mut self, image: &Disk) {
        self.images += 1;
        let folder = self.folder.path().join("image");
        image.write(&folder);
        let logs = logs(&folder);
        self.faults.append(&mut self.history.check(&logs));
        let report = sqlite::check(&folder, &mut |_, _| {}).expect("checked");
        assert_eq!(report.findings, []);
    }
}

/// The files of many runs are written over and over; where there is memory for them, no disk is worn.
fn shared_memory_or_disk() -> TempDir {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).expect("a folder")
}

/// What a store that opens the folder has in its logs.
fn logs(folder: &Path) -> Logs {
    let store = SqliteStore::open(folder).expect("a torn disk is no damage");
    let (recovered, mut reader) = (store.recover().expect("read"), store.reader().expect("a reader"));
    let mut logs = BTreeMap::new();
    for room in recovered.rooms {
        let page = reader.page(room.record.id, Span::After(Seq(0)), usize::MAX, usize::MAX).expect("read");
        assert_eq!((page.first, page.head), (room.first, room.head));
        logs.insert(room.record.id, page.events.into_iter().map(|event| (event.seq, event.text)).collect());
    }
    logs
}

/// Runs from one seed after the other, for so long.
fn time() -> Duration {
    if std::env::var_os("PAPO_LONG").is_some() { Duration::from_mins(2) } else { Duration::from_secs(3) }
}

#[test]
fn what_is_acknowledged_survives_a_power_cut_at_any_moment() {
    let (began, mut images) = (Instant::now(), 0);
    for seed in 0.. {
        let mut run = Run::new(seed);
        for step in 0..12 {
            let next = if run.random.chance(4) { Run::checkpoint } else { Run::commit };
            next(&mut run);
            assert_eq!(run.faults, [], "seed {seed}, step {step}");
        }
        images += run.images;
        if began.elapsed() > time() {
            break;
        }
    }
    assert!(images > 40, "only {images} images were opened in the time that there is");
}

/// A disk that only claims to have synced is noticed: otherwise this file would prove nothing.
#[test]
fn a_disk_that_lies_is_found_out() {
    let mut run = Run::new(1);
    run.commit();
    let before = run.synced.clone();
    run.commit();
    assert_eq!(run.faults, []);
    run.open_image(&before);
    assert!(run.faults.iter().any(|fault| matches!(fault, Fault::Lost(..))), "{:?}", run.faults);
}

/// Nothing that the checker is to find may be hidden by how the logs are read.
#[test]
fn the_logs_of_a_folder_are_read_as_they_are() {
    let run = Run::new(1);
    let text: Arc<str> = "oi".into();
    run.store.commit(&[Record::Event(conformance::append(2, &text))]).expect("stored");
    let data = run.data();
    drop(run.store);
    let logs = logs(&data);
    assert_eq!(logs[&RoomId(2)], [(Seq(1), text)]);
    assert_eq!(logs[&RoomId(1)], []);
}

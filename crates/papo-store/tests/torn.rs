//! A torn disk: what a power cut may leave of the files, at any moment of a commit or a checkpoint,
//! opens as a store that has every acknowledged event once and nothing that nobody sent, and of what
//! was taken back the events that say so, and nothing else.
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

use papo_proto::words::{Body, Record, RedactWhat, Stored, Whose};
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
    /// Where the read marker was set, and where it is for sure.
    marked: u64,
    marker: u64,
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
        Self {
            folder,
            store,
            synced,
            history,
            random: Random(seed),
            sent: 0,
            marked: 0,
            marker: 0,
            faults: Vec::new(),
            images: 0,
        }
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Commits messages and a read marker.
    fn say(&mut self) {
        let mut records: Vec<_> = (0..=self.random.below(20)).map(|_| Record::Event(self.event())).collect();
        self.marked = self.sent;
        records.push(Record::Read(conformance::read(1, 1, self.marked)));
        self.commit(&records);
        self.marker = self.marked;
    }

    /// Takes back some of what was said, while somebody reads; then nobody reads any more.
    fn take_back(&mut self) {
        self.checkpoint("TRUNCATE");
        // The reader reads from the database, so that nothing is moved there.
        let reading = Connection::open(self.data().join("papo.db")).expect("opened");
        reading.execute_batch("BEGIN; SELECT count(*) FROM event;").expect("read");
        let mut wanted = self.history.wanted();
        let mut records = Vec::new();
        for _ in 0..self.random.below(4).min(wanted.len()) {
            let (room, seq) = wanted.swap_remove(self.random.below(wanted.len()));
            self.history.take_back(room, seq);
            records.push(Record::Redact(conformance::redact(room.0, RedactWhat::One(seq, Whose::anybody()))));
            records.push(Record::Event(self.event()));
        }
        self.commit(&records);
        drop(reading);
        let data = self.data();
        let store = &self.store;
        let ((), states) = disk::watch(&data, File::Db, || assert!(!store.finish(), "nobody is in its way"));
        self.moved(states);
    }

    /// Commits a batch, and opens what a power cut may leave before it is acknowledged.
    fn commit(&mut self, records: &[Record]) {
        let sent = records.iter().filter_map(|record| match record {
            Record::Event(append) => Some((append.room, append.text.clone())),
            _ => None,
        });
        self.history.submit(sent);
        let data = self.data();
        let (stored, mut states) = disk::watch(&data, File::Wal, || self.store.commit(records).expect("stored"));
        let after = Disk::of(&data);
        assert!(after.db == self.synced.db, "a commit writes to the WAL alone");
        states.push(after.wal.clone());
        for at in 0..IMAGES {
            let wal = disk::torn_wal(&self.synced.wal, &states[states.len() - 1 - at % states.len()], &mut self.random);
            self.open_image(&Disk { db: self.synced.db.clone(), wal });
        }
        self.synced = after;
        for (record, stored) in records.iter().zip(stored) {
            let (room, seq, body) = match (record, stored) {
                (Record::Event(append), Stored::Appended(seq)) => {
                    (append.room, seq, Body::Message(append.text.clone()))
                }
                (Record::Redact(redact), Stored::Redacted(seq, seqs)) => (redact.room, seq, Body::Redaction(seqs)),
                (Record::Read(_), Stored::Done) => continue,
                other => panic!("{other:?}"),
            };
            self.history.acknowledge(Acknowledged { room, seq, body });
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
    fn checkpoint(&mut self, mode: &str) {
        let data = self.data();
        let conn = Connection::open(data.join("papo.db")).expect("opened");
        let run = || {
            let done = conn.query_row(&format!("PRAGMA wal_checkpoint({mode})"), [], |row| row.get::<_, i64>(0));
            assert_eq!(done.expect("checkpoint"), 0, "nobody is in its way");
        };
        let ((), states) = disk::watch(&data, File::Db, run);
        self.moved(states);
    }

    /// Opens what a power cut may leave while the WAL was moved.
    fn moved(&mut self, mut states: Vec<Vec<u8>>) {
        let after = Disk::of(&self.data());
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
        let (logs, marker) = kept(&folder);
        self.faults.append(&mut self.history.check(&logs));
        assert!((self.marker..=self.marked).contains(&marker), "{marker} is not of {}..={}", self.marker, self.marked);
        let report = sqlite::check(&folder, &mut |_, _| {}).expect("checked");
        assert_eq!(report.findings, []);
    }
}

/// The files of many runs are written over and over; where there is memory for them, no disk is worn.
fn shared_memory_or_disk() -> TempDir {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).expect("a folder")
}

/// What a store that opens the folder has in its logs, and the read marker.
fn kept(folder: &Path) -> (Logs, u64) {
    let store = SqliteStore::open(folder).expect("a torn disk is no damage");
    let (recovered, mut reader) = (store.recover().expect("read"), store.reader().expect("a reader"));
    let marker = recovered.reads.first().map_or(0, |read| read.seq.0);
    let mut logs = BTreeMap::new();
    for room in recovered.rooms {
        let page = reader.page(room.record.id, Span::After(Seq(0)), usize::MAX, usize::MAX).expect("read");
        assert_eq!((page.first, page.head), (room.first, room.head));
        logs.insert(room.record.id, page.events.into_iter().map(|event| (event.seq, event.body)).collect());
    }
    (logs, marker)
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
            match run.random.below(6) {
                0 => run.checkpoint("PASSIVE"),
                1 => run.checkpoint("TRUNCATE"),
                2 => run.take_back(),
                _ => run.say(),
            }
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
    run.say();
    let before = run.synced.clone();
    run.say();
    // The marker would tell too.
    run.marker = 0;
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
    let (logs, _) = kept(&data);
    assert_eq!(logs[&RoomId(2)], [(Seq(1), Body::Message(text))]);
    assert_eq!(logs[&RoomId(1)], []);
}

//! A bare loop of commits: what any server must pay to keep the same rows on this disk.
//!
//! The same tables, indexes and settings as the store's, rooms and batches as large as the server's
//! were; nothing around them: no hub, no records, no repeats looked for, nobody to answer.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use rusqlite::{Connection, params};
use serde_json::{Value, json};

use crate::durable::BODY;
use crate::error::BenchError;
use crate::histogram::Histogram;
use crate::pace::Pace;
use crate::report::Latency;

/// The tables as the store makes them.
const SCHEMA: &str = include_str!("../../papo-store/src/sqlite/schema/1.sql");
/// The settings of the store's writer.
const SETTINGS: &str = "PRAGMA auto_vacuum = INCREMENTAL;
     PRAGMA journal_mode = WAL;
     PRAGMA synchronous = FULL;
     PRAGMA secure_delete = ON;
     PRAGMA foreign_keys = OFF;
     PRAGMA wal_autocheckpoint = 0;
     PRAGMA journal_size_limit = 67108864;
     PRAGMA cache_size = -32768;";
/// A page in the WAL, with its head, and how many of them bring a checkpoint, as in the store.
const WAL_PAGES_MAX: i64 = 64 * 1024 * 1024 / (4096 + 24);
/// A room's number lies above the seqs of its log.
const SEQ_BITS: u32 = 36;
/// Sessions that the rows are by, in turn.
const SESSIONS: u64 = 64;
/// The last bit of a wait is spent awake: the system wakes a sleeper late.
const SPIN: Duration = Duration::from_micros(200);

/// What `papo bench durable-floor` is asked for.
#[derive(Clone, Debug)]
pub struct DurableFloorOptions {
    /// A folder on the disk that is meant; the database is made there and removed again.
    pub data: PathBuf,
    /// Rooms that the rows are spread over.
    pub rooms: u64,
    /// Rows of a commit.
    pub batch: u64,
    /// How long rows are committed.
    pub time: Duration,
    /// So many rows a second, evenly, instead of as fast as it goes.
    pub rate: Option<f64>,
}

/// The figures of a run.
#[derive(Clone, Debug)]
pub struct DurableFloorReport {
    /// Rows that are on disk.
    pub rows: u64,
    /// Transactions.
    pub commits: u64,
    /// Seconds of the run.
    pub seconds: f64,
    /// Of a commit: from when it was due, at an even pace, or from its beginning.
    pub latency: Option<Latency>,
}

impl DurableFloorReport {
    /// Rows a second.
    pub fn rows_per_second(&self) -> f64 {
        if self.seconds > 0.0 { self.rows as f64 / self.seconds } else { 0.0 }
    }

    /// All figures under stable names with their units.
    pub fn to_json(&self) -> Value {
        let micros = |pick: fn(Latency) -> u64| self.latency.map(|latency| pick(latency) as f64 / 1000.0);
        json!({
            "rows": self.rows,
            "commits": self.commits,
            "seconds": self.seconds,
            "rows_per_second": self.rows_per_second(),
            "p50_us": micros(|latency| latency.p50),
            "p99_us": micros(|latency| latency.p99),
            "p999_us": micros(|latency| latency.p999),
            "max_us": micros(|latency| latency.max),
        })
    }
}

impl std::fmt::Display for DurableFloorReport {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "rows                 {} in {:.2} s", self.rows, self.seconds)?;
        write!(f, "committed            {} times, {:.0} rows a second", self.commits, self.rows_per_second())?;
        if let Some(latency) = self.latency {
            write!(f, "\ncommit in ms         {latency}")?;
        }
        Ok(())
    }
}

/// Commits for so long.
///
/// # Errors
/// [`BenchError`]: what was asked for makes no sense, or the disk refuses.
pub fn durable_floor(options: &DurableFloorOptions) -> Result<DurableFloorReport, BenchError> {
    if options.rooms == 0 || options.batch == 0 {
        return Err(BenchError::Options("there must be at least one room and one row"));
    }
    let file = options.data.join(format!("floor-{}.sqlite", std::process::id()));
    std::fs::create_dir_all(&options.data).map_err(BenchError::system("the folder cannot be made"))?;
    let report = Loop::new(&file, options).and_then(|mut floor| floor.run(options));
    for suffix in ["", "-wal", "-shm"] {
        let mut name = file.clone().into_os_string();
        name.push(suffix);
        // What cannot be removed was not made, or its failure is told already.
        let _ = std::fs::remove_file(name);
    }
    report.map_err(BenchError::Sqlite)
}

struct Loop {
    conn: Connection,
    rooms: u64,
    rows: u64,
    commits: u64,
    latencies: Histogram,
}

impl Loop {
    fn new(file: &Path, options: &DurableFloorOptions) -> rusqlite::Result<Self> {
        let conn = Connection::open(file)?;
        conn.execute_batch(SETTINGS)?;
        conn.execute_batch(SCHEMA)?;
        let mut room = conn.prepare("INSERT INTO room (id, key, name, epoch, made_ms) VALUES (?1, ?2, ?2, 1, 1)")?;
        for id in 1..=options.rooms {
            room.execute(params![id.cast_signed(), format!("durable{id}")])?;
        }
        drop(room);
        Ok(Self { conn, rooms: options.rooms, rows: 0, commits: 0, latencies: Histogram::default() })
    }

    fn run(&mut self, options: &DurableFloorOptions) -> rusqlite::Result<DurableFloorReport> {
        let begun = Instant::now();
        if let Some(rate) = options.rate {
            let mut pace = Pace::new(rate / options.batch as f64, options.time.as_secs_f64());
            while let Some(due) = pace.next_due() {
                wait_until(begun + Duration::from_nanos(due));
                pace.take(due);
                self.commit(options.batch)?;
                self.latencies.record((begun.elapsed().as_nanos() as u64).saturating_sub(due));
            }
        } else {
            while begun.elapsed() < options.time {
                let before = Instant::now();
                self.commit(options.batch)?;
                self.latencies.record(before.elapsed().as_nanos() as u64);
            }
        }
        let seconds = begun.elapsed().as_secs_f64();
        let latency = Latency::of(&self.latencies);
        Ok(DurableFloorReport { rows: self.rows, commits: self.commits, seconds, latency })
    }

    fn commit(&mut self, batch: u64) -> rusqlite::Result<()> {
        let at_ms = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as i64);
        let transaction = self.conn.unchecked_transaction()?;
        let mut insert = self.conn.prepare_cached(
            "INSERT INTO event (id, at_ms, session, txn, author, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?;
        for _ in 0..batch {
            let (room, seq) = (self.rows % self.rooms + 1, self.rows / self.rooms + 1);
            let (session, txn) = ((1 << 32) + self.rows % SESSIONS, self.rows / SESSIONS + 3);
            let id = (room << SEQ_BITS | seq).cast_signed();
            insert.execute(params![id, at_ms, session.cast_signed(), txn.cast_signed(), "b-aaaaaaaaaaaa", BODY])?;
            self.rows += 1;
        }
        drop(insert);
        transaction.commit()?;
        self.commits += 1;
        self.checkpoint_when_due()
    }

    fn checkpoint_when_due(&self) -> rusqlite::Result<()> {
        let pages: i64 = self.conn.prepare_cached("PRAGMA wal_checkpoint(NOOP)")?.query_row([], |row| row.get(1))?;
        if pages > WAL_PAGES_MAX {
            self.conn.query_row("PRAGMA wal_checkpoint(RESTART)", [], |_| Ok(()))?;
        }
        Ok(())
    }
}

fn wait_until(due: Instant) {
    let left = due.saturating_duration_since(Instant::now());
    std::thread::sleep(left.saturating_sub(SPIN));
    while Instant::now() < due {
        std::hint::spin_loop();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(batch: u64, rate: Option<f64>) -> DurableFloorOptions {
        let name = format!("papo-bench-floor-{}-{batch}", std::process::id());
        let time = Duration::from_millis(200);
        DurableFloorOptions { data: std::env::temp_dir().join(name), rooms: 3, batch, time, rate }
    }

    #[test]
    fn rows_are_committed_in_batches_and_nothing_is_left_behind() {
        for (batch, rate) in [(7, None), (1, Some(100.0))] {
            let options = options(batch, rate);
            let report = durable_floor(&options).expect("a run");
            assert_eq!(report.rows, report.commits * batch);
            assert!(report.rows > 0 && report.latency.is_some(), "{report}");
            if let Some(rate) = rate {
                assert_eq!(report.rows, (rate * 0.2) as u64);
            }
            let left = std::fs::read_dir(&options.data).expect("the folder").count();
            assert_eq!(left, 0);
            std::fs::remove_dir(&options.data).expect("empty");
        }
    }
}

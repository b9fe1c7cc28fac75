//! Looks through a data folder for what must not be there. Nothing is changed.
//!
//! * here – pages, numbers and logs; `people` – what belongs to rooms, and what was taken back.

mod people;

use std::path::Path;

use papo_proto::words::{AccountId, LoginId};
use papo_proto::{RoomId, Seq};
use rusqlite::{Connection, OptionalExtension as _, Row};

use super::connect::{self, from_sql, to_sql};
use super::error::Fault;
use super::key::{LogKeys, parts};
use super::{OpenError, folder, schema};

/// How many faults are named of each kind; a file with more is read by nobody line by line.
const FINDINGS_MAX: u32 = 100;

/// What a check found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CheckReport {
    /// The schema of the data.
    pub schema: u32,
    /// Rooms that exist.
    pub rooms: u64,
    /// Events in their logs.
    pub events: u64,
    /// Accounts that there ever were.
    pub accounts: u64,
    /// Sessions that can be resumed, and ended ones that are not removed yet.
    pub sessions: u64,
    /// The size of the database without its WAL.
    pub bytes: u64,
    /// What is wrong; empty when all is well.
    pub findings: Vec<Finding>,
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// A page or a tree of the database is damaged; in SQLite's words.
    Damaged(String),
    /// Events are missing in the middle of a log.
    Gap {
        /// The room.
        room: RoomId,
        /// The oldest event that is kept.
        first: Seq,
        /// The newest event.
        head: Seq,
        /// How many there are from the one to the other.
        events: u64,
    },
    /// Events of a room that does not exist.
    Orphans {
        /// The room.
        room: RoomId,
        /// How many.
        events: u64,
    },
    /// Rows about people in a room that does not exist.
    Leftovers {
        /// The room.
        room: RoomId,
        /// The table.
        table: &'static str,
        /// How many.
        rows: u64,
    },
    /// Messages that were taken back and are there.
    NotTakenBack {
        /// The room.
        room: RoomId,
        /// The event that says that they were taken back.
        redaction: Seq,
        /// How many of them have a text.
        messages: u64,
    },
    /// A room whose number is over the highest that was ever given out, and may be given again.
    RoomNumber(RoomId),
    /// The same of an account.
    AccountNumber(AccountId),
    /// The same of a login.
    LoginNumber(LoginId),
}

/// Checks the data in a folder, also while a server serves from it. `progress` is told the step that
/// begins, from 1, and how many there are.
///
/// # Errors
/// There is nothing to check, it is of a newer schema, or the disk does not let itself be read.
/// Damage is no error but a [`Finding`], unless it hides everything.
pub fn check(folder: &Path, progress: &mut dyn FnMut(u32, u32)) -> Result<CheckReport, OpenError> {
    let database = folder::database(folder);
    if !database.exists() {
        return Err(OpenError::Missing { folder: folder.to_owned() });
    }
    let conn = connect::observer(&database).map_err(|error| OpenError::from_sqlite(&database, &error))?;
    let found = schema::version(&conn).map_err(|error| OpenError::from_sqlite(&database, &error))?;
    if found > schema::LATEST {
        return Err(OpenError::Newer { found, known: schema::LATEST });
    }
    let mut report = CheckReport { schema: found, ..CheckReport::default() };
    let steps = match found {
        0 => &STEPS[..1],
        // There were no people yet.
        1 => &STEPS[..3],
        _ => &STEPS[..],
    };
    for (at, step) in steps.iter().enumerate() {
        progress(at as u32 + 1, steps.len() as u32);
        match step(&conn, &mut report) {
            // What is damaged for one step may be readable for the next.
            Err(error) if Fault::of(&error) == Fault::Damaged => {
                let finding = Finding::Damaged(error.to_string());
                if !report.findings.contains(&finding) {
                    report.findings.push(finding);
                }
            }
            done => done.map_err(|error| OpenError::from_sqlite(&database, &error))?,
        }
    }
    Ok(report)
}

type Step = fn(&Connection, &mut CheckReport) -> rusqlite::Result<()>;

const STEPS: [Step; 4] = [pages, counts, logs, people::check];

/// Every page, tree and index of the database, as SQLite knows them.
fn pages(conn: &Connection, report: &mut CheckReport) -> rusqlite::Result<()> {
    report.bytes =
        conn.query_row("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size", [], number)?;
    let mut statement = conn.prepare(&format!("PRAGMA integrity_check({FINDINGS_MAX})"))?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let said: String = row.get(0)?;
        if said != "ok" {
            report.findings.push(Finding::Damaged(said));
        }
    }
    Ok(())
}

fn counts(conn: &Connection, report: &mut CheckReport) -> rusqlite::Result<()> {
    report.rooms = conn.query_row("SELECT count(*) FROM room", [], number)?;
    report.sessions = conn.query_row("SELECT count(*) FROM session", [], number)?;
    numbers(conn, report, "room", |number| Finding::RoomNumber(RoomId(number)))
}

/// Rows whose number may be given out again.
fn numbers(
    conn: &Connection,
    report: &mut CheckReport,
    table: &str,
    finding: fn(u64) -> Finding,
) -> rusqlite::Result<()> {
    let newest = format!("SELECT value FROM meta WHERE name = 'newest_{table}'");
    let mut over = conn.prepare(&format!("SELECT id FROM {table} WHERE id > ({newest}) ORDER BY id LIMIT ?1"))?;
    for number in over.query_map([FINDINGS_MAX], number)? {
        report.findings.push(finding(number?));
    }
    Ok(())
}

/// What every log must be: of a room that exists, and without gaps.
fn logs(conn: &Connection, report: &mut CheckReport) -> rusqlite::Result<()> {
    let mut next = conn.prepare("SELECT id FROM event WHERE id > ?1 ORDER BY id LIMIT 1")?;
    let mut log = conn.prepare(
        "SELECT min(id), max(id), count(*), EXISTS (SELECT 1 FROM room WHERE room.id = ?3)
         FROM event WHERE event.id >= ?1 AND event.id <= ?2",
    )?;
    let mut found = Vec::new();
    let mut at = i64::MIN;
    while let Some(key) = next.query_row([at], |row| row.get(0)).optional()? {
        let room = parts(key).0;
        let Some(keys) = LogKeys::of(room) else {
            found.push(Finding::RoomNumber(room));
            at = key;
            continue;
        };
        let (floor, ceiling) = keys.ends();
        log.query_row([floor, ceiling, to_sql(room.0)], |row| {
            let (first, head) = (parts(row.get(0)?).1, parts(row.get(1)?).1);
            let events = from_sql(row.get(2)?);
            report.events += events;
            if first.0 == 0 || head.0 - first.0 + 1 != events {
                found.push(Finding::Gap { room, first, head, events });
            }
            if !row.get::<_, bool>(3)? {
                found.push(Finding::Orphans { room, events });
            }
            Ok(())
        })?;
        at = ceiling;
    }
    found.truncate(FINDINGS_MAX as usize);
    report.findings.append(&mut found);
    Ok(())
}

fn number(row: &Row<'_>) -> rusqlite::Result<u64> {
    row.get(0).map(from_sql)
}

//! What is kept of people belongs to rooms that exist, and what they took back is gone.

use papo_proto::words::{AccountId, LoginId};
use papo_proto::{RoomId, Seq};
use rusqlite::{Connection, OptionalExtension as _, Row};

use super::{CheckReport, FINDINGS_MAX, Finding, number, numbers};
use crate::sqlite::columns::{KIND_REDACTION, list};
use crate::sqlite::key::{LogKeys, parts};

/// The tables whose rows go with their rooms.
const TABLES: [&str; 3] = ["role", "restriction", "read_marker"];

pub(super) fn check(conn: &Connection, report: &mut CheckReport) -> rusqlite::Result<()> {
    report.accounts = conn.query_row("SELECT count(*) FROM account", [], number)?;
    numbers(conn, report, "account", |number| Finding::AccountNumber(AccountId(number)))?;
    numbers(conn, report, "login", |number| Finding::LoginNumber(LoginId(number)))?;
    for table in TABLES {
        leftovers(conn, report, table)?;
    }
    redactions(conn, report)
}

fn leftovers(conn: &Connection, report: &mut CheckReport, table: &'static str) -> rusqlite::Result<()> {
    let sql = format!(
        "SELECT room, count(*) FROM {table} WHERE room <> 0 AND room NOT IN (SELECT id FROM room)
         GROUP BY room ORDER BY room LIMIT ?1"
    );
    let row = |row: &Row<'_>| {
        let rows = row.get::<_, i64>(1)?.unsigned_abs();
        Ok(Finding::Leftovers { room: RoomId(number(row)?), table, rows })
    };
    for finding in conn.prepare(&sql)?.query_map([FINDINGS_MAX], row)? {
        report.findings.push(finding?);
    }
    Ok(())
}

fn redactions(conn: &Connection, report: &mut CheckReport) -> rusqlite::Result<()> {
    let mut redactions = conn.prepare("SELECT id, extra FROM event WHERE kind = ?1 ORDER BY id")?;
    let mut has_text = conn.prepare("SELECT 1 FROM event WHERE id = ?1 AND body IS NOT NULL")?;
    let mut rows = redactions.query([KIND_REDACTION])?;
    let mut found = 0;
    while let Some(row) = rows.next()?.filter(|_| found < FINDINGS_MAX) {
        let (room, redaction) = parts(row.get(0)?);
        let mut messages = 0;
        for seq in list(row, 1, Seq)? {
            // What was never there, or went with its age, is not there.
            let Some(key) = LogKeys::of(room).and_then(|keys| keys.at(seq)) else { continue };
            messages += u64::from(has_text.query_row([key], |_| Ok(())).optional()?.is_some());
        }
        if messages > 0 {
            found += 1;
            report.findings.push(Finding::NotTakenBack { room, redaction, messages });
        }
    }
    Ok(())
}

//! Messages that are taken back: their bodies go, and an event says so.

use std::sync::Arc;

use papo_proto::Seq;
use papo_proto::limits::SEARCH_MAX_EVENTS;
use papo_proto::words::{Redact, Stored};
use rusqlite::{Row, params};

use super::Batch;
use crate::search::{Search, Seen};
use crate::sqlite::columns::{KIND_REDACTION, list_to_sql, number, person_from_sql, person_to_sql};
use crate::sqlite::connect::to_sql;
use crate::sqlite::key::{LogKeys, parts};
use crate::sqlite::writer::Failure;

const ONE: &str = "SELECT id, at_ms, coalesce(person, -session), CASE kind WHEN 0 THEN octet_length(body) END
                   FROM event WHERE id = ?1";
const NEWEST: &str = "SELECT id, at_ms, coalesce(person, -session), CASE kind WHEN 0 THEN octet_length(body) END
                      FROM event WHERE id > ?1 AND id <= ?2 ORDER BY id DESC LIMIT ?3";
const ERASE: &str = "UPDATE event SET body = NULL WHERE id = ?1";
const INSERT: &str =
    "INSERT INTO event (id, at_ms, session, author, kind, extra, person) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";

#[cfg(test)]
pub(super) const STATEMENTS: &[&str] = &[ONE, NEWEST, ERASE];

impl Batch<'_> {
    pub(super) fn redact(&mut self, redact: &Redact) -> Result<Stored, Failure> {
        self.known.now_ms = self.known.now_ms.max(redact.at_ms);
        let Some(keys) = LogKeys::of(redact.room) else { return Ok(Stored::Redacted(Seq(0), Arc::new([]))) };
        let taken = self.search(keys, Search::new(redact.what.clone()))?;
        if taken.is_empty() {
            return Ok(Stored::Redacted(Seq(0), taken.into()));
        }
        for seq in &taken {
            self.run(ERASE, [keys.up_to(*seq)])?;
        }
        self.known.has_traces = true;
        if let Some(act) = &redact.audit {
            self.act(act)?;
        }
        let (seq, key) = self.next(redact.room)?;
        self.run(
            INSERT,
            params![
                key,
                to_sql(redact.at_ms),
                to_sql(redact.session.0),
                &*redact.author,
                KIND_REDACTION,
                list_to_sql(taken.iter().map(|seq| seq.0)),
                person_to_sql(redact.person)
            ],
        )?;
        self.known.heads.insert(redact.room, seq);
        Ok(Stored::Redacted(seq, taken.into()))
    }

    fn search(&self, keys: LogKeys, mut search: Search) -> rusqlite::Result<Vec<Seq>> {
        if let Some(only) = search.only() {
            let Some(key) = keys.at(only) else { return Ok(Vec::new()) };
            let mut statement = self.conn.prepare_cached(ONE)?;
            let mut rows = statement.query([key])?;
            if let Some(row) = rows.next()? {
                let _ = search.look(seen(row)?);
            }
            return Ok(search.found());
        }
        let (floor, ceiling) = keys.ends();
        let mut statement = self.conn.prepare_cached(NEWEST)?;
        let mut rows = statement.query([floor, ceiling, to_sql(SEARCH_MAX_EVENTS as u64)])?;
        while let Some(row) = rows.next()? {
            if search.look(seen(row)?).is_break() {
                break;
            }
        }
        Ok(search.found())
    }
}

fn seen(row: &Row<'_>) -> rusqlite::Result<Seen> {
    Ok(Seen {
        seq: parts(row.get(0)?).1,
        at_ms: number(row, 1)?,
        person: person_from_sql(row.get(2)?),
        text_bytes: row.get::<_, Option<i64>>(3)?.map(|bytes| bytes as usize),
    })
}

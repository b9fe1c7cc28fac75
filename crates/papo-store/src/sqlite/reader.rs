//! A connection that reads logs, sessions and the audit log beside the writer.

use std::path::Path;
use std::sync::Arc;

use papo_proto::limits::AUDIT_KEPT;
use papo_proto::words::people::AuditRecord;
use papo_proto::words::{LoginId, Person, SessionRecord, TokenHash};
use papo_proto::{Event, RoomId, Seq, SessionId, Txn};
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::columns::{body, number, person_from_sql, text};
use super::connect::{self, from_sql, to_sql};
use super::folder::FolderLock;
use super::key::{LogKeys, parts};
use crate::search::weight;
use crate::{Page, Reader, Span, StoreError, StoredSession};

const ENDS: &str = "SELECT (SELECT id FROM event WHERE id > ?1 AND id <= ?2 ORDER BY id LIMIT 1),
                           (SELECT id FROM event WHERE id > ?1 AND id <= ?2 ORDER BY id DESC LIMIT 1)";
const AFTER: &str = "SELECT id, at_ms, session, txn, author, kind, body, extra, person FROM event
                     WHERE id > ?1 AND id <= ?2 ORDER BY id LIMIT ?3";
const BEFORE: &str = "SELECT id, at_ms, session, txn, author, kind, body, extra, person FROM event
                      WHERE id > ?1 AND id < ?2 ORDER BY id DESC LIMIT ?3";
const SESSION: &str = "SELECT id, nick, ends_ms, login FROM session WHERE token = ?1";
const NEWEST_TXN: &str = "SELECT txn FROM event WHERE session = ?1 AND txn IS NOT NULL ORDER BY txn DESC LIMIT 1";

const AUDIT: &str = "SELECT at_ms, room, actor, act, target, note FROM audit ORDER BY id DESC LIMIT ?1";
const AUDIT_OF_ROOM: &str = "SELECT at_ms, room, actor, act, target, note FROM audit
                             WHERE room = ?2 ORDER BY id DESC LIMIT ?1";

/// What is run beside the writer: none of it may ever read a whole table.
#[cfg(test)]
pub(super) const STATEMENTS: [&str; 6] = [ENDS, AFTER, BEFORE, SESSION, NEWEST_TXN, AUDIT_OF_ROOM];

/// Reads what was committed.
#[derive(Debug)]
pub(super) struct SqliteReader {
    conn: Connection,
    /// Goes after the connection.
    _lock: Arc<FolderLock>,
}

impl SqliteReader {
    pub(super) fn open(database: &Path, lock: Arc<FolderLock>) -> rusqlite::Result<Self> {
        Ok(Self { conn: connect::reader(database)?, _lock: lock })
    }

    /// Runs `read` on one state of the database, whatever is committed meanwhile.
    fn at_once<T>(&self, read: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, StoreError> {
        self.conn.prepare_cached("BEGIN")?.execute([])?;
        let read = read(&self.conn);
        // After some faults SQLite has ended the transaction by itself.
        if !self.conn.is_autocommit() {
            self.conn.prepare_cached("COMMIT")?.execute([])?;
        }
        Ok(read?)
    }
}

impl Reader for SqliteReader {
    fn page(&mut self, room: RoomId, span: Span, limit: usize, max_bytes: usize) -> Result<Page, StoreError> {
        // A number that no room can have is that of no room.
        let Some(keys) = LogKeys::of(room) else { return Ok(Page::default()) };
        self.at_once(|conn| {
            let (floor, ceiling) = keys.ends();
            let (first, head) = conn.prepare_cached(ENDS)?.query_row([floor, ceiling], |row| {
                let seq = |key: Option<i64>| key.map_or(Seq(0), |key| parts(key).1);
                Ok((seq(row.get(0)?), seq(row.get(1)?)))
            })?;
            let events = if head == Seq(0) { Vec::new() } else { events(conn, keys, span, limit, max_bytes)? };
            Ok(Page { first, head, events })
        })
    }

    fn session(&mut self, token: &TokenHash, now_ms: u64) -> Result<Option<StoredSession>, StoreError> {
        self.at_once(|conn| {
            let found = conn.prepare_cached(SESSION)?.query_row([&token.0[..]], |row| {
                let (id, nick, ends_ms) = (SessionId(number(row, 0)?), text(row, 1)?, number(row, 2)?);
                let login = row.get::<_, Option<i64>>(3)?.map(|login| LoginId(from_sql(login)));
                Ok(SessionRecord { id, token: *token, nick, ends_ms, login })
            });
            let Some(record) = found.optional()?.filter(|record| record.ends_ms > now_ms) else { return Ok(None) };
            let mut newest = conn.prepare_cached(NEWEST_TXN)?;
            let newest = newest.query_row([to_sql(record.id.0)], |row| row.get(0)).optional()?;
            Ok(Some(StoredSession { record, newest_txn: Txn(newest.map_or(0, from_sql)) }))
        })
    }

    fn audit(&mut self, room: Option<RoomId>, limit: usize) -> Result<Vec<AuditRecord>, StoreError> {
        // Some more than these are there until they are trimmed.
        let limit = to_sql(limit.min(AUDIT_KEPT) as u64);
        self.at_once(|conn| {
            let mut statement = conn.prepare_cached(if room.is_some() { AUDIT_OF_ROOM } else { AUDIT })?;
            let mut newest_first: Vec<AuditRecord> = match room {
                Some(room) => statement.query_map([limit, to_sql(room.0)], act)?.collect::<Result<_, _>>()?,
                None => statement.query_map([limit], act)?.collect::<Result<_, _>>()?,
            };
            newest_first.reverse();
            Ok(newest_first)
        })
    }
}

/// A run of events in the order of seq.
fn events(
    conn: &Connection,
    keys: LogKeys,
    span: Span,
    limit: usize,
    max_bytes: usize,
) -> rusqlite::Result<Vec<Event>> {
    let (floor, ceiling) = keys.ends();
    let (sql, from, to) = match span {
        Span::After(seq) => (AFTER, keys.up_to(seq), ceiling),
        // The bound is left out, so a seq beyond every log has to stand after the last key.
        Span::Before(seq) => (BEFORE, floor, keys.at(seq).unwrap_or(ceiling.saturating_add(1))),
    };
    let mut statement = conn.prepare_cached(sql)?;
    let mut rows = statement.query(params![from, to, i64::try_from(limit).unwrap_or(i64::MAX)])?;
    let (mut events, mut bytes) = (Vec::new(), 0);
    while let Some(row) = rows.next()? {
        let event = event(row)?;
        bytes += weight(&event.body);
        if bytes > max_bytes && !events.is_empty() {
            break;
        }
        events.push(event);
    }
    if matches!(span, Span::Before(_)) {
        events.reverse();
    }
    Ok(events)
}

fn event(row: &Row<'_>) -> rusqlite::Result<Event> {
    let session = SessionId(number(row, 2)?);
    Ok(Event {
        seq: parts(row.get(0)?).1,
        at_ms: number(row, 1)?,
        session,
        txn: row.get::<_, Option<i64>>(3)?.map(|txn| Txn(from_sql(txn))),
        author: text(row, 4)?,
        body: body(row, 5)?,
        person: row.get::<_, Option<i64>>(8)?.map_or(Person::Guest(session), person_from_sql),
    })
}

fn act(row: &Row<'_>) -> rusqlite::Result<AuditRecord> {
    Ok(AuditRecord {
        at_ms: number(row, 0)?,
        room: row.get::<_, Option<i64>>(1)?.map(|room| RoomId(from_sql(room))),
        actor: text(row, 2)?,
        act: text(row, 3)?,
        target: text(row, 4)?,
        note: text(row, 5)?,
    })
}

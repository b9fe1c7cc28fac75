//! A connection that reads logs and sessions beside the writer.

use std::path::Path;
use std::sync::Arc;

use papo_proto::words::{SessionRecord, TokenHash};
use papo_proto::{Event, RoomId, Seq, SessionId, Txn};
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::connect::{self, from_sql, to_sql};
use super::folder::FolderLock;
use super::key::{LogKeys, parts};
use crate::{Page, Reader, Span, StoreError, StoredSession};

const ENDS: &str = "SELECT (SELECT id FROM event WHERE id > ?1 AND id <= ?2 ORDER BY id LIMIT 1),
                           (SELECT id FROM event WHERE id > ?1 AND id <= ?2 ORDER BY id DESC LIMIT 1)";
const AFTER: &str = "SELECT id, at_ms, session, txn, author, body FROM event
                     WHERE id > ?1 AND id <= ?2 ORDER BY id LIMIT ?3";
const BEFORE: &str = "SELECT id, at_ms, session, txn, author, body FROM event
                      WHERE id > ?1 AND id < ?2 ORDER BY id DESC LIMIT ?3";
const SESSION: &str = "SELECT id, nick, ends_ms FROM session WHERE token = ?1";
const NEWEST_TXN: &str = "SELECT txn FROM event WHERE session = ?1 AND txn IS NOT NULL ORDER BY txn DESC LIMIT 1";

/// What is run for pages and sessions: none of it may ever read a whole table.
#[cfg(test)]
pub(super) const STATEMENTS: [&str; 5] = [ENDS, AFTER, BEFORE, SESSION, NEWEST_TXN];

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
                let nick = row.get_ref(1)?.as_str()?.into();
                let (id, ends_ms) = (SessionId(from_sql(row.get(0)?)), from_sql(row.get(2)?));
                Ok(SessionRecord { id, token: *token, nick, ends_ms })
            });
            let Some(record) = found.optional()?.filter(|record| record.ends_ms > now_ms) else { return Ok(None) };
            let mut newest = conn.prepare_cached(NEWEST_TXN)?;
            let newest = newest.query_row([to_sql(record.id.0)], |row| row.get(0)).optional()?;
            Ok(Some(StoredSession { record, newest_txn: Txn(newest.map_or(0, from_sql)) }))
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
        bytes += event.text.len();
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
    Ok(Event {
        seq: parts(row.get(0)?).1,
        at_ms: from_sql(row.get(1)?),
        session: SessionId(from_sql(row.get(2)?)),
        txn: row.get::<_, Option<i64>>(3)?.map(|txn| Txn(from_sql(txn))),
        author: row.get_ref(4)?.as_str()?.into(),
        text: row.get_ref(5)?.as_str_or_null()?.unwrap_or_default().into(),
    })
}

//! What is done for each record of a batch, within its transaction.

use papo_proto::words::{Place, Record, RoomRecord, SessionRecord, Stored};
use papo_proto::{Append, RoomId, Seq, SessionId, Txn};
use rusqlite::ffi::SQLITE_CONSTRAINT_UNIQUE;
use rusqlite::{CachedStatement, Connection, OptionalExtension as _, params};

use super::{Failure, Known};
use crate::sqlite::connect::{from_sql, to_sql};
use crate::sqlite::key::{LogKeys, parts};

/// How often sessions that have ended are looked for.
const SWEEP_EVERY_MS: u64 = 10_000;
/// How many of them go with one batch, so that no batch waits long; the rest go with the next ones.
const SWEEP_MAX: u32 = 256;

/// Sessions that are kept: 30 days of six thousand new ones a day, which is a client that forgets its
/// token every fifteen seconds. Over it those go that would end first.
pub(in crate::sqlite) const SESSIONS_MAX: u64 = 256 * 1024;

/// A transaction that is being filled.
pub(super) struct Batch<'a> {
    conn: &'a Connection,
    known: &'a mut Known,
    /// Held for the whole batch: looking a statement up costs as much as a row.
    insert: CachedStatement<'a>,
}

impl<'a> Batch<'a> {
    pub(super) fn new(conn: &'a Connection, known: &'a mut Known) -> Result<Self, Failure> {
        let insert = conn.prepare_cached(
            "INSERT INTO event (id, at_ms, session, txn, author, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?;
        Ok(Self { conn, known, insert })
    }

    pub(super) fn store(&mut self, record: &Record) -> Result<Stored, Failure> {
        match record {
            Record::Event(append) => self.append(append),
            Record::Room(room) => self.room(room),
            Record::RoomGone(room) => self.room_gone(*room),
            Record::Session(session) => self.session(session),
            Record::SessionGone(session) => self.session_gone(*session),
            Record::Recall { session, txn } => {
                Ok(self.place(*session, *txn)?.map_or(Stored::Unknown, Stored::Repeated))
            }
        }
    }

    fn append(&mut self, append: &Append) -> Result<Stored, Failure> {
        self.known.now_ms = self.known.now_ms.max(append.at_ms);
        let seq = self.head(append.room)?.next();
        let key = log_keys(append.room)?.at(seq).ok_or(Failure::NoNumber(append.room))?;
        let inserted = self.insert.execute(params![
            key,
            to_sql(append.at_ms),
            to_sql(append.session.0),
            append.txn.map(|txn| to_sql(txn.0)),
            &*append.author,
            &*append.text,
        ]);
        match (inserted, append.txn) {
            (Ok(_), _) => {
                self.known.heads.insert(append.room, seq);
                Ok(Stored::Appended(seq))
            }
            // Only the index of txns is unique beside the key: a seq that is there already, since a head
            // was wrong, is another error. To ask before would cost a look for every row that is new.
            (Err(error), Some(txn)) if error.sqlite_extended_error_code() == Some(SQLITE_CONSTRAINT_UNIQUE) => {
                self.place(append.session, txn)?.map(Stored::Repeated).ok_or(Failure::Sqlite(error))
            }
            (Err(error), _) => Err(Failure::Sqlite(error)),
        }
    }

    /// The newest seq of a room that exists.
    fn head(&mut self, room: RoomId) -> Result<Seq, Failure> {
        if let Some(head) = self.known.heads.get(&room) {
            return Ok(*head);
        }
        let mut statement = self.conn.prepare_cached(
            "SELECT (SELECT id FROM event WHERE id > ?2 AND id <= ?3 ORDER BY id DESC LIMIT 1) FROM room WHERE id = ?1",
        )?;
        let (floor, ceiling) = LogKeys::of(room).ok_or(Failure::Unknown(room))?.ends();
        let newest = statement.query_row([to_sql(room.0), floor, ceiling], |row| row.get(0)).optional()?;
        let newest: Option<i64> = newest.ok_or(Failure::Unknown(room))?;
        let head = newest.map_or(Seq(0), |key| parts(key).1);
        self.known.heads.insert(room, head);
        Ok(head)
    }

    fn place(&self, session: SessionId, txn: Txn) -> rusqlite::Result<Option<Place>> {
        let mut statement = self.conn.prepare_cached("SELECT id, at_ms FROM event WHERE session = ?1 AND txn = ?2")?;
        let place = statement.query_row([to_sql(session.0), to_sql(txn.0)], |row| {
            let (room, seq) = parts(row.get(0)?);
            Ok(Place { room, seq, at_ms: from_sql(row.get(1)?) })
        });
        place.optional()
    }

    fn room(&mut self, room: &RoomRecord) -> Result<Stored, Failure> {
        log_keys(room.id)?;
        let mut statement = self
            .conn
            .prepare_cached("INSERT OR IGNORE INTO room (id, key, name, epoch, made_ms) VALUES (?1, ?2, ?3, ?4, ?5)")?;
        let id = to_sql(room.id.0);
        let made = statement.execute(params![
            id,
            &**room.name.key(),
            room.name.as_str(),
            to_sql(room.epoch.0),
            to_sql(room.made_ms)
        ])?;
        if made == 1 {
            let newest = "UPDATE meta SET value = max(value, ?1) WHERE name = 'newest_room'";
            self.conn.prepare_cached(newest)?.execute([id])?;
        }
        Ok(Stored::Done)
    }

    fn room_gone(&mut self, room: RoomId) -> Result<Stored, Failure> {
        self.known.heads.remove(&room);
        if let Some(keys) = LogKeys::of(room) {
            let (floor, ceiling) = keys.ends();
            self.conn.prepare_cached("DELETE FROM event WHERE id > ?1 AND id <= ?2")?.execute([floor, ceiling])?;
            self.conn.prepare_cached("DELETE FROM room WHERE id = ?1")?.execute([to_sql(room.0)])?;
        }
        Ok(Stored::Done)
    }

    fn session(&mut self, session: &SessionRecord) -> Result<Stored, Failure> {
        let mut statement = self
            .conn
            .prepare_cached("INSERT OR REPLACE INTO session (id, token, nick, ends_ms) VALUES (?1, ?2, ?3, ?4)")?;
        let (id, ends_ms) = (to_sql(session.id.0), to_sql(session.ends_ms));
        statement.execute(params![id, &session.token.0[..], &*session.nick, ends_ms])?;
        if let Some(sessions) = &mut self.known.sessions {
            *sessions += 1;
        }
        Ok(Stored::Done)
    }

    fn session_gone(&mut self, session: SessionId) -> Result<Stored, Failure> {
        self.conn.prepare_cached("DELETE FROM session WHERE id = ?1")?.execute([to_sql(session.0)])?;
        Ok(Stored::Done)
    }

    /// Removes some of the sessions that have ended, now and then, and of those that are too many.
    pub(super) fn sweep(&mut self) -> Result<(), Failure> {
        self.bound_sessions(SESSIONS_MAX)?;
        let now_ms = self.known.now_ms;
        if now_ms < self.known.sweep_at_ms {
            return Ok(());
        }
        let mut statement = self.conn.prepare_cached(
            "DELETE FROM session WHERE id IN (SELECT id FROM session WHERE ends_ms <= ?1 ORDER BY ends_ms LIMIT ?2)",
        )?;
        let gone = statement.execute(params![to_sql(now_ms), SWEEP_MAX])?;
        if gone < SWEEP_MAX as usize {
            self.known.sweep_at_ms = now_ms + SWEEP_EVERY_MS;
        }
        Ok(())
    }
}

impl Batch<'_> {
    /// Removes the sessions over so many. They are counted only when there may be that many: a
    /// session that was kept before counts as another until then.
    fn bound_sessions(&mut self, max: u64) -> Result<(), Failure> {
        if self.known.sessions.is_some_and(|sessions| sessions <= max) {
            return Ok(());
        }
        let count = "SELECT count(*) FROM session";
        let sessions = self.conn.prepare_cached(count)?.query_row([], |row| row.get(0)).map(from_sql)?;
        let excess = sessions.saturating_sub(max).min(u64::from(SWEEP_MAX));
        if excess > 0 {
            let oldest = "DELETE FROM session WHERE id IN (SELECT id FROM session ORDER BY ends_ms LIMIT ?1)";
            self.conn.prepare_cached(oldest)?.execute([to_sql(excess)])?;
        }
        self.known.sessions = Some(sessions - excess);
        Ok(())
    }
}

/// Where the log of a room stands that is to be written.
fn log_keys(room: RoomId) -> Result<LogKeys, Failure> {
    LogKeys::of(room).ok_or(Failure::NoNumber(room))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conformance;
    use crate::sqlite::schema;

    #[test]
    fn of_too_many_sessions_those_go_that_would_end_first() {
        let mut conn = Connection::open_in_memory().expect("a database");
        schema::migrate(&mut conn).expect("the schema");
        let mut known = Known::default();
        let mut batch = Batch::new(&conn, &mut known).expect("a batch");
        for at in 0..10 {
            let session = conformance::session(u64::from(at) + 1, at, 1000 - u64::from(at));
            batch.session(&session).expect("stored");
            // Said again, it is not another one.
            batch.session(&session).expect("stored");
            batch.bound_sessions(4).expect("bounded");
        }
        assert!(batch.known.sessions.is_some_and(|sessions| sessions <= 4));
        let left: Vec<i64> = conn
            .prepare("SELECT id FROM session ORDER BY id")
            .and_then(|mut ids| ids.query_map([], |row| row.get(0))?.collect())
            .expect("read");
        assert_eq!(left.len(), 4);
        assert!(left.iter().all(|id| *id <= 4), "the later ones would end first: {left:?}");
    }
}

//! What is done for each record of a batch, within its transaction.

use papo_proto::words::{Place, Record, RoomRecord, SessionRecord, Stored};
use papo_proto::{Append, RoomId, Seq, SessionId, Txn};
use rusqlite::{CachedStatement, Connection, OptionalExtension as _, params};

use super::{Failure, Known};
use crate::sqlite::connect::{from_sql, to_sql};

/// How often sessions that have ended are looked for.
const SWEEP_EVERY_MS: u64 = 10_000;
/// How many of them go with one batch, so that no batch waits long; the rest go with the next ones.
const SWEEP_MAX: u32 = 256;

/// A transaction that is being filled.
pub(super) struct Batch<'a> {
    conn: &'a Connection,
    known: &'a mut Known,
    /// Held for the whole batch: looking a statement up costs as much as a row.
    insert: CachedStatement<'a>,
}

impl<'a> Batch<'a> {
    pub(super) fn new(conn: &'a Connection, known: &'a mut Known) -> Result<Self, Failure> {
        // Only a repeated txn is passed over. A seq that is there already would mean that a head was
        // wrong, and is an error.
        let insert = conn.prepare_cached(
            "INSERT INTO event (room, seq, at_ms, session, txn, author, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
             ON CONFLICT (session, txn) WHERE txn IS NOT NULL DO NOTHING",
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
        let inserted = self.insert.execute(params![
            to_sql(append.room.0),
            to_sql(seq.0),
            to_sql(append.at_ms),
            to_sql(append.session.0),
            append.txn.map(|txn| to_sql(txn.0)),
            &*append.author,
            &*append.text,
        ])?;
        if inserted == 1 {
            self.known.heads.insert(append.room, seq);
            return Ok(Stored::Appended(seq));
        }
        let repeated = append.txn.map(|txn| self.place(append.session, txn)).transpose()?.flatten();
        repeated.map(Stored::Repeated).ok_or(Failure::Sqlite(rusqlite::Error::StatementChangedRows(0)))
    }

    /// The newest seq of a room that exists.
    fn head(&mut self, room: RoomId) -> Result<Seq, Failure> {
        if let Some(head) = self.known.heads.get(&room) {
            return Ok(*head);
        }
        let mut statement = self.conn.prepare_cached(
            "SELECT (SELECT seq FROM event WHERE room = ?1 ORDER BY seq DESC LIMIT 1) FROM room WHERE id = ?1",
        )?;
        let head = statement.query_row([to_sql(room.0)], |row| row.get::<_, Option<i64>>(0)).optional()?;
        let head = Seq(from_sql(head.ok_or(Failure::Unknown(room))?.unwrap_or(0)));
        self.known.heads.insert(room, head);
        Ok(head)
    }

    fn place(&self, session: SessionId, txn: Txn) -> rusqlite::Result<Option<Place>> {
        let mut statement =
            self.conn.prepare_cached("SELECT room, seq, at_ms FROM event WHERE session = ?1 AND txn = ?2")?;
        let place = statement.query_row([to_sql(session.0), to_sql(txn.0)], |row| {
            Ok(Place {
                room: RoomId(from_sql(row.get(0)?)),
                seq: Seq(from_sql(row.get(1)?)),
                at_ms: from_sql(row.get(2)?),
            })
        });
        place.optional()
    }

    fn room(&mut self, room: &RoomRecord) -> Result<Stored, Failure> {
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
        for sql in ["DELETE FROM event WHERE room = ?1", "DELETE FROM room WHERE id = ?1"] {
            self.conn.prepare_cached(sql)?.execute([to_sql(room.0)])?;
        }
        Ok(Stored::Done)
    }

    fn session(&mut self, session: &SessionRecord) -> Result<Stored, Failure> {
        let mut statement = self
            .conn
            .prepare_cached("INSERT OR REPLACE INTO session (id, token, nick, ends_ms) VALUES (?1, ?2, ?3, ?4)")?;
        let (id, ends_ms) = (to_sql(session.id.0), to_sql(session.ends_ms));
        statement.execute(params![id, &session.token.0[..], &*session.nick, ends_ms])?;
        Ok(Stored::Done)
    }

    fn session_gone(&mut self, session: SessionId) -> Result<Stored, Failure> {
        self.conn.prepare_cached("DELETE FROM session WHERE id = ?1")?.execute([to_sql(session.0)])?;
        Ok(Stored::Done)
    }

    /// Removes some of the sessions that have ended, now and then.
    pub(super) fn sweep(&mut self) -> Result<(), Failure> {
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

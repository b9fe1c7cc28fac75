//! What is done for each record of a batch, within its transaction.
//!
//! * here – events are appended;
//! * `redact` – and taken back;
//! * `audit` – what was done is written down;
//! * `rooms`, `sessions`, `people` – what else is kept, and what is removed when it has ended.

mod audit;
mod people;
mod redact;
mod rooms;
mod sessions;

pub(super) use self::audit::AuditCounts;
use papo_proto::words::{Place, Record, Stored};
use papo_proto::{Append, RoomId, Seq, SessionId, Txn};
use rusqlite::ffi::SQLITE_CONSTRAINT_UNIQUE;
use rusqlite::{CachedStatement, Connection, OptionalExtension as _, params};

use super::{Failure, Known};
use crate::sqlite::columns::person_to_sql;
use crate::sqlite::connect::{from_sql, to_sql};
use crate::sqlite::key::{LogKeys, parts};

const INSERT: &str =
    "INSERT INTO event (id, at_ms, session, txn, author, body, person) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
const HEAD: &str =
    "SELECT (SELECT id FROM event WHERE id > ?2 AND id <= ?3 ORDER BY id DESC LIMIT 1) FROM room WHERE id = ?1";
const PLACE: &str = "SELECT id, at_ms FROM event WHERE session = ?1 AND txn = ?2";

/// All that looks for rows: none of it may ever read a whole table.
#[cfg(test)]
pub(in crate::sqlite) fn statements() -> Vec<&'static str> {
    [
        &[HEAD, PLACE][..],
        audit::STATEMENTS,
        people::STATEMENTS,
        redact::STATEMENTS,
        rooms::STATEMENTS,
        sessions::STATEMENTS,
    ]
    .concat()
}

/// A transaction that is being filled.
pub(super) struct Batch<'a> {
    conn: &'a Connection,
    known: &'a mut Known,
    /// Held for the whole batch: looking a statement up costs as much as a row.
    insert: CachedStatement<'a>,
}

impl<'a> Batch<'a> {
    pub(super) fn new(conn: &'a Connection, known: &'a mut Known) -> Result<Self, Failure> {
        let insert = conn.prepare_cached(INSERT)?;
        Ok(Self { conn, known, insert })
    }

    pub(super) fn store(&mut self, record: &Record) -> Result<Stored, Failure> {
        match record {
            Record::Event(append) => return self.append(append),
            Record::Redact(redact) => return self.redact(redact),
            Record::Recall { session, txn } => {
                return Ok(self.place(*session, *txn)?.map_or(Stored::Unknown, Stored::Repeated));
            }
            Record::Room(room) => self.room(room)?,
            Record::RoomGone(room) => self.room_gone(*room)?,
            Record::Session(session) => self.session(session)?,
            Record::SessionGone(session) => self.session_gone(*session)?,
            Record::Account(account) => self.account(account)?,
            Record::Login(login) => self.login(login)?,
            Record::LoginGone(login) => self.login_gone(*login)?,
            Record::Grant(grant) => self.grant(grant)?,
            Record::Restriction(restriction) => self.restriction(restriction)?,
            Record::Invite(invite) => self.invite(invite)?,
            Record::Read(read) => self.read(read)?,
            Record::Audit(act) => self.act(act)?,
            Record::Lockdown(lockdown) => self.lockdown(*lockdown)?,
        }
        Ok(Stored::Done)
    }

    fn append(&mut self, append: &Append) -> Result<Stored, Failure> {
        self.known.now_ms = self.known.now_ms.max(append.at_ms);
        let (seq, key) = self.next(append.room)?;
        let inserted = self.insert.execute(params![
            key,
            to_sql(append.at_ms),
            to_sql(append.session.0),
            append.txn.map(|txn| to_sql(txn.0)),
            &*append.author,
            &*append.text,
            person_to_sql(append.person),
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

    /// The next seq of a room's log, and where it stands.
    fn next(&mut self, room: RoomId) -> Result<(Seq, i64), Failure> {
        let seq = self.head(room)?.next();
        let key = log_keys(room)?.at(seq).ok_or(Failure::NoNumber(room))?;
        Ok((seq, key))
    }

    /// Whether there is such a room, or it stands for the whole server.
    fn has(&mut self, room: RoomId) -> Result<bool, Failure> {
        match self.head(room) {
            Ok(_) => Ok(true),
            Err(Failure::Unknown(_)) => Ok(room == RoomId::DIRECTORY),
            Err(failure) => Err(failure),
        }
    }

    /// The newest seq of a room that exists.
    fn head(&mut self, room: RoomId) -> Result<Seq, Failure> {
        if let Some(head) = self.known.heads.get(&room) {
            return Ok(*head);
        }
        let mut statement = self.conn.prepare_cached(HEAD)?;
        let (floor, ceiling) = LogKeys::of(room).ok_or(Failure::Unknown(room))?.ends();
        let newest = statement.query_row([to_sql(room.0), floor, ceiling], |row| row.get(0)).optional()?;
        let newest: Option<i64> = newest.ok_or(Failure::Unknown(room))?;
        let head = newest.map_or(Seq(0), |key| parts(key).1);
        self.known.heads.insert(room, head);
        Ok(head)
    }

    fn place(&self, session: SessionId, txn: Txn) -> rusqlite::Result<Option<Place>> {
        let mut statement = self.conn.prepare_cached(PLACE)?;
        let place = statement.query_row([to_sql(session.0), to_sql(txn.0)], |row| {
            let (room, seq) = parts(row.get(0)?);
            Ok(Place { room, seq, at_ms: from_sql(row.get(1)?) })
        });
        place.optional()
    }

    /// Runs a statement that is kept prepared.
    fn run(&self, sql: &str, params: impl rusqlite::Params) -> rusqlite::Result<usize> {
        self.conn.prepare_cached(sql)?.execute(params)
    }

    /// A number was given out: no opening of the store gives it out again.
    fn given(&self, what: &str, number: u64) -> rusqlite::Result<usize> {
        self.run(GIVEN, params![what, to_sql(number)])
    }
}

const GIVEN: &str = "UPDATE meta SET value = ?2 WHERE name = ?1 AND value < ?2";

/// Where the log of a room stands that is to be written.
fn log_keys(room: RoomId) -> Result<LogKeys, Failure> {
    LogKeys::of(room).ok_or(Failure::NoNumber(room))
}

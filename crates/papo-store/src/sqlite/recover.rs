//! What a store tells about itself after it was opened.
//!
//! * `people` – accounts, roles and what restricts people.

mod people;

use papo_proto::words::{AccountId, LoginId, RoomKind, RoomRecord};
use papo_proto::{Epoch, RoomId, RoomName, Seq};
use rusqlite::{Connection, Row};

use super::columns::{number, person_from_sql, strange, text};
use super::key::parts;
use crate::{Recovered, StoreError, StoredRoom};

/// Both ends of each log are found by a descent, so that a start takes as long as there are rooms,
/// however long their logs are.
pub(super) const ENDS: &str = "SELECT id,
    (SELECT event.id FROM event WHERE event.id > room.id << 36 AND event.id < (room.id + 1) << 36 ORDER BY 1 LIMIT 1),
    (SELECT event.id FROM event WHERE event.id > room.id << 36 AND event.id < (room.id + 1) << 36 ORDER BY 1 DESC LIMIT 1)
    FROM room ORDER BY id";
const ROOMS: &str = "SELECT name, epoch, made_ms, kind, owner, read_only, slow_seconds, topic, one, other
    FROM room ORDER BY id";

pub(super) fn recover(conn: &Connection) -> Result<Recovered, StoreError> {
    let meta = |name| conn.query_row("SELECT value FROM meta WHERE name = ?1", [name], |row| number(row, 0));
    let generation = u32::try_from(meta("generation")?)
        .map_err(|_| StoreError::Damaged("the count of openings is out of range".to_owned()))?;
    Ok(Recovered {
        rooms: rooms(conn)?,
        newest_room: RoomId(meta("newest_room")?),
        accounts: people::accounts(conn)?,
        newest_account: AccountId(meta("newest_account")?),
        logins: people::logins(conn)?,
        newest_login: LoginId(meta("newest_login")?),
        grants: people::grants(conn)?,
        restrictions: people::restrictions(conn)?,
        invites: people::invites(conn)?,
        reads: people::reads(conn)?,
        lockdown: meta("lockdown")? != 0,
        generation,
    })
}

fn rooms(conn: &Connection) -> Result<Vec<StoredRoom>, StoreError> {
    let (mut ends, mut records) = (conn.prepare(ENDS)?, conn.prepare(ROOMS)?);
    let (mut ends, mut records) = (ends.query([])?, records.query([])?);
    let mut rooms = Vec::new();
    // One connection writes, and this is it: both find the same rooms.
    while let (Some(ends), Some(record)) = (ends.next()?, records.next()?) {
        let seq = |column| ends.get::<_, Option<i64>>(column).map(|key| key.map_or(Seq(0), |key| parts(key).1));
        let record = room(RoomId(number(ends, 0)?), record)?;
        rooms.push(StoredRoom { record, first: seq(1)?, head: seq(2)? });
    }
    Ok(rooms)
}

fn room(id: RoomId, row: &Row<'_>) -> Result<RoomRecord, StoreError> {
    let kind = kind(row)?;
    let name = match kind {
        RoomKind::Direct(..) => RoomName::direct(),
        RoomKind::Public | RoomKind::Private => name(row)?,
    };
    Ok(RoomRecord {
        id,
        name,
        epoch: Epoch(number(row, 1)?),
        made_ms: number(row, 2)?,
        kind,
        owner: row.get::<_, Option<i64>>(4)?.map(person_from_sql),
        read_only: row.get(5)?,
        slow_seconds: row.get(6)?,
        topic: text(row, 7)?,
    })
}

fn kind(row: &Row<'_>) -> rusqlite::Result<RoomKind> {
    match row.get::<_, i64>(3)? {
        0 => Ok(RoomKind::Public),
        1 => Ok(RoomKind::Private),
        2 => Ok(RoomKind::Direct(person_from_sql(row.get(8)?), person_from_sql(row.get(9)?))),
        _ => Err(strange(3, "the kind of a room")),
    }
}

fn name(row: &Row<'_>) -> Result<RoomName, StoreError> {
    let shown: String = text(row, 0)?;
    let parsed = RoomName::parse(&shown);
    Ok(parsed.map_err(|error| StoreError::Damaged(format!("a room cannot be called {shown:?}: {error}")))?.name)
}

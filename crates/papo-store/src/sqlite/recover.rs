//! What a store tells about itself after it was opened.

use papo_proto::words::RoomRecord;
use papo_proto::{Epoch, RoomId, RoomName, Seq};
use rusqlite::{Connection, Row};

use super::connect::from_sql;
use super::key::parts;
use crate::{Recovered, StoreError, StoredRoom};

/// Both ends of each log are found by a descent, so that a start takes as long as there are rooms,
/// however long their logs are.
pub(super) const ROOMS: &str = "SELECT id, name, epoch, made_ms,
    (SELECT event.id FROM event WHERE event.id > room.id << 36 AND event.id < (room.id + 1) << 36 ORDER BY 1 LIMIT 1),
    (SELECT event.id FROM event WHERE event.id > room.id << 36 AND event.id < (room.id + 1) << 36 ORDER BY 1 DESC LIMIT 1)
    FROM room ORDER BY id";

pub(super) fn recover(conn: &Connection) -> Result<Recovered, StoreError> {
    let mut statement = conn.prepare(ROOMS)?;
    let mut rows = statement.query([])?;
    let mut rooms = Vec::new();
    while let Some(row) = rows.next()? {
        rooms.push(room(row)?);
    }
    let newest_room = RoomId(from_sql(meta(conn, "newest_room")?));
    let generation = u32::try_from(meta(conn, "generation")?)
        .map_err(|_| StoreError::Damaged("the count of openings is out of range".to_owned()))?;
    Ok(Recovered { rooms, newest_room, generation })
}

/// A number that the store keeps about itself.
pub(super) fn meta(conn: &Connection, name: &str) -> rusqlite::Result<i64> {
    conn.query_row("SELECT value FROM meta WHERE name = ?1", [name], |row| row.get(0))
}

fn room(row: &Row<'_>) -> Result<StoredRoom, StoreError> {
    let shown: String = row.get(1)?;
    let name = RoomName::parse(&shown)
        .map_err(|error| StoreError::Damaged(format!("a room cannot be called {shown:?}: {error}")))?
        .name;
    let seq = |column| row.get::<_, Option<i64>>(column).map(|key| key.map_or(Seq(0), |key| parts(key).1));
    let record = RoomRecord {
        id: RoomId(from_sql(row.get(0)?)),
        name,
        epoch: Epoch(from_sql(row.get(2)?)),
        made_ms: from_sql(row.get(3)?),
    };
    Ok(StoredRoom { record, first: seq(4)?, head: seq(5)? })
}

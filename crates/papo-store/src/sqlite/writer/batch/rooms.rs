//! Rooms that are made, changed and removed.

use papo_proto::RoomId;
use papo_proto::words::{RoomKind, RoomRecord};
use rusqlite::params;

use super::{Batch, log_keys};
use crate::sqlite::columns::person_to_sql;
use crate::sqlite::connect::to_sql;
use crate::sqlite::key::LogKeys;
use crate::sqlite::writer::Failure;

/// Name, epoch and age stay what they were.
const ROOM: &str =
    "INSERT INTO room (id, name, epoch, made_ms, kind, owner, read_only, slow_seconds, topic, one, other)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
    ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, owner = excluded.owner, read_only = excluded.read_only,
        slow_seconds = excluded.slow_seconds, topic = excluded.topic, one = excluded.one, other = excluded.other";
const LOG_GONE: &str = "DELETE FROM event WHERE id > ?1 AND id <= ?2";
const GONE: [&str; 4] = [
    "DELETE FROM role WHERE room = ?1",
    "DELETE FROM restriction WHERE room = ?1",
    "DELETE FROM read_marker WHERE room = ?1",
    "DELETE FROM room WHERE id = ?1",
];

#[cfg(test)]
pub(super) const STATEMENTS: &[&str] = &[LOG_GONE, GONE[0], GONE[1], GONE[2], GONE[3]];

impl Batch<'_> {
    pub(super) fn room(&mut self, room: &RoomRecord) -> Result<(), Failure> {
        log_keys(room.id)?;
        let (kind, one, other) = match room.kind {
            RoomKind::Public => (0, None, None),
            RoomKind::Private => (1, None, None),
            RoomKind::Direct(one, other) => (2, Some(person_to_sql(one)), Some(person_to_sql(other))),
        };
        self.run(
            ROOM,
            params![
                to_sql(room.id.0),
                room.name.as_str(),
                to_sql(room.epoch.0),
                to_sql(room.made_ms),
                kind,
                room.owner.map(person_to_sql),
                room.read_only,
                room.slow_seconds,
                &*room.topic,
                one,
                other
            ],
        )?;
        self.given("newest_room", room.id.0)?;
        Ok(())
    }

    pub(super) fn room_gone(&mut self, room: RoomId) -> Result<(), Failure> {
        self.known.heads.remove(&room);
        let Some(keys) = LogKeys::of(room) else { return Ok(()) };
        let (floor, ceiling) = keys.ends();
        if self.run(LOG_GONE, [floor, ceiling])? > 0 {
            self.known.has_traces = true;
        }
        for sql in GONE {
            self.run(sql, [to_sql(room.0)])?;
        }
        Ok(())
    }
}

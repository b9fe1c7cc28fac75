//! What was done is written down, and the oldest of it goes.

use std::collections::HashMap;

use papo_proto::RoomId;
use papo_proto::words::people::AuditRecord;
use rusqlite::params;

use super::Batch;
use crate::audit::{is_over, most_like, share};
use crate::sqlite::connect::{from_sql, to_sql};
use crate::sqlite::writer::Failure;

/// Rooms whose entries are counted; the others are counted again when something is done there.
const COUNTED_MAX: usize = 16 * 1024;

const AUDIT: &str = "INSERT INTO audit (at_ms, room, actor, act, target, note) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
const COUNT_ALIKE: &str = "SELECT count(*) FROM audit WHERE room = ?1 AND (act = ?2) = ?3";
const OLDEST_ALIKE_GONE: &str = "DELETE FROM audit WHERE id IN
    (SELECT id FROM audit WHERE room = ?1 AND (act = ?2) = ?3 ORDER BY id LIMIT ?4)";
const OLDEST_GONE: &str = "DELETE FROM audit WHERE id IN (SELECT id FROM audit WHERE room = ?1 ORDER BY id LIMIT ?2)";
/// Of the whole server; rare, and it has no index.
const OLDEST_OF_SERVER_GONE: &str =
    "DELETE FROM audit WHERE id IN (SELECT id FROM audit WHERE room IS NULL ORDER BY id LIMIT ?1)";
const COUNT: &str = "SELECT count(*) FROM audit";
const COUNTS: &str = "SELECT room, count(*) FROM audit GROUP BY room";

/// All of them but those that are for when there may be too many of all rooms.
#[cfg(test)]
pub(super) const STATEMENTS: &[&str] = &[COUNT_ALIKE, OLDEST_ALIKE_GONE, OLDEST_GONE];

/// How many entries there are. Emptied when a batch fails, and then counted again.
#[derive(Debug, Default)]
pub(in crate::sqlite::writer) struct AuditCounts {
    total: Option<usize>,
    /// Of a room, reports apart.
    alike: HashMap<(RoomId, bool), usize>,
}

impl Batch<'_> {
    pub(super) fn act(&mut self, act: &AuditRecord) -> Result<(), Failure> {
        self.known.now_ms = self.known.now_ms.max(act.at_ms);
        let mut total = match self.known.audit.total {
            Some(total) => total,
            None => self.count(COUNT, [])?,
        };
        if let Some(room) = act.room {
            total -= self.make_place(room, act)?;
        }
        let room = act.room.map(|room| to_sql(room.0));
        self.run(AUDIT, params![to_sql(act.at_ms), room, &*act.actor, &*act.act, &*act.target, &*act.note])?;
        self.known.audit.total = Some(total + 1);
        if is_over(total + 1) {
            self.trim_audit()?;
        }
        Ok(())
    }

    /// Removes the oldest entries of a room that are like the one that comes, if there are as many as may be; a database
    /// of before may have many more. Returns how many went.
    fn make_place(&mut self, room: RoomId, act: &AuditRecord) -> Result<usize, Failure> {
        let (key, of) = ((room, act.is_report()), to_sql(room.0));
        let alike = match self.known.audit.alike.get(&key) {
            Some(alike) => *alike,
            None => self.count(COUNT_ALIKE, params![of, AuditRecord::REPORT, act.is_report()])?,
        };
        let gone = match (alike + 1).saturating_sub(most_like(act)) {
            0 => 0,
            excess => {
                let params = params![of, AuditRecord::REPORT, act.is_report(), to_sql(excess as u64)];
                self.run(OLDEST_ALIKE_GONE, params)?
            }
        };
        if self.known.audit.alike.len() >= COUNTED_MAX {
            self.known.audit.alike.clear();
        }
        self.known.audit.alike.insert(key, alike + 1 - gone);
        Ok(gone)
    }

    /// Removes the oldest entries of the rooms that have most.
    fn trim_audit(&mut self) -> Result<(), Failure> {
        let mut statement = self.conn.prepare_cached(COUNTS)?;
        let counts = statement.query_map([], |row| Ok((row.get(0)?, from_sql(row.get(1)?) as usize)))?;
        let counts: Vec<(Option<i64>, usize)> = counts.collect::<Result<_, _>>()?;
        let share = share(counts.iter().map(|(_, count)| *count).collect());
        for (room, count) in counts {
            let excess = to_sql(count.saturating_sub(share) as u64);
            match room {
                _ if excess == 0 => 0,
                Some(room) => self.run(OLDEST_GONE, [room, excess])?,
                None => self.run(OLDEST_OF_SERVER_GONE, [excess])?,
            };
        }
        self.known.audit = AuditCounts::default();
        Ok(())
    }

    fn count(&self, sql: &str, params: impl rusqlite::Params) -> Result<usize, Failure> {
        Ok(self.conn.prepare_cached(sql)?.query_row(params, |row| row.get(0)).map(from_sql)? as usize)
    }
}

#[cfg(test)]
mod tests {
    use papo_proto::limits::AUDIT_KEPT_PER_ROOM;
    use rusqlite::Connection;

    use super::*;
    use crate::conformance;
    use crate::sqlite::schema;
    use crate::sqlite::writer::Known;

    #[test]
    fn what_a_room_had_too_much_of_before_goes_with_its_next_entry() {
        let mut conn = Connection::open_in_memory().expect("a database");
        schema::migrate(&mut conn).expect("the schema");
        let before = AUDIT_KEPT_PER_ROOM + 500;
        for _ in 0..before {
            conn.execute(AUDIT, params![900, 1, "Ana", "kick", "Bob", "before"]).expect("written");
        }
        let mut known = Known::default();
        let mut batch = Batch::new(&conn, &mut known).expect("a batch");
        for _ in 0..2 {
            batch.act(&conformance::act(Some(1), "now")).expect("stored");
        }
        let left: usize = conn.query_row(COUNT, [], |row| row.get(0)).map(from_sql).expect("read") as usize;
        assert_eq!((left, batch.known.audit.total), (AUDIT_KEPT_PER_ROOM, Some(left)));
    }
}

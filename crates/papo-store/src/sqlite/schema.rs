//! The schemas that there were, each as the step from the one before. A step that was released is
//! never changed: a file that was made by it exists somewhere.

use rusqlite::Connection;
use rusqlite_migration::{M, Migrations};

/// One entry for each schema, from 1.
const STEPS: &[M<'static>] = &[M::up(include_str!("schema/1.sql")), M::up(include_str!("schema/2.sql"))];

/// The newest schema that this program knows.
pub(super) const LATEST: u32 = STEPS.len() as u32;

/// From this schema on there is what other users of the machine must not read even where they may read
/// what people say: passwords' hashes.
#[cfg(unix)]
pub(super) const SECRETS: u32 = 2;

/// The schema of a database; 0 for an empty one.
pub(super) fn version(conn: &Connection) -> rusqlite::Result<u32> {
    conn.pragma_query_value(None, "user_version", |row| row.get(0))
}

/// Brings the database to the newest schema, each step whole or not at all.
pub(super) fn migrate(conn: &mut Connection) -> rusqlite::Result<()> {
    migrate_to(conn, STEPS.len())
}

/// The same up to a schema; tests make earlier ones by it.
pub(super) fn migrate_to(conn: &mut Connection, version: usize) -> rusqlite::Result<()> {
    Migrations::from_slice(STEPS).to_version(conn, version).map_err(|error| match error {
        rusqlite_migration::Error::RusqliteError { err, .. } => err,
        // The version was compared before, and the list is a constant with a test.
        other => rusqlite::Error::ToSqlConversionFailure(Box::new(other)),
    })
}

#[cfg(test)]
mod tests {
    use papo_proto::words::RoomRecord;
    use papo_proto::{Epoch, RoomId, Seq};
    use rusqlite::OptionalExtension as _;

    use super::*;
    use crate::sqlite::recover;
    use crate::{Recovered, StoredRoom, conformance};

    /// Rows as a program of that schema left them. A new schema adds its own here.
    fn rows_of(version: usize) -> &'static str {
        match version {
            0 => "",
            1 => {
                "INSERT INTO room VALUES (3, 'sala', 'Sala', 77, 1000);
                 INSERT INTO event (id, at_ms, session, txn, author, body) VALUES (206158430209, 1001, 9, 4, 'Ana', 'oi');
                 INSERT INTO session VALUES (9, x'00', 'Ana', 2000);
                 UPDATE meta SET value = 3 WHERE name = 'newest_room';"
            }
            _ => {
                "INSERT INTO room (id, name, epoch, made_ms) VALUES (3, 'Sala', 77, 1000);
                 INSERT INTO event (id, at_ms, session, txn, author, body, person)
                     VALUES (206158430209, 1001, 9, 4, 'Ana', 'oi', -9);
                 INSERT INTO session VALUES (9, x'00', 'Ana', 2000, NULL);
                 UPDATE meta SET value = 3 WHERE name = 'newest_room';"
            }
        }
    }

    type Row = (i64, i64, i64, Option<i64>, String, i64, Option<String>, i64);

    /// What the rows of every schema say, as it is kept now.
    fn room() -> RoomRecord {
        RoomRecord { epoch: Epoch(77), made_ms: 1000, ..conformance::room(3, "Sala") }
    }

    #[test]
    fn every_earlier_schema_becomes_the_latest_with_its_rows() {
        Migrations::from_slice(STEPS).validate().expect("every step runs");
        for from in 0..=STEPS.len() {
            let mut conn = Connection::open_in_memory().expect("opened");
            if from > 0 {
                migrate_to(&mut conn, from).expect("made as it was then");
            }
            conn.execute_batch(rows_of(from)).expect("filled");
            migrate(&mut conn).expect("migrated");
            assert_eq!(version(&conn).expect("read"), LATEST, "from {from}");
            let (recovered, is_filled) = (recover::recover(&conn).expect("read"), from > 0);
            let rooms = [StoredRoom { record: room(), first: Seq(1), head: Seq(1) }];
            assert_eq!(recovered.rooms, if is_filled { &rooms[..] } else { &[] }, "from {from}");
            let expected = Recovered {
                newest_room: RoomId(if is_filled { 3 } else { 0 }),
                rooms: recovered.rooms.clone(),
                ..Recovered::default()
            };
            assert_eq!(recovered, expected, "from {from}");
            let log: Vec<Row> = conn
                .prepare("SELECT room, seq, session, txn, author, kind, body, person FROM log")
                .and_then(|mut log| {
                    let row = |row: &rusqlite::Row<'_>| {
                        let said = (row.get(4)?, row.get(5)?, row.get(6)?, row.get(7)?);
                        Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, said.0, said.1, said.2, said.3))
                    };
                    log.query_map([], row)?.collect()
                })
                .expect("read");
            let said = (3, 1, 9, Some(4), "Ana".to_owned(), 0, Some("oi".to_owned()), -9);
            assert_eq!(log, if is_filled { vec![said] } else { vec![] }, "who is not kept is the guest: from {from}");
            let session: Option<(i64, String, i64, Option<i64>)> = conn
                .query_row("SELECT id, nick, ends_ms, login FROM session", [], |row| {
                    Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
                })
                .optional()
                .expect("read");
            assert_eq!(session, is_filled.then(|| (9, "Ana".to_owned(), 2000, None)), "from {from}");
        }
    }
}

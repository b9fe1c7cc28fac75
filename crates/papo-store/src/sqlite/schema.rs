//! The schemas that there were, each as the step from the one before. A step that was released is
//! never changed: a file that was made by it exists somewhere.

use rusqlite::Connection;
use rusqlite_migration::{M, Migrations};

/// One entry for each schema, from 1.
const STEPS: &[M<'static>] = &[M::up(include_str!("schema/1.sql")), M::up(include_str!("schema/2.sql"))];

/// The newest schema that this program knows.
pub(super) const LATEST: u32 = STEPS.len() as u32;

/// The schema of a database; 0 for an empty one.
pub(super) fn version(conn: &Connection) -> rusqlite::Result<u32> {
    conn.pragma_query_value(None, "user_version", |row| row.get(0))
}

/// Brings the database to the newest schema, each step whole or not at all.
pub(super) fn migrate(conn: &mut Connection) -> rusqlite::Result<()> {
    to(conn, STEPS.len())
}

fn to(conn: &mut Connection, version: usize) -> rusqlite::Result<()> {
    Migrations::from_slice(STEPS).to_version(conn, version).map_err(|error| match error {
        rusqlite_migration::Error::RusqliteError { err, .. } => err,
        // The version was compared before, and the list is a constant with a test.
        other => rusqlite::Error::ToSqlConversionFailure(Box::new(other)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rows as a program of that schema left them. A new schema adds its own here.
    fn rows_of(version: usize) -> &'static str {
        match version {
            0 => "",
            _ => {
                "INSERT INTO room VALUES (3, 'sala', 'Sala', 77, 1000);
                 INSERT INTO event (id, at_ms, session, txn, author, body) VALUES (206158430209, 1001, 9, 4, 'Ana', 'oi');
                 INSERT INTO session VALUES (9, x'00', 'Ana', 2000);
                 UPDATE meta SET value = 3 WHERE name = 'newest_room';"
            }
        }
    }

    #[test]
    fn every_earlier_schema_becomes_the_latest_with_its_rows() {
        Migrations::from_slice(STEPS).validate().expect("every step runs");
        for from in 0..=STEPS.len() {
            let mut conn = Connection::open_in_memory().expect("opened");
            if from > 0 {
                to(&mut conn, from).expect("made as it was then");
            }
            conn.execute_batch(rows_of(from)).expect("filled");
            migrate(&mut conn).expect("migrated");
            assert_eq!(version(&conn).expect("read"), LATEST, "from {from}");
            let count = |table: &str| -> i64 {
                conn.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).expect("counted")
            };
            let log: Vec<(i64, i64)> = conn
                .prepare("SELECT room, seq FROM log")
                .and_then(|mut log| log.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect())
                .expect("read");
            assert_eq!(log, if from > 0 { vec![(3, 1)] } else { vec![] });
            let kept = i64::from(from > 0);
            assert_eq!(
                (count("room"), count("event"), count("session"), count("meta")),
                (kept, kept, kept, 2),
                "{from}"
            );
        }
    }
}

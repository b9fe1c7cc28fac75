//! How long a question takes does not depend on how much is stored.

use rusqlite::Connection;

use super::super::{connect, folder as files, reader, recover, writer};
use super::{folder, open};

/// What SQLite does to answer.
fn plan(conn: &Connection, sql: &str) -> Vec<String> {
    let mut statement = conn.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).expect("prepared");
    let parameters = vec![1; statement.parameter_count()];
    let steps = statement.query_map(rusqlite::params_from_iter(parameters), |row| row.get(3)).expect("explained");
    steps.collect::<Result<_, _>>().expect("read")
}

#[test]
fn nothing_that_is_asked_while_serving_reads_all_events_or_sorts_them() {
    let folder = folder();
    drop(open(folder.path()));
    let conn = connect::first(&files::database(folder.path())).expect("opened");
    let place = "SELECT id, at_ms FROM event WHERE session = ?1 AND txn = ?2";
    let written = writer::statements();
    assert!(written.contains(&place));
    for sql in reader::STATEMENTS.into_iter().chain(written).chain([recover::ENDS]) {
        for step in plan(&conn, sql) {
            let harmless = ["SCAN room", "SCAN CONSTANT ROW"].contains(&&*step);
            assert!(harmless || !(step.starts_with("SCAN") || step.contains("TEMP B-TREE")), "{step}\nin {sql}");
        }
    }
    let [_, after, _, _, newest_txn, audit] = reader::STATEMENTS;
    for (sql, index) in [
        (place, "event_txn"),
        (newest_txn, "event_txn"),
        (after, "rowid>? AND rowid<?"),
        (audit, "audit_room"),
        ("DELETE FROM role WHERE person = -?1 AND person <= 0", "role_guest"),
    ] {
        assert!(plan(&conn, sql).iter().any(|step| step.contains(index)), "{sql}: {:?}", plan(&conn, sql));
    }
}

#[test]
fn the_writers_settings_are_in_force() {
    let folder = folder();
    let store = open(folder.path());
    let mut writer = store.writer();
    let conn = writer.conn().expect("a connection");
    for (pragma, expected) in [
        ("auto_vacuum", "2"),
        ("journal_mode", "wal"),
        ("synchronous", "2"),
        ("secure_delete", "1"),
        ("foreign_keys", "0"),
        ("wal_autocheckpoint", "0"),
    ] {
        let value: rusqlite::types::Value = conn.pragma_query_value(None, pragma, |row| row.get(0)).expect("read");
        let value = match value {
            rusqlite::types::Value::Integer(number) => number.to_string(),
            rusqlite::types::Value::Text(text) => text,
            other => format!("{other:?}"),
        };
        assert_eq!(value, expected, "{pragma}");
    }
}

//! What SQLite leaves in unused parts of its pages, and how that is removed.
//!
//! `secure_delete` overwrites what is deleted. But when a page is full and its rows are spread over
//! its neighbours, SQLite lays rows out anew and leaves copies of some where they stood before. Nobody
//! reads these, but they are in the file, also after the row itself has been taken back.
//!
//! So before a checkpoint moves pages out of the WAL, the unused parts of those that changed are
//! overwritten: the database never holds a copy, and messages pay nothing for it.
//!
//! * `page` – the unused parts of a page; `wal` – the pages that changed.

mod page;
mod wal;

use std::collections::BTreeSet;
use std::path::Path;

use rusqlite::{Connection, OptionalExtension as _, params};

use self::wal::Mark;

/// Stands in the database while no page of it was looked at: it may be of a program that left copies.
const UNSEEN: &str = "residue";
/// Pages of a transaction, when all are looked at.
const STEP_PAGES: u32 = 4096;

const PAGE: &str = "SELECT data FROM sqlite_dbpage WHERE pgno = ?1";
const CLEAN: &str = "UPDATE sqlite_dbpage SET data = ?2 WHERE pgno = ?1";

/// Up to where all is clean.
#[derive(Debug, Default)]
pub(super) struct Residue {
    /// In the WAL.
    clean: Mark,
    /// A checkpoint went by without this: any page may hold copies.
    is_everywhere: bool,
}

impl Residue {
    /// Removes what is left in pages that changed since the last time.
    pub(super) fn remove(&mut self, conn: &Connection, database: &Path) -> rusqlite::Result<()> {
        if self.is_everywhere || is_unseen(conn)? {
            remove_from_all(conn)?;
            self.is_everywhere = false;
        } else {
            let changed = wal::changed_since(database, &self.clean, wal::frames(conn)?);
            // Of a WAL that cannot be read, any page may have changed.
            match changed {
                Ok(changed) => in_one_transaction(conn, || remove_from(conn, changed.into_iter()))?,
                Err(_) => remove_from_all(conn)?,
            }
        }
        self.clean = wal::mark(database, wal::frames(conn)?).unwrap_or_default();
        Ok(())
    }

    /// A checkpoint was made although nothing could be removed.
    pub(super) fn is_left(&mut self) {
        self.is_everywhere = true;
    }
}

fn is_unseen(conn: &Connection) -> rusqlite::Result<bool> {
    let mut statement = conn.prepare_cached("SELECT 1 FROM meta WHERE name = ?1")?;
    Ok(statement.query_row([UNSEEN], |_| Ok(())).optional()?.is_some())
}

fn remove_from_all(conn: &Connection) -> rusqlite::Result<()> {
    let pages: u32 = conn.query_row("PRAGMA page_count", [], |row| row.get(0))?;
    let mut first = 1;
    while first <= pages {
        let end = first.saturating_add(STEP_PAGES).min(pages + 1);
        in_one_transaction(conn, || remove_from(conn, first..end))?;
        first = end;
    }
    conn.execute("DELETE FROM meta WHERE name = ?1", [UNSEEN])?;
    Ok(())
}

fn in_one_transaction(conn: &Connection, run: impl FnOnce() -> rusqlite::Result<()>) -> rusqlite::Result<()> {
    conn.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
    let done = run().and_then(|()| conn.prepare_cached("COMMIT")?.execute([]));
    if done.is_err() && !conn.is_autocommit() {
        // The cause is told; where SQLite cannot go back, the connection is given up.
        let _ = conn.execute_batch("ROLLBACK");
    }
    done.map(|_| ())
}

fn remove_from(conn: &Connection, pages: impl Iterator<Item = u32>) -> rusqlite::Result<()> {
    let (mut read, mut write) = (conn.prepare_cached(PAGE)?, conn.prepare_cached(CLEAN)?);
    for number in pages {
        let cleaned = read.query_row([number], |row| Ok(page::cleaned(row.get_ref(0)?.as_blob()?))).optional()?;
        if let Some(Some(cleaned)) = cleaned {
            write.execute(params![number, cleaned])?;
        }
    }
    Ok(())
}

/// The pages by number that changed.
type Pages = BTreeSet<u32>;

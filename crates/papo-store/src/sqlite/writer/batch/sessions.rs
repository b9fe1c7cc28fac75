//! Sessions, and what is removed when it has ended.

use papo_proto::SessionId;
use papo_proto::limits::SESSIONS_MAX;
use papo_proto::words::SessionRecord;
use rusqlite::params;

use super::Batch;
use crate::sqlite::columns::number;
use crate::sqlite::connect::{from_sql, to_sql};
use crate::sqlite::writer::Failure;

/// How often those that have ended are looked for.
const SWEEP_EVERY_MS: u64 = 10_000;
/// How many of a kind go with one batch, so that no batch waits long; the rest go with the next ones.
const SWEEP_MAX: u32 = 256;

const SESSION: &str = "INSERT OR REPLACE INTO session (id, token, nick, ends_ms, login) VALUES (?1, ?2, ?3, ?4, ?5)";
const SESSION_GONE: &str = "DELETE FROM session WHERE id = ?1";
/// A guest is nobody without the session.
const GUEST_GONE: &str = "DELETE FROM role WHERE person = -?1 AND person <= 0";
const COUNT: &str = "SELECT count(*) FROM session";
const SOONEST: &str = "SELECT id FROM session ORDER BY ends_ms LIMIT ?1";
const ENDED: &str = "SELECT id FROM session WHERE ends_ms <= ?2 ORDER BY ends_ms LIMIT ?1";
const SWEEPS: [&str; 3] = [
    "DELETE FROM login WHERE id IN (SELECT id FROM login WHERE ends_ms <= ?2 ORDER BY ends_ms LIMIT ?1)",
    "DELETE FROM restriction WHERE (room, whom, what) IN
        (SELECT room, whom, what FROM restriction WHERE until_ms <= ?2 ORDER BY until_ms LIMIT ?1)",
    "DELETE FROM invite WHERE token IN (SELECT token FROM invite WHERE ends_ms <= ?2 ORDER BY ends_ms LIMIT ?1)",
];

/// All of them but the count, which is for when there may be too many.
#[cfg(test)]
pub(super) const STATEMENTS: &[&str] = &[SESSION_GONE, GUEST_GONE, ENDED, SWEEPS[0], SWEEPS[1], SWEEPS[2]];

impl Batch<'_> {
    pub(super) fn session(&mut self, session: &SessionRecord) -> Result<(), Failure> {
        let login = session.login.map(|login| to_sql(login.0));
        let (id, ends_ms) = (to_sql(session.id.0), to_sql(session.ends_ms));
        self.run(SESSION, params![id, &session.token.0[..], &*session.nick, ends_ms, login])?;
        if let Some(sessions) = &mut self.known.sessions {
            *sessions += 1;
        }
        Ok(())
    }

    pub(super) fn session_gone(&mut self, session: SessionId) -> Result<(), Failure> {
        self.run(SESSION_GONE, [to_sql(session.0)])?;
        self.run(GUEST_GONE, [to_sql(session.0)])?;
        Ok(())
    }

    /// Removes the sessions that are found, and tells how many.
    fn sessions_gone(&mut self, sql: &str, params: impl rusqlite::Params) -> Result<usize, Failure> {
        let mut statement = self.conn.prepare_cached(sql)?;
        let found = statement.query_map(params, |row| number(row, 0))?.collect::<Result<Vec<_>, _>>()?;
        for session in &found {
            self.session_gone(SessionId(*session))?;
        }
        Ok(found.len())
    }

    /// Removes some of what has ended, now and then, and of the sessions that are too many.
    pub(in crate::sqlite::writer) fn sweep(&mut self) -> Result<(), Failure> {
        self.bound_sessions(SESSIONS_MAX as u64)?;
        let now_ms = self.known.now_ms;
        if now_ms < self.known.sweep_at_ms {
            return Ok(());
        }
        let mut most = self.sessions_gone(ENDED, params![SWEEP_MAX, to_sql(now_ms)])?;
        for sql in SWEEPS {
            most = most.max(self.run(sql, params![SWEEP_MAX, to_sql(now_ms)])?);
        }
        if most < SWEEP_MAX as usize {
            self.known.sweep_at_ms = now_ms + SWEEP_EVERY_MS;
        }
        Ok(())
    }

    /// Removes the sessions over so many. They are counted only when there may be that many: a
    /// session that was kept before counts as another until then.
    fn bound_sessions(&mut self, max: u64) -> Result<(), Failure> {
        if self.known.sessions.is_some_and(|sessions| sessions <= max) {
            return Ok(());
        }
        let sessions = self.conn.prepare_cached(COUNT)?.query_row([], |row| row.get(0)).map(from_sql)?;
        let excess = sessions.saturating_sub(max).min(u64::from(SWEEP_MAX));
        if excess > 0 {
            self.sessions_gone(SOONEST, [to_sql(excess)])?;
        }
        self.known.sessions = Some(sessions - excess);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use rusqlite::Connection;

    use super::*;
    use crate::conformance;
    use crate::sqlite::schema;
    use crate::sqlite::writer::Known;

    #[test]
    fn of_too_many_sessions_those_go_that_would_end_first() {
        let mut conn = Connection::open_in_memory().expect("a database");
        schema::migrate(&mut conn).expect("the schema");
        let mut known = Known::default();
        let mut batch = Batch::new(&conn, &mut known).expect("a batch");
        for at in 0..10 {
            let session = conformance::session(u64::from(at) + 1, at, 1000 - u64::from(at));
            batch.session(&session).expect("stored");
            // Said again, it is not another one.
            batch.session(&session).expect("stored");
            batch.bound_sessions(4).expect("bounded");
        }
        assert!(batch.known.sessions.is_some_and(|sessions| sessions <= 4));
        let left: Vec<i64> = conn
            .prepare("SELECT id FROM session ORDER BY id")
            .and_then(|mut ids| ids.query_map([], |row| row.get(0))?.collect())
            .expect("read");
        assert_eq!(left.len(), 4);
        assert!(left.iter().all(|id| *id <= 4), "the later ones would end first: {left:?}");
    }
}

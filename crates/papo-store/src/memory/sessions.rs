//! Sessions that can be resumed.

use std::collections::{BTreeSet, HashMap};

use papo_proto::SessionId;
use papo_proto::limits::MEMORY_STORE_SESSIONS_MAX;
use papo_proto::words::{SessionRecord, TokenHash};

#[derive(Debug, Default)]
pub(super) struct Sessions {
    records: HashMap<SessionId, SessionRecord>,
    tokens: HashMap<TokenHash, SessionId>,
    ends: BTreeSet<(u64, SessionId)>,
}

impl Sessions {
    /// Keeps a session, and tells which one had to go for it: the one that ends soonest, whose client begins anew.
    pub(super) fn keep(&mut self, session: &SessionRecord) -> Option<SessionId> {
        self.remove(session.id);
        if let Some(other) = self.tokens.insert(session.token, session.id) {
            self.remove(other);
            self.tokens.insert(session.token, session.id);
        }
        self.ends.insert((session.ends_ms, session.id));
        self.records.insert(session.id, session.clone());
        if self.records.len() <= MEMORY_STORE_SESSIONS_MAX {
            return None;
        }
        let (_, soonest) = self.ends.first().copied()?;
        self.remove(soonest);
        Some(soonest)
    }

    pub(super) fn remove(&mut self, session: SessionId) {
        if let Some(record) = self.records.remove(&session) {
            self.tokens.remove(&record.token);
            self.ends.remove(&(record.ends_ms, record.id));
        }
    }

    pub(super) fn find(&self, token: &TokenHash, now_ms: u64) -> Option<&SessionRecord> {
        let record = self.records.get(self.tokens.get(token)?)?;
        (record.ends_ms > now_ms).then_some(record)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conformance;

    #[test]
    fn beyond_the_bound_the_one_that_ends_soonest_goes() {
        let mut sessions = Sessions::default();
        let token = |id: usize| {
            let mut token = [0; 32];
            token[..8].copy_from_slice(&id.to_le_bytes());
            TokenHash(token)
        };
        for id in 0..=MEMORY_STORE_SESSIONS_MAX {
            let ends_ms = if id == 9 { 10 } else { 1_000 };
            let record = SessionRecord { token: token(id), ..conformance::session(id as u64, 0, ends_ms) };
            let gone = sessions.keep(&record);
            assert_eq!(gone, (id == MEMORY_STORE_SESSIONS_MAX).then_some(SessionId(9)), "{id}");
        }
        assert_eq!(sessions.find(&token(9), 0), None);
        assert!(sessions.find(&token(8), 0).is_some() && sessions.find(&token(MEMORY_STORE_SESSIONS_MAX), 0).is_some());
        let sizes = (sessions.records.len(), sessions.tokens.len(), sessions.ends.len());
        assert_eq!(sizes, (MEMORY_STORE_SESSIONS_MAX, MEMORY_STORE_SESSIONS_MAX, MEMORY_STORE_SESSIONS_MAX));
    }
}

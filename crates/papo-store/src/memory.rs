//! The store without a disk: the newest events of all rooms within one budget of bytes.
//!
//! * `logs` – rooms and their events;
//! * `sessions` – sessions, as many as its bound allows;
//! * `people` – accounts, roles, restrictions, and what was done.

mod audit;
mod logs;
mod people;
mod sessions;

use std::sync::{Arc, Mutex, MutexGuard};

use papo_proto::RoomId;
use papo_proto::words::people::AuditRecord;
use papo_proto::words::{Record, Stored, TokenHash};

use self::logs::Logs;
use self::people::People;
use self::sessions::Sessions;
use crate::{Page, Reader, Recovered, Span, Store, StoreError, StoredSession};

/// Keeps events in memory; the oldest of any room go first when the budget is used up.
#[derive(Debug)]
pub struct MemoryStore {
    kept: Arc<Mutex<Kept>>,
}

/// What the store and its readers share.
#[derive(Debug)]
struct Kept {
    logs: Logs,
    sessions: Sessions,
    people: People,
    /// The highest number that a room ever had.
    newest_room: RoomId,
    /// The newest time that a record told: by it things end. The store has no clock of its own.
    now_ms: u64,
}

impl MemoryStore {
    /// An empty store that keeps about `budget_bytes` of events.
    pub fn new(budget_bytes: usize) -> Self {
        let kept = Kept {
            logs: Logs::new(budget_bytes),
            sessions: Sessions::default(),
            people: People::default(),
            newest_room: RoomId(0),
            now_ms: 0,
        };
        Self { kept: Arc::new(Mutex::new(kept)) }
    }
}

fn lock(kept: &Mutex<Kept>) -> MutexGuard<'_, Kept> {
    kept.lock().expect("invariant: nothing panics while it holds what is kept")
}

impl Kept {
    fn store(&mut self, record: &Record) -> Stored {
        match record {
            Record::Event(append) => {
                self.now_ms = self.now_ms.max(append.at_ms);
                return self.logs.append(append);
            }
            Record::Redact(redact) => {
                self.now_ms = self.now_ms.max(redact.at_ms);
                let stored = self.logs.redact(redact);
                if let (Stored::Redacted(_, seqs), Some(act)) = (&stored, &redact.audit)
                    && !seqs.is_empty()
                {
                    self.people.act(act);
                }
                return stored;
            }
            Record::Recall { session, txn } => {
                return self.logs.place(*session, *txn).map_or(Stored::Unknown, Stored::Repeated);
            }
            Record::Room(room) => {
                self.newest_room = self.newest_room.max(room.id);
                self.logs.keep(room);
            }
            Record::RoomGone(room) => {
                self.logs.remove(*room);
                self.people.room_gone(*room);
            }
            Record::Session(session) => {
                if let Some(gone) = self.sessions.keep(session) {
                    self.people.session_gone(gone);
                }
            }
            Record::SessionGone(session) => {
                self.sessions.remove(*session);
                self.people.session_gone(*session);
            }
            Record::Account(account) => self.people.account(account),
            Record::Login(login) => self.people.login(login),
            Record::LoginGone(login) => self.people.login_gone(*login),
            Record::Grant(grant) if self.has(grant.room) => self.people.grant(grant),
            Record::Restriction(restriction) if self.has(restriction.room) => self.people.restriction(restriction),
            Record::Read(read) if self.has(read.room) => self.people.read(read),
            Record::Grant(_) | Record::Restriction(_) | Record::Read(_) => {}
            Record::Invite(invite) => self.people.invite(invite),
            Record::Audit(act) => self.people.act(act),
            Record::Lockdown(lockdown) => self.people.lockdown(*lockdown),
        }
        Stored::Done
    }

    fn has(&self, room: RoomId) -> bool {
        room == RoomId::DIRECTORY || self.logs.has(room)
    }
}

/// The room of an event for which there is no log. It is looked for before anything is stored, since
/// a batch is stored whole or not at all.
fn unknown_room(logs: &Logs, batch: &[Record]) -> Option<RoomId> {
    // What the batch itself says of rooms; nearly always nothing.
    let mut said: Vec<(RoomId, bool)> = Vec::new();
    for record in batch {
        match record {
            Record::Room(room) => said.push((room.id, true)),
            Record::RoomGone(room) => said.push((*room, false)),
            Record::Event(append) => {
                let last = said.iter().rev().find(|(room, _)| *room == append.room);
                if !last.map_or_else(|| logs.has(append.room), |(_, exists)| *exists) {
                    return Some(append.room);
                }
            }
            _ => {}
        }
    }
    None
}

impl Store for MemoryStore {
    fn recover(&self) -> Result<Recovered, StoreError> {
        let kept = lock(&self.kept);
        let (rooms, newest_room) = (kept.logs.all(), kept.newest_room);
        Ok(Recovered { rooms, newest_room, generation: 1, ..kept.people.recovered() })
    }

    fn commits_inline(&self) -> bool {
        true
    }

    fn commit(&self, batch: &[Record]) -> Result<Vec<Stored>, StoreError> {
        let mut kept = lock(&self.kept);
        if let Some(room) = unknown_room(&kept.logs, batch) {
            return Err(StoreError::UnknownRoom(room));
        }
        let stored = batch.iter().map(|record| kept.store(record)).collect();
        let now_ms = kept.now_ms;
        kept.people.sweep(now_ms);
        Ok(stored)
    }

    fn reader(&self) -> Result<Box<dyn Reader>, StoreError> {
        Ok(Box::new(MemoryReader { kept: self.kept.clone() }))
    }
}

#[derive(Debug)]
struct MemoryReader {
    kept: Arc<Mutex<Kept>>,
}

impl Reader for MemoryReader {
    fn page(&mut self, room: RoomId, span: Span, limit: usize, max_bytes: usize) -> Result<Page, StoreError> {
        Ok(lock(&self.kept).logs.page(room, span, limit, max_bytes))
    }

    fn session(&mut self, token: &TokenHash, now_ms: u64) -> Result<Option<StoredSession>, StoreError> {
        let kept = lock(&self.kept);
        let record = kept.sessions.find(token, now_ms);
        Ok(record.map(|record| StoredSession { record: record.clone(), newest_txn: kept.logs.newest_txn(record.id) }))
    }

    fn audit(&mut self, room: Option<RoomId>, limit: usize) -> Result<Vec<AuditRecord>, StoreError> {
        Ok(lock(&self.kept).people.audit(room, limit))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conformance;

    #[test]
    fn conforms() {
        conformance::check(&|| Box::new(MemoryStore::new(1 << 20)));
    }
}

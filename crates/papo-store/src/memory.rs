//! The store without a disk: the newest events of all rooms within one budget of bytes.
//!
//! * `logs` – rooms and their events;
//! * `sessions` – sessions, as many as its bound allows.

mod logs;
mod sessions;

use std::sync::{Arc, Mutex, MutexGuard};

use papo_proto::RoomId;
use papo_proto::words::{Record, Stored, TokenHash};

use self::logs::Logs;
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
}

impl MemoryStore {
    /// An empty store that keeps about `budget_bytes` of events.
    pub fn new(budget_bytes: usize) -> Self {
        let kept = Kept { logs: Logs::new(budget_bytes), sessions: Sessions::default() };
        Self { kept: Arc::new(Mutex::new(kept)) }
    }
}

fn lock(kept: &Mutex<Kept>) -> MutexGuard<'_, Kept> {
    kept.lock().expect("invariant: nothing panics while it holds what is kept")
}

impl Kept {
    fn store(&mut self, record: &Record) -> Stored {
        match record {
            Record::Event(append) => return self.logs.append(append),
            Record::Recall { session, txn } => {
                return self.logs.place(*session, *txn).map_or(Stored::Unknown, Stored::Repeated);
            }
            Record::Room(room) => self.logs.open(room.id),
            Record::RoomGone(room) => self.logs.remove(*room),
            Record::Session(session) => self.sessions.keep(session),
            Record::SessionGone(session) => self.sessions.remove(*session),
        }
        Stored::Done
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
            Record::Session(_) | Record::SessionGone(_) | Record::Recall { .. } => {}
        }
    }
    None
}

impl Store for MemoryStore {
    fn recover(&self) -> Result<Recovered, StoreError> {
        Ok(Recovered { generation: 1, ..Recovered::default() })
    }

    fn commits_inline(&self) -> bool {
        true
    }

    fn commit(&self, batch: &[Record]) -> Result<Vec<Stored>, StoreError> {
        let mut kept = lock(&self.kept);
        if let Some(room) = unknown_room(&kept.logs, batch) {
            return Err(StoreError::UnknownRoom(room));
        }
        Ok(batch.iter().map(|record| kept.store(record)).collect())
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

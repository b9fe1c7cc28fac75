//! The store without a disk: the newest events of all rooms within one budget of bytes.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard};

use papo_proto::{Append, Event, RoomId, Seq};

use crate::{Page, Store, StoreError};

/// What an event costs beside its text: its fields, its place in two queues, the allocator.
const EVENT_OVERHEAD_BYTES: usize = 128;

/// Keeps events in memory; the oldest of any room go first when the budget is used up.
#[derive(Debug)]
pub struct MemoryStore {
    logs: Mutex<Logs>,
}

#[derive(Debug)]
struct Logs {
    rooms: HashMap<RoomId, Log>,
    /// The room of each kept event, oldest first: who gives up one when the budget is used up.
    /// An entry of a room that was removed, or whose event is gone, is passed over.
    ages: VecDeque<RoomId>,
    bytes: usize,
    budget_bytes: usize,
}

#[derive(Debug, Default)]
struct Log {
    head: Seq,
    events: VecDeque<Event>,
}

impl MemoryStore {
    /// An empty store that keeps about `budget_bytes` of events.
    pub fn new(budget_bytes: usize) -> Self {
        let logs = Logs { rooms: HashMap::new(), ages: VecDeque::new(), bytes: 0, budget_bytes };
        Self { logs: Mutex::new(logs) }
    }

    fn logs(&self) -> MutexGuard<'_, Logs> {
        self.logs.lock().expect("invariant: nothing panics while it holds the logs")
    }
}

impl Logs {
    fn append(&mut self, append: &Append) -> Seq {
        let log = self.rooms.entry(append.room).or_default();
        log.head = log.head.next();
        let event = Event {
            seq: log.head,
            at_ms: append.at_ms,
            session: append.session,
            author: append.author.clone(),
            text: append.text.clone(),
        };
        self.bytes += cost(&event);
        log.events.push_back(event);
        let seq = log.head;
        self.ages.push_back(append.room);
        while self.bytes > self.budget_bytes {
            self.forget_oldest();
        }
        seq
    }

    fn forget_oldest(&mut self) {
        let Some(room) = self.ages.pop_front() else { return };
        if let Some(event) = self.rooms.get_mut(&room).and_then(|log| log.events.pop_front()) {
            self.bytes -= cost(&event);
        }
    }
}

fn cost(event: &Event) -> usize {
    event.text.len() + EVENT_OVERHEAD_BYTES
}

impl Store for MemoryStore {
    fn commits_inline(&self) -> bool {
        true
    }

    fn commit(&self, batch: &[Append]) -> Result<Vec<Seq>, StoreError> {
        let mut logs = self.logs();
        Ok(batch.iter().map(|append| logs.append(append)).collect())
    }

    fn page(&self, room: RoomId, after: Seq, limit: usize) -> Result<Page, StoreError> {
        let logs = self.logs();
        let Some(log) = logs.rooms.get(&room) else { return Ok(Page::default()) };
        let first = log.events.front().map_or(Seq(0), |event| event.seq);
        let skip = (after.0 + 1).saturating_sub(first.0) as usize;
        let events = log.events.iter().skip(skip).take(limit).cloned().collect();
        Ok(Page { first, head: log.head, events })
    }

    fn remove(&self, room: RoomId) -> Result<(), StoreError> {
        let mut logs = self.logs();
        if let Some(log) = logs.rooms.remove(&room) {
            logs.bytes -= log.events.iter().map(cost).sum::<usize>();
            logs.ages.retain(|aged| *aged != room);
        }
        Ok(())
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

    #[test]
    fn the_oldest_of_any_room_go_first() {
        let store = MemoryStore::new(3 * (EVENT_OVERHEAD_BYTES + 1));
        for (room, text) in [(1, "a"), (2, "b"), (1, "c"), (1, "d")] {
            store.commit(&[conformance::append(room, text)]).expect("stored");
        }
        let page = store.page(RoomId(1), Seq(0), 10).expect("read");
        assert_eq!((page.first, page.head, page.events.len()), (Seq(2), Seq(3), 2));
        let page = store.page(RoomId(2), Seq(0), 10).expect("read");
        assert_eq!((page.first, page.head, page.events.len()), (Seq(1), Seq(1), 1));
    }
}

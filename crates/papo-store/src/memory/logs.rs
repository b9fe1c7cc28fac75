//! Rooms and their newest events.

use std::collections::{BTreeMap, HashMap, VecDeque};

use papo_proto::words::{Place, Stored};
use papo_proto::{Append, Event, RoomId, Seq, SessionId, Txn};

use crate::{Page, Span};

/// What an event costs beside its text: its fields, its place in two queues, the allocator.
const EVENT_OVERHEAD_BYTES: usize = 128;
/// What it costs to find an event by its txn.
const TXN_OVERHEAD_BYTES: usize = 64;

#[derive(Debug)]
pub(super) struct Logs {
    rooms: HashMap<RoomId, Log>,
    /// The room of each kept event, oldest first: who gives up one when the budget is used up.
    ages: VecDeque<RoomId>,
    /// Where the kept events are that have a txn.
    places: BTreeMap<(SessionId, Txn), Place>,
    bytes: usize,
    budget_bytes: usize,
}

#[derive(Debug, Default)]
struct Log {
    head: Seq,
    events: VecDeque<Event>,
}

impl Logs {
    pub(super) fn new(budget_bytes: usize) -> Self {
        Self { rooms: HashMap::new(), ages: VecDeque::new(), places: BTreeMap::new(), bytes: 0, budget_bytes }
    }

    pub(super) fn has(&self, room: RoomId) -> bool {
        self.rooms.contains_key(&room)
    }

    pub(super) fn open(&mut self, room: RoomId) {
        self.rooms.entry(room).or_default();
    }

    pub(super) fn remove(&mut self, room: RoomId) {
        let Some(log) = self.rooms.remove(&room) else { return };
        self.ages.retain(|aged| *aged != room);
        for event in &log.events {
            self.forget(event);
        }
    }

    pub(super) fn append(&mut self, append: &Append) -> Stored {
        if let Some(place) = append.txn.and_then(|txn| self.place(append.session, txn)) {
            return Stored::Repeated(place);
        }
        let log = self.rooms.get_mut(&append.room).expect("invariant: the batch was looked through");
        log.head = log.head.next();
        let seq = log.head;
        let event = Event {
            seq,
            at_ms: append.at_ms,
            session: append.session,
            txn: append.txn,
            author: append.author.clone(),
            text: append.text.clone(),
        };
        self.bytes += cost(&event);
        log.events.push_back(event);
        self.ages.push_back(append.room);
        if let Some(txn) = append.txn {
            self.places.insert((append.session, txn), Place { room: append.room, seq, at_ms: append.at_ms });
        }
        while self.bytes > self.budget_bytes {
            self.forget_oldest();
        }
        Stored::Appended(seq)
    }

    fn forget_oldest(&mut self) {
        let Some(room) = self.ages.pop_front() else { return };
        if let Some(event) = self.rooms.get_mut(&room).and_then(|log| log.events.pop_front()) {
            self.forget(&event);
        }
    }

    fn forget(&mut self, event: &Event) {
        self.bytes -= cost(event);
        if let Some(txn) = event.txn {
            self.places.remove(&(event.session, txn));
        }
    }

    pub(super) fn place(&self, session: SessionId, txn: Txn) -> Option<Place> {
        self.places.get(&(session, txn)).copied()
    }

    pub(super) fn newest_txn(&self, session: SessionId) -> Txn {
        let of_session = (session, Txn(0))..=(session, Txn(u64::MAX));
        self.places.range(of_session).next_back().map_or(Txn(0), |((_, txn), _)| *txn)
    }

    pub(super) fn page(&self, room: RoomId, span: Span, limit: usize, max_bytes: usize) -> Page {
        let Some(log) = self.rooms.get(&room) else { return Page::default() };
        let first = log.events.front().map_or(Seq(0), |event| event.seq);
        let (kept, mut bytes) = (log.events.len(), 0);
        let fits = |event: &&Event| {
            let is_first = bytes == 0;
            bytes += event.text.len().max(1);
            is_first || bytes <= max_bytes
        };
        // How many of the kept events have a seq up to the span's bound, or below it.
        let index = |bound: u64| usize::try_from(bound.saturating_sub(first.0)).unwrap_or(kept).min(kept);
        let events = match span {
            Span::After(seq) => {
                log.events.range(index(seq.0.saturating_add(1))..).take(limit).take_while(fits).cloned().collect()
            }
            Span::Before(seq) => {
                let mut newest_first: Vec<_> =
                    log.events.range(..index(seq.0)).rev().take(limit).take_while(fits).cloned().collect();
                newest_first.reverse();
                newest_first
            }
        };
        Page { first, head: log.head, events }
    }
}

fn cost(event: &Event) -> usize {
    event.text.len() + EVENT_OVERHEAD_BYTES + event.txn.map_or(0, |_| TXN_OVERHEAD_BYTES)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn append(room: u64, txn: Option<u64>) -> Append {
        Append {
            room: RoomId(room),
            at_ms: 1,
            session: SessionId(1),
            txn: txn.map(Txn),
            author: "Ana".into(),
            text: "a".into(),
        }
    }

    fn logs_of(events: usize) -> Logs {
        let mut logs = Logs::new(events * (EVENT_OVERHEAD_BYTES + 1));
        logs.open(RoomId(1));
        logs.open(RoomId(2));
        logs
    }

    #[test]
    fn the_oldest_of_any_room_go_first() {
        let mut logs = logs_of(3);
        for room in [1, 2, 1, 1] {
            logs.append(&append(room, None));
        }
        for (room, first, head, count) in [(1, 2, 3, 2), (2, 1, 1, 1)] {
            let page = logs.page(RoomId(room), Span::After(Seq(0)), 10, 1000);
            assert_eq!((page.first, page.head, page.events.len()), (Seq(first), Seq(head), count));
            let newest = logs.page(RoomId(room), Span::Before(Seq(u64::MAX)), 10, 1000);
            assert_eq!(newest, page, "from the other end");
            assert_eq!(logs.page(RoomId(room), Span::Before(Seq(first)), 10, 1000).events.len(), 0, "what is gone");
        }
    }

    #[test]
    fn the_txn_of_a_forgotten_event_is_forgotten() {
        let mut logs = logs_of(2);
        logs.append(&append(1, Some(5)));
        assert!(logs.place(SessionId(1), Txn(5)).is_some());
        logs.append(&append(2, None));
        logs.append(&append(2, None));
        assert_eq!(logs.place(SessionId(1), Txn(5)), None);
        logs.append(&append(1, Some(5)));
        logs.remove(RoomId(1));
        assert_eq!((logs.place(SessionId(1), Txn(5)), logs.places.len()), (None, 0));
        logs.remove(RoomId(2));
        assert_eq!((logs.bytes, logs.ages.len()), (0, 0));
    }
}

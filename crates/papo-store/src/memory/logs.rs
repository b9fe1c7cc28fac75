//! Rooms and their newest events.

use std::collections::{BTreeMap, HashMap, VecDeque};

use papo_proto::words::{Body, Place, Redact, RoomRecord, Stored};
use papo_proto::{Append, Event, RoomId, Seq, SessionId, Txn};

use crate::search::{Search, Seen, weight};
use crate::{Page, Span, StoredRoom};

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

#[derive(Debug)]
struct Log {
    record: RoomRecord,
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

    /// A room is made, or what can change of it is so now.
    pub(super) fn keep(&mut self, room: &RoomRecord) {
        let new = || Log { record: room.clone(), head: Seq(0), events: VecDeque::new() };
        let record = &mut self.rooms.entry(room.id).or_insert_with(new).record;
        let RoomRecord { id, name, epoch, made_ms, .. } = record.clone();
        *record = RoomRecord { id, name, epoch, made_ms, ..room.clone() };
    }

    pub(super) fn all(&self) -> Vec<StoredRoom> {
        let mut rooms: Vec<_> = self.rooms.values().map(Log::stored).collect();
        rooms.sort_unstable_by_key(|room| room.record.id);
        rooms
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
        let event = Event {
            seq: Seq(0),
            at_ms: append.at_ms,
            session: append.session,
            txn: append.txn,
            person: append.person,
            author: append.author.clone(),
            body: Body::Message(append.text.clone()),
        };
        Stored::Appended(self.push(append.room, event))
    }

    /// Takes messages back, and appends the event that says so.
    pub(super) fn redact(&mut self, redact: &Redact) -> Stored {
        let taken = self.rooms.get(&redact.room).map(|log| log.search(redact)).unwrap_or_default();
        if taken.is_empty() {
            return Stored::Redacted(Seq(0), taken.into());
        }
        let log = self.rooms.get_mut(&redact.room).expect("invariant: something was found in it");
        for seq in &taken {
            let event = log.at(*seq).and_then(|at| log.events.get_mut(at)).expect("invariant: it was just found");
            self.bytes -= cost(event);
            event.body = Body::Redacted;
            self.bytes += cost(event);
        }
        let seqs: std::sync::Arc<[Seq]> = taken.into();
        let event = Event {
            seq: Seq(0),
            at_ms: redact.at_ms,
            session: redact.session,
            txn: None,
            person: redact.person,
            author: redact.author.clone(),
            body: Body::Redaction(seqs.clone()),
        };
        Stored::Redacted(self.push(redact.room, event), seqs)
    }

    /// Gives the event the next number of the room's log.
    fn push(&mut self, room: RoomId, mut event: Event) -> Seq {
        let log = self.rooms.get_mut(&room).expect("invariant: the batch was looked through");
        log.head = log.head.next();
        let seq = log.head;
        event.seq = seq;
        if let Some(txn) = event.txn {
            self.places.insert((event.session, txn), Place { room, seq, at_ms: event.at_ms });
        }
        self.bytes += cost(&event);
        log.events.push_back(event);
        self.ages.push_back(room);
        while self.bytes > self.budget_bytes {
            self.forget_oldest();
        }
        seq
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
        let (kept, mut bytes, mut is_first) = (log.events.len(), 0, true);
        let fits = |event: &&Event| {
            bytes += weight(&event.body);
            std::mem::take(&mut is_first) || bytes <= max_bytes
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

impl Log {
    fn stored(&self) -> StoredRoom {
        let first = self.events.front().map_or(Seq(0), |event| event.seq);
        StoredRoom { record: self.record.clone(), first, head: self.head }
    }

    /// Where in the kept events the one with this seq is.
    fn at(&self, seq: Seq) -> Option<usize> {
        let first = self.events.front()?.seq.0;
        usize::try_from(seq.0.checked_sub(first)?).ok().filter(|at| *at < self.events.len())
    }

    fn search(&self, redact: &Redact) -> Vec<Seq> {
        let mut search = Search::new(redact.what.clone());
        if let Some(only) = search.only() {
            let _ = self.at(only).and_then(|at| self.events.get(at)).map(|event| search.look(Seen::of(event)));
        } else {
            let _ = self.events.iter().rev().try_for_each(|event| search.look(Seen::of(event)));
        }
        search.found()
    }
}

fn cost(event: &Event) -> usize {
    weight(&event.body) + EVENT_OVERHEAD_BYTES + event.txn.map_or(0, |_| TXN_OVERHEAD_BYTES)
}

#[cfg(test)]
mod tests {
    use papo_proto::words::{Person, RedactWhat};

    use super::*;
    use crate::conformance;

    fn append(room: u64, txn: Option<u64>) -> Append {
        Append { txn: txn.map(Txn), ..conformance::append(room, "a") }
    }

    fn logs_of(events: usize) -> Logs {
        let mut logs = Logs::new(events * (EVENT_OVERHEAD_BYTES + 1));
        logs.keep(&conformance::room(1, "Um"));
        logs.keep(&conformance::room(2, "Dois"));
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
        assert!(logs.place(SessionId(7), Txn(5)).is_some());
        logs.append(&append(2, None));
        logs.append(&append(2, None));
        assert_eq!(logs.place(SessionId(7), Txn(5)), None);
        logs.append(&append(1, Some(5)));
        logs.remove(RoomId(1));
        assert_eq!((logs.place(SessionId(7), Txn(5)), logs.places.len()), (None, 0));
        logs.remove(RoomId(2));
        assert_eq!((logs.bytes, logs.ages.len()), (0, 0));
    }

    #[test]
    fn what_is_taken_back_gives_its_bytes_back() {
        let mut logs = logs_of(10);
        let long = Append { text: "x".repeat(200).into(), txn: Some(Txn(5)), ..append(1, None) };
        logs.append(&long);
        logs.append(&append(1, None));
        let before = logs.bytes;
        let redact = |what| Redact {
            room: RoomId(1),
            what,
            at_ms: 2,
            session: SessionId(8),
            person: Person::NOBODY,
            author: "Bob".into(),
            audit: None,
        };
        let stored = logs.redact(&redact(RedactWhat::One(Seq(1), papo_proto::words::Whose::anybody())));
        assert_eq!(stored, Stored::Redacted(Seq(3), [Seq(1)].into()));
        assert_eq!(logs.bytes, before - 200 + EVENT_OVERHEAD_BYTES + size_of::<Seq>());
        assert!(logs.place(SessionId(7), Txn(5)).is_some(), "its txn is known");
        // A redaction that does not fit drives out what it took back, and others.
        logs.budget_bytes = before;
        for _ in 0..3 {
            logs.redact(&redact(RedactWhat::Last(long.person)));
        }
        assert!(logs.bytes <= before);
        logs.remove(RoomId(1));
        assert_eq!((logs.bytes, logs.ages.len(), logs.places.len()), (0, 0, 0));
    }
}

//! A store in a few lines, and what its acknowledgements are held to.

use std::collections::{BTreeMap, BTreeSet};

use papo_hub::Found;
use papo_proto::papo1::Token;
use papo_proto::words::{Body, Place, SessionRecord, TokenHash};
use papo_proto::{Append, Event, Record, RoomId, Seq, SessionId, Stored, Txn};

/// What is stored.
#[derive(Debug, Default)]
pub(crate) struct FakeStore {
    pub(crate) events: BTreeMap<RoomId, Vec<Event>>,
    rooms: BTreeSet<RoomId>,
    places: BTreeMap<(SessionId, Txn), Place>,
    sessions: BTreeMap<TokenHash, SessionRecord>,
    /// Every post that was acknowledged, with the place that its sender was told.
    acknowledged: BTreeMap<(SessionId, Txn), Place>,
}

impl FakeStore {
    pub(crate) fn add_room(&mut self, room: RoomId, events: Vec<Event>) {
        self.rooms.insert(room);
        self.events.insert(room, events);
    }

    pub(crate) fn commit(&mut self, batch: &[Record]) -> Vec<Stored> {
        batch.iter().map(|record| self.keep(record)).collect()
    }

    fn keep(&mut self, record: &Record) -> Stored {
        match record {
            Record::Event(append) => return self.append(append),
            Record::Recall { session, txn } => {
                return self.places.get(&(*session, *txn)).map_or(Stored::Unknown, |place| Stored::Repeated(*place));
            }
            Record::Room(record) => {
                self.rooms.insert(record.id);
            }
            Record::RoomGone(room) => {
                self.rooms.remove(room);
                let events = self.events.remove(room).unwrap_or_default();
                assert!(events.is_empty(), "a room with history is not taken away");
            }
            Record::Session(record) => drop(self.sessions.insert(record.token, record.clone())),
            other @ (Record::Redact(_)
            | Record::Account(_)
            | Record::Login(_)
            | Record::LoginGone(_)
            | Record::Grant(_)
            | Record::Restriction(_)
            | Record::Invite(_)
            | Record::Read(_)
            | Record::Audit(_)
            | Record::Lockdown(_)) => unreachable!("nobody does that here: {other:?}"),
            Record::SessionGone(session) => self.sessions.retain(|_, record| record.id != *session),
        }
        Stored::Done
    }

    fn append(&mut self, append: &Append) -> Stored {
        let Append { room, at_ms, session, txn, person, author, text } = append.clone();
        if let Some(place) = txn.and_then(|txn| self.places.get(&(session, txn))) {
            return Stored::Repeated(*place);
        }
        assert!(self.rooms.contains(&room), "the store is told of a room before its first message");
        let log = self.events.entry(room).or_default();
        let seq = Seq(log.len() as u64 + 1);
        log.push(Event { seq, at_ms, session, txn, person, author, body: Body::Message(text) });
        if let Some(txn) = txn {
            self.places.insert((session, txn), Place { room, seq, at_ms });
        }
        Stored::Appended(seq)
    }

    /// The session of a token, unless it has ended.
    pub(crate) fn find(&self, token: &Token, now_ms: u64) -> Option<Found> {
        let record = self.sessions.get(&token.hash()).filter(|record| record.ends_ms > now_ms)?.clone();
        let txns = self.places.keys().filter(|(session, _)| *session == record.id).map(|(_, txn)| *txn);
        Some(Found { newest_txn: txns.max().unwrap_or_default(), record })
    }

    /// A sender is told that its post is stored: it is, and has this one place for ever.
    pub(crate) fn acknowledge(&mut self, session: SessionId, txn: Txn, place: Place) {
        let first = self.acknowledged.entry((session, txn)).or_insert(place);
        assert_eq!(*first, place, "{session:?} {txn:?} has one place");
        let event = &self.events[&place.room][place.seq.0 as usize - 1];
        assert_eq!((event.seq, event.session, event.txn), (place.seq, session, Some(txn)), "it is stored there");
    }
}

//! The suite that every store passes: what the rest of Papo relies on. One file for each subject.

mod events;
mod pages;
mod repeats;
mod rooms;
mod sessions;

use papo_proto::words::{
    AccountId, Person, Record, Redact, RedactWhat, RoomKind, RoomRecord, SessionRecord, Stored, TokenHash,
};
use papo_proto::{Append, Epoch, Event, RoomId, RoomName, Seq, SessionId, Txn};

use crate::{Page, Span, Store, StoredSession};

/// A store without rooms.
type Fresh<'a> = &'a dyn Fn() -> Box<dyn Store>;

/// Runs the suite; `fresh` makes an empty store.
///
/// # Panics
/// When the store breaks a promise.
pub fn check(fresh: Fresh<'_>) {
    for promise in [events::PROMISES, pages::PROMISES, repeats::PROMISES, rooms::PROMISES, sessions::PROMISES].concat()
    {
        promise(&*fresh());
    }
}

type Promise = fn(&dyn Store);

/// An append for tests.
pub fn append(room: u64, text: &str) -> Append {
    Append {
        room: RoomId(room),
        at_ms: 1_000,
        session: SessionId(7),
        txn: None,
        person: Person::Account(AccountId(70)),
        author: "Ana".into(),
        text: text.into(),
    }
}

/// Messages that another session takes back.
pub fn redact(room: u64, what: RedactWhat) -> Redact {
    Redact {
        room: RoomId(room),
        what,
        at_ms: 1_500,
        session: SessionId(8),
        person: Person::Account(AccountId(80)),
        author: "Bob".into(),
    }
}

/// A room for tests.
pub fn room(id: u64, name: &str) -> RoomRecord {
    let name = RoomName::parse(name).expect("invariant: tests name rooms by the rules").name;
    RoomRecord {
        id: RoomId(id),
        name,
        epoch: Epoch(100 + id),
        made_ms: 500,
        kind: RoomKind::Public,
        owner: None,
        read_only: false,
        slow_seconds: 0,
        topic: "".into(),
    }
}

/// A session for tests, whose token is made of one byte.
pub fn session(id: u64, token: u8, ends_ms: u64) -> SessionRecord {
    SessionRecord { id: SessionId(id), token: TokenHash([token; 32]), nick: "Ana".into(), ends_ms, login: None }
}

/// An event without a txn, as a record.
fn said(room: u64, text: &str) -> Record {
    Record::Event(append(room, text))
}

/// An event with its session's txn.
fn sent(room: u64, session: u64, txn: u64, text: &str) -> Record {
    Record::Event(Append { session: SessionId(session), txn: Some(Txn(txn)), ..append(room, text) })
}

/// A store with these rooms.
fn with_rooms(store: &dyn Store, ids: &[u64]) {
    let rooms: Vec<_> = ids.iter().map(|id| Record::Room(room(*id, &format!("Sala{id}")))).collect();
    let stored = commit(store, &rooms);
    assert!(stored.iter().all(|stored| *stored == Stored::Done));
}

fn commit(store: &dyn Store, batch: &[Record]) -> Vec<Stored> {
    let stored = store.commit(batch).expect("stored");
    assert_eq!(stored.len(), batch.len(), "one answer for each record");
    stored
}

fn page(store: &dyn Store, room: u64, span: Span, limit: usize, max_bytes: usize) -> Page {
    store.reader().expect("a reader").page(RoomId(room), span, limit, max_bytes).expect("read")
}

/// The whole log of a room.
fn log(store: &dyn Store, room: u64) -> Vec<Event> {
    page(store, room, Span::After(Seq(0)), usize::MAX, usize::MAX).events
}

fn texts(events: &[Event]) -> Vec<(u64, &str)> {
    events.iter().map(|event| (event.seq.0, event.body.text().map_or("", |text| text))).collect()
}

fn find(store: &dyn Store, token: u8, now_ms: u64) -> Option<StoredSession> {
    store.reader().expect("a reader").session(&TokenHash([token; 32]), now_ms).expect("read")
}

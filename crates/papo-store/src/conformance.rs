//! The suite that every store passes: what the rest of Papo relies on. One file for each subject.

mod events;
mod pages;
mod people;
mod records;
mod redactions;
mod repeats;
mod rooms;
mod sessions;

pub use self::records::{account, act, append, grant, invite, login, read, redact, restriction, room, session};
use papo_proto::words::{Record, Stored, TokenHash};
use papo_proto::{Append, Event, RoomId, Seq, SessionId, Txn};

use crate::{Page, Span, Store, StoredSession};

/// A store without rooms.
type Fresh<'a> = &'a dyn Fn() -> Box<dyn Store>;

/// Runs the suite; `fresh` makes an empty store.
///
/// # Panics
/// When the store breaks a promise.
pub fn check(fresh: Fresh<'_>) {
    for promise in PROMISES.concat() {
        promise(&*fresh());
    }
}

type Promise = fn(&dyn Store);

const PROMISES: [&[Promise]; 7] = [
    events::PROMISES,
    pages::PROMISES,
    people::PROMISES,
    redactions::PROMISES,
    repeats::PROMISES,
    rooms::PROMISES,
    sessions::PROMISES,
];

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

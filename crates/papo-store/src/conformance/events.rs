//! How events are numbered, and that they come back as they were.

use std::sync::Arc;

use papo_proto::words::{AccountId, Body, Person, Record, Stored};
use papo_proto::{Append, Event, RoomId, Seq, SessionId, Txn};

use super::{Promise, append, commit, log, said, texts, with_rooms};
use crate::{Span, Store, StoreError};

pub(super) const PROMISES: &[Promise] = &[
    numbers_each_room_without_gaps,
    every_field_comes_back,
    an_event_without_a_room_fails_the_whole_batch,
    a_reader_sees_what_was_committed_after_it_was_made,
];

fn numbers_each_room_without_gaps(store: &dyn Store) {
    with_rooms(store, &[1, 2]);
    let stored = commit(store, &[said(1, "a"), said(2, "b"), said(1, "c")]);
    let expected = [1, 1, 2].map(|seq| Stored::Appended(Seq(seq)));
    assert_eq!(stored, expected, "each room counts from one, in the batch's order");
    assert_eq!(commit(store, &[said(1, "d")]), [Stored::Appended(Seq(3))], "and goes on in the next batch");
    assert_eq!(commit(store, &[]), [], "an empty batch is no event");
}

fn every_field_comes_back(store: &dyn Store) {
    with_rooms(store, &[1]);
    // Every number is below 2^53, and the largest of them comes back too.
    let large = (1 << 53) - 1;
    let text: Arc<str> = "olá 👋\nfim\0".repeat(2_000).into();
    for (at_ms, session, txn) in [(0, 0, None), (1, 7, Some(Txn(1))), (large, large, Some(Txn(large)))] {
        let session = SessionId(session);
        let person = if txn.is_some() { Person::Account(AccountId(session.0)) } else { Person::Guest(session) };
        let append = Append { at_ms, session, txn, person, author: "Zé".into(), text: text.clone(), ..append(1, "") };
        commit(store, &[Record::Event(append)]);
        let event = log(store, 1).pop().expect("just stored");
        let body = Body::Message(text.clone());
        let expected = Event { seq: event.seq, at_ms, session, txn, person, author: "Zé".into(), body };
        assert_eq!(event, expected);
    }
    commit(store, &[said(1, "")]);
    let last = log(store, 1).pop().expect("just stored").body;
    assert_eq!(last, Body::Message("".into()), "no text is a text");
}

fn an_event_without_a_room_fails_the_whole_batch(store: &dyn Store) {
    with_rooms(store, &[1]);
    let batch = [said(1, "a"), said(404, "b")];
    assert!(matches!(store.commit(&batch), Err(StoreError::UnknownRoom(RoomId(404)))));
    assert_eq!(log(store, 1), [], "nothing of it is there");
    assert_eq!(commit(store, &[said(1, "c")]), [Stored::Appended(Seq(1))], "and no seq is used up");
    let batch = [Record::RoomGone(RoomId(1)), said(1, "d")];
    assert!(matches!(store.commit(&batch), Err(StoreError::UnknownRoom(RoomId(1)))));
    assert_eq!(texts(&log(store, 1)), [(1, "c")], "the room is not gone either");
}

fn a_reader_sees_what_was_committed_after_it_was_made(store: &dyn Store) {
    with_rooms(store, &[1]);
    let mut reader = store.reader().expect("a reader");
    for head in 1..=3 {
        commit(store, &[said(1, "a")]);
        let page = reader.page(RoomId(1), Span::After(Seq(0)), 10, 1_000).expect("read");
        assert_eq!((page.head, page.events.len()), (Seq(head), head as usize));
    }
}

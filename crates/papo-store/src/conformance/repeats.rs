//! A command that is sent again is found again, and never stored twice.

use papo_proto::words::{Place, Record, Stored};
use papo_proto::{Append, RoomId, Seq, SessionId, Txn};

use super::{Promise, append, commit, log, said, sent, texts, with_rooms};
use crate::Store;

pub(super) const PROMISES: &[Promise] = &[
    a_repeat_is_told_where_the_first_is,
    a_repeat_within_a_batch_is_found_too,
    recall_tells_without_storing,
    the_txns_of_a_room_go_with_it,
];

fn place(room: u64, seq: u64) -> Place {
    Place { room: RoomId(room), seq: Seq(seq), at_ms: 1_000 }
}

fn a_repeat_is_told_where_the_first_is(store: &dyn Store) {
    with_rooms(store, &[1, 2]);
    commit(store, &[said(1, "a"), sent(1, 7, 5, "b")]);
    let later = Record::Event(Append {
        at_ms: 2_000,
        session: SessionId(7),
        txn: Some(Txn(5)),
        author: "Bob".into(),
        ..append(2, "other")
    });
    assert_eq!(commit(store, &[later]), [Stored::Repeated(place(1, 2))], "whatever else is in it, and in any room");
    assert_eq!(log(store, 2), []);
    let others = [sent(1, 7, 6, "c"), sent(1, 8, 5, "d"), said(1, "e"), said(1, "e")];
    let expected = [3, 4, 5, 6].map(|seq| Stored::Appended(Seq(seq)));
    assert_eq!(commit(store, &others), expected, "another txn, another session, none: no repeats");
    assert_eq!(commit(store, &[sent(1, 7, 4, "late")]), [Stored::Appended(Seq(7))], "a lower one that is new");
}

fn a_repeat_within_a_batch_is_found_too(store: &dyn Store) {
    with_rooms(store, &[1, 2]);
    let stored =
        commit(store, &[sent(1, 7, 1, "a"), sent(2, 7, 1, "a"), sent(1, 7, 1, "a"), said(1, "b"), said(2, "c")]);
    let first = || Stored::Repeated(place(1, 1));
    let appended = |seq| Stored::Appended(Seq(seq));
    assert_eq!(stored, [appended(1), first(), first(), appended(2), appended(1)], "and leaves no gap");
    assert_eq!(texts(&log(store, 1)), [(1, "a"), (2, "b")]);
}

fn recall_tells_without_storing(store: &dyn Store) {
    with_rooms(store, &[1]);
    let recall = |session, txn| Record::Recall { session: SessionId(session), txn: Txn(txn) };
    let stored = commit(store, &[recall(7, 1), sent(1, 7, 1, "a"), recall(7, 1)]);
    let found = || Stored::Repeated(place(1, 1));
    assert_eq!(stored, [Stored::Unknown, Stored::Appended(Seq(1)), found()], "in the batch's order");
    let stored = commit(store, &[recall(7, 1), recall(7, 2), recall(8, 1)]);
    assert_eq!(stored, [found(), Stored::Unknown, Stored::Unknown]);
    assert_eq!(log(store, 1).len(), 1);
}

fn the_txns_of_a_room_go_with_it(store: &dyn Store) {
    with_rooms(store, &[1, 2]);
    commit(store, &[sent(1, 7, 1, "a"), sent(2, 7, 2, "b"), Record::RoomGone(RoomId(1))]);
    let stored = commit(store, &[sent(2, 7, 1, "c"), sent(2, 7, 2, "d")]);
    assert_eq!(stored, [Stored::Appended(Seq(2)), Stored::Repeated(place(2, 1))]);
}

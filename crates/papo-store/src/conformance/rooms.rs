//! Rooms that come and go.

use papo_proto::words::{Record, RoomRecord, Stored};
use papo_proto::{Epoch, RoomId, Seq};

use super::{Promise, commit, log, page, room, said, texts, with_rooms};
use crate::{Page, Span, Store};

pub(super) const PROMISES: &[Promise] = &[
    a_fresh_store_has_nothing,
    a_room_said_again_changes_nothing,
    a_room_may_be_made_and_used_in_one_batch,
    a_room_that_is_gone_leaves_others_alone,
];

fn a_fresh_store_has_nothing(store: &dyn Store) {
    let recovered = store.recover().expect("read");
    assert_eq!((recovered.rooms.len(), recovered.newest_room, recovered.generation), (0, RoomId(0), 1));
}

fn a_room_said_again_changes_nothing(store: &dyn Store) {
    with_rooms(store, &[1]);
    commit(store, &[said(1, "a")]);
    let again = RoomRecord { epoch: Epoch(9), made_ms: 9, ..room(1, "SALA1") };
    assert_eq!(commit(store, &[Record::Room(again.clone()), Record::Room(again)]), [Stored::Done, Stored::Done]);
    assert_eq!(texts(&log(store, 1)), [(1, "a")]);
    assert_eq!(commit(store, &[said(1, "b")]), [Stored::Appended(Seq(2))]);
}

fn a_room_may_be_made_and_used_in_one_batch(store: &dyn Store) {
    let stored = commit(store, &[Record::Room(room(1, "Nova")), said(1, "a"), said(1, "b")]);
    assert_eq!(stored, [Stored::Done, Stored::Appended(Seq(1)), Stored::Appended(Seq(2))]);
}

fn a_room_that_is_gone_leaves_others_alone(store: &dyn Store) {
    with_rooms(store, &[1, 2]);
    commit(store, &[said(1, "a"), said(2, "b")]);
    let gone = [Record::RoomGone(RoomId(1)), Record::RoomGone(RoomId(404))];
    assert_eq!(commit(store, &gone), [Stored::Done, Stored::Done], "an unknown room is gone already");
    assert_eq!(page(store, 1, Span::After(Seq(0)), 10, 1_000), Page::default());
    assert_eq!(texts(&log(store, 2)), [(1, "b")]);
    let stored = commit(store, &[Record::Room(room(3, "Sala1")), said(3, "c")]);
    assert_eq!(stored, [Stored::Done, Stored::Appended(Seq(1))], "its name is free");
}

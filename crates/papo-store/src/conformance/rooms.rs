//! Rooms that come and go.

use papo_proto::words::{AccountId, Person, Record, RoomKind, RoomRecord, Stored};
use papo_proto::{Epoch, RoomId, RoomName, Seq, SessionId};

use super::{Promise, commit, log, page, room, said, texts, with_rooms};
use crate::{Page, Recovered, Span, Store, StoredRoom};

pub(super) const PROMISES: &[Promise] = &[
    a_fresh_store_has_nothing,
    what_can_change_of_a_room_changes,
    a_room_comes_back_as_it_is,
    rooms_may_share_a_name,
    a_room_may_be_made_and_used_in_one_batch,
    a_room_that_is_gone_leaves_others_alone,
];

fn a_fresh_store_has_nothing(store: &dyn Store) {
    assert_eq!(store.recover().expect("read"), Recovered { generation: 1, ..Recovered::default() });
}

fn what_can_change_of_a_room_changes(store: &dyn Store) {
    with_rooms(store, &[1]);
    commit(store, &[said(1, "a")]);
    let changed = RoomRecord {
        kind: RoomKind::Private,
        owner: Some(Person::Guest(SessionId(7))),
        read_only: true,
        slow_seconds: 3600,
        topic: "sobre nada".into(),
        ..room(1, "Sala1")
    };
    let again = RoomRecord { epoch: Epoch(9), made_ms: 9, name: room(1, "SALA1").name, ..changed.clone() };
    assert_eq!(commit(store, &[Record::Room(again.clone()), Record::Room(again)]), [Stored::Done, Stored::Done]);
    let kept = StoredRoom { record: changed, first: Seq(1), head: Seq(1) };
    assert_eq!(store.recover().expect("read").rooms, [kept], "name, epoch and age stay");
    assert_eq!(texts(&log(store, 1)), [(1, "a")]);
    assert_eq!(commit(store, &[said(1, "b")]), [Stored::Appended(Seq(2))]);
    commit(store, &[Record::Room(room(1, "Sala1"))]);
    let kept = StoredRoom { record: room(1, "Sala1"), first: Seq(1), head: Seq(2) };
    assert_eq!(store.recover().expect("read").rooms, [kept], "and back");
}

fn a_room_comes_back_as_it_is(store: &dyn Store) {
    let (ana, guest) = (Person::Account(AccountId(70)), Person::Guest(SessionId(7)));
    let direct = RoomRecord { name: RoomName::direct(), kind: RoomKind::Direct(ana, guest), ..room(5, "x") };
    let rooms = [
        RoomRecord { owner: Some(ana), ..room(2, "Minha") },
        RoomRecord { kind: RoomKind::Private, owner: Some(Person::NOBODY), ..room(4, "Secreta") },
        direct,
        RoomRecord { read_only: true, slow_seconds: 1, topic: "tópico".into(), ..room(9, "Avisos") },
    ];
    commit(store, &[3, 1, 0, 2].map(|at: usize| Record::Room(rooms[at].clone())));
    let recovered = store.recover().expect("read");
    let records: Vec<_> = recovered.rooms.iter().map(|room| room.record.clone()).collect();
    assert_eq!((records, recovered.newest_room), (rooms.to_vec(), RoomId(9)));
}

fn rooms_may_share_a_name(store: &dyn Store) {
    let other = RoomRecord { kind: RoomKind::Private, ..room(2, "GERAL") };
    let stored = commit(store, &[Record::Room(room(1, "Geral")), Record::Room(other), said(1, "a"), said(2, "b")]);
    let first = Stored::Appended(Seq(1));
    assert_eq!(stored, [Stored::Done, Stored::Done, first.clone(), first]);
    assert_eq!(store.recover().expect("read").rooms.len(), 2);
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

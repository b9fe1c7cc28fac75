//! What is there after a restart.

use papo_proto::words::{Record, Stored, TokenHash};
use papo_proto::{RoomId, Seq, Txn};

use super::{folder, open};
use crate::conformance::{append, room, session};
use crate::{Span, Store as _, StoredRoom, StoredSession};

#[test]
fn everything_is_there_after_a_restart() {
    let folder = folder();
    let store = open(folder.path());
    let recovered = store.recover().expect("read");
    assert_eq!((recovered.generation, recovered.rooms.len()), (1, 0));
    let mut sent = append(7, "segunda");
    sent.txn = Some(Txn(3));
    let batch = [
        Record::Room(room(7, "Geral")),
        Record::Room(room(8, "Vazia")),
        Record::Room(room(9, "Breve")),
        Record::Session(session(7, 1, 1 << 40)),
        Record::Event(append(7, "primeira")),
        Record::Event(sent.clone()),
        Record::RoomGone(RoomId(9)),
    ];
    store.commit(&batch).expect("stored");
    let page = store.reader().expect("a reader").page(RoomId(7), Span::After(Seq(0)), 10, 1_000).expect("read");
    drop(store);

    let store = open(folder.path());
    let recovered = store.recover().expect("read");
    let kept = |record, head: u64| StoredRoom { record, first: Seq(head.min(1)), head: Seq(head) };
    assert_eq!(recovered.rooms, [kept(room(7, "Geral"), 2), kept(room(8, "Vazia"), 0)]);
    assert_eq!((recovered.newest_room, recovered.generation), (RoomId(9), 2), "no number is used again");
    let mut reader = store.reader().expect("a reader");
    assert_eq!(reader.page(RoomId(7), Span::After(Seq(0)), 10, 1_000).expect("read"), page);
    let found = reader.session(&TokenHash([1; 32]), 5).expect("read");
    assert_eq!(found, Some(StoredSession { record: session(7, 1, 1 << 40), newest_txn: Txn(3) }));
    let again = [Record::Event(sent), Record::Event(append(7, "terceira"))];
    let stored = store.commit(&again).expect("stored");
    assert!(matches!(stored[..], [Stored::Repeated(place), Stored::Appended(Seq(3))] if place.seq == Seq(2)));
}

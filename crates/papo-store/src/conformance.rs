//! The suite that every store passes: what the rest of Papo relies on.

use papo_proto::{Append, RoomId, Seq, SessionId};

use crate::Store;

/// An append for tests.
pub fn append(room: u64, text: &str) -> Append {
    Append { room: RoomId(room), at_ms: 1_000, session: SessionId(7), author: "Ana".into(), text: text.into() }
}

/// Runs the suite; `fresh` makes an empty store.
///
/// # Panics
/// When the store breaks a promise.
pub fn check(fresh: &dyn Fn() -> Box<dyn Store>) {
    numbers_each_room_without_gaps(&*fresh());
    reads_pages_in_order(&*fresh());
    an_unknown_room_is_empty(&*fresh());
    a_removed_room_is_gone_and_others_stay(&*fresh());
}

fn numbers_each_room_without_gaps(store: &dyn Store) {
    let seqs = store.commit(&[append(1, "a"), append(2, "b"), append(1, "c")]).expect("stored");
    assert_eq!(seqs, [Seq(1), Seq(1), Seq(2)], "each room counts from one, in the batch's order");
    assert_eq!(store.commit(&[append(1, "d")]).expect("stored"), [Seq(3)], "and goes on in the next batch");
    assert_eq!(store.commit(&[]).expect("stored"), [], "an empty batch is no event");
}

fn reads_pages_in_order(store: &dyn Store) {
    for text in ["a", "b", "c", "d", "e"] {
        store.commit(&[append(1, text)]).expect("stored");
    }
    let read = |after, limit| {
        let page = store.page(RoomId(1), Seq(after), limit).expect("read");
        assert_eq!((page.first, page.head), (Seq(1), Seq(5)));
        page.events.iter().map(|event| (event.seq.0, event.text.to_string())).collect::<Vec<_>>()
    };
    assert_eq!(read(0, 2), [(1, "a".into()), (2, "b".into())]);
    assert_eq!(read(2, 2), [(3, "c".into()), (4, "d".into())]);
    assert_eq!(read(4, 10), [(5, "e".into())]);
    assert_eq!(read(5, 10), []);
    assert_eq!(read(99, 10), [], "a cursor beyond the head reads nothing");
    let event = &store.page(RoomId(1), Seq(0), 1).expect("read").events[0];
    assert_eq!((event.at_ms, event.session, &*event.author), (1_000, SessionId(7), "Ana"), "every field comes back");
}

fn an_unknown_room_is_empty(store: &dyn Store) {
    let page = store.page(RoomId(404), Seq(0), 10).expect("read");
    assert_eq!((page.first, page.head, page.events.len()), (Seq(0), Seq(0), 0));
}

fn a_removed_room_is_gone_and_others_stay(store: &dyn Store) {
    store.commit(&[append(1, "a"), append(2, "b")]).expect("stored");
    store.remove(RoomId(1)).expect("removed");
    assert_eq!(store.page(RoomId(1), Seq(0), 10).expect("read").events.len(), 0);
    assert_eq!(store.page(RoomId(2), Seq(0), 10).expect("read").events.len(), 1);
    store.remove(RoomId(404)).expect("an unknown room is gone already");
}

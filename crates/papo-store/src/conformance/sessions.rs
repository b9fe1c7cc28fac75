//! Sessions that are found by their token.

use papo_proto::words::{LoginId, Record, SessionRecord, Stored};
use papo_proto::{RoomId, SessionId, Txn};

use super::{Promise, commit, find, said, sent, session, with_rooms};
use crate::{Store, StoredSession};

pub(super) const PROMISES: &[Promise] = &[
    a_session_is_found_until_it_ends,
    what_was_said_of_a_session_before_is_replaced,
    a_session_that_is_gone_is_not_found,
    the_newest_txn_is_that_of_its_own_events,
];

/// Later than any event of the suite: sessions do not end by those.
const LATE: u64 = 1 << 40;

fn a_session_is_found_until_it_ends(store: &dyn Store) {
    assert_eq!(commit(store, &[Record::Session(session(7, 1, LATE))]), [Stored::Done]);
    let found = Some(StoredSession { record: session(7, 1, LATE), newest_txn: Txn(0) });
    assert_eq!(find(store, 1, 0), found);
    assert_eq!(find(store, 1, LATE - 1), found);
    assert_eq!(find(store, 1, LATE), None, "it has ended");
    assert_eq!(find(store, 2, 0), None, "nobody has this token");
}

fn what_was_said_of_a_session_before_is_replaced(store: &dyn Store) {
    let renamed = SessionRecord { nick: "Zé".into(), login: Some(LoginId(4)), ..session(7, 2, LATE + 5) };
    commit(store, &[Record::Session(session(7, 1, LATE)), Record::Session(renamed.clone())]);
    assert_eq!(find(store, 1, 0), None, "the old token is no more");
    assert_eq!(find(store, 2, LATE).map(|found| found.record), Some(renamed));
    commit(store, &[Record::Session(session(8, 2, LATE))]);
    assert_eq!(find(store, 2, 0).map(|found| found.record.id), Some(SessionId(8)), "a token is for one session");
}

fn a_session_that_is_gone_is_not_found(store: &dyn Store) {
    commit(store, &[Record::Session(session(7, 1, LATE)), Record::Session(session(8, 2, LATE))]);
    let gone = [Record::SessionGone(SessionId(7)), Record::SessionGone(SessionId(404))];
    assert_eq!(commit(store, &gone), [Stored::Done, Stored::Done], "an unknown session is gone already");
    assert_eq!(find(store, 1, 0), None);
    assert!(find(store, 2, 0).is_some());
}

fn the_newest_txn_is_that_of_its_own_events(store: &dyn Store) {
    with_rooms(store, &[1, 2]);
    commit(store, &[Record::Session(session(7, 1, LATE)), sent(1, 6, 90, "a"), sent(1, 8, 91, "b"), said(1, "c")]);
    let newest = || find(store, 1, 0).expect("found").newest_txn;
    assert_eq!(newest(), Txn(0), "none of its own");
    commit(store, &[sent(1, 7, 3, "d"), sent(2, 7, 5, "e"), sent(1, 7, 4, "f")]);
    assert_eq!(newest(), Txn(5), "in any room, in any order");
    commit(store, &[Record::RoomGone(RoomId(2))]);
    assert_eq!(newest(), Txn(4));
}

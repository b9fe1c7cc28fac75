//! Under any batches the store on disk does what the store in memory does.

use papo_proto::words::{Record, SessionRecord, TokenHash};
use papo_proto::{Append, RoomId, Seq, SessionId, Txn};
use proptest::prelude::*;

use super::{folder, open};
use crate::conformance::{append, room, session};
use crate::{MemoryStore, Span, Store, StoreError};

/// Few rooms, sessions and txns, so that everything meets everything.
fn record() -> impl Strategy<Value = Record> {
    let ids = || 1..5_u64;
    prop_oneof![
        8 => (ids(), ids(), prop::option::of(1..12_u64), "[a-c]{0,40}").prop_map(|(room, session, txn, text)| {
            Record::Event(Append { session: SessionId(session), txn: txn.map(Txn), ..append(room, &text) })
        }),
        3 => ids().prop_map(|id| Record::Room(room(id, &format!("Sala{id}")))),
        1 => ids().prop_map(|id| Record::RoomGone(RoomId(id))),
        2 => (ids(), 1..7_u8, 1_900..2_100_u64).prop_map(|(id, token, ends_ms)| Record::Session(session(id, token, ends_ms))),
        1 => ids().prop_map(|id| Record::SessionGone(SessionId(id))),
        2 => (ids(), 1..12_u64).prop_map(|(session, txn)| Record::Recall { session: SessionId(session), txn: Txn(txn) }),
    ]
}

/// All that can be asked of a store.
fn answers(store: &dyn Store) -> Vec<String> {
    let mut reader = store.reader().expect("a reader");
    let mut answers = Vec::new();
    for room in 0..6 {
        for span in [Span::After(Seq(0)), Span::After(Seq(3)), Span::Before(Seq(u64::MAX)), Span::Before(Seq(4))] {
            for (limit, max_bytes) in [(100, 10_000), (2, 10_000), (100, 50)] {
                answers.push(format!("{:?}", reader.page(RoomId(room), span, limit, max_bytes).expect("read")));
            }
        }
    }
    for token in 0..8 {
        answers.push(format!("{:?}", reader.session(&TokenHash([token; 32]), 2_000).expect("read")));
    }
    answers
}

fn outcome<T: std::fmt::Debug>(result: &Result<T, StoreError>) -> String {
    format!("{result:?}")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn both_stores_answer_alike(batches in prop::collection::vec(prop::collection::vec(record(), 0..12), 1..12)) {
        let (folder, memory) = (folder(), MemoryStore::new(1 << 30));
        let disk = open(folder.path());
        for batch in &batches {
            prop_assert_eq!(outcome(&memory.commit(batch)), outcome(&disk.commit(batch)), "{:?}", batch);
        }
        prop_assert_eq!(answers(&memory), answers(&disk));
        drop(disk);
        prop_assert_eq!(answers(&memory), answers(&open(folder.path())), "after a restart");
    }
}

#[test]
fn nobody_is_forgotten_by_this_comparison() {
    // The suite's events are of 1,000 ms, so that no session above ends by them.
    let SessionRecord { ends_ms, .. } = session(1, 1, 1_900);
    assert!(append(1, "").at_ms < ends_ms);
}

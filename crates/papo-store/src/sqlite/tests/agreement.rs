//! Under any batches the store on disk does what the store in memory does.

use papo_proto::words::people::AccountRecord;
use papo_proto::words::{
    AccountId, LoginId, Person, Record, Redact, RedactWhat, Role, RoomKind, RoomRecord, SessionRecord, TokenHash, Whose,
};
use papo_proto::{Append, RoomId, RoomName, Seq, SessionId, Txn};
use proptest::prelude::*;

use super::{folder, open};
use crate::conformance::{account, act, append, grant, invite, login, read, redact, restriction, room, session};
use crate::{MemoryStore, Recovered, Span, Store, StoreError};

/// Few of everything, so that everything meets everything.
fn ids() -> std::ops::Range<u64> {
    1..5
}

fn person() -> impl Strategy<Value = Person> {
    prop_oneof![ids().prop_map(|id| Person::Account(AccountId(id))), ids().prop_map(|id| Person::Guest(SessionId(id))),]
}

/// The suite's events are of 1,000 ms: nothing ends by those.
fn ends() -> impl Strategy<Value = u64> {
    prop_oneof![1_900..2_100_u64, Just(u64::MAX)]
}

fn event() -> impl Strategy<Value = Record> {
    let parts = (ids(), ids(), prop::option::of(1..12_u64), person(), "[a-c]{0,40}");
    parts.prop_map(|(room, session, txn, person, text)| {
        let (session, txn) = (SessionId(session), txn.map(Txn));
        Record::Event(Append { session, txn, person, ..append(room, &text) })
    })
}

fn taken_back() -> impl Strategy<Value = Record> {
    let what = prop_oneof![
        (0..9_u64, person()).prop_map(|(seq, person)| RedactWhat::One(Seq(seq), Whose::Of(person))),
        (0..9_u64, prop::collection::vec(person(), 0..3))
            .prop_map(|(seq, spared)| RedactWhat::One(Seq(seq), Whose::NotOf(spared.into()))),
        person().prop_map(RedactWhat::Last),
        (person(), 999..1_002_u64).prop_map(|(person, since_ms)| RedactWhat::Of(person, since_ms)),
    ];
    (ids(), what, person(), any::<bool>()).prop_map(|(room, what, person, is_written)| {
        let audit = is_written.then(|| Box::new(act(Some(room), "redact")));
        Record::Redact(Redact { person, at_ms: 1_000, audit, ..redact(room, what) })
    })
}

fn room_now() -> impl Strategy<Value = Record> {
    let kind = prop_oneof![
        Just(RoomKind::Public),
        Just(RoomKind::Private),
        (person(), person()).prop_map(|(one, other)| RoomKind::Direct(one, other)),
    ];
    let parts = (ids(), kind, prop::option::of(person()), any::<bool>(), 0..9_u32, "[a-c]{0,3}");
    parts.prop_map(|(id, kind, owner, read_only, slow_seconds, topic)| {
        // A name never changes, and that of a conversation of two is no other room's.
        let (id, name) = match kind {
            RoomKind::Direct(..) => (id + 10, RoomName::direct()),
            RoomKind::Public | RoomKind::Private => (id, room(id, &format!("Sala{id}")).name),
        };
        Record::Room(RoomRecord { name, kind, owner, read_only, slow_seconds, topic: topic.into(), ..room(id, "x") })
    })
}

fn of_people() -> impl Strategy<Value = Record> {
    let role = || prop::option::of(prop_oneof![Just(Role::Member), Just(Role::Moderator), Just(Role::Owner)]);
    prop_oneof![
        (ids(), "[a-c]{1,3}", prop::collection::vec(ids(), 0..3)).prop_map(|(id, name, ignores)| {
            let ignores = ignores.into_iter().map(AccountId).collect();
            Record::Account(AccountRecord { ignores, ..account(id, &name) })
        }),
        (ids(), ids(), 1..5_u8, ends())
            .prop_map(|(id, of, token, ends_ms)| Record::Login(login(id, of, token, ends_ms))),
        ids().prop_map(|id| Record::LoginGone(LoginId(id))),
        (0..5_u64, person(), role()).prop_map(|(room, person, role)| Record::Grant(grant(room, person, role))),
        (0..5_u64, ids(), prop_oneof![Just(0), ends()])
            .prop_map(|(room, whom, until_ms)| Record::Restriction(restriction(room, whom, until_ms))),
        (1..5_u8, 0..3_u32, ends()).prop_map(|(token, uses, ends_ms)| Record::Invite(invite(token, uses, ends_ms))),
        (ids(), ids(), 0..9_u64).prop_map(|(room, account, seq)| Record::Read(read(room, account, seq))),
        (prop::option::of(ids()), "[a-c]{0,3}").prop_map(|(room, note)| Record::Audit(act(room, &note))),
        any::<bool>().prop_map(Record::Lockdown),
    ]
}

fn record() -> impl Strategy<Value = Record> {
    prop_oneof![
        8 => event(),
        3 => taken_back(),
        3 => room_now(),
        1 => prop_oneof![ids(), 11..15_u64].prop_map(|id| Record::RoomGone(RoomId(id))),
        2 => (ids(), 1..7_u8, 1_900..2_100_u64).prop_map(|(id, token, ends_ms)| Record::Session(session(id, token, ends_ms))),
        1 => ids().prop_map(|id| Record::SessionGone(SessionId(id))),
        2 => (ids(), 1..12_u64).prop_map(|(session, txn)| Record::Recall { session: SessionId(session), txn: Txn(txn) }),
        6 => of_people(),
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
    for room in [None, Some(1), Some(2)] {
        for limit in [2, 100] {
            answers.push(format!("{:?}", reader.audit(room.map(RoomId), limit).expect("read")));
        }
    }
    // How often a store was opened is its own affair.
    let recovered = Recovered { generation: 0, ..store.recover().expect("read") };
    answers.push(format!("{recovered:?}"));
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

//! What is taken back, and what is not.

use std::sync::Arc;

use papo_proto::words::{AccountId, Body, Person, Place, Record, Redact, RedactWhat, Stored, Whose};
use papo_proto::{Append, Event, RoomId, Seq, SessionId};

use super::people::audit;
use super::{Promise, act, append, commit, find, log, page, redact, said, sent, session, texts, with_rooms};
use crate::{Span, Store};

pub(super) const PROMISES: &[Promise] = &[
    a_message_is_replaced_and_an_event_says_so,
    only_what_is_meant_is_taken_back,
    the_newest_of_somebody_goes,
    all_of_somebody_since_a_time_goes,
    at_most_so_many_go_at_once,
    nothing_is_taken_back_twice,
    nothing_in_the_room_is_no_event,
    what_was_taken_back_is_written_down_with_it,
    a_batch_takes_back_what_it_has_said,
    a_command_that_was_taken_back_is_still_known,
    a_guest_is_not_the_account_by_the_same_number,
];

const ANA: Person = Person::Account(AccountId(70));
const GUEST: Person = Person::Guest(SessionId(70));

fn take(room: u64, what: RedactWhat) -> Record {
    Record::Redact(redact(room, what))
}

fn by(room: u64, person: Person, at_ms: u64, text: &str) -> Record {
    Record::Event(Append { person, at_ms, ..append(room, text) })
}

fn taken(at: u64, seqs: &[u64]) -> Stored {
    Stored::Redacted(Seq(at), seqs.iter().map(|seq| Seq(*seq)).collect())
}

fn bodies(events: &[Event]) -> Vec<String> {
    let body = |event: &Event| match &event.body {
        Body::Message(text) => text.to_string(),
        Body::Redacted => "-".to_owned(),
        Body::Redaction(seqs) => format!("{:?}", seqs.iter().map(|seq| seq.0).collect::<Vec<_>>()),
    };
    events.iter().map(body).collect()
}

fn a_message_is_replaced_and_an_event_says_so(store: &dyn Store) {
    with_rooms(store, &[1, 2]);
    commit(store, &[said(1, "a"), said(2, "other"), said(1, "b")]);
    let before = log(store, 1);
    assert_eq!(
        commit(store, &[take(1, RedactWhat::One(Seq(1), Whose::anybody())), said(1, "c")]),
        [taken(3, &[1]), Stored::Appended(Seq(4))]
    );
    let after = log(store, 1);
    assert_eq!(bodies(&after), ["-", "b", "[1]", "c"]);
    assert_eq!(after[0], Event { body: Body::Redacted, ..before[0].clone() }, "all else stays");
    let redact = redact(1, RedactWhat::One(Seq(1), Whose::anybody()));
    let expected = Event {
        seq: Seq(3),
        at_ms: redact.at_ms,
        session: redact.session,
        txn: None,
        person: redact.person,
        author: redact.author,
        body: Body::Redaction([Seq(1)].into()),
    };
    assert_eq!(after[2], expected);
    assert_eq!(bodies(&log(store, 2)), ["other"]);
    let first = page(store, 1, Span::After(Seq(0)), 2, 0);
    assert_eq!((first.first, first.head), (Seq(1), Seq(4)), "no seq is missing");
    let small = page(store, 1, Span::After(Seq(0)), 10, 1);
    assert_eq!(bodies(&small.events), ["-", "b"], "what is gone has no bytes");
}

fn only_what_is_meant_is_taken_back(store: &dyn Store) {
    with_rooms(store, &[1, 2]);
    commit(store, &[by(1, ANA, 1_000, "a"), by(1, GUEST, 1_000, "b"), said(2, "c")]);
    for (room, what, expected) in [
        (1, RedactWhat::One(Seq(1), Whose::Of(GUEST)), taken(0, &[])),
        (1, RedactWhat::One(Seq(1), Whose::NotOf(Arc::new([GUEST, ANA]))), taken(0, &[])),
        (1, RedactWhat::One(Seq(0), Whose::anybody()), taken(0, &[])),
        (1, RedactWhat::One(Seq(3), Whose::anybody()), taken(0, &[])),
        (1, RedactWhat::One(Seq(u64::MAX), Whose::anybody()), taken(0, &[])),
        (404, RedactWhat::One(Seq(1), Whose::anybody()), taken(0, &[])),
        (1, RedactWhat::One(Seq(2), Whose::Of(GUEST)), taken(3, &[2])),
        (1, RedactWhat::One(Seq(1), Whose::anybody()), taken(4, &[1])),
    ] {
        let told = format!("{what:?} in {room}");
        assert_eq!(commit(store, &[take(room, what)]), [expected], "{told}");
    }
    assert_eq!(bodies(&log(store, 1)), ["-", "-", "[2]", "[1]"]);
    assert_eq!(texts(&log(store, 2)), [(1, "c")]);
}

fn the_newest_of_somebody_goes(store: &dyn Store) {
    with_rooms(store, &[1]);
    commit(store, &[by(1, ANA, 1_000, "a"), by(1, ANA, 1_000, "b"), by(1, GUEST, 1_000, "c")]);
    let mine = || take(1, RedactWhat::Last(ANA));
    assert_eq!(commit(store, &[mine(), mine(), mine()]), [taken(4, &[2]), taken(5, &[1]), taken(0, &[])]);
    assert_eq!(bodies(&log(store, 1)), ["-", "-", "c", "[2]", "[1]"]);
}

fn all_of_somebody_since_a_time_goes(store: &dyn Store) {
    with_rooms(store, &[1]);
    let times = [(ANA, 100), (ANA, 300), (GUEST, 300), (ANA, 200), (ANA, 299)];
    let said = times.map(|(person, at_ms)| by(1, person, at_ms, "x"));
    commit(store, &said);
    // A time is never an order: what is older may stand after what is newer.
    assert_eq!(commit(store, &[take(1, RedactWhat::Of(ANA, 200))]), [taken(6, &[2, 4, 5])]);
    assert_eq!(bodies(&log(store, 1)), ["x", "-", "x", "-", "-", "[2, 4, 5]"]);
    assert_eq!(commit(store, &[take(1, RedactWhat::Of(ANA, 101))]), [taken(0, &[])]);
}

fn at_most_so_many_go_at_once(store: &dyn Store) {
    use papo_proto::limits::REDACT_MAX_EVENTS;
    with_rooms(store, &[1]);
    let said: Vec<_> = (0..REDACT_MAX_EVENTS + 2).map(|_| by(1, ANA, 1_000, "x")).collect();
    commit(store, &said);
    let stored = commit(store, &[take(1, RedactWhat::Of(ANA, 0)), take(1, RedactWhat::Of(ANA, 0))]);
    let newest: Vec<_> = (3..REDACT_MAX_EVENTS as u64 + 3).collect();
    assert_eq!(stored, [taken(REDACT_MAX_EVENTS as u64 + 3, &newest), taken(REDACT_MAX_EVENTS as u64 + 4, &[1, 2])]);
    let last = page(store, 1, Span::Before(Seq::MAX), 2, usize::MAX).events;
    assert!(matches!(&last[0].body, Body::Redaction(seqs) if seqs.len() == REDACT_MAX_EVENTS));
    let cut = page(store, 1, Span::Before(Seq::MAX), 2, 1_000).events;
    assert_eq!(bodies(&cut), ["[1, 2]"], "what says so has its length");
}

fn nothing_is_taken_back_twice(store: &dyn Store) {
    with_rooms(store, &[1]);
    commit(store, &[said(1, "a")]);
    let it = || take(1, RedactWhat::One(Seq(1), Whose::anybody()));
    assert_eq!(commit(store, &[it(), it()]), [taken(2, &[1]), taken(0, &[])]);
    let says_so = take(1, RedactWhat::One(Seq(2), Whose::anybody()));
    let of_bob = redact(1, RedactWhat::Last(ANA)).person;
    let bobs = [take(1, RedactWhat::Last(of_bob)), take(1, RedactWhat::Of(of_bob, 0))];
    assert_eq!(commit(store, &[says_so]), [taken(0, &[])], "what says so stays");
    assert_eq!(commit(store, &bobs), [taken(0, &[]), taken(0, &[])]);
    assert_eq!(bodies(&log(store, 1)), ["-", "[1]"]);
}

fn nothing_in_the_room_is_no_event(store: &dyn Store) {
    with_rooms(store, &[1]);
    let all = [RedactWhat::One(Seq(1), Whose::anybody()), RedactWhat::Last(ANA), RedactWhat::Of(ANA, 0)];
    assert_eq!(commit(store, &all.map(|what| take(1, what))), [taken(0, &[]), taken(0, &[]), taken(0, &[])]);
    assert_eq!(commit(store, &[said(1, "a")]), [Stored::Appended(Seq(1))]);
}

fn what_was_taken_back_is_written_down_with_it(store: &dyn Store) {
    with_rooms(store, &[1]);
    commit(store, &[said(1, "a"), said(1, "b")]);
    let take = |seq, note: &str| {
        let audit = Some(Box::new(act(Some(1), note)));
        Record::Redact(Redact { audit, ..redact(1, RedactWhat::One(Seq(seq), Whose::anybody())) })
    };
    commit(store, &[take(1, "first"), take(1, "nothing is left of it"), take(9, "never was"), take(2, "second")]);
    assert_eq!(audit(store, Some(1), 9), [act(Some(1), "first"), act(Some(1), "second")]);
    assert!(store.commit(&[said(1, "c"), take(5, "third"), said(404, "d")]).is_err());
    assert_eq!(audit(store, Some(1), 9).len(), 2, "all or nothing");
}

fn a_batch_takes_back_what_it_has_said(store: &dyn Store) {
    with_rooms(store, &[1]);
    let batch = [by(1, ANA, 1_000, "a"), take(1, RedactWhat::Last(ANA)), by(1, ANA, 1_000, "b")];
    assert_eq!(commit(store, &batch), [Stored::Appended(Seq(1)), taken(2, &[1]), Stored::Appended(Seq(3))]);
    assert_eq!(bodies(&log(store, 1)), ["-", "[1]", "b"]);
    let failed = [take(1, RedactWhat::Last(ANA)), said(404, "c")];
    assert!(store.commit(&failed).is_err());
    assert_eq!(bodies(&log(store, 1)), ["-", "[1]", "b"], "all or nothing");
    assert_eq!(commit(store, &[said(1, "d")]), [Stored::Appended(Seq(4))]);
}

fn a_command_that_was_taken_back_is_still_known(store: &dyn Store) {
    with_rooms(store, &[1]);
    commit(store, &[Record::Session(session(7, 1, 1 << 40)), sent(1, 7, 5, "a")]);
    let again = sent(1, 7, 5, "a");
    let repeated = Stored::Repeated(Place { room: RoomId(1), seq: Seq(1), at_ms: 1_000 });
    assert_eq!(commit(store, &[take(1, RedactWhat::One(Seq(1), Whose::anybody())), again]), [taken(2, &[1]), repeated]);
    assert_eq!(find(store, 1, 0).expect("found").newest_txn.0, 5);
}

fn a_guest_is_not_the_account_by_the_same_number(store: &dyn Store) {
    with_rooms(store, &[1]);
    commit(store, &[by(1, ANA, 1_000, "a"), by(1, GUEST, 1_000, "b")]);
    let (anas, guests) = (take(1, RedactWhat::Of(ANA, 0)), take(1, RedactWhat::Of(GUEST, 0)));
    assert_eq!(commit(store, &[anas, guests]), [taken(3, &[1]), taken(4, &[2])]);
}

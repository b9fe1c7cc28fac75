//! The checker: what a store must have after anything has happened to it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use papo_proto::{RoomId, Seq};

/// What a store has: the events of each room in the order in which they are read.
pub(crate) type Logs = BTreeMap<RoomId, Vec<(Seq, Arc<str>)>>;

/// An event that its sender was told is stored. Texts are unique.
pub(crate) struct Acknowledged {
    pub(crate) room: RoomId,
    pub(crate) seq: Seq,
    pub(crate) text: Arc<str>,
}

/// What was done with a store.
#[derive(Default)]
pub(crate) struct History {
    submitted: BTreeSet<(RoomId, Arc<str>)>,
    acknowledged: Vec<Acknowledged>,
}

/// How a store breaks its promise.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// An acknowledged event is not where it was acknowledged to be.
    Lost(RoomId, Seq),
    /// An event is there more than once.
    Duplicated(RoomId, Seq),
    /// The seq is not the one after that of the event before.
    Gap(RoomId, Seq),
    /// Nobody has sent this to this room.
    Invented(RoomId, Seq),
}

impl History {
    pub(crate) fn submit(&mut self, events: impl Iterator<Item = (RoomId, Arc<str>)>) {
        self.submitted.extend(events);
    }

    pub(crate) fn acknowledge(&mut self, event: Acknowledged) {
        self.acknowledged.push(event);
    }

    /// All that is wrong with the logs. What was submitted and not acknowledged may be there or not.
    pub(crate) fn check(&self, logs: &Logs) -> Vec<Fault> {
        let mut faults = Vec::new();
        let mut seen = BTreeSet::new();
        for (room, log) in logs {
            let mut expected = Seq(1);
            for (seq, text) in log {
                if *seq != expected {
                    faults.push(Fault::Gap(*room, *seq));
                }
                expected = seq.next();
                if !self.submitted.contains(&(*room, text.clone())) {
                    faults.push(Fault::Invented(*room, *seq));
                }
                if !seen.insert(text) {
                    faults.push(Fault::Duplicated(*room, *seq));
                }
            }
        }
        for event in &self.acknowledged {
            let is_it = |(seq, text): &(Seq, Arc<str>)| *seq == event.seq && *text == event.text;
            if !logs.get(&event.room).is_some_and(|log| log.iter().any(is_it)) {
                faults.push(Fault::Lost(event.room, event.seq));
            }
        }
        faults
    }
}

/// Three events were sent to room 1 and one to room 2; all but "c" were acknowledged.
#[cfg(test)]
fn check(logs: &[(u64, &[(u64, &str)])]) -> Vec<Fault> {
    let mut history = History::default();
    let submitted = [(1, "a"), (1, "b"), (1, "c"), (2, "d")];
    history.submit(submitted.into_iter().map(|(room, text)| (RoomId(room), text.into())));
    for (room, seq, text) in [(1, 1, "a"), (1, 2, "b"), (2, 1, "d")] {
        history.acknowledge(Acknowledged { room: RoomId(room), seq: Seq(seq), text: text.into() });
    }
    let events = |log: &[(u64, &str)]| log.iter().map(|(seq, text)| (Seq(*seq), Arc::from(*text))).collect();
    history.check(&logs.iter().map(|(room, log)| (RoomId(*room), events(log))).collect())
}

#[test]
fn a_true_history_has_no_faults() {
    assert_eq!(check(&[(1, &[(1, "a"), (2, "b")]), (2, &[(1, "d")])]), []);
    assert_eq!(check(&[(1, &[(1, "a"), (2, "b"), (3, "c")]), (2, &[(1, "d")]), (3, &[])]), [], "c may be there");
}

#[test]
fn every_broken_history_is_found() {
    let (one, two) = (RoomId(1), RoomId(2));
    for (name, logs, expected) in [
        ("lost at the end", &[(1, &[(1, "a")][..]), (2, &[(1, "d")])][..], vec![Fault::Lost(one, Seq(2))]),
        (
            "lost in the middle",
            &[(1, &[(1, "b")]), (2, &[(1, "d")])],
            vec![Fault::Lost(one, Seq(1)), Fault::Lost(one, Seq(2))],
        ),
        ("a room lost", &[(1, &[(1, "a"), (2, "b")])], vec![Fault::Lost(two, Seq(1))]),
        ("twice", &[(1, &[(1, "a"), (2, "b"), (3, "b")]), (2, &[(1, "d")])], vec![Fault::Duplicated(one, Seq(3))]),
        ("a gap", &[(1, &[(1, "a"), (2, "b"), (4, "c")]), (2, &[(1, "d")])], vec![Fault::Gap(one, Seq(4))]),
        ("invented", &[(1, &[(1, "a"), (2, "b")]), (2, &[(1, "d"), (2, "z")])], vec![Fault::Invented(two, Seq(2))]),
        (
            "in another room",
            &[(1, &[(1, "a"), (2, "b")]), (2, &[(1, "d"), (2, "c")])],
            vec![Fault::Invented(two, Seq(2))],
        ),
        (
            "in another order",
            &[(1, &[(1, "b"), (2, "a")]), (2, &[(1, "d")])],
            vec![Fault::Lost(one, Seq(1)), Fault::Lost(one, Seq(2))],
        ),
    ] {
        assert_eq!(check(logs), expected, "{name}");
    }
}

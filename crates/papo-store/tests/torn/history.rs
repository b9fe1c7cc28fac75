//! The checker: what a store must have after anything has happened to it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use papo_proto::words::Body;
use papo_proto::{RoomId, Seq};

/// What a store has: the events of each room in the order in which they are read.
pub(crate) type Logs = BTreeMap<RoomId, Vec<(Seq, Body)>>;

/// An event that its sender was told is stored. Texts are unique.
pub(crate) struct Acknowledged {
    pub(crate) room: RoomId,
    pub(crate) seq: Seq,
    pub(crate) body: Body,
}

/// What was done with a store.
#[derive(Default)]
pub(crate) struct History {
    submitted: BTreeSet<(RoomId, Arc<str>)>,
    /// Messages that may be taken back, since somebody wanted it.
    unwanted: BTreeSet<(RoomId, Seq)>,
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
    /// Nobody has sent this to this room, or wanted it to be taken back.
    Invented(RoomId, Seq),
    /// An event says that it was taken back, and it is there.
    Kept(RoomId, Seq),
}

impl History {
    pub(crate) fn submit(&mut self, events: impl Iterator<Item = (RoomId, Arc<str>)>) {
        self.submitted.extend(events);
    }

    pub(crate) fn take_back(&mut self, room: RoomId, seq: Seq) {
        self.unwanted.insert((room, seq));
    }

    pub(crate) fn acknowledge(&mut self, event: Acknowledged) {
        self.acknowledged.push(event);
    }

    /// Where the acknowledged messages are that nobody wants to take back.
    pub(crate) fn wanted(&self) -> Vec<(RoomId, Seq)> {
        let messages = self.acknowledged.iter().filter(|event| event.body.text().is_some());
        let places = messages.map(|event| (event.room, event.seq));
        places.filter(|place| !self.unwanted.contains(place)).collect()
    }

    /// All that is wrong with the logs. What was submitted and not acknowledged may be there or not.
    pub(crate) fn check(&self, logs: &Logs) -> Vec<Fault> {
        let mut faults = Vec::new();
        let mut seen = BTreeSet::new();
        for (room, log) in logs {
            let mut expected = Seq(1);
            for (seq, body) in log {
                if *seq != expected {
                    faults.push(Fault::Gap(*room, *seq));
                }
                expected = seq.next();
                let is_unwanted = |seq: &Seq| self.unwanted.contains(&(*room, *seq));
                let is_known = match body {
                    Body::Message(text) => self.submitted.contains(&(*room, text.clone())),
                    Body::Redacted => is_unwanted(seq),
                    Body::Redaction(seqs) => seqs.iter().all(is_unwanted),
                };
                if !is_known {
                    faults.push(Fault::Invented(*room, *seq));
                }
                if body.text().is_some_and(|text| !seen.insert(text)) {
                    faults.push(Fault::Duplicated(*room, *seq));
                }
                if let Body::Redaction(seqs) = body {
                    let is_there = |seq: &&Seq| log.iter().any(|(at, body)| at == *seq && body.text().is_some());
                    faults.extend(seqs.iter().filter(is_there).map(|seq| Fault::Kept(*room, *seq)));
                }
            }
        }
        for event in &self.acknowledged {
            let may_be_gone = event.body.text().is_some() && self.unwanted.contains(&(event.room, event.seq));
            let is_it = |(seq, body): &(Seq, Body)| {
                *seq == event.seq && (*body == event.body || (may_be_gone && *body == Body::Redacted))
            };
            if !logs.get(&event.room).is_some_and(|log| log.iter().any(is_it)) {
                faults.push(Fault::Lost(event.room, event.seq));
            }
        }
        faults
    }
}

/// Three events were sent to room 1 and one to room 2; all but "c" were acknowledged. Then "a" was to be
/// taken back, which nobody was told of.
#[cfg(test)]
fn check(logs: &[(u64, &[(u64, &str)])]) -> Vec<Fault> {
    let mut history = History::default();
    let submitted = [(1, "a"), (1, "b"), (1, "c"), (2, "d")];
    history.submit(submitted.into_iter().map(|(room, text)| (RoomId(room), text.into())));
    for (room, seq, text) in [(1, 1, "a"), (1, 2, "b"), (2, 1, "d")] {
        history.acknowledge(Acknowledged { room: RoomId(room), seq: Seq(seq), body: body(text) });
    }
    history.take_back(RoomId(1), Seq(1));
    let events = |log: &[(u64, &str)]| log.iter().map(|(seq, text)| (Seq(*seq), body(text))).collect();
    history.check(&logs.iter().map(|(room, log)| (RoomId(*room), events(log))).collect())
}

/// A message; "-" was taken back, and "-1" says so of the first.
#[cfg(test)]
fn body(text: &str) -> Body {
    match text {
        "-" => Body::Redacted,
        "-1" => Body::Redaction([Seq(1)].into()),
        "-2" => Body::Redaction([Seq(2)].into()),
        _ => Body::Message(text.into()),
    }
}

#[test]
fn a_true_history_has_no_faults() {
    assert_eq!(check(&[(1, &[(1, "a"), (2, "b")]), (2, &[(1, "d")])]), []);
    assert_eq!(check(&[(1, &[(1, "a"), (2, "b"), (3, "c")]), (2, &[(1, "d")]), (3, &[])]), [], "c may be there");
    assert_eq!(check(&[(1, &[(1, "-"), (2, "b"), (3, "-1")]), (2, &[(1, "d")])]), [], "and so may a not be");
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
        (
            "never taken back",
            &[(1, &[(1, "a"), (2, "b"), (3, "-1")]), (2, &[(1, "d")])],
            vec![Fault::Kept(one, Seq(1))],
        ),
        (
            "nobody wanted it",
            &[(1, &[(1, "a"), (2, "-"), (3, "-2")]), (2, &[(1, "d")])],
            vec![Fault::Invented(one, Seq(2)), Fault::Invented(one, Seq(3)), Fault::Lost(one, Seq(2))],
        ),
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

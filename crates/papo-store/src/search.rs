//! Which messages of a log are taken back: the same for every store.

use std::ops::ControlFlow;

use papo_proto::limits::{REDACT_MAX_EVENTS, SEARCH_MAX_BYTES, SEARCH_MAX_EVENTS};
use papo_proto::words::{Body, Person, RedactWhat};
use papo_proto::{Event, Seq};

/// What the search must know of an event.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seen {
    pub(crate) seq: Seq,
    pub(crate) at_ms: u64,
    pub(crate) person: Person,
    /// The length of its text; none for what cannot be taken back.
    pub(crate) text_bytes: Option<usize>,
}

impl Seen {
    pub(crate) fn of(event: &Event) -> Self {
        let text_bytes = event.body.text().map(|text| text.len());
        Self { seq: event.seq, at_ms: event.at_ms, person: event.person, text_bytes }
    }
}

/// Is shown the events of a log, from the newest on, or the one that is meant.
#[derive(Debug)]
pub(crate) struct Search {
    what: RedactWhat,
    found: Vec<Seq>,
    events: usize,
    bytes: usize,
}

impl Search {
    pub(crate) fn new(what: RedactWhat) -> Self {
        Self { what, found: Vec::new(), events: 0, bytes: 0 }
    }

    /// The only event that can be meant, if there is only one.
    pub(crate) fn only(&self) -> Option<Seq> {
        match &self.what {
            RedactWhat::One(seq, _) => Some(*seq),
            RedactWhat::Last(_) | RedactWhat::Of(..) => None,
        }
    }

    /// Whether there is more to look at.
    pub(crate) fn look(&mut self, event: Seen) -> ControlFlow<()> {
        let (is_meant, enough) = match &self.what {
            RedactWhat::One(seq, whose) => (event.seq == *seq && whose.means(event.person), 1),
            RedactWhat::Last(person) => (event.person == *person, 1),
            RedactWhat::Of(person, since_ms) => {
                (event.person == *person && event.at_ms >= *since_ms, REDACT_MAX_EVENTS)
            }
        };
        if is_meant && event.text_bytes.is_some() {
            self.found.push(event.seq);
        }
        self.events += 1;
        self.bytes += event.text_bytes.unwrap_or(0);
        if self.found.len() >= enough || self.events >= SEARCH_MAX_EVENTS || self.bytes >= SEARCH_MAX_BYTES {
            return ControlFlow::Break(());
        }
        ControlFlow::Continue(())
    }

    /// What is taken back, in the order of seq.
    pub(crate) fn found(mut self) -> Vec<Seq> {
        self.found.reverse();
        self.found
    }
}

/// What an event weighs in a page: about the bytes of what it tells.
pub(crate) fn weight(body: &Body) -> usize {
    match body {
        Body::Message(text) => text.len(),
        Body::Redacted => 0,
        Body::Redaction(seqs) => seqs.len() * size_of::<Seq>(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANA: Person = Person::NOBODY;

    fn found(what: RedactWhat, log: impl Iterator<Item = Seen>) -> (usize, Vec<u64>) {
        let mut search = Search::new(what);
        let mut looked = 0;
        for event in log {
            looked += 1;
            if search.look(event).is_break() {
                break;
            }
        }
        (looked, search.found().into_iter().map(|seq| seq.0).collect())
    }

    fn event(seq: u64, text_bytes: Option<usize>) -> Seen {
        Seen { seq: Seq(seq), at_ms: seq, person: ANA, text_bytes }
    }

    #[test]
    fn a_search_ends_when_it_has_all_or_takes_too_long() {
        let log = |text_bytes| (1..=30_000).rev().map(move |seq| event(seq, text_bytes));
        assert_eq!(found(RedactWhat::Last(ANA), log(Some(3))), (1, vec![30_000]));
        let (looked, all) = found(RedactWhat::Of(ANA, 0), log(Some(3)));
        assert_eq!((looked, all.len(), all.is_sorted()), (REDACT_MAX_EVENTS, REDACT_MAX_EVENTS, true));
        assert_eq!(found(RedactWhat::Of(ANA, 29_999), log(Some(3))), (SEARCH_MAX_EVENTS, vec![29_999, 30_000]));
        assert_eq!(found(RedactWhat::Last(ANA), log(None)), (SEARCH_MAX_EVENTS, vec![]), "nothing to take back");
        let (looked, _) = found(RedactWhat::Of(ANA, u64::MAX), log(Some(64 * 1024)));
        assert_eq!(looked, SEARCH_MAX_BYTES / (64 * 1024), "long ones");
    }
}

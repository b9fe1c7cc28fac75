//! What was acknowledged to be changed is changed for good; what was rejected is not.
//!
//! What people do to a server – ban somebody, end a login, take a message back – is a value of something
//! that has a name: of "ban of Bob", "banned" or "free". Whoever does it writes down each [`Deed`] in order,
//! and what is seen when it is looked at. A deed without an answer may have been done or not, but once it
//! was looked at it stays so: between the two the server has died.

use std::collections::BTreeMap;

use super::Fault;

/// What came of a deed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Came {
    /// It was acknowledged.
    Done,
    /// It was rejected.
    Rejected,
    /// It was not answered.
    Unknown,
}

/// A line of the journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deed {
    /// Something was to have this value from now on.
    Did(String, String, Came),
    /// It was looked at, and has this value.
    Saw(String, String),
}

/// What something may be.
#[derive(Default)]
struct Known<'a> {
    /// Its value, and those of deeds that were not answered.
    may_be: Vec<&'a str>,
    /// Values that it was not given.
    rejected: Vec<&'a str>,
}

/// Everything that was seen and cannot be so.
pub fn check(journal: &[Deed]) -> Vec<Fault> {
    let mut all: BTreeMap<&str, Known<'_>> = BTreeMap::new();
    let mut faults = Vec::new();
    for deed in journal {
        match deed {
            Deed::Did(what, value, came) => all.entry(what).or_default().is_done(value, *came),
            Deed::Saw(what, value) => {
                let known = all.entry(what).or_default();
                let is_rejected = known.rejected.contains(&value.as_str());
                if !known.may_be.contains(&value.as_str()) && (is_rejected || !known.may_be.is_empty()) {
                    let fault = if is_rejected { Fault::Rejected } else { Fault::Undone };
                    faults.push(fault(what.clone(), value.clone()));
                }
                known.is(value);
            }
        }
    }
    faults
}

impl<'a> Known<'a> {
    fn is_done(&mut self, value: &'a str, came: Came) {
        match came {
            Came::Done => self.is(value),
            Came::Unknown => self.may_be.push(value),
            Came::Rejected => self.rejected.push(value),
        }
    }

    fn is(&mut self, value: &'a str) {
        self.may_be = vec![value];
        self.rejected.retain(|rejected| *rejected != value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_acknowledged_holds_and_what_was_rejected_does_not() {
        let did = |value: &str, came| Deed::Did("ban of Bob".into(), value.into(), came);
        let (done, lost) = (|value| did(value, Came::Done), |value| did(value, Came::Unknown));
        let no = |value| did(value, Came::Rejected);
        let saw = |value: &str| Deed::Saw("ban of Bob".into(), value.into());
        let undone = |value: &str| Fault::Undone("ban of Bob".into(), value.into());
        let rejected = |value: &str| Fault::Rejected("ban of Bob".into(), value.into());
        for (name, journal, expected) in [
            ("it holds", vec![done("banned"), saw("banned")], vec![]),
            ("the last one holds", vec![done("banned"), done("free"), saw("free")], vec![]),
            ("what was never said is as it is", vec![saw("free"), saw("free")], vec![]),
            ("it is gone", vec![done("banned"), saw("free")], vec![undone("free")]),
            ("it is gone later", vec![done("banned"), saw("banned"), saw("free")], vec![undone("free")]),
            ("an older one is back", vec![done("banned"), done("free"), saw("banned")], vec![undone("banned")]),
            ("no answer, and done", vec![saw("free"), lost("banned"), saw("banned")], vec![]),
            ("no answer, and not done", vec![saw("free"), lost("banned"), saw("free")], vec![]),
            (
                "first not done, and then done",
                vec![saw("free"), lost("banned"), saw("free"), saw("banned")],
                vec![undone("banned")],
            ),
            (
                "first done, and then not",
                vec![saw("free"), lost("banned"), saw("banned"), saw("free")],
                vec![undone("free")],
            ),
            ("an answer settles it", vec![lost("banned"), done("free"), saw("banned")], vec![undone("banned")]),
            ("rejected, and so it is", vec![done("free"), no("banned"), saw("free")], vec![]),
            ("rejected, and done", vec![done("free"), no("banned"), saw("banned")], vec![rejected("banned")]),
            ("rejected, but done before", vec![done("banned"), no("banned"), saw("banned")], vec![]),
            ("rejected, and done later", vec![no("banned"), done("banned"), saw("banned")], vec![]),
            ("rejected, before anything is known", vec![no("banned"), saw("banned")], vec![rejected("banned")]),
        ] {
            assert_eq!(check(&journal), expected, "{name}");
        }
    }

    #[test]
    fn things_are_told_apart_by_their_names() {
        let journal = [
            Deed::Did("topic of a".into(), "x".into(), Came::Done),
            Deed::Did("topic of b".into(), "y".into(), Came::Done),
            Deed::Saw("topic of a".into(), "y".into()),
        ];
        assert_eq!(check(&journal), [Fault::Undone("topic of a".into(), "y".into())]);
    }
}

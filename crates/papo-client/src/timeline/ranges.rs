//! Sets of seqs as ranges: what is known of a log comes in runs.

use std::collections::BTreeMap;

/// A set of seqs. Neighbouring ranges are joined, so it is as small as what it holds is whole.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Ranges {
    /// First → last, both in it.
    runs: BTreeMap<u64, u64>,
}

impl Ranges {
    /// Adds `from..=to`; an empty range adds nothing.
    pub(super) fn add(&mut self, from: u64, to: u64) {
        if from > to {
            return;
        }
        let (mut from, mut to) = (from, to);
        // Every run that overlaps or touches becomes part of this one; the last of them begins
        // nearest to `to`, so walking down from there ends at the first that does not.
        while let Some((&first, &last)) = self.runs.range(..=to.saturating_add(1)).next_back() {
            if last.saturating_add(1) < from {
                break;
            }
            self.runs.remove(&first);
            from = from.min(first);
            to = to.max(last);
        }
        self.runs.insert(from, to);
    }

    /// Forgets everything up to `to`, `to` included.
    pub(super) fn forget_to(&mut self, to: u64) {
        while let Some((&first, &last)) = self.runs.first_key_value().filter(|(first, _)| **first <= to) {
            self.runs.remove(&first);
            if last > to {
                self.runs.insert(to + 1, last);
            }
        }
    }

    /// The last seq of the run that `from` is in; `None` when it is in none.
    pub(super) fn run_from(&self, from: u64) -> Option<u64> {
        self.runs.range(..=from).next_back().map(|(_, &last)| last).filter(|&last| last >= from)
    }

    /// What is not in the set between `from` and `to`, both included, in order.
    pub(super) fn holes(&self, from: u64, to: u64) -> impl Iterator<Item = (u64, u64)> + '_ {
        let mut at = from;
        let begin = self.runs.range(..=from).next_back().map_or(from, |(&first, _)| first);
        let mut runs = self.runs.range(begin..);
        std::iter::from_fn(move || {
            while at <= to {
                let (first, last) = runs.next().map_or((u64::MAX, u64::MAX), |(&first, &last)| (first, last));
                let from = at;
                at = at.max(last.saturating_add(1));
                if from < first {
                    return Some((from, to.min(first - 1)));
                }
            }
            None
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn it_is_the_set_of_what_was_added(
            added in prop::collection::vec((1_u64..40, 0_u64..6, any::<bool>()), 0..20),
            from in 1_u64..40,
            length in 0_u64..30,
        ) {
            let (mut ranges, mut model) = (Ranges::default(), std::collections::BTreeSet::new());
            for (start, length, forget) in added {
                if forget {
                    ranges.forget_to(start);
                    model.retain(|&seq| seq > start);
                } else {
                    ranges.add(start, start + length);
                    model.extend(start..=start + length);
                }
            }
            let to = from + length;
            let holes: Vec<u64> = ranges.holes(from, to).flat_map(|(first, last)| first..=last).collect();
            let expected: Vec<u64> = (from..=to).filter(|seq| !model.contains(seq)).collect();
            prop_assert_eq!(holes, expected);
            let run = (from..100).take_while(|seq| model.contains(seq)).last();
            prop_assert_eq!(ranges.run_from(from), run);
        }
    }
}

//! Each post and its one answer: nothing twice, nothing missing, and no seq left out in any room.

use std::collections::BTreeMap;

use crate::programs::FIRST_TXN;

/// What should not be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wrong {
    /// Posts that were never answered.
    pub missing: u64,
    /// Answers to a post that had one already, or that nobody made.
    pub surplus: u64,
    /// Posts that were refused, by the code.
    pub rejects: BTreeMap<u16, u64>,
    /// Seqs below the highest of their room that nobody was told.
    pub gaps: u64,
    /// Places that two posts were told.
    pub shared: u64,
}

/// A post that was answered has no time any more.
const ANSWERED: u64 = u64::MAX;

/// All posts of a run.
#[derive(Debug)]
pub(super) struct Ledger {
    /// For each sender its room, and when each of its posts was due.
    senders: Vec<Sender>,
    /// For each room its head at the beginning, and the seqs that were told.
    rooms: BTreeMap<u64, (u64, Vec<u64>)>,
    acknowledged: u64,
    answered: u64,
    surplus: u64,
    rejects: BTreeMap<u16, u64>,
}

#[derive(Debug)]
struct Sender {
    room: u64,
    due: Vec<u64>,
    answered: usize,
}

impl Ledger {
    /// For each sender its room, and that room's head.
    pub(super) fn new(senders: Vec<(u64, u64)>) -> Self {
        let mut rooms: BTreeMap<u64, (u64, Vec<u64>)> = BTreeMap::new();
        for (room, head) in &senders {
            let known = rooms.entry(*room).or_insert((*head, Vec::new()));
            known.0 = known.0.max(*head);
        }
        let senders = senders.into_iter().map(|(room, _)| Sender { room, due: Vec::new(), answered: 0 }).collect();
        Self { senders, rooms, acknowledged: 0, answered: 0, surplus: 0, rejects: BTreeMap::new() }
    }

    /// A sender's next post: its number and its room.
    pub(super) fn post(&mut self, sender: usize, due: u64) -> (u64, u64) {
        let sender = &mut self.senders[sender];
        sender.due.push(due);
        (FIRST_TXN + sender.due.len() as u64 - 1, sender.room)
    }

    pub(super) fn outstanding(&self, sender: usize) -> usize {
        self.senders[sender].due.len() - self.senders[sender].answered
    }

    /// A post is stored. Returns when it was due, the first time.
    pub(super) fn acknowledge(&mut self, sender: usize, txn: u64, room: u64, seq: u64) -> Option<u64> {
        let due = self.answer(sender, txn)?;
        self.acknowledged += 1;
        match self.rooms.get_mut(&room) {
            Some((_, seqs)) => seqs.push(seq),
            None => self.surplus += 1,
        }
        Some(due)
    }

    /// A post is refused: that is no latency.
    pub(super) fn reject(&mut self, sender: usize, txn: u64, code: u16) -> Option<u64> {
        self.answer(sender, txn)?;
        *self.rejects.entry(code).or_default() += 1;
        None
    }

    fn answer(&mut self, sender: usize, txn: u64) -> Option<u64> {
        let sender = &mut self.senders[sender];
        let post = txn.checked_sub(FIRST_TXN).and_then(|at| sender.due.get_mut(at as usize));
        let Some(due) = post.filter(|due| **due != ANSWERED) else {
            self.surplus += 1;
            return None;
        };
        sender.answered += 1;
        self.answered += 1;
        Some(std::mem::replace(due, ANSWERED))
    }

    pub(super) fn posted(&self) -> u64 {
        self.senders.iter().map(|sender| sender.due.len() as u64).sum()
    }

    pub(super) fn acknowledged(&self) -> u64 {
        self.acknowledged
    }

    pub(super) fn is_waiting(&self) -> bool {
        self.answered < self.posted()
    }

    /// What should not be, at the end.
    pub(super) fn wrong(&self) -> Wrong {
        let (mut gaps, mut shared) = (0, 0);
        for (head, seqs) in self.rooms.values() {
            let mut seqs = seqs.clone();
            seqs.sort_unstable();
            let told = seqs.len();
            seqs.dedup();
            shared += (told - seqs.len()) as u64;
            gaps += seqs.last().map_or(0, |last| last.saturating_sub(*head).abs_diff(seqs.len() as u64));
        }
        let (missing, surplus) = (self.posted() - self.answered, self.surplus);
        Wrong { missing, surplus, rejects: self.rejects.clone(), gaps, shared }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two senders in one room whose head is 10 make two posts each; these answers come.
    fn check(answers: &[(usize, u64, u64)], expected: &Wrong) {
        let mut ledger = Ledger::new(vec![(5, 10), (5, 10)]);
        for (sender, due) in [(0, 1), (1, 2), (0, 3), (1, 4)] {
            ledger.post(sender, due);
        }
        for &(sender, txn, seq) in answers {
            ledger.acknowledge(sender, txn, 5, seq);
        }
        assert_eq!(ledger.wrong(), *expected, "{answers:?}");
    }

    #[test]
    fn each_fault_is_counted_as_what_it_is() {
        let none = Wrong::default;
        check(&[(0, 3, 11), (1, 3, 12), (1, 4, 13), (0, 4, 14)], &none());
        check(&[(0, 3, 11), (1, 3, 12), (1, 4, 13)], &Wrong { missing: 1, ..none() });
        check(&[(0, 3, 11), (0, 3, 11), (1, 3, 12), (1, 4, 13), (0, 4, 14)], &Wrong { surplus: 1, ..none() });
        check(&[(0, 3, 11), (1, 3, 12), (1, 4, 14), (0, 4, 15)], &Wrong { gaps: 1, ..none() });
        check(&[(0, 3, 11), (1, 3, 12), (1, 4, 12), (0, 4, 13)], &Wrong { shared: 1, ..none() });
        check(&[(0, 3, 11), (1, 3, 12), (1, 4, 13), (0, 4, 14), (0, 5, 15)], &Wrong { surplus: 1, ..none() });
    }

    #[test]
    fn a_reject_is_an_answer_and_no_acknowledgement() {
        let mut ledger = Ledger::new(vec![(5, 0)]);
        let (txn, room) = ledger.post(0, 1);
        assert_eq!((txn, room, ledger.outstanding(0), ledger.is_waiting()), (FIRST_TXN, 5, 1, true));
        assert_eq!(ledger.reject(0, txn, 5001), None);
        assert_eq!((ledger.outstanding(0), ledger.is_waiting(), ledger.acknowledged()), (0, false, 0));
        assert_eq!(ledger.wrong().rejects, BTreeMap::from([(5001, 1)]));
    }
}

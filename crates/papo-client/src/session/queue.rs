//! Commands that are not answered yet, in the order of their txns.

use std::collections::VecDeque;
use std::time::Instant;

use papo_proto::papo1::ClientFrame;

use super::want::Want;

/// A command on its way.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) txn: u64,
    pub(super) want: Want,
    /// How often the server has put it off.
    pub(super) put_off: u32,
    /// It is on this line.
    sent: bool,
    /// It was on some line of this session.
    pub(super) written: bool,
    not_before: Option<Instant>,
}

/// The commands. The owner stops taking more when it is full.
#[derive(Debug)]
pub(super) struct Queue {
    entries: VecDeque<Entry>,
    max: usize,
}

impl Queue {
    pub(super) fn new(max: usize) -> Self {
        Self { entries: VecDeque::new(), max }
    }

    pub(super) fn has_room(&self) -> bool {
        self.entries.len() < self.max
    }

    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(super) fn push(&mut self, txn: u64, want: Want) {
        self.entries.push_back(Entry { txn, want, put_off: 0, sent: false, written: false, not_before: None });
    }

    /// The next frame for this line, if there is one by now.
    pub(super) fn next(&mut self, now: Instant) -> Option<ClientFrame> {
        let mut posts_wait = false;
        for (at, entry) in self.entries.iter_mut().enumerate() {
            if entry.sent {
                continue;
            }
            // Posts keep their order: none overtakes one that was put off.
            let waits = entry.not_before.is_some_and(|time| time > now) || entry.want.is_post() && posts_wait;
            // The farewell ends the session, so it waits until nothing else is open.
            if waits || entry.want == Want::Bye && at > 0 {
                posts_wait |= entry.want.is_post();
                continue;
            }
            (entry.sent, entry.written) = (true, true);
            return Some(entry.want.frame(entry.txn));
        }
        None
    }

    /// The next time at which something may be sent that may not be now.
    pub(super) fn next_time(&self) -> Option<Instant> {
        let mut posts_wait = false;
        let unsent = self.entries.iter().enumerate().filter(|(_, entry)| !entry.sent);
        let next = unsent.filter(|(at, entry)| match entry.want {
            // A post waits for the first of them as well.
            Want::Post { .. } => !std::mem::replace(&mut posts_wait, true),
            Want::Bye => *at == 0,
            _ => true,
        });
        next.filter_map(|(_, entry)| entry.not_before).min()
    }

    /// The command is answered.
    pub(super) fn take(&mut self, txn: u64) -> Option<Entry> {
        let at = self.entries.binary_search_by_key(&txn, |entry| entry.txn).ok()?;
        self.entries.remove(at)
    }

    /// The command is to be sent again, not before this time.
    pub(super) fn put_off(&mut self, mut entry: Entry, until: Instant) {
        (entry.sent, entry.not_before) = (false, Some(until));
        entry.put_off += 1;
        let at = self.entries.partition_point(|other| other.txn < entry.txn);
        self.entries.insert(at, entry);
    }

    /// A new line: everything is to be sent on it.
    pub(super) fn line_lost(&mut self) {
        for entry in &mut self.entries {
            entry.sent = false;
        }
    }

    /// The line is lost: takes out what was on it, has no answer, and might be carried out twice on another one.
    pub(super) fn take_unsure(&mut self) -> Vec<Entry> {
        self.take_where(|entry| match entry.want {
            // Nobody wants to know later that one was typing.
            Want::Typing(_) => true,
            _ => entry.sent && !entry.want.may_come_twice(),
        })
    }

    /// Takes out the commands that this is true of.
    pub(super) fn take_where(&mut self, is_it: impl Fn(&Entry) -> bool) -> Vec<Entry> {
        let (taken, kept) = std::mem::take(&mut self.entries).into_iter().partition(is_it);
        self.entries = kept;
        VecDeque::into(taken)
    }

    pub(super) fn farewell_is_said(&self) -> bool {
        self.entries.iter().any(|entry| entry.want == Want::Bye && entry.written)
    }
}

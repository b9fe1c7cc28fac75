//! When a shard looks at a connection again. A connection has one earliest time that counts; entries
//! that were overtaken by an earlier one are dropped when they come up.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::Duration;

/// Times in order. Each entry comes up once, and only the one that counts makes a new one, so a
/// connection has few.
#[derive(Debug, Default)]
pub(super) struct Timers {
    heap: BinaryHeap<Reverse<(Duration, u32, u32)>>,
}

impl Timers {
    /// Looks at the tenant `key` of `slot` at that time.
    pub(super) fn add(&mut self, at: Duration, slot: u32, key: u32) {
        self.heap.push(Reverse((at, slot, key)));
    }

    /// The next time.
    pub(super) fn next(&self) -> Option<Duration> {
        self.heap.peek().map(|Reverse((at, ..))| *at)
    }

    /// A time that has come, with the slot and the key of whose it is.
    pub(super) fn pop(&mut self, now: Duration) -> Option<(Duration, u32, u32)> {
        self.next().filter(|at| *at <= now)?;
        self.heap.pop().map(|Reverse(entry)| entry)
    }
}

//! When a shard looks at a connection again. A connection has one earliest time here; entries that
//! were overtaken are passed over when they come up.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::Duration;

/// Times in order. A connection re-enters at most once for each of its own times, so there are a
/// few entries for each.
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

    /// Slot and key of somebody whose time has come.
    pub(super) fn pop(&mut self, now: Duration) -> Option<(u32, u32)> {
        self.next().filter(|at| *at <= now)?;
        self.heap.pop().map(|Reverse((_, slot, key))| (slot, key))
    }
}

//! All rooms' backlogs together: one budget of bytes, the oldest run of frames of any room goes first.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::log::Log;

/// The sealed segments of all logs, by age.
#[derive(Debug)]
pub struct Backlog {
    ages: VecDeque<(Arc<Log>, usize)>,
    bytes: usize,
    max_bytes: usize,
}

impl Backlog {
    /// An empty backlog that holds at most `max_bytes` after each [`Backlog::shrink`].
    pub fn new(max_bytes: usize) -> Self {
        Self { ages: VecDeque::new(), bytes: 0, max_bytes }
    }

    /// A segment of this log and encoding was sealed.
    pub fn add(&mut self, log: &Arc<Log>, encoding: usize, bytes: usize) {
        self.ages.push_back((log.clone(), encoding));
        self.bytes += bytes;
    }

    /// Drops the oldest segments until the rest is within the budget.
    pub fn shrink(&mut self) {
        while self.bytes > self.max_bytes {
            let Some((log, encoding)) = self.ages.pop_front() else { return };
            self.bytes -= log.evict_oldest(encoding);
        }
    }

    /// So many bytes of a segment that is held went, and the segment stays.
    pub fn saved(&mut self, bytes: usize) {
        self.bytes -= bytes;
    }

    /// Bytes held now.
    pub fn bytes(&self) -> usize {
        self.bytes
    }
}

//! The writer's thread, for a store that can block: one batch after the other, each as large as what
//! came meanwhile.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use papo_proto::limits::{COMMIT_GATHER, COMMIT_RETRY};

use crate::engine::{EndOnPanic, Engine};
use crate::inbox::Inboxes;

/// From this size on a batch is one of a busy time, and the next one is gathered. Below it nobody
/// waits for others.
const BUSY_RECORDS: usize = 8;

/// What the writer waits for.
#[derive(Debug, Default)]
pub(crate) struct Work {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    has_work: bool,
    ends: bool,
    /// While the writer gathers: it is woken when so much waits, not before.
    wants: usize,
}

impl Work {
    /// So many decisions wait for the store.
    pub(crate) fn there_is(&self, waiting: usize) {
        let mut state = self.state();
        state.has_work = true;
        if waiting >= state.wants {
            state.wants = 0;
            drop(state);
            self.changed.notify_one();
        }
    }

    /// The writer ends after what it has begun.
    pub(crate) fn end(&self) {
        self.state().ends = true;
        self.changed.notify_one();
    }

    /// Whether there is something to commit; false when the writer is to end and nothing waits.
    fn wait(&self) -> bool {
        let waits = |state: &mut State| !state.has_work && !state.ends;
        let mut state = self.changed.wait_while(self.state(), waits).unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut state.has_work)
    }

    /// Waits until so much waits, but not for longer than this.
    fn gather(&self, wants: usize, time: Duration) {
        let mut state = self.state();
        state.wants = wants;
        let is_short = |state: &mut State| state.wants > 0 && !state.ends;
        let gathered = self.changed.wait_timeout_while(state, time, is_short);
        gathered.unwrap_or_else(PoisonError::into_inner).0.wants = 0;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Engine {
    /// Commits until the writer is to end.
    pub fn write(&self) {
        let _broken = EndOnPanic::new();
        while self.work.wait() {
            while self.commit_batch() {}
        }
    }

    /// Commits what waits; false when nothing does.
    fn commit_batch(&self) -> bool {
        let batch = self.hub().take_batch();
        if batch.is_empty() {
            return false;
        }
        let begun = Instant::now();
        let stored = self.keep(&batch);
        let took = begun.elapsed();
        let failed = stored.is_err();
        let mut outlet = Inboxes { inboxes: &self.inboxes, me: None };
        let mut hub = self.hub();
        match stored {
            Ok(stored) => hub.committed(&stored, self.now(), &mut outlet),
            Err(error) => hub.commit_failed(error, &mut outlet),
        }
        let waiting = hub.waiting();
        drop(hub);
        if failed {
            // Those who try again do it in one batch, and the disk has time to recover.
            std::thread::sleep(COMMIT_RETRY);
        } else if batch.len() >= BUSY_RECORDS {
            // Whoever was just answered is about to say the next thing. Waiting for that halves the
            // commits, and the writes to everybody who reads: all are served sooner, not later.
            self.work.gather(batch.len() + waiting, took.min(COMMIT_GATHER));
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gathering_ends_when_enough_waits_or_after_its_time() {
        let work = Work::default();
        let begun = Instant::now();
        work.gather(10, Duration::from_millis(20));
        assert!(begun.elapsed() >= Duration::from_millis(20), "nothing came");
        std::thread::scope(|scope| {
            let gathered = scope.spawn(|| work.gather(10, Duration::from_mins(1)));
            while work.state().wants == 0 {}
            work.there_is(9);
            assert!(work.state().wants == 10, "that is not enough");
            work.there_is(10);
            gathered.join().expect("it ends");
        });
        assert!(work.wait(), "what came meanwhile is to be committed");
        work.end();
        work.gather(10, Duration::from_mins(1));
        assert!(!work.wait(), "nothing waits, and it is to end");
    }
}

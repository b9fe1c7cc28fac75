//! A bounded queue of work for threads of its own.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// Jobs that wait for a thread.
#[derive(Debug)]
pub(crate) struct Jobs<T> {
    queue: Mutex<Queue<T>>,
    work: Condvar,
    max: usize,
}

#[derive(Debug)]
struct Queue<T> {
    jobs: VecDeque<T>,
    ends: bool,
}

impl<T> Jobs<T> {
    /// An empty queue for at most `max` jobs.
    pub(crate) fn new(max: usize) -> Self {
        let queue = Mutex::new(Queue { jobs: VecDeque::new(), ends: false });
        Self { queue, work: Condvar::new(), max }
    }

    /// Queues a job.
    ///
    /// # Errors
    /// The job, when the queue is full.
    pub(crate) fn put(&self, job: T) -> Result<(), T> {
        let mut queue = self.queue();
        if queue.jobs.len() >= self.max {
            return Err(job);
        }
        queue.jobs.push_back(job);
        drop(queue);
        self.work.notify_one();
        Ok(())
    }

    /// The next job, when there is one; nothing after [`Jobs::end`].
    pub(crate) fn next(&self) -> Option<T> {
        let mut queue = self.queue();
        loop {
            if queue.ends {
                return None;
            }
            if let Some(job) = queue.jobs.pop_front() {
                return Some(job);
            }
            queue = self.work.wait(queue).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// The threads end after what they have begun.
    pub(crate) fn end(&self) {
        self.queue().ends = true;
        self.work.notify_all();
    }

    fn queue(&self) -> MutexGuard<'_, Queue<T>> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_queue_gives_back_and_an_ended_one_gives_nothing() {
        let jobs = Jobs::new(2);
        assert_eq!([jobs.put(1), jobs.put(2), jobs.put(3)], [Ok(()), Ok(()), Err(3)]);
        assert_eq!((jobs.next(), jobs.put(4), jobs.next()), (Some(1), Ok(()), Some(2)));
        jobs.end();
        assert_eq!(jobs.next(), None);
    }
}

//! Work that waits in turns: one job of each address, then the next of each. Whoever asks for much waits longer,
//! and nobody else does.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use papo_proto::Address;

/// Jobs that wait for a thread, each of an address.
#[derive(Debug)]
pub(super) struct Turns<T> {
    queue: Mutex<Queue<T>>,
    work: Condvar,
    max: usize,
}

#[derive(Debug)]
struct Queue<T> {
    /// Addresses with jobs; the first has its turn next.
    addresses: VecDeque<(Address, VecDeque<T>)>,
    waiting: usize,
    ends: bool,
}

impl<T> Turns<T> {
    /// Nothing waits, and at most `max` jobs will.
    pub(super) fn new(max: usize) -> Self {
        let queue = Mutex::new(Queue { addresses: VecDeque::new(), waiting: 0, ends: false });
        Self { queue, work: Condvar::new(), max }
    }

    /// Queues a job.
    ///
    /// # Errors
    /// The job that has to go, when there is no place: this one, or the newest of an address that has more.
    pub(super) fn put(&self, address: Address, job: T) -> Result<(), T> {
        let mut queue = self.queue();
        let mut gone = None;
        if queue.waiting >= self.max {
            gone = queue.make_place(address);
            if gone.is_none() {
                return Err(job);
            }
        }
        queue.add(address, job);
        drop(queue);
        self.work.notify_one();
        gone.map_or(Ok(()), Err)
    }

    /// The next job, when there is one; nothing after [`Turns::end`].
    pub(super) fn next(&self) -> Option<T> {
        let mut queue = self.queue();
        loop {
            if queue.ends {
                return None;
            }
            if let Some(job) = queue.take() {
                return Some(job);
            }
            queue = self.work.wait(queue).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// The threads end after what they have begun.
    pub(super) fn end(&self) {
        self.queue().ends = true;
        self.work.notify_all();
    }

    fn queue(&self) -> MutexGuard<'_, Queue<T>> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> Queue<T> {
    fn add(&mut self, address: Address, job: T) {
        self.waiting += 1;
        match self.addresses.iter_mut().find(|(of, _)| *of == address) {
            Some((_, jobs)) => jobs.push_back(job),
            None => self.addresses.push_back((address, VecDeque::from([job]))),
        }
    }

    fn take(&mut self) -> Option<T> {
        let (address, mut jobs) = self.addresses.pop_front()?;
        let job = jobs.pop_front()?;
        self.waiting -= 1;
        if !jobs.is_empty() {
            self.addresses.push_back((address, jobs));
        }
        Some(job)
    }

    /// Takes the newest job of the address that has most, if it has more than this one will have.
    fn make_place(&mut self, address: Address) -> Option<T> {
        let own = self.addresses.iter().find(|(of, _)| *of == address).map_or(0, |(_, jobs)| jobs.len());
        let (_, jobs) = self.addresses.iter_mut().max_by_key(|(_, jobs)| jobs.len())?;
        // It has two at least, so one stays for its turn.
        if jobs.len() <= own + 1 {
            return None;
        }
        self.waiting -= 1;
        jobs.pop_back()
    }
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr};

    use super::*;

    fn address(n: u32) -> Address {
        IpAddr::V4(Ipv4Addr::from_bits(n)).into()
    }

    #[test]
    fn each_address_has_its_turn() {
        let turns = Turns::new(9);
        for job in ["a1", "a2", "a3"] {
            assert_eq!(turns.put(address(1), job), Ok(()));
        }
        assert_eq!([turns.put(address(2), "b1"), turns.put(address(2), "b2")], [Ok(()), Ok(())]);
        let taken: Vec<_> = (0..5).filter_map(|_| turns.next()).collect();
        assert_eq!(taken, ["a1", "b1", "a2", "b2", "a3"]);
        turns.end();
        assert_eq!(turns.next(), None);
    }

    #[test]
    fn whoever_fills_it_gives_place_to_others_and_not_to_itself() {
        let turns = Turns::new(4);
        for job in ["a1", "a2", "a3", "a4"] {
            assert_eq!(turns.put(address(1), job), Ok(()));
        }
        assert_eq!(turns.put(address(1), "a5"), Err("a5"));
        assert_eq!(turns.put(address(2), "b1"), Err("a4"));
        assert_eq!(turns.put(address(2), "b2"), Err("a3"));
        assert_eq!(turns.put(address(2), "b3"), Err("b3"), "it would have more than others");
        assert_eq!(turns.put(address(3), "c1"), Err("b2"));
        assert_eq!(turns.put(address(4), "d1"), Err("a2"));
        assert_eq!(turns.put(address(5), "e1"), Err("e1"), "each has one");
        let taken: Vec<_> = (0..4).filter_map(|_| turns.next()).collect();
        assert_eq!(taken, ["a1", "b1", "c1", "d1"]);
    }
}

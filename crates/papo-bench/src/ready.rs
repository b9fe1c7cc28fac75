//! What is ready to be read or written, by epoll, and an alarm that is exact to the microsecond
//! (epoll's own waiting time counts milliseconds).

use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::time::Duration;

use rustix::buffer::spare_capacity;
use rustix::event::{Timespec, epoll};
use rustix::time::{Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, timerfd_create, timerfd_settime};

/// Sockets that are told at a time. Fewer means to answer sooner, more means fewer calls.
const EVENTS_MAX: usize = 256;
const ALARM: u64 = u64::MAX;

/// A socket that is ready.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ReadyLink {
    /// The number it was added with.
    pub(crate) link: usize,
    /// It can be written to.
    pub(crate) writable: bool,
    /// There is something to read, or it broke.
    pub(crate) readable: bool,
}

/// All sockets of one thread.
pub(crate) struct Ready {
    epoll: OwnedFd,
    alarm: OwnedFd,
    events: Vec<epoll::Event>,
}

impl Ready {
    /// Nothing yet.
    pub(crate) fn new() -> io::Result<Self> {
        let epoll = epoll::create(epoll::CreateFlags::CLOEXEC)?;
        let alarm = timerfd_create(TimerfdClockId::Monotonic, TimerfdFlags::CLOEXEC | TimerfdFlags::NONBLOCK)?;
        // Told once for each time it goes off, so nobody has to read it.
        epoll::add(&epoll, &alarm, epoll::EventData::new_u64(ALARM), epoll::EventFlags::IN | epoll::EventFlags::ET)?;
        Ok(Self { epoll, alarm, events: Vec::with_capacity(EVENTS_MAX) })
    }

    /// Tells each time that new bytes have come, or that there is room again after a full buffer.
    /// Whoever reads less than asked for has read all, and is told of what comes later.
    pub(crate) fn add(&self, socket: impl AsFd, link: usize) -> io::Result<()> {
        use epoll::EventFlags as Flags;
        let data = epoll::EventData::new_u64(link as u64);
        epoll::add(&self.epoll, socket, data, Flags::IN | Flags::OUT | Flags::RDHUP | Flags::ET)?;
        Ok(())
    }

    /// Ends a wait after this time.
    pub(crate) fn set_alarm(&self, after: Duration) -> io::Result<()> {
        let value = timespec(after.max(Duration::from_nanos(1)));
        let once = Itimerspec { it_interval: timespec(Duration::ZERO), it_value: value };
        timerfd_settime(&self.alarm, TimerfdTimerFlags::empty(), &once)?;
        Ok(())
    }

    /// Waits until something is ready, the alarm goes off, or `at_most` (rounded up to milliseconds) is over.
    pub(crate) fn wait(&mut self, at_most: Option<Duration>) -> io::Result<()> {
        self.events.clear();
        let at_most = at_most.map(|time| timespec(Duration::from_millis(time.as_micros().div_ceil(1000) as u64)));
        match epoll::wait(&self.epoll, spare_capacity(&mut self.events), at_most.as_ref()) {
            Ok(_) | Err(rustix::io::Errno::INTR) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// How many of the last wait are ready.
    pub(crate) fn len(&self) -> usize {
        self.events.len()
    }

    /// One of them; `None` for the alarm.
    #[inline]
    pub(crate) fn get(&self, at: usize) -> Option<ReadyLink> {
        use epoll::EventFlags as Flags;
        let (flags, data) = (self.events[at].flags, self.events[at].data);
        let readable = flags.intersects(Flags::IN | Flags::RDHUP | Flags::HUP | Flags::ERR);
        (data.u64() != ALARM).then(|| ReadyLink {
            link: data.u64() as usize,
            writable: flags.contains(Flags::OUT),
            readable,
        })
    }
}

fn timespec(time: Duration) -> Timespec {
    Timespec { tv_sec: time.as_secs().cast_signed(), tv_nsec: time.subsec_nanos().into() }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    #[test]
    fn the_alarm_ends_a_wait_and_is_not_late_by_milliseconds() {
        let mut ready = Ready::new().expect("epoll");
        // The best of several: another program may hold the processor once.
        let best = (0..20).map(|_| {
            let begun = Instant::now();
            ready.set_alarm(Duration::from_micros(200)).expect("alarm");
            ready.wait(Some(Duration::from_secs(5))).expect("wait");
            assert_eq!(ready.len(), 1);
            assert!(ready.get(0).is_none());
            begun.elapsed()
        });
        let best = best.min().expect("twenty");
        assert!((Duration::from_micros(200)..Duration::from_millis(1)).contains(&best), "{best:?}");
    }

    #[test]
    fn a_wait_without_alarm_ends_after_its_time() {
        let mut ready = Ready::new().expect("epoll");
        ready.wait(Some(Duration::from_micros(100))).expect("wait");
        assert_eq!(ready.len(), 0);
    }
}

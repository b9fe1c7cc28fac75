//! A whole run: connect, send, count what comes, report.

use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

use crate::cpu::own_cpu_nanos;
use crate::crowd::{Crowd, Heard};
use crate::error::BenchError;
use crate::histogram::Histogram;
use crate::join;
use crate::options::{FanoutOptions, Rate};
use crate::pace::Pace;
use crate::probe::Probe;
use crate::report::{Latency, Report};
use crate::stamp::{STAMP_BYTES, Stamp};
use crate::tally::{Arrival, Tally};
use crate::window::Window;

/// What is still missing is lost when nothing has come for this time.
const REST_TIMEOUT: Duration = Duration::from_secs(5);
/// At full speed, the latency of each message whose number is divisible by this is recorded.
const SAMPLE_EVERY: u32 = 16;

/// Connects, measures and closes.
///
/// # Errors
/// [`BenchError`]: what was asked for makes no sense, or the server could not be measured. Lost
/// messages are no error but figures of the report.
pub fn fanout(options: &FanoutOptions) -> Result<Report, BenchError> {
    options.check()?;
    let probe = options.pid.map(Probe::new).transpose()?;
    let memory = probe.map(Probe::memory_bytes).transpose()?;
    let mut crowd = Crowd::new(options.addr, options.dialect, options.tls)?;
    let join_time = join::everybody(options, &mut crowd)?;
    join::settle(&mut crowd)?;
    // Before anything is said: what a connection holds, without the messages that a server keeps.
    let joined_memory = probe.map(Probe::memory_bytes).transpose()?;

    let mut run = Run::new(options, &crowd);
    let cpu = probe.map(Probe::cpu_nanos).transpose()?;
    let own_cpu = own_cpu_nanos();
    match options.rate {
        _ if options.is_idle() => run.leave_alone(&mut crowd, options.time)?,
        Rate::PerSecond(rate) => run.paced(&mut crowd, rate, options.time)?,
        Rate::Max => run.full_speed(&mut crowd, options.time)?,
    }
    let own_cpu = own_cpu_nanos() - own_cpu;
    let wall = crowd.now() - run.begun;
    let cpu_after = probe.map(Probe::cpu_nanos).transpose()?;
    let idle_memory = if options.is_idle() { probe.map(Probe::memory_bytes).transpose()? } else { joined_memory };
    let grown = memory.zip(idle_memory).map(|(before, after)| after as f64 - before as f64);
    Ok(Report {
        connections: options.connections(),
        join_seconds: join_time.as_secs_f64(),
        seconds: (run.ended - run.begun) as f64 / 1e9,
        sent: run.sent,
        expected: run.expected(),
        counts: run.tally.counts,
        latency: run.latency(),
        server_cpu_nanos: cpu.zip(cpu_after).map(|(before, after)| after.saturating_sub(before)),
        bytes_per_connection: grown.map(|bytes| bytes / options.connections() as f64),
        generator_load: own_cpu as f64 / wall.max(1) as f64,
    })
}

/// What happens between joining and the report. Times are nanoseconds on the crowd's clock.
#[derive(Debug)]
struct Run {
    /// Tells this run's messages from older ones.
    tag: u32,
    rooms: usize,
    senders: usize,
    /// Members that hear a message.
    readers: usize,
    sent: u64,
    tally: Tally,
    latencies: Histogram,
    /// At full speed: each sender's window, and the senders that have room in it.
    windows: Vec<Window>,
    open: Vec<u32>,
    begun: u64,
    /// When the last delivery came.
    ended: u64,
}

impl Run {
    fn new(options: &FanoutOptions, crowd: &Crowd) -> Self {
        let senders = options.rooms * options.senders;
        let readers = options.members - 1;
        let windows = if options.rate == Rate::Max { senders } else { 0 };
        let begun = crowd.now();
        Self {
            tag: std::process::id() << 16 ^ clock_gettime(ClockId::Monotonic).tv_nsec as u32,
            rooms: options.rooms,
            senders: options.senders,
            readers,
            sent: 0,
            tally: Tally::new(options.connections(), options.senders),
            latencies: Histogram::default(),
            windows: vec![Window::new(options.window, readers); windows],
            open: (0..windows as u32).collect(),
            begun,
            ended: begun,
        }
    }

    fn expected(&self) -> u64 {
        self.sent * self.readers as u64
    }

    fn latency(&self) -> Option<Latency> {
        Latency::of(&self.latencies)
    }

    /// Nobody says anything; pings are answered.
    fn leave_alone(&mut self, crowd: &mut Crowd, time: Duration) -> Result<(), BenchError> {
        while self.since(crowd) < time {
            crowd.turn(Some(time.saturating_sub(self.since(crowd))), |_| Ok(()))?;
        }
        self.ended = crowd.now();
        Ok(())
    }

    /// Sends evenly, whatever the server does, then waits for the rest.
    fn paced(&mut self, crowd: &mut Crowd, rate: f64, time: Duration) -> Result<(), BenchError> {
        let mut pace = Pace::new(rate, time.as_secs_f64());
        let mut numbers = vec![0; self.rooms * self.senders];
        let mut alarm = None;
        while let Some(due) = pace.next_due() {
            let now = crowd.now() - self.begun;
            if due <= now {
                while let Some((message, due)) = pace.take(now) {
                    let sender = self.nth_sender(message);
                    let number = &mut numbers[sender];
                    self.queue(crowd, sender, *number, self.begun + due);
                    *number += 1;
                    crowd.flush(self.link_of(sender))?;
                }
                continue;
            }
            if alarm != Some(due) {
                alarm = Some(due);
                let after = Duration::from_nanos(due - now);
                crowd.ready.set_alarm(after).map_err(BenchError::system("timerfd"))?;
            }
            self.listen(crowd, REST_TIMEOUT, 1)?;
        }
        self.hear_the_rest(crowd)
    }

    /// Keeps every sender's window full, then waits for the rest.
    fn full_speed(&mut self, crowd: &mut Crowd, time: Duration) -> Result<(), BenchError> {
        while self.since(crowd) < time {
            for sender in std::mem::take(&mut self.open) {
                let now = crowd.now();
                for _ in 0..self.windows[sender as usize].room() {
                    let number = self.windows[sender as usize].send();
                    self.queue(crowd, sender as usize, number, now);
                }
                crowd.flush(self.link_of(sender as usize))?;
            }
            let left = time.saturating_sub(self.since(crowd));
            self.listen(crowd, left.min(REST_TIMEOUT), SAMPLE_EVERY)?;
        }
        self.hear_the_rest(crowd)
    }

    /// Waits until all has come, or nothing more comes.
    fn hear_the_rest(&mut self, crowd: &mut Crowd) -> Result<(), BenchError> {
        let mut last = crowd.now();
        let sample = if self.windows.is_empty() { 1 } else { SAMPLE_EVERY };
        while self.tally.counts.delivered < self.expected() {
            let before = self.tally.counts.delivered;
            self.listen(crowd, REST_TIMEOUT / 10, sample)?;
            if self.tally.counts.delivered > before {
                last = crowd.now();
            } else if Duration::from_nanos(crowd.now() - last) > REST_TIMEOUT {
                break;
            }
        }
        Ok(())
    }

    fn listen(&mut self, crowd: &mut Crowd, at_most: Duration, sample_every: u32) -> Result<(), BenchError> {
        crowd.turn(Some(at_most), |heard| {
            self.hear(&heard, sample_every);
            Ok(())
        })?;
        Ok(())
    }

    /// Counts a line if it is a message of this run.
    #[inline]
    fn hear(&mut self, heard: &Heard<'_>, sample_every: u32) {
        let Some(stamp) = heard.text.last_chunk::<STAMP_BYTES>().filter(|_| heard.text.starts_with(b"[#")) else {
            return;
        };
        let Stamp { run, sender, number, due } = Stamp::decode(stamp);
        if run != self.tag || self.tally.arrive(heard.link, heard.room, heard.sender, sender, number) == Arrival::Wrong
        {
            return;
        }
        self.ended = heard.at;
        if number.is_multiple_of(sample_every) {
            self.latencies.record(heard.at.saturating_sub(due));
        }
        if let Some(window) = self.windows.get_mut(sender as usize) {
            let was_full = window.room() == 0;
            if window.delivered(number) && was_full {
                self.open.push(sender);
            }
        }
    }

    fn queue(&mut self, crowd: &mut Crowd, sender: usize, number: u32, due: u64) {
        let stamp = Stamp { run: self.tag, sender: sender as u32, number, due };
        let link = self.link_of(sender);
        crowd.links[link].queue_line(&stamp.encode());
        self.sent += 1;
    }

    /// Who sends the nth message of a paced run: one room after the other.
    fn nth_sender(&self, message: u64) -> usize {
        let room = message as usize % self.rooms;
        room * self.senders + message as usize / self.rooms % self.senders
    }

    /// The connection of a sender; `join` deals the members to the rooms in turn.
    fn link_of(&self, sender: usize) -> usize {
        sender / self.senders + sender % self.senders * self.rooms
    }

    fn since(&self, crowd: &Crowd) -> Duration {
        Duration::from_nanos(crowd.now() - self.begun)
    }
}

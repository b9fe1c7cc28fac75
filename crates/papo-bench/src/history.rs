//! Pages of a room's history: programs that ask for one page after the other.

mod page;
mod report;

use std::net::SocketAddr;
use std::str::FromStr;
use std::time::Duration;

use crate::cpu::own_cpu_nanos;
use crate::crowd::Crowd;
use crate::error::BenchError;
use crate::histogram::Histogram;
use crate::probe::Probe;
use crate::programs::{FIRST_TXN, Programs};
use crate::report::Latency;
use page::Page;
pub use report::HistoryReport;

/// Events of a page.
pub(crate) const PAGE: u64 = 50;
/// One of so many pages is read as a whole; of the others the first and the last seq.
const WHOLE_EVERY: u64 = 256;
/// A page that has not come by then never will.
const REST_TIMEOUT: Duration = Duration::from_secs(5);

/// Where in the room pages are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum At {
    /// The first tenth of the log, from the oldest on.
    Begin,
    /// The last tenth, from the newest back.
    End,
    /// Anywhere.
    Random,
}

impl FromStr for At {
    type Err = BenchError;

    fn from_str(typed: &str) -> Result<Self, BenchError> {
        match typed {
            "begin" => Ok(At::Begin),
            "end" => Ok(At::End),
            "random" => Ok(At::Random),
            _ => Err(BenchError::Options("the place is begin, end or random")),
        }
    }
}

/// What `papo bench history` is asked for.
#[derive(Clone, Debug)]
pub struct HistoryOptions {
    /// Where the server listens.
    pub addr: SocketAddr,
    /// The room; it is to have many messages.
    pub room: String,
    /// Programs that ask, each for one page at a time.
    pub clients: usize,
    /// Where in the log.
    pub at: At,
    /// For how long.
    pub time: Duration,
    /// The server's process, to measure its time on the processor.
    pub pid: Option<u32>,
}

/// Connects, asks and counts.
///
/// # Errors
/// [`BenchError`]: the room is too short, or the server could not be measured. Wrong pages are no
/// error but a figure of the report.
pub fn history(options: &HistoryOptions) -> Result<HistoryReport, BenchError> {
    if options.clients == 0 || options.clients > crate::options::CONNECTIONS_MAX {
        return Err(BenchError::Options("there must be between 1 and 20,000 clients"));
    }
    let probe = options.pid.map(Probe::new).transpose()?;
    let Programs { mut crowd, rooms } = Programs::join(options.addr, options.clients, |_| options.room.clone())?;
    let Some(room) = rooms.first().filter(|room| room.head >= room.first + 20 * PAGE) else {
        return Err(BenchError::Options("the room has fewer than 1,000 messages: fill it with papo bench fill"));
    };
    let cpu = probe.map(Probe::cpu_nanos).transpose()?;
    let own_cpu = own_cpu_nanos();
    let mut run = Run::new(options.at, (room.id, room.first, room.head), options.clients, crowd.now());
    run.ask_on(&mut crowd, options.time)?;
    let wall = crowd.now() - run.begun;
    let own_cpu = own_cpu_nanos() - own_cpu;
    let server_cpu =
        cpu.zip(probe.map(Probe::cpu_nanos).transpose()?).map(|(before, after)| after.saturating_sub(before));
    Ok(HistoryReport {
        clients: options.clients,
        messages: room.head,
        seconds: (run.ended - run.begun) as f64 / 1e9,
        pages: run.pages,
        wrong: run.wrong,
        latency: Latency::of(&run.latencies),
        server_cpu_nanos: server_cpu,
        generator_load: own_cpu as f64 / wall.max(1) as f64,
    })
}

struct Run {
    at: At,
    room: u64,
    first: u64,
    head: u64,
    /// For each program: the page that it waits for, when it asked, and its next number.
    waiting: Vec<Option<(Page, u64)>>,
    txns: Vec<u64>,
    asked: u64,
    random: u64,
    pages: u64,
    wrong: u64,
    latencies: Histogram,
    begun: u64,
    ended: u64,
}

impl Run {
    fn new(at: At, (room, first, head): (u64, u64, u64), clients: usize, begun: u64) -> Self {
        Self {
            at,
            room,
            first: first.max(1),
            head,
            waiting: vec![None; clients],
            txns: vec![FIRST_TXN; clients],
            asked: 0,
            random: 7,
            pages: 0,
            wrong: 0,
            latencies: Histogram::default(),
            begun,
            ended: begun,
        }
    }

    fn ask_on(&mut self, crowd: &mut Crowd, time: Duration) -> Result<(), BenchError> {
        let mut idle: Vec<usize> = (0..self.waiting.len()).collect();
        let mut last = crowd.now();
        loop {
            let over = Duration::from_nanos(crowd.now() - self.begun) >= time;
            for client in std::mem::take(&mut idle).into_iter().filter(|_| !over) {
                self.ask(crowd, client)?;
            }
            if self.waiting.iter().all(Option::is_none) {
                return Ok(());
            }
            let before = self.pages;
            crowd.turn(Some(REST_TIMEOUT / 10), |heard| {
                let Some((page, asked)) = self.waiting[heard.link] else { return Ok(()) };
                let Some(right) = page.is_answered(&heard, self.pages.is_multiple_of(WHOLE_EVERY))? else {
                    return Ok(());
                };
                self.waiting[heard.link] = None;
                self.pages += 1;
                self.wrong += u64::from(!right);
                self.latencies.record(heard.at - asked);
                self.ended = heard.at;
                idle.push(heard.link);
                Ok(())
            })?;
            if self.pages > before {
                last = crowd.now();
            } else if Duration::from_nanos(crowd.now() - last) > REST_TIMEOUT {
                self.wrong += self.waiting.iter().flatten().count() as u64;
                return Ok(());
            }
        }
    }

    fn ask(&mut self, crowd: &mut Crowd, client: usize) -> Result<(), BenchError> {
        let txn = self.txns[client];
        self.txns[client] += 1;
        let page = Page { txn, room: self.room, from: self.next_page() };
        self.waiting[client] = Some((page, crowd.now()));
        // Forward as one reads on from a place, and backward as one scrolls up.
        let frame = match self.at {
            At::Begin => format!(
                r#"{{"do":"history","txn":{txn},"room":{},"after":{},"limit":{PAGE}}}"#,
                self.room,
                page.from - 1
            ),
            At::End | At::Random => format!(
                r#"{{"do":"history","txn":{txn},"room":{},"before":{},"limit":{PAGE}}}"#,
                self.room,
                page.from + PAGE
            ),
        };
        crowd.links[client].queue_line(frame.as_bytes());
        crowd.flush(client)
    }

    /// The first seq of the page that is asked for next.
    fn next_page(&mut self) -> u64 {
        let pages = (self.head - self.first + 1) / PAGE;
        let tenth = (pages / 10).max(1);
        let nth = self.asked % tenth;
        self.asked += 1;
        match self.at {
            At::Begin => self.first + nth * PAGE,
            At::End => self.head + 1 - (nth + 1) * PAGE,
            At::Random => {
                self.random =
                    self.random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                self.first + (self.random >> 33) % (pages - 1) * PAGE
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_stay_within_the_log() {
        for (at, first, last) in [(At::Begin, 1, 9_951), (At::End, 90_001, 99_951), (At::Random, 1, 99_951)] {
            let mut run = Run::new(at, (3, 1, 100_000), 1, 0);
            for _ in 0..5000 {
                let page = run.next_page();
                assert!((first..=last).contains(&page), "{at:?}: {page}");
            }
        }
        let mut run = Run::new(At::End, (3, 1, 100_000), 1, 0);
        assert_eq!([run.next_page(), run.next_page()], [99_951, 99_901]);
    }
}

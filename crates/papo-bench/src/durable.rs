//! Acknowledged posts: programs that keep posts outstanding, or send them evenly, and count what the
//! server says that it has stored.

mod ack;
mod ledger;
mod report;

use std::net::SocketAddr;
use std::time::Duration;

use crate::cpu::own_cpu_nanos;
use crate::crowd::Crowd;
use crate::error::BenchError;
use crate::histogram::Histogram;
use crate::metrics::{self, Batches};
use crate::pace::Pace;
use crate::probe::Probe;
use crate::programs::{FIRST_TXN, Programs};
use crate::report::Latency;
use ack::Came;
pub(crate) use ack::number;
use ledger::Ledger;
pub use ledger::Wrong;
pub use report::DurableReport;

/// What is still unanswered is missing when nothing has come for this time.
const REST_TIMEOUT: Duration = Duration::from_secs(5);
/// The body of each post.
pub(crate) const BODY: &str = "sixty-four bytes that say nothing, as long as most messages are.";
const _: () = assert!(BODY.len() == 64, "rows of one size, here and in the floor");

/// What `papo bench durable` is asked for.
#[derive(Clone, Debug)]
pub struct DurableOptions {
    /// Where the server listens.
    pub addr: SocketAddr,
    /// Programs that post, each a connection of its own.
    pub senders: usize,
    /// Posts that each keeps outstanding.
    pub window: usize,
    /// Rooms that they are spread over, named `#durable0`, `#durable1` and so on.
    pub rooms: usize,
    /// How long posts are sent.
    pub time: Duration,
    /// So many posts a second in all, evenly paced, instead of a full window.
    pub rate: Option<f64>,
    /// The server's process, to measure its time on the processor.
    pub pid: Option<u32>,
    /// Where the server tells its metrics, to know how large its batches are.
    pub metrics: Option<SocketAddr>,
}

impl DurableOptions {
    fn check(&self) -> Result<(), BenchError> {
        let problem = if self.senders == 0 || self.rooms == 0 || self.window == 0 {
            "there must be at least one sender, one room and one post outstanding"
        } else if self.senders > crate::options::CONNECTIONS_MAX || self.window > crate::options::WINDOW_MAX {
            "that is over 20,000 senders or 65,536 posts outstanding"
        } else if self.rooms > self.senders {
            "there are more rooms than senders"
        } else {
            return Ok(());
        };
        Err(BenchError::Options(problem))
    }
}

/// Connects, posts and counts.
///
/// # Errors
/// [`BenchError`]: what was asked for makes no sense, or the server could not be measured. Posts that
/// are refused, missing or twice are no error but figures of the report.
pub fn durable(options: &DurableOptions) -> Result<DurableReport, BenchError> {
    options.check()?;
    let probe = options.pid.map(Probe::new).transpose()?;
    let Programs { mut crowd, rooms } =
        Programs::join(options.addr, options.senders, |sender| format!("durable{}", sender % options.rooms))?;
    let batches = options.metrics.map(metrics::batches).transpose()?;
    let cpu = probe.map(Probe::cpu_nanos).transpose()?;
    let own_cpu = own_cpu_nanos();
    let begun = crowd.now();
    let ids = rooms.iter().map(|room| (room.id, room.head)).collect();
    let mut run = Run { posting: Posting::new(ids), begun, ended: begun };
    match options.rate {
        Some(rate) => run.paced(&mut crowd, rate, options.time)?,
        None => run.full_windows(&mut crowd, options.window, options.time)?,
    }
    let own_cpu = own_cpu_nanos() - own_cpu;
    let wall = crowd.now() - begun;
    let server_cpu =
        cpu.zip(probe.map(Probe::cpu_nanos).transpose()?).map(|(before, after)| after.saturating_sub(before));
    let batches = batches.zip(options.metrics.map(metrics::batches).transpose()?);
    let Posting { ledger, latencies, .. } = run.posting;
    Ok(DurableReport {
        senders: options.senders,
        rooms: options.rooms,
        window: options.rate.is_none().then_some(options.window),
        seconds: (run.ended - begun) as f64 / 1e9,
        posted: ledger.posted(),
        acknowledged: ledger.acknowledged(),
        wrong: ledger.wrong(),
        latency: Latency::of(&latencies),
        server_cpu_nanos: server_cpu,
        batches: batches.map(|(before, after)| Batches::between(before, after)),
        generator_load: own_cpu as f64 / wall.max(1) as f64,
    })
}

/// Between joining and the report. Times are nanoseconds on the crowd's clock.
struct Run {
    posting: Posting,
    begun: u64,
    /// When the last answer came.
    ended: u64,
}

struct Posting {
    ledger: Ledger,
    latencies: Histogram,
    /// Senders with an answer since their window was last filled.
    open: Vec<usize>,
}

impl Posting {
    fn new(rooms: Vec<(u64, u64)>) -> Self {
        let open = (0..rooms.len()).collect();
        Self { ledger: Ledger::new(rooms), latencies: Histogram::default(), open }
    }

    /// Queues a post that was due at `due`.
    fn post(&mut self, crowd: &mut Crowd, sender: usize, due: u64) {
        let (txn, room) = self.ledger.post(sender, due);
        let frame = format!(r#"{{"do":"post","txn":{txn},"room":{room},"text":"{BODY}"}}"#);
        crowd.links[sender].queue_line(frame.as_bytes());
    }
}

impl Run {
    /// Keeps every sender's window full, then waits for the rest.
    fn full_windows(&mut self, crowd: &mut Crowd, window: usize, time: Duration) -> Result<(), BenchError> {
        while self.since(crowd) < time {
            for sender in std::mem::take(&mut self.posting.open) {
                let now = crowd.now();
                while self.posting.ledger.outstanding(sender) < window {
                    self.posting.post(crowd, sender, now);
                }
                crowd.flush(sender)?;
            }
            let left = time.saturating_sub(self.since(crowd));
            self.listen(crowd, left.min(REST_TIMEOUT))?;
        }
        self.hear_the_rest(crowd)
    }

    /// Posts evenly, one sender after the other, whatever the server does; then waits for the rest.
    fn paced(&mut self, crowd: &mut Crowd, rate: f64, time: Duration) -> Result<(), BenchError> {
        let mut pace = Pace::new(rate, time.as_secs_f64());
        let mut alarm = None;
        while let Some(due) = pace.next_due() {
            let now = crowd.now() - self.begun;
            while let Some((post, due)) = pace.take(now) {
                let sender = post as usize % crowd.links.len();
                self.posting.post(crowd, sender, self.begun + due);
                crowd.flush(sender)?;
            }
            if due > now && alarm != Some(due) {
                alarm = Some(due);
                let after = Duration::from_nanos(due - now);
                crowd.ready.set_alarm(after).map_err(BenchError::system("timerfd"))?;
            }
            if due > now {
                self.listen(crowd, REST_TIMEOUT)?;
            }
        }
        self.hear_the_rest(crowd)
    }

    fn hear_the_rest(&mut self, crowd: &mut Crowd) -> Result<(), BenchError> {
        let mut last = crowd.now();
        while self.posting.ledger.is_waiting() && Duration::from_nanos(crowd.now() - last) < REST_TIMEOUT {
            let before = self.ended;
            self.listen(crowd, REST_TIMEOUT / 10)?;
            if self.ended > before {
                last = self.ended;
            }
        }
        Ok(())
    }

    fn listen(&mut self, crowd: &mut Crowd, at_most: Duration) -> Result<(), BenchError> {
        let Self { posting, ended, .. } = self;
        crowd.turn(Some(at_most), |heard| {
            let sender = heard.link;
            let answered = match ack::read(&heard)? {
                Came::Posted { txn, room, seq } if txn >= FIRST_TXN => {
                    posting.ledger.acknowledge(sender, txn, room, seq)
                }
                Came::Rejected { txn, code } => posting.ledger.reject(sender, txn, code),
                Came::Posted { .. } | Came::Other => return Ok(()),
            };
            if let Some(due) = answered {
                posting.latencies.record(heard.at.saturating_sub(due));
            }
            *ended = heard.at;
            if posting.open.last() != Some(&sender) {
                posting.open.push(sender);
            }
            Ok(())
        })?;
        Ok(())
    }

    fn since(&self, crowd: &Crowd) -> Duration {
        Duration::from_nanos(crowd.now() - self.begun)
    }
}

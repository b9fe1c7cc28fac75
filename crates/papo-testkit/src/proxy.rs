//! Stands between clients and server, and does to their lines what networks do: delays, trickles,
//! cuts, closes one half, resets. Each line has a plan, and the plans come from a seed.

mod line;
mod plan;

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

pub use plan::{End, Pace, Plan, Way};

/// Lines at a time, each with a thread. Whoever comes in addition finds its line closed, as where the
/// server is away.
const LINES_MAX: usize = 256;

/// Decides what is done to the line with this number.
type Planner = Box<dyn FnMut(u64) -> Plan + Send>;

/// Listens on loopback until it is dropped. Lines whose server is away are closed at once.
pub struct Proxy {
    addr: SocketAddr,
    shared: Arc<Shared>,
}

struct Shared {
    planner: Mutex<Planner>,
    lines: AtomicU64,
    /// How many there are now.
    open: AtomicUsize,
    /// How many lines came to their planned end.
    ended: AtomicUsize,
    /// New lines are left alone, and those that are not are ended.
    calm: AtomicBool,
    gone: AtomicBool,
}

impl Proxy {
    /// Forwards to a server; what is done to the lines comes from a seed.
    pub fn seeded(to: SocketAddr, seed: u64) -> Self {
        Self::planned(to, move |line| Plan::random(&mut crate::Random::part(seed, line)))
    }

    /// Forwards to a server, with a plan for each line.
    pub fn planned(to: SocketAddr, planner: impl FnMut(u64) -> Plan + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let addr = listener.local_addr().expect("an address");
        let shared = Arc::new(Shared {
            planner: Mutex::new(Box::new(planner)),
            lines: AtomicU64::new(0),
            open: AtomicUsize::new(0),
            ended: AtomicUsize::new(0),
            calm: AtomicBool::new(false),
            gone: AtomicBool::new(false),
        });
        let accepting = shared.clone();
        thread::spawn(move || {
            while let Ok((client, _)) = listener.accept() {
                if accepting.gone.load(Ordering::SeqCst) {
                    return;
                }
                if accepting.open.fetch_add(1, Ordering::SeqCst) >= LINES_MAX {
                    accepting.open.fetch_sub(1, Ordering::SeqCst);
                    continue;
                }
                let shared = accepting.clone();
                thread::spawn(move || {
                    shared.carry(client, to);
                    shared.open.fetch_sub(1, Ordering::SeqCst);
                });
            }
        });
        Self { addr, shared }
    }

    /// Where clients connect.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// From now on nothing is done to new lines, and the others end.
    pub fn calm(&self) {
        self.shared.calm.store(true, Ordering::SeqCst);
    }

    /// How many lines came to an end by their plan.
    pub fn ended(&self) -> usize {
        self.shared.ended.load(Ordering::SeqCst)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.shared.gone.store(true, Ordering::SeqCst);
        self.calm();
        // Wakes the thread that accepts.
        let _ = TcpStream::connect(self.addr);
    }
}

impl Shared {
    fn carry(&self, client: TcpStream, to: SocketAddr) {
        let Ok(server) = TcpStream::connect(to) else { return };
        let number = self.lines.fetch_add(1, Ordering::SeqCst);
        let plan = if self.calm.load(Ordering::SeqCst) {
            Plan::default()
        } else {
            self.planner.lock().unwrap_or_else(PoisonError::into_inner)(number)
        };
        let is_faithful = plan.is_faithful();
        let is_over = || !is_faithful && self.calm.load(Ordering::SeqCst);
        if line::carry(client, server, plan, is_over) {
            self.ended.fetch_add(1, Ordering::SeqCst);
        }
    }
}

#[cfg(test)]
mod tests;

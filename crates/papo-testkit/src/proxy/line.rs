//! One line through the proxy: a thread that owns both sockets.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{Shutdown, TcpStream};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use socket2::SockRef;

use super::plan::{End, Pace, Plan, Way};

/// What is held of one way; a sender that is faster waits, as on any line.
const HELD_MAX_BYTES: usize = 64 * 1024;
/// A sign from outside is seen within this time.
const TURN: Duration = Duration::from_millis(50);
/// Between two pieces of a trickle.
const TRICKLE_EVERY: Duration = Duration::from_micros(200);

/// One way, and what is on it.
struct Pump {
    way: Way,
    held: Vec<u8>,
    carried: u64,
    /// Nothing travels before.
    rests_until: Instant,
    /// The sender has said its last.
    ended: bool,
    /// The receiver has been told so.
    closed: bool,
}

/// Carries a line to its end. True when that was the end of its plan.
pub(super) fn carry(client: TcpStream, server: TcpStream, plan: Plan, is_over: impl Fn() -> bool) -> bool {
    for socket in [&client, &server] {
        let set = socket.set_nonblocking(true).and_then(|()| socket.set_nodelay(true));
        set.expect("a socket");
    }
    let mut ways = [Pump::new(plan.up), Pump::new(plan.down)];
    let mut sockets = [client, server];
    while !is_over() && !ways.iter().all(|way| way.closed) {
        wait(&sockets, &ways);
        for (at, way) in ways.iter_mut().enumerate() {
            let [client, server] = &mut sockets;
            let (from, to) = if at == 0 { (client, server) } else { (server, client) };
            match way.turn(from, to) {
                Ok(None) => {}
                Ok(Some(End::Reset)) => {
                    reset(&sockets);
                    return true;
                }
                Ok(Some(End::Cut)) => return true,
                // What comes on this way from now on is lost; the other way goes on.
                Ok(Some(End::Half)) => way.closed = true,
                Err(_) => return false,
            }
        }
    }
    false
}

/// Whoever reads finds a reset, also in place of what it has not read.
fn reset(sockets: &[TcpStream; 2]) {
    for socket in sockets {
        let _ = SockRef::from(socket).set_linger(Some(Duration::ZERO));
    }
}

/// Until something can be done.
fn wait(sockets: &[TcpStream; 2], ways: &[Pump; 2]) {
    let now = Instant::now();
    let mut until = now + TURN;
    let mut wanted = [PollFlags::empty(); 2];
    for (at, way) in ways.iter().enumerate() {
        if way.reads() {
            wanted[at] |= PollFlags::IN;
        }
        if !way.held.is_empty() {
            if way.rests_until > now {
                until = until.min(way.rests_until);
            } else {
                wanted[1 - at] |= PollFlags::OUT;
            }
        }
    }
    let left = until.saturating_duration_since(now);
    let left = Timespec { tv_sec: 0, tv_nsec: i64::from(left.subsec_nanos()) };
    // A socket of which nothing is wanted may have an error, which would end every wait at once.
    let mut asked: Vec<PollFd<'_>> =
        (0..2).filter(|at| !wanted[*at].is_empty()).map(|at| PollFd::new(&sockets[at], wanted[at])).collect();
    let _ = poll(&mut asked, Some(&left));
}

impl Pump {
    fn new(way: Way) -> Self {
        Self { way, held: Vec::new(), carried: 0, rests_until: Instant::now(), ended: false, closed: false }
    }

    fn reads(&self) -> bool {
        !self.ended && self.held.len() < HELD_MAX_BYTES
    }

    /// Takes what has come and gives on what may travel. Says when the plan ends the line.
    fn turn(&mut self, from: &mut TcpStream, to: &mut TcpStream) -> std::io::Result<Option<End>> {
        self.take(from)?;
        if self.closed {
            self.held.clear();
            return Ok(None);
        }
        let end = self.give(to)?;
        let is_half = end == Some(End::Half);
        if is_half || (self.ended && self.held.is_empty()) {
            self.closed = true;
            to.shutdown(Shutdown::Write)?;
        }
        Ok(end)
    }

    fn take(&mut self, from: &mut TcpStream) -> std::io::Result<()> {
        let mut buffer = [0; 16 * 1024];
        if !self.reads() {
            return Ok(());
        }
        match from.read(&mut buffer) {
            Ok(0) => self.ended = true,
            Ok(read) => {
                if let (Pace::Delayed(time), true) = (&self.way.pace, self.held.is_empty()) {
                    self.rests_until = Instant::now() + *time;
                }
                self.held.extend_from_slice(&buffer[..read]);
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            Err(error) => return Err(error),
        }
        Ok(())
    }

    fn give(&mut self, to: &mut TcpStream) -> std::io::Result<Option<End>> {
        let mut most = self.held.len();
        if let Some((at, end)) = self.way.end {
            most = most.min((at - self.carried) as usize);
            if at == self.carried {
                return Ok(Some(end));
            }
        }
        if let Pace::Trickle(bytes) = self.way.pace {
            most = most.min(bytes);
        }
        if most == 0 || self.rests_until > Instant::now() {
            return Ok(None);
        }
        match to.write(&self.held[..most]) {
            Ok(written) => {
                self.held.drain(..written);
                self.carried += written as u64;
                if matches!(self.way.pace, Pace::Trickle(_)) {
                    self.rests_until = Instant::now() + TRICKLE_EVERY;
                }
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            Err(error) => return Err(error),
        }
        Ok(self.way.end.filter(|(at, _)| *at == self.carried).map(|(_, end)| end))
    }
}

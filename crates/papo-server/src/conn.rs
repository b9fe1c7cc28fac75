//! One connection: its socket, what comes in, what is to go out, and its times.

mod intake;
mod plan;
mod secure;

use std::io::{self, IoSlice, Read as _, Write as _};
use std::net::SocketAddr;
use std::time::Duration;

use mio::net::TcpStream;
use papo_hub::rate::TokenBucket;
use papo_hub::{Cursor, Link};
use papo_proto::limits::UNSENT_MAX_BYTES;
use papo_proto::words::TokenHash;
use papo_proto::{Encoding, Framing, RoomId, SessionId};
use papo_tls::SecureLine;

use crate::arrival::Place;
use crate::config::Times;
use crate::inbox::Port;
use crate::lookups::Lines;

pub(crate) use intake::{End, Intake, Pace, Received};
use plan::Portion;
pub(crate) use plan::{Behind, Plan};
pub(crate) use secure::{Scratch, Shared};

/// How far a connection has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// Nobody knows yet what it speaks.
    Unknown(Port),
    /// It has a session.
    Open,
    /// It is to close when everything is sent.
    Flushing,
    /// Everything is sent; what still comes is drained, or a reset could eat the last words.
    Lingering,
}

/// What a flush came to.
#[derive(Debug)]
pub(crate) enum Flushed {
    /// Nothing is left to send.
    Everything,
    /// The socket takes no more for now.
    Blocked,
    /// Its log no longer reaches back to its cursor.
    Behind(Behind),
}

/// One connection of a shard.
#[derive(Debug)]
#[repr(C, align(64))]
pub(crate) struct Conn {
    // What each delivery looks at comes first, in as few cache lines as may be.
    pub(crate) plan: Plan,
    /// The last round of fan-out in which there were words of its own.
    pub(crate) own_round: u64,
    /// Since when the socket has taken no byte of what waits.
    pub(crate) blocked_since: Option<Duration>,
    pub(crate) socket: TcpStream,
    /// Its TLS, when it began with that.
    pub(crate) secure: Option<Box<SecureLine>>,
    /// It is on the list of those to be flushed at the end of the turn.
    pub(crate) touched: bool,

    pub(crate) peer: SocketAddr,
    /// Nobody on the way can read it.
    pub(crate) is_secure: bool,
    /// The login that its browser's cookie names.
    pub(crate) cookie: Option<Box<TokenHash>>,
    pub(crate) place: Place,
    /// Tells it from other tenants of its slot.
    pub(crate) key: u32,
    pub(crate) stage: Stage,
    pub(crate) session: SessionId,
    pub(crate) encoding: Encoding,
    pub(crate) intake: Intake,
    /// A look into the store is under way for it, because it is behind.
    pub(crate) fetching: bool,
    /// A look into the store is under way to answer it: until then it is read later.
    pub(crate) asking: bool,
    /// A long answer of which a part is still to be read from the store.
    pub(crate) stream: Option<Box<Lines>>,
    /// Lines that it may still get from the store while it is behind.
    pub(crate) catch_up_lines: Option<usize>,
    /// Messages that it will not get, to be told when it has caught up.
    pub(crate) left_out: u64,
    /// The socket has something to read, as far as we know.
    pub(crate) readable: bool,
    /// The peer sends no more.
    pub(crate) eof: bool,
    /// It is on the list of those that have a turn to read.
    pub(crate) queued: bool,
    /// Nothing that comes is taken any more.
    pub(crate) deaf: bool,
    /// A proxy's header was taken from it.
    pub(crate) is_proxied: bool,
    /// The code of the WebSocket close frame.
    pub(crate) close_code: u16,
    pub(crate) bucket: TokenBucket,
    pub(crate) told_slow: bool,
    /// Over its rate until then.
    pub(crate) slow_until: Option<Duration>,
    /// When its stage began.
    pub(crate) since: Duration,
    /// Since when a frame is begun and unfinished.
    pub(crate) half_since: Option<Duration>,
    /// Since when the peer sends no more and something of it waits for its rate.
    pub(crate) eof_since: Option<Duration>,
    /// When the next ping goes out, and by when its pong must be here.
    pub(crate) ping_at: Option<Duration>,
    pub(crate) pong_by: Option<Duration>,
    /// The earliest time at which the shard looks at it again.
    pub(crate) timer: Option<Duration>,
}

impl Conn {
    pub(crate) fn new(socket: TcpStream, peer: SocketAddr, place: Place, stage: Stage, now: Duration) -> Self {
        Self {
            socket,
            secure: None,
            peer,
            is_secure: false,
            cookie: None,
            place,
            key: 0,
            stage,
            session: SessionId::default(),
            encoding: Encoding::text(Framing::Length, papo_proto::Lang::PtBr),
            intake: Intake::None,
            plan: Plan::default(),
            fetching: false,
            asking: false,
            stream: None,
            own_round: 0,
            catch_up_lines: None,
            left_out: 0,
            readable: false,
            eof: false,
            queued: false,
            deaf: false,
            is_proxied: false,
            touched: false,
            close_code: papo_proto::ws::close::NORMAL,
            bucket: TokenBucket::default(),
            told_slow: false,
            slow_until: None,
            since: now,
            half_since: None,
            eof_since: None,
            blocked_since: None,
            ping_at: None,
            pong_by: None,
            timer: None,
        }
    }

    /// By which the hub reaches it, in the slot of a shard.
    pub(crate) fn link(&self, shard: u16, slot: u32) -> Link {
        Link { shard, slot, key: self.key }
    }

    /// Whether it is to be read later: over its rate, with too much unsent, or with an answer that
    /// is still to come from the store.
    pub(crate) fn is_paused(&self, now: Duration) -> bool {
        self.slow_until.is_some_and(|until| now < until)
            || self.plan.unsent() > UNSENT_MAX_BYTES
            || self.asking
            || self.stream.is_some()
    }

    /// Whether there is something to take in, and it may be taken in now.
    pub(crate) fn wants_turn(&self, now: Duration) -> bool {
        let has_input = self.readable || self.intake.is_waiting();
        // A closing connection is drained when everything is sent, not before: then it is short.
        has_input && if self.deaf { self.stage == Stage::Lingering } else { !self.is_paused(now) }
    }

    /// Reads once into `buffer`; `None` when nothing is there.
    pub(crate) fn read(&mut self, buffer: &mut [u8], scratch: &mut Scratch) -> io::Result<Option<usize>> {
        if self.secure.is_some() {
            return self.read_sealed(buffer, scratch);
        }
        loop {
            match self.socket.read(buffer) {
                Ok(0) => {
                    (self.eof, self.readable) = (true, false);
                    return Ok(None);
                }
                Ok(n) => {
                    // A short read has emptied the socket; the end of the stream is another event.
                    self.readable = n == buffer.len() || self.eof;
                    return Ok(Some(n));
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    self.readable = false;
                    return Ok(None);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Sends what is planned, of each room no further than its `limit`, as far as the socket takes
    /// it: one write, unless it is very long.
    pub(crate) fn flush(
        &mut self,
        limit: impl Fn(RoomId) -> Cursor,
        scratch: &mut Scratch,
        now: Duration,
    ) -> io::Result<Flushed> {
        if self.secure.is_some() {
            return self.flush_sealed(limit, scratch, now);
        }
        loop {
            if self.blocked_since.is_some() {
                return Ok(Flushed::Blocked);
            }
            let (portion, behind) = self.plan.gather(self.session, &limit);
            if let Some(behind) = behind {
                return Ok(Flushed::Behind(behind));
            }
            if portion.is_empty() {
                return Ok(Flushed::Everything);
            }
            let slices = self.plan.slices(&portion);
            let length = slices.iter().map(|slice| slice.len()).sum();
            let taken = if length == 0 { 0 } else { send(&mut self.socket, &slices)? };
            self.plan.advance(&portion, taken);
            if taken < length {
                self.blocked_since = Some(now);
            }
        }
    }

    /// Sends a part of a room's log from bytes that all its readers share. Only for a
    /// connection that has nothing else to send and stands where the segments begin. True when all
    /// of it is sent.
    pub(crate) fn send_shared(
        &mut self,
        room: RoomId,
        shared: &mut Shared<'_>,
        scratch: &mut Scratch,
        now: Duration,
    ) -> io::Result<bool> {
        if self.secure.is_some() {
            return self.send_shared_sealed(room, shared, scratch, now);
        }
        // Nothing of it may be told in this dialect.
        let taken = if shared.length == 0 { 0 } else { send(&mut self.socket, shared.slices)? };
        if taken == shared.length {
            if let Some(last) = shared.segments.last() {
                self.plan.advance_live(room, last.end());
            }
            return Ok(true);
        }
        self.plan.advance(&Portion::shared(self.session, room, shared.segments), taken);
        self.blocked_since = Some(now);
        Ok(false)
    }

    /// It has said nothing yet, not even a part of a handshake.
    pub(crate) fn is_silent(&self) -> bool {
        let said = |line: &SecureLine| line.is_handshaking() || !line.opened().is_empty();
        !self.readable && !self.secure.as_deref().is_some_and(said)
    }

    /// How long it may take until it is known what it speaks.
    pub(crate) fn patience(&self, times: &Times) -> Duration {
        if self.is_handshaking() { times.handshake } else { times.http_idle }
    }

    /// When its earliest time comes.
    pub(crate) fn deadline(&self, times: &Times) -> Option<Duration> {
        let stage = match self.stage {
            Stage::Unknown(Port::Tcp) if self.is_silent() => Some(self.since + times.silent_is_text),
            Stage::Unknown(_) => Some(self.since + self.patience(times)),
            Stage::Lingering => Some(self.since + times.linger),
            Stage::Open | Stage::Flushing => None,
        };
        let half = self.half_since.map(|since| since + times.half_frame);
        let stall = self.blocked_since.map(|since| since + times.write_stall);
        let gone = self.eof_since.map(|since| since + times.write_stall);
        [stage, half, stall, gone, self.slow_until, self.pong_by.or(self.ping_at)].into_iter().flatten().min()
    }
}

/// Writes once; 0 when the socket takes nothing.
fn send(socket: &mut TcpStream, slices: &[IoSlice<'_>]) -> io::Result<usize> {
    loop {
        let sent = match slices {
            [one] => socket.write(one),
            many => socket.write_vectored(many),
        };
        match sent {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(0),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            other => return other,
        }
    }
}

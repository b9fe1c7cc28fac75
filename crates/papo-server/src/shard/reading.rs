//! What comes in: bytes are read, cut, decoded and decided.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use papo_proto::papo1::Hello;
use papo_proto::{Dialect, FrameError, Reply, Txn, ws};

use super::Shard;
use crate::conn::{End, Pace, Received, Stage};

/// Over so much unsent a ping is not answered: whoever sends it does not read.
const PONG_UNSENT_MAX_BYTES: usize = 4096;

impl Shard {
    /// Gives every connection that may have something to read one turn.
    pub(super) fn read_ready(&mut self, now: Duration) {
        if self.ready.is_empty() || self.shared.engine.is_full() {
            return;
        }
        self.handshakes = 0;
        let mut ready = std::mem::take(&mut self.ready);
        for slot in ready.drain(..) {
            let Some(conn) = self.conns.get_mut(slot as usize) else { continue };
            conn.queued = false;
            // A fault in what one connection sent ends that connection and no other.
            if catch_unwind(AssertUnwindSafe(|| self.read(slot, now))).is_err() {
                tracing::error!(slot, "a connection's code panicked; only that connection ends");
                self.received.clear();
                self.lose(slot);
            }
        }
        // What was put back on the list during the turn has its next turn after the others.
        ready.append(&mut self.ready);
        self.ready = ready;
    }

    fn read(&mut self, slot: u32, now: Duration) {
        let Some(conn) = self.conns.get_mut(slot as usize) else { return };
        if matches!(conn.stage, Stage::Unknown(_)) && !self.sniff(slot, now) {
            if self.conns.contains(slot as usize) {
                self.set_timer(slot);
            }
            return;
        }
        let conn = &mut self.conns[slot as usize];
        if !conn.wants_turn(now) {
            return self.set_timer(slot);
        }
        if conn.deaf {
            return self.drain_input(slot, now);
        }
        conn.slow_until = None;
        let fresh = if conn.intake.is_waiting() {
            0
        } else {
            match conn.read(&mut self.buffer, &mut self.scratch) {
                Ok(read) => read.unwrap_or(0),
                Err(_) => return self.lose(slot),
            }
        };
        if conn.has_unsent() {
            self.touch(slot);
        }
        self.take_in(slot, fresh, now);
    }

    /// Cuts and decodes what waits or has come, then lets the hub decide it.
    fn take_in(&mut self, slot: u32, fresh: usize, now: Duration) {
        let conn = &mut self.conns[slot as usize];
        let limits = &self.shared.limits;
        let pace = Pace { bucket: &mut conn.bucket, now: self.shared.live.limits_rates().then_some(now) };
        let was_full = pace.bucket.is_full(now);
        let speaks = (conn.encoding.dialect, limits.message_bytes);
        let taken = conn.intake.take(&self.buffer[..fresh], pace, speaks, &mut self.received);
        // Told once, until the connection has been within its rate for a while.
        let is_slow = taken.slow_until.is_some();
        let tell_slow = is_slow && (was_full || !conn.told_slow);
        conn.told_slow = is_slow || (conn.told_slow && !was_full);
        conn.slow_until = taken.slow_until;
        conn.half_since = match conn.half_since {
            _ if taken.slow_until.is_some() || !conn.intake.is_inside_frame() => None,
            Some(since) if taken.messages == 0 => Some(since),
            _ => Some(now),
        };
        self.answer_control_frames(slot);
        self.decide(slot, tell_slow, taken.end.as_ref());
        self.come_back(slot, now);
    }

    /// Pings and pongs concern the connection alone.
    fn answer_control_frames(&mut self, slot: u32) {
        let conn = &mut self.conns[slot as usize];
        let mut pongs = Vec::new();
        self.received.retain(|received| match received {
            Received::Ping(payload) => {
                ws::encode(ws::Opcode::Pong, payload, &mut pongs);
                false
            }
            Received::Pong => {
                conn.pong_by = None;
                false
            }
            Received::Line(..) | Received::Hello(..) | Received::Structured => true,
        });
        if !pongs.is_empty() && conn.plan.unsent() < PONG_UNSENT_MAX_BYTES {
            conn.plan.push(pongs.into());
            self.touch(slot);
        }
    }

    fn decide(&mut self, slot: u32, tell_slow: bool, end: Option<&End>) {
        let conn = &mut self.conns[slot as usize];
        let session = conn.session;
        let gone = conn.eof && !conn.readable && !conn.intake.is_waiting();
        if self.received.is_empty() && !tell_slow && end.is_none() && !gone {
            return;
        }
        if end.is_some() || gone {
            conn.deaf = true;
        }
        if let Some(End::Broken(error)) = end {
            conn.close_code = ws::close_code(error);
        }
        let link = conn.link(self.me, slot);
        let mut received = std::mem::take(&mut self.received);
        let hello = self.take_hello(slot, &mut received);
        self.shared.engine.decide(Some(self.me), |hub, now| {
            for received in received.drain(..) {
                match received {
                    Received::Line(txn, sent) => hub.handle(session, link, txn, sent, now),
                    Received::Structured => hub.speak_papo1(session),
                    Received::Hello(..) | Received::Ping(_) | Received::Pong => {}
                }
            }
            if tell_slow {
                hub.tell(session, link, Reply::SlowedDown);
            }
            if let Some(End::Broken(FrameError::TooBig { .. })) = end {
                hub.tell(session, link, Reply::FrameTooBig);
            }
            if end.is_some() || gone {
                hub.close(session, link, matches!(end, Some(End::Closed)), now);
            }
        });
        self.received = received;
        if let Some((txn, hello)) = hello.filter(|_| end.is_none() && !gone) {
            self.say_hello(slot, txn, hello);
        }
    }

    /// Takes out the hello, which is the last of what was received if there is one. From here on the
    /// connection is answered in papo/1 if it opened that.
    fn take_hello(&mut self, slot: u32, received: &mut Vec<Received>) -> Option<(Option<Txn>, Box<Hello>)> {
        if received.iter().any(|received| matches!(received, Received::Structured)) {
            self.conns[slot as usize].encoding.dialect = Dialect::Papo1;
        }
        match received.pop_if(|last| matches!(last, Received::Hello(..)))? {
            Received::Hello(txn, hello) => Some((txn, hello)),
            _ => None,
        }
    }

    /// Sees to it that what is left of the input has another turn.
    fn come_back(&mut self, slot: u32, now: Duration) {
        let Some(conn) = self.conns.get_mut(slot as usize) else { return };
        // Who hung up with much still to be read at its rate keeps its name for a while, not for ever.
        let lingers = conn.eof && conn.intake.is_waiting();
        conn.eof_since = if lingers { conn.eof_since.or(Some(now)) } else { None };
        self.give_turn(slot, now);
        self.set_timer(slot);
    }

    /// Puts a connection on the list of those that are read next, if it has something to be read.
    pub(super) fn give_turn(&mut self, slot: u32, now: Duration) {
        let Some(conn) = self.conns.get_mut(slot as usize) else { return };
        if conn.wants_turn(now) && !std::mem::replace(&mut conn.queued, true) {
            self.ready.push(slot);
        }
    }

    /// Reads and drops what a connection still sends that is being closed.
    fn drain_input(&mut self, slot: u32, now: Duration) {
        let conn = &mut self.conns[slot as usize];
        match conn.read(&mut self.buffer, &mut self.scratch) {
            Ok(None) if conn.eof => self.lose(slot),
            Ok(_) => self.give_turn(slot, now),
            Err(_) => self.lose(slot),
        }
    }
}

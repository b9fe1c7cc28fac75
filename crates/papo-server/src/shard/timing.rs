//! What the clock says: silence, unfinished frames, stalled writes, pings, and what is due in the hub.

use std::time::Duration;

use papo_proto::limits::UNSENT_MAX_BYTES;
use papo_proto::ws;

use super::Shard;
use crate::conn::Stage;
use crate::inbox::Port;
use crate::metrics::Unfinished;

impl Shard {
    /// Does what is due.
    pub(super) fn on_time(&mut self, now: Duration) {
        while let Some((slot, key)) = self.timers.pop(now) {
            let Some(conn) = self.conns.get_mut(slot as usize).filter(|conn| conn.key == key) else { continue };
            conn.timer = None;
            self.look_at(slot, now);
            if self.conns.get(slot as usize).is_some_and(|conn| conn.key == key) {
                self.set_timer(slot);
            }
        }
        if self.me == 0 {
            self.tick_hub(now);
        }
    }

    /// Only the first shard does this, and it looks at least once a second: what becomes due is
    /// decided on any shard, and nothing that is due is more urgent.
    fn tick_hub(&mut self, now: Duration) {
        if self.hub_due.is_some_and(|due| now < due) {
            return;
        }
        let due = self.shared.engine.decide(Some(self.me), |hub, now| {
            hub.tick(now);
            hub.next_due()
        });
        self.shared.engine.metrics().tidy();
        let at_latest = now + Duration::from_secs(1);
        self.hub_due = Some(due.map_or(at_latest, |due| due.clamp(now, at_latest)));
    }

    /// Looks after one connection whose time has come.
    fn look_at(&mut self, slot: u32, now: Duration) {
        let times = self.shared.times.clone();
        let conn = &mut self.conns[slot as usize];
        if conn.plan.unsent() > UNSENT_MAX_BYTES && conn.half_since.is_some() {
            // Its rest may well be there, but nobody reads it now.
            conn.half_since = Some(now);
        }
        let is_unknown = matches!(conn.stage, Stage::Unknown(_));
        if is_unknown && conn.queued && now >= conn.since + conn.patience(&times) {
            // What it said waits for its turn here: a storm of handshakes is not the clients' slowness.
            conn.since = now;
        }
        let is_over = |since: Option<Duration>, time: Duration| since.is_some_and(|since| now >= since + time);
        let lost = is_over(conn.half_since, times.half_frame)
            || is_over(conn.blocked_since, times.write_stall)
            || is_over(conn.eof_since, times.write_stall)
            || (conn.stage == Stage::Lingering && now >= conn.since + times.linger)
            || (is_unknown && now >= conn.since + conn.patience(&times));
        if lost {
            tracing::debug!(peer = %conn.peer, "a connection took too long");
            if conn.is_handshaking() {
                self.shared.engine.metrics().handshakes.failed(Unfinished::Timeout);
            }
            return self.lose(slot);
        }
        if conn.stage == Stage::Unknown(Port::Tcp) && conn.is_silent() && now >= conn.since + times.silent_is_text {
            return self.open_silent(slot, now);
        }
        if conn.slow_until.is_some_and(|until| now >= until) {
            conn.slow_until = None;
            self.give_turn(slot, now);
        }
        self.keep_alive(slot, now);
    }

    /// Pings a WebSocket, and gives it up when it does not answer.
    fn keep_alive(&mut self, slot: u32, now: Duration) {
        let times = &self.shared.times;
        let conn = &mut self.conns[slot as usize];
        if conn.pong_by.is_some_and(|by| now >= by) {
            // A pong may lie in what is not read yet.
            if !conn.is_paused(now) && !conn.intake.is_waiting() && !conn.readable {
                return self.lose(slot);
            }
            conn.pong_by = Some(now + times.pong_within);
        }
        if conn.ping_at.is_some_and(|at| now >= at) {
            conn.ping_at = Some(now + times.ping_every);
            if conn.pong_by.is_none() {
                conn.pong_by = Some(now + times.pong_within);
                let mut ping = Vec::new();
                ws::encode(ws::Opcode::Ping, b"", &mut ping);
                conn.plan.push(ping.into());
                self.touch(slot);
            }
        }
    }

    /// Sees to it that a connection is looked at when its earliest time comes.
    pub(super) fn set_timer(&mut self, slot: u32) {
        let Some(conn) = self.conns.get_mut(slot as usize) else { return };
        let Some(at) = conn.deadline(&self.shared.times) else { return };
        self.timers.set(&mut conn.timer, at, slot, conn.key);
    }
}

//! What goes out: a room's news to all its members here, and what each has still to take.

use std::io::IoSlice;
use std::sync::Arc;
use std::time::Duration;

use papo_hub::{Cursor, Log, Position, Read, Segment};
use papo_proto::{Encoding, RoomId, SessionId};

use super::Shard;
use crate::conn::{Flushed, Shared, Stage};

/// Runs of frames that are read from a log at a time.
const RUNS: usize = 64;

/// A part of a room's log for those who have had everything before it.
struct News {
    begin: Position,
    /// Empty when it cannot be sent as it lies: then each member goes the slow way.
    segments: Vec<Arc<Segment>>,
}

impl Shard {
    /// Sends what a room's log has grown by, up to `upto`, to every member on this shard: the same
    /// bytes to each, one write for each, and for those who keep up nothing else.
    pub(super) fn fan_out(&mut self, log: &Log, upto: Cursor, now: Duration) {
        for index in 0..Encoding::COUNT {
            while let Some(news) = self.news(log, index, upto) {
                self.send_news(log.room(), index, &news, now);
            }
        }
    }

    /// The next part of what the members who keep up in one encoding have not been sent.
    fn news(&mut self, log: &Log, index: usize, upto: Cursor) -> Option<News> {
        let track = &mut self.rooms.get_mut(log.room())?.tracks[index];
        let begin = track.head.position;
        if track.members.is_empty() || begin >= upto.position {
            return None;
        }
        let mut segments = match log.read(Encoding::at(index), begin, RUNS) {
            Read::Segments(segments) => segments,
            // Each member finds out by itself where it is.
            Read::Behind(next) => {
                track.head = if next.position < upto.position { next } else { upto };
                return Some(News { begin, segments: Vec::new() });
            }
        };
        // All up to here was closed before this shard looked, so no run reaches across it.
        segments.retain(|segment| segment.end().position <= upto.position);
        track.head = segments.last()?.end();
        // A run that begins before the head has been sent in part: that is for the slow way too.
        if segments.first()?.begin().position != begin {
            segments.clear();
        }
        Some(News { begin, segments })
    }

    fn send_news(&mut self, room: RoomId, index: usize, news: &News, now: Duration) {
        self.round += 1;
        self.note_authors(&news.segments);
        let slices: Vec<IoSlice<'_>> = news.segments.iter().map(|segment| IoSlice::new(segment.bytes())).collect();
        let mut shared = Shared::new(&news.segments, &slices);
        let frames: usize = news.segments.iter().map(|segment| segment.authors().len()).sum();
        let mut delivered = 0;
        let mut broken = Vec::new();
        let Some(local) = self.rooms.get_mut(room) else { return };
        for &slot in &local.tracks[index].members {
            let conn = &mut self.conns[slot as usize];
            let keeps_up = conn.plan.is_at(room, news.begin)
                && conn.plan.sees_all()
                && conn.own_round != self.round
                && conn.blocked_since.is_none();
            if keeps_up && !slices.is_empty() {
                match conn.send_shared(room, &mut shared, &mut self.scratch, now) {
                    Err(_) => broken.push(slot),
                    Ok(is_sent) => {
                        delivered += if is_sent { frames } else { 0 };
                        if is_sent && conn.blocked_since.is_none() {
                            continue;
                        }
                    }
                }
            }
            if !std::mem::replace(&mut conn.touched, true) {
                self.touched.push(slot);
            }
        }
        self.shared.engine.metrics().deliveries.increment(delivered as u64);
        for slot in broken {
            self.hang_up(slot, now);
        }
    }

    /// Notes whose words are in these runs: those are not sent back to them.
    fn note_authors(&mut self, segments: &[Arc<Segment>]) {
        let mut known = SessionId::default();
        for author in segments.iter().flat_map(|segment| segment.authors()) {
            if author != known
                && let Some(&slot) = self.by_session.get(&author)
            {
                self.conns[slot as usize].own_round = self.round;
            }
            known = author;
        }
    }

    /// Flushes everybody who has something to take.
    pub(super) fn flush_touched(&mut self, now: Duration) {
        let mut touched = std::mem::take(&mut self.touched);
        for slot in touched.drain(..) {
            if let Some(conn) = self.conns.get_mut(slot as usize) {
                conn.touched = false;
                self.flush(slot, now);
            }
        }
        touched.append(&mut self.touched);
        self.touched = touched;
    }

    fn flush(&mut self, slot: u32, now: Duration) {
        loop {
            let Some(conn) = self.conns.get_mut(slot as usize) else { return };
            let (rooms, encoding) = (&self.rooms, conn.encoding);
            // No further than this shard has looked: what was published since may come after the
            // connection's own leaving.
            let flushed = conn.flush(|room| rooms.head(room, encoding), &mut self.scratch, now);
            self.shared.engine.metrics().deliveries.increment(conn.plan.take_delivered());
            match flushed {
                Ok(Flushed::Behind(behind)) => {
                    if !self.catch_up(slot, behind) {
                        return;
                    }
                }
                Ok(Flushed::Everything) => return self.flushed(slot, now),
                Ok(Flushed::Blocked) => {
                    self.give_turn(slot, now);
                    return self.set_timer(slot);
                }
                Err(_) => return self.hang_up(slot, now),
            }
        }
    }

    /// Everything is sent: a closing connection closes, a paused one is read again.
    fn flushed(&mut self, slot: u32, now: Duration) {
        let conn = &mut self.conns[slot as usize];
        if conn.stage == Stage::Flushing {
            if conn.eof || conn.socket.shutdown(std::net::Shutdown::Write).is_err() {
                return self.lose(slot);
            }
            conn.stage = Stage::Lingering;
            conn.since = now;
            conn.readable = true;
            self.set_timer(slot);
        } else if conn.stream.is_some() {
            self.go_on(slot);
        }
        self.give_turn(slot, now);
    }
}

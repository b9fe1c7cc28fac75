//! What goes out: a room's news to all its members here, and what a slow reader missed.

use std::io::IoSlice;
use std::sync::Arc;
use std::time::Duration;

use papo_hub::{Log, Position, Read, Segment};
use papo_proto::encoding::Item;
use papo_proto::limits::{CATCH_UP_MAX_LINES, SEGMENT_TARGET_BYTES, STORE_PAGE_EVENTS, UNSENT_MAX_BYTES};
use papo_proto::{Encoding, Reply, RoomId, SessionId};
use papo_store::Page;

use super::Shard;
use crate::conn::{Behind, Flushed, Stage};

/// Runs of frames that are read from a log at a time.
const RUNS: usize = 64;

impl Shard {
    /// Sends what a room's log has grown by to every member on this shard: the same bytes to each,
    /// one write for each, and for those who keep up nothing else.
    pub(super) fn fan_out(&mut self, log: &Log, now: Duration) {
        // Also when nobody here reads it any more: a mark that stays would keep the next one out.
        log.unmark(usize::from(self.me));
        for index in 0..Encoding::COUNT {
            while self.fan_out_track(log, index, now) {}
        }
    }

    /// Sends some of the news in one encoding; false when there is no more.
    fn fan_out_track(&mut self, log: &Log, index: usize, now: Duration) -> bool {
        let room = log.room();
        let Some(local) = self.rooms.get_mut(room) else { return false };
        let track = &mut local.tracks[index];
        if track.members.is_empty() {
            return false;
        }
        let segments = match log.read(Encoding::at(index), track.head, RUNS) {
            Read::Segments(segments) => segments,
            Read::Behind(next) => {
                // Each member finds out by itself where it is.
                track.head = next.position;
                for member in 0..track.members.len() {
                    let Some(slot) = self.member(room, index, member) else { break };
                    self.touch(slot);
                }
                return true;
            }
        };
        let (Some(first), Some(last)) = (segments.first(), segments.last()) else { return false };
        let begin = track.head;
        track.head = last.end().position;
        // A run that begins before the head has been sent in part; that is for the slow way.
        let whole = first.begin().position == begin;
        self.note_authors(&segments);
        let slices: Vec<IoSlice<'_>> = segments.iter().map(|segment| IoSlice::new(segment.bytes())).collect();
        let length = slices.iter().map(|slice| slice.len()).sum();
        let mut broken = Vec::new();
        let Some(local) = self.rooms.get_mut(room) else { return false };
        for &slot in &local.tracks[index].members {
            let conn = &mut self.conns[slot as usize];
            let keeps_up = whole && conn.plan.is_at(begin) && conn.own_until <= begin && conn.blocked_since.is_none();
            if keeps_up {
                if conn.send_shared(&segments, &slices, length, now).is_err() {
                    broken.push(slot);
                } else if conn.blocked_since.is_none() {
                    continue;
                }
            }
            if !std::mem::replace(&mut conn.touched, true) {
                self.touched.push(slot);
            }
        }
        for slot in broken {
            self.lose(slot);
        }
        true
    }

    fn member(&mut self, room: RoomId, index: usize, member: usize) -> Option<u32> {
        self.rooms.get_mut(room)?.tracks[index].members.get(member).copied()
    }

    /// Remembers who has words of its own in these runs: those are not sent back to it.
    fn note_authors(&mut self, segments: &[Arc<Segment>]) {
        let mut known = (SessionId::default(), None);
        for (position, author) in segments.iter().flat_map(|segment| segment.authors()) {
            if author != known.0 {
                known = (author, self.by_session.get(&author).copied());
            }
            if let Some(slot) = known.1 {
                self.conns[slot as usize].own_until = Position(position.0 + 1);
            }
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
            match conn.flush(now) {
                Ok(Flushed::Behind(behind)) => self.catch_up(slot, &behind),
                Ok(Flushed::Everything) => return self.flushed(slot, now),
                Ok(Flushed::Blocked) => return self.set_timer(slot),
                Err(_) => return self.lose(slot),
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
            self.ready.push(slot);
            return self.set_timer(slot);
        }
        if (conn.readable || conn.intake.is_waiting()) && !conn.is_paused(now) && !conn.deaf {
            self.ready.push(slot);
        }
    }

    /// A reader's log no longer reaches back to its cursor: it gets what the store has, up to a
    /// number of lines, then the number that is left out, and goes on where memory does.
    pub(super) fn catch_up(&mut self, slot: u32, behind: &Behind) {
        let conn = &mut self.conns[slot as usize];
        let (session, next) = (conn.session, behind.next);
        let mut cursor = behind.cursor;
        let mut bytes = Vec::new();
        let lines = conn.catch_up_lines.get_or_insert(CATCH_UP_MAX_LINES);
        let missing = next.seq.0 - cursor.seq.0;
        let want = STORE_PAGE_EVENTS.min(*lines).min(missing as usize);
        let page = self.shared.engine.store().page(behind.log.room(), cursor.seq, want).unwrap_or_else(|error| {
            tracing::error!(%error, "a slow reader could not be served from the store");
            Page::default()
        });
        for event in page.events.into_iter().take_while(|event| event.seq <= next.seq) {
            conn.left_out += event.seq.0 - cursor.seq.0 - 1;
            cursor.seq = event.seq;
            *lines -= 1;
            if event.session != session {
                let item = Item::Message { author: event.author, text: event.text };
                behind.encoding.item(behind.log.name().as_str(), &item, &mut bytes);
            }
            if bytes.len() > SEGMENT_TARGET_BYTES.min(UNSENT_MAX_BYTES) {
                break;
            }
        }
        let stuck = cursor.seq == behind.cursor.seq;
        if stuck || cursor.seq >= next.seq {
            conn.left_out += next.seq.0.saturating_sub(cursor.seq.0);
            cursor = next;
            conn.catch_up_lines = None;
            let left_out = std::mem::take(&mut conn.left_out);
            if left_out > 0 {
                conn.encoding.reply(&Reply::LeftOut(left_out), &mut bytes);
            }
        }
        conn.plan.resume_at(cursor, bytes);
    }
}

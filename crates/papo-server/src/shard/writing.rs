//! What goes out: a room's news to all its members here, and what a slow reader missed.

use std::io::IoSlice;
use std::sync::Arc;
use std::time::Duration;

use papo_hub::{Cursor, Log, Position, Read, Segment};
use papo_proto::encoding::Item;
use papo_proto::limits::{CATCH_UP_MAX_LINES, SEGMENT_TARGET_BYTES, STORE_PAGE_EVENTS, UNSENT_MAX_BYTES};
use papo_proto::{Encoding, Reply, RoomId, SessionId};
use papo_store::Page;

use super::Shard;
use crate::conn::{Behind, Flushed, Stage};

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
        let length = slices.iter().map(|slice| slice.len()).sum();
        let mut broken = Vec::new();
        let Some(local) = self.rooms.get_mut(room) else { return };
        for &slot in &local.tracks[index].members {
            let conn = &mut self.conns[slot as usize];
            let keeps_up = conn.plan.is_at(news.begin) && conn.own_round != self.round && conn.blocked_since.is_none();
            if keeps_up && !slices.is_empty() {
                if conn.send_shared(&news.segments, &slices, length, now).is_err() {
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
            let limit = self.limit(slot);
            let Some(conn) = self.conns.get_mut(slot as usize) else { return };
            match conn.flush(limit, now) {
                Ok(Flushed::Behind(behind)) => self.catch_up(slot, &behind),
                Ok(Flushed::Everything) => return self.flushed(slot, now),
                Ok(Flushed::Blocked) => {
                    self.give_turn(slot, now);
                    return self.set_timer(slot);
                }
                Err(_) => return self.hang_up(slot, now),
            }
        }
    }

    /// How far a connection may read its room's log: as far as this shard has looked. What was
    /// published since may come after the connection's own leaving.
    fn limit(&mut self, slot: u32) -> Cursor {
        let conn = self.conns.get(slot as usize);
        let Some((conn, (room, _))) = conn.and_then(|conn| Some((conn, conn.member?))) else {
            return Cursor::default();
        };
        let index = conn.encoding.index();
        self.rooms.get_mut(room).map_or(Cursor::default(), |local| local.tracks[index].head)
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
        }
        self.give_turn(slot, now);
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

//! What a connection is still to be sent, in order: finished bytes, parts of logs, and the logs that
//! it reads now. The logs' bytes are shared; only what is its own lies here.

mod bytes;
mod portion;
#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::io::IoSlice;
use std::sync::Arc;

use papo_hub::{Cursor, Log, Position, Reader, Segment};
use papo_proto::limits::UNTAKEN_MAX_BYTES;
use papo_proto::{Encoding, Person, RoomId, Seq, SessionId};
use smallvec::SmallVec;

pub(crate) use bytes::Bytes;
use portion::Piece;
pub(crate) use portion::Portion;

/// The most slices that the system takes in one write: one's own words cut a run into many.
const SLICES_PER_WRITE: usize = 1024;

/// A part of a log that is to be sent.
#[derive(Debug)]
pub(crate) struct Span {
    log: Arc<Log>,
    encoding: Encoding,
    cursor: Cursor,
    /// Where it ends; `None` for a log that is read now.
    upto: Option<Cursor>,
    /// It was missed before the log was entered: it is read from the store, whatever memory has.
    is_missed: bool,
}

impl Span {
    fn is_over(&self, end: Cursor) -> bool {
        if self.is_missed { self.cursor.seq >= end.seq } else { self.cursor.position >= end.position }
    }
}

/// A log that is read now.
#[derive(Debug)]
struct Live {
    span: Span,
    /// The connection's place among the shard's members of the room.
    place: u32,
}

#[derive(Debug)]
enum Out {
    /// Finished bytes, and how many are sent.
    Bytes { bytes: Bytes, sent: usize },
    /// A log that it read before, or what it missed of one.
    Span(Box<Span>),
}

/// A log that no longer reaches back to a reader's cursor.
#[derive(Debug)]
pub(crate) struct Behind {
    pub(crate) log: Arc<Log>,
    pub(crate) encoding: Encoding,
    pub(crate) cursor: Cursor,
    /// Where memory goes on, or the span ends.
    pub(crate) next: Cursor,
    /// It was missed before the log was entered.
    pub(crate) is_missed: bool,
}

/// The plan of one connection. Holds nothing on the heap while nothing is unsent and it reads one
/// log at most.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    queue: VecDeque<Out>,
    live: SmallVec<[Live; 1]>,
    /// Unsent bytes of its own, and a little for each span.
    unsent: usize,
    /// Whom it is not shown; nearly always nobody.
    ignored: Option<Arc<[Person]>>,
    /// Bytes that others caused and that were queued since nothing of its own was unsent.
    of_others: u32,
    /// Events and notices that were taken from logs since somebody asked.
    delivered: u32,
}

const SPAN_COST_BYTES: usize = size_of::<Span>() + 64;

impl Plan {
    /// It is not shown what these people say, from here on.
    pub(crate) fn ignore(&mut self, ignored: Option<Arc<[Person]>>) {
        self.ignored = ignored;
    }

    /// Whom it is not shown.
    pub(crate) fn ignored(&self) -> Option<Arc<[Person]>> {
        self.ignored.clone()
    }

    /// Whether it is shown what others are: then it can be sent what they are sent.
    pub(crate) fn sees_all(&self) -> bool {
        self.ignored.is_none()
    }

    /// Whether it is shown what somebody says.
    pub(crate) fn sees(&self, person: Person) -> bool {
        self.ignored.as_ref().is_none_or(|ignored| ignored.binary_search(&person).is_err())
    }

    /// Queues finished bytes.
    pub(crate) fn push(&mut self, bytes: Bytes) {
        self.unsent += bytes.len();
        self.queue.push_back(Out::Bytes { bytes, sent: 0 });
    }

    /// Queues finished bytes that others caused. False when it does not take such: with these they would be
    /// more than [`UNTAKEN_MAX_BYTES`], and nothing is queued.
    pub(crate) fn push_of_others(&mut self, bytes: Bytes) -> bool {
        let before = if self.unsent == 0 { 0 } else { self.of_others as usize };
        let with_these = before + bytes.len();
        if with_these > UNTAKEN_MAX_BYTES {
            return false;
        }
        self.of_others = with_these as u32;
        self.push(bytes);
        true
    }

    /// Begins to read a log, as a member of its room at this place; before that, what it missed
    /// since `after`.
    pub(crate) fn enter(&mut self, log: Arc<Log>, encoding: Encoding, from: Cursor, after: Option<Seq>, place: u32) {
        if let Some(seq) = after {
            let (log, cursor) = (log.clone(), Cursor { position: Position(0), seq });
            self.push_span(Span { log, encoding, cursor, upto: Some(from), is_missed: true });
        }
        let span = Span { log, encoding, cursor: from, upto: None, is_missed: false };
        self.live.push(Live { span, place });
    }

    fn push_span(&mut self, span: Span) {
        self.unsent += SPAN_COST_BYTES;
        self.queue.push_back(Out::Span(Box::new(span)));
    }

    /// What follows comes after the room's log up to `at`.
    pub(crate) fn wait_for(&mut self, room: RoomId, at: Cursor) {
        let Some(live) = self.live_mut(room) else { return };
        if live.span.cursor.position >= at.position {
            return;
        }
        let (log, encoding) = (live.span.log.clone(), live.span.encoding);
        let cursor = std::mem::replace(&mut live.span.cursor, at);
        self.push_span(Span { log, encoding, cursor, upto: Some(at), is_missed: false });
    }

    /// Reads the room's log up to here, then no further.
    pub(crate) fn exit(&mut self, room: RoomId, at: Cursor) {
        self.wait_for(room, at);
        self.live.retain(|live| live.span.log.room() != room);
    }

    /// Reads the room's log in another encoding from here on.
    pub(crate) fn switch(&mut self, encoding: Encoding, room: RoomId, at: Cursor) {
        self.wait_for(room, at);
        if let Some(live) = self.live_mut(room) {
            live.span.encoding = encoding;
        }
    }

    /// The rooms whose logs it reads now, with its place among the shard's members of each.
    pub(crate) fn rooms(&self) -> impl Iterator<Item = (RoomId, u32)> {
        self.live.iter().map(|live| (live.span.log.room(), live.place))
    }

    /// Its place among the shard's members of a room that it reads.
    pub(crate) fn place(&self, room: RoomId) -> Option<u32> {
        self.rooms().find(|(entered, _)| *entered == room).map(|(_, place)| place)
    }

    /// It has another place now.
    pub(crate) fn set_place(&mut self, room: RoomId, place: u32) {
        if let Some(live) = self.live_mut(room) {
            live.place = place;
        }
    }

    /// The log of a room that it reads now.
    pub(crate) fn live_log(&self, room: RoomId) -> Option<Arc<Log>> {
        self.live.iter().map(|live| &live.span.log).find(|log| log.room() == room).cloned()
    }

    fn live_mut(&mut self, room: RoomId) -> Option<&mut Live> {
        self.live.iter_mut().find(|live| live.span.log.room() == room)
    }

    /// Whether what is to be sent of the room is its log from exactly this position on, and nothing
    /// goes before it.
    pub(crate) fn is_at(&self, room: RoomId, position: Position) -> bool {
        let is_there = |live: &Live| live.span.log.room() == room && live.span.cursor.position == position;
        self.queue.is_empty() && self.live.iter().any(is_there)
    }

    /// A room's log was sent up to here.
    pub(crate) fn advance_live(&mut self, room: RoomId, to: Cursor) {
        if let Some(live) = self.live_mut(room) {
            live.span.cursor = to;
        }
    }

    /// The rest of a begun frame goes before everything else.
    pub(crate) fn push_rest(&mut self, rest: &[u8]) {
        if !rest.is_empty() {
            self.unsent += rest.len();
            self.queue.push_front(Out::Bytes { bytes: rest.to_vec().into(), sent: 0 });
        }
    }

    /// Events and notices of logs that were taken one connection at a time since this was last asked.
    pub(crate) fn take_delivered(&mut self) -> u64 {
        u64::from(std::mem::take(&mut self.delivered))
    }

    /// Unsent bytes of its own.
    pub(crate) fn unsent(&self) -> usize {
        self.unsent
    }

    /// Collects the next portion, of each log that is read now no further than its `limit`. Empty
    /// when nothing is left, or when what is next must first be fetched for a reader that is behind.
    pub(crate) fn gather(&self, reader: SessionId, limit: impl Fn(RoomId) -> Cursor) -> (Portion, Option<Behind>) {
        let mut portion = Portion::new(Reader { session: reader, ignored: self.ignored.clone() });
        for (at, out) in self.queue.iter().enumerate() {
            match out {
                Out::Bytes { .. } => portion.push(Piece::Queued(at)),
                Out::Span(span) => {
                    let behind = portion.add(span, span.upto.unwrap_or_default());
                    if behind.is_some() || !portion.reaches(span) {
                        return portion.or(behind);
                    }
                }
            }
            if portion.is_full() {
                return (portion, None);
            }
        }
        let mut first_behind = None;
        for Live { span, .. } in &self.live {
            let behind = portion.add(span, limit(span.log.room()));
            first_behind = first_behind.or(behind);
            if portion.is_full() {
                break;
            }
        }
        portion.or(first_behind)
    }

    /// The slices of a portion, as many as the system takes at once.
    pub(crate) fn slices<'a>(&'a self, portion: &'a Portion) -> Vec<IoSlice<'a>> {
        let mut slices = Vec::with_capacity(portion.pieces().len());
        for piece in portion.pieces() {
            if slices.len() >= SLICES_PER_WRITE {
                break;
            }
            match piece {
                Piece::Queued(at) => {
                    if let Some(Out::Bytes { bytes, sent }) = self.queue.get(*at) {
                        slices.push(IoSlice::new(&bytes[*sent..]));
                    }
                }
                Piece::Shared { segment, from, upto, .. } => {
                    segment.slices(*from, *upto, portion.reader(), |slice| slices.push(IoSlice::new(slice)));
                }
            }
        }
        slices.truncate(SLICES_PER_WRITE);
        slices
    }

    /// Takes account of `taken` bytes of a portion.
    pub(crate) fn advance(&mut self, portion: &Portion, mut taken: usize) {
        for piece in portion.pieces() {
            let went_whole = match piece {
                Piece::Queued(_) => self.advance_bytes(&mut taken),
                Piece::Shared { live, segment, from, upto } => {
                    self.advance_log(*live, segment, (*from, *upto), portion.reader(), &mut taken)
                }
            };
            if !went_whole {
                break;
            }
        }
        if self.queue.is_empty() {
            // An idle connection keeps no buffer.
            self.queue = VecDeque::new();
        }
    }

    /// A reader that was behind goes on at `cursor`, after what it `missed`. The plan may have grown
    /// since it was found behind, and it may have left the room: false when nothing waits for this.
    pub(crate) fn resume_at(&mut self, behind: &Behind, cursor: Cursor, missed: Vec<u8>) -> bool {
        let is_it = |span: &Span| {
            span.log.room() == behind.log.room() && span.cursor == behind.cursor && span.is_missed == behind.is_missed
        };
        let queued = self.queue.iter_mut().enumerate().find_map(|(at, out)| match out {
            Out::Span(span) if is_it(span) => Some((at, span)),
            _ => None,
        });
        let at = if let Some((at, span)) = queued {
            span.cursor = cursor;
            if span.is_over(span.upto.unwrap_or(cursor)) {
                self.queue.remove(at);
                self.unsent -= SPAN_COST_BYTES;
            }
            at
        } else if let Some(live) = self.live.iter_mut().find(|live| is_it(&live.span)) {
            live.span.cursor = cursor;
            self.queue.len()
        } else {
            return false;
        };
        if !missed.is_empty() {
            self.unsent += missed.len();
            self.queue.insert(at, Out::Bytes { bytes: missed.into(), sent: 0 });
        }
        true
    }

    fn advance_bytes(&mut self, taken: &mut usize) -> bool {
        let Some(Out::Bytes { bytes, sent }) = self.queue.front_mut() else { return false };
        let part = (bytes.len() - *sent).min(*taken);
        *sent += part;
        *taken -= part;
        self.unsent -= part;
        let whole = *sent == bytes.len();
        if whole {
            self.queue.pop_front();
        }
        whole
    }

    fn advance_log(
        &mut self,
        live: Option<RoomId>,
        segment: &Segment,
        (from, upto): (Position, Position),
        reader: &Reader,
        taken: &mut usize,
    ) -> bool {
        let mut length = 0;
        segment.slices(from, upto, reader, |slice| length += slice.len());
        if *taken >= length {
            *taken -= length;
            self.delivered += (upto.0 - from.0) as u32;
            self.set_cursor(live, segment.cursor_at(upto));
            return true;
        }
        let (cursor, rest) = segment.advance(from, reader, *taken);
        *taken = 0;
        self.delivered += (cursor.position.0 - from.0) as u32;
        self.set_cursor(live, cursor);
        // A begun frame is finished before anything else, also when its segment is gone by then.
        self.push_rest(rest);
        false
    }

    /// Moves the log whose turn it is: a live one, or the span at the front.
    fn set_cursor(&mut self, live: Option<RoomId>, cursor: Cursor) {
        if let Some(room) = live {
            return self.advance_live(room, cursor);
        }
        let Some(Out::Span(span)) = self.queue.front_mut() else { return };
        span.cursor = cursor;
        if span.is_over(span.upto.unwrap_or(cursor)) {
            self.queue.pop_front();
            self.unsent -= SPAN_COST_BYTES;
        }
    }
}

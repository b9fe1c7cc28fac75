//! What a connection is still to be sent, in order: finished bytes, parts of logs, and the log that
//! it reads now. The logs' bytes are shared; only what is its own lies here.

mod bytes;
mod portion;
#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::io::IoSlice;
use std::sync::Arc;

use papo_hub::{Cursor, Log, Position, Segment};
use papo_proto::{Encoding, SessionId};

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
    /// Where it ends; `None` for the log that is read now.
    upto: Option<Cursor>,
}

#[derive(Debug)]
enum Out {
    /// Finished bytes, and how many are sent.
    Bytes { bytes: Bytes, sent: usize },
    /// A log that it read before.
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
}

/// The plan of one connection. Holds nothing on the heap while nothing is unsent.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    queue: VecDeque<Out>,
    live: Option<Span>,
    /// Unsent bytes of its own, and a little for each span.
    unsent: usize,
}

const SPAN_COST_BYTES: usize = size_of::<Span>() + 64;

impl Plan {
    /// Queues finished bytes.
    pub(crate) fn push(&mut self, bytes: Bytes) {
        self.unsent += bytes.len();
        self.queue.push_back(Out::Bytes { bytes, sent: 0 });
    }

    /// Begins to read a log.
    pub(crate) fn enter(&mut self, log: Arc<Log>, encoding: Encoding, from: Cursor) {
        self.live = Some(Span { log, encoding, cursor: from, upto: None });
    }

    /// What follows comes after the log up to `at`.
    pub(crate) fn wait_for(&mut self, at: Cursor) {
        let Some(live) = &mut self.live else { return };
        if live.cursor.position >= at.position {
            return;
        }
        let (log, encoding, cursor) = (live.log.clone(), live.encoding, live.cursor);
        live.cursor = at;
        self.unsent += SPAN_COST_BYTES;
        self.queue.push_back(Out::Span(Box::new(Span { log, encoding, cursor, upto: Some(at) })));
    }

    /// Reads its log up to here, then no further.
    pub(crate) fn exit(&mut self, at: Cursor) {
        self.wait_for(at);
        self.live = None;
    }

    /// Reads its log in another encoding from here on.
    pub(crate) fn switch(&mut self, encoding: Encoding, at: Option<Cursor>) {
        if let Some(at) = at {
            self.wait_for(at);
        }
        if let Some(live) = &mut self.live {
            live.encoding = encoding;
        }
    }

    /// The log that it reads now.
    pub(crate) fn live_log(&self) -> Option<Arc<Log>> {
        self.live.as_ref().map(|live| live.log.clone())
    }

    /// Whether the only thing to send is the live log from exactly this position on.
    pub(crate) fn is_at(&self, position: Position) -> bool {
        self.queue.is_empty() && self.live.as_ref().is_some_and(|live| live.cursor.position == position)
    }

    /// The live log was sent up to here.
    pub(crate) fn advance_live(&mut self, to: Cursor) {
        if let Some(live) = &mut self.live {
            live.cursor = to;
        }
    }

    /// The rest of a begun frame goes before everything else.
    pub(crate) fn push_rest(&mut self, rest: &[u8]) {
        if !rest.is_empty() {
            self.unsent += rest.len();
            self.queue.push_front(Out::Bytes { bytes: rest.to_vec().into(), sent: 0 });
        }
    }

    /// Unsent bytes of its own.
    pub(crate) fn unsent(&self) -> usize {
        self.unsent
    }

    /// Collects the next portion, of the live log no further than `limit`. Empty when nothing is left,
    /// or when what is next must first be fetched for a reader that is behind.
    pub(crate) fn gather(&self, reader: SessionId, limit: Cursor) -> (Portion, Option<Behind>) {
        let mut portion = Portion::new(reader);
        for (at, out) in self.queue.iter().enumerate() {
            match out {
                Out::Bytes { .. } => portion.push(Piece::Queued(at)),
                Out::Span(span) => {
                    let behind = portion.add(span, limit);
                    if behind.is_some() || !portion.reaches(span) {
                        return portion.or(behind);
                    }
                }
            }
            if portion.is_full() {
                return (portion, None);
            }
        }
        let behind = self.live.as_ref().and_then(|live| portion.add(live, limit));
        portion.or(behind)
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
                Piece::Shared { segment, from, upto } => {
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
                Piece::Shared { segment, from, upto } => {
                    self.advance_log(segment, *from, *upto, portion.reader(), &mut taken)
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

    /// A reader that was behind goes on at `cursor`, after what it `missed`.
    pub(crate) fn resume_at(&mut self, cursor: Cursor, missed: Vec<u8>) {
        self.set_cursor(cursor);
        if !missed.is_empty() {
            self.unsent += missed.len();
            self.queue.push_front(Out::Bytes { bytes: missed.into(), sent: 0 });
        }
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
        segment: &Segment,
        from: Position,
        upto: Position,
        reader: SessionId,
        taken: &mut usize,
    ) -> bool {
        let mut length = 0;
        segment.slices(from, upto, reader, |slice| length += slice.len());
        if *taken >= length {
            *taken -= length;
            self.set_cursor(segment.cursor_at(upto));
            return true;
        }
        let (cursor, rest) = segment.advance(from, reader, *taken);
        *taken = 0;
        self.set_cursor(cursor);
        // A begun frame is finished before anything else, also when its segment is gone by then.
        self.push_rest(rest);
        false
    }

    /// Moves the log whose turn it is: the span at the front, or else the live one.
    fn set_cursor(&mut self, cursor: Cursor) {
        let Some(Out::Span(span)) = self.queue.front_mut() else { return self.advance_live(cursor) };
        span.cursor = cursor;
        if span.upto.is_none_or(|upto| upto.position <= cursor.position) {
            self.queue.pop_front();
            self.unsent -= SPAN_COST_BYTES;
        }
    }
}

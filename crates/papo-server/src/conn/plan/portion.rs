//! A part of a plan that goes out in one write.

use std::sync::Arc;

use papo_hub::{Cursor, Position, Read, Reader, Segment};
use papo_proto::{RoomId, SessionId};

use super::{Behind, Span};

/// The most runs that one write joins.
const PIECES_MAX: usize = 64;

/// What a portion is made of, in the order of the plan.
#[derive(Debug)]
pub(super) enum Piece {
    /// The unsent part of the queued bytes whose turn it is.
    Queued(usize),
    /// A part of a segment: of the log of this room, which is read now, or of the span whose turn it is.
    Shared { live: Option<RoomId>, segment: Arc<Segment>, from: Position, upto: Position },
}

/// What a plan sends next, in one write. The plan must not change before it is advanced by it.
#[derive(Debug)]
pub(crate) struct Portion {
    reader: Reader,
    pieces: Vec<Piece>,
}

impl Portion {
    pub(super) fn new(reader: Reader) -> Self {
        Self { reader, pieces: Vec::new() }
    }

    /// Whole segments of the log of a room that is read now.
    pub(crate) fn shared(reader: SessionId, room: RoomId, segments: &[Arc<Segment>]) -> Self {
        let whole = |segment: &Arc<Segment>| Piece::Shared {
            live: Some(room),
            segment: segment.clone(),
            from: segment.begin().position,
            upto: segment.end().position,
        };
        Self { reader: reader.into(), pieces: segments.iter().map(whole).collect() }
    }

    /// Whether it carries nothing, not even another's place to move on from.
    pub(crate) fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    /// For whom it is: one's own words are left out, and those of whom one ignores.
    pub(super) fn reader(&self) -> &Reader {
        &self.reader
    }

    pub(super) fn pieces(&self) -> &[Piece] {
        &self.pieces
    }

    pub(super) fn push(&mut self, piece: Piece) {
        self.pieces.push(piece);
    }

    pub(super) fn is_full(&self) -> bool {
        self.pieces.len() >= PIECES_MAX
    }

    /// Adds what a span has to send before `end`, unless it is behind.
    pub(super) fn add(&mut self, span: &Span, end: Cursor) -> Option<Behind> {
        if span.is_over(end) {
            return None;
        }
        let behind = |next| {
            let (log, encoding) = (span.log.clone(), span.encoding);
            Some(Behind { log, encoding, cursor: span.cursor, next, is_missed: span.is_missed })
        };
        if span.is_missed {
            return behind(end);
        }
        let max = PIECES_MAX - self.pieces.len().min(PIECES_MAX - 1);
        match span.log.read(span.encoding, span.cursor.position, max) {
            Read::Segments(segments) => {
                let live = span.upto.is_none().then(|| span.log.room());
                let mut from = span.cursor.position;
                for segment in segments {
                    let upto = segment.end().position.min(end.position);
                    if from >= upto {
                        break;
                    }
                    self.pieces.push(Piece::Shared { live, segment, from, upto });
                    from = upto;
                }
                None
            }
            Read::Behind(next) => behind(if next.position < end.position { next } else { end }),
        }
    }

    /// Whether the last piece ends where the span does, so that what follows it may follow here.
    pub(super) fn reaches(&self, span: &Span) -> bool {
        match (self.pieces.last(), span.upto) {
            (Some(Piece::Shared { upto, .. }), Some(end)) => *upto >= end.position,
            _ => false,
        }
    }

    /// What is behind is fetched when nothing goes before it any more.
    pub(super) fn or(self, behind: Option<Behind>) -> (Self, Option<Behind>) {
        let behind = behind.filter(|_| self.pieces.is_empty());
        (self, behind)
    }
}

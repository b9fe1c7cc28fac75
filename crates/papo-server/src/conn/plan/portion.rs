//! A part of a plan that goes out in one write.

use std::sync::Arc;

use papo_hub::{Cursor, Position, Read, Segment};
use papo_proto::SessionId;

use super::{Behind, Span};

/// The most runs that one write joins.
const PIECES_MAX: usize = 64;

/// What a portion is made of, in the order of the plan.
#[derive(Debug)]
pub(super) enum Piece {
    /// The unsent part of the queued bytes whose turn it is.
    Queued(usize),
    /// A part of a segment, of the log whose turn it is.
    Shared { segment: Arc<Segment>, from: Position, upto: Position },
}

/// What a plan sends next, in one write. The plan must not change before it is advanced by it.
#[derive(Debug)]
pub(crate) struct Portion {
    reader: SessionId,
    pieces: Vec<Piece>,
}

impl Portion {
    pub(super) fn new(reader: SessionId) -> Self {
        Self { reader, pieces: Vec::new() }
    }

    /// Whole segments of the log that is read now.
    pub(crate) fn shared(reader: SessionId, segments: &[Arc<Segment>]) -> Self {
        let whole = |segment: &Arc<Segment>| Piece::Shared {
            segment: segment.clone(),
            from: segment.begin().position,
            upto: segment.end().position,
        };
        Self { reader, pieces: segments.iter().map(whole).collect() }
    }

    /// Whether it carries nothing, not even another's place to move on from.
    pub(crate) fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    /// For whom it is: one's own words are left out.
    pub(super) fn reader(&self) -> SessionId {
        self.reader
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

    /// Adds what a span has to send before its end, or before `limit` when it has none, unless it is
    /// behind.
    pub(super) fn add(&mut self, span: &Span, limit: Cursor) -> Option<Behind> {
        let end = span.upto.unwrap_or(limit);
        if span.cursor.position >= end.position {
            return None;
        }
        let max = PIECES_MAX - self.pieces.len().min(PIECES_MAX - 1);
        match span.log.read(span.encoding, span.cursor.position, max) {
            Read::Segments(segments) => {
                let mut from = span.cursor.position;
                for segment in segments {
                    let upto = segment.end().position.min(end.position);
                    if from >= upto {
                        break;
                    }
                    self.pieces.push(Piece::Shared { segment, from, upto });
                    from = upto;
                }
                None
            }
            Read::Behind(next) => {
                let next = if next.position < end.position { next } else { end };
                Some(Behind { log: span.log.clone(), encoding: span.encoding, cursor: span.cursor, next })
            }
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

//! The client's end of a connection, and one log as it is read for it.

use std::collections::VecDeque;
use std::sync::Arc;

use papo_hub::{Cursor, Log, Read};
use papo_proto::frame::FrameDecoder;
use papo_proto::ws::{Role, WsDecoder};
use papo_proto::{Cut, Encoding, Framing, RoomId, SessionId};

/// What the person at the other end noticed, or the test in her place.
#[derive(Debug)]
pub(crate) enum Got {
    /// A whole frame arrived.
    Line(String),
    /// The log said that what lies between is gone.
    Missed { room: RoomId, from: Cursor, to: Cursor },
    /// A place in the log was named; its seq must be the model's.
    Place(RoomId, Cursor),
    /// The connection was closed.
    Closed,
}

/// Bytes that a turn may write, and runs of frames that it may ask for at a time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Turn {
    pub(crate) bytes: usize,
    pub(crate) runs: usize,
    /// A program's other rooms are read while an answer waits for one.
    pub(crate) rooms_first: bool,
}

/// The client's end: bytes become lines.
#[derive(Debug)]
pub(crate) enum Decoder {
    Frames(FrameDecoder),
    Messages(WsDecoder),
}

impl Decoder {
    pub(crate) fn new(framing: Framing) -> Self {
        match framing {
            Framing::Length => Self::Frames(FrameDecoder::new(usize::MAX)),
            Framing::WebSocket => Self::Messages(WsDecoder::new(Role::Client, usize::MAX)),
        }
    }

    pub(crate) fn take(&mut self, mut bytes: &[u8], got: &mut VecDeque<Got>) {
        loop {
            let cut = match self {
                Self::Frames(decoder) => decoder.next(&mut bytes),
                Self::Messages(decoder) => decoder.next(&mut bytes),
            };
            match cut.expect("what the server writes is valid") {
                Some(Cut::Frame(frame)) => {
                    let line = str::from_utf8(frame).expect("lines are text").to_owned();
                    got.push_back(Got::Line(line));
                }
                Some(other) => panic!("the server wrote {other:?}"),
                None => return,
            }
        }
    }

    pub(crate) fn is_inside_frame(&self) -> bool {
        match self {
            Self::Frames(decoder) => decoder.is_inside_frame(),
            Self::Messages(decoder) => decoder.is_inside_frame(),
        }
    }
}

/// One log as it is read by one session.
pub(crate) struct Tail {
    pub(crate) log: Arc<Log>,
    pub(crate) cursor: Cursor,
    pub(crate) encoding: Encoding,
    pub(crate) session: SessionId,
}

impl Tail {
    /// Reads towards `upto` until a write is short; returns the bytes written and the rest of the
    /// frame that the write broke.
    pub(crate) fn read(&mut self, upto: Cursor, turn: Turn, got: &mut VecDeque<Got>) -> (Vec<u8>, Vec<u8>) {
        let room = self.log.room();
        let mut written = Vec::new();
        let run = match self.log.read(self.encoding, self.cursor.position, turn.runs) {
            Read::Segments(run) => run,
            Read::Behind(next) => {
                assert!(next.position > self.cursor.position, "a reader that is behind moves on");
                let to = if next.position > upto.position { upto } else { next };
                got.push_back(Got::Missed { room, from: self.cursor, to });
                self.cursor = to;
                return (written, Vec::new());
            }
        };
        assert!(!run.is_empty(), "below the head there is something to read");
        for segment in run {
            if segment.begin().position >= upto.position {
                break;
            }
            got.push_back(Got::Place(room, segment.begin()));
            let mut bytes = Vec::new();
            let from = self.cursor.position;
            segment.slices(from, upto.position, &self.session.into(), |slice| bytes.extend_from_slice(slice));
            let taken = bytes.len().min(turn.bytes - written.len());
            written.extend_from_slice(&bytes[..taken]);
            let (mut next, rest) = segment.advance(from, &self.session.into(), taken);
            if taken == bytes.len() {
                // What this dialect is not told takes no bytes.
                next = segment.cursor_at(upto.position);
            }
            assert!(bytes[taken..].starts_with(rest), "the rest is the rest of the frame that was begun");
            got.push_back(Got::Place(room, next));
            self.cursor = next;
            if taken < bytes.len() {
                return (written, rest.to_vec());
            }
        }
        (written, Vec::new())
    }
}

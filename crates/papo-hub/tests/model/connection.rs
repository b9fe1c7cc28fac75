//! A connection as a shard serves it, without a socket: answers and its room's log, in order, in
//! writes that take as many bytes as the test says.

use std::collections::VecDeque;

use papo_hub::{Cursor, What};
use papo_proto::{Encoding, RoomId, SessionId};

use crate::tail::{Decoder, Got, Tail, Turn};

/// One connection.
pub(crate) struct Connection {
    pub(crate) session: SessionId,
    encoding: Encoding,
    inbox: VecDeque<What>,
    tail: Option<Tail>,
    /// Its log may have grown since it last stood at the head.
    dirty: bool,
    /// Bytes that go before everything else: answers, and frames that were begun.
    unsent: VecDeque<u8>,
    decoder: Decoder,
    closed: bool,
    got: VecDeque<Got>,
}

impl Connection {
    pub(crate) fn new(session: SessionId, encoding: Encoding) -> Self {
        Self {
            session,
            encoding,
            inbox: VecDeque::new(),
            tail: None,
            dirty: false,
            unsent: VecDeque::new(),
            decoder: Decoder::new(encoding.framing),
            closed: false,
            got: VecDeque::new(),
        }
    }

    pub(crate) fn deliver(&mut self, what: What) {
        assert!(!self.closed, "nothing follows the close");
        self.inbox.push_back(what);
    }

    /// The shard tells that this room's log has grown.
    pub(crate) fn grown(&mut self, room: RoomId) {
        self.dirty |= self.tail.as_ref().is_some_and(|tail| tail.log.room() == room);
    }

    pub(crate) fn got(&mut self) -> VecDeque<Got> {
        std::mem::take(&mut self.got)
    }

    /// Whether everything that it was given has been written, in whole frames.
    pub(crate) fn is_idle(&self) -> bool {
        self.inbox.is_empty() && self.unsent.is_empty() && !self.dirty && !self.decoder.is_inside_frame()
    }

    /// Writes what waits, in order, until the turn's bytes are used up.
    pub(crate) fn turn(&mut self, mut turn: Turn) {
        while !self.closed {
            let now = self.unsent.len().min(turn.bytes);
            let bytes: Vec<u8> = self.unsent.drain(..now).collect();
            self.decoder.take(&bytes, &mut self.got);
            turn.bytes -= bytes.len();
            if !self.unsent.is_empty() {
                return;
            }
            match self.upto() {
                Some(upto) if self.is_before(upto) => {
                    if !self.read(upto, &mut turn) {
                        return;
                    }
                }
                _ => {
                    let Some(what) = self.inbox.pop_front() else {
                        self.dirty = false;
                        return;
                    };
                    self.carry_out(what);
                }
            }
        }
    }

    /// How far the log must be read before what is next.
    fn upto(&self) -> Option<Cursor> {
        match self.inbox.front() {
            Some(What::Reply { at, .. } | What::Speak { at, .. }) => {
                assert_eq!(at.is_some(), self.tail.is_some(), "a place is named when a log is read");
                *at
            }
            Some(What::Exit { at }) => Some(*at),
            Some(What::Enter { .. } | What::Close) => None,
            None => self.tail.as_ref().filter(|_| self.dirty).map(|tail| tail.log.head()),
        }
    }

    fn is_before(&self, upto: Cursor) -> bool {
        self.tail.as_ref().is_some_and(|tail| tail.cursor.position < upto.position)
    }

    /// False when the socket is full.
    fn read(&mut self, upto: Cursor, turn: &mut Turn) -> bool {
        let Some(tail) = &mut self.tail else { return true };
        let before = tail.cursor;
        let (written, rest) = tail.read(upto, *turn, &mut self.got);
        let moved = tail.cursor != before;
        self.decoder.take(&written, &mut self.got);
        turn.bytes -= written.len();
        self.unsent.extend(rest);
        moved
    }

    fn carry_out(&mut self, what: What) {
        match what {
            What::Reply { reply, .. } => {
                let mut bytes = Vec::new();
                self.encoding.reply(&reply, &mut bytes);
                self.unsent.extend(bytes);
            }
            What::Enter { log, from } => {
                assert!(self.tail.is_none(), "one room at a time");
                self.got.push_back(Got::Place(log.room(), from));
                self.tail = Some(Tail { log, cursor: from, encoding: self.encoding, session: self.session });
                self.dirty = true;
            }
            What::Exit { at } => {
                let tail = self.tail.take().expect("only a room that was entered is left");
                self.got.push_back(Got::Place(tail.log.room(), at));
                self.dirty = false;
            }
            What::Speak { lang, at } => {
                self.encoding.lang = lang;
                if let (Some(tail), Some(at)) = (&mut self.tail, at) {
                    tail.encoding = self.encoding;
                    tail.cursor = at;
                    self.dirty = true;
                }
            }
            What::Close => {
                self.closed = true;
                self.got.push_back(Got::Closed);
            }
        }
    }
}

//! A connection as a shard serves it, without a socket: answers and its rooms' logs, in order, in
//! writes that take as many bytes as the test says.

use std::collections::VecDeque;

use papo_hub::{Cursor, What};
use papo_proto::{Dialect, Encoding, RoomId, SessionId};

use crate::tail::{Decoder, Got, Tail, Turn};

/// What waits for a connection.
#[derive(Debug)]
struct Waiting {
    what: What,
    /// Frames of what was missed in a room that is entered.
    missed: Vec<u8>,
}

impl Waiting {
    /// How far a log must be read before this; a text client reads one room, and no conversation here.
    fn upto(&self) -> Option<(RoomId, Cursor)> {
        match &self.what {
            What::Reply { at, .. } | What::Posted { at, .. } => *at,
            What::Speak { at, .. } => at.first().copied(),
            What::Exit { room, at } => Some((*room, *at)),
            What::Enter { .. } | What::Read(_) | What::Close | What::Ignore(_) => None,
            What::Audit(_) | What::Check(_) => unreachable!("nobody asks for it"),
        }
    }
}

/// One connection.
pub(crate) struct Connection {
    pub(crate) session: SessionId,
    pub(crate) encoding: Encoding,
    inbox: VecDeque<Waiting>,
    tails: Vec<Tail>,
    /// Logs that may have grown since they last stood at the head.
    dirty: Vec<RoomId>,
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
            tails: Vec::new(),
            dirty: Vec::new(),
            unsent: VecDeque::new(),
            decoder: Decoder::new(encoding.framing),
            closed: false,
            got: VecDeque::new(),
        }
    }

    pub(crate) fn deliver(&mut self, what: What, missed: Vec<u8>) {
        let closes = matches!(self.inbox.back(), Some(Waiting { what: What::Close, .. }));
        assert!(!self.closed && !closes, "nothing follows the close");
        self.inbox.push_back(Waiting { what, missed });
    }

    /// The shard tells that this room's log has grown.
    pub(crate) fn grown(&mut self, room: RoomId) {
        if self.tail(room).is_some() {
            self.dirty.push(room);
        }
    }

    pub(crate) fn got(&mut self) -> VecDeque<Got> {
        std::mem::take(&mut self.got)
    }

    /// Whether everything that it was given has been written, in whole frames.
    pub(crate) fn is_idle(&self) -> bool {
        self.inbox.is_empty() && self.unsent.is_empty() && self.dirty.is_empty() && !self.decoder.is_inside_frame()
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
            if let Some((room, upto)) = self.next_read(turn.rooms_first) {
                if !self.read(room, upto, &mut turn) {
                    return;
                }
                continue;
            }
            let Some(waiting) = self.inbox.pop_front() else {
                self.dirty.clear();
                return;
            };
            self.carry_out(waiting);
        }
    }

    /// The log that is to be read next, and how far: the one that what is next waits for, or another
    /// one no further than anything that waits is about it.
    fn next_read(&self, rooms_first: bool) -> Option<(RoomId, Cursor)> {
        let needed = self.inbox.front().and_then(Waiting::upto);
        let is_before =
            |(room, upto): &(RoomId, Cursor)| self.tail(*room).is_some_and(|tail| tail.cursor.position < upto.position);
        if let Some(needed) = needed.filter(is_before) {
            return Some(needed);
        }
        let limit = |tail: &Tail| {
            let room = tail.log.room();
            let mut waits = self.inbox.iter().filter_map(Waiting::upto);
            let limit = waits.find(|(about, _)| *about == room).map_or_else(|| tail.log.head(), |(_, upto)| upto);
            (room, limit)
        };
        let may = self.inbox.is_empty() || rooms_first && self.encoding.dialect == Dialect::Papo1;
        let mut tails = self.tails.iter().filter(|tail| may && self.dirty.contains(&tail.log.room()));
        tails.find_map(|tail| Some(limit(tail)).filter(is_before))
    }

    fn tail(&self, room: RoomId) -> Option<&Tail> {
        self.tails.iter().find(|tail| tail.log.room() == room)
    }

    /// False when the socket is full.
    fn read(&mut self, room: RoomId, upto: Cursor, turn: &mut Turn) -> bool {
        let Some(tail) = self.tails.iter_mut().find(|tail| tail.log.room() == room) else { return true };
        let before = tail.cursor;
        let (written, rest) = tail.read(upto, *turn, &mut self.got);
        let moved = tail.cursor != before;
        self.decoder.take(&written, &mut self.got);
        turn.bytes -= written.len();
        self.unsent.extend(rest);
        moved
    }

    fn carry_out(&mut self, Waiting { what, missed }: Waiting) {
        match what {
            What::Reply { txn, reply, at } => {
                assert!(at.is_none_or(|(room, _)| self.tail(room).is_some()), "it reads what the answer is about");
                let mut bytes = Vec::new();
                self.encoding.reply(txn, &reply, &mut bytes);
                self.unsent.extend(bytes);
            }
            What::Posted { txn, place, at } => {
                let what = What::Reply { txn, reply: Box::new(papo_proto::Reply::Posted(place)), at };
                self.carry_out(Waiting { what, missed });
            }
            What::Enter { log, from, .. } => {
                let room = log.room();
                assert!(self.tail(room).is_none(), "a room is read once");
                assert!(self.encoding.dialect == Dialect::Papo1 || self.tails.is_empty(), "one room at a time");
                self.unsent.extend(missed);
                self.got.push_back(Got::Place(room, from));
                self.tails.push(Tail { log, cursor: from, encoding: self.encoding, session: self.session });
                self.dirty.push(room);
            }
            What::Exit { room, at } => {
                assert!(self.tail(room).is_some(), "only a room that was entered is left");
                self.tails.retain(|tail| tail.log.room() != room);
                self.dirty.retain(|dirty| *dirty != room);
                self.got.push_back(Got::Place(room, at));
            }
            What::Speak { lang, at } => {
                self.encoding.lang = lang;
                for (room, at) in at {
                    let tail = self.tails.iter_mut().find(|tail| tail.log.room() == room).expect("it is read");
                    tail.encoding = self.encoding;
                    tail.cursor = at;
                    self.dirty.push(tail.log.room());
                }
            }
            What::Ignore(ignored) => assert!(ignored.is_empty(), "nobody ignores anybody"),
            What::Audit(_) | What::Check(_) => unreachable!("nobody asks for it"),
            What::Read(query) => {
                let (txn, slice, room, limit, head) = (query.txn, query.slice, query.room.0, query.limit, query.head);
                self.got.push_back(Got::Line(format!("<{txn:?}: {slice:?} of {room}, {limit} up to {head}>")));
            }
            What::Close => {
                assert!(self.tails.is_empty(), "no room is read any more");
                self.closed = true;
                self.got.push_back(Got::Closed);
            }
        }
    }
}

//! What the model is made of: connections, sessions, rooms with their logs, and what was decided.

use std::time::Duration;

use papo_proto::words::{RoomKind, RoomRecord, Slice};
use papo_proto::{Append, Dialect, Ephemeral, Epoch, Event, Lang, Record, Reply, RoomId, RoomName, SessionId, Txn};

use crate::crowd::Crowd;
use crate::lines::Lines;

/// A connection: who speaks by it, and what it must read.
#[derive(Debug)]
pub(crate) struct Conn {
    pub(crate) shard: u16,
    pub(crate) dialect: Dialect,
    pub(crate) lang: Lang,
    /// The session that it speaks for, if that still listens to it.
    pub(crate) person: usize,
    pub(crate) lines: Lines,
    pub(crate) closed: bool,
}

/// A session.
#[derive(Debug, Default)]
pub(crate) struct Person {
    pub(crate) address: u8,
    pub(crate) lang: Lang,
    /// As shown, and what makes it the same as others.
    pub(crate) name: Option<(String, String)>,
    pub(crate) rooms: Vec<u64>,
    /// By decision; nothing more is heard from this person.
    pub(crate) ending: bool,
    /// It has begun, and its end has not been published.
    pub(crate) alive: bool,
    /// The connection that speaks for it.
    pub(crate) claimed: Option<usize>,
    /// The connection that it is delivered to, and the logs that are read there.
    pub(crate) link: Option<usize>,
    pub(crate) reads: Vec<u64>,
    pub(crate) program: Option<Program>,
}

/// What a session has that said hello.
#[derive(Clone, Debug, Default)]
pub(crate) struct Program {
    /// Its token is that of so manieth connection.
    pub(crate) token: usize,
    pub(crate) newest_txn: u64,
    /// Posts that may be repeats, until the store has said so.
    pub(crate) again: u32,
    /// The store could not keep it.
    pub(crate) unkept: bool,
    pub(crate) held_until: Option<Duration>,
    pub(crate) follows: bool,
    pub(crate) typing: Vec<(u64, Duration)>,
    pub(crate) ends_ms: u64,
}

/// A room.
#[derive(Debug)]
pub(crate) struct Room {
    pub(crate) record: RoomRecord,
    pub(crate) key: String,
    pub(crate) members: Vec<usize>,
    /// Somebody said something in it.
    pub(crate) kept: bool,
    /// The store has it.
    pub(crate) stored: bool,
    pub(crate) empty_since: Option<Duration>,
    pub(crate) crowd: Crowd,
}

impl Room {
    pub(crate) fn name(&self) -> RoomName {
        self.record.name.clone()
    }

    pub(crate) fn goes_at(&self) -> Option<Duration> {
        if self.kept { None } else { self.empty_since.map(|since| since + Duration::from_hours(24)) }
    }
}

/// What happened in a room.
#[derive(Debug, Default)]
pub(crate) struct History {
    /// All that was ever said.
    pub(crate) events: Vec<Event>,
    /// True for a message, false for a notice, since the run began.
    pub(crate) happened: Vec<bool>,
}

impl History {
    pub(crate) fn head(&self) -> u64 {
        self.events.len() as u64
    }

    /// The newest message before a place.
    pub(crate) fn seq_at(&self, position: u64) -> u64 {
        let since = self.happened[position as usize..].iter().filter(|event| **event).count();
        self.head() - since as u64
    }
}

/// Something that was decided and is to be published.
#[derive(Debug)]
pub(crate) enum Fact {
    Said {
        who: usize,
        room: u64,
        author: String,
        text: String,
        at_ms: u64,
        txn: Option<u64>,
    },
    /// A post that may be a repeat.
    Again {
        who: usize,
        room: u64,
        text: String,
        txn: u64,
        /// The connection that sent it.
        from: Option<usize>,
    },
    Kept(Record),
    Made {
        who: usize,
        record: RoomRecord,
        existed: bool,
        txn: Option<u64>,
    },
    Told {
        room: u64,
        notice: Ephemeral,
        except: Option<usize>,
    },
    Answer {
        who: usize,
        txn: Option<u64>,
        reply: Reply,
    },
    Read {
        who: usize,
        txn: Option<u64>,
        room: u64,
        slice: Slice,
        limit: usize,
    },
    Enter {
        who: usize,
        room: u64,
        after: Option<u64>,
    },
    Exit {
        who: usize,
        room: u64,
    },
    Speak {
        who: usize,
        lang: Lang,
    },
    Attach {
        who: usize,
        conn: usize,
    },
    Detach {
        who: usize,
    },
    Close {
        who: usize,
    },
}

impl Fact {
    pub(crate) fn waits_for_the_store(&self) -> bool {
        matches!(self, Fact::Said { .. } | Fact::Again { .. } | Fact::Kept(_) | Fact::Made { .. })
    }

    /// What the store is given for it.
    pub(crate) fn record(&self) -> Option<Record> {
        Some(match self {
            Fact::Said { who, room, author, text, at_ms, txn } => Record::Event(Append {
                room: RoomId(*room),
                at_ms: *at_ms,
                session: session(*who),
                txn: txn.map(Txn),
                person: guest(*who),
                author: author.as_str().into(),
                text: text.as_str().into(),
            }),
            Fact::Again { who, txn, .. } => Record::Recall { session: session(*who), txn: Txn(*txn) },
            Fact::Kept(record) => record.clone(),
            Fact::Made { record, .. } => Record::Room(record.clone()),
            _ => return None,
        })
    }
}

/// A guest is nobody but the session.
pub(crate) fn guest(who: usize) -> papo_proto::Person {
    papo_proto::Person::Guest(session(who))
}

/// A room that nobody made, and that is as rooms are.
pub(crate) fn public_room(id: RoomId, name: RoomName, epoch: Epoch, made_ms: u64) -> RoomRecord {
    RoomRecord {
        id,
        name,
        epoch,
        made_ms,
        kind: RoomKind::Public,
        owner: None,
        read_only: false,
        slow_seconds: 0,
        topic: "".into(),
    }
}

/// The numbers of sessions begin with the opening of the store; the first is nobody's.
pub(crate) fn session(who: usize) -> SessionId {
    SessionId((3 << 32) + who as u64 + 2)
}

//! What is said between a session and the hub, and what is kept of it.

use std::fmt;
use std::sync::Arc;

use crate::lang::Lang;
use crate::names::{NameError, Nickname, RoomName};

/// The number of an event in its room's log: 1, 2, 3 … without gaps. 0 stands before the first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Seq(pub u64);

impl Seq {
    /// The seq after this one.
    #[must_use]
    pub fn next(self) -> Seq {
        Seq(self.0 + 1)
    }
}

impl fmt::Display for Seq {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A room, for ever: the number is never used again, whatever becomes of the name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RoomId(pub u64);

/// A session, for the life of the process: the number is never used again. 0 is nobody.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SessionId(pub u64);

/// A durable fact in a room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Its number in the room's log.
    pub seq: Seq,
    /// When it was decided, in milliseconds since 1970, for people only: never an order.
    pub at_ms: u64,
    /// The session that posted it, so that it is not told its own words.
    pub session: SessionId,
    /// The author's name as it was then.
    pub author: Arc<str>,
    /// What was said, cleaned.
    pub text: Arc<str>,
}

/// A message that is decided but not yet numbered: on its way from the hub to the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Append {
    /// The room whose log it joins.
    pub room: RoomId,
    /// When it was decided, in milliseconds since 1970.
    pub at_ms: u64,
    /// The session that posted it.
    pub session: SessionId,
    /// The author's name at decision.
    pub author: Arc<str>,
    /// What was said, cleaned.
    pub text: Arc<str>,
}

/// What a session wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Take a name.
    Nick(Parsed<Nickname>),
    /// Make a room without entering it.
    Create(Parsed<RoomName>),
    /// Enter a room, made if need be, leaving the one before.
    Join(Parsed<RoomName>),
    /// List the rooms.
    Rooms,
    /// Leave the room.
    Leave,
    /// List the members of the room.
    Who,
    /// List the commands.
    Help,
    /// End the connection after all that was sent before.
    Quit,
    /// Speak another language to this session.
    Lang(Lang),
    /// Say something in the room. Cleaned, and not empty.
    Post(Arc<str>),
}

pub use crate::names::Parsed;

/// Why a command is not carried out, for the one who sent it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reject {
    /// The name cannot be taken by anybody.
    Nickname(NameError),
    /// The name, or one that looks like it, is in use.
    NicknameTaken(Arc<str>),
    /// No room can have this name.
    Room(NameError),
    /// There is no such command; the word as typed, with its slash.
    UnknownCommand(String),
    /// The command needs an argument.
    Usage(Verb),
    /// `/lang` with a language that is not spoken here.
    UnknownLanguage(String),
    /// The command needs a room and the session is in none.
    NoRoom,
    /// The message is over the limit of so many bytes.
    MessageTooLong {
        /// The limit in bytes.
        max_bytes: usize,
    },
    /// So many rooms exist that no further one is made.
    TooManyRooms,
    /// The address has made its rooms for now.
    RoomsTooFast {
        /// After so many minutes it may make another.
        retry_minutes: u64,
    },
    /// Our fault: it could not be stored. The id finds its cause in the log.
    Internal {
        /// Names the error in the log.
        id: u64,
    },
}

/// The commands that need an argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// `/nick`
    Nick,
    /// `/create`
    Create,
    /// `/join`
    Join,
    /// `/lang`
    Lang,
}

/// Rooms with the number of people in each, shared: the list may be long.
pub type RoomCounts = Arc<[(RoomName, u32)]>;

/// What a session is told by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// The first words.
    Welcome,
    /// The session has this name now.
    Named {
        /// The name.
        nick: Parsed<Nickname>,
        /// The room that the session's first name brought it into.
        entered: Option<RoomName>,
    },
    /// The session said something before it had a name, and was given this one.
    NamedAsGuest {
        /// The name.
        nick: Nickname,
        /// The room that the session's first name brought it into.
        entered: Option<RoomName>,
    },
    /// The session is in the room.
    Entered(Parsed<RoomName>),
    /// The room was made.
    Created(Parsed<RoomName>),
    /// The room was there already.
    Exists(Parsed<RoomName>),
    /// The session left the room.
    Left(RoomName),
    /// Every room with the number of people in it, busiest first.
    Rooms(RoomCounts),
    /// The names of a room's members, in alphabetical order.
    Members(RoomName, Vec<Arc<str>>),
    /// Every command.
    Help,
    /// The session's language is now the one that this is said in.
    Language,
    /// The last words after `/quit`.
    Goodbye,
    /// The command was not carried out.
    Rejected(Reject),
    /// The connection is over its rate; told once, nothing is lost.
    SlowedDown,
    /// The session fell behind and so many messages were left out.
    LeftOut(u64),
    /// The frame was too big and the connection ends.
    FrameTooBig,
    /// The server stops now and will be back.
    Draining,
    /// No place for this connection; it ends.
    Refused(Refusal),
}

/// Why a connection is not taken at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Too many connections from its address.
    Address,
    /// The server is full.
    Full,
}

/// What is told to those in a room and kept nowhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ephemeral {
    /// Somebody entered, and so many others with them.
    Entered {
        /// The first of them.
        who: Arc<str>,
        /// How many besides.
        others: u32,
    },
    /// Somebody left, and so many others with them.
    Left {
        /// The first of them.
        who: Arc<str>,
        /// How many besides.
        others: u32,
    },
    /// Somebody's connection was lost.
    Lost {
        /// Whose.
        who: Arc<str>,
    },
    /// Somebody has another name now.
    Renamed {
        /// The name before.
        from: Arc<str>,
        /// The name now.
        to: Arc<str>,
    },
}

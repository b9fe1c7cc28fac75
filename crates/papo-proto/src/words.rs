//! What is said between a session and the hub, and what is kept of it.

use std::fmt;
use std::sync::Arc;

use crate::lang::Lang;
use crate::names::{NameError, Nickname, RoomName};

/// The number of an event in its room's log: 1, 2, 3 … without gaps. 0 stands before the first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Seq(pub u64);

impl Seq {
    /// Beyond every event.
    pub const MAX: Seq = Seq(u64::MAX);

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
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RoomId(pub u64);

/// Which log of a room a seq counts in: a log that starts anew (a memory store after a restart, a
/// restored backup) has another epoch. Below 2^53, so that every language can hold it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Epoch(pub u64);

/// A session's own number of a command, chosen by its client; it grows within the session.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Txn(pub u64);

/// What is kept of a session's token: the token itself is known to its client alone.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TokenHash(pub [u8; 32]);

impl fmt::Debug for TokenHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TokenHash({:02x}{:02x}…)", self.0[0], self.0[1])
    }
}

impl RoomId {
    /// No room: the log by this number tells of changes of the list of rooms.
    pub const DIRECTORY: RoomId = RoomId(0);
}

/// A session. The number is never used again, not even after a restart; 0 is nobody.
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
    /// That session's number of the command, if its dialect has such numbers.
    pub txn: Option<Txn>,
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
    /// That session's number of the command; unique in the store together with the session.
    pub txn: Option<Txn>,
    /// The author's name at decision.
    pub author: Arc<str>,
    /// What was said, cleaned.
    pub text: Arc<str>,
}

/// A room as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoomRecord {
    /// Its number, never used again.
    pub id: RoomId,
    /// Its name as first written.
    pub name: RoomName,
    /// Which log its seqs count in.
    pub epoch: Epoch,
    /// When it was made, in milliseconds since 1970.
    pub made_ms: u64,
}

/// A session that can be resumed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionRecord {
    /// Its number.
    pub id: SessionId,
    /// By which its client is known again.
    pub token: TokenHash,
    /// The name that it had last.
    pub nick: Arc<str>,
    /// Until when it can be resumed, in milliseconds since 1970.
    pub ends_ms: u64,
}

/// What the hub gives the store, in the order of decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Record {
    /// A message joins its room's log.
    Event(Append),
    /// A room exists. Said again it changes nothing.
    Room(RoomRecord),
    /// A room is gone with its log.
    RoomGone(RoomId),
    /// A session can be resumed; what was said of it before is replaced.
    Session(SessionRecord),
    /// A session cannot be resumed any more.
    SessionGone(SessionId),
    /// Nothing is stored: what became of a command that the session may have sent before?
    Recall {
        /// Whose command.
        session: SessionId,
        /// Its number.
        txn: Txn,
    },
}

/// Where and when an event is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The room.
    pub room: RoomId,
    /// Its number in the room's log.
    pub seq: Seq,
    /// When it was decided, in milliseconds since 1970.
    pub at_ms: u64,
}

/// What the store made of a [`Record`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stored {
    /// The event has this seq.
    Appended(Seq),
    /// The session's txn is that of an event that was stored before; nothing was appended.
    Repeated(Place),
    /// To [`Record::Recall`]: no event has that txn.
    Unknown,
    /// It is stored.
    Done,
}

/// Which room a command is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// The one that the session is in: text clients are in one at a time.
    Current,
    /// This one.
    Room(RoomId),
}

/// Which events are wanted of a room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slice {
    /// The newest ones below this seq; [`Seq::MAX`] for the newest of all.
    Before(Seq),
    /// The oldest ones over this seq.
    After(Seq),
}

/// What a session wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Take a name.
    Nick(Parsed<Nickname>),
    /// Make a room without entering it.
    Create(Parsed<RoomName>),
    /// Enter a room, made if need be.
    Join {
        /// The room.
        room: Parsed<RoomName>,
        /// Leave the others.
        alone: bool,
    },
    /// List the rooms.
    Rooms,
    /// Leave the room.
    Leave(Target),
    /// List the members of the room.
    Who(Target),
    /// Show what was said in the room.
    History {
        /// The room.
        of: Target,
        /// Which events.
        slice: Slice,
        /// How many at most.
        limit: usize,
    },
    /// Tell those in the room that one is typing.
    Typing(RoomId),
    /// List the commands.
    Help,
    /// Ask whether the server is there.
    Ping,
    /// End the session after all that was sent before.
    Quit,
    /// Speak another language to this session.
    Lang(Lang),
    /// Say something in the room. Cleaned, and not empty.
    Post {
        /// The room.
        to: Target,
        /// What is said.
        text: Arc<str>,
    },
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
    /// Plain text is not spoken here.
    TlsRequired,
    /// The address has made its rooms for now.
    RoomsTooFast {
        /// After so many minutes it may make another.
        retry_minutes: u64,
    },
    /// A frame that is no command of papo/1.
    Malformed {
        /// What is wrong with it.
        why: String,
    },
    /// Another command came before hello.
    HelloFirst,
    /// The connection has said hello before.
    HelloTwice,
    /// The version of papo/1 is not spoken here.
    Version {
        /// The one that is.
        known: u32,
    },
    /// The txn must be between 1 and 2^53 − 1.
    Txn,
    /// The token is for no session, or for one that has ended.
    UnknownSession,
    /// The session is in too many rooms to enter another.
    TooManyJoined {
        /// The limit.
        max: usize,
    },
    /// There is no such room.
    UnknownRoom,
    /// The session is not in the room.
    NotAMember,
    /// There is nothing in the message.
    EmptyMessage,
    /// The number that the command needs is none, or out of its range.
    Number {
        /// The largest that is allowed.
        max: usize,
    },
    /// Something of the session is just being done; the same may be asked for again in a moment.
    Busy,
    /// The disk has no room, or cannot be written: nothing new is taken until it can.
    StoreFull,
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

/// A room in a list, with the number of people in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoomCount {
    /// The room.
    pub id: RoomId,
    /// Its name.
    pub name: RoomName,
    /// How many are in it.
    pub online: u32,
}

/// Rooms with the number of people in each, shared: the list may be long.
pub type RoomCounts = Arc<[RoomCount]>;

/// A room as somebody in it sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoomFacts {
    /// The room.
    pub id: RoomId,
    /// Which log its seqs count in.
    pub epoch: Epoch,
    /// Its name.
    pub name: RoomName,
    /// The oldest event that is kept, as far as is known; 0 for none.
    pub first: Seq,
    /// The newest event.
    pub head: Seq,
}

/// The answer to hello.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Welcomed {
    /// The token, as the client keeps it.
    pub token: Arc<str>,
    /// Until when the session can be resumed, in milliseconds since 1970.
    pub ends_ms: u64,
    /// The session's name.
    pub nick: Arc<str>,
    /// The server's time, in milliseconds since 1970.
    pub now_ms: u64,
    /// How long a message may be.
    pub message_bytes: usize,
    /// The session went on.
    pub resumed: bool,
    /// The rooms that it is in.
    pub rooms: Vec<RoomFacts>,
}

/// What a session is told by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// The first words.
    Welcome,
    /// The first words to a client that speaks papo/1.
    Hello(Box<Welcomed>),
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
    Entered {
        /// The room.
        room: RoomFacts,
        /// Its name was cut.
        cut: bool,
    },
    /// The room was made, or was there already.
    Created {
        /// The room.
        room: RoomFacts,
        /// It was there already.
        existed: bool,
        /// Its name was cut.
        cut: bool,
    },
    /// The session left the room.
    Left(RoomId, RoomName),
    /// Every room with the number of people in it, busiest first.
    Rooms(RoomCounts),
    /// The names of a room's members, in alphabetical order.
    Members(RoomId, RoomName, Vec<Arc<str>>),
    /// The message is stored; only told to sessions whose commands have numbers.
    Posted(Place),
    /// The room was told that one is typing.
    Typing,
    /// The server is there; its time in milliseconds since 1970.
    Pong {
        /// The server's time.
        now_ms: u64,
    },
    /// A room's log is another one than the client knew.
    Reset(RoomFacts),
    /// Events that are not sent by themselves, from the first to the last.
    Gap(RoomId, Seq, Seq),
    /// A room that the client named does not exist.
    Gone(RoomId),
    /// Notices of a room, or changes of the list of rooms, were left out.
    Stale(RoomId),
    /// The session goes on by another connection.
    Fenced,
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
    /// People entered; more than one when they came too fast to be told one by one.
    Entered(Vec<Arc<str>>),
    /// People left.
    Left(Vec<Arc<str>>),
    /// People's connections were lost.
    Lost(Vec<Arc<str>>),
    /// Somebody has another name now.
    Renamed {
        /// The name before.
        from: Arc<str>,
        /// The name now.
        to: Arc<str>,
    },
    /// Somebody is typing.
    Typing(Arc<str>),
    /// The list of rooms has changed; told to those who follow it, not to a room.
    Rooms {
        /// New and changed rooms.
        changed: Vec<RoomCount>,
        /// Rooms that are gone.
        gone: Vec<RoomId>,
    },
}

//! What is kept: events, rooms, people, and what the hub tells the store of them.

use std::sync::Arc;

use super::people::{
    AccountRecord, AuditRecord, GrantRecord, InviteRecord, LoginId, LoginRecord, Person, ReadRecord, RestrictionRecord,
};
use super::{Epoch, RoomId, Seq, SessionId, TokenHash, Txn};
use crate::names::RoomName;

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
    /// Who it is of.
    pub person: Person,
    /// The author's name as it was then.
    pub author: Arc<str>,
    /// What happened.
    pub body: Body,
}

/// What an event tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// What was said, cleaned.
    Message(Arc<str>),
    /// A message that was taken back: nothing of it is left.
    Redacted,
    /// The author of this event took these messages back.
    Redaction(Arc<[Seq]>),
}

impl Body {
    /// What was said, if it was said and is still there.
    pub fn text(&self) -> Option<&Arc<str>> {
        match self {
            Body::Message(text) => Some(text),
            Body::Redacted | Body::Redaction(_) => None,
        }
    }
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
    /// Who posted it.
    pub person: Person,
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
    /// Who may be in it.
    pub kind: RoomKind,
    /// Who made it, while it has one.
    pub owner: Option<Person>,
    /// Only those who look after it may post.
    pub read_only: bool,
    /// Seconds between two messages of the same person; 0 for no limit.
    pub slow_seconds: u32,
    /// What it is about; may be empty.
    pub topic: Arc<str>,
}

impl RoomRecord {
    /// A public room that nobody made and about which there is nothing else to say.
    pub fn public(id: RoomId, name: RoomName, epoch: Epoch, made_ms: u64) -> Self {
        let (kind, topic) = (RoomKind::Public, "".into());
        Self { id, name, epoch, made_ms, kind, owner: None, read_only: false, slow_seconds: 0, topic }
    }
}

/// Who may be in a room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RoomKind {
    /// Everybody.
    Public,
    /// Who was invited. Others do not learn that it exists: its name does not count among public ones.
    Private,
    /// These two.
    Direct(Person, Person),
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
    /// The login that it is of; none for a guest.
    pub login: Option<LoginId>,
}

/// What the hub gives the store, in the order of decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Record {
    /// A message joins its room's log.
    Event(Append),
    /// A room exists, and this is what it is now. Its name, epoch and age never change.
    Room(RoomRecord),
    /// A room is gone with its log.
    RoomGone(RoomId),
    /// A session can be resumed; what was said of it before is replaced.
    Session(SessionRecord),
    /// A session cannot be resumed any more.
    SessionGone(SessionId),
    /// Messages are taken back: nothing of them is left anywhere, and an event says so.
    Redact(Redact),
    /// An account is this now.
    Account(AccountRecord),
    /// An account is logged in somewhere.
    Login(LoginRecord),
    /// It is not any more.
    LoginGone(LoginId),
    /// Somebody has a role in a room, or has it no more.
    Grant(GrantRecord),
    /// Somebody is restricted in a room, or is so no more.
    Restriction(RestrictionRecord),
    /// An invitation to the server is this now.
    Invite(InviteRecord),
    /// Somebody has read a room up to here.
    Read(ReadRecord),
    /// Somebody did something that others may look up.
    Audit(AuditRecord),
    /// Only accounts older than a day may post, or everybody may again.
    Lockdown(bool),
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

/// What is taken back, by whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redact {
    /// The room.
    pub room: RoomId,
    /// Which messages.
    pub what: RedactWhat,
    /// When it was decided, in milliseconds since 1970.
    pub at_ms: u64,
    /// The session that did it.
    pub session: SessionId,
    /// Who did it.
    pub person: Person,
    /// Their name.
    pub author: Arc<str>,
    /// What is written down of it, if there is something to take back.
    pub audit: Option<Box<AuditRecord>>,
}

/// Whose message may be taken back by its seq.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Whose {
    /// Only this person's.
    Of(Person),
    /// Anybody's but theirs.
    NotOf(Arc<[Person]>),
}

impl Whose {
    /// Whoever wrote it.
    pub fn anybody() -> Self {
        Whose::NotOf(Arc::new([]))
    }

    /// Whether this person is meant.
    pub fn means(&self, person: Person) -> bool {
        match self {
            Whose::Of(only) => *only == person,
            Whose::NotOf(spared) => !spared.contains(&person),
        }
    }
}

/// Which messages are taken back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RedactWhat {
    /// The one with this seq.
    One(Seq, Whose),
    /// The newest of somebody.
    Last(Person),
    /// All of somebody since a time, in milliseconds since 1970; the newest
    /// [`crate::limits::REDACT_MAX_EVENTS`] at most.
    Of(Person, u64),
}

/// What the store made of a [`Record`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stored {
    /// The event has this seq.
    Appended(Seq),
    /// The session's txn is that of an event that was stored before; nothing was appended.
    Repeated(Place),
    /// To [`Record::Recall`]: no event has that txn.
    Unknown,
    /// These messages are gone, and the event that says so has this seq; none were there when it is 0.
    Redacted(Seq, Arc<[Seq]>),
    /// It is stored.
    Done,
}

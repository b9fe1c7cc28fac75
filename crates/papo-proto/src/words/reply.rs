//! What a session is told.

use std::sync::Arc;

use super::people::{AccountId, LoginId, Role, Standing};
use super::record::RoomKind;
use super::{Epoch, Place, Reject, RoomId, Seq};
use crate::names::{Nickname, Parsed, RoomName};

/// A room in a list, with the number of people in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoomCount {
    /// The room.
    pub id: RoomId,
    /// Its name.
    pub name: RoomName,
    /// How many are in it.
    pub online: u32,
    /// Only who is invited may be in it.
    pub private: bool,
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
    /// Who may be in it.
    pub kind: RoomKind,
    /// In a conversation of two, the other one's name.
    pub with: Option<Arc<str>>,
    /// What the reader is in it.
    pub role: Role,
    /// Only moderators may post.
    pub read_only: bool,
    /// Seconds between two messages of the same person.
    pub slow_seconds: u32,
    /// What it is about.
    pub topic: Arc<str>,
    /// Up to where the reader's account has read it, if that is known.
    pub read: Option<Seq>,
}

impl RoomFacts {
    /// A public room about which there is nothing else to say, to a guest.
    pub fn public(id: RoomId, epoch: Epoch, name: RoomName, first: Seq, head: Seq) -> Self {
        Self {
            id,
            epoch,
            name,
            first,
            head,
            kind: RoomKind::Public,
            with: None,
            role: Role::Guest,
            read_only: false,
            slow_seconds: 0,
            topic: "".into(),
            read: None,
        }
    }
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
    /// The account, if it has one.
    pub account: Option<AccountId>,
    /// The account may do everything.
    pub is_admin: bool,
    /// Who can make an account.
    pub registration: Registration,
    /// What whoever runs the server tells everybody who comes; may be empty.
    pub greeting: Arc<str>,
    /// Whom it is not shown.
    pub ignored: Vec<Arc<str>>,
}

/// Who can make an account.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Registration {
    /// Everybody.
    #[default]
    Open,
    /// Whoever has an invitation.
    Invite,
    /// Nobody.
    Closed,
}

/// One of an account's logins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoginFacts {
    /// By which it is ended.
    pub id: LoginId,
    /// What the owner knows it by.
    pub label: Arc<str>,
    /// When it was made, in milliseconds since 1970.
    pub made_ms: u64,
    /// When it was used last.
    pub seen_ms: u64,
    /// How long that is ago, in milliseconds.
    pub age_ms: u64,
    /// It is the asking session's own.
    pub is_this: bool,
}

/// An account in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountFacts {
    /// Its name.
    pub name: Arc<str>,
    /// When it was made, in milliseconds since 1970.
    pub made_ms: u64,
    /// May do everything.
    pub is_admin: bool,
    /// It is a program.
    pub is_bot: bool,
    /// What has become of it.
    pub standing: Standing,
    /// In how many sessions it is there now.
    pub online: u32,
}

/// What was changed in a room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// It is about this now.
    Topic(Arc<str>),
    /// Whether only who was invited may be in it.
    Private(bool),
    /// Whether only moderators may post.
    ReadOnly(bool),
    /// Seconds between two messages.
    Slow(u32),
    /// Somebody has another role.
    Role(Arc<str>, Role),
    /// Somebody may say nothing for so many seconds; may speak again when it is 0.
    Muted(Arc<str>, u64),
    /// Somebody was taken out of the room, by a ban if it is true.
    Removed(Arc<str>, bool),
}

/// What a session is told by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// The first words.
    Welcome,
    /// What whoever runs the server tells everybody who comes.
    Greeting(Arc<str>),
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
    /// The names of a room's members, in alphabetical order, and who has a role from moderator on, there or not.
    Members(RoomId, RoomName, Vec<Arc<str>>, Vec<(Arc<str>, Role)>),
    /// The message is stored; only told to sessions whose commands have numbers.
    Posted(Place),
    /// It is done.
    Done,
    /// The session is this account now; the token is told once. Also how many wait to be read.
    LoggedIn {
        /// The account.
        account: AccountId,
        /// Its name.
        name: Arc<str>,
        /// May do everything.
        is_admin: bool,
        /// By which its client is known again, until then.
        token: Arc<str>,
        /// Until when, in milliseconds since 1970.
        ends_ms: u64,
        /// The account was just made.
        is_new: bool,
        /// The room that the session's first name brought it into.
        entered: Option<RoomName>,
    },
    /// The session is a guest now, of this name.
    LoggedOut(Arc<str>),
    /// The password is another one.
    PasswordChanged,
    /// The account is deleted.
    AccountDeleted,
    /// The account's logins.
    Logins(Vec<LoginFacts>),
    /// A bot was made; its token is told once.
    Token {
        /// The bot's name.
        name: Arc<str>,
        /// Its token.
        token: Arc<str>,
    },
    /// The account's bots.
    Tokens(Vec<Arc<str>>),
    /// The bot or the login is ended.
    Ended(Arc<str>),
    /// The name is its account's: the session is a guest of another name now.
    NameReclaimed(Arc<str>),
    /// The session is called this from now on, as what was asked for has it.
    CalledNow(Arc<str>),
    /// The login has ended, and the session with it.
    LoginEnded,
    /// The conversation with somebody, also when it begins by itself.
    Direct(RoomFacts),
    /// The whisper is kept until its reader comes.
    KeptFor(Arc<str>),
    /// So many messages of somebody were not read yet; they follow.
    Unread(Arc<str>, u64),
    /// Whom the session is not shown.
    Ignored(Vec<Arc<str>>),
    /// It is done for this person.
    DoneFor(Arc<str>),
    /// The session may enter a room.
    Invited {
        /// The room.
        room: RoomFacts,
        /// Who lets it in.
        by: Arc<str>,
    },
    /// The session is out of a room.
    Removed {
        /// The room.
        room: RoomId,
        /// Its name.
        name: RoomName,
        /// By whom.
        by: Arc<str>,
        /// Why; may be empty.
        why: Arc<str>,
        /// It may not come back.
        is_banned: bool,
        /// The room has ended.
        is_closed: bool,
    },
    /// The account has read a room up to here by another session.
    Read(RoomId, Seq),
    /// So many messages were taken back.
    Redacted(u64),
    /// Somebody tells the moderators of a room something.
    Reported {
        /// The room.
        room: RoomId,
        /// Its name.
        name: RoomName,
        /// Who.
        by: Arc<str>,
        /// The message that it is about.
        seq: Option<Seq>,
        /// What is wrong.
        why: Arc<str>,
    },
    /// Something was changed in a room, to who did it.
    Changed(RoomName, Change),
    /// Whoever runs the server says something.
    Announcement(Arc<str>),
    /// Every account.
    Accounts(Vec<AccountFacts>),
    /// An invitation was made: its secret, told once.
    Invitation(Arc<str>),
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

impl Reply {
    /// Whether others may cause it, as often as they like, for a session that asks for nothing. None of it is lost
    /// with a connection: what it tells is so, and is told again when the session comes back or asks.
    pub fn is_of_others(&self) -> bool {
        matches!(
            self,
            Self::Invited { .. }
                | Self::Reported { .. }
                | Self::Removed { .. }
                | Self::Direct(_)
                | Self::Read(..)
                | Self::Gone(_)
                | Self::NameReclaimed(_)
        )
    }
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
    /// Something was changed in the room.
    Changed {
        /// By whom.
        by: Arc<str>,
        /// What.
        change: Change,
    },
    /// The list of rooms has changed; told to those who follow it, not to a room.
    Rooms {
        /// New and changed rooms.
        changed: Vec<RoomCount>,
        /// Rooms that are gone.
        gone: Vec<RoomId>,
    },
}

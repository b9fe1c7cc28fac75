//! What a server sends.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

pub use super::facts::{
    AuditEntry, Kind, LoggedIn, Login, Ranked, Redacted, Redaction, Registration, Role, RoomChange,
};

/// A frame from the server. What a client does not know (another `is`) it passes over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(optional_fields))]
pub enum ServerFrame {
    /// A command was carried out. An acknowledged post is on disk.
    Ack {
        /// The client's number of the command.
        txn: u64,
        /// What came of it.
        answer: Answer,
    },
    /// A command was not carried out.
    Reject {
        /// The client's number of the command; missing when the frame had none that could be read.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        txn: Option<u64>,
        /// Why, for programs.
        code: u16,
        /// Why, for people, in the session's language.
        text: Arc<str>,
        /// Whether and when to send it again.
        retry: Retry,
        /// With `later`: not before so many milliseconds have passed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        after_ms: Option<u64>,
    },
    /// Somebody said something in a room. The session's own posts come as acks instead, except
    /// where missed events are told after a resume, and in history.
    Message(Message),
    /// Where a message was that is taken back; only where missed events are told.
    Redacted(Redacted),
    /// Somebody took messages back: nothing of them is to be shown any more.
    Redaction(Redaction),
    /// People entered a room.
    Entered {
        /// The room.
        room: u64,
        /// Who.
        who: Vec<Arc<str>>,
    },
    /// People left a room.
    Left {
        /// The room.
        room: u64,
        /// Who.
        who: Vec<Arc<str>>,
    },
    /// People's connections to a room were lost and did not come back.
    Lost {
        /// The room.
        room: u64,
        /// Who.
        who: Vec<Arc<str>>,
    },
    /// A member of a room has another name now.
    Renamed {
        /// The room.
        room: u64,
        /// The name before.
        from: Arc<str>,
        /// The name now.
        to: Arc<str>,
    },
    /// Somebody is typing in a room.
    Typing {
        /// The room.
        room: u64,
        /// Who.
        who: Arc<str>,
    },
    /// Something was changed in a room.
    Changed {
        /// The room.
        room: u64,
        /// By whom.
        by: Arc<str>,
        /// What.
        change: RoomChange,
    },
    /// The conversation with somebody, which the session is in from now on.
    Direct {
        /// Its room.
        room: RoomState,
    },
    /// The account has read a conversation up to here, by another of its sessions.
    Read {
        /// The room.
        room: u64,
        /// Up to where.
        seq: u64,
    },
    /// The session may enter a room by `join`.
    Invited {
        /// The room.
        room: RoomState,
        /// By whom.
        by: Arc<str>,
    },
    /// The session is out of a room.
    Removed {
        /// The room.
        room: u64,
        /// By whom.
        by: Arc<str>,
        /// Why; may be empty.
        why: Arc<str>,
        /// It may not come back for now.
        banned: bool,
        /// The room has ended.
        closed: bool,
    },
    /// Somebody tells the moderators of a room, the reader among them, something.
    Reported {
        /// The room.
        room: u64,
        /// Who.
        by: Arc<str>,
        /// The message that it is about.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        seq: Option<u64>,
        /// What is wrong.
        why: Arc<str>,
    },
    /// The session has another name now, without having asked for it.
    Named {
        /// The name.
        nick: Arc<str>,
    },
    /// Events of a room that are not sent by themselves; `history` has them.
    Gap {
        /// The room.
        room: u64,
        /// The first seq that is missing.
        from: u64,
        /// The last seq that is missing.
        to: u64,
    },
    /// Who entered, left or changed their name in a room was left out: ask who is there again.
    Stale {
        /// The room.
        room: u64,
    },
    /// The room's log is another one than the client knew: what it holds of the room is of the past.
    Reset {
        /// The room as it is now.
        room: RoomState,
    },
    /// A room that the client named does not exist.
    Gone {
        /// The room.
        room: u64,
    },
    /// Rooms that are new or have other numbers, for clients with the capability `rooms`.
    Rooms {
        /// New and changed rooms.
        changed: Vec<RoomInfo>,
        /// Rooms that are gone.
        gone: Vec<u64>,
        /// Changes were left out: ask for the whole list again.
        #[serde(default, skip_serializing_if = "is_false")]
        #[cfg_attr(test, ts(as = "Option<_>", optional))]
        stale: bool,
    },
    /// Something about the connection.
    Notice {
        /// What.
        about: About,
        /// The same for people.
        text: Arc<str>,
    },
    /// A frame that this version does not know.
    #[serde(other)]
    #[cfg_attr(test, ts(skip))]
    Unknown,
}

/// Something about the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum About {
    /// The client sends too fast and is read later; nothing is lost.
    SlowedDown,
    /// The server stops and will be back: resume then.
    Draining,
    /// The session goes on by another connection; this one ends and must not resume by itself.
    Fenced,
    /// The frame cannot be read and the connection ends.
    FrameTooBig,
    /// Whoever runs the server says something to everybody.
    Announcement,
    /// The login has ended and the session with it: log in again.
    LoginEnded,
    /// Anything else that people should read.
    #[serde(other)]
    Other,
}

/// What a client does about a reject.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum Retry {
    /// Sending it again changes nothing; the client's code is wrong.
    Never,
    /// It can be sent again when a person has changed something.
    Changed,
    /// The same, with the same txn, may be accepted later.
    Later,
}

/// What came of a command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "to", rename_all = "snake_case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum Answer {
    /// The session is open. What it missed in the rooms that it resumed follows.
    Hello {
        /// The version of the dialect.
        version: u32,
        /// The server's name and version.
        server: Arc<str>,
        /// The token by which the session is resumed; a secret.
        session: Arc<str>,
        /// Until when it can be resumed, in milliseconds since 1970.
        ends: u64,
        /// The session's name.
        nick: Arc<str>,
        /// The server's time, in milliseconds since 1970.
        now: u64,
        /// What the server understands beyond the minimum.
        capabilities: Vec<Arc<str>>,
        /// How long a message may be, in bytes of UTF-8.
        message_bytes: u64,
        /// The session had been open before and goes on; otherwise it is new.
        resumed: bool,
        /// The rooms that the session is in.
        rooms: Vec<RoomState>,
        /// The account, if the session has one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        account: Option<u64>,
        /// The account may do everything.
        #[serde(default, skip_serializing_if = "is_false")]
        #[cfg_attr(test, ts(as = "Option<_>", optional))]
        admin: bool,
        /// Who can make an account.
        #[serde(default)]
        registration: Registration,
        /// What whoever runs the server tells everybody who comes; may be empty.
        #[serde(default)]
        greeting: Arc<str>,
        /// Whom the session is not shown.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        #[cfg_attr(test, ts(as = "Option<_>", optional))]
        ignored: Vec<Arc<str>>,
    },
    /// The session is an account now.
    Login(LoggedIn),
    /// The account was made, and the session is it now.
    Register(LoggedIn),
    /// The session is a guest now.
    Logout {
        /// Its name.
        nick: Arc<str>,
    },
    /// The account's logins.
    Logins {
        /// Those that were used last come first.
        logins: Vec<Login>,
    },
    /// A bot was made.
    NewToken {
        /// Its name.
        nick: Arc<str>,
        /// Its token; told once.
        token: Arc<str>,
    },
    /// The account's bots.
    Tokens {
        /// Their names.
        nicks: Vec<Arc<str>>,
    },
    /// The conversation is open.
    Direct {
        /// Its room.
        room: RoomState,
    },
    /// So many messages were taken back.
    Redact {
        /// How many.
        count: u64,
    },
    /// What a room's moderators have done.
    Audit {
        /// The room.
        room: u64,
        /// Oldest first.
        entries: Vec<AuditEntry>,
    },
    /// It is done, and there is nothing to say about it.
    Done,
    /// The message is on disk, in this place of its room.
    Post {
        /// The room.
        room: u64,
        /// Its number in the room's log.
        seq: u64,
        /// When it was taken, in milliseconds since 1970.
        at: u64,
    },
    /// The session is in the room and gets what is said there after `head`.
    Join {
        /// The room.
        room: RoomState,
        /// The name was too long and has been cut.
        cut: bool,
    },
    /// The session is not in the room any more.
    Leave {
        /// The room.
        room: u64,
    },
    /// The room exists.
    Create {
        /// The room.
        room: RoomState,
        /// It existed before.
        existed: bool,
        /// The name was too long and has been cut.
        cut: bool,
    },
    /// All rooms, busiest first.
    Rooms {
        /// The rooms.
        rooms: Vec<RoomInfo>,
    },
    /// The members of a room, in alphabetical order.
    Who {
        /// The room.
        room: u64,
        /// Their names.
        members: Vec<Arc<str>>,
        /// Who has a role from moderator on, there or not; an administrator only while there.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        #[cfg_attr(test, ts(as = "Option<_>", optional))]
        roles: Vec<Ranked>,
    },
    /// The session has this name now.
    Nick {
        /// The name.
        nick: Arc<str>,
        /// It was too long and has been cut.
        cut: bool,
    },
    /// A part of a room's log.
    History {
        /// The room.
        room: u64,
        /// The oldest seq that is kept; what is below is gone. 0 when nothing is kept.
        first: u64,
        /// The newest seq.
        head: u64,
        /// Events in the order of seq, none left out between them.
        events: Vec<RoomEvent>,
    },
    /// Those in the room were told, or had been a moment ago.
    Typing,
    /// The server is there.
    Ping {
        /// The server's time, in milliseconds since 1970.
        now: u64,
    },
    /// The session has ended.
    Bye,
    /// An answer that this version does not know.
    #[serde(other)]
    #[cfg_attr(test, ts(skip))]
    Unknown,
}

/// An event of a room's log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum RoomEvent {
    /// Somebody said something.
    Message(Message),
    /// Something was said here, and it was taken back.
    Redacted(Redacted),
    /// Somebody took messages back.
    Redaction(Redaction),
    /// An event that this version does not know.
    #[serde(other)]
    #[cfg_attr(test, ts(skip))]
    Unknown,
}

/// What somebody said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(optional_fields))]
pub struct Message {
    /// The room.
    pub room: u64,
    /// Its number in the room's log: 1, 2, 3 … without gaps. This is the order.
    pub seq: u64,
    /// When it was taken, in milliseconds since 1970; for people, never an order.
    pub at: u64,
    /// The author's account, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<u64>,
    /// The author's name as it was then.
    pub author: Arc<str>,
    /// What was said.
    pub text: Arc<str>,
    /// The reader's own number of the post, if it is the session's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub txn: Option<u64>,
}

/// A room as somebody in it sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(optional_fields))]
pub struct RoomState {
    /// Its number, never used again.
    pub id: u64,
    /// Which log its seqs count in.
    pub epoch: u64,
    /// Its name as first written, without `#`.
    pub name: Arc<str>,
    /// The oldest seq that is kept; 0 when nothing is.
    pub first: u64,
    /// The newest seq; 0 before the first event.
    pub head: u64,
    /// Who may be in it.
    #[serde(default)]
    pub kind: Kind,
    /// What the reader is in it.
    #[serde(default)]
    pub role: Role,
    /// What it is about; may be empty.
    #[serde(default)]
    pub topic: Arc<str>,
    /// Only moderators may post.
    #[serde(default, skip_serializing_if = "is_false")]
    #[cfg_attr(test, ts(as = "Option<_>", optional))]
    pub readonly: bool,
    /// Seconds that everybody waits between two messages.
    #[serde(default, skip_serializing_if = "is_zero")]
    #[cfg_attr(test, ts(as = "Option<_>", optional))]
    pub slow: u32,
    /// Up to where the reader's account has read it, if it has an account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read: Option<u64>,
}

/// A room in the list of all rooms.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct RoomInfo {
    /// Its number.
    pub id: u64,
    /// Its name as first written, without `#`.
    pub name: Arc<str>,
    /// How many people are in it.
    pub online: u32,
    /// Only who is invited may be in it.
    #[serde(default, skip_serializing_if = "is_false")]
    #[cfg_attr(test, ts(as = "Option<_>", optional))]
    pub private: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the form that serde calls")]
fn is_false(flag: &bool) -> bool {
    !flag
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the form that serde calls")]
fn is_zero(number: &u32) -> bool {
    *number == 0
}

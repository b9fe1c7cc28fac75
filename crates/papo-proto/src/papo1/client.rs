//! What a client sends.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// A command. Every one carries a `txn` that the client chooses and gets exactly one ack or reject with it.
///
/// The `txn` of posts grows within a session: one that was used before is answered again, not posted again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(optional_fields))]
pub enum ClientFrame {
    /// The first command of a connection: a new session, or one that goes on.
    Hello {
        /// The client's number of this command.
        txn: u64,
        /// The version of the dialect: 1.
        version: u32,
        /// The wished name of a new session; without one it gets a guest's name.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        nick: Option<Arc<str>>,
        /// The token of the session to resume.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        session: Option<Arc<str>>,
        /// The token of a login: the session is that account's.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        login: Option<Arc<str>>,
        /// The language of the texts in rejects and notices, for example `pt-BR`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        lang: Option<Arc<str>>,
        /// The client's name and version, for the operator's log.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        client: Option<Arc<str>>,
        /// What the client understands beyond the minimum: `rooms` to be told of changed rooms.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        #[cfg_attr(test, ts(as = "Option<_>", optional))]
        capabilities: Vec<Arc<str>>,
        /// The rooms that the session is in from now on, and how far it has read each.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        #[cfg_attr(test, ts(as = "Option<_>", optional))]
        resume: Vec<RoomCursor>,
    },
    /// Say something in a room that the session is in.
    Post {
        /// The client's number of this command; over that of every post before.
        txn: u64,
        /// The room.
        room: u64,
        /// What is said, at most `message_bytes` of it.
        text: Arc<str>,
    },
    /// Enter a room by its name; it is made if it does not exist.
    Join {
        /// The client's number of this command.
        txn: u64,
        /// The room's name, with or without `#`.
        room: Arc<str>,
    },
    /// Leave a room.
    Leave {
        /// The client's number of this command.
        txn: u64,
        /// The room.
        room: u64,
    },
    /// Make a room without entering it.
    Create {
        /// The client's number of this command.
        txn: u64,
        /// The room's name, with or without `#`.
        room: Arc<str>,
    },
    /// List all rooms with the number of people in each.
    Rooms {
        /// The client's number of this command.
        txn: u64,
    },
    /// List the members of a room.
    Who {
        /// The client's number of this command.
        txn: u64,
        /// The room.
        room: u64,
    },
    /// Take another name.
    Nick {
        /// The client's number of this command.
        txn: u64,
        /// The name.
        nick: Arc<str>,
    },
    /// Read a part of a room's log: the newest events below `before`, or the oldest over `after`;
    /// with neither, the newest of all.
    History {
        /// The client's number of this command.
        txn: u64,
        /// The room.
        room: u64,
        /// Only events with a lower seq.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        before: Option<u64>,
        /// Only events with a higher seq.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        after: Option<u64>,
        /// How many at most: 50 without it, never over 200.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        limit: Option<u32>,
    },
    /// Tell those in a room that one is typing. Told at most every few seconds, however often it is sent.
    Typing {
        /// The client's number of this command.
        txn: u64,
        /// The room.
        room: u64,
    },
    /// Make an account.
    Register {
        /// The client's number of this command.
        txn: u64,
        /// Its name; without one, the session's.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        nick: Option<Arc<str>>,
        /// Its password.
        password: Hidden,
        /// The secret of an invitation.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        invite: Option<Arc<str>>,
    },
    /// Be an account. What the session was as a guest it is no more.
    Login {
        /// The client's number of this command.
        txn: u64,
        /// The account's name.
        nick: Arc<str>,
        /// Its password.
        password: Hidden,
    },
    /// Be a guest again; the login ends.
    Logout {
        /// The client's number of this command.
        txn: u64,
    },
    /// Change the account's password. Its other logins end.
    Password {
        /// The client's number of this command.
        txn: u64,
        /// The one until now.
        old: Hidden,
        /// The one from now on.
        new: Hidden,
    },
    /// Delete the account. Its name stays taken.
    DeleteAccount {
        /// The client's number of this command.
        txn: u64,
        /// Its password.
        password: Hidden,
    },
    /// List the account's logins.
    Logins {
        /// The client's number of this command.
        txn: u64,
    },
    /// End one of the account's logins and the sessions that it has.
    EndLogin {
        /// The client's number of this command.
        txn: u64,
        /// Which one.
        login: u64,
    },
    /// Make a bot: an account for a program, with a token instead of a password.
    NewToken {
        /// The client's number of this command.
        txn: u64,
        /// The bot's name.
        nick: Arc<str>,
        /// The names of the rooms that it may be in; all public ones without any.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        #[cfg_attr(test, ts(as = "Option<_>", optional))]
        rooms: Vec<Arc<str>>,
    },
    /// List the account's bots.
    Tokens {
        /// The client's number of this command.
        txn: u64,
    },
    /// End a bot.
    RevokeToken {
        /// The client's number of this command.
        txn: u64,
        /// The bot's name.
        nick: Arc<str>,
    },
    /// Open the conversation with a person; what is posted in its room only the two read.
    Direct {
        /// The client's number of this command.
        txn: u64,
        /// The person's name.
        who: Arc<str>,
    },
    /// Be shown nothing of a person any more.
    Ignore {
        /// The client's number of this command.
        txn: u64,
        /// The person's name.
        who: Arc<str>,
    },
    /// Be shown a person again.
    Unignore {
        /// The client's number of this command.
        txn: u64,
        /// The person's name.
        who: Arc<str>,
    },
    /// Say that everything up to a seq is read, for all sessions of the account.
    Read {
        /// The client's number of this command.
        txn: u64,
        /// The room.
        room: u64,
        /// Up to where.
        seq: u64,
    },
    /// Say what a room is about.
    Topic {
        /// The client's number of this command.
        txn: u64,
        /// The room.
        room: u64,
        /// What.
        topic: Arc<str>,
    },
    /// Let a person into a room.
    Invite {
        /// The client's number of this command.
        txn: u64,
        /// The room.
        room: u64,
        /// The person's name.
        who: Arc<str>,
    },
    /// Take a person out of a room.
    Kick {
        /// The client's number of this command.
        txn: u64,
        /// The room.
        room: u64,
        /// The person's name.
        who: Arc<str>,
        /// Why; told to the person.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        why: Option<Arc<str>>,
    },
    /// Take a person out of a room and keep them out.
    Ban {
        /// The client's number of this command.
        txn: u64,
        /// The room.
        room: u64,
        /// The person's name.
        who: Arc<str>,
        /// For how long; for ever without it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        seconds: Option<u64>,
        /// Why; told to the person.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        why: Option<Arc<str>>,
    },
    /// Let a person into a room again.
    Unban {
        /// The client's number of this command.
        txn: u64,
        /// The room.
        room: u64,
        /// The person's name.
        who: Arc<str>,
    },
    /// Let a person say nothing in a room for a while.
    Mute {
        /// The client's number of this command.
        txn: u64,
        /// The room.
        room: u64,
        /// The person's name.
        who: Arc<str>,
        /// For how long.
        seconds: u64,
    },
    /// Let a person speak again.
    Unmute {
        /// The client's number of this command.
        txn: u64,
        /// The room.
        room: u64,
        /// The person's name.
        who: Arc<str>,
    },
    /// Let everybody in a room wait between two messages.
    Slow {
        /// The client's number of this command.
        txn: u64,
        /// The room.
        room: u64,
        /// How long; 0 for no wait.
        seconds: u32,
    },
    /// Make a person a moderator.
    Op {
        /// The client's number of this command.
        txn: u64,
        /// The room.
        room: u64,
        /// The person's name.
        who: Arc<str>,
    },
    /// Make a moderator a member again.
    Deop {
        /// The client's number of this command.
        txn: u64,
        /// The room.
        room: u64,
        /// The person's name.
        who: Arc<str>,
    },
    /// Whether only who was invited may be in a room. Others do not learn that a private room exists.
    Private {
        /// The client's number of this command.
        txn: u64,
        /// The room.
        room: u64,
        /// Whether.
        on: bool,
    },
    /// Whether only moderators may post in a room.
    Readonly {
        /// The client's number of this command.
        txn: u64,
        /// The room.
        room: u64,
        /// Whether.
        on: bool,
    },
    /// Take messages back: the one with `seq`, or the newest of `who`, or with `seconds` all of
    /// `who` since then. Without any, one's own newest.
    Redact {
        /// The client's number of this command.
        txn: u64,
        /// The room.
        room: u64,
        /// The message.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        seq: Option<u64>,
        /// The person.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        who: Option<Arc<str>>,
        /// All of the last so many seconds.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        seconds: Option<u64>,
    },
    /// End a room with all that was said in it.
    Close {
        /// The client's number of this command.
        txn: u64,
        /// The room.
        room: u64,
    },
    /// Tell a room's moderators of something.
    Report {
        /// The client's number of this command.
        txn: u64,
        /// The room.
        room: u64,
        /// The message that it is about.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        seq: Option<u64>,
        /// What is wrong.
        why: Arc<str>,
    },
    /// Read what a room's moderators have done.
    Audit {
        /// The client's number of this command.
        txn: u64,
        /// The room.
        room: u64,
        /// How many of the newest entries: 50 without it, never over 200.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        limit: Option<u32>,
    },
    /// Ask whether the server is there.
    Ping {
        /// The client's number of this command.
        txn: u64,
    },
    /// End the session: its name is free at once and its token is good for nothing any more.
    Bye {
        /// The client's number of this command.
        txn: u64,
    },
}

/// A password on the wire; it is not shown where frames are.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(transparent)]
pub struct Hidden(pub Arc<str>);

impl std::fmt::Debug for Hidden {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Hidden(…)")
    }
}

/// How far a client has read a room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct RoomCursor {
    /// The room.
    pub room: u64,
    /// Which log of the room; another one is answered with a reset.
    pub epoch: u64,
    /// The highest seq up to which the client has everything; 0 for nothing.
    pub seq: u64,
}

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

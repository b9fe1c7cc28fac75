//! What frames tell of rooms and people.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// Where a message was that is taken back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Redacted {
    /// The room.
    pub room: u64,
    /// Its number in the room's log.
    pub seq: u64,
    /// When it was taken, in milliseconds since 1970.
    pub at: u64,
    /// Who said it.
    pub author: Arc<str>,
}

/// Messages that were taken back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Redaction {
    /// The room.
    pub room: u64,
    /// Its number in the room's log.
    pub seq: u64,
    /// When it was done, in milliseconds since 1970.
    pub at: u64,
    /// Who did it.
    pub author: Arc<str>,
    /// The messages.
    pub seqs: Vec<u64>,
}

/// An account that a session is now.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct LoggedIn {
    /// The account.
    pub account: u64,
    /// Its name.
    pub nick: Arc<str>,
    /// It may do everything.
    pub admin: bool,
    /// The login's token, for hello; a secret. A browser changes it for a cookie at once.
    pub login: Arc<str>,
    /// Until when it is good unless it is used, in milliseconds since 1970.
    pub ends: u64,
}

impl std::fmt::Debug for LoggedIn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "LoggedIn({}, {})", self.account, self.nick)
    }
}

/// One of an account's logins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Login {
    /// By which it is ended.
    pub id: u64,
    /// The client and where it is.
    pub label: Arc<str>,
    /// When it was made, in milliseconds since 1970.
    pub made: u64,
    /// When it was used last, to a few minutes.
    pub seen: u64,
    /// It is the session's own.
    pub this: bool,
}

/// What a moderator did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct AuditEntry {
    /// When, in milliseconds since 1970.
    pub at: u64,
    /// Who.
    pub actor: Arc<str>,
    /// What: the word of the command.
    pub act: Arc<str>,
    /// To whom or what.
    pub target: Arc<str>,
    /// Why, or what else there is to say.
    pub note: Arc<str>,
}

/// Who can make an account.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum Registration {
    /// Everybody.
    #[default]
    Open,
    /// Whoever has an invitation.
    Invite,
    /// Nobody.
    Closed,
}

/// Who may be in a room.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum Kind {
    /// Everybody.
    #[default]
    Public,
    /// Who was invited; others do not learn that it exists.
    Private,
    /// Two people; the room's name is the other one's.
    Direct,
}

/// What the reader is in a room, from least to most.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum Role {
    /// Somebody without an account.
    #[default]
    Guest,
    /// Somebody with an account, or who was invited.
    Member,
    /// Keeps it civil.
    Moderator,
    /// Made it.
    Owner,
    /// Runs the server.
    Admin,
}

/// Who has a role in a room.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Ranked {
    /// Who.
    pub who: Arc<str>,
    /// What they are in it.
    pub role: Role,
}

/// What was changed in a room.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "of", rename_all = "snake_case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum RoomChange {
    /// What it is about.
    Topic {
        /// What.
        topic: Arc<str>,
    },
    /// Whether only who was invited may be in it.
    Private {
        /// Whether.
        on: bool,
    },
    /// Whether only moderators may post.
    Readonly {
        /// Whether.
        on: bool,
    },
    /// How long everybody waits between two messages.
    Slow {
        /// How long; 0 for no wait.
        seconds: u32,
    },
    /// What somebody is in it.
    Role {
        /// Who.
        who: Arc<str>,
        /// What.
        role: Role,
    },
    /// For how long somebody may say nothing.
    Muted {
        /// Who.
        who: Arc<str>,
        /// For how long; 0 when they may speak again.
        seconds: u64,
    },
    /// Who is not in it any more.
    Removed {
        /// Who.
        who: Arc<str>,
        /// They may not come back for now.
        banned: bool,
    },
    /// Something that this version does not know.
    #[serde(other)]
    #[cfg_attr(test, ts(skip))]
    Unknown,
}

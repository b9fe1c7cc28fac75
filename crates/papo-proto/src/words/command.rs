//! What a session wants.

use std::sync::Arc;

use super::people::{LoginId, Secret};
use super::{RoomId, Seq};
use crate::lang::Lang;
use crate::names::{Nickname, Parsed, RoomName};

/// Which room a command is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// The one that the session is in: text clients are in one at a time.
    Current,
    /// This one.
    Room(RoomId),
    /// The conversation with this person.
    With(Nickname),
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
    /// Something about who the session is.
    Account(AccountCommand),
    /// Open the conversation with somebody.
    Direct(Nickname),
    /// Say something to one person. Cleaned, and not empty.
    Whisper {
        /// To whom.
        to: Nickname,
        /// What is said.
        text: Arc<str>,
    },
    /// Say something to whoever whispered last.
    Answer(Arc<str>),
    /// Be shown nothing of somebody any more; without a name, who that is.
    Ignore(Option<Nickname>),
    /// Be shown somebody again.
    Unignore(Nickname),
    /// All up to this seq is read, in every session of the account.
    Read(RoomId, Seq),
    /// Something that a room's people may do by their role.
    Moderate(Target, Act),
    /// Something that only whoever runs the server may do, on its machine.
    Admin(AdminCommand),
}

/// What a session does about who it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AccountCommand {
    /// Make an account of the session's name, or of this one.
    Register {
        /// The name; without one, the session's.
        name: Option<Parsed<Nickname>>,
        /// Its password.
        password: Secret,
        /// The secret of an invitation.
        invite: Option<Arc<str>>,
    },
    /// Be an account.
    Login {
        /// Its name.
        name: Parsed<Nickname>,
        /// Its password.
        password: Secret,
    },
    /// Be a guest again.
    Logout,
    /// Have another password; every other login ends.
    Password {
        /// The one until now.
        old: Secret,
        /// The one from now on.
        new: Secret,
    },
    /// Delete the account. The name stays taken.
    Delete {
        /// Its password.
        password: Secret,
    },
    /// List the account's logins.
    Logins,
    /// End one of them.
    EndLogin(LoginId),
    /// Make a bot with this name, for these rooms or for all public ones.
    NewToken(Parsed<Nickname>, Vec<RoomName>),
    /// List the account's bots.
    Tokens,
    /// End a bot.
    RevokeToken(Nickname),
}

/// What a room's people may do by their role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// Say what the room is about.
    Topic(Arc<str>),
    /// Let somebody in.
    Invite(Nickname),
    /// Take somebody out; the reason may be empty.
    Kick(Nickname, Arc<str>),
    /// Take somebody out and keep them out, for so many seconds or for ever.
    Ban(Nickname, Option<u64>, Arc<str>),
    /// Let somebody in again.
    Unban(Nickname),
    /// Let somebody say nothing, for so many seconds.
    Mute(Nickname, u64),
    /// Let somebody speak again.
    Unmute(Nickname),
    /// Let everybody wait so many seconds between two messages; 0 for no wait.
    Slow(u32),
    /// Make somebody a moderator.
    Op(Nickname),
    /// Make a moderator a member again.
    Deop(Nickname),
    /// Whether only who was invited may be in the room.
    Private(bool),
    /// Whether only moderators may post.
    ReadOnly(bool),
    /// Take messages back.
    Redact(RedactTarget),
    /// End the room with all that was said in it.
    Close,
    /// Tell the moderators of something.
    Report {
        /// The message that it is about.
        seq: Option<Seq>,
        /// What is wrong.
        why: Arc<str>,
    },
    /// Show what moderators have done, newest last.
    Audit {
        /// How many at most.
        limit: usize,
    },
}

/// Which messages a person wants to take back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RedactTarget {
    /// The one with this seq.
    One(Seq),
    /// The newest of this person, or one's own newest.
    Last(Option<Nickname>),
    /// All of this person in the last so many seconds.
    Of(Nickname, u64),
}

/// What only whoever runs the server may do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AdminCommand {
    /// List the accounts.
    Users,
    /// Make an account.
    AddUser(Parsed<Nickname>, Secret),
    /// Give an account another password; its logins end.
    ResetUser(Nickname, Secret),
    /// Shut an account or open it again.
    DisableUser(Nickname, bool),
    /// Make an administrator, or make one a user again.
    PromoteUser(Nickname, bool),
    /// Make an invitation that may be used so many times within so many seconds.
    Invite {
        /// How often.
        uses: u32,
        /// For how long.
        seconds: u64,
        /// Whoever uses it becomes an administrator.
        for_admin: bool,
    },
    /// Whether only accounts older than a day may post.
    Lockdown(bool),
    /// Tell everybody who is there something.
    Say(Arc<str>),
}

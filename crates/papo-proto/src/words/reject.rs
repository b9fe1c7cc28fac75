//! Why a command is not carried out.

use std::sync::Arc;

use super::people::Role;
use crate::names::{NameError, RoomName};

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
    /// A public room has this name.
    RoomTaken(RoomName),
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
    /// The server is for accounts: log in first.
    LoginFirst,
    /// The session has no account.
    NotLoggedIn,
    /// The session has an account already.
    LoggedIn,
    /// The name or the password is wrong.
    WrongPassword,
    /// Too many wrong passwords: so many seconds to wait.
    LoginTooFast {
        /// After so many seconds it may be tried again.
        retry_seconds: u64,
    },
    /// The password is too short or too long.
    PasswordLength {
        /// The fewest characters.
        min: usize,
        /// The most.
        max: usize,
    },
    /// A password must not go over a line that can be listened to.
    Unencrypted,
    /// Nobody can register.
    RegistrationClosed,
    /// An invitation is needed, or the one that was given is not good.
    Invitation,
    /// The session's name is an account's: who is logged in has that name.
    NameOfAccount,
    /// There is nobody of this name.
    Nobody(Arc<str>),
    /// It cannot be done to oneself.
    Oneself,
    /// The person is a guest and not there; nothing is kept for guests.
    GuestAway(Arc<str>),
    /// Nobody has whispered yet.
    NobodyToAnswer,
    /// Only somebody with at least this role may do it.
    Role(Role),
    /// The person's role is as high as one's own.
    RoleOf(Arc<str>),
    /// The room is only read.
    ReadOnly,
    /// One is banned from the room.
    Banned {
        /// For how long; none for ever.
        seconds: Option<u64>,
    },
    /// One may say nothing in the room.
    Muted {
        /// For how long.
        seconds: u64,
    },
    /// The room is slow: so many seconds to wait.
    Slow {
        /// After so many seconds the next message may be posted.
        retry_seconds: u64,
    },
    /// The address has done this too often for now.
    TooFast {
        /// After so many seconds it may do it again.
        retry_seconds: u64,
    },
    /// Only accounts older than a day may post.
    Lockdown,
    /// It cannot be done in this kind of room.
    WrongRoom,
    /// There is no such message, or it may not be taken back.
    NoMessage,
    /// There are so many of these that no further one is made.
    TooMany {
        /// The limit.
        max: usize,
    },
    /// The person is not in the room.
    NotInRoom(Arc<str>),
    /// A bot may not do this.
    NotForBots,
    /// There is no such login or bot.
    UnknownToken,
    /// Only whoever runs the server may do this, on its machine.
    AdminOnly,
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
    /// `/register`
    Register,
    /// `/login`
    Login,
    /// `/password`
    Password,
    /// `/delete-account`
    DeleteAccount,
    /// `/sessions end`
    Sessions,
    /// `/token`
    Token,
    /// `/msg`
    Msg,
    /// `/r`
    Answer,
    /// `/unignore`
    Unignore,
    /// `/topic`
    Topic,
    /// `/invite`
    Invite,
    /// `/kick`
    Kick,
    /// `/ban`
    Ban,
    /// `/unban`
    Unban,
    /// `/mute`
    Mute,
    /// `/unmute`
    Unmute,
    /// `/slow`
    Slow,
    /// `/op`
    Op,
    /// `/deop`
    Deop,
    /// `/redact`
    Redact,
    /// `/report`
    Report,
    /// `/private`, `/readonly`
    OnOff,
}

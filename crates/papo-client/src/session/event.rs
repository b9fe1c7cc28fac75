//! What a session tells its owner.

use std::sync::Arc;
use std::time::Duration;

use papo_proto::Ephemeral;
use papo_proto::papo1::server::{
    About, Answer, LoggedIn, Message, Redacted, Redaction, Registration, Retry, RoomInfo, RoomState,
};
use papo_tls::Distrust;

use super::Want;

/// Something that has happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClientEvent {
    /// The server knows us. Missed messages follow, then [`CaughtUp`](Self::CaughtUp).
    Opened(Box<Opened>),
    /// In every room everything is told that had been said when the session was opened.
    CaughtUp {
        /// How many messages of others that were.
        missed: u64,
    },
    /// The line is lost; the session goes on by a new one.
    Lost {
        /// Why.
        why: Why,
        /// When the next attempt is made.
        again_in: Duration,
    },
    /// Another attempt to connect has failed.
    Unreachable {
        /// Why.
        why: Why,
        /// When the next attempt is made.
        again_in: Duration,
    },
    /// The wished name cannot be had: `greet` with another one.
    NameRefused(Rejected),
    /// The session is an account now. The token in it is a secret by which a later run of the program is it too.
    LoggedIn(LoggedIn),
    /// The session is a guest's, by its own wish or since its login has ended: the token is good for nothing.
    LoggedOut,
    /// The session has another name now, without having asked for it.
    Named(Arc<str>),
    /// The next message of a room, one's own included: each once, in the order of seq.
    Message(Message),
    /// In the next place of a room a message stood that was taken back.
    Redacted(Redacted),
    /// Messages of a room were taken back: nothing of them is to be shown any more.
    Redaction(Redaction),
    /// The session is in a conversation with somebody, by their wish or since something is unread there.
    Direct(RoomState),
    /// The session may enter a room.
    Invited {
        /// The room.
        room: RoomState,
        /// Who lets it in.
        by: Arc<str>,
    },
    /// The session was taken out of a room.
    Removed {
        /// The room.
        room: u64,
        /// Its name.
        name: Arc<str>,
        /// By whom.
        by: Arc<str>,
        /// Why; may be empty.
        why: Arc<str>,
        /// It may not come back for now.
        banned: bool,
        /// The room has ended.
        closed: bool,
    },
    /// Somebody tells the moderators of a room, the session among them, something.
    Reported {
        /// The room.
        room: u64,
        /// Who.
        by: Arc<str>,
        /// The message that it is about.
        seq: Option<u64>,
        /// What is wrong.
        why: Arc<str>,
    },
    /// The account has read a conversation up to here, by another of its sessions.
    Read {
        /// The room.
        room: u64,
        /// Up to where.
        seq: u64,
    },
    /// So many events of a room, before its next one, will not be told.
    LeftOut {
        /// The room.
        room: u64,
        /// How many.
        count: u64,
    },
    /// The server does not send these by itself; they are being asked for.
    Gap {
        /// The room.
        room: u64,
        /// The first seq.
        from: u64,
        /// The last seq.
        to: u64,
    },
    /// A room's log has begun anew: what was told of it is of another log.
    Reset(RoomState),
    /// A room that the session was in is gone.
    Gone {
        /// The room.
        room: u64,
        /// Its name.
        name: Arc<str>,
    },
    /// What became of a command. Each gets exactly one outcome.
    Done {
        /// The command's number.
        txn: u64,
        /// The command.
        want: Want,
        /// What became of it.
        outcome: Outcome,
    },
    /// A command cannot be carried out now; it is sent again by itself.
    Postponed {
        /// The command.
        txn: u64,
        /// Why.
        reject: Rejected,
    },
    /// Something in a room that is kept nowhere.
    Told {
        /// The room.
        room: u64,
        /// What.
        what: Ephemeral,
    },
    /// Who came and went in a room was left out: whoever shows its members asks who is there again.
    MembersStale {
        /// The room.
        room: u64,
    },
    /// The list of rooms has changed, for those who follow it.
    RoomsChanged {
        /// New and changed rooms.
        changed: Vec<RoomInfo>,
        /// Rooms that are gone.
        gone: Vec<u64>,
        /// Changes were left out: ask for the whole list again.
        stale: bool,
    },
    /// Something about the connection.
    Notice {
        /// What.
        about: About,
        /// The same for people.
        text: Arc<str>,
    },
    /// The server rejected something that no command of ours was.
    Complaint(Rejected),
    /// It is over; nothing comes after this.
    Ended(End),
}

/// The answer to hello.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    /// The name that the session has.
    pub nick: Arc<str>,
    /// The secret by which it can be resumed, also by another run of the program.
    pub token: Arc<str>,
    /// It had been open before and goes on; otherwise it is new.
    pub resumed: bool,
    /// It is the first time that this client has opened it.
    pub first: bool,
    /// The rooms that it is in.
    pub rooms: Vec<RoomState>,
    /// How long a message may be.
    pub message_bytes: u64,
    /// The account, if it has one.
    pub account: Option<u64>,
    /// The account may do everything.
    pub admin: bool,
    /// Who can make an account.
    pub registration: Registration,
    /// What whoever runs the server tells everybody who comes; may be empty.
    pub greeting: Arc<str>,
    /// Whom it is not shown.
    pub ignored: Vec<Arc<str>>,
}

/// Why there is no line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// The server closed it. What it said last outside of papo/1, if anything.
    Closed(Option<Arc<str>>),
    /// The network or the server's machine broke it, or there is no way to it.
    Broken(Arc<str>),
    /// Nothing was heard for too long.
    Silent,
    /// What answers does not speak papo/1.
    Foreign,
}

/// A reject.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejected {
    /// Why, for programs: see `papo_proto::papo1::codes`.
    pub code: u16,
    /// Why, for people.
    pub text: Arc<str>,
    /// What is to be done.
    pub retry: Retry,
    /// Not again before this time.
    pub after: Option<Duration>,
}

/// What became of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was carried out.
    Answer(Answer),
    /// It was not, and will not be.
    Rejected(Rejected),
    /// It was written to a line, and nobody can tell what became of it. A post, since its session is
    /// lost on the server: it may or may not be in the room. A command that would be carried out
    /// twice, since its answer is lost with the line. To send it again is for people to decide.
    Unknown,
    /// It was never sent: the client ended before.
    NotSent,
}

/// Why a session is over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// By our own wish.
    Left,
    /// It goes on by another connection, which is to be left alone.
    Fenced,
    /// The login has ended, by its owner's or the server's will, and the session with it.
    LoginEnded,
    /// The server does not take our hello, whatever the name.
    Refused(Rejected),
    /// The certificate is not the one of the server that was meant.
    Distrusted(Distrust),
}

//! What publication hands to the world: deliveries to connections, and what the world does for the hub.

use std::sync::Arc;

use papo_proto::papo1::Token;
use papo_proto::words::{Place, Secret, Slice, TokenHash};
use papo_proto::{Command, Lang, Nickname, Person, Reject, Reply, RoomId, RoomName, Seq, SessionId, Txn};

use crate::log::{Cursor, Log};
use crate::session::Link;

/// Something for one connection.
#[derive(Debug)]
pub struct Delivery {
    /// The connection; its place may have another tenant by now.
    pub link: Link,
    /// The session that it is for.
    pub session: SessionId,
    /// What it is.
    pub what: What,
}

/// What a connection is told, in order.
#[derive(Debug)]
pub enum What {
    /// An answer, after all of a room's log up to `at`.
    Reply {
        /// The command that it answers, if that has a number.
        txn: Option<Txn>,
        /// The answer.
        reply: Box<Reply>,
        /// The room that the answer is about and the head of its log, if the connection reads it.
        at: Option<(RoomId, Cursor)>,
    },
    /// The same for a post that is stored: of these there are so many that they are not on the heap.
    Posted {
        /// The command that it answers, if that has a number.
        txn: Option<Txn>,
        /// Where the message is.
        place: Place,
        /// The head of the room's log, if the connection reads it.
        at: Option<(RoomId, Cursor)>,
    },
    /// It reads this log from the cursor on.
    Enter {
        /// The log.
        log: Arc<Log>,
        /// Where to begin.
        from: Cursor,
        /// Before that it gets what comes after this seq, from the store.
        after: Option<Seq>,
    },
    /// It reads a log up to here, then no further.
    Exit {
        /// Which log.
        room: RoomId,
        /// Where to end.
        at: Cursor,
    },
    /// It reads in another language from here on.
    Speak {
        /// The language.
        lang: Lang,
        /// Where the old one ends in each log that it reads.
        at: Vec<(RoomId, Cursor)>,
    },
    /// It is to be shown what moderators did, read from the store.
    Audit(Box<AuditQuery>),
    /// A password is to be hashed or compared; until [`Hub::checked`] nothing else is taken from it.
    Check(Box<PasswordAsk>),
    /// It is not shown what these people say, in their order, from here on.
    Ignore(Arc<[Person]>),
    /// It is to be shown a part of a log, read from the store.
    Read(Box<Query>),
    /// It closes when it has taken everything.
    Close,
}

/// A part of a log that a session asked for.
#[derive(Clone, Debug)]
pub struct Query {
    /// The command that it answers, if that has a number.
    pub txn: Option<Txn>,
    /// The room.
    pub room: RoomId,
    /// Its name.
    pub name: RoomName,
    /// The other one's name, if it is a conversation of two.
    pub with: Option<Arc<str>>,
    /// Which events.
    pub slice: Slice,
    /// How many at most.
    pub limit: usize,
    /// The newest event at the time of the answer: what comes later is read from the log.
    pub head: Seq,
}

/// What moderators did in a room.
#[derive(Clone, Debug)]
pub struct AuditQuery {
    /// The command that it answers, if that has a number.
    pub txn: Option<Txn>,
    /// The room.
    pub room: RoomId,
    /// Its name.
    pub name: RoomName,
    /// How many of the newest entries at most.
    pub limit: usize,
}

/// What is to be done with passwords. It takes long by design, so it is done elsewhere.
#[derive(Clone, Debug)]
pub struct PasswordAsk {
    /// The command that it is for, if that has a number.
    pub txn: Option<Txn>,
    /// A password to compare, with the hash that it must have; without one there is no such account,
    /// and it has to take as long all the same.
    pub compare: Option<(Secret, Option<Arc<str>>)>,
    /// A password to hash, if the comparison is right or there is none.
    pub hash: Option<Secret>,
    /// What it is for.
    pub intent: Intent,
}

/// What a password is needed for.
#[derive(Clone, Debug)]
pub enum Intent {
    /// An account is to be made.
    Register {
        /// Its name.
        name: Nickname,
        /// The invitation.
        invite: Option<TokenHash>,
    },
    /// The session is to be the account.
    Login {
        /// The name.
        name: Nickname,
    },
    /// The account is to have another one.
    Change,
    /// The account is to be deleted.
    Delete,
}

/// What came of a [`PasswordAsk`].
#[derive(Clone, Debug)]
pub struct Checked {
    /// The comparison was right, or there was none.
    pub is_right: bool,
    /// The hash in the form of PHC strings.
    pub hash: Option<Arc<str>>,
    /// A token that nobody has, for a login that is made.
    pub fresh: Token,
}

/// Where publications go: the inboxes of the shards. Called under the hub's lock, so it must not
/// block; what it takes is bounded, since a room is marked once and an answer has its command.
pub trait Outlet {
    /// Something for one connection.
    fn deliver(&mut self, shard: u16, delivery: Delivery);
    /// The log has grown and the shard has readers of it. Not said again until [`Log::unmark`].
    fn mark(&mut self, shard: u16, log: &Arc<Log>);
    /// The answer to what was asked outside of any session, by its number.
    fn outside(&mut self, ticket: Txn, reply: Box<Reply>);
}

/// A post that could have been a repeat and is none.
#[derive(Debug)]
pub(crate) struct Again {
    pub(crate) session: SessionId,
    pub(crate) txn: Txn,
    pub(crate) command: Command,
    /// The connection that sent it.
    pub(crate) from: Option<Link>,
}

/// Why nothing of a batch is stored.
#[derive(Clone, Copy, Debug)]
pub enum CommitError {
    /// The disk has no room.
    Full,
    /// Anything else; the id finds its cause in our log.
    Fault {
        /// Names the error in the log.
        id: u64,
    },
}

impl CommitError {
    pub(crate) fn reject(self) -> Reject {
        match self {
            CommitError::Full => Reject::StoreFull,
            CommitError::Fault { id } => Reject::Internal { id },
        }
    }
}

//! Where rooms, events, sessions and people are kept: the [`Store`] trait, and the stores that fulfil it.
//!
//! * [`MemoryStore`] – the newest events, for as long as the process lives;
//! * [`SqliteStore`] – everything, in a data folder;
//! * [`conformance`] – the suite that every store passes.
//!
//! A store numbers: seq comes from here and from nowhere else. It knows neither the hub's rules
//! nor sockets.

use papo_proto::words::people::{
    AccountRecord, AuditRecord, GrantRecord, InviteRecord, LoginRecord, ReadRecord, RestrictionRecord,
};
use papo_proto::words::{AccountId, LoginId, Record, RoomRecord, SessionRecord, Stored, TokenHash, Txn};
use papo_proto::{Event, RoomId, Seq};
use thiserror::Error;

mod audit;
pub mod conformance;
mod memory;
mod search;
pub mod sqlite;

pub use memory::MemoryStore;
pub use sqlite::SqliteStore;

/// What a store knows when it is opened: everything but events, sessions and the audit log. What has
/// ended may be in it for a while longer; the store has no clock to tell.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recovered {
    /// Every room that exists, by its number.
    pub rooms: Vec<StoredRoom>,
    /// The highest number that a room ever had.
    pub newest_room: RoomId,
    /// Every account that there ever was, by its number.
    pub accounts: Vec<AccountRecord>,
    /// The highest number that an account ever had.
    pub newest_account: AccountId,
    /// Where accounts are logged in, by the login's number.
    pub logins: Vec<LoginRecord>,
    /// The highest number that a login ever had.
    pub newest_login: LoginId,
    /// Who has a role, by room and person. None of them is without one.
    pub grants: Vec<GrantRecord>,
    /// Who is restricted, by room, whom and what.
    pub restrictions: Vec<RestrictionRecord>,
    /// Invitations to the server that may still be used, by their secret.
    pub invites: Vec<InviteRecord>,
    /// How far people have read, by room and account.
    pub reads: Vec<ReadRecord>,
    /// Only accounts older than a day may post.
    pub lockdown: bool,
    /// Counts the openings of this store, from 1: with it numbers can be made that no opening
    /// before has given out.
    pub generation: u32,
}

/// A room with the extent of its log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredRoom {
    /// The room.
    pub record: RoomRecord,
    /// Its oldest event that is kept; 0 when there is none.
    pub first: Seq,
    /// Its newest event; 0 when there is none.
    pub head: Seq,
}

/// Which events of a log are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Span {
    /// The oldest ones over this seq.
    After(Seq),
    /// The newest ones below this seq.
    Before(Seq),
}

/// A part of a room's log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// The oldest event that is kept; [`Seq`] 0 when the room has none. What is below it is gone.
    pub first: Seq,
    /// The newest event of the room.
    pub head: Seq,
    /// Events in the order of seq, none left out between them.
    pub events: Vec<Event>,
}

/// A session that was found by its token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredSession {
    /// The session.
    pub record: SessionRecord,
    /// The highest txn of its events; 0 when it has none.
    pub newest_txn: Txn,
}

/// Why a store did not do what it was asked. The store or its disk is to blame, except for
/// [`StoreError::UnknownRoom`].
#[derive(Debug, Error)]
pub enum StoreError {
    /// Nothing of the batch was stored, since the disk or its quota is full; it works again when there is room.
    #[error("the disk is full")]
    Full,
    /// Nothing of the batch was stored; it may work later.
    #[error("the store cannot be used now: {0}")]
    Unavailable(String),
    /// What is stored is damaged. What can still be read is read; nothing new is stored.
    #[error("the store is damaged: {0}")]
    Damaged(String),
    /// Nothing of the batch was stored: it has an event for a room that the store was not told of, or
    /// that is gone. The caller is to blame.
    #[error("room {} is not known to the store", .0.0)]
    UnknownRoom(RoomId),
}

/// Keeps each room's log, and what is known of people. One thread at a time commits; reading goes on beside it, by [`Reader`]s.
pub trait Store: Send + Sync {
    /// What is there, once after opening.
    ///
    /// # Errors
    /// It cannot be read.
    fn recover(&self) -> Result<Recovered, StoreError>;

    /// Whether [`Store::commit`] and a [`Reader`] only take a moment and cannot block, so that they
    /// may be called under the hub's lock. Otherwise threads of their own do it.
    fn commits_inline(&self) -> bool;

    /// Stores the batch, all or nothing, and returns what became of each record, in the batch's
    /// order. When it returns, the batch survives whatever this store promises to survive.
    ///
    /// An event whose session and txn are those of a stored event, or of one before it in the
    /// batch, is not appended ([`Stored::Repeated`]), also when it was taken back. Events of a room
    /// that was not told of are an error of the caller ([`StoreError::UnknownRoom`]); roles,
    /// restrictions and read markers there are nothing to keep, except for
    /// [`RoomId::DIRECTORY`], which stands for the whole server.
    ///
    /// [`Record::Redact`] looks through the newest [`SEARCH_MAX_EVENTS`](papo_proto::limits::SEARCH_MAX_EVENTS)
    /// events, and [`SEARCH_MAX_BYTES`](papo_proto::limits::SEARCH_MAX_BYTES) of text. It answers with the seqs in their order.
    ///
    /// # Errors
    /// Nothing of the batch is stored, or, after a fault of the disk, it is not known whether it is;
    /// it is never stored in part.
    fn commit(&self, batch: &[Record]) -> Result<Vec<Stored>, StoreError>;

    /// Does some of what commits have left for later: to remove the last traces of what was taken
    /// back, when somebody was reading. True when there is more to do. Whoever commits calls it again
    /// within a second or so, when there is nothing to commit.
    fn finish(&self) -> bool {
        false
    }

    /// A reader, for one thread.
    ///
    /// # Errors
    /// None can be had now.
    fn reader(&self) -> Result<Box<dyn Reader>, StoreError>;
}

/// Reads what was committed.
pub trait Reader: Send {
    /// At most `limit` events of the room, and about `max_bytes` of text but one event at least.
    ///
    /// # Errors
    /// The log cannot be read now.
    fn page(&mut self, room: RoomId, span: Span, limit: usize, max_bytes: usize) -> Result<Page, StoreError>;

    /// The session that a token is for, unless it has ended by `now_ms`.
    ///
    /// # Errors
    /// It cannot be looked up now.
    fn session(&mut self, token: &TokenHash, now_ms: u64) -> Result<Option<StoredSession>, StoreError>;

    /// The newest entries of the audit log, at most `limit`, in the order in which they were made: those
    /// of a room, also when it is gone, or all of them.
    ///
    /// # Errors
    /// They cannot be read now.
    fn audit(&mut self, room: Option<RoomId>, limit: usize) -> Result<Vec<AuditRecord>, StoreError>;
}

//! Sessions: who is there, under which name, in which rooms, by which connection.

use std::collections::hash_map::Entry;
use std::sync::Arc;
use std::time::Duration;

use papo_proto::words::TokenHash;
use papo_proto::{AccountId, Address, Encoding, LoginId, Nickname, Person, RoomId, SessionId, Txn};
use rustc_hash::FxHashMap;
use smallvec::SmallVec;

use crate::carried::Carried;
use crate::log::Log;

/// Where a session's connection lives: which shard, and which of its places.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link {
    /// The shard's number.
    pub shard: u16,
    /// The place of the connection in the shard.
    pub slot: u32,
    /// Tells it from the other connections that have had the place.
    pub key: u32,
}

/// One session.
#[derive(Debug)]
pub(crate) struct Session {
    /// The connection that it is delivered to, by publication; none while it is held.
    pub(crate) link: Option<Link>,
    /// The connection that speaks for it, by decision; `link` follows.
    pub(crate) claimed: Option<Link>,
    pub(crate) encoding: Encoding,
    pub(crate) address: Address,
    /// Nobody can listen to its line: it is encrypted, or does not leave the machine.
    pub(crate) is_safe: bool,
    /// The account that it is, and by which login.
    pub(crate) account: Option<(AccountId, LoginId)>,
    /// What a password is being looked at for.
    pub(crate) checking: Option<Checking>,
    /// `None` until it has named itself or said something.
    pub(crate) nick: Option<Nickname>,
    /// The rooms that it is in by decision. Of text clients the first is the one that they speak in;
    /// the others are conversations of two.
    pub(crate) rooms: SmallVec<[RoomId; 1]>,
    /// The logs that its connection reads, which follow `rooms` when decisions are published.
    pub(crate) reading: SmallVec<[Arc<Log>; 1]>,
    /// Decided to end: nothing more is taken from it, what is decided still reaches it.
    pub(crate) ending: bool,
    /// What a session has that said hello.
    pub(crate) resumable: Option<Box<Resumable>>,
    /// What few sessions have.
    pub(crate) more: Option<Box<More>>,
}

/// What only sessions have that use it.
#[derive(Debug, Default)]
pub(crate) struct More {
    /// Who whispered to it last.
    pub(crate) whispered: Option<Person>,
    /// Whom it is not shown, beside those whom its account ignores.
    pub(crate) ignores: Vec<(Person, Arc<str>)>,
    /// What restricted it as somebody else; at most [`papo_proto::limits::RESTRICTIONS_CARRIED`].
    pub(crate) carried: Vec<Carried>,
}

/// A command whose password is being looked at.
#[derive(Debug)]
pub(crate) struct Checking {
    /// Its number: what comes of another command's password comes too late.
    pub(crate) txn: Option<Txn>,
    /// The name that the try counts for.
    pub(crate) tried: Option<Arc<str>>,
    /// The hash that the password is compared with: what is right by another one than the account's is not.
    pub(crate) compared: Option<Arc<str>>,
}

/// What makes a session survive its connection.
#[derive(Debug)]
pub(crate) struct Resumable {
    pub(crate) token: TokenHash,
    pub(crate) ends_ms: u64,
    /// The highest txn of a post that was taken: up to here a post may be a repeat.
    pub(crate) newest_txn: Txn,
    /// Posts that may be repeats and wait for the store's word.
    pub(crate) recalls: u32,
    /// The store has not got it: it is a guest's that has done nothing yet, or it could not be kept. That is tried
    /// again when the session posts, since a post that is sent again is known by its session.
    pub(crate) is_unkept: bool,
    /// Its connection is lost; it ends then unless it is resumed.
    pub(crate) held_until: Option<Duration>,
    /// The client's name of itself.
    pub(crate) client: Arc<str>,
    /// When each room was last told that it is typing.
    pub(crate) typing: SmallVec<[(RoomId, Duration); 2]>,
}

impl Session {
    fn new(link: Option<Link>, encoding: Encoding, address: Address, is_safe: bool) -> Self {
        Self {
            link,
            claimed: link,
            encoding,
            address,
            is_safe,
            account: None,
            checking: None,
            nick: None,
            rooms: SmallVec::new(),
            reading: SmallVec::new(),
            ending: false,
            resumable: None,
            more: None,
        }
    }

    pub(crate) fn more(&mut self) -> &mut More {
        self.more.get_or_insert_default()
    }

    /// Whether the connection still speaks for it.
    pub(crate) fn hears(&self, link: Link) -> bool {
        self.claimed == Some(link) && !self.ending
    }

    pub(crate) fn is_in(&self, room: RoomId) -> bool {
        self.rooms.contains(&room)
    }
}

/// All sessions.
#[derive(Debug, Default)]
pub(crate) struct Sessions {
    all: FxHashMap<SessionId, Session>,
    by_token: FxHashMap<TokenHash, SessionId>,
    newest: u64,
}

impl Sessions {
    /// None yet; their numbers come after `newest`.
    pub(crate) fn new(newest: u64) -> Self {
        Self { newest, ..Self::default() }
    }

    pub(crate) fn open(&mut self, link: Link, encoding: Encoding, address: Address, is_safe: bool) -> SessionId {
        self.newest += 1;
        let id = SessionId(self.newest);
        self.all.insert(id, Session::new(Some(link), encoding, address, is_safe));
        id
    }

    /// A session of before comes back, without a connection yet. False when its end is still being
    /// published.
    pub(crate) fn revive(&mut self, id: SessionId, encoding: Encoding, address: Address, is_safe: bool) -> bool {
        match self.all.entry(id) {
            Entry::Occupied(_) => false,
            Entry::Vacant(vacant) => {
                vacant.insert(Session::new(None, encoding, address, is_safe));
                true
            }
        }
    }

    /// A number that no session has, for what is done in nobody's session.
    pub(crate) fn reserve(&mut self) -> SessionId {
        self.newest += 1;
        SessionId(self.newest)
    }

    pub(crate) fn by_token(&self, token: &TokenHash) -> Option<SessionId> {
        self.by_token.get(token).copied()
    }

    pub(crate) fn set_token(&mut self, token: TokenHash, id: SessionId) {
        self.by_token.insert(token, id);
    }

    pub(crate) fn forget_token(&mut self, token: &TokenHash) {
        self.by_token.remove(token);
    }

    pub(crate) fn remove(&mut self, id: SessionId) -> Option<Session> {
        self.all.remove(&id)
    }

    pub(crate) fn get(&self, id: SessionId) -> Option<&Session> {
        self.all.get(&id)
    }

    pub(crate) fn get_mut(&mut self, id: SessionId) -> Option<&mut Session> {
        self.all.get_mut(&id)
    }

    /// A session that the rules are just working for.
    pub(crate) fn of(&mut self, id: SessionId) -> &mut Session {
        self.all.get_mut(&id).expect("invariant: a command's session is open until it is decided")
    }

    pub(crate) fn ids(&self) -> Vec<SessionId> {
        let mut ids: Vec<SessionId> = self.all.keys().copied().collect();
        ids.sort_unstable();
        ids
    }

    pub(crate) fn len(&self) -> usize {
        self.all.len()
    }
}

//! One room: its log, its members, and what they may do.

use std::sync::Arc;
use std::time::Duration;

use papo_proto::words::people::{Restricted, Restriction};
use papo_proto::words::{RoomCount, RoomKind, RoomRecord};
use papo_proto::{AccountId, Person, Role, RoomId, RoomName, Seq, SessionId};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::log::Log;
use crate::presence::Presence;

/// The room that is none: its log tells those who follow it of changes of the list of rooms.
pub(crate) const DIRECTORY: RoomId = RoomId::DIRECTORY;

/// One room.
#[derive(Debug)]
pub(crate) struct Room {
    pub(crate) record: RoomRecord,
    pub(crate) log: Arc<Log>,
    /// The oldest event that is kept, as far as is known.
    pub(crate) first: Seq,
    /// The store has it. Until then each message to it brings its record along.
    pub(crate) is_stored: bool,
    /// Who is in it, by decision.
    pub(crate) members: FxHashSet<SessionId>,
    /// For each shard, how many of its connections read the log.
    pub(crate) readers: Vec<u32>,
    pub(crate) presence: Presence,
    /// How many sessions of each account are in it: an account is one person.
    pub(crate) accounts: FxHashMap<AccountId, u32>,
    /// What people are in it who are more than others.
    pub(crate) grants: FxHashMap<Person, Role>,
    /// Who may not be in it or say nothing: until when, and by which name.
    pub(crate) restrictions: FxHashMap<(Restricted, Restriction), (u64, Arc<str>)>,
    /// In a slow room: when each person may post again.
    pub(crate) slow: FxHashMap<Person, Duration>,
    /// Something was said in it, so it stays.
    pub(crate) has_history: bool,
    /// Since when nobody is in it.
    pub(crate) empty_since: Option<Duration>,
}

impl Room {
    pub(crate) fn new(record: RoomRecord, first: Seq, head: Seq, is_stored: bool, shards: usize) -> Self {
        Self {
            log: Arc::new(Log::new(record.id, record.name.clone(), head)),
            record,
            first,
            is_stored,
            members: FxHashSet::default(),
            readers: vec![0; shards],
            presence: Presence::default(),
            accounts: FxHashMap::default(),
            grants: FxHashMap::default(),
            restrictions: FxHashMap::default(),
            slow: FxHashMap::default(),
            has_history: head > Seq(0),
            empty_since: None,
        }
    }

    pub(crate) fn name(&self) -> &RoomName {
        &self.record.name
    }

    /// The extent of its log, as of now.
    pub(crate) fn extent(&self) -> (Seq, Seq) {
        let head = self.log.head().seq;
        let first = if self.first == Seq(0) && head > Seq(0) { Seq(1) } else { self.first };
        (first, head)
    }

    pub(crate) fn is_private(&self) -> bool {
        self.record.kind == RoomKind::Private
    }

    /// Until when somebody is restricted, if they are.
    pub(crate) fn restricted(&self, whom: Restricted, what: Restriction, now_ms: u64) -> Option<u64> {
        self.restrictions.get(&(whom, what)).map(|(until_ms, _)| *until_ms).filter(|until_ms| *until_ms > now_ms)
    }

    /// The two of a conversation.
    pub(crate) fn parties(&self) -> Option<[Person; 2]> {
        match self.record.kind {
            RoomKind::Direct(one, other) => Some([one, other]),
            RoomKind::Public | RoomKind::Private => None,
        }
    }

    /// The other one of a conversation.
    pub(crate) fn other(&self, me: Person) -> Option<Person> {
        self.parties().and_then(|parties| parties.into_iter().find(|person| *person != me))
    }

    /// Whether it is a conversation that ends with a guest.
    pub(crate) fn has_guest(&self) -> bool {
        self.parties().is_some_and(|parties| parties.iter().any(|person| person.account().is_none()))
    }

    /// Whether nothing was said in it and nobody is in it.
    pub(crate) fn is_unused(&self) -> bool {
        !self.has_history && self.members.is_empty()
    }

    /// Whether a further session of the account came into it, or the first.
    pub(crate) fn has_account(&self, account: AccountId) -> bool {
        self.accounts.contains_key(&account)
    }

    pub(crate) fn uncount(&mut self, account: Option<AccountId>) {
        let Some(account) = account else { return };
        if let Some(count) = self.accounts.get_mut(&account) {
            *count -= 1;
            if *count == 0 {
                self.accounts.remove(&account);
            }
        }
    }

    /// How many people are in it.
    fn online(&self) -> u32 {
        let sessions: u32 = self.accounts.values().sum();
        self.members.len() as u32 - sessions + self.accounts.len() as u32
    }

    pub(crate) fn count(&self) -> RoomCount {
        RoomCount {
            id: self.record.id,
            name: self.record.name.clone(),
            online: self.online(),
            private: self.record.kind == RoomKind::Private,
        }
    }
}

/// A room that was there before the hub.
#[derive(Clone, Debug)]
pub struct KnownRoom {
    /// What is kept of it.
    pub record: RoomRecord,
    /// The oldest event that is kept; 0 for none.
    pub first: Seq,
    /// The newest event; 0 for none.
    pub head: Seq,
}

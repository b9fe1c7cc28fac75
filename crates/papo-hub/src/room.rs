//! Rooms: their names, members and ends.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use papo_proto::limits::{EMPTY_ROOM_KEPT, ROOMS_MAX};
use papo_proto::words::RoomCounts;
use papo_proto::{RoomId, RoomName, Seq, SessionId};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::log::Log;
use crate::presence::Presence;

/// One room.
#[derive(Debug)]
pub(crate) struct Room {
    pub(crate) name: RoomName,
    pub(crate) log: Arc<Log>,
    /// Who is in it, by decision.
    pub(crate) members: FxHashSet<SessionId>,
    /// For each shard, how many of its connections read the log.
    pub(crate) readers: Vec<u32>,
    pub(crate) presence: Presence,
    /// Something was said in it, so it stays.
    pub(crate) has_history: bool,
    /// Since when nobody is in it.
    empty_since: Option<Duration>,
}

/// All rooms.
#[derive(Debug)]
pub(crate) struct Rooms {
    all: FxHashMap<RoomId, Room>,
    by_key: FxHashMap<Arc<str>, RoomId>,
    /// When each empty room without history goes.
    going: BTreeSet<(Duration, RoomId)>,
    /// The answer to [`Rooms::list`] while nothing has changed.
    listed: Option<RoomCounts>,
    newest: u64,
    lobby: RoomId,
    shards: usize,
}

impl Rooms {
    /// The rooms of a server with so many shards: only the lobby.
    pub(crate) fn new(shards: usize) -> Self {
        let mut rooms = Self {
            all: FxHashMap::default(),
            by_key: FxHashMap::default(),
            going: BTreeSet::new(),
            listed: None,
            newest: 0,
            lobby: RoomId(1),
            shards,
        };
        let first = rooms.create(RoomName::lobby(), Duration::ZERO);
        debug_assert_eq!(first, rooms.lobby);
        rooms
    }

    pub(crate) fn lobby(&self) -> RoomId {
        self.lobby
    }

    pub(crate) fn find(&self, name: &RoomName) -> Option<RoomId> {
        self.by_key.get(name.key()).copied()
    }

    /// Makes an empty room; the caller has seen that there is none of that name, and space for one.
    pub(crate) fn create(&mut self, name: RoomName, now: Duration) -> RoomId {
        self.listed = None;
        self.newest += 1;
        let id = RoomId(self.newest);
        self.by_key.insert(name.key().clone(), id);
        let room = Room {
            log: Arc::new(Log::new(id, name.clone(), Seq(0))),
            name,
            members: FxHashSet::default(),
            readers: vec![0; self.shards],
            presence: Presence::default(),
            has_history: false,
            empty_since: None,
        };
        self.all.insert(id, room);
        self.became_empty(id, now);
        id
    }

    pub(crate) fn is_full(&self) -> bool {
        self.all.len() >= ROOMS_MAX
    }

    pub(crate) fn get(&self, id: RoomId) -> Option<&Room> {
        self.all.get(&id)
    }

    pub(crate) fn get_mut(&mut self, id: RoomId) -> Option<&mut Room> {
        self.all.get_mut(&id)
    }

    /// A room that a session is in, or that was just found.
    pub(crate) fn of(&mut self, id: RoomId) -> &mut Room {
        self.all.get_mut(&id).expect("invariant: a room with members exists")
    }

    pub(crate) fn add_member(&mut self, id: RoomId, session: SessionId) {
        self.listed = None;
        let room = self.of(id);
        room.members.insert(session);
        if let Some(since) = room.empty_since.take() {
            self.going.remove(&(since + EMPTY_ROOM_KEPT, id));
        }
    }

    pub(crate) fn remove_member(&mut self, id: RoomId, session: SessionId, now: Duration) {
        self.listed = None;
        let room = self.of(id);
        room.members.remove(&session);
        if room.members.is_empty() {
            self.became_empty(id, now);
        }
    }

    fn became_empty(&mut self, id: RoomId, now: Duration) {
        let is_lobby = id == self.lobby;
        let room = self.of(id);
        room.empty_since = Some(now);
        if !is_lobby && !room.has_history {
            self.going.insert((now + EMPTY_ROOM_KEPT, id));
        }
    }

    /// Takes away the rooms whose time has come.
    pub(crate) fn expire(&mut self, now: Duration) -> Vec<RoomId> {
        let mut gone = Vec::new();
        while let Some(&(due, id)) = self.going.first().filter(|(due, _)| *due <= now) {
            self.going.remove(&(due, id));
            if self.all.get(&id).is_some_and(|room| !room.has_history)
                && let Some(room) = self.all.remove(&id)
            {
                self.listed = None;
                self.by_key.remove(room.name.key());
                gone.push(id);
            }
        }
        gone
    }

    pub(crate) fn next_expiry(&self) -> Option<Duration> {
        self.going.first().map(|(due, _)| *due)
    }

    /// Every room with the number of its members, busiest first, then by name.
    pub(crate) fn list(&mut self) -> RoomCounts {
        let all = &self.all;
        let sorted = || {
            let mut list: Vec<_> = all.values().map(|room| (room.name.clone(), room.members.len() as u32)).collect();
            list.sort_unstable_by(|(a, n), (b, m)| m.cmp(n).then_with(|| a.key().cmp(b.key())));
            list.into()
        };
        self.listed.get_or_insert_with(sorted).clone()
    }
}

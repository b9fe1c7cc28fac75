//! Rooms: their names, members and ends.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use papo_proto::limits::{EMPTY_ROOM_KEPT, ROOMS_MAX};
use papo_proto::words::{RoomCount, RoomCounts, RoomFacts, RoomRecord};
use papo_proto::{Ephemeral, Epoch, RoomId, RoomName, Seq, SessionId};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::hub::Now;
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
    /// Something was said in it, so it stays.
    pub(crate) has_history: bool,
    /// Since when nobody is in it.
    empty_since: Option<Duration>,
}

impl Room {
    fn new(record: RoomRecord, first: Seq, head: Seq, is_stored: bool, shards: usize) -> Self {
        Self {
            log: Arc::new(Log::new(record.id, record.name.clone(), head)),
            record,
            first,
            is_stored,
            members: FxHashSet::default(),
            readers: vec![0; shards],
            presence: Presence::default(),
            has_history: head > Seq(0),
            empty_since: None,
        }
    }

    pub(crate) fn name(&self) -> &RoomName {
        &self.record.name
    }

    /// What is told of it to those in it, as of now.
    pub(crate) fn facts(&self) -> RoomFacts {
        let head = self.log.head().seq;
        let first = if self.first == Seq(0) && head > Seq(0) { Seq(1) } else { self.first };
        let RoomRecord { id, epoch, ref name, .. } = self.record;
        RoomFacts { id, epoch, name: name.clone(), first, head }
    }

    fn count(&self) -> RoomCount {
        RoomCount { id: self.record.id, name: self.record.name.clone(), online: self.members.len() as u32 }
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

/// All rooms.
#[derive(Debug)]
pub(crate) struct Rooms {
    all: FxHashMap<RoomId, Room>,
    by_key: FxHashMap<Arc<str>, RoomId>,
    /// When each empty room without history goes.
    going: BTreeSet<(Duration, RoomId)>,
    /// The answer to [`Rooms::list`] while nothing has changed.
    listed: Option<RoomCounts>,
    /// What those who follow the list have not been told yet.
    changed: FxHashSet<RoomId>,
    gone: Vec<RoomId>,
    newest: u64,
    lobby: RoomId,
    shards: usize,
}

impl Rooms {
    /// The rooms of a server with so many shards: those that were there before.
    pub(crate) fn new(shards: usize, known: Vec<KnownRoom>, newest: RoomId) -> Self {
        let mut rooms = Self {
            all: FxHashMap::default(),
            by_key: FxHashMap::default(),
            going: BTreeSet::new(),
            listed: None,
            changed: FxHashSet::default(),
            gone: Vec::new(),
            newest: newest.0,
            lobby: DIRECTORY,
            shards,
        };
        let directory = RoomRecord { id: DIRECTORY, name: RoomName::lobby(), epoch: Epoch(0), made_ms: 0 };
        rooms.all.insert(DIRECTORY, Room::new(directory, Seq(0), Seq(0), true, shards));
        for KnownRoom { record, first, head } in known {
            rooms.add(record, first, head, true, Duration::ZERO);
        }
        rooms
    }

    /// Sees to it that there is a lobby; its record when it had to be made.
    pub(crate) fn ensure_lobby(&mut self, epoch: Epoch, made_ms: u64) -> Option<RoomRecord> {
        let known = self.find(&RoomName::lobby());
        let now = Now { running: Duration::ZERO, wall_ms: made_ms };
        let made = if known.is_some() { None } else { Some(self.create(RoomName::lobby(), epoch, now)) };
        self.lobby = known.or(made.as_ref().map(|record| record.id)).unwrap_or_default();
        self.going.retain(|(_, room)| *room != self.lobby);
        made
    }

    pub(crate) fn lobby(&self) -> RoomId {
        self.lobby
    }

    pub(crate) fn find(&self, name: &RoomName) -> Option<RoomId> {
        self.by_key.get(name.key()).copied()
    }

    /// Makes an empty room; the caller has seen that there is none of that name, and space for one.
    pub(crate) fn create(&mut self, name: RoomName, epoch: Epoch, now: Now) -> RoomRecord {
        self.newest += 1;
        let record = RoomRecord { id: RoomId(self.newest), name, epoch, made_ms: now.wall_ms };
        self.add(record.clone(), Seq(0), Seq(0), false, now.running);
        record
    }

    fn add(&mut self, record: RoomRecord, first: Seq, head: Seq, is_stored: bool, now: Duration) {
        let id = record.id;
        self.by_key.insert(record.name.key().clone(), id);
        self.all.insert(id, Room::new(record, first, head, is_stored, self.shards));
        self.note_change(id);
        self.became_empty(id, now);
    }

    fn note_change(&mut self, id: RoomId) {
        self.listed = None;
        if self.is_followed() {
            self.changed.insert(id);
        }
    }

    /// Whether anybody is told of changes of the list: by decision, so that nothing is left out between
    /// a list and the first change that is told after it.
    fn is_followed(&self) -> bool {
        self.all.get(&DIRECTORY).is_some_and(|room| !room.members.is_empty())
    }

    /// Whether the session is told of changes of the list from now on.
    pub(crate) fn follow(&mut self, session: SessionId, follows: bool) {
        let followers = &mut self.of(DIRECTORY).members;
        if follows {
            followers.insert(session);
        } else {
            followers.remove(&session);
        }
    }

    /// Nobody is told any more.
    pub(crate) fn unfollow_all(&mut self) {
        self.of(DIRECTORY).members.clear();
    }

    /// What has changed in the list, for those who follow it, since this was last asked.
    pub(crate) fn take_changes(&mut self) -> Option<Ephemeral> {
        let changed = std::mem::take(&mut self.changed);
        let gone = std::mem::take(&mut self.gone);
        if changed.is_empty() && gone.is_empty() {
            return None;
        }
        let mut changed: Vec<RoomCount> =
            changed.iter().filter_map(|room| self.all.get(room)).map(Room::count).collect();
        changed.sort_unstable_by_key(|room| room.id);
        Some(Ephemeral::Rooms { changed, gone })
    }

    pub(crate) fn has_changes(&self) -> bool {
        !self.changed.is_empty() || !self.gone.is_empty()
    }

    pub(crate) fn len(&self) -> usize {
        self.by_key.len()
    }

    pub(crate) fn is_full(&self) -> bool {
        self.by_key.len() >= ROOMS_MAX
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
        self.note_change(id);
        let room = self.of(id);
        room.members.insert(session);
        if let Some(since) = room.empty_since.take() {
            self.going.remove(&(since + EMPTY_ROOM_KEPT, id));
        }
    }

    pub(crate) fn remove_member(&mut self, id: RoomId, session: SessionId, now: Duration) {
        self.note_change(id);
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
                self.by_key.remove(room.name().key());
                if self.changed.remove(&id) || self.is_followed() {
                    self.gone.push(id);
                }
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
            let rooms = all.values().filter(|room| room.record.id != DIRECTORY);
            let mut list: Vec<RoomCount> = rooms.map(Room::count).collect();
            list.sort_unstable_by(|a, b| b.online.cmp(&a.online).then_with(|| a.name.key().cmp(b.name.key())));
            list.into()
        };
        self.listed.get_or_insert_with(sorted).clone()
    }
}

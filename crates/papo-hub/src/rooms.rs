//! All rooms: by their names and by who is in them, and when the empty ones go.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use papo_proto::limits::{EMPTY_ROOM_KEPT, ROOMS_MAX};
use papo_proto::words::{RoomCount, RoomCounts, RoomKind, RoomRecord};
use papo_proto::{AccountId, Ephemeral, Epoch, Person, RoomId, RoomName, Seq, SessionId};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::hub::Now;
use crate::room::{DIRECTORY, KnownRoom, Room};

/// All rooms.
#[derive(Debug)]
pub(crate) struct Rooms {
    all: FxHashMap<RoomId, Room>,
    /// Rooms that have ended, until that is published: what was said in them before still has its readers.
    ended: FxHashMap<RoomId, Room>,
    /// Names of rooms that became private, until that is kept: they may be public again.
    reserved: FxHashMap<Arc<str>, RoomId>,
    /// Public rooms by their names. Private rooms may be called the same: nobody learns of them by it.
    by_key: FxHashMap<Arc<str>, RoomId>,
    /// Private rooms by their names.
    hidden: FxHashMap<Arc<str>, Vec<RoomId>>,
    /// Conversations by the two who have them, the lesser first.
    directs: FxHashMap<(Person, Person), RoomId>,
    /// Everybody's conversations, oldest first.
    by_party: FxHashMap<Person, Vec<RoomId>>,
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
            ended: FxHashMap::default(),
            reserved: FxHashMap::default(),
            by_key: FxHashMap::default(),
            hidden: FxHashMap::default(),
            directs: FxHashMap::default(),
            by_party: FxHashMap::default(),
            going: BTreeSet::new(),
            listed: None,
            changed: FxHashSet::default(),
            gone: Vec::new(),
            newest: newest.0,
            lobby: DIRECTORY,
            shards,
        };
        let directory = RoomRecord::public(DIRECTORY, RoomName::lobby(), Epoch(0), 0);
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
        let made = if known.is_some() { None } else { Some(self.create(RoomName::lobby(), None, epoch, now)) };
        self.lobby = known.or(made.as_ref().map(|record| record.id)).unwrap_or_default();
        self.going.retain(|(_, room)| *room != self.lobby);
        made
    }

    pub(crate) fn lobby(&self) -> RoomId {
        self.lobby
    }

    /// The public room of a name.
    pub(crate) fn find(&self, name: &RoomName) -> Option<RoomId> {
        self.by_key.get(name.key()).copied()
    }

    /// The private rooms of a name.
    pub(crate) fn hidden(&self, name: &RoomName) -> &[RoomId] {
        self.hidden.get(name.key()).map_or(&[], Vec::as_slice)
    }

    /// The private rooms with what they hold.
    pub(crate) fn all_hidden(&self) -> impl Iterator<Item = &Room> {
        self.hidden.values().flatten().filter_map(|id| self.all.get(id))
    }

    /// The conversation of two people.
    pub(crate) fn direct(&self, one: Person, other: Person) -> Option<RoomId> {
        self.directs.get(&(one.min(other), one.max(other))).copied()
    }

    /// The conversations of somebody, oldest first.
    pub(crate) fn directs_of(&self, person: Person) -> Vec<RoomId> {
        self.by_party.get(&person).cloned().unwrap_or_default()
    }

    /// How many conversations there are.
    pub(crate) fn directs(&self) -> usize {
        self.directs.len()
    }

    /// Makes an empty room; the caller has seen that there is none of that name, and space for one.
    pub(crate) fn create(&mut self, name: RoomName, owner: Option<Person>, epoch: Epoch, now: Now) -> RoomRecord {
        self.newest += 1;
        let record = RoomRecord { owner, ..RoomRecord::public(RoomId(self.newest), name, epoch, now.wall_ms) };
        self.add(record.clone(), Seq(0), Seq(0), false, now.running);
        record
    }

    /// Makes the conversation of two people who have none yet.
    pub(crate) fn create_direct(&mut self, one: Person, other: Person, epoch: Epoch, now: Now) -> RoomRecord {
        self.newest += 1;
        let plain = RoomRecord::public(RoomId(self.newest), RoomName::direct(), epoch, now.wall_ms);
        let record = RoomRecord { kind: RoomKind::Direct(one.min(other), one.max(other)), ..plain };
        self.add(record.clone(), Seq(0), Seq(0), false, now.running);
        record
    }

    /// A room is this now. Its name, epoch and age stay.
    pub(crate) fn update(&mut self, record: &RoomRecord) {
        let Some(room) = self.all.get_mut(&record.id) else { return };
        let before = std::mem::replace(&mut room.record, record.clone());
        if before.kind != record.kind {
            self.unname(&before);
            self.name(record);
            // Those who follow the list see it come or go.
            self.listed = None;
            if self.is_followed() {
                if record.kind == RoomKind::Public {
                    self.changed.insert(record.id);
                } else {
                    self.changed.remove(&record.id);
                    self.gone.push(record.id);
                }
            }
        }
    }

    fn name(&mut self, record: &RoomRecord) {
        match record.kind {
            RoomKind::Public => drop(self.by_key.insert(record.name.key().clone(), record.id)),
            RoomKind::Private => self.hidden.entry(record.name.key().clone()).or_default().push(record.id),
            RoomKind::Direct(one, other) => {
                self.directs.insert((one, other), record.id);
                for person in [one, other] {
                    self.by_party.entry(person).or_default().push(record.id);
                }
            }
        }
    }

    fn unname(&mut self, record: &RoomRecord) {
        match record.kind {
            RoomKind::Public => drop(self.by_key.remove(record.name.key())),
            RoomKind::Private => {
                if let Some(rooms) = self.hidden.get_mut(record.name.key()) {
                    rooms.retain(|id| *id != record.id);
                    if rooms.is_empty() {
                        self.hidden.remove(record.name.key());
                    }
                }
            }
            RoomKind::Direct(one, other) => {
                self.directs.remove(&(one, other));
                for person in [one, other] {
                    if let Some(rooms) = self.by_party.get_mut(&person) {
                        rooms.retain(|id| *id != record.id);
                        if rooms.is_empty() {
                            self.by_party.remove(&person);
                        }
                    }
                }
            }
        }
    }

    /// A room as far as it is published.
    pub(crate) fn published(&mut self, id: RoomId) -> Option<&mut Room> {
        match self.all.get_mut(&id) {
            None => self.ended.get_mut(&id),
            found => found,
        }
    }

    /// That a room has ended is published: nothing is left of it.
    pub(crate) fn bury(&mut self, id: RoomId) {
        self.ended.remove(&id);
    }

    /// Whether nobody may have the name just now.
    pub(crate) fn is_reserved(&self, name: &RoomName) -> bool {
        self.reserved.contains_key(name.key())
    }

    /// A public room becomes private: its name is free when that is kept.
    pub(crate) fn reserve_name(&mut self, record: &RoomRecord) {
        self.reserved.insert(record.name.key().clone(), record.id);
    }

    /// What a room is now is kept, or it is again what it was.
    pub(crate) fn free_name(&mut self, record: &RoomRecord) {
        if self.reserved.get(record.name.key()) == Some(&record.id) {
            self.reserved.remove(record.name.key());
        }
    }

    /// Takes a room away, with nobody in it any more; until that is published it has its readers.
    pub(crate) fn remove(&mut self, id: RoomId) -> Option<&Room> {
        let room = self.all.remove(&id)?;
        self.unname(&room.record);
        if let Some(since) = room.empty_since {
            self.going.remove(&(since + EMPTY_ROOM_KEPT, id));
        }
        if room.record.kind == RoomKind::Public {
            self.listed = None;
            if self.changed.remove(&id) || self.is_followed() {
                self.gone.push(id);
            }
        }
        Some(self.ended.entry(id).or_insert(room))
    }

    fn add(&mut self, record: RoomRecord, first: Seq, head: Seq, is_stored: bool, now: Duration) {
        let id = record.id;
        self.name(&record);
        self.all.insert(id, Room::new(record, first, head, is_stored, self.shards));
        self.note_change(id);
        self.became_empty(id, now);
    }

    fn note_change(&mut self, id: RoomId) {
        if self.all.get(&id).is_none_or(|room| room.record.kind != RoomKind::Public) {
            return;
        }
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

    /// All of them.
    #[cfg(test)]
    pub(crate) fn all(&self) -> impl Iterator<Item = &Room> {
        self.all.values()
    }

    /// Who is in each room.
    #[cfg(test)]
    pub(crate) fn members(&self) -> std::collections::BTreeMap<RoomId, BTreeSet<SessionId>> {
        self.all.iter().map(|(id, room)| (*id, room.members.iter().copied().collect())).collect()
    }

    /// Whether nothing waits to be published of rooms that have ended, or to be kept of names.
    #[cfg(test)]
    pub(crate) fn has_no_remains(&self) -> bool {
        self.ended.is_empty() && self.reserved.is_empty()
    }

    /// The rooms that somebody made or has a role in.
    pub(crate) fn of_person(&self, person: Person) -> Vec<RoomId> {
        let is_of = |room: &&Room| room.record.owner == Some(person) || room.grants.contains_key(&person);
        let mut rooms: Vec<RoomId> = self.all.values().filter(is_of).map(|room| room.record.id).collect();
        rooms.sort_unstable();
        rooms
    }

    /// Every room, to be changed.
    pub(crate) fn all_mut(&mut self) -> impl Iterator<Item = &mut Room> {
        self.all.values_mut()
    }

    /// Every room's owner, to be changed.
    pub(crate) fn each_owner(&mut self, mut change: impl FnMut(&mut Option<Person>)) {
        self.all_mut().for_each(|room| change(&mut room.record.owner));
    }

    /// Rooms that have names.
    pub(crate) fn len(&self) -> usize {
        self.all.len() - 1 - self.directs.len()
    }

    pub(crate) fn is_full(&self) -> bool {
        self.len() >= ROOMS_MAX
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

    /// The same, only to be looked at.
    pub(crate) fn of_ref(&self, id: RoomId) -> &Room {
        self.all.get(&id).expect("invariant: a room with members exists")
    }

    pub(crate) fn add_member(&mut self, id: RoomId, session: SessionId, account: Option<AccountId>) {
        self.note_change(id);
        let room = self.of(id);
        if room.members.insert(session)
            && let Some(account) = account
        {
            *room.accounts.entry(account).or_default() += 1;
        }
        let since = room.empty_since.take();
        if let Some(since) = since.filter(|_| !room.has_guest()) {
            self.going.remove(&(since + EMPTY_ROOM_KEPT, id));
        }
    }

    pub(crate) fn remove_member(&mut self, id: RoomId, session: SessionId, account: Option<AccountId>, now: Duration) {
        self.note_change(id);
        let room = self.of(id);
        if room.members.remove(&session) {
            room.uncount(account);
        }
        if room.members.is_empty() {
            self.became_empty(id, now);
        }
    }

    /// A member is somebody else now.
    pub(crate) fn recount(
        &mut self,
        id: RoomId,
        session: SessionId,
        before: Option<AccountId>,
        after: Option<AccountId>,
    ) {
        self.note_change(id);
        let room = self.of(id);
        if !room.members.contains(&session) {
            return;
        }
        if let Some(account) = after {
            *room.accounts.entry(account).or_default() += 1;
        }
        room.uncount(before);
    }

    fn became_empty(&mut self, id: RoomId, now: Duration) {
        let is_lobby = id == self.lobby;
        let room = self.of(id);
        room.empty_since = Some(now);
        if !is_lobby && (!room.has_history || room.has_guest()) {
            self.going.insert((now + EMPTY_ROOM_KEPT, id));
        }
    }

    /// A guest is gone and may come back: after a day the guest's conversations are looked at.
    pub(crate) fn let_directs_go(&mut self, person: Person, now: Duration) {
        if person.account().is_none() {
            for id in self.directs_of(person) {
                self.going.insert((now + EMPTY_ROOM_KEPT, id));
            }
        }
    }

    /// The rooms that are to be looked at now: their time may have come.
    pub(crate) fn due(&mut self, now: Duration) -> Vec<RoomId> {
        let mut due = Vec::new();
        while let Some(&(at, id)) = self.going.first().filter(|(at, _)| *at <= now) {
            self.going.remove(&(at, id));
            due.push(id);
        }
        due
    }

    pub(crate) fn next_expiry(&self) -> Option<Duration> {
        self.going.first().map(|(due, _)| *due)
    }

    /// Every public room with the number of people in it, busiest first, then by name.
    pub(crate) fn list(&mut self) -> RoomCounts {
        let all = &self.all;
        let sorted = || {
            let is_listed = |room: &&Room| room.record.kind == RoomKind::Public && room.record.id != DIRECTORY;
            let rooms = all.values().filter(is_listed);
            let mut list: Vec<RoomCount> = rooms.map(Room::count).collect();
            list.sort_unstable_by(busiest_first);
            list.into()
        };
        self.listed.get_or_insert_with(sorted).clone()
    }
}

pub(crate) fn busiest_first(a: &RoomCount, b: &RoomCount) -> std::cmp::Ordering {
    b.online.cmp(&a.online).then_with(|| a.name.key().cmp(b.name.key()))
}

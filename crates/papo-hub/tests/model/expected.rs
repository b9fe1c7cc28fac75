//! The model: what the rules say, in plain lists, and which lines each connection must read for it.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use papo_hub::KnownRoom;
use papo_proto::limits::ROOM_CHANGES_EVERY;
use papo_proto::words::{RoomCount, RoomFacts, RoomRecord};
use papo_proto::{Dialect, Encoding, Ephemeral, Epoch, Event, Nickname, Record, Reply, Role, RoomId, RoomName, Seq};

use crate::crowd::{Came, Crowd};
use crate::lines::Lines;
use crate::parts::{Conn, Fact, History, Person, Room, guest, public_room};

/// The number of the room that is none, whose log tells of the list of rooms.
pub(crate) const DIRECTORY: u64 = 0;
/// The epoch of rooms that are made in a run.
pub(crate) const EPOCH: u64 = 5;

/// Everything.
#[derive(Debug)]
pub(crate) struct Model {
    pub(crate) conns: Vec<Conn>,
    pub(crate) people: Vec<Person>,
    pub(crate) rooms: BTreeMap<u64, Room>,
    /// Rooms that are gone by decision: they are read until that is published.
    pub(crate) ended: BTreeMap<u64, RoomName>,
    pub(crate) newest_room: u64,
    pub(crate) lobby: u64,
    /// Of each room that ever was.
    pub(crate) logs: BTreeMap<u64, History>,
    pub(crate) pending: Vec<Fact>,
    /// How many of the first records pending are with the store.
    pub(crate) stored: usize,
    /// What the store is told again, before anything else.
    pub(crate) unkept: Vec<Record>,
    /// What followers of the list of rooms have not been told.
    pub(crate) changed: BTreeSet<u64>,
    pub(crate) gone: Vec<u64>,
    pub(crate) list_due: Duration,
    /// The number of the command that is being decided.
    pub(crate) asking: Option<u64>,
    /// Rooms that each address may still make, as time: one for three minutes, twenty at most.
    pub(crate) credit: BTreeMap<u8, (Duration, Duration)>,
    pub(crate) flood: bool,
    pub(crate) random: u64,
}

impl Model {
    pub(crate) fn new(flood: bool, seed: u64, known: &[(KnownRoom, Vec<Event>)], newest_room: u64) -> Self {
        let mut model = Self {
            conns: Vec::new(),
            people: Vec::new(),
            rooms: BTreeMap::new(),
            ended: BTreeMap::new(),
            newest_room,
            lobby: 0,
            logs: BTreeMap::from([(DIRECTORY, History::default())]),
            pending: Vec::new(),
            stored: 0,
            unkept: Vec::new(),
            changed: BTreeSet::new(),
            gone: Vec::new(),
            list_due: Duration::ZERO,
            asking: None,
            credit: BTreeMap::new(),
            flood,
            random: seed,
        };
        for (KnownRoom { record, .. }, events) in known {
            model.add_room(record.clone(), events.clone(), true, Duration::ZERO);
        }
        model.lobby = model.find("geral").unwrap_or_else(|| {
            let record = model.make_room("geral", None, Duration::ZERO, 0);
            let id = record.id.0;
            model.pending.push(Fact::Kept(Record::Room(record)));
            id
        });
        model
    }

    pub(crate) fn open(&mut self, shard: u16, encoding: Encoding, address: u8) {
        let (conn, person) = (self.conns.len(), self.people.len());
        let Encoding { dialect, lang, .. } = encoding;
        let lines = Lines::new(dialect == Dialect::Text);
        self.conns.push(Conn { shard, dialect, lang, person, lines, closed: false });
        let (claimed, link) = (Some(conn), Some(conn));
        self.people.push(Person { address, lang, alive: true, claimed, link, ..Person::default() });
        self.answer(person, Reply::Welcome);
    }

    /// Whom a connection speaks for, if anybody listens.
    pub(crate) fn speaker(&self, conn: usize) -> Option<usize> {
        let who = self.conns[conn].person;
        let person = &self.people[who];
        (person.alive && !person.ending && person.claimed == Some(conn)).then_some(who)
    }

    pub(crate) fn drain(&mut self) {
        for who in 0..self.people.len() {
            let person = &mut self.people[who];
            if let Some(program) = &mut person.program {
                program.held_until = None;
            }
            if person.alive && !person.ending {
                person.ending = true;
                self.answer(who, Reply::Draining);
                self.pending.push(Fact::Close { who });
            }
        }
    }

    /// Time has passed.
    pub(crate) fn pass(&mut self, now: Duration) {
        let mut due: Vec<(Duration, u64)> = self.dues(|room| room.crowd.due());
        due.retain(|(at, _)| *at <= now);
        for (_, id) in due {
            let told = self.rooms.get_mut(&id).map(|room| room.crowd.tell());
            for notice in told.unwrap_or_default() {
                self.pending.push(Fact::Told { room: id, notice, except: None });
            }
        }
        self.end_held(now);
        for (_, id) in self.going().into_iter().filter(|(at, _)| *at <= now) {
            self.ended.extend(self.rooms.remove(&id).map(|room| (id, room.name())));
            if self.changed.remove(&id) || self.is_followed() {
                self.gone.push(id);
            }
            self.pending.push(Fact::Kept(Record::RoomGone(RoomId(id))));
        }
        if now >= self.list_due {
            self.list_due = now + ROOM_CHANGES_EVERY;
            self.tell_changes();
        }
    }

    fn tell_changes(&mut self) {
        let (changed, gone) = (std::mem::take(&mut self.changed), std::mem::take(&mut self.gone));
        if !changed.is_empty() || !gone.is_empty() {
            let changed = changed.iter().filter_map(|id| self.rooms.get(id)).map(counted).collect();
            let notice = Ephemeral::Rooms { changed, gone: gone.into_iter().map(RoomId).collect() };
            self.pending.push(Fact::Told { room: DIRECTORY, notice, except: None });
        }
    }

    /// When [`Model::pass`] has something to do.
    pub(crate) fn next_due(&self) -> Option<Duration> {
        let rooms = self.dues(|room| room.crowd.due()).into_iter().chain(self.going()).map(|(at, _)| at);
        let held = self.people.iter().filter_map(|person| person.program.as_ref()?.held_until);
        let list = (!self.changed.is_empty() || !self.gone.is_empty()).then_some(self.list_due);
        rooms.chain(held).chain(list).min()
    }

    fn going(&self) -> Vec<(Duration, u64)> {
        let mut going = self.dues(Room::goes_at);
        going.retain(|(_, id)| *id != self.lobby);
        going
    }

    fn dues(&self, due: impl Fn(&Room) -> Option<Duration>) -> Vec<(Duration, u64)> {
        let mut all: Vec<_> = self.rooms.iter().filter_map(|(id, room)| Some((due(room)?, *id))).collect();
        all.sort_unstable();
        all
    }
}

/// What several commands do.
impl Model {
    /// Answers the command that is being decided, or says something of itself.
    pub(crate) fn answer(&mut self, who: usize, reply: Reply) {
        let txn = self.asking.take();
        self.pending.push(Fact::Answer { who, txn, reply });
    }

    pub(crate) fn make_room(&mut self, shown: &str, owner: Option<usize>, now: Duration, made_ms: u64) -> RoomRecord {
        self.newest_room += 1;
        let name = RoomName::parse(shown).expect("a good name").name;
        let made = public_room(RoomId(self.newest_room), name, Epoch(EPOCH), made_ms);
        let record = RoomRecord { owner: owner.map(guest), ..made };
        self.add_room(record.clone(), Vec::new(), false, now);
        record
    }

    fn add_room(&mut self, record: RoomRecord, events: Vec<Event>, stored: bool, now: Duration) {
        let (id, key, kept) = (record.id.0, record.name.key().to_string(), !events.is_empty());
        let (members, empty_since, crowd) = (Vec::new(), Some(now), Crowd::default());
        self.rooms.insert(id, Room { record, key, members, kept, stored, empty_since, crowd });
        self.logs.insert(id, History { events, happened: Vec::new() });
        self.note_change(id);
    }

    /// Somebody wants to be told of changes of the list of rooms, and can be.
    fn is_followed(&self) -> bool {
        let follows = |person: &Person| person.program.as_ref().is_some_and(|program| program.follows);
        self.people.iter().any(|person| person.alive && !person.ending && person.claimed.is_some() && follows(person))
    }

    pub(crate) fn note_change(&mut self, room: u64) {
        if self.is_followed() {
            self.changed.insert(room);
        }
    }

    /// A room as it is told now: whoever made it has its rights.
    pub(crate) fn facts(&self, who: usize, id: u64) -> RoomFacts {
        let RoomRecord { id: room, ref name, epoch, owner, .. } = self.rooms[&id].record;
        let head = self.logs[&id].head();
        let role = if owner == Some(guest(who)) { Role::Owner } else { Role::Guest };
        RoomFacts { role, ..RoomFacts::public(room, epoch, name.clone(), Seq(head.min(1)), Seq(head)) }
    }

    pub(crate) fn enter(&mut self, who: usize, id: u64, now: Duration) {
        self.become_member(who, id, now);
        self.pending.push(Fact::Enter { who, room: id, after: None });
    }

    pub(crate) fn become_member(&mut self, who: usize, id: u64, now: Duration) {
        self.note_change(id);
        let room = self.rooms.get_mut(&id).expect("there is the room");
        if !room.members.contains(&who) {
            room.members.push(who);
        }
        room.empty_since = None;
        self.people[who].rooms.push(id);
        self.tell_presence(who, id, Came::Entered, now);
    }

    pub(crate) fn leave(&mut self, who: usize, id: u64, came: Came, now: Duration) {
        self.note_change(id);
        self.people[who].rooms.retain(|room| *room != id);
        let room = self.rooms.get_mut(&id).expect("there is the room");
        room.members.retain(|member| *member != who);
        if room.members.is_empty() {
            room.empty_since = Some(now);
        }
        self.pending.push(Fact::Exit { who, room: id });
        self.tell_presence(who, id, came, now);
    }

    pub(crate) fn leave_all(&mut self, who: usize, came: Came, now: Duration) {
        for room in self.people[who].rooms.clone() {
            self.leave(who, room, came, now);
        }
    }

    pub(crate) fn end(&mut self, who: usize, came: Came, now: Duration) {
        self.leave_all(who, came, now);
        let person = &mut self.people[who];
        (person.ending, person.name) = (true, None);
        if let Some(program) = &mut person.program {
            program.held_until = None;
        }
        self.pending.push(Fact::Close { who });
    }

    fn tell_presence(&mut self, who: usize, id: u64, came: Came, now: Duration) {
        let (name, _) = self.people[who].name.as_ref().expect("nobody enters without a name");
        let room = self.rooms.get_mut(&id).expect("there is the room");
        if let Some(notice) = room.crowd.notice(came, name, now) {
            self.pending.push(Fact::Told { room: id, notice, except: Some(who) });
        }
    }

    pub(crate) fn nick_of(shown: &str) -> Nickname {
        Nickname::parse(shown).expect("a good name").name
    }
}

/// A room in a list.
pub(crate) fn counted(room: &Room) -> RoomCount {
    RoomCount { id: room.record.id, name: room.name(), online: room.members.len() as u32, private: false }
}

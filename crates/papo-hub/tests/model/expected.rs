//! The model: what the rules say, in plain lists, and which lines each person must read for it.

use std::collections::BTreeMap;
use std::time::Duration;

use papo_proto::{Encoding, Ephemeral, Lang, Nickname, Reply, RoomName};

use crate::crowd::{Came, Crowd};

/// The lobby's number; further rooms count on from there.
pub(crate) const LOBBY: u64 = 1;

/// A line that a person must read, and where it stands when it is from a room's log.
#[derive(Debug)]
pub(crate) struct Line {
    pub(crate) text: String,
    /// The room, and how many things had happened in it with this one.
    pub(crate) at: Option<(u64, u64)>,
}

/// Somebody who has connected.
#[derive(Debug)]
pub(crate) struct Person {
    pub(crate) shard: u16,
    pub(crate) address: u8,
    /// As shown, and what makes it the same as others.
    pub(crate) name: Option<(String, String)>,
    pub(crate) room: Option<u64>,
    /// By decision; nothing more is heard from this person.
    pub(crate) ending: bool,
    /// The room, language and end that have been published.
    pub(crate) reads: Option<u64>,
    pub(crate) lang: Lang,
    pub(crate) closed: bool,
    pub(crate) lines: Vec<Line>,
}

/// A room.
#[derive(Debug)]
pub(crate) struct Room {
    pub(crate) shown: String,
    pub(crate) key: String,
    pub(crate) members: Vec<usize>,
    /// Somebody said something in it.
    pub(crate) kept: bool,
    pub(crate) empty_since: Option<Duration>,
    pub(crate) crowd: Crowd,
}

impl Room {
    pub(crate) fn name(&self) -> RoomName {
        RoomName::parse(&self.shown).expect("a good name").name
    }

    pub(crate) fn goes_at(&self) -> Option<Duration> {
        if self.kept { None } else { self.empty_since.map(|since| since + Duration::from_hours(24)) }
    }
}

/// Something that was decided and is to be published.
#[derive(Debug)]
pub(crate) enum Fact {
    Said { who: usize, room: u64, author: String, text: String, at_ms: u64 },
    Told { room: u64, notice: Ephemeral, except: Option<usize> },
    Answer { who: usize, reply: Reply },
    Enter { who: usize, room: u64 },
    Exit { who: usize },
    Speak { who: usize, lang: Lang },
    Close { who: usize },
}

/// Everything.
#[derive(Debug)]
pub(crate) struct Model {
    pub(crate) people: Vec<Person>,
    pub(crate) rooms: BTreeMap<u64, Room>,
    pub(crate) newest_room: u64,
    /// What happened in each room that ever was: true for a message, false for a notice.
    pub(crate) logs: BTreeMap<u64, Vec<bool>>,
    pub(crate) pending: Vec<Fact>,
    /// How many of the first messages pending are with the store.
    pub(crate) stored: usize,
    /// Rooms that each address may still make, as time: one for three minutes, twenty at most.
    pub(crate) credit: BTreeMap<u8, (Duration, Duration)>,
    pub(crate) flood: bool,
    pub(crate) random: u64,
}

impl Model {
    pub(crate) fn new(flood: bool, seed: u64) -> Self {
        let mut model = Self {
            people: Vec::new(),
            rooms: BTreeMap::new(),
            newest_room: 0,
            logs: BTreeMap::new(),
            pending: Vec::new(),
            stored: 0,
            credit: BTreeMap::new(),
            flood,
            random: seed,
        };
        model.make_room("geral", "geral", Duration::ZERO);
        model
    }

    pub(crate) fn open(&mut self, shard: u16, encoding: Encoding, address: u8) {
        self.people.push(Person {
            shard,
            address,
            name: None,
            room: None,
            ending: false,
            reads: None,
            lang: encoding.lang,
            closed: false,
            lines: Vec::new(),
        });
        self.answer(self.people.len() - 1, Reply::Welcome);
    }

    pub(crate) fn lose(&mut self, who: usize, said_so: bool, now: Duration) {
        self.end(who, if said_so { Came::Left } else { Came::Lost }, now);
    }

    pub(crate) fn drain(&mut self) {
        for who in 0..self.people.len() {
            if !self.people[who].ending {
                self.people[who].ending = true;
                self.answer(who, Reply::Draining);
                self.pending.push(Fact::Close { who });
            }
        }
    }

    /// Time has passed; returns the rooms that are gone.
    pub(crate) fn pass(&mut self, now: Duration) -> Vec<u64> {
        let mut due: Vec<(Duration, u64)> = self.dues(|room| room.crowd.due());
        due.retain(|(at, _)| *at <= now);
        for (_, id) in due {
            let told = self.rooms.get_mut(&id).map(|room| room.crowd.tell());
            for notice in told.unwrap_or_default() {
                self.pending.push(Fact::Told { room: id, notice, except: None });
            }
        }
        let mut going = self.dues(Room::goes_at);
        going.retain(|(at, id)| *at <= now && *id != LOBBY);
        let gone: Vec<u64> = going.into_iter().map(|(_, id)| id).collect();
        for id in &gone {
            self.rooms.remove(id);
        }
        gone
    }

    /// When [`Model::pass`] has something to do.
    pub(crate) fn next_due(&self) -> Option<Duration> {
        let crowds = self.dues(|room| room.crowd.due());
        let going = self.dues(Room::goes_at).into_iter().filter(|(_, id)| *id != LOBBY);
        crowds.into_iter().chain(going).map(|(at, _)| at).min()
    }

    fn dues(&self, due: impl Fn(&Room) -> Option<Duration>) -> Vec<(Duration, u64)> {
        let mut all: Vec<_> = self.rooms.iter().filter_map(|(id, room)| Some((due(room)?, *id))).collect();
        all.sort_unstable();
        all
    }
}

/// What several commands do.
impl Model {
    pub(crate) fn answer(&mut self, who: usize, reply: Reply) {
        self.pending.push(Fact::Answer { who, reply });
    }

    pub(crate) fn make_room(&mut self, shown: &str, key: &str, now: Duration) -> u64 {
        self.newest_room += 1;
        let room = Room {
            shown: shown.to_owned(),
            key: key.to_owned(),
            members: Vec::new(),
            kept: false,
            empty_since: Some(now),
            crowd: Crowd::default(),
        };
        self.rooms.insert(self.newest_room, room);
        self.logs.insert(self.newest_room, Vec::new());
        self.newest_room
    }

    pub(crate) fn enter(&mut self, who: usize, id: u64, now: Duration) {
        let room = self.rooms.get_mut(&id).expect("there is the room");
        room.members.push(who);
        room.empty_since = None;
        self.people[who].room = Some(id);
        self.tell_presence(who, id, Came::Entered, now);
        self.pending.push(Fact::Enter { who, room: id });
    }

    pub(crate) fn leave(&mut self, who: usize, came: Came, now: Duration) -> Option<u64> {
        let id = self.people[who].room.take()?;
        let room = self.rooms.get_mut(&id).expect("there is the room");
        room.members.retain(|member| *member != who);
        if room.members.is_empty() {
            room.empty_since = Some(now);
        }
        self.pending.push(Fact::Exit { who });
        self.tell_presence(who, id, came, now);
        Some(id)
    }

    pub(crate) fn end(&mut self, who: usize, came: Came, now: Duration) {
        if !self.people[who].ending {
            self.leave(who, came, now);
            let person = &mut self.people[who];
            (person.ending, person.name) = (true, None);
            self.pending.push(Fact::Close { who });
        }
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

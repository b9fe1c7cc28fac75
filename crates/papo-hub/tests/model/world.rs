//! The hub, its shards and its store, driven step by step beside the model.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::Duration;

use papo_hub::{CommitError, Cursor, Hub, KnownRoom, Link, Now, Policy, Settings};
use papo_proto::limits::Limits;
use papo_proto::papo1;
use papo_proto::words::Body;
use papo_proto::{Dialect, Encoding, Epoch, Event, RoomId, RoomName, Seq, SessionId, text};
use proptest::sample::Index;

use crate::connection::Connection;
use crate::expected::{EPOCH, Model};
use crate::parts::{public_room, session};
use crate::rules::When;
use crate::shards::Shards;
use crate::steps::{About, Said, Setting, Step};
use crate::store::FakeStore;
use crate::tail::{Got, Turn};

const SEED: u64 = 7;
const ALL: Turn = Turn { bytes: usize::MAX, runs: 64, rooms_first: false };

/// All of it.
pub(crate) struct World {
    pub(crate) hub: Hub,
    pub(crate) now: Now,
    pub(crate) shards: Shards,
    pub(crate) model: Model,
    closed: Vec<bool>,
    /// For each session, the number of its last command, and how far its client has each room.
    pub(crate) txns: BTreeMap<usize, u64>,
    pub(crate) has: BTreeMap<(usize, u64), u64>,
    with_store: Vec<papo_proto::Record>,
    failures: u64,
    setting: Setting,
}

/// The rooms that were there before: the lobby, and one with another number than the next.
fn known_rooms(setting: &Setting) -> Vec<(KnownRoom, Vec<Event>)> {
    let Some(said) = setting.before else { return Vec::new() };
    let room = |id, name: &str, said: u64| {
        let name = RoomName::parse(name).expect("a good name").name;
        let record = public_room(RoomId(id), name, Epoch(EPOCH - 2), 1);
        let said_before = |seq| {
            let (author, body) = ("Velha".into(), Body::Message(format!("antes {seq}").into()));
            let person = papo_proto::Person::NOBODY;
            Event { seq: Seq(seq), at_ms: seq, session: SessionId(9), txn: None, person, author, body }
        };
        (KnownRoom { record, first: Seq(said.min(1)), head: Seq(said) }, (1..=said).map(said_before).collect())
    };
    vec![room(2, "geral", said), room(5, "x", 4)]
}

impl World {
    pub(crate) fn new(setting: Setting) -> Self {
        let limits = Limits { flood: setting.flood, backlog_bytes: setting.backlog_bytes, ..Limits::default() };
        let shards = usize::from(setting.shards);
        let known = known_rooms(&setting);
        let newest_room = if known.is_empty() { 0 } else { 8 };
        let mut store = FakeStore::default();
        for (room, events) in &known {
            store.add_room(room.record.id, events.clone());
        }
        let settings = Settings {
            shards,
            seed: SEED,
            limits,
            epoch: Epoch(EPOCH),
            generation: 3,
            rooms: known.iter().map(|(room, _)| room.clone()).collect(),
            newest_room: RoomId(newest_room),
            wall_ms: 0,
            secret: [1; 32],
            policy: Policy::default(),
            people: Vec::new(),
            newest_people: Default::default(),
        };
        Self {
            hub: Hub::new(settings),
            now: Now { running: Duration::from_secs(1), wall_ms: 1000 },
            shards: Shards {
                connections: Vec::new(),
                marked: vec![Vec::new(); shards],
                newly_marked: Vec::new(),
                homes: Vec::new(),
                eager: setting.eager,
                turns: 0,
                store,
            },
            model: Model::new(setting.flood, SEED, &known, newest_room),
            closed: Vec::new(),
            txns: BTreeMap::new(),
            has: BTreeMap::new(),
            with_store: Vec::new(),
            failures: 0,
            setting,
        }
    }

    /// Carries out a step on both sides and compares them.
    pub(crate) fn step(&mut self, step: &Step) {
        match step {
            Step::Open { shard, encoding, address, greeting } => {
                self.open(*shard, *encoding, *address);
                if let (Dialect::Papo1, Some(greeting)) = (encoding.dialect, greeting) {
                    self.hello(self.closed.len() - 1, greeting);
                }
            }
            Step::Hello(who, greeting) => self.hello(self.conn(*who), greeting),
            Step::Say(who, said, about) => self.say(self.conn(*who), said, Some(*about)),
            Step::Chatter(who, times) => {
                for n in 0..*times {
                    self.say(self.conn(*who), &Said::Post(format!("fala {n}")), None);
                }
            }
            Step::Hop(who, room, times) => {
                for _ in 0..*times {
                    self.say(self.conn(*who), &Said::Join(*room), None);
                    self.say(self.conn(*who), &Said::Leave, None);
                }
            }
            Step::Build(who, rooms) => {
                for n in 0..*rooms {
                    self.say(self.conn(*who), &Said::CreateNumbered(n), None);
                }
            }
            Step::Lose(who, said_so) => {
                let conn = self.conn(*who);
                self.hub.close(self.session(conn), self.link(conn), *said_so, self.now);
                self.model.lose(conn, *said_so, self.now.running);
            }
            Step::Drain => {
                self.hub.drain();
                self.model.drain();
            }
            Step::Pass(ms) => self.pass(*ms),
            Step::Publish => self.publish(),
            Step::Take => self.take(),
            Step::Commit => self.commit(),
            Step::Fail => self.fail(),
            Step::Write(who, turn) => {
                let conn = self.conn(*who);
                self.shards.connections[conn].turn(*turn);
            }
            Step::Look(shard) => self.shards.look(usize::from(shard % self.setting.shards)),
        }
        self.compare();
    }

    /// Lets everything come to its end; each person has read each line then.
    pub(crate) fn settle(&mut self) {
        loop {
            self.take();
            if self.with_store.is_empty() {
                break;
            }
            self.commit();
        }
        for shard in 0..usize::from(self.setting.shards) {
            self.shards.look(shard);
        }
        for connection in &mut self.shards.connections {
            connection.turn(ALL);
        }
        self.compare();
        assert_eq!((self.hub.waiting(), self.hub.waiting_bytes()), (0, 0));
        for (at, conn) in self.model.conns.iter().enumerate() {
            let unread = conn.lines.unread();
            assert!(unread.is_empty(), "connection {at} never read {unread:?}");
            assert_eq!(self.closed[at], conn.closed, "whether connection {at} is closed");
            assert!(self.shards.connections[at].is_idle(), "connection {at} has something to write");
        }
    }

    fn conn(&self, who: Index) -> usize {
        who.index(self.closed.len())
    }

    pub(crate) fn session(&self, conn: usize) -> SessionId {
        self.shards.connections[conn].session
    }

    pub(crate) fn link(&self, conn: usize) -> Link {
        Link { shard: self.shards.homes[conn], slot: conn as u32, key: 0 }
    }

    fn when(&self) -> When {
        When { now: self.now.running, wall_ms: self.now.wall_ms }
    }

    fn open(&mut self, shard: u16, encoding: Encoding, address: u8) {
        let shard = shard % self.setting.shards;
        let link = Link { shard, slot: self.closed.len() as u32, key: 0 };
        let opened = self.hub.open(link, encoding, IpAddr::from([192, 0, 2, address]).into(), true);
        self.shards.connections.push(Connection::new(opened, encoding));
        self.shards.homes.push(shard);
        self.closed.push(false);
        self.model.open(shard, encoding, address);
        assert_eq!(opened, session(self.model.people.len() - 1), "sessions are numbered in their order");
    }

    fn say(&mut self, conn: usize, said: &Said, about: Option<About>) {
        let (session, link) = (self.session(conn), self.link(conn));
        let who = self.model.conns[conn].person;
        if self.model.conns[conn].dialect == Dialect::Text {
            let sent = text::decode(said.line().as_bytes()).expect("nothing that is said is empty");
            self.hub.handle(session, link, None, sent, self.now);
            return self.model.say(conn, said, 0, 0, self.when());
        }
        let newest = self.txns.entry(who).or_default();
        let txn = match about.map_or(0, |about| about.back) {
            0 => *newest + 1,
            back => newest.saturating_sub(back - 1).max(1),
        };
        *newest = txn.max(*newest);
        let rooms = &self.model.people[who].rooms;
        let room = match about {
            Some(About { own: false, room, .. }) => room.index(self.model.newest_room as usize + 2) as u64,
            Some(About { room, .. }) if !rooms.is_empty() => rooms[room.index(rooms.len())],
            _ => rooms.first().copied().unwrap_or(1),
        };
        let sent = papo1::decode(said.frame(txn, room).as_bytes(), 1 << 16);
        let command = sent.said.map(|said| match said {
            papo1::Said::Command(command) => command,
            papo1::Said::Hello(_) => unreachable!("that is a step of its own"),
        });
        self.hub.handle(session, link, sent.txn, command, self.now);
        self.model.say(conn, said, txn, room, self.when());
    }

    fn pass(&mut self, ms: u64) {
        self.now.running += Duration::from_millis(ms);
        self.now.wall_ms += ms;
        assert_eq!(self.hub.next_due(), self.model.next_due());
        self.hub.tick(self.now);
        self.model.pass(self.now.running);
        assert_eq!(self.hub.rooms(), self.model.rooms.len());
        assert!(self.hub.next_due().is_none_or(|due| due > self.now.running), "what was due is done");
    }
}

/// Between the hub, the store and the shards.
impl World {
    fn publish(&mut self) {
        self.hub.publish(&mut self.shards);
        self.model.publish();
        self.published();
    }

    /// The writer takes what waits. It does so when all else is published, as decisions are.
    fn take(&mut self) {
        self.publish();
        let batch = self.hub.take_batch();
        assert_eq!(batch, self.model.take(), "what goes to the store");
        if !batch.is_empty() {
            self.with_store = batch;
        }
    }

    fn commit(&mut self) {
        let batch = std::mem::take(&mut self.with_store);
        if batch.is_empty() {
            return;
        }
        let stored = self.shards.store.commit(&batch);
        self.hub.committed(&stored, self.now, &mut self.shards);
        let anew = self.model.stored(Ok(&stored));
        self.model.decide_anew(anew, self.when());
        self.model.publish();
        self.published();
    }

    fn fail(&mut self) {
        if !std::mem::take(&mut self.with_store).is_empty() {
            self.failures += 1;
            let error = match self.failures % 2 {
                0 => CommitError::Full,
                _ => CommitError::Fault { id: self.failures },
            };
            self.hub.commit_failed(error, self.now, &mut self.shards);
            self.model.stored(Err(error));
            self.model.publish();
            self.published();
        }
    }

    /// What must hold after each publication.
    fn published(&mut self) {
        for (id, history) in &self.model.logs {
            if let Some(log) = self.hub.log(RoomId(*id)) {
                assert_eq!(log.head().position.0, history.happened.len() as u64, "what happened in room {id}");
                self.check_place(RoomId(*id), log.head());
            }
        }
        for (shard, room) in self.shards.newly_marked.drain(..) {
            let reads = |conn: &&crate::parts::Conn| {
                let person = &self.model.people[conn.person];
                conn.shard == shard && person.alive && person.reads.contains(&room.0)
            };
            assert!(self.model.conns.iter().any(|conn| reads(&conn)), "only shards with readers are told");
        }
        assert!(self.hub.backlog_bytes() <= self.setting.backlog_bytes);
        let people = || self.model.people.iter().filter(|person| person.alive);
        assert_eq!(self.hub.sessions(), people().count());
        let held =
            people().filter(|person| person.program.as_ref().is_some_and(|program| program.held_until.is_some()));
        assert_eq!(self.hub.held(), held.count());
        assert_eq!(self.hub.waiting(), self.model.pending.len());
    }
}

/// What the people have read.
impl World {
    fn compare(&mut self) {
        for conn in 0..self.closed.len() {
            for got in self.shards.connections[conn].got() {
                match got {
                    Got::Line(line) => {
                        let expected = &mut self.model.conns[conn];
                        match expected.lines.arrive(&line) {
                            Ok(Some((room, seq))) => {
                                let has = self.has.entry((expected.person, room)).or_default();
                                *has = seq.max(*has);
                            }
                            Ok(None) => {}
                            Err(next) => panic!("connection {conn} reads\n{line}\ninstead of\n{next:#?}"),
                        }
                    }
                    Got::Missed { room, from, to } => self.miss(conn, room, from, to),
                    Got::Place(room, cursor) => self.check_place(room, cursor),
                    Got::Closed => self.closed[conn] = true,
                }
            }
        }
    }

    /// Skips the lines that a reader is told are gone.
    fn miss(&mut self, conn: usize, room: RoomId, from: Cursor, to: Cursor) {
        assert!(self.setting.backlog_bytes < 1 << 20, "nothing is gone while memory is large");
        self.check_place(room, from);
        self.check_place(room, to);
        self.model.conns[conn].lines.miss(room.0, from.position.0, to.position.0);
    }

    /// A place's seq is that of the newest message before it.
    fn check_place(&self, room: RoomId, cursor: Cursor) {
        let seq = self.model.logs[&room.0].seq_at(cursor.position.0);
        assert_eq!(cursor.seq, Seq(seq), "at {cursor:?} of {room:?}");
    }
}

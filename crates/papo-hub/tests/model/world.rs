//! The hub, its shards and its store, driven step by step beside the model.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::Duration;

use papo_hub::{Cursor, Hub, Link, Now, Settings};
use papo_proto::limits::Limits;
use papo_proto::{Append, RoomId, Seq, SessionId, text};
use proptest::sample::Index;

use crate::connection::Connection;
use crate::expected::{Fact, Model};
use crate::shards::Shards;
use crate::steps::{Said, Setting, Step};
use crate::tail::{Got, Turn};

const SEED: u64 = 7;
const ALL: Turn = Turn { bytes: usize::MAX, runs: 64 };

/// All of it.
pub(crate) struct World {
    hub: Hub,
    now: Now,
    shards: Shards,
    model: Model,
    /// For each person, how many of the model's lines have arrived.
    arrived: Vec<usize>,
    closed: Vec<bool>,
    with_store: Vec<Append>,
    seqs: BTreeMap<RoomId, u64>,
    failures: u64,
    drained: bool,
    setting: Setting,
}

impl World {
    pub(crate) fn new(setting: Setting) -> Self {
        let limits = Limits { flood: setting.flood, backlog_bytes: setting.backlog_bytes, ..Limits::default() };
        let shards = usize::from(setting.shards);
        Self {
            hub: Hub::new(Settings { shards, seed: SEED, limits }),
            now: Now { running: Duration::from_secs(1), wall_ms: 1000 },
            shards: Shards {
                connections: Vec::new(),
                marked: vec![Vec::new(); shards],
                newly_marked: Vec::new(),
                homes: Vec::new(),
                eager: setting.eager,
                turns: 0,
            },
            model: Model::new(setting.flood, SEED),
            arrived: Vec::new(),
            closed: Vec::new(),
            with_store: Vec::new(),
            seqs: BTreeMap::new(),
            failures: 0,
            drained: false,
            setting,
        }
    }

    /// Carries out a step on both sides and compares them.
    pub(crate) fn step(&mut self, step: &Step) {
        match step {
            Step::Open { shard, encoding, address } if !self.drained => self.open(*shard, *encoding, *address),
            Step::Open { .. } => {}
            Step::Say(who, said) => self.say(self.person(*who), said),
            Step::Hop(who, room, times) => {
                for _ in 0..*times {
                    self.say(self.person(*who), &Said::Join(*room));
                    self.say(self.person(*who), &Said::Leave);
                }
            }
            Step::Build(who, rooms) => {
                for n in 0..*rooms {
                    self.say(self.person(*who), &Said::CreateNumbered(n));
                }
            }
            Step::Lose(who, said_so) => {
                let who = self.person(*who);
                self.hub.close(SessionId(who as u64 + 1), *said_so, self.now);
                self.model.lose(who, *said_so, self.now.running);
            }
            Step::Drain => {
                self.drained = true;
                self.hub.drain();
                self.model.drain();
            }
            Step::Pass(ms) => self.pass(*ms),
            Step::Publish => self.publish(),
            Step::Take => self.take(),
            Step::Commit => self.commit(),
            Step::Fail => self.fail(),
            Step::Write(who, turn) => {
                let who = self.person(*who);
                self.shards.connections[who].turn(*turn);
            }
            Step::Look(shard) => self.shards.look(usize::from(shard % self.setting.shards)),
        }
        self.compare();
    }

    /// Lets everything come to its end; each person has read each line then.
    pub(crate) fn settle(&mut self) {
        loop {
            self.publish();
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
        assert_eq!(self.hub.waiting(), 0);
        for (who, person) in self.model.people.iter().enumerate() {
            let unread: Vec<_> = person.lines[self.arrived[who]..].iter().map(|line| &line.text).collect();
            assert!(unread.is_empty(), "person {who} never read {unread:?}");
            assert_eq!(self.closed[who], person.closed, "whether person {who} is gone");
            assert!(self.shards.connections[who].is_idle());
        }
    }

    fn person(&self, who: Index) -> usize {
        who.index(self.model.people.len())
    }

    fn open(&mut self, shard: u16, encoding: papo_proto::Encoding, address: u8) {
        let shard = shard % self.setting.shards;
        let link = Link { shard, slot: self.shards.connections.len() as u32 };
        let session = self.hub.open(link, encoding, IpAddr::from([192, 0, 2, address]).into());
        self.shards.connections.push(Connection::new(session, encoding));
        self.shards.homes.push(shard);
        self.arrived.push(0);
        self.closed.push(false);
        self.model.open(shard, encoding, address);
        assert_eq!(session.0 as usize, self.model.people.len(), "sessions are numbered in their order");
    }

    fn say(&mut self, who: usize, said: &Said) {
        let sent = text::decode(said.line().as_bytes()).expect("nothing that is said is empty");
        self.hub.handle(SessionId(who as u64 + 1), sent, self.now);
        self.model.say(who, said, self.now.running, self.now.wall_ms);
    }

    fn pass(&mut self, ms: u64) {
        self.now.running += Duration::from_millis(ms);
        self.now.wall_ms += ms;
        assert_eq!(self.hub.next_due(), self.model.next_due());
        let gone: Vec<u64> = self.hub.tick(self.now).into_iter().map(|room| room.0).collect();
        assert_eq!(gone, self.model.pass(self.now.running), "the rooms that are gone");
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
        let expected = self.model.take();
        assert_eq!(batch.len(), expected.len(), "messages that go to the store");
        for (posted, fact) in batch.iter().zip(expected) {
            let Fact::Said { who, room, author, text, at_ms } = fact else { unreachable!("only messages are stored") };
            let session = SessionId(*who as u64 + 1);
            let (author, text) = (author.as_str().into(), text.as_str().into());
            assert_eq!(*posted, Append { room: RoomId(*room), at_ms: *at_ms, session, author, text });
        }
        if !batch.is_empty() {
            self.with_store = batch;
        }
    }

    fn commit(&mut self) {
        let batch = std::mem::take(&mut self.with_store);
        if batch.is_empty() {
            return;
        }
        let mut seqs = Vec::new();
        for posted in batch {
            let seq = self.seqs.entry(posted.room).or_insert(0);
            *seq += 1;
            seqs.push(Seq(*seq));
        }
        self.hub.committed(&seqs, &mut self.shards);
        self.model.stored(None);
        self.published();
    }

    fn fail(&mut self) {
        if !std::mem::take(&mut self.with_store).is_empty() {
            self.failures += 1;
            self.hub.commit_failed(self.failures, &mut self.shards);
            self.model.stored(Some(self.failures));
            self.published();
        }
    }

    /// What must hold after each publication.
    fn published(&mut self) {
        for (id, history) in &self.model.logs {
            if let Some(log) = self.hub.log(RoomId(*id)) {
                assert_eq!(log.head().position.0, history.len() as u64, "what happened in room {id}");
                self.check_place(RoomId(*id), log.head());
            }
        }
        for (shard, room) in self.shards.newly_marked.drain(..) {
            let mut people = self.model.people.iter();
            let reads = people.any(|person| person.shard == shard && person.reads == Some(room.0));
            assert!(reads, "only shards with readers are told");
        }
        assert!(self.hub.backlog_bytes() <= self.setting.backlog_bytes);
        assert_eq!(self.hub.sessions(), self.model.people.iter().filter(|person| !person.closed).count());
        assert_eq!(self.hub.waiting(), self.model.pending.len());
    }
}

/// What the people have read.
impl World {
    fn compare(&mut self) {
        for who in 0..self.shards.connections.len() {
            for got in self.shards.connections[who].got() {
                match got {
                    Got::Line(line) => {
                        let expected = self.model.people[who].lines.get(self.arrived[who]).map(|line| &*line.text);
                        assert_eq!(Some(&*line), expected, "what person {who} reads next");
                        self.arrived[who] += 1;
                    }
                    Got::Missed { room, from, to } => self.miss(who, room, from, to),
                    Got::Place(room, cursor) => self.check_place(room, cursor),
                    Got::Closed => self.closed[who] = true,
                }
            }
        }
    }

    /// Skips the lines that a reader is told are gone.
    fn miss(&mut self, who: usize, room: RoomId, from: Cursor, to: Cursor) {
        assert!(self.setting.backlog_bytes < 1 << 20, "nothing is gone while memory is large");
        self.check_place(room, from);
        self.check_place(room, to);
        let is_gone = |at: Option<(u64, u64)>| {
            at.is_some_and(|(id, at)| id == room.0 && from.position.0 < at && at <= to.position.0)
        };
        let rest = &self.model.people[who].lines[self.arrived[who]..];
        self.arrived[who] += rest.iter().take_while(|line| is_gone(line.at)).count();
    }

    /// A place's seq is the number of messages before it.
    fn check_place(&self, room: RoomId, cursor: Cursor) {
        let history = &self.model.logs[&room.0][..cursor.position.0 as usize];
        let messages = history.iter().filter(|event| **event).count();
        assert_eq!(cursor.seq, Seq(messages as u64), "at {cursor:?} of {room:?}");
    }
}

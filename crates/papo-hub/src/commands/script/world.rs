//! People with connections but without sockets around a hub.

use papo_proto::limits::Limits;
use papo_proto::words::AdminCommand;
use papo_proto::{Encoding, Epoch, Framing, Lang, Reply, RoomId, SessionId, Txn, papo1, text};

use super::store::FakeStore;

use crate::hub::Policy;
use crate::outlet::{Checked, CommitError, Delivery, Outlet, PasswordAsk, What};
use crate::resume::Opening;
use crate::{Cursor, Hub, Link, Log, Now, Read, Settings};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

pub(super) const TEXT: Encoding = Encoding::text(Framing::Length, Lang::PtBr);
pub(super) const PAPO1: Encoding = Encoding::papo1(Framing::Length, Lang::PtBr);

/// What a connection has read so far.
pub(super) struct Reader {
    pub(super) lines: Vec<String>,
    encoding: Encoding,
    reads: Vec<(Arc<Log>, Cursor)>,
    eyes: crate::Reader,
    pub(super) closed: bool,
}

impl Reader {
    /// Reads a room's log, no further than `upto`.
    fn catch_up(&mut self, session: SessionId, room: RoomId, upto: Option<Cursor>) {
        let Some((log, cursor)) = self.reads.iter_mut().find(|(log, _)| log.room() == room) else { return };
        let upto = upto.unwrap_or_else(|| log.head()).position;
        if cursor.position >= upto {
            return;
        }
        let Read::Segments(segments) = log.read(self.encoding, cursor.position, usize::MAX) else { panic!("behind") };
        let mut bytes = Vec::new();
        for segment in segments {
            self.eyes.session = session;
            segment.slices(cursor.position, upto, &self.eyes, |slice| bytes.extend_from_slice(slice));
            *cursor = if segment.end().position < upto { segment.end() } else { Cursor { position: upto, ..*cursor } };
        }
        self.take(&bytes);
    }

    fn take(&mut self, bytes: &[u8]) {
        let mut decoder = papo_proto::frame::FrameDecoder::new(1 << 20);
        let mut input = bytes;
        while let Some(papo_proto::Cut::Frame(frame)) = decoder.next(&mut input).expect("valid") {
            self.lines.push(String::from_utf8_lossy(frame).into_owned());
        }
    }

    fn deliver(&mut self, session: SessionId, what: What) {
        match what {
            What::Reply { txn, reply, at } => {
                if let Some((room, at)) = at {
                    self.catch_up(session, room, Some(at));
                }
                let mut bytes = Vec::new();
                self.encoding.reply(txn, &reply, &mut bytes);
                self.take(&bytes);
            }
            What::Posted { txn, place, at } => {
                self.deliver(session, What::Reply { txn, reply: Box::new(Reply::Posted(place)), at });
            }
            What::Enter { log, from, after } => {
                if let Some(after) = after {
                    self.lines.push(format!("<from the store after {after}>"));
                }
                self.reads.push((log, from));
            }
            What::Exit { room, at } => {
                self.catch_up(session, room, Some(at));
                self.reads.retain(|(log, _)| log.room() != room);
            }
            What::Speak { .. } => {}
            What::Audit(query) => self.lines.push(format!("<what moderators did in {}>", query.name)),
            What::Ignore(ignored) => self.eyes.ignored = Some(ignored).filter(|ignored| !ignored.is_empty()),
            What::Check(_) => unreachable!("the world looks at passwords"),
            What::Read(query) => self.lines.push(format!("<{:?} of {} up to {}>", query.slice, query.name, query.head)),
            What::Close => self.closed = true,
        }
    }
}

#[derive(Default)]
struct Later {
    deliveries: Vec<Delivery>,
    outside: Vec<(Txn, Reply)>,
}

impl Outlet for Later {
    fn deliver(&mut self, _shard: u16, delivery: Delivery) {
        self.deliveries.push(delivery);
    }
    fn outside(&mut self, ticket: Txn, reply: Box<Reply>) {
        self.outside.push((ticket, *reply));
    }
    fn mark(&mut self, _shard: u16, _log: &Arc<Log>) {}
}

/// A hub with people in it and a clock that is set by hand. Each person has a connection at a time.
#[expect(clippy::struct_excessive_bools, reason = "a script turns each of them by itself")]
pub(crate) struct World {
    pub(crate) hub: Hub,
    pub(crate) now: Now,
    readers: BTreeMap<u32, Reader>,
    /// Each person's newest connection and its session.
    pub(super) people: Vec<(String, SessionId, Link)>,
    connections: u32,
    pub(super) store: FakeStore,
    /// Passwords that wait to be looked at, and whether they do.
    asked: Vec<(SessionId, Box<PasswordAsk>)>,
    pub(super) hold_passwords: bool,
    /// A batch that is neither kept nor refused yet.
    with_store: Vec<papo_proto::Record>,
    /// The disk hangs.
    pub(super) hold_commits: bool,
    outside: Vec<(Txn, Reply)>,
    logins: u16,
    /// Where the next connections come from.
    pub(super) address: std::net::IpAddr,
    generation: u32,
    /// Whoever is in this hub is only told to go.
    pub(super) is_drained: bool,
    /// Nobody can listen to them.
    pub(super) is_safe: bool,
}

impl World {
    pub(crate) fn new(flood: bool) -> Self {
        let mut world = Self {
            hub: Self::hub(flood, 1, &FakeStore::default()),
            now: Now { running: Duration::from_secs(1), wall_ms: 1 },
            readers: BTreeMap::new(),
            people: Vec::new(),
            connections: 0,
            store: FakeStore::default(),
            asked: Vec::new(),
            hold_passwords: false,
            with_store: Vec::new(),
            hold_commits: false,
            outside: Vec::new(),
            logins: 0,
            address: [192, 0, 2, 1].into(),
            generation: 1,
            is_drained: false,
            is_safe: true,
        };
        world.settle();
        world
    }

    fn hub(flood: bool, generation: u32, store: &FakeStore) -> Hub {
        let limits = Limits { flood, ..Limits::default() };
        Hub::new(Settings {
            shards: 1,
            seed: 7,
            secret: [7; 32],
            limits,
            epoch: Epoch(5),
            generation,
            rooms: store.rooms(),
            newest_room: store.newest_room,
            wall_ms: 1,
            policy: Policy::default(),
            people: store.people(),
            newest_people: store.newest_people,
        })
    }

    /// A fresh hub begins with what was kept, and nobody in it.
    pub(super) fn restart(&mut self) {
        self.generation += 1;
        self.is_drained = false;
        self.hub = self.fresh_hub();
        self.people.clear();
        self.with_store.clear();
        self.asked.clear();
        self.now.running = Duration::from_secs(1);
        self.settle();
    }

    /// The hub that what was kept makes.
    pub(super) fn fresh_hub(&self) -> Hub {
        Self::hub(self.hub.limits.flood, self.generation, &self.store)
    }

    pub(super) fn session(&mut self, who: &str) -> SessionId {
        match self.people.iter().find(|(name, ..)| name == who) {
            Some((_, session, _)) => *session,
            None => self.connect(who, TEXT),
        }
    }

    /// A new connection of this person.
    pub(super) fn connect(&mut self, who: &str, encoding: Encoding) -> SessionId {
        let address = self.address.into();
        let link = Link { shard: 0, slot: self.connections, key: 0 };
        self.connections += 1;
        self.readers.insert(
            link.slot,
            Reader { lines: Vec::new(), encoding, reads: Vec::new(), eyes: crate::Reader::default(), closed: false },
        );
        let session = self.hub.open(link, encoding, address, self.is_safe);
        self.people.retain(|(name, ..)| name != who);
        self.people.push((who.to_owned(), session, link));
        self.settle();
        self.reader(who).lines.clear();
        session
    }

    pub(super) fn link(&self, who: &str) -> Link {
        self.people.iter().find(|(name, ..)| name == who).expect("connected").2
    }

    pub(super) fn reader(&mut self, who: &str) -> &mut Reader {
        let link = self.link(who);
        self.readers.get_mut(&link.slot).expect("connected")
    }

    /// Everything that was decided happens.
    fn settle(&mut self) {
        let mut later = Later::default();
        self.hub.publish(&mut later);
        while !self.hold_commits {
            if self.with_store.is_empty() {
                self.with_store = self.hub.take_batch();
            }
            if self.with_store.is_empty() {
                break;
            }
            self.commit(&mut later);
        }
        self.happen(later);
    }

    /// The batch that is with the store is kept, or not.
    fn commit(&mut self, later: &mut Later) {
        let batch = std::mem::take(&mut self.with_store);
        if self.store.full {
            self.hub.commit_failed(CommitError::Full, self.now, later);
        } else {
            let mut stored = Vec::with_capacity(batch.len());
            for record in &batch {
                super::invariants::is_rightful(self, record);
                stored.push(self.store.keep(record));
            }
            self.hub.committed(&stored, self.now, later);
        }
    }

    /// A batch goes to the store, and the disk waits.
    pub(super) fn take_batch(&mut self) {
        self.hold_commits = true;
        if self.with_store.is_empty() {
            self.with_store = self.hub.take_batch();
        }
    }

    /// The batch that is with the store fails; what was decided since waits.
    pub(super) fn fail_batch(&mut self) {
        if !self.with_store.is_empty() {
            let full = std::mem::replace(&mut self.store.full, true);
            let mut later = Later::default();
            self.commit(&mut later);
            self.store.full = full;
            self.happen(later);
        }
    }

    fn happen(&mut self, mut later: Later) {
        self.outside.append(&mut later.outside);
        let mut asked = Vec::new();
        for Delivery { link, session, what } in later.deliveries {
            if let What::Check(ask) = what {
                asked.push((session, ask));
                continue;
            }
            self.readers.get_mut(&link.slot).expect("a connection").deliver(session, what);
        }
        for (_, session, link) in self.people.clone() {
            let reader = self.readers.get_mut(&link.slot).expect("a connection");
            for room in reader.reads.iter().map(|(log, _)| log.room()).collect::<Vec<_>>() {
                reader.catch_up(session, room, None);
            }
        }
        self.asked.extend(asked);
        if !self.hold_passwords {
            self.look_at_passwords();
        }
        assert!(self.hold_commits || (self.hub.waiting(), self.hub.waiting_bytes()) == (0, 0));
    }

    /// The passwords that wait are looked at.
    pub(super) fn look_at_passwords(&mut self) {
        for (session, ask) in std::mem::take(&mut self.asked) {
            self.look_at_password(session, *ask);
        }
    }

    /// Nobody has time for the passwords that wait.
    pub(super) fn refuse_passwords(&mut self) {
        for (session, ask) in std::mem::take(&mut self.asked) {
            self.hub.unchecked(session, ask.txn);
        }
        self.settle();
    }

    /// A password's hash is the password with a mark.
    fn look_at_password(&mut self, session: SessionId, ask: PasswordAsk) {
        let PasswordAsk { txn, compare, hash, intent } = ask;
        let is_right = compare
            .as_ref()
            .is_none_or(|(typed, known)| known.as_deref() == Some(&*format!("hash of {}", typed.expose())));
        let hash = hash.filter(|_| is_right).map(|password| format!("hash of {}", password.expose()).into());
        self.logins += 1;
        let [more, count] = self.logins.to_be_bytes();
        let mut fresh = papo1::Token([count.wrapping_add(100); 32]);
        fresh.0[0] ^= more;
        let checked = Checked { is_right, hash, fresh };
        self.hub.checked(session, txn, intent, checked, self.now);
        self.settle();
    }

    pub(super) fn administer(&mut self, command: AdminCommand, hash: Option<&str>) {
        self.hub.administer(Txn(1), command, hash.map(|hash| format!("hash of {hash}").into()), self.now);
        self.settle();
    }

    /// What is asked over HTTP by a token.
    pub(super) fn ask(&mut self, ask: impl FnOnce(&mut Hub, Txn, Now)) {
        ask(&mut self.hub, Txn(1), self.now);
        self.settle();
    }

    /// What was answered outside of sessions since last asked.
    pub(super) fn answers(&mut self) -> Vec<Reply> {
        self.outside.drain(..).map(|(_, reply)| reply).collect()
    }

    /// What a program sends.
    pub(super) fn send_json(&mut self, who: &str, json: &str) {
        let (session, link) = (self.session(who), self.link(who));
        let papo1::Sent { txn, said } = papo1::decode(json.as_bytes(), 1 << 16);
        match said {
            Ok(papo1::Said::Hello(hello)) => {
                let found = hello.token.as_ref().and_then(|token| self.store.find(token));
                let fresh = papo1::Token([link.slot as u8 + 1; 32]);
                let opening = Opening { link, encoding: PAPO1, fresh, found, cookie: None };
                let speaks_for = self.hub.hello(session, txn, &hello, &opening, self.now);
                self.people.iter_mut().find(|(name, ..)| name == who).expect("connected").1 = speaks_for;
                self.reader(who).encoding = PAPO1;
            }
            Ok(papo1::Said::Command(command)) => self.hub.handle(session, link, txn, Ok(command), self.now),
            Err(reject) => self.hub.handle(session, link, txn, Err(reject), self.now),
        }
        self.settle();
    }

    pub(super) fn lose(&mut self, who: &str) {
        let (session, link) = (self.session(who), self.link(who));
        self.hub.close(session, link, false, self.now);
        self.settle();
    }

    pub(crate) fn send(&mut self, who: &str, line: &str) {
        let (session, from) = (self.session(who), self.link(who));
        if let Some(sent) = text::decode(line.as_bytes()) {
            self.hub.handle(session, from, None, sent, self.now);
        }
        self.settle();
    }

    /// Does what is due; how many rooms went.
    pub(crate) fn tick(&mut self) -> usize {
        let before = self.hub.rooms();
        self.hub.tick(self.now);
        self.settle();
        before - self.hub.rooms()
    }

    /// What `who` has read since last asked.
    pub(crate) fn read(&mut self, who: &str) -> Vec<String> {
        self.session(who);
        std::mem::take(&mut self.reader(who).lines)
    }
}

//! The state machine: what the world did comes in by `open`, `handle`, `close`, `tick`; what it
//! means goes to the outbox.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::Arc;
use std::time::Duration;

use papo_proto::limits::{Limits, ROOMS_PER_ADDRESS_AND_HOUR};
use papo_proto::{Command, Encoding, Ephemeral, Nickname, Reject, Reply, RoomId, SessionId};

use crate::backlog::Backlog;
use crate::commands;
use crate::log::Log;
use crate::nicknames::Nicknames;
use crate::outbox::{Effect, Outbox};
use crate::presence::Change;
use crate::rate::{AddressRates, Rate};
use crate::room::Rooms;
use crate::session::{Address, Link, Sessions};

/// The time of a decision.
#[derive(Clone, Copy, Debug, Default)]
pub struct Now {
    /// Since the process began; never goes back.
    pub running: Duration,
    /// Milliseconds since 1970, for people.
    pub wall_ms: u64,
}

/// What the hub is made for.
#[derive(Clone, Debug)]
pub struct Settings {
    /// How many shards there are, at most 64.
    pub shards: usize,
    /// Where guests' names are drawn from.
    pub seed: u64,
    /// The operator's limits.
    pub limits: Limits,
}

/// How fast an address may make rooms.
pub(crate) const ROOM_RATE: Rate =
    Rate { burst: ROOMS_PER_ADDRESS_AND_HOUR, every: Duration::from_secs(3600 / ROOMS_PER_ADDRESS_AND_HOUR as u64) };

/// All rules and all state, behind the server's one lock.
#[derive(Debug)]
pub struct Hub {
    pub(crate) sessions: Sessions,
    pub(crate) nicknames: Nicknames,
    pub(crate) rooms: Rooms,
    pub(crate) room_rates: AddressRates,
    pub(crate) limits: Limits,
    pub(crate) outbox: Outbox,
    pub(crate) backlog: Backlog,
    /// Logs that grew since their readers were marked.
    pub(crate) touched: Vec<Arc<Log>>,
    /// When merged joins and leaves of a room are to be told.
    merged: BinaryHeap<Reverse<(Duration, RoomId)>>,
    random: u64,
}

impl Hub {
    /// A hub with the lobby and nobody in it.
    pub fn new(settings: Settings) -> Self {
        assert!((1..=64).contains(&settings.shards), "invariant: a log marks up to 64 shards");
        Self {
            sessions: Sessions::default(),
            nicknames: Nicknames::default(),
            rooms: Rooms::new(settings.shards),
            room_rates: AddressRates::default(),
            outbox: Outbox::default(),
            backlog: Backlog::new(settings.limits.backlog_bytes),
            touched: Vec::new(),
            merged: BinaryHeap::new(),
            random: settings.seed,
            limits: settings.limits,
        }
    }

    /// A connection speaks: it has a session now and is welcomed; nobody else is told.
    pub fn open(&mut self, link: Link, encoding: Encoding, address: Address) -> SessionId {
        let session = self.sessions.open(link, encoding, address);
        self.reply(session, Reply::Welcome);
        session
    }

    /// Decides what a session sent: a command, or what its dialect could not make one of.
    pub fn handle(&mut self, session: SessionId, sent: Result<Command, Reject>, now: Now) {
        if self.sessions.get(session).is_none_or(|session| session.ending) {
            return;
        }
        match sent {
            Ok(command) => commands::run(self, session, command, now),
            Err(reject) => self.reply(session, Reply::Rejected(reject)),
        }
    }

    /// Tells a session something that its connection noticed, after all that was decided before.
    pub fn tell(&mut self, session: SessionId, reply: Reply) {
        if self.sessions.get(session).is_some_and(|session| !session.ending) {
            self.reply(session, reply);
        }
    }

    /// A session's connection is gone, or is to go: its name is free, those in its room are told
    /// that it left, when its client said so, or else that it was lost.
    pub fn close(&mut self, session: SessionId, said_so: bool, now: Now) {
        self.end(session, if said_so { Change::Left } else { Change::Lost }, now);
    }

    /// The server stops: everybody is told, and closed after all that is decided.
    pub fn drain(&mut self) {
        for session in self.sessions.ids() {
            let ending = &mut self.sessions.of(session).ending;
            if !std::mem::replace(ending, true) {
                self.reply(session, Reply::Draining);
                self.outbox.push(Effect::Close { session });
            }
        }
    }

    /// Does what is due: tells merged joins and leaves, takes rooms away. Returns the rooms that
    /// are gone, for the store to forget.
    pub fn tick(&mut self, now: Now) -> Vec<RoomId> {
        while let Some(&Reverse((due, room))) = self.merged.peek() {
            if due > now.running {
                break;
            }
            self.merged.pop();
            let Some(found) = self.rooms.get_mut(room) else { continue };
            for ephemeral in found.presence.flush() {
                self.outbox.push(Effect::Tell { room, ephemeral, except: SessionId::default() });
            }
        }
        self.rooms.expire(now.running)
    }

    /// When [`Hub::tick`] has something to do.
    pub fn next_due(&self) -> Option<Duration> {
        let merged = self.merged.peek().map(|Reverse((due, _))| *due);
        merged.into_iter().chain(self.rooms.next_expiry()).min()
    }

    /// Effects that wait; over [`papo_proto::limits::OUTBOX_MAX_ENTRIES`] commands are read later.
    pub fn waiting(&self) -> usize {
        self.outbox.len()
    }

    /// Sessions that are open.
    pub fn sessions(&self) -> usize {
        self.sessions.len()
    }

    /// Bytes of encoded events in memory.
    pub fn backlog_bytes(&self) -> usize {
        self.backlog.bytes()
    }

    /// The log of a room, for those who read it.
    pub fn log(&self, room: RoomId) -> Option<&Arc<Log>> {
        self.rooms.get(room).map(|room| &room.log)
    }
}

/// What several commands do.
impl Hub {
    pub(crate) fn reply(&mut self, session: SessionId, reply: Reply) {
        self.outbox.push(Effect::Reply { session, reply: Box::new(reply) });
    }

    pub(crate) fn reject(&mut self, session: SessionId, reject: Reject) {
        self.reply(session, Reply::Rejected(reject));
    }

    /// The session's name; a guest's when it had none, which is returned apart to be told.
    pub(crate) fn ensure_named(&mut self, session: SessionId) -> (Nickname, Option<Nickname>) {
        if let Some(nick) = &self.sessions.of(session).nick {
            return (nick.clone(), None);
        }
        let lang = self.sessions.of(session).encoding.lang;
        let random = &mut self.random;
        let nick = self.nicknames.guest(lang, || draw(random));
        self.nicknames.take(&nick, session);
        self.sessions.of(session).nick = Some(nick.clone());
        (nick.clone(), Some(nick))
    }

    /// Moves the session into the room and tells those who are there.
    pub(crate) fn enter(&mut self, session: SessionId, room: RoomId, nick: &Nickname, now: Now) {
        self.rooms.add_member(room, session);
        self.sessions.of(session).room = Some(room);
        self.tell_presence(room, session, Change::Entered, nick, now);
        self.outbox.push(Effect::Enter { session, room });
    }

    /// Takes the session out of its room and tells those who stay.
    pub(crate) fn leave(&mut self, session: SessionId, change: Change, now: Now) -> Option<RoomId> {
        let leaving = self.sessions.of(session);
        let room = leaving.room.take()?;
        let nick = leaving.nick.clone();
        self.rooms.remove_member(room, session, now.running);
        self.outbox.push(Effect::Exit { session });
        if let Some(nick) = nick {
            self.tell_presence(room, session, change, &nick, now);
        }
        Some(room)
    }

    /// Ends a session: its name and its place are free at once.
    pub(crate) fn end(&mut self, session: SessionId, change: Change, now: Now) {
        if self.sessions.get(session).is_none_or(|session| session.ending) {
            return;
        }
        self.leave(session, change, now);
        let ending = self.sessions.of(session);
        ending.ending = true;
        if let Some(nick) = ending.nick.take() {
            self.nicknames.free(&nick);
        }
        self.outbox.push(Effect::Close { session });
    }

    pub(crate) fn tell_room(&mut self, room: RoomId, ephemeral: Ephemeral, except: SessionId) {
        self.outbox.push(Effect::Tell { room, ephemeral, except });
    }

    fn tell_presence(&mut self, room: RoomId, session: SessionId, change: Change, nick: &Nickname, now: Now) {
        let merged = &mut self.merged;
        let due = |at| merged.push(Reverse((at, room)));
        let told = self.rooms.of(room).presence.tell(change, nick.shared(), now.running, due);
        if let Some(ephemeral) = told {
            self.tell_room(room, ephemeral, session);
        }
    }
}

/// The next number of a splitmix64 sequence: names of guests need no more than that.
fn draw(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mut mixed = *state;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ (mixed >> 31)
}

//! The state machine: what the world did comes in by `open`, `handle`, `close`, `tick`; what it
//! means goes to the outbox.

use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap};
use std::sync::Arc;
use std::time::Duration;

use papo_proto::limits::{Limits, ROOM_CHANGES_EVERY, ROOMS_PER_ADDRESS_AND_HOUR};
use papo_proto::words::Registration;
use papo_proto::{
    AccountId, Address, Command, Dialect, Encoding, Ephemeral, Epoch, LoginId, Nickname, Person, Record, Reject, Reply,
    RoomId, SessionId, Txn,
};

use crate::backlog::Backlog;
use crate::commands;
use crate::log::Log;
use crate::nicknames::Nicknames;
use crate::outbox::{Effect, Outbox};
use crate::pace::Paces;
use crate::people::People;
use crate::presence::Change;
use crate::rate::{AddressRates, Rate};
use crate::resume;
use crate::room::{DIRECTORY, KnownRoom};
use crate::rooms::Rooms;
use crate::session::{Link, Sessions};
use crate::throttle::Throttle;

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
    /// Where tokens are drawn from: random, and known to nobody.
    pub secret: [u8; 32],
    /// The operator's limits.
    pub limits: Limits,
    /// The epoch of rooms that are made from now on; unlike that of any opening before.
    pub epoch: Epoch,
    /// Which opening of its store this is: the numbers of its sessions begin with it.
    pub generation: u32,
    /// The rooms that were there before.
    pub rooms: Vec<KnownRoom>,
    /// The highest number that a room ever had.
    pub newest_room: RoomId,
    /// When it begins, in milliseconds since 1970.
    pub wall_ms: u64,
    /// Who may come, and what they are told.
    pub policy: Policy,
    /// The people and their rights that there were before, each thing as it was kept.
    pub people: Vec<Record>,
    /// The highest numbers that an account and a login ever had.
    pub newest_people: (AccountId, LoginId),
}

/// Who may come, and what they are told; an operator may change it while the server runs.
#[derive(Clone, Debug)]
pub struct Policy {
    /// Who can make an account.
    pub registration: Registration,
    /// Whether people without an account may be here.
    pub guests: bool,
    /// What everybody is told who comes; may be empty.
    pub greeting: Arc<str>,
}

impl Default for Policy {
    fn default() -> Self {
        Self { registration: Registration::Open, guests: true, greeting: "".into() }
    }
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
    pub(crate) direct_rates: AddressRates,
    pub(crate) paces: Paces,
    pub(crate) people: People,
    pub(crate) throttle: Throttle,
    pub(crate) policy: Policy,
    /// Guests may not be here any more, and are still in rooms.
    pub(crate) strangers_leave: bool,
    /// Only accounts older than a day may post.
    pub(crate) lockdown: bool,
    /// The session that nobody has: what is asked outside of any is decided and answered in it.
    pub(crate) outside: SessionId,
    pub(crate) limits: Limits,
    pub(crate) epoch: Epoch,
    pub(crate) outbox: Outbox,
    pub(crate) backlog: Backlog,
    /// Logs that grew since their readers were marked.
    pub(crate) touched: Vec<Arc<Log>>,
    /// What could not be kept and must be; at most [`papo_proto::limits::OUTBOX_MAX_ENTRIES`] of them, the
    /// others come back after a restart.
    pub(crate) unkept: Vec<Record>,
    /// The number of the command that is being decided; its first answer takes it.
    pub(crate) asking: Option<Txn>,
    /// Sessions without a connection, by when they end.
    pub(crate) held: BTreeSet<(Duration, SessionId)>,
    /// When merged joins and leaves of a room are to be told.
    merged: BinaryHeap<Reverse<(Duration, RoomId)>>,
    /// When those who follow the list of rooms are told of its changes.
    list_due: Duration,
    random: u64,
    secret: [u8; 32],
    secrets: u64,
}

impl Hub {
    /// A hub with the rooms that are known, the lobby, and nobody in them.
    pub fn new(settings: Settings) -> Self {
        assert!((1..=64).contains(&settings.shards), "invariant: a log marks up to 64 shards");
        let mut sessions = Sessions::new(u64::from(settings.generation) << 32);
        let (newest_account, newest_login) = settings.newest_people;
        let mut hub = Self {
            outside: sessions.reserve(),
            sessions,
            direct_rates: AddressRates::default(),
            paces: Paces::default(),
            people: People::new(newest_account, newest_login),
            throttle: Throttle::default(),
            policy: settings.policy,
            strangers_leave: false,
            lockdown: false,
            nicknames: Nicknames::default(),
            rooms: Rooms::new(settings.shards, settings.rooms, settings.newest_room),
            room_rates: AddressRates::default(),
            outbox: Outbox::default(),
            backlog: Backlog::new(settings.limits.backlog_bytes),
            epoch: settings.epoch,
            touched: Vec::new(),
            unkept: Vec::new(),
            asking: None,
            held: BTreeSet::new(),
            merged: BinaryHeap::new(),
            list_due: Duration::ZERO,
            random: settings.seed,
            secret: settings.secret,
            secrets: 0,
            limits: settings.limits,
        };
        for record in &settings.people {
            hub.apply(record);
        }
        if let Some(lobby) = hub.rooms.ensure_lobby(settings.epoch, settings.wall_ms) {
            hub.outbox.push(Effect::Keep(Record::Room(lobby)));
        }
        hub
    }

    /// From now on rates are limited, or not.
    pub fn limit_rates(&mut self, limited: bool) {
        self.limits.flood = limited;
    }

    /// A connection speaks: it has a session now and is welcomed; nobody else is told.
    ///
    /// `is_safe` says that nobody can listen to its line, so that a password may come by it.
    pub fn open(&mut self, link: Link, encoding: Encoding, address: Address, is_safe: bool) -> SessionId {
        let session = self.sessions.open(link, encoding, address, is_safe);
        self.reply(session, Reply::Welcome);
        let greeting = self.policy.greeting.clone();
        if !greeting.is_empty() {
            self.reply(session, Reply::Greeting(greeting));
        }
        session
    }

    /// Decides what a session sent by this connection: a command, or what its dialect could not make
    /// one of. Whoever has lost the session to another connection is not heard: its client sends
    /// again there what was not answered.
    pub fn handle(
        &mut self,
        session: SessionId,
        link: Link,
        txn: Option<Txn>,
        sent: Result<Command, Reject>,
        now: Now,
    ) {
        let Some(sender) = self.sessions.get(session).filter(|session| session.hears(link)) else { return };
        let needs_hello = sender.encoding.dialect == Dialect::Papo1 && sender.resumable.is_none();
        self.asking = txn;
        let is_checking = sender.checking.is_some();
        match sent {
            Ok(_) if needs_hello => self.reject(session, Reject::HelloFirst),
            Ok(_) if is_checking => self.reject(session, Reject::Busy),
            Ok(command) => commands::run(self, session, command, now),
            Err(reject) => self.reject(session, reject),
        }
        self.asking = None;
    }

    /// The session's connection speaks papo/1 from here on; it has said nothing else yet.
    pub fn speak_papo1(&mut self, session: SessionId) {
        if let Some(session) = self.sessions.get_mut(session) {
            session.encoding.dialect = Dialect::Papo1;
        }
    }

    /// Tells a session something that its connection noticed, after all that was decided before.
    pub fn tell(&mut self, session: SessionId, link: Link, reply: Reply) {
        if self.sessions.get(session).is_some_and(|session| session.hears(link)) {
            self.reply(session, reply);
        }
    }

    /// A session's connection is gone, or is to go. A session that can be resumed is held for a while;
    /// of any other the name is free, and those in its room are told that it left, when its client
    /// said so, or else that it was lost. Whoever has lost the session to another connection means
    /// nothing any more.
    pub fn close(&mut self, session: SessionId, link: Link, said_so: bool, now: Now) {
        let Some(closing) = self.sessions.get(session).filter(|session| session.hears(link)) else { return };
        if closing.resumable.is_some() {
            return resume::hold(self, session, now);
        }
        self.end(session, if said_so { Change::Left } else { Change::Lost }, now);
    }

    /// The server stops: everybody is told, and closed after all that is decided.
    pub fn drain(&mut self) {
        self.held.clear();
        self.rooms.unfollow_all();
        for session in self.sessions.ids() {
            let draining = self.sessions.of(session);
            let token = draining.resumable.as_ref().map(|resumable| resumable.token);
            if !draining.ending {
                self.keep_reads(session);
                self.sessions.of(session).ending = true;
                // Whoever comes back so early finds the session in the store alone.
                if let Some(token) = token {
                    self.sessions.forget_token(&token);
                }
                self.reply(session, Reply::Draining);
                self.outbox.push(Effect::Close { session });
            }
        }
    }

    /// Does what is due: tells merged joins and leaves and changed rooms, ends sessions that were
    /// held, takes rooms away.
    pub fn tick(&mut self, now: Now) {
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
        if std::mem::take(&mut self.strangers_leave) {
            self.put_strangers_out(now);
        }
        resume::end_held(self, now);
        self.end_rooms(now);
        if now.running >= self.list_due {
            self.list_due = now.running + ROOM_CHANGES_EVERY;
            if let Some(ephemeral) = self.rooms.take_changes() {
                self.tell_room(DIRECTORY, ephemeral, SessionId::default());
            }
        }
    }

    /// When [`Hub::tick`] has something to do.
    pub fn next_due(&self) -> Option<Duration> {
        let merged = self.merged.peek().map(|Reverse((due, _))| *due);
        let held = self.held.first().map(|(due, _)| *due);
        let list = self.rooms.has_changes().then_some(self.list_due);
        let strangers = self.strangers_leave.then_some(Duration::ZERO);
        [merged, held, list, strangers, self.rooms.next_expiry()].into_iter().flatten().min()
    }

    /// Effects that wait; over [`papo_proto::limits::OUTBOX_MAX_ENTRIES`] commands are read later.
    pub fn waiting(&self) -> usize {
        self.outbox.len()
    }

    /// Bytes of messages that wait; over [`papo_proto::limits::OUTBOX_MAX_BYTES`] likewise.
    pub fn waiting_bytes(&self) -> usize {
        self.outbox.bytes()
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

    /// Rooms that exist.
    pub fn rooms(&self) -> usize {
        self.rooms.len()
    }

    /// Sessions that are held without a connection.
    pub fn held(&self) -> usize {
        self.held.len()
    }
}

/// What several commands do.
impl Hub {
    pub(crate) fn reply(&mut self, session: SessionId, reply: Reply) {
        let txn = self.asking.take();
        self.outbox.push(Effect::Reply { session, txn, reply: Box::new(reply) });
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
        self.nicknames.take(&nick, Person::Guest(session));
        self.sessions.of(session).nick = Some(nick.clone());
        (nick.clone(), Some(nick))
    }

    /// What nobody can guess, and what was not there before.
    pub(crate) fn secret(&mut self) -> [u8; 32] {
        self.secrets += 1;
        papo_proto::papo1::Token::derive(&self.secret, self.secrets).0
    }

    pub(crate) fn tell_room(&mut self, room: RoomId, ephemeral: Ephemeral, except: SessionId) {
        self.outbox.push(Effect::Tell { room, ephemeral, except });
    }

    pub(crate) fn tell_presence(
        &mut self,
        room: RoomId,
        session: SessionId,
        change: Change,
        nick: &Nickname,
        now: Now,
    ) {
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

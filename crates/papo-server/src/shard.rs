//! A shard: one thread with its own event loop and its own connections, for life.
//!
//! A turn: what the sockets and the clock say ([`reading`], [`opening`], [`timing`]), then what the
//! hub and the readers of the store ([`store`]) say by the inbox, then one write to each connection
//! that has something to take ([`writing`]).

mod opening;
mod proxied;
mod reading;
mod room_list;
mod rooms;
mod secure;
mod store;
#[cfg(test)]
mod tests;
mod timers;
mod timing;
mod writing;

use std::io;
use std::sync::Arc;
use std::time::Duration;

use mio::{Events, Interest, Poll, Token};
use papo_hub::{Cursor, Delivery, Link, PasswordAsk, What};
use papo_proto::limits::{Limits, READ_TURN_BYTES};
use papo_proto::{Dialect, Encoding, Framing, Lang, Reply, RoomId, SessionId, Txn, ws};
use rustc_hash::FxHashMap;
use slab::Slab;

use crate::announce::Announcer;
use crate::config::Times;
use crate::conn::{Conn, Received, Scratch, Stage};
use crate::engine::Engine;
use crate::http::HttpDoor;
use crate::inbox::{Inbox, Mail};
use crate::live::Live;
use crate::metrics::Unfinished;
use crate::tls::Tls;
use room_list::RoomList;
use rooms::LocalRooms;
use timers::Timers;

/// The waker's token; connections have their slot's number.
const WAKER: Token = Token(usize::MAX);
/// Events taken from the system at a time.
const EVENTS: usize = 1024;
/// Looks into the inbox before the sockets have their turn again.
const LOOKS: usize = 3;
/// While the outbox is full, sockets are tried again after this time.
const FULL_RETRY: Duration = Duration::from_millis(2);

/// What all shards are given.
#[derive(Clone)]
pub(crate) struct Shared {
    pub(crate) engine: Arc<Engine>,
    pub(crate) http: Arc<HttpDoor>,
    pub(crate) announcer: Announcer,
    pub(crate) live: Arc<Live>,
    pub(crate) limits: Limits,
    pub(crate) times: Times,
    pub(crate) lang: Lang,
    pub(crate) tls: Option<Arc<Tls>>,
}

/// One shard.
pub(crate) struct Shard {
    me: u16,
    shared: Shared,
    poll: Poll,
    conns: Slab<Box<Conn>>,
    /// Tells apart the tenants that a slot has had.
    newest_key: u32,
    by_session: FxHashMap<SessionId, u32>,
    rooms: LocalRooms,
    timers: Timers,
    /// Everybody's read buffer: a connection holds none while it is idle.
    buffer: Box<[u8]>,
    /// What encrypting and decrypting needs for the moment.
    scratch: Scratch,
    /// Steps of TLS handshakes in this turn.
    handshakes: usize,
    /// Slots that have a turn to read.
    ready: Vec<u32>,
    /// Counts the rounds of fan-out.
    round: u64,
    /// There may be more in the inbox.
    has_more: bool,
    /// Slots that have something to take.
    touched: Vec<u32>,
    received: Vec<Received>,
    mail: Mail,
    /// Up to where the marked logs are looked at.
    heads: Vec<Cursor>,
    /// The answer to `/rooms`, which many may ask for.
    room_list: RoomList,
    draining_since: Option<Duration>,
    /// The first shard's thread looks after what is due in the hub.
    hub_due: Option<Duration>,
}

impl Shard {
    pub(crate) fn new(me: u16, shared: Shared) -> io::Result<Self> {
        let poll = Poll::new()?;
        shared.engine.inboxes()[usize::from(me)].attach(mio::Waker::new(poll.registry(), WAKER)?);
        Ok(Self {
            me,
            shared,
            poll,
            conns: Slab::new(),
            newest_key: 0,
            by_session: FxHashMap::default(),
            rooms: LocalRooms::default(),
            timers: Timers::default(),
            buffer: vec![0; READ_TURN_BYTES].into(),
            scratch: Scratch::default(),
            handshakes: 0,
            ready: Vec::new(),
            round: 0,
            has_more: false,
            touched: Vec::new(),
            received: Vec::new(),
            mail: Mail::default(),
            heads: Vec::new(),
            room_list: RoomList::default(),
            draining_since: None,
            hub_due: None,
        })
    }

    /// Runs until the drain has ended.
    pub(crate) fn run(mut self) -> io::Result<()> {
        let mut events = Events::with_capacity(EVENTS);
        loop {
            let timeout = self.timeout();
            match self.poll.poll(&mut events, timeout) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                other => other?,
            }
            let now = self.shared.engine.running();
            for event in &events {
                if event.token() != WAKER {
                    self.woke(event, now);
                }
            }
            self.on_time(now);
            self.read_ready(now);
            // What others keep publishing must not keep this thread from its own sockets.
            self.has_more = (0..LOOKS).all(|_| self.look(now));
            if self.has_drained(now) {
                return Ok(());
            }
        }
    }

    fn inbox(&self) -> &Inbox {
        &self.shared.engine.inboxes()[usize::from(self.me)]
    }

    fn timeout(&self) -> Option<Duration> {
        let now = self.shared.engine.running();
        if self.has_more {
            return Some(Duration::ZERO);
        }
        if !self.ready.is_empty() {
            return Some(if self.shared.engine.is_full() { FULL_RETRY } else { Duration::ZERO });
        }
        let drained = self.draining_since.map(|since| since + self.shared.times.drain);
        let next = [self.timers.next(), self.hub_due, drained].into_iter().flatten().min();
        next.map(|at| at.saturating_sub(now))
    }

    /// Notes what a socket says.
    fn woke(&mut self, event: &mio::event::Event, now: Duration) {
        let slot = event.token().0 as u32;
        let Some(conn) = self.conns.get_mut(slot as usize) else { return };
        if event.is_writable() && conn.blocked_since.take().is_some() {
            self.touch(slot);
        }
        let Some(conn) = self.conns.get_mut(slot as usize) else { return };
        if !(event.is_readable() || event.is_read_closed() || event.is_error()) {
            return;
        }
        conn.readable = true;
        // The end of the stream lies behind what is to be read: a short read is not the last.
        conn.eof |= event.is_read_closed();
        if event.is_error() && conn.is_paused(now) {
            return self.hang_up(slot, now);
        }
        if conn.eof && conn.is_paused(now) {
            conn.eof_since.get_or_insert(now);
            self.set_timer(slot);
        }
        self.give_turn(slot, now);
    }

    /// Carries out what has come by the inbox and flushes who has something to take. True when
    /// there was anything: it may have caused more.
    fn look(&mut self, now: Duration) -> bool {
        let mut mail = std::mem::take(&mut self.mail);
        let mut heads = std::mem::take(&mut self.heads);
        // Between two publications: what is marked is there up to its head, and nothing after it.
        self.shared.engine.between_publications(|| {
            self.inbox().take(&mut mail);
            for log in &mail.marks {
                log.unmark(usize::from(self.me));
                heads.push(log.head());
            }
        });
        let mut busy = !mail.is_empty();
        for newcomer in mail.newcomers.drain(..) {
            self.welcome(newcomer, now);
        }
        for delivery in mail.deliveries.drain(..) {
            self.deliver(delivery, now);
        }
        for found in mail.found.drain(..) {
            self.found(found, now);
        }
        for (log, head) in mail.marks.drain(..).zip(heads.drain(..)) {
            self.fan_out(&log, head, now);
        }
        if mail.draining && self.draining_since.is_none() {
            self.begin_drain(now);
            busy = true;
        }
        self.mail = mail;
        self.heads = heads;
        busy |= !self.touched.is_empty();
        self.flush_touched(now);
        busy
    }

    fn deliver(&mut self, delivery: Delivery, now: Duration) {
        let Delivery { link: Link { slot, key, .. }, session, what } = delivery;
        let Some(conn) = self.conns.get_mut(slot as usize) else { return };
        // Another tenant of the slot, or a connection that speaks for another session by now.
        if conn.key != key || conn.session != session {
            return;
        }
        match what {
            What::Reply { txn, reply, at } => {
                if let Some((room, at)) = at {
                    conn.plan.wait_for(room, at);
                }
                if let Reply::Rejected(reject) = &*reply {
                    self.shared.engine.metrics().rejected(reject);
                }
                let bytes = match (&*reply, conn.encoding.dialect) {
                    (Reply::Rooms(rooms), Dialect::Text) => self.room_list.answer(rooms, conn.encoding).into(),
                    (reply, _) => encoded(conn.encoding, txn, reply).into(),
                };
                if txn.is_some() || !reply.is_of_others() {
                    conn.plan.push(bytes);
                } else if !conn.plan.push_of_others(bytes) {
                    // It may ask for nothing, so that nothing is read later for it: only its end bounds this.
                    tracing::debug!(peer = %conn.peer, "a connection does not take what others cause");
                    return self.lose(slot);
                }
            }
            What::Posted { txn, place, at } => {
                if let Some((room, at)) = at {
                    conn.plan.wait_for(room, at);
                }
                conn.plan.push(encoded(conn.encoding, txn, &Reply::Posted(place)).into());
            }
            What::Enter { log, from, after } => {
                let place = self.rooms.join(&log, conn.encoding, slot, from);
                conn.plan.enter(log, conn.encoding, from, after, place);
            }
            What::Exit { room, at } => {
                self.leave_room(slot, room);
                self.conns[slot as usize].plan.exit(room, at);
            }
            What::Speak { lang, at } => self.speak(slot, lang, &at),
            What::Audit(query) => self.read_audit(slot, *query),
            What::Check(ask) => self.check_password(slot, *ask),
            What::Ignore(ignored) => conn.plan.ignore(Some(ignored).filter(|ignored| !ignored.is_empty())),
            What::Read(query) => self.read_store(slot, *query),
            What::Close => self.begin_close(slot, now),
        }
        self.touch(slot);
    }

    fn speak(&mut self, slot: u32, lang: Lang, at: &[(RoomId, Cursor)]) {
        for (room, _) in at {
            self.leave_room(slot, *room);
        }
        let conn = &mut self.conns[slot as usize];
        conn.encoding.lang = lang;
        for (room, at) in at.iter().copied() {
            let conn = &mut self.conns[slot as usize];
            conn.plan.switch(conn.encoding, room, at);
            if let Some(log) = conn.plan.live_log(room) {
                let place = self.rooms.join(&log, conn.encoding, slot, at);
                conn.plan.set_place(room, place);
            }
        }
    }

    /// A password is looked at elsewhere; until then nothing else is taken from the connection, since the
    /// hub answers whatever comes as busy.
    fn check_password(&mut self, slot: u32, ask: PasswordAsk) {
        let conn = &self.conns[slot as usize];
        if let Some((session, txn)) = self.shared.engine.passwords().ask(conn.peer.ip().into(), conn.session, ask) {
            self.shared.engine.decide(Some(self.me), |hub, _| hub.unchecked(session, txn));
        }
    }

    /// Takes a connection from the members of a room that it reads.
    fn leave_room(&mut self, slot: u32, room: RoomId) {
        let conn = &self.conns[slot as usize];
        let Some(place) = conn.plan.place(room) else { return };
        if let Some(moved) = self.rooms.leave(room, conn.encoding, place) {
            self.conns[moved as usize].plan.set_place(room, place);
        }
    }

    fn leave_rooms(&mut self, slot: u32) {
        let rooms: Vec<RoomId> = self.conns[slot as usize].plan.rooms().map(|(room, _)| room).collect();
        for room in rooms {
            self.leave_room(slot, room);
        }
    }

    fn touch(&mut self, slot: u32) {
        if let Some(conn) = self.conns.get_mut(slot as usize)
            && !std::mem::replace(&mut conn.touched, true)
        {
            self.touched.push(slot);
        }
    }

    /// The session is over: what is planned is sent, then the connection closes.
    fn begin_close(&mut self, slot: u32, now: Duration) {
        let draining = self.shared.engine.is_draining();
        let conn = &mut self.conns[slot as usize];
        if conn.encoding.framing == Framing::WebSocket {
            let code = if draining { ws::close::GOING_AWAY } else { conn.close_code };
            let mut bytes = Vec::new();
            ws::encode_close(code, "", &mut bytes);
            conn.plan.push(bytes.into());
        }
        conn.stage = Stage::Flushing;
        conn.since = now;
        conn.deaf = true;
        (conn.ping_at, conn.pong_by, conn.slow_until, conn.half_since) = (None, None, None, None);
        (conn.asking, conn.stream) = (false, None);
        let session = conn.session;
        self.shared.announcer.disconnected(conn.peer);
        self.forget_session(slot, session);
    }

    /// The session is not this connection's any more; it may be another's of this shard by now.
    fn forget_session(&mut self, slot: u32, session: SessionId) {
        if self.by_session.get(&session) == Some(&slot) {
            self.by_session.remove(&session);
        }
    }

    /// The peer is gone. What it sent before is still taken in at its rate, but not for long.
    fn hang_up(&mut self, slot: u32, now: Duration) {
        let Some(conn) = self.conns.get_mut(slot as usize) else { return };
        if conn.is_handshaking() {
            self.shared.engine.metrics().handshakes.failed(Unfinished::HungUp);
        }
        if conn.stage != Stage::Open || !conn.intake.is_waiting() {
            return self.lose(slot);
        }
        conn.eof = true;
        conn.eof_since.get_or_insert(now);
        self.set_timer(slot);
    }

    /// Forgets a connection; its session, if it has one, has lost it.
    fn lose(&mut self, slot: u32) {
        if !self.conns.contains(slot as usize) {
            return;
        }
        self.leave_rooms(slot);
        let mut conn = self.conns.remove(slot as usize);
        let _ = self.poll.registry().deregister(&mut conn.socket);
        self.forget_session(slot, conn.session);
        if conn.stage == Stage::Open {
            self.shared.announcer.disconnected(conn.peer);
            let link = conn.link(self.me, slot);
            self.shared.engine.decide(Some(self.me), |hub, now| hub.close(conn.session, link, false, now));
        }
    }

    fn add(&mut self, mut conn: Conn) -> io::Result<u32> {
        self.newest_key = self.newest_key.wrapping_add(1);
        conn.key = self.newest_key;
        let entry = self.conns.vacant_entry();
        let slot = entry.key();
        let interest = Interest::READABLE | Interest::WRITABLE;
        self.poll.registry().register(&mut conn.socket, Token(slot), interest)?;
        entry.insert(Box::new(conn));
        Ok(slot as u32)
    }

    fn begin_drain(&mut self, now: Duration) {
        self.draining_since = Some(now);
        let unknown: Vec<u32> = self.slots(|conn| matches!(conn.stage, Stage::Unknown(_)));
        for slot in unknown {
            self.lose(slot);
        }
        // From here on this shard opens no session, so whoever has one here is told.
        self.shared.engine.decide(Some(self.me), |hub, _| hub.drain());
    }

    fn has_drained(&mut self, now: Duration) -> bool {
        let Some(since) = self.draining_since else { return false };
        self.conns.is_empty() || now >= since + self.shared.times.drain
    }

    fn slots(&self, which: impl Fn(&Conn) -> bool) -> Vec<u32> {
        self.conns.iter().filter(|(_, conn)| which(conn)).map(|(slot, _)| slot as u32).collect()
    }
}

/// The frame of a reply.
fn encoded(encoding: Encoding, txn: Option<Txn>, reply: &Reply) -> Vec<u8> {
    let mut bytes = Vec::new();
    encoding.reply(txn, reply, &mut bytes);
    bytes
}

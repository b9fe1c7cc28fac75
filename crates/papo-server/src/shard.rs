//! A shard: one thread with its own event loop and its own connections, for life.
//!
//! A turn: what the sockets and the clock say ([`reading`], [`opening`], [`timing`]), then what the
//! hub says by the inbox, then one write to each connection that has something to take ([`writing`]).

mod opening;
mod reading;
mod rooms;
#[cfg(test)]
mod tests;
mod timers;
mod timing;
mod writing;

use std::io;
use std::sync::Arc;
use std::time::Duration;

use mio::{Events, Interest, Poll, Token};
use papo_hub::{Delivery, What};
use papo_proto::limits::{Limits, READ_TURN_BYTES};
use papo_proto::{Framing, Lang, SessionId, ws};
use rustc_hash::FxHashMap;
use slab::Slab;

use crate::announce::Announcer;
use crate::config::Times;
use crate::conn::{Conn, Sent, Stage};
use crate::engine::Engine;
use crate::http::HttpDoor;
use crate::inbox::{Inbox, Post};
use rooms::LocalRooms;
use timers::Timers;

/// The waker's token; connections have their slot's number.
const WAKER: Token = Token(usize::MAX);
/// Events taken from the system at a time.
const EVENTS: usize = 1024;
/// While the outbox is full, sockets are tried again after this time.
const FULL_RETRY: Duration = Duration::from_millis(2);

/// What all shards are given.
#[derive(Clone)]
pub(crate) struct Shared {
    pub(crate) engine: Arc<Engine>,
    pub(crate) http: Arc<HttpDoor>,
    pub(crate) announcer: Announcer,
    pub(crate) limits: Limits,
    pub(crate) times: Times,
    pub(crate) lang: Lang,
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
    /// Slots that may have something to read.
    ready: Vec<u32>,
    /// Slots that have something to take.
    touched: Vec<u32>,
    sent: Vec<Sent>,
    post: Post,
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
            ready: Vec::new(),
            touched: Vec::new(),
            sent: Vec::new(),
            post: Post::default(),
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
                    self.woke(event);
                }
            }
            self.on_time(now);
            self.read_ready(now);
            while self.look(now) {}
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
        if !self.ready.is_empty() {
            return Some(if self.shared.engine.is_full() { FULL_RETRY } else { Duration::ZERO });
        }
        let drained = self.draining_since.map(|since| since + self.shared.times.drain);
        let next = [self.timers.next(), self.hub_due, drained].into_iter().flatten().min();
        next.map(|at| at.saturating_sub(now))
    }

    /// Notes what a socket says.
    fn woke(&mut self, event: &mio::event::Event) {
        let slot = event.token().0;
        let Some(conn) = self.conns.get_mut(slot) else { return };
        if event.is_writable() && conn.blocked_since.take().is_some() && !conn.touched {
            conn.touched = true;
            self.touched.push(slot as u32);
        }
        if event.is_readable() || event.is_read_closed() || event.is_error() {
            conn.readable = true;
            // The end of the stream lies behind what is to be read: a short read is not the last.
            conn.eof |= event.is_read_closed();
            self.ready.push(slot as u32);
        }
    }

    /// Carries out what has come by the inbox and flushes who has something to take. True when
    /// there was anything: it may have caused more.
    fn look(&mut self, now: Duration) -> bool {
        let mut post = std::mem::take(&mut self.post);
        self.inbox().take(&mut post);
        let mut busy = !(post.deliveries.is_empty() && post.marks.is_empty() && post.newcomers.is_empty());
        for newcomer in post.newcomers.drain(..) {
            self.welcome(newcomer, now);
        }
        for delivery in post.deliveries.drain(..) {
            self.deliver(delivery, now);
        }
        for log in post.marks.drain(..) {
            self.fan_out(&log, now);
        }
        if post.draining && self.draining_since.is_none() {
            self.begin_drain(now);
            busy = true;
        }
        self.post = post;
        busy |= !self.touched.is_empty();
        self.flush_touched(now);
        busy
    }

    fn deliver(&mut self, delivery: Delivery, now: Duration) {
        let Delivery { slot, session, what } = delivery;
        let Some(conn) = self.conns.get_mut(slot as usize).filter(|conn| conn.session == session) else { return };
        match what {
            What::Reply { reply, at } => {
                if let Some(at) = at {
                    conn.plan.wait_for(at);
                }
                let mut bytes = Vec::new();
                conn.encoding.reply(&reply, &mut bytes);
                conn.plan.push(bytes);
            }
            What::Enter { log, from } => {
                let place = self.rooms.join(&log, conn.encoding, slot, from);
                conn.member = Some((log.room(), place));
                conn.own_until = from.position;
                conn.plan.enter(log, conn.encoding, from);
            }
            What::Exit { at } => {
                conn.plan.exit(at);
                self.leave_room(slot);
            }
            What::Speak { lang, at } => self.speak(slot, lang, at),
            What::Close => self.begin_close(slot, now),
        }
        self.touch(slot);
    }

    fn speak(&mut self, slot: u32, lang: Lang, at: Option<papo_hub::Cursor>) {
        self.leave_room(slot);
        let conn = &mut self.conns[slot as usize];
        conn.encoding.lang = lang;
        conn.plan.switch(conn.encoding, at);
        if let (Some(log), Some(at)) = (conn.plan.live_log(), at) {
            let place = self.rooms.join(&log, conn.encoding, slot, at);
            conn.member = Some((log.room(), place));
        }
    }

    /// Takes a connection from the members of the room that it reads.
    fn leave_room(&mut self, slot: u32) {
        let conn = &mut self.conns[slot as usize];
        let Some((room, place)) = conn.member.take() else { return };
        if let Some(moved) = self.rooms.leave(room, conn.encoding, place) {
            self.conns[moved as usize].member = Some((room, place));
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
            conn.plan.push(bytes);
        }
        conn.stage = Stage::Flushing;
        conn.since = now;
        conn.deaf = true;
        (conn.ping_at, conn.pong_by, conn.slow_until, conn.half_since) = (None, None, None, None);
        self.by_session.remove(&conn.session);
        self.shared.announcer.disconnected(conn.peer);
    }

    /// Forgets a connection; its session, if it has one, has lost it.
    fn lose(&mut self, slot: u32) {
        self.leave_room(slot);
        let Some(mut conn) = self.conns.try_remove(slot as usize) else { return };
        let _ = self.poll.registry().deregister(&mut conn.socket);
        if conn.stage == Stage::Open && self.by_session.remove(&conn.session).is_some() {
            self.shared.announcer.disconnected(conn.peer);
            self.shared.engine.decide(Some(self.me), |hub, now| hub.close(conn.session, false, now));
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

//! What reaches a shard from outside its thread: marks and answers, never the events of a room.
//!
//! Bounds: a room is marked once until the shard looks; an answer has its command, and commands of
//! a connection are not read while it has unsent answers; arrivals have their places.

use std::sync::{Arc, Mutex, MutexGuard, OnceLock};

use papo_hub::{Delivery, Log, Outlet};
use papo_proto::words::Refusal;
use papo_proto::{Reply, Txn};

use crate::arrival::Arrival;
use crate::http::Upgraded;
use crate::lookups::Found;
use crate::tickets::Tickets;

/// A new connection for a shard.
#[derive(Debug)]
pub enum Newcomer {
    /// Nothing is known of it; a silent one on the TCP port is a text client.
    Accepted {
        /// The connection.
        arrival: Arrival,
        /// Which port it came by.
        port: Port,
    },
    /// A WebSocket after its handshake.
    Upgraded(Upgraded),
    /// There is no place for it; it is told so.
    Refused(Arrival, Port, Refusal),
}

/// Which of the two ports; both answer to all, but only one speaks first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Port {
    /// The port for framed TCP.
    Tcp,
    /// The port for browsers.
    Web,
}

/// What has come since the shard last looked.
#[derive(Debug, Default)]
pub(crate) struct Mail {
    pub(crate) deliveries: Vec<Delivery>,
    pub(crate) marks: Vec<Arc<Log>>,
    pub(crate) newcomers: Vec<Newcomer>,
    /// What was looked up in the store; one at most for each connection.
    pub(crate) found: Vec<Found>,
    pub(crate) draining: bool,
    /// The shard was woken and has not looked yet.
    woken: bool,
}

impl Mail {
    /// Whether there is nothing in it.
    pub(crate) fn is_empty(&self) -> bool {
        self.deliveries.is_empty() && self.marks.is_empty() && self.newcomers.is_empty() && self.found.is_empty()
    }
}

/// A shard's inbox.
#[derive(Debug, Default)]
pub struct Inbox {
    mail: Mutex<Mail>,
    waker: OnceLock<mio::Waker>,
}

impl Inbox {
    /// From now on the shard is woken by this.
    pub(crate) fn attach(&self, waker: mio::Waker) {
        self.waker.set(waker).expect("invariant: a shard attaches once");
    }

    /// A new connection.
    pub fn admit(&self, newcomer: Newcomer) {
        let mut mail = self.mail();
        mail.newcomers.push(newcomer);
        self.wake(mail);
    }

    /// Something was looked up in the store for one of its connections.
    pub(crate) fn found(&self, found: Found) {
        let mut mail = self.mail();
        mail.found.push(found);
        self.wake(mail);
    }

    /// The shard ends when its connections have ended.
    pub(crate) fn drain(&self) {
        let mut mail = self.mail();
        mail.draining = true;
        self.wake(mail);
    }

    /// Takes what has come; `into` gives its buffers back for what comes next.
    pub(crate) fn take(&self, into: &mut Mail) {
        let mut mail = self.mail();
        into.woken = false;
        into.draining |= mail.draining;
        std::mem::swap(&mut *mail, into);
    }

    fn mail(&self) -> MutexGuard<'_, Mail> {
        self.mail.lock().expect("invariant: an inbox only moves what it is given")
    }

    fn wake(&self, mut mail: MutexGuard<'_, Mail>) {
        let first = !std::mem::replace(&mut mail.woken, true);
        drop(mail);
        if let (true, Some(waker)) = (first, self.waker.get())
            && let Err(error) = waker.wake()
        {
            tracing::error!(%error, "a shard could not be woken");
        }
    }
}

/// The inboxes of all shards, as the hub sees them while it publishes.
pub(crate) struct Inboxes<'a> {
    pub(crate) all: &'a [Inbox],
    /// The shard whose thread this is: it looks by itself at the end of its turn.
    pub(crate) me: Option<u16>,
    /// Who waits for answers without a connection.
    pub(crate) tickets: &'a Tickets,
}

impl Inboxes<'_> {
    fn put(&self, shard: u16, put: impl FnOnce(&mut Mail)) {
        let inbox = &self.all[usize::from(shard)];
        let mut mail = inbox.mail();
        put(&mut mail);
        if self.me != Some(shard) {
            inbox.wake(mail);
        }
    }
}

impl Outlet for Inboxes<'_> {
    fn deliver(&mut self, shard: u16, delivery: Delivery) {
        self.put(shard, |mail| mail.deliveries.push(delivery));
    }

    fn mark(&mut self, shard: u16, log: &Arc<Log>) {
        self.put(shard, |mail| mail.marks.push(log.clone()));
    }

    fn outside(&mut self, ticket: Txn, reply: Box<Reply>) {
        self.tickets.answer(ticket, *reply);
    }
}

//! Hands effects to readers: bytes to logs, marks and replies to shards.

use std::sync::Arc;

use papo_proto::encoding::Item;
use papo_proto::limits::RESUME_MAX_EVENTS;
use papo_proto::names::DIRECT_NAME;
use papo_proto::words::{Place, Redact};
use papo_proto::{Append, Lang, Record, Reject, Reply, RoomId, Seq, SessionId, Stored, Txn};

use crate::commands;
use crate::hub::{Hub, Now};
use crate::log::Log;
use crate::outbox::Effect;
use crate::outlet::{Again, Delivery, Outlet, What};
use crate::session::Link;

impl Hub {
    /// Publishes all that waits for no commit.
    pub fn publish(&mut self, outlet: &mut impl Outlet) {
        while let Some(effect) = self.outbox.pop_ready() {
            self.perform(effect, outlet);
        }
        self.mark_readers(outlet);
    }

    /// The records to commit next, in order; empty while a batch is with the store.
    pub fn take_batch(&mut self) -> Vec<Record> {
        if self.outbox.has_batch() {
            self.outbox.push_again(std::mem::take(&mut self.unkept));
        }
        self.outbox.take_batch()
    }

    /// The batch is stored, and this is what came of each record: publishes it and what waited for it.
    pub fn committed(&mut self, stored: &[Stored], now: Now, outlet: &mut impl Outlet) {
        let mut stored = stored.iter().cloned().map(Some);
        let mut again = Vec::new();
        while let Some((effect, outcome)) = self.outbox.pop_committed(&mut stored) {
            match outcome {
                None => self.perform(effect, outlet),
                Some(outcome) => again.extend(self.keep(effect, outcome, outlet)),
            }
        }
        debug_assert!(stored.next().is_none(), "each record has its outcome");
        self.outbox.end_batch();
        for again in again {
            commands::run_anew(self, again, now);
        }
        self.publish(outlet);
    }

    /// Publishes what is stored now. Returns a command that is to be decided anew.
    fn keep(&mut self, effect: Effect, stored: Stored, outlet: &mut impl Outlet) -> Option<Again> {
        if let Effect::Recall { session, .. } = &effect {
            self.recalled(*session);
        }
        match (effect, stored) {
            (Effect::Append { append, ticket }, Stored::Appended(seq)) => self.appended(append, ticket, seq, outlet),
            (Effect::Append { append, ticket }, Stored::Repeated(place)) => {
                let (session, txn) = self.asker(&append, ticket);
                self.answer(session, txn, Reply::Posted(place), outlet);
            }
            (Effect::Repeat { ticket, .. }, Stored::Repeated(place)) => {
                self.answer(self.outside, ticket, Reply::Posted(place), outlet);
            }
            (Effect::Repeat { ticket, otherwise, .. }, _) => {
                self.answer(self.outside, ticket, Reply::Rejected(*otherwise), outlet);
            }
            (Effect::Recall { session, txn, .. }, Stored::Repeated(place)) => {
                self.answer(session, Some(txn), Reply::Posted(place), outlet);
            }
            (Effect::Recall { session, txn, command, from }, _) => {
                return Some(Again { session, txn, command: *command, from });
            }
            (Effect::Keep(Record::Room(record)), _) => self.room_is_stored(record.id),
            (Effect::Keep(Record::RoomGone(room)), _) => self.rooms.bury(room),
            (Effect::Settle { record, session, txn, reply, .. }, _) => {
                match &record {
                    Record::Room(record) => {
                        self.room_is_stored(record.id);
                        self.rooms.free_name(record);
                    }
                    Record::RoomGone(room) => self.rooms.bury(*room),
                    _ => {}
                }
                if let Some(mut reply) = reply {
                    self.bring_up_to_date(session, &mut reply);
                    self.answer(session, txn, *reply, outlet);
                }
            }
            (Effect::Redact { redact, session, txn }, Stored::Redacted(seq, seqs)) => {
                self.redacted(redact, seq, &seqs, outlet);
                let count = seqs.len() as u64;
                let reply = if count == 0 { Reply::Rejected(Reject::NoMessage) } else { Reply::Redacted(count) };
                self.answer(session, txn, reply, outlet);
            }
            (Effect::Create { record, existed, session, txn, cut }, _) => {
                self.room_is_stored(record.id);
                if self.rooms.get(record.id).is_some() {
                    let reply = Reply::Created { room: self.facts(session, record.id), existed, cut };
                    self.answer(session, txn, reply, outlet);
                }
            }
            _ => {}
        }
        None
    }

    /// Whom the answer to a post is for.
    pub(crate) fn asker(&self, append: &Append, ticket: Option<Txn>) -> (SessionId, Option<Txn>) {
        if ticket.is_some() { (self.outside, ticket) } else { (append.session, append.txn) }
    }

    fn appended(&mut self, append: Append, ticket: Option<Txn>, seq: Seq, outlet: &mut impl Outlet) {
        let (asker, txn) = self.asker(&append, ticket);
        let Append { room, at_ms, session, person, author, text, .. } = append;
        self.append(room, &Item::Message { seq, at_ms, person, author, text, txn: None }, session);
        if txn.is_some() {
            self.answer(asker, txn, Reply::Posted(Place { room, seq, at_ms }), outlet);
        }
        self.read_own(person, room, seq);
    }

    /// Nothing of these messages is left: neither here nor in the store.
    fn redacted(&mut self, redact: Redact, seq: Seq, seqs: &Arc<[Seq]>, outlet: &mut impl Outlet) {
        let Redact { room, at_ms, author, .. } = redact;
        // Also of a room that ends: what is published of it before has no gaps.
        let log = self.rooms.published(room).map(|room| room.log.clone());
        let Some(log) = log.filter(|_| !seqs.is_empty()) else { return };
        log.seal(|encoding, bytes| self.backlog.add(&log, encoding, bytes));
        log.redact(seqs, |bytes| self.backlog.saved(bytes));
        // Also to who did it: it is no message of theirs.
        self.append(room, &Item::Redaction { seq, at_ms, author, seqs: seqs.clone() }, SessionId::default());
        self.mark_readers(outlet);
    }

    /// The store has said what became of a post that may be a repeat, or could not.
    pub(crate) fn recalled(&mut self, session: SessionId) {
        let session = self.sessions.get_mut(session);
        if let Some(resumable) = session.and_then(|session| session.resumable.as_mut()) {
            resumable.recalls = resumable.recalls.saturating_sub(1);
        }
    }

    pub(crate) fn session_is_unkept(&mut self, session: SessionId) {
        let session = self.sessions.get_mut(session);
        if let Some(resumable) = session.and_then(|session| session.resumable.as_mut()) {
            resumable.is_unkept = true;
        }
    }

    fn room_is_stored(&mut self, room: RoomId) {
        if let Some(room) = self.rooms.get_mut(room) {
            room.is_stored = true;
        }
    }

    pub(crate) fn perform(&mut self, effect: Effect, outlet: &mut impl Outlet) {
        match effect {
            Effect::Append { .. }
            | Effect::Recall { .. }
            | Effect::Repeat { .. }
            | Effect::Keep(_)
            | Effect::Create { .. }
            | Effect::Settle { .. }
            | Effect::Redact { .. } => {
                unreachable!("what is to be stored is published when it is")
            }
            Effect::Tell { room, ephemeral, except } => self.append(room, &Item::Told(ephemeral), except),
            Effect::Reply { session, txn, mut reply } => {
                self.bring_up_to_date(session, &mut reply);
                self.answer(session, txn, *reply, outlet);
            }
            Effect::Read { session, mut query } => {
                let Some(link) = self.link(session) else { return };
                let Some(room) = self.rooms.published(query.room) else { return };
                query.head = room.log.head().seq;
                deliver(outlet, link, session, What::Read(query));
            }
            Effect::ReadAudit { session, query } => {
                if let Some(link) = self.link(session) {
                    deliver(outlet, link, session, What::Audit(query));
                }
            }
            Effect::Check { session, ask } => match self.link(session) {
                Some(link) => deliver(outlet, link, session, What::Check(ask)),
                None => drop(self.end_check(session, ask.txn)),
            },
            Effect::Ignore { session, ignored } => {
                if let Some(link) = self.link(session) {
                    deliver(outlet, link, session, What::Ignore(ignored));
                }
            }
            Effect::Enter { session, room, after } => self.enter_log(session, room, after, outlet),
            Effect::Exit { session, room } => self.exit_log(session, room, outlet),
            Effect::Speak { session, lang } => self.speak(session, lang, outlet),
            Effect::Attach { session, link, encoding } => {
                if let Some(before) = self.link(session) {
                    let reply = Box::new(Reply::Fenced);
                    deliver(outlet, before, session, What::Reply { txn: None, reply, at: None });
                }
                self.exit_all(session, outlet);
                let Some(reader) = self.sessions.get_mut(session) else { return };
                if let Some(before) = reader.link.replace(link) {
                    deliver(outlet, before, session, What::Close);
                }
                reader.encoding = encoding;
            }
            Effect::Detach { session } => {
                // Whoever has taken the session over meanwhile is not meant.
                if self.sessions.get(session).is_some_and(|reader| reader.claimed.is_none()) {
                    self.exit_all(session, outlet);
                    if let Some(link) = self.sessions.of(session).link.take() {
                        deliver(outlet, link, session, What::Close);
                    }
                }
            }
            Effect::Close { session } => {
                self.exit_all(session, outlet);
                if let Some(link) = self.sessions.remove(session).and_then(|reader| reader.link) {
                    deliver(outlet, link, session, What::Close);
                }
            }
        }
    }

    fn link(&self, session: SessionId) -> Option<Link> {
        self.sessions.get(session)?.link
    }

    /// Heads are told as they are when the answer is given, not as they were when it was decided.
    fn bring_up_to_date(&self, session: SessionId, reply: &mut Reply) {
        let rooms = match reply {
            Reply::Entered { room, .. }
            | Reply::Created { room, .. }
            | Reply::Direct(room)
            | Reply::Invited { room, .. }
            | Reply::Reset(room) => std::slice::from_mut(room),
            Reply::Hello(welcomed) => &mut welcomed.rooms,
            _ => return,
        };
        for facts in rooms {
            if self.rooms.get(facts.id).is_some() && self.sessions.get(session).is_some() {
                *facts = self.facts(session, facts.id);
            }
        }
    }

    /// An answer, behind what its reader has of the room that it is about.
    fn answer(&mut self, session: SessionId, txn: Option<Txn>, reply: Reply, outlet: &mut impl Outlet) {
        if session == self.outside {
            return txn.into_iter().for_each(|ticket| outlet.outside(ticket, Box::new(reply.clone())));
        }
        let Some(reader) = self.sessions.get(session) else { return };
        let Some(link) = reader.link else { return };
        let about = about(&reply);
        let mut about = reader.reading.iter().filter(|log| Some(log.room()) == about);
        // To people an answer to anything else comes behind the room that they speak in.
        let mut spoken_in = reader.reading.iter().filter(|log| log.name().as_str() != DIRECT_NAME);
        let log = about.next().or_else(|| spoken_in.next().filter(|_| reader.resumable.is_none()));
        let at = log.map(|log| (log.room(), log.head()));
        let what = match reply {
            Reply::Posted(place) => What::Posted { txn, place, at },
            reply => What::Reply { txn, reply: Box::new(reply), at },
        };
        deliver(outlet, link, session, what);
    }

    fn append(&mut self, room: RoomId, item: &Item, author: SessionId) {
        // The room may have gone with what was merged for it.
        let Some(room) = self.rooms.published(room) else { return };
        if room.log.append(item, author, item.seq()) {
            self.touched.push(room.log.clone());
        }
    }

    fn enter_log(&mut self, session: SessionId, room: RoomId, after: Option<Seq>, outlet: &mut impl Outlet) {
        let Some(reader) = self.sessions.get_mut(session) else { return };
        let Some(link) = reader.link else { return };
        let Some(room) = self.rooms.published(room) else { return };
        let log = room.log.clone();
        if reader.reading.iter().any(|reading| reading.room() == log.room()) {
            return;
        }
        room.readers[usize::from(link.shard)] += 1;
        reader.reading.push(log.clone());
        let from = log.add_reader(reader.encoding);
        let mut after = after.filter(|after| *after < from.seq);
        if let Some(missed) = after.filter(|after| from.seq.0 - after.0 > RESUME_MAX_EVENTS) {
            let reply = Box::new(Reply::Gap(log.room(), missed.next(), from.seq));
            deliver(outlet, link, session, What::Reply { txn: None, reply, at: None });
            after = None;
        }
        deliver(outlet, link, session, What::Enter { log, from, after });
    }

    fn exit_log(&mut self, session: SessionId, room: RoomId, outlet: &mut impl Outlet) {
        let Some(reader) = self.sessions.get_mut(session) else { return };
        let Some(link) = reader.link else { return };
        let Some(place) = reader.reading.iter().position(|log| log.room() == room) else { return };
        let log = reader.reading.remove(place);
        let at = log.remove_reader(reader.encoding);
        if let Some(room) = self.rooms.published(room) {
            room.readers[usize::from(link.shard)] -= 1;
        }
        deliver(outlet, link, session, What::Exit { room, at });
    }

    fn exit_all(&mut self, session: SessionId, outlet: &mut impl Outlet) {
        while let Some(room) = self.sessions.get(session).and_then(|reader| reader.reading.last()).map(|log| log.room())
        {
            self.exit_log(session, room, outlet);
        }
    }

    fn speak(&mut self, session: SessionId, lang: Lang, outlet: &mut impl Outlet) {
        let Some(reader) = self.sessions.get_mut(session) else { return };
        let Some(link) = reader.link else { return };
        let before = reader.encoding;
        reader.encoding.lang = lang;
        let renewed = |log: &Arc<Log>| {
            log.remove_reader(before);
            (log.room(), log.add_reader(reader.encoding))
        };
        let at = reader.reading.iter().map(renewed).collect();
        deliver(outlet, link, session, What::Speak { lang, at });
    }

    /// Closes the runs of frames that were begun and tells the shards that have readers of them.
    fn mark_readers(&mut self, outlet: &mut impl Outlet) {
        while let Some(log) = self.touched.pop() {
            log.seal(|encoding, bytes| self.backlog.add(&log, encoding, bytes));
            let Some(room) = self.rooms.published(log.room()) else { continue };
            for (shard, &readers) in room.readers.iter().enumerate() {
                if readers > 0 && log.mark(shard) {
                    outlet.mark(shard as u16, &log);
                }
            }
        }
        self.backlog.shrink();
    }
}

/// The room that an answer is about: it goes behind what the reader has of that room's log.
fn about(reply: &Reply) -> Option<RoomId> {
    match reply {
        Reply::Entered { room, .. } | Reply::Created { room, .. } | Reply::Direct(room) | Reply::Reset(room) => {
            Some(room.id)
        }
        Reply::Removed { room, .. }
        | Reply::Left(room, _)
        | Reply::Members(room, ..)
        | Reply::Gap(room, ..)
        | Reply::Read(room, _)
        | Reply::Gone(room) => Some(*room),
        Reply::Posted(place) => Some(place.room),
        _ => None,
    }
}

fn deliver(outlet: &mut impl Outlet, link: Link, session: SessionId, what: What) {
    outlet.deliver(link.shard, Delivery { link, session, what });
}

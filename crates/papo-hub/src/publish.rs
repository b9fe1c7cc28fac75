//! Hands effects to readers: bytes to logs, marks and replies to shards.

use std::sync::Arc;

use papo_proto::encoding::Item;
use papo_proto::{Append, Lang, Reject, Reply, RoomId, Seq, SessionId};

use crate::hub::Hub;
use crate::log::{Cursor, Log};
use crate::outbox::Effect;
use crate::session::Link;

/// Something for one connection.
#[derive(Debug)]
pub struct Delivery {
    /// The connection's place in its shard.
    pub slot: u32,
    /// Whose connection it must be; the place may have another tenant by now.
    pub session: SessionId,
    /// What it is.
    pub what: What,
}

/// What a connection is told, in order.
#[derive(Debug)]
pub enum What {
    /// An answer, after all of its room's log up to `at`.
    Reply {
        /// The answer.
        reply: Box<Reply>,
        /// The head of the log that it reads, if it reads one.
        at: Option<Cursor>,
    },
    /// It reads this log from the cursor on.
    Enter {
        /// The log.
        log: Arc<Log>,
        /// Where to begin.
        from: Cursor,
    },
    /// It reads its log up to here, then no further.
    Exit {
        /// Where to end.
        at: Cursor,
    },
    /// It reads in another language from here on.
    Speak {
        /// The language.
        lang: Lang,
        /// Where the old one ends, if it reads a log.
        at: Option<Cursor>,
    },
    /// It closes when it has taken everything.
    Close,
}

/// Where publications go: the inboxes of the shards. Called under the hub's lock, so it must not
/// block; what it takes is bounded, since a room is marked once and an answer has its command.
pub trait Outlet {
    /// Something for one connection.
    fn deliver(&mut self, shard: u16, delivery: Delivery);
    /// The log has grown and the shard has readers of it. Not said again until [`Log::unmark`].
    fn mark(&mut self, shard: u16, log: &Arc<Log>);
}

impl Hub {
    /// Publishes all that waits for no commit.
    pub fn publish(&mut self, outlet: &mut impl Outlet) {
        while let Some(effect) = self.outbox.pop_ready() {
            self.perform(effect, None, outlet);
        }
        self.mark_readers(outlet);
    }

    /// The messages to commit next, in order; empty while a batch is with the store.
    pub fn take_batch(&mut self) -> Vec<Append> {
        self.outbox.take_batch()
    }

    /// The batch is stored under these seqs: publishes it and what waited for it.
    pub fn committed(&mut self, seqs: &[Seq], outlet: &mut impl Outlet) {
        let mut seqs = seqs.iter().copied().map(Some);
        while let Some((effect, seq)) = self.outbox.pop_committed(&mut seqs) {
            self.perform(effect, seq, outlet);
        }
        debug_assert!(seqs.next().is_none(), "each append has its seq");
        self.mark_readers(outlet);
    }

    /// Nothing of the batch is stored: each author is told, with the id of the error in our log.
    pub fn commit_failed(&mut self, id: u64, outlet: &mut impl Outlet) {
        let mut none = std::iter::repeat(None);
        while let Some((effect, _)) = self.outbox.pop_committed(&mut none) {
            let effect = match effect {
                Effect::Append(Append { session, .. }) => {
                    Effect::Reply { session, reply: Box::new(Reply::Rejected(Reject::Internal { id })) }
                }
                other => other,
            };
            self.perform(effect, None, outlet);
        }
        self.mark_readers(outlet);
    }

    fn perform(&mut self, effect: Effect, seq: Option<Seq>, outlet: &mut impl Outlet) {
        match effect {
            Effect::Append(posted) => {
                let seq = seq.expect("invariant: an append is published when it is numbered");
                let item = Item::Message { author: posted.author, text: posted.text };
                self.append(posted.room, &item, posted.session, Some(seq));
            }
            Effect::Tell { room, ephemeral, except } => {
                self.append(room, &Item::Told(ephemeral), except, None);
            }
            Effect::Reply { session, reply } => {
                let Some(reader) = self.sessions.get(session) else { return };
                let at = reader.reading.as_ref().map(|log| log.head());
                deliver(outlet, reader.link, session, What::Reply { reply, at });
            }
            Effect::Enter { session, room } => self.enter_log(session, room, outlet),
            Effect::Exit { session } => self.exit_log(session, outlet),
            Effect::Speak { session, lang } => {
                let Some(reader) = self.sessions.get_mut(session) else { return };
                let before = reader.encoding;
                reader.encoding.lang = lang;
                let at = reader.reading.as_ref().map(|log| {
                    log.remove_reader(before);
                    log.add_reader(reader.encoding)
                });
                deliver(outlet, reader.link, session, What::Speak { lang, at });
            }
            Effect::Close { session } => {
                self.exit_log(session, outlet);
                if let Some(reader) = self.sessions.remove(session) {
                    deliver(outlet, reader.link, session, What::Close);
                }
            }
        }
    }

    fn append(&mut self, room: RoomId, item: &Item, author: SessionId, seq: Option<Seq>) {
        // The room may have gone with what was merged for it.
        let Some(room) = self.rooms.get(room) else { return };
        if room.log.append(item, author, seq) {
            self.touched.push(room.log.clone());
        }
    }

    fn enter_log(&mut self, session: SessionId, room: RoomId, outlet: &mut impl Outlet) {
        let Some(reader) = self.sessions.get_mut(session) else { return };
        // Left again and gone for being empty so long, all before this could be published.
        let Some(room) = self.rooms.get_mut(room) else { return };
        let log = room.log.clone();
        room.readers[usize::from(reader.link.shard)] += 1;
        reader.reading = Some(log.clone());
        let from = log.add_reader(reader.encoding);
        deliver(outlet, reader.link, session, What::Enter { log, from });
    }

    fn exit_log(&mut self, session: SessionId, outlet: &mut impl Outlet) {
        let Some(reader) = self.sessions.get_mut(session) else { return };
        let Some(log) = reader.reading.take() else { return };
        let at = log.remove_reader(reader.encoding);
        if let Some(room) = self.rooms.get_mut(log.room()) {
            room.readers[usize::from(reader.link.shard)] -= 1;
        }
        deliver(outlet, reader.link, session, What::Exit { at });
    }

    /// Closes the runs of frames that were begun and tells the shards that have readers of them.
    fn mark_readers(&mut self, outlet: &mut impl Outlet) {
        while let Some(log) = self.touched.pop() {
            log.seal(|encoding, bytes| self.backlog.add(&log, encoding, bytes));
            let Some(room) = self.rooms.get(log.room()) else { continue };
            for (shard, &readers) in room.readers.iter().enumerate() {
                if readers > 0 && log.mark(shard) {
                    outlet.mark(shard as u16, &log);
                }
            }
        }
        self.backlog.shrink();
    }
}

fn deliver(outlet: &mut impl Outlet, link: Link, session: SessionId, what: What) {
    outlet.deliver(link.shard, Delivery { slot: link.slot, session, what });
}

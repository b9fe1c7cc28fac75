//! Decided effects in the order of their decision, waiting for commit and publication.
//!
//! One outbox serves all rooms, since one writer commits for all: the order of decision is the
//! order of commit and of publication, also across rooms, and a reply never passes its session's
//! earlier appends.

use std::collections::VecDeque;
use std::sync::Arc;

use papo_proto::words::{Change, Redact, RoomRecord};
use papo_proto::{
    AccountId, Append, Command, Encoding, Ephemeral, Lang, LoginId, Nickname, Person, Record, Reject, Reply, RoomId,
    Seq, SessionId, Stored, Txn,
};

use crate::outlet::{AuditQuery, PasswordAsk, Query};
use crate::session::Link;

/// What is to happen once everything decided before it has happened.
#[derive(Debug)]
pub(crate) enum Effect {
    /// A durable event; published when it is committed. Who has no session is answered with a ticket.
    Append { append: Append, ticket: Option<Txn> },
    /// A post that may be a repeat: answered as at first, or else decided anew, unless the session has
    /// gone from its connection to another one meanwhile, whose client sends it again.
    Recall { session: SessionId, txn: Txn, command: Box<Command>, from: Option<Link> },
    /// A post that is refused now: answered as at first if it was stored before, or else so.
    Repeat { session: SessionId, txn: Txn, ticket: Option<Txn>, otherwise: Box<Reject> },
    /// Something else is kept; nobody waits for it.
    Keep(Record),
    /// Something that is so by decision is kept; whoever did it is told. When it cannot be kept it
    /// never was.
    Settle { record: Record, undo: Undo, session: SessionId, txn: Option<Txn>, reply: Option<Box<Reply>> },
    /// Messages are taken back, and the deed is written down; whoever did it is told how many.
    Redact { redact: Redact, session: SessionId, txn: Option<Txn> },
    /// A room is kept; whoever made it is told.
    Create { record: RoomRecord, existed: bool, session: SessionId, txn: Option<Txn>, cut: bool },
    /// A notice to a room's readers, but not to this session.
    Tell { room: RoomId, ephemeral: Ephemeral, except: SessionId },
    /// An answer to a session.
    Reply { session: SessionId, txn: Option<Txn>, reply: Box<Reply> },
    /// A part of a log is to be read from the store for a session.
    Read { session: SessionId, query: Box<Query> },
    /// What moderators did in a room is to be read from the store for a session.
    ReadAudit { session: SessionId, query: Box<AuditQuery> },
    /// A password is to be hashed or compared for a session.
    Check { session: SessionId, ask: Box<PasswordAsk> },
    /// From here on the session's connection is not shown what these people say.
    Ignore { session: SessionId, ignored: Arc<[Person]> },
    /// The session's connection reads the room from here on, and before that what it has missed
    /// since a seq.
    Enter { session: SessionId, room: RoomId, after: Option<Seq> },
    /// The session's connection reads the room up to here.
    Exit { session: SessionId, room: RoomId },
    /// The session's connection reads in this language from here on.
    Speak { session: SessionId, lang: Lang },
    /// The session goes on by this connection; the one before ends.
    Attach { session: SessionId, link: Link, encoding: Encoding },
    /// The session has no connection.
    Detach { session: SessionId },
    /// The session is over; its connection closes when it has taken everything.
    Close { session: SessionId },
}

/// How something that was decided is taken back when it could not be kept.
#[derive(Debug)]
pub(crate) enum Undo {
    /// It is as it was before.
    Put(Box<Record>),
    /// The account never was; what was made in its name is of the guest who this session is.
    Account(AccountId, Option<SessionId>),
    /// The login never was; the session that logged in is the guest of before again.
    Login(LoginId, Option<Nickname>),
    /// It is written down no more than it happened.
    Nothing,
    /// What has ended has ended: the store is told again, and whoever ended it that it does not know yet.
    Ended,
}

impl Effect {
    /// What the store must have before this happens.
    fn record(&self) -> Option<Record> {
        match self {
            Effect::Append { append, .. } => Some(Record::Event(append.clone())),
            Effect::Recall { session, txn, .. } | Effect::Repeat { session, txn, .. } => {
                Some(Record::Recall { session: *session, txn: *txn })
            }
            Effect::Keep(record) | Effect::Settle { record, .. } => Some(record.clone()),
            Effect::Create { record, .. } => Some(Record::Room(record.clone())),
            Effect::Redact { redact, .. } => Some(Record::Redact(redact.clone())),
            _ => None,
        }
    }

    /// Whether it tells others of what somebody has settled: when that fails, there is nothing to tell. Who
    /// was taken out of a room is out of it all the same.
    pub(crate) fn tells_what_was_settled(&self) -> bool {
        match self {
            Effect::Tell { ephemeral: Ephemeral::Changed { change, .. }, .. } => !matches!(change, Change::Removed(..)),
            _ => false,
        }
    }

    fn waits_for_the_store(&self) -> bool {
        matches!(
            self,
            Effect::Append { .. }
                | Effect::Recall { .. }
                | Effect::Repeat { .. }
                | Effect::Keep(_)
                | Effect::Create { .. }
                | Effect::Settle { .. }
                | Effect::Redact { .. }
        )
    }

    /// What it holds in memory, as far as clients choose how much that is.
    fn bytes(&self) -> usize {
        match self {
            Effect::Append { append, .. } => append.text.len(),
            Effect::Recall { command, .. } => match &**command {
                Command::Post { text, .. } => text.len(),
                _ => 0,
            },
            _ => 0,
        }
    }
}

/// The queue. Its bounds are the driver's: it stops reading commands over
/// [`papo_proto::limits::OUTBOX_MAX_ENTRIES`] or [`papo_proto::limits::OUTBOX_MAX_BYTES`], so that
/// nothing is refused, only read later.
#[derive(Debug, Default)]
pub(crate) struct Outbox {
    effects: VecDeque<Effect>,
    /// How many of the first effects may be published: nothing uncommitted is among them.
    ready: usize,
    /// How many of the first records not ready are with the store.
    committing: usize,
    bytes: usize,
}

impl Outbox {
    pub(crate) fn push(&mut self, effect: Effect) {
        let waits = self.ready < self.effects.len() || effect.waits_for_the_store();
        self.bytes += effect.bytes();
        self.effects.push_back(effect);
        if !waits {
            self.ready += 1;
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.effects.len()
    }

    /// Bytes of messages in it.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    /// The next effect that may be published.
    pub(crate) fn pop_ready(&mut self) -> Option<Effect> {
        self.ready = self.ready.checked_sub(1)?;
        self.pop()
    }

    fn pop(&mut self) -> Option<Effect> {
        let effect = self.effects.pop_front()?;
        self.bytes -= effect.bytes();
        Some(effect)
    }

    /// The records that wait for a commit, unless some are with the store already.
    pub(crate) fn take_batch(&mut self) -> Vec<Record> {
        if !self.has_batch() {
            return Vec::new();
        }
        let batch: Vec<Record> = self.effects.iter().skip(self.ready).filter_map(Effect::record).collect();
        self.committing = batch.len();
        batch
    }

    /// The next effect of a batch whose commit has ended; those that waited for the store are given
    /// what came of them, or `None` when the commit failed. Ends at the first that was not in the batch.
    pub(crate) fn pop_committed(
        &mut self,
        stored: &mut impl Iterator<Item = Option<Stored>>,
    ) -> Option<(Effect, Option<Stored>)> {
        debug_assert_eq!(self.ready, 0, "what was ready is published before");
        if !self.effects.front()?.waits_for_the_store() {
            return self.pop().map(|effect| (effect, None));
        }
        self.committing = self.committing.checked_sub(1)?;
        let outcome = stored.next().flatten();
        self.pop().map(|effect| (effect, outcome))
    }

    /// Whether something that is not kept yet is settled by it.
    pub(crate) fn settles(&self, is_meant: impl Fn(&Record) -> bool) -> bool {
        self.effects.iter().any(|effect| matches!(effect, Effect::Settle { record, .. } if is_meant(record)))
    }

    /// What was decided and waits was decided on top of what has just failed: it falls with it, in the
    /// same order, or else the store would be told of a state that never was. Whoever did it is told.
    pub(crate) fn fail_settled(&mut self, reject: &Reject) -> Vec<Undo> {
        let mut undone = Vec::new();
        let failed = |effect: Effect| match effect {
            // It builds on nothing: it has ended, and is told to the store with the next batch.
            ended @ Effect::Settle { undo: Undo::Ended, .. } => Some(ended),
            Effect::Settle { undo, session, txn, reply, .. } => {
                undone.push(undo);
                reply.map(|_| Effect::Reply { session, txn, reply: Box::new(Reply::Rejected(reject.clone())) })
            }
            other => Some(other).filter(|effect| !effect.tells_what_was_settled()),
        };
        self.effects = std::mem::take(&mut self.effects).into_iter().filter_map(failed).collect();
        self.end_batch();
        undone
    }

    /// Every effect that waits, to be put right when something that it builds on never was; those for which
    /// false is said are dropped.
    pub(crate) fn put_right(&mut self, mut right: impl FnMut(&mut Effect) -> bool) {
        let mut bytes = 0;
        self.effects.retain_mut(|effect| {
            let stays = right(effect);
            bytes += if stays { effect.bytes() } else { 0 };
            stays
        });
        self.bytes = bytes;
        self.end_batch();
    }

    /// Records that could not be kept and must be, before all that waits for the store now.
    pub(crate) fn push_again(&mut self, records: impl IntoIterator<Item = Record>) {
        for (at, record) in records.into_iter().enumerate() {
            self.effects.insert(self.ready + at, Effect::Keep(record));
        }
    }

    /// Whether a batch can be taken, and there is one.
    pub(crate) fn has_batch(&self) -> bool {
        self.committing == 0 && self.ready < self.effects.len()
    }

    /// Nothing of the batch is left with the store: what follows may be published, up to the first
    /// that waits.
    pub(crate) fn end_batch(&mut self) {
        debug_assert_eq!(self.committing, 0, "the whole batch has its outcome");
        self.ready = self.effects.iter().take_while(|effect| !effect.waits_for_the_store()).count();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn append(text: &str) -> Effect {
        let (author, text) = ("Ana".into(), text.into());
        let person = Person::NOBODY;
        let append = Append { room: RoomId(1), at_ms: 0, session: SessionId(1), txn: None, person, author, text };
        Effect::Append { append, ticket: None }
    }

    fn detach(n: u64) -> Effect {
        Effect::Detach { session: SessionId(n) }
    }

    fn shown(effect: &Effect) -> String {
        match effect {
            Effect::Append { append, .. } => append.text.to_string(),
            Effect::Detach { session } => format!("detach {}", session.0),
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn nothing_passes_an_uncommitted_append() {
        let mut outbox = Outbox::default();
        for effect in [detach(1), append("a"), detach(2), append("b")] {
            outbox.push(effect);
        }
        assert_eq!(outbox.bytes(), 2);
        assert_eq!(outbox.pop_ready().map(|effect| shown(&effect)), Some("detach 1".into()));
        assert!(outbox.pop_ready().is_none());
        assert_eq!(outbox.take_batch().len(), 2);
        outbox.push(append("c"));
        outbox.push(detach(3));
        assert_eq!(outbox.take_batch().len(), 0, "one batch at a time");
        let mut seqs = [1, 2].map(|seq| Some(Stored::Appended(Seq(seq)))).into_iter();
        let published: Vec<_> = std::iter::from_fn(|| outbox.pop_committed(&mut seqs))
            .map(|(effect, stored)| (shown(&effect), stored))
            .collect();
        let stored = |seq| Some(Stored::Appended(Seq(seq)));
        assert_eq!(published, [("a".into(), stored(1)), ("detach 2".into(), None), ("b".into(), stored(2))]);
        outbox.end_batch();
        assert_eq!(outbox.take_batch().len(), 1);
        assert_eq!((outbox.len(), outbox.bytes()), (2, 1));
    }
}

//! Decided effects in the order of their decision, waiting for commit and publication.
//!
//! One outbox serves all rooms, since one writer commits for all: the order of decision is the
//! order of commit and of publication, also across rooms, and a reply never passes its session's
//! earlier appends.

use std::collections::VecDeque;

use papo_proto::{Append, Ephemeral, Lang, Reply, RoomId, Seq, SessionId};

/// What is to happen once everything decided before it has happened.
#[derive(Debug)]
pub(crate) enum Effect {
    /// A durable event; published when it is committed.
    Append(Append),
    /// A notice to a room's readers, but not to this session.
    Tell { room: RoomId, ephemeral: Ephemeral, except: SessionId },
    /// An answer to a session.
    Reply { session: SessionId, reply: Box<Reply> },
    /// The session's connection reads the room from here on.
    Enter { session: SessionId, room: RoomId },
    /// The session's connection reads its room up to here.
    Exit { session: SessionId },
    /// The session's connection reads in this language from here on.
    Speak { session: SessionId, lang: Lang },
    /// The session is over; its connection closes when it has taken everything.
    Close { session: SessionId },
}

/// The queue. Its bound is the driver's: it stops reading commands over
/// [`papo_proto::limits::OUTBOX_MAX_ENTRIES`], so that nothing is refused, only read later.
#[derive(Debug, Default)]
pub(crate) struct Outbox {
    effects: VecDeque<Effect>,
    /// How many of the first effects may be published: no uncommitted append is among them.
    ready: usize,
    /// How many of the first appends not ready are with the store.
    committing: usize,
}

impl Outbox {
    pub(crate) fn push(&mut self, effect: Effect) {
        let waits = self.ready < self.effects.len() || matches!(effect, Effect::Append(_));
        self.effects.push_back(effect);
        if !waits {
            self.ready += 1;
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.effects.len()
    }

    /// The next effect that may be published.
    pub(crate) fn pop_ready(&mut self) -> Option<Effect> {
        self.ready = self.ready.checked_sub(1)?;
        self.effects.pop_front()
    }

    /// The appends that wait for a commit, unless some are with the store already.
    pub(crate) fn take_batch(&mut self) -> Vec<Append> {
        if self.committing > 0 || self.ready == self.effects.len() {
            return Vec::new();
        }
        let batch: Vec<Append> = self
            .effects
            .iter()
            .skip(self.ready)
            .filter_map(|effect| match effect {
                Effect::Append(append) => Some(append.clone()),
                _ => None,
            })
            .collect();
        self.committing = batch.len();
        batch
    }

    /// The next effect of a batch whose commit has ended; the appends are given their `seqs`, or
    /// `None` when the commit failed. Ends at the first append that was not in the batch.
    pub(crate) fn pop_committed(
        &mut self,
        seqs: &mut impl Iterator<Item = Option<Seq>>,
    ) -> Option<(Effect, Option<Seq>)> {
        debug_assert_eq!(self.ready, 0, "what was ready is published before");
        match self.effects.front()? {
            Effect::Append(_) if self.committing == 0 => None,
            Effect::Append(_) => {
                self.committing -= 1;
                let seq = seqs.next().flatten();
                self.effects.pop_front().map(|effect| (effect, seq))
            }
            _ => self.effects.pop_front().map(|effect| (effect, None)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn append(text: &str) -> Effect {
        let (author, text) = ("Ana".into(), text.into());
        Effect::Append(Append { room: RoomId(1), at_ms: 0, session: SessionId(1), author, text })
    }

    fn exit(n: u64) -> Effect {
        Effect::Exit { session: SessionId(n) }
    }

    fn shown(effect: &Effect) -> String {
        match effect {
            Effect::Append(append) => append.text.to_string(),
            Effect::Exit { session } => format!("exit {}", session.0),
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn nothing_passes_an_uncommitted_append() {
        let mut outbox = Outbox::default();
        for effect in [exit(1), append("a"), exit(2), append("b")] {
            outbox.push(effect);
        }
        assert_eq!(outbox.pop_ready().map(|effect| shown(&effect)), Some("exit 1".into()));
        assert!(outbox.pop_ready().is_none());
        assert_eq!(outbox.take_batch().len(), 2);
        outbox.push(append("c"));
        outbox.push(exit(3));
        assert_eq!(outbox.take_batch().len(), 0, "one batch at a time");
        let mut seqs = [Some(Seq(1)), Some(Seq(2))].into_iter();
        let published: Vec<_> = std::iter::from_fn(|| outbox.pop_committed(&mut seqs))
            .map(|(effect, seq)| (shown(&effect), seq.map(|seq| seq.0)))
            .collect();
        assert_eq!(published, [("a".into(), Some(1)), ("exit 2".into(), None), ("b".into(), Some(2))]);
        assert_eq!(outbox.take_batch().len(), 1);
        assert_eq!(outbox.len(), 2);
    }
}

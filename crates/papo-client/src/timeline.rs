//! A room's messages as a client holds them, in the one order that there is: that of their seqs.
//!
//! A [`Timeline`] takes whatever comes in whatever order – live messages, acknowledged posts, pages
//! of history, gaps, the same again – and knows at any time what it shows, what is missing, and
//! which command fills the first hole. It can be read in two ways:
//!
//! * as a list, [`shown`](Timeline::shown), with [`missing`](Timeline::missing) ranges in it: for a
//!   screen that can insert;
//! * as a stream, [`poll_told`](Timeline::poll_told): each message once and in order, one behind a
//!   hole only when the hole is filled or given up. For a screen, a file or a checker that cannot.

mod ranges;

use std::collections::{BTreeMap, VecDeque};

use papo_proto::papo1::server::Message;

use self::ranges::Ranges;

/// The largest seq that every language can hold exactly; what claims to be over it is not taken.
const SEQ_MAX: u64 = (1 << 53) - 1;

/// A page of history that is to be asked for: the oldest `limit` events after a seq.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ask {
    /// Which log is meant. The answer to a question about another log is of no use any more.
    pub epoch: u64,
    /// Only events with a higher seq.
    pub after: u64,
    /// How many.
    pub limit: u32,
}

/// What a reader of the stream is told next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// The next message.
    Message(Message),
    /// So many events before the next one will not come: the server does not keep them any more, or
    /// they are too far behind for this reader.
    LeftOut(u64),
}

/// How much of a room is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extent {
    /// From its first event on; otherwise from when it was entered.
    pub whole: bool,
    /// How many of the newest seqs are held. What is older is forgotten, and not filled if missing.
    pub window: u64,
}

/// A room's messages by seq.
#[derive(Clone, Debug)]
pub struct Timeline {
    epoch: u64,
    /// Nothing up to here is wanted: it was before our time, is not kept, or has left the window.
    floor: u64,
    /// The newest seq that is known to exist.
    head: u64,
    window: u64,
    messages: BTreeMap<u64, Message>,
    /// The seqs about which nothing is to be asked: held, or found to be gone.
    known: Ranges,
    /// Everything up to here has been told as a stream.
    told: u64,
    telling: VecDeque<Told>,
}

impl Timeline {
    /// A room that was just entered, or whose log has just begun anew.
    pub fn enter(epoch: u64, first: u64, head: u64, extent: Extent) -> Self {
        let floor = if extent.whole { before_first(first, head) } else { head };
        let mut timeline = Self::at(epoch, floor, extent);
        timeline.raise_head(head);
        timeline
    }

    /// A room that was read up to `cursor` before.
    pub fn at(epoch: u64, cursor: u64, extent: Extent) -> Self {
        Self {
            epoch,
            floor: cursor,
            head: cursor,
            window: extent.window.max(1),
            messages: BTreeMap::new(),
            known: Ranges::default(),
            told: cursor,
            telling: VecDeque::new(),
        }
    }

    /// Which log its seqs count in.
    pub fn epoch(&self) -> u64 {
        self.epoch
    }

    /// The newest seq that is known to exist.
    pub fn head(&self) -> u64 {
        self.head
    }

    /// How far it has everything, for resuming.
    pub fn cursor(&self) -> u64 {
        self.told
    }

    /// A message has come: live, missed, or one's own at the place that its ack tells.
    pub fn handle_message(&mut self, message: Message) {
        let seq = message.seq;
        self.raise_head(seq);
        self.hold(message);
        self.tell();
    }

    /// The server does not send these by itself.
    pub fn handle_gap(&mut self, to: u64) {
        self.raise_head(to);
        self.tell();
    }

    /// The oldest event that is kept up to `head` is this one; those before it are no holes but gone.
    pub fn handle_first(&mut self, first: u64, head: u64) {
        self.known.add(self.floor + 1, before_first(first, head).min(self.head));
        self.tell();
    }

    /// The answer to an [`Ask`].
    pub fn handle_page(&mut self, ask: Ask, first: u64, head: u64, events: Vec<Message>) {
        if ask.epoch != self.epoch {
            return;
        }
        let last = events.last().map(|event| event.seq);
        self.raise_head(head.max(last.unwrap_or(0)));
        for event in events {
            self.hold(event);
        }
        // There is nothing between the events of a page. An empty one says so of all that was asked,
        // whatever else it claims: asking for the same again and again would help nobody.
        let read_to = last.unwrap_or(ask.after.saturating_add(ask.limit.into())).min(self.head);
        self.known.add(self.floor.max(ask.after) + 1, read_to);
        self.handle_first(first, head);
    }

    /// Older events are wanted too: from this seq on.
    pub fn want_from(&mut self, seq: u64) {
        let lowest = self.head.saturating_sub(self.window);
        let floor = seq.saturating_sub(1).max(lowest);
        if floor < self.floor {
            // What was forgotten there is asked for again.
            self.floor = floor;
        }
    }

    /// The command that fills the first hole, at most `page` events of it.
    pub fn poll_ask(&self, page: u32) -> Option<Ask> {
        let (from, to) = self.missing().next()?;
        let limit = u32::try_from(to - from + 1).unwrap_or(u32::MAX).min(page);
        Some(Ask { epoch: self.epoch, after: from - 1, limit })
    }

    /// What is told next as a stream.
    pub fn poll_told(&mut self) -> Option<Told> {
        self.telling.pop_front()
    }

    /// What is held, in order.
    pub fn shown(&self) -> impl Iterator<Item = &Message> {
        self.messages.values()
    }

    /// What is missing, in order: first and last seq of each hole.
    pub fn missing(&self) -> impl Iterator<Item = (u64, u64)> + '_ {
        self.known.holes(self.floor + 1, self.head)
    }

    fn hold(&mut self, message: Message) {
        let seq = message.seq;
        if seq > self.floor && seq <= SEQ_MAX && !self.messages.contains_key(&seq) {
            self.known.add(seq, seq);
            self.messages.insert(seq, message);
        }
    }

    fn raise_head(&mut self, head: u64) {
        self.head = self.head.max(head.min(SEQ_MAX));
        let floor = self.head.saturating_sub(self.window);
        if floor > self.floor {
            // Whoever reads the stream is told what is held before it is forgotten.
            self.tell_up_to(floor);
            self.floor = floor;
            while self.messages.first_key_value().is_some_and(|(&seq, _)| seq <= floor) {
                self.messages.pop_first();
            }
            self.known.forget_to(floor);
        }
    }

    fn tell(&mut self) {
        if let Some(whole_to) = self.known.run_from(self.told + 1) {
            self.tell_up_to(whole_to);
        }
    }

    fn tell_up_to(&mut self, to: u64) {
        if to <= self.told {
            return;
        }
        let mut next = self.told + 1;
        for (&seq, message) in self.messages.range(next..=to) {
            if seq > next {
                self.telling.push_back(Told::LeftOut(seq - next));
            }
            self.telling.push_back(Told::Message(message.clone()));
            next = seq + 1;
        }
        if next <= to {
            self.telling.push_back(Told::LeftOut(to + 1 - next));
        }
        self.told = to;
    }
}

/// The last seq that is not kept. 0 as the first means that nothing is.
fn before_first(first: u64, head: u64) -> u64 {
    if first == 0 { head } else { first - 1 }
}

#[cfg(test)]
mod tests;

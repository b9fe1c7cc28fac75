//! A room's messages as a client holds them, in the one order that there is: that of their seqs.
//!
//! A [`Timeline`] takes whatever comes in whatever order – live messages, acknowledged posts, pages
//! of history, gaps, the same again – and knows at any time what it shows, what is missing, and
//! which command fills the first hole. It can be read in two ways:
//!
//! * as a list, [`shown`](Timeline::shown), with [`missing`](Timeline::missing) ranges in it: for a
//!   screen that can insert;
//! * as a stream, [`poll_told`](Timeline::poll_told): each event once and in order, one behind a
//!   hole only when the hole is filled or given up. For a screen, a file or a checker that cannot.
//!
//! What was taken back is gone from everything that is held, however it comes to be known: a place
//! where it stood, or the event that took it back, before or after the message itself.

mod ranges;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use papo_proto::papo1::server::{Message, Redacted, Redaction, RoomEvent};

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
    /// In the next place a message stood that was taken back.
    Redacted(Redacted),
    /// Somebody took messages back.
    Redaction(Redaction),
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
    events: BTreeMap<u64, RoomEvent>,
    /// The seqs that are known to be taken back and may still come as they were, of those in the window.
    taken_back: BTreeSet<u64>,
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
            events: BTreeMap::new(),
            taken_back: BTreeSet::new(),
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

    /// An event has come: live, missed, or one's own message at the place that its ack tells.
    pub fn handle_event(&mut self, event: RoomEvent) {
        let Some(seq) = seq(&event) else { return };
        // Before anything is told because the window moves.
        self.take_back(&event);
        self.raise_head(seq);
        self.hold(event);
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
    pub fn handle_page(&mut self, ask: Ask, first: u64, head: u64, events: Vec<RoomEvent>) {
        if ask.epoch != self.epoch {
            return;
        }
        let last = last_of_page(ask, first, &events);
        for event in &events {
            self.take_back(event);
        }
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

    /// The messages that are held, in order.
    pub fn shown(&self) -> impl Iterator<Item = &Message> {
        self.events().filter_map(|event| if let RoomEvent::Message(message) = event { Some(message) } else { None })
    }

    /// Everything that is held, in order.
    pub fn events(&self) -> impl Iterator<Item = &RoomEvent> {
        self.events.values()
    }

    /// What is missing, in order: first and last seq of each hole.
    pub fn missing(&self) -> impl Iterator<Item = (u64, u64)> + '_ {
        self.known.holes(self.floor + 1, self.head)
    }

    fn hold(&mut self, event: RoomEvent) {
        let Some(seq) = seq(&event) else { return };
        if seq > self.floor && seq <= SEQ_MAX && !self.events.contains_key(&seq) {
            let event = match event {
                RoomEvent::Message(message) if self.taken_back.contains(&seq) => RoomEvent::Redacted(place(&message)),
                event => event,
            };
            self.known.add(seq, seq);
            self.events.insert(seq, event);
        }
    }

    /// Nothing of what this takes back is kept, and nothing will be if it comes again.
    fn take_back(&mut self, event: &RoomEvent) {
        let seqs = match event {
            RoomEvent::Redacted(redacted) => std::slice::from_ref(&redacted.seq),
            RoomEvent::Redaction(redaction) => &redaction.seqs,
            RoomEvent::Message(_) | RoomEvent::Unknown => return,
        };
        // What is below the window can never be held again, and nothing is taken back before it is said.
        let lowest = self.head.saturating_sub(self.window);
        let highest = seq(event).unwrap_or(0).min(SEQ_MAX);
        for &seq in seqs.iter().filter(|&&seq| seq > lowest && seq <= highest) {
            self.taken_back.insert(seq);
            if let Some(event) = self.events.get_mut(&seq)
                && let RoomEvent::Message(message) = event
            {
                *event = RoomEvent::Redacted(place(message));
            }
        }
        for told in &mut self.telling {
            if let Told::Message(message) = told
                && self.taken_back.contains(&message.seq)
            {
                *told = Told::Redacted(place(message));
            }
        }
    }

    fn raise_head(&mut self, head: u64) {
        self.head = self.head.max(head.min(SEQ_MAX));
        let floor = self.head.saturating_sub(self.window);
        if floor > self.floor {
            // Whoever reads the stream is told what is held before it is forgotten.
            self.tell_up_to(floor);
            self.floor = floor;
            while self.events.first_key_value().is_some_and(|(&seq, _)| seq <= floor) {
                self.events.pop_first();
            }
            self.known.forget_to(floor);
        }
        while self.taken_back.first().is_some_and(|&seq| seq <= floor) {
            self.taken_back.pop_first();
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
        for (&seq, event) in self.events.range(next..=to) {
            if seq > next {
                self.telling.push_back(Told::LeftOut(seq - next));
            }
            self.telling.extend(told(event));
            next = seq + 1;
        }
        if next <= to {
            self.telling.push_back(Told::LeftOut(to + 1 - next));
        }
        self.told = to;
    }
}

/// The event's place; none for what this version does not know.
fn seq(event: &RoomEvent) -> Option<u64> {
    match event {
        RoomEvent::Message(Message { seq, .. })
        | RoomEvent::Redacted(Redacted { seq, .. })
        | RoomEvent::Redaction(Redaction { seq, .. }) => Some(*seq),
        RoomEvent::Unknown => None,
    }
}

fn told(event: &RoomEvent) -> Option<Told> {
    match event {
        RoomEvent::Message(message) => Some(Told::Message(message.clone())),
        RoomEvent::Redacted(redacted) => Some(Told::Redacted(redacted.clone())),
        RoomEvent::Redaction(redaction) => Some(Told::Redaction(redaction.clone())),
        RoomEvent::Unknown => None,
    }
}

/// Where a message stood, without what it said.
pub(crate) fn place(message: &Message) -> Redacted {
    Redacted { room: message.room, seq: message.seq, at: message.at, author: message.author.clone() }
}

/// The last seq of a page; none when it is empty. Events that this version does not know have their
/// places too, and nothing is between the events of a page.
fn last_of_page(ask: Ask, first: u64, events: &[RoomEvent]) -> Option<u64> {
    let last = events.iter().rev().find_map(seq);
    if events.iter().all(|event| seq(event).is_some()) {
        return last;
    }
    let begin = first.max(ask.after.saturating_add(1));
    last.max(Some(begin.saturating_add(events.len() as u64 - 1)))
}

/// The last seq that is not kept. 0 as the first means that nothing is.
fn before_first(first: u64, head: u64) -> u64 {
    if first == 0 { head } else { first - 1 }
}

#[cfg(test)]
mod tests;

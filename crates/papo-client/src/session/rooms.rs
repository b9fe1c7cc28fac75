//! The rooms that a session is in, each with its timeline and the question that is open about it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Instant;

use papo_proto::limits::HISTORY_PAGE_MAX;
use papo_proto::papo1::ClientFrame;
use papo_proto::papo1::client::RoomCursor;
use papo_proto::papo1::server::{Kind, RoomEvent, RoomState};

use crate::timeline::{Ask, Extent, Timeline, Told};

/// Questions that are open at a time: filling holes leaves the line to what people say.
const ASKS_AT_ONCE: usize = 4;

/// A room.
#[derive(Debug)]
pub(super) struct Room {
    pub(super) name: Arc<str>,
    /// It is a conversation of two.
    is_direct: bool,
    pub(super) timeline: Timeline,
    /// The question that is open, and its number.
    asked: Option<(u64, Ask)>,
    /// The head when the session was opened.
    pub(super) catch_up_to: u64,
}

impl Room {
    fn know(&mut self, state: &RoomState) {
        self.name = state.name.clone();
        self.is_direct = state.kind == Kind::Direct;
    }
}

/// The rooms, by their numbers.
#[derive(Debug)]
pub(super) struct Rooms {
    by_id: BTreeMap<u64, Room>,
    extent: Extent,
    /// Rooms in which there may be a hole that nobody has asked about.
    hungry: BTreeSet<u64>,
    /// The server has put questions off until then.
    not_before: Option<Instant>,
}

impl Rooms {
    pub(super) fn new(extent: Extent, resume: &[RoomCursor]) -> Self {
        let mut rooms = Self { by_id: BTreeMap::new(), extent, hungry: BTreeSet::new(), not_before: None };
        for cursor in resume {
            rooms.put(cursor.room, "".into(), false, Timeline::at(cursor.epoch, cursor.seq, extent));
        }
        rooms
    }

    pub(super) fn get(&self, room: u64) -> Option<&Room> {
        self.by_id.get(&room)
    }

    /// The room, which may have a hole after what is done with it now.
    pub(super) fn touch(&mut self, room: u64) -> Option<&mut Room> {
        let found = self.by_id.get_mut(&room)?;
        self.hungry.insert(room);
        Some(found)
    }

    /// The session is in the room. One that is known with this log is kept as it is.
    pub(super) fn enter(&mut self, state: &RoomState) {
        if let Some(room) = self.by_id.get_mut(&state.id)
            && room.timeline.epoch() == state.epoch
        {
            room.know(state);
            return;
        }
        self.begin(state);
    }

    /// The room's log begins for us.
    pub(super) fn begin(&mut self, state: &RoomState) {
        let timeline = Timeline::enter(state.epoch, state.first, state.head, self.extent);
        self.put(state.id, state.name.clone(), state.kind == Kind::Direct, timeline);
    }

    fn put(&mut self, id: u64, name: Arc<str>, is_direct: bool, timeline: Timeline) {
        let catch_up_to = timeline.cursor();
        self.by_id.insert(id, Room { name, is_direct, timeline, asked: None, catch_up_to });
        self.hungry.insert(id);
    }

    pub(super) fn leave(&mut self, room: u64) -> Option<Room> {
        self.by_id.remove(&room)
    }

    /// Leaves all conversations of two.
    pub(super) fn leave_directs(&mut self) {
        self.by_id.retain(|_, room| !room.is_direct);
    }

    /// How far each room is read, for hello.
    pub(super) fn cursors(&self) -> Vec<RoomCursor> {
        let cursor =
            |(&room, of): (&u64, &Room)| RoomCursor { room, epoch: of.timeline.epoch(), seq: of.timeline.cursor() };
        self.by_id.iter().map(cursor).collect()
    }

    /// The session was opened in these rooms. One that is not known is new, and one of another log
    /// is told apart by its reset, which follows.
    pub(super) fn opened(&mut self, states: &[RoomState]) {
        for state in states {
            if !self.by_id.contains_key(&state.id) {
                self.begin(state);
            }
            let Some(room) = self.touch(state.id) else { continue };
            room.know(state);
            if room.timeline.epoch() == state.epoch {
                room.catch_up_to = state.head;
            }
        }
    }

    /// Questions that were on the line are to be asked again.
    pub(super) fn line_lost(&mut self) {
        for (&id, room) in &mut self.by_id {
            room.asked = None;
            self.hungry.insert(id);
        }
    }

    pub(super) fn are_caught_up(&self) -> bool {
        self.by_id.values().all(|room| room.timeline.cursor() >= room.catch_up_to)
    }

    /// The next question, which gets the number that `txn` gives.
    pub(super) fn next_ask(&mut self, now: Instant, txn: impl FnOnce() -> u64) -> Option<ClientFrame> {
        if self.not_before.is_some_and(|time| time > now) {
            return None;
        }
        self.not_before = None;
        while self.by_id.values().filter(|room| room.asked.is_some()).take(ASKS_AT_ONCE).count() < ASKS_AT_ONCE {
            let id = self.hungry.pop_first()?;
            let Some(room) = self.by_id.get_mut(&id).filter(|room| room.asked.is_none()) else { continue };
            let Some(ask) = room.timeline.poll_ask(HISTORY_PAGE_MAX as u32) else { continue };
            let txn = txn();
            room.asked = Some((txn, ask));
            let (after, limit) = (Some(ask.after), Some(ask.limit));
            return Some(ClientFrame::History { txn, room: id, before: None, after, limit });
        }
        None
    }

    /// No question before this time.
    pub(super) fn put_off(&mut self, until: Instant) {
        self.not_before = Some(until);
    }

    /// The next time at which something may be asked that may not be now.
    pub(super) fn next_time(&self) -> Option<Instant> {
        self.not_before
    }

    /// The room that this is the number of a question about, and the question.
    pub(super) fn asked(&mut self, txn: u64) -> Option<(u64, Ask)> {
        let (&id, room) = self.by_id.iter_mut().find(|(_, room)| room.asked.is_some_and(|(asked, _)| asked == txn))?;
        let (_, ask) = room.asked.take()?;
        self.hungry.insert(id);
        Some((id, ask))
    }

    /// Takes the answer to a question.
    pub(super) fn page(&mut self, id: u64, ask: Ask, first: u64, head: u64, events: Vec<RoomEvent>) {
        if let Some(room) = self.by_id.get_mut(&id) {
            // What is of another room is none of its events.
            let is_here = |event: &RoomEvent| match event {
                RoomEvent::Message(message) => message.room == id,
                RoomEvent::Redacted(redacted) => redacted.room == id,
                RoomEvent::Redaction(redaction) => redaction.room == id,
                RoomEvent::Unknown => true,
            };
            room.timeline.handle_page(ask, first, head, events.into_iter().filter(is_here).collect());
        }
    }

    /// What is told next of a room.
    pub(super) fn poll_told(&mut self, room: u64) -> Option<Told> {
        self.by_id.get_mut(&room)?.timeline.poll_told()
    }
}

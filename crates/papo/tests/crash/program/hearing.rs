//! What a plain client of papo/1 makes of what it is told.

use std::sync::atomic::Ordering;
use std::time::Instant;

use papo_proto::papo1::server::{Answer, Message, RoomEvent};
use papo_proto::papo1::{ClientFrame, ServerFrame};
use papo_testkit::checks::{Event, Fate, Told};

use super::{ANSWER, Broken, Program};

impl Program {
    pub(super) fn hear(&mut self, frame: ServerFrame) -> Result<(), Broken> {
        match frame {
            ServerFrame::Message(message) => self.event(&message),
            ServerFrame::Ack { txn, answer: Answer::Post { room, seq, .. } } => self.posted(txn, room, seq),
            ServerFrame::Ack { answer: Answer::History { room, events, .. }, .. } => self.page(room, events),
            ServerFrame::Reject { txn: Some(txn), code, .. } => {
                // What may be accepted later is sent again when the line is new; nothing else may be refused here.
                assert!(code >= 3000 && self.pending.iter().any(|post| post.0 == txn), "{}: {code}", self.story.who);
                self.signals.rejected.fetch_add(1, Ordering::SeqCst);
                return Err(Broken);
            }
            ServerFrame::Gap { room, from, to } => {
                self.signals.gaps.fetch_add(1, Ordering::SeqCst);
                self.tell(room, Told::Gap(from, to));
                if let Some(room) = self.rooms.get_mut(&room) {
                    room.next = to + 1;
                }
                self.fill(room);
            }
            ServerFrame::Direct { room } => self.enter_direct(&room),
            ServerFrame::Reset { room } => self.tell(room.id, Told::Reset(room.head)),
            ServerFrame::Gone { room } => self.tell(room, Told::Reset(0)),
            _ => {}
        }
        Ok(())
    }

    fn tell(&mut self, room: u64, told: Told) {
        let name = self.rooms.get(&room).expect("nothing comes from a room that it is not in").name.clone();
        self.story.told.push((name, told));
    }

    fn event(&mut self, message: &Message) {
        self.recognise(message);
        let event = Event { seq: message.seq, author: message.author.to_string(), text: message.text.to_string() };
        self.tell(message.room, Told::Event(event));
        self.advance(message.room, message.seq);
    }

    /// It finds its own posts among what it missed by their txns.
    fn recognise(&self, message: &Message) {
        let own = self.story.posts.iter().position(|post| *post.text == *message.text);
        let own = own.filter(|number| *number >= self.own_from);
        let txn = own.map(|number| self.txns[number]);
        assert_eq!(message.txn, txn, "{}: {}", self.story.who, message.text);
    }

    /// An event has come in its place: if nothing before it is missing, neither is it.
    fn advance(&mut self, room: u64, seq: u64) {
        let room = self.rooms.get_mut(&room).expect("told before");
        if room.whole + 1 == seq {
            room.whole = seq;
        }
        room.next = room.next.max(seq + 1);
    }

    fn posted(&mut self, txn: u64, room: u64, seq: u64) {
        let at = self.pending.iter().position(|post| post.0 == txn).expect("one answer for each post");
        let (_, _, number) = self.pending.remove(at).expect("just found");
        self.asked = (!self.pending.is_empty()).then(|| Instant::now() + ANSWER);
        self.signals.acknowledged.fetch_add(1, Ordering::SeqCst);
        self.signals.whispers.fetch_add(usize::from(self.rooms[&room].is_direct), Ordering::SeqCst);
        self.story.posts[number].fate = Fate::Stored(Some(seq));
        let is_new = self.rooms[&room].next == seq;
        // Of a post of before it may not know under which name it was stored; the log has been told.
        if is_new {
            let author = self.story.names.last().expect("it said hello").clone();
            self.tell(room, Told::Own(Event { seq, author, text: self.story.posts[number].text.clone() }));
            self.advance(room, seq);
        } else {
            assert!(
                self.rooms[&room].next > seq,
                "{}: the ack of {seq} comes before what is before it",
                self.story.who
            );
            self.signals.repeated.fetch_add(1, Ordering::SeqCst);
        }
    }

    /// Asks for what is missing in front of what comes by itself.
    pub(super) fn fill(&mut self, room: u64) {
        let (txn, after) = (self.txn(), self.rooms[&room].whole);
        if let Some(line) = &mut self.line {
            line.send(&ClientFrame::History { txn, room, before: None, after: Some(after), limit: Some(200) });
        }
        self.asked.get_or_insert_with(|| Instant::now() + ANSWER);
    }

    fn page(&mut self, room: u64, events: Vec<RoomEvent>) {
        self.asked = (!self.pending.is_empty()).then(|| Instant::now() + ANSWER);
        let message = |event: RoomEvent| {
            let RoomEvent::Message(message) = event else { panic!("nobody takes anything back here: {event:?}") };
            self.recognise(&message);
            Event { seq: message.seq, author: message.author.to_string(), text: message.text.to_string() }
        };
        let known = &self.rooms[&room];
        let (whole, next) = (known.whole, known.next);
        let missing = |event: &Event| event.seq > whole && event.seq < next;
        let events: Vec<Event> = events.into_iter().map(message).filter(missing).collect();
        let last = events.last().map_or(whole, |event| event.seq);
        self.tell(room, Told::Page(events));
        let known = self.rooms.get_mut(&room).expect("just seen");
        // What came by itself meanwhile is behind the gap: with the gap filled everything up to it is whole.
        known.whole = if last + 1 >= next { next - 1 } else { last };
        if known.whole + 1 < next && last > whole {
            self.fill(room);
        }
    }
}

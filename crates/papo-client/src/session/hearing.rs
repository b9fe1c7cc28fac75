//! What the server's frames mean for a session.

use std::sync::Arc;
use std::time::{Duration, Instant};

use papo_proto::papo1::ServerFrame;
use papo_proto::papo1::server::{Answer, Message, Retry, RoomEvent, RoomState};
use papo_proto::{Ephemeral, clean};
use serde_json::from_slice;

use super::greeting::LATER;
use super::queue::Entry;
use super::want::Want;
use super::{ClientEvent, End, Outcome, Rejected, Session, State, Why};
use crate::timeline::Told;

/// A command that is no post and is put off for longer is for people to know of instead.
const PATIENCE: Duration = Duration::from_secs(5);
/// So often it is put off, then people are told.
const PUT_OFF_MAX: u32 = 5;

impl Session {
    /// A frame has come. Says why the line is to be given up, if it is.
    pub fn handle_frame(&mut self, frame: &[u8], now: Instant) -> Option<Why> {
        (self.heard, self.ping) = (Some(now), None);
        if frame.first() != Some(&b'{') && matches!(self.state, State::Greeting(_)) {
            // Words for people, from before the server knew what we speak.
            self.said = Some(String::from_utf8_lossy(frame).into());
            return None;
        }
        let Ok(frame) = from_slice::<ServerFrame>(frame) else {
            // To pass over what cannot be read could be a hole in silence.
            return Some(Why::Foreign);
        };
        self.hear(frame, now);
        self.check_caught_up();
        None
    }

    fn hear(&mut self, frame: ServerFrame, now: Instant) {
        let told = |room, what| ClientEvent::Told { room, what };
        match frame {
            ServerFrame::Ack { txn, answer } if self.is_hello(txn) => self.handle_welcome(answer),
            ServerFrame::Ack { txn, answer } => self.handle_ack(txn, answer),
            ServerFrame::Reject { txn, code, text, retry, after_ms } => {
                let reject = Rejected { code, text, retry, after: after_ms.map(Duration::from_millis) };
                self.handle_reject(txn, reject, now);
            }
            ServerFrame::Message(message) => self.handle_event(message.room, RoomEvent::Message(message)),
            ServerFrame::Redacted(redacted) => self.handle_event(redacted.room, RoomEvent::Redacted(redacted)),
            ServerFrame::Redaction(redaction) => self.handle_event(redaction.room, RoomEvent::Redaction(redaction)),
            ServerFrame::Gap { room, from, to } => {
                if let Some(of) = self.rooms.touch(room) {
                    of.timeline.handle_gap(to);
                    self.events.push_back(ClientEvent::Gap { room, from, to });
                    self.tell(room);
                }
            }
            ServerFrame::Reset { room } => self.handle_reset(room),
            ServerFrame::Gone { room } => {
                if let Some(of) = self.rooms.leave(room) {
                    self.events.push_back(ClientEvent::Gone { room, name: of.name });
                }
            }
            ServerFrame::Entered { room, who } => self.events.push_back(told(room, Ephemeral::Entered(who))),
            ServerFrame::Left { room, who } => self.events.push_back(told(room, Ephemeral::Left(who))),
            ServerFrame::Lost { room, who } => self.events.push_back(told(room, Ephemeral::Lost(who))),
            ServerFrame::Renamed { room, from, to } => {
                self.events.push_back(told(room, Ephemeral::Renamed { from, to }));
            }
            ServerFrame::Typing { room, who } => self.events.push_back(told(room, Ephemeral::Typing(who))),
            ServerFrame::Rooms { changed, gone, stale } => {
                self.events.push_back(ClientEvent::RoomsChanged { changed, gone, stale });
            }
            ServerFrame::Stale { room } => self.events.push_back(ClientEvent::MembersStale { room }),
            ServerFrame::Notice { about, text } => self.notice(about, text),
            ServerFrame::Changed { .. }
            | ServerFrame::Direct { .. }
            | ServerFrame::Read { .. }
            | ServerFrame::Invited { .. }
            | ServerFrame::Removed { .. }
            | ServerFrame::Reported { .. }
            | ServerFrame::Named { .. } => self.hear_of_people(frame),
            ServerFrame::Unknown => {}
        }
    }

    fn handle_event(&mut self, room: u64, event: RoomEvent) {
        // A post whose ack was lost with its line has its answer here.
        self.answer_post(&event);
        self.take_back(&event);
        if let Some(of) = self.rooms.touch(room) {
            of.timeline.handle_event(event);
            self.tell(room);
        }
    }

    fn handle_reset(&mut self, state: RoomState) {
        if self.rooms.get(state.id).is_some() {
            let room = state.id;
            self.rooms.begin(&state);
            self.events.push_back(ClientEvent::Reset(state));
            self.tell(room);
        }
    }

    fn handle_ack(&mut self, txn: u64, answer: Answer) {
        if let Some((room, ask)) = self.rooms.asked(txn) {
            if let Answer::History { first, head, events, .. } = answer {
                for event in &events {
                    self.answer_post(event);
                    self.take_back(event);
                }
                self.rooms.page(room, ask, first, head, events);
                self.tell(room);
            }
            return;
        }
        // A ping's answer, or one that had been given before.
        let Some(entry) = self.queue.take(txn) else { return };
        self.learn(&entry, &answer);
        let farewell = answer == Answer::Bye;
        self.done(txn, entry.want, Outcome::Answer(answer));
        if farewell {
            self.end(End::Left);
        }
    }

    /// A post whose ack was lost may be found among what was missed.
    fn answer_post(&mut self, event: &RoomEvent) {
        let RoomEvent::Message(Message { room, seq, at, txn: Some(txn), .. }) = *event else { return };
        let Some(entry) = self.queue.take(txn) else { return };
        self.done(entry.txn, entry.want, Outcome::Answer(Answer::Post { room, seq, at }));
    }

    /// What an answer changes for the session itself.
    fn learn(&mut self, entry: &Entry, answer: &Answer) {
        match (answer, &entry.want) {
            (Answer::Post { room, seq, at }, Want::Post { text, .. }) => {
                let author = self.nick.clone().unwrap_or_default();
                // As the server cleaned it.
                let text: Arc<str> = clean::message(text).into();
                let (room, account) = (*room, self.account);
                let own = Message { room, seq: *seq, at: *at, account, author, text, txn: Some(entry.txn) };
                if let Some(of) = self.rooms.touch(room) {
                    of.timeline.handle_event(RoomEvent::Message(own));
                    self.tell(room);
                }
            }
            (Answer::Join { room, .. }, _) => {
                self.rooms.enter(room);
                self.tell(room.id);
            }
            (Answer::Leave { room }, _) => drop(self.rooms.leave(*room)),
            (Answer::Nick { nick, .. }, _) => self.nick = Some(nick.clone()),
            _ => self.learn_of_people(entry, answer),
        }
    }

    fn handle_reject(&mut self, txn: Option<u64>, reject: Rejected, now: Instant) {
        let Some(txn) = txn else {
            return self.events.push_back(ClientEvent::Complaint(reject));
        };
        if self.is_hello(txn) {
            return self.handle_unwelcome(reject, now);
        }
        if let Some((room, ask)) = self.rooms.asked(txn) {
            // Asked again later, or given up as if nothing were there: it would be asked without end.
            if reject.retry == Retry::Later {
                self.rooms.put_off(now + reject.after.unwrap_or(LATER));
            } else {
                self.rooms.page(room, ask, 1, 0, Vec::new());
                self.tell(room);
            }
            return;
        }
        let Some(entry) = self.queue.take(txn) else { return };
        let after = reject.after.unwrap_or(LATER);
        let patient = entry.want.is_post() || after <= PATIENCE && entry.put_off < PUT_OFF_MAX;
        if reject.retry == Retry::Later && patient {
            self.queue.put_off(entry, now + after);
            self.events.push_back(ClientEvent::Postponed { txn, reject });
        } else {
            self.done(txn, entry.want, Outcome::Rejected(reject));
        }
    }

    /// Passes on what a room's timeline has to tell.
    pub(super) fn tell(&mut self, room: u64) {
        while let Some(told) = self.rooms.poll_told(room) {
            match told {
                Told::Message(message) => {
                    if let Some(missed) = self.missed.as_mut().filter(|_| message.txn.is_none()) {
                        let to = self.rooms.get(room).map_or(0, |of| of.catch_up_to);
                        *missed += u64::from(message.seq <= to);
                    }
                    self.events.push_back(ClientEvent::Message(message));
                }
                Told::Redacted(redacted) => self.events.push_back(ClientEvent::Redacted(redacted)),
                Told::Redaction(redaction) => self.events.push_back(ClientEvent::Redaction(redaction)),
                Told::LeftOut(count) => self.events.push_back(ClientEvent::LeftOut { room, count }),
            }
        }
    }

    fn check_caught_up(&mut self) {
        if let Some(missed) = self.missed.filter(|_| self.rooms.are_caught_up()) {
            self.missed = None;
            self.events.push_back(ClientEvent::CaughtUp { missed });
        }
    }
}

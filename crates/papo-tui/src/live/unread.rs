//! What was said in conversations of two while one was away: it is looked up and shown, and the account has then
//! read it. And the account has read what is shown while one is there.

use std::collections::{BTreeMap, VecDeque};

use papo_client::{Incoming, Outcome, Want};
use papo_proto::Reply;
use papo_proto::limits::UNREAD_SHOWN;
use papo_proto::papo1::server::{Answer, Message, RoomEvent, RoomState};

use super::answers;
use super::face::Face;
use super::hear::Ear;
use crate::screen::Unseen;

/// What is to be looked up, and how far is read.
#[derive(Debug, Default)]
pub(super) struct Unread {
    /// Conversations to be looked up.
    rooms: VecDeque<u64>,
    /// Up to where each of them was read, and what was said last.
    ranges: BTreeMap<u64, (u64, u64)>,
    /// How far one of them is read is being told. One at a time: what is read meanwhile goes with the next.
    is_telling: bool,
}

impl Unread {
    /// Whether a command is one of these. Nobody types them: what people ask of a room's history is asked otherwise.
    pub(super) fn is_its(want: &Want) -> bool {
        matches!(want, Want::History { .. } | Want::Read { .. })
    }

    /// The session has come into a conversation.
    fn enter(&mut self, room: &RoomState) {
        if let Some(read) = room.read.filter(|read| *read < room.head) {
            self.rooms.push_back(room.id);
            self.ranges.insert(room.id, (read, room.head));
        }
    }

    /// The next command to be given.
    pub(super) fn next_want(&mut self, face: &Face) -> Option<Want> {
        if let Some(room) = self.rooms.pop_front() {
            let (read, head) = *self.ranges.get(&room)?;
            let limit = (head - read).min(UNREAD_SHOWN) as u32;
            face.by_itself.set(face.by_itself.get() + 1);
            return Some(Want::History { room, before: Some(head + 1), after: None, limit });
        }
        let next = if self.is_telling { None } else { face.next_read() };
        self.is_telling |= next.is_some();
        next
    }
}

impl Ear<'_> {
    /// The session is in a conversation by itself.
    pub(super) fn direct(&mut self, room: &RoomState) {
        self.face.knows_direct(room);
        self.unread.enter(room);
    }

    /// What one of the commands brought.
    pub(super) async fn looked_up(&mut self, want: &Want, outcome: Outcome) -> Result<(), Unseen> {
        self.face.by_itself.set(self.face.by_itself.get().saturating_sub(1));
        match (want, outcome) {
            (Want::History { room, .. }, Outcome::Answer(Answer::History { events, .. })) => {
                self.missed(*room, &events).await
            }
            (Want::History { room, .. }, _) => {
                self.unread.ranges.remove(room);
                Ok(())
            }
            _ => {
                self.unread.is_telling = false;
                Ok(())
            }
        }
    }

    async fn missed(&mut self, room: u64, events: &[RoomEvent]) -> Result<(), Unseen> {
        let face = self.face;
        let Some((read, head)) = self.unread.ranges.remove(&room) else { return Ok(()) };
        face.read.borrow_mut().insert(room, head);
        let messages = || {
            let all = events.iter().filter_map(|event| match event {
                RoomEvent::Message(message) => Some(message),
                _ => None,
            });
            all.filter(|message| message.seq > read && !face.ignores(&message.author))
        };
        let name = face.room_name(room);
        let of_others = messages().filter(|message| message.author == name).count() as u64;
        if of_others == 0 {
            return Ok(());
        }
        // Of what is not shown the server knows only that there is something.
        let count = if head - read > UNREAD_SHOWN { head - read } else { of_others };
        *face.whispered.borrow_mut() = Some(name.clone());
        face.show(answers::line(face.lang(), &Reply::Unread(name, count))).await?;
        face.show_more(&answers::history(messages(), crate::clock::shown)).await
    }

    /// Somebody has said something to one person: to us, or we to them in any of our sessions.
    pub(super) async fn whispered(&mut self, with: &str, message: Message) -> Result<(), Unseen> {
        let face = self.face;
        if face.account.get() {
            face.read.borrow_mut().insert(message.room, message.seq);
        }
        if face.ignores(&message.author) {
            return Ok(());
        }
        if *message.author == *with {
            *face.whispered.borrow_mut() = Some(message.author.clone());
        }
        let (author, text) = (message.author.to_string(), message.text.to_string());
        face.show([Incoming::Direct { with: with.to_owned(), author, text }]).await
    }
}

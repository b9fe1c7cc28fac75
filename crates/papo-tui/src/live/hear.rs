//! What happens goes to the screen, in the order of the events.

use std::time::Duration;

use papo_client::{Client, ClientEvent, End, Incoming, Opened, Outcome, Rejected, Want, Why};
use papo_proto::papo1::server::{Answer, Message, RoomState};
use papo_proto::{Reply, text};

use super::Ending;
use super::answers::{self, Naming};
use super::face::{Face, Link};
use crate::screen::Unseen;

/// Who has to wait for longer than this is told.
const SHORT: Duration = Duration::from_secs(1);

/// Shows what happens until the end.
pub(super) async fn hear(client: &mut Client, face: &Face, counts_refused: bool) -> Ending {
    let mut ear = Ear { face, opened: false, again: false, put_off: false };
    loop {
        let Some(event) = client.next_event().await else { return Ending::Over(End::Left) };
        match event {
            ClientEvent::Ended(End::Left) => {
                let shown = face.show(answers::line(face.lang(), &Reply::Goodbye)).await;
                return match (shown, face.refused.get()) {
                    (Err(Unseen), _) => Ending::Unseen,
                    (Ok(()), refused) if counts_refused && refused > 0 => Ending::Refused(refused),
                    (Ok(()), _) => Ending::Left,
                };
            }
            ClientEvent::Ended(end) => return Ending::Over(end),
            ClientEvent::Lost { why, .. } if !ear.opened => {
                if let Why::Closed(Some(said)) = &why {
                    // The last words will be shown by whoever still listens.
                    let _ = face.show([Incoming::read(said.as_bytes())]).await;
                }
                return Ending::Lost(why);
            }
            event => {
                if ear.take(event).await.is_err() {
                    return Ending::Unseen;
                }
            }
        }
    }
}

struct Ear<'a> {
    face: &'a Face,
    /// The session has been open.
    opened: bool,
    /// It is open again, and what was missed is being shown.
    again: bool,
    /// That messages wait has been told.
    put_off: bool,
}

impl Ear<'_> {
    async fn take(&mut self, event: ClientEvent) -> Result<(), Unseen> {
        let face = self.face;
        match event {
            ClientEvent::Message(message) => self.message(message).await,
            ClientEvent::Done { want: Want::Post { .. }, outcome, .. } => self.posted(outcome).await,
            ClientEvent::Done { txn, want, outcome } => {
                self.answered(&want, &outcome).await?;
                *face.outcome.borrow_mut() = Some(outcome);
                face.pulse.send_modify(|pulse| pulse.answered = txn);
                Ok(())
            }
            ClientEvent::Told { room, what } => {
                let line = text::ephemeral(face.lang(), &face.room_name(room), &what);
                face.show(line.map(|line| Incoming::read(line.as_bytes()))).await
            }
            ClientEvent::Opened(opened) => self.opened(*opened).await,
            ClientEvent::CaughtUp { missed } if std::mem::take(&mut self.again) => {
                face.say("back", &[("total", missed.into())]).await
            }
            ClientEvent::Lost { .. } => {
                // Said once, though the new line may be lost before all is well again.
                let is_said = std::mem::take(&mut self.again) || face.link() == Link::Offline;
                face.set_link(Link::Offline);
                if is_said { Ok(()) } else { face.say("reconnecting", &[]).await }
            }
            ClientEvent::NameRefused(reject) => {
                face.show([Incoming::Refusal(reject.text.to_string())]).await?;
                face.set_link(Link::Refused);
                Ok(())
            }
            ClientEvent::LeftOut { count, .. } => face.show(answers::line(face.lang(), &Reply::LeftOut(count))).await,
            ClientEvent::Postponed { reject, .. } => self.postponed(&reject).await,
            ClientEvent::Reset(state) => self.reset(state).await,
            ClientEvent::Gone { room, name } => {
                if face.room_id() == Some(room) {
                    *face.room.borrow_mut() = None;
                }
                face.say("room-gone", &[("sala", (&*name).into())]).await
            }
            ClientEvent::Notice { text, .. } => face.show([Incoming::Notice(text.to_string())]).await,
            ClientEvent::Complaint(reject) => face.show([Incoming::Refusal(reject.text.to_string())]).await,
            ClientEvent::CaughtUp { .. }
            | ClientEvent::Unreachable { .. }
            | ClientEvent::Gap { .. }
            | ClientEvent::MembersStale { .. }
            | ClientEvent::RoomsChanged { .. }
            | ClientEvent::Ended(_) => Ok(()),
        }
    }

    /// One's own messages stand on the screen where they were typed.
    async fn message(&self, message: Message) -> Result<(), Unseen> {
        if message.txn.is_some() {
            return Ok(());
        }
        let room = self.face.room_name(message.room).to_string();
        let said = Incoming::Message { room, author: message.author.to_string(), text: message.text.to_string() };
        self.face.show([said]).await
    }

    async fn posted(&mut self, outcome: Outcome) -> Result<(), Unseen> {
        let face = self.face;
        let shown = match outcome {
            Outcome::Answer(_) => {
                self.put_off = false;
                Ok(())
            }
            Outcome::Rejected(reject) => {
                face.refused.set(face.refused.get() + 1);
                face.show([Incoming::Refusal(reject.text.to_string())]).await
            }
            Outcome::Unknown => {
                face.refused.set(face.refused.get() + 1);
                face.refuse("fate-unknown", &[]).await
            }
            Outcome::NotSent => Ok(()),
        };
        face.pulse.send_modify(|pulse| pulse.outcomes += 1);
        shown
    }

    async fn postponed(&mut self, reject: &Rejected) -> Result<(), Unseen> {
        let is_long = reject.after.is_some_and(|after| after > SHORT);
        if !is_long || std::mem::replace(&mut self.put_off, true) {
            return Ok(());
        }
        self.face.say("put-off", &[]).await
    }

    async fn opened(&mut self, opened: Opened) -> Result<(), Unseen> {
        let face = self.face;
        self.again = std::mem::replace(&mut self.opened, true);
        face.message_bytes.set(opened.message_bytes);
        for room in &opened.rooms {
            face.names.borrow_mut().insert(room.id, room.name.clone());
        }
        let before = face.nick.replace(Some(opened.nick.clone()));
        face.set_link(Link::Open);
        let is_another = before.is_some_and(|before| before != opened.nick);
        let told = is_another.then(|| answers::named(face.lang(), &opened.nick, &Naming::Chosen { cut: false }, None));
        face.show(told.flatten()).await
    }

    async fn reset(&self, state: RoomState) -> Result<(), Unseen> {
        let face = self.face;
        let name = state.name.clone();
        if face.room_id() == Some(state.id) {
            *face.room.borrow_mut() = Some(state);
        }
        face.say("room-anew", &[("sala", (&*name).into())]).await
    }

    async fn answered(&self, want: &Want, outcome: &Outcome) -> Result<(), Unseen> {
        let answer = match outcome {
            Outcome::Answer(answer) => answer,
            Outcome::Rejected(reject) => {
                // A room that is gone cannot be left; nobody asked for that by itself.
                let unasked = matches!(want, Want::Leave(room) if self.face.room_id() != Some(*room));
                let refusal = (!unasked).then(|| Incoming::Refusal(reject.text.to_string()));
                return self.face.show(refusal).await;
            }
            Outcome::Unknown | Outcome::NotSent => return Ok(()),
        };
        let (face, lang, cut) = (self.face, self.face.lang(), self.face.cut.get());
        let line = match answer {
            Answer::Join { room, cut: cut_there } => {
                face.names.borrow_mut().insert(room.id, room.name.clone());
                *face.room.borrow_mut() = Some(room.clone());
                let (naming, nick) = (face.naming.take(), face.nick.borrow().clone());
                match (naming, nick) {
                    (Some(naming), Some(nick)) => answers::named(lang, &nick, &naming, Some(room)),
                    _ => answers::entered(lang, room, cut || *cut_there),
                }
            }
            Answer::Leave { room } if face.room_id() == Some(*room) => {
                *face.room.borrow_mut() = None;
                answers::left(lang, *room, &face.room_name(*room))
            }
            Answer::Create { room, existed, cut: cut_there } => {
                answers::created(lang, room, *existed, cut || *cut_there)
            }
            Answer::Rooms { rooms } => answers::rooms(lang, rooms),
            Answer::Who { room, members } => answers::members(lang, *room, &face.room_name(*room), members),
            Answer::Nick { nick, cut: cut_there } => {
                *face.nick.borrow_mut() = Some(nick.clone());
                let naming = Naming::Chosen { cut: cut || *cut_there };
                // A first name is told with its room.
                let waits = face.naming.borrow().is_some();
                (!waits).then(|| answers::named(lang, nick, &naming, None)).flatten()
            }
            _ => None,
        };
        face.show(line).await
    }
}

//! What happens goes to the screen, in the order of the events.

use std::time::Duration;

use papo_client::{Client, ClientEvent, End, Incoming, Opened, Outcome, Rejected, Want, Why};
use papo_proto::papo1::server::{Answer, Message, RoomState};
use papo_proto::{Reply, text};

use super::Ending;
use super::answers::{self, Naming};
use super::face::{Face, Link};
use super::unread::Unread;
use crate::screen::Unseen;
use crate::texts;

/// Who has to wait for longer than this is told.
const SHORT: Duration = Duration::from_secs(1);

/// From this code on it is the server's fault that a message has to wait.
const SERVERS_FAULT: u16 = 5000;

/// Shows what happens until the end.
pub(super) async fn hear(client: &mut Client, face: &Face, counts_refused: bool) -> Ending {
    let mut ear = Ear { face, opened: false, again: false, put_off: false, unread: Unread::default() };
    let commands = client.commands();
    let mut giving = None;
    loop {
        if giving.is_none()
            && let Some(want) = ear.unread.next_want(face)
        {
            giving = Some(Box::pin(commands.order(want)));
        }
        let event = tokio::select! {
            event = client.next_event() => event,
            _ = async { giving.as_mut().expect("invariant: checked").await }, if giving.is_some() => {
                giving = None;
                continue;
            }
        };
        let Some(event) = event else { return Ending::Over(End::Left) };
        match event {
            ClientEvent::Ended(End::Left) => {
                let shown = face.show(answers::line(face.lang(), &Reply::Goodbye)).await;
                return match (shown, face.refused.get()) {
                    (Err(Unseen), _) => Ending::Unseen,
                    (Ok(()), refused) if counts_refused && refused > 0 => Ending::Refused(refused),
                    (Ok(()), _) => Ending::Left,
                };
            }
            ClientEvent::Ended(end) => {
                if end == End::LoginEnded {
                    ear.login_is_over().await;
                }
                return Ending::Over(end);
            }
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

pub(super) struct Ear<'a> {
    pub(super) face: &'a Face,
    /// The session has been open.
    opened: bool,
    /// It is open again, and what was missed is being shown.
    again: bool,
    /// That messages wait has been told.
    put_off: bool,
    pub(super) unread: Unread,
}

impl Ear<'_> {
    async fn take(&mut self, event: ClientEvent) -> Result<(), Unseen> {
        let face = self.face;
        match event {
            ClientEvent::Message(message) => self.message(message).await,
            ClientEvent::Done { want: Want::Post { .. }, outcome, .. } => self.posted(outcome).await,
            ClientEvent::Done { want, outcome, .. } if Unread::is_its(&want) => self.looked_up(&want, outcome).await,
            ClientEvent::Done { txn, want, outcome } => {
                self.answered(&want, &outcome).await?;
                *face.outcome.borrow_mut() = Some(outcome);
                face.pulse.send_modify(|pulse| pulse.answered = txn);
                Ok(())
            }
            ClientEvent::Told { room, what } => {
                self.renamed(room, &what);
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
                if face.directs.borrow_mut().remove(&room).is_some() {
                    return Ok(());
                }
                face.say("room-gone", &[("sala", (&*name).into())]).await
            }
            ClientEvent::Notice { text, .. } => face.show([Incoming::Notice(text.to_string())]).await,
            ClientEvent::Complaint(reject) => face.show([Incoming::Refusal(reject.text.to_string())]).await,
            ClientEvent::CaughtUp { .. }
            | ClientEvent::Unreachable { .. }
            | ClientEvent::Gap { .. }
            | ClientEvent::MembersStale { .. }
            | ClientEvent::Read { .. }
            | ClientEvent::RoomsChanged { .. }
            | ClientEvent::Redacted(_)
            | ClientEvent::Ended(_) => Ok(()),
            event => self.of_people(event).await,
        }
    }

    /// One's own messages in a room stand on the screen where they were typed.
    async fn message(&mut self, message: Message) -> Result<(), Unseen> {
        let with = self.face.directs.borrow().get(&message.room).cloned();
        if let Some(with) = with {
            return self.whispered(&with, message).await;
        }
        if message.txn.is_some() || self.face.ignores(&message.author) {
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
        if reject.code < SERVERS_FAULT {
            return self.face.say("waits", &[("causa", (&*reject.text).into())]).await;
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
        face.show(told.flatten()).await?;
        self.comes_as(&opened).await
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
                self.face.show(refusal).await?;
                return self.refused(reject.code).await;
            }
            Outcome::Unknown => return self.face.refuse("command-unknown", &[]).await,
            Outcome::NotSent => return Ok(()),
        };
        let (face, lang, cut) = (self.face, self.face.lang(), self.face.cut.get());
        let line = match answer {
            Answer::Join { room, cut: cut_there } => {
                face.names.borrow_mut().insert(room.id, room.name.clone());
                *face.room.borrow_mut() = Some(room.clone());
                let (naming, nick) = (face.naming.take(), face.nick.borrow().clone());
                let line = match (naming, nick) {
                    (Some(naming), Some(nick)) => answers::named(lang, &nick, &naming, Some(room)),
                    _ => answers::entered(lang, room, cut || *cut_there),
                };
                let topic = || Incoming::Notice(texts::say(lang, "topic", &[("assunto", (&*room.topic).into())]));
                return face.show(line.into_iter().chain((!room.topic.is_empty()).then(topic))).await;
            }
            Answer::Leave { room } if face.room_id() == Some(*room) => {
                *face.room.borrow_mut() = None;
                answers::left(lang, *room, &face.room_name(*room))
            }
            Answer::Create { room, existed, cut: cut_there } => {
                answers::created(lang, room, *existed, cut || *cut_there)
            }
            Answer::Rooms { rooms } => answers::rooms(lang, rooms),
            Answer::Who { room, members, .. } => answers::members(lang, *room, &face.room_name(*room), members),
            Answer::Nick { nick, cut: cut_there } => {
                *face.nick.borrow_mut() = Some(nick.clone());
                let naming = Naming::Chosen { cut: cut || *cut_there };
                // A first name is told with its room.
                let waits = face.naming.borrow().is_some();
                (!waits).then(|| answers::named(lang, nick, &naming, None)).flatten()
            }
            answer => self.about_people(want, answer),
        };
        face.show(line).await
    }
}

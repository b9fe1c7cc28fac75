//! A message to a room that the session is in.

use std::sync::Arc;
use std::time::Duration;

use papo_proto::limits::SLOW_REMEMBERED;
use papo_proto::words::Target;
use papo_proto::{Append, Command, Person, Record, Reject, Reply, Role, RoomId, SessionId};

use super::whisper;
use crate::hub::{Hub, Now};
use crate::outbox::Effect;
use crate::rights::Deed;

pub(super) fn run(hub: &mut Hub, session: SessionId, to: Target, text: Arc<str>, now: Now) {
    let sender = hub.sessions.of(session);
    let from = sender.claimed;
    if let (Some(txn), Some(resumable)) = (hub.asking, &mut sender.resumable)
        && (txn <= resumable.newest_txn || resumable.recalls > 0)
    {
        // It may be a repeat: the store knows. Whatever has changed since, the first answer holds.
        // What is new waits behind those that may be repeats, so that posts keep their order.
        resumable.recalls += 1;
        hub.asking = None;
        let command = Box::new(Command::Post { to, text });
        return hub.outbox.push(Effect::Recall { session, txn, command, from });
    }
    decide(hub, session, to, text, now);
}

/// Decides a post that is no repeat.
pub(super) fn decide(hub: &mut Hub, session: SessionId, to: Target, text: Arc<str>, now: Now) {
    let (nick, guest) = hub.ensure_named(session);
    if let Some(nick) = guest {
        let entered = hub.enter_lobby(session, &nick, now);
        hub.reply(session, Reply::NamedAsGuest { nick, entered });
    }
    let room = match hub.target(session, to) {
        Ok(room) => room,
        Err(reject) => return hub.reject(session, reject),
    };
    let person = hub.person(session);
    let other = hub.rooms.of_ref(room).other(person);
    let allowed = hub
        .may(session, room, Deed::Post, now)
        .and_then(|()| other.map_or(Ok(()), |other| hub.reach(other)))
        .and_then(|()| hub.slow_down(room, person, now));
    if let Err(reject) = allowed {
        return hub.reject(session, reject);
    }
    hub.gather(room, now);
    let txn = hub.asking.take();
    if let (Some(txn), Some(resumable)) = (txn, &mut hub.sessions.of(session).resumable) {
        resumable.newest_txn = resumable.newest_txn.max(txn);
        if resumable.is_unkept {
            hub.keep_session(session, now);
        }
    }
    let found = hub.rooms.of(room);
    found.has_history = true;
    if !found.is_stored {
        hub.outbox.push(Effect::Keep(Record::Room(found.record.clone())));
    }
    let author = nick.shared().clone();
    let append = Append { room, at_ms: now.wall_ms, session, txn, person, author, text };
    hub.outbox.push(Effect::Append { append, ticket: None });
    if hub.rooms.of(room).parties().is_some() {
        whisper::told(hub, session, room);
    }
}

impl Hub {
    /// In a slow room everybody but those who look after it waits between two messages.
    pub(crate) fn slow_down(&mut self, room: RoomId, person: Person, now: Now) -> Result<(), Reject> {
        let found = self.rooms.of_ref(room);
        let every = Duration::from_secs(u64::from(found.record.slow_seconds));
        if every.is_zero() || self.role(person, found) >= Role::Moderator {
            return Ok(());
        }
        let slow = &mut self.rooms.of(room).slow;
        if let Some(next) = slow.get(&person).filter(|next| **next > now.running) {
            return Err(Reject::Slow { retry_seconds: next.saturating_sub(now.running).as_secs_f64().ceil() as u64 });
        }
        if slow.len() >= SLOW_REMEMBERED {
            slow.retain(|_, next| *next > now.running);
        }
        if slow.len() >= SLOW_REMEMBERED {
            // Those who have waited longest wait no more: a crowd does not make the room fast.
            let mut times: Vec<Duration> = slow.values().copied().collect();
            let middle = times.len() / 2;
            let (_, &mut median, _) = times.select_nth_unstable(middle);
            slow.retain(|_, next| *next > median);
        }
        slow.insert(person, now.running + every);
        Ok(())
    }
}

//! Saying something to one person: a message in the conversation that the two have.

use std::sync::Arc;

use papo_proto::{Append, Dialect, Nickname, Person, Record, Reject, Reply, RoomId, SessionId};

use crate::hub::{Hub, Now};
use crate::outbox::Effect;
use crate::rights::Deed;

/// Opens the conversation.
pub(super) fn open(hub: &mut Hub, session: SessionId, with: &Nickname, now: Now) {
    let opened = hub.named(with).and_then(|other| {
        hub.ensure_named(session);
        hub.converse(session, other, now)
    });
    match opened {
        Ok(room) => {
            if !hub.sessions.of(session).is_in(room) {
                hub.enter_quietly(session, room);
            }
            let facts = hub.facts(session, room);
            hub.reply(session, Reply::Direct(facts));
        }
        Err(reject) => hub.reject(session, reject),
    }
}

pub(super) fn run(hub: &mut Hub, session: SessionId, to: &Nickname, text: Arc<str>, now: Now) {
    let sent = hub.named(to).and_then(|other| send(hub, session, other, text, now));
    if let Err(reject) = sent {
        hub.reject(session, reject);
    }
}

/// To whoever whispered last.
pub(super) fn answer(hub: &mut Hub, session: SessionId, text: Arc<str>, now: Now) {
    let whispered = hub.sessions.of(session).more.as_ref().and_then(|more| more.whispered);
    let sent = whispered.ok_or(Reject::NobodyToAnswer).and_then(|other| {
        let is_gone = other.account().is_none() && hub.name_of(other).is_none();
        if is_gone { Err(Reject::NobodyToAnswer) } else { send(hub, session, other, text, now) }
    });
    if let Err(reject) = sent {
        hub.reject(session, reject);
    }
}

fn send(hub: &mut Hub, session: SessionId, other: Person, text: Arc<str>, now: Now) -> Result<(), Reject> {
    let (nick, guest) = hub.ensure_named(session);
    if let Some(nick) = guest {
        hub.reply(session, Reply::NamedAsGuest { nick, entered: None });
    }
    hub.reach(other)?;
    let room = hub.converse(session, other, now)?;
    hub.may(session, room, Deed::Post, now)?;
    hub.gather(room, now);
    let found = hub.rooms.of(room);
    found.has_history = true;
    if !found.is_stored {
        let record = found.record.clone();
        hub.outbox.push(Effect::Keep(Record::Room(record)));
    }
    let (person, author) = (hub.person(session), nick.shared().clone());
    let txn = hub.asking.take();
    let append = Append { room, at_ms: now.wall_ms, session, txn, person, author, text };
    hub.outbox.push(Effect::Append { append, ticket: None });
    told(hub, session, room);
    Ok(())
}

/// What else follows from a message in a conversation: whoever it is for can answer it, and whoever
/// wrote it learns that nobody is there.
pub(super) fn told(hub: &mut Hub, session: SessionId, room: RoomId) {
    let me = hub.person(session);
    let Some(other) = hub.rooms.of_ref(room).other(me) else { return };
    let there = hub.sessions_of(other);
    for session in &there {
        // Nobody answers what they were not shown.
        if !hub.ignores(*session, me) {
            hub.sessions.of(*session).more().whispered = Some(me);
        }
    }
    let is_text = hub.sessions.of(session).encoding.dialect == Dialect::Text;
    if there.is_empty()
        && is_text
        && let Some(name) = hub.name_of(other)
    {
        hub.outbox.push(Effect::Reply { session, txn: None, reply: Box::new(Reply::KeptFor(name)) });
    }
}

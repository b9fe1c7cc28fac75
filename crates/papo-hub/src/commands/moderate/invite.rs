//! Letting somebody in: an invitation stands until it is taken back, for an account wherever it is, for a
//! guest as long as the session lasts.

use papo_proto::{Nickname, Person, Reject, Reply, Role};

use super::appoint::{grant, has_place};
use super::{Actor, audit};
use crate::hub::{Hub, Now};
use crate::outbox::Effect;
use crate::pace::Paced;

pub(super) fn run(hub: &mut Hub, actor: &Actor, who: &Nickname, now: Now) -> Result<(), Reject> {
    let person = hub.named(who)?;
    if person == actor.person {
        return Err(Reject::Oneself);
    }
    hub.pace(actor.session, Paced::Invite, now)?;
    let room = hub.rooms.of(actor.room);
    let name = who.shared().clone();
    if room.is_private() && !room.grants.contains_key(&person) {
        has_place(hub, actor, person)?;
        if let Person::Guest(guest) = person {
            // What a guest may ends with the session, so the store has to know it.
            hub.use_session(guest, now);
        }
        grant(hub, actor, person, Some(Role::Member), Some(Reply::DoneFor(name)));
        audit(hub, actor, "invite", who.as_str(), "", now);
    } else {
        hub.reply(actor.session, Reply::DoneFor(name));
    }
    for session in hub.sessions_of(person) {
        if !hub.sessions.of(session).is_in(actor.room) && !hub.ignores(session, actor.person) {
            let facts = hub.facts(session, actor.room);
            let reply = Box::new(Reply::Invited { room: facts, by: actor.name.clone() });
            hub.outbox.push(Effect::Reply { session, txn: None, reply });
        }
    }
    Ok(())
}

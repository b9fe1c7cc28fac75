//! Giving and taking roles.

use papo_proto::limits::GRANTS_PER_ROOM;
use papo_proto::words::Change;
use papo_proto::words::people::GrantRecord;
use papo_proto::{Ephemeral, Nickname, Person, Record, Reject, Reply, Role};

use super::{Actor, audit, target};
use crate::hub::{Hub, Now};
use crate::outbox::{Effect, Undo};

/// Makes a moderator, or a member again. Only an account can be one: a guest's name is anybody's.
pub(super) fn run(hub: &mut Hub, actor: &Actor, who: &Nickname, role: Role, now: Now) -> Result<(), Reject> {
    let person = target(hub, actor, who)?;
    if person.account().is_none() {
        return Err(Reject::Role(Role::Member));
    }
    has_place(hub, actor, person)?;
    let room = hub.rooms.of(actor.room);
    let granted = (role == Role::Moderator || room.is_private()).then_some(role);
    let name = who.shared().clone();
    grant(hub, actor, person, granted, Some(Reply::DoneFor(name.clone())));
    let change = Change::Role(name, role);
    hub.tell_room(actor.room, Ephemeral::Changed { by: actor.name.clone(), change }, actor.session);
    audit(hub, actor, if role == Role::Moderator { "op" } else { "deop" }, who.as_str(), "", now);
    Ok(())
}

/// Whether somebody can be given a role: those of guests who are gone make place when they have to.
pub(super) fn has_place(hub: &mut Hub, actor: &Actor, person: Person) -> Result<(), Reject> {
    let room = actor.room;
    let grants = &hub.rooms.of_ref(room).grants;
    if grants.len() < GRANTS_PER_ROOM || grants.contains_key(&person) {
        return Ok(());
    }
    let is_gone = |person: &Person| person.account().is_none() && hub.sessions_of(*person).is_empty();
    let gone: Vec<Person> = grants.keys().copied().filter(is_gone).collect();
    for person in gone.iter().copied() {
        let gone = Record::Grant(GrantRecord { room, person, role: None });
        hub.apply(&gone);
        hub.outbox.push(Effect::Keep(gone));
    }
    if gone.is_empty() { Err(Reject::TooMany { max: GRANTS_PER_ROOM }) } else { Ok(()) }
}

/// Somebody has this role in the room from now on.
pub(super) fn grant(hub: &mut Hub, actor: &Actor, person: Person, role: Option<Role>, reply: Option<Reply>) {
    let room = actor.room;
    let before = hub.rooms.of(room).grants.get(&person).copied();
    let undo = Undo::Put(Box::new(Record::Grant(GrantRecord { room, person, role: before })));
    hub.settle(actor.session, Record::Grant(GrantRecord { room, person, role }), undo, reply);
}

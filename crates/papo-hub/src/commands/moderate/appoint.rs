//! Giving and taking roles.

use papo_proto::limits::GRANTS_PER_ROOM;
use papo_proto::words::Change;
use papo_proto::words::people::GrantRecord;
use papo_proto::{Ephemeral, Nickname, Person, Record, Reject, Reply, Role};

use super::{Actor, audit, target};
use crate::hub::{Hub, Now};
use crate::outbox::Undo;

/// Makes a moderator, or a member again. Only an account can be one: a guest's name is anybody's.
pub(super) fn run(hub: &mut Hub, actor: &Actor, who: &Nickname, role: Role, now: Now) -> Result<(), Reject> {
    let person = target(hub, actor, who)?;
    if person.account().is_none() {
        return Err(Reject::Role(Role::Member));
    }
    let room = hub.rooms.of(actor.room);
    if !room.grants.contains_key(&person) && room.grants.len() >= GRANTS_PER_ROOM {
        return Err(Reject::TooMany { max: GRANTS_PER_ROOM });
    }
    let granted = (role == Role::Moderator || room.is_private()).then_some(role);
    let name = who.shared().clone();
    grant(hub, actor, person, granted, Some(Reply::DoneFor(name.clone())));
    let change = Change::Role(name, role);
    hub.tell_room(actor.room, Ephemeral::Changed { by: actor.name.clone(), change }, actor.session);
    audit(hub, actor, if role == Role::Moderator { "op" } else { "deop" }, who.as_str(), "", now);
    Ok(())
}

/// Somebody has this role in the room from now on.
pub(super) fn grant(hub: &mut Hub, actor: &Actor, person: Person, role: Option<Role>, reply: Option<Reply>) {
    let room = actor.room;
    let before = hub.rooms.of(room).grants.get(&person).copied();
    let undo = Undo::Put(Box::new(Record::Grant(GrantRecord { room, person, role: before })));
    hub.settle(actor.session, Record::Grant(GrantRecord { room, person, role }), undo, reply);
}

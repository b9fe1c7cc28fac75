//! What a room is: its topic, its pace, who may post, who may know of it.

use std::sync::Arc;

use papo_proto::words::{Change, RoomKind, RoomRecord};
use papo_proto::{Person, Record, Reject, Role};

use super::{Actor, audit, settle_and_tell};
use crate::hub::{Hub, Now};

fn set(hub: &mut Hub, actor: &Actor, set: impl FnOnce(&mut RoomRecord), change: Change) {
    let before = hub.rooms.of(actor.room).record.clone();
    let mut after = before.clone();
    set(&mut after);
    settle_and_tell(hub, actor, Record::Room(after), Record::Room(before), change);
}

pub(super) fn topic(hub: &mut Hub, actor: &Actor, topic: Arc<str>, now: Now) -> Result<(), Reject> {
    set(hub, actor, |room| room.topic = topic.clone(), Change::Topic(topic.clone()));
    audit(hub, actor, "topic", "", &topic, now);
    Ok(())
}

pub(super) fn slow(hub: &mut Hub, actor: &Actor, seconds: u32, now: Now) -> Result<(), Reject> {
    set(hub, actor, |room| room.slow_seconds = seconds, Change::Slow(seconds));
    hub.rooms.of(actor.room).slow.clear();
    audit(hub, actor, "slow", "", &seconds.to_string(), now);
    Ok(())
}

pub(super) fn read_only(hub: &mut Hub, actor: &Actor, on: bool, now: Now) -> Result<(), Reject> {
    set(hub, actor, |room| room.read_only = on, Change::ReadOnly(on));
    audit(hub, actor, "readonly", "", if on { "on" } else { "off" }, now);
    Ok(())
}

/// A private room's name is free for others; a public one needs a name that no public room has. Who is
/// in it when it becomes private stays in it.
pub(super) fn private(hub: &mut Hub, actor: &Actor, on: bool, now: Now) -> Result<(), Reject> {
    let kind = if on { RoomKind::Private } else { RoomKind::Public };
    let room = hub.rooms.of(actor.room);
    if room.record.kind == kind {
        return Err(Reject::WrongRoom);
    }
    let name = room.record.name.clone();
    if !on && hub.rooms.find(&name).is_some() {
        return Err(Reject::RoomTaken(name));
    }
    if hub.rooms.is_reserved(&name) {
        return Err(Reject::Busy);
    }
    if on {
        let members: Vec<_> = hub.rooms.of(actor.room).members.iter().copied().collect();
        let mut people: Vec<Person> = members.into_iter().map(|session| hub.person(session)).collect();
        people.sort_unstable();
        people.dedup();
        for person in people {
            if !hub.rooms.of(actor.room).grants.contains_key(&person) {
                super::appoint::grant(hub, actor, person, Some(Role::Member), None);
            }
        }
    }
    if on {
        let record = hub.rooms.of(actor.room).record.clone();
        hub.rooms.reserve_name(&record);
    }
    set(hub, actor, |room| room.kind = kind, Change::Private(on));
    audit(hub, actor, "private", "", if on { "on" } else { "off" }, now);
    Ok(())
}

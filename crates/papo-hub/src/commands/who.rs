//! Who is in a room, and who looks after it.

use std::sync::Arc;

use papo_proto::words::Target;
use papo_proto::{Person, Reply, Role, RoomId, SessionId};

use crate::hub::Hub;

pub(super) fn run(hub: &mut Hub, session: SessionId, room: Target) {
    let id = match hub.target(session, room) {
        Ok(room) => room,
        Err(reject) => return hub.reject(session, reject),
    };
    let room = hub.rooms.of_ref(id);
    let nicks = room.members.iter().filter_map(|&member| hub.sessions.get(member)?.nick.as_ref());
    let mut names: Vec<Arc<str>> = nicks.map(|nick| nick.shared().clone()).collect();
    names.sort_by_cached_key(|name| name.to_lowercase());
    // An account is there once, in however many sessions.
    names.dedup();
    let (name, ranked) = (room.name().clone(), ranked(hub, id));
    hub.reply(session, Reply::Members(id, name, names, ranked));
}

/// Who has a role in the room that is worth telling. Those who run the server have one everywhere, and are only
/// told of while they are there.
fn ranked(hub: &Hub, id: RoomId) -> Vec<(Arc<str>, Role)> {
    let room = hub.rooms.of_ref(id);
    let mut people: Vec<Person> = room.members.iter().map(|member| hub.person(*member)).collect();
    people.extend(room.grants.keys().copied().chain(room.record.owner));
    people.sort_unstable();
    people.dedup();
    let role = |person| Some((hub.name_of(person)?, hub.role(person, room)));
    let mut ranked: Vec<_> = people.into_iter().filter_map(role).filter(|(_, role)| *role >= Role::Moderator).collect();
    ranked.sort_by_cached_key(|(name, _)| name.to_lowercase());
    ranked
}

//! Who is in the room.

use std::sync::Arc;

use papo_proto::{Reject, Reply, SessionId};

use crate::hub::Hub;

pub(super) fn run(hub: &mut Hub, session: SessionId) {
    let Some(room) = hub.sessions.of(session).room else {
        return hub.reject(session, Reject::NoRoom);
    };
    let room = hub.rooms.of(room);
    let nicks = room.members.iter().filter_map(|&member| hub.sessions.get(member)?.nick.as_ref());
    let mut names: Vec<Arc<str>> = nicks.map(|nick| nick.shared().clone()).collect();
    names.sort_by_cached_key(|name| name.to_lowercase());
    let name = room.name.clone();
    hub.reply(session, Reply::Members(name, names));
}

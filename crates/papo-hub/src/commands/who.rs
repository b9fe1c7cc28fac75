//! Who is in a room.

use std::sync::Arc;

use papo_proto::words::Target;
use papo_proto::{Reply, SessionId};

use crate::hub::Hub;

pub(super) fn run(hub: &mut Hub, session: SessionId, room: Target) {
    let id = match hub.target(session, room) {
        Ok(room) => room,
        Err(reject) => return hub.reject(session, reject),
    };
    let room = hub.rooms.of(id);
    let nicks = room.members.iter().filter_map(|&member| hub.sessions.get(member)?.nick.as_ref());
    let mut names: Vec<Arc<str>> = nicks.map(|nick| nick.shared().clone()).collect();
    names.sort_by_cached_key(|name| name.to_lowercase());
    // An account is there once, in however many sessions.
    names.dedup();
    let name = room.name().clone();
    hub.reply(session, Reply::Members(id, name, names));
}

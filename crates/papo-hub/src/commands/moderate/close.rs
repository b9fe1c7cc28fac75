//! Ending a room with all that was said in it.

use papo_proto::{Record, Reject, Reply};

use super::{Actor, audit_done};
use crate::hub::{Hub, Now};
use crate::outbox::{Effect, Undo};

pub(super) fn run(hub: &mut Hub, actor: &Actor, now: Now) -> Result<(), Reject> {
    let room = hub.rooms.of(actor.room);
    let name = room.name().clone();
    let members: Vec<_> = room.members.iter().copied().filter(|session| *session != actor.session).collect();
    audit_done(hub, actor, "close", name.as_str(), "", now);
    hub.close_room(actor.room, now);
    for session in members {
        let reply = Box::new(Reply::Removed {
            room: actor.room,
            name: name.clone(),
            by: actor.name.clone(),
            why: "".into(),
            is_banned: false,
            is_closed: true,
        });
        hub.outbox.push(Effect::Reply { session, txn: None, reply });
    }
    hub.settle(actor.session, Record::RoomGone(actor.room), Undo::Ended, Some(Reply::Done));
    Ok(())
}

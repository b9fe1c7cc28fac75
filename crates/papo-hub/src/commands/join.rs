//! Entering a room, made if need be, and leaving the one before.

use papo_proto::words::Parsed;
use papo_proto::{Reply, RoomName, SessionId};

use super::create;
use crate::hub::{Hub, Now};
use crate::presence::Change;

pub(super) fn run(hub: &mut Hub, session: SessionId, room: &Parsed<RoomName>, now: Now) {
    let found = match hub.rooms.find(&room.name) {
        Some(found) => found,
        None => match create::make(hub, session, &room.name, now) {
            Ok(made) => made,
            Err(reject) => return hub.reject(session, reject),
        },
    };
    let (nick, guest) = hub.ensure_named(session);
    if let Some(nick) = guest {
        hub.reply(session, Reply::NamedAsGuest { nick, entered: None });
    }
    if hub.sessions.of(session).room != Some(found) {
        hub.leave(session, Change::Left, now);
        hub.enter(session, found, &nick, now);
    }
    let name = hub.rooms.of(found).name.clone();
    hub.reply(session, Reply::Entered(Parsed { name, cut: room.cut }));
}

//! Entering a room, made if need be; a text client leaves the one before.

use papo_proto::limits::ROOMS_PER_SESSION;
use papo_proto::words::Parsed;
use papo_proto::{Record, Reject, Reply, RoomName, SessionId};

use super::create;
use crate::hub::{Hub, Now};
use crate::outbox::Effect;
use crate::presence::Change;
use crate::rights::Deed;

pub(super) fn run(hub: &mut Hub, session: SessionId, room: &Parsed<RoomName>, alone: bool, now: Now) {
    let found = hub.find_room(session, &room.name);
    let joined = &hub.sessions.of(session).rooms;
    if !alone && joined.len() >= ROOMS_PER_SESSION && found.is_none_or(|found| !joined.contains(&found)) {
        return hub.reject(session, Reject::TooManyJoined { max: ROOMS_PER_SESSION });
    }
    let found = match found {
        Some(found) => match hub.may(session, found, Deed::Enter, now) {
            Ok(()) => found,
            Err(reject) => return hub.reject(session, reject),
        },
        None => match create::make(hub, session, &room.name, now) {
            Ok(record) => {
                let id = record.id;
                // Being in a room is no promise of the disk: who enters does not wait for it.
                hub.outbox.push(Effect::Keep(Record::Room(record)));
                id
            }
            Err(reject) => return hub.reject(session, reject),
        },
    };
    let (nick, guest) = hub.ensure_named(session);
    if let Some(nick) = guest {
        hub.reply(session, Reply::NamedAsGuest { nick, entered: None });
    }
    if !hub.sessions.of(session).is_in(found) {
        if alone {
            // Its conversations go on.
            if let Some(before) = hub.current(session) {
                hub.leave(session, before, Change::Left, now);
            }
        }
        hub.enter(session, found, &nick, now);
    }
    let facts = hub.facts(session, found);
    hub.reply(session, Reply::Entered { room: facts, cut: room.cut });
}

//! Making a room without entering it.

use papo_proto::words::{Parsed, RoomRecord};
use papo_proto::{Reject, Reply, RoomName, SessionId};

use crate::hub::{Hub, Now, ROOM_RATE};
use crate::outbox::Effect;

pub(super) fn run(hub: &mut Hub, session: SessionId, room: &Parsed<RoomName>, now: Now) {
    if let Some(found) = hub.find_room(session, &room.name) {
        if !hub.rooms.of(found).is_stored {
            // Whoever made it was told that it could not be kept, or is still waiting.
            let (record, txn) = (hub.rooms.of(found).record.clone(), hub.asking.take());
            return hub.outbox.push(Effect::Create { record, existed: true, session, txn, cut: room.cut });
        }
        let facts = hub.facts(session, found);
        return hub.reply(session, Reply::Created { room: facts, existed: true, cut: room.cut });
    }
    match make(hub, session, &room.name, now) {
        Ok(record) => {
            let txn = hub.asking.take();
            hub.outbox.push(Effect::Create { record, existed: false, session, txn, cut: room.cut });
        }
        Err(reject) => hub.reject(session, reject),
    }
}

/// Makes a room that does not exist yet, within the limits. It is there at once; to be kept it is
/// still to be told to the store.
pub(super) fn make(hub: &mut Hub, session: SessionId, name: &RoomName, now: Now) -> Result<RoomRecord, Reject> {
    if hub.bound_to(session).is_some() {
        return Err(Reject::NotForBots);
    }
    if hub.rooms.is_reserved(name) {
        return Err(Reject::Busy);
    }
    if hub.rooms.is_full() {
        return Err(Reject::TooManyRooms);
    }
    if hub.limits.flood {
        let address = hub.sessions.of(session).address;
        hub.room_rates.take(address, ROOM_RATE, now.running).map_err(|at| {
            let wait = at.saturating_sub(now.running);
            Reject::RoomsTooFast { retry_minutes: wait.as_secs().div_ceil(60).max(1) }
        })?;
    }
    let owner = Some(hub.person(session));
    Ok(hub.rooms.create(name.clone(), owner, hub.epoch, now))
}

//! Making a room without entering it.

use papo_proto::words::Parsed;
use papo_proto::{Reject, Reply, RoomId, RoomName, SessionId};

use crate::hub::{Hub, Now, ROOM_RATE};

pub(super) fn run(hub: &mut Hub, session: SessionId, room: Parsed<RoomName>, now: Now) {
    if let Some(found) = hub.rooms.find(&room.name) {
        let name = hub.rooms.of(found).name.clone();
        return hub.reply(session, Reply::Exists(Parsed { name, cut: room.cut }));
    }
    match make(hub, session, &room.name, now) {
        Ok(_) => hub.reply(session, Reply::Created(room)),
        Err(reject) => hub.reject(session, reject),
    }
}

/// Makes a room that does not exist yet, within the limits.
pub(super) fn make(hub: &mut Hub, session: SessionId, name: &RoomName, now: Now) -> Result<RoomId, Reject> {
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
    Ok(hub.rooms.create(name.clone(), now.running))
}

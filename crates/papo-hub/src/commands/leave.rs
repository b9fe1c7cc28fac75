//! Leaving a room; the connection stays.

use papo_proto::words::Target;
use papo_proto::{Reply, SessionId};

use crate::hub::{Hub, Now};
use crate::presence::Change;

pub(super) fn run(hub: &mut Hub, session: SessionId, room: Target, now: Now) {
    match hub.target(session, room) {
        Ok(room) => {
            hub.leave(session, room, Change::Left, now);
            let name = hub.rooms.of(room).name().clone();
            hub.reply(session, Reply::Left(room, name));
        }
        Err(reject) => hub.reject(session, reject),
    }
}

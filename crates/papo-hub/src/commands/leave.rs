//! Leaving the room; the connection stays.

use papo_proto::{Reject, Reply, SessionId};

use crate::hub::{Hub, Now};
use crate::presence::Change;

pub(super) fn run(hub: &mut Hub, session: SessionId, now: Now) {
    let Some(room) = hub.leave(session, Change::Left, now) else {
        return hub.reject(session, Reject::NoRoom);
    };
    let name = hub.rooms.of(room).name.clone();
    hub.reply(session, Reply::Left(name));
}

//! The end of the session, after all that it sent before.

use papo_proto::{Reply, SessionId};

use crate::hub::{Hub, Now};
use crate::presence::Change;

pub(super) fn run(hub: &mut Hub, session: SessionId, now: Now) {
    hub.leave(session, Change::Left, now);
    hub.reply(session, Reply::Goodbye);
    hub.end(session, Change::Left, now);
}

//! The end of the session, after all that it sent before.

use papo_proto::{Record, Reply, SessionId};

use crate::hub::{Hub, Now};
use crate::outbox::Effect;
use crate::presence::Change;

pub(super) fn run(hub: &mut Hub, session: SessionId, now: Now) {
    hub.keep_reads(session);
    hub.leave_all(session, Change::Left, now);
    hub.end_directs(session, now);
    hub.reply(session, Reply::Goodbye);
    if hub.sessions.of(session).resumable.is_some() {
        hub.outbox.push(Effect::Keep(Record::SessionGone(session)));
    }
    hub.end(session, Change::Left, now);
}

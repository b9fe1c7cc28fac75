//! Another language for this session's notices.

use papo_proto::{Lang, Reply, SessionId};

use crate::hub::Hub;
use crate::outbox::Effect;

pub(super) fn run(hub: &mut Hub, session: SessionId, lang: Lang) {
    hub.outbox.push(Effect::Speak { session, lang });
    hub.reply(session, Reply::Language);
}

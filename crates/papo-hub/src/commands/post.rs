//! A message to the room that the session is in.

use std::sync::Arc;

use papo_proto::{Append, Reject, Reply, SessionId};

use crate::hub::{Hub, Now};
use crate::outbox::Effect;

pub(super) fn run(hub: &mut Hub, session: SessionId, text: Arc<str>, now: Now) {
    let (nick, guest) = hub.ensure_named(session);
    if let Some(nick) = guest {
        let lobby = hub.rooms.lobby();
        hub.enter(session, lobby, &nick, now);
        let entered = Some(hub.rooms.of(lobby).name.clone());
        hub.reply(session, Reply::NamedAsGuest { nick, entered });
    }
    let Some(room) = hub.sessions.of(session).room else {
        return hub.reject(session, Reject::NoRoom);
    };
    hub.rooms.of(room).has_history = true;
    let author = nick.shared().clone();
    hub.outbox.push(Effect::Append(Append { room, at_ms: now.wall_ms, session, author, text }));
}

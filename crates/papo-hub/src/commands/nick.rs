//! Taking a name. The first one brings its session into the lobby.

use papo_proto::words::Parsed;
use papo_proto::{Ephemeral, Nickname, Reject, Reply, SessionId};

use crate::hub::{Hub, Now};

pub(super) fn run(hub: &mut Hub, session: SessionId, nick: Parsed<Nickname>, now: Now) {
    if !hub.nicknames.take(&nick.name, session) {
        return hub.reject(session, Reject::NicknameTaken(nick.name.shared().clone()));
    }
    let owner = hub.sessions.of(session);
    let before = owner.nick.replace(nick.name.clone());
    let rooms = owner.rooms.clone();
    let Some(before) = before else {
        let lobby = hub.rooms.lobby();
        hub.enter(session, lobby, &nick.name, now);
        let entered = Some(hub.rooms.of(lobby).name().clone());
        return hub.reply(session, Reply::Named { nick, entered });
    };
    if before.key() != nick.name.key() {
        hub.nicknames.free(&before);
    }
    if before.as_str() != nick.name.as_str() {
        hub.keep_session(session, now);
        for room in rooms {
            let (from, to) = (before.shared().clone(), nick.name.shared().clone());
            hub.tell_room(room, Ephemeral::Renamed { from, to }, session);
        }
    }
    hub.reply(session, Reply::Named { nick, entered: None });
}

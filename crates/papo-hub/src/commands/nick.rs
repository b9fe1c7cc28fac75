//! Taking a name. The first one brings its session into the lobby.

use papo_proto::words::Parsed;
use papo_proto::{Ephemeral, Nickname, Person, Reject, Reply, SessionId};

use crate::hub::{Hub, Now};

pub(super) fn run(hub: &mut Hub, session: SessionId, nick: Parsed<Nickname>, now: Now) {
    if hub.account(session).is_some() {
        let is_own = hub.sessions.of(session).nick.as_ref().is_some_and(|own| own.as_str() == nick.name.as_str());
        let reply = if is_own { Reply::Named { nick, entered: None } } else { Reply::Rejected(Reject::NameOfAccount) };
        return hub.reply(session, reply);
    }
    if !hub.nicknames.take(&nick.name, Person::Guest(session)) {
        return hub.reject(session, Reject::NicknameTaken(nick.name.shared().clone()));
    }
    let owner = hub.sessions.of(session);
    let before = owner.nick.replace(nick.name.clone());
    let rooms = owner.rooms.clone();
    let Some(before) = before else {
        let entered = hub.enter_lobby(session, &nick.name, now);
        return hub.reply(session, Reply::Named { nick, entered });
    };
    if before.key() != nick.name.key() {
        hub.nicknames.free(&before, Person::Guest(session));
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

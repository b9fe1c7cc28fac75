//! Telling a room that one is typing, now and then at most.

use papo_proto::limits::TYPING_EVERY;
use papo_proto::words::Target;
use papo_proto::{Ephemeral, Reply, RoomId, SessionId};

use crate::hub::{Hub, Now};

pub(super) fn run(hub: &mut Hub, session: SessionId, room: RoomId, now: Now) {
    if let Err(reject) = hub.target(session, Target::Room(room)) {
        return hub.reject(session, reject);
    }
    let typing = hub.sessions.of(session);
    let nick = typing.nick.as_ref().map(|nick| nick.shared().clone());
    if let (Some(nick), Some(resumable)) = (nick, &mut typing.resumable) {
        resumable.typing.retain(|(_, told)| *told + TYPING_EVERY > now.running);
        if resumable.typing.iter().all(|(told, _)| *told != room) {
            resumable.typing.push((room, now.running));
            hub.tell_room(room, Ephemeral::Typing(nick), session);
        }
    }
    hub.reply(session, Reply::Typing);
}

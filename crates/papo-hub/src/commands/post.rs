//! A message to a room that the session is in.

use std::sync::Arc;

use papo_proto::words::Target;
use papo_proto::{Append, Command, Record, Reply, SessionId};

use crate::hub::{Hub, Now};
use crate::outbox::Effect;

pub(super) fn run(hub: &mut Hub, session: SessionId, to: Target, text: Arc<str>, now: Now) {
    let sender = hub.sessions.of(session);
    let from = sender.claimed;
    if let (Some(txn), Some(resumable)) = (hub.asking, &mut sender.resumable)
        && (txn <= resumable.newest_txn || resumable.recalls > 0)
    {
        // It may be a repeat: the store knows. Whatever has changed since, the first answer holds.
        // What is new waits behind those that may be repeats, so that posts keep their order.
        resumable.recalls += 1;
        hub.asking = None;
        let command = Box::new(Command::Post { to, text });
        return hub.outbox.push(Effect::Recall { session, txn, command, from });
    }
    decide(hub, session, to, text, now);
}

/// Decides a post that is no repeat.
pub(super) fn decide(hub: &mut Hub, session: SessionId, to: Target, text: Arc<str>, now: Now) {
    let (nick, guest) = hub.ensure_named(session);
    if let Some(nick) = guest {
        let lobby = hub.rooms.lobby();
        hub.enter(session, lobby, &nick, now);
        let entered = Some(hub.rooms.of(lobby).name().clone());
        hub.reply(session, Reply::NamedAsGuest { nick, entered });
    }
    let room = match hub.target(session, to) {
        Ok(room) => room,
        Err(reject) => return hub.reject(session, reject),
    };
    let txn = hub.asking.take();
    if let (Some(txn), Some(resumable)) = (txn, &mut hub.sessions.of(session).resumable) {
        resumable.newest_txn = resumable.newest_txn.max(txn);
        if resumable.is_unkept {
            hub.keep_session(session, now);
        }
    }
    let found = hub.rooms.of(room);
    found.has_history = true;
    if !found.is_stored {
        hub.outbox.push(Effect::Keep(Record::Room(found.record.clone())));
    }
    let author = nick.shared().clone();
    hub.outbox.push(Effect::Append(Append { room, at_ms: now.wall_ms, session, txn, author, text }));
}

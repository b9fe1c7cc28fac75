//! The commands: a file for each, its rule in `run`. Tests of the rules are in [`script`].

mod create;
mod history;
mod join;
mod lang;
mod leave;
mod nick;
mod post;
mod quit;
#[cfg(test)]
mod script;
mod typing;
mod who;

use papo_proto::{Command, Reply, SessionId};

use crate::hub::{Hub, Now};
use crate::publish::Again;

/// Carries out a command of an open session.
pub(crate) fn run(hub: &mut Hub, session: SessionId, command: Command, now: Now) {
    match command {
        Command::Post { to, text } => post::run(hub, session, to, text, now),
        Command::Nick(nick) => nick::run(hub, session, nick, now),
        Command::Join { room, alone } => join::run(hub, session, &room, alone, now),
        Command::Create(room) => create::run(hub, session, &room, now),
        Command::Leave(room) => leave::run(hub, session, room, now),
        Command::Rooms => {
            let rooms = hub.rooms.list();
            hub.reply(session, Reply::Rooms(rooms));
        }
        Command::Who(room) => who::run(hub, session, room),
        Command::History { of, slice, limit } => history::run(hub, session, of, slice, limit),
        Command::Typing(room) => typing::run(hub, session, room, now),
        Command::Help => hub.reply(session, Reply::Help),
        Command::Ping => hub.reply(session, Reply::Pong { now_ms: now.wall_ms }),
        Command::Lang(lang) => lang::run(hub, session, lang),
        Command::Quit => quit::run(hub, session, now),
    }
}

/// Decides a post that could have been a repeat and is none.
pub(crate) fn run_anew(hub: &mut Hub, again: Again, now: Now) {
    let Again { session, txn, command, from } = again;
    let Some(sender) = hub.sessions.get(session).filter(|session| !session.ending) else { return };
    // The client has come back by another connection and sends again what was not answered: it
    // would be answered twice there.
    if sender.claimed.is_some() && sender.claimed != from {
        return;
    }
    hub.asking = Some(txn);
    if let Command::Post { to, text } = command {
        post::decide(hub, session, to, text, now);
    }
    hub.asking = None;
}

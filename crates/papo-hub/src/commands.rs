//! The commands: a file for each, its rule in `run`. Tests of the rules are in [`script`].

mod create;
mod join;
mod lang;
mod leave;
mod nick;
mod post;
mod quit;
#[cfg(test)]
mod script;
mod who;

use papo_proto::{Command, Reply, SessionId};

use crate::hub::{Hub, Now};

/// Carries out a command of an open session.
pub(crate) fn run(hub: &mut Hub, session: SessionId, command: Command, now: Now) {
    match command {
        Command::Post(text) => post::run(hub, session, text, now),
        Command::Nick(nick) => nick::run(hub, session, nick, now),
        Command::Join(room) => join::run(hub, session, &room, now),
        Command::Create(room) => create::run(hub, session, room, now),
        Command::Leave => leave::run(hub, session, now),
        Command::Rooms => {
            let rooms = hub.rooms.list();
            hub.reply(session, Reply::Rooms(rooms));
        }
        Command::Who => who::run(hub, session),
        Command::Help => hub.reply(session, Reply::Help),
        Command::Lang(lang) => lang::run(hub, session, lang),
        Command::Quit => quit::run(hub, session, now),
    }
}

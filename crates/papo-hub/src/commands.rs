//! The commands: a file for each, its rule in `run`. Tests of the rules are in [`script`].

mod account;
mod admin;
mod create;
mod history;
mod ignore;
mod join;
mod lang;
mod leave;
mod moderate;
mod nick;
mod post;
mod quit;
#[cfg(test)]
mod script;
mod typing;
mod whisper;
mod who;

use papo_proto::words::{AccountCommand, Target};
use papo_proto::{Command, Reject, Reply, RoomId, Seq, SessionId};

use crate::hub::{Hub, Now};
use crate::outlet::Again;

/// Carries out a command of an open session.
pub(crate) fn run(hub: &mut Hub, session: SessionId, command: Command, now: Now) {
    if hub.is_stranger(session) && !is_for_strangers(&command) {
        return hub.reject(session, Reject::LoginFirst);
    }
    if is_use(&command) {
        hub.use_session(session, now);
    }
    match command {
        Command::Post { to, text } => post::run(hub, session, to, text, now),
        Command::Nick(nick) => nick::run(hub, session, nick, now),
        Command::Join { room, alone } => join::run(hub, session, &room, alone, now),
        Command::Create(room) => create::run(hub, session, &room, now),
        Command::Leave(room) => leave::run(hub, session, room, now),
        Command::Rooms => {
            let rooms = hub.list_rooms(session);
            hub.reply(session, Reply::Rooms(rooms));
        }
        Command::Who(room) => who::run(hub, session, room),
        Command::History { of, slice, limit } => history::run(hub, session, of, slice, limit),
        Command::Typing(room) => typing::run(hub, session, room, now),
        Command::Help => hub.reply(session, Reply::Help),
        Command::Ping => hub.reply(session, Reply::Pong { now_ms: now.wall_ms }),
        Command::Lang(lang) => lang::run(hub, session, lang),
        Command::Quit => quit::run(hub, session, now),
        Command::Account(command) => account::run(hub, session, command, now),
        Command::Direct(with) => whisper::open(hub, session, &with, now),
        Command::Whisper { to, text } => whisper::run(hub, session, &to, text, now),
        Command::Answer(text) => whisper::answer(hub, session, text, now),
        Command::Ignore(who) => ignore::run(hub, session, who.as_ref(), now),
        Command::Unignore(who) => ignore::unignore(hub, session, &who),
        Command::Read(room, seq) => read(hub, session, room, seq),
        Command::Moderate(of, act) => moderate::run(hub, session, of, act, now),
        Command::Admin(_) => hub.reject(session, Reject::AdminOnly),
    }
}

/// What somebody without an account may do where guests may not be.
fn is_for_strangers(command: &Command) -> bool {
    matches!(
        command,
        Command::Account(AccountCommand::Register { .. } | AccountCommand::Login { .. })
            | Command::Help
            | Command::Lang(_)
            | Command::Ping
            | Command::Quit
    )
}

/// What a session may come back for. A post keeps it also when it may be a repeat; names and accounts keep it, too.
fn is_use(command: &Command) -> bool {
    matches!(
        command,
        Command::Join { .. }
            | Command::Create(_)
            | Command::Direct(_)
            | Command::Whisper { .. }
            | Command::Answer(_)
            | Command::Moderate(..)
    )
}

/// Moves the account's read marker of a conversation.
fn read(hub: &mut Hub, session: SessionId, room: RoomId, seq: Seq) {
    let head = hub.target(session, Target::Room(room)).map(|room| hub.rooms.of(room).log.head().seq);
    match head {
        Ok(head) if hub.rooms.of(room).parties().is_some() => {
            hub.mark_read(session, room, seq.min(head));
            hub.reply(session, Reply::Done);
        }
        Ok(_) => hub.reject(session, Reject::WrongRoom),
        Err(reject) => hub.reject(session, reject),
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

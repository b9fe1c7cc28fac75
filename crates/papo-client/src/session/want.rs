//! What a client can want of the server, and the frames that say it.

use std::sync::Arc;

use papo_proto::papo1::ClientFrame;
use papo_proto::papo1::client::Hidden;
use papo_proto::words::{AccountCommand, Act, RedactTarget, Secret};

/// A command that has no number yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Want {
    /// Say something in a room.
    Post {
        /// The room.
        room: u64,
        /// What.
        text: Arc<str>,
    },
    /// Enter a room by its name, made if need be.
    Join(Arc<str>),
    /// Leave a room.
    Leave(u64),
    /// Make a room.
    Create(Arc<str>),
    /// List all rooms.
    Rooms,
    /// List the members of a room.
    Who(u64),
    /// Take another name.
    Nick(Arc<str>),
    /// Read a part of a room's log.
    History {
        /// The room.
        room: u64,
        /// Only events with a lower seq.
        before: Option<u64>,
        /// Only events with a higher seq.
        after: Option<u64>,
        /// How many at most.
        limit: u32,
    },
    /// Tell a room that one is typing.
    Typing(u64),
    /// Something about who the session is.
    Account(AccountCommand),
    /// Open the conversation with somebody.
    Direct(Arc<str>),
    /// Be shown nothing of somebody any more.
    Ignore(Arc<str>),
    /// Be shown somebody again.
    Unignore(Arc<str>),
    /// All up to this seq is read, in every session of the account.
    Read {
        /// The room.
        room: u64,
        /// Up to where.
        seq: u64,
    },
    /// Something that a room's people may do by their role.
    Moderate {
        /// The room.
        room: u64,
        /// What.
        act: Act,
    },
    /// End the session, once all before is answered.
    Bye,
}

impl Want {
    pub(super) fn frame(&self, txn: u64) -> ClientFrame {
        match self.clone() {
            Self::Post { room, text } => ClientFrame::Post { txn, room, text },
            Self::Join(room) => ClientFrame::Join { txn, room },
            Self::Leave(room) => ClientFrame::Leave { txn, room },
            Self::Create(room) => ClientFrame::Create { txn, room },
            Self::Rooms => ClientFrame::Rooms { txn },
            Self::Who(room) => ClientFrame::Who { txn, room },
            Self::Nick(nick) => ClientFrame::Nick { txn, nick },
            Self::History { room, before, after, limit } => {
                ClientFrame::History { txn, room, before, after, limit: Some(limit) }
            }
            Self::Typing(room) => ClientFrame::Typing { txn, room },
            Self::Account(command) => account(command, txn),
            Self::Direct(who) => ClientFrame::Direct { txn, who },
            Self::Ignore(who) => ClientFrame::Ignore { txn, who },
            Self::Unignore(who) => ClientFrame::Unignore { txn, who },
            Self::Read { room, seq } => ClientFrame::Read { txn, room, seq },
            Self::Moderate { room, act } => moderate(act, room, txn),
            Self::Bye => ClientFrame::Bye { txn },
        }
    }

    pub(super) fn is_post(&self) -> bool {
        matches!(self, Self::Post { .. })
    }

    /// Nothing is changed by it a second time, so it can be sent again when its answer was lost. Posts
    /// are known by their numbers.
    pub(super) fn may_come_twice(&self) -> bool {
        match self {
            Self::Account(command) => matches!(command, AccountCommand::Logins | AccountCommand::Tokens),
            Self::Moderate { act, .. } => match act {
                // Meanwhile the person may have come back, another message be the newest, or another
                // room have the name; and a time would begin anew.
                Act::Kick(..)
                | Act::Report { .. }
                | Act::Redact(RedactTarget::Last(_))
                | Act::Close
                | Act::Mute(..) => false,
                Act::Ban(_, time, _) => time.is_none(),
                _ => true,
            },
            Self::Typing(_) => false,
            _ => true,
        }
    }
}

fn hidden(secret: &Secret) -> Hidden {
    Hidden(secret.expose().into())
}

fn account(command: AccountCommand, txn: u64) -> ClientFrame {
    match command {
        AccountCommand::Register { name, password, invite } => {
            let nick = name.map(|name| name.name.shared().clone());
            ClientFrame::Register { txn, nick, password: hidden(&password), invite }
        }
        AccountCommand::Login { name, password } => {
            ClientFrame::Login { txn, nick: name.name.shared().clone(), password: hidden(&password) }
        }
        AccountCommand::Logout => ClientFrame::Logout { txn },
        AccountCommand::Password { old, new } => ClientFrame::Password { txn, old: hidden(&old), new: hidden(&new) },
        AccountCommand::Delete { password } => ClientFrame::DeleteAccount { txn, password: hidden(&password) },
        AccountCommand::Logins => ClientFrame::Logins { txn },
        AccountCommand::EndLogin(login) => ClientFrame::EndLogin { txn, login: login.0 },
        AccountCommand::NewToken(name, rooms) => {
            let rooms = rooms.iter().map(|room| room.shared().clone()).collect();
            ClientFrame::NewToken { txn, nick: name.name.shared().clone(), rooms }
        }
        AccountCommand::Tokens => ClientFrame::Tokens { txn },
        AccountCommand::RevokeToken(name) => ClientFrame::RevokeToken { txn, nick: name.shared().clone() },
    }
}

fn moderate(act: Act, room: u64, txn: u64) -> ClientFrame {
    let said = |why: Arc<str>| Some(why).filter(|why| !why.is_empty());
    match act {
        Act::Topic(topic) => ClientFrame::Topic { txn, room, topic },
        Act::Invite(who) => ClientFrame::Invite { txn, room, who: who.shared().clone() },
        Act::Kick(who, why) => ClientFrame::Kick { txn, room, who: who.shared().clone(), why: said(why) },
        Act::Ban(who, seconds, why) => {
            ClientFrame::Ban { txn, room, who: who.shared().clone(), seconds, why: said(why) }
        }
        Act::Unban(who) => ClientFrame::Unban { txn, room, who: who.shared().clone() },
        Act::Mute(who, seconds) => ClientFrame::Mute { txn, room, who: who.shared().clone(), seconds },
        Act::Unmute(who) => ClientFrame::Unmute { txn, room, who: who.shared().clone() },
        Act::Slow(seconds) => ClientFrame::Slow { txn, room, seconds },
        Act::Op(who) => ClientFrame::Op { txn, room, who: who.shared().clone() },
        Act::Deop(who) => ClientFrame::Deop { txn, room, who: who.shared().clone() },
        Act::Private(on) => ClientFrame::Private { txn, room, on },
        Act::ReadOnly(on) => ClientFrame::Readonly { txn, room, on },
        Act::Redact(which) => {
            let (seq, who, seconds) = match which {
                RedactTarget::One(seq) => (Some(seq.0), None, None),
                RedactTarget::Last(who) => (None, who, None),
                RedactTarget::Of(who, seconds) => (None, Some(who), Some(seconds)),
            };
            ClientFrame::Redact { txn, room, seq, who: who.map(|who| who.shared().clone()), seconds }
        }
        Act::Close => ClientFrame::Close { txn, room },
        Act::Report { seq, why } => ClientFrame::Report { txn, room, seq: seq.map(|seq| seq.0), why },
        Act::Audit { limit } => ClientFrame::Audit { txn, room, limit: Some(limit as u32) },
    }
}

#[cfg(test)]
mod tests {
    use papo_proto::papo1::{Said, decode};
    use papo_proto::text;
    use papo_proto::words::{Command, RoomId, Target};

    use super::*;

    /// What a typed line becomes as a command is what the server reads in the frame that says it.
    #[test]
    fn a_typed_line_arrives_as_the_command_that_it_is() {
        for line in [
            "/register segredo123 convite",
            "/login Ana com espaços",
            "/logout",
            "/password velha123 nova12345",
            "/delete-account segredo123",
            "/sessions",
            "/sessions end 7",
            "/token new R2 #geral jogos",
            "/token list",
            "/token revoke R2",
            "/topic novo assunto",
            "/invite Bob",
            "/kick Bob por isso",
            "/kick Bob",
            "/ban Bob 2h gritou",
            "/ban Bob",
            "/unban Bob",
            "/mute Bob 10m",
            "/unmute Bob",
            "/slow 30",
            "/op Bob",
            "/deop Bob",
            "/private off",
            "/readonly",
            "/redact",
            "/redact #12",
            "/redact Bob",
            "/redact Bob 1d",
            "/close",
            "/report é spam",
            "/audit 7",
        ] {
            let command = text::decode(line.as_bytes()).expect("a line").expect("a command");
            let (want, expected) = match command.clone() {
                Command::Account(account) => (Want::Account(account), command),
                Command::Moderate(_, act) => {
                    let room = Target::Room(RoomId(7));
                    (Want::Moderate { room: 7, act: act.clone() }, Command::Moderate(room, act))
                }
                other => panic!("{other:?}"),
            };
            let json = serde_json::to_vec(&want.frame(1)).expect("JSON");
            assert_eq!(decode(&json, 1000).said, Ok(Said::Command(expected)), "{line}");
        }
    }

    #[test]
    fn a_password_is_not_shown() {
        let want = Want::Account(AccountCommand::Delete { password: Secret::new("segredo") });
        assert!(!format!("{want:?} {:?}", want.frame(1)).contains("segredo"));
    }
}

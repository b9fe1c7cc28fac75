//! What is told of accounts, roles and conversations.

use super::state;
use crate::papo1::ServerFrame;
use crate::papo1::server::{Answer, Kind, LoggedIn, Login, Registration, Role, RoomChange};
use crate::words::{self, Change, LoginFacts, Reply, RoomKind, Txn};

/// The answer to a command, if the reply is one of these and answers one.
pub(super) fn answer(txn: Option<Txn>, reply: &Reply) -> Option<Answer> {
    Some(match reply {
        Reply::LoggedIn { account, name, is_admin, token, ends_ms, is_new, .. } => {
            let logged_in = LoggedIn {
                account: account.0,
                nick: name.clone(),
                admin: *is_admin,
                login: token.clone(),
                ends: *ends_ms,
            };
            if *is_new { Answer::Register(logged_in) } else { Answer::Login(logged_in) }
        }
        Reply::LoggedOut(nick) => Answer::Logout { nick: nick.clone() },
        Reply::Logins(logins) => Answer::Logins { logins: logins.iter().map(login).collect() },
        Reply::Token { name, token } => Answer::NewToken { nick: name.clone(), token: token.clone() },
        Reply::Tokens(nicks) => Answer::Tokens { nicks: nicks.clone() },
        Reply::Redacted(count) => Answer::Redact { count: *count },
        // A conversation that was not asked for has no command to be the answer of.
        Reply::Direct(room) if txn.is_some() => Answer::Direct { room: state(room) },
        Reply::Done
        | Reply::PasswordChanged
        | Reply::AccountDeleted
        | Reply::Ended(_)
        | Reply::DoneFor(_)
        | Reply::Ignored(_)
        | Reply::Changed(..) => Answer::Done,
        _ => return None,
    })
}

/// What nobody asked for.
pub(super) fn unasked(reply: &Reply) -> Option<ServerFrame> {
    Some(match reply {
        Reply::Direct(room) => ServerFrame::Direct { room: state(room) },
        Reply::Read(room, seq) => ServerFrame::Read { room: room.0, seq: seq.0 },
        Reply::Invited { room, by } => ServerFrame::Invited { room: state(room), by: by.clone() },
        Reply::Removed { room, by, why, is_banned, is_closed, .. } => ServerFrame::Removed {
            room: room.0,
            by: by.clone(),
            why: why.clone(),
            banned: *is_banned,
            closed: *is_closed,
        },
        Reply::Reported { room, by, seq, why, .. } => {
            ServerFrame::Reported { room: room.0, by: by.clone(), seq: seq.map(|seq| seq.0), why: why.clone() }
        }
        Reply::NameReclaimed(nick) | Reply::CalledNow(nick) => ServerFrame::Named { nick: nick.clone() },
        _ => return None,
    })
}

pub(super) fn change(change: &Change) -> RoomChange {
    match change {
        Change::Topic(topic) => RoomChange::Topic { topic: topic.clone() },
        Change::Private(on) => RoomChange::Private { on: *on },
        Change::ReadOnly(on) => RoomChange::Readonly { on: *on },
        Change::Slow(seconds) => RoomChange::Slow { seconds: *seconds },
        Change::Role(who, role) => RoomChange::Role { who: who.clone(), role: self::role(*role) },
        Change::Muted(who, seconds) => RoomChange::Muted { who: who.clone(), seconds: *seconds },
        Change::Removed(who, banned) => RoomChange::Removed { who: who.clone(), banned: *banned },
    }
}

pub(super) fn role(role: words::Role) -> Role {
    match role {
        words::Role::Guest => Role::Guest,
        words::Role::Member => Role::Member,
        words::Role::Moderator => Role::Moderator,
        words::Role::Owner => Role::Owner,
        words::Role::Admin => Role::Admin,
    }
}

pub(super) fn kind(kind: RoomKind) -> Kind {
    match kind {
        RoomKind::Public => Kind::Public,
        RoomKind::Private => Kind::Private,
        RoomKind::Direct(..) => Kind::Direct,
    }
}

pub(super) fn registration(registration: words::Registration) -> Registration {
    match registration {
        words::Registration::Open => Registration::Open,
        words::Registration::Invite => Registration::Invite,
        words::Registration::Closed => Registration::Closed,
    }
}

fn login(facts: &LoginFacts) -> Login {
    Login { id: facts.id.0, label: facts.label.clone(), made: facts.made_ms, seen: facts.seen_ms, this: facts.is_this }
}

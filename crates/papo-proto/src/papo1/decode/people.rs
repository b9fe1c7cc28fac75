//! The frames about accounts, and about what people do by their role in a room.

use std::sync::Arc;

use super::{nickname, person, room_name};
use crate::clean;
use crate::limits::{
    AUDIT_PAGE_MAX, HISTORY_PAGE_DEFAULT, PASSWORD_MAX_BYTES, PASSWORD_MIN_CHARS, REASON_MAX_CHARS, SLOW_MAX_SECONDS,
    TOPIC_MAX_CHARS,
};
use crate::papo1::ClientFrame;
use crate::papo1::client::Hidden;
use crate::words::{AccountCommand, Act, Command, LoginId, RedactTarget, Reject, RoomId, Secret, Seq, Target};

/// A frame about the session's account.
pub(super) fn account(frame: ClientFrame) -> Result<Command, Reject> {
    Ok(Command::Account(match frame {
        ClientFrame::Register { nick, password, invite, .. } => AccountCommand::Register {
            name: nick.map(|nick| nickname(&nick)).transpose()?,
            password: new_password(&password)?,
            invite,
        },
        ClientFrame::Login { nick, password, .. } => {
            AccountCommand::Login { name: nickname(&nick)?, password: secret(&password)? }
        }
        ClientFrame::Logout { .. } => AccountCommand::Logout,
        ClientFrame::Password { old, new, .. } => {
            AccountCommand::Password { old: secret(&old)?, new: new_password(&new)? }
        }
        ClientFrame::DeleteAccount { password, .. } => AccountCommand::Delete { password: secret(&password)? },
        ClientFrame::Logins { .. } => AccountCommand::Logins,
        ClientFrame::EndLogin { login, .. } => AccountCommand::EndLogin(LoginId(login)),
        ClientFrame::NewToken { nick, rooms, .. } => {
            let rooms: Result<_, _> = rooms.iter().map(|room| room_name(room).map(|parsed| parsed.name)).collect();
            AccountCommand::NewToken(nickname(&nick)?, rooms?)
        }
        ClientFrame::Tokens { .. } => AccountCommand::Tokens,
        ClientFrame::RevokeToken { nick, .. } => AccountCommand::RevokeToken(person(&nick)?),
        other => return moderation(other),
    }))
}

/// A frame about a room and its people.
fn moderation(frame: ClientFrame) -> Result<Command, Reject> {
    let (room, act) = match frame {
        ClientFrame::Topic { room, topic, .. } => (room, Act::Topic(clean::line(topic.trim(), TOPIC_MAX_CHARS).into())),
        ClientFrame::Invite { room, who, .. } => (room, Act::Invite(person(&who)?)),
        ClientFrame::Kick { room, who, why, .. } => (room, Act::Kick(person(&who)?, reason(why.as_deref()))),
        ClientFrame::Ban { room, who, seconds, why, .. } => {
            (room, Act::Ban(person(&who)?, seconds, reason(why.as_deref())))
        }
        ClientFrame::Unban { room, who, .. } => (room, Act::Unban(person(&who)?)),
        ClientFrame::Mute { room, who, seconds, .. } => (room, Act::Mute(person(&who)?, seconds.max(1))),
        ClientFrame::Unmute { room, who, .. } => (room, Act::Unmute(person(&who)?)),
        ClientFrame::Slow { room, seconds, .. } => {
            if seconds > SLOW_MAX_SECONDS {
                return Err(Reject::Number { max: SLOW_MAX_SECONDS as usize });
            }
            (room, Act::Slow(seconds))
        }
        ClientFrame::Op { room, who, .. } => (room, Act::Op(person(&who)?)),
        ClientFrame::Deop { room, who, .. } => (room, Act::Deop(person(&who)?)),
        ClientFrame::Private { room, on, .. } => (room, Act::Private(on)),
        ClientFrame::Readonly { room, on, .. } => (room, Act::ReadOnly(on)),
        ClientFrame::Redact { room, seq, who, seconds, .. } => (room, Act::Redact(redact(seq, who, seconds)?)),
        ClientFrame::Close { room, .. } => (room, Act::Close),
        ClientFrame::Report { room, seq, why, .. } => {
            (room, Act::Report { seq: seq.map(Seq), why: reason(Some(&why)) })
        }
        ClientFrame::Audit { room, limit, .. } => {
            let limit = limit.map_or(HISTORY_PAGE_DEFAULT, |limit| limit as usize).clamp(1, AUDIT_PAGE_MAX);
            (room, Act::Audit { limit })
        }
        // The others are taken before.
        _ => return Err(Reject::HelloTwice),
    };
    Ok(Command::Moderate(Target::Room(RoomId(room)), act))
}

fn redact(seq: Option<u64>, who: Option<Arc<str>>, seconds: Option<u64>) -> Result<RedactTarget, Reject> {
    match (seq, who, seconds) {
        (Some(seq), None, None) => Ok(RedactTarget::One(Seq(seq))),
        (None, Some(who), Some(seconds)) => Ok(RedactTarget::Of(person(&who)?, seconds)),
        (None, who, None) => Ok(RedactTarget::Last(who.map(|who| person(&who)).transpose()?)),
        _ => Err(Reject::Malformed { why: "seq stands alone, and seconds need who".into() }),
    }
}

fn reason(typed: Option<&str>) -> Arc<str> {
    clean::line(typed.unwrap_or_default().trim(), REASON_MAX_CHARS).into()
}

fn secret(password: &Hidden) -> Result<Secret, Reject> {
    known_password(&password.0)
}

fn new_password(password: &Hidden) -> Result<Secret, Reject> {
    new_secret(&password.0)
}

/// A password that may be anybody's.
///
/// # Errors
/// It is too long to be one.
pub fn known_password(typed: &str) -> Result<Secret, Reject> {
    if typed.len() > PASSWORD_MAX_BYTES { Err(Reject::WrongPassword) } else { Ok(Secret::new(typed)) }
}

/// A password for an account. Length alone makes it strong; what it is made of is left to people.
///
/// # Errors
/// It is too short or too long.
pub fn new_secret(typed: &str) -> Result<Secret, Reject> {
    if typed.chars().count() < PASSWORD_MIN_CHARS || typed.len() > PASSWORD_MAX_BYTES {
        return Err(Reject::PasswordLength { min: PASSWORD_MIN_CHARS, max: PASSWORD_MAX_BYTES });
    }
    Ok(Secret::new(typed))
}

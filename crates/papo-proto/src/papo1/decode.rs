//! From a frame's bytes to what a session sent.

mod people;

use std::sync::Arc;

pub use people::{known_password, new_secret as new_password};

use super::{ClientFrame, ROOMS_CAPABILITY, Token, VERSION};
use crate::clean;
use crate::lang::Lang;
use crate::limits::{CLIENT_MAX_CHARS, ECHO_MAX_CHARS, HISTORY_PAGE_DEFAULT, HISTORY_PAGE_MAX, ROOMS_PER_SESSION};
use crate::names::{Nickname, Parsed, RoomName};
use crate::words::{Command, Epoch, Reject, RoomId, Seq, Slice, Target, Txn};

/// The largest number that every language can hold exactly.
const NUMBER_MAX: u64 = (1 << 53) - 1;

/// What one frame says: the number of the command, and the command or why it is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// The command's number, if it could be read.
    pub txn: Option<Txn>,
    /// The command.
    pub said: Result<Said, Reject>,
}

/// What a frame may be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// The first words of a connection.
    Hello(Box<Hello>),
    /// Anything after them.
    Command(Command),
}

/// The first words of a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hello {
    /// The wished name.
    pub nick: Option<Parsed<Nickname>>,
    /// The session to resume.
    pub token: Option<Token>,
    /// The login whose account the session is to be.
    pub login: Option<Token>,
    /// The client's name, as an account's owner will know its login by; may be empty.
    pub client: Arc<str>,
    /// The language of its texts.
    pub lang: Option<Lang>,
    /// It wants to be told of changed rooms.
    pub follows_rooms: bool,
    /// The rooms to be in, and how far each is read.
    pub resume: Vec<ResumeAt>,
}

/// How far a client has read a room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ResumeAt {
    /// The room.
    pub room: RoomId,
    /// Which log of it.
    pub epoch: Epoch,
    /// The highest seq up to which it has everything.
    pub seq: Seq,
}

/// Reads one frame. A message over `message_max` bytes is rejected.
pub fn decode(frame: &[u8], message_max: usize) -> Sent {
    match serde_json::from_slice::<ClientFrame>(frame) {
        Ok(frame) => {
            let txn = txn_of(&frame);
            if txn == 0 || txn > NUMBER_MAX {
                return Sent { txn: None, said: Err(Reject::Txn) };
            }
            Sent { txn: Some(Txn(txn)), said: said(frame, message_max) }
        }
        Err(error) => {
            let why = clean::line(&error.to_string(), 4 * ECHO_MAX_CHARS);
            Sent { txn: salvage(frame), said: Err(Reject::Malformed { why }) }
        }
    }
}

/// The txn of a frame that is JSON but no command, so that its reject finds its command.
fn salvage(frame: &[u8]) -> Option<Txn> {
    let value: serde_json::Value = serde_json::from_slice(frame).ok()?;
    value.get("txn")?.as_u64().filter(|txn| (1..=NUMBER_MAX).contains(txn)).map(Txn)
}

fn txn_of(frame: &ClientFrame) -> u64 {
    match frame {
        ClientFrame::Hello { txn, .. }
        | ClientFrame::Post { txn, .. }
        | ClientFrame::Join { txn, .. }
        | ClientFrame::Leave { txn, .. }
        | ClientFrame::Create { txn, .. }
        | ClientFrame::Rooms { txn, .. }
        | ClientFrame::Who { txn, .. }
        | ClientFrame::Nick { txn, .. }
        | ClientFrame::History { txn, .. }
        | ClientFrame::Typing { txn, .. }
        | ClientFrame::Register { txn, .. }
        | ClientFrame::Login { txn, .. }
        | ClientFrame::Logout { txn, .. }
        | ClientFrame::Password { txn, .. }
        | ClientFrame::DeleteAccount { txn, .. }
        | ClientFrame::Logins { txn, .. }
        | ClientFrame::EndLogin { txn, .. }
        | ClientFrame::NewToken { txn, .. }
        | ClientFrame::Tokens { txn, .. }
        | ClientFrame::RevokeToken { txn, .. }
        | ClientFrame::Direct { txn, .. }
        | ClientFrame::Ignore { txn, .. }
        | ClientFrame::Unignore { txn, .. }
        | ClientFrame::Read { txn, .. }
        | ClientFrame::Topic { txn, .. }
        | ClientFrame::Invite { txn, .. }
        | ClientFrame::Kick { txn, .. }
        | ClientFrame::Ban { txn, .. }
        | ClientFrame::Unban { txn, .. }
        | ClientFrame::Mute { txn, .. }
        | ClientFrame::Unmute { txn, .. }
        | ClientFrame::Slow { txn, .. }
        | ClientFrame::Op { txn, .. }
        | ClientFrame::Deop { txn, .. }
        | ClientFrame::Private { txn, .. }
        | ClientFrame::Readonly { txn, .. }
        | ClientFrame::Redact { txn, .. }
        | ClientFrame::Close { txn, .. }
        | ClientFrame::Report { txn, .. }
        | ClientFrame::Audit { txn, .. }
        | ClientFrame::Ping { txn, .. }
        | ClientFrame::Bye { txn, .. } => *txn,
    }
}

fn said(frame: ClientFrame, message_max: usize) -> Result<Said, Reject> {
    let room = |room| Target::Room(RoomId(room));
    Ok(Said::Command(match frame {
        hello @ ClientFrame::Hello { .. } => return self::hello(hello).map(|hello| Said::Hello(Box::new(hello))),
        ClientFrame::Post { room: to, text, .. } => Command::Post { to: room(to), text: message(&text, message_max)? },
        ClientFrame::Join { room, .. } => Command::Join { room: room_name(&room)?, alone: false },
        ClientFrame::Leave { room: of, .. } => Command::Leave(room(of)),
        ClientFrame::Create { room, .. } => Command::Create(room_name(&room)?),
        ClientFrame::Rooms { .. } => Command::Rooms,
        ClientFrame::Who { room: of, .. } => Command::Who(room(of)),
        ClientFrame::Nick { nick, .. } => Command::Nick(nickname(&nick)?),
        ClientFrame::History { room: of, before, after, limit, .. } => {
            let limit = limit.map_or(HISTORY_PAGE_DEFAULT, |limit| limit as usize).clamp(1, HISTORY_PAGE_MAX);
            Command::History { of: room(of), slice: slice(before, after)?, limit }
        }
        ClientFrame::Typing { room, .. } => Command::Typing(RoomId(room)),
        ClientFrame::Ping { .. } => Command::Ping,
        ClientFrame::Bye { .. } => Command::Quit,
        ClientFrame::Direct { who, .. } => Command::Direct(person(&who)?),
        ClientFrame::Ignore { who, .. } => Command::Ignore(Some(person(&who)?)),
        ClientFrame::Unignore { who, .. } => Command::Unignore(person(&who)?),
        ClientFrame::Read { room, seq, .. } => Command::Read(RoomId(room), Seq(seq)),
        other => return people::account(other).map(Said::Command),
    }))
}

fn slice(before: Option<u64>, after: Option<u64>) -> Result<Slice, Reject> {
    match (before, after) {
        (Some(_), Some(_)) => Err(Reject::Malformed { why: "before and after exclude each other".into() }),
        (_, Some(after)) => Ok(Slice::After(Seq(after))),
        (before, None) => Ok(Slice::Before(before.map_or(Seq::MAX, Seq))),
    }
}

fn message(typed: &str, max_bytes: usize) -> Result<Arc<str>, Reject> {
    if typed.len() > max_bytes {
        return Err(Reject::MessageTooLong { max_bytes });
    }
    match clean::message(typed) {
        text if text.is_empty() => Err(Reject::EmptyMessage),
        text => Ok(text.into()),
    }
}

fn person(typed: &str) -> Result<Nickname, Reject> {
    nickname(typed.strip_prefix('@').unwrap_or(typed)).map(|parsed| parsed.name)
}

fn room_name(typed: &str) -> Result<Parsed<RoomName>, Reject> {
    RoomName::parse(typed.trim()).map_err(Reject::Room)
}

fn nickname(typed: &str) -> Result<Parsed<Nickname>, Reject> {
    Nickname::parse(typed.trim()).map_err(Reject::Nickname)
}

fn hello(frame: ClientFrame) -> Result<Hello, Reject> {
    let ClientFrame::Hello { version, nick, session, login, lang, client, capabilities, resume, .. } = frame else {
        return Err(Reject::HelloFirst);
    };
    if version != VERSION {
        return Err(Reject::Version { known: VERSION });
    }
    if resume.len() > ROOMS_PER_SESSION {
        return Err(Reject::TooManyJoined { max: ROOMS_PER_SESSION });
    }
    let token = session.map(|text| Token::parse(&text).ok_or(Reject::UnknownSession)).transpose()?;
    let mut wanted: Vec<ResumeAt> = Vec::with_capacity(resume.len());
    for cursor in resume {
        let at = ResumeAt { room: RoomId(cursor.room), epoch: Epoch(cursor.epoch), seq: Seq(cursor.seq) };
        if wanted.iter().any(|before| before.room == at.room) {
            return Err(Reject::Malformed { why: format!("room {} is there twice", cursor.room) });
        }
        wanted.push(at);
    }
    Ok(Hello {
        nick: nick.filter(|nick| !nick.trim().is_empty()).map(|nick| nickname(&nick)).transpose()?,
        token,
        // One that cannot be a token is that of nobody: the session is a guest's, which its answer says.
        login: login.and_then(|text| Token::parse(&text)),
        client: client.map_or_else(|| "".into(), |name| clean::line(&name, CLIENT_MAX_CHARS).into()),
        lang: lang.and_then(|lang| Lang::parse(&lang)),
        follows_rooms: capabilities.iter().any(|known| **known == *ROOMS_CAPABILITY),
        resume: wanted,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(json: &str) -> (Option<u64>, Result<Command, Reject>) {
        let sent = decode(json.as_bytes(), 10);
        let command = sent.said.map(|said| match said {
            Said::Command(command) => command,
            Said::Hello(hello) => panic!("{hello:?}"),
        });
        (sent.txn.map(|txn| txn.0), command)
    }

    #[test]
    fn frames_are_commands() {
        let room = || Target::Room(RoomId(7));
        let history = |slice, limit| Ok(Command::History { of: room(), slice, limit });
        for (json, expected) in [
            (r#"{"do":"post","txn":1,"room":7,"text":" oi "}"#, Ok(Command::Post { to: room(), text: "oi".into() })),
            (r#"{"do":"post","txn":1,"room":7,"text":" \u0007 "}"#, Err(Reject::EmptyMessage)),
            (r#"{"do":"post","txn":1,"room":7,"text":"12345678901"}"#, Err(Reject::MessageTooLong { max_bytes: 10 })),
            (r#"{"do":"leave","txn":1,"room":7}"#, Ok(Command::Leave(room()))),
            (r#"{"do":"who","txn":1,"room":7,"later":"field"}"#, Ok(Command::Who(room()))),
            (r#"{"do":"rooms","txn":1}"#, Ok(Command::Rooms)),
            (r#"{"do":"ping","txn":1}"#, Ok(Command::Ping)),
            (r#"{"do":"bye","txn":1}"#, Ok(Command::Quit)),
            (r#"{"do":"typing","txn":1,"room":7}"#, Ok(Command::Typing(RoomId(7)))),
            (r#"{"do":"history","txn":1,"room":7}"#, history(Slice::Before(Seq::MAX), 50)),
            (r#"{"do":"history","txn":1,"room":7,"before":9,"limit":9999}"#, history(Slice::Before(Seq(9)), 200)),
            (r#"{"do":"history","txn":1,"room":7,"after":9,"limit":0}"#, history(Slice::After(Seq(9)), 1)),
        ] {
            assert_eq!(decoded(json), (Some(1), expected), "{json}");
        }
    }

    #[test]
    fn what_is_no_command_is_rejected_with_its_txn_where_it_has_one() {
        for (json, txn, code) in [
            ("", None, 1000),
            ("[]", None, 1000),
            ("\u{ff}", None, 1000),
            (r#"{"do":"dance","txn":4}"#, Some(4), 1000),
            (r#"{"do":"post","txn":4,"room":"x","text":"y"}"#, Some(4), 1000),
            (r#"{"do":"post","txn":-4,"room":7,"text":"y"}"#, None, 1000),
            (r#"{"do":"ping","txn":0}"#, None, 1004),
            (r#"{"do":"ping","txn":9007199254740992}"#, None, 1004),
            (r#"{"do":"join","txn":4,"room":"a b"}"#, Some(4), 2002),
            (r#"{"do":"nick","txn":4,"nick":"papo"}"#, Some(4), 2000),
            (r#"{"do":"history","txn":4,"room":1,"before":1,"after":2}"#, Some(4), 1000),
        ] {
            let (got, said) = decoded(json);
            assert_eq!((got, said.map_err(|reject| super::super::codes::code(&reject))), (txn, Err(code)), "{json}");
        }
    }

    #[test]
    fn hello_has_its_parts() {
        let token = Token([7; 32]);
        let json = format!(
            r#"{{"do":"hello","txn":1,"version":1,"nick":"Ana","session":"{}","lang":"en-GB","client":"x 1",
            "capabilities":["rooms","other"],"resume":[{{"room":7,"epoch":5,"seq":3}}]}}"#,
            token.to_text()
        );
        let Ok(Said::Hello(hello)) = decode(json.as_bytes(), 10).said else { panic!("no hello") };
        let resume = vec![ResumeAt { room: RoomId(7), epoch: Epoch(5), seq: Seq(3) }];
        let nick = Nickname::parse("Ana").ok();
        let (token, client) = (Some(token), "x 1".into());
        let expected = Hello { nick, token, login: None, client, lang: Some(Lang::En), follows_rooms: true, resume };
        assert_eq!(*hello, expected);
        for (json, reject) in [
            (r#"{"do":"hello","txn":1,"version":2}"#, Reject::Version { known: 1 }),
            (r#"{"do":"hello","txn":1,"version":1,"session":"zzz"}"#, Reject::UnknownSession),
            (
                r#"{"do":"hello","txn":1,"version":1,"resume":[{"room":7,"epoch":5,"seq":3},{"room":7,"epoch":5,"seq":4}]}"#,
                Reject::Malformed { why: "room 7 is there twice".into() },
            ),
        ] {
            assert_eq!(decode(json.as_bytes(), 10).said, Err(reject), "{json}");
        }
    }
}

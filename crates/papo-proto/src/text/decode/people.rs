//! The commands about accounts, single people, and what people do by their role in a room.

use std::sync::Arc;

use super::given;
use crate::clean;
use crate::limits::{AUDIT_PAGE_MAX, HISTORY_DEFAULT_LINES, REASON_MAX_CHARS, SLOW_MAX_SECONDS, TOPIC_MAX_CHARS};
use crate::names::{Nickname, Parsed, RoomName};
use crate::papo1::{Token, known_password, new_password};
use crate::words::{AccountCommand, Act, Command, LoginId, RedactTarget, Reject, Seq, Target, Verb};

/// One of these commands, or nothing for another word.
pub(super) fn command(word: &str, argument: &str) -> Option<Result<Command, Reject>> {
    Some(match word {
        "/register" => register(argument),
        "/login" => login(argument),
        "/logout" => Ok(Command::Account(AccountCommand::Logout)),
        "/password" => password(argument),
        "/delete-account" => given(argument, Verb::DeleteAccount)
            .and_then(known_password)
            .map(|password| Command::Account(AccountCommand::Delete { password })),
        "/sessions" => sessions(argument),
        "/token" | "/tokens" => token(argument),
        "/msg" => message(argument),
        "/r" => text(argument, Verb::Answer).map(Command::Answer),
        "/ignore" if argument.is_empty() => Ok(Command::Ignore(None)),
        "/ignore" => person(argument).map(|who| Command::Ignore(Some(who))),
        "/unignore" => named(argument, Verb::Unignore).map(Command::Unignore),
        _ => return act(word, argument).map(|act| act.map(|act| Command::Moderate(Target::Current, act))),
    })
}

fn act(word: &str, argument: &str) -> Option<Result<Act, Reject>> {
    Some(match word {
        "/topic" => topic(argument),
        "/invite" => named(argument, Verb::Invite).map(Act::Invite),
        "/kick" => first(argument, Verb::Kick).map(|(who, rest)| Act::Kick(who, reason(rest))),
        "/ban" => ban(argument),
        "/unban" => named(argument, Verb::Unban).map(Act::Unban),
        "/mute" => first(argument, Verb::Mute)
            .and_then(|(who, time)| Ok(Act::Mute(who, seconds(time).ok_or(Reject::Usage(Verb::Mute))?))),
        "/unmute" => named(argument, Verb::Unmute).map(Act::Unmute),
        "/slow" => slow(argument),
        "/op" => named(argument, Verb::Op).map(Act::Op),
        "/deop" => named(argument, Verb::Deop).map(Act::Deop),
        "/private" => on_off(argument).map(Act::Private),
        "/readonly" => on_off(argument).map(Act::ReadOnly),
        "/redact" => redact(argument).map(Act::Redact),
        "/close" => Ok(Act::Close),
        "/report" => given(argument, Verb::Report).map(|why| Act::Report { seq: None, why: reason(why) }),
        "/audit" => audit(argument),
        _ => return None,
    })
}

/// A person's name, with or without `@`.
pub(super) fn person(typed: &str) -> Result<Nickname, Reject> {
    parsed(typed.strip_prefix('@').unwrap_or(typed)).map(|parsed| parsed.name)
}

fn parsed(typed: &str) -> Result<Parsed<Nickname>, Reject> {
    Nickname::parse(typed).map_err(Reject::Nickname)
}

fn named(argument: &str, verb: Verb) -> Result<Nickname, Reject> {
    given(argument, verb).and_then(person)
}

/// The first word as a name, and what follows it.
fn first(argument: &str, verb: Verb) -> Result<(Nickname, &str), Reject> {
    let (name, rest) = word(given(argument, verb)?);
    Ok((person(name)?, rest))
}

fn word(argument: &str) -> (&str, &str) {
    argument.split_once(char::is_whitespace).map_or((argument, ""), |(word, rest)| (word, rest.trim_start()))
}

fn text(argument: &str, verb: Verb) -> Result<Arc<str>, Reject> {
    let text = clean::message(argument);
    given(&text, verb).map(Arc::from)
}

fn reason(typed: &str) -> Arc<str> {
    clean::line(typed, REASON_MAX_CHARS).into()
}

fn register(argument: &str) -> Result<Command, Reject> {
    let argument = given(argument, Verb::Register)?;
    // A password may have spaces, so an invitation is known by its form.
    let split = argument.rsplit_once(char::is_whitespace).filter(|(_, last)| Token::parse(last).is_some());
    let (password, invite) = split.map_or((argument, None), |(password, invite)| (password.trim_end(), Some(invite)));
    let invite = invite.map(Arc::from);
    Ok(Command::Account(AccountCommand::Register { name: None, password: new_password(password)?, invite }))
}

fn login(argument: &str) -> Result<Command, Reject> {
    let (name, password) = word(argument);
    if password.is_empty() {
        return Err(Reject::Usage(Verb::Login));
    }
    Ok(Command::Account(AccountCommand::Login { name: parsed(name)?, password: known_password(password)? }))
}

fn password(argument: &str) -> Result<Command, Reject> {
    let (old, new) = word(argument);
    if new.is_empty() {
        return Err(Reject::Usage(Verb::Password));
    }
    Ok(Command::Account(AccountCommand::Password { old: known_password(old)?, new: new_password(new)? }))
}

fn sessions(argument: &str) -> Result<Command, Reject> {
    let login = match word(argument) {
        ("", "") => return Ok(Command::Account(AccountCommand::Logins)),
        ("end", number) => number.parse().ok(),
        _ => None,
    };
    let login = login.ok_or(Reject::Usage(Verb::Sessions))?;
    Ok(Command::Account(AccountCommand::EndLogin(LoginId(login))))
}

fn token(argument: &str) -> Result<Command, Reject> {
    let command = match word(argument) {
        ("list" | "", "") => AccountCommand::Tokens,
        ("revoke", name) if !name.is_empty() => AccountCommand::RevokeToken(person(name)?),
        ("new", rest) if !rest.is_empty() => {
            let mut words = rest.split_whitespace();
            let name = parsed(words.next().unwrap_or_default())?;
            let rooms: Result<_, _> = words.map(|room| RoomName::parse(room).map(|parsed| parsed.name)).collect();
            AccountCommand::NewToken(name, rooms.map_err(Reject::Room)?)
        }
        _ => return Err(Reject::Usage(Verb::Token)),
    };
    Ok(Command::Account(command))
}

fn message(argument: &str) -> Result<Command, Reject> {
    let (to, rest) = first(argument, Verb::Msg)?;
    Ok(Command::Whisper { to, text: text(rest, Verb::Msg)? })
}

fn topic(argument: &str) -> Result<Act, Reject> {
    let topic = given(argument, Verb::Topic)?;
    Ok(Act::Topic(if topic == "-" { "".into() } else { clean::line(topic, TOPIC_MAX_CHARS).into() }))
}

fn ban(argument: &str) -> Result<Act, Reject> {
    let (who, rest) = first(argument, Verb::Ban)?;
    let (time, why) = word(rest);
    Ok(match seconds(time) {
        Some(time) => Act::Ban(who, Some(time), reason(why)),
        None => Act::Ban(who, None, reason(rest)),
    })
}

fn slow(argument: &str) -> Result<Act, Reject> {
    let typed = given(argument, Verb::Slow)?;
    let number: u32 = typed.trim_end_matches('s').parse().map_err(|_| Reject::Usage(Verb::Slow))?;
    if number > SLOW_MAX_SECONDS {
        return Err(Reject::Number { max: SLOW_MAX_SECONDS as usize });
    }
    Ok(Act::Slow(number))
}

fn on_off(argument: &str) -> Result<bool, Reject> {
    match argument.to_lowercase().as_str() {
        "" | "on" | "sim" | "yes" => Ok(true),
        "off" | "nao" | "não" | "no" => Ok(false),
        _ => Err(Reject::Usage(Verb::OnOff)),
    }
}

fn redact(argument: &str) -> Result<RedactTarget, Reject> {
    match word(argument) {
        ("", _) => Ok(RedactTarget::Last(None)),
        (number, "") if number.starts_with('#') => {
            number[1..].parse().map(|seq| RedactTarget::One(Seq(seq))).map_err(|_| Reject::Usage(Verb::Redact))
        }
        (name, "") => Ok(RedactTarget::Last(Some(person(name)?))),
        (name, time) => Ok(RedactTarget::Of(person(name)?, seconds(time).ok_or(Reject::Usage(Verb::Redact))?)),
    }
}

fn audit(argument: &str) -> Result<Act, Reject> {
    let limit = if argument.is_empty() { Ok(HISTORY_DEFAULT_LINES) } else { argument.parse() };
    let limit = limit.ok().filter(|limit| (1..=AUDIT_PAGE_MAX).contains(limit));
    Ok(Act::Audit { limit: limit.ok_or(Reject::Number { max: AUDIT_PAGE_MAX })? })
}

/// A time with its unit: `30s`, `10m`, `2h`, `7d`.
fn seconds(typed: &str) -> Option<u64> {
    let unit = match typed.chars().last()? {
        's' => 1,
        'm' => 60,
        'h' => 3600,
        'd' => 86_400,
        _ => return None,
    };
    let number: u32 = typed[..typed.len() - 1].parse().ok().filter(|number| *number > 0)?;
    u64::from(number).checked_mul(unit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Secret;

    #[test]
    fn lines_are_commands() {
        let who = |name: &str| Nickname::parse(name).expect("good").name;
        let act = |act| Ok(Command::Moderate(Target::Current, act));
        let account = |command| Ok(Command::Account(command));
        for (word, argument, expected) in [
            (
                "/login",
                "Ana com espaços",
                account(AccountCommand::Login {
                    name: Nickname::parse("Ana").expect("good"),
                    password: Secret::new("com espaços"),
                }),
            ),
            ("/login", "Ana", Err(Reject::Usage(Verb::Login))),
            ("/register", "curta", Err(Reject::PasswordLength { min: 8, max: 1024 })),
            ("/sessions", "end 7", account(AccountCommand::EndLogin(LoginId(7)))),
            ("/sessions", "fim 7", Err(Reject::Usage(Verb::Sessions))),
            ("/token", "revoke R2", account(AccountCommand::RevokeToken(who("R2")))),
            ("/token", "new", Err(Reject::Usage(Verb::Token))),
            ("/msg", "@Bob  oi  você", Ok(Command::Whisper { to: who("Bob"), text: "oi  você".into() })),
            ("/msg", "Bob", Err(Reject::Usage(Verb::Msg))),
            ("/r", "sim", Ok(Command::Answer("sim".into()))),
            ("/ignore", "", Ok(Command::Ignore(None))),
            ("/ban", "Bob 2h gritou muito", act(Act::Ban(who("Bob"), Some(7200), "gritou muito".into()))),
            ("/ban", "Bob gritou", act(Act::Ban(who("Bob"), None, "gritou".into()))),
            ("/mute", "Bob 10m", act(Act::Mute(who("Bob"), 600))),
            ("/mute", "Bob", Err(Reject::Usage(Verb::Mute))),
            ("/slow", "30", act(Act::Slow(30))),
            ("/slow", "3601", Err(Reject::Number { max: 3600 })),
            ("/private", "off", act(Act::Private(false))),
            ("/private", "talvez", Err(Reject::Usage(Verb::OnOff))),
            ("/redact", "", act(Act::Redact(RedactTarget::Last(None)))),
            ("/redact", "#12", act(Act::Redact(RedactTarget::One(Seq(12))))),
            ("/redact", "Bob 1d", act(Act::Redact(RedactTarget::Of(who("Bob"), 86_400)))),
            ("/topic", "-", act(Act::Topic("".into()))),
            ("/audit", "201", Err(Reject::Number { max: 200 })),
        ] {
            assert_eq!(command(word, argument), Some(expected), "{word} {argument}");
        }
        assert_eq!(command("/dance", ""), None);
    }

    #[test]
    fn times_have_units() {
        for (typed, expected) in
            [("30s", Some(30)), ("2h", Some(7200)), ("0m", None), ("m", None), ("5", None), ("é", None), ("", None)]
        {
            assert_eq!(seconds(typed), expected, "{typed}");
        }
    }
}

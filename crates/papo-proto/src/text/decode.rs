//! From a frame's bytes to a command.

mod people;

use crate::clean;
use crate::lang::Lang;
use crate::limits::{ECHO_MAX_CHARS, HISTORY_DEFAULT_LINES, HISTORY_MAX_LINES};
use crate::names::{Nickname, RoomName};
use crate::words::{Command, Reject, Seq, Slice, Target, Verb};

/// Reads one frame. `None` is an empty line, which means nothing.
///
/// Bytes that are no UTF-8 become U+FFFD. A line that begins with `/` is a command, whatever
/// follows; the word is matched without regard to case.
pub fn decode(frame: &[u8]) -> Option<Result<Command, Reject>> {
    let typed = String::from_utf8_lossy(frame);
    let line = clean::message(&typed);
    if line.is_empty() {
        return None;
    }
    if !line.starts_with('/') {
        return Some(Ok(Command::Post { to: Target::Current, text: line.into() }));
    }
    // Not the cleaned line: what a name must not have is refused with its reason, not passed over.
    let typed = typed.trim();
    let (word, argument) = typed.split_once(char::is_whitespace).unwrap_or((typed, ""));
    Some(command(word, argument.trim()))
}

fn command(word: &str, argument: &str) -> Result<Command, Reject> {
    match word.to_lowercase().as_str() {
        "/nick" => Nickname::parse(given(argument, Verb::Nick)?).map(Command::Nick).map_err(Reject::Nickname),
        "/create" => RoomName::parse(given(argument, Verb::Create)?).map(Command::Create).map_err(Reject::Room),
        "/join" => {
            let room = RoomName::parse(given(argument, Verb::Join)?).map_err(Reject::Room)?;
            Ok(Command::Join { room, alone: true })
        }
        "/lang" => Lang::parse(given(argument, Verb::Lang)?)
            .map(Command::Lang)
            .ok_or_else(|| Reject::UnknownLanguage(clean::line(argument, ECHO_MAX_CHARS))),
        "/rooms" => Ok(Command::Rooms),
        "/leave" => Ok(Command::Leave(Target::Current)),
        "/who" => Ok(Command::Who(Target::Current)),
        "/history" => history(argument),
        "/help" | "/h" | "/?" => Ok(Command::Help),
        "/quit" => Ok(Command::Quit),
        other => people::command(other, argument)
            .unwrap_or_else(|| Err(Reject::UnknownCommand(clean::line(word, ECHO_MAX_CHARS)))),
    }
}

fn history(argument: &str) -> Result<Command, Reject> {
    let (of, argument) = match argument.split_once(char::is_whitespace).unwrap_or((argument, "")) {
        (name, rest) if name.starts_with('@') => (Target::With(people::person(name)?), rest.trim()),
        _ => (Target::Current, argument),
    };
    let limit = match argument {
        "" => HISTORY_DEFAULT_LINES,
        typed => {
            let number = typed.parse().ok().filter(|number| (1..=HISTORY_MAX_LINES).contains(number));
            number.ok_or(Reject::Number { max: HISTORY_MAX_LINES })?
        }
    };
    Ok(Command::History { of, slice: Slice::Before(Seq::MAX), limit })
}

fn given(argument: &str, verb: Verb) -> Result<&str, Reject> {
    if argument.is_empty() { Err(Reject::Usage(verb)) } else { Ok(argument) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::names::NameError;

    /// A frame and what it means.
    type Row = (&'static [u8], Option<Result<Command, Reject>>);

    fn room(typed: &str) -> crate::names::Parsed<RoomName> {
        RoomName::parse(typed).expect("good")
    }

    #[test]
    fn lines_are_commands_or_messages() {
        let post = |text: &str| Some(Ok(Command::Post { to: Target::Current, text: text.into() }));
        let join = |typed: &str| Some(Ok(Command::Join { room: room(typed), alone: true }));
        let history = |limit| Some(Ok(Command::History { of: Target::Current, slice: Slice::Before(Seq::MAX), limit }));
        let with_bob = || {
            let of = Target::With(Nickname::parse("Bob").expect("good").name);
            Some(Ok(Command::History { of, slice: Slice::Before(Seq::MAX), limit: 5 }))
        };
        let number = || Some(Err(Reject::Number { max: HISTORY_MAX_LINES }));
        let table: Vec<Row> = vec![
            (b"", None),
            (b"  \r\n ", None),
            (b"\x1b\x07", None),
            ("Olá, pessoal! 👋".as_bytes(), post("Olá, pessoal! 👋")),
            (b" um\r\ndois ", post("um\ndois")),
            (b"a\xffb", post("a\u{FFFD}b")),
            (b"/nick Matheus", Some(Ok(Command::Nick(Nickname::parse("Matheus").expect("good"))))),
            (b"/NICK  Ana ", Some(Ok(Command::Nick(Nickname::parse("Ana").expect("good"))))),
            (b"/nick", Some(Err(Reject::Usage(Verb::Nick)))),
            (b"/nick a b", Some(Err(Reject::Nickname(NameError::Character(' '))))),
            ("/nick a\u{202E}b".as_bytes(), Some(Err(Reject::Nickname(NameError::Character('\u{202E}'))))),
            (b"/nick a\x1bb", Some(Err(Reject::Nickname(NameError::Character('\x1b'))))),
            (b"/nick papo", Some(Err(Reject::Nickname(NameError::Reserved)))),
            (b"/join #jogos", join("jogos")),
            (b"/join\tjogos", join("#jogos")),
            (b"/Join ", Some(Err(Reject::Usage(Verb::Join)))),
            (b"/create", Some(Err(Reject::Usage(Verb::Create)))),
            (b"/create a:b", Some(Err(Reject::Room(NameError::Character(':'))))),
            (b"/rooms", Some(Ok(Command::Rooms))),
            (b"/leave", Some(Ok(Command::Leave(Target::Current)))),
            (b"/who", Some(Ok(Command::Who(Target::Current)))),
            (b"/history", history(20)),
            (b"/HISTORY 50000", history(50_000)),
            (b"/history @Bob 5", with_bob()),
            (b"/history 50001", number()),
            (b"/history 0", number()),
            (b"/history muito", number()),
            (b"/history 1 2", number()),
            (b"/help", Some(Ok(Command::Help))),
            (b"/h", Some(Ok(Command::Help))),
            (b"/?", Some(Ok(Command::Help))),
            (b"/quit", Some(Ok(Command::Quit))),
            (b"/lang en", Some(Ok(Command::Lang(Lang::En)))),
            (b"/lang pt-BR", Some(Ok(Command::Lang(Lang::PtBr)))),
            (b"/lang klingon", Some(Err(Reject::UnknownLanguage("klingon".into())))),
            (b"/lang", Some(Err(Reject::Usage(Verb::Lang)))),
            (b"/dance", Some(Err(Reject::UnknownCommand("/dance".into())))),
            (b"/", Some(Err(Reject::UnknownCommand("/".into())))),
            (b"/etc/passwd is a file", Some(Err(Reject::UnknownCommand("/etc/passwd".into())))),
        ];
        for (frame, expected) in table {
            assert_eq!(decode(frame), expected, "{:?}", String::from_utf8_lossy(frame));
        }
    }
}

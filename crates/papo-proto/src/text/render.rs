//! From replies and notices to lines for people, by way of the Fluent files in `locales/`.

use std::fmt::Write as _;
use std::sync::LazyLock;

use crate::clean;
use crate::lang::{Args, Catalog, Lang};
use crate::names::{NameError, Parsed, RoomName};
use crate::words::{Ephemeral, Refusal, Reject, Reply, Verb};

static TEXTS: LazyLock<Catalog> = LazyLock::new(|| {
    Catalog::new(include_str!("../../locales/pt-BR/text.ftl"), include_str!("../../locales/en/text.ftl"))
});

/// What leads the server's notices and answers, in every language: programs look for it.
const NOTICE: &str = "[SYS] ";
/// What leads a refusal.
const REFUSAL: &str = "[ERRO] ";

/// A reply as one frame's text, its tag included.
pub fn reply(lang: Lang, reply: &Reply) -> String {
    let tag = match reply {
        Reply::Rejected(_) | Reply::FrameTooBig | Reply::Refused(_) => REFUSAL,
        _ => NOTICE,
    };
    format!("{tag}{}", words(lang, reply))
}

fn words(lang: Lang, reply: &Reply) -> String {
    let say = |id: &str, args: Args<'_>| TEXTS.say(lang, id, args);
    match reply {
        Reply::Welcome => say("welcome", &[]),
        Reply::Named { nick, entered } => {
            let line = say("named", &[("nome", nick.name.as_str().into())]);
            with_cut(lang, nick.cut, with_room(lang, entered.as_ref(), line))
        }
        Reply::NamedAsGuest { nick, entered } => {
            with_room(lang, entered.as_ref(), say("named-guest", &[("nome", nick.as_str().into())]))
        }
        Reply::Entered(room) => with_cut(lang, room.cut, say("entered", &[("sala", shown(room).into())])),
        Reply::Created(room) => with_cut(lang, room.cut, say("created", &[("sala", shown(room).into())])),
        Reply::Exists(room) => with_cut(lang, room.cut, say("exists", &[("sala", shown(room).into())])),
        Reply::Left(room) => say("left", &[("sala", room.as_str().into())]),
        Reply::Rooms(rooms) => room_list(lang, rooms),
        Reply::Members(room, names) => {
            let mut list = say("members", &[("sala", room.as_str().into()), ("total", names.len().into())]);
            for name in names {
                let _ = write!(list, "\n- {name}");
            }
            list
        }
        Reply::Help => say("help", &[]),
        Reply::Language => say("language", &[]),
        Reply::Goodbye => say("goodbye", &[]),
        Reply::Rejected(reject) => rejected(lang, reject),
        Reply::SlowedDown => say("slowed-down", &[]),
        Reply::LeftOut(count) => say("left-out", &[("total", (*count).into())]),
        Reply::FrameTooBig => say("frame-too-big", &[]),
        Reply::Draining => say("draining", &[]),
        Reply::Refused(Refusal::Address) => say("refused-address", &[]),
        Reply::Refused(Refusal::Full) => say("refused-full", &[]),
    }
}

/// A notice to those in the room named `room` (without `#`).
pub fn ephemeral(lang: Lang, room: &str, ephemeral: &Ephemeral) -> String {
    let (id, who, others) = match ephemeral {
        Ephemeral::Entered { who, others: 0 } => ("someone-entered", who, 0),
        Ephemeral::Entered { who, others } => ("many-entered", who, *others),
        Ephemeral::Left { who, others: 0 } => ("someone-left", who, 0),
        Ephemeral::Left { who, others } => ("many-left", who, *others),
        Ephemeral::Lost { who } => ("someone-lost", who, 0),
        Ephemeral::Renamed { from, to } => {
            let args: Args<'_> = &[("antes", (&**from).into()), ("nome", (&**to).into())];
            return format!("{NOTICE}{}", TEXTS.say(lang, "renamed", args));
        }
    };
    let mut args = vec![("nome", (&**who).into()), ("sala", room.into())];
    if others > 0 {
        args.push(("outros", others.into()));
    }
    format!("{NOTICE}{}", TEXTS.say(lang, id, &args))
}

fn rejected(lang: Lang, reject: &Reject) -> String {
    let say = |id: &str, args: Args<'_>| TEXTS.say(lang, id, args);
    match reject {
        Reject::Nickname(error) | Reject::Room(error) => name_error(lang, error),
        Reject::NicknameTaken(name) => say("nickname-taken", &[("nome", (&**name).into())]),
        Reject::UnknownCommand(word) => say("unknown-command", &[("comando", word.as_str().into())]),
        Reject::Usage(Verb::Nick) => say("usage-nick", &[]),
        Reject::Usage(Verb::Create) => say("usage-create", &[]),
        Reject::Usage(Verb::Join) => say("usage-join", &[]),
        Reject::Usage(Verb::Lang) => say("usage-lang", &[]),
        Reject::UnknownLanguage(name) => say("unknown-language", &[("idioma", name.as_str().into())]),
        Reject::NoRoom => say("no-room", &[]),
        Reject::MessageTooLong { max_bytes } => say("message-too-long", &[("kib", (max_bytes / 1024).into())]),
        Reject::TooManyRooms => say("too-many-rooms", &[]),
        Reject::RoomsTooFast { retry_minutes } => say("rooms-too-fast", &[("minutos", (*retry_minutes).into())]),
        Reject::Internal { id } => say("internal", &[("id", id.to_string().into())]),
    }
}

fn name_error(lang: Lang, error: &NameError) -> String {
    match error {
        NameError::Empty => TEXTS.say(lang, "name-empty", &[]),
        NameError::Character(c) if c.is_whitespace() => TEXTS.say(lang, "name-space", &[]),
        NameError::Character(c) => {
            let shown = if clean::is_shown(*c) { c.to_string() } else { format!("U+{:04X}", *c as u32) };
            TEXTS.say(lang, "name-character", &[("sinal", shown.into())])
        }
        NameError::Unsafe => TEXTS.say(lang, "name-unsafe", &[]),
        NameError::Reserved => TEXTS.say(lang, "name-reserved", &[]),
    }
}

fn room_list(lang: Lang, rooms: &[(RoomName, u32)]) -> String {
    let mut list = TEXTS.say(lang, "rooms", &[("total", rooms.len().into())]);
    list.reserve(rooms.len() * 32);
    for (room, online) in rooms {
        // The line's form is the document's, the same in every language.
        let _ = write!(list, "\n- {room} ({online} online)");
    }
    list
}

/// A first name brings its session into a room: one answer says both.
fn with_room(lang: Lang, room: Option<&RoomName>, line: String) -> String {
    let Some(room) = room else { return line };
    format!("{line} {}", TEXTS.say(lang, "entered", &[("sala", room.as_str().into())]))
}

fn with_cut(lang: Lang, cut: bool, line: String) -> String {
    if cut { format!("{line} {}", TEXTS.say(lang, "cut", &[])) } else { line }
}

fn shown(room: &Parsed<RoomName>) -> &str {
    room.name.as_str()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lang::outline;
    use crate::names::Nickname;

    #[test]
    fn both_languages_have_the_same_texts_with_the_same_arguments() {
        assert_eq!(
            outline(include_str!("../../locales/pt-BR/text.ftl")),
            outline(include_str!("../../locales/en/text.ftl"))
        );
    }

    #[test]
    fn the_documents_words() {
        let geral = Parsed { name: RoomName::lobby(), cut: false };
        let jogos = RoomName::parse("jogos").expect("good").name;
        let table = [
            (Reply::Entered(geral.clone()), "[SYS] Você entrou em #geral."),
            (
                Reply::Named { nick: Nickname::parse("Alice").expect("good"), entered: Some(RoomName::lobby()) },
                "[SYS] Seu nome agora é Alice. Você entrou em #geral.",
            ),
            (Reply::Left(RoomName::lobby()), "[SYS] Você saiu de #geral."),
            (
                Reply::Rooms(vec![(RoomName::lobby(), 2), (jogos, 1)].into()),
                "[SYS] Salas (2):\n- #geral (2 online)\n- #jogos (1 online)",
            ),
            (
                Reply::Members(RoomName::lobby(), vec!["Alice".into(), "Bob".into()]),
                "[SYS] Em #geral (2):\n- Alice\n- Bob",
            ),
        ];
        for (said, line) in table {
            assert_eq!(reply(Lang::PtBr, &said), line);
        }
        assert_eq!(reply(Lang::En, &Reply::Entered(geral)), "[SYS] You entered #geral.");
    }

    #[test]
    fn notices_count_those_who_are_merged() {
        let many = Ephemeral::Entered { who: "Ana".into(), others: 35 };
        assert_eq!(ephemeral(Lang::PtBr, "geral", &many), "[SYS] Ana e mais 35 entraram em #geral.");
        let one = Ephemeral::Left { who: "Bob".into(), others: 0 };
        assert_eq!(ephemeral(Lang::PtBr, "geral", &one), "[SYS] Bob saiu de #geral.");
    }

    #[test]
    fn welcome_is_two_lines_that_name_help_and_nick() {
        for lang in Lang::ALL {
            let welcome = reply(lang, &Reply::Welcome);
            assert_eq!(welcome.lines().count(), 2, "{welcome}");
            assert!(welcome.contains("/help") && welcome.contains("/nick"));
        }
    }

    #[test]
    fn a_cut_name_is_told() {
        let nick = Nickname::parse(&"a".repeat(40)).expect("good");
        assert!(reply(Lang::PtBr, &Reply::Named { nick, entered: None }).contains("cortado"));
    }

    #[test]
    fn every_text_can_be_said() {
        for lang in Lang::ALL {
            let parsed = Nickname::parse("Ana").expect("good");
            for said in [
                Reply::Help,
                Reply::Language,
                Reply::Goodbye,
                Reply::SlowedDown,
                Reply::LeftOut(7),
                Reply::FrameTooBig,
                Reply::Draining,
                Reply::Refused(Refusal::Address),
                Reply::Refused(Refusal::Full),
                Reply::NamedAsGuest { nick: parsed.name.clone(), entered: Some(RoomName::lobby()) },
                Reply::Created(Parsed { name: RoomName::lobby(), cut: false }),
                Reply::Exists(Parsed { name: RoomName::lobby(), cut: false }),
                Reply::Rejected(Reject::NicknameTaken("Ana".into())),
                Reply::Rejected(Reject::UnknownCommand("/x".into())),
                Reply::Rejected(Reject::UnknownLanguage("x".into())),
                Reply::Rejected(Reject::NoRoom),
                Reply::Rejected(Reject::MessageTooLong { max_bytes: 65536 }),
                Reply::Rejected(Reject::TooManyRooms),
                Reply::Rejected(Reject::RoomsTooFast { retry_minutes: 3 }),
                Reply::Rejected(Reject::Internal { id: 1234 }),
                Reply::Rejected(Reject::Nickname(NameError::Character('\u{7}'))),
            ] {
                let line = reply(lang, &said);
                assert!(line.starts_with('['), "{line}");
                assert!(!line.contains('{') && !line.contains('$'), "{line}");
            }
        }
    }
}

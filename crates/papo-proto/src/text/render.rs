//! From replies and notices to lines for people, by way of the Fluent files in `locales/`.

mod people;

use std::fmt::Write as _;
use std::sync::LazyLock;

use crate::clean;
use crate::lang::{Args, Catalog, Lang};
use crate::names::{NameError, RoomName};
use crate::words::people::AuditRecord;
use crate::words::{Ephemeral, Refusal, Reject, Reply, RoomCount};

static TEXTS: LazyLock<Catalog> = LazyLock::new(|| {
    Catalog::new(
        concat!(include_str!("../../locales/pt-BR/text.ftl"), include_str!("../../locales/pt-BR/people.ftl")),
        concat!(include_str!("../../locales/en/text.ftl"), include_str!("../../locales/en/people.ftl")),
    )
});

/// What leads the server's notices and answers, in every language: programs look for it.
const NOTICE: &str = "[SYS] ";
/// What leads a refusal.
const REFUSAL: &str = "[ERRO] ";

/// A reply as one frame's text, its tag included; nothing for what is not told in this dialect.
pub fn reply(lang: Lang, reply: &Reply) -> Option<String> {
    let tag = match reply {
        Reply::Rejected(_) | Reply::FrameTooBig | Reply::Refused(_) => REFUSAL,
        _ => NOTICE,
    };
    Some(format!("{tag}{}", words(lang, reply)?))
}

fn words(lang: Lang, reply: &Reply) -> Option<String> {
    let say = |id: &str, args: Args<'_>| TEXTS.say(lang, id, args);
    Some(match reply {
        Reply::Welcome => say("welcome", &[]),
        Reply::Named { nick, entered } => {
            let line = say("named", &[("nome", nick.name.as_str().into())]);
            with_cut(lang, nick.cut, with_room(lang, entered.as_ref(), line))
        }
        Reply::NamedAsGuest { nick, entered } => {
            with_room(lang, entered.as_ref(), say("named-guest", &[("nome", nick.as_str().into())]))
        }
        Reply::Entered { room, cut } => with_cut(lang, *cut, say("entered", &[("sala", room.name.as_str().into())])),
        Reply::Created { room, existed, cut } => {
            let id = if *existed { "exists" } else { "created" };
            with_cut(lang, *cut, say(id, &[("sala", room.name.as_str().into())]))
        }
        Reply::Left(_, room) => say("left", &[("sala", room.as_str().into())]),
        Reply::Rooms(rooms) => room_list(lang, rooms),
        Reply::Members(_, room, names, _) => {
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
        Reply::Fenced => say("fenced", &[]),
        Reply::Pong { .. } => say("pong", &[]),
        Reply::Hello(_)
        | Reply::Posted(_)
        | Reply::Typing
        | Reply::Reset(_)
        | Reply::Gap(..)
        | Reply::Gone(_)
        | Reply::Stale(_) => return None,
        other => return people::words(lang, other),
    })
}

/// The words before the newest messages of a room, of which `total` follow; none when there is
/// nothing to show. A conversation of two is called by the other one's name.
pub fn history_begins(lang: Lang, room: &RoomName, with: Option<&str>, total: u64) -> String {
    history_words(lang, room, with, if total == 0 { "-empty" } else { "" }, total)
}

/// The words before the messages that go on with a room's history in a further frame.
pub fn history_goes_on(lang: Lang, room: &RoomName, with: Option<&str>) -> String {
    history_words(lang, room, with, "-more", 0)
}

fn history_words(lang: Lang, room: &RoomName, with: Option<&str>, which: &str, total: u64) -> String {
    let total = ("total", total.into());
    let words = match with {
        Some(name) => TEXTS.say(lang, &format!("history-with{which}"), &[("nome", name.into()), total]),
        None => TEXTS.say(lang, &format!("history{which}"), &[("sala", room.as_str().into()), total]),
    };
    format!("{NOTICE}{words}")
}

/// One message of a room's history: the time as it is shown, who, and what; further lines are
/// indented, so that a line break cannot pass for another message.
pub fn history_line(time: &str, author: &str, text: &str, out: &mut String) {
    let _ = write!(out, "{time} {author}: ");
    for (at, line) in text.lines().enumerate() {
        out.push_str(if at == 0 { "" } else { "\n    " });
        out.push_str(line);
    }
}

/// A notice to those in the room named `room` (without `#`); nothing for what is not told in this
/// dialect.
pub fn ephemeral(lang: Lang, room: &str, ephemeral: &Ephemeral) -> Option<String> {
    let (one, many, who) = match ephemeral {
        Ephemeral::Entered(who) => ("someone-entered", "many-entered", who),
        Ephemeral::Left(who) => ("someone-left", "many-left", who),
        Ephemeral::Lost(who) => ("someone-lost", "many-lost", who),
        Ephemeral::Renamed { from, to } => {
            let args: Args<'_> = &[("antes", (&**from).into()), ("nome", (&**to).into())];
            return Some(format!("{NOTICE}{}", TEXTS.say(lang, "renamed", args)));
        }
        Ephemeral::Changed { by, change } => return Some(format!("{NOTICE}{}", people::change(lang, by, change))),
        Ephemeral::Typing(_) | Ephemeral::Rooms { .. } => return None,
    };
    let (first, others) = who.split_first()?;
    let mut args = vec![("nome", (&**first).into()), ("sala", room.into())];
    if !others.is_empty() {
        args.push(("outros", others.len().into()));
    }
    Some(format!("{NOTICE}{}", TEXTS.say(lang, if others.is_empty() { one } else { many }, &args)))
}

/// A refusal in words, without a tag, for those who ask by other ways than a dialect.
pub fn refusal(lang: Lang, reject: &Reject) -> String {
    rejected(lang, reject)
}

/// A refusal in words, without a tag.
pub(crate) fn rejected(lang: Lang, reject: &Reject) -> String {
    let say = |id: &str, args: Args<'_>| TEXTS.say(lang, id, args);
    match reject {
        Reject::Nickname(error) | Reject::Room(error) => name_error(lang, error),
        Reject::NicknameTaken(name) => say("nickname-taken", &[("nome", (&**name).into())]),
        Reject::UnknownCommand(word) => say("unknown-command", &[("comando", word.as_str().into())]),
        Reject::Usage(verb) => people::usage(lang, *verb),
        Reject::UnknownLanguage(name) => say("unknown-language", &[("idioma", name.as_str().into())]),
        Reject::NoRoom => say("no-room", &[]),
        Reject::Malformed { why } => say("malformed", &[("causa", why.as_str().into())]),
        Reject::HelloFirst => say("hello-first", &[]),
        Reject::HelloTwice => say("hello-twice", &[]),
        Reject::Version { known } => say("version", &[("versao", (*known).into())]),
        Reject::Txn => say("txn", &[]),
        Reject::UnknownSession => say("unknown-session", &[]),
        Reject::TooManyJoined { max } => say("too-many-joined", &[("total", (*max).into())]),
        Reject::UnknownRoom => say("unknown-room", &[]),
        Reject::NotAMember => say("not-a-member", &[]),
        Reject::EmptyMessage => say("empty-message", &[]),
        Reject::Number { max } => say("number", &[("maximo", (*max).into())]),
        Reject::Busy => say("busy", &[]),
        Reject::StoreFull => say("store-full", &[]),
        Reject::MessageTooLong { max_bytes } => say("message-too-long", &[("kib", (max_bytes / 1024).into())]),
        Reject::TooManyRooms => say("too-many-rooms", &[]),
        Reject::TlsRequired => say("tls-required", &[]),
        Reject::RoomsTooFast { retry_minutes } => say("rooms-too-fast", &[("minutos", (*retry_minutes).into())]),
        Reject::Internal { id } => say("internal", &[("id", id.to_string().into())]),
        other => people::rejected(lang, other),
    }
}

/// What those in a room are told when messages are taken back.
pub fn redaction(lang: Lang, author: &str, count: usize) -> String {
    format!("{NOTICE}{}", TEXTS.say(lang, "redaction", &[("nome", author.into()), ("total", count.into())]))
}

/// What moderators have done in a room, as one frame's text.
pub fn audit(lang: Lang, room: &RoomName, entries: &[AuditRecord], time: impl Fn(u64) -> String) -> String {
    let args: Args<'_> = &[("sala", room.as_str().into()), ("total", entries.len().into())];
    let mut shown = format!("{NOTICE}{}", TEXTS.say(lang, "audit", args));
    for AuditRecord { at_ms, actor, act, target, note, .. } in entries {
        let _ = write!(shown, "\n{} {actor}: /{act}", time(*at_ms));
        if !target.is_empty() {
            let _ = write!(shown, " {target}");
        }
        if !note.is_empty() {
            let _ = write!(shown, " ({note})");
        }
    }
    shown
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

fn room_list(lang: Lang, rooms: &[RoomCount]) -> String {
    let mut list = TEXTS.say(lang, "rooms", &[("total", rooms.len().into())]);
    list.reserve(rooms.len() * 32);
    for RoomCount { name, online, .. } in rooms {
        // The line's form is the document's, the same in every language.
        let _ = write!(list, "\n- {name} ({online} online)");
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lang::outline;
    use crate::names::Nickname;
    use crate::words::{Epoch, RoomFacts, RoomId, Seq};

    #[test]
    fn both_languages_have_the_same_texts_with_the_same_arguments() {
        assert_eq!(
            outline(include_str!("../../locales/pt-BR/text.ftl")),
            outline(include_str!("../../locales/en/text.ftl"))
        );
        assert_eq!(
            outline(include_str!("../../locales/pt-BR/people.ftl")),
            outline(include_str!("../../locales/en/people.ftl"))
        );
    }

    fn lobby() -> RoomFacts {
        RoomFacts::public(RoomId(1), Epoch(5), RoomName::lobby(), Seq(0), Seq(0))
    }

    fn said(lang: Lang, what: &Reply) -> String {
        reply(lang, what).expect("told in this dialect")
    }

    #[test]
    fn the_documents_words() {
        let jogos = RoomName::parse("jogos").expect("good").name;
        let counted = |id, name, online| RoomCount { id: RoomId(id), name, online, private: false };
        let table = [
            (Reply::Entered { room: lobby(), cut: false }, "[SYS] Você entrou em #geral."),
            (
                Reply::Named { nick: Nickname::parse("Alice").expect("good"), entered: Some(RoomName::lobby()) },
                "[SYS] Seu nome agora é Alice. Você entrou em #geral.",
            ),
            (Reply::Left(RoomId(1), RoomName::lobby()), "[SYS] Você saiu de #geral."),
            (
                Reply::Rooms(vec![counted(1, RoomName::lobby(), 2), counted(2, jogos, 1)].into()),
                "[SYS] Salas (2):\n- #geral (2 online)\n- #jogos (1 online)",
            ),
            (
                Reply::Members(RoomId(1), RoomName::lobby(), vec!["Alice".into(), "Bob".into()], Vec::new()),
                "[SYS] Em #geral (2):\n- Alice\n- Bob",
            ),
        ];
        for (what, line) in table {
            assert_eq!(said(Lang::PtBr, &what), line);
        }
        assert_eq!(said(Lang::En, &Reply::Entered { room: lobby(), cut: false }), "[SYS] You entered #geral.");
    }

    #[test]
    fn history_is_a_line_for_each_message_and_none_can_be_forged() {
        let mut lines = history_begins(Lang::PtBr, &RoomName::lobby(), None, 2);
        for text in ["oi", "um\n10:00 Bob: dois"] {
            lines.push('\n');
            history_line("09:59", "Ana", text, &mut lines);
        }
        assert_eq!(lines, "[SYS] Últimas mensagens de #geral (2):\n09:59 Ana: oi\n09:59 Ana: um\n    10:00 Bob: dois");
        let told = |with, total| history_begins(Lang::En, &RoomName::lobby(), with, total);
        assert_eq!(told(None, 0), "[SYS] Nothing has been said in #geral yet.");
        assert_eq!(told(Some("Bob"), 2), "[SYS] Last messages with Bob (2):");
        assert_eq!(told(Some("Bob"), 0), "[SYS] Nothing has been said with Bob yet.");
        let goes_on = history_goes_on(Lang::PtBr, &RoomName::direct(), Some("Bob"));
        assert_eq!(goes_on, "[SYS] Mensagens com Bob, continuação:");
    }

    #[test]
    fn notices_count_those_who_are_merged() {
        let many =
            Ephemeral::Entered((0..36).map(|n| if n == 0 { "Ana".into() } else { format!("p{n}").into() }).collect());
        let told = |what| ephemeral(Lang::PtBr, "geral", &what);
        assert_eq!(told(many).as_deref(), Some("[SYS] Ana e mais 35 entraram em #geral."));
        assert_eq!(told(Ephemeral::Left(vec!["Bob".into()])).as_deref(), Some("[SYS] Bob saiu de #geral."));
        assert_eq!(told(Ephemeral::Typing("Bob".into())), None);
    }

    #[test]
    fn welcome_is_two_lines_that_name_help_and_nick() {
        for lang in Lang::ALL {
            let welcome = said(lang, &Reply::Welcome);
            assert_eq!(welcome.lines().count(), 2, "{welcome}");
            assert!(welcome.contains("/help") && welcome.contains("/nick"));
        }
    }

    #[test]
    fn a_cut_name_is_told() {
        let nick = Nickname::parse(&"a".repeat(40)).expect("good");
        assert!(said(Lang::PtBr, &Reply::Named { nick, entered: None }).contains("cortado"));
    }

    #[test]
    fn every_text_can_be_said() {
        for lang in Lang::ALL {
            let parsed = Nickname::parse("Ana").expect("good");
            for what in [
                Reply::Fenced,
                Reply::Pong { now_ms: 0 },
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
                Reply::Created { room: lobby(), existed: false, cut: false },
                Reply::Created { room: lobby(), existed: true, cut: true },
                Reply::Rejected(Reject::NicknameTaken("Ana".into())),
                Reply::Rejected(Reject::UnknownCommand("/x".into())),
                Reply::Rejected(Reject::UnknownLanguage("x".into())),
                Reply::Rejected(Reject::NoRoom),
                Reply::Rejected(Reject::MessageTooLong { max_bytes: 65536 }),
                Reply::Rejected(Reject::TooManyRooms),
                Reply::Rejected(Reject::TlsRequired),
                Reply::Rejected(Reject::RoomsTooFast { retry_minutes: 3 }),
                Reply::Rejected(Reject::Internal { id: 1234 }),
                Reply::Rejected(Reject::Nickname(NameError::Character('\u{7}'))),
                Reply::Rejected(Reject::Malformed { why: "x".into() }),
                Reply::Rejected(Reject::HelloFirst),
                Reply::Rejected(Reject::HelloTwice),
                Reply::Rejected(Reject::Version { known: 1 }),
                Reply::Rejected(Reject::Txn),
                Reply::Rejected(Reject::UnknownSession),
                Reply::Rejected(Reject::TooManyJoined { max: 9 }),
                Reply::Rejected(Reject::UnknownRoom),
                Reply::Rejected(Reject::NotAMember),
                Reply::Rejected(Reject::EmptyMessage),
                Reply::Rejected(Reject::Number { max: 50_000 }),
                Reply::Rejected(Reject::Busy),
                Reply::Rejected(Reject::StoreFull),
            ] {
                let line = said(lang, &what);
                assert!(line.starts_with('['), "{line}");
                assert!(!line.contains('{') && !line.contains('$'), "{line}");
            }
        }
    }
}

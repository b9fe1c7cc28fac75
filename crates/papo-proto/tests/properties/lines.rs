//! What must hold for every frame of the text dialect.

use papo_proto::limits::{NICKNAME_MAX_CHARS, ROOM_NAME_MAX_CHARS};
use papo_proto::text;
use papo_proto::{Command, Lang, Nickname, Reply, RoomName, clean};

/// Any bytes are a command, a refusal or nothing, and carry nothing that steers a terminal.
pub(crate) fn a_line_is_harmless(frame: &[u8]) {
    match text::decode(frame) {
        Some(Ok(Command::Post { to, text: said })) => {
            assert!(!said.is_empty() && !said.starts_with('/'));
            assert_harmless(&said);
            assert_eq!(
                text::decode(said.as_bytes()),
                Some(Ok(Command::Post { to, text: said })),
                "cleaned once is clean"
            );
        }
        Some(Ok(Command::Nick(nick))) => {
            let shown = nick.name.as_str();
            assert!(shown.chars().count() <= NICKNAME_MAX_CHARS, "{shown:?} is too long");
            let again = Nickname::parse(shown).expect("a name is a name");
            assert_eq!((again.name, again.cut), (nick.name, false), "a name as shown is the same name");
        }
        Some(Ok(Command::Join { room, .. } | Command::Create(room))) => {
            let shown = room.name.as_str();
            assert!(shown.chars().count() <= ROOM_NAME_MAX_CHARS, "{shown:?} is too long");
            let again = RoomName::parse(shown).expect("a name is a name");
            assert_eq!((again.name, again.cut), (room.name, false), "a name as shown is the same name");
        }
        None | Some(Ok(_)) => {}
        Some(Err(reject)) => {
            for lang in Lang::ALL {
                assert_harmless(&text::reply(lang, &Reply::Rejected(reject.clone())).expect("a refusal is told"));
            }
        }
    }
}

fn assert_harmless(text: &str) {
    assert_eq!(clean::message(text), text, "it stands as it is shown");
    for c in text.chars() {
        assert!(!c.is_control() || c == '\n' || c == '\t', "{c:?} in {text:?}");
        assert!(!matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}'), "{c:?} in {text:?}");
    }
}

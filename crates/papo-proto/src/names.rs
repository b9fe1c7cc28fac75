//! Names of people and rooms. A value of these types obeys the rules; nothing behind checks again.

use std::borrow::Cow;
use std::fmt;
use std::sync::{Arc, LazyLock};

use precis_profiles::precis_core::profile::PrecisFastInvocation;
use precis_profiles::{UsernameCaseMapped, UsernameCasePreserved};
use thiserror::Error;
use unicode_normalization::UnicodeNormalization as _;
use unicode_security::confusable_detection::skeleton;

use crate::limits::{NICKNAME_MAX_CHARS, ROOM_NAME_MAX_CHARS};

/// The room that always exists.
pub const LOBBY: &str = "geral";

/// What stands for the name of a conversation of two: no room can be called that.
pub const DIRECT_NAME: &str = "@";

/// Names that nobody may take, nor anything that looks like them.
const RESERVED: [&str; 5] = ["sistema", "papo", "bridge", "servidor", "admin"];

/// Why a name is refused.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum NameError {
    /// Nothing is left of it.
    #[error("the name is empty")]
    Empty,
    /// A character that is neither a letter, a digit nor one of `_ - .`.
    #[error("{0:?} cannot be in a name")]
    Character(char),
    /// Mixed writing directions, or letters that have no place in identifiers (RFC 8265).
    #[error("the name cannot be compared safely with others")]
    Unsafe,
    /// The name, or one that looks like it, belongs to the server.
    #[error("the name is reserved")]
    Reserved,
}

/// A name that was read, and whether it had to be cut to its longest length.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parsed<N> {
    /// The name.
    pub name: N,
    /// It was longer and is cut now; its owner is told.
    pub cut: bool,
}

/// A person's shown name, with the key under which it is taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Nickname {
    shown: Arc<str>,
    key: Arc<str>,
}

impl Nickname {
    /// Reads a name as typed.
    ///
    /// # Errors
    /// The reason why it is refused.
    pub fn parse(typed: &str) -> Result<Parsed<Self>, NameError> {
        let parsed = Self::unreserved(typed)?;
        let roughly = rough(&parsed.name.key);
        if RESERVED.iter().any(|reserved| rough(&look(reserved)) == roughly) {
            return Err(NameError::Reserved);
        }
        Ok(parsed)
    }

    /// A name that somebody was given before: it is theirs, even when it is reserved since then.
    ///
    /// # Errors
    /// The reason why it can be no name.
    pub fn stored(shown: &str) -> Result<Self, NameError> {
        Ok(Self::unreserved(shown)?.name)
    }

    fn unreserved(typed: &str) -> Result<Parsed<Self>, NameError> {
        let (shown, folded, cut) = identifier(typed, NICKNAME_MAX_CHARS)?;
        Ok(Parsed { name: Self { shown: shown.into(), key: look(&folded).into() }, cut })
    }

    /// The name as shown.
    pub fn as_str(&self) -> &str {
        &self.shown
    }

    /// The name as shown, shared.
    pub fn shared(&self) -> &Arc<str> {
        &self.shown
    }

    /// What makes two names the same person to a reader's eye: case and look-alikes are gone.
    pub fn key(&self) -> &Arc<str> {
        &self.key
    }

    /// How the name looks as it is shown. Two names with other keys may look the same: `Iara` and `lara`.
    pub fn appearance(&self) -> String {
        if self.shown.is_ascii() {
            return self.shown.bytes().map(|byte| ASCII_APPEARANCES[usize::from(byte)].as_str()).collect();
        }
        skeleton(&self.shown).collect()
    }

    /// The key of the plain names that look as it is shown: for a plain name its own, for `Iara` that of `lara`.
    pub fn likeness(&self) -> String {
        look(&self.appearance().to_lowercase())
    }

    /// Whether its appearance tells its key: then it looks only like names of the same key, and like some of those
    /// that are not plain.
    pub fn is_plain(&self) -> bool {
        // Of ASCII only the large i looks like a letter that it is not.
        if self.shown.is_ascii() { !self.shown.contains('I') } else { self.likeness() == *self.key }
    }
}

impl fmt::Display for Nickname {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}

/// A room's name without its `#`, with the key under which rooms are compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoomName {
    shown: Arc<str>,
    key: Arc<str>,
}

impl RoomName {
    /// Reads a name as typed; a leading `#` may be left out.
    ///
    /// # Errors
    /// The reason why it is refused.
    pub fn parse(typed: &str) -> Result<Parsed<Self>, NameError> {
        let typed = typed.strip_prefix('#').unwrap_or(typed);
        let (shown, folded, cut) = identifier(typed, ROOM_NAME_MAX_CHARS)?;
        let shown: Arc<str> = shown.into();
        let key = if *shown == *folded { shown.clone() } else { folded.into() };
        Ok(Parsed { name: Self { shown, key }, cut })
    }

    /// The room that always exists.
    pub fn lobby() -> Self {
        let shown: Arc<str> = LOBBY.into();
        Self { key: shown.clone(), shown }
    }

    /// The name of every conversation of two.
    pub fn direct() -> Self {
        let shown: Arc<str> = DIRECT_NAME.into();
        Self { key: shown.clone(), shown }
    }

    /// The name as first written, without `#`.
    pub fn as_str(&self) -> &str {
        &self.shown
    }

    /// The name as first written, shared.
    pub fn shared(&self) -> &Arc<str> {
        &self.shown
    }

    /// What makes two names the same room: case and normalisation are gone.
    pub fn key(&self) -> &Arc<str> {
        &self.key
    }
}

impl fmt::Display for RoomName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{}", self.shown)
    }
}

/// The shown and the case-folded form of an identifier, and whether it was cut.
fn identifier(typed: &str, max_chars: usize) -> Result<(String, String, bool), NameError> {
    // Composed before it is measured: some letters become several, and a name as shown must be
    // the same name when it is typed. ASCII is composed as it is.
    let composed: Cow<'_, str> =
        if typed.is_ascii() { typed.into() } else { typed.nfc().take(max_chars + 1).collect::<String>().into() };
    let typed = &*composed;
    let cut_at = typed.char_indices().nth(max_chars).map(|(at, _)| at);
    let typed = &typed[..cut_at.unwrap_or(typed.len())];
    if let Some(bad) = typed.chars().find(|&c| !may_be_in_a_name(c)) {
        return Err(NameError::Character(bad));
    }
    if !typed.chars().any(char::is_alphanumeric) {
        return Err(NameError::Empty);
    }
    // ASCII needs no tables, and nearly every name is ASCII.
    if typed.is_ascii() {
        return Ok((typed.to_owned(), typed.to_ascii_lowercase(), cut_at.is_some()));
    }
    let shown = UsernameCasePreserved::enforce(typed).map_err(|_| NameError::Unsafe)?;
    let folded = UsernameCaseMapped::enforce(typed).map_err(|_| NameError::Unsafe)?;
    if let Some(bad) = shown.chars().find(|&c| !may_be_in_a_name(c)) {
        return Err(NameError::Character(bad));
    }
    // Half-width voicing signs count as letters as typed, and are marks as shown.
    if !shown.chars().any(char::is_alphanumeric) {
        return Err(NameError::Empty);
    }
    Ok((shown.into_owned(), folded.into_owned(), cut_at.is_some()))
}

/// Letters and digits of any script, with the marks that some scripts write their vowels with;
/// which marks and letters are sound identifiers is left to PRECIS.
fn may_be_in_a_name(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '.') || unicode_normalization::char::is_combining_mark(c)
}

/// The look of each ASCII character: it is the same beside any other one.
static ASCII_LOOKS: LazyLock<Vec<String>> =
    LazyLock::new(|| (0..128_u8).map(|byte| look_by_table(char::from(byte).encode_utf8(&mut [0; 4]))).collect());

/// How each ASCII character looks as it is.
static ASCII_APPEARANCES: LazyLock<Vec<String>> =
    LazyLock::new(|| (0..128_u8).map(|byte| skeleton(char::from(byte).encode_utf8(&mut [0; 4])).collect()).collect());

/// A key in which a large i is like a small L, as it is to the eye: for names of which none may even be hinted at.
fn rough(key: &str) -> String {
    key.replace('i', "l")
}

/// How a folded name looks: names with the same look are taken together.
fn look(folded: &str) -> String {
    if folded.is_ascii() {
        // Ten thousand people may come at once, and nearly all of their names are ASCII.
        return folded.bytes().map(|byte| ASCII_LOOKS[usize::from(byte)].as_str()).collect();
    }
    look_by_table(folded)
}

fn look_by_table(folded: &str) -> String {
    skeleton(folded).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nick(typed: &str) -> Result<Nickname, NameError> {
        Nickname::parse(typed).map(|parsed| parsed.name)
    }

    #[test]
    fn names_are_letters_and_digits_of_any_script() {
        for good in ["Ana", "José", "ana_b-c.d", "Ωmega", "Дмитрий", "李雷", "हिन्दी", "محمد", "Alice2"]
        {
            assert!(nick(good).is_ok(), "{good}: {:?}", nick(good));
        }
        for (bad, error) in [
            ("", NameError::Empty),
            ("...", NameError::Empty),
            ("\u{FF9E}.", NameError::Empty),
            ("a b", NameError::Character(' ')),
            ("[x]", NameError::Character('[')),
            ("ana:", NameError::Character(':')),
            ("a\u{202E}b", NameError::Character('\u{202E}')),
            ("a\u{200B}b", NameError::Character('\u{200B}')),
            ("😀", NameError::Character('😀')),
            ("\u{3164}", NameError::Unsafe),
            ("Papo", NameError::Reserved),
            ("ADMIN", NameError::Reserved),
            ("аdmin", NameError::Reserved),
            ("ADMlN", NameError::Reserved),
            ("SlSTEMA", NameError::Reserved),
        ] {
            assert_eq!(nick(bad), Err(error), "{bad:?}");
        }
    }

    #[test]
    fn a_stored_name_may_be_reserved_and_nothing_else() {
        assert_eq!(nick("Papo"), Err(NameError::Reserved));
        assert_eq!(Nickname::stored("Papo").expect("given before").as_str(), "Papo");
        assert_eq!(Nickname::stored("Ana").expect("good"), nick("Ana").expect("good"));
        assert_eq!(Nickname::stored("a b"), Err(NameError::Character(' ')));
    }

    #[test]
    fn the_short_way_for_ascii_gives_the_same_looks() {
        for name in ["ana", "convidado-1234", "mm_rn.0o1l", "x"] {
            assert_eq!(look(name), look_by_table(name));
        }
    }

    #[test]
    fn look_alikes_share_a_key() {
        for (a, b) in [
            ("Ana", "ana"),
            ("Ana", "аnа"),
            ("José", "Jose\u{301}"),
            ("paul", "pau1"),
            ("Bob0", "BobO"),
            ("rnaria", "maria"),
            ("ANA", "ANA"),
        ] {
            assert_eq!(nick(a).expect(a).key(), nick(b).expect(b).key(), "{a} and {b}");
        }
        assert_ne!(nick("Ana").expect("good").key(), nick("Anna").expect("good").key());
    }

    #[test]
    fn a_name_looks_as_it_is_shown() {
        let appearance = |typed| nick(typed).expect("good").appearance();
        assert_eq!(appearance("Iara"), appearance("lara"));
        assert_eq!(appearance("Iara"), appearance("1ara"));
        assert_ne!(appearance("Iara"), appearance("Lara"), "two names that people have");
        assert_ne!(appearance("ana"), appearance("Ana"));
        for (name, expected) in
            [("lara", true), ("Lara", true), ("Iara", false), ("José", true), ("Maria", true), ("Júnior IV", false)]
        {
            let Ok(nick) = nick(&name.replace(' ', "_")) else { panic!("{name}") };
            assert_eq!(nick.is_plain(), expected, "{name}");
        }
        for byte in (0..128_u8).filter(|byte| *byte != b'I').map(char::from) {
            let shown = byte.to_string();
            let appearance = ASCII_APPEARANCES[byte as usize].to_lowercase();
            assert_eq!(look(&appearance), look(&shown.to_ascii_lowercase()), "{byte:?}");
        }
    }

    #[test]
    fn rooms_are_compared_without_case_and_sign() {
        let room = |typed| RoomName::parse(typed).map(|parsed| parsed.name);
        assert_eq!(room("#Geral").expect("good").key(), room("geral").expect("good").key());
        assert_eq!(room("#Jogos").expect("good").to_string(), "#Jogos");
        assert_eq!(room("Ção").expect("good").key(), room("ÇÃO").expect("good").key());
        assert_eq!(room("##x"), Err(NameError::Character('#')));
        assert_eq!(room("#"), Err(NameError::Empty));
        assert_eq!(RoomName::lobby(), room("geral").expect("good"));
    }

    #[test]
    fn a_long_name_is_cut_and_told() {
        let parsed = Nickname::parse(&"é".repeat(33)).expect("good");
        assert_eq!((parsed.name.as_str().chars().count(), parsed.cut), (32, true));
        assert!(!Nickname::parse(&"é".repeat(32)).expect("good").cut);
        let parsed = Nickname::parse(&format!("a{}", "\u{344}".repeat(31))).expect("good");
        assert_eq!((parsed.name.as_str().chars().count(), parsed.cut), (32, true), "one sign becomes two");
        assert!(!Nickname::parse(&"e\u{301}".repeat(32)).expect("good").cut, "two signs become one");
        let parsed = RoomName::parse(&format!("#{}", "s".repeat(49))).expect("good");
        assert_eq!((parsed.name.as_str().len(), parsed.cut), (48, true));
    }
}

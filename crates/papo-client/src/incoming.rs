//! What one frame of the text dialect says.

/// A frame from the server, told apart by its first characters.
///
/// All text is as it came from the wire: clean it before a person sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Incoming {
    /// What a person said in a room: `[#sala] Nome: texto`.
    Message {
        /// The room's name, without `#`.
        room: String,
        /// The author's nickname.
        author: String,
        /// The text; it may hold line breaks.
        text: String,
    },
    /// What a person said to another: `[@Nome] Nome: texto`.
    Direct {
        /// With whom the conversation is.
        with: String,
        /// The author's nickname.
        author: String,
        /// The text; it may hold line breaks.
        text: String,
    },
    /// A notice or an answer: `[SYS] …`, here without its tag.
    Notice(String),
    /// A refusal: `[ERRO] …`, here without its tag.
    Refusal(String),
    /// Any other line, for example from an original server, which tags nothing.
    Line(String),
    /// A frame that was too long for us and has been skipped.
    Skipped {
        /// Its length in bytes.
        bytes: usize,
    },
}

impl Incoming {
    /// Reads a frame's bytes; those that are no UTF-8 become U+FFFD.
    pub fn read(frame: &[u8]) -> Self {
        let text = String::from_utf8_lossy(frame);
        if let Some(notice) = text.strip_prefix("[SYS] ") {
            return Self::Notice(notice.to_owned());
        }
        if let Some(refusal) = text.strip_prefix("[ERRO] ") {
            return Self::Refusal(refusal.to_owned());
        }
        message(&text).unwrap_or_else(|| Self::Line(text.into_owned()))
    }
}

/// Neither a room's name nor a nickname has white space, `]` or `:` in it, so the first of each ends it.
fn message(text: &str) -> Option<Incoming> {
    let (sign, rest) = text.strip_prefix('[')?.split_at_checked(1)?;
    let (place, rest) = rest.split_once("] ")?;
    let (author, text) = rest.split_once(": ")?;
    if !is_name(place) || !is_name(author) {
        return None;
    }
    let (place, author, text) = (place.to_owned(), author.to_owned(), text.to_owned());
    match sign {
        "#" => Some(Incoming::Message { room: place, author, text }),
        "@" => Some(Incoming::Direct { with: place, author, text }),
        _ => None,
    }
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && !name.contains(|c: char| c.is_whitespace() || c.is_control() || matches!(c, '[' | ']' | ':'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(room: &str, author: &str, text: &str) -> Incoming {
        Incoming::Message { room: room.into(), author: author.into(), text: text.into() }
    }

    #[test]
    fn a_frame_is_told_by_how_it_begins() {
        let table: Vec<(&[u8], Incoming)> = vec![
            ("[#geral] Alice: Olá a todos!".as_bytes(), said("geral", "Alice", "Olá a todos!")),
            (b"[#a] B: um\ndois", said("a", "B", "um\ndois")),
            (b"[#a] B: [SYS] x: y", said("a", "B", "[SYS] x: y")),
            (b"[#a] B: ", said("a", "B", "")),
            (b"[@Ana] Ana: oi: x", Incoming::Direct { with: "Ana".into(), author: "Ana".into(), text: "oi: x".into() }),
            (b"[@] Ana: x", Incoming::Line("[@] Ana: x".into())),
            (b"[", Incoming::Line("[".into())),
            ("[é] Ana: x".as_bytes(), Incoming::Line("[é] Ana: x".into())),
            ("[SYS] Você entrou em #geral.".as_bytes(), Incoming::Notice("Você entrou em #geral.".into())),
            (b"[ERRO] nada", Incoming::Refusal("nada".into())),
            (b"Bem-vindo", Incoming::Line("Bem-vindo".into())),
            (b"[#a b] C: x", Incoming::Line("[#a b] C: x".into())),
            (b"[#a] duas palavras: x", Incoming::Line("[#a] duas palavras: x".into())),
            (b"[#] x: y", Incoming::Line("[#] x: y".into())),
            (b"[bridge] conectado", Incoming::Line("[bridge] conectado".into())),
            (b"a\xffb", Incoming::Line("a\u{FFFD}b".into())),
            (b"", Incoming::Line(String::new())),
        ];
        for (frame, expected) in table {
            assert_eq!(Incoming::read(frame), expected, "{:?}", String::from_utf8_lossy(frame));
        }
    }
}

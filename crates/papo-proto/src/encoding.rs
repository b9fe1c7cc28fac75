//! How a reader wants its bytes, and the bytes of what happens in a room.

use std::sync::Arc;

use crate::lang::Lang;
use crate::names::DIRECT_NAME;
use crate::words::{Body, Ephemeral, Event, Person, Reply, RoomId, Seq, SessionId, Txn};
use crate::{papo1, text, ws};

/// How frames lie on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Framing {
    /// A 4-byte length before each.
    Length,
    /// A WebSocket text message each, from a server.
    WebSocket,
}

/// What is in a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// Lines for people.
    Text,
    /// JSON for programs.
    Papo1,
}

/// How a reader wants its bytes: readers with the same encoding share them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Encoding {
    /// The framing.
    pub framing: Framing,
    /// The dialect.
    pub dialect: Dialect,
    /// The language of what people read: in the text dialect the notices, in papo/1 the texts of
    /// answers, so that there a room's frames are the same in all languages.
    pub lang: Lang,
}

/// What happens in a room, in the order of its log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Item {
    /// Somebody said something.
    Message {
        /// Its number in the log.
        seq: Seq,
        /// When, in milliseconds since 1970.
        at_ms: u64,
        /// Who it is of.
        person: Person,
        /// The author's name.
        author: Arc<str>,
        /// What was said.
        text: Arc<str>,
        /// The reader's own number of the post, if it was the reader's.
        txn: Option<Txn>,
    },
    /// A message that was taken back stood here.
    Redacted {
        /// Its number in the log.
        seq: Seq,
        /// When, in milliseconds since 1970.
        at_ms: u64,
        /// The author's name.
        author: Arc<str>,
    },
    /// Somebody took messages back.
    Redaction {
        /// Its number in the log.
        seq: Seq,
        /// When, in milliseconds since 1970.
        at_ms: u64,
        /// Who did it.
        author: Arc<str>,
        /// Which.
        seqs: Arc<[Seq]>,
    },
    /// A notice to those who are there.
    Told(Ephemeral),
}

impl Item {
    /// An event as `reader` is shown it.
    pub fn of(event: Event, reader: SessionId) -> Self {
        let Event { seq, at_ms, session, txn, person, author, body } = event;
        match body {
            Body::Message(text) => {
                Item::Message { seq, at_ms, person, author, text, txn: txn.filter(|_| session == reader) }
            }
            Body::Redacted => Item::Redacted { seq, at_ms, author },
            Body::Redaction(seqs) => Item::Redaction { seq, at_ms, author, seqs },
        }
    }

    /// Whose words it is, for those who ignore somebody.
    pub fn person(&self) -> Person {
        match self {
            Item::Message { person, .. } => *person,
            _ => Person::NOBODY,
        }
    }

    /// Its number in the log, if it is an event.
    pub fn seq(&self) -> Option<Seq> {
        match self {
            Item::Message { seq, .. } | Item::Redacted { seq, .. } | Item::Redaction { seq, .. } => Some(*seq),
            Item::Told(_) => None,
        }
    }
}

/// Most frames of papo/1 are shorter, so that their buffer does not grow while they are written.
const USUAL_FRAME_BYTES: usize = 512;
/// Room frames of one framing: a language each for text, one for papo/1.
const PER_FRAMING: usize = Lang::ALL.len() + 1;

impl Encoding {
    /// How many encodings of a room there are.
    pub const COUNT: usize = 2 * PER_FRAMING;

    /// The text dialect.
    pub const fn text(framing: Framing, lang: Lang) -> Encoding {
        Encoding { framing, dialect: Dialect::Text, lang }
    }

    /// The structured dialect.
    pub const fn papo1(framing: Framing, lang: Lang) -> Encoding {
        Encoding { framing, dialect: Dialect::Papo1, lang }
    }

    /// This encoding's place among all those of a room.
    pub fn index(self) -> usize {
        let within = match self.dialect {
            Dialect::Text => self.lang as usize,
            Dialect::Papo1 => Lang::ALL.len(),
        };
        self.framing as usize * PER_FRAMING + within
    }

    /// The encoding at a place below [`Encoding::COUNT`].
    pub fn at(index: usize) -> Encoding {
        let framing = if index < PER_FRAMING { Framing::Length } else { Framing::WebSocket };
        match Lang::ALL.get(index % PER_FRAMING) {
            Some(&lang) => Encoding::text(framing, lang),
            None => Encoding::papo1(framing, Lang::default()),
        }
    }

    /// Appends the frame of an item of a room, or nothing if it is not told in this dialect.
    pub fn item(self, room: RoomId, name: &str, item: &Item, out: &mut Vec<u8>) {
        match (self.dialect, item) {
            (Dialect::Text, Item::Message { author, text, .. }) => self.message(name, author, text, out),
            (Dialect::Text, Item::Redacted { .. }) => {}
            (Dialect::Text, Item::Redaction { author, seqs, .. }) => {
                self.line(&text::redaction(self.lang, author, seqs.len()), out);
            }
            (Dialect::Text, Item::Told(ephemeral)) => {
                if let Some(line) = text::ephemeral(self.lang, name, ephemeral) {
                    self.line(&line, out);
                }
            }
            (Dialect::Papo1, item) => self.json(&papo1::encode::item(room, item), out),
        }
    }

    /// Appends the frame of a message: `[#sala] Nome: texto`, the hottest path of encoding. In a
    /// conversation of two, which has no name, `[@Nome] Nome: texto`.
    pub fn message(self, room: &str, author: &str, text: &str, out: &mut Vec<u8>) {
        let (sign, place) = if room == DIRECT_NAME { ("[@", author) } else { ("[#", room) };
        let length = place.len() + author.len() + text.len() + "[#] : ".len();
        out.reserve(length + 10);
        self.header(length, out);
        for part in [sign, place, "] ", author, ": ", text] {
            out.extend_from_slice(part.as_bytes());
        }
    }

    /// Appends the frame of a reply to the command with this number, if there is something to say
    /// in this dialect.
    pub fn reply(self, txn: Option<Txn>, reply: &Reply, out: &mut Vec<u8>) {
        match self.dialect {
            Dialect::Text => {
                if let Some(line) = text::reply(self.lang, reply) {
                    self.line(&line, out);
                }
            }
            Dialect::Papo1 => {
                if let Some(frame) = papo1::encode::reply(self.lang, txn, reply) {
                    self.json(&frame, out);
                }
            }
        }
    }

    /// Appends a frame of papo/1.
    pub fn json(self, frame: &papo1::ServerFrame, out: &mut Vec<u8>) {
        let mut json = Vec::with_capacity(USUAL_FRAME_BYTES);
        serde_json::to_writer(&mut json, frame).expect("invariant: our frames are maps with names for keys");
        out.reserve(json.len() + 10);
        self.header(json.len(), out);
        out.extend_from_slice(&json);
    }

    /// Appends the frame of a finished line.
    pub fn line(self, line: &str, out: &mut Vec<u8>) {
        out.reserve(line.len() + 10);
        self.header(line.len(), out);
        out.extend_from_slice(line.as_bytes());
    }

    fn header(self, length: usize, out: &mut Vec<u8>) {
        match self.framing {
            Framing::Length => out.extend_from_slice(&(length as u32).to_be_bytes()),
            Framing::WebSocket => ws::encode_header(ws::Opcode::Text, length, out),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_encoding_has_its_place() {
        for index in 0..Encoding::COUNT {
            assert_eq!(Encoding::at(index).index(), index);
        }
        let english = Encoding::papo1(Framing::WebSocket, Lang::En);
        assert_eq!(english.index(), Encoding::papo1(Framing::WebSocket, Lang::PtBr).index(), "one for all languages");
    }

    #[test]
    fn a_message_is_the_documents_line_in_both_framings() {
        let (author, text) = ("Alice".into(), "Olá a todos!".into());
        let person = Person::NOBODY;
        let item = Item::Message { seq: Seq(1), at_ms: 5, person, author, text, txn: None };
        let line = "[#geral] Alice: Olá a todos!";
        let json = r#"{"is":"message","room":7,"seq":1,"at":5,"author":"Alice","text":"Olá a todos!"}"#;
        for index in 0..Encoding::COUNT {
            let encoding = Encoding::at(index);
            let mut bytes = Vec::new();
            encoding.item(RoomId(7), "geral", &item, &mut bytes);
            let payload = if encoding.dialect == Dialect::Text { line } else { json };
            let header = match encoding.framing {
                Framing::Length => vec![0, 0, 0, payload.len() as u8],
                Framing::WebSocket => vec![0x81, payload.len() as u8],
            };
            assert_eq!(bytes, [header, payload.as_bytes().to_vec()].concat());
        }
    }

    #[test]
    fn what_a_dialect_does_not_tell_is_no_frame() {
        let mut bytes = Vec::new();
        let typing = Item::Told(Ephemeral::Typing("Ana".into()));
        Encoding::text(Framing::Length, Lang::En).item(RoomId(1), "geral", &typing, &mut bytes);
        Encoding::papo1(Framing::Length, Lang::En).reply(None, &Reply::Welcome, &mut bytes);
        assert_eq!(bytes, [0; 0]);
    }
}

//! How a reader wants its bytes, and the bytes of what happens in a room.

use std::sync::Arc;

use crate::lang::Lang;
use crate::words::{Ephemeral, Reply};
use crate::{text, ws};

/// How frames lie on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Framing {
    /// A 4-byte length before each.
    Length,
    /// A WebSocket text message each, from a server.
    WebSocket,
}

/// A framing and a language: readers with the same encoding share the same bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Encoding {
    /// The framing.
    pub framing: Framing,
    /// The language of notices; a room's messages are the same in all.
    pub lang: Lang,
}

/// What happens in a room, in the order of its log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Item {
    /// Somebody said something.
    Message {
        /// The author's name.
        author: Arc<str>,
        /// What was said.
        text: Arc<str>,
    },
    /// A notice to those who are there.
    Told(Ephemeral),
}

impl Encoding {
    /// How many encodings there are.
    pub const COUNT: usize = 2 * Lang::ALL.len();

    /// This encoding's place among all of them.
    pub fn index(self) -> usize {
        self.framing as usize * Lang::ALL.len() + self.lang as usize
    }

    /// The encoding at a place below [`Encoding::COUNT`].
    pub fn at(index: usize) -> Encoding {
        let framing = if index < Lang::ALL.len() { Framing::Length } else { Framing::WebSocket };
        Encoding { framing, lang: Lang::ALL[index % Lang::ALL.len()] }
    }

    /// Appends the frame of an item of the room named `room` (without `#`).
    pub fn item(self, room: &str, item: &Item, out: &mut Vec<u8>) {
        match item {
            Item::Message { author, text } => self.message(room, author, text, out),
            Item::Told(ephemeral) => self.line(&text::ephemeral(self.lang, room, ephemeral), out),
        }
    }

    /// Appends the frame of a message: `[#sala] Nome: texto`, the hottest path of encoding.
    pub fn message(self, room: &str, author: &str, text: &str, out: &mut Vec<u8>) {
        let length = room.len() + author.len() + text.len() + "[#] : ".len();
        out.reserve(length + 10);
        self.header(length, out);
        for part in ["[#", room, "] ", author, ": ", text] {
            out.extend_from_slice(part.as_bytes());
        }
    }

    /// Appends the frame of a reply.
    pub fn reply(self, reply: &Reply, out: &mut Vec<u8>) {
        self.line(&text::reply(self.lang, reply), out);
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
    }

    #[test]
    fn a_message_is_the_documents_line_in_both_framings() {
        let item = Item::Message { author: "Alice".into(), text: "Olá a todos!".into() };
        let line = "[#geral] Alice: Olá a todos!";
        for index in 0..Encoding::COUNT {
            let mut bytes = Vec::new();
            Encoding::at(index).item("geral", &item, &mut bytes);
            let header = if index < 2 { vec![0, 0, 0, line.len() as u8] } else { vec![0x81, line.len() as u8] };
            assert_eq!(bytes, [header, line.as_bytes().to_vec()].concat());
        }
    }
}

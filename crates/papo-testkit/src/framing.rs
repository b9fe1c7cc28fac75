//! How frames lie in the bytes between a client and the server, in both of the server's ways.

use papo_proto::frame::{self, FrameDecoder};
use papo_proto::ws::{self, Opcode, Role, WsDecoder};
use papo_proto::{Cut, limits};

pub(crate) enum Framing {
    Length(FrameDecoder),
    WebSocket(Box<WsDecoder>),
}

impl Framing {
    pub(crate) fn length() -> Self {
        Self::Length(FrameDecoder::new(limits::FRAME_MAX_BYTES))
    }

    pub(crate) fn web_socket() -> Self {
        Self::WebSocket(Box::new(WsDecoder::new(Role::Client, limits::FRAME_MAX_BYTES)))
    }

    /// One frame as a client sends it.
    pub(crate) fn encoded(&self, payload: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::new();
        match self {
            Self::Length(_) => frame::encode(payload, &mut bytes),
            Self::WebSocket(_) => ws::encode_masked(Opcode::Text, payload, [3, 1, 4, 1], &mut bytes),
        }
        bytes
    }

    /// The next thing in what the server sent; `None` when `input` is used up.
    pub(crate) fn next<'a, 'i: 'a>(&'a mut self, input: &mut &'i [u8]) -> Option<Cut<'a>> {
        let cut = match self {
            Self::Length(decoder) => decoder.next(input),
            Self::WebSocket(decoder) => decoder.next(input),
        };
        cut.expect("the server keeps to the framing")
    }
}

/// The text of a frame.
pub(crate) fn text(frame: &[u8]) -> String {
    String::from_utf8(frame.to_vec()).expect("the server sends UTF-8")
}

/// The answer to a ping.
pub(crate) fn pong(payload: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    ws::encode_masked(Opcode::Pong, payload, [2, 7, 1, 8], &mut bytes);
    bytes
}

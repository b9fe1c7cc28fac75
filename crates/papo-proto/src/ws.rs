//! WebSocket frames (RFC 6455): our own codec, so that an idle connection holds no buffer and the
//! same encoded bytes serve every reader. Server frames are not masked.

mod decoder;
mod handshake;

pub use decoder::{Role, WsDecoder};
pub use handshake::{accept_key, client_key, is_client_key};

use thiserror::Error;

/// A WebSocket frame's meaning on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Opcode {
    /// Goes on with a fragmented message.
    Continuation = 0x0,
    /// Text.
    Text = 0x1,
    /// Bytes; Papo has no use for them.
    Binary = 0x2,
    /// The end, with a code and a reason.
    Close = 0x8,
    /// A question that a pong with the same payload answers.
    Ping = 0x9,
    /// The answer to a ping.
    Pong = 0xA,
}

/// How a peer broke the rules of WebSocket.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum WsError {
    /// A reserved bit is set, or the opcode is not known.
    #[error("a WebSocket frame with an unknown meaning ({0:#04x})")]
    Meaning(u8),
    /// A client's frame is not masked, or a server's is.
    #[error("a WebSocket frame is masked in the wrong direction")]
    Mask,
    /// A control frame is fragmented or over 125 bytes.
    #[error("a WebSocket control frame is fragmented or too long")]
    Control,
    /// A continuation without a beginning, or a new message inside another.
    #[error("WebSocket fragments are out of order")]
    Fragments,
    /// Papo speaks text only.
    #[error("a binary WebSocket message; send text")]
    Binary,
}

/// The close code for a frame error.
pub fn close_code(error: &crate::FrameError) -> u16 {
    match error {
        crate::FrameError::TooBig { .. } => close::TOO_BIG,
        crate::FrameError::WebSocket(WsError::Binary) => close::UNSUPPORTED,
        crate::FrameError::WebSocket(_) => close::PROTOCOL,
    }
}

/// Close codes (RFC 6455, 7.4.1).
pub mod close {
    /// All is well, the conversation is over.
    pub const NORMAL: u16 = 1000;
    /// The server goes away (or the page does).
    pub const GOING_AWAY: u16 = 1001;
    /// The peer broke the protocol.
    pub const PROTOCOL: u16 = 1002;
    /// The peer sent a kind of data that is not taken.
    pub const UNSUPPORTED: u16 = 1003;
    /// A message was too big.
    pub const TOO_BIG: u16 = 1009;
    /// Come back later.
    pub const TRY_AGAIN_LATER: u16 = 1013;
}

/// Appends a frame's header for `length` bytes of unmasked payload.
pub fn encode_header(opcode: Opcode, length: usize, out: &mut Vec<u8>) {
    header(opcode, length, 0, out);
}

/// Appends one whole unmasked frame: what a server sends.
pub fn encode(opcode: Opcode, payload: &[u8], out: &mut Vec<u8>) {
    header(opcode, payload.len(), 0, out);
    out.extend_from_slice(payload);
}

/// Appends one whole masked frame: what a client sends.
pub fn encode_masked(opcode: Opcode, payload: &[u8], mask: [u8; 4], out: &mut Vec<u8>) {
    header(opcode, payload.len(), 0x80, out);
    out.extend_from_slice(&mask);
    out.extend(payload.iter().zip(mask.iter().cycle()).map(|(byte, key)| byte ^ key));
}

/// Appends an unmasked close frame; `reason` is cut to what a control frame holds.
pub fn encode_close(code: u16, reason: &str, out: &mut Vec<u8>) {
    let mut end = reason.len().min(crate::limits::WS_CONTROL_MAX_BYTES - 2);
    while !reason.is_char_boundary(end) {
        end -= 1;
    }
    encode_header(Opcode::Close, end + 2, out);
    out.extend_from_slice(&code.to_be_bytes());
    out.extend_from_slice(&reason.as_bytes()[..end]);
}

fn header(opcode: Opcode, length: usize, mask_bit: u8, out: &mut Vec<u8>) {
    out.push(0x80 | opcode as u8);
    match length {
        0..=125 => out.push(mask_bit | length as u8),
        126..=0xFFFF => {
            out.push(mask_bit | 126);
            out.extend_from_slice(&(length as u16).to_be_bytes());
        }
        _ => {
            out.push(mask_bit | 127);
            out.extend_from_slice(&(length as u64).to_be_bytes());
        }
    }
}

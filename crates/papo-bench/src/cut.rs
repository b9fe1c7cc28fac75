//! Cuts a server's frames out of what one read brought, without copying them.
//!
//! Not the server's own decoders: those keep what is unfinished, for as many connections as there
//! are, while the generator can put a kept part in front of the next read.

use papo_proto::ws::Opcode;

use crate::options::Dialect;

/// A server that begins a longer frame is not what the generator expects.
const FRAME_MAX_BYTES: usize = 256 * 1024;

/// First bytes of whole WebSocket frames.
const TEXT: u8 = 0x80 | Opcode::Text as u8;
const PING: u8 = 0x80 | Opcode::Ping as u8;
const PONG: u8 = 0x80 | Opcode::Pong as u8;
const CLOSE: u8 = 0x80 | Opcode::Close as u8;

/// One frame of a server.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Piece<'a> {
    /// A line of the text dialect.
    Text(&'a [u8]),
    /// WebSocket wants this back in a pong.
    Ping(&'a [u8]),
    /// Nothing that matters here.
    Other,
}

/// The next whole frame; `None` when only a part of one is left. Advances `input` past it.
///
/// # Errors
/// What is wrong with the frame, in words.
#[inline]
pub(crate) fn cut<'a>(dialect: Dialect, input: &mut &'a [u8]) -> Result<Option<Piece<'a>>, String> {
    match dialect {
        Dialect::Text => Ok(cut_text(input)?.map(Piece::Text)),
        Dialect::WebSocket => cut_web_socket(input),
    }
}

#[inline]
fn cut_text<'a>(input: &mut &'a [u8]) -> Result<Option<&'a [u8]>, String> {
    let Some((length, rest)) = input.split_first_chunk::<4>() else { return Ok(None) };
    let length = u32::from_be_bytes(*length) as usize;
    if length > FRAME_MAX_BYTES {
        return Err(too_long(length as u64));
    }
    let Some((frame, rest)) = rest.split_at_checked(length) else { return Ok(None) };
    *input = rest;
    Ok(Some(frame))
}

fn cut_web_socket<'a>(input: &mut &'a [u8]) -> Result<Option<Piece<'a>>, String> {
    let Some((&[first, second], rest)) = input.split_first_chunk::<2>() else { return Ok(None) };
    let (length, rest) = match second {
        126 => match rest.split_first_chunk::<2>() {
            Some((length, rest)) => (u64::from(u16::from_be_bytes(*length)), rest),
            None => return Ok(None),
        },
        127 => match rest.split_first_chunk::<8>() {
            Some((length, rest)) => (u64::from_be_bytes(*length), rest),
            None => return Ok(None),
        },
        128.. => return Err("a masked WebSocket frame from a server".to_owned()),
        short => (u64::from(short), rest),
    };
    if length > FRAME_MAX_BYTES as u64 {
        return Err(too_long(length));
    }
    let Some((payload, rest)) = rest.split_at_checked(length as usize) else { return Ok(None) };
    *input = rest;
    match first {
        TEXT => Ok(Some(Piece::Text(payload))),
        PING => Ok(Some(Piece::Ping(payload))),
        PONG | CLOSE => Ok(Some(Piece::Other)),
        other => Err(format!("a WebSocket frame that begins with {other:#04x}")),
    }
}

#[cold]
fn too_long(length: u64) -> String {
    format!("a frame of {length} bytes; the generator takes {FRAME_MAX_BYTES}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use papo_proto::{frame, ws};

    /// Cuts a stream that comes in two reads, as a connection does.
    fn texts(dialect: Dialect, stream: &[u8], at: usize) -> Vec<Vec<u8>> {
        let mut seen = Vec::new();
        let mut kept = Vec::new();
        for read in [&stream[..at], &stream[at..]] {
            kept.extend_from_slice(read);
            let mut rest = &kept[..];
            while let Some(piece) = cut(dialect, &mut rest).expect("valid") {
                seen.push(match piece {
                    Piece::Text(text) => text.to_vec(),
                    other => format!("{other:?}").into_bytes(),
                });
            }
            kept = rest.to_vec();
        }
        assert!(kept.is_empty());
        seen
    }

    #[test]
    fn every_split_gives_the_same_frames() {
        let lines = [b"[SYS] x".to_vec(), Vec::new(), vec![b'y'; 200], vec![b'z'; 70_000], b"fim".to_vec()];
        let mut length = Vec::new();
        let mut web_socket = Vec::new();
        for line in &lines {
            frame::encode(line, &mut length);
            ws::encode(Opcode::Text, line, &mut web_socket);
        }
        for at in (0..300).chain([length.len() - 1, length.len()]) {
            assert_eq!(texts(Dialect::Text, &length, at), lines, "text split at {at}");
        }
        for at in (0..300).chain([web_socket.len() - 1, web_socket.len()]) {
            assert_eq!(texts(Dialect::WebSocket, &web_socket, at), lines, "ws split at {at}");
        }
    }

    #[test]
    fn control_frames_are_told_apart() {
        let mut stream = Vec::new();
        ws::encode(Opcode::Ping, b"eco", &mut stream);
        ws::encode(Opcode::Pong, b"", &mut stream);
        ws::encode_close(1001, "até logo", &mut stream);
        let mut rest = &stream[..];
        assert_eq!(cut(Dialect::WebSocket, &mut rest), Ok(Some(Piece::Ping(b"eco"))));
        assert_eq!(cut(Dialect::WebSocket, &mut rest), Ok(Some(Piece::Other)));
        assert_eq!(cut(Dialect::WebSocket, &mut rest), Ok(Some(Piece::Other)));
        assert_eq!(cut(Dialect::WebSocket, &mut rest), Ok(None));
    }

    #[test]
    fn what_no_server_sends_is_an_error() {
        for (dialect, stream) in [
            (Dialect::Text, &b"HTTP/1.1 400"[..]),
            (Dialect::WebSocket, &[0x81, 0x85, 0, 0, 0, 0]),
            (Dialect::WebSocket, &[0x82, 0x00]),
            (Dialect::WebSocket, &[0x81, 127, 0, 0, 1, 0, 0, 0, 0, 0]),
        ] {
            assert!(cut(dialect, &mut &stream[..]).is_err(), "{stream:?}");
        }
    }
}

//! Frames on TCP: a 4-byte big-endian length N, then N bytes.

use thiserror::Error;

use crate::limits::FRAME_MAX_BYTES;
use crate::ws::WsError;

/// What a decoder cut from the stream, for TCP and WebSocket alike.
#[derive(Debug, PartialEq, Eq)]
pub enum Cut<'a> {
    /// A whole frame's payload: text for the dialect's codec.
    Frame(&'a [u8]),
    /// A frame over the message limit has begun. Its bytes are skipped as they come.
    TooLong {
        /// The announced length in bytes.
        bytes: usize,
    },
    /// A WebSocket ping; its payload belongs into the pong.
    Ping(&'a [u8]),
    /// A WebSocket pong.
    Pong,
    /// A WebSocket close; `None` when it carries no code.
    Close(Option<u16>),
}

/// Why a connection cannot go on: its peer does not speak the framing. The connection is to blame.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum FrameError {
    /// A length over [`FRAME_MAX_BYTES`]; nothing of the frame was buffered.
    #[error("a frame of {bytes} bytes is over the limit of {FRAME_MAX_BYTES} bytes")]
    TooBig {
        /// The announced length in bytes.
        bytes: u64,
    },
    /// The peer broke the rules of WebSocket.
    #[error(transparent)]
    WebSocket(#[from] WsError),
}

#[derive(Debug)]
enum State {
    /// Some bytes of the length have come.
    Length { bytes: [u8; 4], have: u8 },
    /// The frame's payload is being collected in `part`.
    Payload { need: u32 },
    /// The last cut lent `part` to the caller; it is freed by the next call.
    Lent,
    /// The payload of a frame over the limit is passed over.
    Skip { left: u32 },
}

/// Cuts TCP frames out of a stream that comes in pieces of any size.
///
/// Holds no buffer between frames: a frame that lies whole in the input is lent from there,
/// and only an unfinished one is kept, growing with the bytes that have really come.
#[derive(Debug)]
pub struct FrameDecoder {
    state: State,
    part: Vec<u8>,
    message_max: u32,
}

impl FrameDecoder {
    /// A decoder that skips frames over `message_max` bytes.
    pub fn new(message_max: usize) -> Self {
        Self {
            state: State::Length { bytes: [0; 4], have: 0 },
            part: Vec::new(),
            message_max: message_max.min(FRAME_MAX_BYTES) as u32,
        }
    }

    /// From the next frame on, frames over `message_max` bytes are skipped.
    pub fn set_message_max(&mut self, message_max: usize) {
        self.message_max = message_max.min(FRAME_MAX_BYTES) as u32;
    }

    /// Whether a frame has begun and its rest is awaited.
    pub fn is_inside_frame(&self) -> bool {
        match self.state {
            State::Length { have, .. } => have > 0,
            State::Payload { .. } | State::Skip { .. } => true,
            State::Lent => false,
        }
    }

    /// The next cut, or `None` when `input` is used up. Advances `input` past what it took.
    ///
    /// # Errors
    /// [`FrameError::TooBig`]; the stream cannot be read any further.
    pub fn next<'a, 'i: 'a>(&'a mut self, input: &mut &'i [u8]) -> Result<Option<Cut<'a>>, FrameError> {
        loop {
            match &mut self.state {
                State::Lent => {
                    self.part = Vec::new();
                    self.state = State::Length { bytes: [0; 4], have: 0 };
                }
                State::Length { bytes, have } => {
                    while *have < 4 {
                        let Some((&byte, rest)) = input.split_first() else { return Ok(None) };
                        bytes[*have as usize] = byte;
                        *have += 1;
                        *input = rest;
                    }
                    let length = u32::from_be_bytes(*bytes);
                    if length as usize > FRAME_MAX_BYTES {
                        return Err(FrameError::TooBig { bytes: length.into() });
                    }
                    if length > self.message_max {
                        self.state = State::Skip { left: length };
                        return Ok(Some(Cut::TooLong { bytes: length as usize }));
                    }
                    if input.len() >= length as usize {
                        let (frame, rest) = input.split_at(length as usize);
                        *input = rest;
                        self.state = State::Length { bytes: [0; 4], have: 0 };
                        return Ok(Some(Cut::Frame(frame)));
                    }
                    self.state = State::Payload { need: length };
                }
                State::Payload { need } => {
                    let missing = *need as usize - self.part.len();
                    let (taken, rest) = input.split_at(missing.min(input.len()));
                    self.part.extend_from_slice(taken);
                    *input = rest;
                    if taken.len() < missing {
                        return Ok(None);
                    }
                    self.state = State::Lent;
                    return Ok(Some(Cut::Frame(&self.part)));
                }
                State::Skip { left } => {
                    let passed = (*left as usize).min(input.len());
                    *input = &input[passed..];
                    *left -= passed as u32;
                    if *left > 0 {
                        return Ok(None);
                    }
                    self.state = State::Length { bytes: [0; 4], have: 0 };
                }
            }
        }
    }
}

/// Appends one frame to `out`.
pub fn encode(payload: &[u8], out: &mut Vec<u8>) {
    out.extend_from_slice(&(payload.len() as u32).to_be_bytes());
    out.extend_from_slice(payload);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Feeds `stream` in the given pieces and lists what is cut, as text.
    fn cuts(pieces: &[&[u8]], message_max: usize) -> Result<Vec<String>, FrameError> {
        let mut decoder = FrameDecoder::new(message_max);
        let mut seen = Vec::new();
        for piece in pieces {
            let mut input = *piece;
            while let Some(cut) = decoder.next(&mut input)? {
                seen.push(match cut {
                    Cut::Frame(bytes) => String::from_utf8_lossy(bytes).into_owned(),
                    other => format!("{other:?}"),
                });
            }
        }
        Ok(seen)
    }

    fn stream() -> Vec<u8> {
        let mut out = Vec::new();
        for text in ["olá", "", "/join #geral", "x"] {
            encode(text.as_bytes(), &mut out);
        }
        encode(&[b'z'; 40], &mut out);
        encode(b"depois", &mut out);
        out
    }

    #[test]
    fn every_split_gives_the_same_frames() {
        let stream = stream();
        let expected = ["olá", "", "/join #geral", "x", "TooLong { bytes: 40 }", "depois"];
        for at in 0..=stream.len() {
            let (a, b) = stream.split_at(at);
            assert_eq!(cuts(&[a, b], 20).expect("valid"), expected, "split at {at}");
        }
        let bytes: Vec<&[u8]> = stream.chunks(1).collect();
        assert_eq!(cuts(&bytes, 20).expect("valid"), expected, "byte by byte");
    }

    #[test]
    fn a_length_over_the_limit_is_an_error_before_anything_is_kept() {
        let mut decoder = FrameDecoder::new(20);
        let mut input: &[u8] = &[0, 0x80, 0, 1, b'x'];
        assert_eq!(decoder.next(&mut input), Err(FrameError::TooBig { bytes: 8 * 1024 * 1024 + 1 }));
        assert_eq!(decoder.part.capacity(), 0);
    }

    #[test]
    fn a_skipped_frame_is_not_buffered() {
        let mut decoder = FrameDecoder::new(20);
        let mut input: &[u8] = &[0, 0x80, 0, 0];
        assert_eq!(decoder.next(&mut input), Ok(Some(Cut::TooLong { bytes: FRAME_MAX_BYTES })));
        let zeros = vec![0; FRAME_MAX_BYTES];
        let mut input = &zeros[..];
        assert_eq!(decoder.next(&mut input), Ok(None));
        assert!(!decoder.is_inside_frame());
        assert_eq!(decoder.part.capacity(), 0);
    }

    #[test]
    fn an_unfinished_frame_keeps_only_what_has_come() {
        let mut decoder = FrameDecoder::new(60_000);
        let mut input: &[u8] = &[0, 0, 0xC3, 0x50, b'a'];
        assert_eq!(decoder.next(&mut input), Ok(None));
        assert!(decoder.is_inside_frame());
        assert!(decoder.part.capacity() < 64);
    }
}

//! What must hold for every input of the two decoders of frames. Each function panics when it does
//! not; `data` is any bytes: its head chooses limits and splits, the rest is the stream.

use papo_proto::frame::{self, FrameDecoder};
use papo_proto::limits::WS_CONTROL_MAX_BYTES;
use papo_proto::ws::{self, Opcode, Role, WsDecoder};
use papo_proto::{Cut, FrameError};

use crate::held::held;

/// A cut that outlives its decoder's buffer.
#[derive(Debug, PartialEq, Eq)]
enum Seen {
    Frame(Vec<u8>),
    TooLong(usize),
    Ping(Vec<u8>),
    Pong,
    Close(Option<u16>),
    Ended(FrameError),
}

enum Decoder {
    Length(FrameDecoder),
    WebSocket(WsDecoder),
}

impl Decoder {
    fn next<'a, 'i: 'a>(&'a mut self, input: &mut &'i [u8]) -> Result<Option<Cut<'a>>, FrameError> {
        match self {
            Self::Length(decoder) => decoder.next(input),
            Self::WebSocket(decoder) => decoder.next(input),
        }
    }

    fn is_inside_frame(&self) -> bool {
        match self {
            Self::Length(decoder) => decoder.is_inside_frame(),
            Self::WebSocket(decoder) => decoder.is_inside_frame(),
        }
    }
}

/// What chooses: `data`'s head.
struct Choice {
    message_max: usize,
    splits: u64,
    role: Role,
}

impl Choice {
    fn split_from(data: &[u8]) -> Option<(Self, &[u8])> {
        let ([low, high, splits, role], stream) = data.split_first_chunk()?;
        let message_max = usize::from(u16::from_le_bytes([*low, *high])) % 400;
        let role = if role & 1 == 0 { Role::Server } else { Role::Client };
        Some((Self { message_max, splits: u64::from(*splits), role }, stream))
    }
}

/// The frame decoder cuts the same from a stream however it arrives, and holds no more than it may.
pub(crate) fn frames_split_anywhere(data: &[u8]) {
    let Some((choice, stream)) = Choice::split_from(data) else { return };
    split_anywhere(stream, &choice, || Decoder::Length(FrameDecoder::new(choice.message_max)));
}

/// The same for WebSocket, as server and as client.
pub(crate) fn messages_split_anywhere(data: &[u8]) {
    let Some((choice, stream)) = Choice::split_from(data) else { return };
    split_anywhere(stream, &choice, || Decoder::WebSocket(WsDecoder::new(choice.role, choice.message_max)));
}

/// What is encoded as frames is decoded as it was.
pub(crate) fn frames_come_back(data: &[u8]) {
    let Some((choice, text)) = Choice::split_from(data) else { return };
    let payloads: Vec<&[u8]> = text.split(|byte| *byte == b'\n').collect();
    let mut stream = Vec::new();
    for payload in &payloads {
        frame::encode(payload, &mut stream);
    }
    let decoder = Decoder::Length(FrameDecoder::new(choice.message_max));
    let expected: Vec<Seen> = payloads.iter().map(|payload| whole(payload, choice.message_max)).collect();
    assert_eq!(cut(decoder, &pieces(&stream, choice.splits), choice.message_max), (expected, false));
}

/// What one side encodes as messages and pings, the other decodes as it was.
pub(crate) fn messages_come_back(data: &[u8]) {
    let Some((choice, text)) = Choice::split_from(data) else { return };
    let (mut stream, mut expected) = (Vec::new(), Vec::new());
    for payload in text.split(|byte| *byte == b'\n') {
        let is_ping = payload.first() == Some(&b'?') && payload.len() <= WS_CONTROL_MAX_BYTES;
        let opcode = if is_ping { Opcode::Ping } else { Opcode::Text };
        match choice.role {
            Role::Server => ws::encode_masked(opcode, payload, [choice.splits as u8, 2, 3, 4], &mut stream),
            Role::Client => ws::encode(opcode, payload, &mut stream),
        }
        expected.push(if is_ping { Seen::Ping(payload.to_vec()) } else { whole(payload, choice.message_max) });
    }
    let decoder = Decoder::WebSocket(WsDecoder::new(choice.role, choice.message_max));
    assert_eq!(cut(decoder, &pieces(&stream, choice.splits), choice.message_max), (expected, false));
}

fn whole(payload: &[u8], message_max: usize) -> Seen {
    if payload.len() > message_max { Seen::TooLong(payload.len()) } else { Seen::Frame(payload.to_vec()) }
}

fn split_anywhere(stream: &[u8], choice: &Choice, decoder: impl Fn() -> Decoder) {
    let expected = cut(decoder(), &[stream], choice.message_max);
    let singles: Vec<&[u8]> = stream.chunks(1).collect();
    assert_eq!(cut(decoder(), &singles, choice.message_max), expected, "byte by byte");
    assert_eq!(cut(decoder(), &pieces(stream, choice.splits), choice.message_max), expected, "in pieces");
}

/// The stream in pieces of 0 to 16 bytes.
fn pieces(mut stream: &[u8], seed: u64) -> Vec<&[u8]> {
    let mut pieces = Vec::new();
    let mut state = seed | 1 << 40;
    while !stream.is_empty() {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let (piece, rest) = stream.split_at((state as usize % 17).min(stream.len()));
        pieces.push(piece);
        stream = rest;
    }
    pieces
}

/// What is cut from the pieces, and whether a frame is unfinished in the end.
fn cut(mut decoder: Decoder, pieces: &[&[u8]], message_max: usize) -> (Vec<Seen>, bool) {
    let mut seen = Vec::new();
    let (mut arrived, mut kept) = (0, 0);
    for piece in pieces {
        let mut input = *piece;
        arrived += piece.len();
        loop {
            let (cut, more) = held(|| decoder.next(&mut input));
            kept += more;
            // A message and a control frame inside it, in buffers that double as they grow.
            let bound = 2 * (message_max + WS_CONTROL_MAX_BYTES).min(arrived) + 16;
            assert!(kept <= bound.cast_signed(), "{kept} bytes are held of {arrived}, limit {message_max}");
            seen.push(match cut {
                Ok(Some(Cut::Frame(bytes))) => {
                    assert!(bytes.len() <= message_max, "a frame over the limit");
                    Seen::Frame(bytes.to_vec())
                }
                Ok(Some(Cut::TooLong { bytes })) => Seen::TooLong(bytes),
                Ok(Some(Cut::Ping(bytes))) => Seen::Ping(bytes.to_vec()),
                Ok(Some(Cut::Pong)) => Seen::Pong,
                Ok(Some(Cut::Close(code))) => Seen::Close(code),
                Ok(None) => break,
                Err(error) => {
                    seen.push(Seen::Ended(error));
                    return (seen, false);
                }
            });
        }
        assert!(input.is_empty(), "all that came is taken");
    }
    (seen, decoder.is_inside_frame())
}

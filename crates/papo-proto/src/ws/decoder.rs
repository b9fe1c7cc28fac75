//! Cuts WebSocket messages and control frames out of a stream that comes in pieces of any size.

use super::{Opcode, WsError};
use crate::frame::{Cut, FrameError};
use crate::limits::{FRAME_MAX_BYTES, WS_CONTROL_MAX_BYTES};

/// Which side of the connection decodes: a server's frames from clients are masked, and only those.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Decodes what a client sent.
    Server,
    /// Decodes what a server sent.
    Client,
}

/// Two bytes, up to eight of length, four of mask.
const HEADER_MAX_BYTES: usize = 14;

#[derive(Debug)]
enum State {
    /// Some bytes of a header have come.
    Header,
    /// A frame's payload is being collected.
    Payload { opcode: Opcode, last: bool, mask: [u8; 4], at: u32, need: u32 },
    /// The payload of a message over the limit is passed over.
    Skip { last: bool, left: u32 },
}

/// What the caller still holds of us; freed by the next call.
#[derive(Debug, PartialEq, Eq)]
enum Lent {
    Nothing,
    Message,
    Control,
}

/// The decoder. Holds buffers only inside a message.
#[derive(Debug)]
pub struct WsDecoder {
    role: Role,
    state: State,
    header: [u8; HEADER_MAX_BYTES],
    have: u8,
    lent: Lent,
    /// A fragmented message has begun and waits for its continuation.
    in_message: bool,
    /// The begun message is over the limit; its fragments are skipped.
    skipping: bool,
    message: Vec<u8>,
    control: Vec<u8>,
    message_max: u32,
}

impl WsDecoder {
    /// A decoder that skips messages over `message_max` bytes, all fragments together.
    pub fn new(role: Role, message_max: usize) -> Self {
        Self {
            role,
            state: State::Header,
            header: [0; HEADER_MAX_BYTES],
            have: 0,
            lent: Lent::Nothing,
            in_message: false,
            skipping: false,
            message: Vec::new(),
            control: Vec::new(),
            message_max: message_max.min(FRAME_MAX_BYTES) as u32,
        }
    }

    /// Whether a frame or a fragmented message has begun and its rest is awaited.
    pub fn is_inside_frame(&self) -> bool {
        self.have > 0 || self.in_message || !matches!(self.state, State::Header)
    }

    /// The next cut, or `None` when `input` is used up. Advances `input` past what it took.
    ///
    /// # Errors
    /// The peer broke the protocol; the stream cannot be read any further.
    pub fn next<'a>(&'a mut self, input: &mut &[u8]) -> Result<Option<Cut<'a>>, FrameError> {
        match std::mem::replace(&mut self.lent, Lent::Nothing) {
            Lent::Nothing => {}
            Lent::Message => self.message = Vec::new(),
            Lent::Control => self.control = Vec::new(),
        }
        loop {
            match self.state {
                State::Header => {
                    if !self.fill_header(input) {
                        return Ok(None);
                    }
                    self.have = 0;
                    if let Some(bytes) = self.begin_frame()? {
                        return Ok(Some(Cut::TooLong { bytes }));
                    }
                }
                State::Payload { opcode, last, mask, ref mut at, need } => {
                    let part = if is_control(opcode) { &mut self.control } else { &mut self.message };
                    let (taken, rest) = input.split_at(((need - *at) as usize).min(input.len()));
                    *input = rest;
                    let from = part.len();
                    part.extend_from_slice(taken);
                    unmask(&mut part[from..], mask, *at as usize);
                    *at += taken.len() as u32;
                    if *at < need {
                        return Ok(None);
                    }
                    self.state = State::Header;
                    if is_control(opcode) {
                        return self.end_control(opcode).map(Some);
                    }
                    self.in_message = !last;
                    if last {
                        self.lent = Lent::Message;
                        return Ok(Some(Cut::Frame(&self.message)));
                    }
                }
                State::Skip { last, ref mut left } => {
                    let passed = (*left as usize).min(input.len());
                    *input = &input[passed..];
                    *left -= passed as u32;
                    if *left > 0 {
                        return Ok(None);
                    }
                    self.state = State::Header;
                    self.in_message = !last;
                    self.skipping = !last;
                }
            }
        }
    }

    /// Collects a header; false while bytes are missing.
    fn fill_header(&mut self, input: &mut &[u8]) -> bool {
        loop {
            let have = self.have as usize;
            if have >= 2 && have == self.header_len() {
                return true;
            }
            let Some((&byte, rest)) = input.split_first() else { return false };
            self.header[have] = byte;
            self.have += 1;
            *input = rest;
        }
    }

    /// The whole length of the header whose first two bytes are there.
    fn header_len(&self) -> usize {
        let length = match self.header[1] & 0x7F {
            126 => 2,
            127 => 8,
            _ => 0,
        };
        2 + length + if self.header[1] & 0x80 == 0 { 0 } else { 4 }
    }

    /// Reads the complete header. `Some(bytes)` when a message over the limit begins.
    fn begin_frame(&mut self) -> Result<Option<usize>, FrameError> {
        let (first, second) = (self.header[0], self.header[1]);
        let masked = second & 0x80 != 0;
        if masked != (self.role == Role::Server) {
            return Err(WsError::Mask.into());
        }
        let (length, after_length) = match second & 0x7F {
            126 => (u64::from(u16::from_be_bytes([self.header[2], self.header[3]])), 4),
            127 => {
                let bytes: [u8; 8] = self.header[2..10].try_into().expect("invariant: eight bytes of length");
                (u64::from_be_bytes(bytes), 10)
            }
            short => (u64::from(short), 2),
        };
        let mut mask = [0; 4];
        if masked {
            mask.copy_from_slice(&self.header[after_length..after_length + 4]);
        }
        let last = first & 0x80 != 0;
        let opcode = self.meaning(first)?;
        if is_control(opcode) {
            if !last || length > WS_CONTROL_MAX_BYTES as u64 {
                return Err(WsError::Control.into());
            }
            self.state = State::Payload { opcode, last, mask, at: 0, need: length as u32 };
            return Ok(None);
        }
        if length > FRAME_MAX_BYTES as u64 {
            return Err(FrameError::TooBig { bytes: length });
        }
        let whole = self.message.len() as u64 + length;
        if self.skipping || whole > u64::from(self.message_max) {
            let told = self.skipping;
            self.message = Vec::new();
            self.skipping = true;
            self.state = State::Skip { last, left: length as u32 };
            return Ok((!told).then_some(whole as usize));
        }
        self.state = State::Payload { opcode, last, mask, at: 0, need: length as u32 };
        Ok(None)
    }

    /// The frame's opcode, where it may stand.
    fn meaning(&self, first: u8) -> Result<Opcode, WsError> {
        match (first & 0x7F, self.in_message) {
            (0x0, true) => Ok(Opcode::Continuation),
            (0x1, false) => Ok(Opcode::Text),
            (0x0, false) | (0x1, true) => Err(WsError::Fragments),
            (0x2, _) => Err(WsError::Binary),
            (0x8, _) => Ok(Opcode::Close),
            (0x9, _) => Ok(Opcode::Ping),
            (0xA, _) => Ok(Opcode::Pong),
            (other, _) => Err(WsError::Meaning(other)),
        }
    }

    fn end_control(&mut self, opcode: Opcode) -> Result<Cut<'_>, FrameError> {
        self.lent = Lent::Control;
        match (opcode, self.control.as_slice()) {
            (Opcode::Ping, payload) => Ok(Cut::Ping(payload)),
            (Opcode::Pong, _) => Ok(Cut::Pong),
            (_, []) => Ok(Cut::Close(None)),
            (_, [_]) => Err(WsError::Control.into()),
            (_, [high, low, ..]) => Ok(Cut::Close(Some(u16::from_be_bytes([*high, *low])))),
        }
    }
}

fn is_control(opcode: Opcode) -> bool {
    opcode as u8 & 0x8 != 0
}

/// Takes the mask off `part`, which begins `at` bytes into the payload.
fn unmask(part: &mut [u8], mask: [u8; 4], at: usize) {
    if mask == [0; 4] {
        return;
    }
    for (i, byte) in part.iter_mut().enumerate() {
        *byte ^= mask[(at + i) & 3];
    }
}

#[cfg(test)]
mod tests {
    use super::super::{encode, encode_close, encode_masked};
    use super::*;

    fn cuts(role: Role, pieces: &[&[u8]]) -> Result<Vec<String>, FrameError> {
        let mut decoder = WsDecoder::new(role, 300);
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
        assert!(!decoder.is_inside_frame() || seen.is_empty());
        Ok(seen)
    }

    /// A masked frame with any first byte.
    fn raw(first: u8, payload: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        encode_masked(Opcode::Text, payload, [1, 2, 3, 4], &mut out);
        out[0] = first;
        out
    }

    #[test]
    fn every_split_gives_the_same_messages() {
        let mut stream = Vec::new();
        encode_masked(Opcode::Text, "olá, ponte".as_bytes(), [7, 8, 9, 10], &mut stream);
        stream.extend(raw(0x01, b"frag"));
        stream.extend(raw(0x89, b"eco"));
        stream.extend(raw(0x80, b"mento"));
        encode_masked(Opcode::Text, &[b'm'; 200], [9; 4], &mut stream);
        encode_masked(Opcode::Text, &[b'x'; 301], [9; 4], &mut stream);
        stream.extend(raw(0x01, &[b'y'; 299]));
        stream.extend(raw(0x00, b"zz"));
        stream.extend(raw(0x80, b"zz"));
        encode_masked(Opcode::Text, b"", [0; 4], &mut stream);
        stream.extend(raw(0x88, &[3, 0xE8, b'!']));
        let expected = vec![
            "olá, ponte".to_owned(),
            "Ping([101, 99, 111])".to_owned(),
            "fragmento".to_owned(),
            "m".repeat(200),
            "TooLong { bytes: 301 }".to_owned(),
            "TooLong { bytes: 301 }".to_owned(),
            String::new(),
            "Close(Some(1000))".to_owned(),
        ];
        for at in 0..=stream.len() {
            let (a, b) = stream.split_at(at);
            assert_eq!(cuts(Role::Server, &[a, b]).expect("valid"), expected, "split at {at}");
        }
        let bytes: Vec<&[u8]> = stream.chunks(1).collect();
        assert_eq!(cuts(Role::Server, &bytes).expect("valid"), expected);
    }

    #[test]
    fn a_client_reads_what_a_server_writes() {
        let mut stream = Vec::new();
        encode(Opcode::Text, b"oi", &mut stream);
        encode(Opcode::Text, &[b'a'; 280], &mut stream);
        encode_close(1001, "até logo", &mut stream);
        assert_eq!(cuts(Role::Client, &[&stream]).expect("valid"), ["oi", &"a".repeat(280), "Close(Some(1001))"]);
    }

    #[test]
    fn broken_rules_are_told_apart() {
        let mut unmasked = Vec::new();
        encode(Opcode::Text, b"oi", &mut unmasked);
        let huge = [&[0x81, 0xFF][..], &(FRAME_MAX_BYTES as u64 + 1).to_be_bytes(), &[0; 4]].concat();
        let table: &[(Vec<u8>, FrameError)] = &[
            (unmasked, WsError::Mask.into()),
            (raw(0xC1, b"x"), WsError::Meaning(0x41).into()),
            (raw(0x83, b"x"), WsError::Meaning(3).into()),
            (raw(0x80, b"x"), WsError::Fragments.into()),
            ([raw(0x01, b"x"), raw(0x81, b"y")].concat(), WsError::Fragments.into()),
            (raw(0x09, b"x"), WsError::Control.into()),
            (raw(0x89, &[0; 126]), WsError::Control.into()),
            (raw(0x88, &[3]), WsError::Control.into()),
            (raw(0x82, b"x"), WsError::Binary.into()),
            (huge, FrameError::TooBig { bytes: FRAME_MAX_BYTES as u64 + 1 }),
        ];
        for (stream, expected) in table {
            let mut decoder = WsDecoder::new(Role::Server, 300);
            let mut input = &stream[..];
            let error = loop {
                match decoder.next(&mut input) {
                    Ok(Some(_)) => {}
                    Ok(None) => panic!("no error for {expected:?}"),
                    Err(error) => break error,
                }
            };
            assert_eq!(error, *expected);
        }
    }

    #[test]
    fn buffers_are_freed_after_a_message() {
        let mut decoder = WsDecoder::new(Role::Server, 300);
        let stream = [raw(0x81, b"oi"), raw(0x89, b"p")].concat();
        let mut input = &stream[..];
        while decoder.next(&mut input).expect("valid").is_some() {}
        assert_eq!((decoder.message.capacity(), decoder.control.capacity()), (0, 0));
    }
}

//! What must hold for whatever comes over a line. Each function panics when it does not; `data` is any
//! bytes: its head chooses, the rest is what comes or what is done to it.

use std::sync::{Arc, LazyLock};

use papo_proto::limits::TLS_UNFINISHED_MAX_BYTES;
use papo_tls::line::SEALED_BYTES;
use papo_tls::{ClientTls, Failure, SecureLine, Trust};
use rustls::crypto::cipher::OutboundPlainMessage;
use rustls::pki_types::CertificateDer;
use rustls::{ContentType, ProtocolVersion, ServerConfig, version};

use crate::ends;

/// What a machine says that nobody asked it to: a flight of the handshake, new keys, an alert.
const ANSWERS_MAX_BYTES: usize = 4 * 1024;
/// What is said over a line whose bytes are changed.
const MESSAGES: usize = 6;

static SERVERS: LazyLock<[(Arc<ServerConfig>, CertificateDer<'static>); 2]> =
    LazyLock::new(|| [ends::server(&[&version::TLS13]), ends::server(&[&version::TLS12])]);
static CLIENT: LazyLock<ClientTls> = LazyLock::new(|| ClientTls::for_frames(&Trust::Anyone).expect("no file"));

fn server(version: u8) -> SecureLine {
    SecureLine::server(SERVERS[usize::from(version & 1)].0.clone()).expect("a line")
}

/// An end of a line that hears anything.
struct Hearer {
    line: SecureLine,
    heard: Vec<u8>,
    failure: Option<Failure>,
    sealed: Vec<u8>,
    /// What it has to say, in order.
    answers: Vec<u8>,
}

impl Hearer {
    fn new(line: SecureLine) -> Self {
        Self { line, heard: Vec::new(), failure: None, sealed: vec![0; SEALED_BYTES], answers: Vec::new() }
    }

    /// Takes in what comes, and sees that the line is as it must be at any time.
    fn hear(&mut self, fresh: &[u8]) {
        let (was_over, held) = (self.failure.is_some() || self.line.peer_closed(), self.line.held());
        let (heard, unsent) = (self.heard.len(), self.line.unsent().len());
        let mut input = [&vec![0; held], fresh].concat();
        let opened = self.line.open(&mut input, &mut self.heard);
        assert!(self.line.held() <= TLS_UNFINISHED_MAX_BYTES.min(held + fresh.len()), "{} are held", self.line.held());
        assert!(self.line.unsent().len() <= ANSWERS_MAX_BYTES, "{} are unsent", self.line.unsent().len());
        if was_over {
            assert_eq!((self.heard.len(), self.line.held()), (heard, 0), "nothing comes after the end");
        }
        if self.failure.is_some() {
            assert_eq!((opened, self.line.unsent().len()), (Ok(()), unsent), "it has said why");
            assert!(self.line.seal(b"oi", &mut self.sealed).is_err() && !self.line.say_farewell());
        } else {
            self.failure = opened.err();
        }
        assert_eq!(self.line.has_failed(), self.failure.is_some());
    }

    /// Says what it has to, and something of its own if it can.
    fn speak(&mut self) {
        self.answers.extend_from_slice(self.line.unsent());
        self.line.was_sent(self.line.unsent().len());
        if self.failure.is_none() && !self.line.is_handshaking() {
            let length = self.line.seal(b"oi", &mut self.sealed).expect("an open line");
            assert!(length > 2, "it is encrypted");
            self.answers.extend_from_slice(&self.sealed[..length]);
        }
    }
}

/// What has not said hello is heard the same however it is cut.
pub(crate) fn strangers_split_anywhere(data: &[u8]) {
    let Some(([version, seed], stream)) = data.split_first_chunk() else { return };
    let hear = |pieces: &[&[u8]]| {
        let mut hearer = Hearer::new(server(*version));
        for piece in pieces {
            hearer.hear(piece);
        }
        assert_eq!(hearer.heard, b"", "nobody has said hello");
        (hearer.failure, hearer.line.is_handshaking())
    };
    let whole = hear(&[stream]);
    let (single, some) = (hear(&stream.chunks(1).collect::<Vec<_>>()), hear(&pieces(stream, *seed, 97)));
    // Of what comes at once more is looked at than is kept of what comes in pieces.
    if stream.len() <= TLS_UNFINISHED_MAX_BYTES {
        assert_eq!((&single, &some), (&whole, &whole), "byte by byte, and in pieces");
    }
}

/// Two ends, between which somebody changes bytes on the way to one of them: what that one hears is what
/// was said, up to some point, and all of it when nothing was changed.
pub(crate) fn changed_bytes_are_never_heard(data: &[u8]) {
    let Some(([version, seed, ends], changes)) = data.split_first_chunk() else { return };
    let lines = (server(*version), CLIENT.line("localhost").expect("a name"));
    let (line, mut speaker) = if ends & 1 == 0 { lines } else { (lines.1, lines.0) };
    let mut hearer = Hearer::new(line);
    let mut between = Changer { changes, passed: 0, next: 0, has_changed: false };
    let (mut said, mut sealed, mut messages) = (Vec::new(), vec![0; SEALED_BYTES], 0);
    // Neither may be silent for ever: a handshake has few flights.
    for turn in 0..2 * MESSAGES {
        if !speaker.is_handshaking() && !speaker.has_failed() && messages < MESSAGES {
            // One of them is longer than a record.
            let text = vec![messages as u8; if messages == usize::from(*seed) % 16 { 20_000 } else { 100 }];
            let length = speaker.seal(&text, &mut sealed).expect("an open line");
            speaker.keep(&sealed[..length]);
            said.extend(text);
            messages += 1;
            if messages == MESSAGES {
                speaker.say_farewell();
            }
        }
        let sent = speaker.unsent().to_vec();
        speaker.was_sent(sent.len());
        for piece in pieces(&between.pass(sent), seed.wrapping_add(turn as u8), 1_500) {
            hearer.hear(piece);
            hearer.speak();
        }
        assert!(said.starts_with(&hearer.heard), "it hears what nobody said");
        // A client begins without having heard anything.
        hearer.speak();
        let mut answer = [vec![0; speaker.held()], std::mem::take(&mut hearer.answers)].concat();
        // It may fail because of what the other one was told.
        let _ = speaker.open(&mut answer, &mut Vec::new());
    }
    if !between.has_changed {
        assert_eq!((hearer.failure, hearer.heard == said), (None, true));
        assert!(messages == MESSAGES && hearer.line.peer_closed(), "all is said and heard");
    }
}

/// A client that has the keys says anything at all in records of its own.
pub(crate) fn who_has_the_keys_says_anything(data: &[u8]) {
    let Some(([seed], mut script)) = data.split_first_chunk() else { return };
    let mut hearer = Hearer::new(server(0));
    let mut keys = ends::rogue(&mut hearer.line, &SERVERS[0].1);
    let (mut said, mut number, mut is_plain) = (Vec::new(), 0, true);
    while let Some(([kind, length], rest)) = script.split_first_chunk() {
        let (payload, rest) = rest.split_at(rest.len().min(usize::from(*length)));
        script = rest;
        let typ = ContentType::from(20 + kind % 6);
        let record = if kind & 0x80 == 0 {
            let record = OutboundPlainMessage { typ, version: ProtocolVersion::TLSv1_2, payload: payload.into() };
            number += 1;
            keys.encrypt(record, number - 1).expect("a record").encode()
        } else {
            [&[20 + kind % 6, 3, 3, 0, payload.len() as u8], payload].concat()
        };
        is_plain &= kind & 0x80 == 0 && typ == ContentType::ApplicationData;
        if kind & 0x80 == 0 && typ == ContentType::ApplicationData {
            said.extend_from_slice(payload);
        }
        for piece in pieces(&record, *seed, 200) {
            hearer.hear(piece);
            hearer.speak();
        }
        assert!(said.starts_with(&hearer.heard), "it hears what nobody said");
        if is_plain {
            assert_eq!((&hearer.failure, &hearer.heard), (&None, &said), "nothing is wrong so far");
        }
    }
}

/// Changes a stream in the places that `changes` names, three bytes each: how far on, and what to do.
struct Changer<'a> {
    changes: &'a [u8],
    passed: usize,
    /// Where the next change is.
    next: usize,
    has_changed: bool,
}

impl Changer<'_> {
    fn pass(&mut self, mut bytes: Vec<u8>) -> Vec<u8> {
        let (begin, end) = (self.passed, self.passed + bytes.len());
        self.passed = end;
        // From the last to the first, so that one does not move another.
        let mut here = Vec::new();
        while let Some(([low, high, what], rest)) = self.changes.split_first_chunk() {
            let at = self.next + usize::from(u16::from_le_bytes([*low, *high]) % 2_048);
            if at >= end {
                break;
            }
            (self.changes, self.next, self.has_changed) = (rest, at + 1, true);
            here.push((at - begin, *what));
        }
        for (at, what) in here.into_iter().rev() {
            match what % 4 {
                0 | 1 => bytes[at] ^= what | 1,
                2 => drop(bytes.remove(at)),
                _ => bytes.insert(at, what),
            }
        }
        bytes
    }
}

/// The stream in pieces of 0 bytes up to `most`.
fn pieces(mut stream: &[u8], seed: u8, most: usize) -> Vec<&[u8]> {
    let mut pieces = Vec::new();
    let mut state = u64::from(seed) | 1 << 40;
    while !stream.is_empty() {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let (piece, rest) = stream.split_at((state as usize % (most + 1)).min(stream.len()));
        pieces.push(piece);
        stream = rest;
    }
    pieces
}

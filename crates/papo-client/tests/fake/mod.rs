//! A server that the test plays, in either framing, one connection at a time.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::time::Duration;

use papo_proto::Cut;
use papo_proto::frame::{self, FrameDecoder};
use papo_proto::papo1::{ClientFrame, PREFIX};
use papo_proto::ws::{self, Opcode, Role, WsDecoder};
use serde_json::{Value, json};

pub(crate) const WITHIN: Duration = Duration::from_secs(20);

enum Framing {
    Tcp { decoder: FrameDecoder, begun: bool },
    WebSocket(Box<WsDecoder>),
}

/// A client's connection, as its server sees it.
pub(crate) struct Fake {
    stream: TcpStream,
    framing: Framing,
    unread: std::collections::VecDeque<Vec<u8>>,
}

impl Fake {
    pub(crate) fn accept(listener: &TcpListener, websocket: bool) -> Self {
        let (mut stream, _) = listener.accept().expect("a client");
        stream.set_read_timeout(Some(WITHIN)).expect("a timeout");
        let framing = if websocket {
            shake_hands(&mut stream);
            Framing::WebSocket(Box::new(WsDecoder::new(Role::Server, 1 << 20)))
        } else {
            Framing::Tcp { decoder: FrameDecoder::new(1 << 20), begun: false }
        };
        Self { stream, framing, unread: std::collections::VecDeque::new() }
    }

    /// The next frame, as JSON.
    pub(crate) fn hear(&mut self) -> Value {
        let mut buffer = [0; 4096];
        while self.unread.is_empty() {
            let count = self.stream.read(&mut buffer).expect("the client talks");
            assert!(count > 0, "the client closed");
            let mut bytes = &buffer[..count];
            loop {
                let cut = match &mut self.framing {
                    Framing::Tcp { decoder, .. } => decoder.next(&mut bytes).expect("frames"),
                    Framing::WebSocket(decoder) => decoder.next(&mut bytes).expect("frames"),
                };
                match cut {
                    Some(Cut::Frame(frame)) => self.unread.push_back(frame.to_vec()),
                    Some(other) => panic!("{other:?}"),
                    None => break,
                }
            }
        }
        let frame = self.unread.pop_front().expect("checked");
        let first = match &mut self.framing {
            Framing::Tcp { begun, .. } => !std::mem::replace(begun, true),
            Framing::WebSocket(_) => false,
        };
        let prefix = if first { PREFIX } else { b"" };
        let json = frame.strip_prefix(prefix).expect("the first frame on TCP says what is spoken");
        serde_json::from_slice::<ClientFrame>(json).expect("a command of papo/1");
        serde_json::from_slice(json).expect("JSON")
    }

    pub(crate) fn say(&mut self, frame: &Value) {
        self.say_text(&frame.to_string());
    }

    pub(crate) fn say_text(&mut self, text: &str) {
        let mut bytes = Vec::new();
        match self.framing {
            Framing::Tcp { .. } => frame::encode(text.as_bytes(), &mut bytes),
            Framing::WebSocket(_) => ws::encode(Opcode::Text, text.as_bytes(), &mut bytes),
        }
        self.stream.write_all(&bytes).expect("the client listens");
    }

    /// Reads on until the client has gone. To close with something unread would take back what was said last.
    #[allow(dead_code, reason = "not everybody who plays a server ends like this")]
    pub(crate) fn hear_out(mut self) {
        let mut rest = [0; 4096];
        while self.stream.read(&mut rest).is_ok_and(|count| count > 0) {}
    }

    /// Hears hello and answers it.
    pub(crate) fn welcome(&mut self, nick: &str, resumed: bool, rooms: &Value) -> Value {
        let hello = self.hear();
        assert_eq!(hello["do"], "hello");
        let answer = json!({"to": "hello", "version": 1, "server": "fake", "session": "TOKEN", "ends": 1, "nick": nick,
            "now": 1, "capabilities": [], "message_bytes": 65536, "resumed": resumed, "rooms": rooms});
        self.ack(&hello, &answer);
        hello
    }

    /// Hears a command and answers it.
    pub(crate) fn answer(&mut self, what: &str, answer: &Value) -> Value {
        let command = self.hear();
        assert_eq!(command["do"], what, "{command}");
        self.ack(&command, answer);
        command
    }

    pub(crate) fn ack(&mut self, command: &Value, answer: &Value) {
        self.say(&json!({"is": "ack", "txn": command["txn"], "answer": answer}));
    }
}

pub(crate) fn room(id: u64, name: &str, head: u64) -> Value {
    json!({"id": id, "epoch": 5, "name": name, "first": u64::from(head > 0), "head": head})
}

pub(crate) fn message(room: u64, seq: u64, author: &str, text: &str) -> Value {
    json!({"is": "message", "room": room, "seq": seq, "at": seq, "author": author, "text": text})
}

fn shake_hands(stream: &mut TcpStream) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).expect("a request");
        head.push(byte[0]);
    }
    let head = String::from_utf8(head).expect("text");
    assert!(head.contains("Sec-WebSocket-Protocol: papo.v1\r\n"), "{head}");
    let key = head.lines().find_map(|line| line.strip_prefix("Sec-WebSocket-Key: ")).expect("a key");
    let answer = format!(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Accept: {}\r\nSec-WebSocket-Protocol: papo.v1\r\n\r\n",
        ws::accept_key(key.as_bytes())
    );
    stream.write_all(answer.as_bytes()).expect("the client listens");
}

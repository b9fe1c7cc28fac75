//! A plain client of papo/1: no library of ours but the types of the frames.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use papo_proto::papo1::client::RoomCursor;
use papo_proto::papo1::server::{Answer, Message, RoomState};
use papo_proto::papo1::{ClientFrame, PREFIX, SUBPROTOCOL, ServerFrame, VERSION};

use crate::{Heard, PATIENCE, Wire};

/// A blocking client that remembers what it has read and not been asked for.
pub struct Structured {
    wire: Wire,
    opened: bool,
    next_txn: u64,
    passed: VecDeque<ServerFrame>,
}

impl Structured {
    /// Connects by framed TCP.
    pub fn tcp(addr: SocketAddr) -> Self {
        Self::over(Wire::tcp(addr).expect("connects"))
    }

    /// Connects by framed TCP inside TLS.
    pub fn tls(addr: SocketAddr) -> Self {
        Self::over(Wire::tls(addr).expect("connects"))
    }

    /// Connects by WebSocket inside TLS.
    pub fn tls_ws(addr: SocketAddr) -> Self {
        Self::over(Wire::tls_ws(addr, Some(SUBPROTOCOL)).expect("the handshake is taken"))
    }

    /// Connects by WebSocket.
    pub fn ws(addr: SocketAddr) -> Self {
        Self::over(Wire::ws(addr, Some(SUBPROTOCOL)).expect("the handshake is taken"))
    }

    /// Speaks over a line that exists and has said nothing.
    pub fn over(wire: Wire) -> Self {
        Self { wire, opened: false, next_txn: 1, passed: VecDeque::new() }
    }

    /// The line.
    pub fn wire(&mut self) -> &mut Wire {
        &mut self.wire
    }

    /// A txn that was not used before.
    pub fn txn(&mut self) -> u64 {
        self.next_txn += 1;
        self.next_txn - 1
    }

    /// Sends a command.
    pub fn send(&mut self, frame: &ClientFrame) {
        self.send_text(&serde_json::to_string(frame).expect("invariant: frames are JSON"));
    }

    /// Sends any text as a frame; the first of a TCP connection begins as papo/1 does.
    pub fn send_text(&mut self, text: &str) {
        let opens = !std::mem::replace(&mut self.opened, true) && self.wire.is_tcp();
        let prefix = if opens { PREFIX } else { &[] };
        self.wire.send([prefix, text.as_bytes()].concat());
    }

    /// What comes next, for so long; `Err` with what there was instead of a frame.
    ///
    /// # Errors
    /// Nothing came, or the line is closed.
    pub fn hear(&mut self, time: Duration) -> Result<ServerFrame, Heard> {
        if let Some(frame) = self.passed.pop_front() {
            return Ok(frame);
        }
        self.hear_new(time)
    }

    fn hear_new(&mut self, time: Duration) -> Result<ServerFrame, Heard> {
        match self.wire.hear(time) {
            // On TCP the welcome of the text dialect may be on its way already.
            Heard::Frame(text) if text.starts_with("[SYS]") => self.hear_new(time),
            Heard::Frame(text) => Ok(serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"))),
            other => Err(other),
        }
    }

    /// The next frame; `None` when the server has closed.
    pub fn read(&mut self) -> Option<ServerFrame> {
        match self.hear(PATIENCE) {
            Ok(frame) => Some(frame),
            Err(Heard::Closed) => None,
            Err(other) => panic!("{other:?} in time"),
        }
    }

    /// Waits for a frame of which something is wanted; the others stay to be read.
    pub fn find<T>(&mut self, mut wanted: impl FnMut(&ServerFrame) -> Option<T>) -> T {
        if let Some(at) = self.passed.iter().position(|frame| wanted(frame).is_some()) {
            let frame = self.passed.remove(at).expect("invariant: it was just found");
            return wanted(&frame).expect("invariant: it was just wanted");
        }
        let until = Instant::now() + PATIENCE;
        loop {
            match self.hear_new(until.saturating_duration_since(Instant::now())) {
                Ok(frame) => match wanted(&frame) {
                    Some(found) => return found,
                    None => self.passed.push_back(frame),
                },
                Err(other) => panic!("{other:?} after {:?}", self.passed),
            }
        }
    }

    /// Sends a command that has its txn and waits for its ack, or the code of its reject.
    ///
    /// # Errors
    /// The code of the reject.
    pub fn ask(&mut self, frame: &ClientFrame) -> Result<Answer, u16> {
        self.send(frame);
        self.answer(txn_of(frame))
    }

    /// Waits for what came of a command.
    ///
    /// # Errors
    /// The code of the reject.
    pub fn answer(&mut self, wanted: u64) -> Result<Answer, u16> {
        self.find(|frame| match frame {
            ServerFrame::Ack { txn, answer } if *txn == wanted => Some(Ok(answer.clone())),
            ServerFrame::Reject { txn: Some(txn), code, .. } if *txn == wanted => Some(Err(*code)),
            _ => None,
        })
    }

    /// Says hello under a name; returns the client and the session's token.
    #[must_use]
    pub fn named(mut self, nick: &str) -> (Self, String) {
        let hello = self.hello(Some(nick), None, Vec::new());
        match self.ask(&hello) {
            Ok(Answer::Hello { session, .. }) => (self, session.to_string()),
            other => panic!("{other:?}"),
        }
    }

    /// The first words of a connection.
    pub fn hello(&mut self, nick: Option<&str>, session: Option<&str>, resume: Vec<RoomCursor>) -> ClientFrame {
        ClientFrame::Hello {
            txn: self.txn(),
            version: VERSION,
            nick: nick.map(Into::into),
            session: session.map(Into::into),
            login: None,
            lang: Some("pt-BR".into()),
            client: None,
            capabilities: Vec::new(),
            resume,
        }
    }

    /// Goes on with a session; returns its rooms as they are now.
    pub fn resume(&mut self, session: &str, resume: Vec<RoomCursor>) -> Vec<RoomState> {
        let hello = self.hello(None, Some(session), resume);
        match self.ask(&hello) {
            Ok(Answer::Hello { resumed: true, rooms, .. }) => rooms,
            other => panic!("{other:?}"),
        }
    }

    /// Enters a room.
    pub fn join(&mut self, room: &str) -> RoomState {
        let txn = self.txn();
        match self.ask(&ClientFrame::Join { txn, room: room.into() }) {
            Ok(Answer::Join { room, .. }) => room,
            other => panic!("{other:?}"),
        }
    }

    /// Posts, and waits for its seq.
    ///
    /// # Errors
    /// The code of the reject.
    pub fn post(&mut self, room: u64, text: &str) -> Result<u64, u16> {
        let txn = self.txn();
        self.ask(&ClientFrame::Post { txn, room, text: text.into() }).map(|answer| match answer {
            Answer::Post { seq, .. } => seq,
            other => panic!("{other:?}"),
        })
    }

    /// The next message; what else comes before it stays to be read.
    pub fn message(&mut self) -> Message {
        self.find(|frame| match frame {
            ServerFrame::Message(message) => Some(message.clone()),
            _ => None,
        })
    }

    /// A whole log, oldest first, read by pages.
    pub fn log(&mut self, room: u64) -> Vec<Message> {
        let mut log: Vec<Message> = Vec::new();
        loop {
            let (txn, after) = (self.txn(), log.last().map_or(0, |message| message.seq));
            let page = ClientFrame::History { txn, room, before: None, after: Some(after), limit: Some(200) };
            match self.ask(&page) {
                Ok(Answer::History { events, .. }) if events.is_empty() => return log,
                Ok(Answer::History { events, .. }) => {
                    log.extend(events.into_iter().filter_map(|event| match event {
                        papo_proto::papo1::server::RoomEvent::Message(message) => Some(message),
                        _ => None,
                    }));
                }
                other => panic!("{other:?}"),
            }
        }
    }

    /// Everything up to the server's close.
    pub fn read_to_end(&mut self) -> Vec<ServerFrame> {
        std::iter::from_fn(|| self.read()).collect()
    }
}

/// The txn of a command.
pub fn txn_of(frame: &ClientFrame) -> u64 {
    let value = serde_json::to_value(frame).expect("invariant: frames are JSON");
    value.get("txn").and_then(serde_json::Value::as_u64).expect("invariant: every command has one")
}

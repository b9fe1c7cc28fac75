//! A server for one program of papo/1: it acknowledges posts and shows history, but once it does wrong.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread;

use papo_proto::frame::{self, Cut, FrameDecoder};
use papo_proto::papo1::server::{Answer, Kind, Message, Retry, Role, RoomEvent, RoomState};
use papo_proto::papo1::{ClientFrame, PREFIX, ServerFrame};

/// What goes wrong with the fifth post, or page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    None,
    /// It is never answered.
    Lose,
    /// It is answered twice.
    Twice,
    /// A seq is left out.
    Gap,
    /// It is told the place of the one before.
    Shared,
    /// It is refused.
    Refuse,
}

const HEAD: u64 = 2_000;

/// Serves one program.
pub(crate) fn serve(fault: Fault) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let addr = listener.local_addr().expect("its address");
    thread::spawn(move || {
        let socket = listener.accept().expect("a program").0;
        let mut decoder = FrameDecoder::new(1 << 20);
        let mut server = Server { fault, number: 0, head: HEAD };
        let mut buffer = [0; 4096];
        while let Ok(read @ 1..) = (&socket).read(&mut buffer) {
            let mut bytes = &buffer[..read];
            while let Some(cut) = decoder.next(&mut bytes).expect("frames") {
                let Cut::Frame(text) = cut else { panic!("{cut:?}") };
                let text = text.strip_prefix(PREFIX).unwrap_or(text);
                server.hear(&serde_json::from_slice(text).expect("papo/1"), &socket);
            }
        }
    });
    addr
}

struct Server {
    fault: Fault,
    number: u64,
    head: u64,
}

impl Server {
    fn hear(&mut self, frame: &ClientFrame, mut socket: &TcpStream) {
        let answers = match *frame {
            ClientFrame::Hello { .. } => Vec::new(),
            ClientFrame::Join { txn, .. } => {
                let room = RoomState {
                    id: 3,
                    epoch: 5,
                    name: "sala".into(),
                    first: 1,
                    head: self.head,
                    kind: Kind::Public,
                    role: Role::Guest,
                    topic: "".into(),
                    readonly: false,
                    slow: 0,
                    read: None,
                };
                vec![ServerFrame::Ack { txn, answer: Answer::Join { room, cut: false } }]
            }
            ClientFrame::Post { txn, .. } => self.post(txn),
            ClientFrame::History { txn, before, after, .. } => self.page(txn, before, after),
            ref other => panic!("{other:?}"),
        };
        let mut out = Vec::new();
        for answer in answers {
            frame::encode(&serde_json::to_vec(&answer).expect("a frame"), &mut out);
        }
        socket.write_all(&out).expect("the generator reads");
    }

    fn post(&mut self, txn: u64) -> Vec<ServerFrame> {
        self.number += 1;
        let fault = if self.number == 5 { self.fault } else { Fault::None };
        self.head += match fault {
            Fault::Gap => 2,
            Fault::Shared | Fault::Refuse => 0,
            _ => 1,
        };
        let ack = ServerFrame::Ack { txn, answer: Answer::Post { room: 3, seq: self.head, at: 1 } };
        match fault {
            Fault::Lose => Vec::new(),
            Fault::Twice => vec![ack.clone(), ack],
            Fault::Refuse => {
                vec![ServerFrame::Reject {
                    txn: Some(txn),
                    code: 5001,
                    text: "x".into(),
                    retry: Retry::Later,
                    after_ms: None,
                }]
            }
            _ => vec![ack],
        }
    }

    fn page(&mut self, txn: u64, before: Option<u64>, after: Option<u64>) -> Vec<ServerFrame> {
        self.number += 1;
        let first = after.map_or_else(|| before.expect("one of them") - 50, |after| after + 1);
        let shift = u64::from(self.number == 5 && self.fault == Fault::Gap);
        let event = |seq| {
            let (author, text) = ("Ana".into(), "oi".into());
            RoomEvent::Message(Message { room: 3, seq, at: 1, account: None, author, text, txn: None })
        };
        let events = (first + shift..first + 50).map(event).collect();
        let noise = ServerFrame::Typing { room: 3, who: "Bia".into() };
        vec![noise, ServerFrame::Ack { txn, answer: Answer::History { room: 3, first: 1, head: HEAD, events } }]
    }
}

//! A server for one room of two: what the first says goes to the second, but once it does wrong.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread;

use papo_proto::frame::{self, Cut, FrameDecoder};
use papo_proto::ws::{self, Opcode, Role, WsDecoder};

/// What goes wrong with the fifth message.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Fault {
    None,
    Lose,
    Twice,
    /// It comes after the sixth.
    Swap,
    /// Its sender hears it too.
    Echo,
}

/// Serves two clients of the text dialect.
pub(crate) fn serve(fault: Fault) -> SocketAddr {
    serve_with(move |sender, reader| {
        let mut decoder = FrameDecoder::new(1000);
        let mut chat = Chat { fault, number: 0, held: Vec::new() };
        read_all(sender, |mut bytes| {
            while let Some(cut) = decoder.next(&mut bytes).expect("frames") {
                let Cut::Frame(line) = cut else { panic!("{cut:?}") };
                chat.hear(line, sender, reader);
            }
        });
    })
}

/// Serves two clients on WebSocket; the reader is asked with a ping whether it is there.
pub(crate) fn serve_web_socket() -> SocketAddr {
    serve_with(|sender, reader| {
        let mut out = Vec::new();
        ws::encode(Opcode::Ping, b"?", &mut out);
        write(reader, &out);
        let mut decoder = WsDecoder::new(Role::Server, 1000);
        read_all(sender, |mut bytes| {
            while let Some(cut) = decoder.next(&mut bytes).expect("frames") {
                let Cut::Frame(line) = cut else { panic!("{cut:?}") };
                let mut out = Vec::new();
                ws::encode(Opcode::Text, &message(line), &mut out);
                write(reader, &out);
            }
        });
    })
}

fn serve_with(chat: impl FnOnce(&TcpStream, &TcpStream) + Send + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let addr = listener.local_addr().expect("its address");
    thread::spawn(move || {
        let both = [(); 2].map(|()| listener.accept().expect("a client").0);
        both.iter().for_each(welcome);
        chat(&both[0], &both[1]);
    });
    addr
}

/// Reads the greeting, with a handshake before it where there is one, and answers the join.
fn welcome(socket: &TcpStream) {
    let mut seen = vec![0; 1000];
    let first = (&*socket).read(&mut seen).expect("a greeting");
    let mut answer = Vec::new();
    let line = "[SYS] Você entrou em #bench0.";
    if let Some(head) = std::str::from_utf8(&seen[..first]).ok().filter(|text| text.starts_with("GET ")) {
        let key = head.lines().find_map(|line| line.strip_prefix("Sec-WebSocket-Key: ")).expect("a key");
        let accept = ws::accept_key(key.as_bytes());
        let upgraded = format!("HTTP/1.1 101 Switching Protocols\r\nSec-WebSocket-Accept: {accept}\r\n\r\n");
        write(socket, upgraded.as_bytes());
        assert!((&*socket).read(&mut seen).expect("two lines") > 0);
        ws::encode(Opcode::Text, line.as_bytes(), &mut answer);
    } else {
        frame::encode(line.as_bytes(), &mut answer);
    }
    write(socket, &answer);
}

struct Chat {
    fault: Fault,
    number: u32,
    held: Vec<u8>,
}

impl Chat {
    fn hear(&mut self, line: &[u8], sender: &TcpStream, reader: &TcpStream) {
        let mut out = Vec::new();
        frame::encode(&message(line), &mut out);
        self.number += 1;
        match (self.number, self.fault) {
            (5, Fault::Lose) => {}
            (5, Fault::Twice) => write(reader, &[out.clone(), out].concat()),
            (5, Fault::Swap) => self.held = out,
            (6, Fault::Swap) => write(reader, &[out, std::mem::take(&mut self.held)].concat()),
            (5, Fault::Echo) => {
                write(sender, &out);
                write(reader, &out);
            }
            _ => write(reader, &out),
        }
    }
}

fn message(line: &[u8]) -> Vec<u8> {
    [b"[#bench0] Ana: ", line].concat()
}

fn write(mut socket: &TcpStream, bytes: &[u8]) {
    socket.write_all(bytes).expect("the generator reads");
}

fn read_all(mut socket: &TcpStream, mut take: impl FnMut(&[u8])) {
    let mut buffer = [0; 4096];
    while let Ok(read @ 1..) = socket.read(&mut buffer) {
        take(&buffer[..read]);
    }
}

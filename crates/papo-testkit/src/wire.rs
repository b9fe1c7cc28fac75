//! Frames over a line that may break at any byte: nothing here panics because of it.

use std::collections::VecDeque;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use papo_proto::{Cut, ws};

use crate::framing::{self, Framing};
use crate::{Link, Tls};

/// How long a handshake or a write may take. A line that is slower is as good as broken.
const STALL: Duration = Duration::from_secs(10);

/// What came of waiting for a frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// A frame.
    Frame(String),
    /// Nothing in the time that there was.
    Nothing,
    /// The line is broken or closed: nothing comes any more.
    Closed,
}

/// A line to the server.
pub struct Wire {
    link: Link,
    framing: Framing,
    unread: VecDeque<String>,
    closed: bool,
    close_code: Option<u16>,
}

impl Wire {
    /// Framed TCP.
    pub fn tcp(addr: SocketAddr) -> io::Result<Self> {
        Ok(Self::over(connect(addr)?, Framing::length()))
    }

    /// Framed TCP inside TLS.
    pub fn tls(addr: SocketAddr) -> io::Result<Self> {
        Ok(Self::over(Link::try_secure(TcpStream::connect(addr)?, &Tls::alpn("papo/1"))?, Framing::length()))
    }

    /// WebSocket with a subprotocol, or none for text.
    pub fn ws(addr: SocketAddr, subprotocol: Option<&str>) -> io::Result<Self> {
        Self::ws_over(connect(addr)?, addr, subprotocol)
    }

    /// The same inside TLS.
    pub fn tls_ws(addr: SocketAddr, subprotocol: Option<&str>) -> io::Result<Self> {
        Self::ws_over(Link::try_secure(TcpStream::connect(addr)?, &Tls::alpn("http/1.1"))?, addr, subprotocol)
    }

    fn ws_over(mut link: Link, addr: SocketAddr, subprotocol: Option<&str>) -> io::Result<Self> {
        let key = ws::client_key(*b"sixteen bytes :)");
        let subprotocol = subprotocol.map(|name| format!("Sec-WebSocket-Protocol: {name}\r\n")).unwrap_or_default();
        let request = format!(
            "GET /ws HTTP/1.1\r\nHost: {addr}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n{subprotocol}\r\n"
        );
        link.write_all(request.as_bytes())?;
        let mut head = Vec::new();
        let mut byte = [0];
        while !head.ends_with(b"\r\n\r\n") {
            link.read_exact(&mut byte)?;
            head.push(byte[0]);
        }
        if !head.starts_with(b"HTTP/1.1 101") {
            return Err(io::Error::other(String::from_utf8_lossy(&head).into_owned()));
        }
        Ok(Self::over(link, Framing::web_socket()))
    }

    fn over(link: Link, framing: Framing) -> Self {
        Self { link, framing, unread: VecDeque::new(), closed: false, close_code: None }
    }

    /// Whether frames have a length before them.
    pub fn is_tcp(&self) -> bool {
        matches!(self.framing, Framing::Length(_))
    }

    /// The socket, for what is below frames.
    pub fn socket(&mut self) -> &mut TcpStream {
        self.link.socket()
    }

    /// The code that a WebSocket was closed with, once that was read.
    pub fn close_code(&self) -> Option<u16> {
        self.close_code
    }

    /// Sends one frame. That nobody takes it shows when the answer does not come.
    pub fn send(&mut self, payload: impl AsRef<[u8]>) {
        let bytes = self.framing.encoded(payload.as_ref());
        self.closed |= self.link.write_all(&bytes).is_err();
    }

    /// The next frame, for so long.
    pub fn hear(&mut self, time: Duration) -> Heard {
        let until = Instant::now() + time;
        let mut buffer = [0; 16 * 1024];
        loop {
            if let Some(text) = self.unread.pop_front() {
                return Heard::Frame(text);
            }
            let left = until.saturating_duration_since(Instant::now());
            if self.closed || left.is_zero() {
                return if self.closed { Heard::Closed } else { Heard::Nothing };
            }
            let waits = self.link.socket().set_read_timeout(Some(left));
            match waits.and_then(|()| self.link.read(&mut buffer)) {
                Ok(0) => self.closed = true,
                Ok(n) => self.take_in(&buffer[..n]),
                Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
                Err(_) => self.closed = true,
            }
        }
    }

    fn take_in(&mut self, mut input: &[u8]) {
        while let Some(cut) = self.framing.next(&mut input) {
            match cut {
                Cut::Frame(frame) => self.unread.push_back(framing::text(frame)),
                Cut::Ping(payload) => self.closed |= self.link.write_all(&framing::pong(payload)).is_err(),
                Cut::Pong => {}
                Cut::Close(code) => self.close_code = code,
                Cut::TooLong { .. } => panic!("a frame over the limit"),
            }
        }
    }
}

fn connect(addr: SocketAddr) -> io::Result<Link> {
    let socket = TcpStream::connect(addr)?;
    socket.set_nodelay(true)?;
    socket.set_read_timeout(Some(STALL))?;
    socket.set_write_timeout(Some(STALL))?;
    Ok(Link::plain(socket))
}

//! A plain client of the text dialect: no library of ours but the frame codecs.

use std::collections::VecDeque;
use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use papo_proto::Cut;
use papo_proto::ws::{self, Opcode};
use socket2::SockRef;

use crate::framing::{self, Framing};
use crate::{Link, PATIENCE, Tls};

/// A blocking client that remembers what it has read.
pub struct Client {
    link: Link,
    framing: Framing,
    unread: VecDeque<String>,
    /// The code of the WebSocket close frame that came, if any.
    pub close_code: Option<u16>,
    /// Pings that came.
    pub pings: usize,
    /// Pongs that came.
    pub pongs: usize,
    /// Whether pings are answered.
    pub answers_pings: bool,
}

impl Client {
    /// Connects by framed TCP.
    pub fn tcp(addr: SocketAddr) -> Self {
        Self::over(TcpStream::connect(addr).expect("connects"))
    }

    /// Connects by framed TCP inside TLS.
    pub fn tls(addr: SocketAddr) -> Self {
        Self::over_link(Link::secure(addr, &Tls::default()))
    }

    /// Speaks framed TCP over a connection that exists.
    pub fn over(socket: TcpStream) -> Self {
        Self::over_link(Link::plain(socket))
    }

    /// The same over any connection.
    pub fn over_link(link: Link) -> Self {
        Self::new(link, Framing::length())
    }

    /// Connects by WebSocket at `path`.
    pub fn ws(addr: SocketAddr, path: &str) -> Self {
        Self::try_ws(addr, path, &[]).expect("the handshake is taken")
    }

    /// Connects by WebSocket inside TLS.
    pub fn tls_ws(addr: SocketAddr, path: &str) -> Self {
        let link = Link::secure(addr, &Tls::alpn("http/1.1"));
        Self::try_ws_over(link, addr, path, &[]).expect("the handshake is taken")
    }

    /// Connects by WebSocket with further headers.
    ///
    /// # Errors
    /// The answer's head when it is not 101.
    pub fn try_ws(addr: SocketAddr, path: &str, headers: &[(&str, &str)]) -> Result<Self, String> {
        Self::try_ws_over(Link::plain(TcpStream::connect(addr).expect("connects")), addr, path, headers)
    }

    /// The same over any connection.
    ///
    /// # Errors
    /// The answer's head when it is not 101.
    pub fn try_ws_over(mut link: Link, addr: SocketAddr, path: &str, headers: &[(&str, &str)]) -> Result<Self, String> {
        let key = ws::client_key(*b"sixteen bytes :)");
        let host = headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("host"));
        let host = if host { String::new() } else { format!("Host: {addr}\r\n") };
        let headers: String = headers.iter().map(|(name, value)| [*name, ": ", value, "\r\n"].concat()).collect();
        let request = format!(
            "GET {path} HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n{host}{headers}\r\n"
        );
        link.write_all(request.as_bytes()).expect("sends");
        let head = read_head(&mut link);
        if !head.starts_with("HTTP/1.1 101") {
            return Err(head);
        }
        assert!(head.contains(&ws::accept_key(key.as_bytes())), "the key is accepted: {head}");
        Ok(Self::over_ws(link))
    }

    /// Speaks WebSocket over a connection that has its handshake behind it.
    pub fn over_ws(link: Link) -> Self {
        Self::new(link, Framing::web_socket())
    }

    fn new(link: Link, framing: Framing) -> Self {
        Self { link, framing, unread: VecDeque::new(), close_code: None, pings: 0, pongs: 0, answers_pings: true }
    }

    /// The socket, for tests of what is below frames.
    pub fn socket(&mut self) -> &mut TcpStream {
        self.link.socket()
    }

    /// The connection, for tests of TLS.
    pub fn link(&mut self) -> &mut Link {
        &mut self.link
    }

    /// Sends one frame.
    pub fn send(&mut self, text: &str) {
        self.send_bytes(text.as_bytes());
    }

    /// Sends one frame of any bytes.
    pub fn send_bytes(&mut self, payload: &[u8]) {
        let bytes = self.framing.encoded(payload);
        self.link.write_all(&bytes).expect("sends");
    }

    /// Sends many frames in one write.
    pub fn send_all<'a>(&mut self, texts: impl IntoIterator<Item = &'a str>) {
        let bytes: Vec<u8> = texts.into_iter().flat_map(|text| self.framing.encoded(text.as_bytes())).collect();
        self.link.write_all(&bytes).expect("sends");
    }

    /// The next frame; `None` when the server has closed.
    pub fn read(&mut self) -> Option<String> {
        self.read_within(PATIENCE).expect("a frame in time")
    }

    /// The next frame, or `Err` when none comes in time.
    ///
    /// # Errors
    /// Nothing came.
    pub fn read_within(&mut self, time: Duration) -> Result<Option<String>, &'static str> {
        let until = Instant::now() + time;
        let mut buffer = vec![0; 64 * 1024];
        loop {
            if let Some(text) = self.unread.pop_front() {
                return Ok(Some(text));
            }
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err("nothing came in time");
            }
            self.link.socket().set_read_timeout(Some(left)).expect("a socket");
            match self.link.read(&mut buffer) {
                Ok(0) => return Ok(None),
                Ok(n) => self.take_in(&buffer[..n]),
                Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
                Err(error) if error.kind() == ErrorKind::ConnectionReset => return Ok(None),
                Err(error) => panic!("reading: {error}"),
            }
        }
    }

    fn take_in(&mut self, mut input: &[u8]) {
        while let Some(cut) = self.framing.next(&mut input) {
            match cut {
                Cut::Frame(frame) => self.unread.push_back(framing::text(frame)),
                Cut::Ping(payload) => {
                    self.pings += 1;
                    if self.answers_pings {
                        let _ = self.link.write_all(&framing::pong(payload));
                    }
                }
                Cut::Pong => self.pongs += 1,
                Cut::Close(code) => self.close_code = code,
                Cut::TooLong { .. } => panic!("a frame over the limit"),
            }
        }
    }

    /// Reads until a frame of which `wanted` is true; returns it. What is passed over is lost.
    pub fn read_until(&mut self, wanted: impl Fn(&str) -> bool) -> String {
        let mut passed = Vec::new();
        loop {
            match self.read_within(PATIENCE) {
                Ok(Some(text)) if wanted(&text) => return text,
                Ok(Some(text)) => passed.push(text),
                other => panic!("{other:?} after {passed:?}"),
            }
        }
    }

    /// Asserts that the next frame is this.
    #[track_caller]
    pub fn expect(&mut self, text: &str) {
        assert_eq!(self.read().as_deref(), Some(text));
    }

    /// Sends `/nick` after the welcome and reads the answer.
    #[must_use]
    pub fn named(mut self, nick: &str) -> Self {
        let welcome = self.read().expect("a welcome");
        assert!(welcome.contains("/help") && welcome.contains("/nick"), "{welcome}");
        self.send(&format!("/nick {nick}"));
        self.read_until(|line| line.contains(&format!("Seu nome agora é {nick}")));
        self
    }

    /// Sends `/join` and reads up to the answer.
    #[must_use]
    pub fn joined(mut self, room: &str) -> Self {
        self.send(&format!("/join {room}"));
        self.read_until(|line| line == format!("[SYS] Você entrou em #{room}."));
        self
    }

    /// Everything up to the server's close.
    pub fn read_to_end(&mut self) -> Vec<String> {
        std::iter::from_fn(|| self.read()).collect()
    }

    /// Sends one masked WebSocket frame with any first byte.
    pub fn send_frame(&mut self, first: u8, payload: &[u8]) {
        let mut bytes = Vec::new();
        ws::encode_masked(Opcode::Text, payload, [1, 6, 1, 8], &mut bytes);
        bytes[0] = first;
        self.link.write_all(&bytes).expect("sends");
    }

    /// Vanishes with a reset, as a program that crashes does.
    pub fn reset(mut self) {
        SockRef::from(&*self.link.socket()).set_linger(Some(Duration::ZERO)).expect("a socket");
    }

    /// Sends no more; still reads.
    pub fn shut_down_writing(&mut self) {
        self.link.socket().shutdown(Shutdown::Write).expect("a socket");
    }
}

/// Reads an HTTP answer's head, and not a byte more; it ends early when the server closes.
pub(crate) fn read_head(link: &mut Link) -> String {
    link.socket().set_read_timeout(Some(PATIENCE)).expect("a socket");
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") && link.read(&mut byte).expect("an answer in time") > 0 {
        head.push(byte[0]);
    }
    String::from_utf8_lossy(&head).into_owned()
}

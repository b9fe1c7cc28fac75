//! A browser that sends exactly the bytes it is given.

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use crate::client::read_head;
use crate::{Client, Link, PATIENCE, Tls};

/// One connection that speaks HTTP/1.1.
pub struct Http {
    addr: SocketAddr,
    link: Link,
    /// The server has closed with a reset: a peer may lose by it what it has not read yet.
    pub was_reset: bool,
}

/// The server's answer.
#[derive(Debug)]
pub struct Answer {
    /// 200, 404 …
    pub status: u16,
    /// The lines before the body.
    pub head: String,
    /// The body, as long as the head says.
    pub body: Vec<u8>,
}

impl Answer {
    /// A header's value.
    pub fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().filter_map(|line| line.split_once(':'));
        lines.into_iter().find(|(is, _)| is.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

impl Http {
    /// Connects.
    pub fn connect(addr: SocketAddr) -> Self {
        Self::over(Link::plain(TcpStream::connect(addr).expect("connects")), addr)
    }

    /// Connects by TLS.
    pub fn tls(addr: SocketAddr) -> Self {
        Self::over(Link::secure(addr, &Tls::alpn("http/1.1")), addr)
    }

    /// Speaks over a connection that exists.
    pub fn over(link: Link, addr: SocketAddr) -> Self {
        Self { addr, link, was_reset: false }
    }

    /// Sends bytes as they are.
    ///
    /// # Errors
    /// The server has closed.
    pub fn send(&mut self, bytes: impl AsRef<[u8]>) -> std::io::Result<()> {
        self.link.write_all(bytes.as_ref())
    }

    /// Sends a request and reads its answer. Host is the server's address unless it is among `headers`.
    pub fn request(&mut self, method: &str, path: &str, headers: &[(&str, &str)]) -> Answer {
        let own = headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("host"));
        let host = if own { String::new() } else { format!("Host: {}\r\n", self.addr) };
        let headers: String = headers.iter().map(|(name, value)| [*name, ": ", value, "\r\n"].concat()).collect();
        self.send(format!("{method} {path} HTTP/1.1\r\n{host}{headers}\r\n")).expect("sends");
        self.answer(method != "HEAD")
    }

    /// Reads one answer, with a body where there is to be one.
    pub fn answer(&mut self, with_body: bool) -> Answer {
        let head = read_head(&mut self.link);
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
        let status = status.unwrap_or_else(|| panic!("an answer: {head:?}"));
        let mut answer = Answer { status, head, body: Vec::new() };
        let length = answer.header("content-length").map_or(0, |length| length.parse().expect("a number"));
        if with_body && status != 304 {
            answer.body = vec![0; length];
            self.link.read_exact(&mut answer.body).expect("the whole body");
        }
        answer
    }

    /// What comes within `time`, up to the server's close; `None` when it has not closed by then.
    pub fn read_to_close(&mut self, time: Duration) -> Option<Vec<u8>> {
        let until = Instant::now() + time;
        let mut all = Vec::new();
        let mut buffer = [0; 4096];
        loop {
            let left = until.saturating_duration_since(Instant::now()).max(Duration::from_millis(1));
            self.link.socket().set_read_timeout(Some(left)).expect("a socket");
            match self.link.read(&mut buffer) {
                Ok(0) => return Some(all),
                Ok(n) => all.extend_from_slice(&buffer[..n]),
                Err(error) if error.kind() == ErrorKind::ConnectionReset => {
                    self.was_reset = true;
                    return Some(all);
                }
                Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => return None,
                Err(error) => panic!("reading: {error}"),
            }
        }
    }

    /// Waits for the server to close, in silence.
    pub fn closed(&mut self) -> bool {
        self.read_to_close(PATIENCE).is_some_and(|said| said.is_empty())
    }

    /// Goes on as a WebSocket after its handshake.
    pub fn into_ws(self) -> Client {
        Client::over_ws(self.link)
    }
}

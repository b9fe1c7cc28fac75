//! A line to a server: a TCP connection, plain or by TLS, with its framing.

use std::io;
use std::time::Duration;

use papo_proto::papo1::ClientFrame;
use papo_proto::ws::client_key;
use papo_tls::{ClientTls, Stream};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, Interest};
use tokio::time::timeout;

use crate::connect::{self, ConnectError};
use crate::session::Why;
use crate::upgrade;
use crate::wire::{Wire, WireEnd};

/// All addresses of a host together answer within this time, a WebSocket's handshake included.
const CONNECT: Duration = Duration::from_secs(10);
/// What is read at a time. The events in it are held until they are taken.
const READ_BYTES: usize = 64 * 1024;
/// Frames are gathered up to this size before they are written together.
const TOGETHER_BYTES: usize = 16 * 1024;

/// How papo/1 travels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Framing {
    /// Length and frame, on the TCP port.
    Tcp,
    /// WebSocket, at this path of the web port.
    WebSocket {
        /// The path, with its slash.
        path: String,
    },
}

/// Where a server is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// Its name or address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How to speak to it.
    pub framing: Framing,
    /// How to encrypt, if at all; for a WebSocket it is made with [`ALPN_HTTP`](papo_tls::ALPN_HTTP).
    pub tls: Option<ClientTls>,
}

impl Target {
    /// A server's TCP port.
    pub fn tcp(host: impl Into<String>, port: u16) -> Self {
        Self { host: host.into(), port, framing: Framing::Tcp, tls: None }
    }

    /// A server's web port.
    pub fn websocket(host: impl Into<String>, port: u16) -> Self {
        Self { host: host.into(), port, framing: Framing::WebSocket { path: "/".into() }, tls: None }
    }
}

/// A connection.
#[derive(Debug)]
pub(crate) struct Line {
    stream: Stream,
    wire: Wire,
    buffer: Box<[u8]>,
}

impl Line {
    /// Connects, and shakes hands where that is due.
    pub(crate) async fn reach(target: Target) -> Result<Self, ConnectError> {
        let reached = timeout(CONNECT, async {
            let mut stream = connect::reach(&target.host, target.port, target.tls.as_ref()).await?;
            let wire = match &target.framing {
                Framing::Tcp => Wire::tcp(),
                Framing::WebSocket { path } => {
                    shake_hands(&mut stream, &target, path).await?;
                    Wire::websocket()
                }
            };
            Ok(Self { stream, wire, buffer: vec![0; READ_BYTES].into() })
        });
        reached.await.unwrap_or(Err(ConnectError::NoAnswer { waited: CONNECT }))
    }

    /// Whether another frame is to be put before what waits is written.
    pub(crate) fn has_room(&self) -> bool {
        self.wire.unsent().len() < TOGETHER_BYTES
    }

    pub(crate) fn put(&mut self, frame: &ClientFrame) {
        self.wire.put(frame, random);
    }

    /// Waits until something can be read, if it is to be, or written, if something waits.
    pub(crate) async fn ready(&self, reads: bool) -> io::Result<()> {
        let interest = match (reads, self.wire.unsent().is_empty()) {
            (true, true) => Interest::READABLE,
            (true, false) => Interest::READABLE | Interest::WRITABLE,
            (false, false) => Interest::WRITABLE,
            // Inside TLS something may be on its way that was written.
            (false, true) if self.stream.has_unsent() => Interest::WRITABLE,
            (false, true) => return std::future::pending().await,
        };
        self.stream.ready(interest).await
    }

    /// Writes as much as the connection takes now.
    pub(crate) fn write(&mut self) -> Result<(), Why> {
        while !self.wire.unsent().is_empty() {
            match self.stream.try_write(self.wire.unsent()) {
                Ok(count) => self.wire.sent(count),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                Err(error) => return Err(Why::Broken(error.to_string().into())),
            }
        }
        match self.stream.try_send() {
            Err(error) if error.kind() != io::ErrorKind::WouldBlock => Err(Why::Broken(error.to_string().into())),
            _ => Ok(()),
        }
    }

    /// Reads what is there, once, and gives each frame to `each`.
    pub(crate) fn read(&mut self, each: impl FnMut(&[u8])) -> Result<(), Why> {
        match self.stream.try_read(&mut self.buffer) {
            Ok(0) => Err(Why::Closed(None)),
            Ok(count) => self.wire.take(&self.buffer[..count], random, each).map_err(|end| match end {
                WireEnd::Closed => Why::Closed(None),
                WireEnd::Foreign(_) | WireEnd::TooLong { .. } => Why::Foreign,
            }),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(()),
            Err(error) => Err(Why::Broken(error.to_string().into())),
        }
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        // As far as the system takes it: nobody waits for a farewell.
        self.stream.say_farewell();
        let _ = self.stream.try_send();
    }
}

async fn shake_hands(stream: &mut Stream, target: &Target, path: &str) -> Result<(), ConnectError> {
    let foreign = |_| ConnectError::Foreign;
    let key = client_key(random());
    let bare = target.host.trim_matches(['[', ']']);
    let host = if bare.contains(':') { format!("[{bare}]") } else { bare.to_owned() };
    let request = upgrade::request(&format!("{host}:{}", target.port), path, &key);
    stream.write_all(request.as_bytes()).await.map_err(foreign)?;
    stream.flush().await.map_err(foreign)?;
    // Byte by byte: what follows the head belongs to the frames, and the head is short and comes once.
    let mut head = Vec::new();
    while upgrade::head_len(&head).is_none() {
        if head.len() >= upgrade::HEAD_MAX_BYTES {
            return Err(ConnectError::Foreign);
        }
        head.push(stream.read_u8().await.map_err(foreign)?);
    }
    if upgrade::is_taken(&head, &key) { Ok(()) } else { Err(ConnectError::Foreign) }
}

/// Random bytes. Without the system's randomness they are all zero: a mask and a key must only not
/// be chosen by whoever gives us texts to send.
fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    let _ = getrandom::fill(&mut bytes);
    bytes
}

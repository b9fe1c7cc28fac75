//! One connection to the server.

use std::io::{self, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};

use papo_proto::frame;
use papo_proto::limits::TLS_SEALED_MAX_BYTES;
use papo_proto::ws::{self, Opcode};
use papo_tls::SecureLine;
use papo_tls::line::SEALED_BYTES;
use socket2::{Domain, Protocol, Socket, Type};

use crate::options::Dialect;
use crate::upgrade::Upgrade;

/// A connection, and the member of a room that it is.
#[derive(Debug)]
pub(crate) struct Link {
    socket: TcpStream,
    secure: Option<Box<SecureLine>>,
    dialect: Dialect,
    /// The begun frame at the end of the last read; nearly always empty.
    part: Vec<u8>,
    /// What the kernel has not taken yet.
    out: Vec<u8>,
    /// The handshake that is not answered yet, and what is said after it.
    upgrade: Option<(Upgrade, [String; 2])>,
    /// The last read has not emptied the socket, as far as it tells.
    pub(crate) has_more: bool,
    /// The room that it is a member of.
    pub(crate) room: u32,
    /// Its number as a sender, if it is one.
    pub(crate) sender: Option<u32>,
}

impl Link {
    /// Begins to connect; writing waits until the connection is there.
    pub(crate) fn connect(addr: SocketAddr, dialect: Dialect, room: u32, sender: Option<u32>) -> io::Result<Self> {
        let socket = Socket::new(Domain::for_address(addr), Type::STREAM.nonblocking(), Some(Protocol::TCP))?;
        // A window's messages are one write; without this the kernel would hold back the next one.
        socket.set_tcp_nodelay(true)?;
        match socket.connect(&addr.into()) {
            Err(error) if error.raw_os_error() != Some(rustix::io::Errno::INPROGRESS.raw_os_error()) => Err(error),
            _ => Ok(Self {
                socket: socket.into(),
                secure: None,
                dialect,
                part: Vec::new(),
                out: Vec::new(),
                upgrade: None,
                has_more: false,
                room,
                sender,
            }),
        }
    }

    /// From its first byte on it speaks inside this.
    pub(crate) fn encrypt(&mut self, line: SecureLine) {
        self.secure = Some(Box::new(line));
    }

    /// The socket, to be told when it is ready.
    pub(crate) fn socket(&self) -> &TcpStream {
        &self.socket
    }

    /// Reads once into `buffer`, behind what was kept. `None` when there is nothing.
    ///
    /// The caller cuts the frames and gives the rest back with [`Link::keep`].
    ///
    /// # Errors
    /// `UnexpectedEof` when the server has closed.
    #[inline]
    pub(crate) fn read<'b>(&mut self, buffer: &'b mut [u8]) -> io::Result<Option<&'b [u8]>> {
        if self.secure.is_some() {
            return self.read_sealed(buffer);
        }
        let kept = self.part.len();
        if kept > 0 {
            buffer[..kept].copy_from_slice(&self.part);
        }
        loop {
            match (&self.socket).read(&mut buffer[kept..]) {
                Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(read) => {
                    self.part.clear();
                    self.has_more = kept + read == buffer.len();
                    return Ok(Some(&buffer[..kept + read]));
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(None),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// The same inside TLS: what is read lies in the last quarter of the buffer until it is decrypted.
    fn read_sealed<'b>(&mut self, buffer: &'b mut [u8]) -> io::Result<Option<&'b [u8]>> {
        let Some(line) = &mut self.secure else { return Ok(None) };
        let (plain, sealed) = buffer.split_at_mut(buffer.len() / 4 * 3);
        let held = line.held();
        let read = match (&self.socket).read(&mut sealed[held..]) {
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(read) => read,
            Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted) => {
                return Ok(None);
            }
            Err(error) => return Err(error),
        };
        self.has_more = held + read == sealed.len();
        line.open(&mut sealed[..held + read], &mut self.part).map_err(io::Error::other)?;
        let length = self.part.len();
        plain[..length].copy_from_slice(&self.part);
        self.part.clear();
        Ok(Some(&plain[..length]))
    }

    /// Keeps a begun frame for the next read.
    #[inline]
    pub(crate) fn keep(&mut self, rest: &[u8]) {
        if !rest.is_empty() {
            self.part.extend_from_slice(rest);
        }
    }

    /// Queues the first lines, behind the handshake where there is one.
    pub(crate) fn greet(&mut self, addr: SocketAddr, link: usize, lines: [String; 2]) {
        match self.dialect {
            Dialect::Text => lines.iter().for_each(|line| self.queue_line(line.as_bytes())),
            Dialect::WebSocket => {
                let (upgrade, ask) = Upgrade::ask(addr, link);
                self.out.extend_from_slice(ask.as_bytes());
                self.upgrade = Some((upgrade, lines));
            }
        }
    }

    /// Whether the next bytes belong to the handshake.
    #[inline]
    pub(crate) fn is_upgrading(&self) -> bool {
        self.upgrade.is_some()
    }

    /// Takes the answer to the handshake and queues the first lines. Gives what follows the answer,
    /// or `None` while it is not whole.
    pub(crate) fn upgraded<'b>(&mut self, bytes: &'b [u8]) -> Result<Option<&'b [u8]>, String> {
        let Some((upgrade, _)) = &self.upgrade else { return Ok(Some(bytes)) };
        let rest = upgrade.answered(bytes)?;
        if rest.is_some() {
            let lines = self.upgrade.take().map(|(_, lines)| lines);
            lines.iter().flatten().for_each(|line| self.queue_line(line.as_bytes()));
        }
        Ok(rest)
    }

    /// Whether something waits to be written.
    #[inline]
    pub(crate) fn has_queued(&self) -> bool {
        !self.out.is_empty() || self.secure.as_ref().is_some_and(|line| !line.unsent().is_empty())
    }

    /// Queues a line of the text dialect.
    pub(crate) fn queue_line(&mut self, line: &[u8]) {
        match self.dialect {
            Dialect::Text => frame::encode(line, &mut self.out),
            Dialect::WebSocket => ws::encode_masked(Opcode::Text, line, MASK, &mut self.out),
        }
    }

    /// Queues the answer to a ping.
    pub(crate) fn queue_pong(&mut self, payload: &[u8]) {
        ws::encode_masked(Opcode::Pong, payload, MASK, &mut self.out);
    }

    /// Writes what is queued, as far as the kernel takes it.
    #[inline]
    pub(crate) fn flush(&mut self) -> io::Result<()> {
        let Some(line) = &mut self.secure else {
            let written = write(&self.socket, &self.out)?;
            self.out.drain(..written);
            return Ok(());
        };
        loop {
            let written = write(&self.socket, line.unsent())?;
            line.was_sent(written);
            if self.out.is_empty() || line.is_handshaking() || !line.unsent().is_empty() {
                return Ok(());
            }
            let portion = self.out.len().min(TLS_SEALED_MAX_BYTES);
            let mut sealed = vec![0; portion + SEALED_BYTES - TLS_SEALED_MAX_BYTES];
            let length = line.seal(&self.out[..portion], &mut sealed).map_err(io::Error::other)?;
            line.keep(&sealed[..length]);
            self.out.drain(..portion);
        }
    }
}

/// Writes as much as the kernel takes. Not connected yet, or full: the socket becomes writable and is told.
fn write(mut socket: &TcpStream, bytes: &[u8]) -> io::Result<usize> {
    let mut written = 0;
    while written < bytes.len() {
        match socket.write(&bytes[written..]) {
            Ok(count) => written += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::NotConnected) => break,
            Err(error) => return Err(error),
        }
    }
    Ok(written)
}

/// A mask is for proxies in between; there are none here, but the server must work as for any client.
const MASK: [u8; 4] = [0x5A, 0xC3, 0x96, 0x0F];

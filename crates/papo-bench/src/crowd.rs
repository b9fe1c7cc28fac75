//! All connections of a run, and the turn in which what is ready is read and written.

use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use papo_tls::{ALPN_HTTP, ALPN_PAPO, ClientTls, Trust};

use crate::cut::{Piece, cut};
use crate::error::BenchError;
use crate::link::Link;
use crate::options::Dialect;
use crate::ready::Ready;

/// One read takes at most this much. All connections share the buffer, so it stays in the processor's cache.
const BUFFER_BYTES: usize = 512 * 1024;

/// A line that came: for which connection, and when its bytes were read.
pub(crate) struct Heard<'a> {
    /// The connection's number.
    pub(crate) link: usize,
    /// The room that it is a member of.
    pub(crate) room: u32,
    /// Its number as a sender.
    pub(crate) sender: Option<u32>,
    /// The line's text.
    pub(crate) text: &'a [u8],
    /// Nanoseconds on the crowd's clock.
    pub(crate) at: u64,
}

/// All connections.
pub(crate) struct Crowd {
    pub(crate) links: Vec<Link>,
    pub(crate) ready: Ready,
    addr: SocketAddr,
    dialect: Dialect,
    tls: Option<ClientTls>,
    buffer: Box<[u8]>,
    clock: Instant,
}

impl Crowd {
    /// Nobody yet.
    pub(crate) fn new(addr: SocketAddr, dialect: Dialect, secure: bool) -> Result<Self, BenchError> {
        let alpn = if dialect == Dialect::Text { ALPN_PAPO } else { ALPN_HTTP };
        let tls = secure.then(|| ClientTls::new(&Trust::Anyone, alpn).expect("invariant: no file is read"));
        let ready = Ready::new().map_err(BenchError::system("epoll"))?;
        let buffer = vec![0; BUFFER_BYTES].into();
        Ok(Self { links: Vec::new(), ready, addr, dialect, tls, buffer, clock: Instant::now() })
    }

    /// Nanoseconds since the crowd was made.
    #[inline]
    pub(crate) fn now(&self) -> u64 {
        self.clock.elapsed().as_nanos() as u64
    }

    /// Begins another connection, which will say `greeting` as soon as it can.
    pub(crate) fn invite(&mut self, room: u32, sender: Option<u32>, greeting: [String; 2]) -> Result<(), BenchError> {
        let link = self.links.len();
        let failed = |cause| BenchError::Connection { addr: self.addr, link, cause };
        let mut invited = Link::connect(self.addr, self.dialect, room, sender).map_err(failed)?;
        if let Some(tls) = &self.tls {
            invited.encrypt(tls.line(&self.addr.ip().to_string()).map_err(io::Error::other).map_err(failed)?);
        }
        invited.greet(self.addr, link, greeting);
        self.ready.add(invited.socket(), link).map_err(BenchError::system("epoll"))?;
        invited.flush().map_err(failed)?;
        self.links.push(invited);
        Ok(())
    }

    /// Sends what a connection has queued.
    #[inline]
    pub(crate) fn flush(&mut self, link: usize) -> Result<(), BenchError> {
        self.links[link].flush().map_err(|cause| BenchError::Connection { addr: self.addr, link, cause })
    }

    /// Waits until something is ready, but not longer than `at_most`, and lets each line be `heard`.
    /// Returns how many bytes came.
    pub(crate) fn turn(
        &mut self,
        at_most: Option<Duration>,
        mut heard: impl FnMut(Heard<'_>) -> Result<(), BenchError>,
    ) -> Result<u64, BenchError> {
        self.ready.wait(at_most).map_err(BenchError::system("epoll"))?;
        let mut bytes = 0;
        for at in 0..self.ready.len() {
            let Some(ready) = self.ready.get(at) else { continue };
            // Being writable is told with everything else, and is nearly never what was waited for.
            if ready.writable && self.links[ready.link].has_queued() {
                self.flush(ready.link)?;
            }
            if ready.readable {
                bytes += self.read(ready.link, &mut heard)?;
            }
        }
        Ok(bytes)
    }

    /// Reads one connection until it is empty.
    #[inline]
    fn read(
        &mut self,
        link: usize,
        heard: &mut impl FnMut(Heard<'_>) -> Result<(), BenchError>,
    ) -> Result<u64, BenchError> {
        let mut came = 0;
        loop {
            let connection = &mut self.links[link];
            let (room, sender) = (connection.room, connection.sender);
            let bytes = match connection.read(&mut self.buffer) {
                Ok(Some(bytes)) => bytes,
                Ok(None) => return Ok(came),
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Err(BenchError::Closed(link)),
                Err(cause) => return Err(BenchError::Connection { addr: self.addr, link, cause }),
            };
            let at = self.clock.elapsed().as_nanos() as u64;
            let not_understood = |problem| BenchError::NotUnderstood { link, problem };
            came += bytes.len() as u64;
            let has_more = connection.has_more;
            let mut rest = bytes;
            if connection.is_upgrading() {
                let Some(after) = connection.upgraded(rest).map_err(not_understood)? else {
                    connection.keep(rest);
                    continue;
                };
                rest = after;
            }
            while let Some(piece) = cut(self.dialect, &mut rest).map_err(not_understood)? {
                match piece {
                    Piece::Text(text) => heard(Heard { link, room, sender, text, at })?,
                    Piece::Ping(payload) => connection.queue_pong(payload),
                    Piece::Other => {}
                }
            }
            connection.keep(rest);
            if connection.has_queued() {
                self.flush(link)?;
            }
            if !has_more {
                return Ok(came);
            }
        }
    }
}

//! New connections: what they speak, and their sessions.

use std::io;
use std::net::TcpStream;
use std::time::Duration;

use papo_proto::limits::SNIFF_BYTES;
use papo_proto::sniff::{Spoken, sniff};
use papo_proto::words::Refusal;
use papo_proto::{Encoding, Framing, Reply};

use super::Shard;
use crate::arrival::Arrival;
use crate::conn::{Conn, Intake, Stage};
use crate::http::{self, Upgraded};
use crate::inbox::{Newcomer, Port};
use crate::metrics::Unfinished;

/// What a client reads that speaks a protocol which is not spoken here, where it can read anything.
const NO_IRC: &[u8] = b"ERROR :Papo does not speak IRC yet; use papo chat or a browser\r\n";
const NO_SSH: &[u8] = b"Papo does not speak SSH yet; use papo chat or a browser\r\n";
/// A fatal alert as it is sent before a handshake, `internal_error`: the protocol has none that says more.
const TLS_NO_PLACE: &[u8] = &[21, 3, 3, 0, 2, 2, 80];

impl Shard {
    /// Takes in a new connection.
    pub(super) fn welcome(&mut self, newcomer: Newcomer, now: Duration) {
        let result = match newcomer {
            Newcomer::Accepted { arrival, port } => self.accept(arrival, port, now),
            Newcomer::Upgraded(upgraded) => self.accept_websocket(upgraded, now),
            Newcomer::Refused(arrival, port, refusal) => self.refuse(arrival, port, refusal, now),
        };
        if let Err(error) = result {
            tracing::debug!(%error, "a new connection was lost");
        }
    }

    fn accept(&mut self, arrival: Arrival, port: Port, now: Duration) -> io::Result<()> {
        if self.draining_since.is_some() {
            return Ok(());
        }
        let Arrival { socket, peer, place, .. } = arrival;
        let socket = mio::net::TcpStream::from_std(socket);
        let slot = self.add(Conn::new(socket, peer, place, Stage::Unknown(port), now))?;
        self.set_timer(slot);
        Ok(())
    }

    fn accept_websocket(&mut self, upgraded: Upgraded, now: Duration) -> io::Result<()> {
        if self.draining_since.is_some() {
            return Ok(());
        }
        let Arrival { socket, peer, place, secure } = upgraded.arrival;
        socket.set_nonblocking(true)?;
        let mut conn = Conn::new(mio::net::TcpStream::from_std(socket), peer, place, Stage::Open, now);
        conn.intake = Intake::websocket(self.shared.limits.message_bytes, upgraded.dialect, upgraded.early);
        (conn.secure, conn.is_secure) = (secure, upgraded.is_secure);
        conn.cookie = upgraded.cookie.map(Box::new);
        conn.ping_at = Some(now + self.shared.times.ping_every);
        let (has_early, has_unsent) = (conn.intake.is_waiting(), conn.has_unsent());
        let slot = self.add(conn)?;
        if has_unsent {
            self.touch(slot);
        }
        let (dialect, lang) = (upgraded.dialect, upgraded.lang.unwrap_or(self.shared.lang));
        self.open_session(slot, Encoding { framing: Framing::WebSocket, dialect, lang });
        if has_early {
            self.give_turn(slot, now);
        }
        self.set_timer(slot);
        Ok(())
    }

    /// Says why there is no place and closes.
    fn refuse(&mut self, arrival: Arrival, port: Port, refusal: Refusal, now: Duration) -> io::Result<()> {
        let Arrival { socket, peer, place, .. } = arrival;
        let mut conn = Conn::new(mio::net::TcpStream::from_std(socket), peer, place, Stage::Flushing, now);
        conn.deaf = true;
        let words = self.no_place(&conn, port, refusal);
        conn.plan.push(words.into());
        let slot = self.add(conn)?;
        self.touch(slot);
        Ok(())
    }

    /// Why there is no place: an alert to whoever has begun to speak TLS, else in the language of the port.
    /// Nobody is waited for to begin: a place for refusing is dear when many come.
    pub(super) fn no_place(&self, conn: &Conn, port: Port, refusal: Refusal) -> Vec<u8> {
        let mut first = [0; SNIFF_BYTES];
        let seen = conn.socket.peek(&mut first).unwrap_or(0);
        if self.shared.tls.is_some() && sniff(&first[..seen]) == Some(Spoken::Tls) {
            self.shared.engine.metrics().handshakes.failed(Unfinished::NoPlace);
            return TLS_NO_PLACE.to_vec();
        }
        match port {
            Port::Web => http::FULL.to_vec(),
            Port::Tcp => {
                let mut bytes = Vec::new();
                let encoding = Encoding::text(Framing::Length, self.shared.lang);
                encoding.reply(None, &Reply::Refused(refusal), &mut bytes);
                bytes
            }
        }
    }

    /// Tells by its first bytes what a connection speaks. True when it is open now.
    pub(super) fn sniff(&mut self, slot: u32, now: Duration) -> bool {
        let mut first = [0; SNIFF_BYTES];
        let conn = &mut self.conns[slot as usize];
        if conn.secure.is_some() {
            return self.sniff_inside(slot, now);
        }
        let seen = match conn.socket.peek(&mut first) {
            Ok(0) => {
                self.lose(slot);
                return false;
            }
            Ok(n) => n,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                conn.readable = false;
                return false;
            }
            Err(_) => {
                self.lose(slot);
                return false;
            }
        };
        let spoken = sniff(&first[..seen]);
        if self.may_be_plain(slot) { self.open_as(slot, spoken, now) } else { self.refuse_plain(slot, spoken, now) }
    }

    /// Opens a connection that speaks this. True when it is open now.
    pub(super) fn open_as(&mut self, slot: u32, spoken: Option<Spoken>, now: Duration) -> bool {
        match spoken {
            // More must come, or its time: the bytes stay where they are.
            None => false,
            Some(Spoken::Text) => {
                self.open_text(slot);
                true
            }
            Some(Spoken::Http) => {
                self.hand_to_http(slot);
                false
            }
            Some(Spoken::Irc) => self.turn_away(slot, NO_IRC, now),
            Some(Spoken::Ssh) => self.turn_away(slot, NO_SSH, now),
            Some(Spoken::Proxy) => self.take_proxy_header(slot, now) && self.sniff(slot, now),
            Some(Spoken::Tls) => self.begin_tls(slot, now),
            Some(Spoken::Unknown) => {
                let mut bytes = Vec::new();
                let encoding = Encoding::text(Framing::Length, self.shared.lang);
                encoding.reply(None, &Reply::FrameTooBig, &mut bytes);
                self.turn_away(slot, &bytes, now)
            }
        }
    }

    /// It is a text client, unless its first frame says otherwise: it has a session and is welcomed.
    pub(super) fn open_text(&mut self, slot: u32) {
        let conn = &mut self.conns[slot as usize];
        // What has been decrypted already is not in the socket any more.
        let early = conn.secure.as_mut().map(|line| line.take_opened()).unwrap_or_default();
        conn.intake = Intake::length(self.shared.limits.message_bytes, early);
        // What does not leave the machine needs no encryption.
        conn.is_secure |= conn.peer.ip().to_canonical().is_loopback();
        self.open_session(slot, Encoding::text(Framing::Length, self.shared.lang));
    }

    fn open_session(&mut self, slot: u32, encoding: Encoding) {
        let conn = &mut self.conns[slot as usize];
        let link = conn.link(self.me, slot);
        let address = conn.peer.ip().into();
        let is_safe = conn.is_secure;
        let session = self.shared.engine.decide(Some(self.me), |hub, _| hub.open(link, encoding, address, is_safe));
        conn.stage = Stage::Open;
        conn.session = session;
        conn.encoding = encoding;
        self.by_session.insert(session, slot);
        self.shared.announcer.connected(conn.peer);
    }

    /// Gives the connection to the HTTP door; nothing of it has been read, or what was decrypted is
    /// with its TLS.
    pub(super) fn hand_to_http(&mut self, slot: u32) {
        let mut conn = self.conns.remove(slot as usize);
        let _ = self.poll.registry().deregister(&mut conn.socket);
        let Conn { socket, peer, place, secure, .. } = *conn;
        self.shared.http.take(Arrival { socket: TcpStream::from(socket), peer, place, secure });
    }

    pub(super) fn turn_away(&mut self, slot: u32, last_words: &[u8], now: Duration) -> bool {
        let conn = &mut self.conns[slot as usize];
        conn.stage = Stage::Flushing;
        conn.since = now;
        conn.deaf = true;
        if !last_words.is_empty() {
            conn.plan.push(last_words.to_vec().into());
        }
        self.touch(slot);
        false
    }
}

//! Connections that begin with TLS: the handshake, and what is spoken inside. A plain one is refused
//! here where only TLS is allowed.

use std::io;
use std::time::Duration;

use papo_proto::limits::{SNIFF_BYTES, TLS_HANDSHAKES_PER_TURN};
use papo_proto::papo1::{self, PREFIX};
use papo_proto::sniff::{Spoken, sniff};
use papo_proto::{Dialect, Encoding, Framing, Reject, Reply, Txn};
use papo_tls::stream::failure_of;
use papo_tls::{ALPN_HTTP, SecureLine};

use super::Shard;
use crate::conn::Conn;
use crate::http;
use crate::metrics::Handshakes;

impl Shard {
    /// The connection speaks TLS from its first byte on. True when it is open now.
    pub(super) fn begin_tls(&mut self, slot: u32, now: Duration) -> bool {
        let conn = &mut self.conns[slot as usize];
        // Inside TLS there is no TLS.
        let tls = self.shared.tls.as_ref().filter(|_| conn.secure.is_none());
        let Some(Ok(line)) = tls.map(|tls| tls.accept()) else { return self.turn_away(slot, b"", now) };
        conn.secure = Some(line);
        conn.since = now;
        self.sniff_inside(slot, now)
    }

    /// Goes on with the handshake, then tells what is spoken inside. True when it is open now.
    pub(super) fn sniff_inside(&mut self, slot: u32, now: Duration) -> bool {
        let conn = &mut self.conns[slot as usize];
        let was_handshaking = conn.is_handshaking();
        if was_handshaking {
            // Signatures are dear: after a few of them everybody else has a turn first.
            if self.handshakes >= TLS_HANDSHAKES_PER_TURN {
                conn.queued = true;
                self.ready.push(slot);
                return false;
            }
            self.handshakes += 1;
        }
        let read = conn.read(&mut self.buffer, &mut self.scratch);
        let eof = conn.eof && !conn.readable;
        if was_handshaking {
            count_handshake(conn, read.as_ref().err(), &self.shared.engine.metrics().handshakes);
        }
        let Some(line) = conn.secure.as_mut() else { return false };
        match read {
            Ok(Some(plain)) => line.put_back(&self.buffer[..plain]),
            Ok(None) if eof => {
                self.hang_up(slot, now);
                return false;
            }
            Ok(None) => {}
            // What is wrong is told before it is closed.
            Err(_) if line.has_failed() => return self.turn_away(slot, b"", now),
            Err(_) => {
                self.hang_up(slot, now);
                return false;
            }
        }
        let (is_handshaking, inside) = (line.is_handshaking(), spoken_inside(line));
        if conn.has_unsent() {
            self.touch(slot);
        }
        self.give_turn(slot, now);
        if is_handshaking {
            return false;
        }
        let conn = &mut self.conns[slot as usize];
        if was_handshaking {
            // The time in which a silent client is a text client begins now.
            (conn.is_secure, conn.since) = (true, now);
        }
        self.open_as(slot, inside, now)
    }

    /// A client that has said nothing is a text client, unless it may not speak in plain text.
    pub(super) fn open_silent(&mut self, slot: u32, now: Duration) {
        if self.may_be_plain(slot) {
            self.open_text(slot);
        } else {
            let words = self.only_tls(Dialect::Text, None);
            self.turn_away(slot, &words, now);
        }
    }

    /// Whether a connection may go on as it began: TLS is not asked of it, or it has it, or nobody
    /// is on the way.
    pub(super) fn may_be_plain(&self, slot: u32) -> bool {
        let conn = &self.conns[slot as usize];
        conn.is_secure || self.shared.tls.as_ref().is_none_or(|tls| tls.may_be_plain(conn.peer.ip()))
    }

    /// Refuses a plain connection where only TLS is allowed, in what it speaks.
    pub(super) fn refuse_plain(&mut self, slot: u32, spoken: Option<Spoken>, now: Duration) -> bool {
        let words = match spoken {
            None => return false,
            Some(Spoken::Tls | Spoken::Proxy | Spoken::Irc | Spoken::Ssh) => return self.open_as(slot, spoken, now),
            Some(Spoken::Http) => http::tls_only(),
            Some(Spoken::Unknown) => self.only_tls(Dialect::Text, None),
            Some(Spoken::Text) => {
                let seen = self.conns[slot as usize].socket.peek(&mut self.buffer).unwrap_or(0);
                match hello_of(&self.buffer[..seen], self.shared.limits.message_bytes) {
                    First::Part => return false,
                    First::Line => self.only_tls(Dialect::Text, None),
                    First::Papo1(txn) => self.only_tls(Dialect::Papo1, txn),
                }
            }
        };
        self.turn_away(slot, &words, now)
    }

    fn only_tls(&self, dialect: Dialect, txn: Option<Txn>) -> Vec<u8> {
        let encoding = Encoding { dialect, ..Encoding::text(Framing::Length, self.shared.lang) };
        let mut bytes = Vec::new();
        encoding.reply(txn, &Reply::Rejected(Reject::TlsRequired), &mut bytes);
        bytes
    }
}

/// Counts a handshake that has ended by what was just read, well or not.
fn count_handshake(conn: &mut Conn, error: Option<&io::Error>, handshakes: &Handshakes) {
    let Some(line) = conn.secure.as_deref() else { return };
    if !line.is_handshaking() {
        handshakes.finished(line.version());
        conn.place.secured();
    } else if let Some(failure) = error.and_then(failure_of) {
        handshakes.failed(failure.into());
    }
}

/// What the first frame of a plain connection is.
#[derive(Debug, PartialEq, Eq)]
enum First {
    /// More must come.
    Part,
    /// A line of text.
    Line,
    /// A command of papo/1, with its number if it can be read.
    Papo1(Option<Txn>),
}

fn hello_of(bytes: &[u8], message_max: usize) -> First {
    let Some((length, rest)) = bytes.split_first_chunk::<4>() else { return First::Part };
    let length = u32::from_be_bytes(*length) as usize;
    let begin = &rest[..rest.len().min(PREFIX.len())];
    if length < PREFIX.len() || !PREFIX.starts_with(begin) {
        return First::Line;
    }
    match rest.get(PREFIX.len()..length) {
        Some(json) => First::Papo1(papo1::decode(json, message_max).txn),
        // One that is too long for a hello is not waited for.
        None if length > message_max => First::Papo1(None),
        None => First::Part,
    }
}

/// What is spoken inside, by what the handshake or else the first bytes say.
fn spoken_inside(line: &SecureLine) -> Option<Spoken> {
    if line.alpn() == Some(ALPN_HTTP) {
        return Some(Spoken::Http);
    }
    let opened = line.opened();
    sniff(&opened[..opened.len().min(SNIFF_BYTES)])
}

#[cfg(test)]
mod tests {
    use super::*;
    use papo_proto::frame;

    #[test]
    fn the_number_of_a_hello_is_read_from_its_frame() {
        let framed = |payload: &[u8]| {
            let mut bytes = Vec::new();
            frame::encode(payload, &mut bytes);
            bytes
        };
        let hello = framed(br#"PAPO/1 {"do":"hello","txn":7,"version":1}"#);
        assert_eq!(hello_of(&hello, 1000), First::Papo1(Some(Txn(7))));
        for at in 0..hello.len() {
            assert_eq!(hello_of(&hello[..at], 1000), First::Part, "{at}");
        }
        assert_eq!(hello_of(&hello[..20], 20), First::Papo1(None), "it is not waited for");
        assert_eq!(hello_of(&framed(b"PAPO/1 {"), 1000), First::Papo1(None));
        for line in [&b"oi"[..], b"", b"PAPO", b"PAPO/2 {}", b"/nick Ana Maria"] {
            assert_eq!(hello_of(&framed(line), 1000), First::Line, "{line:?}");
        }
    }
}

//! Connections that come by a proxy: its header says who is there, if the proxy is trusted.

use std::io;
use std::time::Duration;

use papo_proto::limits::PROXY_HEADER_MAX_BYTES;
use papo_proto::proxy::{self, Header};
use papo_proto::words::Refusal;

use super::Shard;
use crate::conn::{Conn, Stage};
use crate::inbox::Port;

impl Shard {
    /// Takes the header that a connection begins with. True when what is behind it is to be looked
    /// at: the connection counts for the client from here on.
    pub(super) fn take_proxy_header(&mut self, slot: u32, now: Duration) -> bool {
        let conn = &mut self.conns[slot as usize];
        // A second header, or one inside TLS, would be the client's own: one proxy, one word.
        if conn.is_proxied || conn.secure.is_some() || !self.shared.live.rules().trusted.contains(conn.peer.ip()) {
            tracing::info!(peer = %conn.peer, "a proxy's header from who is not trusted");
            return self.turn_away(slot, b"", now);
        }
        let Ok(seen) = conn.socket.peek(&mut self.buffer[..PROXY_HEADER_MAX_BYTES]) else {
            self.lose(slot);
            return false;
        };
        let (header, length) = match proxy::decode(&self.buffer[..seen]) {
            Ok(Some(found)) => found,
            // More must come, or its time.
            Ok(None) => return false,
            Err(error) => {
                tracing::warn!(proxy = %conn.peer, %error, "a trusted proxy's header is not understood");
                return self.turn_away(slot, b"", now);
            }
        };
        if take(conn, &mut self.buffer[..length]).is_err() {
            self.lose(slot);
            return false;
        }
        conn.is_proxied = true;
        // The client has its own time to say something.
        conn.since = now;
        match header {
            Header::Local => true,
            Header::Client { address: client, is_secure } => match conn.place.move_to(client.ip()) {
                Ok(()) => {
                    (conn.peer, conn.is_secure) = (client, is_secure);
                    true
                }
                Err(refusal) => {
                    tracing::info!(peer = %client, ?refusal, "no place for a connection behind a proxy");
                    self.refuse_behind_proxy(slot, refusal, now)
                }
            },
        }
    }

    fn refuse_behind_proxy(&mut self, slot: u32, refusal: Refusal, now: Duration) -> bool {
        let conn = &self.conns[slot as usize];
        let port = if conn.stage == Stage::Unknown(Port::Web) { Port::Web } else { Port::Tcp };
        let words = self.no_place(conn, port, refusal);
        self.turn_away(slot, &words, now)
    }
}

/// Takes bytes that were seen: they are there.
fn take(conn: &mut Conn, mut bytes: &mut [u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        match io::Read::read(&mut conn.socket, bytes) {
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(read) => bytes = &mut bytes[read..],
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

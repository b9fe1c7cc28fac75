//! The secure half of a connection: what is read is decrypted in the shard's buffer, and what is
//! sent is encrypted into the shard's, so that an idle connection has neither.

use std::io::{self, ErrorKind, IoSlice, Read as _, Write as _};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use papo_hub::{Cursor, Segment};
use papo_proto::RoomId;
use papo_proto::limits::TLS_SEALED_MAX_BYTES;
use papo_tls::line::SEALED_BYTES;

use super::{Conn, Flushed, Stage, send};

/// What a shard lends to whoever encrypts or decrypts.
#[derive(Debug, Default)]
pub(crate) struct Scratch {
    /// Plaintext on its way in or out.
    plain: Vec<u8>,
    sealed: Vec<u8>,
}

impl Scratch {
    /// Joins slices, as far as one portion goes. Returns how much that is.
    fn join(&mut self, slices: &[IoSlice<'_>]) -> usize {
        self.plain.clear();
        for slice in slices {
            let room = TLS_SEALED_MAX_BYTES - self.plain.len();
            self.plain.extend_from_slice(&slice[..slice.len().min(room)]);
        }
        self.plain.len()
    }

    /// Where one portion is encrypted to. It is there from the first one on.
    fn sealed(&mut self) -> (&[u8], &mut [u8]) {
        self.sealed.resize(SEALED_BYTES, 0);
        (&self.plain, &mut self.sealed)
    }
}

/// A portion of a room's log that many connections are sent, joined for the first that encrypts it.
#[derive(Debug)]
pub(crate) struct Shared<'a> {
    pub(crate) segments: &'a [std::sync::Arc<Segment>],
    pub(crate) slices: &'a [IoSlice<'a>],
    pub(crate) length: usize,
    /// It lies in the scratch now.
    is_joined: bool,
}

impl<'a> Shared<'a> {
    pub(crate) fn new(segments: &'a [std::sync::Arc<Segment>], slices: &'a [IoSlice<'a>]) -> Self {
        let length = slices.iter().map(|slice| slice.len()).sum();
        Self { segments, slices, length, is_joined: false }
    }
}

impl Conn {
    /// Reads once into `buffer` and decrypts it there: the plaintext is at its front. `Some(0)` when
    /// what came is not whole yet, or was TLS's own.
    pub(super) fn read_sealed(&mut self, buffer: &mut [u8], scratch: &mut Scratch) -> io::Result<Option<usize>> {
        let Some(line) = self.secure.as_mut() else { return Ok(None) };
        let held = line.held();
        let read = loop {
            match self.socket.read(&mut buffer[held..]) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => break None,
                other => break Some(other?),
            }
        };
        let Some(read) = read.filter(|read| *read > 0) else {
            self.eof |= read.is_some();
            self.readable = false;
            return Ok(None);
        };
        self.readable = held + read == buffer.len() || self.eof;
        scratch.plain.clear();
        let opened = line.open(&mut buffer[..held + read], &mut scratch.plain);
        // The peer's farewell is the end of what it sends, whatever follows it.
        if line.peer_closed() {
            (self.eof, self.readable) = (true, true);
        }
        if let Err(failure) = opened {
            tracing::debug!(%failure, peer = %self.peer, "TLS has failed");
            if self.stage == Stage::Open {
                // The alert, if the socket takes it; before a session it goes out in order.
                let _ = self.socket.write(line.unsent());
            }
            return Err(io::Error::new(ErrorKind::InvalidData, failure));
        }
        let plain = &scratch.plain;
        buffer[..plain.len()].copy_from_slice(plain);
        Ok(Some(plain.len()))
    }

    /// Whether ciphertext waits, that of TLS itself too.
    pub(crate) fn has_unsent(&self) -> bool {
        self.secure.as_ref().is_some_and(|line| !line.unsent().is_empty())
    }

    /// Its handshake goes on: it has come to no end yet, neither a good one nor a bad one.
    pub(crate) fn is_handshaking(&self) -> bool {
        matches!(self.stage, Stage::Unknown(_)) && self.secure.as_ref().is_some_and(|line| line.is_handshaking())
    }

    /// Writes the ciphertext that waits. False when some still does.
    pub(crate) fn send_unsent(&mut self, now: Duration) -> io::Result<bool> {
        let Some(line) = self.secure.as_mut() else { return Ok(true) };
        while !line.unsent().is_empty() {
            let taken = send(&mut self.socket, &[IoSlice::new(line.unsent())])?;
            if taken == 0 {
                self.blocked_since.get_or_insert(now);
                return Ok(false);
            }
            line.was_sent(taken);
        }
        Ok(true)
    }

    /// As [`flush`](Self::flush), encrypted.
    pub(super) fn flush_sealed(
        &mut self,
        limit: impl Fn(RoomId) -> Cursor,
        scratch: &mut Scratch,
        now: Duration,
    ) -> io::Result<Flushed> {
        loop {
            if self.blocked_since.is_some() || !self.send_unsent(now)? {
                return Ok(Flushed::Blocked);
            }
            if self.secure.as_ref().is_none_or(|line| line.is_handshaking() || line.has_failed()) {
                return Ok(Flushed::Everything);
            }
            let (portion, behind) = self.plan.gather(self.session, &limit);
            if let Some(behind) = behind {
                return Ok(Flushed::Behind(behind));
            }
            if portion.is_empty() {
                let says_farewell = self.stage == Stage::Flushing;
                if says_farewell && self.secure.as_mut().is_some_and(|line| line.say_farewell()) {
                    continue;
                }
                return Ok(Flushed::Everything);
            }
            let taken = scratch.join(&self.plan.slices(&portion));
            self.plan.advance(&portion, taken);
            self.seal_and_send(scratch, now)?;
        }
    }

    /// As [`send_shared`](Self::send_shared), encrypted. What is encrypted counts as sent.
    pub(super) fn send_shared_sealed(
        &mut self,
        room: RoomId,
        shared: &mut Shared<'_>,
        scratch: &mut Scratch,
        now: Duration,
    ) -> io::Result<bool> {
        // What is encrypted already goes before it; what is longer than a portion goes the slow way.
        if !self.send_unsent(now)? || shared.length > TLS_SEALED_MAX_BYTES {
            return Ok(false);
        }
        if !std::mem::replace(&mut shared.is_joined, true) {
            scratch.join(shared.slices);
        }
        if let Some(last) = shared.segments.last() {
            self.plan.advance_live(room, last.end());
        }
        self.seal_and_send(scratch, now)?;
        Ok(true)
    }

    /// Encrypts what is joined and writes it once. What the socket does not take is kept: a record
    /// cannot be made twice.
    fn seal_and_send(&mut self, scratch: &mut Scratch, now: Duration) -> io::Result<()> {
        let Some(line) = self.secure.as_mut() else { return Ok(()) };
        let (plain, sealed) = scratch.sealed();
        if plain.is_empty() {
            return Ok(());
        }
        // What this peer has sent is part of the machine's state: a fault in it is this connection's alone,
        // also while others are being told.
        let sealing = catch_unwind(AssertUnwindSafe(|| line.seal(plain, sealed)));
        let length = match sealing {
            Ok(Ok(length)) => length,
            Ok(Err(failure)) => return Err(io::Error::new(ErrorKind::InvalidData, failure)),
            Err(_) => {
                tracing::error!(peer = %self.peer, "a connection's TLS panicked; only that connection ends");
                return Err(ErrorKind::InvalidData.into());
            }
        };
        let taken = send(&mut self.socket, &[IoSlice::new(&sealed[..length])])?;
        if taken < length {
            line.keep(&sealed[taken..length]);
            self.blocked_since = Some(now);
        }
        Ok(())
    }
}

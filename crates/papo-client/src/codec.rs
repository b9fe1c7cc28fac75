//! The core without I/O: the text dialect's frames, both ways.

use papo_proto::frame::{self, Cut, FrameDecoder, FrameError};
use papo_proto::limits::FRAME_MAX_BYTES;
use thiserror::Error;

use crate::incoming::Incoming;

/// Turns the bytes that come from a server into [`Incoming`]s.
#[derive(Debug)]
pub struct Inbox {
    decoder: FrameDecoder,
}

impl Default for Inbox {
    fn default() -> Self {
        // A message is short, but an answer such as a list of all rooms is as long as a frame may be.
        Self { decoder: FrameDecoder::new(FRAME_MAX_BYTES) }
    }
}

impl Inbox {
    /// Reads on. Empty frames mean nothing and are left out.
    ///
    /// # Errors
    /// What answers does not speak our framing; nothing more can be read from it.
    pub fn take(&mut self, mut bytes: &[u8], into: &mut Vec<Incoming>) -> Result<(), FrameError> {
        while let Some(cut) = self.decoder.next(&mut bytes)? {
            match cut {
                Cut::Frame([]) | Cut::Ping(_) | Cut::Pong | Cut::Close(_) => {}
                Cut::Frame(frame) => into.push(Incoming::read(frame)),
                Cut::TooLong { bytes } => into.push(Incoming::Skipped { bytes }),
            }
        }
        Ok(())
    }
}

/// A line that no frame can carry; its author is to blame, and the connection goes on.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("a line of {bytes} bytes does not fit into a frame of {FRAME_MAX_BYTES} bytes")]
pub struct LineTooLong {
    /// The line's length in bytes.
    pub bytes: usize,
}

/// Lines on their way to a server, as frames.
///
/// Holds what its owner puts in, so the owner flushes before it puts in more than it wants to keep.
#[derive(Debug, Default)]
pub struct Outbox {
    bytes: Vec<u8>,
    sent: usize,
}

impl Outbox {
    /// Appends a line as one frame.
    ///
    /// # Errors
    /// [`LineTooLong`]; nothing was appended.
    pub fn put(&mut self, line: &str) -> Result<(), LineTooLong> {
        if line.len() > FRAME_MAX_BYTES {
            return Err(LineTooLong { bytes: line.len() });
        }
        frame::encode(line.as_bytes(), &mut self.bytes);
        Ok(())
    }

    /// The bytes that are still to be sent.
    pub fn unsent(&self) -> &[u8] {
        &self.bytes[self.sent..]
    }

    /// Notes that the first `count` unsent bytes are sent.
    pub fn sent(&mut self, count: usize) {
        self.sent += count;
        debug_assert!(self.sent <= self.bytes.len());
        if self.sent >= self.bytes.len() {
            self.bytes.clear();
            self.sent = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_put_out_comes_in_at_every_split() {
        let mut outbox = Outbox::default();
        for line in ["[#geral] Ana: oi", "", "[SYS] olá\n- #a (2 online)"] {
            outbox.put(line).expect("short");
        }
        let stream = outbox.unsent().to_vec();
        let expected = [Incoming::read(b"[#geral] Ana: oi"), Incoming::Notice("olá\n- #a (2 online)".into())];
        for at in 0..=stream.len() {
            let (mut inbox, mut seen) = (Inbox::default(), Vec::new());
            inbox.take(&stream[..at], &mut seen).expect("frames");
            inbox.take(&stream[at..], &mut seen).expect("frames");
            assert_eq!(seen, expected, "split at {at}");
        }
    }

    #[test]
    fn bytes_are_sent_once_and_in_order() {
        let mut outbox = Outbox::default();
        outbox.put("ab").expect("short");
        outbox.sent(3);
        assert_eq!(outbox.unsent(), [2, b'a', b'b']);
        outbox.put("c").expect("short");
        outbox.sent(3);
        assert_eq!(outbox.unsent(), [0, 0, 0, 1, b'c']);
        outbox.sent(5);
        assert!(outbox.unsent().is_empty());
    }

    #[test]
    fn a_line_longer_than_a_frame_is_refused_here() {
        let mut outbox = Outbox::default();
        let bytes = FRAME_MAX_BYTES + 1;
        assert_eq!(outbox.put(&"x".repeat(bytes)), Err(LineTooLong { bytes }));
        assert!(outbox.unsent().is_empty());
    }

    #[test]
    fn something_else_on_the_port_is_an_error() {
        let refused = Inbox::default().take(b"HTTP/1.1 400 Bad Request\r\n", &mut Vec::new());
        assert!(matches!(refused, Err(FrameError::TooBig { .. })));
    }
}

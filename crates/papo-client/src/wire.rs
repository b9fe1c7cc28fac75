//! Frames of papo/1 on a line, in either framing: bytes for the line, frames out of its bytes.

use papo_proto::frame::{self, FrameDecoder};
use papo_proto::limits::FRAME_MAX_BYTES;
use papo_proto::papo1::{ClientFrame, PREFIX};
use papo_proto::ws::{self, Opcode, Role, WsDecoder};
use papo_proto::{Cut, FrameError};
use thiserror::Error;

/// The key that hides a WebSocket frame from what lies between; random for each.
type Mask = [u8; 4];

/// Why no more frames come out of a line.
#[derive(Debug, Error)]
pub(crate) enum WireEnd {
    /// The server said that it closes.
    #[error("closed")]
    Closed,
    /// What comes is not in this framing, or longer than any frame.
    #[error(transparent)]
    Foreign(#[from] FrameError),
    /// A frame was too long for us.
    #[error("a frame of {bytes} bytes")]
    TooLong { bytes: usize },
}

#[derive(Debug)]
enum Framing {
    /// The first frame begins with what tells papo/1 from lines of text.
    Tcp {
        decoder: FrameDecoder,
        begun: bool,
    },
    WebSocket(Box<WsDecoder>),
}

/// One line's framing, and what waits to be written to it.
#[derive(Debug)]
pub(crate) struct Wire {
    framing: Framing,
    bytes: Vec<u8>,
    sent: usize,
}

impl Wire {
    pub(crate) fn tcp() -> Self {
        Self::new(Framing::Tcp { decoder: FrameDecoder::new(FRAME_MAX_BYTES), begun: false })
    }

    pub(crate) fn websocket() -> Self {
        Self::new(Framing::WebSocket(Box::new(WsDecoder::new(Role::Client, FRAME_MAX_BYTES))))
    }

    fn new(framing: Framing) -> Self {
        Self { framing, bytes: Vec::new(), sent: 0 }
    }

    /// Puts a frame behind those that wait.
    pub(crate) fn put(&mut self, frame: &ClientFrame, mask: impl FnOnce() -> Mask) {
        let json = serde_json::to_vec(frame).expect("invariant: our frames can be written as JSON");
        match &mut self.framing {
            Framing::Tcp { begun, .. } => {
                let first = if std::mem::replace(begun, true) { &[][..] } else { PREFIX };
                frame::encode(&[first, &json].concat(), &mut self.bytes);
            }
            Framing::WebSocket(_) => ws::encode_masked(Opcode::Text, &json, mask(), &mut self.bytes),
        }
    }

    /// Cuts frames out of what has come. A WebSocket's pings are answered.
    pub(crate) fn take(
        &mut self,
        mut bytes: &[u8],
        mut mask: impl FnMut() -> Mask,
        mut each: impl FnMut(&[u8]),
    ) -> Result<(), WireEnd> {
        loop {
            let cut = match &mut self.framing {
                Framing::Tcp { decoder, .. } => decoder.next(&mut bytes)?,
                Framing::WebSocket(decoder) => decoder.next(&mut bytes)?,
            };
            match cut {
                None => return Ok(()),
                Some(Cut::Frame(frame)) => each(frame),
                Some(Cut::TooLong { bytes }) => return Err(WireEnd::TooLong { bytes }),
                Some(Cut::Ping(payload)) => ws::encode_masked(Opcode::Pong, payload, mask(), &mut self.bytes),
                Some(Cut::Pong) => {}
                Some(Cut::Close(_)) => return Err(WireEnd::Closed),
            }
        }
    }

    /// The bytes that are still to be written.
    pub(crate) fn unsent(&self) -> &[u8] {
        &self.bytes[self.sent..]
    }

    /// Notes that the first `count` of them are.
    pub(crate) fn sent(&mut self, count: usize) {
        self.sent += count;
        if self.sent == self.bytes.len() {
            self.bytes.clear();
            self.sent = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MASK: Mask = [1, 2, 3, 4];

    fn written(mut wire: Wire) -> Vec<u8> {
        for txn in [1, 2] {
            wire.put(&ClientFrame::Ping { txn }, || MASK);
        }
        wire.unsent().to_vec()
    }

    #[test]
    fn the_first_frame_on_tcp_says_what_is_spoken() {
        let (first, second) = (br#"PAPO/1 {"do":"ping","txn":1}"#, br#"{"do":"ping","txn":2}"#);
        let mut expected = Vec::new();
        frame::encode(first, &mut expected);
        frame::encode(second, &mut expected);
        assert_eq!(written(Wire::tcp()), expected);
    }

    #[test]
    fn on_a_websocket_everything_is_masked_and_pings_are_answered() {
        let mut expected = Vec::new();
        for frame in [br#"{"do":"ping","txn":1}"#, br#"{"do":"ping","txn":2}"#] {
            ws::encode_masked(Opcode::Text, frame, MASK, &mut expected);
        }
        assert_eq!(written(Wire::websocket()), expected);

        let (mut wire, mut stream, mut heard) = (Wire::websocket(), Vec::new(), Vec::new());
        ws::encode(Opcode::Ping, b"x", &mut stream);
        ws::encode(Opcode::Text, b"{}", &mut stream);
        ws::encode_close(1001, "", &mut stream);
        let end = wire.take(&stream, || MASK, |frame| heard.push(frame.to_vec()));
        assert!(matches!(end, Err(WireEnd::Closed)));
        assert_eq!(heard, [b"{}"]);
        let mut pong = Vec::new();
        ws::encode_masked(Opcode::Pong, b"x", MASK, &mut pong);
        assert_eq!(wire.unsent(), pong);
    }
}

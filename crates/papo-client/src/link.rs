//! The driver: one TCP connection, plain or by TLS, split into a reader of frames and a writer of lines.

use std::io;

use papo_proto::FrameError;
use papo_tls::Stream;
use thiserror::Error;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, ReadHalf, WriteHalf};

use crate::codec::{Inbox, LineTooLong, Outbox};
use crate::incoming::Incoming;

/// What is read at a time.
const READ_BYTES: usize = 16 * 1024;

/// How a connection ended.
#[derive(Debug, Error)]
pub enum Lost {
    /// The server closed it: the answer to `/quit`, a drain, or its end.
    #[error("the server closed the connection")]
    Closed,
    /// The network or the server's machine broke it.
    #[error("the connection broke: {0}")]
    Broken(#[from] io::Error),
    /// What answers is no Papo server.
    #[error("what answers does not speak Papo's protocol: {0}")]
    Foreign(#[from] FrameError),
}

/// Reads what a server says.
#[derive(Debug)]
pub struct Reader {
    half: ReadHalf<Stream>,
    inbox: Inbox,
    buffer: Vec<u8>,
}

impl Reader {
    pub(crate) fn new(half: ReadHalf<Stream>) -> Self {
        Self { half, inbox: Inbox::default(), buffer: Vec::with_capacity(READ_BYTES) }
    }

    /// Waits for the server to say something and appends all that has come to `into`, at least one frame.
    /// Cancelling loses nothing.
    ///
    /// # Errors
    /// The connection's end; what came before it has been appended.
    pub async fn read(&mut self, into: &mut Vec<Incoming>) -> Result<(), Lost> {
        let before = into.len();
        while into.len() == before {
            self.buffer.clear();
            if self.half.read_buf(&mut self.buffer).await? == 0 {
                return Err(Lost::Closed);
            }
            self.inbox.take(&self.buffer, into)?;
        }
        Ok(())
    }
}

/// Sends lines to a server.
#[derive(Debug)]
pub struct Writer {
    half: WriteHalf<Stream>,
    outbox: Outbox,
}

impl Writer {
    pub(crate) fn new(half: WriteHalf<Stream>) -> Self {
        Self { half, outbox: Outbox::default() }
    }

    /// Puts a line behind those that wait. Nothing is sent before [`flush`](Self::flush).
    ///
    /// # Errors
    /// The line fits into no frame; nothing was queued.
    pub fn queue(&mut self, line: &str) -> Result<(), LineTooLong> {
        self.outbox.put(line)
    }

    /// Bytes that are queued and not yet sent.
    pub fn unsent_bytes(&self) -> usize {
        self.outbox.unsent().len()
    }

    /// Sends all that is queued, at the server's pace. Cancelling loses nothing: the next flush goes on.
    ///
    /// # Errors
    /// The connection broke. The reader may still hold the server's reason.
    pub async fn flush(&mut self) -> io::Result<()> {
        while !self.outbox.unsent().is_empty() {
            let count = self.half.write(self.outbox.unsent()).await?;
            if count == 0 {
                return Err(io::ErrorKind::WriteZero.into());
            }
            self.outbox.sent(count);
        }
        // Inside TLS the last of it may still be on its way to the system.
        self.half.flush().await
    }
}

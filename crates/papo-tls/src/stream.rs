//! A TCP stream that may be secure, for programs on tokio: by polling, or by trying when it is ready.

use std::io::{self, ErrorKind, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, Interest, ReadBuf};
use tokio::net::TcpStream;

use crate::failure::Failure;
use crate::line::{SEALED_BYTES, SecureLine};

/// What is read from the socket at a time; the buffer lives only while something is there.
const READ_BYTES: usize = 16 * 1024;
/// What is encrypted at a time: one record.
const SEAL_BYTES: usize = 16 * 1024;

/// The stream.
#[derive(Debug)]
pub struct Stream {
    socket: TcpStream,
    secure: Option<Box<SecureLine>>,
}

impl Stream {
    /// A socket with its TLS, if it has one.
    pub fn new(socket: TcpStream, secure: Option<Box<SecureLine>>) -> Self {
        Self { socket, secure }
    }

    /// The socket and its TLS, with what it has in hand.
    pub fn into_parts(self) -> (TcpStream, Option<Box<SecureLine>>) {
        (self.socket, self.secure)
    }

    /// The socket.
    pub fn socket(&self) -> &TcpStream {
        &self.socket
    }

    /// The TLS, if there is one.
    pub fn secure(&self) -> Option<&SecureLine> {
        self.secure.as_deref()
    }

    /// Goes through the handshake. A plain stream has none.
    ///
    /// # Errors
    /// Why there is no secure line, inside an [`io::Error`] as a [`Failure`].
    pub async fn shake_hands(&mut self) -> io::Result<()> {
        while self.secure.as_ref().is_some_and(|line| line.is_handshaking()) {
            self.send().await?;
            let line = self.secure.as_mut().expect("invariant: checked");
            if !line.is_handshaking() {
                break;
            }
            self.socket.readable().await?;
            match self.take_in() {
                Ok(0) => return Err(ErrorKind::UnexpectedEof.into()),
                Err(error) if error.kind() != ErrorKind::WouldBlock => {
                    // The other side is told why.
                    let _ = self.send().await;
                    return Err(error);
                }
                _ => {}
            }
        }
        self.send().await
    }

    /// Sends the ciphertext that waits.
    async fn send(&mut self) -> io::Result<()> {
        loop {
            match self.try_send() {
                Err(error) if error.kind() == ErrorKind::WouldBlock => self.socket.writable().await?,
                sent => return sent,
            }
        }
    }

    /// Waits until there may be something to read.
    ///
    /// # Errors
    /// The socket is broken.
    pub async fn readable(&self) -> io::Result<()> {
        self.ready(Interest::READABLE).await
    }

    /// Waits until something can be written.
    ///
    /// # Errors
    /// The socket is broken.
    pub async fn writable(&self) -> io::Result<()> {
        self.ready(Interest::WRITABLE).await
    }

    /// Waits for either.
    ///
    /// # Errors
    /// The socket is broken.
    pub async fn ready(&self, mut interest: Interest) -> io::Result<()> {
        if let Some(line) = &self.secure {
            if interest.is_readable() && (!line.opened().is_empty() || line.peer_closed()) {
                return Ok(());
            }
            // Answers of TLS itself go out while somebody waits to read.
            if !line.unsent().is_empty() {
                interest |= Interest::WRITABLE;
            }
        }
        self.socket.ready(interest).await.map(drop)
    }

    /// Reads what is there; 0 at the end.
    ///
    /// # Errors
    /// `WouldBlock` when nothing is there; otherwise the line is broken.
    pub fn try_read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.secure.is_none() {
            return self.socket.try_read(buffer);
        }
        loop {
            if let Some(count) = self.hand_out(buffer) {
                return Ok(count);
            }
            match self.try_send() {
                Err(error) if error.kind() != ErrorKind::WouldBlock => return Err(error),
                _ => {}
            }
            if self.take_in()? == 0 {
                return Ok(0);
            }
        }
    }

    /// Writes what it can; returns how much.
    ///
    /// # Errors
    /// `WouldBlock` when nothing can be written; otherwise the line is broken.
    pub fn try_write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.secure.is_none() {
            return self.socket.try_write(bytes);
        }
        self.try_send()?;
        let taken = &bytes[..bytes.len().min(SEAL_BYTES)];
        self.seal(taken)?;
        match self.try_send() {
            Err(error) if error.kind() != ErrorKind::WouldBlock => Err(error),
            // What is left goes out before the next write.
            _ => Ok(taken.len()),
        }
    }

    /// Whether everything that was written is with the system.
    ///
    /// # Errors
    /// `WouldBlock` when it is not; otherwise the line is broken.
    pub fn try_send(&mut self) -> io::Result<()> {
        let Some(line) = &mut self.secure else { return Ok(()) };
        while !line.unsent().is_empty() {
            let count = self.socket.try_write(line.unsent())?;
            if count == 0 {
                return Err(ErrorKind::WriteZero.into());
            }
            line.was_sent(count);
        }
        Ok(())
    }

    /// Whether ciphertext waits for the socket.
    pub fn has_unsent(&self) -> bool {
        self.secure.as_ref().is_some_and(|line| !line.unsent().is_empty())
    }

    /// Says that nothing more will be written. It has to be sent, and the socket closed, afterwards.
    pub fn say_farewell(&mut self) {
        if let Some(line) = &mut self.secure {
            line.say_farewell();
        }
    }

    /// Plaintext that is there already, or the end; `None` when the socket has to be read.
    fn hand_out(&mut self, buffer: &mut [u8]) -> Option<usize> {
        let line = self.secure.as_mut()?;
        if line.opened().is_empty() {
            return (line.peer_closed() || buffer.is_empty()).then_some(0);
        }
        let opened = line.take_opened();
        let (taken, rest) = opened.split_at(opened.len().min(buffer.len()));
        buffer[..taken.len()].copy_from_slice(taken);
        line.put_back(rest);
        Some(taken.len())
    }

    /// Reads from the socket once and decrypts it; 0 at its end.
    fn take_in(&mut self) -> io::Result<usize> {
        let Some(line) = &mut self.secure else { return Ok(0) };
        let held = line.held();
        let mut buffer = vec![0; held + READ_BYTES];
        let count = self.socket.try_read(&mut buffer[held..])?;
        if count > 0 {
            let mut plain = Vec::new();
            line.open(&mut buffer[..held + count], &mut plain).map_err(broken)?;
            line.put_back(&plain);
        }
        Ok(count)
    }

    fn seal(&mut self, plain: &[u8]) -> io::Result<()> {
        let Some(line) = &mut self.secure else { return Ok(()) };
        let mut sealed = vec![0; plain.len() + SEALED_BYTES - papo_proto::limits::TLS_SEALED_MAX_BYTES];
        let count = line.seal(plain, &mut sealed).map_err(broken)?;
        line.keep(&sealed[..count]);
        Ok(())
    }

    fn poll_send(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let Some(line) = &mut self.secure else { return Poll::Ready(Ok(())) };
        while !line.unsent().is_empty() {
            let count = ready!(Pin::new(&mut self.socket).poll_write(cx, line.unsent()))?;
            if count == 0 {
                return Poll::Ready(Err(ErrorKind::WriteZero.into()));
            }
            line.was_sent(count);
        }
        Poll::Ready(Ok(()))
    }
}

/// A failure of TLS as an error of the stream; [`failure_of`] gives it back.
fn broken(failure: Failure) -> io::Error {
    io::Error::new(ErrorKind::InvalidData, failure)
}

/// The failure of TLS inside an error of a stream.
pub fn failure_of(error: &io::Error) -> Option<&Failure> {
    error.get_ref()?.downcast_ref()
}

impl AsyncRead for Stream {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        if self.secure.is_none() {
            return Pin::new(&mut self.socket).poll_read(cx, buffer);
        }
        loop {
            if let Some(count) = self.hand_out(buffer.initialize_unfilled()) {
                buffer.advance(count);
                return Poll::Ready(Ok(()));
            }
            if let Poll::Ready(Err(error)) = self.poll_send(cx) {
                return Poll::Ready(Err(error));
            }
            match self.take_in() {
                Ok(0) => return Poll::Ready(Ok(())),
                Ok(_) => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => ready!(self.socket.poll_read_ready(cx))?,
                Err(error) => return Poll::Ready(Err(error)),
            }
        }
    }
}

impl AsyncWrite for Stream {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        if self.secure.is_none() {
            return Pin::new(&mut self.socket).poll_write(cx, bytes);
        }
        ready!(self.poll_send(cx))?;
        let taken = &bytes[..bytes.len().min(SEAL_BYTES)];
        self.seal(taken)?;
        // It is ours now; what the socket does not take is sent before the next write, or by a flush.
        match self.poll_send(cx) {
            Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
            _ => Poll::Ready(Ok(taken.len())),
        }
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        if self.secure.is_none() {
            return Pin::new(&mut self.socket).poll_write_vectored(cx, slices);
        }
        let first = slices.iter().find(|slice| !slice.is_empty()).map_or(&[][..], |slice| slice);
        self.poll_write(cx, first)
    }

    fn is_write_vectored(&self) -> bool {
        self.secure.is_none() && self.socket.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_send(cx))?;
        Pin::new(&mut self.socket).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.say_farewell();
        ready!(self.poll_send(cx))?;
        Pin::new(&mut self.socket).poll_shutdown(cx)
    }
}

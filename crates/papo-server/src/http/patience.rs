//! A socket that gives up when its peer takes what is written too slowly: hyper limits only how long it
//! waits for a request.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use papo_proto::limits::HTTP_TAKEN_MIN_BYTES;
use papo_tls::Stream;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep_until};

/// How long the peer may still make us wait. Waiting uses it up, and taking bytes earns it back: so a byte
/// now and then is no way to hold a connection.
#[derive(Debug)]
struct Patience {
    whole: Duration,
    left: Duration,
    waiting_since: Option<Instant>,
}

impl Patience {
    fn new(whole: Duration) -> Self {
        Self { whole, left: whole, waiting_since: None }
    }

    /// Nothing is taken now; returns until when that may go on.
    fn waits(&mut self, now: Instant) -> Instant {
        *self.waiting_since.get_or_insert(now) + self.left
    }

    /// So many bytes were taken.
    fn took(&mut self, bytes: usize, now: Instant) {
        let Some(since) = self.waiting_since.take() else { return };
        let earned = self.whole.mul_f64(bytes as f64 / HTTP_TAKEN_MIN_BYTES as f64);
        self.left = (self.left.saturating_sub(now - since) + earned).min(self.whole);
    }
}

/// The socket, and the patience with its peer.
pub(super) struct Patient {
    socket: Stream,
    patience: Patience,
    sleep: Option<Pin<Box<Sleep>>>,
}

impl Patient {
    pub(super) fn new(socket: Stream, limit: Duration) -> Self {
        Self { socket, patience: Patience::new(limit), sleep: None }
    }

    pub(super) fn into_inner(self) -> Stream {
        self.socket
    }

    /// Passes on what a write came to; a write that waits too long fails.
    fn watch(&mut self, cx: &mut Context<'_>, written: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        match written {
            Poll::Ready(result) => {
                self.sleep = None;
                if let Ok(bytes) = &result {
                    self.patience.took(*bytes, Instant::now());
                }
                Poll::Ready(result)
            }
            Poll::Pending => {
                let until = self.patience.waits(Instant::now());
                let sleep = self.sleep.get_or_insert_with(|| Box::pin(sleep_until(until)));
                sleep.as_mut().poll(cx).map(|()| Err(io::ErrorKind::TimedOut.into()))
            }
        }
    }
}

impl AsyncRead for Patient {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_read(cx, buffer)
    }
}

impl AsyncWrite for Patient {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.socket).poll_write(cx, bytes);
        self.watch(cx, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.socket).poll_write_vectored(cx, slices);
        self.watch(cx, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.socket.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.socket).poll_flush(cx);
        self.watch(cx, flushed.map_ok(|()| 0)).map_ok(|_| ())
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How long a peer is borne that takes `bytes` each time after `wait`, up to so many times.
    fn borne(wait: Duration, bytes: usize, times: u32) -> Option<u32> {
        let mut patience = Patience::new(Duration::from_secs(10));
        let mut now = Instant::now();
        for time in 0..times {
            let until = patience.waits(now);
            now += wait;
            if until < now {
                return Some(time);
            }
            patience.took(bytes, now);
        }
        None
    }

    #[test]
    fn taking_little_by_little_gains_little() {
        let second = Duration::from_secs(1);
        assert_eq!(borne(11 * second, HTTP_TAKEN_MIN_BYTES, 5), Some(0), "nothing in the whole time");
        assert_eq!(borne(9 * second, 1, 5), Some(1), "a byte is no reason to wait again");
        assert_eq!(borne(second, 1, 50), Some(10));
        assert_eq!(borne(second, HTTP_TAKEN_MIN_BYTES / 20, 50), Some(18), "half as fast as it must be");
        assert_eq!(borne(second, HTTP_TAKEN_MIN_BYTES / 10, 1000), None, "just fast enough");
        assert_eq!(borne(9 * second, HTTP_TAKEN_MIN_BYTES, 1000), None, "slow, but much at a time");
    }

    #[test]
    fn who_does_not_make_us_wait_costs_no_patience() {
        let mut patience = Patience::new(Duration::from_secs(10));
        let begun = Instant::now();
        patience.took(1, begun + Duration::from_mins(5));
        assert_eq!(patience.waits(begun), begun + Duration::from_secs(10));
    }
}

//! One HTTP connection, from its first byte to its end or its upgrade.

use std::convert::Infallible;
use std::pin::pin;
use std::sync::{Arc, OnceLock};

use hyper::Request;
use hyper::body::{Body as _, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::{TokioIo, TokioTimer};
use papo_proto::limits;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

use super::Bounds;
use super::answer::{Answer, Site};
use super::refusal::Refusal;

/// Headers of one request; browsers send about twenty.
const HEADERS_MAX: usize = 64;
/// A request's whole head.
const HEAD_MAX_BYTES: usize = 16 * 1024;

/// Serves a connection to its end. After an upgrade gives the socket back, with the bytes that were
/// read past the handshake.
pub(crate) async fn serve(
    socket: TcpStream,
    site: Arc<Site>,
    bounds: Bounds,
    mut draining: watch::Receiver<bool>,
) -> Option<(TcpStream, Vec<u8>)> {
    // Filled by the request that upgrades; the connection ends with it.
    let upgrade: Arc<OnceLock<OnUpgrade>> = Arc::default();
    {
        let slot = Arc::clone(&upgrade);
        let service = service_fn(move |request: Request<Incoming>| {
            let (site, slot) = (Arc::clone(&site), Arc::clone(&slot));
            async move {
                let body_bytes = request.body().size_hint().upper();
                let (mut head, _) = request.into_parts();
                Ok::<_, Infallible>(match site.answer(&head, body_bytes) {
                    Answer::Page(response) => response,
                    Answer::Upgrade(response) => {
                        if let Some(on) = head.extensions.remove::<OnUpgrade>() {
                            let _ = slot.set(on);
                        }
                        response
                    }
                })
            }
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(bounds.idle)
            .max_headers(HEADERS_MAX)
            .max_buf_size(HEAD_MAX_BYTES)
            .serve_connection(TokioIo::new(socket), service)
            .with_upgrades();
        let mut connection = pin!(connection);
        let rest = tokio::select! {
            _ = connection.as_mut() => None,
            _ = draining.wait_for(|draining| *draining) => Some(limits::LINGER),
            () = sleep(bounds.life) => Some(bounds.life),
        };
        if let Some(rest) = rest {
            connection.as_mut().graceful_shutdown();
            let _ = timeout(rest, connection).await;
        }
    }
    let upgraded = Arc::into_inner(upgrade)?.into_inner()?.await.ok()?;
    let parts = upgraded.downcast::<TokioIo<TcpStream>>().ok()?;
    Some((parts.io.into_inner(), parts.read_buf.into()))
}

/// Tells a client that there is no room for it, and reads on for a moment, or a reset may eat that.
pub(crate) async fn turn_away(mut socket: TcpStream) {
    let farewell = async {
        socket.write_all(&Refusal::Busy.bytes()).await?;
        socket.shutdown().await?;
        discard(&socket).await
    };
    let _ = timeout(limits::LINGER, farewell).await;
}

/// Reads until the peer closes, and forgets what comes.
pub(crate) async fn discard(socket: &TcpStream) -> std::io::Result<()> {
    let mut passing = [0; 1024];
    loop {
        socket.readable().await?;
        match socket.try_read(&mut passing) {
            Ok(0) => return Ok(()),
            Ok(_) => {}
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
            Err(error) => return Err(error),
        }
    }
}

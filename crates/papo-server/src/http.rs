//! HTTP: the page, and WebSocket's handshake. It runs on a small runtime of its own, so that slow
//! HTTP never delays a message; after the handshake a socket goes to a shard.
//!
//! * [`guard`] – which Host and Origin are answered; [`forwarded`] – who is behind a request;
//! * [`handshake`] – RFC 6455's opening, also for the bridge;
//! * `api` – bots' messages, and a browser's login; `body` – what comes with a request;
//! * [`page`] – the embedded files of the web client;
//! * [`operate`] – what operators ask.

mod api;
mod body;
pub mod forwarded;
pub mod guard;
pub mod handshake;
mod operate;
mod page;
mod patience;

use std::convert::Infallible;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::{
    CONNECTION, CONTENT_TYPE, HeaderMap, HeaderValue, RETRY_AFTER, SERVER, SET_COOKIE, STRICT_TRANSPORT_SECURITY,
};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use papo_proto::limits::HTTP_CONNECTIONS;
use papo_proto::words::TokenHash;
use papo_proto::{Dialect, Lang};
use papo_tls::Stream;
use papo_tls::line::SEALED_BYTES;
use socket2::SockRef;
use tokio::net::TcpStream;
use tokio::runtime::Handle;
use tokio::sync::{mpsc, watch};

use crate::arrival::{Arrival, Place};
use crate::live::Live;
use forwarded::Client;
pub use guard::Guard;
pub(crate) use operate::Operate;
use patience::Patient;

/// An answer of ours: always whole, never streamed.
pub type Answer = Response<Full<Bytes>>;
/// An answer that says why not; apart, since it is large and seldom.
type Refused = Box<Answer>;

/// The head of a request may be so long.
const HEAD_MAX_BYTES: usize = 16 * 1024;
/// A request may have so many headers.
const HEADERS_MAX: usize = 64;
/// What the system keeps of answers that a client does not take; on its own it would keep megabytes.
const UNSENT_BYTES: u32 = 64 * 1024;
/// Browsers come back by TLS only, for a year.
const INSIST: &str = "max-age=31536000";
/// A drain waits so long for answers that are begun.
const DRAIN: Duration = Duration::from_secs(1);
/// The whole answer to a connection for which there is no place.
pub(crate) const FULL: &[u8] =
    b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 10\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";

/// A WebSocket after its handshake.
#[derive(Debug)]
pub struct Upgraded {
    /// The connection.
    pub arrival: Arrival,
    /// Bytes that came with the handshake.
    pub early: Vec<u8>,
    /// The language that its browser asks for, if it is one of ours.
    pub lang: Option<Lang>,
    /// What its subprotocol says that it speaks.
    pub dialect: Dialect,
    /// Nobody on the way can read it.
    pub is_secure: bool,
    /// The login that its browser's cookie names.
    pub cookie: Option<TokenHash>,
}

/// Who asks, as far as the connection tells.
#[derive(Clone, Copy, Debug)]
struct Asker {
    /// The port that was connected to.
    port: u16,
    peer: SocketAddr,
    /// Nobody on the way can read it.
    is_secure: bool,
}

/// What is done with a WebSocket.
pub type OnUpgrade = Arc<dyn Fn(Upgraded) + Send + Sync>;

/// What every connection of the door knows.
struct Hall {
    live: Arc<Live>,
    operate: Operate,
    on_upgrade: OnUpgrade,
    idle: Duration,
    /// Browsers are told to insist on TLS.
    insists_on_tls: bool,
    open: AtomicUsize,
    draining: watch::Sender<bool>,
}

impl Hall {
    fn api<'a>(&'a self, guard: &'a Guard) -> api::Api<'a> {
        api::Api { engine: &self.operate.engine, guard, message_bytes: self.operate.message_bytes }
    }
}

/// The door for connections that speak HTTP.
pub struct HttpDoor {
    hall: Arc<Hall>,
    arrivals: mpsc::Sender<Arrival>,
    thread: JoinHandle<()>,
    runtime: Handle,
}

impl HttpDoor {
    /// Starts the door's thread. `idle` is how long a client may say nothing useful.
    ///
    /// # Errors
    /// The system gave no thread or no event loop.
    pub(crate) fn start(
        live: Arc<Live>,
        operate: Operate,
        idle: Duration,
        insists_on_tls: bool,
        on_upgrade: OnUpgrade,
    ) -> io::Result<Self> {
        let (arrivals, mut queue) = mpsc::channel::<Arrival>(HTTP_CONNECTIONS);
        let (open, draining) = (AtomicUsize::new(0), watch::channel(false).0);
        let hall = Hall { live, operate, on_upgrade, idle, insists_on_tls, open, draining };
        let hall = Arc::new(hall);
        let of_thread = hall.clone();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let handle = runtime.handle().clone();
        let thread = std::thread::Builder::new().name("papo-http".into()).spawn(move || {
            runtime.block_on(async move {
                while let Some(arrival) = queue.recv().await {
                    tokio::spawn(serve(arrival, of_thread.clone()));
                }
            });
        })?;
        Ok(Self { hall, arrivals, thread, runtime: handle })
    }

    /// Where what is slow and not a shard's is done.
    pub(crate) fn runtime(&self) -> &Handle {
        &self.runtime
    }

    /// Serves a connection. Never blocks: it is called from a shard's thread.
    pub fn take(&self, arrival: Arrival) {
        if self.hall.open.fetch_add(1, Ordering::Relaxed) >= HTTP_CONNECTIONS {
            return self.turn_away(arrival);
        }
        if let Err(mpsc::error::TrySendError::Full(arrival) | mpsc::error::TrySendError::Closed(arrival)) =
            self.arrivals.try_send(arrival)
        {
            self.turn_away(arrival);
        }
    }

    fn turn_away(&self, mut arrival: Arrival) {
        self.hall.open.fetch_sub(1, Ordering::Relaxed);
        // Best effort: it fits into an empty socket's buffer, and there is no place to wait. The
        // request is taken from the socket first: closing on unread bytes is a reset, and that may
        // eat the answer.
        let _ = io::Read::read(&mut &arrival.socket, &mut [0; HEAD_MAX_BYTES]);
        let Some(line) = &mut arrival.secure else {
            let _ = io::Write::write(&mut &arrival.socket, FULL);
            return;
        };
        let mut sealed = vec![0; SEALED_BYTES];
        if let Ok(length) = line.seal(FULL, &mut sealed) {
            line.keep(&sealed[..length]);
            line.say_farewell();
            let _ = io::Write::write(&mut &arrival.socket, line.unsent());
        }
    }

    /// Ends idle connections, and the others after the answer that they wait for.
    pub fn drain(&self) {
        self.hall.draining.send_replace(true);
    }

    /// Ends what is left, and waits until its thread has let go of everything.
    pub(crate) fn close(self) {
        drop(self.arrivals);
        let _ = self.thread.join();
    }
}

/// Counts a connection as open until it is dropped, however it ends.
struct Open(Arc<Hall>);

impl Drop for Open {
    fn drop(&mut self) {
        self.0.open.fetch_sub(1, Ordering::Relaxed);
    }
}

async fn serve(arrival: Arrival, hall: Arc<Hall>) {
    let _open = Open(hall.clone());
    let Arrival { socket, peer, place, secure } = arrival;
    let place = Arc::new(Mutex::new(Some(place)));
    if let Ok(socket) = TcpStream::from_std(socket)
        && let Ok(local) = socket.local_addr()
    {
        let answering = hall.clone();
        let asker = Asker { port: local.port(), peer, is_secure: secure.is_some() };
        let service = service_fn(move |request| {
            let (hall, place) = (answering.clone(), place.clone());
            async move { Ok::<_, Infallible>(answer(request, asker, &hall, &place).await) }
        });
        let stream = Stream::new(socket, secure);
        let connection = serve_http(stream, hall.idle, service, hall.draining.subscribe());
        if let Err(error) = connection.await {
            tracing::debug!(%error, %peer, "an HTTP connection ended early");
        }
    }
}

/// Serves one HTTP/1 connection with bounded heads and times, until it ends or `draining` is true.
pub(crate) async fn serve_http<S>(
    stream: Stream,
    idle: Duration,
    service: S,
    mut draining: watch::Receiver<bool>,
) -> hyper::Result<()>
where
    S: hyper::service::HttpService<Incoming, ResBody = Full<Bytes>> + Send,
    S::Future: Send,
    S::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    SockRef::from(stream.socket()).set_tcp_notsent_lowat(UNSENT_BYTES).ok();
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(idle)
        .max_headers(HEADERS_MAX)
        .max_buf_size(HEAD_MAX_BYTES)
        .serve_connection(TokioIo::new(Patient::new(stream, idle)), service)
        .with_upgrades();
    let mut connection = pin!(connection);
    tokio::select! {
        ended = connection.as_mut() => return ended,
        _ = draining.wait_for(|draining| *draining) => connection.as_mut().graceful_shutdown(),
    }
    tokio::time::timeout(DRAIN, connection).await.unwrap_or(Ok(()))
}

/// Answers a request that came to a port over a connection from `peer`, which has a place.
async fn answer(
    mut request: Request<Incoming>,
    asker: Asker,
    hall: &Arc<Hall>,
    place: &Mutex<Option<Place>>,
) -> Answer {
    // One request a turn: who sends many at once waits behind those who send one.
    tokio::task::yield_now().await;
    let rules = hall.live.rules();
    let refused = rules.guard.check_host(request.headers(), asker.port);
    let client = forwarded::client(request.headers(), (asker.peer, asker.is_secure), &rules.trusted);
    let method = request.method().clone();
    let mut answer = match (refused, client, request.uri().path()) {
        (Some(refused), ..) => refused,
        (None, Err(doubt), _) => {
            tracing::warn!(proxy = %asker.peer, ?doubt, "a trusted proxy does not tell who is behind it");
            plain(StatusCode::BAD_REQUEST, forwarded::DOUBTFUL)
        }
        (None, Ok(client), "/" | "/ws") if handshake::is_wanted(request.headers()) => {
            let refused = rules.guard.check_origin(request.headers()).or_else(|| handshake::check(&request));
            refused.unwrap_or_else(|| switch(&mut request, client, hall, place))
        }
        (None, Ok(_), "/ws") => handshake::required(),
        (None, Ok(client), path) if path.starts_with(api::PREFIX) => {
            hall.api(&rules.guard).answer(request, client).await
        }
        (None, Ok(client), path) if request.method() == Method::GET || request.method() == Method::HEAD => {
            let operated = hall.operate.answer(path, &client, rules.metrics);
            operated.unwrap_or_else(|| page::answer(path, request.headers()))
        }
        (None, Ok(_), _) => method_not_allowed(),
    };
    if method != Method::GET && method != Method::HEAD {
        // Whatever of a body follows is not read.
        answer.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    }
    answer.headers_mut().insert(SERVER, HeaderValue::from_static("papo"));
    if asker.is_secure && hall.insists_on_tls {
        answer.headers_mut().insert(STRICT_TRANSPORT_SECURITY, HeaderValue::from_static(INSIST));
    }
    answer
}

/// Switches to WebSocket, if its client may have one more connection.
fn switch(request: &mut Request<Incoming>, client: Client, hall: &Arc<Hall>, place: &Mutex<Option<Place>>) -> Answer {
    let mut held = place.lock().expect("invariant: counting does not panic");
    if let Some(Err(refusal)) = held.as_mut().map(|place| place.move_to(client.address.ip())) {
        tracing::info!(peer = %client.address, ?refusal, "no place for a WebSocket behind a proxy");
        return full();
    }
    upgrade(request, client, held.take().unwrap_or_default(), hall.clone());
    let mut answer = handshake::switching(request);
    handshake::agree(request, &mut answer);
    let cookie = is_own(request.headers()).then(|| api::renewed_cookie(request.headers(), client)).flatten();
    if let Some(cookie) = cookie.and_then(|cookie| HeaderValue::try_from(cookie).ok()) {
        answer.headers_mut().insert(SET_COOKIE, cookie);
    }
    answer
}

/// Whether a handshake comes from our own page: other pages that may connect are guests.
fn is_own(headers: &HeaderMap) -> bool {
    guard::may_change(headers, guard::Cookies::Trusted)
}

/// [`FULL`] as an answer among others.
pub(crate) fn full() -> Answer {
    let mut answer = plain(StatusCode::SERVICE_UNAVAILABLE, "");
    answer.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("10"));
    answer.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    answer
}

/// Waits for the end of the handshake's answer, then hands the socket over.
fn upgrade(request: &mut Request<Incoming>, client: Client, place: Place, hall: Arc<Hall>) {
    let lang = guard::language(request.headers());
    let dialect = handshake::dialect(request.headers());
    let cookie = is_own(request.headers()).then(|| api::cookie_of(request.headers(), client)).flatten();
    let upgraded = hyper::upgrade::on(request);
    tokio::spawn(async move {
        let Some((stream, mut early)) = taken_over(upgraded).await else { return };
        let (socket, mut secure) = stream.into_parts();
        // What was decrypted and had no room comes after what was read.
        early.extend(secure.iter_mut().flat_map(|line| line.take_opened()));
        let Ok(socket) = socket.into_std() else { return };
        let arrival = Arrival { socket, peer: client.address, place, secure };
        (hall.on_upgrade)(Upgraded { arrival, early, lang, dialect, is_secure: client.is_private(), cookie });
    });
}

/// The stream after its handshake, and the bytes that were read with it.
pub(crate) async fn taken_over(
    upgraded: impl Future<Output = hyper::Result<hyper::upgrade::Upgraded>>,
) -> Option<(Stream, Vec<u8>)> {
    let parts = upgraded.await.ok()?.downcast::<TokioIo<Patient>>().ok()?;
    let stream = parts.io.into_inner().into_inner();
    // What a chat keeps is bounded in its own way.
    SockRef::from(stream.socket()).set_tcp_notsent_lowat(0).ok();
    Some((stream, parts.read_buf.to_vec()))
}

/// The whole answer to a plain request where only TLS is allowed.
pub(crate) fn tls_only() -> Vec<u8> {
    let text = "Aqui só se fala TLS: abra o endereço com https://.\n\
                Only TLS is spoken here: open the address with https://.\n";
    let head = "HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Type: text/plain; charset=utf-8";
    format!("{head}\r\nContent-Length: {}\r\n\r\n{text}", text.len()).into_bytes()
}

fn method_not_allowed() -> Answer {
    let mut answer = plain(StatusCode::METHOD_NOT_ALLOWED, "Use GET.\n");
    answer.headers_mut().insert(hyper::header::ALLOW, HeaderValue::from_static("GET, HEAD"));
    answer
}

/// A short answer for people.
pub(crate) fn plain(status: StatusCode, text: &str) -> Answer {
    let mut answer = Response::new(Full::new(Bytes::copy_from_slice(text.as_bytes())));
    *answer.status_mut() = status;
    answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    page::secure(answer.headers_mut());
    answer
}

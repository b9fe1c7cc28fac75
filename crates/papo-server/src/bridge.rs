//! The bridge: each WebSocket gets a TCP connection of its own to a chat server that speaks frames.
//!
//! It holds no rule and no state of a chat: a message here is a frame there, both ways. [`relay`]
//! is one such pair.

mod relay;

use std::convert::Infallible;
use std::io::{self, Read as _, Write as _};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

use hyper::body::Incoming;
use hyper::header::{HeaderValue, SERVER};
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use papo_proto::Lang;
use papo_proto::lang::Catalog;
use papo_proto::limits::{CONNECTIONS_PER_ADDRESS, HTTP_IDLE, TLS_HANDSHAKE, TLS_RELOAD_EVERY};
use papo_proto::sniff::{Spoken, sniff};
use papo_tls::{ClientTls, Stream};
use thiserror::Error;
use tokio::sync::watch;

use crate::arrival::{Admission, Place};
use crate::http::forwarded::Client;
use crate::http::{Answer, Guard, forwarded, full, handshake, plain, serve_http, taken_over, tls_only};
use crate::listener;
use crate::server::places;
use crate::tls::{Tls, Watch};
use crate::trusted::Trusted;

static TEXTS: LazyLock<Catalog> = LazyLock::new(|| {
    Catalog::new(include_str!("../locales/pt-BR/bridge.ftl"), include_str!("../locales/en/bridge.ftl"))
});

/// When no connection can be accepted for now, it is tried again after this time.
const RETRY: Duration = Duration::from_millis(50);
/// How long it may take to find out who holds an occupied port.
const PROBE: Duration = Duration::from_millis(500);

/// What a bridge is started with.
#[derive(Clone, Debug)]
pub struct BridgeOptions {
    /// Where browsers are answered.
    pub ws_host: String,
    /// Their port; 0 lets the system choose.
    pub ws_port: u16,
    /// Where the chat server is.
    pub chat_host: String,
    /// Its port for framed TCP.
    pub chat_port: u16,
    /// Between two pings to a WebSocket.
    pub ping_interval: Duration,
    /// How long its pong may take.
    pub ping_timeout: Duration,
    /// The language of what the bridge itself says.
    pub lang: Lang,
    /// Which pages may connect.
    pub guard: Guard,
    /// The proxies whose word about who is behind them counts.
    pub trusted: Trusted,
    /// The chat server is told who is there, by a proxy's header.
    pub send_proxy: bool,
    /// How browsers can encrypt.
    pub tls: Option<Arc<Tls>>,
    /// How the line to the chat server is encrypted.
    pub chat_tls: Option<ClientTls>,
}

impl BridgeOptions {
    /// The chat server's address as people write it.
    fn chat(&self) -> String {
        let is_v6 = self.chat_host.contains(':');
        if is_v6 {
            format!("[{}]:{}", self.chat_host, self.chat_port)
        } else {
            format!("{}:{}", self.chat_host, self.chat_port)
        }
    }

    /// Says something of the chat server in the bridge's name.
    fn say(&self, id: &str) -> String {
        let chat = self.chat();
        format!("[bridge] {}", TEXTS.say(self.lang, id, &[("chat", chat.into())]))
    }
}

/// Why a bridge does not start. Whoever starts it is to blame and can do something.
#[derive(Debug, Error)]
pub enum BridgeError {
    /// A Papo server answers at this address: it needs no bridge.
    #[error("papo serve answers at {0} already")]
    ServeIsThere(SocketAddr),
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {cause}")]
    Listen {
        /// Host and port as given.
        address: String,
        /// What the system said.
        cause: io::Error,
    },
    /// Threads or descriptors are missing.
    #[error(transparent)]
    System(#[from] io::Error),
}

impl BridgeError {
    /// The error as one sentence for the person who started the bridge.
    pub fn sentence(&self, lang: Lang) -> String {
        match self {
            BridgeError::ServeIsThere(address) => {
                TEXTS.say(lang, "error-serve-is-there", &[("endereco", address.to_string().into())])
            }
            BridgeError::Listen { address, cause } if cause.kind() == io::ErrorKind::AddrInUse => {
                TEXTS.say(lang, "error-in-use", &[("endereco", address.as_str().into())])
            }
            BridgeError::Listen { address, cause } => {
                let cause = cause.to_string();
                TEXTS.say(lang, "error-listen", &[("endereco", address.as_str().into()), ("causa", cause.into())])
            }
            BridgeError::System(cause) => TEXTS.say(lang, "error-system", &[("causa", cause.to_string().into())]),
        }
    }
}

/// A bridge whose port is taken.
pub struct Bridge {
    listener: TcpListener,
    address: SocketAddr,
    options: BridgeOptions,
    draining: watch::Sender<bool>,
}

/// Stops a bridge, from any thread.
#[derive(Clone, Debug)]
pub struct StopBridge(watch::Sender<bool>);

impl StopBridge {
    /// The port is free at once, and whoever is connected is told and closed.
    pub fn stop(&self) {
        self.0.send_replace(true);
    }
}

impl Bridge {
    /// Takes the port.
    ///
    /// # Errors
    /// What must be changed so that it can start.
    pub fn bind(options: BridgeOptions) -> Result<Self, BridgeError> {
        let listener = listener::bind(&options.ws_host, options.ws_port).map_err(|cause| {
            let address = format!("{}:{}", options.ws_host, options.ws_port);
            if cause.kind() == io::ErrorKind::AddrInUse
                && let Some(serve) = serve_at(&options)
            {
                BridgeError::ServeIsThere(serve)
            } else {
                BridgeError::Listen { address, cause }
            }
        })?;
        let address = listener.local_addr()?;
        Ok(Self { listener, address, options, draining: watch::channel(false).0 })
    }

    /// Where browsers are answered.
    pub fn local_addr(&self) -> SocketAddr {
        self.address
    }

    /// The line for the person who runs it.
    pub fn announcement(&self) -> String {
        let (ws, chat) = (self.address.to_string(), self.options.chat());
        TEXTS.say(self.options.lang, "listening", &[("ws", ws.into()), ("chat", chat.into())])
    }

    /// What stops it.
    pub fn stopper(&self) -> StopBridge {
        StopBridge(self.draining.clone())
    }

    /// Bridges until it is stopped.
    ///
    /// # Errors
    /// The system gave no event loop.
    pub fn run(self) -> Result<(), BridgeError> {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        let Self { listener, options, draining, .. } = self;
        // Two descriptors for each pair.
        let admission = Admission::new(places() / 2, CONNECTIONS_PER_ADDRESS);
        let watch = |tls: &Arc<Tls>| Watch::start(tls.clone(), TLS_RELOAD_EVERY);
        let _watch = options.tls.as_ref().map(watch).transpose()?;
        let hall = Arc::new(Hall { options, admission, draining });
        runtime.block_on(accept(listener, hall))?;
        // What the relays still say goes out with them.
        runtime.shutdown_timeout(papo_proto::limits::LINGER);
        Ok(())
    }
}

/// What every connection knows.
struct Hall {
    options: BridgeOptions,
    admission: Arc<Admission>,
    draining: watch::Sender<bool>,
}

async fn accept(listener: TcpListener, hall: Arc<Hall>) -> io::Result<()> {
    let listener = tokio::net::TcpListener::from_std(listener)?;
    let mut draining = hall.draining.subscribe();
    let mut relays = tokio::task::JoinSet::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = draining.wait_for(|draining| *draining) => break,
            Some(_) = relays.join_next() => continue,
        };
        match accepted {
            Ok((socket, peer)) => {
                // Who finds no place is just closed: a bridge is crowded by machines, not by people.
                let is_proxy = hall.options.trusted.contains(peer.ip());
                let place = if is_proxy { hall.admission.admit_proxy() } else { hall.admission.admit(peer.ip()) };
                let Ok(place) = place else { continue };
                let _ = socket.set_nodelay(true);
                relays.spawn(serve(socket, peer, place, hall.clone()));
            }
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(RETRY).await;
            }
        }
    }
    drop(listener);
    let ends = async { while relays.join_next().await.is_some() {} };
    let _ = tokio::time::timeout(papo_proto::limits::DRAIN, ends).await;
    Ok(())
}

/// The stream of a browser: secure if its first byte says so. `None` when it may not go on.
async fn opened(socket: tokio::net::TcpStream, hall: &Hall) -> Option<Stream> {
    let Some(tls) = &hall.options.tls else { return Some(Stream::new(socket, None)) };
    let opening = async {
        let mut first = [0];
        let is_tls = socket.peek(&mut first).await? > 0 && sniff(&first) == Some(Spoken::Tls);
        if !is_tls && !tls.may_be_plain(socket.peer_addr()?.ip()) {
            socket.writable().await?;
            socket.try_write(&tls_only())?;
            return Err(io::ErrorKind::ConnectionAborted.into());
        }
        let secure = is_tls.then(|| tls.accept()).transpose().map_err(io::Error::other)?;
        let mut stream = Stream::new(socket, secure);
        stream.shake_hands().await?;
        Ok::<_, io::Error>(stream)
    };
    match tokio::time::timeout(TLS_HANDSHAKE, opening).await {
        Ok(Ok(stream)) => Some(stream),
        Ok(Err(error)) => {
            tracing::debug!(%error, "a browser's handshake failed");
            None
        }
        Err(_) => None,
    }
}

/// Answers HTTP until a handshake, then relays.
async fn serve(socket: tokio::net::TcpStream, peer: SocketAddr, place: Place, hall: Arc<Hall>) {
    let Some(stream) = opened(socket, &hall).await else { return };
    let is_secure = stream.secure().is_some();
    let place = Arc::new(Mutex::new(place));
    let taken = Arc::new(Mutex::new(None));
    let service = service_fn(|mut request: Request<Incoming>| {
        let (hall, taken, place) = (hall.clone(), taken.clone(), place.clone());
        async move {
            let upgraded = hyper::upgrade::on(&mut request);
            let dialect = handshake::dialect(request.headers());
            let (answer, client) = answer(&request, (peer, is_secure), &hall.options, &place);
            if let (Some(client), Ok(mut taken)) = (client, taken.lock()) {
                *taken = Some((upgraded, dialect, client));
            }
            Ok::<_, Infallible>(answer)
        }
    });
    if serve_http(stream, HTTP_IDLE, service, hall.draining.subscribe()).await.is_err() {
        return;
    }
    let upgraded = taken.lock().ok().and_then(|mut taken| taken.take());
    if let Some((upgraded, dialect, client)) = upgraded
        && let Some((stream, early)) = taken_over(upgraded).await
    {
        relay::run((stream, early), (client, dialect), &hall.options, hall.draining.subscribe()).await;
    }
    drop(place);
}

/// The answer to a request, and whose WebSocket it switches to, if it does. Any path does: the
/// original's did.
fn answer(
    request: &Request<Incoming>,
    peer: (SocketAddr, bool),
    options: &BridgeOptions,
    place: &Mutex<Place>,
) -> (Answer, Option<Client>) {
    let headers = request.headers();
    let client = forwarded::client(headers, peer, &options.trusted);
    let refused = match client {
        _ if !handshake::is_wanted(headers) => Some(handshake::required()),
        Err(_) => Some(plain(StatusCode::BAD_REQUEST, forwarded::DOUBTFUL)),
        Ok(client) => {
            let refused = options.guard.check_origin(headers).or_else(|| handshake::check(request));
            let mut place = place.lock().expect("invariant: counting does not panic");
            refused.or_else(|| place.move_to(client.address.ip()).err().map(|_| full()))
        }
    };
    let switches = client.ok().filter(|_| refused.is_none());
    let mut answer: Response<_> = refused.unwrap_or_else(|| {
        let mut answer = handshake::switching(request);
        handshake::agree(request, &mut answer);
        answer
    });
    answer.headers_mut().insert(SERVER, HeaderValue::from_static("papo-bridge"));
    (answer, switches)
}

/// Where the Papo server is that holds the port, if it is one.
fn serve_at(options: &BridgeOptions) -> Option<SocketAddr> {
    let local = match options.ws_host.parse::<IpAddr>() {
        Ok(ip) if !ip.is_unspecified() => ip,
        _ => Ipv4Addr::LOCALHOST.into(),
    };
    let address = SocketAddr::new(local, options.ws_port);
    let ask = || -> io::Result<String> {
        let mut socket = TcpStream::connect_timeout(&address, PROBE)?;
        socket.set_read_timeout(Some(PROBE))?;
        socket.write_all(b"HEAD / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
        let mut head = [0; 1024];
        let read = socket.read(&mut head)?;
        Ok(String::from_utf8_lossy(&head[..read]).to_ascii_lowercase())
    };
    ask().is_ok_and(|head| head.contains("server: papo\r\n")).then_some(address)
}

#[cfg(test)]
mod tests {
    use papo_proto::lang::outline;

    #[test]
    fn both_languages_have_the_same_texts_with_the_same_arguments() {
        assert_eq!(
            outline(include_str!("../locales/pt-BR/bridge.ftl")),
            outline(include_str!("../locales/en/bridge.ftl"))
        );
    }
}

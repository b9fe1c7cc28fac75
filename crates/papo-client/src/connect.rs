//! Finding and reaching a server.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use papo_proto::limits::{KEEPALIVE_EVERY, KEEPALIVE_IDLE, KEEPALIVE_TRIES};
use papo_tls::stream::failure_of;
use papo_tls::{ClientTls, Failure, Stream};
use socket2::{SockRef, TcpKeepalive};
use thiserror::Error;
use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;

use crate::link::{Reader, Writer};

/// Why no connection came about, and so what to do: check the name, start the server, try later.
#[derive(Debug, Error)]
pub enum ConnectError {
    /// The host's name leads nowhere: a typing error, or no network.
    #[error("the name {host} cannot be found")]
    UnknownHost {
        /// The name as given.
        host: String,
        /// What the resolver said, if it said anything.
        source: Option<io::Error>,
    },
    /// The machine is there and nothing listens on the port: the server is not running, or elsewhere.
    #[error("nothing listens on {address}")]
    Refused {
        /// The last address that was tried.
        address: SocketAddr,
    },
    /// No answer in time: a firewall, or a machine that is off.
    #[error("no answer within {} s", waited.as_secs())]
    NoAnswer {
        /// How long was waited.
        waited: Duration,
    },
    /// Something answers, and it does not take a WebSocket for papo/1.
    #[error("what answers does not speak papo/1")]
    Foreign,
    /// There is no secure line: the certificate is not trusted, or it is no TLS that answers.
    #[error(transparent)]
    Secure(#[from] papo_tls::Failure),
    /// The network's own reasons, for example no route.
    #[error("{address}: {source}")]
    Network {
        /// The last address that was tried.
        address: SocketAddr,
        /// The system's reason.
        source: io::Error,
    },
}

/// Connects to the first of the host's addresses that answers, by TLS if that is given; all of them together
/// get `within`.
///
/// # Errors
/// The reason of the address that was tried last.
pub async fn connect(
    host: &str,
    port: u16,
    tls: Option<&ClientTls>,
    within: Duration,
) -> Result<(Reader, Writer), ConnectError> {
    let stream = match timeout(within, reach(host, port, tls)).await {
        Ok(reached) => reached?,
        Err(_) => return Err(ConnectError::NoAnswer { waited: within }),
    };
    let (read, write) = tokio::io::split(stream);
    Ok((Reader::new(read), Writer::new(write)))
}

/// A connection to the first of the host's addresses that answers, through the handshake of TLS if there is
/// to be one.
pub(crate) async fn reach(host: &str, port: u16, tls: Option<&ClientTls>) -> Result<Stream, ConnectError> {
    let socket = reach_plain(host, port).await?;
    let Some(tls) = tls else { return Ok(Stream::new(socket, None)) };
    let mut stream = Stream::new(socket, Some(Box::new(tls.line(host)?)));
    match stream.shake_hands().await {
        Ok(()) => Ok(stream),
        // A server that speaks no TLS understands nothing, and may close without a word.
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Err(Failure::NotTls.into()),
        Err(error) => Err(match failure_of(&error) {
            Some(failure) => failure.clone().into(),
            None => Failure::Broken(error.to_string()).into(),
        }),
    }
}

async fn reach_plain(host: &str, port: u16) -> Result<TcpStream, ConnectError> {
    let unknown = |source| ConnectError::UnknownHost { host: host.to_owned(), source };
    // Brackets are how people write IPv6 beside a port.
    let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    let addresses = lookup_host((bare, port)).await.map_err(|error| unknown(Some(error)))?;
    let mut failure = unknown(None);
    for address in addresses {
        match TcpStream::connect(address).await {
            Ok(stream) => {
                prepare(&stream);
                return Ok(stream);
            }
            Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => {
                failure = ConnectError::Refused { address };
            }
            Err(source) => failure = ConnectError::Network { address, source },
        }
    }
    Err(failure)
}

/// Lines leave at once, and a server that vanished without a word is noticed within a minute.
/// A system that knows neither option still carries the conversation, so failures are passed over.
fn prepare(stream: &TcpStream) {
    let _ = stream.set_nodelay(true);
    let keepalive =
        TcpKeepalive::new().with_time(KEEPALIVE_IDLE).with_interval(KEEPALIVE_EVERY).with_retries(KEEPALIVE_TRIES);
    let _ = SockRef::from(stream).set_tcp_keepalive(&keepalive);
}

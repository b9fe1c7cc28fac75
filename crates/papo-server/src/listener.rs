//! The listening sockets and the thread that deals connections to the shards.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, ToSocketAddrs, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use mio::{Events, Interest, Poll, Token, Waker};
use papo_proto::limits;
use socket2::{Domain, Protocol, SockRef, Socket, TcpKeepalive, Type};

use crate::arrival::{Admission, Arrival};
use crate::engine::Engine;
use crate::inbox::{Newcomer, Port};
use crate::live::Live;

/// Connections that wait for us to accept them; the system may allow fewer.
const WAITING: i32 = 4096;
/// Connections accepted from one port before the other has its turn.
const ACCEPTED_AT_A_TIME: usize = 256;
/// When the system cannot give a descriptor, accepting is tried again after this time.
const RETRY: Duration = Duration::from_millis(50);
/// Refused connections that are being told why, at a time; further ones are just closed.
const REFUSED_MAX: usize = 32;
const WAKER: Token = Token(2);

/// Binds a listening socket. The port of a program that has just ended can be taken at once, that
/// of a running one cannot.
///
/// # Errors
/// The address cannot be listened on.
pub(crate) fn bind(host: &str, port: u16) -> io::Result<TcpListener> {
    let mut addresses: Vec<SocketAddr> =
        (host, port).to_socket_addrs().map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))?.collect();
    // `localhost` is the document's 127.0.0.1 where both families answer to it.
    addresses.sort_by_key(|address| !address.is_ipv4());
    let mut last = io::Error::from(io::ErrorKind::AddrNotAvailable);
    for address in addresses {
        match listen(address) {
            Ok(listener) => return Ok(listener),
            Err(error) => last = error,
        }
    }
    Err(last)
}

fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    socket.set_reuse_address(true)?;
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    socket.listen(WAITING)?;
    Ok(socket.into())
}

/// The addresses by which other machines reach a socket that is bound to all of `family`'s, as far
/// as routes tell. Nothing is sent.
pub(crate) fn own_addresses(family: IpAddr) -> Vec<IpAddr> {
    // A route is looked up towards addresses that are reserved for documentation.
    let towards: [(IpAddr, IpAddr); 2] = [
        (Ipv4Addr::UNSPECIFIED.into(), Ipv4Addr::new(192, 0, 2, 1).into()),
        (Ipv6Addr::UNSPECIFIED.into(), Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1).into()),
    ];
    let route = |(any, far): (IpAddr, IpAddr)| {
        let socket = UdpSocket::bind((any, 0)).ok()?;
        socket.connect((far, 9)).ok()?;
        socket.local_addr().ok().map(|address| address.ip())
    };
    towards
        .into_iter()
        .filter_map(route)
        .filter(|ip| !ip.is_loopback() && !ip.is_unspecified() && ip.is_ipv4() == family.is_ipv4())
        .collect()
}

/// Accepts connections and deals them to the shards in turn.
pub(crate) struct Listener {
    poll: Poll,
    listeners: Vec<(mio::net::TcpListener, Port)>,
    engine: Arc<Engine>,
    admission: Arc<Admission>,
    live: Arc<Live>,
    turn: Arc<Turn>,
    /// Places for those who are told that there is none.
    refusals: Arc<Admission>,
}

/// Whose turn it is to get a connection.
#[derive(Debug, Default)]
pub(crate) struct Turn(AtomicUsize);

impl Turn {
    pub(crate) fn next(&self, shards: usize) -> usize {
        self.0.fetch_add(1, Ordering::Relaxed) % shards
    }
}

impl Listener {
    /// Prepares to accept from these sockets. The waker ends it.
    pub(crate) fn new(
        listeners: Vec<(TcpListener, Port)>,
        engine: Arc<Engine>,
        admission: Arc<Admission>,
        live: Arc<Live>,
        turn: Arc<Turn>,
    ) -> io::Result<(Self, Waker)> {
        let poll = Poll::new()?;
        let mut registered = Vec::new();
        for (index, (listener, port)) in listeners.into_iter().enumerate() {
            let mut listener = mio::net::TcpListener::from_std(listener);
            poll.registry().register(&mut listener, Token(index), Interest::READABLE)?;
            registered.push((listener, port));
        }
        let waker = Waker::new(poll.registry(), WAKER)?;
        let refusals = Admission::new(REFUSED_MAX, REFUSED_MAX);
        Ok((Self { poll, listeners: registered, engine, admission, live, turn, refusals }, waker))
    }

    /// Accepts until it is woken; then the ports are free.
    pub(crate) fn run(mut self) {
        let mut events = Events::with_capacity(8);
        let mut timeout = None;
        loop {
            if let Err(error) = self.poll.poll(&mut events, timeout)
                && error.kind() != io::ErrorKind::Interrupted
            {
                tracing::error!(%error, "accepting has ended");
                return;
            }
            if events.iter().any(|event| event.token() == WAKER) {
                return;
            }
            let again = (0..self.listeners.len()).filter_map(|index| self.accept_some(index));
            timeout = again.min();
        }
    }

    /// Accepts from one port; returns after which time it is to be tried again without an event.
    fn accept_some(&self, index: usize) -> Option<Duration> {
        let (listener, port) = &self.listeners[index];
        for _ in 0..ACCEPTED_AT_A_TIME {
            match listener.accept() {
                Ok((socket, peer)) => self.deal(socket.into(), peer, *port),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return None,
                Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => {}
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    return Some(RETRY);
                }
            }
        }
        Some(Duration::ZERO)
    }

    fn deal(&self, socket: std::net::TcpStream, peer: SocketAddr, port: Port) {
        if let Err(error) = prepare(&socket) {
            tracing::debug!(%error, %peer, "a connection was gone before it was dealt");
            return;
        }
        let is_proxy = self.live.rules().trusted.contains(peer.ip());
        let place = if is_proxy { self.admission.admit_proxy() } else { self.admission.admit(peer.ip()) };
        let newcomer = match place {
            Ok(place) => Newcomer::Accepted { arrival: Arrival { socket, peer, place, secure: None }, port },
            Err(refusal) => {
                tracing::info!(%peer, ?refusal, "no place for a connection");
                let Ok(place) = self.refusals.admit(Ipv4Addr::LOCALHOST.into()) else { return };
                Newcomer::Refused(Arrival { socket, peer, place, secure: None }, port, refusal)
            }
        };
        let inboxes = self.engine.inboxes();
        inboxes[self.turn.next(inboxes.len())].admit(newcomer);
    }
}

/// Sets what every connection needs: small frames go at once, and a vanished peer is noticed.
fn prepare(socket: &std::net::TcpStream) -> io::Result<()> {
    socket.set_nodelay(true)?;
    let socket = SockRef::from(socket);
    let keepalive = TcpKeepalive::new()
        .with_time(limits::KEEPALIVE_IDLE)
        .with_interval(limits::KEEPALIVE_EVERY)
        .with_retries(limits::KEEPALIVE_TRIES);
    socket.set_tcp_keepalive(&keepalive)?;
    socket.set_tcp_user_timeout(Some(limits::UNACKNOWLEDGED))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_vanished_client_is_free_within_a_minute() {
        let listener = bind("127.0.0.1", 0).expect("a port");
        let _peer = std::net::TcpStream::connect(listener.local_addr().expect("an address")).expect("connects");
        listener.set_nonblocking(false).expect("a socket");
        let (socket, _) = listener.accept().expect("somebody");
        prepare(&socket).expect("a socket");
        assert!(socket.nodelay().expect("a socket"));
        let socket = SockRef::from(&socket);
        assert!(socket.keepalive().expect("a socket"));
        let idle = socket.tcp_keepalive_time().expect("a socket");
        let every = socket.tcp_keepalive_interval().expect("a socket");
        let unacknowledged = socket.tcp_user_timeout().expect("a socket").expect("it is set");
        // Linux gives a silent peer up at the first question after TCP_USER_TIMEOUT, and then the
        // number of questions does not count; what was sent and is unanswered ends on time.
        let questions = (0..).map(|n| idle + every * n);
        let given_up = questions.skip(1).find(|at| *at >= unacknowledged).expect("there is one");
        assert!(given_up < Duration::from_mins(1), "{given_up:?}");
        assert!(unacknowledged < Duration::from_mins(1));
    }
}

//! Clients that are slow on purpose, in crowds: a request's head or body that never ends, an answer that
//! is hardly taken. Whoever else comes meanwhile is answered at once, and the slow ones lose their places.

mod support;

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use papo_testkit::{Http, PATIENCE};
use socket2::{Domain, Socket, Type};
use support::{Running, start_changed};

/// Those who ask for nothing.
const CROWD: usize = 200;
/// Those who ask for much: a debug build has to work for each of their answers.
const READERS: usize = 40;
/// How long a client may say nothing useful here.
const IDLE: Duration = Duration::from_secs(1);
/// Whoever comes is answered within this time.
const AT_ONCE: Duration = Duration::from_secs(1);

/// A slow client: what it begins with, and what it adds little by little.
struct Slow {
    socket: TcpStream,
    more: &'static [u8],
    closed: bool,
}

impl Slow {
    fn new(to: SocketAddr, begin: &[u8], more: &'static [u8]) -> Self {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None).expect("a socket");
        // So little that an answer does not fit into what the system takes for it.
        socket.set_recv_buffer_size(1024).expect("a socket");
        socket.connect(&to.into()).expect("connects");
        let mut socket = TcpStream::from(socket);
        socket.set_nonblocking(true).expect("a socket");
        let _ = socket.write(begin);
        Self { socket, more, closed: false }
    }

    /// Does a little more; notices when the server has given up.
    fn step(&mut self) {
        let waits = |error: &std::io::Error| error.kind() == ErrorKind::WouldBlock;
        self.closed |= self.socket.write(self.more).is_err_and(|error| !waits(&error));
        self.closed |= match self.socket.read(&mut [0; 8]) {
            Ok(read) => read == 0,
            Err(error) => !waits(&error),
        };
    }
}

/// Somebody else comes to both ports, and two talk.
fn is_answered_at_once(server: &Running, n: usize) {
    let begun = Instant::now();
    assert_eq!(Http::connect(server.web()).request("GET", "/healthz", &[]).status, 200);
    let name = format!("Ana{n}");
    let mut ana = server.tcp().named(&name);
    let mut bob = server.ws().named(&format!("Bob{n}"));
    ana.read_until(|line| line.starts_with("[SYS] Bob") && line.contains("entrou"));
    bob.send("oi");
    ana.expect(&format!("[#geral] Bob{n}: oi"));
    for client in [&mut ana, &mut bob] {
        client.send("/quit");
        client.read_to_end();
    }
    assert!(begun.elapsed() < AT_ONCE, "{:?}", begun.elapsed());
}

/// Lets a crowd be slow until the server has got rid of all of it, and looks in between.
fn endure(size: usize, client: impl Fn(SocketAddr) -> Slow) {
    let server = start_changed(|config| config.times.http_idle = IDLE);
    let ports = [server.web(), server.server.as_ref().expect("it runs").address()];
    let begun = Instant::now();
    let mut slow: Vec<Slow> = (0..size).map(|n| client(ports[n % 2])).collect();
    let mut looks = 0;
    while slow.iter().any(|slow| !slow.closed) {
        assert!(begun.elapsed() < PATIENCE, "{} are still there", slow.iter().filter(|slow| !slow.closed).count());
        slow.iter_mut().for_each(Slow::step);
        is_answered_at_once(&server, looks);
        looks += 1;
    }
    assert!(looks > 1);
}

#[test]
fn a_crowd_of_slow_heads() {
    endure(CROWD, |to| Slow::new(to, b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ", b"x"));
}

#[test]
fn a_crowd_of_slow_bodies() {
    let begin = b"POST /api/things HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 9000\r\n\r\n{";
    endure(CROWD, |to| Slow::new(to, begin, b" "));
}

#[test]
fn a_crowd_of_slow_readers() {
    // Far more is asked for than the system keeps for a client that does not take it.
    let request = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
    let begin = request.repeat(1000);
    endure(READERS, |to| Slow::new(to, &begin, request));
}

//! TLS on both ports: what is spoken inside, who is refused, and what becomes of broken handshakes.

mod support;

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::os::unix::fs::PermissionsExt as _;
use std::time::{Duration, Instant};

use papo_proto::papo1::ServerFrame;
use papo_server::PlainFor;
use papo_testkit::{Client, Http, Link, PATIENCE, Structured, Tls};
use support::{Running, self_signed, start, start_changed};

fn start_tls() -> Running {
    start_changed(|config| config.tls = Some(self_signed(PlainFor::All)))
}

fn both_ports(server: &Running) -> [SocketAddr; 2] {
    [server.address(), server.web()]
}

/// The first bytes of a client that speaks TLS.
fn client_hello() -> Vec<u8> {
    let mut hello = Vec::new();
    Tls::default().session().write_tls(&mut hello).expect("memory takes all");
    hello
}

/// Everything up to the server's close.
fn read_to_end(mut socket: TcpStream) -> Vec<u8> {
    socket.set_read_timeout(Some(PATIENCE)).expect("a socket");
    let mut all = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        match socket.read(&mut buffer) {
            Ok(0) => return all,
            Ok(n) => all.extend_from_slice(&buffer[..n]),
            Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset => return all,
            Err(error) => panic!("it closes in time: {error}"),
        }
    }
}

#[test]
fn everything_is_spoken_inside_tls_on_both_ports() {
    for at in [0, 1] {
        let server = start_tls();
        let addr = both_ports(&server)[at];
        let mut plain = server.tcp().named("Plana");
        let mut ana = Client::tls(addr);
        // On the web port nobody is greeted before saying something.
        ana.send("/lang pt-BR");
        let mut ana = ana.named("Ana");
        plain.expect("[SYS] Ana entrou em #geral.");
        let mut bob = Client::tls_ws(addr, "/ws").named("Bob");
        plain.expect("[SYS] Bob entrou em #geral.");
        let (mut eva, _) = Structured::tls(addr).named("Eva");
        let (mut leo, _) = Structured::tls_ws(addr).named("Leo");
        let room = eva.join("geral");
        plain.expect("[SYS] Eva entrou em #geral.");
        leo.join("geral");
        plain.expect("[SYS] Leo entrou em #geral.");
        for (name, from) in [("Ana", &mut ana), ("Bob", &mut bob)] {
            from.send("olá de linha");
            plain.expect(&format!("[#geral] {name}: olá de linha"));
            assert_eq!(&*eva.message().author, name);
            assert_eq!(&*leo.message().author, name);
        }
        eva.post(room.id, "olá de programa").expect("taken");
        for client in [&mut plain, &mut ana, &mut bob] {
            client.read_until(|line| line == "[#geral] Eva: olá de programa");
        }
        assert_eq!(&*leo.message().text, "olá de programa");
        assert_eq!(Http::tls(addr).request("GET", "/healthz", &[]).status, 200);
        for (name, mut client) in [("Ana", ana), ("Bob", bob)] {
            client.send("/quit");
            client.read_until(|line| line == "[SYS] Até logo!");
            assert_eq!(client.read(), None);
            assert!(!client.link().was_torn, "the end is said in TLS too");
            plain.expect(&format!("[SYS] {name} saiu de #geral."));
        }
    }
}

#[test]
fn what_is_spoken_inside_is_told_by_alpn_or_by_the_first_bytes() {
    let server = start_tls();
    for addr in both_ports(&server) {
        for alpn in [None, Some("papo/1"), Some("http/1.1")] {
            let tls = alpn.map_or_else(Tls::default, Tls::alpn);
            let link = Link::secure(addr, &tls);
            assert_eq!(link.session().and_then(|session| session.alpn_protocol()), alpn.map(str::as_bytes));
            // HTTP is understood whatever was agreed on.
            assert_eq!(Http::over(link, addr).request("GET", "/healthz", &[]).status, 200, "{alpn:?}");
        }
        let refused = Link::try_secure(TcpStream::connect(addr).expect("connects"), &Tls::alpn("h2"));
        let refused = refused.err().expect("nobody speaks that").to_string();
        assert!(refused.contains("NoApplicationProtocol"), "{refused}");
    }
    // A silent client on the TCP port is a text client, 200 ms after its handshake; on the web port it is not.
    let mut silent = server.tls();
    assert!(silent.read().expect("a welcome").contains("/nick"));
    let mut web = Client::tls(server.web());
    assert_eq!(web.read_within(Duration::from_millis(600)), Err("nothing came in time"));
    web.send("/who");
    assert!(web.read().expect("a welcome").contains("/nick"));
    // ALPN says HTTP: nobody is greeted.
    let mut http = Client::over_link(Link::secure(server.address(), &Tls::alpn("http/1.1")));
    assert_eq!(http.read_within(Duration::from_millis(600)), Err("nothing came in time"));
}

#[test]
fn a_handshake_may_come_in_any_pieces() {
    let server = start_tls();
    let tls = Tls::default();
    let socket = TcpStream::connect(server.address()).expect("connects");
    socket.set_nodelay(true).expect("a socket");
    let mut session = tls.session();
    let mut hello = Vec::new();
    session.write_tls(&mut hello).expect("memory takes all");
    for byte in &hello {
        (&socket).write_all(&[*byte]).expect("sends");
    }
    socket.set_read_timeout(Some(PATIENCE)).expect("a socket");
    while session.is_handshaking() {
        if session.wants_write() {
            let mut out = Vec::new();
            session.write_tls(&mut out).expect("memory takes all");
            for byte in &out {
                (&socket).write_all(&[*byte]).expect("sends");
            }
        } else {
            session.read_tls(&mut &socket).expect("an answer");
            session.process_new_packets().expect("it is right");
        }
    }
}

#[test]
fn a_handshake_that_does_not_end_is_given_up_and_a_slow_one_is_not() {
    let server = start_changed(|config| {
        config.tls = Some(self_signed(PlainFor::All));
        config.times.handshake = Duration::from_millis(700);
    });
    let hello = client_hello();
    for length in [1, 5, hello.len() - 1] {
        let mut socket = TcpStream::connect(server.address()).expect("connects");
        socket.write_all(&hello[..length]).expect("sends");
        let begun = Instant::now();
        assert_eq!(read_to_end(socket), b"", "nothing is said to half a hello");
        assert!((600..5000).contains(&begun.elapsed().as_millis()), "{:?}", begun.elapsed());
    }
    // Nor may its answer be left waiting for the client's last words.
    let mut socket = TcpStream::connect(server.address()).expect("connects");
    socket.write_all(&hello).expect("sends");
    assert!(read_to_end(socket).starts_with(&[22, 3, 3]), "a hello of the server");
    // A client that takes its time, but not so long.
    let mut session = Tls::default().session();
    let mut socket = TcpStream::connect(server.address()).expect("connects");
    let mut hello = Vec::new();
    session.write_tls(&mut hello).expect("memory takes all");
    for part in hello.chunks(hello.len() / 4) {
        socket.write_all(part).expect("sends");
        std::thread::sleep(Duration::from_millis(50));
    }
    while session.is_handshaking() {
        session.complete_io(&mut socket).expect("it goes well");
    }
}

#[test]
fn a_broken_handshake_gets_an_alert_and_disturbs_nobody() {
    let server = start_tls();
    let mut ana = server.tls().named("Ana");
    let mut bob = server.tcp().named("Bob");
    ana.expect("[SYS] Bob entrou em #geral.");
    let alert = |bytes: &[u8]| {
        let mut socket = TcpStream::connect(server.address()).expect("connects");
        socket.write_all(bytes).expect("sends");
        socket.shutdown(Shutdown::Write).expect("a socket");
        let said = read_to_end(socket);
        let at = said.windows(5).position(|header| header[0] == 21 && header[1] == 3 && header[3..] == [0, 2]);
        at.map(|at| said[at + 6])
    };
    // TLS 1.1: protocol_version.
    let mut old = b"\x16\x03\x01\x00\x41\x01\x00\x00\x3D\x03\x02".to_vec();
    old.extend([7; 32]);
    // One suite, no compression; the curve P-256 and a signature with it.
    old.extend(b"\x00\x00\x02\xC0\x09\x01\x00\x00\x12");
    old.extend(b"\x00\x0A\x00\x04\x00\x02\x00\x17\x00\x0D\x00\x06\x00\x04\x04\x03\x04\x01");
    assert_eq!(alert(&old), Some(70), "protocol_version");
    // SSL 2 and less are not even taken for TLS.
    assert_eq!(alert(b"\x80\x2E\x01\x00\x02"), None);
    // A hello of one byte: decode_error.
    assert_eq!(alert(b"\x16\x03\x01\x00\x05\x01\x00\x00\x01\x00"), Some(50));
    // Garbage behind a good hello: what is no record cannot be told by an alert that the client could read.
    let garbage = [client_hello(), vec![b'x'; 100_000]].concat();
    let mut socket = TcpStream::connect(server.address()).expect("connects");
    let _ = socket.write_all(&garbage);
    assert!(read_to_end(socket).starts_with(&[22, 3, 3]), "the hello is answered before");
    // And a client that hangs up in the middle.
    drop(TcpStream::connect(server.address()).expect("connects").write_all(&client_hello()));
    bob.send("ainda aqui?");
    ana.expect("[#geral] Bob: ainda aqui?");
}

#[test]
fn what_is_broken_inside_an_open_line_ends_that_line() {
    let server = start_tls();
    let mut ana = server.tcp().named("Ana");
    let mut bob = server.tls().named("Bob");
    ana.expect("[SYS] Bob entrou em #geral.");
    bob.socket().write_all(&[23, 3, 3, 0, 32]).expect("sends");
    bob.socket().write_all(&[9; 32]).expect("sends");
    ana.expect("[SYS] Bob perdeu a conexão.");
    let _again = server.tls().named("Bob");
    // The farewell of TLS is an end too, before the socket's.
    ana.expect("[SYS] Bob entrou em #geral.");
    let mut eva = server.tls().named("Eva");
    ana.expect("[SYS] Eva entrou em #geral.");
    eva.send("tchau");
    eva.link().say_farewell();
    ana.expect("[#geral] Eva: tchau");
    ana.expect("[SYS] Eva perdeu a conexão.");
    assert_eq!(eva.read_to_end(), ["[#geral] Bob: x"; 0]);
    assert!(!eva.link().was_torn, "and it is answered");
}

#[test]
fn where_tls_is_required_a_plain_client_reads_why_in_what_it_speaks() {
    let server = start_changed(|config| config.tls = Some(self_signed(PlainFor::Nobody)));
    let said = "[ERRO] Este servidor só fala TLS. Use papo chat --tls, ou https:// no navegador.";
    for addr in both_ports(&server) {
        let mut text = Client::tcp(addr);
        text.send("olá");
        assert_eq!(text.read_to_end(), [said]);
        let mut program = Structured::tcp(addr);
        let hello = program.hello(Some("Ana"), None, Vec::new());
        assert_eq!(program.ask(&hello).err(), Some(2011));
        assert_eq!(program.read_to_end(), Vec::<ServerFrame>::new());
        let answer = Http::connect(addr).request("GET", "/", &[]);
        assert_eq!(answer.status, 400);
        assert!(answer.text().contains("https://") && answer.text().ends_with("https://.\n"), "{}", answer.text());
        let ws = Client::try_ws(addr, "/ws", &[]).err().expect("refused");
        assert!(ws.starts_with("HTTP/1.1 400"), "{ws}");
        let _inside = Client::tls_ws(addr, "/ws").named("Dentro");
    }
    // A silent one is told when it would be greeted.
    assert_eq!(server.tcp().read_to_end(), [said]);
    let mut inside = server.tls().named("Ana");
    inside.send("/who");
    inside.read_until(|line| line.contains("Ana"));
}

#[test]
fn this_machine_may_be_plain_where_others_may_not() {
    let server = start_changed(|config| config.tls = Some(self_signed(PlainFor::ThisMachine)));
    let _ana = server.tcp().named("Ana");
    assert_eq!(Http::connect(server.web()).request("GET", "/healthz", &[]).status, 200);
}

#[test]
fn without_a_certificate_tls_is_turned_away() {
    let server = start();
    let mut socket = TcpStream::connect(server.address()).expect("connects");
    socket.write_all(&client_hello()).expect("sends");
    assert_eq!(read_to_end(socket), b"");
}

#[test]
fn a_self_signed_certificate_is_kept_and_its_fingerprint_told() {
    let server = start_tls();
    let key = server.data.path().join("tls-key.pem");
    assert_eq!(std::fs::metadata(key).expect("there").permissions().mode() & 0o777, 0o600);
    let tls = server.server.as_ref().and_then(|server| server.tls()).expect("it has TLS");
    let link = Link::secure(server.address(), &Tls::default());
    let shown = link.session().and_then(|session| session.peer_certificates()).expect("shown")[0].clone();
    assert_eq!(papo_tls::Fingerprint::of(&shown), tls.fingerprint());
    server.server.as_ref().expect("it runs").announce();
    let told = format!("[TLS] Certificado com a impressão digital SHA-256 {}", tls.fingerprint());
    let until = Instant::now() + PATIENCE;
    while !server.output.text().contains(&told) {
        assert!(Instant::now() < until, "{}", server.output.text());
        std::thread::yield_now();
    }
    // Nobody is told to insist on a certificate that vouches for itself.
    let answer = Http::tls(server.web()).request("GET", "/", &[]);
    assert_eq!(answer.header("strict-transport-security"), None);
}

#[test]
fn many_handshakes_at_once_all_come_to_their_end() {
    let server = start_changed(|config| {
        config.tls = Some(self_signed(PlainFor::All));
        config.shards = Some(1);
    });
    // All hellos are there before the shard looks at the first.
    let sockets: Vec<(TcpStream, rustls::ClientConnection)> = (0..100)
        .map(|_| {
            let mut session = Tls::default().session();
            let mut socket = TcpStream::connect(server.address()).expect("connects");
            session.write_tls(&mut socket).expect("sends");
            (socket, session)
        })
        .collect();
    for (mut socket, mut session) in sockets {
        socket.set_read_timeout(Some(PATIENCE)).expect("a socket");
        while session.is_handshaking() {
            session.complete_io(&mut socket).expect("it goes well");
        }
    }
}

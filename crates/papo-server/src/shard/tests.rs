//! What can only be shown from within: a fault that tests build in, the frame `/panic` in `conn::intake`,
//! and what a connection finds that has spoken before anybody looks at it.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::Arc;

use papo_proto::Lang;
use papo_proto::limits::{Limits, MEMORY_STORE_MAX_BYTES};
use papo_proto::words::Refusal;
use papo_store::MemoryStore;
use papo_testkit::{Client, PATIENCE, Tls};

use crate::arrival::{Arrival, Place};
use crate::inbox::{Newcomer, Port};
use crate::metrics::Moment;
use crate::{Announcer, CertificateFrom, Config, PlainFor, Server, Times, TlsConfig, WebPort};

/// A server with one shard: whoever is connected shares its thread.
fn start(data: &Path, tls: Option<TlsConfig>) -> Server {
    let config = Config {
        host: "127.0.0.1".into(),
        port: 0,
        web_host: "127.0.0.1".into(),
        web_port: WebPort::On(0),
        origins: Vec::new(),
        data: data.to_owned(),
        lang: Lang::PtBr,
        tls,
        metrics: crate::MetricsFor::Loopback,
        policy: papo_hub::Policy::default(),
        trusted: crate::trusted::Trusted::default(),
        limits: Limits::default(),
        times: Times::default(),
        shards: Some(1),
    };
    let announcer = Announcer::start(std::io::sink(), Lang::PtBr).expect("a thread");
    Server::start(config, Arc::new(MemoryStore::new(MEMORY_STORE_MAX_BYTES)), announcer).expect("it starts")
}

#[test]
fn a_panic_in_one_connection_ends_that_connection_only() {
    let data = tempfile::tempdir().expect("a folder");
    let server = start(data.path(), None);
    let mut ana = Client::tcp(server.address()).named("Ana");
    let doors: [&dyn Fn() -> Client; 2] =
        [&|| Client::tcp(server.address()), &|| Client::ws(server.web_address().expect("it has a web port"), "/ws")];
    for connect in doors {
        let mut bob = connect().named("Bob");
        ana.expect("[SYS] Bob entrou em #geral.");
        bob.send("/panic");
        assert_eq!(bob.read(), None);
        ana.expect("[SYS] Bob perdeu a conexão.");
        // The name is free, and the thread goes on.
        let mut bob = connect().named("Bob");
        ana.expect("[SYS] Bob entrou em #geral.");
        ana.send("ainda aqui?");
        bob.expect("[#geral] Ana: ainda aqui?");
        bob.send("/quit");
        bob.expect("[SYS] Até logo!");
        ana.expect("[SYS] Bob saiu de #geral.");
    }
    // What others send in the same moment is theirs.
    let mut crowd: Vec<Client> = (0..8).map(|n| Client::tcp(server.address()).named(&format!("Gente{n}"))).collect();
    for (n, client) in crowd.iter_mut().enumerate() {
        client.send(if n % 2 == 0 { "/panic" } else { "oi" });
    }
    let mut heard = 0;
    let mut lost = 0;
    while heard + lost < 8 {
        match ana.read().expect("more") {
            line if line.ends_with(": oi") => heard += 1,
            line if line.ends_with("perdeu a conexão.") => lost += 1,
            line => assert!(line.ends_with("entrou em #geral."), "{line}"),
        }
    }
    assert_eq!((heard, lost), (4, 4));
    drop(crowd);
    server.drain();
}

/// A connection from a client that has said this already.
fn arrival(said: &[u8]) -> (TcpStream, Arrival) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let mut client = TcpStream::connect(listener.local_addr().expect("bound")).expect("connects");
    client.write_all(said).expect("sends");
    let (socket, peer) = listener.accept().expect("a connection");
    if !said.is_empty() {
        socket.peek(&mut [0]).expect("it is there");
    }
    socket.set_nonblocking(true).expect("a socket");
    (client, Arrival { socket, peer, place: Place::default(), secure: None })
}

#[test]
fn who_has_begun_tls_and_finds_no_place_reads_an_alert() {
    let data = tempfile::tempdir().expect("a folder");
    let tls = TlsConfig { certificate: CertificateFrom::SelfSigned, plain_for: PlainFor::All };
    let (secure, plain) = (start(&data.path().join("a"), Some(tls)), start(&data.path().join("b"), None));
    let mut hello = Vec::new();
    Tls::default().session().write_tls(&mut hello).expect("memory takes all");
    let told = |server: &Server, port: Port, said: &[u8]| {
        let (mut client, arrival) = arrival(said);
        server.engine().inboxes()[0].admit(Newcomer::Refused(arrival, port, Refusal::Full));
        client.set_read_timeout(Some(PATIENCE)).expect("a socket");
        let mut told = Vec::new();
        client.read_to_end(&mut told).expect("it is told, and closed in order");
        told
    };
    let alert = [21, 3, 3, 0, 2, 2, 80];
    for port in [Port::Tcp, Port::Web] {
        assert_eq!(told(&secure, port, &hello), alert, "{port:?}");
        assert_eq!(told(&secure, port, &hello[..1]), alert, "{port:?}");
        for (server, said) in [(&secure, &b""[..]), (&secure, b"GET / HTTP/1.1\r\n"), (&plain, &hello)] {
            let told = String::from_utf8_lossy(&told(server, port, said)).into_owned();
            match port {
                Port::Tcp => assert!(told.contains("[ERRO] "), "{told:?}"),
                Port::Web => assert!(told.starts_with("HTTP/1.1 503 "), "{told:?}"),
            }
        }
    }
    // A client's library takes it for the end, and not for something else than TLS.
    let mut session = Tls::default().session();
    session.read_tls(&mut &alert[..]).expect("memory");
    let error = session.process_new_packets().expect_err("no place");
    assert_eq!(error, rustls::Error::AlertReceived(rustls::AlertDescription::InternalError));
    for (server, alerts) in [(secure, 4), (plain, 0)] {
        let metrics = server.engine().metrics().render(Moment::default());
        let line = format!("papo_tls_handshake_failures_total{{reason=\"no_place\"}} {alerts}");
        assert!(metrics.lines().any(|shown| shown == line), "{line} in:\n{metrics}");
        server.drain();
    }
}

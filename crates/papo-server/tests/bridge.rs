//! The bridge between browsers and a chat server that speaks frames.

mod support;

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::thread::JoinHandle;
use std::time::Duration;

use papo_proto::ws::close;
use papo_proto::{Lang, frame};
use papo_server::PlainFor;
use papo_server::bridge::{Bridge, BridgeError, BridgeOptions, StopBridge};
use papo_server::http::Guard;
use papo_server::tls::Tls;
use papo_server::trusted::{Network, Trusted};
use papo_testkit::{Client, Http};
use papo_tls::{ClientTls, Fingerprint, Trust};
use support::{Running, self_signed, start, start_changed};

struct Bridged {
    address: SocketAddr,
    stopper: StopBridge,
    thread: Option<JoinHandle<()>>,
}

impl Bridged {
    fn to(chat: SocketAddr) -> Self {
        Self::with(options(chat))
    }

    fn with(options: BridgeOptions) -> Self {
        let bridge = Bridge::bind(options).expect("a free port");
        let (address, stopper) = (bridge.local_addr(), bridge.stopper());
        let thread = Some(std::thread::spawn(move || bridge.run().expect("it runs")));
        Self { address, stopper, thread }
    }

    fn client(&self) -> Client {
        Client::ws(self.address, "/")
    }
}

impl Drop for Bridged {
    fn drop(&mut self) {
        self.stopper.stop();
        if let Some(thread) = self.thread.take() {
            thread.join().expect("it ends");
        }
    }
}

fn options(chat: SocketAddr) -> BridgeOptions {
    BridgeOptions {
        ws_host: "127.0.0.1".into(),
        ws_port: 0,
        chat_host: chat.ip().to_string(),
        chat_port: chat.port(),
        ping_interval: Duration::from_secs(20),
        ping_timeout: Duration::from_secs(20),
        lang: Lang::PtBr,
        guard: Guard::default(),
        trusted: Trusted::default(),
        send_proxy: false,
        tls: None,
        chat_tls: None,
    }
}

fn chat_of(server: &Running) -> SocketAddr {
    server.server.as_ref().expect("it runs").address()
}

#[test]
fn a_browser_talks_through_the_bridge_to_a_tcp_client() {
    let server = start();
    let bridge = Bridged::to(chat_of(&server));
    let mut web = bridge.client();
    web.expect(&format!("[bridge] conectado ao chat TCP {}", chat_of(&server)));
    let mut web = web.named("Ana").joined("geral");
    let mut tcp = server.tcp().named("Bob").joined("geral");
    web.expect("[SYS] Bob entrou em #geral.");
    web.send("oi\ntudo bem?");
    tcp.expect("[#geral] Ana: oi\ntudo bem?");
    tcp.send("tudo!");
    web.expect("[#geral] Bob: tudo!");
    web.send("/quit");
    web.expect("[SYS] Até logo!");
    assert_eq!((web.read(), web.close_code), (None, Some(close::NORMAL)));
    tcp.expect("[SYS] Ana saiu de #geral.");
    let mut gone = bridge.client();
    gone.read_until(|line| line.contains("/nick"));
    gone.send("/nick Eva");
    tcp.expect("[SYS] Eva entrou em #geral.");
    drop(gone);
    tcp.expect("[SYS] Eva perdeu a conexão.");
}

#[test]
fn a_program_talks_papo1_through_the_bridge_and_hears_json_only() {
    let server = start();
    let bridge = Bridged::to(chat_of(&server));
    let offer = [("Sec-WebSocket-Protocol", "other, papo.v1")];
    let mut web = Client::try_ws(bridge.address, "/", &offer).expect("it opens");
    // The server takes who is silent for a text client, and greets it: that is not passed on.
    assert!(web.read_within(Duration::from_millis(400)).is_err());
    let mut frames = |json: &str| {
        web.send(json);
        web.read().expect("an answer")
    };
    let hello = frames(r#"{"do":"hello","txn":1,"version":1,"nick":"Ana"}"#);
    assert!(hello.contains(r#""to":"hello""#), "{hello}");
    assert!(frames(r#"{"do":"join","txn":2,"room":"geral"}"#).contains(r#""to":"join""#));
    assert!(frames(r#"{"do":"post","txn":3,"room":1,"text":"oi"}"#).contains(r#""seq":1"#));
}

#[test]
fn two_hundred_browsers_at_once() {
    let server = start();
    let bridge = Bridged::to(chat_of(&server));
    let mut all: Vec<Client> = (0..200).map(|_| bridge.client()).collect();
    for (n, client) in all.iter_mut().enumerate() {
        client.send(&format!("/nick pessoa{n}x"));
        client.read_until(|line| line.contains(&format!("Seu nome agora é pessoa{n}x")));
    }
    all[0].send("olá a todos");
    for client in &mut all[1..] {
        client.read_until(|line| line == "[#geral] pessoa0x: olá a todos");
    }
}

#[test]
fn a_refused_and_a_lost_server_are_told() {
    let nobody = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("bound");
    let bridge = Bridged::to(nobody);
    let mut web = bridge.client();
    web.expect(&format!("[bridge] não foi possível conectar ao chat TCP {nobody}. O servidor está no ar?"));
    assert_eq!((web.read(), web.close_code), (None, Some(close::TRY_AGAIN_LATER)));

    let chat = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = chat.local_addr().expect("bound");
    let bridge = Bridged::to(address);
    let mut web = bridge.client();
    let (mut socket, _) = chat.accept().expect("the bridge connects");
    web.expect(&format!("[bridge] conectado ao chat TCP {address}"));
    let mut last = Vec::new();
    frame::encode("última\u{1F44B}".as_bytes(), &mut last);
    frame::encode(b"quebrada\xff", &mut last);
    socket.write_all(&last).expect("sends");
    drop(socket);
    web.expect("última\u{1F44B}");
    web.expect("quebrada\u{FFFD}");
    web.expect(&format!("[bridge] a conexão com o chat TCP {address} caiu."));
    assert_eq!((web.read(), web.close_code), (None, Some(close::GOING_AWAY)));
}

#[test]
fn a_slow_side_slows_its_other_side_and_loses_nothing() {
    let chat = TcpListener::bind("127.0.0.1:0").expect("a port");
    let bridge = Bridged::to(chat.local_addr().expect("bound"));
    let mut web = bridge.client();
    let (mut socket, _) = chat.accept().expect("the bridge connects");
    web.read().expect("the greeting");
    // Nobody reads at first: far more than the buffers on the way hold.
    let total = 4_000;
    let text = "y".repeat(8_000);
    let writer = std::thread::spawn(move || {
        for n in 0..total {
            let mut bytes = Vec::new();
            frame::encode(format!("{n} {text}").as_bytes(), &mut bytes);
            socket.write_all(&bytes).expect("sends");
        }
        socket
    });
    for n in 0..total {
        let line = web.read().expect("a frame");
        assert!(line.starts_with(&format!("{n} ")), "in order");
    }
    drop(writer.join().expect("all was sent"));
}

#[test]
fn a_browser_that_does_not_answer_pings_is_given_up() {
    let chat = TcpListener::bind("127.0.0.1:0").expect("a port");
    let bridge = Bridged::with(BridgeOptions {
        ping_interval: Duration::from_millis(50),
        ping_timeout: Duration::from_millis(300),
        ..options(chat.local_addr().expect("bound"))
    });
    let mut dead = bridge.client();
    dead.answers_pings = false;
    let (mut to_dead, _) = chat.accept().expect("the bridge connects");
    dead.read().expect("the greeting");
    assert_eq!(dead.read(), None);
    assert_eq!(to_dead.read(&mut [0]).expect("the end"), 0, "its chat connection ends too");
    let mut alive = bridge.client();
    let (mut to_alive, _) = chat.accept().expect("the bridge connects");
    alive.read().expect("the greeting");
    assert!(alive.read_within(Duration::from_millis(600)).is_err(), "nothing came, and it was not closed");
    assert!(alive.pings > 1);
    let mut hello = Vec::new();
    frame::encode(b"ainda", &mut hello);
    to_alive.write_all(&hello).expect("sends");
    alive.expect("ainda");
}

#[test]
fn a_browser_that_pings_and_does_not_read_does_not_fill_the_memory() {
    let chat = TcpListener::bind("127.0.0.1:0").expect("a port");
    let bridge = Bridged::to(chat.local_addr().expect("bound"));
    let mut web = bridge.client();
    let (_socket, _) = chat.accept().expect("the bridge connects");
    web.read().expect("the greeting");
    let mut ping = Vec::new();
    papo_proto::ws::encode_masked(papo_proto::ws::Opcode::Ping, &[b'p'; 125], [1, 2, 3, 4], &mut ping);
    let pings = ping.repeat(1000);
    let socket = web.socket();
    socket.set_nonblocking(true).expect("a socket");
    // The bridge stops reading once its pongs are not taken: then no more can be sent, after what
    // the system's buffers hold.
    let mut sent = 0;
    let mut idle_since = std::time::Instant::now();
    while idle_since.elapsed() < Duration::from_millis(300) {
        // A frame that was taken in part goes on where it was.
        match socket.write(&pings[sent % ping.len()..]) {
            Ok(n) => (sent, idle_since) = (sent + n, std::time::Instant::now()),
            Err(_) => std::thread::yield_now(),
        }
        assert!(sent < 64 * 1024 * 1024, "it reads on and on");
    }
}

#[test]
fn an_occupied_port_is_told_apart_by_who_holds_it() {
    let server = start();
    let mut wanted = options(chat_of(&server));
    wanted.ws_port = server.web().port();
    let error = Bridge::bind(wanted.clone()).err().expect("occupied");
    assert!(matches!(error, BridgeError::ServeIsThere(_)), "{error}");
    assert!(error.sentence(Lang::PtBr).contains("--web-port off"));
    let other = TcpListener::bind("127.0.0.1:0").expect("a port");
    wanted.ws_port = other.local_addr().expect("bound").port();
    let error = Bridge::bind(wanted).err().expect("occupied");
    assert!(matches!(error, BridgeError::Listen { .. }), "{error}");
    assert!(error.sentence(Lang::En).contains("--ws-port"));
}

#[test]
fn a_plain_request_is_told_what_is_spoken_here() {
    let server = start();
    let bridge = Bridged::to(chat_of(&server));
    let mut socket = std::net::TcpStream::connect(bridge.address).expect("connects");
    socket.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").expect("sends");
    let mut answer = String::new();
    socket.read_to_string(&mut answer).expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 426"), "{answer}");
    let refused = Client::try_ws(bridge.address, "/", &[("Origin", "http://evil.example")]).err().expect("refused");
    assert!(refused.starts_with("HTTP/1.1 403"), "{refused}");
    assert!(Client::try_ws(bridge.address, "/", &[("Origin", "null")]).is_ok());
}

#[test]
fn both_sides_of_the_bridge_may_be_encrypted() {
    let server = start_changed(|config| config.tls = Some(self_signed(PlainFor::Nobody)));
    let data = tempfile::tempdir().expect("a folder");
    let tls = Tls::start(&self_signed(PlainFor::Nobody), data.path(), &["localhost".into()]).expect("a certificate");
    let fingerprint = server.server.as_ref().and_then(|server| server.tls()).expect("it has TLS").fingerprint();
    let chat_tls = Some(ClientTls::for_frames(&Trust::Pinned(fingerprint)).expect("no file"));
    let bridge = Bridged::with(BridgeOptions { tls: Some(tls), chat_tls, ..options(chat_of(&server)) });
    let web = || Client::tls_ws(bridge.address, "/");
    let greeting = format!("[bridge] conectado ao chat TCP {}", chat_of(&server));
    let (mut ana, mut bob) = (web(), web());
    ana.expect(&greeting);
    bob.expect(&greeting);
    let (mut ana, mut bob) = (ana.named("Ana"), bob.named("Bob"));
    ana.expect("[SYS] Bob entrou em #geral.");
    // Both ways at once, more than the buffers hold.
    let long = "x".repeat(60_000);
    let count = 60;
    std::thread::scope(|scope| {
        let (long, speaker) = (&long, &mut bob);
        scope.spawn(move || {
            for n in 0..count {
                speaker.send(&format!("{n} {long}"));
            }
        });
        for n in 0..count {
            ana.expect(&format!("[#geral] Bob: {n} {long}"));
        }
    });
    ana.send("/quit");
    ana.read_until(|line| line == "[SYS] Até logo!");
    assert_eq!((ana.read(), ana.close_code, ana.link().was_torn), (None, Some(close::NORMAL), false));
    bob.read_until(|line| line == "[SYS] Ana saiu de #geral.");
    // Plain browsers are told; a drain says farewell.
    assert_eq!(Http::connect(bridge.address).request("GET", "/", &[]).status, 400);
    drop(bridge);
    let said = bob.read_to_end();
    assert!(said.iter().any(|line| line.starts_with("[bridge]")), "{said:?}");
    assert_eq!((bob.close_code, bob.link().was_torn), (Some(close::GOING_AWAY), false));
}

#[test]
fn a_chat_server_with_another_certificate_is_not_spoken_to() {
    let server = start_changed(|config| config.tls = Some(self_signed(PlainFor::All)));
    let wrong: Fingerprint = "ab".repeat(32).parse().expect("64 digits");
    for trust in [Trust::Pinned(wrong), Trust::System] {
        let chat_tls = Some(ClientTls::for_frames(&trust).expect("no file"));
        let bridge = Bridged::with(BridgeOptions { chat_tls, ..options(chat_of(&server)) });
        let mut web = bridge.client();
        let said = web.read_to_end();
        assert!(said.len() == 1 && said[0].starts_with("[bridge] não foi possível conectar"), "{said:?}");
        assert_eq!(web.close_code, Some(close::TRY_AGAIN_LATER));
    }
}

#[test]
fn the_chat_server_learns_who_is_behind_bridge_and_proxy() {
    let loopback: Trusted = [Network::Loopback].into_iter().collect();
    let server = start_changed(|config| {
        config.trusted = loopback.clone();
        config.limits.connections_per_address = 2;
    });
    let bridge = Bridged::with(BridgeOptions { trusted: loopback, send_proxy: true, ..options(chat_of(&server)) });
    let connect = |ip: &str, subprotocol: &[(&str, &str)]| {
        Client::try_ws(bridge.address, "/", &[&[("X-Forwarded-For", ip)], subprotocol].concat()).expect("a handshake")
    };
    let mut ana = connect("192.0.2.1", &[]);
    ana.expect(&format!("[bridge] conectado ao chat TCP {}", chat_of(&server)));
    let mut ana = ana.named("Ana");
    let mut program = connect("192.0.2.1", &[("Sec-WebSocket-Protocol", "papo.v1")]);
    program.send(r#"{"do":"hello","txn":1,"version":1,"nick":"Robo"}"#);
    assert!(program.read().expect("an answer").contains(r#""session""#));
    let mut third = connect("192.0.2.1", &[]);
    third.expect(&format!("[bridge] conectado ao chat TCP {}", chat_of(&server)));
    assert!(third.read().expect("a reason").starts_with("[ERRO]"), "the server counts by the client's address");
    let mut other = connect("192.0.2.2", &[]);
    other.expect(&format!("[bridge] conectado ao chat TCP {}", chat_of(&server)));
    let _other = other.named("Bob");
    server.output.wait_for("('192.0.2.1', 0)");
    server.output.wait_for("('192.0.2.2', 0)");
    ana.send("/quit");
    ana.read_to_end();
}

//! TLS under load and over time: slow readers, drains, and certificates that are renewed.

mod support;

use std::io::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use papo_proto::Lang;
use papo_server::{CertificateFrom, PlainFor, TlsConfig};
use papo_testkit::{Client, Http, Link, PATIENCE, Tls};
use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::pki_types::CertificateDer;
use socket2::SockRef;
use support::{Running, self_signed, start_changed};

/// Writes a new certificate and its key; returns the certificate.
fn renew(folder: &Path) -> CertificateDer<'static> {
    let CertifiedKey { cert, signing_key } = generate_simple_self_signed(["localhost".to_owned()]).expect("made");
    // As tools do it: a new file in the old one's place.
    for (name, text) in [("key.pem", signing_key.serialize_pem()), ("cert.pem", cert.pem())] {
        let new = folder.join(format!("{name}.new"));
        std::fs::write(&new, text).expect("written");
        std::fs::rename(new, folder.join(name)).expect("renamed");
    }
    cert.der().clone()
}

fn from_files(folder: &Path) -> TlsConfig {
    let (cert, key) = (folder.join("cert.pem"), folder.join("key.pem"));
    TlsConfig { certificate: CertificateFrom::Files { cert, key }, plain_for: PlainFor::All }
}

fn shown(server: &Running) -> CertificateDer<'static> {
    let link = Link::secure(server.address(), &Tls::default());
    link.session().and_then(|session| session.peer_certificates()).expect("shown")[0].clone()
}

#[test]
fn a_renewed_certificate_is_shown_to_who_comes_and_disturbs_nobody() {
    let folder = tempfile::tempdir().expect("a folder");
    let first = renew(folder.path());
    let server = start_changed(|config| {
        config.tls = Some(from_files(folder.path()));
        config.times.tls_reload_every = Duration::from_millis(20);
    });
    assert_eq!(shown(&server), first);
    let mut ana = server.tls().named("Ana");
    let mut bob = Client::tls_ws(server.web(), "/ws").named("Bob");
    ana.expect("[SYS] Bob entrou em #geral.");

    let second = renew(folder.path());
    let until = Instant::now() + PATIENCE;
    while shown(&server) != second {
        assert!(Instant::now() < until, "the new one is shown");
    }
    bob.send("ainda aqui");
    ana.expect("[#geral] Bob: ainda aqui");

    // One that cannot be read leaves the old one in place, and is told once.
    std::fs::write(folder.path().join("cert.pem"), "-----BEGIN half").expect("written");
    let running = server.server.as_ref().expect("it runs");
    let error = running.reload_tls().expect_err("it is broken");
    assert!(error.sentence(Lang::En).contains("cert.pem"), "{error}");
    assert_eq!(shown(&server), second);
    let third = renew(folder.path());
    running.reload_tls().expect("it is whole again");
    assert_eq!(shown(&server), third);
    ana.send("eu também");
    bob.expect("[#geral] Ana: eu também");

    // Browsers are told to insist, inside TLS only.
    let insists = |mut http: Http| http.request("GET", "/", &[]).header("strict-transport-security").map(str::to_owned);
    assert_eq!(insists(Http::tls(server.web())).as_deref(), Some("max-age=31536000"));
    assert_eq!(insists(Http::connect(server.web())), None);
}

#[test]
fn slow_readers_get_everything_in_order_however_little_they_take() {
    const READERS: usize = 12;
    const MESSAGES: usize = 300;
    let server = start_changed(|config| config.tls = Some(self_signed(PlainFor::All)));
    let mut ana = server.tls().named("Ana");
    let readers: Vec<Client> = (0..READERS)
        .map(|n| {
            let mut reader = if n % 3 == 0 { Client::tls_ws(server.web(), "/ws") } else { server.tls() };
            // What the kernel holds for it is soon full, so writes end in the middle of records.
            SockRef::from(&*reader.socket()).set_recv_buffer_size(8192).expect("a socket");
            reader.named(&format!("Leitor{n}"))
        })
        .collect();
    let long = "é".repeat(5_000);
    for number in 0..MESSAGES {
        // Short and long ones, so that records of all lengths are cut.
        let text = if number % 7 == 0 { long.as_str() } else { "curta" };
        ana.send(&format!("{number} {text}"));
    }
    std::thread::scope(|scope| {
        for mut reader in readers {
            let long = &long;
            scope.spawn(move || {
                for number in 0..MESSAGES {
                    let line = reader.read_until(|line| line.starts_with("[#geral] Ana: "));
                    let text = if number % 7 == 0 { long } else { "curta" };
                    assert_eq!(line, format!("[#geral] Ana: {number} {text}"));
                }
            });
        }
    });
}

#[test]
fn a_drain_says_farewell_to_everybody_inside_tls() {
    let mut server = start_changed(|config| config.tls = Some(self_signed(PlainFor::All)));
    let mut ana = server.tls().named("Ana");
    let mut bob = Client::tls_ws(server.web(), "/ws").named("Bob");
    let _halfway = std::net::TcpStream::connect(server.address()).expect("connects");
    server.drain();
    for client in [&mut ana, &mut bob] {
        let said = client.read_to_end();
        assert!(said.iter().any(|line| line.starts_with("[SYS] O servidor")), "{said:?}");
        assert!(!client.link().was_torn);
    }
    assert_eq!(bob.close_code, Some(1001));
}

#[test]
fn a_websocket_inside_tls_answers_pings_and_is_pinged() {
    let server = start_changed(|config| {
        config.tls = Some(self_signed(PlainFor::All));
        config.times.ping_every = Duration::from_millis(100);
        config.times.pong_within = Duration::from_millis(300);
    });
    let mut bob = Client::tls_ws(server.web(), "/ws").named("Bob");
    let until = Instant::now() + PATIENCE;
    while bob.pings < 3 {
        assert!(Instant::now() < until);
        let _ = bob.read_within(Duration::from_millis(50));
    }
    bob.send_frame(0x89, b"eco");
    while bob.pongs == 0 {
        assert!(Instant::now() < until);
        let _ = bob.read_within(Duration::from_millis(50));
    }
}

#[test]
fn what_comes_right_behind_a_handshake_is_not_lost() {
    let server = start_changed(|config| {
        config.tls = Some(self_signed(PlainFor::All));
        config.limits.flood = false;
    });
    let mut ana = server.tls().named("Ana");
    // Far more than HTTP reads at a time, in the same write as the request.
    let count = 400;
    let key = papo_proto::ws::client_key(*b"sixteen bytes :)");
    let mut bytes = format!(
        "GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n"
    )
    .into_bytes();
    let filling = "x".repeat(150);
    for n in 0..count {
        let text = if n == 0 { "/nick Bob".to_owned() } else { format!("{n} {filling}") };
        papo_proto::ws::encode_masked(papo_proto::ws::Opcode::Text, text.as_bytes(), [1, 6, 1, 8], &mut bytes);
    }
    let mut link = Link::secure(server.web(), &Tls::alpn("http/1.1"));
    link.write_all(&bytes).expect("sends");
    ana.expect("[SYS] Bob entrou em #geral.");
    for n in 1..count {
        ana.expect(&format!("[#geral] Bob: {n} {filling}"));
    }
}

//! What operators ask: is it there, is it ready, and what does it do.

mod support;

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use papo_proto::limits::MEMORY_STORE_MAX_BYTES;
use papo_proto::{Record, Stored};
use papo_server::{MetricsFor, PlainFor};
use papo_store::{MemoryStore, Reader, Recovered, Store, StoreError};
use papo_testkit::{Answer, Client, Http, Link, PATIENCE, Tls};
use papo_tls::{ClientTls, Failure, Trust};
use rustls::SupportedProtocolVersion;
use rustls::version::TLS12;
use support::{Running, self_signed, start, start_changed, start_with};

/// The older of the two versions alone.
static OLD: &[&SupportedProtocolVersion] = &[&TLS12];

fn get(server: &Running, path: &str) -> Answer {
    Http::connect(server.web()).request("GET", path, &[])
}

/// The value of a metric without labels, or with exactly these.
fn value(server: &Running, name: &str) -> f64 {
    let text = get(server, "/metrics").text();
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' ').map(str::to_owned));
    line.and_then(|value| value.parse().ok()).unwrap_or_else(|| panic!("no {name} in:\n{text}"))
}

/// A store that is full while it is told to be.
struct Fillable {
    inner: MemoryStore,
    full: AtomicBool,
}

impl Store for Fillable {
    fn recover(&self) -> Result<Recovered, StoreError> {
        self.inner.recover()
    }
    fn commits_inline(&self) -> bool {
        false
    }
    fn commit(&self, batch: &[Record]) -> Result<Vec<Stored>, StoreError> {
        if self.full.load(Ordering::SeqCst) { Err(StoreError::Full) } else { self.inner.commit(batch) }
    }
    fn reader(&self) -> Result<Box<dyn Reader>, StoreError> {
        self.inner.reader()
    }
}

#[test]
fn what_happens_is_counted() {
    let server = start();
    let mut ana = server.tcp().named("Ana");
    let mut bob = server.tcp().named("Bob");
    ana.expect("[SYS] Bob entrou em #geral.");
    for _ in 0..3 {
        bob.send("oi");
        ana.expect("[#geral] Bob: oi");
    }
    bob.send("/dance");
    bob.read().expect("an error");
    let answer = get(&server, "/metrics");
    assert_eq!(answer.header("content-type"), Some("text/plain; version=0.0.4; charset=utf-8"));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert_eq!(value(&server, "papo_messages_total").round() as u64, 3);
    assert_eq!(value(&server, "papo_sessions").round() as u64, 2);
    assert_eq!(value(&server, "papo_rooms").round() as u64, 1);
    // Ana was told of Bob, and of what he said.
    assert!(value(&server, "papo_deliveries_total") >= 4.0);
    assert!(value(&server, "papo_connections") >= 2.0);
    assert!(value(&server, "papo_backlog_bytes") > 0.0);
    assert!(value(&server, "papo_commit_seconds_count") >= 3.0);
    assert_eq!(value(&server, r#"papo_rejects_total{code="2010",name="bad_argument"}"#).round() as u64, 1);
    let text = get(&server, "/metrics").text();
    assert!(!text.contains("Ana") && !text.contains("geral"), "nobody's name is a label:\n{text}");
}

/// Waits until a metric has this value.
fn comes_to(server: &Running, name: &str, expected: u64) {
    let until = Instant::now() + PATIENCE;
    while value(server, name).round() as u64 != expected {
        assert!(Instant::now() < until, "{name} is {}, not {expected}", value(server, name));
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn handshakes(version: &str) -> String {
    format!("papo_tls_handshakes_total{{version=\"{version}\"}}")
}

fn unfinished(reason: &str) -> String {
    format!("papo_tls_handshake_failures_total{{reason=\"{reason}\"}}")
}

#[test]
fn secure_connections_are_counted_while_they_are_there() {
    let server = start_changed(|config| config.tls = Some(self_signed(PlainFor::All)));
    let _plain = server.tcp().named("Plana");
    let ana = server.tls().named("Ana");
    // It goes to HTTP and comes back with its TLS.
    let bob = Client::tls_ws(server.web(), "/ws").named("Bob");
    let old = Tls { versions: OLD, ..Tls::default() };
    let old = Client::over_link(Link::secure(server.address(), &old)).named("Velha");
    let http = Http::tls(server.web());
    for (name, expected) in
        [("papo_tls_connections", 4), (&handshakes("1.3"), 3), (&handshakes("1.2"), 1), ("papo_sessions", 4)]
    {
        comes_to(&server, name, expected);
    }
    drop((ana, old));
    comes_to(&server, "papo_tls_connections", 2);
    drop((bob, http));
    comes_to(&server, "papo_tls_connections", 0);
    comes_to(&server, &handshakes("1.3"), 3);
}

#[test]
fn handshakes_that_come_to_nothing_are_counted_once_by_their_reason() {
    let server = start_changed(|config| {
        config.tls = Some(self_signed(PlainFor::All));
        config.times.handshake = Duration::from_millis(300);
    });
    let connect = || TcpStream::connect(server.address()).expect("connects");
    let mut hello = Vec::new();
    Tls::default().session().write_tls(&mut hello).expect("memory takes all");
    let reasons = ["timeout", "hung_up", "refused", "not_tls", "protocol"];
    let mut expected = [0; 5];
    let mut expect_one_more = |reason: &str| {
        let at = reasons.iter().position(|known| *known == reason).expect("a reason");
        expected[at] += 1;
        for (reason, expected) in reasons.iter().zip(expected) {
            comes_to(&server, &unfinished(reason), expected);
        }
    };

    connect().write_all(&hello).expect("sends");
    expect_one_more("hung_up");
    let half = connect();
    (&half).write_all(&hello[..hello.len() / 2]).expect("sends");
    expect_one_more("timeout");
    let unanswered = connect();
    (&unanswered).write_all(&hello).expect("sends");
    expect_one_more("timeout");
    let http = connect();
    (&http).write_all(b"\x16GET / HTTP/1.1\r\n\r\n").expect("sends");
    expect_one_more("not_tls");
    let broken = connect();
    (&broken).write_all(b"\x16\x03\x01\x00\x05\x01\x00\x00\x01\x00").expect("sends");
    expect_one_more("protocol");
    Link::try_secure(connect(), &Tls::alpn("h2")).err().expect("nobody speaks that");
    expect_one_more("protocol");
    // What the client says when it does not take the certificate.
    let mut careful = ClientTls::for_frames(&Trust::System).expect("no file").line("localhost").expect("a name");
    let mut socket = connect();
    socket.set_read_timeout(Some(PATIENCE)).expect("a socket");
    let mut buffer = vec![0; 64 * 1024];
    let mut failure = None;
    while failure.is_none() {
        socket.write_all(careful.unsent()).expect("sends");
        careful.was_sent(careful.unsent().len());
        let held = careful.held();
        let read = socket.read(&mut buffer[held..]).expect("an answer");
        assert!(read > 0, "the server speaks");
        failure = careful.open(&mut buffer[..held + read], &mut Vec::new()).err();
    }
    assert!(matches!(failure, Some(Failure::Distrust(_))), "{failure:?}");
    socket.write_all(careful.unsent()).expect("sends");
    expect_one_more("refused");

    for (name, expected) in [("papo_tls_connections", 0), (&handshakes("1.3"), 0), (&handshakes("1.2"), 0)] {
        comes_to(&server, name, expected);
    }
}

#[test]
fn metrics_are_for_whom_the_operator_says() {
    let server = start_changed(|config| config.metrics = MetricsFor::Nobody);
    assert_eq!(get(&server, "/metrics").status, 403);
    let server = start_changed(|config| config.metrics = MetricsFor::All);
    assert_eq!(get(&server, "/metrics").status, 200);
}

#[test]
fn ready_is_not_said_while_the_disk_is_full() {
    let store = Arc::new(Fillable { inner: MemoryStore::new(MEMORY_STORE_MAX_BYTES), full: AtomicBool::new(false) });
    let server = start_with(|_| {}, store.clone());
    let mut ana = server.tcp().named("Ana");
    let mut bob = server.tcp().named("Bob");
    ana.expect("[SYS] Bob entrou em #geral.");
    assert_eq!((get(&server, "/healthz").text().as_str(), get(&server, "/readyz").status), ("ok\n", 200));
    store.full.store(true, Ordering::SeqCst);
    bob.send("um");
    assert!(bob.read().expect("an answer").starts_with("[ERRO] O disco do servidor está cheio"));
    assert_eq!((get(&server, "/healthz").status, get(&server, "/readyz").status), (200, 503));
    store.full.store(false, Ordering::SeqCst);
    bob.send("dois");
    ana.expect("[#geral] Bob: dois");
    assert_eq!(get(&server, "/readyz").status, 200);
    assert_eq!(value(&server, "papo_commit_failures_total").round() as u64, 1);
}

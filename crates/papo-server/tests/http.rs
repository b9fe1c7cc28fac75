//! HTTP on both ports: the page and its headers, what is refused and why, and how long anybody may take.

mod support;

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use papo_proto::limits::HTTP_CONNECTIONS;
use papo_proto::ws::{self, Opcode};
use papo_testkit::{Answer, Client, Http, PATIENCE};
use support::{Running, start, start_changed};

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
    font-src 'self'; manifest-src 'self'; connect-src 'self' ws: wss:; base-uri 'none'; form-action 'none'; \
    frame-ancestors 'none'";
const PERMISSIONS: &str = "camera=(), display-capture=(), geolocation=(), hid=(), microphone=(), midi=(), payment=(), \
    serial=(), usb=()";
/// How long a client may say nothing useful in tests of that.
const IDLE: Duration = Duration::from_millis(500);
/// A step of somebody who sends little by little.
const STEP: Duration = Duration::from_millis(20);

/// Names and values, as they are sent.
type Headers<'a> = &'a [(&'a str, &'a str)];

fn get(addr: SocketAddr, path: &str, headers: Headers<'_>) -> Answer {
    Http::connect(addr).request("GET", path, headers)
}

fn both_ports(server: &Running) -> [SocketAddr; 2] {
    [server.server.as_ref().expect("it runs").address(), server.web()]
}

/// A server that waits for nobody.
fn hasty() -> Running {
    start_changed(|config| config.times.http_idle = IDLE)
}

/// Somebody else's conversation goes on.
fn chat_works(server: &Running) {
    let mut ana = server.tcp().named("Ana");
    let mut bob = server.tcp().named("Bob");
    ana.expect("[SYS] Bob entrou em #geral.");
    bob.send("oi");
    ana.expect("[#geral] Bob: oi");
}

#[test]
fn every_answer_is_strict_on_both_ports() {
    let server = start();
    for addr in both_ports(&server) {
        for (method, path, status) in [
            ("GET", "/", 200),
            ("HEAD", "/", 200),
            ("GET", "/nothing/here", 404),
            ("GET", "/../Cargo.toml", 404),
            ("GET", "/%2e%2e/Cargo.toml", 404),
            ("POST", "/", 405),
            ("DELETE", "/index.html", 405),
            ("OPTIONS", "/ws", 426),
            ("GET", "/ws", 426),
            ("GET", "/api/nothing", 404),
            ("POST", "/api/nothing", 404),
        ] {
            let answer = Http::connect(addr).request(method, path, &[]);
            assert_eq!(answer.status, status, "{method} {path}: {}", answer.head);
            for (name, value) in [
                ("content-security-policy", POLICY),
                ("x-content-type-options", "nosniff"),
                ("referrer-policy", "no-referrer"),
                ("permissions-policy", PERMISSIONS),
                ("cross-origin-opener-policy", "same-origin"),
                ("cross-origin-resource-policy", "same-origin"),
                ("server", "papo"),
            ] {
                assert_eq!(answer.header(name), Some(value), "{method} {path}: {name}");
            }
        }
    }
    let refused = Http::connect(server.web()).request("POST", "/", &[]);
    assert_eq!((refused.header("allow"), refused.header("connection")), (Some("GET, HEAD"), Some("close")));
    assert_eq!(get(server.web(), "/ws", &[]).header("upgrade"), Some("websocket"));
}

#[test]
fn the_page_or_how_to_build_it() {
    let server = start();
    let mut http = Http::connect(server.web());
    let page = http.request("GET", "/", &[]);
    let head = http.request("HEAD", "/", &[]);
    assert_eq!(head.header("content-length"), page.header("content-length"));
    if page.header("content-type") == Some("text/plain; charset=utf-8") {
        assert!(page.text().contains("cargo xtask build"), "{}", page.text());
        return;
    }
    assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
    assert_eq!(page.header("cache-control"), Some("no-cache"));
    let tag = page.header("etag").expect("a tag");
    for (known, status) in [(tag, 304), (&format!("\"x\", W/{tag}"), 304), ("*", 304), ("\"x\"", 200)] {
        // On one connection: an answer without a body leaves nothing behind.
        let again = http.request("GET", "/", &[("If-None-Match", known)]);
        assert_eq!((again.status, again.header("etag")), (status, Some(tag)), "{known}");
        assert_eq!(again.header("content-security-policy"), Some(POLICY));
    }
    let text = page.text();
    let asset = text.split('"').find(|part| part.contains("assets/") && part.contains(".js")).expect("a script");
    let script = http.request("GET", asset.trim_start_matches('.'), &[]);
    assert_eq!((script.status, script.header("content-type")), (200, Some("text/javascript; charset=utf-8")));
    assert_eq!(script.header("cache-control"), Some("public, max-age=31536000, immutable"));
    assert!(!text.contains("<style") && !text.contains("onload="), "nothing is inline: {text}");
}

#[test]
fn a_handshake_with_a_mistake_is_told_which() {
    let server = start();
    let (upgrade, connection) = (("Upgrade", "websocket"), ("Connection", "keep-alive, Upgrade"));
    let (version, key) = (("Sec-WebSocket-Version", "13"), ("Sec-WebSocket-Key", "c2l4dGVlbiBieXRlcyA6KQ=="));
    let table: &[(&str, Headers<'_>, u16)] = &[
        ("GET", &[upgrade, connection, version, key], 101),
        ("GET", &[("Upgrade", "WebSocket"), ("Connection", "UPGRADE"), version, key], 101),
        ("GET", &[upgrade, version, key], 400),
        ("GET", &[upgrade, ("Connection", "keep-alive"), version, key], 400),
        ("GET", &[upgrade, connection, ("Sec-WebSocket-Version", "8"), key], 426),
        ("GET", &[upgrade, connection, key], 426),
        ("GET", &[upgrade, connection, version], 400),
        ("GET", &[upgrade, connection, version, ("Sec-WebSocket-Key", "c2hvcnQ=")], 400),
        ("POST", &[upgrade, connection, version, key], 400),
        ("GET", &[connection, version, key], 426),
    ];
    for addr in both_ports(&server) {
        for (method, headers, status) in table {
            let answer = Http::connect(addr).request(method, "/ws", headers);
            assert_eq!(answer.status, *status, "{method} {headers:?}: {}", answer.head);
        }
    }
    let old = get(server.web(), "/", &[upgrade, connection, ("Sec-WebSocket-Version", "8"), key]);
    assert_eq!((old.status, old.header("sec-websocket-version")), (426, Some("13")));
}

#[test]
fn strangers_names_and_pages_are_refused() {
    let server = start_changed(|config| config.origins = vec!["intranet.example".into()]);
    let (addr, port) = (server.web(), server.web().port());
    for (host, status) in [
        (format!("localhost:{port}"), 200),
        (format!("127.0.0.1:{port}"), 200),
        ("[::1]".into(), 200),
        ("papo.example".into(), 421),
        (format!("127.0.0.1.example:{port}"), 421),
    ] {
        assert_eq!(get(addr, "/", &[("Host", &host)]).status, status, "{host}");
        assert_eq!(Client::try_ws(addr, "/", &[("Host", &host)]).is_ok(), status == 200, "{host}");
    }
    for (origin, taken) in [
        ("null".to_owned(), false),
        (format!("http://{addr}"), true),
        ("https://intranet.example".into(), true),
        (format!("http://localhost:{port}"), false),
        ("http://evil.example".into(), false),
        ("file://".into(), false),
    ] {
        let answer = Client::try_ws(addr, "/ws", &[("Origin", &origin)]);
        match answer {
            Ok(_) => assert!(taken, "{origin}"),
            Err(head) => assert!(!taken && head.starts_with("HTTP/1.1 403"), "{origin}: {head}"),
        }
    }
    let open = start_changed(|config| (config.host, config.web_host) = ("0.0.0.0".into(), "0.0.0.0".into()));
    let here = SocketAddr::from(([127, 0, 0, 1], open.web().port()));
    assert_eq!(get(here, "/", &[("Host", "papo.example")]).status, 200, "every name leads to an open server");
    assert!(Client::try_ws(here, "/ws", &[("Origin", "null")]).is_ok(), "a page that was opened as a file");
}

#[test]
fn what_comes_with_the_handshake_is_not_lost() {
    let server = start();
    for addr in both_ports(&server) {
        let mut bytes = format!(
            "GET / HTTP/1.1\r\nHost: {addr}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: c2l4dGVlbiBieXRlcyA6KQ==\r\n\r\n"
        )
        .into_bytes();
        for line in ["/nick Ana", "/who", "/quit"] {
            ws::encode_masked(Opcode::Text, line.as_bytes(), [4, 3, 2, 1], &mut bytes);
        }
        let mut http = Http::connect(addr);
        http.send(bytes).expect("sends");
        assert_eq!(http.answer(false).status, 101);
        let mut ana = http.into_ws();
        let lines = ana.read_to_end();
        assert_eq!(
            lines[1..],
            ["[SYS] Seu nome agora é Ana. Você entrou em #geral.", "[SYS] Em #geral (1):\n- Ana", "[SYS] Até logo!"]
        );
        assert_eq!(ana.close_code, Some(ws::close::NORMAL));
    }
}

#[test]
fn who_says_nothing_useful_is_closed() {
    let server = hasty();
    for addr in both_ports(&server) {
        for begin in ["GET / HT", "GET / HTTP/1.1\r\nHost: localhost\r\n", "GE"] {
            let mut slow = Http::connect(addr);
            slow.send(begin).expect("sends");
            assert!(slow.read_to_close(PATIENCE).is_some(), "{begin:?} on {addr}");
        }
        let mut idle = Http::connect(addr);
        assert_eq!(idle.request("GET", "/", &[]).status, 200);
        assert!(idle.closed(), "a connection that is kept for nothing on {addr}");
    }
    assert!(Http::connect(server.web()).closed(), "the web port never speaks first");
    chat_works(&server);
}

#[test]
fn little_by_little_gains_no_time() {
    let server = hasty();
    let mut slow = Http::connect(server.web());
    slow.send("GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ").expect("sends");
    // Many times over the limit, each step well within it.
    let steps = 20 * (IDLE.as_millis() / STEP.as_millis());
    let closed = (0..steps).any(|_| slow.read_to_close(STEP).is_some() || slow.send("x").is_err());
    assert!(closed);
    chat_works(&server);
}

#[test]
fn heads_have_a_size() {
    let server = start();
    let long = "x".repeat(20 * 1024);
    let many: Vec<(String, String)> = (0..200).map(|n| (format!("X-{n}"), n.to_string())).collect();
    let many: Vec<(&str, &str)> = many.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    for headers in [&[("X-Long", long.as_str())][..], &many] {
        let mut http = Http::connect(server.web());
        assert_eq!(http.request("GET", "/", headers).status, 431);
        assert!(http.read_to_close(PATIENCE).is_some());
    }
    for nonsense in ["GET\r\n\r\n", "GET / HTTP/1.1\r\nHost\r\n\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"] {
        let mut http = Http::connect(server.web());
        http.send(nonsense).expect("sends");
        assert!(http.read_to_close(PATIENCE).is_some(), "{nonsense:?}");
    }
    chat_works(&server);
}

#[test]
fn over_so_many_connections_the_next_is_told_to_come_back() {
    let server = start();
    let open = |_| {
        let mut http = Http::connect(server.web());
        http.send("GET / HTTP/1.1\r\n").expect("sends");
        http
    };
    let mut all: Vec<Http> = (0..HTTP_CONNECTIONS + 3).map(open).collect();
    // Each of the two shards hands its own over in their order, so one of its last is too many.
    let until = Instant::now() + PATIENCE;
    let mut look = || all.iter_mut().rev().take(6).find_map(|http| Some((http.read_to_close(STEP)?, http.was_reset)));
    let refused = std::iter::repeat_with(&mut look).take_while(|_| Instant::now() < until).flatten().next();
    let (said, was_reset) = refused.expect("one is refused");
    let said = String::from_utf8(said).expect("text");
    assert!(said.starts_with("HTTP/1.1 503 ") && said.contains("Retry-After: 10"), "{said}");
    assert!(!was_reset, "a reset may eat what is said");
    chat_works(&server);
    drop(all);
    let answer = || Http::connect(server.web()).request("GET", "/", &[]).status;
    assert!((0..1000).any(|_| answer() == 200), "there is a place again");
}

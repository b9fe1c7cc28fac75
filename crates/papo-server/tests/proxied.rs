//! Clients behind a proxy: whose word about them counts, and what their address is then used for.

mod support;

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use papo_proto::proxy::encode;
use papo_server::PlainFor;
use papo_server::trusted::{Network, Trusted};
use papo_testkit::{Client, Http, Link, PATIENCE, Tls};
use socket2::{Domain, Socket, Type};
use support::{Running, self_signed, start_changed};

/// Where strangers connect from; the proxy is at 127.0.0.1.
const STRANGER: [u8; 4] = [127, 0, 0, 2];
const V1: &str = "PROXY TCP4 192.0.2.1 198.51.100.2 56324 443\r\n";

/// A server that trusts 127.0.0.1, with two connections for each address.
fn start() -> Running {
    start_with_places(2)
}

/// The same with so many: one that has just ended may have its place for a moment still.
fn start_with_places(places: usize) -> Running {
    start_changed(|config| {
        config.trusted = trusted("127.0.0.1");
        config.limits.connections_per_address = places;
        config.times.http_idle = Duration::from_secs(2);
    })
}

fn trusted(network: &str) -> Trusted {
    [network.parse::<Network>().expect("a network")].into_iter().collect()
}

fn both_ports(server: &Running) -> [SocketAddr; 2] {
    [server.server.as_ref().expect("it runs").address(), server.web()]
}

/// Connects from an address of this machine.
fn connect_from(from: [u8; 4], to: SocketAddr) -> TcpStream {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).expect("a socket");
    socket.bind(&SocketAddr::from((from, 0)).into()).expect("an address of loopback");
    socket.connect(&to.into()).expect("connects");
    let socket = TcpStream::from(socket);
    socket.set_read_timeout(Some(PATIENCE)).expect("a socket");
    socket
}

/// Connects as a proxy does that says `header`.
fn behind(header: &[u8], to: SocketAddr) -> TcpStream {
    let mut socket = TcpStream::connect(to).expect("connects");
    socket.set_nodelay(true).expect("a socket");
    socket.set_read_timeout(Some(PATIENCE)).expect("a socket");
    socket.write_all(header).expect("sends");
    socket
}

/// A text client there, who speaks first: the web port never does.
fn text_behind(header: &[u8], to: SocketAddr) -> Client {
    let mut client = Client::over(behind(header, to));
    client.send("");
    client
}

fn v2(client: &str) -> Vec<u8> {
    encode(client.parse().expect("an address"), "198.51.100.2:443".parse().expect("an address"), false)
}

/// All that comes until the server closes.
fn read_to_close(mut socket: TcpStream) -> String {
    let mut all = Vec::new();
    let _ = socket.read_to_end(&mut all);
    String::from_utf8_lossy(&all).into_owned()
}

#[test]
fn a_proxys_header_says_who_is_there() {
    let server = start_with_places(16);
    for (n, header) in [V1.as_bytes().to_vec(), v2("192.0.2.1:56324"), v2("[2001:db8::7]:9")].iter().enumerate() {
        for addr in both_ports(&server) {
            let name = format!("Ana{n}");
            let mut text = text_behind(header, addr).named(&name);
            text.send("/quit");
            assert_eq!(text.read_to_end().last().map(String::as_str), Some("[SYS] Até logo!"));
            let mut http = behind(header, addr);
            http.write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").expect("sends");
            assert!(read_to_close(http).ends_with("ok\n"));
        }
    }
    server.output.wait_for("('192.0.2.1', 56324)");
    server.output.wait_for("('2001:db8::7', 9)");
    let told = server.output.text();
    assert!(!told.contains("127.0.0.1', "), "nobody came from the proxy itself: {told}");
}

#[test]
fn a_header_may_come_byte_by_byte_and_with_what_follows() {
    let server = start();
    for addr in both_ports(&server) {
        let mut socket = behind(b"", addr);
        for byte in v2("192.0.2.1:1") {
            socket.write_all(&[byte]).expect("sends");
            // Its own packet, so that the server sees the header in every state.
            std::thread::sleep(Duration::from_millis(1));
        }
        let mut ana = Client::over(socket);
        ana.send("/quit");
        assert_eq!(ana.read_to_end().last().map(String::as_str), Some("[SYS] Até logo!"));
        let frame = [V1.as_bytes(), &[0, 0, 0, 5], b"/quit"].concat();
        let said = Client::over(behind(&frame, addr)).read_to_end();
        assert_eq!(said.last().map(String::as_str), Some("[SYS] Até logo!"));
    }
}

#[test]
fn a_silent_client_behind_a_proxy_is_welcomed() {
    let server = start();
    let [tcp, _] = both_ports(&server);
    let mut silent = Client::over(behind(V1.as_bytes(), tcp));
    assert!(silent.read().expect("a welcome").starts_with("[SYS]"));
}

#[test]
fn a_stranger_has_no_say() {
    let server = start();
    for addr in both_ports(&server) {
        for header in [V1.as_bytes().to_vec(), v2("192.0.2.1:56324")] {
            let mut socket = connect_from(STRANGER, addr);
            socket.write_all(&header).expect("sends");
            assert_eq!(read_to_close(socket), "");
        }
    }
    // What is behind the header is the client's: it can name nobody else.
    let twice = [v2("192.0.2.1:1"), v2("192.0.2.9:1")].concat();
    for addr in both_ports(&server) {
        assert_eq!(read_to_close(behind(&twice, addr)), "");
        let twice = [v2("127.0.0.1:1"), v2("192.0.2.9:1")].concat();
        assert_eq!(read_to_close(behind(&twice, addr)), "", "not even a trusted one");
    }
    let _ana = text_behind(b"", server.web()).named("Ana");
    server.output.wait_for("('127.0.0.1', ");
    let told = server.output.text();
    assert!(!told.contains("192.0.2"), "{told}");
}

#[test]
fn what_is_no_header_after_all_is_closed() {
    let server = start();
    let endless = format!("PROXY TCP4 {}", "1".repeat(200));
    let huge = [&v2("192.0.2.1:1")[..14], &[0xFF, 0xFF]].concat();
    for addr in both_ports(&server) {
        for header in [b"PROXY TCP9 1 2 3 4\r\n".as_slice(), endless.as_bytes(), &huge] {
            assert_eq!(read_to_close(behind(header, addr)), "");
        }
        // Half a header has its time, and no more.
        assert_eq!(read_to_close(behind(&v2("192.0.2.1:1")[..20], addr)), "");
    }
    server.tcp().named("Ana").send("/quit");
}

#[test]
fn a_local_header_is_the_proxy_itself() {
    let server = start();
    let [tcp, _] = both_ports(&server);
    let mut local = v2("192.0.2.1:56324");
    local[12] = 0x20;
    let _one = Client::over(behind(&local, tcp)).named("Ana");
    let _two = Client::over(behind(b"PROXY UNKNOWN\r\n", tcp)).named("Bob");
    server.output.wait_for("('127.0.0.1', ");
    assert!(!server.output.text().contains("192.0.2.1"));
}

#[test]
fn each_client_has_its_own_places_on_both_ports() {
    let server = start();
    let [tcp, web] = both_ports(&server);
    let one = text_behind(V1.as_bytes(), tcp).named("Ana");
    let _two = text_behind(V1.as_bytes(), web).named("Bob");
    assert!(read_to_close(behind(V1.as_bytes(), tcp)).contains("[ERRO]"), "a third has no place");
    assert!(read_to_close(behind(V1.as_bytes(), web)).starts_with("HTTP/1.1 503"));
    let by_http = |ip: &str| Client::try_ws(web, "/ws", &[("X-Forwarded-For", ip)]);
    assert!(by_http("192.0.2.1").is_err_and(|head| head.starts_with("HTTP/1.1 503")));
    let _other = by_http("192.0.2.2").expect("another client").named("Eva");
    drop(one);
    let mut tries = std::iter::repeat_with(|| by_http("192.0.2.1"));
    let back = tries.by_ref().take(1000).find_map(Result::ok);
    let _back = back.expect("its place is free again").named("Ana");
}

#[test]
fn a_websocket_comes_from_whom_the_proxy_names() {
    let server = start();
    let headers = [("Forwarded", "for=\"[2001:db8::1]:4711\";proto=https")];
    let _ana = Client::try_ws(server.web(), "/ws", &headers).expect("a handshake").named("Ana");
    server.output.wait_for("('2001:db8::1', 4711)");
    let quarrel = [("Forwarded", "for=127.0.0.1"), ("X-Forwarded-For", "192.0.2.1")];
    let refused = Client::try_ws(server.web(), "/ws", &quarrel);
    assert!(refused.is_err_and(|head| head.starts_with("HTTP/1.1 400")));
}

#[test]
fn who_speaks_tls_behind_a_proxy_and_finds_no_place_reads_an_alert() {
    let server = start_changed(|config| {
        config.trusted = trusted("127.0.0.1");
        config.limits.connections_per_address = 0;
        config.tls = Some(self_signed(PlainFor::All));
    });
    let mut opening = v2("192.0.2.1:1");
    Tls::default().session().write_tls(&mut opening).expect("memory takes all");
    for addr in both_ports(&server) {
        let mut told = Vec::new();
        behind(&opening, addr).read_to_end(&mut told).expect("it is told, and closed in order");
        assert_eq!(told, [21, 3, 3, 0, 2, 2, 80]);
    }
}

#[test]
fn metrics_are_not_for_strangers_behind_a_proxy_of_this_machine() {
    let metrics = |server: &Running, headers: &[(&str, &str)]| {
        Http::connect(server.web()).request("GET", "/metrics", headers).status
    };
    for server in [start(), start_changed(|_| {})] {
        assert_eq!(metrics(&server, &[]), 200);
        assert_eq!(metrics(&server, &[("X-Forwarded-For", "192.0.2.1")]), 403);
        assert_eq!(metrics(&server, &[("Forwarded", "for=unknown")]), 403);
    }
    assert_eq!(metrics(&start(), &[("X-Forwarded-For", "127.0.0.1")]), 200, "a trusted proxy says so");
    assert_eq!(metrics(&start_changed(|_| {}), &[("X-Forwarded-For", "127.0.0.1")]), 403, "anybody says so");
}

#[test]
fn behind_the_header_may_be_tls_and_inside_tls_no_header() {
    let server = start_changed(|config| {
        config.trusted = trusted("127.0.0.1");
        config.tls = Some(self_signed(PlainFor::ThisMachine));
    });
    for addr in both_ports(&server) {
        let link = Link::try_secure(behind(V1.as_bytes(), addr), &Tls::default()).expect("a handshake");
        let mut ana = Client::over_link(link);
        ana.send("/quit");
        assert_eq!(ana.read_to_end().last().map(String::as_str), Some("[SYS] Até logo!"));
        let mut inside = Link::try_secure(behind(b"", addr), &Tls::default()).expect("a handshake");
        inside.write_all(V1.as_bytes()).expect("sends");
        let mut all = Vec::new();
        let _ = inside.read_to_end(&mut all);
        assert_eq!(String::from_utf8_lossy(&all), "");
        // Who is behind the proxy is not this machine: plain text is not for them.
        let mut plain = Client::over(behind(V1.as_bytes(), addr));
        plain.send("/quit");
        assert!(plain.read().expect("a reason").starts_with("[ERRO]"));
    }
    server.output.wait_for("('192.0.2.1', 56324)");
}

#[test]
fn a_password_is_taken_where_the_proxy_says_that_its_line_is_encrypted() {
    let server = start_with_places(16);
    let address: SocketAddr = "192.0.2.9:5000".parse().expect("an address");
    for (n, is_secure) in [false, true].into_iter().enumerate() {
        let header = encode(address, "198.51.100.2:443".parse().expect("an address"), is_secure);
        let to = both_ports(&server)[0];
        let mut text = text_behind(&header, to).named(&format!("Ana{n}"));
        text.send("/register um bom segredo");
        let said = text.read().expect("an answer");
        assert_eq!(said.starts_with("[SYS]"), is_secure, "{said}");
    }
}

#[test]
fn a_password_is_not_taken_by_a_proxy_that_nobody_has_declared() {
    let refused = "[ERRO] Esta conexão não é cifrada";
    let [open, declared] = [start_changed(|_| {}), start()];
    let answer = |server: &Running, headers: &[(&str, &str)]| {
        let mut ana = Client::try_ws(server.web(), "/ws", headers).expect("a handshake").named("Ana");
        ana.send("/register uma senha comprida");
        ana.read().expect("an answer")
    };
    let https = [("X-Forwarded-For", "192.0.2.1"), ("X-Forwarded-Proto", "https")];
    assert!(answer(&open, &https).starts_with(refused), "whoever is there may have said so");
    assert!(answer(&declared, &https[..1]).starts_with(refused), "the client speaks plain text");
    for (server, headers) in [(&declared, &https[..]), (&open, &[])] {
        let said = answer(server, headers);
        assert!(!said.starts_with(refused), "{said}");
    }
}

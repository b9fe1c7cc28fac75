//! WebSocket as RFC 6455 has it, with peers that keep its rules and peers that do not.

mod support;

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use papo_proto::limits;
use papo_proto::ws::{self, Opcode, close};
use papo_testkit::{Client, PATIENCE};
use support::{Running, start, start_changed};

/// A frame's first byte: the last of its message, or one that others follow.
const TEXT: u8 = 0x81;
const TEXT_BEGINS: u8 = 0x01;
const GOES_ON: u8 = 0x00;
const ENDS: u8 = 0x80;
const BINARY: u8 = 0x82;
const CLOSE: u8 = 0x88;
const PING: u8 = 0x89;
const PONG: u8 = 0x8A;

/// Somebody on TCP who watches, and somebody on WebSocket, both in `#geral`.
fn pair(server: &Running) -> (Client, Client) {
    let mut ana = server.tcp().named("Ana");
    let bob = server.ws().named("Bob");
    ana.expect("[SYS] Bob entrou em #geral.");
    (ana, bob)
}

/// The next frame from the server, below the client's decoder: its first byte and its payload.
fn raw_frame(socket: &mut TcpStream) -> (u8, Vec<u8>) {
    socket.set_read_timeout(Some(PATIENCE)).expect("a socket");
    let mut head = [0; 2];
    socket.read_exact(&mut head).expect("a frame");
    assert!(head[1] < 126, "a short frame without a mask");
    let mut payload = vec![0; usize::from(head[1])];
    socket.read_exact(&mut payload).expect("its payload");
    (head[0], payload)
}

#[test]
fn a_message_may_come_in_fragments_with_control_frames_between() {
    let server = start();
    let (mut ana, mut bob) = pair(&server);
    bob.send_frame(TEXT_BEGINS, "Olá a t".as_bytes());
    bob.send_frame(PING, b"ainda?");
    bob.send_frame(GOES_ON, b"");
    bob.send_frame(PONG, b"nobody asked");
    // A character that the fragments tear apart.
    bob.send_frame(GOES_ON, &"odos é".as_bytes()[..6]);
    bob.send_frame(ENDS, &["é".as_bytes()[1..].to_vec(), b"\nfim".to_vec()].concat());
    ana.expect("[#geral] Bob: Olá a todos é\nfim");
    bob.send("/who");
    bob.expect("[SYS] Em #geral (2):\n- Ana\n- Bob");
    assert_eq!(bob.pongs, 1);
}

#[test]
fn a_ping_is_answered_with_what_it_held() {
    let server = start();
    let mut bob = server.ws();
    bob.send_frame(PING, b"");
    bob.send_frame(PING, &[7; limits::WS_CONTROL_MAX_BYTES]);
    let socket = bob.socket();
    let mut pongs = Vec::new();
    while pongs.len() < 2 {
        let (first, payload) = raw_frame(socket);
        if first == PONG {
            pongs.push(payload);
        } else {
            assert_eq!(first, TEXT, "the welcome");
        }
    }
    assert_eq!(pongs, [vec![], vec![7; limits::WS_CONTROL_MAX_BYTES]]);
}

#[test]
fn who_answers_pings_stays_and_who_does_not_is_closed() {
    let server = start_changed(|config| {
        config.times.ping_every = Duration::from_millis(100);
        // Time enough for Bob, who answers only while he reads.
        config.times.pong_within = Duration::from_secs(1);
    });
    let (mut ana, mut bob) = pair(&server);
    let mut mute = server.ws().named("Mudo");
    mute.answers_pings = false;
    ana.expect("[SYS] Mudo entrou em #geral.");
    bob.expect("[SYS] Mudo entrou em #geral.");
    let mut told = None;
    // Bob reads, and so answers, until he is told that the other is gone.
    while told.is_none() {
        told = bob.read_within(PATIENCE).expect("in time");
    }
    assert_eq!(told.as_deref(), Some("[SYS] Mudo perdeu a conexão."));
    ana.expect("[SYS] Mudo perdeu a conexão.");
    assert!(bob.pings >= 2, "{}", bob.pings);
    assert_eq!(mute.read_to_end(), [""; 0]);
    bob.send("oi");
    ana.expect("[#geral] Bob: oi");
}

#[test]
fn a_close_is_answered_and_told_as_leaving() {
    let server = start();
    let mut ana = server.tcp().named("Ana");
    for payload in [&[][..], &close::NORMAL.to_be_bytes(), &[0x03, 0xE9, b't', b'a', b'b']] {
        let mut bob = server.ws().named("Bob");
        ana.expect("[SYS] Bob entrou em #geral.");
        bob.send_frame(CLOSE, payload);
        ana.expect("[SYS] Bob saiu de #geral.");
        assert_eq!(bob.read_to_end(), [""; 0]);
        assert_eq!(bob.close_code, Some(close::NORMAL));
    }
}

#[test]
fn a_connection_that_breaks_off_is_told_as_lost() {
    let server = start();
    let mut ana = server.tcp().named("Ana");
    for way in [Client::reset, drop] {
        let bob = server.ws().named("Bob");
        ana.expect("[SYS] Bob entrou em #geral.");
        way(bob);
        ana.expect("[SYS] Bob perdeu a conexão.");
    }
    let carol = server.tcp().named("Carol");
    ana.expect("[SYS] Carol entrou em #geral.");
    carol.reset();
    ana.expect("[SYS] Carol perdeu a conexão.");
}

#[test]
fn who_breaks_the_rules_is_told_which_and_closed() {
    let server = start();
    let mut ana = server.tcp().named("Ana");
    let mut unmasked = Vec::new();
    ws::encode(Opcode::Text, b"oi", &mut unmasked);
    let masked = |first, payload: &[u8]| {
        let mut bytes = Vec::new();
        ws::encode_masked(Opcode::Text, payload, [1, 2, 3, 4], &mut bytes);
        bytes[0] = first;
        bytes
    };
    let huge = [&[TEXT, 0xFF][..], &(limits::FRAME_MAX_BYTES as u64 + 1).to_be_bytes(), &[0; 4]].concat();
    let too_big = "[ERRO] Quadro grande demais (o limite é 8 MiB) ou protocolo desconhecido; encerrando a conexão.";
    for (what, bytes, code, said) in [
        ("no mask", unmasked, close::PROTOCOL, None),
        ("binary", masked(BINARY, b"oi"), close::UNSUPPORTED, None),
        ("a reserved bit", masked(0xC1, b"oi"), close::PROTOCOL, None),
        ("an unknown opcode", masked(0x83, b"oi"), close::PROTOCOL, None),
        ("an end without a beginning", masked(ENDS, b"oi"), close::PROTOCOL, None),
        ("two beginnings", [masked(TEXT_BEGINS, b"a"), masked(TEXT, b"b")].concat(), close::PROTOCOL, None),
        ("a torn ping", masked(0x09, b"oi"), close::PROTOCOL, None),
        ("a long ping", masked(PING, &[0; limits::WS_CONTROL_MAX_BYTES + 1]), close::PROTOCOL, None),
        ("over eight MiB", huge, close::TOO_BIG, Some(too_big)),
    ] {
        let mut bob = server.ws().named("Bob");
        ana.expect("[SYS] Bob entrou em #geral.");
        bob.socket().write_all(&bytes).expect("sends");
        let lines = bob.read_to_end();
        assert_eq!(lines, said.into_iter().collect::<Vec<_>>(), "{what}");
        assert_eq!(bob.close_code, Some(code), "{what}");
        ana.expect("[SYS] Bob perdeu a conexão.");
    }
}

#[test]
fn a_message_over_the_limit_is_refused_once_and_the_connection_goes_on() {
    let server = start();
    let (mut ana, mut bob) = pair(&server);
    let refused = "[ERRO] Mensagem grande demais (o limite é 64 KiB); ela não foi enviada.";
    bob.send(&"x".repeat(limits::MESSAGE_MAX_BYTES + 1));
    bob.expect(refused);
    // In fragments, none of which is too long by itself.
    let part = vec![b'y'; limits::MESSAGE_MAX_BYTES / 2];
    bob.send_frame(TEXT_BEGINS, &part);
    for _ in 0..5 {
        bob.send_frame(GOES_ON, &part);
    }
    bob.send_frame(ENDS, &part);
    bob.expect(refused);
    let largest = "z".repeat(limits::MESSAGE_MAX_BYTES);
    bob.send(&largest);
    ana.expect(&format!("[#geral] Bob: {largest}"));
}

#[test]
fn what_people_type_is_kept_and_what_is_no_text_replaced() {
    let server = start();
    let (mut ana, mut bob) = pair(&server);
    for (sent, shown) in [
        (&b"a\xff\xfeb"[..], "a\u{FFFD}\u{FFFD}b"),
        (b"um\ndois\r\ntr\xc3\xaas", "um\ndois\ntrês"),
        (b"\xf0\x9f\x91\x8b", "👋"),
    ] {
        bob.send_bytes(sent);
        ana.expect(&format!("[#geral] Bob: {shown}"));
    }
    bob.send("");
    bob.send(" \n ");
    ana.send("👋\nsim");
    bob.expect("[#geral] Ana: 👋\nsim");
}

#[test]
fn a_browser_is_welcomed_in_its_language() {
    let server = start();
    for (accepted, begin) in [
        (Some("en-US,en;q=0.9"), "[SYS] Welcome to Papo!"),
        (Some("pt-BR,pt;q=0.9,en;q=0.8"), "[SYS] Boas-vindas ao Papo!"),
        (Some("fr,en;q=0.3"), "[SYS] Welcome to Papo!"),
        (Some("ja"), "[SYS] Boas-vindas ao Papo!"),
        (None, "[SYS] Boas-vindas ao Papo!"),
    ] {
        let headers: Vec<(&str, &str)> = accepted.map(|list| ("Accept-Language", list)).into_iter().collect();
        let mut client = Client::try_ws(server.web(), "/ws", &headers).expect("the handshake is taken");
        let welcome = client.read().expect("a welcome");
        assert!(welcome.starts_with(begin), "{accepted:?}: {welcome}");
    }
}

#[test]
fn half_a_message_is_closed_after_a_while() {
    let server = start_changed(|config| config.times.half_frame = Duration::from_millis(200));
    let mut ana = server.tcp().named("Ana");
    let begun = |bob: &mut Client| bob.send_frame(TEXT_BEGINS, b"meia");
    let torn = |bob: &mut Client| bob.socket().write_all(&[TEXT, 0x85, 1, 2]).expect("sends");
    for half in [&begun as &dyn Fn(&mut Client), &torn] {
        let mut bob = server.ws().named("Bob");
        ana.expect("[SYS] Bob entrou em #geral.");
        half(&mut bob);
        ana.expect("[SYS] Bob perdeu a conexão.");
        assert_eq!(bob.read(), None);
    }
}

#[test]
fn a_drain_tells_a_browser_to_come_back() {
    let mut server = start();
    let (mut ana, mut bob) = pair(&server);
    bob.send("até");
    ana.expect("[#geral] Bob: até");
    server.drain();
    let goodbye = "[SYS] O servidor está sendo desligado e volta em breve. Até logo!";
    assert_eq!(ana.read_to_end(), [goodbye]);
    assert_eq!(bob.read_to_end(), [goodbye]);
    assert_eq!(bob.close_code, Some(close::GOING_AWAY));
}

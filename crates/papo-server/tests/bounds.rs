//! The list of bad input and bounds, line by line, over real sockets.

mod support;

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::{Duration, Instant};

use papo_proto::limits;
use papo_store::MemoryStore;
use papo_testkit::{Client, PATIENCE};
use support::{Running, start, start_changed, start_with};

/// Two people in `#geral` who have read everything so far.
fn pair(server: &Running) -> (Client, Client) {
    let mut ana = server.tcp().named("Ana");
    let bob = server.tcp().named("Bob");
    ana.expect("[SYS] Bob entrou em #geral.");
    (ana, bob)
}

#[test]
fn a_frame_over_eight_mib_ends_the_connection_with_a_reason() {
    let server = start();
    let (mut ana, mut bob) = pair(&server);
    bob.socket().write_all(&(8 * 1024 * 1024 + 1_u32).to_be_bytes()).expect("sends");
    assert!(bob.read().expect("a reason").starts_with("[ERRO] Quadro grande demais"));
    assert_eq!(bob.read(), None);
    ana.expect("[SYS] Bob perdeu a conexão.");
}

#[test]
fn what_is_no_frame_at_all_is_told_and_closed() {
    let server = start();
    let mut telnet = server.tcp();
    telnet.socket().write_all(b"hello there\r\n").expect("sends");
    assert!(telnet.read().expect("a reason").starts_with("[ERRO]"));
    assert_eq!(telnet.read(), None);
}

#[test]
fn other_protocols_are_told_apart() {
    let server = start();
    let address = server.server.as_ref().expect("it runs").address();
    for (first, answer) in
        [("NICK ana\r\n", "ERROR :"), ("SSH-2.0-x\r\n", "Papo does not speak SSH"), ("\x16\x03\x01", "")]
    {
        let mut socket = TcpStream::connect(address).expect("connects");
        socket.set_read_timeout(Some(PATIENCE)).expect("a socket");
        socket.write_all(first.as_bytes()).expect("sends");
        let mut text = String::new();
        let _ = socket.read_to_string(&mut text);
        assert!(text.starts_with(answer), "{first:?}: {text:?}");
    }
}

#[test]
fn a_message_over_the_limit_is_refused_and_the_connection_goes_on() {
    let server = start();
    let (mut ana, mut bob) = pair(&server);
    bob.send(&"x".repeat(limits::MESSAGE_MAX_BYTES + 1));
    bob.expect("[ERRO] Mensagem grande demais (o limite é 64 KiB); ela não foi enviada.");
    let largest = "y".repeat(limits::MESSAGE_MAX_BYTES);
    bob.send(&largest);
    ana.expect(&format!("[#geral] Bob: {largest}"));
}

#[test]
fn empty_frames_mean_nothing_and_broken_utf8_is_replaced() {
    let server = start();
    let (mut ana, mut bob) = pair(&server);
    bob.send("");
    bob.send(" \r\n ");
    bob.send_bytes(b"a\xff\xfeb");
    ana.expect("[#geral] Bob: a\u{FFFD}\u{FFFD}b");
}

#[test]
fn what_steers_a_terminal_reaches_nobody() {
    let server = start();
    let (mut ana, mut bob) = pair(&server);
    bob.send("a\u{1b}[2Jb\u{7}c\u{202E}d\r\ne\u{9b}f\tg");
    ana.expect("[#geral] Bob: a[2Jbcd\nef\tg");
    bob.send("/nick Bob\u{1b}[31m");
    assert!(bob.read().expect("an answer").starts_with("[ERRO] O nome não pode ter"));
    bob.send("/\u{1b}[31mx");
    bob.expect("[ERRO] Não conheço /[31mx. Digite /help para ver os comandos.");
}

#[test]
fn half_a_frame_is_closed_after_a_while_and_a_slow_whole_one_is_not() {
    let server = start_changed(|config| config.times.half_frame = Duration::from_millis(300));
    let (mut ana, mut bob) = pair(&server);
    ana.socket().write_all(&[0, 0, 0, 5, b'o', b'l']).expect("sends");
    let began = Instant::now();
    assert_eq!(ana.read(), None);
    assert!(began.elapsed() >= Duration::from_millis(250));
    bob.expect("[SYS] Ana perdeu a conexão.");
    bob.send("/who");
    bob.expect("[SYS] Em #geral (1):\n- Bob");
}

#[test]
fn over_the_rate_a_connection_is_read_later_and_told_once() {
    let server = start_changed(|config| config.limits.flood = true);
    let (mut ana, mut bob) = pair(&server);
    let lines: Vec<String> = (0..30).map(|n| n.to_string()).collect();
    let began = Instant::now();
    bob.send_all(lines.iter().map(String::as_str));
    for line in &lines {
        ana.expect(&format!("[#geral] Bob: {line}"));
    }
    // One of the burst went to `/nick`: eleven wait, five a second.
    assert!(began.elapsed() > Duration::from_secs(2), "{:?}", began.elapsed());
    bob.send("/quit");
    let told = bob.read_to_end();
    assert_eq!(told.iter().filter(|line| line.contains("rápido demais")).count(), 1, "{told:?}");
}

#[test]
fn a_reader_that_does_not_read_costs_little_and_gets_the_rest_with_a_count() {
    let store = Arc::new(MemoryStore::new(256 * 1024 * 1024));
    let server = start_with(|config| config.limits.backlog_bytes = 256 * 1024, store);
    let mut slow = server.tcp().named("Lento");
    let mut ana = server.tcp().named("Ana");
    slow.expect("[SYS] Ana entrou em #geral.");
    // The other reader keeps the sender honest: it must get everything at once.
    let mut bob = server.tcp().named("Bob");
    let total = 3_000;
    let text = "z".repeat(8_000);
    for n in 0..total {
        ana.send(&format!("{n} {text}"));
        bob.expect(&format!("[#geral] Ana: {n} {text}"));
    }
    ana.send("/quit");
    ana.read_until(|line| line == "[SYS] Até logo!");
    bob.expect("[SYS] Ana saiu de #geral.");
    let engine = server.server.as_ref().expect("it runs").engine().clone();
    assert!(engine.decide(None, |hub, _| hub.backlog_bytes()) <= 256 * 1024);
    // Now it reads: first without a gap, at last the number that is missing, then the newest.
    let mut next = 0;
    let mut left_out = 0;
    loop {
        let line = slow.read().expect("more");
        if let Some(rest) = line.strip_prefix("[#geral] Ana: ") {
            let n: usize = rest.split(' ').next().and_then(|n| n.parse().ok()).expect("a number");
            assert_eq!(n, next + left_out, "nothing is repeated, nothing is missing unsaid");
            next += 1;
        } else if line.contains("ficaram de fora") {
            let count = line.split(' ').nth(1).and_then(|n| n.parse::<usize>().ok());
            left_out += count.expect("a count");
        } else if line.contains("Ana saiu") {
            break;
        }
        if next + left_out == total {
            break;
        }
    }
    assert!(left_out > 0, "{next} were delivered");
    assert!(next > limits::CATCH_UP_MAX_LINES);
}

#[test]
fn a_connection_that_takes_no_byte_is_closed() {
    let server = start_changed(|config| {
        config.times.write_stall = Duration::from_millis(300);
        config.limits.backlog_bytes = 64 * 1024;
    });
    let mut stuck = server.tcp().named("Parado");
    let mut ana = server.tcp().named("Ana");
    let text = "z".repeat(32_000);
    ana.send("/who");
    loop {
        ana.send(&text);
        match ana.read_within(Duration::from_millis(5)) {
            Ok(Some(line)) if line.contains("Parado perdeu a conexão") => break,
            Ok(None) => panic!("closed"),
            _ => {}
        }
    }
    while stuck.read().is_some() {}
}

#[test]
fn who_vanishes_with_much_still_to_be_read_frees_its_name() {
    let server = start_changed(|config| {
        config.limits.flood = true;
        config.times.write_stall = Duration::from_millis(500);
    });
    let mut ana = server.tcp().named("Ana");
    // At its rate all this would take minutes.
    let lines: Vec<String> = (0..1_000).map(|n| n.to_string()).collect();
    for (name, reset) in [("Bob", true), ("Eva", false)] {
        let mut gone = server.tcp().named(name);
        ana.read_until(|line| line == format!("[SYS] {name} entrou em #geral."));
        gone.send_all(lines.iter().map(String::as_str));
        ana.read_until(|line| line == format!("[#geral] {name}: 3"));
        if reset {
            gone.reset();
        } else {
            gone.shut_down_writing();
        }
        ana.read_until(|line| line == format!("[SYS] {name} perdeu a conexão."));
    }
}

#[test]
fn what_was_sent_before_a_hasty_close_is_read_at_its_rate() {
    let server = start_changed(|config| config.limits.flood = true);
    let mut ana = server.tcp().named("Ana");
    let mut bob = server.tcp().named("Bob");
    let lines: Vec<String> = (0..30).map(|n| n.to_string()).collect();
    bob.send_all(lines.iter().map(String::as_str));
    ana.read_until(|line| line == "[#geral] Bob: 3");
    // It closes with unread notices, so its peer sees a reset and not an orderly end.
    bob.reset();
    for line in &lines[4..] {
        ana.expect(&format!("[#geral] Bob: {line}"));
    }
    ana.expect("[SYS] Bob perdeu a conexão.");
}

#[test]
fn answers_to_pings_do_not_keep_half_a_message_alive() {
    let server = start_changed(|config| config.times.half_frame = Duration::from_millis(400));
    let mut ana = server.ws().named("Ana");
    // The first fragment of a message that never ends.
    ana.socket().write_all(&[0x01, 0x82, 0, 0, 0, 0, b'o', b'i']).expect("sends");
    let began = Instant::now();
    loop {
        if ana.socket().write_all(&[0x8A, 0x80, 0, 0, 0, 0]).is_err() {
            break;
        }
        match ana.read_within(Duration::from_millis(50)) {
            Ok(None) => break,
            _ => assert!(began.elapsed() < PATIENCE, "it is still open"),
        }
    }
}

#[test]
fn a_browser_that_never_reads_its_answers_is_given_up() {
    let server = start_changed(|config| config.times.http_idle = Duration::from_millis(400));
    let mut socket = TcpStream::connect(server.web()).expect("connects");
    socket.set_write_timeout(Some(Duration::from_millis(100))).expect("a socket");
    let request = b"GET /nothing HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(100);
    let began = Instant::now();
    loop {
        match socket.write(&request) {
            Err(error) if !matches!(error.kind(), std::io::ErrorKind::WouldBlock) => break,
            _ => assert!(began.elapsed() < PATIENCE, "it is still served"),
        }
    }
}

#[test]
fn an_address_has_its_share_of_connections() {
    // Loopback is exempt, so this only shows that the exemption holds end to end; the share itself
    // is tested beside `Admission`.
    let server = start_changed(|config| config.limits.connections_per_address = 2);
    let clients: Vec<Client> = (0..5).map(|_| server.tcp()).collect();
    for mut client in clients {
        assert!(client.read().is_some());
    }
}

#[test]
fn twenty_rooms_an_hour() {
    let server = start_changed(|config| config.limits.flood = true);
    let mut clients: Vec<Client> = (0..3).map(|_| server.tcp()).collect();
    for (at, client) in clients.iter_mut().enumerate() {
        client.read().expect("a welcome");
        for n in 0..7 {
            client.send(&format!("/create s{at}x{n}"));
            let answer = client.read().expect("an answer");
            assert_eq!(answer.contains("criada"), at * 7 + n < 20, "{answer}");
        }
    }
}

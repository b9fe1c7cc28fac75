//! `papo serve` as people run it: what it says, how it stops, and that nobody who does not read stalls it.

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::time::{Duration, Instant};

use papo_testkit::{Client, Http, Papo};

const GOODBYE: &str = "[SYS] O servidor está sendo desligado e volta em breve. Até logo!";
/// A stop takes no longer.
const STOP: Duration = Duration::from_secs(5);
/// WebSocket's code for a server that goes away.
const GOING_AWAY: u16 = 1001;

fn program() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_papo"))
}

fn port_of(client: &mut Client) -> u16 {
    client.socket().local_addr().expect("connected").port()
}

/// Waits for the end that was asked for at `asked`, and sees that all is as it should be after it.
fn assert_stopped(mut server: Papo, asked: Instant) {
    let (status, _) = server.wait();
    assert_eq!(status.code(), Some(0));
    assert!(asked.elapsed() < STOP, "{:?}", asked.elapsed());
    // The ports are free at once: for anybody, and for the next server.
    let ports = [server.tcp(), server.web()];
    for port in ports {
        TcpListener::bind(port).expect("the port is free");
    }
    let [tcp, web] = ports.map(|port| port.port().to_string());
    let next = Papo::serve(program(), &["--port", &tcp, "--web-port", &web]);
    assert_eq!([next.tcp(), next.web()], ports);
    let _ana = Client::tcp(next.tcp()).named("Ana");
}

#[test]
fn the_output_is_in_the_operators_language() {
    let portuguese = [
        "[ESCUTANDO] Servidor em 127.0.0.1:TCP",
        "[ESCUTANDO] Página em http://127.0.0.1:WEB/",
        "[NOVA CONEXÃO] ('127.0.0.1', ANA) conectado.",
        "[NOVA CONEXÃO] ('127.0.0.1', BOB) conectado.",
        "[CONEXÃO ENCERRADA] ('127.0.0.1', BOB) desconectado.",
        "[ENCERRANDO] Avisando os clientes…",
        "[CONEXÃO ENCERRADA] ('127.0.0.1', ANA) desconectado.",
        "[ENCERRADO] Até logo!",
    ];
    let english = [
        "[LISTENING] Server at 127.0.0.1:TCP",
        "[LISTENING] Page at http://127.0.0.1:WEB/",
        "[NEW CONNECTION] ('127.0.0.1', ANA) connected.",
        "[NEW CONNECTION] ('127.0.0.1', BOB) connected.",
        "[CONNECTION CLOSED] ('127.0.0.1', BOB) disconnected.",
        "[STOPPING] Telling the clients…",
        "[CONNECTION CLOSED] ('127.0.0.1', ANA) disconnected.",
        "[STOPPED] See you!",
    ];
    for (lang, welcome, expected) in [("pt-BR", "[SYS] Boas-vindas", portuguese), ("en", "[SYS] Welcome", english)] {
        let data = tempfile::tempdir().expect("a folder");
        let mut command = std::process::Command::new(program());
        command.args(["serve", "--lang", lang, "--port", "0", "--web-port", "0", "--data"]).arg(data.path());
        let mut server = Papo::start(&mut command);
        let mut said = vec![server.line(), server.line()];
        let address = |line: &str| -> SocketAddr {
            let address = line.trim_end_matches('/').rsplit([' ', '/']).next().expect("its last word");
            address.parse().expect("an address")
        };
        let (tcp, web) = (address(&said[0]), address(&said[1]));
        let mut ana = Client::tcp(tcp);
        assert!(ana.read().expect("a welcome").starts_with(welcome), "sessions begin in the server's language");
        let mut bob = Client::ws(web, "/ws");
        assert!(bob.read().expect("a welcome").starts_with(welcome));
        bob.send("/quit");
        while bob.read().is_some() {}
        said.extend([server.line(), server.line(), server.line()]);
        server.interrupt();
        while ana.read().is_some() {}
        said.extend(server.rest().lines().map(str::to_owned));
        let numbers =
            [("TCP", tcp.port()), ("WEB", web.port()), ("ANA", port_of(&mut ana)), ("BOB", port_of(&mut bob))];
        let expected = expected.map(|line| {
            numbers.iter().fold(line.to_owned(), |line, (name, port)| line.replace(name, &port.to_string()))
        });
        assert_eq!(said, expected);
        assert_eq!(server.wait().0.code(), Some(0));
    }
}

#[test]
fn ipv6_is_shown_as_people_write_it() {
    if TcpListener::bind("[::1]:0").is_err() {
        return; // A machine without IPv6.
    }
    let mut server = Papo::serve(program(), &["--host", "::1", "--web-host", "::1"]);
    assert!(server.tcp().is_ipv6() && server.web().is_ipv6());
    let mut ana = Client::tcp(server.tcp()).named("Ana");
    assert_eq!(server.line(), format!("[NOVA CONEXÃO] ('::1', {}) conectado.", port_of(&mut ana)));
    assert_eq!(Http::connect(server.web()).request("GET", "/", &[]).status, 200);
}

#[test]
fn either_signal_drains() {
    for ask in [Papo::interrupt, Papo::terminate] {
        let server = Papo::serve(program(), &[]);
        let mut ana = Client::tcp(server.tcp()).named("Ana");
        let mut bob = Client::ws(server.web(), "/ws").named("Bob");
        ana.expect("[SYS] Bob entrou em #geral.");
        // Somebody who has said nothing yet, and browsers in the middle of something.
        let mut silent = Client::tcp(server.tcp());
        let mut idle = Http::connect(server.web());
        assert_eq!(idle.request("GET", "/", &[]).status, 200);
        let mut half = Http::connect(server.web());
        half.send("GET / HTTP/1.1\r\nHo").expect("sends");
        ana.send("última palavra");
        bob.expect("[#geral] Ana: última palavra");
        let asked = Instant::now();
        ask(&server);
        assert_eq!(ana.read_to_end(), [GOODBYE]);
        assert_eq!(bob.read_to_end(), [GOODBYE]);
        assert_eq!(bob.close_code, Some(GOING_AWAY));
        // Either it was welcomed in time or it was nobody yet.
        assert!(silent.read_to_end().last().is_none_or(|last| last == GOODBYE));
        assert_stopped(server, asked);
    }
}

#[test]
fn five_hundred_are_all_told() {
    let server = Papo::serve(program(), &[]);
    let mut clients: Vec<Client> = (0..500)
        .map(|n| match n % 2 {
            0 => Client::tcp(server.tcp()),
            _ => Client::ws(server.web(), "/ws"),
        })
        .collect();
    for (n, client) in clients.iter_mut().enumerate() {
        client.send(&format!("/nick Gente{n}"));
    }
    for (n, client) in clients.iter_mut().enumerate() {
        client.read_until(|line| line == format!("[SYS] Seu nome agora é Gente{n}. Você entrou em #geral."));
    }
    let asked = Instant::now();
    server.terminate();
    for (n, client) in clients.iter_mut().enumerate() {
        let lines = client.read_to_end();
        assert_eq!(lines.last().map(String::as_str), Some(GOODBYE), "{n}");
        assert_eq!(client.close_code, (n % 2 == 1).then_some(GOING_AWAY), "{n}");
    }
    // They keep their ends open: nothing of them may hold the ports.
    assert_stopped(server, asked);
}

#[test]
fn who_does_not_read_keeps_no_stop_waiting() {
    let server = Papo::serve(program(), &["--flood", "off"]);
    let _deaf = [Client::tcp(server.tcp()).named("Lento"), Client::ws(server.web(), "/").named("Parado")];
    let mut ana = Client::tcp(server.tcp()).named("Ana");
    // More than the system's buffers of a connection hold.
    let text = "z".repeat(60_000);
    for _ in 0..300 {
        ana.send(&text);
    }
    ana.send("/who");
    ana.expect("[SYS] Em #geral (3):\n- Ana\n- Lento\n- Parado");
    let asked = Instant::now();
    server.interrupt();
    assert_eq!(ana.read_to_end(), [GOODBYE]);
    assert_stopped(server, asked);
}

#[test]
fn who_asks_twice_is_in_a_hurry() {
    let mut server = Papo::serve(program(), &["--flood", "off"]);
    let deaf = Client::tcp(server.tcp()).named("Lento");
    let mut ana = Client::tcp(server.tcp()).named("Ana");
    let text = "z".repeat(60_000);
    for _ in 0..300 {
        ana.send(&text);
    }
    ana.send("/who");
    ana.expect("[SYS] Em #geral (2):\n- Ana\n- Lento");
    server.interrupt();
    assert_eq!(ana.read_to_end(), [GOODBYE]);
    // The other still has something to take, so it would wait.
    server.interrupt();
    assert_eq!(server.wait().0.code(), Some(130));
    drop(deaf);
}

/// Somebody connects, leaves, and is told about on the output.
fn pass_by(addr: SocketAddr) {
    let mut client = Client::tcp(addr);
    client.send("/quit");
    assert_eq!(client.read_to_end().len(), 2);
}

#[test]
fn output_that_nobody_reads_stalls_nobody() {
    let mut server = Papo::serve(program(), &[]);
    let mut ana = Client::tcp(server.tcp()).named("Ana");
    // Two lines for each: more than a pipe holds (64 KiB), and then more than wait for it.
    for _ in 0..3_500 {
        pass_by(server.tcp());
    }
    ana.send("/who");
    ana.expect("[SYS] Em #geral (1):\n- Ana");
    let asked = Instant::now();
    server.terminate();
    assert_eq!(ana.read_to_end(), [GOODBYE]);
    let (status, _) = server.wait();
    assert_eq!(status.code(), Some(0));
    assert!(asked.elapsed() < STOP, "{:?}", asked.elapsed());
    // What it had said is whole lines.
    let said = server.rest();
    let (whole, _cut) = said.rsplit_once('\n').expect("lines");
    assert!(
        whole.lines().all(|line| line.starts_with("[NOVA CONEXÃO] (") || line.starts_with("[CONEXÃO ENCERRADA] ("))
    );
}

#[test]
fn output_that_is_read_late_says_what_it_left_out() {
    let mut server = Papo::serve(program(), &[]);
    let passers = 3_500;
    for _ in 0..passers {
        pass_by(server.tcp());
    }
    // Some room is made: the next line to come is preceded by the number of those that had none.
    for _ in 0..passers / 2 {
        assert!(server.line().ends_with('.'));
    }
    pass_by(server.tcp());
    let mut told = passers / 2;
    let mut left_out = 0;
    while told + left_out < 2 * (passers + 1) {
        let line = server.line();
        match line.strip_prefix("[SAÍDA] ").and_then(|rest| rest.split(' ').next()) {
            Some(count) => left_out += count.parse::<usize>().expect("a number"),
            None if line.ends_with("conectado.") => told += 1,
            None => panic!("{line:?} after {told} and {left_out}"),
        }
    }
    assert_eq!(told + left_out, 2 * (passers + 1), "each line is told or counted");
    assert!(left_out > 0);
}

#[test]
fn output_that_is_closed_stalls_nobody() {
    let mut server = Papo::serve(program(), &[]);
    server.close_output();
    for _ in 0..50 {
        pass_by(server.tcp());
    }
    let mut ana = Client::tcp(server.tcp()).named("Ana");
    let asked = Instant::now();
    server.interrupt();
    assert_eq!(ana.read_to_end(), [GOODBYE]);
    assert_stopped(server, asked);
}

#[test]
fn a_server_that_was_killed_leaves_the_port_to_the_next() {
    let mut server = Papo::serve(program(), &[]);
    let mut ana = Client::tcp(server.tcp()).named("Ana");
    server.kill();
    server.wait();
    assert_eq!(ana.read(), None);
    let port = server.tcp().port().to_string();
    let next = Papo::serve(program(), &["--port", &port]);
    assert!(TcpStream::connect(next.tcp()).is_ok());
}

#[test]
fn a_new_folder_has_a_link_for_its_first_administrator() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_papo"));
    command.args(["serve", "--port", "0", "--web-port", "0", "--lang", "en", "--data"]).arg(folder.path());
    let mut server = Papo::start(&mut command);
    let said: Vec<String> = (0..3).map(|_| server.any_line()).collect();
    let file = folder.path().join("first-admin.txt");
    assert!(said[2].starts_with("[ADMINISTRATION] ") && said[2].ends_with(&file.display().to_string()), "{said:?}");
    let page = said[1].rsplit(' ').next().expect("an address");
    let text = std::fs::read_to_string(&file).expect("there");
    assert!(text.contains(&format!("{page}#invite=")), "{text}");
}

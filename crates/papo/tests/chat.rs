//! The terminal client as people have it: the real program on a pseudo-terminal or a pipe, with a real server.

#[path = "chat/people.rs"]
mod people;
#[path = "chat/screen.rs"]
mod screen;
#[path = "chat/terminal.rs"]
mod terminal;

use std::fmt::Write as _;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use papo_testkit::{Client, PATIENCE, Papo};
use terminal::Terminal;

const NAME_QUESTION: &str = "Informe seu nome de usuário:";
const LOST: &str = "[ERRO] O servidor";

fn program() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_papo"))
}

/// A server that takes as many frames as come.
fn server() -> Papo {
    Papo::serve(program(), &["--flood", "off"])
}

fn chat(server: SocketAddr, args: &[&str]) -> Command {
    let mut command = Command::new(program());
    command.args(["chat", "--lang", "pt-BR", "--host", "127.0.0.1", "--port", &server.port().to_string()]);
    command.args(args).env("TERM", "xterm-256color").env_remove("NO_COLOR");
    command
}

/// Both ways to speak to a server.
const DIALECTS: [&[&str]; 2] = [&[], &["--text"]];

/// Somebody at a terminal who has given a name and is in `#geral`.
fn person(server: &Papo, name: &str) -> Terminal {
    person_with(server, name, &[])
}

/// The same in a dialect of theirs.
fn person_with(server: &Papo, name: &str, dialect: &[&str]) -> Terminal {
    let mut terminal = Terminal::run(chat(server.tcp(), &[dialect, &["--nick", name]].concat()));
    terminal.wait_for_begin(&format!("[SYS] Seu nome agora é {name}."));
    terminal.wait_until(|rows| rows.last().is_some_and(|row| row == "Você:"));
    terminal
}

/// Somebody with a plain client in `#geral`.
fn friend(server: &Papo, name: &str) -> Client {
    Client::tcp(server.tcp()).named(name).joined("geral")
}

#[test]
fn the_documents_example_between_two_terminals() {
    let server = server();
    let [mut alice, mut bob] = ["Alice", "Bob"].map(|name| {
        let mut terminal = Terminal::run(chat(server.tcp(), &[]));
        terminal.wait_for(&format!("[OK] Conectado a {}", server.tcp()));
        terminal.wait_until(|rows| rows.last().is_some_and(|row| row == NAME_QUESTION));
        terminal.press(&format!("{name}\r"));
        terminal.wait_for(&format!("{NAME_QUESTION} {name}"));
        terminal.wait_for_begin(&format!("[SYS] Seu nome agora é {name}."));
        terminal.press("/join #geral\r");
        terminal.wait_for("Você: /join #geral");
        terminal.wait_for_end(&["[SYS] Você entrou em #geral.", "Você:"]);
        terminal
    });
    alice.wait_for("[SYS] Bob entrou em #geral.");
    alice.press("Olá a todos!\r");
    bob.wait_for_end(&["[#geral] Alice: Olá a todos!", "Você:"]);
    alice.wait_for_end(&["Você: Olá a todos!", "Você:"]);
    assert!(!alice.rows().contains(&"[#geral] Alice: Olá a todos!".to_owned()), "no echo");

    let mut carol = Terminal::run(chat(server.tcp(), &["--nick", "Carol", "--room", "jogos"]));
    carol.wait_for_end(&["[SYS] Você entrou em #jogos.", "Você:"]);
    carol.press("Alguém para jogar?\r");
    carol.press("/quit\r");
    assert_eq!(carol.end(), 0);
    bob.press("sair\r");
    assert_eq!(bob.end(), 0);
    alice.wait_for("[SYS] Bob saiu de #geral.");
    assert!(!alice.rows().iter().any(|row| row.contains("jogar")));
}

#[test]
fn what_arrives_does_not_tear_the_line_being_typed() {
    let server = server();
    let mut bob = friend(&server, "Bob");
    let mut alice = person(&server, "Alice");
    alice.press("meio ca");
    alice.wait_for_end(&["Você: meio ca"]);
    bob.send("oi");
    alice.wait_for_end(&["[#geral] Bob: oi", "Você: meio ca"]);
    bob.send("um\n[#geral] Ana: dois\n[SYS] três");
    alice.wait_for_end(&["[#geral] Bob: um", "  [#geral] Ana: dois", "  [SYS] três", "Você: meio ca"]);
    alice.press("minho\r");
    bob.read_until(|line| line == "[#geral] Alice: meio caminho");

    // The same with a line that fills more than a row of the terminal.
    let long = "palavra ".repeat(15);
    alice.press(&long);
    alice.wait_until(|rows| rows.concat().contains(long.trim_end()));
    bob.send("e agora?");
    alice.wait_until(|rows| rows.iter().any(|row| row == "[#geral] Bob: e agora?"));
    alice.press("fim\r");
    bob.read_until(|line| line == format!("[#geral] Alice: {long}fim"));
}

#[test]
fn under_much_traffic_every_line_is_whole_and_in_order() {
    const THEIRS: usize = 3000;
    let server = server();
    let mut alice = person(&server, "Alice");
    let mut bob = friend(&server, "Bob");
    let talking = std::thread::spawn(move || {
        for number in 0..THEIRS {
            bob.send(&format!("deles {number}"));
        }
        bob
    });
    // Typed ahead of the prompt, many lines at a time: none may get lost.
    let ours: Vec<String> = (0..300).map(|number| format!("nossa {number}")).collect();
    for lines in ours.chunks(10) {
        alice.press(&(lines.join("\r") + "\r"));
        let last = format!("Você: {}", lines[9]);
        alice.wait_for(&last);
    }
    alice.wait_for(&format!("[#geral] Bob: deles {}", THEIRS - 1));
    alice.press("/quit\r");
    assert_eq!(alice.end(), 0);

    let rows = alice.rows();
    let theirs: Vec<&str> = rows.iter().filter_map(|row| row.strip_prefix("[#geral] Bob: ")).collect();
    assert!(theirs.iter().copied().eq((0..THEIRS).map(|number| format!("deles {number}"))), "{theirs:?}");
    for row in &rows {
        let known =
            ["[#geral] Bob: ", "Você: ", "[SYS] ", "[OK] ", "  Escolha"].iter().any(|head| row.starts_with(head));
        assert!(known && row.matches("deles").count() + row.matches("nossa").count() <= 1, "torn: {row:?}");
    }
    let mut bob = talking.join().expect("no panic");
    for line in &ours {
        bob.read_until(|heard| heard.starts_with("[#geral] Alice: ")).strip_suffix(line).expect("in order");
    }
}

#[test]
fn tab_completes_commands_rooms_and_names() {
    let server = server();
    let mut bob = friend(&server, "Bobadilha");
    let mut alice = person(&server, "Alice");
    bob.send("oi");
    alice.wait_for("[#geral] Bobadilha: oi");
    alice.press("/jo\t");
    alice.wait_for_end(&["Você: /join"]);
    alice.press("ge\t");
    alice.wait_for_end(&["Você: /join #geral"]);
    alice.press("\r");
    alice.wait_for_end(&["[SYS] Você entrou em #geral.", "Você:"]);
    alice.press("bob\ttudo bem?\r");
    bob.read_until(|line| line == "[#geral] Alice: Bobadilha: tudo bem?");
    // The arrow brings the last line back.
    alice.press("\x1b[A");
    alice.wait_for_end(&["Você: Bobadilha: tudo bem?"]);
    alice.press("\r");
    bob.read_until(|line| line == "[#geral] Alice: Bobadilha: tudo bem?");
}

#[test]
fn there_are_several_ways_to_leave() {
    let server = server();
    for dialect in DIALECTS {
        for (name, keys) in [("Ana", "/quit\r"), ("Bia", "sair\r"), ("Caio", "\x04"), ("Davi", "\x03")] {
            let mut terminal = person_with(&server, name, dialect);
            terminal.press(keys);
            assert_eq!(terminal.end(), 0, "{keys:?}");
            terminal.wait_for_end(&["[SYS] Até logo!"]);
        }
    }
}

#[test]
fn a_refused_name_can_be_given_again() {
    let server = server();
    let _ana = friend(&server, "Ana");
    let mut terminal = Terminal::run(chat(server.tcp(), &[]));
    terminal.wait_for(NAME_QUESTION);
    terminal.press("\rAna\r");
    terminal.wait_until(|rows| rows.iter().any(|row| row.starts_with("[ERRO] O nome Ana já está em uso")));
    terminal.press("/nick Aninha\r");
    terminal.wait_for_begin("[SYS] Seu nome agora é Aninha.");
}

#[test]
fn without_a_capable_terminal_no_byte_steers_it() {
    let server = server();
    let mut bob = friend(&server, "Bob");
    for (name, term, args) in [("Alice", "dumb", &[][..]), ("Alicia", "xterm", &["--plain"])] {
        let mut command = chat(server.tcp(), args);
        command.env("TERM", term);
        let mut terminal = Terminal::run(command);
        terminal.wait_for(NAME_QUESTION);
        terminal.press(&format!("{name}\n"));
        terminal.wait_for_begin(&format!("[SYS] Seu nome agora é {name}."));
        bob.send("oi");
        terminal.wait_for("[#geral] Bob: oi");
        terminal.press("olá\n");
        bob.read_until(|line| line == format!("[#geral] {name}: olá"));
        terminal.press("sair\n");
        assert_eq!(terminal.end(), 0);
        assert!(!terminal.bytes.contains(&0x1b), "{:?}", String::from_utf8_lossy(&terminal.bytes));
        assert!(!terminal.rows().iter().any(|row| row.contains("Você:")), "no prompt");
    }
}

#[test]
fn ctrl_c_on_a_plain_terminal_says_farewell() {
    let server = server();
    let mut terminal = Terminal::run(chat(server.tcp(), &["--plain", "--nick", "Alice"]));
    terminal.wait_for_begin("[SYS] Seu nome agora é Alice.");
    terminal.press("\x03");
    assert_eq!(terminal.end(), 0);
    terminal.wait_for_end(&["[SYS] Até logo!"]);
}

#[test]
fn a_lost_server_is_told_and_the_terminal_is_as_before() {
    let server = server();
    // The shell tells what the terminal is like afterwards.
    let mut command = Command::new("sh");
    command.args(["-c", r#"stty echo; "$0" "$@"; echo "código $?"; stty -a"#]).arg(program());
    let chat = chat(server.tcp(), &["--text", "--nick", "Alice"]);
    command.args(chat.get_args()).env("TERM", "xterm-256color");
    let mut alice = Terminal::run(command);
    alice.wait_for_begin("[SYS] Seu nome agora é Alice.");
    alice.press("meio ca");
    alice.wait_for_end(&["Você: meio ca"]);
    server.kill();
    alice.end();
    let rows = alice.rows();
    let typed = rows.iter().position(|row| row == "Você: meio ca").expect("the half-typed line stays");
    assert!(rows[typed + 1].starts_with(LOST), "{rows:?}");
    assert!(rows.contains(&"código 1".to_owned()), "{rows:?}");
    let modes: Vec<&str> = rows[typed..].iter().flat_map(|row| row.split_whitespace()).collect();
    for mode in ["icanon", "echo", "isig", "icrnl"] {
        assert!(modes.contains(&mode), "{mode} in {modes:?}");
    }
    assert!(alice.bytes.ends_with(b"\n") && contains(&alice.bytes, b"\x1b[?2004l"));
}

#[test]
fn a_lost_server_ends_a_search_in_the_history() {
    let server = server();
    let mut alice = person_with(&server, "Alice", &["--text"]);
    // There is something to be found.
    alice.press("oi\r\x12");
    alice.wait_until(|rows| rows.last().is_some_and(|row| row.starts_with("(reverse-i-search)")));
    server.kill();
    assert_eq!(alice.end(), 1);
    assert!(alice.rows().iter().any(|row| row.starts_with("[ERRO] ")), "{:?}", alice.rows());
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

#[test]
fn a_server_that_drains_says_so_first() {
    let server = server();
    let mut alice = person_with(&server, "Alice", &["--text"]);
    server.terminate();
    assert_eq!(alice.end(), 1);
    let rows = alice.rows();
    let last_words = rows.iter().position(|row| row.starts_with("[SYS] O servidor está sendo desligado"));
    let lost = rows.iter().position(|row| row.starts_with(LOST));
    assert!(last_words.expect("told") < lost.expect("told"), "{rows:?}");
}

/// A server on this port and data folder, as after a restart.
fn server_again(port: &str, data: &Path) -> Papo {
    let data = data.to_str().expect("text");
    Papo::serve(program(), &["--flood", "off", "--port", port, "--data", data, "--store", "sqlite"])
}

#[test]
fn a_server_that_comes_back_finds_everybody_again() {
    let data = tempfile::tempdir().expect("a folder");
    let server = server_again("0", data.path());
    let port = server.tcp().port().to_string();
    let [mut alice, mut bob] = ["Alice", "Bob"].map(|name| person(&server, name));
    bob.press("antes\r");
    alice.wait_for("[#geral] Bob: antes");
    server.kill();
    drop(server);
    for (terminal, line) in [(&mut alice, "da Alice"), (&mut bob, "do Bob")] {
        terminal.wait_for("[SYS] Conexão perdida; reconectando…");
        terminal.press(&format!("{line}\r"));
        terminal.wait_for(&format!("Você: {line}"));
    }
    let server = server_again(&port, data.path());
    alice.wait_for("[#geral] Bob: do Bob");
    bob.wait_for("[#geral] Alice: da Alice");
    for terminal in [&mut alice, &mut bob] {
        terminal.wait_until(|rows| rows.iter().any(|row| row.starts_with("[SYS] De volta; ")));
        terminal.press("/history\r");
        let shown = |rows: &[String], line: &str| rows.iter().filter(|row| row.ends_with(line)).count();
        terminal.wait_until(|rows| shown(rows, " Alice: da Alice") >= 1 && shown(rows, " Bob: do Bob") >= 1);
        assert_eq!(shown(&terminal.rows(), " Bob: antes"), shown(&terminal.rows(), " Bob: do Bob"));
        terminal.press("/quit\r");
        assert_eq!(terminal.end(), 0);
    }
    drop(server);
}

#[test]
fn without_a_line_one_leaves_at_once() {
    for (typed, code) in [("", 0), ("não chega\r", 1)] {
        let server = server();
        let mut alice = person(&server, "Alice");
        server.terminate();
        alice.wait_for("[SYS] Conexão perdida; reconectando…");
        assert!(alice.rows().iter().any(|row| row.starts_with("[SYS] O servidor está sendo desligado")));
        alice.press(typed);
        alice.press("/quit\r");
        assert_eq!(alice.end(), code);
    }
}

#[test]
fn a_pipe_whose_name_is_taken_speaks_as_a_guest_and_a_refused_message_is_its_failure() {
    let server = server();
    let mut bob = friend(&server, "Bob");
    let output = piped(server.tcp(), &["--nick", "Bob"], "oi\n");
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    bob.read_until(|line| line.starts_with("[#geral] ") && line.ends_with(": oi"));
    let output = piped(server.tcp(), &["--nick", "Ana"], "/leave\nninguém ouve\n");
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).starts_with("[ERRO] 1 mensagem não foi aceita"));
}

/// Runs `papo chat` with this input on a pipe, up to its end.
fn piped(server: SocketAddr, args: &[&str], input: &str) -> Output {
    let mut command = chat(server, args);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the program starts");
    let mut keyboard = child.stdin.take().expect("piped");
    let input = input.to_owned();
    let typing = std::thread::spawn(move || {
        // A program that has lost its server does not read the rest.
        let _ = keyboard.write_all(input.as_bytes());
    });
    let output = child.wait_with_output().expect("it ends");
    typing.join().expect("no panic");
    output
}

#[test]
fn a_pipe_is_sent_whole_and_everything_is_printed() {
    for dialect in DIALECTS {
        everything_is_printed(dialect);
    }
}

fn everything_is_printed(dialect: &[&str]) {
    const LINES: usize = 10_000;
    let server = server();
    let mut bob = friend(&server, "Bob");
    let listening = std::thread::spawn(move || {
        for number in 0..LINES {
            let line = bob.read_until(|line| line.starts_with("[#geral] Alice: "));
            assert_eq!(line, format!("[#geral] Alice: linha {number}"));
        }
    });
    let mut input = "/nick Alice\n/join geral\n".to_owned();
    for number in 0..LINES {
        let _ = writeln!(input, "linha {number}");
    }
    // An answer to each of many questions, so that there is much to print as well.
    input.push_str(&"/help\n".repeat(1000));
    let output = piped(server.tcp(), dialect, &input);
    let printed = String::from_utf8(output.stdout).expect("text");
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(printed.starts_with(&format!("[OK] Conectado a {}\n", server.tcp())), "{printed:.200}");
    assert_eq!(printed.matches("[SYS] Comandos:").count(), 1000);
    assert!(printed.ends_with("[SYS] Até logo!\n") && !printed.contains('\x1b'));
    listening.join().expect("Bob got every line in order");
}

#[test]
fn a_server_that_reads_slowly_still_gets_every_line() {
    for dialect in DIALECTS {
        every_line_arrives(dialect);
    }
}

fn every_line_arrives(dialect: &[&str]) {
    // The default rate: what is over the burst is read later.
    let server = Papo::serve(program(), &[]);
    let mut bob = friend(&server, "Bob");
    let lines: Vec<String> = (0..40).map(|number| format!("linha {number}")).collect();
    let output = piped(server.tcp(), &[dialect, &["--nick", "Alice"]].concat(), &lines.join("\n"));
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    for expected in &lines {
        let line = bob.read_until(|line| line.starts_with("[#geral] Alice: "));
        assert_eq!(line, format!("[#geral] Alice: {expected}"));
    }
}

#[test]
fn without_a_server_it_says_what_to_do() {
    let free = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("bound");
    let output = piped(free, &[], "oi\n");
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stderr).expect("text");
    assert!(said.contains(&free.to_string()) && said.contains("papo serve") && said.contains("--port"), "{said}");
    assert_eq!((output.stdout.len(), said.lines().count()), (0, 1));
}

#[test]
fn a_closed_output_ends_it_quietly() {
    let server = server();
    for dialect in DIALECTS {
        nobody_reads(&server, dialect);
    }
}

fn nobody_reads(server: &Papo, dialect: &[&str]) {
    let mut command = chat(server.tcp(), &[dialect, &["--nick", "Alice"]].concat());
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the program starts");
    drop(child.stdout.take());
    let mut keyboard = child.stdin.take().expect("piped");
    while keyboard.write_all(b"/help\n").is_ok() {}
    let mut said = String::new();
    child.stderr.take().expect("piped").read_to_string(&mut said).expect("text");
    assert_eq!((child.wait().expect("it ends").code(), said.as_str()), (Some(0), ""));
}

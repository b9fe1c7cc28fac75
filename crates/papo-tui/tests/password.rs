//! Passwords at a real terminal: they are asked for without echo, and shown and brought back nowhere.
//!
//! The program itself is one of these tests, which the others run on a pseudo-terminal.

#[path = "../../papo-client/tests/fake/mod.rs"]
#[expect(dead_code, reason = "others need more of it")]
mod fake;
#[path = "../../papo/tests/chat/screen.rs"]
mod screen;
#[path = "../../papo/tests/chat/terminal.rs"]
#[expect(dead_code, reason = "others need more of it")]
mod terminal;

use std::net::TcpListener;
use std::process::Command;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use fake::Fake;
use papo_proto::Lang;
use papo_proto::frame::{self, Cut, FrameDecoder};
use papo_tui::ChatOptions;
use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};
use serde_json::{Value, json};
use terminal::Terminal;

/// How long anything may take.
const PATIENCE: Duration = Duration::from_secs(30);
const PASSWORD: &str = "segredo123";

/// `papo chat` with what the others say.
#[test]
#[ignore = "the program that the others run"]
fn program() {
    let said = |name: &str| std::env::var(name).ok();
    // As people's terminals are.
    let mut modes = tcgetattr(std::io::stdin()).expect("a terminal");
    modes.local_modes.insert(LocalModes::ECHO);
    tcsetattr(std::io::stdin(), OptionalActions::Now, &modes).expect("a terminal");
    let code = papo_tui::run(ChatOptions {
        host: "127.0.0.1".into(),
        port: said("CHAT_PORT").and_then(|port| port.parse().ok()).expect("the others say it"),
        nick: said("CHAT_NICK"),
        login: said("CHAT_LOGIN"),
        keep: false,
        room: None,
        tls: None,
        text: said("CHAT_TEXT").is_some(),
        plain: said("CHAT_PLAIN").is_some(),
        lang: Lang::PtBr,
    });
    std::process::exit(i32::from(code != std::process::ExitCode::SUCCESS));
}

fn chat(port: u16, said: &[(&str, &str)]) -> Terminal {
    let mut command = Command::new(std::env::current_exe().expect("this test"));
    command.args(["--exact", "program", "--ignored", "--nocapture"]);
    command.env("CHAT_PORT", port.to_string()).env("TERM", "xterm-256color").env_remove("NO_COLOR");
    // No login of whoever runs the tests is looked at.
    command.env("XDG_STATE_HOME", "/nonexistent");
    command.envs(said.iter().copied());
    Terminal::run(command)
}

/// A server that hears hello and joins, then a login.
fn serve() -> (u16, JoinHandle<Vec<Value>>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("bound").port();
    let serving = thread::spawn(move || {
        let mut fake = Fake::accept(&listener, false);
        fake.welcome("Ana", false, &json!([]));
        let mut heard = Vec::new();
        loop {
            let command = fake.hear();
            let answer = match command["do"].as_str().expect("a word") {
                "join" => json!({"to": "join", "room": fake::room(1, "geral", 0), "cut": false}),
                "login" => {
                    json!({"to": "login", "account": 3, "nick": "Ana", "admin": false, "login": "LOGIN", "ends": 9})
                }
                "post" => json!({"to": "post", "room": 1, "seq": 1, "at": 1}),
                "bye" => json!({"to": "bye"}),
                _ => json!({"to": "done"}),
            };
            fake.ack(&command, &answer);
            let is_over = command["do"] == "bye";
            heard.push(command);
            if is_over {
                // Whoever hears it closes.
                fake.say(&fake::message(1, 2, "Bob", "tarde demais"));
                return heard;
            }
        }
    });
    (port, serving)
}

/// What is on the screen and every byte that made it.
#[track_caller]
fn never_shown(terminal: &Terminal, secret: &str) {
    let bytes = String::from_utf8_lossy(&terminal.bytes);
    assert!(!bytes.contains(secret), "{}", terminal.rows().join("\n"));
    // Nor a beginning of it, painted key by key.
    assert!(!terminal.rows().iter().any(|row| row.contains(&secret[..4])), "{}", terminal.rows().join("\n"));
}

fn passwords(heard: &[Value]) -> Vec<&str> {
    heard.iter().filter_map(|command| command["password"].as_str()).collect()
}

#[test]
fn a_password_is_not_echoed_and_no_key_brings_it_back() {
    for no_color in ["", "1"] {
        let (port, serving) = serve();
        let mut terminal = chat(port, &[("CHAT_NICK", "Ana"), ("NO_COLOR", no_color)]);
        terminal.wait_for_begin("[SYS] Seu nome agora é Ana.");
        terminal.press("/login Ana\r");
        terminal.wait_until(|rows| rows.last().is_some_and(|row| row == "Senha:"));
        // What is typed wrong is taken away and not kept for Ctrl+Y; Tab, arrows and searching do nothing.
        terminal.press("segreda\x15\t\x1b[A\x12segredo13\x7f23\x1b[D\x1b[C\r");
        terminal.wait_for("[SYS] Você entrou como Ana.");
        terminal.press("\x19");
        terminal.press("\x1b[A\x1b[A\x1b[A");
        terminal.press("\x05\x15oi\r");
        terminal.wait_until(|rows| rows.iter().filter(|row| row.starts_with("Você: oi")).count() == 1);
        terminal.press("/quit\r");
        assert_eq!(terminal.end(), 0);
        never_shown(&terminal, PASSWORD);
        never_shown(&terminal, "segreda");
        let heard = serving.join().expect("no panic");
        assert_eq!(passwords(&heard), [PASSWORD]);
        let posts: Vec<&str> = heard.iter().filter_map(|command| command["text"].as_str()).collect();
        assert_eq!(posts, ["oi"]);
    }
}

#[test]
fn a_password_in_a_line_is_taken_and_not_brought_back() {
    let (port, serving) = serve();
    let mut terminal = chat(port, &[("CHAT_NICK", "Ana")]);
    terminal.wait_for_begin("[SYS] Seu nome agora é Ana.");
    terminal.press("/who\r");
    terminal.press(&format!("/login Ana {PASSWORD}\r"));
    terminal.wait_for("[SYS] Você entrou como Ana.");
    let before = terminal.bytes.len();
    terminal.press("\x1b[A");
    terminal.wait_until(|rows| rows.last().is_some_and(|row| row == "Você: /who"));
    terminal.press("\x1b[A\x1b[B\x05\x15/quit\r");
    assert_eq!(terminal.end(), 0);
    assert!(!String::from_utf8_lossy(&terminal.bytes[before..]).contains(PASSWORD));
    assert_eq!(passwords(&serving.join().expect("no panic")), [PASSWORD]);
}

#[test]
fn somebody_comes_as_an_account_and_gives_up_with_ctrl_c() {
    let (port, serving) = serve();
    let mut terminal = chat(port, &[("CHAT_LOGIN", "Ana")]);
    terminal.wait_until(|rows| rows.last().is_some_and(|row| row == "Senha:"));
    terminal.press("segre\x03");
    terminal.wait_for("[ERRO] Nenhuma senha; nada foi feito.");
    terminal.press("/login Ana\r");
    terminal.wait_until(|rows| rows.last().is_some_and(|row| row == "Senha:"));
    terminal.press(&format!("{PASSWORD}\r"));
    terminal.wait_for("[SYS] Você entrou como Ana. Você entrou em #geral.");
    terminal.press("/quit\r");
    assert_eq!(terminal.end(), 0);
    never_shown(&terminal, PASSWORD);
    assert_eq!(passwords(&serving.join().expect("no panic")), [PASSWORD]);
}

#[test]
fn whole_lines_are_not_echoed_either() {
    let (port, serving) = serve();
    let mut terminal = chat(port, &[("CHAT_NICK", "Ana"), ("CHAT_PLAIN", "1")]);
    terminal.wait_for_begin("[SYS] Seu nome agora é Ana.");
    terminal.press("/login Ana\n");
    terminal.wait_for("/login Ana");
    terminal.wait_for("Senha:");
    terminal.press(&format!("{PASSWORD}\n"));
    terminal.wait_for("[SYS] Você entrou como Ana.");
    terminal.press("oi\n");
    // It is echoed again.
    terminal.wait_for("oi");
    terminal.press("/quit\n");
    assert_eq!(terminal.end(), 0);
    never_shown(&terminal, PASSWORD);
    assert_eq!(passwords(&serving.join().expect("no panic")), [PASSWORD]);
}

#[test]
fn in_the_text_dialect_a_password_is_asked_for_and_goes_as_a_line() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("bound").port();
    let serving = thread::spawn(move || {
        use std::io::{Read as _, Write as _};
        let (mut stream, _) = listener.accept().expect("a client");
        let (mut decoder, mut heard, mut buffer) = (FrameDecoder::new(1 << 20), Vec::new(), [0; 4096]);
        loop {
            let count = stream.read(&mut buffer).expect("the client talks");
            let mut bytes = &buffer[..count];
            while let Some(Cut::Frame(frame)) = decoder.next(&mut bytes).expect("frames") {
                heard.push(String::from_utf8_lossy(frame).into_owned());
            }
            if heard.last().is_some_and(|line| line == "/quit") {
                return heard;
            }
            let mut answer = Vec::new();
            frame::encode(b"[SYS] Ok.", &mut answer);
            stream.write_all(&answer).expect("the client listens");
        }
    });
    let mut terminal = chat(port, &[("CHAT_NICK", "Ana"), ("CHAT_TEXT", "1")]);
    terminal.wait_for("[SYS] Ok.");
    terminal.press("/register\r");
    terminal.wait_until(|rows| rows.last().is_some_and(|row| row == "Senha nova:"));
    terminal.press(&format!("{PASSWORD}\r"));
    terminal.wait_until(|rows| rows.last().is_some_and(|row| row == "A mesma senha outra vez:"));
    terminal.press(&format!("{PASSWORD}\r"));
    terminal.wait_until(|rows| rows.last().is_some_and(|row| row == "Você:"));
    terminal.press("/quit\r");
    assert_eq!(terminal.end(), 0);
    never_shown(&terminal, PASSWORD);
    assert_eq!(serving.join().expect("no panic"), ["/nick Ana", "/register segredo123", "/quit"]);
}

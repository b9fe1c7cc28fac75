//! Conversations with a server that the test plays itself, over loopback.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

use papo_client::connect;
use papo_proto::frame::{Cut, FrameDecoder, encode};
use papo_proto::lang::Lang;
use papo_proto::words::Secret;

use super::*;
use crate::screen::tests::Paper;

const WITHIN: Duration = Duration::from_secs(30);

/// The server's side of the test.
struct Server {
    stream: TcpStream,
    decoder: FrameDecoder,
    heard: Vec<String>,
}

impl Server {
    fn say(&mut self, line: &str) {
        let mut bytes = Vec::new();
        encode(line.as_bytes(), &mut bytes);
        self.stream.write_all(&bytes).expect("the client listens");
    }

    /// Reads up to a line, and returns all that were heard.
    fn hear_until(mut self, last: &str) -> Vec<String> {
        let mut buffer = [0; 4096];
        while self.heard.last().is_none_or(|line| line != last) {
            let count = self.stream.read(&mut buffer).expect("the client talks");
            assert!(count > 0, "the client closed after {:?}", self.heard.last());
            let mut bytes = &buffer[..count];
            while let Some(cut) = self.decoder.next(&mut bytes).expect("frames") {
                if let Cut::Frame(frame) = cut {
                    self.heard.push(String::from_utf8_lossy(frame).into_owned());
                }
            }
        }
        self.heard
    }
}

/// What remains of a conversation: how it ended, what was shown, and what the server made of it.
struct Remains<T> {
    ending: Ending,
    shown: String,
    server: T,
}

/// Holds a conversation. `type_in` types, and what it returns stays open until the end.
fn talk<T: Send + 'static, K>(
    paper: &Paper,
    server: impl FnOnce(Server) -> T + Send + 'static,
    type_in: impl FnOnce(mpsc::Sender<Step>, mpsc::Sender<()>) -> K,
) -> Remains<T> {
    talk_on(paper, false, server, type_in)
}

fn talk_on<T: Send + 'static, K>(
    paper: &Paper,
    is_overheard: bool,
    server: impl FnOnce(Server) -> T + Send + 'static,
    type_in: impl FnOnce(mpsc::Sender<Step>, mpsc::Sender<()>) -> K,
) -> Remains<T> {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("bound").port();
    let playing = thread::spawn(move || {
        let (stream, _) = listener.accept().expect("a client");
        stream.set_read_timeout(Some(WITHIN)).expect("a timeout");
        server(Server { stream, decoder: FrameDecoder::new(1 << 20), heard: Vec::new() })
    });
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let ending = runtime.block_on(async {
        let (reader, writer) = connect("127.0.0.1", port, None, WITHIN).await.expect("listening");
        let (step, steps) = mpsc::channel(64);
        let (interrupt, interrupts) = mpsc::channel(2);
        let _open = type_in(step, interrupt);
        let screen = Screen::open(paper.clone());
        let layout = Layout { colours: false, lang: Lang::PtBr };
        let known = Arc::default();
        let talk = Talk { steps, interrupts, screen: screen.clone(), known, layout, is_overheard };
        let ending = tokio::time::timeout(WITHIN, talk.run(reader, writer)).await.expect("in time");
        let _ = screen.settle().await;
        ending
    });
    let server = playing.join().expect("no panic");
    let shown = paper.printed.lock().expect("no panic").clone();
    Remains { ending, shown, server }
}

fn say(line: &str) -> Step {
    Step::Say(line.to_owned())
}

#[test]
fn lines_go_out_answers_are_shown_and_the_farewell_ends_it() {
    let remains = talk(
        &Paper::default(),
        |mut server| {
            server.say("[SYS] Boas-vindas!\nlinha dois");
            server.say("[#geral] Bob: oi");
            server.hear_until("/quit")
        },
        |steps, _| {
            for step in [say("/nick Alice"), say("Olá a todos!"), Step::Quit] {
                steps.try_send(step).expect("room");
            }
            steps
        },
    );
    assert!(matches!(remains.ending, Ending::Left), "{:?}", remains.ending);
    assert_eq!(remains.server, ["/nick Alice", "Olá a todos!", "/quit"]);
    assert_eq!(remains.shown, "[SYS] Boas-vindas!\n  linha dois\n[#geral] Bob: oi\n");
}

#[test]
fn nothing_is_lost_with_a_server_that_talks_long_before_it_reads() {
    const LINES: usize = 20_000;
    let padding = "x".repeat(200);
    let expected: Vec<String> = (0..LINES).map(|number| format!("{number} {padding}")).collect();
    let typed = expected.clone();
    let remains = talk(
        &Paper::default(),
        move |mut server| {
            for number in 0..LINES {
                server.say(&format!("[#geral] Bob: {number} {padding}"));
            }
            server.hear_until("/quit")
        },
        |steps, _| {
            thread::spawn(move || {
                for line in typed {
                    steps.blocking_send(Step::Say(line)).expect("the conversation goes on");
                }
                // Dropping the sender is the end of the input.
            })
        },
    );
    assert!(matches!(remains.ending, Ending::Left), "{:?}", remains.ending);
    assert_eq!(remains.server.len(), LINES + 1);
    assert!(remains.server.iter().eq(expected.iter().chain([&"/quit".to_owned()])));
    assert!(remains.shown.lines().eq(expected.iter().map(|line| format!("[#geral] Bob: {line}"))));
}

#[test]
fn a_server_that_closes_by_itself_is_lost_after_its_last_words() {
    let remains =
        talk(&Paper::default(), |mut server| server.say("[SYS] O servidor está sendo desligado."), |s, i| (s, i));
    assert!(matches!(remains.ending, Ending::Lost(Lost::Closed)), "{:?}", remains.ending);
    assert_eq!(remains.shown, "[SYS] O servidor está sendo desligado.\n");
}

#[test]
fn a_server_of_another_kind_is_told_apart() {
    let remains = talk(
        &Paper::default(),
        |mut server| server.stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").expect("the client listens"),
        |s, i| (s, i),
    );
    assert!(matches!(remains.ending, Ending::Lost(Lost::Foreign(_))), "{:?}", remains.ending);
}

#[test]
fn a_closed_output_ends_it() {
    let paper = Paper { room: Some(1), ..Paper::default() };
    let remains = talk(
        &paper,
        |mut server| {
            // The client closes in the middle of this, so writing fails at some time.
            let mut bytes = Vec::new();
            encode(b"[SYS] x", &mut bytes);
            while server.stream.write_all(&bytes).is_ok() {}
        },
        |s, i| (s, i),
    );
    assert!(matches!(remains.ending, Ending::Unseen), "{:?}", remains.ending);
}

#[test]
fn an_interruption_says_farewell_though_the_input_stays_open() {
    let remains = talk(
        &Paper::default(),
        |server| server.hear_until("/quit"),
        |steps, interrupts| {
            interrupts.try_send(()).expect("room");
            (steps, interrupts)
        },
    );
    assert!(matches!(remains.ending, Ending::Left), "{:?}", remains.ending);
    assert_eq!(remains.server, ["/quit"]);
}

#[test]
fn who_asks_twice_does_not_wait_for_the_server() {
    for by_signal in [true, false] {
        let remains = talk(
            &Paper::default(),
            |mut server| {
                // Never answers; ends when the client has gone.
                let _ = server.stream.read_to_end(&mut Vec::new());
            },
            |steps, interrupts| {
                steps.try_send(Step::Quit).expect("room");
                if by_signal {
                    interrupts.try_send(()).expect("room");
                    interrupts.try_send(()).expect("room");
                } else {
                    steps.try_send(Step::Abandon).expect("room");
                }
                (steps, interrupts)
            },
        );
        assert!(matches!(remains.ending, Ending::Abandoned), "{:?}", remains.ending);
    }
}

#[test]
fn a_line_that_no_frame_can_carry_is_told_and_the_next_one_goes() {
    let remains = talk(
        &Paper::default(),
        |server| server.hear_until("/quit"),
        |steps, _| {
            for step in [say(&"x".repeat(FRAME_MAX_BYTES + 1)), say("curta"), Step::Quit] {
                steps.try_send(step).expect("room");
            }
            steps
        },
    );
    assert_eq!(remains.server, ["curta", "/quit"]);
    assert!(remains.shown.starts_with("[ERRO] Sua linha é grande demais (o limite é 8 MiB)"), "{}", remains.shown);
}

#[test]
fn no_password_goes_over_a_line_that_is_overheard() {
    let login = || match crate::asking::Asking::of("/login Ana").expect("a question").answer(Secret::new("segredo123"))
    {
        crate::asking::Answered::Done(login) => Step::Account(login),
        other => panic!("{other:?}"),
    };
    for is_overheard in [true, false] {
        let remains = talk_on(
            &Paper::default(),
            is_overheard,
            |server| server.hear_until("/quit"),
            |steps, _| {
                for step in
                    [say("oi"), login(), say("/login Ana segredo123"), Step::Tell("passwords-differ"), Step::Quit]
                {
                    steps.try_send(step).expect("room");
                }
                steps
            },
        );
        let heard = remains.server.iter().filter(|line| line.contains("segredo123")).count();
        assert_eq!((heard, remains.server.len()), if is_overheard { (0, 2) } else { (2, 4) });
        assert_eq!(remains.shown.matches("não foi enviada").count(), if is_overheard { 2 } else { 0 });
        assert!(remains.shown.ends_with("[ERRO] As duas senhas não são iguais; nada foi feito.\n"));
    }
}

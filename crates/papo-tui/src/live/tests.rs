//! Conversations by papo/1 with a server that the test plays itself.

#[path = "../../../papo-client/tests/fake/mod.rs"]
mod fake;
mod people;

use std::net::TcpListener;
use std::thread;

use fake::{Fake, WITHIN, message, room};
use papo_client::Target;
use serde_json::{Value, json};

use super::*;
use crate::screen::tests::Paper;

/// What remains of a conversation: how it ended, what was shown, and what the server made of it.
struct Remains<T> {
    ending: Ending,
    shown: Vec<String>,
    server: T,
}

/// Holds a conversation. What `type_in` returns stays open until the end.
fn talk<T: Send + 'static, K>(
    patience: Option<Duration>,
    server: impl FnOnce(&TcpListener) -> T + Send + 'static,
    type_in: impl FnOnce(mpsc::Sender<Step>, mpsc::Sender<()>) -> K,
) -> Remains<T> {
    talk_on(&Paper::default(), patience, server, type_in)
}

fn talk_on<T: Send + 'static, K>(
    paper: &Paper,
    patience: Option<Duration>,
    server: impl FnOnce(&TcpListener) -> T + Send + 'static,
    type_in: impl FnOnce(mpsc::Sender<Step>, mpsc::Sender<()>) -> K,
) -> Remains<T> {
    talk_as(paper, patience, Keeper::nowhere(), None, server, type_in)
}

fn talk_as<T: Send + 'static, K>(
    paper: &Paper,
    patience: Option<Duration>,
    keeper: Keeper,
    login: Option<Arc<str>>,
    server: impl FnOnce(&TcpListener) -> T + Send + 'static,
    type_in: impl FnOnce(mpsc::Sender<Step>, mpsc::Sender<()>) -> K,
) -> Remains<T> {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("bound").port();
    let playing = thread::spawn(move || server(&listener));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let ending = runtime.block_on(async {
        let client =
            Client::connect(Target::tcp("127.0.0.1", port), settings(Lang::PtBr, login)).await.expect("listening");
        let (step, steps) = mpsc::channel(1024);
        let (interrupt, interrupts) = mpsc::channel(2);
        let _open = type_in(step, interrupt);
        let screen = Screen::open(paper.clone());
        let layout = Layout { colours: false, lang: Lang::PtBr };
        let known = Arc::default();
        let is_overheard = false;
        let live = Live { steps, interrupts, screen: screen.clone(), known, layout, keeper, patience, is_overheard };
        let ending = tokio::time::timeout(WITHIN, live.run(client)).await.expect("in time");
        let _ = screen.settle().await;
        ending
    });
    // The client's task and its connection end with it.
    drop(runtime);
    let server = playing.join().expect("no panic");
    // The two lines of the welcome are always the same.
    let shown = paper.printed.lock().expect("no panic").lines().skip(2).map(str::to_owned).collect();
    Remains { ending, shown, server }
}

fn say(line: &str) -> Step {
    Step::Say(line.to_owned())
}

/// Types these lines, as a person does who stays, or a pipe that ends.
fn typed<'a>(lines: &'a [&'a str], then: Option<Step>) -> impl FnOnce(mpsc::Sender<Step>, mpsc::Sender<()>) + 'a {
    move |steps, _| {
        for step in lines.iter().map(|line| say(line)).chain(then) {
            steps.try_send(step).expect("room");
        }
    }
}

const PIPE: Option<Duration> = Some(Duration::from_secs(10));

fn lobby(fake: &mut Fake, head: u64) {
    let join = fake.answer("join", &json!({"to": "join", "room": room(1, "geral", head), "cut": false}));
    assert_eq!(join["room"], "geral");
}

fn posted(fake: &mut Fake, room: u64, seq: u64) -> Value {
    fake.answer("post", &json!({"to": "post", "room": room, "seq": seq, "at": seq}))["text"].clone()
}

fn bye(fake: &mut Fake) {
    fake.answer("bye", &json!({"to": "bye"}));
}

#[test]
fn a_pipe_is_carried_out_and_answered_in_the_words_of_the_text_dialect() {
    let remains = talk(
        PIPE,
        |listener| {
            let mut fake = Fake::accept(listener, false);
            fake.say_text("[SYS] Boas-vindas ao Papo!");
            let hello = fake.welcome("Alice", false, &json!([]));
            assert_eq!((&hello["nick"], &hello["lang"]), (&json!("Alice"), &json!("pt-BR")));
            lobby(&mut fake, 0);
            fake.answer("join", &json!({"to": "join", "room": room(7, "jogos", 4), "cut": false}));
            assert_eq!(fake.answer("leave", &json!({"to": "leave", "room": 1}))["room"], 1);
            fake.say(&json!({"is": "entered", "room": 7, "who": ["Bob"]}));
            fake.say(&message(7, 5, "Bob", "oi"));
            let said = [posted(&mut fake, 7, 6), posted(&mut fake, 7, 7)];
            fake.answer("who", &json!({"to": "who", "room": 7, "members": ["Alice", "Bob"]}));
            fake.answer("rooms", &json!({"to": "rooms", "rooms": [{"id": 7, "name": "jogos", "online": 2}]}));
            fake.answer("leave", &json!({"to": "leave", "room": 7}));
            bye(&mut fake);
            said
        },
        typed(&["/nick Alice", "/join jogos", "Olá", "tudo bem?", "/who", "/rooms", "/leave", "/who", "/dança"], None),
    );
    assert_eq!(remains.server, [json!("Olá"), json!("tudo bem?")]);
    assert_eq!(remains.ending, Ending::Left);
    let expected = [
        "[SYS] Seu nome agora é Alice. Você entrou em #geral.",
        "[SYS] Você entrou em #jogos.",
        "[SYS] Bob entrou em #jogos.",
        "[#jogos] Bob: oi",
        "[SYS] Em #jogos (2):",
        "  - Alice",
        "  - Bob",
        "[SYS] Salas (1):",
        "  - #jogos (2 online)",
        "[SYS] Você saiu de #jogos.",
        "[ERRO] Você não está em nenhuma sala. Entre em uma com /join <sala>.",
        "[ERRO] Não conheço /dança. Digite /help para ver os comandos.",
        "[SYS] Até logo!",
    ];
    assert_eq!(remains.shown, expected);
}

#[test]
fn a_lost_line_comes_back_and_nothing_is_lost_or_shown_twice() {
    let remains = talk(
        PIPE,
        |listener| {
            let mut fake = Fake::accept(listener, false);
            fake.welcome("Ana", false, &json!([]));
            lobby(&mut fake, 0);
            assert_eq!(posted(&mut fake, 1, 1), "um");
            fake.say(&message(1, 2, "Bob", "antes"));
            let lost = fake.hear();
            drop(fake);
            let mut fake = Fake::accept(listener, false);
            let hello = fake.welcome("Ana", true, &json!([room(1, "geral", 4)]));
            assert_eq!(hello["resume"], json!([{"room": 1, "epoch": 5, "seq": 2}]));
            fake.say(&message(1, 3, "Bob", "durante"));
            fake.say(&message(1, 4, "Bob", "ainda"));
            let again = fake.hear();
            assert_eq!(again, lost);
            fake.ack(&again, &json!({"to": "post", "room": 1, "seq": 5, "at": 5}));
            assert_eq!(posted(&mut fake, 1, 6), "três");
            bye(&mut fake);
        },
        typed(&["/nick Ana", "um", "dois", "três"], None),
    );
    assert_eq!(remains.ending, Ending::Left);
    let expected = [
        "[SYS] Seu nome agora é Ana. Você entrou em #geral.",
        "[#geral] Bob: antes",
        "[SYS] Conexão perdida; reconectando…",
        "[#geral] Bob: durante",
        "[#geral] Bob: ainda",
        "[SYS] De volta; 2 mensagens perdidas mostradas.",
        "[SYS] Até logo!",
    ];
    assert_eq!(remains.shown, expected);
}

#[test]
fn who_speaks_before_having_a_name_is_a_guest() {
    let remains = talk(
        PIPE,
        |listener| {
            let mut fake = Fake::accept(listener, false);
            let hello = fake.welcome("visitante-7", false, &json!([]));
            assert_eq!(hello["nick"], Value::Null);
            lobby(&mut fake, 0);
            posted(&mut fake, 1, 1);
            fake.answer("nick", &json!({"to": "nick", "nick": "Ana", "cut": false}));
            bye(&mut fake);
        },
        typed(&["oi", "/nick Ana"], None),
    );
    let expected = [
        "[SYS] Você ainda não tinha nome; por enquanto é visitante-7. Troque com /nick <nome>. Você entrou em #geral.",
        "[SYS] Seu nome agora é Ana.",
        "[SYS] Até logo!",
    ];
    assert_eq!(remains.shown, expected);
}

#[test]
fn a_name_that_is_taken_can_be_given_again() {
    let remains = talk(
        None,
        |listener| {
            let mut fake = Fake::accept(listener, false);
            let hello = fake.hear();
            fake.say(&json!({"is": "reject", "txn": hello["txn"], "code": 2001, "text": "Em uso", "retry": "changed"}));
            assert_eq!(fake.welcome("Aninha", false, &json!([]))["nick"], "Aninha");
            lobby(&mut fake, 0);
            bye(&mut fake);
        },
        typed(&["/nick Ana", "/nick Aninha"], Some(Step::Quit)),
    );
    assert_eq!(remains.shown[..2], ["[ERRO] Em uso", "[SYS] Seu nome agora é Aninha. Você entrou em #geral."]);
    assert_eq!(remains.ending, Ending::Left);
}

#[test]
fn a_message_that_is_not_taken_is_told_and_counts_for_a_pipe() {
    for (patience, expected) in [(PIPE, Ending::Refused(1)), (None, Ending::Left)] {
        let remains = talk(
            patience,
            |listener| {
                let mut fake = Fake::accept(listener, false);
                fake.welcome("Ana", false, &json!([]));
                lobby(&mut fake, 0);
                let txn = fake.hear()["txn"].clone();
                fake.say(&json!({"is": "reject", "txn": txn, "code": 2006, "text": "Não", "retry": "changed"}));
                bye(&mut fake);
            },
            typed(&["/nick Ana", "oi"], Some(Step::Quit)),
        );
        assert_eq!((&remains.ending, &*remains.shown[1]), (&expected, "[ERRO] Não"));
    }
}

#[test]
fn without_a_line_a_person_leaves_at_once_and_a_pipe_after_a_while() {
    for (patience, text) in [(None, "oi"), (Some(Duration::from_secs(1)), "olá")] {
        let remains = talk(
            patience,
            |listener| {
                let mut fake = Fake::accept(listener, false);
                fake.welcome("Ana", false, &json!([]));
                lobby(&mut fake, 0);
                fake.hear();
            },
            |steps, _| {
                for step in [say("/nick Ana"), say(text), Step::Quit] {
                    steps.try_send(step).expect("room");
                }
            },
        );
        assert_eq!(remains.ending, Ending::Unsent(1), "{patience:?}");
        assert_eq!(remains.shown[1..], ["[SYS] Conexão perdida; reconectando…"]);
    }
}

#[test]
fn a_closed_output_ends_it_though_the_server_says_nothing() {
    let paper = Paper { room: Some(1), ..Paper::default() };
    let remains = talk_on(
        &paper,
        None,
        |listener| {
            let (mut stream, _) = listener.accept().expect("a client");
            let _ = std::io::Read::read_to_end(&mut stream, &mut Vec::new());
        },
        |steps, interrupts| {
            thread::spawn(move || while steps.blocking_send(say("/help")).is_ok() {});
            interrupts
        },
    );
    assert_eq!(remains.ending, Ending::Unseen);
}

#[test]
fn history_is_shown_page_by_page() {
    let remains = talk(
        PIPE,
        |listener| {
            let mut fake = Fake::accept(listener, false);
            fake.welcome("Ana", false, &json!([]));
            lobby(&mut fake, 300);
            let page = |from: u64, to: u64| {
                let events: Vec<Value> = (from..=to).map(|seq| message(1, seq, "Bob", &seq.to_string())).collect();
                json!({"to": "history", "room": 1, "first": 1, "head": 300, "events": events})
            };
            assert_eq!(fake.answer("history", &page(299, 300))["limit"], 2);
            assert_eq!(fake.answer("history", &page(101, 300))["limit"], 200);
            // 250 of them begin at 51; the server ends a page where it likes.
            assert_eq!(fake.answer("history", &page(51, 150))["after"], 50);
            assert_eq!(fake.answer("history", &page(151, 300))["after"], 150);
            bye(&mut fake);
        },
        typed(&["/nick Ana", "/history 2", "/history 250"], None),
    );
    assert_eq!(remains.shown[1], "[SYS] Últimas mensagens de #geral (2):");
    assert!(remains.shown[2].starts_with("  1970-01-01 ") && remains.shown[2].ends_with(" Bob: 299"));
    assert_eq!(remains.shown[4], "[SYS] Últimas mensagens de #geral (250):");
    let seqs = remains.shown[5..255].iter().filter_map(|line| line.rsplit(' ').next()?.parse::<u64>().ok());
    assert!(seqs.eq(51..=300), "{:?}", &remains.shown[5..]);
}

#[test]
fn a_server_that_does_not_speak_papo1_is_told_apart() {
    let remains = talk(
        None,
        |listener| {
            let mut fake = Fake::accept(listener, false);
            fake.say_text("[ERRO] Há conexões demais do seu endereço.");
        },
        |steps, interrupts| (steps, interrupts),
    );
    assert!(matches!(remains.ending, Ending::Lost(Why::Closed(Some(_)))), "{:?}", remains.ending);
    assert_eq!(remains.shown, ["[ERRO] Há conexões demais do seu endereço."]);
    let remains = talk(
        None,
        |listener| {
            let (mut stream, _) = listener.accept().expect("a client");
            std::io::Write::write_all(&mut stream, b"HTTP/1.1 400 Bad Request\r\n\r\n").expect("open");
            // Ends when the client has gone.
            let _ = std::io::Read::read_to_end(&mut stream, &mut Vec::new());
        },
        |steps, interrupts| (steps, interrupts),
    );
    assert_eq!(remains.ending, Ending::Lost(Why::Foreign));
}

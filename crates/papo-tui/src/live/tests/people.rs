//! Accounts, conversations of two and moderation, as screens.

use papo_proto::Nickname;
use papo_proto::words::{AccountCommand, Secret};

use super::*;

fn direct(id: u64, with: &str, head: u64, read: u64) -> Value {
    let role = "member";
    json!({"id": id, "epoch": 5, "name": with, "first": 1, "head": head, "kind": "direct", "role": role, "read": read})
}

fn logged_in(to: &str) -> Value {
    json!({"to": to, "account": 3, "nick": "Ana", "admin": false, "login": "LOGIN", "ends": 9})
}

/// The server of somebody who comes as an account. What the client has read is answered by itself.
struct Played {
    fake: Fake,
    read: Vec<(u64, u64)>,
}

impl Played {
    /// In the lobby as Ana.
    fn come_in(listener: &TcpListener) -> Self {
        let mut fake = Fake::accept(listener, false);
        fake.welcome("visitante-1", false, &json!([]));
        let login = fake.answer("login", &logged_in("login"));
        assert_eq!((&login["nick"], &login["password"]), (&json!("Ana"), &json!("segredo123")));
        lobby(&mut fake, 0);
        Self { fake, read: Vec::new() }
    }

    /// The next command that is not about what was read.
    fn hear(&mut self, what: &str) -> Value {
        loop {
            let command = self.fake.hear();
            if command["do"] != "read" {
                assert_eq!(command["do"], what, "{command}");
                return command;
            }
            let number = |name: &str| command[name].as_u64().expect("a number");
            self.read.push((number("room"), number("seq")));
            self.fake.ack(&command, &json!({"to": "done"}));
        }
    }

    fn answer(&mut self, what: &str, answer: &Value) -> Value {
        let command = self.hear(what);
        self.fake.ack(&command, answer);
        command
    }

    /// What is said here stands between two of the typed lines: one that asks waits for its answer.
    fn meanwhile(&mut self, frames: &[Value]) {
        let command = self.hear("rooms");
        for frame in frames {
            self.fake.say(frame);
        }
        self.fake.ack(&command, &json!({"to": "rooms", "rooms": []}));
    }
}

/// What was typed and answered at any time is not compared, nor the time of messages.
fn screen(shown: &[String]) -> Vec<String> {
    let time = |word: &&str| word.starts_with("1970-") || word.len() == 5 && word.as_bytes()[2] == b':';
    let lines = shown.iter().filter(|line| !line.starts_with("[SYS] Salas"));
    lines.map(|line| line.split(' ').filter(|word| !time(word)).collect::<Vec<_>>().join(" ")).collect()
}

const LOGIN: &str = "/login Ana segredo123";

#[test]
fn an_account_reads_what_was_kept_for_it_and_answers() {
    let remains = talk(
        PIPE,
        |listener| {
            let mut played = Played::come_in(listener);
            let asks = played.hear("rooms");
            played.fake.say(&json!({"is": "direct", "room": direct(9, "Bob", 5, 2)}));
            let events = json!([message(9, 3, "Bob", "oi"), message(9, 4, "Ana", "eu"), message(9, 5, "Bob", "e aí?")]);
            let page = json!({"to": "history", "room": 9, "first": 1, "head": 5, "events": events});
            let history = played.answer("history", &page);
            assert_eq!((&history["before"], &history["limit"]), (&json!(6), &json!(3)));
            played.fake.ack(&asks, &json!({"to": "rooms", "rooms": []}));
            let post = played.answer("post", &json!({"to": "post", "room": 9, "seq": 6, "at": 6}));
            assert_eq!((&post["room"], &post["text"]), (&json!(9), &json!("já vou")));
            // Another session of the same account, and then the other one.
            played.meanwhile(&[message(9, 7, "Ana", "daqui também"), message(9, 8, "Bob", "ótimo")]);
            played.answer("bye", &json!({"to": "bye"}));
            played.read
        },
        typed(&[LOGIN, "/rooms", "/r já vou", "/rooms"], None),
    );
    assert_eq!(remains.ending, Ending::Left);
    let expected = [
        "[SYS] Você entrou como Ana. Você entrou em #geral.",
        "[SYS] 2 mensagens de Bob chegaram enquanto você estava fora. As últimas:",
        "  Bob: oi",
        "  Ana: eu",
        "  Bob: e aí?",
        "[@Bob] Ana: já vou",
        "[@Bob] Ana: daqui também",
        "[@Bob] Bob: ótimo",
        "[SYS] Até logo!",
    ];
    assert_eq!(screen(&remains.shown), expected);
    assert!(remains.server.is_sorted() && remains.server.contains(&(9, 5)), "{:?}", remains.server);
    assert_eq!(remains.server.last(), Some(&(9, 8)), "what is shown is read");
}

#[test]
fn a_conversation_is_opened_when_something_is_said_in_it_and_survives_a_lost_line() {
    let remains = talk(
        PIPE,
        |listener| {
            let mut fake = Fake::accept(listener, false);
            fake.welcome("Ana", false, &json!([]));
            lobby(&mut fake, 0);
            let room = json!({"id": 9, "epoch": 5, "name": "Bob", "first": 0, "head": 0, "kind": "direct"});
            assert_eq!(fake.answer("direct", &json!({"to": "direct", "room": room}))["who"], "bob");
            let lost = fake.hear();
            assert_eq!((&lost["do"], &lost["room"], &lost["text"]), (&json!("post"), &json!(9), &json!("oi")));
            drop(fake);
            let mut fake = Fake::accept(listener, false);
            let hello = fake.welcome("Ana", true, &json!([room_at(1, 0), room]));
            assert_eq!(hello["resume"][1], json!({"room": 9, "epoch": 5, "seq": 0}));
            let again = fake.hear();
            assert_eq!(again, lost);
            fake.ack(&again, &json!({"to": "post", "room": 9, "seq": 1, "at": 1}));
            let history = fake.hear();
            assert_eq!((&history["do"], &history["room"]), (&json!("history"), &json!(9)));
            let events = json!([message(9, 1, "Ana", "oi")]);
            fake.ack(&history, &json!({"to": "history", "room": 9, "first": 1, "head": 1, "events": events}));
            let direct = fake.hear();
            let why = "Não há ninguém chamado Eva.";
            fake.say(&json!({"is": "reject", "txn": direct["txn"], "code": 2030, "text": why, "retry": "changed"}));
            bye(&mut fake);
        },
        typed(&["/nick Ana", "/msg bob oi", "/history @BOB 5", "/msg Eva oi", "/r oi"], None),
    );
    // A pipe's message that was not sent is its failure.
    assert_eq!(remains.ending, Ending::Refused(1));
    let mut shown = screen(&remains.shown);
    // The line comes back while the answers do.
    shown.retain(|line| !line.starts_with("[SYS] De volta"));
    let expected = [
        "[SYS] Seu nome agora é Ana. Você entrou em #geral.",
        "[SYS] Conexão perdida; reconectando…",
        "[@Bob] Ana: oi",
        "[SYS] Últimas mensagens com Bob (1):",
        "  Ana: oi",
        "[ERRO] Não há ninguém chamado Eva.",
        "[ERRO] Ninguém lhe escreveu ainda. Use /msg <nome> <mensagem>.",
        "[SYS] Até logo!",
    ];
    assert_eq!(shown, expected);
}

fn room_at(id: u64, head: u64) -> Value {
    room(id, "geral", head)
}

#[test]
fn what_happens_in_a_room_reads_as_sentences() {
    let remains = talk(
        PIPE,
        |listener| {
            let mut fake = Fake::accept(listener, false);
            let hello = fake.hear();
            let answer = json!({"to": "hello", "version": 1, "server": "fake", "session": "TOKEN", "ends": 1,
                "nick": "Ana", "now": 1, "capabilities": [], "message_bytes": 65536, "resumed": false, "rooms": [],
                "greeting": "Sejam gentis.", "ignored": ["Chato"]});
            fake.ack(&hello, &answer);
            let geral =
                json!({"id": 1, "epoch": 5, "name": "geral", "first": 0, "head": 0, "topic": "de tudo um pouco"});
            fake.answer("join", &json!({"to": "join", "room": geral, "cut": false}));
            let mut played = Played { fake, read: Vec::new() };
            let changed = |change: Value| json!({"is": "changed", "room": 1, "by": "Bob", "change": change});
            played.meanwhile(&[
                changed(json!({"of": "role", "who": "Ana", "role": "moderator"})),
                changed(json!({"of": "slow", "seconds": 30})),
                changed(json!({"of": "muted", "who": "Eva", "seconds": 600})),
                message(1, 1, "Eva", "feio"),
                message(1, 2, "Chato", "chato"),
            ]);
            played.meanwhile(&[
                json!({"is": "redaction", "room": 1, "seq": 3, "at": 3, "author": "Bob", "seqs": [1]}),
                json!({"is": "reported", "room": 1, "by": "Eva", "seq": 2, "why": "chatice"}),
                json!({"is": "invited", "room": {"id": 8, "epoch": 5, "name": "clube", "first": 0, "head": 0}, "by": "Bob"}),
                json!({"is": "named", "nick": "visitante-2"}),
                json!({"is": "notice", "about": "announcement", "text": "Aviso a todos: pausa às 20h."}),
                json!({"is": "removed", "room": 1, "by": "Bob", "why": "spam", "banned": true, "closed": false}),
            ]);
            played.answer("bye", &json!({"to": "bye"}));
        },
        typed(&["/nick Ana", "/rooms", "/rooms", "oi"], None),
    );
    let expected = [
        "[SYS] Sejam gentis.",
        "[SYS] Seu nome agora é Ana. Você entrou em #geral.",
        "[SYS] Assunto: de tudo um pouco",
        "[SYS] Bob fez de Ana moderador(a).",
        "[SYS] Bob deixou a sala lenta: uma mensagem a cada 30 s.",
        "[SYS] Bob silenciou Eva por 10 min.",
        "[#geral] Eva: feio",
        "[SYS] Bob apagou uma mensagem.",
        "[SYS] Eva relata em #geral: chatice (#2)",
        "[SYS] Bob convidou você para #clube. Entre com /join #clube",
        "[SYS] O nome que você usava pertence a uma conta, e a dona ou o dono entrou. Agora você é visitante-2. \
         Troque com /nick <nome>.",
        "[SYS] Aviso a todos: pausa às 20h.",
        "[SYS] Bob baniu você de #geral: spam",
        "[ERRO] Você não está em nenhuma sala. Entre em uma com /join <sala>.",
        "[SYS] Até logo!",
    ];
    assert_eq!(screen(&remains.shown), expected);
}

#[test]
fn commands_about_people_are_sent_and_answered() {
    let remains = talk(
        PIPE,
        |listener| {
            let mut played = Played::come_in(listener);
            let done = json!({"to": "done"});
            for what in ["topic", "ban", "op", "slow", "ignore"] {
                played.answer(what, &done);
            }
            played.answer("redact", &json!({"to": "redact", "count": 3}));
            let entry = json!({"at": 0, "actor": "Ana", "act": "ban", "target": "Eva", "note": "gritou"});
            played.answer("audit", &json!({"to": "audit", "room": 1, "entries": [entry]}));
            played.answer("new_token", &json!({"to": "new_token", "nick": "R2", "token": "XYZ"}));
            played.answer("tokens", &json!({"to": "tokens", "nicks": ["R2"]}));
            played.answer("revoke_token", &done);
            played.answer("password", &done);
            played.answer("end_login", &done);
            let slow = played.hear("post");
            let why = "Esta sala é lenta: espere 2 s.";
            let reject = json!({"is": "reject", "txn": slow["txn"], "code": 3003, "text": why, "retry": "later", "after_ms": 1500});
            played.fake.say(&reject);
            played.answer("logout", &json!({"to": "logout", "nick": "visitante-2"}));
            let again = played.answer("post", &json!({"to": "post", "room": 1, "seq": 1, "at": 1}));
            assert_eq!(again, slow);
            played.answer("bye", &json!({"to": "bye"}));
        },
        typed(
            &[
                LOGIN,
                "/topic novo",
                "/ban Eva 2h gritou",
                "/op Bob",
                "/slow 30",
                "/ignore Chato",
                "/ignore",
                "/redact Eva 1h",
                "/audit",
                "/token new R2",
                "/token list",
                "/token revoke R2",
                "/password velha123 nova12345",
                "/sessions end 7",
                "oi",
                "/mute Eva",
                "/logout",
            ],
            None,
        ),
    );
    let mut shown = screen(&remains.shown);
    // It comes when the server has it, at any time among the others.
    let waits = "[SYS] Esta sala é lenta: espere 2 s. Sua mensagem espera aqui e será enviada então.";
    assert!(shown.contains(&waits.to_owned()), "{shown:?}");
    shown.retain(|line| line != waits);
    let expected = [
        "[SYS] Você entrou como Ana. Você entrou em #geral.",
        "[SYS] Feito.",
        "[SYS] Feito: Eva.",
        "[SYS] Feito: Bob.",
        "[SYS] Feito.",
        "[SYS] Feito: Chato.",
        "[SYS] Você não vê mensagens de (1):",
        "  - Chato",
        "[SYS] 3 mensagens apagadas.",
        "[SYS] O que a moderação fez em #geral (1):",
        "  Ana: /ban Eva (gritou)",
        "[SYS] O robô R2 foi criado. O token dele, mostrado só agora: XYZ",
        "[SYS] Seus robôs (1):",
        "  - R2",
        "[SYS] R2 terminou.",
        "[SYS] Senha trocada. As outras sessões da conta terminaram.",
        "[SYS] 7 terminou.",
        "[ERRO] Uso: /mute <nome> <tempo, como 10m ou 2h>",
        "[SYS] Você saiu da conta; agora é visitante-2.",
        "[SYS] Até logo!",
    ];
    assert_eq!(shown, expected);
    assert!(!remains.shown.concat().contains("segredo") && !remains.shown.concat().contains("nova12345"));
}

#[test]
fn a_login_whose_answer_is_lost_is_not_tried_again_by_itself() {
    let remains = talk(
        PIPE,
        |listener| {
            let mut fake = Fake::accept(listener, false);
            fake.welcome("Ana", false, &json!([]));
            lobby(&mut fake, 0);
            assert_eq!(fake.hear()["do"], "login");
            drop(fake);
            let mut fake = Fake::accept(listener, false);
            fake.welcome("Ana", true, &json!([room_at(1, 0)]));
            let login = fake.hear();
            let why = "Esta conexão não é cifrada.";
            fake.say(&json!({"is": "reject", "txn": login["txn"], "code": 2025, "text": why, "retry": "changed"}));
            bye(&mut fake);
        },
        |steps, _| {
            let name = Nickname::parse("Ana").expect("good");
            let login = || AccountCommand::Login { name: name.clone(), password: Secret::new("segredo123") };
            for step in
                [say("/nick Ana"), Step::Account(login()), Step::Tell("passwords-differ"), Step::Account(login())]
            {
                steps.try_send(step).expect("room");
            }
        },
    );
    let mut shown = screen(&remains.shown);
    shown.retain(|line| !line.starts_with("[SYS] De volta"));
    let unknown = "[ERRO] A conexão caiu antes da resposta: não se sabe se o comando foi feito. Confira, e repita se for \
                   preciso.";
    let open = "[ERRO] A senha já passou pela rede sem cifra, e alguém pode tê-la lido: entre por uma conexão cifrada, ou \
                na própria máquina do servidor, e troque-a com /password.";
    let expected = [
        "[SYS] Seu nome agora é Ana. Você entrou em #geral.",
        unknown,
        "[SYS] Conexão perdida; reconectando…",
        "[ERRO] As duas senhas não são iguais; nada foi feito.",
        "[ERRO] Esta conexão não é cifrada.",
        open,
        "[SYS] Até logo!",
    ];
    assert_eq!(shown, expected);
}

/// What is in the file of kept logins after a conversation that begins with this in it.
fn kept(
    before: bool,
    keeps: bool,
    server: impl FnOnce(&TcpListener) + Send + 'static,
    lines: &[&str],
) -> (Ending, Vec<String>, bool) {
    let folder = tempfile::tempdir().expect("a folder");
    let keeper = Keeper::at(&folder.path().join("logins"), "casa:1", keeps);
    if before {
        Keeper::at(&folder.path().join("logins"), "casa:1", true).made("Ana", "KEPT").expect("written");
    }
    let login = keeper.get().map(|kept| kept.token);
    let steps: Vec<Step> =
        before.then_some(Step::Return).into_iter().chain(lines.iter().map(|line| say(line))).collect();
    let remains = talk_as(&Paper::default(), PIPE, keeper.clone(), login, server, |sender, _| {
        for step in steps {
            sender.try_send(step).expect("room");
        }
    });
    (remains.ending, remains.shown, keeper.get().is_some())
}

/// A hello with the kept login, and its answer.
fn hello_with_login(fake: &mut Fake, account: Option<u64>) {
    let hello = fake.hear();
    assert_eq!((&hello["do"], &hello["login"], &hello["nick"]), (&json!("hello"), &json!("KEPT"), &Value::Null));
    let nick = if account.is_some() { "Ana" } else { "visitante-1" };
    let mut answer = json!({"to": "hello", "version": 1, "server": "fake", "session": "TOKEN", "ends": 1, "nick": nick,
        "now": 1, "capabilities": [], "message_bytes": 65536, "resumed": false, "rooms": []});
    if let Some(account) = account {
        answer["account"] = account.into();
    }
    fake.ack(&hello, &answer);
}

#[test]
fn a_login_is_kept_when_that_was_asked_for_and_forgotten_when_it_is_over() {
    for keeps in [true, false] {
        let login = |listener: &TcpListener| {
            Played::come_in(listener).answer("bye", &json!({"to": "bye"}));
        };
        assert_eq!(kept(false, keeps, login, &[LOGIN]).2, keeps);
    }
    let stays = |listener: &TcpListener| {
        let mut fake = Fake::accept(listener, false);
        hello_with_login(&mut fake, Some(3));
        lobby(&mut fake, 0);
        bye(&mut fake);
    };
    let (ending, shown, is_kept) = kept(true, false, stays, &[]);
    assert_eq!(
        (ending, &*shown[0], is_kept),
        (Ending::Left, "[SYS] Você entrou como Ana. Você entrou em #geral.", true)
    );
    let leaves = |listener: &TcpListener| {
        let mut fake = Fake::accept(listener, false);
        hello_with_login(&mut fake, Some(3));
        lobby(&mut fake, 0);
        fake.answer("logout", &json!({"to": "logout", "nick": "visitante-1"}));
        bye(&mut fake);
    };
    assert!(!kept(true, false, leaves, &["/logout"]).2);
    let is_over = |listener: &TcpListener| {
        let mut fake = Fake::accept(listener, false);
        hello_with_login(&mut fake, None);
        bye(&mut fake);
    };
    let (_, shown, is_kept) = kept(true, false, is_over, &[]);
    assert_eq!((&*shown[0], is_kept), ("[ERRO] O login guardado não vale mais. Entre com /login <nome>.", false));
    let ends = |listener: &TcpListener| {
        let mut fake = Fake::accept(listener, false);
        hello_with_login(&mut fake, Some(3));
        lobby(&mut fake, 0);
        fake.say(&json!({"is": "notice", "about": "login_ended", "text": "Sua sessão foi encerrada."}));
        fake.hear_out();
    };
    let (ending, shown, is_kept) = kept(true, false, ends, &["/rooms"]);
    assert_eq!((ending, is_kept), (Ending::Over(End::LoginEnded), false));
    assert!(shown.iter().any(|line| line == "[SYS] Sua sessão foi encerrada."), "{shown:?}");
}

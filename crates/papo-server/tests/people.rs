//! Accounts, conversations of two, moderation and bots over sockets, from one client to another.

mod support;

use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use papo_proto::papo1::client::Hidden;
use papo_proto::papo1::server::{About, Answer, Kind, Role};
use papo_proto::papo1::{ClientFrame, ServerFrame};
use papo_server::Policy;
use papo_server::admin::SOCKET;
use papo_store::SqliteStore;
use papo_testkit::{Client, Http, Structured};
use support::{Running, start, start_changed, start_with};

const PASSWORD: &str = "um bom segredo";

fn program(server: &Running, nick: &str) -> Structured {
    Structured::tcp(server.address()).named(nick).0
}

fn registered(server: &Running, nick: &str) -> (Structured, String) {
    let mut client = program(server, nick);
    let login = register(&mut client);
    (client, login)
}

fn register(client: &mut Structured) -> String {
    let (txn, password) = (client.txn(), Hidden(PASSWORD.into()));
    match client.ask(&ClientFrame::Register { txn, nick: None, password, invite: None }) {
        Ok(Answer::Register(logged_in)) => logged_in.login.to_string(),
        other => panic!("{other:?}"),
    }
}

fn json(path: &str, headers: &str, body: &str) -> String {
    format!(
        "POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n{headers}Content-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

#[test]
fn a_name_is_its_accounts_in_every_client() {
    let server = start();
    let mut ana = server.tcp().named("Ana");
    ana.send("/register curta");
    ana.expect("[ERRO] A senha precisa ter de 8 a 1024 caracteres.");
    ana.send(&format!("/register {PASSWORD}"));
    ana.expect("[SYS] A conta Ana é sua. Da próxima vez: /login Ana <senha>");
    ana.send("/logout");
    let guest = ana.read().expect("an answer");
    assert!(guest.starts_with("[SYS] Você saiu da conta; agora é convidado-"), "{guest}");
    for look in ["Ana", "ANA", "аna", "An\u{430}"] {
        ana.send(&format!("/nick {look}"));
        let refused = ana.read().expect("an answer");
        assert!(refused.starts_with("[ERRO] O nome"), "{look}: {refused}");
    }
    let mut other = server.tcp().named("Bob");
    other.send("/login Ana outro segredo");
    other.expect("[ERRO] Nome ou senha errados.");
    other.send("/login Ninguem outro segredo");
    other.expect("[ERRO] Nome ou senha errados.");
    other.send(&format!("/login ana {PASSWORD}"));
    other.expect("[SYS] Você entrou como Ana.");
    other.send("/sessions");
    let sessions = other.read().expect("an answer");
    assert!(sessions.starts_with("[SYS] Sessões da sua conta (1):\n") && sessions.ends_with("(esta)"), "{sessions}");
}

#[test]
fn two_sessions_of_one_account_see_what_either_says() {
    let server = start();
    let (mut one, login) = registered(&server, "Ana");
    let room = one.join("geral").id;
    let mut two = Structured::tcp(server.address());
    let mut hello = two.hello(None, None, Vec::new());
    if let ClientFrame::Hello { login: token, .. } = &mut hello {
        *token = Some(login.as_str().into());
    }
    two.send(&hello);
    match two.answer(papo_testkit::txn_of(&hello)) {
        Ok(Answer::Hello { nick, account, .. }) => assert_eq!((&*nick, account), ("Ana", Some(1))),
        other => panic!("{other:?}"),
    }
    two.join("geral");
    one.post(room, "de casa").expect("posted");
    let heard = two.message();
    assert_eq!((&*heard.author, &*heard.text, heard.account), ("Ana", "de casa", Some(1)));
    let txn = two.txn();
    match two.ask(&ClientFrame::Who { txn, room }) {
        Ok(Answer::Who { members, .. }) => assert_eq!(members, ["Ana".into()]),
        other => panic!("{other:?}"),
    }
    // Another password ends the other logins, with their sessions; those of this login go on.
    let mut three = program(&server, "Bob");
    let (txn, password) = (three.txn(), Hidden(PASSWORD.into()));
    assert!(matches!(three.ask(&ClientFrame::Login { txn, nick: "Ana".into(), password }), Ok(Answer::Login(_))));
    let (txn, old, new) = (one.txn(), Hidden(PASSWORD.into()), Hidden("segredo novo".into()));
    assert_eq!(one.ask(&ClientFrame::Password { txn, old, new }), Ok(Answer::Done));
    let ended = |frame: &ServerFrame| matches!(frame, ServerFrame::Notice { about: About::LoginEnded, .. });
    assert!(three.read_to_end().iter().any(ended));
    two.post(room, "ainda aqui").expect("posted");
}

#[test]
fn a_conversation_is_kept_for_who_is_away() {
    let server = start();
    let mut ana = server.tcp().named("Ana");
    ana.send(&format!("/register {PASSWORD}"));
    ana.read_until(|line| line.contains("A conta Ana"));
    let mut bob = server.tcp().named("Bob");
    bob.send(&format!("/register {PASSWORD}"));
    bob.read_until(|line| line.contains("A conta Bob"));
    ana.read_until(|line| line.contains("Bob entrou"));
    bob.send("/msg Ana oi");
    ana.expect("[@Bob] Bob: oi");
    ana.send("/r tudo bem");
    bob.expect("[@Ana] Ana: tudo bem");
    ana.send("/quit");
    ana.read_to_end();
    bob.read_until(|line| line.contains("Ana saiu"));
    bob.send("/msg Ana dormiu?");
    bob.expect("[SYS] Ana não está aqui; a mensagem foi guardada e será mostrada na volta.");
    bob.send("/msg Zé oi");
    bob.expect("[ERRO] Não há ninguém chamado Zé.");
    let mut ana = server.tcp();
    ana.read();
    ana.send(&format!("/login Ana {PASSWORD}"));
    ana.read_until(|line| line.contains("Você entrou como Ana"));
    ana.expect("[SYS] 1 mensagem de Bob chegou enquanto você estava fora. As últimas:");
    ana.expect("[@Bob] Bob: dormiu?");
    ana.send("/history @Bob");
    let history = ana.read().expect("an answer");
    assert_eq!(history.lines().count(), 4, "{history}");
}

#[test]
fn a_private_room_is_as_if_it_were_not_there() {
    let server = start();
    let (mut ana, _) = registered(&server, "Ana");
    let room = ana.join("secreta").id;
    let txn = ana.txn();
    assert_eq!(ana.ask(&ClientFrame::Private { txn, room, on: true }), Ok(Answer::Done));
    let mut eve = program(&server, "Eve");
    let txn = eve.txn();
    match eve.ask(&ClientFrame::Rooms { txn }) {
        Ok(Answer::Rooms { rooms }) => assert_eq!(rooms.iter().map(|room| &*room.name).collect::<Vec<_>>(), ["geral"]),
        other => panic!("{other:?}"),
    }
    for id in [room, 4711] {
        let txn = eve.txn();
        let history = ClientFrame::History { txn, room: id, before: None, after: None, limit: None };
        assert_eq!(eve.ask(&history), Err(2005));
        let txn = eve.txn();
        assert_eq!(eve.ask(&ClientFrame::Who { txn, room: id }), Err(2005));
        assert_eq!(eve.post(id, "oi"), Err(2005));
    }
    // Its name is as free as any other.
    let other = eve.join("secreta");
    assert!(other.id != room && other.kind == Kind::Public && other.role == Role::Owner, "{other:?}");
    let txn = ana.txn();
    assert_eq!(ana.ask(&ClientFrame::Invite { txn, room, who: "Eve".into() }), Ok(Answer::Done));
    let invited = eve.find(|frame| match frame {
        ServerFrame::Invited { room, by } => Some((room.id, by.clone())),
        _ => None,
    });
    assert_eq!(invited, (room, "Ana".into()));
    assert_eq!(eve.join("secreta").id, room, "who is invited means this one");
}

#[test]
fn who_runs_a_room_keeps_it_civil() {
    let server = start();
    let (mut ana, _) = registered(&server, "Ana");
    let room = ana.join("aula").id;
    let mut bob = program(&server, "Bob");
    bob.join("aula");
    let txn = bob.txn();
    assert_eq!(bob.ask(&ClientFrame::Topic { txn, room, topic: "caos".into() }), Err(2033));
    let txn = ana.txn();
    assert_eq!(ana.ask(&ClientFrame::Readonly { txn, room, on: true }), Ok(Answer::Done));
    assert_eq!(bob.post(room, "oi"), Err(2035));
    ana.post(room, "leiam").expect("who runs it may");
    let txn = ana.txn();
    assert_eq!(ana.ask(&ClientFrame::Readonly { txn, room, on: false }), Ok(Answer::Done));
    let txn = ana.txn();
    assert_eq!(ana.ask(&ClientFrame::Mute { txn, room, who: "Bob".into(), seconds: 60 }), Ok(Answer::Done));
    assert_eq!(bob.post(room, "oi"), Err(2037));
    let txn = ana.txn();
    assert_eq!(ana.ask(&ClientFrame::Unmute { txn, room, who: "Bob".into() }), Ok(Answer::Done));
    bob.post(room, "enfim").expect("not muted any more");
    let txn = ana.txn();
    let why = Some("gritou".into());
    assert_eq!(ana.ask(&ClientFrame::Ban { txn, room, who: "Bob".into(), seconds: None, why }), Ok(Answer::Done));
    let removed = bob.find(|frame| match frame {
        ServerFrame::Removed { by, why, banned, .. } => Some((by.clone(), why.clone(), *banned)),
        _ => None,
    });
    assert_eq!(removed, ("Ana".into(), "gritou".into(), true));
    let txn = bob.txn();
    assert_eq!(bob.ask(&ClientFrame::Join { txn, room: "aula".into() }), Err(2036));
    let txn = ana.txn();
    match ana.ask(&ClientFrame::Audit { txn, room, limit: None }) {
        Ok(Answer::Audit { entries, .. }) => {
            let acts: Vec<&str> = entries.iter().map(|entry| &*entry.act).collect();
            assert_eq!(acts, ["readonly", "readonly", "mute", "unmute", "ban"]);
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_is_taken_back_leaves_nothing_in_the_folder() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Arc::new(SqliteStore::open(folder.path()).expect("opened"));
    let mut server = start_with(|_| {}, store);
    let (mut ana, _) = registered(&server, "Ana");
    let room = ana.join("aula").id;
    let mut text = server.tcp().named("Teo").joined("aula");
    let secret = "xyzzy-plugh-31415";
    let seq = ana.post(room, secret).expect("posted");
    text.read_until(|line| line.contains(secret));
    assert!(found_in(folder.path(), secret));
    let txn = ana.txn();
    let redact = ClientFrame::Redact { txn, room, seq: Some(seq), who: None, seconds: None };
    assert_eq!(ana.ask(&redact), Ok(Answer::Redact { count: 1 }));
    text.expect("[SYS] Ana apagou uma mensagem.");
    text.send("/history");
    let history = text.read().expect("an answer");
    assert!(!history.contains(secret), "{history}");
    let deadline = Instant::now() + Duration::from_secs(20);
    while found_in(folder.path(), secret) {
        assert!(Instant::now() < deadline, "it is still there");
        std::thread::sleep(Duration::from_millis(200));
    }
    server.drain();
}

fn found_in(folder: &Path, text: &str) -> bool {
    let entries = std::fs::read_dir(folder).expect("read").filter_map(Result::ok);
    let has = |bytes: Vec<u8>| bytes.windows(text.len()).any(|part| part == text.as_bytes());
    entries.filter(|entry| entry.path().is_file()).any(|entry| std::fs::read(entry.path()).is_ok_and(has))
}

#[test]
fn a_bot_posts_by_http_and_is_on_disk_when_it_is_answered() {
    let server = start();
    let (mut ana, _) = registered(&server, "Ana");
    let room = ana.join("aula").id;
    let txn = ana.txn();
    let made = ana.ask(&ClientFrame::NewToken { txn, nick: "R2".into(), rooms: vec!["aula".into()] });
    let Ok(Answer::NewToken { token, .. }) = made else { panic!("{made:?}") };
    let post = |token: &str, room: &str, body: &str| {
        let mut http = Http::connect(server.web());
        let path = format!("/api/rooms/{room}/messages");
        http.send(json(&path, &format!("Authorization: Bearer {token}\r\n"), body)).expect("sent");
        let answer = http.answer(true);
        (answer.status, answer.text())
    };
    let (status, body) = post(&token, "aula", r#"{"text":"build verde"}"#);
    assert_eq!((status, body.contains(r#""seq":1"#)), (201, true), "{body}");
    let heard = ana.message();
    assert_eq!((&*heard.author, &*heard.text, heard.room), ("R2", "build verde", room));
    for (token, room, body, status) in [
        ("x", "aula", r#"{"text":"oi"}"#, 401),
        (&*token, "geral", r#"{"text":"oi"}"#, 403),
        (&*token, "nenhuma", r#"{"text":"oi"}"#, 404),
        (&*token, "aula", r#"{"text":" "}"#, 400),
        (&*token, "aula", r#"{"texto":"oi"}"#, 400),
    ] {
        assert_eq!(post(token, room, body).0, status, "{token} {room} {body}");
    }
    let keyed = |token: &str, key: &str, body: &str| {
        let mut http = Http::connect(server.web());
        let headers = format!("Authorization: Bearer {token}\r\nIdempotency-Key: {key}\r\n");
        http.send(json("/api/rooms/aula/messages", &headers, body)).expect("sent");
        let answer = http.answer(true);
        (answer.status, answer.text())
    };
    let first = keyed(&token, "build-43", r#"{"text":"build vermelho"}"#);
    assert_eq!((first.0, first.1.contains(r#""seq":2"#)), (201, true), "{first:?}");
    assert_eq!(keyed(&token, "build-43", r#"{"text":"build vermelho"}"#), first, "posted once");
    let second = keyed(&token, "build-44", r#"{"text":"build verde de novo"}"#);
    assert!(second.1.contains(r#""seq":3"#), "{second:?}");
    assert_eq!(keyed(&token, &"k".repeat(256), r#"{"text":"oi"}"#).0, 400);
    assert_eq!([ana.message().text, ana.message().text], ["build vermelho".into(), "build verde de novo".into()]);
    let txn = ana.txn();
    let made = ana.ask(&ClientFrame::NewToken { txn, nick: "R3".into(), rooms: Vec::new() });
    let Ok(Answer::NewToken { token: other, .. }) = made else { panic!("{made:?}") };
    assert!(keyed(&other, "build-43", r#"{"text":"de outro"}"#).1.contains(r#""seq":4"#), "each has its own keys");
    let txn = ana.txn();
    assert_eq!(ana.ask(&ClientFrame::Readonly { txn, room, on: true }), Ok(Answer::Done));
    assert_eq!(keyed(&token, "build-43", r#"{"text":"build vermelho"}"#), first, "it was posted before");
    assert_eq!(keyed(&token, "build-45", r#"{"text":"oi"}"#).0, 403);
    let txn = ana.txn();
    assert_eq!(ana.ask(&ClientFrame::RevokeToken { txn, nick: "R2".into() }), Ok(Answer::Done));
    assert_eq!(post(&token, "aula", r#"{"text":"oi"}"#).0, 401);
}

#[test]
fn a_browsers_login_lives_in_a_cookie_alone() {
    let server = start();
    let (_ana, login) = registered(&server, "Ana");
    let exchange = |headers: &str| {
        let mut http = Http::connect(server.web());
        http.send(json("/api/session", headers, &format!(r#"{{"login":"{login}"}}"#))).expect("sent");
        http.answer(true)
    };
    assert_eq!(exchange("Sec-Fetch-Site: cross-site\r\n").status, 403);
    assert_eq!(exchange("Origin: http://elsewhere.example\r\n").status, 403);
    let kept = exchange("Sec-Fetch-Site: same-origin\r\n");
    assert_eq!((kept.status, kept.header("cache-control")), (204, Some("no-store")));
    let cookie = kept.header("set-cookie").expect("a cookie").to_owned();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"), "{cookie}");
    assert_eq!(exchange("Sec-Fetch-Site: same-origin\r\n").status, 401, "the token that a page has read is dead");
    let cookie = cookie.split(';').next().expect("a pair");
    let nick = |headers: &[(&str, &str)]| {
        let mut headers = headers.to_vec();
        headers.push(("Sec-WebSocket-Protocol", "papo.v1"));
        let mut client = Client::try_ws(server.web(), "/ws", &headers).expect("open");
        client.send(r#"{"do":"hello","txn":1,"version":1}"#);
        let answer = client.read().expect("an answer");
        answer.split(r#""nick":""#).nth(1).and_then(|rest| rest.split('"').next()).expect("a nick").to_owned()
    };
    assert_eq!(nick(&[("Cookie", cookie)]), "Ana");
    assert!(nick(&[]).starts_with("convidado-"));
    let elsewhere = [("Cookie", cookie), ("Sec-Fetch-Site", "cross-site")];
    assert!(nick(&elsewhere).starts_with("convidado-"), "another page is a guest");
    let mut http = Http::connect(server.web());
    let gone = http.request("DELETE", "/api/session", &[("Cookie", cookie), ("Sec-Fetch-Site", "same-origin")]);
    assert_eq!(gone.status, 204);
    assert!(nick(&[("Cookie", cookie)]).starts_with("convidado-"), "the login has ended");
}

#[test]
fn whoever_runs_it_asks_by_a_socket_that_is_theirs_alone() {
    let mut server = start_changed(|config| config.policy = Policy { guests: false, ..Policy::default() });
    let folder = server.data.path().to_owned();
    let socket = folder.join(SOCKET);
    let mode = |path: &Path| std::fs::metadata(path).expect("there").permissions().mode() & 0o777;
    assert_eq!(mode(&socket), 0o600);
    let ask = |request: &str| {
        let mut stream = UnixStream::connect(&socket).expect("open");
        writeln!(stream, "{request}").expect("sent");
        let mut line = String::new();
        BufReader::new(stream).read_line(&mut line).expect("answered");
        line
    };
    let link = folder.join("first-admin.txt");
    assert_eq!(mode(&link), 0o600);
    let said = std::fs::read_to_string(&link).expect("there");
    let token = said.trim().rsplit(' ').next().expect("a token").to_owned();
    let mut ana = server.tcp();
    ana.read();
    ana.send("oi");
    let refused = ana.read().expect("an answer");
    assert!(refused.starts_with("[ERRO] Este servidor é só para quem tem conta."), "{refused}");
    ana.send("/join aula");
    assert_eq!(ana.read(), Some(refused), "nothing else is answered to strangers");
    ana.send(&format!("/register {PASSWORD} {token}"));
    let welcome = ana.read().expect("an answer");
    assert!(welcome.starts_with("[SYS] A conta convidado-"), "{welcome}");
    let users = ask(r#"{"lang":"en","do":"users"}"#);
    assert!(users.contains("administrator") && users.contains(r#""ok":true"#), "{users}");
    let added = ask(&format!(r#"{{"lang":"en","do":"add_user","name":"Bob","password":"{PASSWORD}"}}"#));
    assert!(added.contains(r#""ok":true"#), "{added}");
    let mut bob = server.tcp();
    bob.read();
    bob.send(&format!("/login Bob {PASSWORD}"));
    bob.read_until(|line| line.contains("Você entrou como Bob"));
    assert!(ask(r#"{"lang":"pt-BR","do":"say","text":"Voltamos às 8"}"#).contains(r#""ok":true"#));
    bob.read_until(|line| line == "[SYS] Aviso a todos: Voltamos às 8");
    assert!(ask(r#"{"lang":"pt-BR","do":"lockdown","on":true}"#).contains(r#""ok":true"#));
    bob.send("oi");
    bob.expect("[ERRO] O servidor está em quarentena: só escrevem contas com mais de um dia.");
    assert!(ask(r#"{"lang":"pt-BR","do":"disable_user","name":"Bob","on":true}"#).contains(r#""ok":true"#));
    assert_eq!(
        bob.read_to_end().last().map(String::as_str),
        Some("[SYS] Sua sessão foi encerrada. Entre de novo com /login <nome> <senha>.")
    );
    assert!(ask("lixo").contains(r#""ok":false"#));
    server.drain();
    assert!(!socket.exists(), "it goes with the server");
}

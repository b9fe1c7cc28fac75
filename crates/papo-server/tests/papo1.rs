//! papo/1 end to end: answers, mistakes, resuming, and readers that are too slow.

mod support;

use std::time::Duration;

use papo_proto::papo1::client::{Hidden, RoomCursor};
use papo_proto::papo1::server::{About, Answer, Retry, RoomState};
use papo_proto::papo1::{ClientFrame, ServerFrame};
use papo_proto::ws::close;
use papo_testkit::{Heard, Structured, txn_of};
use support::{Running, start, start_changed};

fn tcp(server: &Running) -> Structured {
    Structured::tcp(server.server.as_ref().expect("it runs").address())
}

fn ws(server: &Running) -> Structured {
    Structured::ws(server.web())
}

/// Nothing more comes, for a moment.
fn is_silent(client: &mut Structured) -> bool {
    matches!(client.hear(Duration::from_millis(300)), Err(Heard::Nothing))
}

fn cursor(room: &RoomState, seq: u64) -> RoomCursor {
    RoomCursor { room: room.id, epoch: room.epoch, seq }
}

fn seqs(client: &mut Structured, count: usize) -> Vec<u64> {
    (0..count).map(|_| client.message().seq).collect()
}

/// A command with a txn, about a room.
type Makes = fn(u64, u64) -> ClientFrame;

#[test]
fn every_command_is_answered_once_with_its_txn() {
    let server = start();
    for client in [tcp(&server), ws(&server)] {
        let (mut client, _) = client.named("Pia");
        let room = client.join("geral").id;
        let table: [(Makes, &str); 9] = [
            (|txn, room| ClientFrame::Post { txn, room, text: "oi".into() }, "post"),
            (|txn, _| ClientFrame::Create { txn, room: "outra".into() }, "create"),
            (|txn, _| ClientFrame::Rooms { txn }, "rooms"),
            (|txn, room| ClientFrame::Who { txn, room }, "who"),
            (|txn, _| ClientFrame::Nick { txn, nick: "Pia2".into() }, "nick"),
            (|txn, room| ClientFrame::History { txn, room, before: None, after: None, limit: None }, "history"),
            (|txn, room| ClientFrame::Typing { txn, room }, "typing"),
            (|txn, _| ClientFrame::Ping { txn }, "ping"),
            (|txn, room| ClientFrame::Leave { txn, room }, "leave"),
        ];
        // All at once: the answers come in the order of the commands.
        let frames: Vec<ClientFrame> = table.iter().map(|(make, _)| make(client.txn(), room)).collect();
        for frame in &frames {
            client.send(frame);
        }
        for (frame, (_, to)) in frames.iter().zip(table) {
            let Some(ServerFrame::Ack { txn, answer }) = client.read() else { panic!("no ack of {to}") };
            let answer = serde_json::to_value(&answer).expect("JSON");
            assert_eq!((txn, answer["to"].as_str()), (txn_of(frame), Some(to)));
        }
        let txn = client.txn();
        assert_eq!(client.ask(&ClientFrame::Bye { txn }), Ok(Answer::Bye));
        assert_eq!(client.read(), None, "nothing after the goodbye");
    }
}

/// A command about people that is answered with an ack of this kind, or a reject with this code.
type Row = (Makes, Result<&'static str, u16>);

/// Everything that an account can do; Bia has one too, and is in the room.
const OF_PEOPLE: &[Row] = &[
    (|txn, _| ClientFrame::Logins { txn }, Err(2021)),
    (|txn, _| ClientFrame::Register { txn, nick: None, password: secret("um segredo"), invite: None }, Ok("register")),
    (|txn, _| ClientFrame::Login { txn, nick: "Pia".into(), password: secret("um segredo") }, Err(2022)),
    (|txn, _| ClientFrame::Password { txn, old: secret("outro segredo"), new: secret("dois segredos") }, Err(2023)),
    (|txn, _| ClientFrame::Password { txn, old: secret("um segredo"), new: secret("dois segredos") }, Ok("done")),
    (|txn, _| ClientFrame::Logins { txn }, Ok("logins")),
    (|txn, _| ClientFrame::EndLogin { txn, login: 999 }, Err(2029)),
    (|txn, _| ClientFrame::NewToken { txn, nick: "R2".into(), rooms: vec!["aula".into()] }, Ok("new_token")),
    (|txn, _| ClientFrame::Tokens { txn }, Ok("tokens")),
    (|txn, _| ClientFrame::RevokeToken { txn, nick: "R2".into() }, Ok("done")),
    (|txn, _| ClientFrame::Ignore { txn, who: "Bia".into() }, Ok("done")),
    (|txn, _| ClientFrame::Unignore { txn, who: "Bia".into() }, Ok("done")),
    (|txn, _| ClientFrame::Direct { txn, who: "Bia".into() }, Ok("direct")),
    (|txn, room| ClientFrame::Read { txn, room, seq: 1 }, Err(2039)),
    (|txn, room| ClientFrame::Topic { txn, room, topic: "frações".into() }, Ok("done")),
    (|txn, room| ClientFrame::Slow { txn, room, seconds: 5 }, Ok("done")),
    (|txn, room| ClientFrame::Readonly { txn, room, on: true }, Ok("done")),
    (|txn, room| ClientFrame::Private { txn, room, on: true }, Ok("done")),
    (|txn, room| ClientFrame::Invite { txn, room, who: "Bia".into() }, Ok("done")),
    (|txn, room| ClientFrame::Op { txn, room, who: "Bia".into() }, Ok("done")),
    (|txn, room| ClientFrame::Deop { txn, room, who: "Bia".into() }, Ok("done")),
    (|txn, room| ClientFrame::Mute { txn, room, who: "Bia".into(), seconds: 60 }, Ok("done")),
    (|txn, room| ClientFrame::Unmute { txn, room, who: "Bia".into() }, Ok("done")),
    (|txn, room| ClientFrame::Kick { txn, room, who: "Bia".into(), why: None }, Ok("done")),
    (|txn, room| ClientFrame::Ban { txn, room, who: "Bia".into(), seconds: Some(60), why: None }, Ok("done")),
    (|txn, room| ClientFrame::Unban { txn, room, who: "Bia".into() }, Ok("done")),
    (|txn, room| ClientFrame::Unban { txn, room, who: "Bia".into() }, Err(2030)),
    (|txn, room| ClientFrame::Post { txn, room, text: "oi".into() }, Ok("post")),
    (|txn, room| ClientFrame::Redact { txn, room, seq: None, who: None, seconds: None }, Ok("redact")),
    (|txn, room| ClientFrame::Redact { txn, room, seq: Some(1), who: None, seconds: None }, Err(2040)),
    (|txn, room| ClientFrame::Report { txn, room, seq: None, why: "barulho".into() }, Ok("done")),
    (|txn, room| ClientFrame::Audit { txn, room, limit: None }, Ok("audit")),
    (|txn, room| ClientFrame::Close { txn, room }, Ok("done")),
    (|txn, _| ClientFrame::Logout { txn }, Ok("logout")),
    (|txn, _| ClientFrame::Login { txn, nick: "Pia".into(), password: secret("dois segredos") }, Ok("login")),
    (|txn, _| ClientFrame::DeleteAccount { txn, password: secret("dois segredos") }, Ok("done")),
    (|txn, _| ClientFrame::Ping { txn }, Ok("ping")),
];

fn secret(password: &str) -> Hidden {
    Hidden(password.into())
}

#[test]
fn every_command_about_people_is_answered_once_with_its_txn() {
    for connect in [tcp, ws] {
        let server = start();
        let (mut client, _) = connect(&server).named("Pia");
        let room = client.join("aula").id;
        let (mut bia, _) = tcp(&server).named("Bia");
        let txn = bia.txn();
        bia.ask(&ClientFrame::Register { txn, nick: None, password: secret("um segredo"), invite: None })
            .expect("registered");
        bia.join("aula");
        for (make, expected) in OF_PEOPLE {
            let frame = make(client.txn(), room);
            client.send(&frame);
            // What else comes between is no answer.
            let (txn, answer) = client.find(|frame| match frame {
                ServerFrame::Ack { txn, answer } => Some((*txn, Ok(answer.clone()))),
                ServerFrame::Reject { txn, code, .. } => Some((txn.expect("it is of a command"), Err(*code))),
                _ => None,
            });
            let kind = |answer: Answer| serde_json::to_value(&answer).expect("JSON")["to"].as_str().map(str::to_owned);
            let answer = answer.map(|answer| kind(answer).expect("its kind"));
            assert_eq!((txn, answer), (txn_of(&frame), expected.map(str::to_owned)), "{frame:?}");
        }
        let mut rest = std::iter::from_fn(|| client.hear(Duration::from_millis(300)).ok());
        let is_answer = |frame: ServerFrame| matches!(frame, ServerFrame::Ack { .. } | ServerFrame::Reject { .. });
        assert!(!rest.any(is_answer), "nothing is answered twice");
    }
}

#[test]
fn mistakes_are_rejected_and_the_connection_goes_on() {
    let server = start();
    for mut client in [tcp(&server), ws(&server)] {
        let mut rejected = |json: &str| {
            client.send_text(json);
            match client.read() {
                Some(ServerFrame::Reject { txn, code, retry, .. }) => (txn, code, retry),
                other => panic!("{other:?} to {json}"),
            }
        };
        assert_eq!(rejected(r#"{"do":"ping","txn":5}"#), (Some(5), 1001, Retry::Never));
        assert_eq!(rejected("not JSON"), (None, 1000, Retry::Never));
        assert_eq!(rejected(r#"{"do":"hello","txn":6,"version":2}"#), (Some(6), 1003, Retry::Never));
        assert_eq!(rejected(r#"{"do":"hello","txn":7,"version":1,"nick":"a b"}"#), (Some(7), 2000, Retry::Changed));
        let long = format!(r#"{{"do":"post","txn":8,"room":1,"text":"{}"}}"#, "x".repeat(300 * 1024));
        assert_eq!(rejected(&long), (None, 2004, Retry::Changed), "over the limit of a frame");
        client.send_text(r#"{"do":"hello","txn":9,"version":1}"#);
        assert!(matches!(client.read(), Some(ServerFrame::Ack { txn: 9, .. })));
        let mut rejected = |json: &str| {
            client.send_text(json);
            match client.read() {
                Some(ServerFrame::Reject { txn: Some(txn), code, .. }) => (txn, code),
                other => panic!("{other:?} to {json}"),
            }
        };
        assert_eq!(rejected(r#"{"do":"hello","txn":10,"version":1}"#), (10, 1002));
        assert_eq!(rejected(r#"{"do":"post","txn":11,"room":77,"text":"x"}"#), (11, 2005));
        assert_eq!(rejected(r#"{"do":"who","txn":12,"room":1}"#), (12, 2006));
        let long = format!(r#"{{"do":"post","txn":13,"room":1,"text":"{}"}}"#, "x".repeat(65 * 1024));
        assert_eq!(rejected(&long), (13, 2004), "over the limit of a message");
    }
}

#[test]
fn who_was_greeted_as_a_person_may_still_be_a_program() {
    let server = start();
    let mut client = tcp(&server);
    assert!(matches!(client.wire().hear(papo_testkit::PATIENCE), Heard::Frame(text) if text.starts_with("[SYS]")));
    let (mut client, _) = client.named("Pia");
    assert_eq!(client.join("geral").head, 0);
}

#[test]
fn what_was_missed_comes_in_order_and_ones_own_with_its_txn() {
    let server = start();
    let (mut pia, token) = tcp(&server).named("Pia");
    let (mut bob, _) = ws(&server).named("Bob");
    let room = pia.join("geral");
    bob.join("geral");
    let txn = pia.txn();
    let mine = ClientFrame::Post { txn, room: room.id, text: "minha".into() };
    let first = pia.ask(&mine);
    drop(pia);
    for n in 0..120 {
        bob.post(room.id, &n.to_string()).expect("taken");
    }
    let mut pia = ws(&server);
    let rooms = pia.resume(&token, vec![cursor(&room, 0)]);
    assert_eq!((rooms.len(), rooms[0].head), (1, 121));
    let own = pia.message();
    assert_eq!((own.seq, &*own.author, own.txn), (1, "Pia", Some(txn)));
    assert_eq!(seqs(&mut pia, 120), (2..=121).collect::<Vec<_>>());
    // What is sent again has its first answer, and is not there twice.
    assert_eq!(pia.ask(&mine), first);
    assert_eq!(pia.log(room.id).len(), 121);
    bob.post(room.id, "depois").expect("taken");
    assert_eq!(pia.message().seq, 122);
}

#[test]
fn what_is_too_much_is_a_gap_that_history_fills() {
    let server = start();
    let (mut pia, token) = tcp(&server).named("Pia");
    let (mut bob, _) = tcp(&server).named("Bob");
    let room = pia.join("geral");
    bob.join("geral");
    drop(pia);
    for n in 0..501 {
        let txn = bob.txn();
        bob.send(&ClientFrame::Post { txn, room: room.id, text: n.to_string().into() });
    }
    while bob.log(room.id).len() < 501 {}
    let mut pia = tcp(&server);
    pia.resume(&token, vec![cursor(&room, 0)]);
    assert_eq!(pia.read(), Some(ServerFrame::Gap { room: room.id, from: 1, to: 501 }));
    let log = pia.log(room.id);
    assert!(log.iter().map(|message| message.seq).eq(1..=501));
    assert!(log.iter().enumerate().all(|(n, message)| *message.text == *n.to_string()));
}

#[test]
fn another_log_is_a_reset_and_no_room_is_gone() {
    let server = start();
    let (mut pia, token) = tcp(&server).named("Pia");
    let room = pia.join("geral");
    pia.post(room.id, "oi").expect("taken");
    drop(pia);
    for (at, told) in [
        (RoomCursor { epoch: room.epoch + 1, ..cursor(&room, 1) }, "reset"),
        (cursor(&room, 99), "reset"),
        (RoomCursor { room: 88, epoch: 1, seq: 0 }, "gone"),
    ] {
        let mut pia = tcp(&server);
        pia.resume(&token, vec![at]);
        match (pia.read(), told) {
            (Some(ServerFrame::Reset { room: state }), "reset") => {
                assert_eq!((state.head, state.epoch), (1, room.epoch));
            }
            (Some(ServerFrame::Gone { room: 88 }), "gone") => {}
            (other, _) => panic!("{other:?}, not {told}"),
        }
    }
}

#[test]
fn a_session_that_goes_on_elsewhere_ends_here() {
    let server = start();
    let (mut old, token) = ws(&server).named("Pia");
    let (mut bob, _) = tcp(&server).named("Bob");
    let room = old.join("geral");
    bob.join("geral");
    // What was sent before is carried out, wherever its answer goes.
    let txn = old.txn();
    old.send(&ClientFrame::Post { txn, room: room.id, text: "antes".into() });
    assert_eq!(&*bob.message().text, "antes");
    let mut new = tcp(&server);
    new.resume(&token, vec![cursor(&room, 1)]);
    let last = old.read_to_end();
    assert!(
        last.iter().any(|frame| matches!(frame, ServerFrame::Notice { about: About::Fenced, .. })),
        "the old one is told: {last:?}"
    );
    assert_eq!(old.wire().close_code(), Some(close::NORMAL));
    new.post(room.id, "aqui").expect("taken");
    assert_eq!(&*bob.message().text, "aqui");
    assert!(is_silent(&mut bob), "nobody came or went");
}

#[test]
fn who_comes_back_in_time_was_never_away() {
    let server = start();
    let (mut pia, token) = ws(&server).named("Pia");
    let room = pia.join("geral");
    let mut ana = server.tcp().named("Ana");
    drop(pia);
    ana.send("/nick Pia");
    assert!(ana.read().expect("an answer").starts_with("[ERRO] O nome Pia já está em uso"));
    let mut pia = ws(&server);
    pia.resume(&token, vec![cursor(&room, 0)]);
    pia.post(room.id, "de volta").expect("taken");
    ana.expect("[#geral] Pia: de volta");
}

#[test]
fn a_reader_that_does_not_read_is_told_what_it_missed() {
    let server = start_changed(|config| config.limits.backlog_bytes = 64 * 1024);
    let (mut slow, _) = tcp(&server).named("Lento");
    let (mut bob, _) = tcp(&server).named("Bob");
    let room = slow.join("geral").id;
    bob.join("geral");
    let count = 3_000;
    let text = "x".repeat(4_000);
    for n in 1..=count {
        assert_eq!(bob.post(room, &text), Ok(n), "Bob waits for nobody");
    }
    let (mut seen, mut stale) = (vec![false; count as usize + 1], 0);
    let mut missing = Vec::new();
    // Its answer comes behind all that was said, or was told as a gap.
    let txn = slow.txn();
    slow.send(&ClientFrame::Who { txn, room });
    loop {
        match slow.read().expect("it is not closed") {
            ServerFrame::Message(message) => {
                assert!(!std::mem::replace(&mut seen[message.seq as usize], true), "once");
            }
            ServerFrame::Gap { from, to, .. } => missing.extend(from..=to),
            ServerFrame::Stale { .. } => stale += 1,
            ServerFrame::Ack { answer: Answer::Who { .. }, .. } => break,
            ServerFrame::Entered { .. } => {}
            other => panic!("{other:?}"),
        }
    }
    assert!(!missing.is_empty() && stale > 0, "it fell behind");
    for seq in &missing {
        assert!(!std::mem::replace(&mut seen[*seq as usize], true), "{seq} is missing and was there");
    }
    assert!(seen[1..].iter().all(|seen| *seen), "each was there or is told to be missing");
    assert_eq!(slow.log(room).len() as u64, count);
}

#[test]
fn who_does_not_take_what_others_cause_loses_the_connection_and_goes_on_with_another() {
    let server = start();
    let (mut slow, token) = tcp(&server).named("Lento");
    let mut ana = server.tcp().named("Ana").joined("sala");
    ana.send(&format!("/topic {}", "\u{1F389}".repeat(250)));
    ana.expect("[SYS] Feito.");
    // More than the system takes for a reader, on both sides together.
    let count = 16_000;
    for _ in 0..count / 100 {
        ana.send_all(std::iter::repeat_n("/invite Lento", 100));
        for _ in 0..100 {
            ana.expect("[SYS] Feito: Lento.");
        }
    }
    let told = slow.read_to_end().len();
    assert!(told < count, "{told}");
    let mut again = tcp(&server);
    again.resume(&token, Vec::new());
    assert!(again.join("geral").id > 0);
}

#[test]
fn a_drain_tells_programs_to_come_back() {
    let mut server = start();
    let (mut pia, _) = ws(&server).named("Pia");
    server.drain();
    let last = pia.read_to_end();
    assert!(matches!(last[..], [ServerFrame::Notice { about: About::Draining, .. }]), "{last:?}");
    assert_eq!(pia.wire().close_code(), Some(close::GOING_AWAY));
}

#[test]
fn several_rooms_are_told_apart_and_each_has_its_order() {
    let server = start();
    let (mut pia, _) = tcp(&server).named("Pia");
    let (mut bob, _) = ws(&server).named("Bob");
    let rooms: Vec<u64> = ["um", "dois", "tres"].map(|name| pia.join(name).id).to_vec();
    for name in ["um", "dois", "tres"] {
        bob.join(name);
    }
    for n in 0..90 {
        bob.post(rooms[n % 3], &format!("{n}")).expect("taken");
    }
    let mut heads = vec![0; 3];
    for _ in 0..90 {
        let message = pia.message();
        let at = rooms.iter().position(|room| *room == message.room).expect("one of them");
        heads[at] += 1;
        assert_eq!(message.seq, heads[at]);
    }
    assert_eq!(heads, [30, 30, 30]);
}

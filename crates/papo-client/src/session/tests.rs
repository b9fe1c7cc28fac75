//! A session against a server that the test plays, with a clock of its own.

mod people;

use papo_proto::papo1::server::Message;
use serde_json::{Value, json};

use super::*;

/// A session on a line, and what the test sees of it.
struct Play {
    session: Session,
    now: Instant,
}

impl Play {
    fn new(settings: Settings) -> Self {
        Self { session: Session::new(settings), now: Instant::now() }
    }

    fn named(name: &str) -> Self {
        Self::new(Settings { wish: Wish::Name(name.into()), ..Settings::default() })
    }

    /// Open, in room 7 at this head.
    fn open(head: u64) -> Self {
        let mut play = Self::named("Ana");
        play.connect();
        play.hello_answer(1, &json!([{"id": 7, "epoch": 5, "name": "geral", "first": 1, "head": head}]), false);
        play.events();
        play
    }

    fn connect(&mut self) {
        assert!(self.session.poll_connect(self.now));
        self.session.handle_connected(self.now);
    }

    fn pass(&mut self, seconds: f64) -> Option<Why> {
        self.now += Duration::from_secs_f64(seconds);
        self.session.handle_timeout(self.now)
    }

    fn cut(&mut self) {
        self.session.handle_lost(Why::Closed(None), self.now, 0);
        self.pass(1.0);
    }

    fn hear(&mut self, frame: &Value) {
        assert_eq!(self.session.handle_frame(frame.to_string().as_bytes(), self.now), None);
    }

    fn hello_answer(&mut self, txn: u64, rooms: &Value, resumed: bool) {
        self.sent();
        let answer = json!({"to": "hello", "version": 1, "server": "papo", "session": "TOKEN", "ends": 9, "nick": "Ana",
            "now": 1, "capabilities": [], "message_bytes": 65536, "resumed": resumed, "rooms": rooms});
        self.hear(&json!({"is": "ack", "txn": txn, "answer": answer}));
    }

    fn reject(&mut self, txn: u64, code: u16, retry: &str, after_ms: Option<u64>) {
        let mut frame = json!({"is": "reject", "txn": txn, "code": code, "text": "não", "retry": retry});
        if let Some(after) = after_ms {
            frame["after_ms"] = after.into();
        }
        self.hear(&frame);
    }

    fn posted(&mut self, txn: u64, seq: u64) {
        self.hear(&json!({"is": "ack", "txn": txn, "answer": {"to": "post", "room": 7, "seq": seq, "at": seq}}));
    }

    fn said(&mut self, seq: u64, txn: Option<u64>) {
        self.hear(&message(seq, txn, "message"));
    }

    fn post(&mut self, text: &str) -> u64 {
        self.session.command(Want::Post { room: 7, text: text.into() }).expect("room")
    }

    /// What the session writes, as JSON.
    fn sent(&mut self) -> Vec<Value> {
        std::iter::from_fn(|| self.session.poll_transmit(self.now))
            .map(|frame| serde_json::to_value(frame).expect("JSON"))
            .collect()
    }

    /// (what, txn) of each frame that it writes.
    fn sent_txns(&mut self) -> Vec<(String, u64)> {
        let txn =
            |frame: Value| (frame["do"].as_str().expect("a word").to_owned(), frame["txn"].as_u64().expect("one"));
        self.sent().into_iter().map(txn).collect()
    }

    fn events(&mut self) -> Vec<ClientEvent> {
        std::iter::from_fn(|| self.session.poll_event()).collect()
    }

    /// The seqs that are told, and the outcomes as (txn, seq or code; 0 for unknown).
    fn told(&mut self) -> (Vec<u64>, Vec<(u64, u64)>) {
        let (mut told, mut done) = (Vec::new(), Vec::new());
        for event in self.events() {
            match event {
                ClientEvent::Message(Message { seq, .. }) => told.push(seq),
                ClientEvent::Done { txn, outcome, .. } => done.push((
                    txn,
                    match outcome {
                        Outcome::Answer(papo_proto::papo1::server::Answer::Post { seq, .. }) => seq,
                        Outcome::Rejected(reject) => reject.code.into(),
                        _ => 0,
                    },
                )),
                _ => {}
            }
        }
        (told, done)
    }
}

fn message(seq: u64, txn: Option<u64>, is: &str) -> Value {
    let mut frame = json!({"is": is, "room": 7, "seq": seq, "at": seq, "author": "Bob", "text": format!("{seq}")});
    if let Some(txn) = txn {
        frame["txn"] = txn.into();
    }
    frame
}

fn hello(txn: u64, more: &Value) -> Value {
    let mut hello = json!({"do": "hello", "txn": txn, "version": 1});
    hello.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
    hello
}

#[test]
fn a_session_opens_and_a_new_line_resumes_it() {
    let mut play = Play::named("Ana");
    play.connect();
    assert_eq!(play.sent(), [hello(1, &json!({"nick": "Ana"}))]);
    play.session.handle_frame("[SYS] Boas-vindas".as_bytes(), play.now);
    play.hello_answer(1, &json!([]), false);
    play.session.command(Want::Join("geral".into())).expect("room");
    assert_eq!(play.sent(), [json!({"do": "join", "txn": 2, "room": "geral"})]);
    let room = json!({"id": 7, "epoch": 5, "name": "geral", "first": 1, "head": 9});
    play.hear(&json!({"is": "ack", "txn": 2, "answer": {"to": "join", "room": room, "cut": false}}));
    play.said(10, None);
    play.cut();
    play.connect();
    let resume = json!([{"room": 7, "epoch": 5, "seq": 10}]);
    assert_eq!(play.sent(), [hello(3, &json!({"session": "TOKEN", "resume": resume}))]);
    play.events();
    play.hello_answer(3, &json!([{"id": 7, "epoch": 5, "name": "geral", "first": 1, "head": 12}]), true);
    play.said(11, None);
    assert!(!play.events().contains(&ClientEvent::CaughtUp { missed: 1 }));
    play.said(12, None);
    assert!(play.events().contains(&ClientEvent::CaughtUp { missed: 2 }));
}

#[test]
fn what_was_not_answered_is_sent_again_with_its_txn_and_told_once() {
    let mut play = Play::open(4);
    let posts = [play.post("um"), play.post("dois")];
    assert_eq!(play.sent_txns(), [("post".into(), 2), ("post".into(), 3)]);
    play.posted(posts[0], 5);
    play.cut();
    let offline = play.post("três");
    play.connect();
    play.hello_answer(5, &json!([{"id": 7, "epoch": 5, "name": "geral", "first": 1, "head": 7}]), true);
    assert_eq!(play.sent_txns(), [("post".into(), posts[1]), ("post".into(), offline)]);
    // The second had been taken: it is among what was missed, and its repetition gets its place.
    play.said(6, None);
    play.said(7, Some(posts[1]));
    play.posted(posts[1], 7);
    play.posted(offline, 8);
    assert_eq!(play.told(), (vec![5, 6, 7, 8], vec![(posts[0], 5), (posts[1], 7), (offline, 8)]));
    assert_eq!(play.session.pending(), 0);
}

#[test]
fn a_session_that_the_server_forgot_leaves_what_was_written_unknown() {
    let mut play = Play::open(4);
    let written = play.post("um");
    play.sent();
    play.cut();
    let fresh = play.post("dois");
    play.connect();
    assert_eq!(play.sent()[0]["session"], "TOKEN");
    play.reject(4, 2007, "changed", None);
    let again = play.sent();
    assert_eq!(again, [hello(5, &json!({"nick": "Ana", "resume": [{"room": 7, "epoch": 5, "seq": 4}]}))]);
    play.hello_answer(5, &json!([{"id": 7, "epoch": 5, "name": "geral", "first": 1, "head": 4}]), false);
    assert_eq!(play.sent_txns(), [("post".into(), fresh)]);
    assert_eq!(play.told().1, [(written, 0)]);
}

#[test]
fn a_name_that_is_taken_is_told_and_another_one_given() {
    let mut play = Play::named("Ana");
    play.connect();
    play.sent();
    play.reject(1, 2001, "changed", None);
    assert!(matches!(play.events()[..], [ClientEvent::NameRefused(_)]));
    assert_eq!(play.sent(), [Value::Null; 0]);
    play.session.greet(Some("Aninha".into()));
    assert_eq!(play.sent(), [hello(2, &json!({"nick": "Aninha"}))]);
}

#[test]
fn a_name_that_a_lost_hello_of_ours_may_hold_is_tried_again() {
    let mut play = Play::named("Ana");
    play.connect();
    play.sent();
    play.cut();
    play.connect();
    play.sent();
    play.reject(2, 2001, "changed", None);
    assert_eq!((play.sent(), play.session.poll_timeout()), (vec![], Some(play.now + Duration::from_secs(2))));
    play.pass(2.0);
    assert_eq!(play.sent_txns(), [("hello".into(), 3)]);
    play.pass(19.0);
    play.reject(3, 2001, "changed", None);
    play.pass(60.0);
    play.sent();
    play.reject(4, 2001, "changed", None);
    assert!(play.events().iter().any(|event| matches!(event, ClientEvent::NameRefused(_))));
}

#[test]
fn what_is_put_off_is_sent_again_and_keeps_its_place() {
    let mut play = Play::open(0);
    let first = play.post("um");
    play.sent();
    play.reject(first, 5001, "later", Some(2000));
    let second = play.post("dois");
    let who = play.session.command(Want::Who(7)).expect("room");
    assert_eq!(play.sent_txns(), [("who".into(), who)]);
    assert_eq!(play.session.poll_timeout(), Some(play.now + Duration::from_secs(2)));
    play.pass(2.0);
    assert_eq!(play.sent_txns(), [("post".into(), first), ("post".into(), second)]);
    // People are told at once what would take minutes.
    let create = play.session.command(Want::Create("x".into())).expect("room");
    play.sent();
    play.reject(create, 3000, "later", Some(180_000));
    play.reject(first, 2006, "changed", None);
    assert_eq!(play.told().1, [(create, 3000), (first, 2006)]);
}

#[test]
fn the_farewell_waits_for_what_was_said_before() {
    let mut play = Play::open(0);
    let post = play.post("um");
    play.session.command(Want::Bye).expect("room");
    assert_eq!(play.sent_txns(), [("post".into(), post)]);
    play.posted(post, 1);
    assert_eq!(play.sent_txns(), [("bye".into(), 3)]);
    play.hear(&json!({"is": "ack", "txn": 3, "answer": {"to": "bye"}}));
    assert_eq!(play.events().last(), Some(&ClientEvent::Ended(End::Left)));
    assert!(!play.session.poll_connect(play.now + Duration::from_secs(100)));
}

#[test]
fn a_silent_line_is_asked_and_then_given_up() {
    let mut play = Play::open(0);
    assert_eq!(play.session.poll_timeout(), Some(play.now + PING_AFTER));
    assert_eq!(play.pass(20.0), None);
    assert_eq!(play.sent_txns(), [("ping".into(), 2)]);
    assert_eq!(play.pass(10.0), None);
    play.said(1, None);
    assert_eq!(play.pass(20.0), None);
    assert_eq!(play.sent_txns(), [("ping".into(), 3)]);
    assert_eq!(play.pass(20.0), Some(Why::Silent));
    let mut play = Play::named("Ana");
    play.connect();
    play.sent();
    assert_eq!(play.pass(20.0), Some(Why::Foreign));
}

#[test]
fn attempts_come_at_growing_distances_until_one_succeeds() {
    let mut play = Play::open(0);
    let mut waits = Vec::new();
    play.session.handle_lost(Why::Closed(None), play.now, u32::MAX);
    for _ in 0..7 {
        let until = play.session.poll_timeout().expect("a time");
        waits.push((until - play.now).as_secs());
        assert!(!play.session.poll_connect(play.now));
        play.now = until;
        assert!(play.session.poll_connect(play.now));
        play.session.handle_unreachable(Why::Broken("x".into()), play.now, u32::MAX);
    }
    assert_eq!(waits, [1, 2, 4, 8, 16, 30, 30]);
    play.pass(30.0);
    play.connect();
    play.hello_answer(2, &json!([]), true);
    play.cut();
    assert!(play.session.poll_connect(play.now), "after a second again");
}

#[test]
fn a_hole_is_asked_for_and_told_in_order() {
    let mut play = Play::open(4);
    play.hear(&json!({"is": "gap", "room": 7, "from": 5, "to": 6}));
    play.said(7, None);
    let ask = json!({"do": "history", "txn": 2, "room": 7, "after": 4, "limit": 2});
    assert_eq!((play.sent(), play.told().0), (vec![ask.clone()], vec![]));
    // Another line: the same is asked again.
    play.cut();
    play.connect();
    play.hello_answer(3, &json!([{"id": 7, "epoch": 5, "name": "geral", "first": 1, "head": 7}]), true);
    assert_eq!(play.sent_txns(), [("history".into(), 4)]);
    play.reject(4, 3001, "later", Some(200));
    assert_eq!(play.sent(), [Value::Null; 0]);
    play.pass(0.2);
    assert_eq!(play.sent_txns(), [("history".into(), 5)]);
    let events = json!([message(5, None, "message"), message(6, None, "message")]);
    let answer = json!({"to": "history", "room": 7, "first": 1, "head": 7, "events": events});
    play.hear(&json!({"is": "ack", "txn": 5, "answer": answer}));
    let events = play.events();
    assert_eq!(events.last(), Some(&ClientEvent::CaughtUp { missed: 3 }));
    let seqs: Vec<u64> = events
        .iter()
        .filter_map(|event| if let ClientEvent::Message(message) = event { Some(message.seq) } else { None })
        .collect();
    assert_eq!((seqs, play.sent()), (vec![5, 6, 7], vec![]));
}

#[test]
fn another_log_a_room_that_is_gone_and_a_line_taken_over() {
    let mut play = Play::open(4);
    play.cut();
    play.connect();
    let anew = json!({"id": 7, "epoch": 6, "name": "geral", "first": 1, "head": 2});
    play.hello_answer(2, &json!([anew]), true);
    play.hear(&json!({"is": "reset", "room": anew}));
    play.said(3, None);
    assert_eq!(play.told().0, [3]);
    play.hear(&json!({"is": "gone", "room": 7}));
    assert!(play.session.timeline(7).is_none());
    let post = play.post("um");
    play.hear(&json!({"is": "notice", "about": "fenced", "text": "x"}));
    let events = play.events();
    assert!(
        events
            .iter()
            .any(|event| matches!(event, ClientEvent::Done { txn, outcome: Outcome::NotSent, .. } if *txn == post))
    );
    assert_eq!(events.last(), Some(&ClientEvent::Ended(End::Fenced)));
    play.session.handle_lost(Why::Closed(None), play.now, 0);
    assert_eq!((play.session.poll_timeout(), play.events()), (None, vec![]));
}

#[test]
fn no_more_is_taken_than_may_wait() {
    let mut play = Play::new(Settings { pending_max: 2, ..Settings::default() });
    play.post("um");
    play.post("dois");
    assert_eq!(play.session.command(Want::Rooms), Err(Full));
    assert!(!play.session.has_room());
}

#[test]
fn what_cannot_be_read_ends_the_line() {
    let mut play = Play::open(0);
    assert_eq!(play.session.handle_frame(b"{\"is\":\"message\"}", play.now), Some(Why::Foreign));
    assert_eq!(play.session.handle_frame(br#"{"is":"reaction","room":1}"#, play.now), None);
}

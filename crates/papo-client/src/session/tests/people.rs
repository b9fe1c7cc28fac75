//! Accounts, conversations of two, and what moderators do, as a session hears of them.

use papo_proto::names::Parsed;
use papo_proto::words::{AccountCommand, Act, Change, RedactTarget, Secret};
use papo_proto::{Ephemeral, Nickname};

use super::*;

fn login() -> Want {
    let name = Nickname::parse("Ana").expect("good").name;
    Want::Account(AccountCommand::Login { name: Parsed { name, cut: false }, password: Secret::new("segredo123") })
}

fn logged_in(txn: u64) -> Value {
    let answer = json!({"to": "login", "account": 3, "nick": "Ana Maria", "admin": false, "login": "LOGIN", "ends": 9});
    json!({"is": "ack", "txn": txn, "answer": answer})
}

fn direct(id: u64, with: &str, head: u64) -> Value {
    json!({"id": id, "epoch": 5, "name": with, "first": 1, "head": head, "kind": "direct", "read": 1})
}

impl Play {
    fn want(&mut self, want: Want) -> u64 {
        self.session.command(want).expect("room")
    }
}

#[test]
fn a_login_that_was_made_is_told_with_its_token_and_outlives_the_session() {
    let mut play = Play::open(0);
    let txn = play.want(login());
    let expected = json!({"do": "login", "txn": txn, "nick": "Ana", "password": "segredo123"});
    assert_eq!(play.sent(), [expected]);
    play.hear(&logged_in(txn));
    let events = play.events();
    assert!(matches!(&events[0], ClientEvent::LoggedIn(login) if &*login.login == "LOGIN"), "{events:?}");
    assert!(!format!("{events:?}").contains("LOGIN") && !format!("{events:?}").contains("segredo"));
    assert!(matches!(&events[1], ClientEvent::Done { txn: done, .. } if *done == txn));
    assert_eq!(play.session.nick().map(|nick| &**nick), Some("Ana Maria"));
    play.cut();
    play.connect();
    let resume = json!([{"room": 7, "epoch": 5, "seq": 0}]);
    assert_eq!(play.sent(), [hello(3, &json!({"session": "TOKEN", "login": "LOGIN", "resume": resume}))]);
    // The server has forgotten the session: the login is whose name the new one has.
    play.reject(3, 2007, "changed", None);
    assert_eq!(play.sent(), [hello(4, &json!({"login": "LOGIN", "resume": resume}))]);
}

#[test]
fn a_login_from_before_says_hello_at_once_and_who_comes_with_one_that_is_over_is_a_guest() {
    let mut play = Play::new(Settings { login: Some("LOGIN".into()), ..Settings::default() });
    play.connect();
    assert_eq!(play.sent(), [hello(1, &json!({"login": "LOGIN"}))]);
    play.hello_answer(1, &json!([]), false);
    assert!(matches!(
        &play.events()[..],
        [ClientEvent::Opened(_), ClientEvent::LoggedOut, ClientEvent::CaughtUp { .. }]
    ));
    play.cut();
    play.connect();
    assert_eq!(play.sent(), [hello(2, &json!({"session": "TOKEN"}))]);
}

#[test]
fn a_login_that_ends_is_the_end_and_no_line_is_made_anew() {
    let mut play = Play::open(0);
    play.hear(&json!({"is": "notice", "about": "login_ended", "text": "x"}));
    assert_eq!(play.events().last(), Some(&ClientEvent::Ended(End::LoginEnded)));
    play.session.handle_lost(Why::Closed(None), play.now, 0);
    assert!(!play.session.poll_connect(play.now + Duration::from_secs(100)));
}

#[test]
fn who_logs_out_is_in_none_of_the_accounts_conversations() {
    let mut play = Play::open(0);
    let txn = play.want(login());
    play.sent();
    play.hear(&logged_in(txn));
    play.hear(&json!({"is": "direct", "room": direct(9, "Bob", 4)}));
    let txn = play.want(Want::Account(AccountCommand::Logout));
    play.sent();
    play.hear(&json!({"is": "ack", "txn": txn, "answer": {"to": "logout", "nick": "visitante-1"}}));
    assert!(play.events().contains(&ClientEvent::LoggedOut));
    assert!(play.session.timeline(9).is_none() && play.session.timeline(7).is_some());
    play.cut();
    play.connect();
    let resume = json!([{"room": 7, "epoch": 5, "seq": 0}]);
    assert_eq!(play.sent(), [hello(4, &json!({"session": "TOKEN", "resume": resume}))]);
}

#[test]
fn a_conversation_that_begins_by_itself_is_read_and_resumed_like_a_room() {
    let mut play = Play::open(0);
    play.hear(&json!({"is": "direct", "room": direct(9, "Bob", 4)}));
    play.hear(&json!({"is": "message", "room": 9, "seq": 5, "at": 5, "author": "Bob", "text": "oi"}));
    let events = play.events();
    assert!(matches!(&events[0], ClientEvent::Direct(room) if &*room.name == "Bob" && room.read == Some(1)));
    assert!(matches!(&events[1], ClientEvent::Message(message) if message.seq == 5));
    let post = play.want(Want::Post { room: 9, text: "olá".into() });
    play.sent();
    play.cut();
    play.connect();
    let resume = json!([{"room": 7, "epoch": 5, "seq": 0}, {"room": 9, "epoch": 5, "seq": 5}]);
    assert_eq!(play.sent(), [hello(3, &json!({"session": "TOKEN", "resume": resume}))]);
    play.hello_answer(3, &json!([direct(9, "Bob", 5)]), true);
    assert_eq!(play.sent_txns(), [("post".into(), post)]);
}

#[test]
fn who_is_taken_out_of_a_room_is_told_by_its_name_and_does_not_resume_it() {
    let mut play = Play::open(4);
    let removed = json!({"is": "removed", "room": 7, "by": "Bob", "why": "x", "banned": true, "closed": false});
    play.hear(&removed);
    let (by, why) = ("Bob".into(), "x".into());
    let told = ClientEvent::Removed { room: 7, name: "geral".into(), by, why, banned: true, closed: false };
    assert_eq!(play.events(), [told]);
    play.hear(&removed);
    assert_eq!(play.events(), []);
    play.cut();
    play.connect();
    assert_eq!(play.sent(), [hello(2, &json!({"session": "TOKEN"}))]);
}

#[test]
fn what_would_be_done_twice_is_not_sent_again() {
    let mut play = Play::open(4);
    let once = [login(), Want::Moderate { room: 7, act: Act::Redact(RedactTarget::Last(None)) }].map(|w| play.want(w));
    let again = [
        Want::Moderate { room: 7, act: Act::Topic("novo".into()) },
        Want::Account(AccountCommand::Logins),
        Want::Read { room: 7, seq: 4 },
    ]
    .map(|want| play.want(want));
    play.sent();
    let unsent = play.want(Want::Account(AccountCommand::Logout));
    play.cut();
    let unknown: Vec<u64> = play
        .events()
        .iter()
        .filter_map(|event| match event {
            ClientEvent::Done { txn, outcome: Outcome::Unknown, .. } => Some(*txn),
            _ => None,
        })
        .collect();
    assert_eq!(unknown, once);
    play.connect();
    play.hello_answer(8, &json!([{"id": 7, "epoch": 5, "name": "geral", "first": 1, "head": 4}]), true);
    let sent: Vec<u64> = play.sent_txns().into_iter().map(|(_, txn)| txn).collect();
    assert_eq!(sent, [again[0], again[1], again[2], unsent]);
}

#[test]
fn what_was_taken_back_is_told_in_its_place_and_not_as_it_was() {
    let mut play = Play::open(4);
    play.said(5, None);
    // It waits to be told when it is taken back.
    play.hear(&json!({"is": "redaction", "room": 7, "seq": 6, "at": 6, "author": "Bob", "seqs": [5]}));
    let events = play.events();
    assert!(matches!(&events[..], [ClientEvent::Redacted(five), ClientEvent::Redaction(six)]
        if five.seq == 5 && six.seqs == [5]));
    assert_eq!(play.session.timeline(7).map(|timeline| (timeline.cursor(), timeline.shown().count())), Some((6, 0)));
    play.cut();
    play.connect();
    play.hello_answer(2, &json!([{"id": 7, "epoch": 5, "name": "geral", "first": 1, "head": 8}]), true);
    play.hear(&json!({"is": "redacted", "room": 7, "seq": 7, "at": 7, "author": "Bob"}));
    play.hear(&json!({"is": "redaction", "room": 7, "seq": 8, "at": 8, "author": "Bob", "seqs": [7]}));
    assert_eq!(play.events().last(), Some(&ClientEvent::CaughtUp { missed: 0 }));
}

#[test]
fn changes_in_a_room_and_a_name_that_was_taken_away() {
    let mut play = Play::open(4);
    let change = |of: Value| json!({"is": "changed", "room": 7, "by": "Bob", "change": of});
    play.hear(&change(json!({"of": "role", "who": "Eva", "role": "moderator"})));
    play.hear(&change(json!({"of": "colour"})));
    play.hear(&json!({"is": "named", "nick": "visitante-7"}));
    let what =
        Ephemeral::Changed { by: "Bob".into(), change: Change::Role("Eva".into(), papo_proto::words::Role::Moderator) };
    let named = ClientEvent::Named("visitante-7".into());
    assert_eq!(play.events(), [ClientEvent::Told { room: 7, what }, named]);
    assert_eq!(play.session.nick().map(|nick| &**nick), Some("visitante-7"));
}

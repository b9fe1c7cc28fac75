//! The client as its users have it, against a server that the test plays itself.

#[path = "fake/mod.rs"]
mod fake;

use std::net::TcpListener;
use std::thread;

use fake::{Fake, WITHIN, message, room};
use papo_client::{Client, ClientEvent, ConnectError, Failure, Settings, Target, Wish};
use serde_json::json;

fn run<T>(conversation: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async { tokio::time::timeout(WITHIN, conversation).await.expect("in time") })
}

fn named(name: &str) -> Settings {
    Settings { wish: Wish::Name(name.into()), ..Settings::default() }
}

fn listen(websocket: bool) -> (TcpListener, Target) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("bound").port();
    let target = if websocket { Target::websocket("127.0.0.1", port) } else { Target::tcp("127.0.0.1", port) };
    (listener, target)
}

/// The next event that this finds something in.
async fn find<T>(client: &mut Client, what: impl Fn(ClientEvent) -> Option<T>) -> T {
    loop {
        let event = client.next_event().await.expect("it goes on");
        if let Some(found) = what(event) {
            return found;
        }
    }
}

#[test]
fn a_post_whose_line_is_cut_is_sent_again_and_placed() {
    for websocket in [false, true] {
        let (listener, target) = listen(websocket);
        let server = thread::spawn(move || {
            let mut fake = Fake::accept(&listener, websocket);
            if !websocket {
                fake.say_text("[SYS] Boas-vindas ao Papo!");
            }
            fake.welcome("Ana", false, &json!([]));
            fake.answer("join", &json!({"to": "join", "room": room(7, "geral", 4), "cut": false}));
            fake.say(&message(7, 5, "Bob", "oi"));
            let post = fake.hear();
            drop(fake);
            let mut fake = Fake::accept(&listener, websocket);
            let hello = fake.welcome("Ana", true, &json!([room(7, "geral", 6)]));
            assert_eq!((&hello["session"], &hello["resume"][0]["seq"]), (&json!("TOKEN"), &json!(5)));
            fake.say(&message(7, 6, "Bob", "ainda aí?"));
            assert_eq!(fake.answer("post", &json!({"to": "post", "room": 7, "seq": 7, "at": 9})), post);
            fake.answer("bye", &json!({"to": "bye"}));
        });
        run(async {
            let mut client = Client::connect(target, named("Ana")).await.expect("listening");
            assert_eq!(client.join("geral").await.expect("taken").id, 7);
            find(&mut client, |event| matches!(event, ClientEvent::Message(_)).then_some(())).await;
            let post = client.post(7, " olá ").await.expect("open");
            let txn = post.txn;
            assert_eq!(client.during(post.placed()).await, Ok((7, 9)));
            let mut heard = Vec::new();
            while heard.len() < 2 {
                if let ClientEvent::Message(message) = client.next_event().await.expect("it goes on") {
                    heard.push((message.seq, message.text.to_string(), message.txn));
                }
            }
            assert_eq!(heard, [(6, "ainda aí?".into(), None), (7, "olá".into(), Some(txn))]);
            let held = client.timeline(7).await.expect("open").expect("in it");
            assert_eq!((held.head, held.messages.len(), held.missing.len()), (7, 3, 0));
            client.bye().await;
        });
        server.join().expect("no panic");
    }
}

#[test]
fn a_server_may_come_and_go() {
    let (listener, target) = listen(false);
    let address = listener.local_addr().expect("bound");
    drop(listener);
    run(async {
        assert!(matches!(Client::connect(target.clone(), named("Ana")).await, Err(ConnectError::Refused { .. })));
        let mut client = Client::start(target, named("Ana"));
        find(&mut client, |event| matches!(event, ClientEvent::Unreachable { .. }).then_some(())).await;
        let server = thread::spawn(move || {
            let listener = TcpListener::bind(address).expect("the port again");
            Fake::accept(&listener, false).welcome("Ana", false, &json!([]));
            // Gone with the listener; it closes and comes again.
            let listener = {
                drop(listener);
                TcpListener::bind(address).expect("the port again")
            };
            Fake::accept(&listener, false).welcome("Ana", true, &json!([]))
        });
        for first in [true, false] {
            let opened = find(&mut client, |event| match event {
                ClientEvent::Opened(opened) => Some(opened),
                _ => None,
            })
            .await;
            assert_eq!((opened.first, opened.resumed), (first, !first));
        }
        assert_eq!(server.join().expect("no panic")["session"], "TOKEN");
    });
}

#[test]
fn a_reader_that_is_slow_gets_everything_in_order() {
    const MESSAGES: u64 = 20_000;
    let (listener, target) = listen(false);
    let server = thread::spawn(move || {
        let mut fake = Fake::accept(&listener, false);
        fake.welcome("Ana", false, &json!([]));
        fake.answer("join", &json!({"to": "join", "room": room(7, "geral", 0), "cut": false}));
        for seq in 1..=MESSAGES {
            fake.say(&message(7, seq, "Bob", "x"));
        }
        fake.answer("who", &json!({"to": "who", "room": 7, "members": ["Ana", "Bob"]}));
        fake.hear();
    });
    run(async {
        let mut client = Client::connect(target, named("Ana")).await.expect("listening");
        client.join("geral").await.expect("taken");
        // The answer comes behind all messages, which are kept meanwhile.
        assert_eq!(client.who(7).await.expect("told").len(), 2);
        for seq in 1..=MESSAGES {
            let told = find(&mut client, |event| match event {
                ClientEvent::Message(message) => Some(message.seq),
                _ => None,
            })
            .await;
            assert_eq!(told, seq);
        }
        client.post(7, "fim").await.expect("open");
        find(&mut client, |event| matches!(event, ClientEvent::Lost { .. }).then_some(())).await;
    });
    server.join().expect("no panic");
}

#[test]
fn a_refusal_is_told_to_who_asked() {
    let (listener, target) = listen(false);
    let server = thread::spawn(move || {
        let mut fake = Fake::accept(&listener, false);
        fake.welcome("Ana", false, &json!([]));
        for _ in 0..2 {
            let command = fake.hear();
            let reject =
                json!({"is": "reject", "txn": command["txn"], "code": 2006, "text": "não", "retry": "changed"});
            fake.say(&reject);
        }
        fake.say(&json!({"is": "notice", "about": "fenced", "text": "x"}));
    });
    run(async {
        let mut client = Client::connect(target, named("Ana")).await.expect("listening");
        let refused = |failure: &Failure| matches!(failure, Failure::Rejected(reject) if reject.code == 2006);
        assert!(client.leave(7).await.is_err_and(|failure| refused(&failure)));
        let post = client.post(7, "oi").await.expect("open");
        assert!(client.during(post.placed()).await.is_err_and(|failure| refused(&failure)));
        find(&mut client, |event| matches!(event, ClientEvent::Ended(_)).then_some(())).await;
        assert_eq!(client.next_event().await, None);
        assert_eq!(client.leave(7).await, Err(Failure::Closed(papo_client::Closed)));
    });
    server.join().expect("no panic");
}

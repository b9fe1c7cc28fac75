//! The rules as programs meet them in papo/1: hello, several rooms, acknowledgements and resuming.

use std::time::Duration;

use papo_proto::papo1;

use super::short;
use super::world::{PAPO1, TEXT, World};

/// A token as the client with the n-th connection was given it.
fn token(connection: u8) -> String {
    papo1::Token([connection; 32]).to_text()
}

/// What a program read.
fn frames(world: &mut World, who: &str) -> Vec<String> {
    world.read(who).into_iter().map(short).collect()
}

fn hello(world: &mut World, who: &str, rest: &str) -> Vec<String> {
    world.connect(who, TEXT);
    world.send_json(who, &format!(r#"{{"do":"hello","txn":1,"version":1{rest}}}"#));
    frames(world, who)
}

const GERAL: &str = r#"{"id":1,"epoch":5,"name":"geral","first":0,"head":0}"#;

#[test]
fn a_program_says_hello_enters_and_is_acknowledged() {
    let mut world = World::new(true);
    assert_eq!(hello(&mut world, "p", r#","nick":"Pia""#), [r#"hello "Pia" resumed:false,"rooms":[]}}"#]);
    world.send("t", "/nick Teo");
    world.read("t");
    world.send_json("p", r##"{"do":"join","txn":2,"room":"#geral"}"##);
    assert_eq!(
        frames(&mut world, "p"),
        [format!(r#"{{"is":"ack","txn":2,"answer":{{"to":"join","room":{GERAL},"cut":false}}}}"#)]
    );
    assert_eq!(world.read("t"), ["[SYS] Pia entrou em #geral."]);
    world.send_json("p", r#"{"do":"post","txn":3,"room":1,"text":"oi"}"#);
    assert_eq!(frames(&mut world, "p"), [r#"{"is":"ack","txn":3,"answer":{"to":"post","room":1,"seq":1,"at":1}}"#]);
    world.send("t", "olá");
    assert_eq!(frames(&mut world, "p"), [r#"{"is":"message","room":1,"seq":2,"at":1,"author":"Teo","text":"olá"}"#]);
    assert_eq!(world.read("t"), ["[#geral] Pia: oi"]);
    world.send_json("p", r#"{"do":"who","txn":4,"room":1}"#);
    assert_eq!(
        frames(&mut world, "p"),
        [r#"{"is":"ack","txn":4,"answer":{"to":"who","room":1,"members":["Pia","Teo"]}}"#]
    );
}

fn post(txn: u64, text: &str) -> String {
    format!(r#"{{"do":"post","txn":{txn},"room":1,"text":"{text}"}}"#)
}

fn ack(txn: u64, seq: u64) -> String {
    format!(r#"{{"is":"ack","txn":{txn},"answer":{{"to":"post","room":1,"seq":{seq},"at":1}}}}"#)
}

#[test]
fn a_post_that_is_sent_again_gets_its_first_answer() {
    let mut world = World::new(true);
    hello(&mut world, "p", r#","nick":"Pia""#);
    world.send_json("p", r#"{"do":"join","txn":2,"room":"geral"}"#);
    frames(&mut world, "p");
    for (txn, text, expected) in [(3, "a", ack(3, 1)), (5, "b", ack(5, 2)), (3, "a", ack(3, 1)), (5, "b", ack(5, 2))] {
        world.send_json("p", &post(txn, text));
        assert_eq!(frames(&mut world, "p"), [expected], "{txn}");
    }
    // A txn that was left out, or that was refused at first, is decided anew.
    world.send_json("p", &post(4, "c"));
    assert_eq!(frames(&mut world, "p"), [ack(4, 3)]);
    // The first answer holds also where the command would be refused by now.
    world.send_json("p", r#"{"do":"leave","txn":6,"room":1}"#);
    frames(&mut world, "p");
    world.send_json("p", &post(5, "b"));
    assert_eq!(frames(&mut world, "p"), [ack(5, 2)]);
    world.send_json("p", &post(7, "d"));
    assert!(frames(&mut world, "p")[0].contains(r#""code":2006"#));
}

/// It was said to exist although the disk had refused it.
#[test]
fn a_room_that_could_not_be_kept_is_kept_when_it_is_made_again() {
    let mut world = World::new(true);
    hello(&mut world, "p", r#","nick":"Pia""#);
    for (full, expected) in [(true, r#""code":5001"#), (true, r#""code":5001"#), (false, r#""existed":true"#)] {
        world.store.full = full;
        world.send_json("p", r#"{"do":"create","txn":2,"room":"nova"}"#);
        assert!(frames(&mut world, "p")[0].contains(expected), "{full}");
    }
}

/// After a full disk what was sent again came behind what was new.
#[test]
fn posts_keep_their_order_behind_those_that_are_sent_again() {
    let mut world = World::new(true);
    hello(&mut world, "p", r#","nick":"Pia""#);
    world.send_json("p", r#"{"do":"join","txn":2,"room":"geral"}"#);
    world.store.full = true;
    world.send_json("p", &post(3, "um"));
    frames(&mut world, "p");
    (world.store.full, world.hold_commits) = (false, true);
    for txn in [3, 4, 5] {
        world.send_json("p", &post(txn, "um"));
    }
    world.hold_commits = false;
    world.tick();
    assert_eq!(frames(&mut world, "p"), [ack(3, 1), ack(4, 2), ack(5, 3)]);
}

/// After a restart nobody knew the session that had begun on a full disk: what it sent again was posted twice.
#[test]
fn a_session_that_could_not_be_kept_is_kept_with_its_next_post() {
    let mut world = World::new(true);
    world.store.full = true;
    hello(&mut world, "p", r#","nick":"Pia""#);
    world.send_json("p", r#"{"do":"join","txn":2,"room":"geral"}"#);
    for (full, kept) in [(true, 0), (false, 1)] {
        world.store.full = full;
        world.send_json("p", r#"{"do":"post","txn":3,"room":1,"text":"oi"}"#);
        assert_eq!(world.store.sessions.len(), kept, "{full}");
    }
}

#[test]
fn a_full_disk_refuses_what_must_be_kept_and_nothing_else() {
    let mut world = World::new(true);
    hello(&mut world, "p", r#","nick":"Pia""#);
    world.store.full = true;
    world.send_json("p", r#"{"do":"create","txn":2,"room":"nova"}"#);
    assert!(frames(&mut world, "p")[0].contains(r#""txn":2,"code":5001"#));
    world.send_json("p", r#"{"do":"join","txn":3,"room":"outra"}"#);
    assert!(frames(&mut world, "p")[0].contains(r#""to":"join""#), "being there is no promise of the disk");
    world.send_json("p", r#"{"do":"post","txn":4,"room":3,"text":"oi"}"#);
    assert!(frames(&mut world, "p")[0].contains(r#""txn":4,"code":5001"#));
    world.store.full = false;
    world.send_json("p", r#"{"do":"post","txn":4,"room":3,"text":"oi"}"#);
    assert_eq!(frames(&mut world, "p"), [r#"{"is":"ack","txn":4,"answer":{"to":"post","room":3,"seq":1,"at":1}}"#]);
}

#[test]
fn a_lost_connection_is_not_noticed_by_others_when_it_comes_back_in_time() {
    let mut world = World::new(true);
    hello(&mut world, "p", r#","nick":"Pia""#);
    world.send_json("p", r#"{"do":"join","txn":2,"room":"geral"}"#);
    world.send("t", "/nick Teo");
    world.read("t");
    world.lose("p");
    world.send("t", "perdida?");
    world.send("x", "/nick Pia");
    assert!(world.read("x")[0].starts_with("[ERRO]"), "her name is kept for her");
    let resume = format!(r#","session":"{}","resume":[{{"room":1,"epoch":5,"seq":0}}]"#, token(1));
    let state = r#"{"id":1,"epoch":5,"name":"geral","first":1,"head":1}"#;
    assert_eq!(
        hello(&mut world, "p", &resume),
        [&format!(r#"hello "Pia" resumed:true,"rooms":[{state}]}}}}"#), "<from the store after 0>"]
    );
    assert_eq!(world.read("t"), [""; 0]);
    world.lose("p");
    world.now.running += Duration::from_secs(31);
    world.tick();
    assert_eq!(world.read("t"), ["[SYS] Pia perdeu a conexão."]);
    world.send("x", "/nick Pia");
    assert!(world.read("x")[0].starts_with("[SYS]"), "now her name is free");
    assert_eq!(
        hello(&mut world, "p", &format!(r#","session":"{}""#, token(1))),
        [r#"hello "convidado-4487" resumed:true,"rooms":[]}}"#],
        "the session goes on, under a guest's name"
    );
}

#[test]
fn a_session_goes_on_elsewhere_and_the_old_connection_ends() {
    let mut world = World::new(true);
    hello(&mut world, "old", r#","nick":"Pia""#);
    world.send_json("old", r#"{"do":"join","txn":2,"room":"geral"}"#);
    frames(&mut world, "old");
    let resume = format!(
        r#","session":"{}","resume":[{{"room":1,"epoch":4,"seq":9}},{{"room":8,"epoch":5,"seq":0}}]"#,
        token(1)
    );
    assert_eq!(
        hello(&mut world, "new", &resume),
        [
            format!(r#"hello "Pia" resumed:true,"rooms":[{GERAL}]}}}}"#),
            r#"{"is":"gone","room":8}"#.into(),
            format!(r#"{{"is":"reset","room":{GERAL}}}"#),
        ]
    );
    let last = frames(&mut world, "old");
    assert!(last[0].contains(r#""about":"fenced""#) && world.reader("old").closed, "{last:?}");
    // Whatever the old connection's end says, the session is somebody else's now.
    world.lose("old");
    world.send_json("new", r#"{"do":"post","txn":3,"room":1,"text":"oi"}"#);
    assert!(frames(&mut world, "new")[0].contains(r#""seq":1"#));
}

/// What was still under way on the old connection was answered on the new one, beside the answer to
/// the same command sent again there; a late `bye` ended the session.
#[test]
fn a_fenced_connection_is_not_heard() {
    let mut world = World::new(true);
    hello(&mut world, "old", r#","nick":"Pia""#);
    world.send_json("old", r#"{"do":"join","txn":2,"room":"geral"}"#);
    hello(&mut world, "new", &format!(r#","session":"{}","resume":[{{"room":1,"epoch":5,"seq":0}}]"#, token(1)));
    let post = r#"{"do":"post","txn":3,"room":1,"text":"oi"}"#;
    world.send_json("old", post);
    world.send_json("old", r#"{"do":"hello","txn":4,"version":1}"#);
    world.send_json("old", r#"{"do":"bye","txn":5}"#);
    assert_eq!(frames(&mut world, "new"), [""; 0]);
    world.send_json("new", post);
    assert_eq!(frames(&mut world, "new"), [r#"{"is":"ack","txn":3,"answer":{"to":"post","room":1,"seq":1,"at":1}}"#]);
}

#[test]
fn mistakes_of_programs_are_rejected() {
    let mut world = World::new(true);
    let code = |world: &mut World, json: &str| {
        world.send_json("p", json);
        let frames = frames(world, "p");
        let (_, rest) = frames[0].split_once(r#""code":"#).unwrap_or_else(|| panic!("{frames:?}"));
        rest[..4].to_owned()
    };
    world.connect("p", PAPO1);
    assert_eq!(code(&mut world, r#"{"do":"ping","txn":1}"#), "1001");
    assert_eq!(code(&mut world, r#"{"do":"hello","txn":1,"version":9}"#), "1003");
    let unknown = format!(r#"{{"do":"hello","txn":1,"version":1,"session":"{}"}}"#, token(77));
    assert_eq!(code(&mut world, &unknown), "2007");
    world.send("t", "/nick Teo");
    assert_eq!(code(&mut world, r#"{"do":"hello","txn":1,"version":1,"nick":"TEO"}"#), "2001");
    world.send_json("p", r#"{"do":"hello","txn":1,"version":1,"nick":"Pia"}"#);
    frames(&mut world, "p");
    assert_eq!(code(&mut world, r#"{"do":"hello","txn":1,"version":1,"nick":"Pia"}"#), "1002");
    assert_eq!(code(&mut world, r#"{"do":"post","txn":2,"room":1,"text":"x"}"#), "2006");
    assert_eq!(code(&mut world, r#"{"do":"post","txn":2,"room":0,"text":"x"}"#), "2005");
    assert_eq!(code(&mut world, r#"{"do":"who","txn":2,"room":99}"#), "2005");
}

#[test]
fn those_who_follow_the_list_of_rooms_are_told_of_its_changes_together() {
    let mut world = World::new(true);
    hello(&mut world, "p", r#","nick":"Pia","capabilities":["rooms"]"#);
    for line in ["/nick Teo", "/join a", "/join b"] {
        world.send("t", line);
    }
    world.now.running += Duration::from_secs(2);
    world.tick();
    let rooms = r#"[{"id":1,"name":"geral","online":0},{"id":2,"name":"a","online":0},{"id":3,"name":"b","online":1}]"#;
    assert_eq!(frames(&mut world, "p"), [format!(r#"{{"is":"rooms","changed":{rooms},"gone":[]}}"#)]);
    world.now.running += Duration::from_hours(25);
    world.tick();
    assert_eq!(frames(&mut world, "p"), [r#"{"is":"rooms","changed":[],"gone":[2]}"#]);
}

#[test]
fn who_says_bye_is_gone_at_once() {
    let mut world = World::new(true);
    hello(&mut world, "p", r#","nick":"Pia""#);
    world.send_json("p", r#"{"do":"bye","txn":2}"#);
    assert_eq!(frames(&mut world, "p"), [r#"{"is":"ack","txn":2,"answer":{"to":"bye"}}"#]);
    assert!(world.reader("p").closed);
    let again = hello(&mut world, "p", &format!(r#","session":"{}""#, token(1)));
    assert!(again[0].contains(r#""code":2007"#), "{again:?}");
}

#[test]
fn a_room_is_told_now_and_then_that_somebody_is_typing() {
    let mut world = World::new(true);
    for (who, nick) in [("p", "Pia"), ("q", "Quim")] {
        hello(&mut world, who, &format!(r#","nick":"{nick}""#));
        world.send_json(who, r#"{"do":"join","txn":2,"room":"geral"}"#);
        frames(&mut world, who);
    }
    frames(&mut world, "p");
    for _ in 0..3 {
        world.send_json("q", r#"{"do":"typing","txn":3,"room":1}"#);
    }
    assert_eq!(frames(&mut world, "p"), [r#"{"is":"typing","room":1,"who":"Quim"}"#]);
    assert_eq!(frames(&mut world, "q").len(), 3, "each command has its answer");
}

/// Changes between the list that a program asked for together with its hello and the publication of
/// that hello, which waits for the disk, were told to nobody.
#[test]
fn a_change_while_a_hello_waits_for_the_disk_is_told_to_its_follower() {
    let mut world = World::new(true);
    world.send("t", "/nick Teo");
    world.hold_commits = true;
    world.connect("p", TEXT);
    world.send_json("p", r#"{"do":"hello","txn":1,"version":1,"nick":"Pia","capabilities":["rooms"]}"#);
    world.send_json("p", r#"{"do":"rooms","txn":2}"#);
    world.send("t", "/leave");
    world.hold_commits = false;
    world.now.running += Duration::from_secs(2);
    world.tick();
    let read = frames(&mut world, "p");
    assert!(read[1].contains(r#""online":1"#), "{read:?}");
    assert_eq!(read[2..], [r#"{"is":"rooms","changed":[{"id":1,"name":"geral","online":0}],"gone":[]}"#]);
}

/// A connection that opened while the server stopped, and named a session that had just been
/// ended, brought the hub down.
#[test]
fn a_session_that_the_drain_ended_is_not_gone_on_with() {
    let mut world = World::new(true);
    hello(&mut world, "p", r#","nick":"Pia""#);
    world.send_json("p", r#"{"do":"join","txn":2,"room":"geral"}"#);
    world.hub.drain();
    world.tick();
    let again = hello(&mut world, "q", &format!(r#","session":"{}""#, token(1)));
    assert_eq!(again, [r#"hello "Pia" resumed:true,"rooms":[]}}"#]);
}

/// A post that was sent again before and after its client came back by another connection was answered
/// twice there, when the store knew of neither.
#[test]
fn what_two_connections_sent_again_is_answered_once() {
    let mut world = World::new(true);
    hello(&mut world, "old", r#","nick":"Pia""#);
    world.send_json("old", r#"{"do":"join","txn":2,"room":"geral"}"#);
    let post = r#"{"do":"post","txn":3,"room":1,"text":"oi"}"#;
    world.store.full = true;
    world.send_json("old", post);
    world.store.full = false;
    world.hold_commits = true;
    world.send_json("old", post);
    world.connect("new", TEXT);
    let resume = r#""resume":[{"room":1,"epoch":5,"seq":0}]"#;
    world.send_json("new", &format!(r#"{{"do":"hello","txn":1,"version":1,"session":"{}",{resume}}}"#, token(1)));
    world.send_json("new", post);
    world.hold_commits = false;
    world.tick();
    let read = frames(&mut world, "new");
    assert_eq!(read[1..], [r#"{"is":"ack","txn":3,"answer":{"to":"post","room":1,"seq":1,"at":1}}"#]);
}

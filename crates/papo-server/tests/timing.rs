//! What the time of an answer must not tell: whether a name is an account's, and whether a private room
//! exists.
//!
//! The two cases take turns, so that whatever else the machine does meets both, and their medians are
//! compared; when they differ, so many more are taken that chance would not repeat it.

mod support;

use std::time::{Duration, Instant};

use papo_proto::papo1::client::Hidden;
use papo_proto::papo1::server::Answer;
use papo_proto::papo1::{ClientFrame, ServerFrame};
use papo_testkit::Structured;
use support::start;

/// Medians may differ by this part of the larger one.
const NOISE: f64 = 0.2;

/// Takes so many times of each of two cases in turns; with more, when they seem to differ.
fn assert_alike(what: &str, takes: [usize; 2], mut take: impl FnMut(bool) -> Duration) {
    let mut told = Vec::new();
    for count in takes {
        let mut times = [Vec::new(), Vec::new()];
        for number in 0..2 * count {
            // Neither is always the one that comes after the other's work: 0 1 1 0 0 1 …
            let case = number.div_ceil(2) % 2;
            times[case].push(take(case == 1));
        }
        let [one, other] = times.map(median);
        if one.abs_diff(other).as_secs_f64() <= NOISE * one.max(other).as_secs_f64() {
            return;
        }
        told.push((one, other));
    }
    panic!("{what}: the medians differ: {told:?}");
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

fn hidden(password: &str) -> Hidden {
    Hidden(password.into())
}

fn registered(server: &support::Running, name: &str) -> Structured {
    let (mut client, _) = Structured::tcp(server.address()).named(name);
    let txn = client.txn();
    let register = ClientFrame::Register { txn, nick: None, password: hidden("um bom segredo"), invite: None };
    assert!(matches!(client.ask(&register), Ok(Answer::Register(_))));
    client
}

/// A name's first three failures are free, so every account is tried that often.
const FREE: usize = 3;

#[test]
fn a_wrong_name_takes_as_long_as_a_wrong_password() {
    let server = start();
    let takes = [12, 60];
    let accounts = takes.iter().sum::<usize>().div_ceil(FREE);
    for number in 0..accounts {
        drop(registered(&server, &format!("conta{number}")));
    }
    let (mut eve, _) = Structured::tcp(server.address()).named("Eve");
    let mut tries = [0, 0];
    assert_alike("a login", takes, |is_account| {
        let of = &mut tries[usize::from(is_account)];
        let number = *of / FREE;
        *of += 1;
        let nick = format!("{}{number}", if is_account { "conta" } else { "ninguem" }).into();
        let login = ClientFrame::Login { txn: eve.txn(), nick, password: hidden("outro segredo") };
        let began = Instant::now();
        assert_eq!(eve.ask(&login), Err(2023));
        began.elapsed()
    });
}

/// A command about a room by its number.
type Makes = fn(u64, u64) -> ClientFrame;

/// Everything that somebody can ask of a room that they are not in.
const OF_A_ROOM: &[Makes] = &[
    |txn, room| ClientFrame::History { txn, room, before: None, after: None, limit: None },
    |txn, room| ClientFrame::Who { txn, room },
    |txn, room| ClientFrame::Post { txn, room, text: "oi".into() },
    |txn, room| ClientFrame::Typing { txn, room },
    |txn, room| ClientFrame::Leave { txn, room },
    |txn, room| ClientFrame::Read { txn, room, seq: 1 },
    |txn, room| ClientFrame::Topic { txn, room, topic: "x".into() },
    |txn, room| ClientFrame::Invite { txn, room, who: "Eve".into() },
    |txn, room| ClientFrame::Kick { txn, room, who: "Ana".into(), why: None },
    |txn, room| ClientFrame::Ban { txn, room, who: "Ana".into(), seconds: None, why: None },
    |txn, room| ClientFrame::Unban { txn, room, who: "Ana".into() },
    |txn, room| ClientFrame::Mute { txn, room, who: "Ana".into(), seconds: 60 },
    |txn, room| ClientFrame::Unmute { txn, room, who: "Ana".into() },
    |txn, room| ClientFrame::Slow { txn, room, seconds: 1 },
    |txn, room| ClientFrame::Op { txn, room, who: "Ana".into() },
    |txn, room| ClientFrame::Deop { txn, room, who: "Ana".into() },
    |txn, room| ClientFrame::Private { txn, room, on: false },
    |txn, room| ClientFrame::Readonly { txn, room, on: true },
    |txn, room| ClientFrame::Redact { txn, room, seq: Some(1), who: None, seconds: None },
    |txn, room| ClientFrame::Close { txn, room },
    |txn, room| ClientFrame::Report { txn, room, seq: None, why: "x".into() },
    |txn, room| ClientFrame::Audit { txn, room, limit: None },
];

#[test]
fn a_private_room_is_answered_like_one_that_never_was() {
    let server = start();
    let mut ana = registered(&server, "Ana");
    let secret = ana.join("secreta").id;
    let txn = ana.txn();
    assert_eq!(ana.ask(&ClientFrame::Private { txn, room: secret, on: true }), Ok(Answer::Done));
    for number in 0..50 {
        ana.post(secret, &format!("segredo {number}")).expect("posted");
    }
    let (mut eve, _) = Structured::tcp(server.address()).named("Eve");
    let never = 4_711;
    for (number, make) in OF_A_ROOM.iter().enumerate() {
        let mut answered = |room| {
            let txn = eve.txn();
            eve.send(&make(txn, room));
            // All that a frame says but its number; nothing else may come.
            match eve.read() {
                Some(ServerFrame::Reject { txn: Some(of), code, text, retry, after_ms }) if of == txn => {
                    (code, text, retry, after_ms)
                }
                other => panic!("command {number}: {other:?}"),
            }
        };
        let (one, other) = (answered(secret), answered(never));
        assert_eq!(one, other, "command {number}");
        assert_eq!(one.0, 2005, "command {number}");
    }
    for make in [OF_A_ROOM[0], OF_A_ROOM[2]] {
        assert_alike("a room", [300, 2_000], |exists| {
            let frame = make(eve.txn(), if exists { secret } else { never });
            let began = Instant::now();
            assert_eq!(eve.ask(&frame), Err(2005));
            began.elapsed()
        });
    }
}

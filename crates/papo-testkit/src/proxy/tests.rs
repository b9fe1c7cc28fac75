//! What the two ends of a line see of each plan.

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

use super::{End, Pace, Plan, Proxy, Way};
use crate::PATIENCE;

/// What somebody read until its end, and whether that was a reset.
#[derive(Debug, PartialEq)]
struct Saw {
    bytes: usize,
    was_reset: bool,
}

fn read(socket: &mut TcpStream) -> Saw {
    socket.set_read_timeout(Some(PATIENCE)).expect("a socket");
    let mut saw = Saw { bytes: 0, was_reset: false };
    let mut buffer = [0; 1024];
    loop {
        match socket.read(&mut buffer) {
            Ok(0) => return saw,
            Ok(n) => {
                assert!(buffer[..n].iter().all(|byte| *byte == b'x'));
                saw.bytes += n;
            }
            Err(error) if error.kind() == ErrorKind::ConnectionReset => return Saw { was_reset: true, ..saw },
            Err(error) => panic!("{error}"),
        }
    }
}

/// Somebody who sends so many bytes, shuts down writing and reads to the end.
fn talk(mut socket: TcpStream, bytes: usize) -> Saw {
    let written = socket.write_all(&vec![b'x'; bytes]);
    let _ = socket.shutdown(std::net::Shutdown::Write);
    let saw = read(&mut socket);
    // The system tells of a reset once: whoever writes first is told, and then reads an end.
    let was_told = written.is_err_and(|error| error.kind() == ErrorKind::ConnectionReset);
    Saw { was_reset: saw.was_reset || was_told, ..saw }
}

/// A client sends 3000 bytes and a server 2000, through a plan; returns what they saw.
fn through(plan: &Plan) -> [Saw; 2] {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let to: SocketAddr = listener.local_addr().expect("an address");
    let server = thread::spawn(move || talk(listener.accept().expect("a client").0, 2_000));
    let plan = plan.clone();
    let proxy = Proxy::planned(to, move |_| plan.clone());
    let client = talk(TcpStream::connect(proxy.addr()).expect("connects"), 3_000);
    [client, server.join().expect("no panic")]
}

fn way(pace: Pace, end: Option<(u64, End)>) -> Way {
    Way { pace, end }
}

#[test]
fn everything_arrives_at_any_pace() {
    for pace in [Pace::Swift, Pace::Delayed(Duration::from_millis(5)), Pace::Trickle(3)] {
        let plan = Plan { up: way(pace.clone(), None), down: way(pace.clone(), None) };
        let whole = |bytes| Saw { bytes, was_reset: false };
        assert_eq!(through(&plan), [whole(2_000), whole(3_000)], "{pace:?}");
    }
}

#[test]
fn a_line_ends_where_its_plan_says() {
    for (end, at) in [(End::Cut, 0), (End::Cut, 700), (End::Half, 700), (End::Reset, 0), (End::Reset, 700)] {
        let plan = Plan { up: way(Pace::Trickle(50), Some((at, end))), down: Way::default() };
        let [client, server] = through(&plan);
        assert!(server.bytes <= at as usize, "{end:?} at {at}: {server:?}");
        match end {
            // It was in the middle of something for the server, and went on for the client.
            End::Half => {
                assert_eq!((client.bytes, server.bytes), (2_000, 700));
                assert!(!client.was_reset && !server.was_reset);
            }
            End::Reset => assert!(server.was_reset, "{at}"),
            End::Cut => assert!(client.bytes <= 2_000),
        }
    }
}

#[test]
fn a_seed_gives_every_plan_again_and_all_kinds_of_them() {
    let plans =
        |seed| -> Vec<Plan> { (0..200).map(|line| Plan::random(&mut crate::Random::part(seed, line))).collect() };
    assert_eq!(plans(7), plans(7));
    assert_ne!(plans(7), plans(8));
    let ends: Vec<End> = plans(7).iter().filter_map(|plan| Some(plan.up.end.or(plan.down.end)?.1)).collect();
    for end in [End::Cut, End::Half, End::Reset] {
        assert!(ends.contains(&end), "{end:?}");
    }
}

#[test]
fn lines_are_bounded() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let proxy = Proxy::planned(listener.local_addr().expect("an address"), |_| Plan::default());
    let connect = || TcpStream::connect(proxy.addr()).expect("connects");
    let carry = |lines: &mut Vec<_>| lines.push((connect(), listener.accept().expect("carried")));
    let mut lines = Vec::new();
    for _ in 0..super::LINES_MAX {
        carry(&mut lines);
    }
    assert_eq!(read(&mut connect()).bytes, 0);
    // The end of one makes room for another, as soon as the proxy has seen it.
    lines.pop();
    let has_room = || {
        let mut another = connect();
        another.set_read_timeout(Some(Duration::from_millis(20))).expect("a socket");
        another.read(&mut [0]).is_err_and(|error| error.kind() == ErrorKind::WouldBlock)
    };
    assert!((0..100).any(|_| has_room()));
}

#[test]
fn who_connects_while_the_server_is_away_is_sent_away() {
    let nobody = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("an address");
    let proxy = Proxy::seeded(nobody, 1);
    let saw = read(&mut TcpStream::connect(proxy.addr()).expect("connects"));
    assert_eq!(saw.bytes, 0);
}

//! Whole runs of the generator: against the floor, where all must come, and against a server that
//! does wrong, where the report must say so.

use std::net::{SocketAddr, TcpListener};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use papo_bench::{BenchError, Dialect, FanoutOptions, FloorOptions, Rate, Report, fanout, serve_floor};

mod faulty;

fn floor(join: bool) -> SocketAddr {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let options = FloorOptions { addr: ([127, 0, 0, 1], 0).into(), join };
        serve_floor(&options, move |addr| sender.send(addr).expect("the test waits"))
    });
    receiver.recv().expect("the floor listens")
}

fn options(addr: SocketAddr, rate: Rate) -> FanoutOptions {
    FanoutOptions {
        addr,
        rooms: 3,
        members: 5,
        senders: 2,
        rate,
        window: 8,
        time: Duration::from_millis(200),
        pid: Some(std::process::id()),
        dialect: Dialect::Text,
        tls: false,
    }
}

fn right(report: &Report) {
    assert!(report.is_right(), "{report}");
    assert_eq!((report.lost(), report.expected), (0, report.sent * 4));
    assert!(report.latency.is_some() && report.cpu_micros_per_delivery().is_some_and(|cpu| cpu > 0.0), "{report}");
}

#[test]
fn an_even_rate_sends_what_it_says() {
    let report = fanout(&options(floor(false), Rate::PerSecond(500.0))).expect("a run");
    right(&report);
    assert_eq!(report.sent, 100);
    assert!((0.15..2.0).contains(&report.seconds), "{report}");
}

#[test]
fn full_speed_loses_nothing_on_either_floor() {
    for join in [false, true] {
        let report = fanout(&options(floor(join), Rate::Max)).expect("a run");
        right(&report);
        assert!(report.sent > 1000, "{report}");
    }
}

#[test]
fn a_run_after_another_is_not_disturbed_by_it() {
    let addr = floor(true);
    for _ in 0..3 {
        right(&fanout(&options(addr, Rate::Max)).expect("a run"));
    }
}

#[test]
fn idle_members_only_connect() {
    let idle = FanoutOptions { senders: 0, members: 100, ..options(floor(false), Rate::Max) };
    let report = fanout(&idle).expect("a run");
    assert_eq!((report.connections, report.sent, report.expected), (300, 0, 0));
    assert!(report.bytes_per_connection.is_some() && report.seconds >= 0.2, "{report}");
}

#[test]
fn what_a_server_does_wrong_is_counted() {
    use faulty::Fault;
    for fault in [Fault::None, Fault::Lose, Fault::Twice, Fault::Swap, Fault::Echo] {
        let addr = faulty::serve(fault);
        let one_room = FanoutOptions { rooms: 1, members: 2, senders: 1, ..options(addr, Rate::PerSecond(200.0)) };
        let report = fanout(&one_room).expect("a run");
        let counts = report.counts;
        let seen = (report.lost(), counts.duplicates, counts.out_of_order, counts.misdirected);
        // The fault happens once, with the fifth message.
        let expected = match fault {
            Fault::None => (0, 0, 0, 0),
            Fault::Lose => (1, 0, 0, 0),
            Fault::Twice => (0, 1, 0, 0),
            Fault::Swap => (0, 0, 1, 0),
            Fault::Echo => (0, 0, 0, 1),
        };
        assert_eq!(seen, expected, "{fault:?}\n{report}");
        assert_eq!(report.is_right(), matches!(fault, Fault::None));
    }
}

#[test]
fn web_socket_clients_hear_the_same() {
    let ws = FanoutOptions {
        rooms: 1,
        members: 2,
        senders: 1,
        dialect: Dialect::WebSocket,
        ..options(faulty::serve_web_socket(), Rate::PerSecond(200.0))
    };
    let report = fanout(&ws).expect("a run");
    assert!(report.is_right() && report.sent == 40, "{report}");
}

#[test]
fn nobody_at_the_address_is_told_as_such() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let addr = listener.local_addr().expect("its address");
    drop(listener);
    assert!(matches!(fanout(&options(addr, Rate::Max)), Err(BenchError::Connection { .. })));
}

#[test]
fn a_server_that_speaks_something_else_is_told_as_such() {
    let speaker = TcpListener::bind("127.0.0.1:0").expect("a port");
    let other = speaker.local_addr().expect("its address");
    thread::spawn(move || {
        for socket in speaker.incoming().flatten() {
            std::io::Write::write_all(&mut &socket, b"220 mail.example ESMTP\r\n").expect("the test reads");
            std::mem::forget(socket);
        }
    });
    assert!(matches!(fanout(&options(other, Rate::Max)), Err(BenchError::NotUnderstood { .. })));
    let wrong = FanoutOptions { rooms: 0, ..options(other, Rate::Max) };
    assert!(matches!(fanout(&wrong), Err(BenchError::Options(_))));
}

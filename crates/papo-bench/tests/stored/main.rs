//! Runs of acknowledged posts and of history against a server that does wrong, where the report must
//! say so.

use std::collections::BTreeMap;
use std::time::Duration;

use papo_bench::durable::Wrong;
use papo_bench::history::At;
use papo_bench::{BenchError, DurableOptions, HistoryOptions, durable, history};

mod peer;

use peer::{Fault, serve};

fn options(fault: Fault, rate: Option<f64>) -> DurableOptions {
    DurableOptions {
        addr: serve(fault),
        senders: 1,
        window: 4,
        rooms: 1,
        time: Duration::from_millis(100),
        rate,
        pid: Some(std::process::id()),
        metrics: None,
    }
}

#[test]
fn each_post_is_acknowledged_once() {
    let report = durable(&options(Fault::None, None)).expect("a run");
    assert!(report.is_right() && report.posted > 10, "{report}");
    let report = durable(&options(Fault::None, Some(200.0))).expect("a run");
    assert!(report.is_right() && report.latency.is_some(), "{report}");
    assert_eq!((report.posted, report.window), (20, None));
}

#[test]
fn what_a_server_does_wrong_with_posts_is_counted() {
    let none = Wrong::default;
    for (fault, expected) in [
        (Fault::Lose, Wrong { missing: 1, gaps: 1, ..none() }),
        (Fault::Twice, Wrong { surplus: 1, ..none() }),
        (Fault::Gap, Wrong { gaps: 1, ..none() }),
        (Fault::Shared, Wrong { shared: 1, ..none() }),
        (Fault::Refuse, Wrong { rejects: BTreeMap::from([(5001, 1)]), ..none() }),
    ] {
        let report = durable(&options(fault, Some(200.0))).expect("a run");
        assert_eq!(report.wrong, expected, "{fault:?}\n{report}");
        assert!(!report.is_right());
    }
}

#[test]
fn pages_are_asked_for_and_looked_at() {
    for (at, fault, wrong) in [(At::Begin, Fault::None, 0), (At::End, Fault::Gap, 1), (At::Random, Fault::None, 0)] {
        let (room, time) = ("sala".to_owned(), Duration::from_millis(100));
        let options = HistoryOptions { addr: serve(fault), room, clients: 1, at, time, pid: None };
        let report = history(&options).expect("a run");
        assert_eq!((report.wrong, report.messages), (wrong, 2000), "{at:?}\n{report}");
        assert!(report.pages > 5, "{report}");
    }
}

#[test]
fn what_makes_no_sense_is_refused() {
    let good = options(Fault::None, None);
    for bad in [
        DurableOptions { senders: 0, ..good.clone() },
        DurableOptions { rooms: 2, ..good.clone() },
        DurableOptions { window: 0, ..good },
    ] {
        assert!(matches!(durable(&bad), Err(BenchError::Options(_))), "{bad:?}");
    }
}

//! What broke once, each named after it.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use papo_hub::{Delivery, Hub, Link, Log, Now, Outlet, Settings};
use papo_proto::limits::Limits;
use papo_proto::{Encoding, text};

/// Nobody reads.
struct Nobody;

impl Outlet for Nobody {
    fn deliver(&mut self, _shard: u16, _delivery: Delivery) {}
    fn mark(&mut self, _shard: u16, _log: &Arc<Log>) {}
}

/// A store that hangs for a day: the room that somebody entered and left meanwhile is gone before
/// the entering could be published.
#[test]
fn a_room_that_goes_before_its_entering_is_published() {
    let mut hub = Hub::new(Settings { shards: 1, seed: 1, limits: Limits::default() });
    let address = IpAddr::from([192, 0, 2, 1]).into();
    let session = hub.open(Link { shard: 0, slot: 0 }, Encoding::at(0), address);
    let mut now = Now::default();
    for line in ["/nick Ana", "oi", "/join vazia", "/leave"] {
        hub.handle(session, text::decode(line.as_bytes()).expect("a command"), now);
    }
    hub.publish(&mut Nobody);
    assert_eq!(hub.take_batch().len(), 1);
    now.running += Duration::from_hours(25);
    assert_eq!(hub.tick(now).len(), 1);
    hub.commit_failed(1, &mut Nobody);
    assert_eq!(hub.waiting(), 0);
}

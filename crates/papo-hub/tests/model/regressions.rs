//! What broke once, each named after it.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use papo_hub::{CommitError, Delivery, Hub, KnownRoom, Link, Log, Now, Outlet, Policy, Settings};
use papo_proto::limits::Limits;
use papo_proto::{Encoding, Epoch, Reply, RoomId, RoomName, Seq, Txn, text};

use crate::parts::public_room;

/// Nobody reads.
struct Nobody;

impl Outlet for Nobody {
    fn deliver(&mut self, _shard: u16, _delivery: Delivery) {}
    fn mark(&mut self, _shard: u16, _log: &Arc<Log>) {}
    fn outside(&mut self, _ticket: Txn, _reply: Box<Reply>) {}
}

fn hub(rooms: Vec<KnownRoom>) -> Hub {
    let (limits, newest_room) = (Limits::default(), RoomId(rooms.len() as u64));
    Hub::new(Settings {
        shards: 1,
        seed: 1,
        secret: [1; 32],
        limits,
        epoch: Epoch(5),
        generation: 1,
        rooms,
        newest_room,
        wall_ms: 0,
        policy: Policy::default(),
        people: Vec::new(),
        newest_people: Default::default(),
    })
}

const LINK: Link = Link { shard: 0, slot: 0, key: 0 };

fn say(hub: &mut Hub, lines: &[&str], now: Now) {
    let address = IpAddr::from([192, 0, 2, 1]).into();
    let session = hub.open(LINK, Encoding::at(0), address, true);
    for line in lines {
        hub.handle(session, LINK, None, text::decode(line.as_bytes()).expect("a command"), now);
    }
    hub.publish(&mut Nobody);
}

/// A store that hangs for a day: the room that somebody entered and left meanwhile is gone before
/// the entering could be published.
#[test]
fn a_room_that_goes_before_its_entering_is_published() {
    let mut hub = hub(Vec::new());
    let mut now = Now::default();
    say(&mut hub, &["/nick Ana", "oi", "/join vazia", "/leave"], now);
    assert_eq!((hub.take_batch().len(), hub.rooms()), (4, 2), "two rooms, one of them also with its first message");
    now.running += Duration::from_hours(25);
    hub.tick(now);
    assert_eq!(hub.rooms(), 1);
    hub.commit_failed(CommitError::Fault { id: 1 }, now, &mut Nobody);
    assert_eq!(hub.take_batch().len(), 1, "only that it is gone");
    hub.committed(&[papo_proto::Stored::Done], now, &mut Nobody);
    assert_eq!(hub.waiting(), 0);
}

/// After a restart the lobby was an empty room like any other until somebody entered it: a day
/// later it was gone, and the next name brought its session into no room.
#[test]
fn a_lobby_of_before_in_which_nothing_was_said_stays() {
    let record = public_room(RoomId(1), RoomName::lobby(), Epoch(4), 0);
    let mut hub = hub(vec![KnownRoom { record, first: Seq(0), head: Seq(0) }]);
    assert_eq!(hub.next_due(), None);
    let now = Now { running: Duration::from_hours(25), ..Now::default() };
    hub.tick(now);
    say(&mut hub, &["/nick Ana"], now);
    assert_eq!(hub.rooms(), 1);
}

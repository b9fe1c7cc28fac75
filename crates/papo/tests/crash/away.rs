//! Clients that hang up and come back after thousands of messages.

use std::sync::atomic::Ordering;

use papo_testkit::is_long;

use crate::world::{World, seed};

#[test]
fn who_was_away_for_long_fills_the_gap_and_holds_the_whole_log() {
    let gaps = if is_long() { 40 } else { 1 };
    let mut world = World::new(seed(0x6A9));
    let (tcp, web) = (world.server.tcp(), world.server.web());
    world.populate(9, tcp, web);
    world.wait_until("gaps were told", |signals| signals.gaps.load(Ordering::SeqCst) >= gaps);
    world.check(&[]);
}

//! The server is killed at random moments and comes back on the same data.

use std::sync::atomic::Ordering;
use std::time::Duration;

use papo_testkit::checks::Fate;
use papo_testkit::{Random, is_long};

use crate::world::{World, seed};

/// Kills the server so many times while clients post, and goes on until it has died between a commit and
/// its answer, which is the moment that this is about.
fn run(seed: u64, clients: usize, kills: usize) {
    let mut world = World::new(seed);
    let signals = world.signals.clone();
    let repeated = || signals.repeated.load(Ordering::SeqCst);
    let mut random = Random::part(seed, 1);
    let (tcp, web) = (world.server.tcp(), world.server.web());
    world.populate(clients, tcp, web);
    let mut done = 0;
    while done < kills || (repeated() == 0 && done < 10 * kills) {
        // Sometimes it has hardly begun, sometimes everybody is back and in the middle of something.
        let posts = *random.pick(&[0, 1, 40, 120, 300]);
        world.wait_for_posts(random.below(posts + 1));
        std::thread::sleep(Duration::from_micros(random.below(4_000) as u64));
        // Now and then it is stopped by its operator instead.
        let end = if random.chance(6) { World::stop } else { World::kill };
        end(&mut world);
        while random.chance(3) {
            world.stumble(Duration::from_micros(random.below(30_000) as u64));
        }
        world.restart();
        done += 1;
    }
    world.wait_for_posts(20);
    world.wait_until("accounts were logged in to and wrote to each other", |signals| {
        signals.logins.load(Ordering::SeqCst) > kills / 4 && signals.whispers.load(Ordering::SeqCst) > kills
    });
    let (stories, _) = world.check(&[]);
    let posts = stories.iter().flat_map(|story| &story.posts);
    let acknowledged = posts.filter(|post| matches!(post.fate, Fate::Stored(_))).count();
    assert!(acknowledged > 10 * kills, "seed {seed}: too little happened: {acknowledged}");
    assert!(repeated() > 0, "seed {seed}: nothing was sent again that had been stored");
}

#[test]
fn what_was_acknowledged_or_seen_survives_every_kill() {
    if is_long() {
        for number in 0..4 {
            run(seed(0xA11CE) + number, 18, 25);
        }
    } else {
        run(seed(0xA11CE), 9, 12);
    }
}

/// Whoever runs rooms and accounts does so while the server is killed; a few others talk meanwhile.
fn run_kept(seed: u64, kills: usize) {
    let mut world = World::new(seed);
    world.keep();
    let mut random = Random::part(seed, 4);
    let (tcp, web) = (world.server.tcp(), world.server.web());
    world.populate(3, tcp, web);
    for _ in 0..kills {
        world.wait_for_deeds(1 + random.below(40));
        let moments = *random.pick(&[0, 0, 0, 8_000]);
        std::thread::sleep(Duration::from_micros(random.below(moments + 1) as u64));
        let end = if random.chance(6) { World::stop } else { World::kill };
        end(&mut world);
        world.restart();
    }
    world.wait_for_deeds(10);
    world.check(&[]);
}

#[test]
fn what_was_done_to_rooms_and_accounts_survives_every_kill() {
    if is_long() {
        for number in 0..4 {
            run_kept(seed(0x0D0) + number, 40);
        }
    } else {
        run_kept(seed(0x0D0), 8);
    }
}

/// The client library waits half a second and more before it comes back.
#[test]
fn the_client_library_loses_and_repeats_nothing_over_kills() {
    let seed = seed(0x11B);
    let mut world = World::new(seed);
    let mut random = Random::part(seed, 3);
    let (tcp, web) = (world.server.tcp(), world.server.web());
    world.populate_with_library(6, tcp, web);
    for _ in 0..if is_long() { 25 } else { 2 } {
        world.wait_for_posts(10 + random.below(600));
        world.kill();
        world.restart();
    }
    world.wait_for_posts(100);
    world.check(&[]);
}

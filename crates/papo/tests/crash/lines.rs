//! Lines that delay, trickle, break in the middle of a frame, close one half and reset.

use std::net::SocketAddr;
use std::sync::atomic::Ordering;

use papo_testkit::{End, Plan, Proxy, Random, is_long};

use crate::world::{World, seed};

/// Clients come by lines that break, for so many posts and until enough lines are broken; the server is
/// killed so many times.
fn run(seed: u64, clients: usize, posts: usize, kills: usize) {
    let mut world = World::new(seed);
    let mut random = Random::part(seed, 2);
    let proxies = [Proxy::seeded(world.server.tcp(), seed), Proxy::seeded(world.server.web(), seed + 1)];
    world.populate(clients, proxies[0].addr(), proxies[1].addr());
    for _ in 0..kills {
        world.wait_for_posts(random.below(posts / kills));
        world.kill();
        world.restart();
    }
    world.wait_for_posts(posts);
    world.wait_until("enough lines are broken", |signals| {
        let broken: usize = proxies.iter().map(Proxy::ended).sum();
        broken > 2 * clients && signals.repeated.load(Ordering::SeqCst) > 0
    });
    world.check(&proxies);
}

#[test]
fn nothing_is_lost_or_twice_over_lines_that_break() {
    if is_long() {
        for number in 0..4 {
            run(seed(0xB0B) + number, 18, 1_500, 0);
        }
    } else {
        run(seed(0xB0B), 9, 250, 0);
    }
}

#[test]
fn nor_when_the_server_is_killed_behind_them() {
    if is_long() {
        for number in 0..4 {
            run(seed(0xB0B) + number, 18, 1_000, 20);
        }
    } else {
        run(seed(0xCAFE), 9, 120, 2);
    }
}

/// Lines that all break, but not before a client has been let in: the library waits longer each time that
/// it was not.
fn lasting(to: SocketAddr, seed: u64) -> Proxy {
    Proxy::planned(to, move |line| {
        let mut plan = Plan::random(&mut Random::part(seed, line));
        for (at, _) in [&mut plan.up, &mut plan.down].into_iter().filter_map(|way| way.end.as_mut()) {
            *at += 2_000;
        }
        if plan.up.end.is_none() && plan.down.end.is_none() {
            plan.up.end = Some((5_000, End::Reset));
        }
        plan
    })
}

#[test]
fn the_client_library_loses_and_repeats_nothing_over_lines_that_break() {
    let seed = seed(0x11C);
    let mut world = World::new(seed);
    let proxies = [lasting(world.server.tcp(), seed), lasting(world.server.web(), seed + 1)];
    world.populate_with_library(8, proxies[0].addr(), proxies[1].addr());
    let wanted = if is_long() { 60 } else { 10 };
    world.wait_until("enough lines are broken", |_| proxies.iter().map(Proxy::ended).sum::<usize>() >= wanted);
    world.wait_for_posts(50);
    world.check(&proxies);
}

//! What begins on a full disk, and clients that go on while it fills up; `tests/store` shows the rest.

use std::path::PathBuf;
use std::rc::Rc;
use std::sync::atomic::Ordering;
use std::time::Instant;

use papo_proto::papo1::ClientFrame;
use papo_proto::papo1::server::Answer;
use papo_testkit::{PATIENCE, SmallDisk, Structured};

use crate::world::{World, seed};

/// The code of a post for which the disk has no room.
const STORE_FULL: u16 = 5001;

/// A server on a small disk.
fn world(seed: u64) -> Option<(Rc<SmallDisk>, World)> {
    let disk = Rc::new(SmallDisk::mount(6)?);
    let data: PathBuf = disk.path().join("data");
    let world = World::on(seed, Box::new(disk.clone()), data);
    Some((disk, world))
}

/// Posts until there is no room.
fn post_until_full(client: &mut Structured, room: u64) {
    let text = "x".repeat(2_000);
    let refused = (0..10_000).find_map(|_| client.post(room, &text).err());
    assert_eq!(refused, Some(STORE_FULL));
}

/// Sends the same post until it is taken, as its reject says.
fn insist(client: &mut Structured, post: &ClientFrame) -> u64 {
    let until = Instant::now() + PATIENCE;
    loop {
        match client.ask(post) {
            Ok(Answer::Post { seq, .. }) => return seq,
            Err(STORE_FULL) if Instant::now() < until => {}
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn a_room_that_was_made_on_a_full_disk_takes_messages_when_there_is_room() {
    let Some((disk, mut world)) = world(2) else { return };
    let (mut ana, _) = Structured::tcp(world.server.tcp()).named("Ana");
    let room = ana.join("azul").id;
    disk.fill(60);
    post_until_full(&mut ana, room);
    disk.fill(0);
    let new = ana.join("verde").id;
    let first = ClientFrame::Post { txn: ana.txn(), room: new, text: "primeira".into() };
    assert_eq!(ana.ask(&first), Err(STORE_FULL));
    disk.free();
    assert_eq!(insist(&mut ana, &first), 1);
    world.kill();
    world.restart();
    let (mut bia, _) = Structured::tcp(world.server.tcp()).named("Bia");
    assert_eq!(bia.join("verde").id, new, "the room outlives the process");
    assert_eq!(bia.log(new).len(), 1);
    world.close();
}

#[test]
fn sessions_that_began_on_a_full_disk_are_known_after_a_restart_when_they_have_posted() {
    let Some((disk, mut world)) = world(3) else { return };
    let (mut ana, _) = Structured::tcp(world.server.tcp()).named("Ana");
    let room = ana.join("azul").id;
    disk.fill(60);
    post_until_full(&mut ana, room);
    disk.fill(0);
    // The first ones may still find a little room.
    let begin = |number: usize| {
        let (mut client, token) = Structured::tcp(world.server.tcp()).named(&format!("Bia{number}"));
        client.join("azul");
        let post = ClientFrame::Post { txn: client.txn(), room, text: format!("uma vez {number}").into() };
        (client, token, post)
    };
    let mut clients: Vec<_> = (0..8).map(begin).collect();
    disk.free();
    let places: Vec<u64> = clients.iter_mut().map(|(client, _, post)| insist(client, post)).collect();
    world.kill();
    world.restart();
    // The answers might have been lost with the server: then the posts are sent again.
    for ((_, token, post), seq) in clients.iter().zip(places) {
        let mut client = Structured::tcp(world.server.tcp());
        client.resume(token, Vec::new());
        client.join("azul");
        assert_eq!(insist(&mut client, post), seq);
    }
    world.close();
}

#[test]
fn clients_that_go_on_posting_lose_nothing_when_the_disk_fills_up() {
    let Some((disk, mut world)) = world(seed(0xD15C)) else { return };
    let (tcp, web) = (world.server.tcp(), world.server.web());
    world.populate(9, tcp, web);
    for _ in 0..2 {
        world.wait_for_posts(50);
        let before = world.signals.rejected.load(Ordering::SeqCst);
        disk.fill(100);
        world.wait_until("posts are rejected", |signals| signals.rejected.load(Ordering::SeqCst) > before + 8);
        disk.free();
        world.wait_for_posts(20);
    }
    world.check(&[]);
}

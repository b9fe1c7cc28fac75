//! A full disk: nothing new is taken, all else goes on, and by itself it works again when there is room.

use std::path::PathBuf;
use std::rc::Rc;
use std::sync::atomic::Ordering;
use std::time::Instant;

use papo_proto::papo1::ClientFrame;
use papo_proto::papo1::server::Answer;
use papo_testkit::{Client, PATIENCE, SmallDisk, Structured};

use crate::person::FULL;
use crate::world::{World, assert_well, seed};

/// The code of a post for which the disk has no room.
const STORE_FULL: u16 = 5001;

/// A server on a small disk.
fn world(seed: u64) -> Option<(Rc<SmallDisk>, World)> {
    let disk = Rc::new(SmallDisk::mount(6)?);
    let data: PathBuf = disk.path().join("data");
    let world = World::on(seed, Box::new(disk.clone()), data);
    Some((disk, world))
}

/// Posts until there is no room; how many were taken.
fn post_until_full(client: &mut Structured, room: u64) -> u64 {
    let text = "x".repeat(2_000);
    for taken in 0..10_000 {
        match client.post(room, &text) {
            Ok(_) => {}
            Err(code) => {
                assert_eq!(code, STORE_FULL);
                return taken;
            }
        }
    }
    panic!("the disk has no end");
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
fn on_a_full_disk_posts_are_refused_and_all_else_goes_on() {
    let Some((disk, world)) = world(1) else { return };
    let (tcp, web) = (world.server.tcp(), world.server.web());
    let (mut ana, session) = Structured::tcp(tcp).named("Ana");
    let (mut bia, _) = Structured::ws(web).named("Bia");
    let room = ana.join("azul").id;
    bia.join("azul");
    let mut teo = Client::tcp(tcp).named("Teo").joined("azul");
    disk.fill(200);
    let taken = post_until_full(&mut ana, room);
    assert!(taken > 0, "there was some room");

    // Those who only read are shown everything that was taken, and nothing else.
    for _ in 0..taken {
        assert!(bia.message().seq <= taken);
        teo.read_until(|line| line.starts_with("[#azul] Ana: "));
    }
    assert_eq!(bia.log(room).len() as u64, taken);
    teo.send("sem lugar");
    teo.read_until(|line| line == FULL);
    teo.send("/history 2");
    let history = teo.read_until(|line| line.contains("Últimas mensagens"));
    assert_eq!(history.lines().count(), 3);
    // Rooms, names and members need no disk; somebody new may come.
    let (mut eva, _) = Structured::tcp(tcp).named("Eva");
    assert_eq!(eva.join("azul").head, taken);
    let txn = eva.txn();
    let who = eva.ask(&ClientFrame::Who { txn, room });
    assert!(matches!(who, Ok(Answer::Who { ref members, .. }) if members.len() == 4), "{who:?}");
    let kept_out = ClientFrame::Post { txn: eva.txn(), room, text: "espera".into() };
    assert_eq!(eva.ask(&kept_out), Err(STORE_FULL));

    disk.free();
    assert_eq!(insist(&mut eva, &kept_out), taken + 1, "no seq was used up");
    assert_eq!(insist(&mut eva, &kept_out), taken + 1, "the first answer is given again");
    assert_eq!(&*bia.message().text, "espera");
    teo.read_until(|line| line == "[#azul] Eva: espera");
    assert_eq!(ana.post(room, "de novo"), Ok(taken + 2));
    drop((ana, bia, eva, teo));
    let mut again = Structured::tcp(tcp);
    again.resume(&session, Vec::new());
    drop(again);
    let data = world.data.clone();
    assert_well(&data);
    world.close();
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

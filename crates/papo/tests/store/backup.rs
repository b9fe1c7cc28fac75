//! A copy that is made while people talk, and a server that begins from it.

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use papo_proto::papo1::server::Answer;
use papo_proto::papo1::{ClientFrame, ServerFrame};
use papo_testkit::{Ended, Structured};

use super::{check, cursor, papo, serve};

#[test]
fn a_restored_backup_has_what_was_said_before_it_and_another_epoch() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("dados");
    let server = serve(&data);
    let (mut pia, token) = Structured::tcp(server.tcp()).named("Pia");
    let room = pia.join("Jogos");
    for n in 1..=300 {
        assert_eq!(pia.post(room.id, &format!("mensagem {n}")), Ok(n));
    }
    let (acknowledged, stop) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicBool::new(false)));
    let talking = {
        let (acknowledged, stop) = (acknowledged.clone(), stop.clone());
        let (mut bob, _) = Structured::ws(server.web()).named("Bob");
        let room = bob.join("Jogos").id;
        std::thread::spawn(move || {
            while !stop.load(Ordering::SeqCst) {
                let seq = bob.post(room, "durante").expect("taken");
                acknowledged.store(seq, Ordering::SeqCst);
            }
        })
    };
    while acknowledged.load(Ordering::SeqCst) == 0 {}
    let before = acknowledged.load(Ordering::SeqCst);
    let restored = folder.path().join("restaurada");
    fs::create_dir(&restored).expect("a folder");
    let target = restored.join("papo.db");
    let backup = || Ended::of(papo("en").args(["store", "backup"]).arg(&target).arg("--data").arg(&data));
    let done = backup();
    assert!(done.code == Some(0) && done.out.starts_with("Backup written to "), "{done:?}");
    let again = backup();
    assert!(again.code == Some(2) && again.err.contains("exists already. Choose another name."), "{again:?}");
    stop.store(true, Ordering::SeqCst);
    talking.join().expect("Bob is well");
    let whole = pia.log(room.id);
    drop(server);

    let server = serve(&restored);
    let mut pia = Structured::tcp(server.tcp());
    let rooms = pia.resume(&token, vec![cursor(&room, 300)]);
    assert_eq!((&*rooms[0].name, rooms[0].id), ("Jogos", room.id));
    assert_ne!(rooms[0].epoch, room.epoch, "old cursors mean nothing here");
    assert_eq!(pia.read(), Some(ServerFrame::Reset { room: rooms[0].clone() }));
    let log = pia.log(room.id);
    assert!(log.len() as u64 >= before, "all that was acknowledged before it began is there");
    for (kept, said) in log.iter().zip(&whole) {
        assert_eq!((kept.seq, &kept.author, &kept.text), (said.seq, &said.author, &said.text), "and nothing else");
    }
    // The session goes on, and so do its numbers.
    let post = ClientFrame::Post { txn: 10_000, room: room.id, text: "depois".into() };
    let seq = log.len() as u64 + 1;
    assert!(matches!(pia.ask(&post), Ok(Answer::Post { seq: at, .. }) if at == seq));
    drop(server);
    assert_eq!(check(&restored).code, Some(0));
    // Only the first start makes another epoch.
    let server = serve(&restored);
    let mut pia = Structured::tcp(server.tcp());
    let again = pia.resume(&token, vec![cursor(&rooms[0], log.len() as u64 + 1)]);
    assert_eq!(again[0].epoch, rooms[0].epoch);
}

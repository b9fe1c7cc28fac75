//! A server that keeps nothing: nobody is shown messages of another log under numbers that they know.

use std::process::Command;

use papo_proto::papo1::ServerFrame;
use papo_proto::papo1::server::Answer;
use papo_testkit::{Papo, Structured, free_port};

use super::{cursor, papo};

fn serve(port: u16, web: u16) -> Papo {
    let (port, web) = (port.to_string(), web.to_string());
    let mut command: Command = papo("pt-BR");
    Papo::listening(command.args(["serve", "--store", "memory", "--port", &port, "--web-port", &web]))
}

#[test]
fn after_a_restart_everything_is_another_log() {
    let (port, web) = (free_port(), free_port());
    let mut server = serve(port, web);
    let (mut pia, token) = Structured::tcp(server.tcp()).named("Pia");
    let room = pia.join("geral");
    for n in 1..=3 {
        assert_eq!(pia.post(room.id, "antes"), Ok(n));
    }
    server.kill();
    server.wait();
    let server = serve(port, web);
    let (mut bob, _) = Structured::tcp(server.tcp()).named("Bob");
    bob.join("geral");
    for n in 1..=5 {
        assert_eq!(bob.post(room.id, "depois"), Ok(n));
    }
    let mut pia = Structured::ws(server.web());
    let hello = pia.hello(None, Some(&token), vec![cursor(&room, 3)]);
    assert_eq!(pia.ask(&hello), Err(2007), "nobody remembers the session");
    // On the same connection, without it.
    let hello = pia.hello(Some("Pia"), None, vec![cursor(&room, 3)]);
    let Ok(Answer::Hello { resumed: false, rooms, .. }) = pia.ask(&hello) else { panic!("no hello") };
    assert_ne!(rooms[0].epoch, room.epoch);
    assert_eq!(pia.read(), Some(ServerFrame::Reset { room: rooms[0].clone() }));
    assert!(pia.log(room.id).iter().all(|message| &*message.text == "depois"));
}

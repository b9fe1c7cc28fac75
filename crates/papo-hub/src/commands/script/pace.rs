//! What an address may do only so fast.

use papo_proto::limits::{
    ACCOUNTS_PER_ADDRESS_AND_HOUR, BOTS_PER_ADDRESS_AND_HOUR, REPORTS_PER_ADDRESS_AND_HOUR,
    ROOM_INVITES_PER_ADDRESS_AND_HOUR, ROOMS_PER_BOT, SESSIONS_PER_ADDRESS,
};

use super::check_in;
use super::world::{PAPO1, World};
use crate::pace::Paced;

#[test]
fn an_address_reports_only_so_often_and_a_quiet_account_is_heard_all_the_same() {
    let mut world = World::new(true);
    check_in(&mut world, "*in geral: a Ana, b Bia with an account");
    for _ in 0..REPORTS_PER_ADDRESS_AND_HOUR {
        check_in(&mut world, "a> /report x\na< [SYS] Feito.");
    }
    check_in(
        &mut world,
        "a> /report x
         a< [ERRO] Do seu endereço já se fez isso vezes demais. Tente de novo em 3 min.
         *in geral: c Caio
         c> /report x
         c< [ERRO] Do seu endereço já se fez isso vezes demais. Tente de novo em 3 min.
         b> /report y
         b< [SYS] Feito.
         b> /report y
         b< [ERRO] Do seu endereço já se fez isso vezes demais. Tente de novo em 3 min.
         *from 192.0.2.9
         *in geral: d Davi
         d> /report z
         d< [SYS] Feito.
         *wait 180
         a> /report x
         a< [SYS] Feito.",
    );
}

#[test]
fn an_address_invites_only_so_often_whoever_comes_from_it() {
    let mut world = World::new(true);
    check_in(&mut world, "*in sala: a Ana\n*in geral: b Bia");
    for _ in 0..ROOM_INVITES_PER_ADDRESS_AND_HOUR {
        check_in(
            &mut world,
            "a> /invite Bia\na< [SYS] Feito: Bia.\nb< [SYS] Ana convidou você para #sala. Entre com /join #sala",
        );
    }
    check_in(
        &mut world,
        "a> /invite Bia
         a< [ERRO] Do seu endereço já se fez isso vezes demais. Tente de novo em 30 s.
         *in sala: c Caio
         c> /invite Bia
         c< [ERRO] Do seu endereço já se fez isso vezes demais. Tente de novo em 30 s.
         *from 192.0.2.9
         *in sala: d Davi
         d> /invite Bia
         d< [SYS] Feito: Bia.
         b< [SYS] Davi convidou você para #sala. Entre com /join #sala",
    );
}

const TOO_FAST: &str = "[ERRO] Do seu endereço já se fez isso vezes demais.";

#[test]
fn bots_that_are_ended_give_no_place_for_others() {
    let mut world = World::new(true);
    check_in(&mut world, "*in geral: a Ana with an account");
    for n in 0..BOTS_PER_ADDRESS_AND_HOUR {
        world.send("a", &format!("/token new Robo{n}"));
        world.send("a", &format!("/token revoke Robo{n}"));
        let read = world.read("a");
        assert!(read.len() == 2 && read.iter().all(|line| line.starts_with("[SYS]")), "{read:?}");
    }
    world.send("a", "/token new Outro");
    let read = world.read("a");
    assert!(read.len() == 1 && read[0].starts_with(TOO_FAST), "{read:?}");
    check_in(&mut world, "a> /token list\na< [SYS] Seus robôs (0):");
}

#[test]
fn a_bot_has_only_so_many_rooms_in_either_dialect_and_each_once() {
    let many = ["geral"; ROOMS_PER_BOT + 1].join(" ");
    let mut world = World::new(true);
    check_in(&mut world, "*in geral: a Ana with an account");
    world.send("a", &format!("/token new Robo {many}"));
    assert_eq!(world.read("a"), ["[ERRO] Já há 32; não cabe mais nenhum."]);
    world.send("a", "/token new Robo geral geral");
    let read = world.read("a");
    assert!(read[0].starts_with("[SYS] O robô Robo foi criado."), "{read:?}");
    let bot = world.hub.people.all().find_map(|account| account.record.bot.clone());
    assert_eq!(bot.map(|bot| bot.rooms.len()), Some(1));
}

#[test]
fn an_address_makes_only_so_many_accounts_and_another_some_more() {
    let mut world = World::new(true);
    for n in 0..ACCOUNTS_PER_ADDRESS_AND_HOUR {
        world.send("a", &format!("/nick Nome{n}"));
        world.send("a", "/register segredo123");
        world.send("a", "/delete-account segredo123");
        let read = world.read("a");
        assert!(!read.iter().any(|line| line.starts_with("[ERRO]")), "{read:?}");
    }
    world.send("b", "/register segredo123");
    let read = world.read("b");
    assert!(read.last().is_some_and(|line| line.starts_with(TOO_FAST)), "{read:?}");
    check_in(&mut world, "*from 192.0.2.9\n*in geral: c Caio with an account");
}

/// Somebody connects and says hello; what is answered.
fn hello(world: &mut World, who: &str, more: &str) -> Vec<String> {
    world.connect(who, PAPO1);
    world.send_json(who, &format!(r#"{{"do":"hello","txn":1,"version":1{more}}}"#));
    world.read(who)
}

#[test]
fn hello_alone_takes_no_place_in_the_store() {
    let mut world = World::new(true);
    hello(&mut world, "p", "");
    assert_eq!(world.store.sessions.len(), 0);
    for looking in [r#""ping""#, r#""rooms""#, r#""leave","room":1"#] {
        world.send_json("p", &format!(r#"{{"do":{looking},"txn":2}}"#));
    }
    assert_eq!(world.store.sessions.len(), 0);
    world.send_json("p", r#"{"do":"join","txn":3,"room":"geral"}"#);
    assert_eq!(world.store.sessions.len(), 1);
    hello(&mut world, "q", r#","resume":[{"room":1,"epoch":5,"seq":0}]"#);
    assert_eq!(world.store.sessions.len(), 2, "it is in a room");
}

#[test]
fn a_guest_who_was_let_in_or_written_to_may_come_back() {
    let mut world = World::new(true);
    check_in(
        &mut world,
        "*in sala: a Ana with an account
         a> /private on
         a< [SYS] Feito.",
    );
    for (who, name, said) in [("p", "Pia", "/invite Pia"), ("q", "Quim", "/msg Quim oi")] {
        let before = world.store.sessions.len();
        hello(&mut world, who, &format!(r#","nick":"{name}""#));
        world.send("a", said);
        assert_eq!(world.store.sessions.len(), before + 1, "{said}");
    }
}

#[test]
fn an_address_begins_only_so_many_sessions_and_goes_on_with_any() {
    let mut world = World::new(true);
    hello(&mut world, "p", "");
    world.send_json("p", r#"{"do":"join","txn":3,"room":"geral"}"#);
    let first = world.session("p");
    for _ in 1..SESSIONS_PER_ADDRESS {
        assert_eq!(world.hub.pace(first, Paced::Session, world.now), Ok(()));
    }
    let read = hello(&mut world, "q", "");
    assert!(read[0].contains(r#""code":3004"#) && read[0].contains(r#""after_ms":10000"#), "{read:?}");
    world.lose("p");
    let read = hello(&mut world, "r", r#","session":"AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE""#);
    assert!(read[0].contains(r#""resumed":true"#), "{read:?}");
    world.address = [192, 0, 2, 9].into();
    assert!(hello(&mut world, "s", "")[0].contains(r#""resumed":false"#));
}

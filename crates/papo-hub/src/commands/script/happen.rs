//! What happens to everybody in a script.

use std::time::Duration;

use papo_proto::papo1::Token;
use papo_proto::words::{AdminCommand, Parsed, Registration, Secret};
use papo_proto::{Nickname, Reply, RoomName};

use super::world::{TEXT, World};
use crate::hub::Policy;

/// * `in sala: a Ana, b Bia with an account` – these come into a room, one after the other, and what everybody
///   reads of it is passed over;
/// * `wait 60` lets so many seconds pass;
/// * `take` – a batch goes to the disk, which waits; `fail` – it fails, and what was decided since waits on;
/// * `disk full` and `disk ok`: whether anything can be kept; `hold` and `go` make the disk wait;
/// * `passwords wait`, `passwords looked at`, `passwords refused`: until then, when, and that nobody does;
/// * `drain` – the server stops; `restart` – a fresh hub begins with what was kept, and nobody in it;
/// * `from 192.0.2.7` – where the next connections come from; `plain`, `safe` – whether others can listen;
/// * `policy open|invite|closed guests|no-guests [greeting]`;
/// * `admin …` – a command of whoever runs the server;
/// * `post 101 sala text`, `exchange 101 201`, `forget 201` – what is asked over HTTP by the token of this number,
///   those of logins being 101, 102 …: a message, another token for a cookie, and its end.
pub(super) fn happen(world: &mut World, what: &str) {
    let (verb, rest) = what.split_once(' ').unwrap_or((what, ""));
    match verb {
        "in" => {
            let (room, people) = rest.split_once(": ").expect("a room and people");
            for person in people.split(", ") {
                come(world, room, person);
            }
        }
        "wait" => {
            let seconds = rest.parse().expect("so many seconds");
            world.now.running += Duration::from_secs(seconds);
            world.now.wall_ms += seconds * 1000;
            world.tick();
        }
        "disk" => world.store.full = rest == "full",
        "passwords" if rest == "wait" => world.hold_passwords = true,
        "passwords" if rest == "looked at" => {
            world.hold_passwords = false;
            world.look_at_passwords();
        }
        "passwords" => world.refuse_passwords(),
        "drain" => {
            world.hub.drain();
            world.is_drained = true;
            world.tick();
        }
        "take" => world.take_batch(),
        "fail" => world.fail_batch(),
        "hold" => world.hold_commits = true,
        "go" => {
            world.hold_commits = false;
            world.tick();
        }
        "restart" => world.restart(),
        "from" => world.address = rest.parse().expect("an address"),
        "plain" => world.is_safe = false,
        "safe" => world.is_safe = true,
        "policy" => {
            world.hub.set_policy(policy(rest));
            world.tick();
        }
        "admin" => {
            let (command, password) = admin(rest);
            world.administer(command, password);
        }
        "post" => {
            let mut words = rest.splitn(3, ' ');
            let (by, room) = (token(words.next()), RoomName::parse(words.next().unwrap_or_default()));
            let (room, text) = (room.expect("a room").name, words.next().unwrap_or_default().into());
            world.ask(|hub, ticket, now| hub.post_outside(ticket, &by.hash(), &room, (text, None), now));
        }
        "exchange" => {
            let (old, fresh) =
                rest.split_once(' ').map(|(old, fresh)| (token(Some(old)), token(Some(fresh)))).expect("two");
            world.ask(|hub, ticket, now| hub.exchange(ticket, &old.hash(), &fresh, now));
        }
        "forget" => world.ask(|hub, ticket, now| hub.forget_cookie(ticket, &token(Some(rest)).hash(), now)),
        _ => panic!("nobody knows what {what:?} is"),
    }
}

fn token(number: Option<&str>) -> Token {
    Token([number.and_then(|number| number.parse().ok()).expect("a number"); 32])
}

/// Somebody comes, and nothing of it is rejected.
fn come(world: &mut World, room: &str, person: &str) {
    let (who, name) = person.split_once(' ').expect("a person and a name");
    let (name, has_account) = name.strip_suffix(" with an account").map_or((name, false), |name| (name, true));
    world.session(who);
    world.send(who, &format!("/nick {name}"));
    if has_account {
        world.send(who, "/register segredo123");
    }
    if room != "geral" {
        world.send(who, &format!("/join {room}"));
    }
    for (other, ..) in world.people.clone() {
        let read = world.read(&other);
        assert!(!read.iter().any(|line| line.starts_with("[ERRO]")), "{other} reads {read:?}");
    }
}

fn policy(words: &str) -> Policy {
    let mut words = words.splitn(3, ' ');
    let registration = match words.next() {
        Some("open") => Registration::Open,
        Some("invite") => Registration::Invite,
        _ => Registration::Closed,
    };
    let guests = words.next() == Some("guests");
    Policy { registration, guests, greeting: words.next().unwrap_or_default().into() }
}

/// The command, and the password that it brings.
fn admin(words: &str) -> (AdminCommand, Option<&str>) {
    let (verb, rest) = words.split_once(' ').unwrap_or((words, ""));
    let (first, second) = rest.split_once(' ').unwrap_or((rest, ""));
    let name = || Nickname::parse(first).expect("a good name");
    let person = || name().name;
    match verb {
        "users" => (AdminCommand::Users, None),
        "add" => {
            let Parsed { name, cut } = name();
            (AdminCommand::AddUser(Parsed { name, cut }, Secret::new(second)), Some(second))
        }
        "reset" => (AdminCommand::ResetUser(person(), Secret::new(second)), Some(second)),
        "disable" | "enable" => (AdminCommand::DisableUser(person(), verb == "disable"), None),
        "promote" | "demote" => (AdminCommand::PromoteUser(person(), verb == "promote"), None),
        "invite" => {
            let uses = first.parse().expect("so often");
            (AdminCommand::Invite { uses, seconds: 3600, for_admin: second == "admin" }, None)
        }
        "lockdown" => (AdminCommand::Lockdown(rest == "on"), None),
        "say" => (AdminCommand::Say(rest.into()), None),
        _ => panic!("no administrator says {words:?}"),
    }
}

/// An answer outside of sessions, as people read it.
pub(super) fn shown(reply: &Reply) -> String {
    let mut bytes = Vec::new();
    TEXT.reply(None, reply, &mut bytes);
    String::from_utf8_lossy(&bytes[4..]).into_owned()
}

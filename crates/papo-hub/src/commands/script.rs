//! Tests of the rules, as scripts: what each person sends and what everybody then reads.
//!
//! * `world` – people without sockets around a hub, `store` – what is kept, in a few lines, `happen` – what
//!   happens to all of them;
//! * `text`, `papo1` – the scripts of what was there first, by dialect;
//! * `people`, `names`, `sessions` – accounts; `directs` – conversations of two, `ignore`;
//! * `rooms`, `hidden`, `moderation`, `redact`, `carried` – rights; `admin` – whoever runs the server;
//! * `pace` – what an address may do how fast;
//! * `random` – scripts that nobody wrote, `invariants` – what holds in all of them;
//! * `failures` – what is decided and cannot be kept, `rightful` – what others did by it, `ended` – what has ended.

mod admin;
mod carried;
mod directs;
mod ended;
mod failures;
mod happen;
mod hidden;
mod invariants;
mod moderation;
mod pace;
mod papo1;
mod people;
mod random;
mod redact;
mod rightful;
mod rooms;
mod sessions;
mod store;
mod text;
mod world;

use std::collections::{BTreeMap, VecDeque};
use std::fmt::Write as _;

use world::World;

/// Runs a script: `Ana> line` sends, `Ana< line` is the next thing that Ana reads; in the end nobody
/// may have anything left to read, and the invariants hold after each step. `Ana!` loses her connection, and has another one when she next sends.
///
/// What happens to all begins with `*`, and is in [`happen`]; `admin` reads what is answered outside of sessions.
fn check(script: &str) {
    check_in(&mut World::new(true), script);
}

/// Goes on with a script in a world in which something happened before.
fn check_in(world: &mut World, script: &str) {
    let mut unread: BTreeMap<String, VecDeque<String>> = BTreeMap::new();
    let mut went = String::new();
    for step in script.lines().map(str::trim).filter(|line| !line.is_empty()) {
        if let Some(rest) = step.strip_prefix('*') {
            happen::happen(world, rest);
        } else {
            let at = step.find(['>', '<', '!']).expect("a step names a person and what happens");
            let (who, rest) = (&step[..at], step[at + 1..].trim().replace("\\n", "\n"));
            if who != "admin" {
                world.session(who);
            }
            match step.as_bytes()[at] {
                b'>' if rest.starts_with('{') => world.send_json(who, &rest),
                b'>' => world.send(who, &rest),
                b'!' => world.lose(who),
                _ => {
                    let next = unread.entry(who.to_owned()).or_default().pop_front();
                    assert_eq!(next.as_deref(), Some(&*rest), "what {who} reads in:\n{script}\nas it went:\n{went}");
                    continue;
                }
            }
        }
        let _ = writeln!(went, "         {step}");
        for line in world.answers().iter().map(happen::shown) {
            let _ = writeln!(went, "         admin< {}", line.replace('\n', "\\n"));
            unread.entry("admin".to_owned()).or_default().push_back(line);
        }
        for (name, ..) in world.people.clone() {
            for line in world.read(&name).into_iter().map(short) {
                let _ = writeln!(went, "         {name}< {}", line.replace('\n', "\\n"));
                unread.entry(name.clone()).or_default().push_back(line);
            }
        }
        invariants::hold(world);
        if let Some(lost) = step.strip_suffix('!') {
            // What she sends next comes by another connection.
            world.people.retain(|(name, ..)| name != lost);
        }
    }
    unread.retain(|_, lines| !lines.is_empty());
    assert!(unread.is_empty(), "nobody expected {unread:?} in:\n{script}\nas it went:\n{went}");
}

/// A line without what is the same in every hello and of every plain public room.
fn short(line: String) -> String {
    let line = match line.split_once(r#""nick":"#) {
        Some((_, rest)) if line.contains(r#""to":"hello""#) => {
            let (nick, rest) = rest.split_once(',').expect("more than a nick");
            let (_, rest) = rest.split_once(r#""resumed":"#).expect("more than a nick");
            format!("hello {nick} resumed:{}", rest.replace(r#","registration":"open","greeting":"""#, ""))
        }
        _ => line,
    };
    line.replace(r#","kind":"public","role":"guest","topic":"""#, "")
}

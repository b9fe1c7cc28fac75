//! Tests of the rules, as scripts: what each person sends and what everybody then reads.
//!
//! * `world` – people without sockets around a hub; `text`, `papo1` – the scripts, by dialect.

mod papo1;
mod text;
mod world;

use std::collections::{BTreeMap, VecDeque};

use world::World;

/// Runs a script: `Ana> line` sends, `Ana< line` is the next thing that Ana reads. In the end
/// nobody may have anything left to read; `Ana!` loses her connection.
fn check(script: &str) {
    let mut world = World::new(true);
    let mut unread: BTreeMap<String, VecDeque<String>> = BTreeMap::new();
    for step in script.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let at = step.find(['>', '<', '!']).expect("a step names a person and what happens");
        let (who, rest) = (&step[..at], step[at + 1..].trim().replace("\\n", "\n"));
        world.session(who);
        match step.as_bytes()[at] {
            b'>' if rest.starts_with('{') => world.send_json(who, &rest),
            b'>' => world.send(who, &rest),
            b'!' => world.lose(who),
            _ => {
                let next = unread.entry(who.to_owned()).or_default().pop_front();
                assert_eq!(next.as_deref(), Some(&*rest), "what {who} reads in:\n{script}");
            }
        }
        for (name, ..) in world.people.clone() {
            let lines = world.read(&name);
            unread.entry(name).or_default().extend(lines);
        }
    }
    unread.retain(|_, lines| !lines.is_empty());
    assert!(unread.is_empty(), "nobody expected {unread:?} in:\n{script}");
}

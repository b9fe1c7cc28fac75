//! Scripts that nobody wrote: people with accounts, rights and conversations do anything in any order, the
//! disk waits and fails, the server starts again. What must hold whatever happens is in [`invariants`].

use std::collections::{BTreeMap, BTreeSet};

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use papo_proto::{RoomId, SessionId};

use super::happen::happen;
use super::invariants;
use super::world::{PAPO1, World};

const PEOPLE: [&str; 7] = ["a", "b", "c", "d", "e", "p", "q"];
const NAMES: [&str; 8] = ["Ana", "Bia", "Caio", "ANA", "Robo", "Pia", "Iara", "lara"];
/// How it begins: what takes many steps to come about is there from the first one now and then.
const BEGINNINGS: [&[&str]; 6] = [
    &[],
    &["*in sala: a Ana with an account, b Bia with an account, c Caio"],
    &["*in sala: a Ana with an account, b Bia", "a> /private", "a> /invite Bia", "a> /op Bia"],
    &[
        "*in sala: a Ana, b Bia with an account, c Caio",
        "a> /readonly",
        "*hold",
        "a> /op Bia",
        "a> /readonly off",
        "*take",
    ],
    &["*in sala: a Ana, b Bia with an account", "a> /private", "*hold", "a> /invite Caio", "*take", "c> /nick Caio"],
    &["*in geral: a Ana with an account, b Bia with an account", "a> /msg Bia $", "b> /r $", "a> /token new Robo"],
];
const ROOMS: [&str; 3] = ["geral", "sala", "jogos"];

fn name() -> impl Strategy<Value = &'static str> {
    select(&NAMES[..])
}

/// What is typed: `$` stands for words that are said once.
fn line() -> impl Strategy<Value = String> {
    let room = || select(&ROOMS[..]);
    let to = |weight: u32, verb: &'static str| (weight, name().prop_map(move |who| verb.replace('%', who)).boxed());
    let say = |weight: u32, line: &'static str| (weight, Just(line.to_owned()).boxed());
    let arms = vec![
        to(10, "/nick %"),
        (12, room().prop_map(|room| format!("/join {room}")).boxed()),
        say(14, "$"),
        say(6, "/register segredo123"),
        to(8, "/login % segredo123"),
        to(1, "/login % errada123"),
        say(4, "/logout"),
        say(1, "/password segredo123 segredo123"),
        say(1, "/delete-account segredo123"),
        (1, (1..6_u8).prop_map(|login| format!("/sessions end {login}")).boxed()),
        to(1, "/token new %"),
        to(1, "/token revoke %"),
        to(8, "/msg % $"),
        say(4, "/r $"),
        to(2, "/ignore %"),
        to(1, "/unignore %"),
        to(6, "/invite %"),
        to(4, "/kick %"),
        to(3, "/ban %"),
        to(1, "/ban % 10m"),
        to(3, "/unban %"),
        to(2, "/mute % 10m"),
        to(1, "/unmute %"),
        say(1, "/slow 5"),
        say(1, "/slow 0"),
        to(3, "/op %"),
        to(2, "/deop %"),
        say(6, "/private"),
        say(4, "/private off"),
        say(1, "/readonly"),
        say(1, "/readonly off"),
        say(1, "/topic coisas"),
        say(2, "/redact"),
        to(1, "/redact %"),
        say(2, "/close"),
        say(1, "/report algo"),
        say(2, "/leave"),
        say(1, "/who"),
        say(1, "/rooms"),
        say(1, "/quit"),
    ];
    proptest::strategy::Union::new_weighted(arms)
}

/// What a program sends: `?` is its number, `@` the session that it had, `&` the token of some login.
fn frame() -> impl Strategy<Value = String> {
    let room = 0..12_u64;
    let act = select(vec![
        r#""do":"post","txn":?,"room":%,"text":"$""#,
        r#""do":"leave","txn":?,"room":%"#,
        r#""do":"private","txn":?,"room":%,"on":true"#,
        r#""do":"private","txn":?,"room":%,"on":false"#,
        r#""do":"close","txn":?,"room":%"#,
        r#""do":"redact","txn":?,"room":%"#,
        r#""do":"read","txn":?,"room":%,"seq":2"#,
        r#""do":"typing","txn":?,"room":%"#,
        r#""do":"history","txn":?,"room":%"#,
        r#""do":"kick","txn":?,"room":%,"who":"Ana""#,
        r#""do":"invite","txn":?,"room":%,"who":"Bia""#,
    ]);
    let whom = select(vec![
        r#""do":"join","txn":?,"room":"sala""#,
        r#""do":"join","txn":?,"room":"jogos""#,
        r#""do":"create","txn":?,"room":"jogos""#,
        r#""do":"register","txn":?,"password":"segredo123""#,
        r#""do":"login","txn":?,"nick":"%","password":"segredo123""#,
        r#""do":"logout","txn":?"#,
        r#""do":"direct","txn":?,"who":"%""#,
        r#""do":"nick","txn":?,"nick":"%""#,
        r#""do":"bye","txn":?"#,
    ]);
    let hello = select(vec![
        r#""do":"hello","txn":?,"version":1"#,
        r#""do":"hello","txn":?,"version":1,"session":"@","resume":[{"room":2,"epoch":5,"seq":0}]"#,
        r#""do":"hello","txn":?,"version":1,"session":"@""#,
        r#""do":"hello","txn":?,"version":1,"login":"&""#,
        r#""do":"hello","txn":?,"version":1,"nick":"Pia","capabilities":["rooms"],"resume":[{"room":3,"epoch":5,"seq":0}]"#,
    ]);
    prop_oneof![
        5 => (act, room).prop_map(|(act, room)| format!("{{{}}}", act.replace('%', &room.to_string()))),
        4 => (whom, name()).prop_map(|(whom, name)| format!("{{{}}}", whom.replace('%', name))),
        3 => hello.prop_map(|hello| format!("{{{hello}}}")),
    ]
}

fn step() -> impl Strategy<Value = String> {
    let speaks = (select(&PEOPLE[..5]), line()).prop_map(|(who, line)| format!("{who}> {line}"));
    let sends = (select(&PEOPLE[5..]), frame()).prop_map(|(who, frame)| format!("{who}> {frame}"));
    let verbs = vec!["add % segredo123", "reset % segredo123", "promote %", "demote %", "disable %", "enable %"];
    let admin = (select(verbs), name());
    let over_http = prop_oneof![
        (101..110_u8).prop_map(|login| format!("*exchange {login} {}", login + 100)),
        (201..210_u8).prop_map(|cookie| format!("*forget {cookie}")),
        (101..110_u8, select(&ROOMS[..])).prop_map(|(login, room)| format!("*post {login} {room} $")),
    ];
    prop_oneof![
        60 => speaks,
        25 => sends,
        4 => select(&PEOPLE[..]).prop_map(|who| format!("{who}!")),
        3 => Just("*hold".to_owned()),
        5 => Just("*take".to_owned()),
        4 => Just("*fail".to_owned()),
        8 => Just("*go".to_owned()),
        3 => Just("*disk full".to_owned()),
        6 => Just("*disk ok".to_owned()),
        2 => select(vec!["*passwords wait", "*passwords looked at", "*passwords refused"]).prop_map(str::to_owned),
        2 => Just("*wait 31".to_owned()),
        1 => Just("*wait 86400".to_owned()),
        1 => Just("*restart".to_owned()),
        1 => select(vec!["*policy open guests", "*policy open no-guests"]).prop_map(str::to_owned),
        1 => select(vec!["*admin lockdown on", "*admin lockdown off"]).prop_map(str::to_owned),
        4 => over_http,
        2 => admin.prop_map(|(verb, who)| format!("*admin {}", verb.replace('%', who))),
    ]
}

/// A script as it runs.
struct Run {
    world: World,
    said: u64,
    /// Who was in which room when something was said.
    heard_by: BTreeMap<u64, BTreeMap<RoomId, BTreeSet<SessionId>>>,
    /// The session of each program.
    tokens: BTreeMap<String, u8>,
}

impl Run {
    fn new() -> Self {
        let world = World::new(false);
        Self { world, said: 0, heard_by: BTreeMap::new(), tokens: BTreeMap::new() }
    }

    fn step(&mut self, step: &str) {
        if let Some(what) = step.strip_prefix('*') {
            self.said += 1;
            happen(&mut self.world, &what.replace('$', &format!("dito{}!", self.said)));
            self.heard_by.insert(self.said, self.world.hub.rooms.members());
        } else if let Some(lost) = step.strip_suffix('!') {
            if self.world.people.iter().any(|(name, ..)| name == lost) {
                self.world.lose(lost);
                self.world.people.retain(|(name, ..)| name != lost);
            }
        } else {
            let (who, line) = step.split_once("> ").expect("somebody says something");
            self.speak(who, line);
        }
        self.read();
        drop(self.world.answers());
        invariants::hold(&self.world);
    }

    fn speak(&mut self, who: &str, line: &str) {
        self.said += 1;
        let line = line.replace('$', &format!("dito{}!", self.said)).replace('?', &self.said.to_string());
        if line.starts_with('{') {
            let token = self.tokens.get(who).copied().unwrap_or(250);
            let login = [101, 201][self.said as usize % 2] + (self.said / 2 % 9) as u8;
            let text = |number| papo_proto::papo1::Token([number; 32]).to_text();
            let line = line.replace('@', &text(token)).replace('&', &text(login));
            if self.world.people.iter().all(|(name, ..)| name != who) {
                self.world.connect(who, PAPO1);
            }
            if line.contains("hello") && !line.contains("session") {
                self.tokens.insert(who.to_owned(), self.world.link(who).slot as u8 + 1);
            }
            self.world.send_json(who, &line);
        } else {
            self.world.session(who);
            self.world.send(who, &line);
        }
        self.heard_by.insert(self.said, self.world.hub.rooms.members());
    }

    /// Whoever reads something was in the room when it was decided.
    fn read(&mut self) {
        for (name, session, _) in self.world.people.clone() {
            for line in self.world.read(&name) {
                let Some((_, rest)) = line.split_once("dito") else { continue };
                let said = rest.split('!').next().and_then(|number| number.parse().ok()).expect("a number");
                let room = self.world.store.rooms_of_texts[&format!("dito{said}!")];
                let heard_by = &self.heard_by[&said];
                let was_there = heard_by.get(&room).is_some_and(|members| members.contains(&session));
                assert!(was_there, "{name} reads {line:?} of {room:?}, of those who heard it: {heard_by:?}");
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(600),
        // What a failing run found becomes a script with a name, not a file of seeds.
        failure_persistence: None,
        max_shrink_iters: 4000,
        ..ProptestConfig::default()
    })]

    #[test]
    fn whatever_people_do(begin in select(&BEGINNINGS[..]), steps in vec(step(), 1..120)) {
        let mut run = Run::new();
        for step in begin.iter().copied().chain(steps.iter().map(String::as_str)) {
            run.step(step);
        }
        run.step("*disk ok");
        run.step("*go");
        run.step("*drain");
    }
}

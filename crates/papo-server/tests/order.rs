//! The order argument over real sockets: many clients post, join, leave and quit at random, and
//! each sees one order per room, nothing lost, nothing twice, nothing from a room that it is not in.

mod support;

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier, Mutex};

use papo_proto::limits::MEMORY_STORE_MAX_BYTES;
use papo_proto::{Record, RoomId, Seq, Stored};
use papo_server::PlainFor;
use papo_store::{MemoryStore, Reader, Recovered, Span, Store, StoreError};
use papo_testkit::Client;
use support::{Running, self_signed, start_with};

const ROOMS: [&str; 3] = ["azul", "verde", "roxo"];
const CLIENTS: usize = 24;
const STEPS: usize = 120;

/// What one client saw, in order.
#[derive(Clone, Debug, PartialEq)]
enum Saw {
    /// It entered a room by its own wish.
    Entered(String),
    /// It left its room by its own wish.
    Left,
    /// A message in a room: who and which of theirs.
    Message { room: String, who: String, number: usize },
    /// It posted its message with this number, in the room that it was in.
    Posted { room: String, number: usize },
}

/// A sequence of random numbers from a seed: a failing run can be run again.
struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % n
    }
}

/// One client's life: random steps, each confirmed before the next, then a common end.
fn live(mut client: Client, name: &str, seed: u64, ends: &Barrier) -> Vec<Saw> {
    let mut random = Random(seed);
    let mut saw = Vec::new();
    let mut room: Option<String> = Some("geral".into());
    let mut number = 0;
    for _ in 0..STEPS {
        match random.below(10) {
            0 | 1 => {
                let to = ROOMS[random.below(ROOMS.len())];
                client.send(&format!("/join {to}"));
                watch(&mut client, &mut saw, &format!("[SYS] Você entrou em #{to}."));
                saw.push(Saw::Entered(to.into()));
                room = Some(to.into());
            }
            2 if room.is_some() => {
                let from = room.take().expect("checked");
                client.send("/leave");
                watch(&mut client, &mut saw, &format!("[SYS] Você saiu de #{from}."));
                saw.push(Saw::Left);
            }
            _ => {
                let Some(room) = &room else { continue };
                number += 1;
                client.send(&format!("{name} {number}"));
                saw.push(Saw::Posted { room: room.clone(), number });
            }
        }
    }
    // An answer comes after all of one's own posts, and after what was published before them.
    client.send("/join azul");
    watch(&mut client, &mut saw, "[SYS] Você entrou em #azul.");
    saw.push(Saw::Entered("azul".into()));
    ends.wait();
    client.send("/quit");
    watch(&mut client, &mut saw, "[SYS] Até logo!");
    assert_eq!(client.read(), None);
    saw
}

/// Reads up to an answer, noting the messages before it.
fn watch(client: &mut Client, saw: &mut Vec<Saw>, answer: &str) {
    loop {
        let line = client.read().expect("the answer comes before the end");
        if line == answer {
            return;
        }
        if let Some((room, rest)) = line.strip_prefix("[#").and_then(|line| line.split_once("] ")) {
            let (who, text) = rest.split_once(": ").expect("a message");
            let number = text.split(' ').nth(1).and_then(|n| n.parse().ok()).expect("a numbered message");
            saw.push(Saw::Message { room: room.into(), who: who.into(), number });
        } else {
            assert!(line.starts_with("[SYS]"), "{line}");
        }
    }
}

fn run(server: &Running, seed: u64, connect: impl Fn(&Running) -> Client) -> Vec<(String, Vec<Saw>)> {
    let ends = Arc::new(Barrier::new(CLIENTS));
    let lives: Vec<_> = (0..CLIENTS)
        .map(|at| {
            let name = format!("pessoa{}", (b'a' + at as u8) as char);
            let client = connect(server).named(&name);
            let ends = ends.clone();
            std::thread::spawn(move || (name.clone(), live(client, &name, seed + at as u64, &ends)))
        })
        .collect();
    lives.into_iter().map(|life| life.join().expect("no client failed")).collect()
}

/// The order of a room's log, pieced together from the store, the only one who numbers.
fn check(lives: &[(String, Vec<Saw>)], logs: &HashMap<String, Vec<(String, usize)>>) {
    let place: HashMap<(&str, &str, usize), usize> = logs
        .iter()
        .flat_map(|(room, log)| log.iter().enumerate().map(move |(at, (who, n))| ((&**room, &**who, *n), at)))
        .collect();
    let posted: usize = lives.iter().flat_map(|(_, saw)| saw).filter(|saw| matches!(saw, Saw::Posted { .. })).count();
    assert_eq!(posted, logs.values().map(Vec::len).sum::<usize>(), "every post is stored once");
    for (name, saw) in lives {
        let mut room: Option<&str> = Some("geral");
        let mut stay = Stay::default();
        for saw in saw {
            match saw {
                Saw::Entered(to) if room == Some(to) => {}
                Saw::Entered(to) => {
                    std::mem::take(&mut stay).check(name);
                    room = Some(to);
                }
                Saw::Left => {
                    std::mem::take(&mut stay).check(name);
                    room = None;
                }
                Saw::Posted { room, number } => {
                    let at = place.get(&(&**room, &**name, *number));
                    stay.posted.push(*at.unwrap_or_else(|| panic!("{name}'s {number} is not in #{room}")));
                }
                Saw::Message { room: from, who, number } => {
                    assert_eq!(room, Some(&**from), "{name} sees only its room");
                    assert_ne!(who, name, "nobody hears itself");
                    stay.seen.push(place[&(&**from, &**who, *number)]);
                }
            }
        }
        stay.check(name);
    }
}

/// What one client knows of a room's log from one stay in it: places in the log.
#[derive(Default)]
struct Stay {
    seen: Vec<usize>,
    posted: Vec<usize>,
}

impl Stay {
    /// In order, nothing twice, and nothing missing between the first and the last that it knows:
    /// what it posted itself counts as known, since its answer came after it.
    fn check(self, name: &str) {
        assert!(self.seen.is_sorted_by(|a, b| a < b), "{name} sees the one order, nothing twice: {:?}", self.seen);
        assert!(self.posted.is_sorted_by(|a, b| a < b), "{name}'s own posts keep their order");
        let mut known = [self.seen, self.posted].concat();
        known.sort_unstable();
        assert!(known.windows(2).all(|pair| pair[0] + 1 == pair[1]), "{name} missed something: {known:?}");
    }
}

/// The rooms' logs as stored: author and number of each message.
fn logs(store: &dyn Store) -> HashMap<String, Vec<(String, usize)>> {
    let mut logs = HashMap::new();
    for id in 1..20 {
        let mut reader = store.reader().expect("a reader");
        let page = reader.page(RoomId(id), Span::After(Seq(0)), usize::MAX, usize::MAX).expect("read");
        for (at, event) in page.events.iter().enumerate() {
            assert_eq!(event.seq.0, at as u64 + 1, "a log has no gap");
        }
        let log: Vec<(String, usize)> = page
            .events
            .iter()
            .map(|event| {
                let number = event
                    .body
                    .text()
                    .expect("a message")
                    .split(' ')
                    .nth(1)
                    .and_then(|n| n.parse().ok())
                    .expect("numbered");
                (event.author.to_string(), number)
            })
            .collect();
        logs.insert(id.to_string(), log);
    }
    logs
}

/// Names the logs by what was posted in them: ids follow the order in which rooms were first joined.
fn named(
    lives: &[(String, Vec<Saw>)],
    by_id: HashMap<String, Vec<(String, usize)>>,
) -> HashMap<String, Vec<(String, usize)>> {
    let mut room_of: HashMap<(&str, usize), &str> = HashMap::new();
    for (name, saw) in lives {
        for saw in saw {
            if let Saw::Posted { room, number } = saw {
                room_of.insert((name, *number), room);
            }
        }
    }
    let name_of = |log: &[(String, usize)]| {
        let mut rooms = log.iter().map(|(who, n)| room_of[&(&**who, *n)]);
        let first = rooms.next()?;
        assert!(rooms.all(|room| room == first), "a log holds its room's messages only");
        Some(first.to_owned())
    };
    by_id.into_values().filter_map(|log| name_of(&log).map(|name| (name, log))).collect()
}

/// A store that is asked to commit on the writer's thread, takes its time, and counts batches.
struct Slow {
    inner: MemoryStore,
    batches: AtomicUsize,
    fails: Mutex<bool>,
    /// While this is held, nothing is committed.
    gate: Mutex<()>,
}

impl Slow {
    fn new() -> Self {
        Self {
            inner: MemoryStore::new(MEMORY_STORE_MAX_BYTES),
            batches: AtomicUsize::new(0),
            fails: Mutex::new(false),
            gate: Mutex::new(()),
        }
    }
}

impl Store for Slow {
    fn commits_inline(&self) -> bool {
        false
    }
    fn commit(&self, batch: &[Record]) -> Result<Vec<Stored>, StoreError> {
        let _open = self.gate.lock().expect("not poisoned");
        self.batches.fetch_add(1, Ordering::Relaxed);
        if *self.fails.lock().expect("not poisoned") {
            return Err(StoreError::Unavailable("it was told to".into()));
        }
        for _ in 0..200 {
            std::thread::yield_now();
        }
        self.inner.commit(batch)
    }
    fn recover(&self) -> Result<Recovered, StoreError> {
        self.inner.recover()
    }
    fn reader(&self) -> Result<Box<dyn Reader>, StoreError> {
        self.inner.reader()
    }
}

#[test]
fn everybody_sees_one_order_when_the_store_commits_at_once() {
    let store = Arc::new(MemoryStore::new(MEMORY_STORE_MAX_BYTES));
    let server = start_with(|_| {}, store.clone());
    let lives = run(&server, 1, Running::tcp);
    check(&lives, &named(&lives, logs(&*store)));
}

#[test]
fn everybody_sees_one_order_when_a_writer_commits_in_batches() {
    let store = Arc::new(Slow::new());
    let server = start_with(|_| {}, store.clone());
    let lives = run(&server, 1_000, Running::tcp);
    check(&lives, &named(&lives, logs(&*store)));
    assert!(store.batches.load(Ordering::Relaxed) > 1);
}

#[test]
fn everybody_sees_one_order_inside_tls_and_beside_it() {
    let store = Arc::new(MemoryStore::new(MEMORY_STORE_MAX_BYTES));
    let server = start_with(|config| config.tls = Some(self_signed(PlainFor::All)), store.clone());
    let count = AtomicUsize::new(0);
    let lives = run(&server, 2_000, |server| match count.fetch_add(1, Ordering::Relaxed) % 3 {
        0 => server.tcp(),
        1 => server.tls(),
        _ => Client::tls_ws(server.web(), "/ws"),
    });
    check(&lives, &named(&lives, logs(&*store)));
}

#[test]
fn a_failed_commit_is_told_to_its_author_and_to_nobody_else() {
    let store = Arc::new(Slow::new());
    let server = start_with(|_| {}, store.clone());
    let mut ana = server.tcp().named("Ana");
    let mut bob = server.tcp().named("Bob");
    ana.expect("[SYS] Bob entrou em #geral.");
    *store.fails.lock().expect("not poisoned") = true;
    bob.send("um");
    assert!(bob.read().expect("an answer").starts_with("[ERRO] Erro interno ("));
    *store.fails.lock().expect("not poisoned") = false;
    bob.send("dois");
    ana.expect("[#geral] Bob: dois");
}

#[test]
fn two_who_alternate_a_thousand_times_in_one_batch_both_get_everything() {
    let store = Arc::new(Slow::new());
    let server = start_with(|config| config.shards = Some(1), store.clone());
    let mut ana = server.tcp().named("Ana");
    let mut bob = server.tcp().named("Bob");
    ana.expect("[SYS] Bob entrou em #geral.");
    let engine = server.server.as_ref().expect("it runs").engine().clone();
    let waiting = || engine.decide(None, |hub, _| hub.waiting());
    let count = 1_500;
    let closed = store.gate.lock().expect("not poisoned");
    for n in 1..=count {
        // Each is decided before the other's next: the run that comes of it changes author each time.
        for (at, client) in [&mut ana, &mut bob].into_iter().enumerate() {
            client.send(&n.to_string());
            while waiting() < 2 * (n - 1) + at + 1 {
                std::thread::yield_now();
            }
        }
    }
    drop(closed);
    for n in 1..=count {
        ana.expect(&format!("[#geral] Bob: {n}"));
        bob.expect(&format!("[#geral] Ana: {n}"));
    }
}

#[test]
fn a_broken_history_is_found_by_the_check() {
    let message = |who: &str, number| Saw::Message { room: "azul".into(), who: who.into(), number };
    let posted = |number| Saw::Posted { room: "azul".into(), number };
    let entered = || Saw::Entered("azul".into());
    let logs =
        HashMap::from([("azul".to_owned(), vec![("b".to_owned(), 1), ("b".to_owned(), 2), ("b".to_owned(), 3)])]);
    let writer = ("b".to_owned(), vec![entered(), posted(1), posted(2), posted(3)]);
    let fails = |reader: Vec<Saw>| {
        let lives = [writer.clone(), ("a".to_owned(), reader)];
        std::panic::catch_unwind(|| check(&lives, &logs)).is_err()
    };
    assert!(!fails(vec![entered(), message("b", 1), message("b", 2), message("b", 3)]));
    assert!(fails(vec![entered(), message("b", 1), message("b", 3)]), "one is missing");
    assert!(fails(vec![entered(), message("b", 2), message("b", 1)]), "out of order");
    assert!(fails(vec![entered(), message("b", 1), message("b", 1)]), "twice");
    assert!(fails(vec![message("b", 1)]), "not in the room");
    let own = [("b".to_owned(), vec![entered(), posted(1), posted(3)]), ("c".to_owned(), vec![entered(), posted(2)])];
    let log = [("b", 1), ("c", 2), ("b", 3)].map(|(who, number)| (who.to_owned(), number)).to_vec();
    let logs = HashMap::from([("azul".to_owned(), log)]);
    assert!(std::panic::catch_unwind(|| check(&own, &logs)).is_err(), "one between two of one's own is missing");
}

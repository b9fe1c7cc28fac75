//! A plan against a model that knows what its reader must get, byte for byte, however little the
//! system takes at a time.

mod several;

use papo_hub::Read;
use papo_proto::encoding::Item;
use papo_proto::words::Ephemeral;
use papo_proto::{Framing, Lang, Person, RoomId, RoomName, Seq};

use super::*;

const ME: SessionId = SessionId(1);
const ANA: SessionId = SessionId(2);

/// Numbers that are the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % end
    }
}

/// A room: its log, and all that happened in it.
struct Room {
    log: Arc<Log>,
    happened: Vec<(Item, SessionId, Seq)>,
    seq: Seq,
}

impl Room {
    fn new(number: u64, name: &str) -> Self {
        let name = RoomName::parse(name).expect("a name").name;
        Self { log: Arc::new(Log::new(RoomId(number), name, Seq(0))), happened: Vec::new(), seq: Seq(0) }
    }

    fn say(&mut self, who: SessionId, text: &str) {
        self.seq = self.seq.next();
        let author = format!("N{}", who.0).into();
        let person = Person::NOBODY;
        let item = Item::Message { seq: self.seq, at_ms: 0, person, author, text: text.into(), txn: None };
        self.log.append(&item, who, Some(self.seq));
        self.happened.push((item, who, self.seq));
    }

    fn tell(&mut self, who: &str) {
        let item = Item::Told(Ephemeral::Lost(vec![who.into()]));
        self.log.append(&item, SessionId::default(), None);
        self.happened.push((item, SessionId::default(), self.seq));
    }

    /// What one thing that happened is to a reader, as bytes.
    fn frame(&self, at: u64, encoding: Encoding, reader: SessionId) -> Vec<u8> {
        let (item, author, _) = &self.happened[at as usize];
        let mut bytes = Vec::new();
        if *author != reader {
            encoding.item(self.log.room(), self.log.name().as_str(), item, &mut bytes);
        }
        bytes
    }
}

/// Two rooms, a reader with its plan, and what it must get.
struct World {
    rooms: [Room; 2],
    plan: Plan,
    encoding: Encoding,
    /// The room that is read.
    within: Option<usize>,
    /// Up to here the room is in `expected`.
    had: u64,
    limit: Cursor,
    expected: Vec<u8>,
    sent: Vec<u8>,
    replies: usize,
}

impl World {
    fn new(framing: Framing) -> Self {
        Self {
            rooms: [Room::new(1, "geral"), Room::new(2, "outra")],
            plan: Plan::default(),
            encoding: Encoding::text(framing, Lang::PtBr),
            within: None,
            had: 0,
            limit: Cursor::default(),
            expected: Vec::new(),
            sent: Vec::new(),
            replies: 0,
        }
    }

    fn inside() -> Self {
        let mut world = Self::new(Framing::Length);
        world.enter(0);
        world
    }

    fn enter(&mut self, room: usize) {
        let from = self.rooms[room].log.add_reader(self.encoding);
        self.plan.enter(self.rooms[room].log.clone(), self.encoding, from, None, 0);
        (self.within, self.had, self.limit) = (Some(room), from.position.0, from);
    }

    fn exit(&mut self) {
        let Some(room) = self.within else { return };
        let at = self.rooms[room].log.remove_reader(self.encoding);
        self.plan.exit(self.rooms[room].log.room(), at);
        self.expect_upto(at.position.0);
        self.within = None;
    }

    fn speak(&mut self, lang: Lang) {
        let next = Encoding { lang, ..self.encoding };
        let at = self.within.map(|room| {
            self.rooms[room].log.remove_reader(self.encoding);
            self.rooms[room].log.add_reader(next)
        });
        if let (Some(room), Some(at)) = (self.within, at) {
            self.plan.switch(next, self.rooms[room].log.room(), at);
            self.expect_upto(at.position.0);
            self.limit = at;
        }
        self.encoding = next;
    }

    /// A reply after all that has happened.
    fn reply(&mut self) {
        if let Some(room) = self.within {
            let at = self.rooms[room].log.head();
            self.plan.wait_for(self.rooms[room].log.room(), at);
            self.expect_upto(at.position.0);
        }
        self.push();
    }

    /// Bytes that have no place in the stream: they go before what is not planned yet.
    fn push(&mut self) {
        self.replies += 1;
        let bytes = format!("<reply {}>", self.replies).into_bytes();
        self.expected.extend_from_slice(&bytes);
        self.plan.push(if self.replies.is_multiple_of(2) { Arc::<[u8]>::from(bytes).into() } else { bytes.into() });
    }

    /// The reader's shard looks.
    fn look(&mut self) {
        if let Some(room) = self.within {
            self.limit = self.rooms[room].log.head();
        }
    }

    fn expect_upto(&mut self, at: u64) {
        let Some(room) = self.within else { return };
        for at in self.had..at {
            self.expected.extend(self.rooms[room].frame(at, self.encoding, ME));
        }
        self.had = self.had.max(at);
    }

    /// One write of which the system takes what `take` says; false when there is nothing to write.
    fn step(&mut self, take: impl FnOnce(usize) -> usize) -> bool {
        let (portion, behind) = self.plan.gather(ME, |_| self.limit);
        if let Some(behind) = behind {
            assert!(portion.is_empty());
            self.catch_up(&behind, 3);
            return true;
        }
        if portion.is_empty() {
            return false;
        }
        let slices = self.plan.slices(&portion);
        assert!(slices.len() <= 1024);
        let bytes: Vec<u8> = slices.iter().flat_map(|slice| slice.iter().copied()).collect();
        let taken = take(bytes.len()).min(bytes.len());
        self.sent.extend_from_slice(&bytes[..taken]);
        self.plan.advance(&portion, taken);
        // The room itself, as far as it is sent.
        while self.expected.len() < self.sent.len() {
            assert!(self.had < self.limit.position.0, "nothing is sent beyond the limit");
            self.expect_upto(self.had + 1);
        }
        assert_eq!(self.sent, self.expected[..self.sent.len()], "what was sent is what was to be sent");
        true
    }

    /// As a shard does from the store: a few lines, then on in memory.
    fn catch_up(&mut self, behind: &Behind, lines: usize) {
        let live = self.plan.queue.is_empty();
        assert!(!live || behind.next.position <= self.limit.position, "nothing is fetched beyond the limit");
        assert!(behind.cursor.position < behind.next.position && behind.cursor.seq <= behind.next.seq);
        let room = self.rooms.iter().position(|room| room.log.room() == behind.log.room()).expect("a room");
        let mut missed = Vec::new();
        let mut cursor = behind.cursor;
        for at in (cursor.seq.0..behind.next.seq.0).take(lines) {
            assert_eq!(self.rooms[room].happened[at as usize].2, Seq(at + 1), "only events are fetched");
            missed.extend(self.rooms[room].frame(at, behind.encoding, ME));
            cursor.seq = Seq(at + 1);
        }
        if live {
            self.expect_upto(cursor.seq.0);
        }
        let cursor = if cursor.seq == behind.next.seq { behind.next } else { cursor };
        assert!(self.plan.resume_at(behind, cursor, missed), "it still waits for this");
    }

    /// Everything goes out, as much at a time as `take` says.
    fn finish(&mut self, mut take: impl FnMut(usize) -> usize) {
        self.look();
        while self.step(&mut take) {}
        if self.within.is_some() {
            self.expect_upto(self.limit.position.0);
        }
        assert_eq!(self.sent.len(), self.expected.len(), "all of it");
        assert_eq!(self.sent, self.expected);
        assert_eq!(self.plan.unsent(), 0);
        assert_eq!(self.plan.queue.capacity(), 0, "nothing stays on the heap");
    }

    fn sent_text(&self) -> String {
        String::from_utf8_lossy(&self.sent).replace(|c: char| c.is_ascii_control(), "|")
    }

    /// Drops all that is in memory of the room that is read.
    fn forget(&mut self, room: usize) {
        let log = &self.rooms[room].log;
        log.seal(|_, _| {});
        for encoding in 0..Encoding::COUNT {
            while log.evict_oldest(encoding) > 0 {}
        }
    }
}

#[test]
fn replies_lie_where_they_were_given() {
    let mut world = World::inside();
    world.rooms[0].say(ANA, "a");
    world.reply();
    world.rooms[0].say(ANA, "b");
    world.rooms[0].say(ANA, "c");
    world.reply();
    world.reply();
    world.rooms[0].say(ANA, "d");
    assert!(world.plan.unsent() > 0);
    world.finish(|all| all);
    let text = world.sent_text();
    let places =
        [": a", "<reply 1>", ": b", ": c", "<reply 2><reply 3>", ": d"].map(|part| text.find(part).expect(part));
    assert!(places.is_sorted(), "{text}");
}

#[test]
fn ones_own_words_are_left_out() {
    let mut world = World::inside();
    world.rooms[0].say(ME, "mine");
    world.finish(|all| all);
    assert!(world.sent.is_empty());
    for (who, text) in [(ME, "mine"), (ANA, "hers"), (ME, "mine"), (ME, "mine"), (ANA, "hers"), (ME, "mine")] {
        world.rooms[0].say(who, text);
    }
    world.finish(|_| 1);
    assert_eq!(world.sent_text().matches("hers").count(), 2);
    assert!(!world.sent_text().contains("mine"));
    let head = world.rooms[0].log.head();
    assert!(world.plan.is_at(RoomId(1), head.position), "also past its own last word");
}

#[test]
fn nothing_follows_an_exit() {
    let mut world = World::inside();
    world.rooms[0].say(ANA, "before");
    world.exit();
    world.rooms[0].say(ANA, "after");
    world.reply();
    world.finish(|all| all);
    assert!(world.sent_text().contains("before") && !world.sent_text().contains("after"));
    assert!(world.plan.live_log(RoomId(1)).is_none());
}

#[test]
fn nothing_goes_beyond_the_limit() {
    let mut world = World::inside();
    for text in ["a", "b"] {
        world.rooms[0].say(ANA, text);
    }
    world.look();
    world.rooms[0].say(ANA, "c");
    while world.step(|all| all) {}
    assert!(world.sent_text().ends_with(": b"));
    assert!(world.plan.is_at(RoomId(1), world.limit.position));
    world.finish(|all| all);
    assert!(world.sent_text().ends_with(": c"));
}

#[test]
fn what_is_missed_is_fetched_no_further_than_the_limit() {
    let mut world = World::inside();
    world.rooms[0].say(ANA, "a");
    world.rooms[0].say(ANA, "b");
    world.look();
    world.rooms[0].say(ANA, "c");
    world.forget(0);
    assert!(
        matches!(world.rooms[0].log.read(world.encoding, Position(0), 1), Read::Behind(next) if next.seq == Seq(3))
    );
    while world.step(|all| all) {}
    assert!(world.sent_text().ends_with(": b"));
    // A reply after the third message still finds its place.
    world.reply();
    world.rooms[0].say(ANA, "d");
    world.exit();
    world.rooms[0].say(ANA, "e");
    world.finish(|all| all);
    assert!(world.sent_text().ends_with(": d"));
}

#[test]
fn who_is_behind_goes_on_where_memory_does() {
    for take in [1, 2, 7, 1 << 20] {
        let mut world = World::inside();
        world.push();
        for n in 0..10 {
            world.rooms[0].say(if n == 4 { ME } else { ANA }, &format!("n{n}"));
        }
        world.reply();
        world.rooms[0].say(ANA, "x");
        world.look();
        world.step(|_| 3);
        world.forget(0);
        for n in 0..10 {
            world.rooms[0].say(ANA, &format!("m{n}"));
        }
        world.reply();
        world.finish(|_| take);
    }
}

#[test]
fn a_frame_that_was_begun_is_finished_when_its_run_is_gone() {
    let mut world = World::inside();
    world.rooms[0].say(ANA, "begun");
    world.rooms[0].say(ANA, "gone");
    world.look();
    world.step(|_| 5);
    world.forget(0);
    world.reply();
    world.finish(|all| all);
}

/// Plans of every kind, not sent yet.
fn scripted() -> Vec<World> {
    let mut plain = World::inside();
    for n in 0..4 {
        plain.rooms[0].say(ANA, &"x".repeat(n));
        plain.reply();
    }
    let mut wandering = World::new(Framing::WebSocket);
    wandering.push();
    for room in [0, 1, 0] {
        wandering.enter(room);
        wandering.rooms[room].say(ANA, "hi");
        wandering.rooms[room].say(ME, "mine");
        wandering.rooms[room].tell("Bob");
        wandering.exit();
        wandering.rooms[room].say(ANA, "not for me");
        wandering.reply();
    }
    let mut polyglot = World::inside();
    for lang in [Lang::En, Lang::En, Lang::PtBr] {
        polyglot.rooms[0].tell("Bob");
        polyglot.rooms[0].say(ME, "mine");
        polyglot.speak(lang);
        polyglot.reply();
        polyglot.rooms[0].tell("Eva");
        polyglot.rooms[0].say(ANA, "hi");
    }
    let mut own = World::inside();
    for n in 0..12 {
        own.rooms[0].say(if n % 3 == 0 { ANA } else { ME }, "w");
        if n == 5 {
            own.reply();
        }
    }
    own.exit();
    own.plan.push(Vec::new().into());
    own.reply();
    vec![plain, wandering, polyglot, own]
}

#[test]
fn every_partial_write_goes_on_at_the_next_byte() {
    for kind in 0..scripted().len() {
        let total = {
            let mut world = scripted().swap_remove(kind);
            world.finish(|all| all);
            world.sent.len()
        };
        for take in 1..=total + 1 {
            scripted().swap_remove(kind).finish(|_| take);
            // One cut at this place, then all the rest.
            let mut first = Some(take);
            scripted().swap_remove(kind).finish(|all| first.take().unwrap_or(all));
        }
    }
}

#[test]
fn a_switch_of_language_is_where_it_was_asked_for() {
    let mut world = scripted().swap_remove(2);
    world.finish(|all| all);
    let text = world.sent_text();
    let pt = text.find("Bob perdeu a conexão").expect("in Portuguese");
    let en = text.find("Eva lost").expect("in English");
    assert!(pt < text.find("<reply 1>").expect("a reply") && text.find("<reply 1>") < Some(en), "{text}");
}

#[test]
fn random_scripts_lose_nothing() {
    for seed in 0..400 {
        let mut dice = Dice(seed);
        let mut world = World::new(if seed % 2 == 0 { Framing::Length } else { Framing::WebSocket });
        // What is told is kept nowhere, so only where nothing is told is it fetched again.
        let forgets = seed % 4 < 2;
        for _ in 0..120 {
            let room = dice.below(2);
            match dice.below(14) {
                0..=3 => {
                    let text = "é".repeat(dice.below(9));
                    world.rooms[room].say(SessionId(1 + dice.below(3) as u64), &text);
                }
                4 if forgets => world.forget(room),
                4 => world.rooms[room].tell("Bob"),
                5 => world.reply(),
                6 => world.push(),
                7 => {
                    world.exit();
                    world.enter(room);
                }
                8 => world.exit(),
                9 => world.speak(Lang::ALL[dice.below(2)]),
                10 | 11 => world.look(),
                _ => {
                    let size = [3, 30, 3000][dice.below(3)];
                    world.step(|_| dice.below(size));
                }
            }
        }
        world.finish(|_| 1 + dice.below(40));
    }
}

#[test]
fn more_slices_than_the_system_takes_go_in_several_writes() {
    for take in [usize::MAX, 997] {
        let mut world = World::inside();
        for n in 0..3000 {
            world.rooms[0].say(if n % 2 == 0 { ME } else { ANA }, "w");
        }
        world.reply();
        let mut most = 0;
        world.look();
        loop {
            let (portion, _) = world.plan.gather(ME, |_| world.limit);
            most = most.max(world.plan.slices(&portion).len());
            if !world.step(|all| all.min(take)) {
                break;
            }
        }
        assert_eq!(most, 1024);
        world.finish(|all| all);
    }
}

#[test]
fn what_all_share_is_taken_in_part() {
    for taken in 0.. {
        let mut world = World::inside();
        for text in ["a", "bb", "ccc"] {
            world.rooms[0].say(ANA, text);
            world.rooms[0].log.seal(|_, _| {});
        }
        world.look();
        let Read::Segments(segments) = world.rooms[0].log.read(world.encoding, Position(0), 64) else {
            panic!("behind")
        };
        let bytes: Vec<u8> = segments.iter().flat_map(|segment| segment.bytes().to_vec()).collect();
        if taken > bytes.len() {
            break;
        }
        world.sent.extend_from_slice(&bytes[..taken]);
        world.plan.advance(&Portion::shared(ME, RoomId(1), &segments), taken);
        world.expect_upto(3);
        world.finish(|all| all);
    }
}

//! A client of papo/1: it posts with a window, resumes with its token and cursors, sends again what was
//! not answered, fills gaps by history, and writes down everything.

mod hearing;
mod login;

use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use papo_proto::papo1::client::RoomCursor;
use papo_proto::papo1::server::{Answer, RoomState};
use papo_proto::papo1::{ClientFrame, SUBPROTOCOL, ServerFrame};
use papo_testkit::checks::{Fate, Post, Story, Told};
use papo_testkit::{Heard, PATIENCE, Random, Structured, Wire};

use crate::account::Account;
use crate::world::{ROOMS, Signals};

/// Posts that wait for an answer.
const WINDOW: usize = 8;
/// How long it listens before it does something by itself.
const LISTENS: Duration = Duration::from_millis(2);
/// It hangs up once in so many turns.
const HANGS_UP: usize = 150;
/// How many posts of others it stays away for; more than 500 in a room come as a gap.
const AWAY: [usize; 3] = [0, 2_000, 2_000];
/// A line on which an answer takes longer is given up.
const ANSWER: Duration = Duration::from_secs(8);

/// A room as it knows it.
struct Room {
    name: String,
    /// Two people alone are in it.
    is_direct: bool,
    /// The session is in it now.
    is_in: bool,
    epoch: u64,
    /// Everything up to here was told, by itself or by history.
    whole: u64,
    /// Everything after this comes by itself.
    next: u64,
}

pub(crate) struct Program {
    addr: SocketAddr,
    is_ws: bool,
    /// What it is one client of, and whether it is the one that makes it.
    account: Option<(Arc<Account>, bool)>,
    random: Random,
    signals: Arc<Signals>,
    line: Option<Structured>,
    token: Option<String>,
    /// Names that it has asked for.
    names: usize,
    rooms: BTreeMap<u64, Room>,
    next_txn: u64,
    /// The txn of each post of the story.
    txns: Vec<u64>,
    /// Posts before this one are of other sessions, which know them by their txns.
    own_from: usize,
    /// Posts without an answer: their txns, rooms and places in the story.
    pending: VecDeque<(u64, u64, usize)>,
    /// Until when the oldest of what it asked must be answered.
    asked: Option<Instant>,
    /// From then on it does not wait any more for what it has not read: the checkers are told so.
    gives_up: Option<Instant>,
    story: Story,
}

/// The line is of no use any more.
struct Broken;

impl Program {
    pub(crate) fn new(
        who: &str,
        addr: SocketAddr,
        is_ws: bool,
        account: Option<(Arc<Account>, bool)>,
        random: Random,
        signals: Arc<Signals>,
    ) -> Self {
        Self {
            addr,
            is_ws,
            account,
            random,
            signals,
            line: None,
            token: None,
            names: 0,
            rooms: BTreeMap::new(),
            next_txn: 1,
            txns: Vec::new(),
            own_from: 0,
            pending: VecDeque::new(),
            asked: None,
            gives_up: None,
            story: Story { who: who.to_owned(), ..Story::default() },
        }
    }

    /// Lives until the run is over and everything is read.
    pub(crate) fn live(mut self, idle: &AtomicUsize) -> Story {
        let mut is_idle = false;
        loop {
            if self.line.is_none() && self.connect().is_err() {
                self.line = None;
                continue;
            }
            if self.turn().is_err() {
                self.line = None;
            } else if self.random.chance(HANGS_UP) {
                self.stay_away();
            }
            if self.signals.is_finishing() && self.pending.is_empty() && !is_idle {
                is_idle = true;
                idle.fetch_add(1, Ordering::SeqCst);
            }
            if self.has_read_everything() {
                return self.story;
            }
        }
    }

    fn has_read_everything(&mut self) -> bool {
        let Some(heads) = self.signals.heads() else { return false };
        if *self.gives_up.get_or_insert_with(|| Instant::now() + PATIENCE) < Instant::now() {
            return true;
        }
        let head = |name: &str| heads.iter().find(|(room, _)| room == name).map(|(_, head)| *head);
        self.line.is_some() && self.rooms.values().all(|room| head(&room.name).is_none_or(|head| room.whole >= head))
    }

    /// Hangs up, and is not seen until others have posted so much.
    fn stay_away(&mut self) {
        self.line = None;
        let until = self.signals.acknowledged.load(Ordering::SeqCst) + *self.random.pick(&AWAY);
        let Some(_away) = self.signals.go_away() else { return };
        while self.signals.acknowledged.load(Ordering::SeqCst) < until && !self.signals.is_finishing() {
            std::thread::sleep(LISTENS);
        }
    }

    /// Connects, says hello and sends again what was not answered.
    fn connect(&mut self) -> Result<(), Broken> {
        self.signals.wait_for_server();
        let wire = if self.is_ws { Wire::ws(self.addr, Some(SUBPROTOCOL)) } else { Wire::tcp(self.addr) };
        self.line = Some(Structured::over(wire.map_err(|_| Broken)?));
        self.asked = Some(Instant::now() + ANSWER);
        if self.logs_in() {
            self.log_in()?;
        } else {
            self.say_hello()?;
        }
        self.asked = None;
        self.register()?;
        for (txn, room, at) in self.pending.clone() {
            self.story.sent_again.insert(at, self.story.posts.len());
            self.send_post(txn, room, at);
        }
        Ok(())
    }

    /// Where it has got to in the rooms that it may name.
    fn cursors(&self, with_directs: bool) -> Vec<RoomCursor> {
        let known = self.rooms.iter().filter(|(_, room)| with_directs || !room.is_direct);
        known.map(|(id, room)| RoomCursor { room: *id, epoch: room.epoch, seq: room.whole }).collect()
    }

    /// Begins a session by its name, or goes on with the one that it has.
    fn say_hello(&mut self) -> Result<(), Broken> {
        let resume = self.cursors(true);
        let nick = format!("{}x{}", self.story.who, self.names);
        let token = self.token.clone();
        let line = self.line.as_mut().ok_or(Broken)?;
        let hello = line.hello(token.is_none().then_some(nick.as_str()), token.as_deref(), resume);
        line.send(&hello);
        match self.answer(papo_testkit::txn_of(&hello))? {
            Ok(Answer::Hello { session, nick, resumed, rooms, account, .. }) => {
                assert_eq!(resumed, self.token.is_some(), "{}: a token is good for its session", self.story.who);
                self.token = Some(session.to_string());
                self.story.names.push(nick.to_string());
                assert_eq!(rooms.len(), self.rooms.len(), "{}: no room is gone", self.story.who);
                self.go_on(&rooms);
                self.is_known(&nick, account.is_some());
            }
            // Its hello of before was taken though the answer was lost; that session is held for a while.
            Err(2001) if self.token.is_none() => {
                self.names += 1;
                return Err(Broken);
            }
            // A guest that was in no room yet has nothing to come back for, and begins again.
            Err(2007) if self.rooms.is_empty() => {
                self.token = None;
                return Err(Broken);
            }
            Err(3001) => return Err(Broken),
            other => panic!("{}: {other:?}", self.story.who),
        }
        Ok(())
    }

    /// What was held beyond a hole is discarded; everything after it comes again.
    fn go_on(&mut self, rooms: &[RoomState]) {
        for (id, room) in &mut self.rooms {
            room.is_in = rooms.iter().any(|state| state.id == *id);
            if !room.is_in {
                continue;
            }
            room.next = room.whole + 1;
            self.story.told.push((room.name.clone(), Told::From(room.whole)));
        }
    }

    /// Does one thing by itself, and hears what has come.
    fn turn(&mut self) -> Result<(), Broken> {
        if !self.signals.is_finishing() {
            match self.random.below(40) {
                0..2 if self.rooms.values().filter(|room| !room.is_direct).count() < ROOMS.len() => self.join()?,
                _ if !self.rooms.values().any(|room| room.is_in) => self.join()?,
                39 => self.converse()?,
                2..14 => (0..=self.random.below(WINDOW)).for_each(|_| self.post()),
                _ => {}
            }
        }
        let until = Instant::now() + LISTENS;
        loop {
            let line = self.line.as_mut().ok_or(Broken)?;
            match line.hear(until.saturating_duration_since(Instant::now())) {
                Ok(frame) => self.hear(frame)?,
                Err(Heard::Nothing) => break,
                Err(_) => return Err(Broken),
            }
        }
        // What is lost on the way to the server is noticed by nobody else.
        if self.asked.is_some_and(|until| until < Instant::now()) { Err(Broken) } else { Ok(()) }
    }

    fn txn(&mut self) -> u64 {
        self.next_txn += 1;
        self.next_txn - 1
    }

    fn post(&mut self) {
        if self.pending.len() >= WINDOW {
            return;
        }
        let rooms: Vec<u64> = self.rooms.iter().filter(|(_, room)| room.is_in).map(|(id, _)| *id).collect();
        if rooms.is_empty() {
            return;
        }
        let room = *self.random.pick(&rooms);
        let (txn, number) = (self.txn(), self.story.posts.len());
        let filler = if self.random.chance(10) { "z".repeat(self.random.below(3_000)) } else { String::new() };
        let text = format!("{} {number}{filler}", self.story.who);
        self.story.posts.push(Post { room: self.rooms[&room].name.clone(), text, fate: Fate::Unknown });
        self.txns.push(txn);
        self.pending.push_back((txn, room, number));
        self.send_post(txn, room, number);
    }

    fn send_post(&mut self, txn: u64, room: u64, at: usize) {
        let text = self.story.posts[at].text.as_str().into();
        if let Some(line) = &mut self.line {
            line.send(&ClientFrame::Post { txn, room, text });
        }
        self.asked.get_or_insert_with(|| Instant::now() + ANSWER);
    }

    fn join(&mut self) -> Result<(), Broken> {
        let name = *self.random.pick(&ROOMS);
        if self.rooms.values().any(|room| room.name == name) {
            return Ok(());
        }
        let txn = self.txn();
        self.line.as_mut().ok_or(Broken)?.send(&ClientFrame::Join { txn, room: name.into() });
        match self.answer(txn)? {
            // Or somebody else is just making it.
            Ok(Answer::Join { .. }) | Err(3001) => Ok(()),
            other => panic!("{}: {other:?}", self.story.who),
        }
    }

    /// Waits for one answer; what else comes is heard on the way.
    fn answer(&mut self, wanted: u64) -> Result<Result<Answer, u16>, Broken> {
        let until = Instant::now() + ANSWER;
        loop {
            let line = self.line.as_mut().ok_or(Broken)?;
            let frame = line.hear(until.saturating_duration_since(Instant::now())).map_err(|_| Broken)?;
            match frame {
                ServerFrame::Ack { txn, answer } if txn == wanted => {
                    if let Answer::Join { room, .. } = &answer {
                        self.enter(room);
                    }
                    return Ok(Ok(answer));
                }
                ServerFrame::Reject { txn: Some(txn), code, .. } if txn == wanted => return Ok(Err(code)),
                other => self.hear(other)?,
            }
        }
    }

    fn enter(&mut self, state: &RoomState) {
        let name = state.name.to_string();
        self.story.told.push((name.clone(), Told::From(state.head)));
        let (whole, next) = (state.head, state.head + 1);
        let room = Room { name, is_direct: false, is_in: true, epoch: state.epoch, whole, next };
        self.rooms.insert(state.id, room);
    }
}

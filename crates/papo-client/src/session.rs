//! A session of papo/1 without any socket: what the world did comes in by `handle_*`, what is to be
//! done is asked by `poll_*`. Time and randomness are arguments.
//!
//! It outlives its lines. While there is none, commands are kept; on a new one it says hello with its
//! token and its cursors, sends again what was not answered, with the same numbers, and merges what
//! it missed. Its owner sees each message once and in order, and one outcome for each command.

mod backoff;
mod event;
mod greeting;
mod hearing;
mod people;
mod queue;
mod rooms;
mod want;

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use papo_proto::papo1::ClientFrame;
use papo_proto::papo1::client::RoomCursor;
use papo_proto::papo1::server::About;
use papo_tls::Distrust;

use self::greeting::Greeting;
use self::queue::Queue;
use self::rooms::Rooms;
use crate::timeline::{Extent, Timeline};

pub use event::{ClientEvent, End, Opened, Outcome, Rejected, Why};
pub use want::Want;

/// After so long without a frame from the server it is asked whether it is there.
pub const PING_AFTER: Duration = Duration::from_secs(20);
/// A line on which nothing comes for so long after that is lost; so is one without an answer to hello.
pub const SILENT_IS_LOST: Duration = Duration::from_secs(20);

/// Under which name a session is opened for the first time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Wish {
    /// Hello waits until [`Session::greet`] is called.
    #[default]
    Later,
    /// Any: the server gives a guest's name.
    Guest,
    /// This one.
    Name(Arc<str>),
}

/// What a session is made for.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The name.
    pub wish: Wish,
    /// The language of the server's texts, for example `pt-BR`.
    pub lang: Option<Arc<str>>,
    /// The client's name and version, for the operator's log.
    pub client: Option<Arc<str>>,
    /// To be told of rooms that come, go and change.
    pub follow_rooms: bool,
    /// The token of a session that an earlier run of the program had.
    pub token: Option<Arc<str>>,
    /// The token of a login: the session is that account's, whatever the wish.
    pub login: Option<Arc<str>>,
    /// The rooms to be in from the beginning, and how far each is read.
    pub resume: Vec<RoomCursor>,
    /// Commands that wait for their answers at most; over it no more are taken. A post that waits
    /// is held in memory only.
    pub pending_max: usize,
    /// How much of each room is wanted.
    pub extent: Extent,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            wish: Wish::default(),
            lang: None,
            client: None,
            follow_rooms: false,
            token: None,
            login: None,
            resume: Vec::new(),
            pending_max: 1000,
            extent: Extent { whole: false, window: 10_000 },
        }
    }
}

/// As many commands wait as are allowed to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Full;

#[derive(Debug)]
enum State {
    /// There is no line; the next is wanted at this time.
    Waiting { until: Option<Instant> },
    /// The driver is making a line.
    Connecting,
    /// There is a line, and hello is not answered.
    Greeting(Greeting),
    /// Everything can be said.
    Open,
    /// Nothing more will happen.
    Ended,
}

/// The session. See the module for how it is driven.
#[derive(Debug)]
pub struct Session {
    settings: Settings,
    state: State,
    last_txn: u64,
    token: Option<Arc<str>>,
    /// The token of the login that the session is, or is to be.
    login: Option<Arc<str>>,
    /// The account that the session is.
    account: Option<u64>,
    /// The name that the session has, once it has one.
    nick: Option<Arc<str>>,
    /// When a hello for a new session was written whose answer never came: the server may hold the
    /// name for a session that we do not know.
    hello_unanswered: Option<Instant>,
    queue: Queue,
    rooms: Rooms,
    events: VecDeque<ClientEvent>,
    /// Attempts to connect that failed since the session was last open.
    failed: u32,
    heard: Option<Instant>,
    /// A ping is to be sent, or was at this time.
    ping: Option<Ping>,
    /// Missed messages so far, while catching up.
    missed: Option<u64>,
    /// What the server said last outside of papo/1.
    said: Option<Arc<str>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ping {
    Due,
    Sent(Instant),
}

impl Session {
    /// A session that wants a line.
    pub fn new(settings: Settings) -> Self {
        Self {
            state: State::Waiting { until: None },
            last_txn: 0,
            token: settings.token.clone(),
            login: settings.login.clone(),
            account: None,
            nick: None,
            hello_unanswered: None,
            queue: Queue::new(settings.pending_max.max(1)),
            rooms: Rooms::new(settings.extent, &settings.resume),
            events: VecDeque::new(),
            failed: 0,
            heard: None,
            ping: None,
            missed: None,
            said: None,
            settings,
        }
    }

    /// Says hello under this name, or any, where that waited for a name or was refused one.
    pub fn greet(&mut self, nick: Option<Arc<str>>) {
        self.settings.wish = nick.map_or(Wish::Guest, Wish::Name);
        if let State::Greeting(greeting) = &mut self.state {
            greeting.refused = false;
        }
    }

    /// Takes a command, now or for later. Its number is that of its outcome.
    ///
    /// # Errors
    /// [`Full`]; nothing was taken.
    pub fn command(&mut self, want: Want) -> Result<u64, Full> {
        if !self.queue.has_room() {
            return Err(Full);
        }
        let txn = self.next_txn();
        // Nobody wants to know later that one was typing.
        if self.is_ended() || matches!(want, Want::Typing(_)) && !self.is_open() {
            self.done(txn, want, Outcome::NotSent);
        } else {
            self.queue.push(txn, want);
        }
        Ok(txn)
    }

    /// Whether another command is taken.
    pub fn has_room(&self) -> bool {
        self.queue.has_room()
    }

    /// How many commands wait for their answers.
    pub fn pending(&self) -> usize {
        self.queue.len()
    }

    /// Whether everything can be said.
    pub fn is_open(&self) -> bool {
        matches!(self.state, State::Open)
    }

    /// Whether it is over.
    pub fn is_ended(&self) -> bool {
        matches!(self.state, State::Ended)
    }

    /// The messages of a room that the session is in.
    pub fn timeline(&self, room: u64) -> Option<&Timeline> {
        self.rooms.get(room).map(|room| &room.timeline)
    }

    /// Older messages of a room are wanted too, from this seq on.
    pub fn want_from(&mut self, room: u64, seq: u64) {
        if let Some(room) = self.rooms.touch(room) {
            room.timeline.want_from(seq);
        }
    }

    /// Whether the driver is to make a line now; it then reports `handle_connected` or `handle_unreachable`.
    pub fn poll_connect(&mut self, now: Instant) -> bool {
        let due = matches!(self.state, State::Waiting { until } if until.is_none_or(|until| until <= now));
        if due {
            self.state = State::Connecting;
        }
        due
    }

    /// There is a line.
    pub fn handle_connected(&mut self, now: Instant) {
        (self.heard, self.ping, self.said) = (Some(now), None, None);
        self.state = State::Greeting(Greeting::new());
    }

    /// No line could be made.
    pub fn handle_unreachable(&mut self, why: Why, now: Instant, random: u32) {
        let again_in = self.wait(now, random);
        self.events.push_back(ClientEvent::Unreachable { why, again_in });
    }

    /// Another than the server of this session answers, or one that cannot be told from it: it must not
    /// be spoken to.
    pub fn handle_distrust(&mut self, distrust: Distrust) {
        self.end(End::Distrusted(distrust));
    }

    /// The line is gone.
    pub fn handle_lost(&mut self, why: Why, now: Instant, random: u32) {
        if !matches!(self.state, State::Greeting(_) | State::Open) {
            return;
        }
        if self.queue.farewell_is_said() {
            return self.end(End::Left);
        }
        let why = match why {
            Why::Closed(_) => Why::Closed(self.said.take()),
            why => why,
        };
        if let State::Greeting(greeting) = &self.state
            && greeting.is_said()
            && self.token.is_none()
        {
            self.hello_unanswered = Some(now);
        }
        for entry in self.queue.take_unsure() {
            self.done(entry.txn, entry.want, Outcome::Unknown);
        }
        self.queue.line_lost();
        self.rooms.line_lost();
        self.missed = None;
        let again_in = self.wait(now, random);
        self.events.push_back(ClientEvent::Lost { why, again_in });
    }

    /// The time that [`poll_timeout`](Self::poll_timeout) named has come. Says why the line is to be given up,
    /// if it is; the driver then closes it and reports `handle_lost`.
    pub fn handle_timeout(&mut self, now: Instant) -> Option<Why> {
        let since = |time: Instant| now.saturating_duration_since(time);
        match &mut self.state {
            State::Greeting(greeting) if greeting.is_late(now) => return Some(Why::Foreign),
            State::Open => match self.ping {
                Some(Ping::Sent(at)) if since(at) >= SILENT_IS_LOST => return Some(Why::Silent),
                None if self.heard.is_some_and(|heard| since(heard) >= PING_AFTER) => self.ping = Some(Ping::Due),
                _ => {}
            },
            _ => {}
        }
        None
    }

    /// When something is to be done next, if nothing happens before.
    pub fn poll_timeout(&self) -> Option<Instant> {
        match &self.state {
            State::Waiting { until } => *until,
            State::Greeting(greeting) => greeting.next_time(),
            State::Open => {
                let line = match self.ping {
                    Some(Ping::Sent(at)) => Some(at + SILENT_IS_LOST),
                    Some(Ping::Due) => None,
                    None => self.heard.map(|heard| heard + PING_AFTER),
                };
                [line, self.queue.next_time(), self.rooms.next_time()].into_iter().flatten().min()
            }
            State::Connecting | State::Ended => None,
        }
    }

    /// The next frame for the line. What was given out counts as written.
    pub fn poll_transmit(&mut self, now: Instant) -> Option<ClientFrame> {
        match &self.state {
            State::Greeting(_) => self.hello(now),
            State::Open => {
                if self.ping == Some(Ping::Due) {
                    self.ping = Some(Ping::Sent(now));
                    return Some(ClientFrame::Ping { txn: self.next_txn() });
                }
                let last_txn = &mut self.last_txn;
                let txn = || {
                    *last_txn += 1;
                    *last_txn
                };
                self.rooms.next_ask(now, txn).or_else(|| self.queue.next(now))
            }
            _ => None,
        }
    }

    /// What has happened next.
    pub fn poll_event(&mut self) -> Option<ClientEvent> {
        self.events.pop_front()
    }

    fn next_txn(&mut self) -> u64 {
        self.last_txn += 1;
        self.last_txn
    }

    fn wait(&mut self, now: Instant, random: u32) -> Duration {
        let again_in = backoff::wait(self.failed, random);
        self.failed = self.failed.saturating_add(1);
        self.state = State::Waiting { until: Some(now + again_in) };
        again_in
    }

    fn done(&mut self, txn: u64, want: Want, outcome: Outcome) {
        self.events.push_back(ClientEvent::Done { txn, want, outcome });
    }

    fn end(&mut self, end: End) {
        self.state = State::Ended;
        for entry in self.queue.take_where(|_| true) {
            let outcome = if entry.written { Outcome::Unknown } else { Outcome::NotSent };
            self.done(entry.txn, entry.want, outcome);
        }
        self.events.push_back(ClientEvent::Ended(end));
    }

    fn notice(&mut self, about: About, text: Arc<str>) {
        self.events.push_back(ClientEvent::Notice { about, text });
        match about {
            About::Fenced => self.end(End::Fenced),
            About::LoginEnded => self.end(End::LoginEnded),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests;

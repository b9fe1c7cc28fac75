//! A client of the text dialect: nothing is acknowledged to it, but whatever it has sent before `/who` is
//! done when `/who` is answered. When its line breaks it comes again under another name.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use papo_testkit::checks::{Fate, Post, Story, Told};
use papo_testkit::{Heard, Random, Wire};

use crate::world::{ROOMS, Signals};

/// How long it listens before it does something by itself.
const LISTENS: Duration = Duration::from_millis(3);
/// A line on which an answer takes longer is given up.
const ANSWER: Duration = Duration::from_secs(8);
/// Posts before it asks whether they were taken.
const BATCH: usize = 4;

/// The one refusal that may come: the disk is full.
const FULL: &str = "[ERRO] O disco do servidor está cheio; a mensagem não foi guardada. Tente de novo mais tarde.";

pub(crate) struct Person {
    addr: SocketAddr,
    is_ws: bool,
    random: Random,
    signals: Arc<Signals>,
    line: Option<Wire>,
    /// The room that it is in.
    room: String,
    /// Posts of this line that are not known to be stored.
    pending: Vec<usize>,
    /// Since when `/who` is not answered.
    asked: Option<Instant>,
    /// Some of its posts were refused since it asked last, and nobody says which.
    refused: bool,
    story: Story,
}

/// The line is of no use any more.
struct Broken;

impl Person {
    pub(crate) fn new(who: &str, addr: SocketAddr, is_ws: bool, random: Random, signals: Arc<Signals>) -> Self {
        let story = Story { who: who.to_owned(), ..Story::default() };
        Self {
            addr,
            is_ws,
            random,
            signals,
            line: None,
            room: String::new(),
            pending: Vec::new(),
            asked: None,
            refused: false,
            story,
        }
    }

    /// Lives until the run is over.
    pub(crate) fn live(mut self, idle: &AtomicUsize) -> Story {
        let mut is_idle = false;
        loop {
            if self.line.is_none() {
                // What was not answered on the old line: nobody knows.
                self.pending.clear();
                self.refused = false;
                self.asked = None;
            }
            if self.line.is_none() && self.connect().is_err() || self.turn().is_err() {
                self.line = None;
            }
            if self.signals.is_finishing() && self.pending.is_empty() && !is_idle {
                is_idle = true;
                idle.fetch_add(1, Ordering::SeqCst);
            }
            if self.signals.heads().is_some() {
                return self.story;
            }
        }
    }

    fn connect(&mut self) -> Result<(), Broken> {
        self.signals.wait_for_server();
        let wire = if self.is_ws { Wire::ws(self.addr, None) } else { Wire::tcp(self.addr) };
        self.line = Some(wire.map_err(|_| Broken)?);
        // A name of before may still be in use: the server may not know yet that its line is broken.
        let name = format!("{}x{}", self.story.who, self.story.names.len());
        self.story.names.push(name.clone());
        self.say(&format!("/nick {name}"));
        self.wait_for(&format!("[SYS] Seu nome agora é {name}. Você entrou em #geral."))?;
        self.join()
    }

    fn join(&mut self) -> Result<(), Broken> {
        let room = (*self.random.pick(&ROOMS)).to_owned();
        self.say(&format!("/join {room}"));
        self.wait_for(&format!("[SYS] Você entrou em #{room}."))?;
        self.story.told.push((room.clone(), Told::Entered));
        self.room = room;
        Ok(())
    }

    fn say(&mut self, line: &str) {
        if let Some(wire) = &mut self.line {
            wire.send(line);
        }
    }

    fn wait_for(&mut self, answer: &str) -> Result<(), Broken> {
        let until = Instant::now() + ANSWER;
        loop {
            let wire = self.line.as_mut().ok_or(Broken)?;
            match wire.hear(until.saturating_duration_since(Instant::now())) {
                Heard::Frame(line) if line == answer => return Ok(()),
                Heard::Frame(line) => self.hear(&line),
                _ => return Err(Broken),
            }
        }
    }

    fn turn(&mut self) -> Result<(), Broken> {
        if self.asked.is_none() {
            let full = self.pending.len() >= BATCH || (self.signals.is_finishing() && !self.pending.is_empty());
            match self.random.below(40) {
                _ if full => self.ask(),
                _ if self.signals.is_finishing() => {}
                0 if self.pending.is_empty() => self.join()?,
                1..12 => self.post(),
                _ => {}
            }
        }
        let until = Instant::now() + LISTENS;
        loop {
            let wire = self.line.as_mut().ok_or(Broken)?;
            match wire.hear(until.saturating_duration_since(Instant::now())) {
                Heard::Frame(line) => self.hear(&line),
                Heard::Nothing => break,
                Heard::Closed => return Err(Broken),
            }
        }
        if self.asked.is_some_and(|since| since.elapsed() > ANSWER) { Err(Broken) } else { Ok(()) }
    }

    fn ask(&mut self) {
        self.say("/who");
        self.asked = Some(Instant::now());
    }

    fn post(&mut self) {
        let number = self.story.posts.len();
        let text = format!("{} {number}", self.story.who);
        self.say(&text);
        self.story.posts.push(Post { room: self.room.clone(), text, fate: Fate::Unknown });
        self.pending.push(number);
    }

    fn hear(&mut self, line: &str) {
        if let Some((room, rest)) = line.strip_prefix("[#").and_then(|line| line.split_once("] ")) {
            let (author, text) = rest.split_once(": ").expect("a message");
            assert!(self.room.is_empty() || room == self.room || room == "geral", "{}: {line}", self.story.who);
            let told = Told::Line { author: author.to_owned(), text: text.to_owned() };
            self.story.told.push((room.to_owned(), told));
        } else if line.starts_with(&format!("[SYS] Em #{} (", self.room)) && self.asked.take().is_some() {
            let refused = std::mem::take(&mut self.refused);
            for number in self.pending.drain(..).filter(|_| !refused) {
                self.story.posts[number].fate = Fate::Stored(None);
                self.signals.acknowledged.fetch_add(1, Ordering::SeqCst);
            }
        } else if line.contains("de fora porque a sua conexão estava atrasada") {
            // It read too slowly, and has been told: what comes now is after the hole.
            self.story.told.push((self.room.clone(), Told::Entered));
        } else if line.starts_with("[ERRO]") {
            assert_eq!(line, FULL, "{}", self.story.who);
            self.refused = true;
            self.signals.rejected.fetch_add(1, Ordering::SeqCst);
        }
    }
}

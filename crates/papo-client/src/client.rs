//! The way in: a client with its commands and its events.
//!
//! [`Client`] owns the events; somebody has to take them, or nothing more is read from the server.
//! [`Commands`] can be had as often as needed, for other tasks. Every command waits for its outcome,
//! over lost lines too; the client connects again by itself until it is dropped, left or fenced.

use std::collections::VecDeque;
use std::sync::Arc;

use papo_proto::papo1::server::{RoomInfo, RoomState};
use tokio::sync::mpsc;

use crate::commands::{Closed, Commands, Failure, Held, Posting};
use crate::connect::ConnectError;
use crate::driver::Driver;
use crate::line::{Line, Target};
use crate::session::{ClientEvent, Session, Settings};

/// Events that wait for their reader. When it is full nothing more is read from the server.
const EVENTS: usize = 1024;
/// Commands on their way to the session; whoever gives more waits.
const ORDERS: usize = 64;

/// A client: its events, and its commands by [`commands`](Self::commands) or directly.
#[derive(Debug)]
pub struct Client {
    commands: Commands,
    events: mpsc::Receiver<ClientEvent>,
    /// Events that came while a command was waited for.
    kept: VecDeque<ClientEvent>,
}

impl Client {
    /// Connects once; from then on the client connects again by itself. In a tokio runtime.
    ///
    /// # Errors
    /// Why the server could not be reached; nothing goes on in the background then.
    pub async fn connect(target: Target, settings: Settings) -> Result<Self, ConnectError> {
        let line = Line::reach(target.clone()).await?;
        Ok(Self::spawn(target, settings, Some(line)))
    }

    /// Begins to connect, and goes on trying. In a tokio runtime.
    pub fn start(target: Target, settings: Settings) -> Self {
        Self::spawn(target, settings, None)
    }

    fn spawn(target: Target, settings: Settings, line: Option<Line>) -> Self {
        let (order, orders) = mpsc::channel(ORDERS);
        let (control, controls) = mpsc::channel(ORDERS);
        let (event, events) = mpsc::channel(EVENTS);
        let mut driver = Driver::new(Session::new(settings), target, orders, controls, event);
        if let Some(line) = line {
            driver.begin_on(line);
        }
        tokio::spawn(driver.run());
        Self { commands: Commands { orders: order, controls: control }, events, kept: VecDeque::new() }
    }

    /// What happens next; `None` after [`ClientEvent::Ended`]. Cancelling loses nothing.
    pub async fn next_event(&mut self) -> Option<ClientEvent> {
        match self.kept.pop_front() {
            Some(event) => Some(event),
            None => self.events.recv().await,
        }
    }

    /// The commands, for other tasks.
    pub fn commands(&self) -> Commands {
        self.commands.clone()
    }

    /// Waits for something while events are kept for later, so that the two do not wait for each other.
    pub async fn during<T>(&mut self, waited_for: impl Future<Output = T>) -> T {
        let mut waited_for = std::pin::pin!(waited_for);
        loop {
            tokio::select! {
                biased;
                done = &mut waited_for => return done,
                Some(event) = self.events.recv() => self.kept.push_back(event),
            }
        }
    }

    /// Says something in a room; what becomes of it is waited for with [`Posting::placed`], or heard as an event.
    ///
    /// # Errors
    /// The client has ended.
    pub async fn post(&mut self, room: u64, text: &str) -> Result<Posting, Closed> {
        let commands = self.commands();
        self.during(commands.post(room, text)).await
    }

    /// Enters a room, made if need be.
    ///
    /// # Errors
    /// Why not.
    pub async fn join(&mut self, room: &str) -> Result<RoomState, Failure> {
        let commands = self.commands();
        self.during(commands.join(room)).await.map(|(room, _)| room)
    }

    /// Leaves a room.
    ///
    /// # Errors
    /// Why not.
    pub async fn leave(&mut self, room: u64) -> Result<(), Failure> {
        let commands = self.commands();
        self.during(commands.leave(room)).await
    }

    /// Who is in a room.
    ///
    /// # Errors
    /// Why that cannot be told.
    pub async fn who(&mut self, room: u64) -> Result<Vec<Arc<str>>, Failure> {
        let commands = self.commands();
        self.during(commands.who(room)).await
    }

    /// All rooms.
    ///
    /// # Errors
    /// Why they cannot be told.
    pub async fn rooms(&mut self) -> Result<Vec<RoomInfo>, Failure> {
        let commands = self.commands();
        self.during(commands.rooms()).await
    }

    /// Takes another name; the one that it has become.
    ///
    /// # Errors
    /// Why not.
    pub async fn nick(&mut self, nick: &str) -> Result<Arc<str>, Failure> {
        let commands = self.commands();
        self.during(commands.nick(nick)).await.map(|(nick, _)| nick)
    }

    /// What is held of a room that the session is in.
    ///
    /// # Errors
    /// The client has ended.
    pub async fn timeline(&mut self, room: u64) -> Result<Option<Held>, Closed> {
        let commands = self.commands();
        self.during(commands.timeline(room)).await
    }

    /// Ends the session after all that was said before, and passes over the events until then.
    pub async fn bye(mut self) {
        let commands = self.commands();
        let _ = self.during(commands.bye()).await;
    }
}

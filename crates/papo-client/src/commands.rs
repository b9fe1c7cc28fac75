//! What a client can be told to do, and what comes of it.

use std::sync::Arc;

use papo_proto::Nickname;
use papo_proto::papo1::server::{Answer, LoggedIn, Message, RoomEvent, RoomInfo, RoomState};
use papo_proto::words::{AccountCommand, Act, Secret};
use thiserror::Error;
use tokio::sync::{mpsc, oneshot};

use crate::driver::{Control, Order};
use crate::line::Target;
use crate::session::{Outcome, Rejected, Want};
use crate::timeline::Timeline;

/// The client is over: left, fenced or dropped.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("the client has ended")]
pub struct Closed;

/// Why a command was not carried out.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum Failure {
    /// The server's reason.
    #[error("{} ({})", .0.text, .0.code)]
    Rejected(Rejected),
    /// Nobody knows whether it was.
    #[error("what became of the command is not known")]
    Unknown,
    /// The client has ended.
    #[error(transparent)]
    Closed(#[from] Closed),
}

/// A command on its way.
#[derive(Debug)]
pub struct Posting {
    /// Its number, for its [`ClientEvent::Done`].
    pub txn: u64,
    outcome: oneshot::Receiver<Outcome>,
}

impl Posting {
    /// Waits for what becomes of it.
    pub async fn outcome(self) -> Outcome {
        self.outcome.await.unwrap_or(Outcome::NotSent)
    }

    /// Waits for what becomes of a post: (seq, at) in its room.
    ///
    /// # Errors
    /// Why it is not in the room, or may not be.
    pub async fn placed(self) -> Result<(u64, u64), Failure> {
        match answer(self.outcome).await? {
            Answer::Post { seq, at, .. } => Ok((seq, at)),
            _ => Err(Failure::Unknown),
        }
    }
}

/// What is held of a room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// Which log.
    pub epoch: u64,
    /// The newest seq that is known.
    pub head: u64,
    /// The messages, in order.
    pub messages: Vec<Message>,
    /// The holes: first and last seq of each.
    pub missing: Vec<(u64, u64)>,
}

impl Held {
    pub(crate) fn of(timeline: &Timeline) -> Self {
        Self {
            epoch: timeline.epoch(),
            head: timeline.head(),
            messages: timeline.shown().cloned().collect(),
            missing: timeline.missing().collect(),
        }
    }
}

/// Gives commands to a client's session. Its events must be taken meanwhile.
#[derive(Clone, Debug)]
pub struct Commands {
    pub(crate) orders: mpsc::Sender<Order>,
    pub(crate) controls: mpsc::Sender<Control>,
}

/// A page of a room's log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// The oldest seq that is kept; 0 for none.
    pub first: u64,
    /// The newest seq.
    pub head: u64,
    /// Events in the order of seq, none left out between them.
    pub events: Vec<RoomEvent>,
}

impl Page {
    /// The messages among the events.
    pub fn messages(&self) -> impl Iterator<Item = &Message> {
        self.events
            .iter()
            .filter_map(|event| if let RoomEvent::Message(message) = event { Some(message) } else { None })
    }
}

impl Commands {
    /// Says something in a room; returns when the session has taken it, which waits while too many are pending.
    ///
    /// # Errors
    /// The client has ended.
    pub async fn post(&self, room: u64, text: &str) -> Result<Posting, Closed> {
        self.order(Want::Post { room, text: text.into() }).await
    }

    /// Enters a room, made if need be; true when its name was cut.
    ///
    /// # Errors
    /// Why not.
    pub async fn join(&self, room: &str) -> Result<(RoomState, bool), Failure> {
        match self.call(Want::Join(room.into())).await? {
            Answer::Join { room, cut } => Ok((room, cut)),
            _ => Err(Failure::Unknown),
        }
    }

    /// Makes a room: whether it existed before, and whether its name was cut.
    ///
    /// # Errors
    /// Why not.
    pub async fn create(&self, room: &str) -> Result<(RoomState, bool, bool), Failure> {
        match self.call(Want::Create(room.into())).await? {
            Answer::Create { room, existed, cut } => Ok((room, existed, cut)),
            _ => Err(Failure::Unknown),
        }
    }

    /// Leaves a room.
    ///
    /// # Errors
    /// Why not.
    pub async fn leave(&self, room: u64) -> Result<(), Failure> {
        self.call(Want::Leave(room)).await.map(drop)
    }

    /// Who is in a room.
    ///
    /// # Errors
    /// Why that cannot be told.
    pub async fn who(&self, room: u64) -> Result<Vec<Arc<str>>, Failure> {
        match self.call(Want::Who(room)).await? {
            Answer::Who { members, .. } => Ok(members),
            _ => Err(Failure::Unknown),
        }
    }

    /// All rooms.
    ///
    /// # Errors
    /// Why they cannot be told.
    pub async fn rooms(&self) -> Result<Vec<RoomInfo>, Failure> {
        match self.call(Want::Rooms).await? {
            Answer::Rooms { rooms } => Ok(rooms),
            _ => Err(Failure::Unknown),
        }
    }

    /// Takes another name: the one that it has become, and whether it was cut.
    ///
    /// # Errors
    /// Why not.
    pub async fn nick(&self, nick: &str) -> Result<(Arc<str>, bool), Failure> {
        match self.call(Want::Nick(nick.into())).await? {
            Answer::Nick { nick, cut } => Ok((nick, cut)),
            _ => Err(Failure::Unknown),
        }
    }

    /// The newest events below `before`, or the oldest over `after`; with neither, the newest of all.
    ///
    /// # Errors
    /// Why they cannot be told.
    pub async fn history(
        &self,
        room: u64,
        before: Option<u64>,
        after: Option<u64>,
        limit: u32,
    ) -> Result<Page, Failure> {
        match self.call(Want::History { room, before, after, limit }).await? {
            Answer::History { first, head, events, .. } => Ok(Page { first, head, events }),
            _ => Err(Failure::Unknown),
        }
    }

    /// Does something about who the session is; its logins come as events, too.
    ///
    /// # Errors
    /// Why not.
    pub async fn account(&self, command: AccountCommand) -> Result<Answer, Failure> {
        self.call(Want::Account(command)).await
    }

    /// Becomes an account.
    ///
    /// # Errors
    /// Why not.
    pub async fn login(&self, name: Nickname, password: Secret) -> Result<LoggedIn, Failure> {
        let name = papo_proto::names::Parsed { name, cut: false };
        match self.account(AccountCommand::Login { name, password }).await? {
            Answer::Login(login) => Ok(login),
            _ => Err(Failure::Unknown),
        }
    }

    /// Does something that a room's people may do by their role.
    ///
    /// # Errors
    /// Why not.
    pub async fn moderate(&self, room: u64, act: Act) -> Result<Answer, Failure> {
        self.call(Want::Moderate { room, act }).await
    }

    /// Opens the conversation with somebody.
    ///
    /// # Errors
    /// Why not.
    pub async fn direct(&self, who: &str) -> Result<RoomState, Failure> {
        match self.call(Want::Direct(who.into())).await? {
            Answer::Direct { room } => Ok(room),
            _ => Err(Failure::Unknown),
        }
    }

    /// Says that everything up to a seq is read, for all sessions of the account.
    ///
    /// # Errors
    /// Why not.
    pub async fn read(&self, room: u64, seq: u64) -> Result<(), Failure> {
        self.call(Want::Read { room, seq }).await.map(drop)
    }

    /// Ends the session, once everything before is answered.
    ///
    /// # Errors
    /// Why it did not end well.
    pub async fn bye(&self) -> Result<(), Failure> {
        self.call(Want::Bye).await.map(drop)
    }

    /// Says hello under this name, or any, where that waited for a name or was refused one.
    ///
    /// # Errors
    /// The client has ended.
    pub async fn greet(&self, nick: Option<Arc<str>>) -> Result<(), Closed> {
        self.control(Control::Greet(nick)).await
    }

    /// Older messages of a room are wanted too, from this seq on; its timeline fills with them.
    ///
    /// # Errors
    /// The client has ended.
    pub async fn want_from(&self, room: u64, seq: u64) -> Result<(), Closed> {
        self.control(Control::WantFrom(room, seq)).await
    }

    /// The next line goes to this server.
    ///
    /// # Errors
    /// The client has ended.
    pub async fn aim(&self, target: Target) -> Result<(), Closed> {
        self.control(Control::Aim(target)).await
    }

    /// What is held of a room that the session is in.
    ///
    /// # Errors
    /// The client has ended.
    pub async fn timeline(&self, room: u64) -> Result<Option<Held>, Closed> {
        let (held, wait) = oneshot::channel();
        self.control(Control::Timeline(room, held)).await?;
        wait.await.map_err(|_| Closed)
    }

    /// How many commands wait for their answers.
    ///
    /// # Errors
    /// The client has ended.
    pub async fn pending(&self) -> Result<usize, Closed> {
        let (count, wait) = oneshot::channel();
        self.control(Control::Pending(count)).await?;
        wait.await.map_err(|_| Closed)
    }

    async fn control(&self, control: Control) -> Result<(), Closed> {
        self.controls.send(control).await.map_err(|_| Closed)
    }

    /// Gives any command. Its outcome comes as an event, in its place among the others, and to who waits for it.
    ///
    /// # Errors
    /// The client has ended.
    pub async fn order(&self, want: Want) -> Result<Posting, Closed> {
        self.give(want, true).await
    }

    async fn give(&self, want: Want, tells: bool) -> Result<Posting, Closed> {
        let ((txn, taken), (outcome, became)) = (oneshot::channel(), oneshot::channel());
        self.orders.send(Order { want, tells, txn, outcome }).await.map_err(|_| Closed)?;
        Ok(Posting { txn: taken.await.map_err(|_| Closed)?, outcome: became })
    }

    async fn call(&self, want: Want) -> Result<Answer, Failure> {
        answer(self.give(want, false).await?.outcome).await
    }
}

async fn answer(outcome: oneshot::Receiver<Outcome>) -> Result<Answer, Failure> {
    match outcome.await {
        Ok(Outcome::Answer(answer)) => Ok(answer),
        Ok(Outcome::Rejected(reject)) => Err(Failure::Rejected(reject)),
        Ok(Outcome::Unknown) => Err(Failure::Unknown),
        Ok(Outcome::NotSent) | Err(_) => Err(Failure::Closed(Closed)),
    }
}

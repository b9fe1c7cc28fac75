//! What is typed becomes commands, one after another. A message does not wait for the one before.

use std::collections::VecDeque;
use std::time::Duration;

use papo_client::{Commands, Outcome, Want};
use papo_proto::limits::FRAME_MAX_BYTES;
use papo_proto::names::{LOBBY, Parsed};
use papo_proto::papo1::server::Answer;
use papo_proto::words::Target;
use papo_proto::{Command, Nickname, Reject, Reply, RoomName, text};
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep_until};

use super::Ending;
use super::answers::{self, Naming};
use super::face::{Face, Link, Pulse};
use crate::dialogue::Step;
use crate::screen::Unseen;

/// Typed lines that are taken ahead of the one that is being carried out; after that the keyboard waits.
const AHEAD: usize = 1024;

/// Why a line is not carried out to its end.
pub(super) enum Stop {
    /// The person wants to leave.
    Leave,
    /// Nobody can wait any longer.
    GiveUp,
    /// Nobody reads our output.
    Unseen,
    /// The client is over, which is heard elsewhere.
    Over,
}

impl From<Unseen> for Stop {
    fn from(_: Unseen) -> Self {
        Self::Unseen
    }
}

impl From<papo_client::Closed> for Stop {
    fn from(_: papo_client::Closed) -> Self {
        Self::Over
    }
}

pub(super) struct Speaker<'a> {
    pub(super) face: &'a Face,
    pub(super) commands: Commands,
    pub(super) steps: mpsc::Receiver<Step>,
    pub(super) interrupts: mpsc::Receiver<()>,
    pub(super) pulse: watch::Receiver<Pulse>,
    pub(super) patience: Option<Duration>,
    pub(super) ahead: VecDeque<Step>,
    /// The keyboard has closed.
    pub(super) input_ended: bool,
    /// The person has a name, by their wish or by the server's.
    pub(super) named: bool,
}

impl<'a> Speaker<'a> {
    pub(super) fn new(
        face: &'a Face,
        commands: Commands,
        steps: mpsc::Receiver<Step>,
        interrupts: mpsc::Receiver<()>,
        patience: Option<Duration>,
    ) -> Self {
        let (pulse, ahead) = (face.pulse.subscribe(), VecDeque::new());
        Self { face, commands, steps, interrupts, pulse, patience, ahead, input_ended: false, named: false }
    }

    /// Carries out what is typed up to the wish to leave.
    pub(super) async fn run(&mut self) -> Ending {
        loop {
            let step = match self.ahead.pop_front() {
                Some(step) => Some(step),
                None if self.input_ended => None,
                None => tokio::select! {
                    biased;
                    Some(()) = self.interrupts.recv() => None,
                    step = self.steps.recv() => step,
                },
            };
            let done = match step {
                Some(Step::Say(line)) => self.carry_out(&line).await,
                Some(Step::Account(command)) => self.account(command).await,
                Some(Step::Return) => self.come_back().await,
                Some(Step::Tell(id)) => self.face.refuse(id, &[]).await.map_err(Stop::from),
                Some(Step::Quit | Step::Abandon) | None => Err(Stop::Leave),
            };
            match done {
                Ok(()) => {}
                Err(Stop::Leave) => return self.farewell().await,
                // What was being carried out counts, at least.
                Err(Stop::GiveUp) => return Ending::Unsent(self.unsent().await.max(1)),
                Err(Stop::Unseen) => return Ending::Unseen,
                Err(Stop::Over) => return self.over().await,
            }
        }
    }

    async fn carry_out(&mut self, line: &str) -> Result<(), Stop> {
        if line.len() > FRAME_MAX_BYTES {
            let limit = (FRAME_MAX_BYTES / (1024 * 1024)).to_string();
            self.face.refused.set(self.face.refused.get() + 1);
            return Ok(self.face.refuse("line-too-long", &[("mib", limit.into())]).await?);
        }
        self.face.cut.set(false);
        match text::decode(line.as_bytes()) {
            None => Ok(()),
            Some(Err(reject)) => self.reject(reject).await,
            Some(Ok(command)) => self.command(command).await,
        }
    }

    async fn command(&mut self, command: Command) -> Result<(), Stop> {
        match command {
            Command::Post { text, .. } => self.post(&text).await,
            Command::Nick(nick) => self.nick(nick).await,
            Command::Join { room, .. } => self.join(room).await,
            Command::Leave(_) => self.about_room(Want::Leave).await,
            Command::Who(_) => self.about_room(Want::Who).await,
            Command::History { of: Target::With(who), limit, .. } => {
                self.open(None).await?;
                match self.conversation(&who).await? {
                    Some(room) => self.history(Some(room), limit as u64).await,
                    None => Ok(()),
                }
            }
            Command::History { limit, .. } => self.history(self.face.room_id(), limit as u64).await,
            Command::Account(command) => self.account(command).await,
            Command::Whisper { to, text } => self.whisper(&to, &text).await,
            Command::Answer(text) => self.answer(&text).await,
            Command::Ignore(who) => self.ignore(who).await,
            Command::Unignore(who) => {
                self.open(None).await?;
                self.order(Want::Unignore(who.shared().clone())).await.map(drop)
            }
            Command::Moderate(_, act) => self.about_room(|room| Want::Moderate { room, act }).await,
            Command::Rooms => {
                self.open(None).await?;
                self.order(Want::Rooms).await.map(drop)
            }
            Command::Create(room) => {
                self.open(None).await?;
                self.face.cut.set(room.cut);
                self.order(Want::Create(room.name.shared().clone())).await.map(drop)
            }
            Command::Help => self.reply(&Reply::Help).await,
            Command::Lang(lang) => {
                self.face.speak(lang);
                self.reply(&Reply::Language).await
            }
            // Whoever types lines cannot type the others.
            Command::Quit => Err(Stop::Leave),
            Command::Typing(_) | Command::Ping | Command::Direct(_) | Command::Read(..) | Command::Admin(_) => Ok(()),
        }
    }

    async fn post(&mut self, text: &str) -> Result<(), Stop> {
        if !self.named {
            self.open(None).await?;
            self.named = true;
            *self.face.naming.borrow_mut() = Some(Naming::Guest);
            self.order(Want::Join(LOBBY.into())).await?;
        }
        self.post_in(self.face.room_id(), text).await
    }

    pub(super) async fn post_in(&mut self, room: Option<u64>, text: &str) -> Result<(), Stop> {
        let max_bytes = self.face.message_bytes.get() as usize;
        let reject = match room {
            None => Reject::NoRoom,
            Some(_) if text.len() > max_bytes => Reject::MessageTooLong { max_bytes },
            Some(room) => {
                let commands = self.commands.clone();
                self.wait(commands.post(room, text)).await??;
                return Ok(());
            }
        };
        self.face.refused.set(self.face.refused.get() + 1);
        self.reject(reject).await
    }

    /// The first name leads into the lobby.
    async fn nick(&mut self, nick: Parsed<Nickname>) -> Result<(), Stop> {
        let name = nick.name.shared().clone();
        self.face.cut.set(nick.cut);
        if self.named {
            return self.order(Want::Nick(name)).await.map(drop);
        }
        *self.face.naming.borrow_mut() = Some(Naming::Chosen { cut: nick.cut });
        let taken = if self.is_greeted() {
            matches!(self.order(Want::Nick(name)).await?, Outcome::Answer(_))
        } else {
            self.open(Some(name)).await?
        };
        if taken {
            self.named = true;
            self.order(Want::Join(LOBBY.into())).await?;
        }
        *self.face.naming.borrow_mut() = None;
        Ok(())
    }

    /// One room at a time: the one before is left once the new one is entered.
    async fn join(&mut self, room: Parsed<RoomName>) -> Result<(), Stop> {
        self.name_as_guest().await?;
        let before = self.face.room_id();
        self.face.cut.set(room.cut);
        let outcome = self.order(Want::Join(room.name.shared().clone())).await?;
        if let (Outcome::Answer(Answer::Join { room, .. }), Some(before)) = (outcome, before)
            && room.id != before
        {
            self.order(Want::Leave(before)).await?;
        }
        Ok(())
    }

    /// Whoever has no name by now is a guest, and told so.
    pub(super) async fn name_as_guest(&mut self) -> Result<(), Stop> {
        if self.named {
            return Ok(());
        }
        self.open(None).await?;
        self.named = true;
        let nick = self.face.nick.borrow().clone().unwrap_or_default();
        Ok(self.face.show(answers::named(self.face.lang(), &nick, &Naming::Guest, None)).await?)
    }

    async fn about_room(&mut self, want: impl FnOnce(u64) -> Want) -> Result<(), Stop> {
        match self.face.room_id() {
            Some(room) => self.order(want(room)).await.map(drop),
            None => self.reject(Reject::NoRoom).await,
        }
    }

    /// Gives a command and waits until what came of it is on the screen.
    pub(super) async fn order(&mut self, want: Want) -> Result<Outcome, Stop> {
        let commands = self.commands.clone();
        let txn = self.wait(commands.order(want)).await??.txn;
        self.until(move |pulse| (pulse.answered == txn).then_some(())).await?;
        Ok(self.face.outcome.take().unwrap_or(Outcome::Unknown))
    }

    /// Waits until this finds something in the pulse.
    async fn until<T>(&mut self, find: impl Fn(&Pulse) -> Option<T>) -> Result<T, Stop> {
        let mut pulse = self.face.pulse.subscribe();
        let found = async move {
            loop {
                if let Some(found) = find(&pulse.borrow_and_update()) {
                    return Some(found);
                }
                pulse.changed().await.ok()?;
            }
        };
        self.wait(found).await?.ok_or(Stop::Over)
    }

    fn is_greeted(&self) -> bool {
        self.face.nick.borrow().is_some()
    }

    /// Says hello, if that is still to be done; false when the name is refused.
    pub(super) async fn open(&mut self, nick: Option<std::sync::Arc<str>>) -> Result<bool, Stop> {
        if self.is_greeted() {
            return Ok(true);
        }
        self.face.set_link(Link::Strange);
        self.commands.greet(nick).await?;
        let opened = |pulse: &Pulse| match pulse.link {
            Link::Open => Some(true),
            Link::Refused => Some(false),
            Link::Strange | Link::Offline => None,
        };
        self.until(opened).await
    }

    /// Waits for something while typed lines are taken ahead. Whoever asks to leave meanwhile without a line does not
    /// wait, and without a person nobody waits without end.
    pub(super) async fn wait<T>(&mut self, waited_for: impl Future<Output = T>) -> Result<T, Stop> {
        let mut waited_for = std::pin::pin!(waited_for);
        let mut until = self.deadline();
        loop {
            let wants_to_leave = self.input_ended || self.ahead.contains(&Step::Quit);
            let cannot_wait = self.patience.is_none() && self.face.link() == Link::Offline;
            if wants_to_leave && cannot_wait || self.ahead.contains(&Step::Abandon) {
                return Err(Stop::Leave);
            }
            tokio::select! {
                biased;
                done = &mut waited_for => return Ok(done),
                Some(()) = self.interrupts.recv() => return Err(Stop::Leave),
                changed = self.pulse.changed() => match changed {
                    Ok(()) => until = self.deadline(),
                    Err(_) => return Err(Stop::Over),
                },
                step = self.steps.recv(), if self.ahead.len() < AHEAD && !self.input_ended => match step {
                    Some(step) => self.ahead.push_back(step),
                    None => self.input_ended = true,
                },
                () = async { sleep_until(until.expect("invariant: checked")).await }, if until.is_some() => {
                    return Err(Stop::GiveUp);
                }
            }
        }
    }

    pub(super) fn deadline(&self) -> Option<Instant> {
        self.patience.map(|patience| Instant::now() + patience)
    }

    pub(super) async fn reply(&self, reply: &Reply) -> Result<(), Stop> {
        Ok(self.face.show(answers::line(self.face.lang(), reply)).await?)
    }

    pub(super) async fn reject(&self, reject: Reject) -> Result<(), Stop> {
        Ok(self.face.show(answers::rejected(self.face.lang(), reject)).await?)
    }
}

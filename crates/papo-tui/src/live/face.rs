//! What both directions of a conversation share. They run in one task, so nothing is ever contended.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use papo_client::{Incoming, Outcome, Want};
use papo_proto::lang::{Args, Lang};
use papo_proto::papo1::server::RoomState;
use papo_proto::{Nickname, Reply};
use tokio::sync::watch;

use super::answers::{self, Naming};
use crate::kept::Keeper;
use crate::known::Known;
use crate::layout::Layout;
use crate::screen::{Screen, Unseen};
use crate::texts;

/// How the line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Link {
    /// The server is there and does not know us yet.
    Strange,
    /// The name was refused; another one is awaited.
    Refused,
    /// All is well.
    Open,
    /// It is lost and is being made anew.
    Offline,
}

/// What makes those look up who wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Pulse {
    pub(super) link: Link,
    /// How many messages have their outcome.
    pub(super) outcomes: u64,
    /// The last command that is no message and has its outcome on the screen.
    pub(super) answered: u64,
}

/// The conversation's face to the person.
pub(super) struct Face {
    screen: Screen,
    known: Arc<Mutex<Known>>,
    layout: Cell<Layout>,
    pub(super) pulse: watch::Sender<Pulse>,
    /// The room that one is in: one at a time.
    pub(super) room: RefCell<Option<RoomState>>,
    /// The names of all rooms that one has been in; what still comes from one that was left has its name.
    pub(super) names: RefCell<BTreeMap<u64, Arc<str>>>,
    /// The conversations with one person, by their rooms: with whom.
    pub(super) directs: RefCell<BTreeMap<u64, Arc<str>>>,
    /// Who wrote to us alone last.
    pub(super) whispered: RefCell<Option<Arc<str>>>,
    /// Whose messages are not shown.
    pub(super) ignored: RefCell<Vec<Arc<str>>>,
    pub(super) nick: RefCell<Option<Arc<str>>>,
    /// The session is an account.
    pub(super) account: Cell<bool>,
    /// Where logins outlive the program.
    pub(super) keeper: Keeper,
    /// Whoever is on the way can read it: no password goes over it.
    pub(super) is_overheard: bool,
    /// How far each conversation with one person is read, where the server does not know it yet.
    pub(super) read: RefCell<BTreeMap<u64, u64>>,
    /// Commands on their way that nobody has typed.
    pub(super) by_itself: Cell<usize>,
    /// A first name that is told when its room is entered.
    pub(super) naming: RefCell<Option<Naming>>,
    /// The name of the room or person in the command that is being carried out was cut.
    pub(super) cut: Cell<bool>,
    /// Messages that were not taken.
    pub(super) refused: Cell<usize>,
    pub(super) message_bytes: Cell<u64>,
    /// What became of the command that was answered last.
    pub(super) outcome: RefCell<Option<Outcome>>,
}

impl Face {
    pub(super) fn new(screen: Screen, known: Arc<Mutex<Known>>, layout: Layout, keeper: Keeper) -> Self {
        Self {
            screen,
            known,
            layout: Cell::new(layout),
            pulse: watch::Sender::new(Pulse { link: Link::Strange, outcomes: 0, answered: 0 }),
            room: RefCell::default(),
            names: RefCell::default(),
            directs: RefCell::default(),
            whispered: RefCell::default(),
            ignored: RefCell::default(),
            nick: RefCell::default(),
            account: Cell::default(),
            keeper,
            is_overheard: false,
            read: RefCell::default(),
            by_itself: Cell::default(),
            naming: RefCell::default(),
            cut: Cell::default(),
            refused: Cell::default(),
            message_bytes: Cell::new(u64::MAX),
            outcome: RefCell::default(),
        }
    }

    /// The first words, which in the text dialect the server says.
    pub(super) async fn welcome(&self) -> Result<(), Unseen> {
        self.show(answers::line(self.lang(), &Reply::Welcome)).await
    }

    pub(super) fn lang(&self) -> Lang {
        self.layout.get().lang
    }

    pub(super) fn speak(&self, lang: Lang) {
        self.layout.set(Layout { lang, ..self.layout.get() });
    }

    pub(super) fn link(&self) -> Link {
        self.pulse.borrow().link
    }

    pub(super) fn set_link(&self, link: Link) {
        self.pulse.send_if_modified(|pulse| std::mem::replace(&mut pulse.link, link) != link);
    }

    pub(super) fn room_id(&self) -> Option<u64> {
        self.room.borrow().as_ref().map(|room| room.id)
    }

    pub(super) fn room_name(&self, room: u64) -> Arc<str> {
        self.names.borrow().get(&room).cloned().unwrap_or_else(|| room.to_string().into())
    }

    /// The room of the conversation with somebody.
    pub(super) fn direct_with(&self, who: &Nickname) -> Option<u64> {
        let is_with = |name: &str| Nickname::parse(name).is_ok_and(|parsed| parsed.name.key() == who.key());
        self.directs.borrow().iter().find(|(_, name)| is_with(name)).map(|(&room, _)| room)
    }

    /// The next conversation whose reading is to be told. What is read until it is goes with it.
    pub(super) fn next_read(&self) -> Option<Want> {
        let (room, seq) = self.read.borrow_mut().pop_first()?;
        self.by_itself.set(self.by_itself.get() + 1);
        Some(Want::Read { room, seq })
    }

    pub(super) fn ignores(&self, author: &str) -> bool {
        self.ignored.borrow().iter().any(|ignored| **ignored == *author)
    }

    /// The conversation with somebody is open.
    pub(super) fn knows_direct(&self, room: &RoomState) {
        self.names.borrow_mut().insert(room.id, room.name.clone());
        self.directs.borrow_mut().insert(room.id, room.name.clone());
    }

    /// Shows something, and learns its names for completion.
    pub(super) async fn show(&self, what: impl IntoIterator<Item = Incoming>) -> Result<(), Unseen> {
        let mut lines = String::new();
        for incoming in what {
            self.known.lock().expect("invariant: nothing panics while it learns").learn(&incoming);
            self.layout.get().show(&incoming, &mut lines);
        }
        if lines.is_empty() { Ok(()) } else { self.screen.show(lines).await }
    }

    /// Shows lines that belong to what was shown before.
    pub(super) async fn show_more(&self, text: &str) -> Result<(), Unseen> {
        let mut lines = String::new();
        self.layout.get().more(&mut lines, text);
        self.screen.show(lines).await
    }

    /// Says something of our own.
    pub(super) async fn say(&self, id: &str, args: Args<'_>) -> Result<(), Unseen> {
        self.show([Incoming::Notice(texts::say(self.lang(), id, args))]).await
    }

    /// Says that something of ours did not work.
    pub(super) async fn refuse(&self, id: &str, args: Args<'_>) -> Result<(), Unseen> {
        self.show([Incoming::Refusal(texts::say(self.lang(), id, args))]).await
    }
}

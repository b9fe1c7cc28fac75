//! A client that is made of the client library: it connects, resumes, sends again and fills gaps by
//! itself, and tells each message of a room once and in order. So there is one beginning for each room,
//! whatever happens to its lines.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use papo_client::{Client, ClientEvent, Extent, Failure, Outcome, Settings, Target, Want, Wish};
use papo_proto::papo1::client::RoomCursor;
use papo_proto::papo1::server::Answer;
use papo_proto::words::{AccountCommand, Secret};
use papo_testkit::checks::{Event, Fate, Post, Story, Told};
use papo_testkit::{PATIENCE, Random};
use tokio::time::timeout;

use crate::account::{Account, PASSWORD};
use crate::world::{ROOMS, Signals};

/// The code for who has an account already.
const LOGGED_IN: u16 = 2022;
/// Posts that wait for an answer.
const WINDOW: usize = 8;
/// How long it listens before it does something by itself.
const LISTENS: Duration = Duration::from_millis(2);

/// When its line is new, it begins a session of its account beside the one of before once in so many times.
const AGAIN: usize = 2;

pub(crate) struct Library {
    random: Random,
    signals: Arc<Signals>,
    /// What it is one client of, and whether it is the one that makes it.
    account: Option<(Arc<Account>, bool)>,
    /// It is to begin a session anew.
    begins_anew: bool,
    rooms: BTreeMap<u64, Room>,
    /// Posts without an answer: their places in the story.
    pending: BTreeMap<u64, usize>,
    story: Story,
}

struct Room {
    name: String,
    epoch: u64,
    /// The newest seq that was told.
    told: u64,
}

impl Library {
    pub(crate) fn new(who: &str, account: Option<(Arc<Account>, bool)>, random: Random, signals: Arc<Signals>) -> Self {
        let story = Story { who: who.to_owned(), ..Story::default() };
        Self { random, signals, account, begins_anew: false, rooms: BTreeMap::new(), pending: BTreeMap::new(), story }
    }

    /// Lives until the run is over and everything is read.
    pub(crate) fn live(self, target: Target, idle: &AtomicUsize) -> Story {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(self.go_on(target, idle))
    }

    /// A client that goes on where the rooms have got to.
    fn start(&self, target: &Target, login: Option<String>) -> Client {
        let cursor = |(id, room): (&u64, &Room)| RoomCursor { room: *id, epoch: room.epoch, seq: room.told };
        let settings = Settings {
            wish: Wish::Name(self.story.who.as_str().into()),
            extent: Extent { whole: false, window: 1 << 30 },
            login: login.map(Into::into),
            resume: self.rooms.iter().map(cursor).collect(),
            ..Settings::default()
        };
        Client::start(target.clone(), settings)
    }

    /// The login of its account, once that is made and its token was told.
    fn login(&self) -> Option<String> {
        self.account.as_ref()?.0.made()?.login
    }

    /// Makes the account, whatever happens to the line meanwhile.
    async fn register(&mut self, client: &mut Client) {
        let Some((account, true)) = self.account.clone() else { return };
        let commands = client.commands();
        let password = || Secret::new(PASSWORD);
        let command = || AccountCommand::Register { name: None, password: password(), invite: None };
        loop {
            match client.during(commands.account(command())).await {
                Ok(Answer::Register(login)) => {
                    return account.is_made(&login.nick, Some(login.login.to_string()), &self.signals.people);
                }
                // Nobody knows whether it was made.
                Err(Failure::Unknown) => {}
                // It was.
                Err(Failure::Rejected(reject)) if reject.code == LOGGED_IN => return,
                other => panic!("{}: {other:?}", self.story.who),
            }
        }
    }

    /// The account's session beside the one of before, of which nothing more is heard.
    fn begin_anew(&mut self, target: &Target) -> Option<Client> {
        self.begins_anew = false;
        let login = self.login()?;
        for number in std::mem::take(&mut self.pending).into_values() {
            self.story.sent_again.insert(number, usize::MAX);
        }
        for room in self.rooms.values() {
            self.story.told.push((room.name.clone(), Told::From(room.told)));
        }
        self.signals.logins.fetch_add(1, Ordering::SeqCst);
        Some(self.start(target, Some(login)))
    }

    async fn go_on(mut self, target: Target, idle: &AtomicUsize) -> Story {
        if let Some((account, false)) = &self.account {
            let until = Instant::now() + PATIENCE;
            while account.made().is_none() && Instant::now() < until {
                tokio::time::sleep(LISTENS).await;
            }
        }
        let mut client = self.start(&target, self.login());
        self.register(&mut client).await;
        let commands = client.commands();
        // Two of the rooms, so that some messages are not for it.
        let left_out = self.random.below(ROOMS.len());
        for (_, room) in ROOMS.iter().enumerate().filter(|(at, _)| *at != left_out) {
            let joining = commands.order(Want::Join((*room).into()));
            client.during(joining).await.expect("it goes on");
        }
        let mut is_idle = false;
        let mut gives_up = None;
        loop {
            if !self.signals.is_finishing() && self.random.chance(3) {
                self.post(&mut client).await;
            }
            let until = Instant::now() + LISTENS;
            while let Ok(event) = timeout(until.saturating_duration_since(Instant::now()), client.next_event()).await {
                self.hear(event.expect("it goes on"), &mut client).await;
            }
            if std::mem::take(&mut self.begins_anew)
                && let Some(begun) = self.begin_anew(&target)
            {
                client = begun;
            }
            if self.signals.is_finishing() && self.pending.is_empty() && !is_idle {
                is_idle = true;
                idle.fetch_add(1, Ordering::SeqCst);
            }
            if let Some(heads) = self.signals.heads() {
                let late = *gives_up.get_or_insert_with(|| Instant::now() + PATIENCE) < Instant::now();
                if late || self.has_read(&heads) {
                    return self.story;
                }
            }
        }
    }

    fn has_read(&self, heads: &[(String, u64)]) -> bool {
        let is_read = |room: &Room| heads.iter().all(|(name, head)| *name != room.name || room.told >= *head);
        self.rooms.len() == ROOMS.len() - 1 && self.rooms.values().all(is_read)
    }

    async fn post(&mut self, client: &mut Client) {
        if self.rooms.is_empty() || self.pending.len() >= WINDOW {
            return;
        }
        let rooms: Vec<u64> = self.rooms.keys().copied().collect();
        let room = *self.random.pick(&rooms);
        let number = self.story.posts.len();
        let text = format!("{} {number}", self.story.who);
        let posting = client.post(room, &text).await.expect("it goes on");
        self.story.posts.push(Post { room: self.rooms[&room].name.clone(), text, fate: Fate::Unknown });
        self.pending.insert(posting.txn, number);
    }

    async fn hear(&mut self, event: ClientEvent, client: &mut Client) {
        match event {
            ClientEvent::Opened(opened) => {
                self.story.names.push(opened.nick.to_string());
                let is_late = self.signals.is_finishing() || opened.first;
                self.begins_anew = !is_late && opened.account.is_some() && self.random.chance(AGAIN);
            }
            ClientEvent::Message(message) => {
                let Room { name, told, .. } = self.rooms.get_mut(&message.room).expect("a room that it is in");
                *told = message.seq;
                let (author, text) = (message.author.to_string(), message.text.to_string());
                self.story.told.push((name.clone(), Told::Event(Event { seq: message.seq, author, text })));
            }
            ClientEvent::Done { want: Want::Join(_), outcome: Outcome::Answer(Answer::Join { room, .. }), .. } => {
                self.story.told.push((room.name.to_string(), Told::From(room.head)));
                let (name, epoch) = (room.name.to_string(), room.epoch);
                self.rooms.insert(room.id, Room { name, epoch, told: room.head });
            }
            ClientEvent::Done { txn, outcome: Outcome::Answer(Answer::Post { seq, .. }), .. } => {
                let number = self.pending.remove(&txn).expect("one outcome for each post");
                self.story.posts[number].fate = Fate::Stored(Some(seq));
                self.signals.acknowledged.fetch_add(1, Ordering::SeqCst);
            }
            // It is sent again, and nobody says when.
            ClientEvent::Postponed { txn, .. } => {
                self.story.sent_again.extend(self.pending.get(&txn).map(|number| (*number, usize::MAX)));
            }
            // Its hello of before was taken though the answer was lost; that session is held for a while.
            ClientEvent::NameRefused(_) => {
                let name = format!("{}x{}", self.story.who, self.random.below(1_000_000));
                let commands = client.commands();
                client.during(commands.greet(Some(name.into()))).await.expect("it goes on");
            }
            ClientEvent::Done { .. }
            | ClientEvent::LeftOut { .. }
            | ClientEvent::Reset(_)
            | ClientEvent::Gone { .. }
            | ClientEvent::Complaint(_)
            | ClientEvent::Ended(_) => panic!("{}: {event:?}", self.story.who),
            _ => {}
        }
    }
}

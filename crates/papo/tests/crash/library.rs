//! A client that is made of the client library: it connects, resumes, sends again and fills gaps by
//! itself, and tells each message of a room once and in order. So there is one beginning for each room,
//! whatever happens to its lines.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use papo_client::{Client, ClientEvent, Extent, Outcome, Settings, Target, Want, Wish};
use papo_proto::papo1::server::Answer;
use papo_testkit::checks::{Event, Fate, Post, Story, Told};
use papo_testkit::{PATIENCE, Random};
use tokio::time::timeout;

use crate::world::{ROOMS, Signals};

/// Posts that wait for an answer.
const WINDOW: usize = 8;
/// How long it listens before it does something by itself.
const LISTENS: Duration = Duration::from_millis(2);

pub(crate) struct Library {
    random: Random,
    signals: Arc<Signals>,
    /// Names and the newest seq that was told.
    rooms: BTreeMap<u64, (String, u64)>,
    /// Posts without an answer: their places in the story.
    pending: BTreeMap<u64, usize>,
    story: Story,
}

impl Library {
    pub(crate) fn new(who: &str, random: Random, signals: Arc<Signals>) -> Self {
        let story = Story { who: who.to_owned(), ..Story::default() };
        Self { random, signals, rooms: BTreeMap::new(), pending: BTreeMap::new(), story }
    }

    /// Lives until the run is over and everything is read.
    pub(crate) fn live(self, target: Target, idle: &AtomicUsize) -> Story {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(self.go_on(target, idle))
    }

    async fn go_on(mut self, target: Target, idle: &AtomicUsize) -> Story {
        let settings = Settings {
            wish: Wish::Name(self.story.who.as_str().into()),
            extent: Extent { whole: false, window: 1 << 30 },
            ..Settings::default()
        };
        let mut client = Client::start(target, settings);
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
        let is_read = |(name, told): &(String, u64)| heads.iter().all(|(room, head)| room != name || told >= head);
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
        self.story.posts.push(Post { room: self.rooms[&room].0.clone(), text, fate: Fate::Unknown });
        self.pending.insert(posting.txn, number);
    }

    async fn hear(&mut self, event: ClientEvent, client: &mut Client) {
        match event {
            ClientEvent::Opened(opened) => self.story.names.push(opened.nick.to_string()),
            ClientEvent::Message(message) => {
                let (name, told) = self.rooms.get_mut(&message.room).expect("a room that it is in");
                *told = message.seq;
                let (author, text) = (message.author.to_string(), message.text.to_string());
                self.story.told.push((name.clone(), Told::Event(Event { seq: message.seq, author, text })));
            }
            ClientEvent::Done { want: Want::Join(_), outcome: Outcome::Answer(Answer::Join { room, .. }), .. } => {
                self.story.told.push((room.name.to_string(), Told::From(room.head)));
                self.rooms.insert(room.id, (room.name.to_string(), room.head));
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

//! A session and a small model of a server, with a line between them that is cut at any time: each
//! post has one outcome, an acknowledged one is in the log once, what is told is the log, and nothing is
//! told or held of what is known to be taken back.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::{Duration, Instant};

use papo_client::session::{ClientEvent, Outcome, Session, Settings, Want, Why, Wish};
use papo_proto::papo1::client::RoomCursor;
use papo_proto::papo1::server::{
    Answer, Kind, Message, Redacted, Redaction, Registration, Retry, Role, RoomEvent, RoomState,
};
use papo_proto::papo1::{ClientFrame, ServerFrame};
use proptest::prelude::*;

const ROOM: u64 = 7;
/// Missed events that are sent by themselves; of more the gap is told.
const RESUME_MAX: u64 = 4;

#[derive(Clone, Debug)]
enum Step {
    Post,
    /// Somebody else says something.
    Other,
    /// Somebody takes the message at this place back.
    TakeBack(u16),
    /// The client writes its next frame.
    Write,
    /// The server reads the next frame.
    Serve,
    /// The client reads the next frame.
    Read,
    Cut,
    /// The line is cut and the server has forgotten the session.
    Forget,
    /// The server is busy for the next post.
    Busy,
    /// The reader is behind: the server tells a gap instead of what is on the way.
    Behind,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => Just(Step::Post), 4 => Just(Step::Other), 2 => any::<u16>().prop_map(Step::TakeBack), 9 => Just(Step::Write), 9 => Just(Step::Serve),
        12 => Just(Step::Read), 1 => Just(Step::Cut), 1 => Just(Step::Forget), 1 => Just(Step::Busy),
        1 => Just(Step::Behind),
    ]
}

#[expect(clippy::struct_excessive_bools, reason = "independent facts of a model")]
struct World {
    session: Session,
    now: Instant,
    /// What was said, and where something was taken back: which message.
    log: Vec<Result<Message, u64>>,
    /// What the client has been told to be taken back.
    known_gone: BTreeSet<u64>,
    /// Which session the server knows, and its posts.
    known: Option<u64>,
    taken: BTreeMap<u64, u64>,
    sessions: u64,
    /// The session on this line has said hello.
    greeted: bool,
    busy: bool,
    line: bool,
    up: VecDeque<ClientFrame>,
    down: VecDeque<ServerFrame>,
    posts: BTreeMap<u64, Option<Outcome>>,
    told: u64,
    forgot: bool,
}

impl World {
    fn new() -> Self {
        let settings = Settings {
            wish: Wish::Name("Ana".into()),
            resume: vec![RoomCursor { room: ROOM, epoch: 1, seq: 0 }],
            ..Settings::default()
        };
        Self {
            session: Session::new(settings),
            now: Instant::now(),
            log: Vec::new(),
            known_gone: BTreeSet::new(),
            known: None,
            taken: BTreeMap::new(),
            sessions: 0,
            greeted: false,
            busy: false,
            line: false,
            up: VecDeque::new(),
            down: VecDeque::new(),
            posts: BTreeMap::new(),
            told: 0,
            forgot: false,
        }
    }

    fn head(&self) -> u64 {
        self.log.len() as u64
    }

    fn append(&mut self, author: &str, text: &str) -> u64 {
        let seq = self.head() + 1;
        let (author, text) = (author.into(), text.into());
        self.log.push(Ok(Message { room: ROOM, seq, at: seq, account: None, author, text, txn: None }));
        seq
    }

    /// The message as it was said.
    fn said(&self, seq: u64) -> &Message {
        self.log[seq as usize - 1].as_ref().expect("a message")
    }

    fn is_gone(&self, seq: u64) -> bool {
        self.log.contains(&Err(seq))
    }

    /// As the session sees it: its own posts have their txns.
    fn event(&self, seq: u64) -> RoomEvent {
        let message = match &self.log[seq as usize - 1] {
            Ok(message) => message.clone(),
            Err(gone) => {
                let (author, seqs) = ("Bob".into(), vec![*gone]);
                return RoomEvent::Redaction(Redaction { room: ROOM, seq, at: seq, author, seqs });
            }
        };
        if self.is_gone(seq) {
            return RoomEvent::Redacted(Redacted { room: ROOM, seq, at: seq, author: message.author });
        }
        let txn = self.taken.iter().find(|(_, taken)| **taken == seq).map(|(txn, _)| *txn);
        RoomEvent::Message(Message { txn, ..message })
    }

    fn frame(&self, seq: u64) -> ServerFrame {
        match self.event(seq) {
            RoomEvent::Message(message) => ServerFrame::Message(message),
            RoomEvent::Redacted(redacted) => ServerFrame::Redacted(redacted),
            RoomEvent::Redaction(redaction) => ServerFrame::Redaction(redaction),
            RoomEvent::Unknown => ServerFrame::Unknown,
        }
    }

    /// The client is about to be told this.
    fn note(&mut self, frame: &ServerFrame) {
        let mut note = |event: &RoomEvent| match event {
            RoomEvent::Redacted(redacted) => self.known_gone.extend([redacted.seq]),
            RoomEvent::Redaction(redaction) => self.known_gone.extend(&redaction.seqs),
            RoomEvent::Message(_) | RoomEvent::Unknown => {}
        };
        match frame {
            ServerFrame::Redacted(redacted) => note(&RoomEvent::Redacted(redacted.clone())),
            ServerFrame::Redaction(redaction) => note(&RoomEvent::Redaction(redaction.clone())),
            ServerFrame::Ack { answer: Answer::History { events, .. }, .. } => events.iter().for_each(note),
            _ => {}
        }
    }

    fn serve(&mut self, frame: ClientFrame) {
        match frame {
            ClientFrame::Hello { txn, session, resume, .. } => self.hello(txn, session.is_some(), resume[0].seq),
            ClientFrame::Post { txn, text, .. } => {
                if std::mem::take(&mut self.busy) {
                    let (code, text, retry) = (3001, "x".into(), Retry::Later);
                    let reject = ServerFrame::Reject { txn: Some(txn), code, text, retry, after_ms: Some(200) };
                    return self.down.push_back(reject);
                }
                let seq = self.taken.get(&txn).copied().unwrap_or_else(|| self.append("Ana", &text));
                self.taken.insert(txn, seq);
                self.down.push_back(ServerFrame::Ack { txn, answer: Answer::Post { room: ROOM, seq, at: seq } });
            }
            ClientFrame::History { txn, after, limit, .. } => {
                let from = after.unwrap_or(0) + 1;
                let events = (from..=self.head()).take(limit.unwrap_or(50) as usize);
                let events = events.map(|seq| self.event(seq)).collect();
                let answer = Answer::History { room: ROOM, first: 1, head: self.head(), events };
                self.down.push_back(ServerFrame::Ack { txn, answer });
            }
            ClientFrame::Ping { txn } => self.down.push_back(ServerFrame::Ack { txn, answer: Answer::Ping { now: 1 } }),
            other => panic!("{other:?}"),
        }
    }

    fn hello(&mut self, txn: u64, resumes: bool, cursor: u64) {
        if resumes && self.known.is_none() {
            let (code, text, retry) = (2007, "x".into(), Retry::Changed);
            return self.down.push_back(ServerFrame::Reject { txn: Some(txn), code, text, retry, after_ms: None });
        }
        if !resumes {
            self.sessions += 1;
            (self.known, self.taken) = (Some(self.sessions), BTreeMap::new());
        }
        self.greeted = true;
        let first = u64::from(self.head() > 0);
        let state = RoomState {
            id: ROOM,
            epoch: 1,
            name: "geral".into(),
            first,
            head: self.head(),
            kind: Kind::Public,
            role: Role::Guest,
            topic: "".into(),
            readonly: false,
            slow: 0,
            read: None,
        };
        let answer = Answer::Hello {
            version: 1,
            server: "model".into(),
            session: "TOKEN".into(),
            ends: 1,
            nick: "Ana".into(),
            now: 1,
            capabilities: Vec::new(),
            message_bytes: 1,
            resumed: resumes,
            rooms: vec![state],
            account: None,
            admin: false,
            registration: Registration::Open,
            greeting: "".into(),
            ignored: Vec::new(),
        };
        self.down.push_back(ServerFrame::Ack { txn, answer });
        if self.head() > cursor + RESUME_MAX {
            self.down.push_back(ServerFrame::Gap { room: ROOM, from: cursor + 1, to: self.head() });
        } else {
            for seq in cursor + 1..=self.head() {
                self.down.push_back(self.frame(seq));
            }
        }
    }

    fn cut(&mut self) {
        if std::mem::take(&mut self.line) {
            self.session.handle_lost(Why::Closed(None), self.now, 0);
        }
        (self.greeted, self.up, self.down) = (false, VecDeque::new(), VecDeque::new());
    }

    fn reach(&mut self) {
        self.now += Duration::from_secs(1);
        if let Some(why) = self.session.handle_timeout(self.now) {
            panic!("{why:?}");
        }
        if !self.line && self.session.poll_connect(self.now) {
            self.session.handle_connected(self.now);
            self.line = true;
        }
    }

    fn run(&mut self, step: &Step) {
        match step {
            Step::Post => {
                let text = format!("nossa {}", self.posts.len());
                let txn = self.session.command(Want::Post { room: ROOM, text: text.into() }).expect("room");
                self.posts.insert(txn, None);
            }
            Step::Other => {
                let seq = self.append("Bob", "deles");
                if self.greeted {
                    self.down.push_back(self.frame(seq));
                }
            }
            Step::TakeBack(at) => {
                let messages: Vec<u64> =
                    (1..=self.head()).filter(|&seq| self.log[seq as usize - 1].is_ok() && !self.is_gone(seq)).collect();
                if messages.is_empty() {
                    return;
                }
                self.log.push(Err(messages[usize::from(*at) % messages.len()]));
                if self.greeted {
                    self.down.push_back(self.frame(self.head()));
                }
            }
            Step::Write => {
                self.reach();
                self.up.extend(self.session.poll_transmit(self.now));
            }
            Step::Serve => {
                if let Some(frame) = self.up.pop_front() {
                    self.serve(frame);
                }
            }
            Step::Read => {
                if let Some(frame) = self.down.pop_front() {
                    self.note(&frame);
                    let bytes = serde_json::to_vec(&frame).expect("JSON");
                    assert_eq!(self.session.handle_frame(&bytes, self.now), None);
                }
            }
            Step::Cut => self.cut(),
            Step::Forget => {
                self.forgot |= self.known.is_some();
                self.known = None;
                self.cut();
            }
            Step::Busy => self.busy = true,
            Step::Behind => {
                let others = |frame: &ServerFrame| {
                    matches!(frame, ServerFrame::Message(_) | ServerFrame::Redacted(_) | ServerFrame::Redaction(_))
                };
                let before = self.down.len();
                self.down.retain(|frame| !others(frame));
                if self.down.len() < before {
                    self.down.push_back(ServerFrame::Gap { room: ROOM, from: 1, to: self.head() });
                }
            }
        }
    }

    fn listen(&mut self) -> Result<(), TestCaseError> {
        while let Some(event) = self.session.poll_event() {
            match event {
                ClientEvent::Message(message) => {
                    prop_assert_eq!(message.seq, self.told + 1, "each once and in order");
                    prop_assert!(!self.known_gone.contains(&message.seq), "nothing is told that was taken back");
                    let logged = self.said(message.seq);
                    prop_assert_eq!((&message.author, &message.text), (&logged.author, &logged.text));
                    self.told += 1;
                }
                ClientEvent::Redacted(redacted) => {
                    prop_assert_eq!(redacted.seq, self.told + 1, "each once and in order");
                    prop_assert!(self.is_gone(redacted.seq));
                    self.told += 1;
                }
                ClientEvent::Redaction(redaction) => {
                    prop_assert_eq!(redaction.seq, self.told + 1, "each once and in order");
                    self.told += 1;
                }
                ClientEvent::LeftOut { .. } => prop_assert!(false, "nothing is left out"),
                ClientEvent::Done { txn, outcome, .. } => {
                    let text = format!("nossa {}", self.posts.keys().position(|post| *post == txn).expect("ours"));
                    match &outcome {
                        Outcome::Answer(Answer::Post { seq, .. }) => {
                            prop_assert_eq!(&*self.said(*seq).text, text.as_str());
                        }
                        Outcome::Unknown => prop_assert!(self.forgot),
                        other => prop_assert!(false, "{:?}", other),
                    }
                    let before = self.posts.insert(txn, Some(outcome)).expect("ours");
                    prop_assert!(before.is_none(), "one outcome");
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn settle(&mut self) -> Result<(), TestCaseError> {
        for _ in 0..10_000 {
            for step in [Step::Write, Step::Serve, Step::Read] {
                self.run(&step);
            }
            self.listen()?;
            if self.session.pending() == 0 && self.told == self.head() && self.session.is_open() {
                break;
            }
        }
        prop_assert_eq!((self.session.pending(), self.told), (0, self.head()));
        let timeline = self.session.timeline(ROOM).expect("it is in the room");
        prop_assert!(timeline.shown().all(|message| !self.is_gone(message.seq)), "nothing of it is left");
        for (at, outcome) in self.posts.values().enumerate() {
            let text = format!("nossa {at}");
            let times = self.log.iter().flatten().filter(|message| *message.text == *text).count();
            match outcome {
                Some(Outcome::Answer(_)) => prop_assert_eq!(times, 1, "{} is there once", text),
                Some(_) => prop_assert!(times <= 1),
                None => prop_assert!(false, "{} has no outcome", text),
            }
        }
        Ok(())
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_is_lost_and_nothing_is_there_twice(steps in prop::collection::vec(step(), 0..150)) {
        let mut world = World::new();
        for step in &steps {
            world.run(step);
            world.listen()?;
        }
        world.settle()?;
    }
}

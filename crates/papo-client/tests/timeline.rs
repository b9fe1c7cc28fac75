//! The timeline against every order of events, gaps, resets and reconnects.
//!
//! A world has a room's log and lines to it that are cut, slow and repetitive. Whatever they bring
//! in whatever order: nothing is shown that is not in the log, nothing is told twice or out of order,
//! nothing is held or told once it is known to be taken back, and once all questions are answered the
//! timeline is the log.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use papo_client::timeline::{Ask, Extent, Timeline, Told};
use papo_proto::papo1::server::{Message, Redacted, Redaction, RoomEvent};
use proptest::prelude::*;

/// Missed events that are sent by themselves after a cut line; of more the gap is told.
const RESUME_MAX: u64 = 4;
/// Events of a page.
const PAGE: u32 = 3;

/// What comes over the line.
#[derive(Clone, Debug)]
enum Frame {
    Event(RoomEvent),
    Gap(u64),
    Page(Ask, u64, u64, Vec<RoomEvent>),
}

#[derive(Clone, Debug)]
enum Step {
    /// So many events are appended, and come as messages.
    Append(u8),
    /// A message is taken back, which is an event too.
    TakeBack(u16),
    /// So many are appended while the reader is slow: it is told a gap.
    Behind(u8),
    /// The frame at this place among those on the way arrives.
    Arrive(u16),
    /// It arrives, and once more later.
    Twice(u16),
    /// The hole that is asked about is looked up.
    Ask,
    /// The line is cut: what is on the way is lost, and the client resumes.
    Cut,
    /// The log starts anew with so many events; the line is cut as well.
    Anew(u8),
    /// The oldest events are not kept any more.
    Forget(u8),
    /// The reader scrolls up.
    Older(u8),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (1_u8..5).prop_map(Step::Append),
        2 => any::<u16>().prop_map(Step::TakeBack),
        1 => (1_u8..9).prop_map(Step::Behind),
        8 => any::<u16>().prop_map(Step::Arrive),
        2 => any::<u16>().prop_map(Step::Twice),
        3 => Just(Step::Ask),
        1 => Just(Step::Cut),
        1 => (0_u8..6).prop_map(Step::Anew),
        1 => (0_u8..6).prop_map(Step::Forget),
        1 => (0_u8..9).prop_map(Step::Older),
    ]
}

struct World {
    epoch: u64,
    head: u64,
    first: u64,
    /// The message that each of these events took back.
    redactions: BTreeMap<u64, u64>,
    /// What the client has been told to be taken back.
    known_gone: BTreeSet<u64>,
    on_the_way: VecDeque<Frame>,
    timeline: Timeline,
    extent: Extent,
    /// (epoch, seq) of the stream so far.
    told: Vec<(u64, u64)>,
    left_out: u64,
    began: u64,
}

impl World {
    fn new(extent: Extent) -> Self {
        Self {
            epoch: 1,
            head: 0,
            first: 1,
            redactions: BTreeMap::new(),
            known_gone: BTreeSet::new(),
            on_the_way: VecDeque::new(),
            timeline: Timeline::enter(1, 0, 0, extent),
            extent,
            told: Vec::new(),
            left_out: 0,
            began: 0,
        }
    }

    /// As it was said.
    fn message(&self, seq: u64) -> Message {
        let text = format!("{}.{seq}", self.epoch).into();
        Message { room: 1, seq, at: 0, account: None, author: "Ana".into(), text, txn: None }
    }

    fn is_gone(&self, seq: u64) -> bool {
        self.redactions.values().any(|&gone| gone == seq)
    }

    /// As it is in the log now.
    fn event(&self, seq: u64) -> RoomEvent {
        let author = || "Ana".into();
        if let Some(&gone) = self.redactions.get(&seq) {
            RoomEvent::Redaction(Redaction { room: 1, seq, at: 0, author: author(), seqs: vec![gone] })
        } else if self.is_gone(seq) {
            RoomEvent::Redacted(Redacted { room: 1, seq, at: 0, author: author() })
        } else {
            RoomEvent::Message(self.message(seq))
        }
    }

    fn take_back(&mut self, at: u16) {
        let messages: Vec<u64> =
            (1..=self.head).filter(|seq| !self.redactions.contains_key(seq) && !self.is_gone(*seq)).collect();
        if messages.is_empty() {
            return;
        }
        self.head += 1;
        self.redactions.insert(self.head, messages[usize::from(at) % messages.len()]);
        self.on_the_way.push_back(Frame::Event(self.event(self.head)));
    }

    /// The client is about to be told this.
    fn note(&mut self, event: &RoomEvent) {
        match event {
            RoomEvent::Redacted(redacted) => self.known_gone.extend([redacted.seq]),
            RoomEvent::Redaction(redaction) => self.known_gone.extend(&redaction.seqs),
            RoomEvent::Message(_) | RoomEvent::Unknown => {}
        }
    }

    fn first(&self) -> u64 {
        if self.first > self.head { 0 } else { self.first }
    }

    fn page(&self, ask: Ask) -> Frame {
        let from = self.first.max(ask.after + 1);
        let events = (from..=self.head).take(ask.limit as usize).map(|seq| self.event(seq)).collect();
        Frame::Page(ask, self.first(), self.head, events)
    }

    fn resume(&mut self) {
        self.on_the_way.clear();
        if self.timeline.epoch() != self.epoch {
            self.timeline = Timeline::enter(self.epoch, self.first(), self.head, self.extent);
            (self.told, self.left_out) = (Vec::new(), 0);
            let before_first = if self.first() == 0 { self.head } else { self.first - 1 };
            self.began = if self.extent.whole { before_first } else { self.head };
            return;
        }
        let from = self.timeline.cursor() + 1;
        if from < self.first || self.head + 1 > from + RESUME_MAX {
            if from <= self.head {
                self.on_the_way.push_back(Frame::Gap(self.head));
            }
        } else {
            for seq in from..=self.head {
                self.on_the_way.push_back(Frame::Event(self.event(seq)));
            }
        }
    }

    fn take(&mut self, frame: Frame) {
        match frame {
            Frame::Event(event) => {
                self.note(&event);
                self.timeline.handle_event(event);
            }
            Frame::Gap(to) => self.timeline.handle_gap(to),
            Frame::Page(ask, first, head, events) => {
                for event in &events {
                    self.note(event);
                }
                self.timeline.handle_page(ask, first, head, events);
            }
        }
    }

    fn run(&mut self, step: &Step) {
        match *step {
            Step::Append(count) => {
                for _ in 0..count {
                    self.head += 1;
                    self.on_the_way.push_back(Frame::Event(self.event(self.head)));
                }
            }
            Step::TakeBack(at) => self.take_back(at),
            Step::Behind(count) => {
                self.head += u64::from(count);
                self.on_the_way.push_back(Frame::Gap(self.head));
            }
            Step::Arrive(at) | Step::Twice(at) if !self.on_the_way.is_empty() => {
                let at = usize::from(at) % self.on_the_way.len();
                let frame = self.on_the_way.remove(at).expect("it is there");
                if matches!(step, Step::Twice(_)) {
                    self.on_the_way.push_back(frame.clone());
                }
                self.take(frame);
            }
            Step::Arrive(_) | Step::Twice(_) => {}
            Step::Ask => {
                if let Some(ask) = self.timeline.poll_ask(PAGE) {
                    self.on_the_way.push_back(self.page(ask));
                }
            }
            Step::Cut => self.resume(),
            Step::Anew(head) => {
                (self.epoch, self.head, self.first) = (self.epoch + 1, head.into(), 1);
                (self.redactions, self.known_gone) = (BTreeMap::new(), BTreeSet::new());
                self.resume();
            }
            Step::Forget(count) => self.first = (self.first + u64::from(count)).min(self.head + 1),
            Step::Older(back) => self.timeline.want_from(self.head.saturating_sub(back.into())),
        }
    }

    fn listen(&mut self) -> Result<(), TestCaseError> {
        while let Some(told) = self.timeline.poll_told() {
            let next = self.began + 1 + self.left_out + self.told.len() as u64;
            let seq = match told {
                Told::LeftOut(count) => {
                    self.left_out += count;
                    continue;
                }
                Told::Message(message) => {
                    prop_assert_eq!(&message, &self.message(message.seq), "as it was said");
                    prop_assert!(!self.known_gone.contains(&message.seq), "nothing is told that was taken back");
                    message.seq
                }
                Told::Redacted(redacted) => {
                    prop_assert!(self.is_gone(redacted.seq));
                    redacted.seq
                }
                Told::Redaction(redaction) => {
                    prop_assert_eq!(&RoomEvent::Redaction(redaction.clone()), &self.event(redaction.seq));
                    redaction.seq
                }
            };
            prop_assert_eq!(seq, next, "each once, in order, none passed over in silence");
            self.told.push((self.epoch, seq));
        }
        prop_assert!(self.timeline.shown().all(|message| *message == self.message(message.seq)));
        prop_assert!(self.timeline.shown().all(|message| !self.known_gone.contains(&message.seq)));
        let held = self.held();
        prop_assert!(held.is_sorted_by(|a, b| a < b));
        prop_assert!(held.len() as u64 <= self.extent.window);
        let missing: Vec<u64> = self.timeline.missing().flat_map(|(from, to)| from..=to).collect();
        prop_assert!(missing.iter().all(|seq| !held.contains(seq)), "what is held is not missing");
        prop_assert!(missing.len() as u64 <= self.extent.window);
        Ok(())
    }

    fn held(&self) -> Vec<u64> {
        let seq = |event: &RoomEvent| match event {
            RoomEvent::Message(message) => message.seq,
            RoomEvent::Redacted(redacted) => redacted.seq,
            RoomEvent::Redaction(redaction) => redaction.seq,
            RoomEvent::Unknown => panic!("nothing unknown is sent here"),
        };
        self.timeline.events().map(seq).collect()
    }

    /// The line holds from now on, and every question is answered.
    fn settle(&mut self) -> Result<(), TestCaseError> {
        self.resume();
        for _ in 0..1000 {
            while let Some(frame) = self.on_the_way.pop_front() {
                self.take(frame);
                self.listen()?;
            }
            let Some(ask) = self.timeline.poll_ask(PAGE) else { return Ok(()) };
            self.on_the_way.push_back(self.page(ask));
        }
        Err(TestCaseError::fail("questions without end"))
    }
}

fn holds(extent: Extent, steps: &[Step], lossless: bool) -> Result<(), TestCaseError> {
    let mut world = World::new(extent);
    for step in steps {
        world.run(step);
        world.listen()?;
    }
    world.settle()?;
    prop_assert_eq!(world.timeline.head(), world.head);
    prop_assert_eq!(world.timeline.cursor(), world.head, "everything was told or said to be left out");
    prop_assert_eq!(world.timeline.missing().count(), 0);
    if lossless {
        prop_assert_eq!(world.left_out, 0);
        let told: Vec<u64> = world.told.iter().map(|(_, seq)| *seq).collect();
        let log: Vec<u64> = (world.began + 1..=world.head).collect();
        prop_assert_eq!(&told, &log, "what was told is the log");
        prop_assert!(world.held().ends_with(&log), "what is held is the log");
        prop_assert!(world.timeline.shown().all(|message| !world.is_gone(message.seq)), "nothing of it is left");
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn it_becomes_the_log(whole: bool, steps in prop::collection::vec(step(), 0..80)) {
        let kept: Vec<Step> = steps.into_iter().filter(|step| !matches!(step, Step::Forget(_))).collect();
        holds(Extent { whole, window: u64::MAX }, &kept, true)?;
    }

    #[test]
    fn what_is_gone_or_too_far_behind_is_told(
        whole: bool,
        window in 1_u64..12,
        steps in prop::collection::vec(step(), 0..80),
    ) {
        holds(Extent { whole, window }, &steps, false)?;
    }
}

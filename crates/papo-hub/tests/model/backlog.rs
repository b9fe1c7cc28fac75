//! Two logs with one budget of bytes, against plain lists: what each reader reads, which runs of
//! frames are kept, and that only the oldest of all are dropped.

use std::collections::VecDeque;
use std::sync::Arc;

use papo_hub::backlog::Backlog;
use papo_hub::{Cursor, Log, Position, Read};
use papo_proto::encoding::Item;
use papo_proto::{Encoding, Ephemeral, Framing, RoomId, RoomName, Seq, SessionId};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;

use crate::steps::turn;
use crate::tail::{Decoder, Got, Tail, Turn};

#[derive(Clone, Debug)]
enum Step {
    /// A message of so many bytes, or a notice.
    Append {
        log: usize,
        author: u64,
        bytes: Option<usize>,
    },
    Seal {
        log: usize,
    },
    Begin {
        log: usize,
        encoding: Encoding,
        session: u64,
    },
    End(Index),
    Read(Index, Turn),
}

fn step() -> impl Strategy<Value = Step> {
    let bytes =
        prop_oneof![2 => Just(None), 5 => (0..100_usize).prop_map(Some), 1 => (20_000..90_000_usize).prop_map(Some)];
    prop_oneof![
        30 => (0..2_usize, 1..4_u64, bytes).prop_map(|(log, author, bytes)| Step::Append { log, author, bytes }),
        10 => (0..2_usize).prop_map(|log| Step::Seal { log }),
        5 => (0..2_usize, 0..Encoding::COUNT, 1..4_u64)
            .prop_map(|(log, at, session)| Step::Begin { log, encoding: Encoding::at(at), session }),
        3 => any::<Index>().prop_map(Step::End),
        15 => (any::<Index>(), turn()).prop_map(|(who, turn)| Step::Read(who, turn)),
    ]
}

/// A run of frames that is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Run {
    log: usize,
    encoding: usize,
    begin: Cursor,
    end: Cursor,
    bytes: usize,
}

struct Reader {
    log: usize,
    tail: Tail,
    decoder: Decoder,
    /// Where it ended, when it did.
    upto: Option<Cursor>,
    /// The position of the next thing that it may read.
    next: u64,
}

struct Bench {
    logs: Vec<Arc<Log>>,
    /// What happened in each: the item, its author, whether it is an event.
    happened: Vec<Vec<(Item, u64, bool)>>,
    /// The head of each log when it was sealed.
    sealed: Vec<Cursor>,
    backlog: Backlog,
    budget: usize,
    kept: VecDeque<Run>,
    readers: Vec<Reader>,
}

impl Bench {
    fn new(budget: usize) -> Self {
        let log = |id| Arc::new(Log::new(RoomId(id), RoomName::lobby(), Seq(0)));
        Self {
            logs: vec![log(1), log(2)],
            happened: vec![Vec::new(), Vec::new()],
            sealed: vec![Cursor::default(); 2],
            backlog: Backlog::new(budget),
            budget,
            kept: VecDeque::new(),
            readers: Vec::new(),
        }
    }

    fn step(&mut self, step: &Step) {
        match step {
            Step::Append { log, author, bytes } => self.append(*log, *author, *bytes),
            Step::Seal { log } => self.seal(*log),
            Step::Begin { log, encoding, session } => {
                let cursor = self.logs[*log].add_reader(*encoding);
                let (session, encoding) = (SessionId(*session), *encoding);
                let tail = Tail { log: self.logs[*log].clone(), cursor, encoding, session };
                let decoder = Decoder::new(encoding.framing);
                self.readers.push(Reader { log: *log, tail, decoder, upto: None, next: cursor.position.0 });
            }
            Step::End(who) if !self.readers.is_empty() => {
                let reader = who.index(self.readers.len());
                let reader = &mut self.readers[reader];
                if reader.upto.is_none() {
                    reader.upto = Some(reader.tail.log.remove_reader(reader.tail.encoding));
                }
            }
            Step::Read(who, turn) if !self.readers.is_empty() => self.read(who.index(self.readers.len()), *turn),
            Step::End(_) | Step::Read(..) => {}
        }
    }

    fn append(&mut self, log: usize, author: u64, bytes: Option<usize>) {
        let item = match bytes {
            Some(bytes) => {
                let (seq, text) = (self.logs[log].head().seq.next(), "x".repeat(bytes).into());
                Item::Message {
                    seq,
                    at_ms: 0,
                    person: papo_proto::Person::NOBODY,
                    author: "Ana".into(),
                    text,
                    txn: None,
                }
            }
            None => Item::Told(Ephemeral::Lost(vec!["Bia".into()])),
        };
        let seq = bytes.map(|_| self.logs[log].head().seq.next());
        self.logs[log].append(&item, SessionId(author), seq);
        self.happened[log].push((item, author, bytes.is_some()));
    }

    fn seal(&mut self, log: usize) {
        let mut told = Vec::new();
        self.logs[log].seal(|encoding, bytes| told.push((encoding, bytes)));
        let mut new: Vec<VecDeque<Run>> =
            (0..Encoding::COUNT).map(|encoding| self.runs(log, encoding, self.sealed[log].position).into()).collect();
        for (encoding, bytes) in told {
            let run = new[encoding].pop_front().expect("a run that is told of is there");
            assert_eq!(run.bytes, bytes);
            self.kept.push_back(run);
            self.backlog.add(&self.logs[log], encoding, bytes);
        }
        assert!(new.iter().all(VecDeque::is_empty), "each run is told of");
        self.sealed[log] = self.logs[log].head();
        self.backlog.shrink();
        while self.kept.iter().map(|run| run.bytes).sum::<usize>() > self.budget {
            self.kept.pop_front();
        }
        assert_eq!(self.backlog.bytes(), self.kept.iter().map(|run| run.bytes).sum::<usize>());
        for encoding in 0..Encoding::COUNT {
            let kept = self.kept.iter().filter(|run| run.log == log && run.encoding == encoding);
            assert_eq!(self.runs(log, encoding, Position(0)), kept.copied().collect::<Vec<_>>());
        }
    }

    /// The runs from a position on, as a reader finds them.
    fn runs(&self, log: usize, encoding: usize, mut from: Position) -> Vec<Run> {
        let mut runs = Vec::new();
        while from < self.logs[log].head().position {
            match self.logs[log].read(Encoding::at(encoding), from, 3) {
                Read::Behind(next) => from = next.position,
                Read::Segments(segments) => {
                    for segment in segments {
                        let (begin, end) = (segment.begin(), segment.end());
                        assert!(begin.position <= from && from < end.position, "runs follow each other");
                        from = end.position;
                        runs.push(Run { log, encoding, begin, end, bytes: segment.cost_bytes() });
                    }
                }
            }
        }
        runs
    }

    fn read(&mut self, at: usize, turn: Turn) {
        let reader = &mut self.readers[at];
        let upto = reader.upto.unwrap_or_else(|| reader.tail.log.head());
        if reader.tail.cursor.position >= upto.position {
            return;
        }
        let mut got = VecDeque::new();
        let (written, rest) = reader.tail.read(upto, turn, &mut got);
        reader.decoder.take(&[written, rest].concat(), &mut got);
        for got in got {
            match got {
                Got::Line(line) => self.check_line(at, &line),
                Got::Missed { from, to, .. } => self.check_missed(at, from, to),
                Got::Place(_, cursor) => self.check_place(at, cursor),
                Got::Closed => unreachable!("nobody closes"),
            }
        }
        // Whatever lies before the cursor has been read, or is the reader's own.
        let Reader { log, tail, next, .. } = &self.readers[at];
        let skipped = &self.happened[*log][*next as usize..(tail.cursor.position.0 as usize).max(*next as usize)];
        assert!(skipped.iter().all(|(_, author, _)| *author == tail.session.0), "nothing is left out");
    }

    fn check_line(&mut self, at: usize, line: &str) {
        let Reader { log, tail, next, .. } = &mut self.readers[at];
        let (item, author, _) = loop {
            let happened = &self.happened[*log][*next as usize];
            *next += 1;
            if happened.1 != tail.session.0 {
                break happened;
            }
        };
        let mut expected = Vec::new();
        let encoding = Encoding { framing: Framing::Length, ..tail.encoding };
        encoding.item(tail.log.room(), "geral", item, &mut expected);
        assert_eq!(line.as_bytes(), &expected[4..], "by {author}");
    }

    fn check_missed(&mut self, at: usize, from: Cursor, to: Cursor) {
        self.check_place(at, from);
        self.check_place(at, to);
        let Reader { log, tail, next, .. } = &mut self.readers[at];
        assert!(to.position <= self.sealed[*log].position, "what is not sealed is not dropped");
        let still_there = self.kept.iter().any(|run| {
            (run.log, run.encoding) == (*log, tail.encoding.index())
                && run.begin.position < to.position
                && from.position < run.end.position
        });
        assert!(!still_there, "only what was dropped is missed");
        *next = to.position.0;
    }

    fn check_place(&self, at: usize, cursor: Cursor) {
        let before = &self.happened[self.readers[at].log][..cursor.position.0 as usize];
        assert_eq!(cursor.seq.0 as usize, before.iter().filter(|(_, _, event)| *event).count());
    }
}

proptest! {
    #![proptest_config(crate::config(1000))]

    #[test]
    fn a_log_keeps_the_newest_runs_and_loses_nothing_else(
        budget in prop_oneof![0..3000_usize, 100_000..300_000_usize],
        steps in vec(step(), 1..150),
    ) {
        let mut bench = Bench::new(budget);
        for step in &steps {
            bench.step(step);
        }
    }
}

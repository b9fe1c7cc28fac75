//! A room's log as readers see it: what happened, encoded, in runs of frames that all readers of
//! an encoding share.

mod segment;

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

use papo_proto::encoding::Item;
use papo_proto::limits::SEGMENT_TARGET_BYTES;
use papo_proto::{Encoding, RoomId, RoomName, Seq, SessionId};

use segment::Open;
pub use segment::{Reader, Segment};

/// How many things happened in the room since its log was opened: events and notices. It orders
/// what is in memory; across restarts only seq does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position(pub u64);

/// A place in a log: everything before it is delivered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cursor {
    /// The place among events and notices.
    pub position: Position,
    /// The newest event before it.
    pub seq: Seq,
}

/// What a reader gets at its cursor.
#[derive(Debug)]
pub enum Read {
    /// Runs of frames that begin at or before the cursor and follow each other; empty at the head.
    Segments(Vec<Arc<Segment>>),
    /// The backlog no longer reaches back to the cursor; it goes on at this one.
    Behind(Cursor),
}

/// One room's log.
///
/// Its own lock lets slow readers catch up without holding the hub; whoever holds it takes no other.
#[derive(Debug)]
pub struct Log {
    room: RoomId,
    name: RoomName,
    /// A bit for each shard that was told of growth and has not looked yet.
    marked: AtomicU64,
    inner: Mutex<Inner>,
}

#[derive(Debug)]
struct Inner {
    head: Cursor,
    tracks: [Track; Encoding::COUNT],
    /// Runs that were closed before [`Log::seal`] tells of them: their encodings and sizes.
    untold: Vec<(usize, usize)>,
}

/// The log in one encoding, written only while somebody reads it.
#[derive(Debug, Default)]
struct Track {
    readers: u32,
    open: Open,
    sealed: VecDeque<Arc<Segment>>,
}

impl Track {
    /// Closes the open run; `untold` takes note of what came of it.
    fn seal(&mut self, encoding: usize, untold: &mut Vec<(usize, usize)>) {
        for segment in self.open.seal(SEGMENT_TARGET_BYTES) {
            untold.push((encoding, segment.cost_bytes()));
            self.sealed.push_back(Arc::new(segment));
        }
    }
}

impl Log {
    /// A log whose newest event so far is `head`; what is before is in the store.
    pub fn new(room: RoomId, name: RoomName, head: Seq) -> Self {
        let head = Cursor { position: Position(0), seq: head };
        let inner = Inner { head, tracks: Default::default(), untold: Vec::new() };
        Self { room, name, marked: AtomicU64::new(0), inner: Mutex::new(inner) }
    }

    /// Whose log it is.
    pub fn room(&self) -> RoomId {
        self.room
    }

    /// The room's name.
    pub fn name(&self) -> &RoomName {
        &self.name
    }

    /// The place after everything that was published.
    pub fn head(&self) -> Cursor {
        self.inner().head
    }

    /// A reader in this encoding begins at the head.
    pub fn add_reader(&self, encoding: Encoding) -> Cursor {
        let mut inner = self.inner();
        inner.tracks[encoding.index()].readers += 1;
        inner.head
    }

    /// A reader in this encoding ends at the head.
    pub fn remove_reader(&self, encoding: Encoding) -> Cursor {
        let mut inner = self.inner();
        inner.tracks[encoding.index()].readers -= 1;
        inner.head
    }

    /// Appends what happened, to be shown to everybody but `author`. True when it is the first
    /// since [`Log::seal`].
    pub fn append(&self, item: &Item, author: SessionId, seq: Option<Seq>) -> bool {
        let person = item.person();
        let mut inner = self.inner();
        let Inner { head, tracks, untold } = &mut *inner;
        let first = tracks.iter().all(|track| track.open.is_empty());
        if let Some(seq) = seq {
            debug_assert_eq!(seq, head.seq.next(), "a log has no gaps");
        }
        let after = Cursor { position: Position(head.position.0 + 1), seq: seq.unwrap_or(head.seq) };
        for (index, track) in tracks.iter_mut().enumerate().filter(|(_, track)| track.readers > 0) {
            let (room, name) = (self.room, self.name.as_str());
            if !track.open.ends_at(head.position) {
                // Nobody read this encoding for a moment; a run has no holes.
                track.seal(index, untold);
            }
            track.open.push(*head, after.seq, (author, person), |out| Encoding::at(index).item(room, name, item, out));
        }
        *head = after;
        first && tracks.iter().any(|track| !track.open.is_empty())
    }

    /// Closes the runs that are open, for their bytes to be counted: `sealed` is told of each that
    /// was closed since the last time, with its encoding's index and its size.
    pub fn seal(&self, mut sealed: impl FnMut(usize, usize)) {
        let mut inner = self.inner();
        let Inner { tracks, untold, .. } = &mut *inner;
        for (index, track) in tracks.iter_mut().enumerate() {
            track.seal(index, untold);
        }
        for (index, bytes) in std::mem::take(untold) {
            sealed(index, bytes);
        }
    }

    /// What follows the cursor, at most `max` runs of frames.
    pub fn read(&self, encoding: Encoding, from: Position, max: usize) -> Read {
        let mut inner = self.inner();
        let Inner { head, tracks, untold } = &mut *inner;
        let track = &mut tracks[encoding.index()];
        // A shard may read while the hub still publishes: all up to the head is there for it.
        track.seal(encoding.index(), untold);
        let sealed = &track.sealed;
        let begin = first_after(sealed, from);
        match sealed.get(begin) {
            Some(segment) if segment.begin().position > from => Read::Behind(segment.begin()),
            Some(_) => Read::Segments(contiguous(sealed, begin, max)),
            None if from < head.position => Read::Behind(*head),
            None => Read::Segments(Vec::new()),
        }
    }

    /// Takes events out of what is in memory: whoever has not read them gets the others, and finds in
    /// the store that these were taken back. `saved` is told of the bytes that went.
    pub fn redact(&self, seqs: &[Seq], mut saved: impl FnMut(usize)) {
        let mut inner = self.inner();
        let Inner { tracks, untold, .. } = &mut *inner;
        for (index, track) in tracks.iter_mut().enumerate() {
            track.seal(index, untold);
            for segment in &mut track.sealed {
                if let Some(without) = segment.without(seqs) {
                    saved(segment.cost_bytes() - without.cost_bytes());
                    *segment = Arc::new(without);
                }
            }
        }
    }

    /// Drops the oldest run of an encoding; returns its size.
    pub fn evict_oldest(&self, encoding: usize) -> usize {
        self.inner().tracks[encoding].sealed.pop_front().map_or(0, |segment| segment.cost_bytes())
    }

    /// Marks the log as grown for a shard; true when it was not marked yet.
    pub fn mark(&self, shard: usize) -> bool {
        let bit = 1 << shard;
        self.marked.fetch_or(bit, Ordering::AcqRel) & bit == 0
    }

    /// The shard looks now: growth after this marks the log again.
    pub fn unmark(&self, shard: usize) {
        self.marked.fetch_and(!(1 << shard), Ordering::AcqRel);
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().expect("invariant: a panic inside a log ends the process")
    }
}

/// The index of the first segment that ends after a position. Nearly every reader wants the newest,
/// and to search for it would touch many old ones that are in no cache.
fn first_after(sealed: &VecDeque<Arc<Segment>>, from: Position) -> usize {
    match sealed.back() {
        Some(newest) if newest.begin().position <= from => sealed.len() - usize::from(newest.end().position > from),
        _ => sealed.partition_point(|segment| segment.end().position <= from),
    }
}

/// Up to `max` segments from `begin` on that follow each other: an encoding that nobody read for a
/// while has a hole, and what is behind it is another read.
fn contiguous(sealed: &VecDeque<Arc<Segment>>, begin: usize, max: usize) -> Vec<Arc<Segment>> {
    let mut run: Vec<Arc<Segment>> = Vec::new();
    for segment in sealed.range(begin..).take(max) {
        if run.last().is_some_and(|last| last.end().position != segment.begin().position) {
            break;
        }
        run.push(segment.clone());
    }
    run
}

#[cfg(test)]
mod tests {
    use super::*;
    use papo_proto::{Framing, Lang};

    const TCP: Encoding = Encoding::text(Framing::Length, Lang::PtBr);
    const WEB: Encoding = Encoding::text(Framing::WebSocket, Lang::PtBr);

    fn log() -> Log {
        Log::new(RoomId(1), RoomName::lobby(), Seq(0))
    }

    fn say(log: &Log, seq: u64, text: &str) {
        log.append(&item(text), SessionId(9), Some(Seq(seq)));
        log.seal(|_, _| {});
    }

    fn item(text: &str) -> Item {
        let (author, person) = ("Ana".into(), papo_proto::Person::NOBODY);
        Item::Message { seq: Seq(0), at_ms: 0, person, author, text: text.into(), txn: None }
    }

    /// The texts that a reader gets from a position on.
    fn texts(log: &Log, encoding: Encoding, from: u64, reader: u64) -> Vec<String> {
        let Read::Segments(segments) = log.read(encoding, Position(from), 64) else { panic!("behind") };
        let mut bytes = Vec::new();
        for segment in segments {
            segment.slices(Position(from), log.head().position, &SessionId(reader).into(), |slice| {
                bytes.extend_from_slice(slice);
            });
        }
        let mut decoder = papo_proto::frame::FrameDecoder::new(1000);
        let mut input = &bytes[..];
        let mut texts = Vec::new();
        while let Some(papo_proto::Cut::Frame(frame)) = decoder.next(&mut input).expect("valid") {
            texts.push(String::from_utf8_lossy(frame).into_owned());
        }
        texts
    }

    #[test]
    fn a_reader_gets_what_follows_its_cursor_but_not_its_own_words() {
        let log = log();
        log.add_reader(TCP);
        for (seq, text) in ["a", "b", "c"].into_iter().enumerate() {
            say(&log, seq as u64 + 1, text);
        }
        assert_eq!(texts(&log, TCP, 0, 1), ["[#geral] Ana: a", "[#geral] Ana: b", "[#geral] Ana: c"]);
        assert_eq!(texts(&log, TCP, 2, 1), ["[#geral] Ana: c"]);
        assert_eq!(texts(&log, TCP, 3, 1), Vec::<String>::new());
        assert_eq!(texts(&log, TCP, 0, 9), Vec::<String>::new());
    }

    #[test]
    fn what_was_evicted_is_behind() {
        let log = log();
        log.add_reader(TCP);
        for seq in 1..=3 {
            say(&log, seq, "x");
        }
        assert!(log.evict_oldest(TCP.index()) > 0);
        let Read::Behind(next) = log.read(TCP, Position(0), 64) else { panic!("not behind") };
        assert_eq!(next, Cursor { position: Position(1), seq: Seq(1) });
        while log.evict_oldest(TCP.index()) > 0 {}
        let Read::Behind(next) = log.read(TCP, Position(2), 64) else { panic!("not behind") };
        assert_eq!(next, log.head());
    }

    #[test]
    fn nothing_is_left_of_what_is_taken_back() {
        let log = log();
        log.add_reader(TCP);
        for (seq, text) in [(1, "a"), (2, "segredo"), (3, "c")] {
            log.append(&item(text), SessionId(9), Some(Seq(seq)));
        }
        let mut saved = 0;
        log.redact(&[Seq(2)], |bytes| saved += bytes);
        assert_eq!(saved, 4 + "[#geral] Ana: segredo".len());
        assert_eq!(texts(&log, TCP, 0, 1), ["[#geral] Ana: a", "[#geral] Ana: c"]);
        assert_eq!(texts(&log, TCP, 2, 1), ["[#geral] Ana: c"], "places stay as they are");
        log.redact(&[Seq(7)], |_| unreachable!("it is not here"));
    }

    #[test]
    fn an_encoding_that_nobody_read_has_a_hole() {
        let log = log();
        log.add_reader(TCP);
        let web = log.add_reader(WEB);
        say(&log, 1, "a");
        log.remove_reader(WEB);
        say(&log, 2, "b");
        log.add_reader(WEB);
        say(&log, 3, "c");
        assert_eq!(texts(&log, TCP, 0, 1).len(), 3);
        let Read::Segments(run) = log.read(WEB, web.position, 64) else { panic!("behind") };
        assert_eq!(run.len(), 1, "the run ends before the hole");
        assert!(matches!(log.read(WEB, Position(1), 64), Read::Behind(Cursor { position: Position(2), seq: Seq(2) })));
    }

    #[test]
    fn what_is_appended_is_read_before_it_is_sealed() {
        let log = log();
        log.add_reader(TCP);
        assert!(log.append(&item("a"), SessionId(9), Some(Seq(1))));
        assert_eq!(texts(&log, TCP, 0, 1), ["[#geral] Ana: a"]);
        log.append(&item("b"), SessionId(9), Some(Seq(2)));
        assert_eq!(texts(&log, TCP, 0, 1), ["[#geral] Ana: a", "[#geral] Ana: b"]);
        let mut told = 0;
        log.seal(|encoding, bytes| {
            assert_eq!(encoding, TCP.index());
            told += bytes;
        });
        let dropped = log.evict_oldest(TCP.index()) + log.evict_oldest(TCP.index());
        assert_eq!(told, dropped, "each run is counted once");
    }

    #[test]
    fn a_run_ends_where_nobody_read() {
        let log = log();
        log.add_reader(TCP);
        log.append(&item("a"), SessionId(9), Some(Seq(1)));
        log.remove_reader(TCP);
        log.append(&item("b"), SessionId(9), Some(Seq(2)));
        let from = log.add_reader(TCP);
        log.append(&item("c"), SessionId(9), Some(Seq(3)));
        log.seal(|_, _| {});
        assert_eq!(texts(&log, TCP, from.position.0, 1), ["[#geral] Ana: c"]);
    }

    #[test]
    fn a_shard_is_marked_once_until_it_looks() {
        let log = log();
        assert!(log.mark(3));
        assert!(!log.mark(3));
        assert!(log.mark(0));
        log.unmark(3);
        assert!(log.mark(3));
    }
}

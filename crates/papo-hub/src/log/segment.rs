//! A run of frames in one encoding: one slice for all readers, with the places of its frames.

use std::sync::Arc;

use papo_proto::{Person, Seq, SessionId};

use super::{Cursor, Position};

/// What one thing that happened takes of a segment.
#[derive(Clone, Copy, Debug)]
struct Mark {
    /// Where its frame ends.
    end: u32,
    /// How many events the segment has up to and with it.
    events: u32,
    /// Who is not shown it, being its author; 0 for nobody.
    author: SessionId,
    /// Whose it is, for those who ignore somebody.
    person: Person,
}

/// Who reads: nobody is shown their own words again, nor those of whom they ignore.
#[derive(Clone, Debug, Default)]
pub struct Reader {
    /// The session.
    pub session: SessionId,
    /// Whom it ignores, in order; nearly always nobody.
    pub ignored: Option<Arc<[Person]>>,
}

impl Reader {
    fn sees(&self, mark: &Mark) -> bool {
        mark.author != self.session
            && self.ignored.as_ref().is_none_or(|ignored| ignored.binary_search(&mark.person).is_err())
    }
}

impl From<SessionId> for Reader {
    fn from(session: SessionId) -> Self {
        Self { session, ignored: None }
    }
}

/// Frames of consecutive positions. Never changes.
#[derive(Debug)]
pub struct Segment {
    begin: Cursor,
    bytes: Box<[u8]>,
    marks: Box<[Mark]>,
}

impl Segment {
    /// The place before its first frame.
    pub fn begin(&self) -> Cursor {
        self.begin
    }

    /// The place after its last frame.
    pub fn end(&self) -> Cursor {
        self.cursor(self.marks.len())
    }

    /// All its frames.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The author of each frame.
    pub fn authors(&self) -> impl ExactSizeIterator<Item = SessionId> {
        self.marks.iter().map(|mark| mark.author)
    }

    /// What it costs in memory.
    pub fn cost_bytes(&self) -> usize {
        self.bytes.len() + size_of_val(&*self.marks) + size_of::<Self>()
    }

    /// The runs of bytes from one position up to another, without what `reader` is not shown.
    pub fn slices<'a>(&'a self, from: Position, upto: Position, reader: &Reader, mut each: impl FnMut(&'a [u8])) {
        let (first, last) = (self.index(from), self.index(upto));
        let mut begin = self.offset(first);
        let mut end = begin;
        for mark in &self.marks[first..last] {
            if !reader.sees(mark) {
                if begin < end {
                    each(&self.bytes[begin..end]);
                }
                begin = mark.end as usize;
            }
            end = mark.end as usize;
        }
        if begin < end {
            each(&self.bytes[begin..end]);
        }
    }

    /// Where a reader stands that took `taken` bytes of [`Segment::slices`] from `from` on, and the
    /// rest of the frame that it is in the middle of.
    pub fn advance(&self, from: Position, reader: &Reader, mut taken: usize) -> (Cursor, &[u8]) {
        let mut at = self.index(from);
        let mut begin = self.offset(at);
        while at < self.marks.len() {
            let mark = self.marks[at];
            let end = mark.end as usize;
            let shown = reader.sees(&mark);
            if shown && taken == 0 {
                break;
            }
            at += 1;
            if shown && taken < end - begin {
                return (self.cursor(at), &self.bytes[begin + taken..end]);
            }
            if shown {
                taken -= end - begin;
            }
            begin = end;
        }
        (self.cursor(at), &[])
    }

    /// The same without the frames of these events, whose places stay; nothing when it has none of them.
    pub(super) fn without(&self, seqs: &[Seq]) -> Option<Segment> {
        let is_out = |index: usize| {
            let (before, after) = (self.cursor(index).seq, self.cursor(index + 1).seq);
            after > before && seqs.contains(&after)
        };
        if !(0..self.marks.len()).any(is_out) {
            return None;
        }
        let mut bytes = Vec::with_capacity(self.bytes.len());
        let marks = self.marks.iter().enumerate().map(|(index, mark)| {
            if !is_out(index) {
                bytes.extend_from_slice(&self.bytes[self.offset(index)..mark.end as usize]);
            }
            Mark { end: bytes.len() as u32, ..*mark }
        });
        let marks = marks.collect();
        Some(Segment { begin: self.begin, bytes: bytes.into(), marks })
    }

    /// The cursor of a reader that has everything before `position`, which is within or at its ends.
    pub fn cursor_at(&self, position: Position) -> Cursor {
        self.cursor(self.index(position))
    }

    fn index(&self, position: Position) -> usize {
        (position.0.saturating_sub(self.begin.position.0) as usize).min(self.marks.len())
    }

    fn offset(&self, index: usize) -> usize {
        index.checked_sub(1).map_or(0, |before| self.marks[before].end as usize)
    }

    fn cursor(&self, index: usize) -> Cursor {
        let events = index.checked_sub(1).map_or(0, |before| self.marks[before].events);
        Cursor {
            position: Position(self.begin.position.0 + index as u64),
            seq: Seq(self.begin.seq.0 + u64::from(events)),
        }
    }
}

/// A segment that is being written.
#[derive(Debug, Default)]
pub(super) struct Open {
    begin: Cursor,
    bytes: Vec<u8>,
    marks: Vec<Mark>,
}

impl Open {
    pub(super) fn is_empty(&self) -> bool {
        self.marks.is_empty()
    }

    /// Whether what happens at this position follows its last frame; an empty one begins anywhere.
    pub(super) fn ends_at(&self, position: Position) -> bool {
        self.is_empty() || self.begin.position.0 + self.marks.len() as u64 == position.0
    }

    /// Adds what happened at `head`, after which the newest event is `seq`.
    pub(super) fn push(
        &mut self,
        head: Cursor,
        seq: Seq,
        (author, person): (SessionId, Person),
        encode: impl FnOnce(&mut Vec<u8>),
    ) {
        if self.is_empty() {
            self.begin = head;
        }
        encode(&mut self.bytes);
        let end = self.bytes.len() as u32;
        self.marks.push(Mark { end, events: (seq.0 - self.begin.seq.0) as u32, author, person });
    }

    /// Closes it into segments of about `target_bytes`, a frame at least each, and is empty again.
    pub(super) fn seal(&mut self, target_bytes: usize) -> Vec<Segment> {
        let mut segments = Vec::new();
        let (mut from, mut offset, mut begin) = (0, 0, self.begin);
        for at in 0..self.marks.len() {
            let mark = self.marks[at];
            let is_last = at + 1 == self.marks.len();
            if !is_last && (self.marks[at + 1].end - offset) as usize <= target_bytes {
                continue;
            }
            let events = (begin.seq.0 - self.begin.seq.0) as u32;
            let part = self.marks[from..=at].iter();
            let marks = part.map(|m| Mark { end: m.end - offset, events: m.events - events, ..*m }).collect();
            let bytes = self.bytes[offset as usize..mark.end as usize].into();
            segments.push(Segment { begin, bytes, marks });
            from = at + 1;
            offset = mark.end;
            begin = segments.last().map_or(begin, Segment::end);
        }
        // A busy room gives its buffers back: thousands of rooms are quiet.
        self.bytes = Vec::new();
        self.marks = Vec::new();
        segments
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A segment of frames `aa`, `bb` … by authors 1, 2 …, where an upper-case letter is no event.
    fn segment(frames: &[(&str, u64)]) -> Segment {
        let mut open = Open::default();
        let mut head = Cursor { position: Position(10), seq: Seq(5) };
        for (text, author) in frames {
            let seq = if text.starts_with(char::is_uppercase) { head.seq } else { head.seq.next() };
            open.push(head, seq, (SessionId(*author), Person::Guest(SessionId(*author))), |out| {
                out.extend_from_slice(text.as_bytes());
            });
            head = Cursor { position: Position(head.position.0 + 1), seq };
        }
        open.seal(1 << 20).pop().expect("one segment")
    }

    fn sliced(segment: &Segment, from: u64, upto: u64, reader: u64) -> Vec<String> {
        let mut slices = Vec::new();
        segment.slices(Position(from), Position(upto), &SessionId(reader).into(), |slice| {
            slices.push(String::from_utf8_lossy(slice).into_owned());
        });
        slices
    }

    #[test]
    fn slices_leave_out_ones_own() {
        let segment = segment(&[("aa", 1), ("bb", 2), ("cc", 1), ("dd", 3)]);
        assert_eq!(sliced(&segment, 10, 14, 9), ["aabbccdd"]);
        assert_eq!(sliced(&segment, 10, 14, 1), ["bb", "dd"]);
        assert_eq!(sliced(&segment, 11, 13, 3), ["bbcc"]);
        assert_eq!(sliced(&segment, 0, 99, 3), ["aabbcc"]);
        assert_eq!(sliced(&segment, 14, 99, 9), Vec::<String>::new());
    }

    #[test]
    fn slices_leave_out_whom_one_ignores() {
        let segment = segment(&[("aa", 1), ("bb", 2), ("cc", 1), ("dd", 3)]);
        let ignored = [Person::Account(papo_proto::AccountId(1)), Person::Guest(SessionId(1))];
        let reader = Reader { session: SessionId(3), ignored: Some(ignored.into()) };
        let mut seen = Vec::new();
        segment.slices(Position(10), Position(14), &reader, |slice| seen.extend_from_slice(slice));
        assert_eq!(seen, b"bb");
        let (cursor, rest) = segment.advance(Position(10), &reader, 1);
        assert_eq!((cursor.position.0, rest), (12, &b"b"[..]));
    }

    #[test]
    fn a_partial_write_stops_inside_a_frame() {
        let segment = segment(&[("aa", 1), ("BB", 2), ("cc", 1), ("dd", 3)]);
        let at = |taken, reader| {
            let (cursor, rest) = segment.advance(Position(10), &SessionId(reader).into(), taken);
            (cursor.position.0, cursor.seq.0, String::from_utf8_lossy(rest).into_owned())
        };
        assert_eq!(at(0, 9), (10, 5, String::new()));
        assert_eq!(at(1, 9), (11, 6, "a".into()));
        assert_eq!(at(2, 9), (11, 6, String::new()));
        assert_eq!(at(3, 9), (12, 6, "B".into()));
        assert_eq!(at(8, 9), (14, 8, String::new()));
        assert_eq!(at(1, 1), (12, 6, "B".into()), "its own frame is passed over");
        assert_eq!(at(2, 1), (13, 7, String::new()), "also after the last byte taken");
    }

    #[test]
    fn a_large_run_is_closed_in_parts_that_follow_each_other() {
        let mut open = Open::default();
        for n in 0..10 {
            let head = Cursor { position: Position(n), seq: Seq(n) };
            open.push(head, Seq(n + 1), (SessionId(1), Person::NOBODY), |out| out.extend_from_slice(b"12345678"));
        }
        let parts = open.seal(20);
        assert_eq!(parts.len(), 5);
        for pair in parts.windows(2) {
            assert_eq!(pair[0].end(), pair[1].begin());
        }
        assert_eq!(parts[4].end(), Cursor { position: Position(10), seq: Seq(10) });
        assert!(open.is_empty());
    }
}

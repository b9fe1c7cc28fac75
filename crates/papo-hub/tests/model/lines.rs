//! What one connection must read: every line once, in the orders that are promised.
//!
//! A text client reads everything in one order. A program in several rooms reads the answers in
//! their order, each room's log in its order, and what is about a room behind what happened there
//! before; what lies between different rooms may change places.

use std::collections::BTreeMap;

/// Where a line comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum From {
    /// An answer, about a room that the connection reads, if it is about one.
    Answer(Option<u64>),
    /// A room's log, and how many things had happened in it with this one; 0 for what was missed.
    Log(u64, u64),
    /// Read from the store: an answer without a place among what happens.
    Store,
}

/// A line that is still to be read.
#[derive(Debug)]
struct Line {
    text: String,
    from: From,
    /// The seq of the room up to which the client has everything when it has this line.
    upto: Option<(u64, u64)>,
    /// Answers before this place were given before the room was entered.
    entered: usize,
    /// Everything from this place on was told after the room was left.
    left: usize,
    taken: bool,
}

/// All lines of one connection.
#[derive(Debug, Default)]
pub(crate) struct Lines {
    is_text: bool,
    all: Vec<Line>,
    /// All before this one are taken.
    first: usize,
    entered: BTreeMap<u64, usize>,
}

impl Lines {
    pub(crate) fn new(is_text: bool) -> Self {
        Self { is_text, ..Self::default() }
    }

    pub(crate) fn push(&mut self, text: String, from: From, upto: Option<(u64, u64)>) {
        let room = match from {
            From::Log(room, _) => self.entered.get(&room).copied(),
            From::Answer(_) | From::Store => None,
        };
        self.all.push(Line { text, from, upto, entered: room.unwrap_or(0), left: usize::MAX, taken: false });
    }

    /// From here on the room is read.
    pub(crate) fn enter(&mut self, room: u64) {
        self.entered.insert(room, self.all.len());
    }

    /// Up to here the room is read.
    pub(crate) fn exit(&mut self, room: u64) {
        let end = self.all.len();
        for line in &mut self.all[self.first..] {
            if matches!(line.from, From::Log(of, _) if of == room) {
                line.left = line.left.min(end);
            }
        }
    }

    /// A line has arrived. Returns the seq up to which its room is complete for the client.
    ///
    /// # Errors
    /// It is not one that may be read next; those that may.
    pub(crate) fn arrive(&mut self, text: &str) -> Result<Option<(u64, u64)>, Vec<&str>> {
        let waiting = |lines: &[Line]| -> Option<usize> {
            let mut open: Vec<usize> = Vec::new();
            for (at, line) in lines.iter().enumerate().skip(self.first).filter(|(_, line)| !line.taken) {
                if line.text == text && open.iter().all(|&before| !self.goes_first(before, at)) {
                    return Some(at);
                }
                open.push(at);
            }
            None
        };
        let Some(at) = waiting(&self.all) else {
            return Err(self.unread().into_iter().take(8).collect());
        };
        self.all[at].taken = true;
        self.advance();
        Ok(self.all[at].upto)
    }

    /// Whether the earlier line must be read before the later one.
    fn goes_first(&self, before: usize, after: usize) -> bool {
        let (a, b) = (&self.all[before], &self.all[after]);
        let is_beside = !self.is_text && matches!(b.from, From::Log(..)) && b.entered < a.left;
        if after >= a.left && !is_beside {
            return true;
        }
        match (a.from, b.from) {
            (From::Store | From::Answer(_), From::Store | From::Answer(_)) => true,
            (From::Store, From::Log(..)) | (From::Log(..), From::Store) => !self.is_text && before < b.entered,
            _ if self.is_text => true,
            (From::Log(one, _), From::Log(other, _) | From::Answer(Some(other))) => one == other,
            (From::Answer(one), From::Log(other, _)) => one == Some(other) || before < b.entered,
            (From::Log(..), From::Answer(None)) => false,
        }
    }

    /// The log said that what lies between these places of a room is gone.
    pub(crate) fn miss(&mut self, room: u64, from: u64, to: u64) {
        let first = self.first;
        for line in &mut self.all[first..] {
            let gone = matches!(line.from, From::Log(of, at) if of == room && from < at && at <= to);
            line.taken |= gone;
        }
        self.advance();
    }

    fn advance(&mut self) {
        while self.all.get(self.first).is_some_and(|line| line.taken) {
            self.first += 1;
        }
    }

    pub(crate) fn unread(&self) -> Vec<&str> {
        self.all[self.first..].iter().filter(|line| !line.taken).map(|line| &*line.text).collect()
    }
}

#[test]
fn orders_are_told_apart() {
    let program = || {
        let mut lines = Lines::new(false);
        lines.push("hello".into(), From::Answer(None), None);
        lines.enter(1);
        lines.enter(2);
        lines.push("a1".into(), From::Log(1, 1), None);
        lines.push("b1".into(), From::Log(2, 1), None);
        lines.push("pong".into(), From::Answer(None), None);
        lines.push("about 1".into(), From::Answer(Some(1)), None);
        lines.push("a2".into(), From::Log(1, 2), None);
        lines
    };
    for (order, good) in [
        (&["hello", "b1", "a1", "pong", "about 1", "a2"][..], true),
        (&["hello", "pong", "a1", "about 1", "b1", "a2"], true),
        (&["a1"], false),
        (&["hello", "about 1"], false),
        (&["hello", "pong", "about 1"], false),
        (&["hello", "a1", "a2"], false),
        (&["hello", "hello"], false),
    ] {
        let mut lines = program();
        let read = order.iter().all(|line| lines.arrive(line).is_ok());
        assert_eq!(read, good, "{order:?}");
    }
}

//! A client that resumed holds exactly the room's log from where it first entered: no hole, nothing
//! twice, in order. A gap that it was told of counts when history has filled it. A text client, which
//! cannot resume, is shown everything between the first and the last line of each of its visits.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::{Event, Fault, Logs, Story, Told};

/// Everything that clients hold otherwise than the logs do.
pub fn check(stories: &[Story], logs: &Logs) -> Vec<Fault> {
    let mut faults = Vec::new();
    for story in stories {
        let rooms: BTreeSet<&String> = story.told.iter().map(|(room, _)| room).collect();
        for room in rooms {
            let log = logs.get(room).map_or(&[][..], Vec::as_slice);
            let mut view = View::default();
            let mut visit = Visit { log, own: &story.names, ..Visit::default() };
            let mut found = |fault: fn(String, u64) -> Fault, seq| faults.push(fault(story.who.clone(), seq));
            for (_, told) in story.told.iter().filter(|(of, _)| of == room) {
                view.hear(told, &mut found);
                visit.hear(told, &mut found);
            }
            view.compare(log, &mut found);
        }
    }
    faults
}

/// Takes a kind of fault and the seq that it is about.
type Found<'a> = dyn FnMut(fn(String, u64) -> Fault, u64) + 'a;

/// A room as a client of papo/1 holds it.
#[derive(Default)]
struct View {
    /// Where it first entered.
    began: Option<u64>,
    /// The seq that comes next by itself.
    next: u64,
    held: BTreeMap<u64, Event>,
}

impl View {
    fn hear(&mut self, told: &Told, found: &mut Found<'_>) {
        match told {
            Told::From(after) => {
                self.began.get_or_insert(*after);
                self.held.retain(|seq, _| seq <= after);
                self.next = after + 1;
            }
            // The first answer of a post that was sent again: its place is behind.
            Told::Own(event) if event.seq < self.next => {}
            Told::Event(event) | Told::Own(event) => self.come(event, found),
            Told::Gap(from, to) => {
                if *from != self.next || to < from {
                    found(Fault::Hole, self.next);
                }
                self.next = to + 1;
            }
            Told::Page(events) => {
                for event in events {
                    self.held.entry(event.seq).or_insert_with(|| event.clone());
                }
            }
            Told::Reset(head) => found(Fault::Reset, *head),
            Told::Entered | Told::Line { .. } => {}
        }
    }

    fn come(&mut self, event: &Event, found: &mut Found<'_>) {
        if event.seq < self.next {
            return found(Fault::Again, event.seq);
        }
        if event.seq > self.next {
            found(Fault::Hole, self.next);
        }
        self.next = event.seq + 1;
        self.held.insert(event.seq, event.clone());
    }

    /// In the end it holds the log.
    fn compare(&self, log: &[Event], found: &mut Found<'_>) {
        let Some(began) = self.began else { return };
        for event in log.iter().filter(|event| event.seq > began) {
            if self.held.get(&event.seq) != Some(event) {
                found(Fault::Hole, event.seq);
            }
        }
    }
}

/// A room as a text client sees it while it is there.
#[derive(Default)]
struct Visit<'a> {
    log: &'a [Event],
    own: &'a [String],
    /// The place of each line of the log.
    places: HashMap<(&'a str, &'a str), usize>,
    /// How much of the log it has seen, from its first line on.
    seen: Option<usize>,
}

impl Visit<'_> {
    fn hear(&mut self, told: &Told, found: &mut Found<'_>) {
        let Told::Line { author, text } = told else {
            if *told == Told::Entered {
                self.seen = None;
            }
            return;
        };
        if self.places.is_empty() {
            let lines = self.log.iter().enumerate();
            self.places = lines.map(|(at, event)| ((event.author.as_str(), event.text.as_str()), at)).collect();
        }
        // What is in no log is the business of another checker.
        let Some(&at) = self.places.get(&(author.as_str(), text.as_str())) else { return };
        let seen = self.seen.unwrap_or(at);
        if at < seen {
            return found(Fault::Again, self.log[at].seq);
        }
        for missed in self.log[seen..at].iter().filter(|event| !self.own.contains(&event.author)) {
            found(Fault::Hole, missed.seq);
        }
        self.seen = Some(at + 1);
    }
}

#[cfg(test)]
mod tests {
    use super::super::{event, log, told};
    use super::*;

    fn live(seq: u64) -> Told {
        Told::Event(of(seq))
    }

    fn own(seq: u64) -> Told {
        Told::Own(of(seq))
    }

    fn of(seq: u64) -> Event {
        event(seq, "Ana", ["", "a", "b", "c", "d", "e"][seq as usize])
    }

    fn page(seqs: &[u64]) -> Told {
        Told::Page(seqs.iter().map(|seq| of(*seq)).collect())
    }

    fn line(seq: u64) -> Told {
        Told::Line { author: "Ana".into(), text: of(seq).text }
    }

    #[test]
    fn a_client_holds_the_log_from_where_it_entered() {
        use Told::{Entered, From, Gap, Reset};
        let logs = log(&[(1, "a"), (2, "b"), (3, "c"), (4, "d")]);
        let hole = |seq| Fault::Hole("Bob".into(), seq);
        let again = |seq| Fault::Again("Bob".into(), seq);
        for (name, heard, expected) in [
            ("all of it", vec![From(0), live(1), live(2), own(3), live(4)], vec![]),
            ("from where it entered", vec![From(2), live(3), live(4)], vec![]),
            ("resumed", vec![From(0), live(1), From(1), live(2), live(3), live(4)], vec![]),
            ("resumed from further back", vec![From(0), live(1), live(2), From(1), live(2), live(3), live(4)], vec![]),
            ("an ack of before", vec![From(0), live(1), live(2), From(2), live(3), own(2), live(4)], vec![]),
            ("a gap that is filled", vec![From(0), Gap(1, 3), live(4), page(&[1, 2]), page(&[3])], vec![]),
            ("lost at the end", vec![From(0), live(1), live(2), live(3)], vec![hole(4)]),
            ("lost in the middle", vec![From(0), live(1), live(3), live(4)], vec![hole(2), hole(2)]),
            ("lost by resuming", vec![From(0), live(1), From(2), live(3), live(4)], vec![hole(2)]),
            ("twice", vec![From(0), live(1), live(2), live(2), live(3), live(4)], vec![again(2)]),
            ("twice by resuming", vec![From(1), live(2), From(2), live(2), live(3), live(4)], vec![again(2)]),
            ("in another order", vec![From(1), live(3), live(2), live(4)], vec![hole(2), again(2), hole(2)]),
            ("an ack too early", vec![From(2), own(4), live(3)], vec![hole(3), again(3), hole(3)]),
            ("a gap that is not filled", vec![From(0), Gap(1, 3), live(4), page(&[1])], vec![hole(2), hole(3)]),
            ("a gap beside the cursor", vec![From(0), Gap(2, 3), live(4), page(&[1, 2, 3])], vec![hole(1)]),
            ("other words", vec![From(3), Told::Event(event(4, "Ana", "x"))], vec![hole(4)]),
            ("another log", vec![From(3), Reset(0), live(4)], vec![Fault::Reset("Bob".into(), 0)]),
            ("lines", vec![Entered, line(2), line(3)], vec![]),
            ("lines of two visits", vec![Entered, line(1), Entered, line(3), line(4)], vec![]),
            ("a line lost", vec![Entered, line(1), line(3)], vec![hole(2)]),
            ("a line twice", vec![Entered, line(1), line(1), line(2)], vec![again(1)]),
            ("lines in another order", vec![Entered, line(2), line(1)], vec![again(1)]),
        ] {
            assert_eq!(check(&[told(&heard)], &logs), expected, "{name}");
        }
    }

    #[test]
    fn a_text_client_is_not_shown_its_own_posts() {
        let mut logs = log(&[(1, "a"), (2, "b"), (3, "c")]);
        logs.get_mut("r").expect("it is there")[1].author = "Bob".into();
        assert_eq!(check(&[told(&[Told::Entered, line(1), line(3)])], &logs), []);
    }
}

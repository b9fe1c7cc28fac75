//! The model's publication: what of the decided happens now, and who reads it.

use papo_proto::{Lang, Reject, Reply, text};

use crate::expected::{Fact, Line, Model};

impl Model {
    /// All that waits for no message to be stored.
    pub(crate) fn publish(&mut self) {
        while self.pending.first().is_some_and(|fact| !matches!(fact, Fact::Said { .. })) {
            let fact = self.pending.remove(0);
            self.happen(fact);
        }
    }

    /// The messages that go to the store next; none while some are there.
    pub(crate) fn take(&mut self) -> Vec<&Fact> {
        if self.stored > 0 {
            return Vec::new();
        }
        let batch: Vec<&Fact> = self.pending.iter().filter(|fact| matches!(fact, Fact::Said { .. })).collect();
        self.stored = batch.len();
        batch
    }

    /// The store is done: all is stored, or nothing, and the error has this id.
    pub(crate) fn stored(&mut self, failed: Option<u64>) {
        while !self.pending.is_empty() {
            if matches!(self.pending[0], Fact::Said { .. }) {
                if self.stored == 0 {
                    return;
                }
                self.stored -= 1;
            }
            match (self.pending.remove(0), failed) {
                (Fact::Said { who, .. }, Some(id)) => {
                    let reply = Reply::Rejected(Reject::Internal { id });
                    self.happen(Fact::Answer { who, reply });
                }
                (fact, _) => self.happen(fact),
            }
        }
    }

    fn happen(&mut self, fact: Fact) {
        match fact {
            Fact::Said { who, room, author, text, .. } => {
                let shown = self.rooms[&room].shown.clone();
                self.show(room, true, Some(who), |_| format!("[#{shown}] {author}: {text}"));
            }
            Fact::Told { room, notice, except } => {
                let Some(shown) = self.rooms.get(&room).map(|room| room.shown.clone()) else { return };
                self.show(room, false, except, |lang| text::ephemeral(lang, &shown, &notice));
            }
            Fact::Answer { who, reply } => {
                let person = &mut self.people[who];
                assert!(!person.closed, "the close is the last");
                person.lines.push(Line { text: text::reply(person.lang, &reply), at: None });
            }
            Fact::Enter { who, room } => self.people[who].reads = Some(room).filter(|id| self.rooms.contains_key(id)),
            Fact::Exit { who } => self.people[who].reads = None,
            Fact::Speak { who, lang } => self.people[who].lang = lang,
            Fact::Close { who } => {
                let person = &mut self.people[who];
                (person.reads, person.closed) = (None, true);
            }
        }
    }

    /// Everybody who reads the room now reads this, but not `except`.
    fn show(&mut self, room: u64, event: bool, except: Option<usize>, line: impl Fn(Lang) -> String) {
        let log = self.logs.get_mut(&room).expect("each room has its log");
        log.push(event);
        let at = Some((room, log.len() as u64));
        for (who, person) in self.people.iter_mut().enumerate() {
            if person.reads == Some(room) && Some(who) != except {
                person.lines.push(Line { text: line(person.lang), at });
            }
        }
    }
}

//! The model's publication: what of the decided happens now, and who reads it.

use papo_hub::CommitError;
use papo_proto::encoding::Item;
use papo_proto::limits::RESUME_MAX_EVENTS;
use papo_proto::words::{Body, Place};
use papo_proto::{Dialect, Encoding, Event, Framing, Lang, Record, Reject, Reply, RoomId, RoomName, Seq, Stored, Txn};

use crate::expected::{DIRECTORY, Model};
use crate::lines::From;
use crate::parts::{Fact, Room, guest, session};

/// A post that is to be decided anew: who sent it, its number, the room, the words.
pub(crate) type Anew = (usize, u64, u64, String);

impl Model {
    /// All that waits for nothing to be stored.
    pub(crate) fn publish(&mut self) {
        while self.pending.first().is_some_and(|fact| !fact.waits_for_the_store()) {
            let fact = self.pending.remove(0);
            self.happen(fact);
        }
    }

    /// The records that go to the store next; none while some are there.
    pub(crate) fn take(&mut self) -> Vec<Record> {
        if self.stored > 0 {
            return Vec::new();
        }
        if !self.pending.is_empty() {
            let again = self.unkept.drain(..).map(Fact::Kept);
            self.pending.splice(0..0, again);
        }
        let batch: Vec<Record> = self.pending.iter().filter_map(Fact::record).collect();
        self.stored = batch.len();
        batch
    }

    /// The store is done: each record has its outcome, or nothing is stored.
    pub(crate) fn stored(&mut self, outcome: Result<&[Stored], CommitError>) -> Vec<Anew> {
        let mut outcomes = outcome.unwrap_or_default().iter();
        let mut anew = Vec::new();
        while let Some(fact) = self.pending.first() {
            let waits = fact.waits_for_the_store();
            if waits && self.stored == 0 {
                break;
            }
            self.stored -= usize::from(waits);
            let fact = self.pending.remove(0);
            if let Fact::Again { who, .. } = fact
                && let Some(program) = &mut self.people[who].program
            {
                program.again = program.again.saturating_sub(1);
            }
            match outcome {
                _ if !waits => self.happen(fact),
                Ok(_) => anew.extend(self.kept(fact, outcomes.next().expect("each record has its outcome").clone())),
                Err(error) => self.refused(&fact, error),
            }
        }
        anew
    }

    fn refused(&mut self, fact: &Fact, error: CommitError) {
        let reply = Reply::Rejected(match error {
            CommitError::Full => Reject::StoreFull,
            CommitError::Fault { id } => Reject::Internal { id },
        });
        match fact {
            Fact::Said { who, txn, .. } | Fact::Made { who, txn, .. } => self.say_to(*who, *txn, &reply),
            Fact::Again { who, txn, .. } => self.say_to(*who, Some(*txn), &reply),
            Fact::Kept(Record::Session(record)) => {
                let whose = (0..self.people.len()).find(|who| session(*who) == record.id);
                let person = &mut self.people[whose.expect("it was there before")];
                if let Some(program) = person.program.as_mut().filter(|_| person.alive) {
                    program.unkept = true;
                }
            }
            // What has ended has ended.
            Fact::Kept(record @ (Record::RoomGone(_) | Record::SessionGone(_))) => {
                if let Record::RoomGone(room) = record {
                    self.ended.remove(&room.0);
                }
                self.unkept.push(record.clone());
            }
            _ => {}
        }
    }

    fn kept(&mut self, fact: Fact, stored: Stored) -> Option<Anew> {
        match (fact, stored) {
            (Fact::Said { who, room, author, text, at_ms, txn }, Stored::Appended(seq)) => {
                let (author, text): (_, std::sync::Arc<str>) = (author.as_str().into(), text.as_str().into());
                let (person, body, txn_of) = (guest(who), Body::Message(text), txn.map(Txn));
                let event = Event { seq, at_ms, session: session(who), txn: txn_of, person, author, body };
                self.said(who, room, event);
                if txn.is_some() {
                    let place = Place { room: RoomId(room), seq, at_ms };
                    self.say_to(who, txn, &Reply::Posted(place));
                }
            }
            (Fact::Said { who, txn, .. }, Stored::Repeated(place)) => self.say_to(who, txn, &Reply::Posted(place)),
            (Fact::Again { who, txn, .. }, Stored::Repeated(place)) => {
                self.say_to(who, Some(txn), &Reply::Posted(place));
            }
            (Fact::Again { who, txn, room, text, from }, _) => {
                // Who has come back by another connection sends it again there.
                let claimed = self.people[who].claimed;
                return (claimed.is_none() || claimed == from).then_some((who, txn, room, text));
            }
            (Fact::Kept(Record::Room(record)), _) => self.is_stored(record.id.0),
            (Fact::Kept(Record::RoomGone(room)), _) => drop(self.ended.remove(&room.0)),
            (Fact::Made { who, txn, record, existed }, _) => {
                self.is_stored(record.id.0);
                if self.rooms.contains_key(&record.id.0) {
                    let room = self.facts(who, record.id.0);
                    self.say_to(who, txn, &Reply::Created { room, existed, cut: false });
                }
            }
            _ => {}
        }
        None
    }

    fn is_stored(&mut self, room: u64) {
        if let Some(room) = self.rooms.get_mut(&room) {
            room.stored = true;
        }
    }

    fn happen(&mut self, fact: Fact) {
        match fact {
            Fact::Told { room, notice, except } => {
                if self.is_published(room) {
                    self.show(room, &Item::Told(notice), except, None);
                }
            }
            Fact::Answer { who, txn, mut reply } => {
                self.bring_up_to_date(who, &mut reply);
                self.say_to(who, txn, &reply);
            }
            Fact::Read { who, txn, room, slice, limit } => {
                if let (Some(conn), true) = (self.people[who].link, self.is_published(room)) {
                    let head = Seq(self.logs[&room].head());
                    let line = format!("<{:?}: {slice:?} of {room}, {limit} up to {head}>", txn.map(Txn));
                    self.conns[conn].lines.push(line, From::Store, None);
                }
            }
            Fact::Enter { who, room, after } => self.read_from(who, room, after),
            Fact::Exit { who, room } => self.read_no_more(who, room),
            Fact::Speak { who, lang } => {
                self.people[who].lang = lang;
                if let Some(conn) = self.people[who].link {
                    self.conns[conn].lang = lang;
                }
            }
            Fact::Attach { who, conn } => {
                self.say_to(who, None, &Reply::Fenced);
                self.unlink(who);
                (self.people[who].link, self.people[who].lang) = (Some(conn), self.conns[conn].lang);
            }
            Fact::Detach { who } => {
                if self.people[who].claimed.is_none() {
                    self.unlink(who);
                }
            }
            Fact::Close { who } => {
                self.unlink(who);
                self.people[who].alive = false;
            }
            Fact::Said { .. } | Fact::Again { .. } | Fact::Kept(_) | Fact::Made { .. } => unreachable!("they wait"),
        }
    }

    fn is_published(&self, room: u64) -> bool {
        room == DIRECTORY || self.rooms.contains_key(&room) || self.ended.contains_key(&room)
    }

    /// The connection of the session reads nothing more and is closed.
    fn unlink(&mut self, who: usize) {
        for room in self.people[who].reads.clone() {
            self.read_no_more(who, room);
        }
        if let Some(conn) = self.people[who].link.take() {
            self.conns[conn].closed = true;
        }
    }

    fn read_from(&mut self, who: usize, room: u64, after: Option<u64>) {
        let is_there = self.is_published(room);
        let Some(conn) = self.people[who].link.filter(|_| is_there) else { return };
        if self.people[who].reads.contains(&room) {
            return;
        }
        let head = self.logs[&room].head();
        let after = after.filter(|after| *after < head).unwrap_or(head);
        let is_gap = head - after > RESUME_MAX_EVENTS;
        if is_gap {
            let gap = Reply::Gap(RoomId(room), Seq(after + 1), Seq(head));
            let line = self.answer_line(conn, None, &gap).expect("programs are told gaps");
            self.conns[conn].lines.push(line, From::Answer(None), Some((room, head)));
        }
        self.people[who].reads.push(room);
        self.conns[conn].lines.enter(room);
        for event in self.logs[&room].events.clone().into_iter().skip(after as usize).filter(|_| !is_gap) {
            let upto = Some((room, event.seq.0));
            let line = self.room_line(conn, room, &Item::of(event, session(who))).expect("messages are shown");
            self.conns[conn].lines.push(line, From::Log(room, 0), upto);
        }
    }

    fn read_no_more(&mut self, who: usize, room: u64) {
        let Some(conn) = self.people[who].link else { return };
        if self.people[who].reads.contains(&room) {
            self.people[who].reads.retain(|reads| *reads != room);
            self.conns[conn].lines.exit(room);
        }
    }

    fn bring_up_to_date(&self, who: usize, reply: &mut Reply) {
        let rooms = match reply {
            Reply::Entered { room, .. } | Reply::Created { room, .. } | Reply::Reset(room) => vec![room],
            Reply::Hello(welcomed) => welcomed.rooms.iter_mut().collect(),
            _ => return,
        };
        for room in rooms {
            if self.rooms.contains_key(&room.id.0) {
                *room = self.facts(who, room.id.0);
            }
        }
    }

    /// An answer reaches the session's connection, if it has one.
    fn say_to(&mut self, who: usize, txn: Option<u64>, reply: &Reply) {
        let person = &self.people[who];
        let Some(conn) = person.link.filter(|_| person.alive) else { return };
        assert!(!self.conns[conn].closed, "the close is the last");
        let room = about(reply).filter(|room| person.reads.contains(room));
        let upto = match reply {
            Reply::Posted(place) => Some((place.room.0, place.seq.0)),
            Reply::Entered { room, .. } | Reply::Reset(room) => Some((room.id.0, room.head.0)),
            _ => None,
        };
        if let Some(line) = self.answer_line(conn, txn, reply) {
            self.conns[conn].lines.push(line, From::Answer(room), upto);
        }
    }

    /// A message joins its room's log.
    fn said(&mut self, who: usize, room: u64, event: Event) {
        let item = Item::of(event.clone(), papo_proto::SessionId(0));
        self.logs.get_mut(&room).expect("each room has its log").events.push(event);
        self.show(room, &item, Some(who), Some(self.logs[&room].head()));
    }

    /// Everybody who reads the room now reads this, but not `except`.
    fn show(&mut self, room: u64, item: &Item, except: Option<usize>, seq: Option<u64>) {
        let log = self.logs.get_mut(&room).expect("each room has its log");
        log.happened.push(seq.is_some());
        let at = log.happened.len() as u64;
        for who in 0..self.people.len() {
            let Some(conn) = self.people[who].link.filter(|_| self.people[who].reads.contains(&room)) else { continue };
            if Some(who) != except
                && let Some(line) = self.room_line(conn, room, item)
            {
                self.conns[conn].lines.push(line, From::Log(room, at), seq.map(|seq| (room, seq)));
            }
        }
    }

    fn room_line(&self, conn: usize, room: u64, item: &Item) -> Option<String> {
        let name = self.rooms.get(&room).map(Room::name).or_else(|| self.ended.get(&room).cloned());
        let name = name.unwrap_or_else(RoomName::lobby);
        let (dialect, lang) = (self.conns[conn].dialect, self.conns[conn].lang);
        line(dialect, lang, |encoding, out| encoding.item(RoomId(room), name.as_str(), item, out))
    }

    fn answer_line(&self, conn: usize, txn: Option<u64>, reply: &Reply) -> Option<String> {
        let (dialect, lang) = (self.conns[conn].dialect, self.conns[conn].lang);
        line(dialect, lang, |encoding, out| encoding.reply(txn.map(Txn), reply, out))
    }
}

/// The text of a frame, if one is written.
fn line(dialect: Dialect, lang: Lang, write: impl Fn(Encoding, &mut Vec<u8>)) -> Option<String> {
    let mut bytes = Vec::new();
    write(Encoding { framing: Framing::Length, dialect, lang }, &mut bytes);
    bytes.get(4..).map(|text| String::from_utf8_lossy(text).into_owned())
}

/// The room that an answer is about.
fn about(reply: &Reply) -> Option<u64> {
    match reply {
        Reply::Entered { room, .. } | Reply::Created { room, .. } | Reply::Reset(room) => Some(room.id.0),
        Reply::Left(room, _) | Reply::Members(room, ..) | Reply::Gone(room) => Some(room.0),
        Reply::Posted(place) => Some(place.room.0),
        _ => None,
    }
}

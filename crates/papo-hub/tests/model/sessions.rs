//! The model's account of hello: sessions begin, are held for thirty seconds when their connection is
//! lost, and go on by another connection.

use std::time::Duration;

use papo_hub::Found;
use papo_proto::limits::{SESSION_HELD, SESSION_LIFE};
use papo_proto::papo1::{Hello, ResumeAt, Token};
use papo_proto::words::{Registration, SessionRecord, Welcomed};
use papo_proto::{Nickname, Record, Reject, Reply};

use crate::crowd::Came;
use crate::expected::{DIRECTORY, Model};
use crate::parts::{Fact, Program, session};
use crate::steps::NAMES;

/// The token that the so manieth connection is given.
pub(crate) fn token(conn: usize) -> Token {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&(conn as u64).to_be_bytes());
    Token(bytes)
}

/// What makes a name the same as others: of those that are given by hand, what the table says.
fn key_of(nick: &Nickname) -> String {
    let known = NAMES.iter().find(|(_, shown, _)| *shown == nick.as_str());
    known.and_then(|(.., key)| *key).map_or_else(|| nick.key().to_string(), str::to_owned)
}

impl Model {
    pub(crate) fn hello(
        &mut self,
        conn: usize,
        txn: u64,
        hello: &Hello,
        found: Option<&Found>,
        now: Duration,
        wall_ms: u64,
    ) {
        let Some(me) = self.speaker(conn) else { return };
        self.asking = Some(txn);
        let opened = if self.people[me].program.is_some() {
            Err(Reject::HelloTwice)
        } else if let Some(token) = &hello.token {
            self.go_on(conn, me, token, found)
        } else {
            self.begin(conn, me, hello.nick.as_ref().map(|nick| &nick.name))
        };
        match opened {
            Ok(who) => {
                self.conns[conn].person = who;
                if hello.token.is_some() || !hello.resume.is_empty() {
                    self.keep(who, wall_ms);
                } else {
                    let program = self.people[who].program.as_mut().expect("who said hello");
                    program.unkept = true;
                    program.ends_ms = wall_ms + SESSION_LIFE.as_millis() as u64;
                }
                self.welcome(who, hello, now, wall_ms);
            }
            Err(reject) => self.answer(me, Reply::Rejected(reject)),
        }
        self.asking = None;
    }

    fn begin(&mut self, conn: usize, me: usize, nick: Option<&Nickname>) -> Result<usize, Reject> {
        match nick {
            Some(nick) if self.holder(&key_of(nick)).is_some() => {
                return Err(Reject::NicknameTaken(nick.as_str().into()));
            }
            Some(nick) => self.people[me].name = Some((nick.to_string(), key_of(nick))),
            None => drop(self.name_guest(me)),
        }
        self.people[me].program = Some(Program { token: conn, ..Program::default() });
        Ok(me)
    }

    fn go_on(&mut self, conn: usize, me: usize, token: &Token, found: Option<&Found>) -> Result<usize, Reject> {
        let has_it = |program: &Program| self::token(program.token) == *token;
        let open = self
            .people
            .iter()
            .position(|person| person.alive && !person.ending && person.program.as_ref().is_some_and(has_it));
        let who = match (open, found) {
            (Some(who), _) => who,
            (None, Some(found)) => self.revive(me, found)?,
            (None, None) => return Err(Reject::UnknownSession),
        };
        let address = self.people[me].address;
        self.people[me].alive = false;
        let person = &mut self.people[who];
        (person.address, person.claimed) = (address, Some(conn));
        if let Some(program) = &mut person.program {
            program.held_until = None;
        }
        self.pending.push(Fact::Attach { who, conn });
        Ok(who)
    }

    /// A session that only the store knows comes back, under its name if that is free.
    fn revive(&mut self, me: usize, found: &Found) -> Result<usize, Reject> {
        let who = (0..self.people.len()).find(|who| session(*who) == found.record.id).expect("it was there before");
        if self.people[who].alive {
            return Err(Reject::Busy);
        }
        let before = Self::nick_of(&found.record.nick);
        let lang = self.people[me].lang;
        let token = self.people[who].program.as_ref().expect("only programs are kept").token;
        let person = &mut self.people[who];
        (person.alive, person.ending, person.lang, person.name) = (true, false, lang, None);
        // A drain ends sessions where they are.
        person.rooms.clear();
        person.program = Some(Program { token, newest_txn: found.newest_txn.0, ..Program::default() });
        match self.holder(&key_of(&before)) {
            None => self.people[who].name = Some((before.to_string(), key_of(&before))),
            Some(_) => drop(self.name_guest(who)),
        }
        Ok(who)
    }

    /// It has done something that it may come back for.
    pub(crate) fn keep_used(&mut self, who: usize, wall_ms: u64) {
        if self.people[who].program.as_ref().is_some_and(|program| program.unkept) {
            self.keep(who, wall_ms);
        }
    }

    /// From now on it can be resumed for its whole life.
    pub(crate) fn keep(&mut self, who: usize, wall_ms: u64) {
        let person = &mut self.people[who];
        let Some(program) = &mut person.program else { return };
        program.unkept = false;
        program.ends_ms = wall_ms + SESSION_LIFE.as_millis() as u64;
        let (nick, _) = person.name.as_ref().expect("who said hello has a name");
        let (token, ends_ms) = (token(program.token).hash(), program.ends_ms);
        let record = SessionRecord { id: session(who), token, nick: nick.as_str().into(), ends_ms, login: None };
        self.pending.push(Fact::Kept(Record::Session(record)));
    }

    fn welcome(&mut self, who: usize, hello: &Hello, now: Duration, wall_ms: u64) {
        let is_known = |at: &&ResumeAt| self.rooms.contains_key(&at.room.0);
        let (wanted, gone): (Vec<&ResumeAt>, Vec<&ResumeAt>) = hello.resume.iter().partition(is_known);
        for room in self.people[who].rooms.clone() {
            if wanted.iter().all(|at| at.room.0 != room) {
                self.leave(who, room, Came::Left, now);
            }
        }
        let person = &mut self.people[who];
        let program = person.program.as_mut().expect("who said hello");
        program.follows = hello.follows_rooms;
        let welcomed = Welcomed {
            token: token(program.token).to_text().into(),
            ends_ms: program.ends_ms,
            nick: person.name.as_ref().expect("who said hello has a name").0.as_str().into(),
            now_ms: wall_ms,
            message_bytes: papo_proto::limits::MESSAGE_MAX_BYTES,
            resumed: hello.token.is_some(),
            rooms: wanted.iter().map(|at| self.facts(who, at.room.0)).collect(),
            account: None,
            is_admin: false,
            registration: Registration::Open,
            greeting: "".into(),
            ignored: Vec::new(),
        };
        self.answer(who, Reply::Hello(Box::new(welcomed)));
        if hello.follows_rooms {
            self.pending.push(Fact::Enter { who, room: DIRECTORY, after: None });
        }
        for at in gone {
            self.answer(who, Reply::Gone(at.room));
        }
        for at in wanted {
            let room = at.room.0;
            if !self.people[who].rooms.contains(&room) {
                self.become_member(who, room, now);
            }
            let facts = self.facts(who, room);
            let fits = facts.epoch == at.epoch && at.seq <= facts.head;
            if !fits {
                self.answer(who, Reply::Reset(facts));
            }
            self.pending.push(Fact::Enter { who, room, after: fits.then_some(at.seq.0) });
        }
    }

    /// A connection is lost, or its client says that it goes.
    pub(crate) fn lose(&mut self, conn: usize, said_so: bool, now: Duration) {
        let Some(who) = self.speaker(conn) else { return };
        let Some(program) = &mut self.people[who].program else {
            return self.end(who, if said_so { Came::Left } else { Came::Lost }, now);
        };
        (program.held_until, program.follows) = (Some(now + SESSION_HELD), false);
        self.people[who].claimed = None;
        self.pending.push(Fact::Detach { who });
    }

    /// Ends those who were not resumed in time, in the order of their times.
    pub(crate) fn end_held(&mut self, now: Duration) {
        let held = |who: usize| self.people[who].program.as_ref()?.held_until;
        let mut due: Vec<(Duration, usize)> =
            (0..self.people.len()).filter_map(|who| Some((held(who)?, who))).filter(|(at, _)| *at <= now).collect();
        due.sort_unstable();
        for (_, who) in due {
            self.end(who, Came::Lost, now);
        }
    }
}

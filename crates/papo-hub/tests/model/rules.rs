//! The model's rules: what each command means.

use std::time::Duration;

use papo_proto::limits::TYPING_EVERY;
use papo_proto::words::{Parsed, Slice};
use papo_proto::{Dialect, Ephemeral, Lang, Nickname, Record, Reject, Reply, Role, RoomName, Seq};

use crate::crowd::Came;
use crate::expected::{Model, counted};
use crate::parts::{Fact, guest};
use crate::published::Anew;
use crate::steps::{Name, Said};

/// What one more room costs of an address's credit, and the most that it has.
const ROOM_COSTS: Duration = Duration::from_mins(3);
const CREDIT_MAX: Duration = Duration::from_hours(1);

fn whole<N>(name: N) -> Parsed<N> {
    Parsed { name, cut: false }
}

/// When something is said.
#[derive(Clone, Copy)]
pub(crate) struct When {
    pub(crate) now: Duration,
    pub(crate) wall_ms: u64,
}

impl Model {
    /// Somebody says something: a program with a number and about a room.
    pub(crate) fn say(&mut self, conn: usize, said: &Said, txn: u64, room: u64, when: When) {
        let Some(who) = self.speaker(conn) else { return };
        let is_program = self.conns[conn].dialect == Dialect::Papo1;
        self.asking = is_program.then_some(txn);
        match said.mistake(is_program) {
            Some(reject) => self.answer(who, Reply::Rejected(reject)),
            None if is_program && self.people[who].program.is_none() => {
                self.answer(who, Reply::Rejected(Reject::HelloFirst));
            }
            None => self.command(who, said, is_program.then_some(room), when),
        }
        self.asking = None;
    }

    /// A command, of a program about a room.
    fn command(&mut self, who: usize, said: &Said, room: Option<u64>, when: When) {
        let When { now, wall_ms } = when;
        if matches!(said, Said::Join(_) | Said::Create(_) | Said::CreateNumbered(_)) {
            self.keep_used(who, wall_ms);
        }
        match said {
            Said::Nick(name) => self.nick(who, *name, when),
            Said::Join((_, shown, key)) => self.join(who, (shown, key.expect("no mistake")), room.is_none(), when),
            Said::Create((_, shown, key)) => self.create(who, shown, key.expect("no mistake"), when),
            Said::CreateNumbered(n) => self.create(who, &format!("n{n}"), &format!("n{n}"), when),
            Said::Post(text) => self.post(who, text, room, when),
            Said::Leave => match self.target(who, room) {
                Ok(room) => {
                    self.leave(who, room, Came::Left, now);
                    self.answer(who, Reply::Left(papo_proto::RoomId(room), self.rooms[&room].name()));
                }
                Err(reject) => self.answer(who, Reply::Rejected(reject)),
            },
            Said::Who => self.list_members(who, room),
            Said::Rooms => self.list_rooms(who),
            Said::History(limit) => match self.target(who, room) {
                Ok(room) => {
                    let (txn, slice, limit) = (self.asking.take(), Slice::Before(Seq::MAX), usize::from(*limit));
                    self.pending.push(Fact::Read { who, txn, room, slice, limit });
                }
                Err(reject) => self.answer(who, Reply::Rejected(reject)),
            },
            Said::Help if room.is_some() => self.answer(who, Reply::Pong { now_ms: wall_ms }),
            Said::Help => self.answer(who, Reply::Help),
            Said::Lang(lang) => {
                if let Some(room) = room {
                    return self.typing(who, room, now);
                }
                self.pending.push(Fact::Speak { who, lang: *lang });
                self.answer(who, Reply::Language);
            }
            Said::Quit => {
                self.leave_all(who, Came::Left, now);
                self.answer(who, Reply::Goodbye);
                if self.people[who].program.is_some() {
                    self.pending.push(Fact::Kept(Record::SessionGone(crate::parts::session(who))));
                }
                self.end(who, Came::Left, now);
            }
            Said::Nonsense => unreachable!("a mistake"),
        }
    }

    /// The room that a command is about: of a text client the one that it is in.
    fn target(&self, who: usize, room: Option<u64>) -> Result<u64, Reject> {
        let rooms = &self.people[who].rooms;
        match room {
            None => rooms.first().copied().ok_or(Reject::NoRoom),
            Some(room) if rooms.contains(&room) => Ok(room),
            Some(room) if self.rooms.contains_key(&room) => Err(Reject::NotAMember),
            Some(_) => Err(Reject::UnknownRoom),
        }
    }

    fn nick(&mut self, who: usize, (_, shown, key): Name, When { now, wall_ms }: When) {
        let key = key.expect("no mistake");
        let holder = self.holder(key);
        if holder.is_some_and(|holder| holder != who) {
            return self.answer(who, Reply::Rejected(Reject::NicknameTaken(shown.into())));
        }
        let before = self.people[who].name.replace((shown.to_owned(), key.to_owned()));
        let mut entered = None;
        match before {
            None => {
                self.enter(who, self.lobby, now);
                entered = Some(RoomName::lobby());
            }
            Some((before, _)) if before != shown => {
                self.keep(who, wall_ms);
                for room in self.people[who].rooms.clone() {
                    let notice = Ephemeral::Renamed { from: before.as_str().into(), to: shown.into() };
                    self.pending.push(Fact::Told { room, notice, except: Some(who) });
                }
            }
            Some(_) => {}
        }
        self.answer(who, Reply::Named { nick: whole(Self::nick_of(shown)), entered });
    }

    fn join(&mut self, who: usize, (shown, key): (&str, &str), alone: bool, when: When) {
        let When { now, wall_ms } = when;
        let room = match self.find(key) {
            Some(room) => room,
            None => match self.may_make_room(who, now) {
                Ok(()) => {
                    let record = self.make_room(shown, Some(who), now, wall_ms);
                    let id = record.id.0;
                    self.pending.push(Fact::Kept(Record::Room(record)));
                    id
                }
                Err(reject) => return self.answer(who, Reply::Rejected(reject)),
            },
        };
        if let Some(nick) = self.name_guest(who) {
            self.answer(who, Reply::NamedAsGuest { nick, entered: None });
        }
        if !self.people[who].rooms.contains(&room) {
            if alone {
                self.leave_all(who, Came::Left, now);
            }
            self.enter(who, room, now);
        }
        self.answer(who, Reply::Entered { room: self.facts(who, room), cut: false });
    }

    fn create(&mut self, who: usize, shown: &str, key: &str, When { now, wall_ms }: When) {
        if let Some(room) = self.find(key) {
            if !self.rooms[&room].stored {
                let (record, txn) = (self.rooms[&room].record.clone(), self.asking.take());
                return self.pending.push(Fact::Made { who, record, existed: true, txn });
            }
            let room = self.facts(who, room);
            return self.answer(who, Reply::Created { room, existed: true, cut: false });
        }
        match self.may_make_room(who, now) {
            Ok(()) => {
                let record = self.make_room(shown, Some(who), now, wall_ms);
                let txn = self.asking.take();
                self.pending.push(Fact::Made { who, record, existed: false, txn });
            }
            Err(reject) => self.answer(who, Reply::Rejected(reject)),
        }
    }

    fn post(&mut self, who: usize, text: &str, room: Option<u64>, when: When) {
        if let (Some(txn), Some(program), Some(room)) = (self.asking, &mut self.people[who].program, room)
            && (txn <= program.newest_txn || program.again > 0)
        {
            program.again += 1;
            self.asking = None;
            let from = self.people[who].claimed;
            return self.pending.push(Fact::Again { who, room, text: text.to_owned(), txn, from });
        }
        self.post_anew(who, text, room, when);
    }

    fn post_anew(&mut self, who: usize, text: &str, room: Option<u64>, When { now, wall_ms }: When) {
        if let Some(nick) = self.name_guest(who) {
            self.enter(who, self.lobby, now);
            self.answer(who, Reply::NamedAsGuest { nick, entered: Some(RoomName::lobby()) });
        }
        let room = match self.target(who, room) {
            Ok(room) => room,
            Err(reject) => return self.answer(who, Reply::Rejected(reject)),
        };
        let txn = self.asking.take();
        let person = &mut self.people[who];
        if let (Some(txn), Some(program)) = (txn, &mut person.program) {
            program.newest_txn = program.newest_txn.max(txn);
            if program.unkept {
                self.keep(who, wall_ms);
            }
        }
        let person = &self.people[who];
        let (author, _) = person.name.clone().expect("named by now");
        let found = self.rooms.get_mut(&room).expect("there is the room");
        found.kept = true;
        if !found.stored {
            self.pending.push(Fact::Kept(Record::Room(found.record.clone())));
        }
        self.pending.push(Fact::Said { who, room, author, text: text.to_owned(), at_ms: wall_ms, txn });
    }

    /// Posts that could have been repeats and are none.
    pub(crate) fn decide_anew(&mut self, all: Vec<Anew>, when: When) {
        for (who, txn, room, text) in all {
            if self.people[who].alive && !self.people[who].ending {
                self.asking = Some(txn);
                self.post_anew(who, &text, Some(room), when);
                self.asking = None;
            }
        }
    }

    fn typing(&mut self, who: usize, room: u64, now: Duration) {
        if let Err(reject) = self.target(who, Some(room)) {
            return self.answer(who, Reply::Rejected(reject));
        }
        let person = &mut self.people[who];
        let (name, _) = person.name.clone().expect("programs have names");
        let told = &mut person.program.as_mut().expect("only programs type").typing;
        let is_new = told.iter().all(|(of, at)| *of != room || *at + TYPING_EVERY <= now);
        if is_new {
            told.push((room, now));
            let notice = Ephemeral::Typing(name.into());
            self.pending.push(Fact::Told { room, notice, except: Some(who) });
        }
        self.answer(who, Reply::Typing);
    }

    fn list_members(&mut self, who: usize, room: Option<u64>) {
        let reply = match self.target(who, room) {
            Err(reject) => Reply::Rejected(reject),
            Ok(id) => {
                let room = &self.rooms[&id];
                // A drain ends sessions where they are.
                let people = room.members.iter().map(|member| &self.people[*member]).filter(|person| person.alive);
                let with_name = people.filter_map(|person| person.name.as_ref());
                let mut names: Vec<&str> = with_name.map(|(shown, _)| &**shown).collect();
                names.sort_by_key(|name| name.to_lowercase());
                // Whoever made the room looks after it, also from elsewhere.
                let maker = (0..self.people.len()).find(|maker| room.record.owner == Some(guest(*maker)));
                let maker = maker.filter(|maker| self.people[*maker].alive);
                let shown = maker.and_then(|maker| self.people[maker].name.as_ref()).map(|(shown, _)| &**shown);
                let roles = shown.map(|shown| (shown.into(), Role::Owner)).into_iter().collect();
                Reply::Members(room.record.id, room.name(), names.into_iter().map(Into::into).collect(), roles)
            }
        };
        self.answer(who, reply);
    }

    fn list_rooms(&mut self, who: usize) {
        let mut rooms: Vec<_> = self.rooms.values().collect();
        rooms.sort_by_key(|room| (usize::MAX - room.members.len(), room.key.clone()));
        let list = rooms.into_iter().map(counted).collect();
        self.answer(who, Reply::Rooms(list));
    }
}

impl Model {
    pub(crate) fn find(&self, key: &str) -> Option<u64> {
        self.rooms.iter().find(|(_, room)| room.key == key).map(|(id, _)| *id)
    }

    pub(crate) fn holder(&self, key: &str) -> Option<usize> {
        self.people.iter().position(|person| person.name.as_ref().is_some_and(|(_, held)| held == key))
    }

    /// An address may make twenty rooms, and another one each three minutes.
    fn may_make_room(&mut self, who: usize, now: Duration) -> Result<(), Reject> {
        if !self.flood {
            return Ok(());
        }
        let (credit, at) = self.credit.entry(self.people[who].address).or_insert((CREDIT_MAX, now));
        *credit = CREDIT_MAX.min(*credit + now.saturating_sub(*at));
        *at = now;
        if *credit < ROOM_COSTS {
            let wait = ROOM_COSTS.saturating_sub(*credit).as_secs().div_ceil(60).max(1);
            return Err(Reject::RoomsTooFast { retry_minutes: wait });
        }
        *credit -= ROOM_COSTS;
        Ok(())
    }

    /// Gives a name to somebody who has none.
    pub(crate) fn name_guest(&mut self, who: usize) -> Option<Nickname> {
        if self.people[who].name.is_some() {
            return None;
        }
        let word = if self.people[who].lang == Lang::PtBr { "convidado" } else { "guest" };
        let mut range = 10_000;
        loop {
            let nick = Self::nick_of(&format!("{word}-{}", self.draw() % range));
            if self.holder(nick.key()).is_none() {
                self.people[who].name = Some((nick.to_string(), nick.key().to_string()));
                return Some(nick);
            }
            range *= 2;
        }
    }

    /// The hub's random numbers (splitmix64): which names guests get is no rule, so it is the same.
    fn draw(&mut self) -> u64 {
        self.random = self.random.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.random ^ (self.random >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }
}

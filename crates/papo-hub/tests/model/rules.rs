//! The model's rules: what each command means.

use std::time::Duration;

use papo_proto::words::Parsed;
use papo_proto::{Ephemeral, Lang, Nickname, Reject, Reply, RoomName};

use crate::crowd::Came;
use crate::expected::{Fact, LOBBY, Model};
use crate::steps::{Name, Said};

/// What one more room costs of an address's credit, and the most that it has.
const ROOM_COSTS: Duration = Duration::from_mins(3);
const CREDIT_MAX: Duration = Duration::from_hours(1);

fn whole<N>(name: N) -> Parsed<N> {
    Parsed { name, cut: false }
}

impl Model {
    pub(crate) fn say(&mut self, who: usize, said: &Said, now: Duration, at_ms: u64) {
        if self.people[who].ending {
            return;
        }
        match said {
            Said::Nick(name) => self.nick(who, *name, now),
            Said::Join(name) => self.join(who, *name, now),
            Said::Create((typed, shown, key)) => match key {
                Some(key) => self.create(who, shown, key, now),
                None => self.refuse_room(who, typed),
            },
            Said::CreateNumbered(n) => self.create(who, &format!("n{n}"), &format!("n{n}"), now),
            Said::Post(text) => self.post(who, text, now, at_ms),
            Said::Leave => {
                let reply = match self.leave(who, Came::Left, now) {
                    Some(room) => Reply::Left(self.rooms[&room].name()),
                    None => Reply::Rejected(Reject::NoRoom),
                };
                self.answer(who, reply);
            }
            Said::Who => self.list_members(who),
            Said::Rooms => self.list_rooms(who),
            Said::Help => self.answer(who, Reply::Help),
            Said::Lang(lang) => {
                self.pending.push(Fact::Speak { who, lang: *lang });
                self.answer(who, Reply::Language);
            }
            Said::Quit => {
                self.leave(who, Came::Left, now);
                self.answer(who, Reply::Goodbye);
                self.end(who, Came::Left, now);
            }
            Said::Nonsense => self.answer(who, Reply::Rejected(Reject::UnknownCommand("/dance".to_owned()))),
        }
    }

    fn nick(&mut self, who: usize, (typed, shown, key): Name, now: Duration) {
        let Some(key) = key else {
            let error = Nickname::parse(typed).expect_err("a bad name");
            return self.answer(who, Reply::Rejected(Reject::Nickname(error)));
        };
        let holder = self.holder(key);
        if holder.is_some_and(|holder| holder != who) {
            return self.answer(who, Reply::Rejected(Reject::NicknameTaken(shown.into())));
        }
        let before = self.people[who].name.replace((shown.to_owned(), key.to_owned()));
        let mut entered = None;
        match (before, self.people[who].room) {
            (None, _) => {
                self.enter(who, LOBBY, now);
                entered = Some(RoomName::lobby());
            }
            (Some((before, _)), Some(room)) if before != shown => {
                let notice = Ephemeral::Renamed { from: before.into(), to: shown.into() };
                self.pending.push(Fact::Told { room, notice, except: Some(who) });
            }
            _ => {}
        }
        self.answer(who, Reply::Named { nick: whole(Self::nick_of(shown)), entered });
    }

    fn join(&mut self, who: usize, (typed, shown, key): Name, now: Duration) {
        let Some(key) = key else { return self.refuse_room(who, typed) };
        let room = match self.find(key) {
            Some(room) => room,
            None => match self.may_make_room(who, now) {
                Ok(()) => self.make_room(shown, key, now),
                Err(reject) => return self.answer(who, Reply::Rejected(reject)),
            },
        };
        if let Some(nick) = self.name_guest(who) {
            self.answer(who, Reply::NamedAsGuest { nick, entered: None });
        }
        if self.people[who].room != Some(room) {
            self.leave(who, Came::Left, now);
            self.enter(who, room, now);
        }
        self.answer(who, Reply::Entered(whole(self.rooms[&room].name())));
    }

    fn create(&mut self, who: usize, shown: &str, key: &str, now: Duration) {
        let reply = match self.find(key) {
            Some(room) => Reply::Exists(whole(self.rooms[&room].name())),
            None => match self.may_make_room(who, now) {
                Ok(()) => {
                    let room = self.make_room(shown, key, now);
                    Reply::Created(whole(self.rooms[&room].name()))
                }
                Err(reject) => Reply::Rejected(reject),
            },
        };
        self.answer(who, reply);
    }

    fn refuse_room(&mut self, who: usize, typed: &str) {
        let error = RoomName::parse(typed).expect_err("a bad name");
        self.answer(who, Reply::Rejected(Reject::Room(error)));
    }

    fn post(&mut self, who: usize, text: &str, now: Duration, at_ms: u64) {
        if let Some(nick) = self.name_guest(who) {
            self.enter(who, LOBBY, now);
            self.answer(who, Reply::NamedAsGuest { nick, entered: Some(RoomName::lobby()) });
        }
        let Some(room) = self.people[who].room else {
            return self.answer(who, Reply::Rejected(Reject::NoRoom));
        };
        self.rooms.get_mut(&room).expect("there is the room").kept = true;
        let (author, _) = self.people[who].name.clone().expect("named by now");
        self.pending.push(Fact::Said { who, room, author, text: text.to_owned(), at_ms });
    }

    fn list_members(&mut self, who: usize) {
        let reply = match self.people[who].room {
            None => Reply::Rejected(Reject::NoRoom),
            Some(room) => {
                let members = self.rooms[&room].members.iter();
                let with_name = members.filter_map(|member| self.people[*member].name.as_ref());
                let mut names: Vec<&str> = with_name.map(|(shown, _)| &**shown).collect();
                names.sort_by_key(|name| name.to_lowercase());
                Reply::Members(self.rooms[&room].name(), names.into_iter().map(Into::into).collect())
            }
        };
        self.answer(who, reply);
    }

    fn list_rooms(&mut self, who: usize) {
        let mut rooms: Vec<_> = self.rooms.values().collect();
        rooms.sort_by_key(|room| (usize::MAX - room.members.len(), room.key.clone()));
        let list = rooms.into_iter().map(|room| (room.name(), room.members.len() as u32)).collect();
        self.answer(who, Reply::Rooms(list));
    }
}

impl Model {
    fn find(&self, key: &str) -> Option<u64> {
        self.rooms.iter().find(|(_, room)| room.key == key).map(|(id, _)| *id)
    }

    fn holder(&self, key: &str) -> Option<usize> {
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
    fn name_guest(&mut self, who: usize) -> Option<Nickname> {
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

//! How programs begin and come back: which token they name, and which cursors.

use std::collections::BTreeMap;

use papo_hub::Opening;
use papo_proto::papo1::{Hello, ResumeAt, Token};
use papo_proto::{Dialect, Epoch, RoomId, Seq};
use proptest::sample::Index;

use crate::expected::EPOCH;
use crate::parts::session;
use crate::sessions::token;
use crate::steps::{At, Greeting};
use crate::world::World;

impl World {
    pub(crate) fn hello(&mut self, conn: usize, greeting: &Greeting) {
        if self.model.conns[conn].dialect == Dialect::Text {
            return;
        }
        let whose = greeting.whose.map(|whose| self.token_of(whose));
        let who = whose.and_then(|whose| {
            self.model
                .people
                .iter()
                .position(|person| person.program.as_ref().is_some_and(|program| program.token == whose))
        });
        let hello = Hello {
            nick: greeting.nick.map(|(typed, ..)| papo_proto::Nickname::parse(typed).expect("a good name")),
            token: greeting.whose.map(|_| whose.map_or(Token([255; 32]), token)),
            login: None,
            client: "".into(),
            lang: None,
            follows_rooms: greeting.follows,
            resume: self.cursors(who, greeting),
        };
        let txn = who.map_or(1, |who| self.txns.get(&who).copied().unwrap_or_default() + 1);
        let found = hello.token.as_ref().and_then(|token| self.shards.store.find(token, self.now.wall_ms));
        let (me, link, encoding) = (self.session(conn), self.link(conn), self.shards.connections[conn].encoding);
        let opening = Opening { link, encoding, fresh: token(conn), found: found.clone(), cookie: None };
        self.model.hello(conn, txn, &hello, found.as_ref(), self.now.running, self.now.wall_ms);
        let speaks_for = self.hub.hello(me, Some(papo_proto::Txn(txn)), &hello, &opening, self.now);
        self.shards.connections[conn].session = speaks_for;
        let person = self.model.conns[conn].person;
        assert_eq!(speaks_for, session(person), "whom connection {conn} speaks for");
        let newest = self.txns.entry(person).or_default();
        *newest = txn.max(*newest);
    }

    /// The connection that was given the token of one of the sessions so far.
    fn token_of(&self, whose: Index) -> usize {
        let tokens: Vec<usize> =
            self.model.people.iter().filter_map(|person| Some(person.program.as_ref()?.token)).collect();
        if tokens.is_empty() { usize::MAX } else { tokens[whose.index(tokens.len())] }
    }

    /// The rooms that a client names, each once.
    fn cursors(&self, who: Option<usize>, greeting: &Greeting) -> Vec<ResumeAt> {
        let mut resume: BTreeMap<u64, (u64, u64)> = BTreeMap::new();
        if let (true, Some(who)) = (greeting.faithful, who) {
            for room in &self.model.people[who].rooms {
                let epoch = self.model.rooms[room].record.epoch.0;
                resume.insert(*room, (epoch, self.has.get(&(who, *room)).copied().unwrap_or_default()));
            }
        } else {
            for (room, at) in &greeting.rooms {
                let room = room.index(self.model.newest_room as usize + 2) as u64;
                let epoch = self.model.rooms.get(&room).map_or(EPOCH, |room| room.record.epoch.0);
                let head = self.model.logs.get(&room).map_or(0, crate::parts::History::head);
                let at = match at {
                    At::Nothing => (epoch, 0),
                    At::Half => (epoch, head / 2),
                    At::Head => (epoch, head),
                    At::Beyond => (epoch, head + 2),
                    At::OtherEpoch => (epoch + 1, head),
                };
                resume.insert(room, at);
            }
        }
        let at = |(room, (epoch, seq))| ResumeAt { room: RoomId(room), epoch: Epoch(epoch), seq: Seq(seq) };
        resume.into_iter().map(at).collect()
    }
}

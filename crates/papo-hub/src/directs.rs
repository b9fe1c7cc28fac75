//! Conversations of two: rooms that nobody else knows. Whoever takes part is in them as soon as something
//! is said there.

use papo_proto::limits::{DIRECT_ROOMS_PER_HOUR, DIRECT_ROOMS_SENT, DIRECTS_MAX, ROOMS_PER_SESSION, UNREAD_SHOWN};
use papo_proto::words::people::ReadRecord;
use papo_proto::{AccountId, Dialect, Nickname, Person, Record, Reject, Reply, RoomId, Seq, SessionId};

use crate::hub::{Hub, Now};
use crate::outbox::Effect;
use crate::rate::Rate;
use crate::room::Room;

const DIRECT_RATE: Rate =
    Rate { burst: DIRECT_ROOMS_PER_HOUR, every: std::time::Duration::from_secs(3600 / DIRECT_ROOMS_PER_HOUR as u64) };

impl Hub {
    /// The conversation of a session with whoever has a name; it must exist.
    pub(crate) fn conversation(&self, session: SessionId, nick: &Nickname) -> Result<RoomId, Reject> {
        let other = self.named(nick)?;
        self.rooms.direct(self.person(session), other).ok_or_else(|| Reject::Nobody(nick.shared().clone()))
    }

    /// The conversation of a session with somebody, made if need be.
    pub(crate) fn converse(&mut self, session: SessionId, other: Person, now: Now) -> Result<RoomId, Reject> {
        let me = self.person(session);
        if me == other {
            return Err(Reject::Oneself);
        }
        if let Some(room) = self.rooms.direct(me, other) {
            return Ok(room);
        }
        if self.bound_to(session).is_some() {
            return Err(Reject::NotForBots);
        }
        if self.rooms.directs() >= DIRECTS_MAX {
            return Err(Reject::TooManyRooms);
        }
        if self.limits.flood {
            let address = self.sessions.of(session).address;
            self.direct_rates.take(address, DIRECT_RATE, now.running).map_err(|at| {
                let wait = at.saturating_sub(now.running);
                Reject::RoomsTooFast { retry_minutes: wait.as_secs().div_ceil(60).max(1) }
            })?;
        }
        if let Person::Guest(guest) = other {
            // There is something now that the guest may come back for.
            self.use_session(guest, now);
        }
        let record = self.rooms.create_direct(me, other, self.epoch, now);
        let id = record.id;
        self.outbox.push(Effect::Keep(Record::Room(record)));
        Ok(id)
    }

    /// Whoever takes part and is there is in the conversation from now on.
    pub(crate) fn gather(&mut self, room: RoomId, now: Now) {
        let Some(parties) = self.rooms.get(room).and_then(Room::parties) else { return };
        let there: Vec<SessionId> = parties.into_iter().flat_map(|person| self.sessions_of(person)).collect();
        for session in there {
            if self.sessions.of(session).is_in(room) {
                continue;
            }
            // Others bring it in: of too many conversations it is in the newest.
            let joined = &self.sessions.of(session).rooms;
            if joined.len() >= 2 * ROOMS_PER_SESSION
                && let Some(oldest) = joined.iter().copied().find(|id| self.rooms.of_ref(*id).parties().is_some())
            {
                self.put_out(session, oldest, now);
            }
            self.enter_direct(session, room, None);
        }
    }

    /// The session is in the conversation, which it has just asked for.
    pub(crate) fn enter_quietly(&mut self, session: SessionId, room: RoomId) {
        let account = self.account(session);
        self.rooms.add_member(room, session, account);
        self.sessions.of(session).rooms.push(room);
        self.outbox.push(Effect::Enter { session, room, after: None });
    }

    fn enter_direct(&mut self, session: SessionId, room: RoomId, after: Option<Seq>) {
        let account = self.account(session);
        self.rooms.add_member(room, session, account);
        let entering = self.sessions.of(session);
        entering.rooms.push(room);
        if entering.encoding.dialect == Dialect::Papo1 {
            let facts = self.facts(session, room);
            self.outbox.push(Effect::Reply { session, txn: None, reply: Box::new(Reply::Direct(facts)) });
        }
        self.outbox.push(Effect::Enter { session, room, after });
    }

    /// A session has come: it is in its newest conversations. A text client is shown what its account has
    /// not read; a program is told how far that is.
    pub(crate) fn enter_directs(&mut self, session: SessionId) {
        if self.is_stranger(session) {
            return;
        }
        let me = self.person(session);
        let mut rooms = self.rooms.directs_of(me);
        let is_text = self.sessions.of(session).encoding.dialect == Dialect::Text;
        let unread = |hub: &Hub, room: RoomId| {
            let facts = hub.facts(session, room);
            facts.read.map_or(0, |read| facts.head.0.saturating_sub(read.0))
        };
        rooms.sort_by_key(|room| (unread(self, *room) == 0, std::cmp::Reverse(*room)));
        for room in rooms.into_iter().take(DIRECT_ROOMS_SENT) {
            if self.sessions.of(session).is_in(room) {
                continue;
            }
            let count = unread(self, room);
            let other = self.rooms.of_ref(room).other(me);
            if !is_text || count == 0 || other.is_some_and(|other| self.ignores(session, other)) {
                self.enter_direct(session, room, None);
                continue;
            }
            let facts = self.facts(session, room);
            let with = facts.with.unwrap_or_else(|| "?".into());
            self.outbox.push(Effect::Reply { session, txn: None, reply: Box::new(Reply::Unread(with, count)) });
            self.enter_direct(session, room, Some(Seq(facts.head.0 - count.min(UNREAD_SHOWN))));
            self.mark_read(session, room, facts.head);
            // The first of them is the newest: it is the one that is answered.
            let more = self.sessions.of(session).more();
            more.whispered = more.whispered.or(other);
        }
    }

    /// The session's account has read a room up to here.
    pub(crate) fn mark_read(&mut self, session: SessionId, room: RoomId, seq: Seq) {
        let Some(account) = self.account(session) else { return };
        let Some(known) = self.people.get_mut(account) else { return };
        if known.reads.get(&room).copied().unwrap_or_default() < seq {
            known.reads.insert(room, seq);
            self.outbox.push(Effect::Keep(Record::Read(ReadRecord { account, room, seq })));
            self.tell_read(account, room, seq, session);
        }
    }

    /// The account's other programs show as read what it has read.
    fn tell_read(&mut self, account: AccountId, room: RoomId, seq: Seq, reader: SessionId) {
        for session in self.sessions_of(Person::Account(account)) {
            let found = self.sessions.of(session);
            if session != reader && found.encoding.dialect == Dialect::Papo1 && found.is_in(room) {
                self.outbox.push(Effect::Reply { session, txn: None, reply: Box::new(Reply::Read(room, seq)) });
            }
        }
    }

    /// One's own words in a conversation are read, if everything before them is.
    pub(crate) fn read_own(&mut self, person: Person, room: RoomId, seq: Seq) {
        let Some(account) = person.account() else { return };
        if self.rooms.get(room).and_then(Room::parties).is_none() {
            return;
        }
        let Some(known) = self.people.get_mut(account) else { return };
        let read = known.reads.get(&room).copied().unwrap_or_default();
        if read.next() == seq {
            known.reads.insert(room, seq);
            self.outbox.push(Effect::Keep(Record::Read(ReadRecord { account, room, seq })));
        }
    }

    /// A text client has read what was said in its conversations while it was there. Kept when it goes:
    /// after a crash it is shown some of it again.
    pub(crate) fn keep_reads(&mut self, session: SessionId) {
        let Some(found) = self.sessions.get(session) else { return };
        if found.encoding.dialect != Dialect::Text || found.account.is_none() {
            return;
        }
        let read: Vec<(RoomId, Seq)> = found
            .rooms
            .iter()
            .filter_map(|id| self.rooms.get(*id))
            .filter(|room| room.parties().is_some())
            .map(|room| (room.record.id, room.log.head().seq))
            .collect();
        for (room, seq) in read {
            self.mark_read(session, room, seq);
        }
    }

    /// A guest is gone for good: the guest's conversations belonged to the session.
    pub(crate) fn end_directs(&mut self, session: SessionId, now: Now) {
        for room in self.rooms.directs_of(Person::Guest(session)) {
            self.end_conversation(room, now);
        }
    }

    /// A room ends by itself; programs that are still in it are told.
    pub(crate) fn end_conversation(&mut self, room: RoomId, now: Now) {
        let members = self.rooms.get(room).map(|room| room.members.iter().copied().collect());
        let mut members: Vec<SessionId> = members.unwrap_or_default();
        members.sort_unstable();
        self.end_room(room, now);
        for session in members {
            let found = self.sessions.of(session);
            if found.encoding.dialect == Dialect::Papo1 && !found.ending {
                let reply = Box::new(Reply::Gone(room));
                self.outbox.push(Effect::Reply { session, txn: None, reply });
            }
        }
    }
}

//! Who a session is, and what it is in a room.

use std::sync::Arc;

use papo_proto::limits::LOCKDOWN_AGE;
use papo_proto::words::people::{AccountRecord, Restricted, Restriction, Standing};
use papo_proto::words::{RoomCount, RoomCounts, RoomFacts, RoomKind};
use papo_proto::{AccountId, Nickname, Person, Reject, Role, RoomId, RoomName, SessionId};
use rustc_hash::FxHashSet;

use crate::hub::{Hub, Now};
use crate::rights::{self, Deed, Member, Place};
use crate::room::Room;
use crate::rooms::busiest_first;

impl Hub {
    /// The account of a session.
    pub(crate) fn account(&self, session: SessionId) -> Option<AccountId> {
        self.sessions.get(session)?.account.map(|(account, _)| account)
    }

    /// Who a session is.
    pub(crate) fn person(&self, session: SessionId) -> Person {
        self.account(session).map_or(Person::Guest(session), Person::Account)
    }

    /// The sessions in which somebody is there.
    pub(crate) fn sessions_of(&self, person: Person) -> Vec<SessionId> {
        let all = match person {
            Person::Account(account) => self.people.get(account).map_or(Vec::new(), |known| known.sessions.to_vec()),
            // Whoever has logged in is that guest no more.
            Person::Guest(session) if self.account(session).is_none() => vec![session],
            Person::Guest(_) => Vec::new(),
        };
        all.into_iter().filter(|session| self.sessions.get(*session).is_some_and(|found| !found.ending)).collect()
    }

    /// The name by which somebody is shown; nothing when they are gone for good.
    pub(crate) fn name_of(&self, person: Person) -> Option<Arc<str>> {
        match person {
            Person::Account(account) => self.people.get(account).map(|account| account.name().clone()),
            Person::Guest(session) => {
                let found = self.sessions.get(session).filter(|found| found.account.is_none())?;
                found.nick.as_ref().map(|nick| nick.shared().clone())
            }
        }
    }

    /// Whoever has this name: an account that is not deleted, or a guest who is there.
    pub(crate) fn named(&self, nick: &Nickname) -> Result<Person, Reject> {
        let nobody = || Reject::Nobody(nick.shared().clone());
        let person = self.nicknames.holder(nick).ok_or_else(nobody)?;
        let is_gone = |account| self.people.get(account).is_none_or(|known| known.record.standing == Standing::Deleted);
        if person.account().is_some_and(is_gone) { Err(nobody()) } else { Ok(person) }
    }

    /// Whether somebody can be written to: what an account is told is kept, a guest must be there.
    pub(crate) fn reach(&self, person: Person) -> Result<(), Reject> {
        let name = || self.name_of(person).unwrap_or_else(|| "?".into());
        match person {
            Person::Account(account) => {
                let known = self.people.get(account);
                let is_deleted = known.is_none_or(|known| known.record.standing == Standing::Deleted);
                if is_deleted { Err(Reject::Nobody(name())) } else { Ok(()) }
            }
            Person::Guest(_) if self.policy.guests && !self.sessions_of(person).is_empty() => Ok(()),
            Person::Guest(_) => Err(Reject::GuestAway(name())),
        }
    }

    /// What somebody is in a room.
    pub(crate) fn role(&self, person: Person, room: &Room) -> Role {
        let account = person.account().and_then(|account| self.people.get(account));
        let granted = room.grants.get(&person).copied();
        if account.is_some_and(|account| account.record.is_admin) && (!room.is_private() || granted.is_some()) {
            return Role::Admin;
        }
        if room.record.owner == Some(person) {
            return Role::Owner;
        }
        granted.unwrap_or(if account.is_some() { Role::Member } else { Role::Guest })
    }

    /// Those against whom somebody in a room may do nothing, there or not: whoever is not less than they are.
    pub(crate) fn not_below(&self, person: Person, room: RoomId) -> Arc<[Person]> {
        let room = self.rooms.of_ref(room);
        let role = self.role(person, room);
        let ranked = room.grants.keys().copied().chain(room.record.owner);
        let others = ranked.chain(self.people.admins().map(Person::Account));
        others.filter(|other| *other != person && !rights::is_over(role, self.role(*other, room))).collect()
    }

    /// Everything that rights ask of somebody in a room, in a session if there is one.
    pub(crate) fn member_as(&self, person: Person, session: Option<SessionId>, room: &Room, now_ms: u64) -> Member {
        let found = session.and_then(|session| self.sessions.get(session));
        let role = self.role(person, room);
        let is_let_in = role >= Role::Owner || room.grants.contains_key(&person);
        let place = match room.record.kind {
            RoomKind::Public if room.record.id == self.rooms.lobby() => Place::Lobby,
            RoomKind::Public => Place::Public,
            RoomKind::Private if is_let_in => Place::Invited,
            RoomKind::Direct(one, other) if one == person || other == person => Place::Direct,
            RoomKind::Private | RoomKind::Direct(..) => Place::Hidden,
        };
        let whom = match person {
            Person::Account(account) => Some(Restricted::Account(account)),
            Person::Guest(_) => found.map(|found| Restricted::Address(found.address)),
        };
        let carried = found.and_then(|found| found.more.as_ref()).map_or(&[][..], |more| &more.carried);
        let until = |what| {
            let carried = carried.iter().filter(|carried| carried.room == room.record.id && carried.what == what);
            let carried = carried.filter_map(|carried| carried.holds(room, now_ms)).max();
            carried.max(whom.and_then(|whom| room.restricted(whom, what, now_ms)))
        };
        let seconds = |until_ms: u64| (until_ms - now_ms).div_ceil(1000);
        Member {
            role,
            place,
            is_read_only: room.record.read_only,
            muted: until(Restriction::Mute).map(seconds),
            banned: until(Restriction::Ban).map(|until_ms| (until_ms != u64::MAX).then(|| seconds(until_ms))),
            is_locked_out: self.lockdown && role < Role::Admin && !self.is_old(person, now_ms),
        }
    }

    fn is_old(&self, person: Person, now_ms: u64) -> bool {
        let account = person.account().and_then(|account| self.people.get(account));
        account.is_some_and(|account| account.record.made_ms + LOCKDOWN_AGE.as_millis() as u64 <= now_ms)
    }

    /// What a session is in a room that exists, as far as time does not matter.
    pub(crate) fn member(&self, session: SessionId, room: RoomId) -> Member {
        self.member_at(session, room, 0)
    }

    fn member_at(&self, session: SessionId, room: RoomId, now_ms: u64) -> Member {
        let room = self.rooms.get(room).expect("invariant: whoever asks has seen that the room exists");
        self.member_as(self.person(session), Some(session), room, now_ms)
    }

    /// Whether a session may do something in a room that exists.
    ///
    /// # Errors
    /// Why not.
    pub(crate) fn may(&self, session: SessionId, room: RoomId, deed: Deed, now: Now) -> Result<(), Reject> {
        if self.is_stranger(session) {
            return Err(Reject::LoginFirst);
        }
        let member = self.member_at(session, room, now.wall_ms);
        // Whoever writes to a bot is answered, whatever its rooms are.
        let is_elsewhere = |rooms: &[RoomId]| member.place != Place::Direct && !rooms.contains(&room);
        if self.bound_to(session).is_some_and(is_elsewhere) {
            return Err(Reject::NotForBots);
        }
        rights::check(&member, deed)
    }

    /// The rooms that a bot is bound to, if it is.
    pub(crate) fn bound_to(&self, session: SessionId) -> Option<&[RoomId]> {
        let account = self.people.get(self.account(session)?)?;
        account.record.bot.as_ref().map(|bot| &bot.rooms[..]).filter(|rooms| !rooms.is_empty())
    }

    /// Whether a session has no account where everybody needs one.
    pub(crate) fn is_stranger(&self, session: SessionId) -> bool {
        !self.policy.guests && self.account(session).is_none()
    }

    /// The room that a name means to a session: a private one that it may enter, or else the public one.
    pub(crate) fn find_room(&self, session: SessionId, name: &RoomName) -> Option<RoomId> {
        let knows = |room: &&RoomId| self.member(session, **room).place == Place::Invited;
        self.rooms.hidden(name).iter().find(knows).copied().or_else(|| self.rooms.find(name))
    }

    /// A room as a session sees it.
    pub(crate) fn facts(&self, session: SessionId, id: RoomId) -> RoomFacts {
        let room = self.rooms.get(id).expect("invariant: whoever asks has seen that the room exists");
        let (first, head) = room.extent();
        let person = self.person(session);
        let other = room.parties().map(|[one, other]| if one == person { other } else { one });
        let account = person.account().and_then(|account| self.people.get(account));
        let read =
            account.filter(|_| other.is_some()).map(|account| account.reads.get(&id).copied().unwrap_or_default());
        RoomFacts {
            id,
            epoch: room.record.epoch,
            name: room.record.name.clone(),
            first,
            head,
            kind: room.record.kind,
            with: other.map(|other| self.name_of(other).unwrap_or_else(|| "?".into())),
            role: self.role(person, room),
            read_only: room.record.read_only,
            slow_seconds: room.record.slow_seconds,
            topic: room.record.topic.clone(),
            read,
        }
    }

    /// The rooms that a session may know of. A name is that of its private room first, so that a public
    /// one of the same name could not be entered from the list.
    pub(crate) fn list_rooms(&mut self, session: SessionId) -> RoomCounts {
        let public = self.rooms.list();
        let mut own: Vec<_> = self
            .rooms
            .all_hidden()
            .filter(|room| self.member(session, room.record.id).place == Place::Invited)
            .map(Room::count)
            .collect();
        if own.is_empty() {
            return public;
        }
        let taken: FxHashSet<_> = own.iter().map(|room| room.name.key().clone()).collect();
        let is_reached =
            |room: &&RoomCount| !taken.contains(room.name.key()) || self.sessions.of(session).is_in(room.id);
        let reached: Vec<_> = public.iter().filter(is_reached).cloned().collect();
        own.extend(reached);
        own.sort_by(busiest_first);
        own.into()
    }

    /// An account as it is kept, changed.
    pub(crate) fn changed_account(
        &self,
        id: AccountId,
        change: impl FnOnce(&mut AccountRecord),
    ) -> Option<[AccountRecord; 2]> {
        let before = self.people.get(id)?.record.clone();
        let mut after = before.clone();
        change(&mut after);
        Some([before, after])
    }
}

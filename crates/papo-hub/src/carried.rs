//! What restricts somebody restricts what their session becomes: a guest who registers or logs in, an account that
//! logs out, a guest who comes back from elsewhere. It ends as it would have, and is lifted where it was said.

use papo_proto::limits::{RESTRICTIONS_CARRIED, RESTRICTIONS_PER_ROOM, SLOW_REMEMBERED};
use papo_proto::words::people::{Restricted, Restriction, RestrictionRecord};
use papo_proto::{AccountId, Nickname, Person, Record, RoomId, SessionId};

use crate::hub::{Hub, Now};
use crate::outbox::Undo;
use crate::room::Room;

/// Somebody who a session was, and may not do something in a room.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Carried {
    pub(crate) room: RoomId,
    pub(crate) whom: Restricted,
    pub(crate) what: Restriction,
    /// What is said again later is said of somebody else.
    pub(crate) until_ms: u64,
}

impl Carried {
    /// Until when it restricts, if it does: what was lifted or shortened meanwhile is so here.
    pub(crate) fn holds(&self, room: &Room, now_ms: u64) -> Option<u64> {
        let said = room.restricted(self.whom, self.what, now_ms)?;
        Some(said.min(self.until_ms)).filter(|until_ms| *until_ms > now_ms)
    }
}

impl Hub {
    /// The session is about to be `heir`, or somewhere else: what restricts it now goes on to do so, and in a slow
    /// room nobody posts the sooner for it.
    pub(crate) fn carry_over(&mut self, session: SessionId, heir: Person, now: Now) {
        let before = self.person(session);
        let Some(found) = self.sessions.get(session) else { return };
        if found.nick.is_none() {
            // It was nobody yet: an account that logs in is not met by what others did from its address.
            return;
        }
        let whom = match before {
            Person::Account(account) => Restricted::Account(account),
            Person::Guest(_) => Restricted::Address(found.address),
        };
        let known = found.more.as_ref().map_or(&[][..], |more| &more.carried);
        let holds = |carried: &Carried| {
            self.rooms.get(carried.room).is_some_and(|room| carried.holds(room, now.wall_ms).is_some())
        };
        let mut carried: Vec<Carried> = known.iter().copied().filter(holds).collect();
        for room in self.rooms.all_mut() {
            for what in [Restriction::Ban, Restriction::Mute] {
                if let Some(until_ms) = room.restricted(whom, what, now.wall_ms) {
                    let anew = Carried { room: room.record.id, whom, what, until_ms };
                    carried.retain(|known| (known.room, known.whom, known.what) != (anew.room, whom, what));
                    carried.push(anew);
                }
            }
            let has_place = room.slow.len() < SLOW_REMEMBERED || room.slow.contains_key(&heir);
            if let Some(next) = room.slow.get(&before).copied().filter(|next| *next > now.running && has_place) {
                let heirs = room.slow.entry(heir).or_default();
                *heirs = next.max(*heirs);
            }
        }
        // Rooms that are made to push out what was said elsewhere are the newest.
        carried.sort_by_key(|carried| carried.room);
        carried.truncate(RESTRICTIONS_CARRIED);
        if !carried.is_empty() || !known.is_empty() {
            self.sessions.of(session).more().carried = carried;
        }
    }

    /// A new account is met as whoever made it was: where they are, by their name, or as another account.
    /// Others at the address are not meant.
    pub(crate) fn restrict_heir(&mut self, session: SessionId, account: AccountId, name: &Nickname, now: Now) {
        let Some(found) = self.sessions.get(session) else { return };
        let nick = found.nick.clone();
        let rooms = found.rooms.clone();
        let carried = found.more.as_ref().map(|more| more.carried.clone()).unwrap_or_default();
        let is_called = |called: &str| {
            let called = Nickname::parse(called).ok().map(|parsed| parsed.name);
            let key = called.as_ref().map(Nickname::key);
            key.is_some() && (key == Some(name.key()) || key == nick.as_ref().map(Nickname::key))
        };
        for carried in carried {
            let Carried { room: id, whom, what, .. } = carried;
            let Some(room) = self.rooms.get(id).filter(|room| room.restrictions.len() < RESTRICTIONS_PER_ROOM) else {
                continue;
            };
            let Some((_, called)) = room.restrictions.get(&(whom, what)).cloned() else { continue };
            let Some(until_ms) = carried.holds(room, now.wall_ms) else { continue };
            let is_meant = matches!(whom, Restricted::Account(_)) || rooms.contains(&id) || is_called(&called);
            let heir = Restricted::Account(account);
            if is_meant && room.restricted(heir, what, now.wall_ms).is_none_or(|until| until < until_ms) {
                let after = RestrictionRecord { room: id, whom: heir, what, name: called, until_ms };
                let before = RestrictionRecord { until_ms: 0, ..after.clone() };
                let undo = Undo::Put(Box::new(Record::Restriction(before)));
                self.settle(session, Record::Restriction(after), undo, None);
            }
        }
    }
}

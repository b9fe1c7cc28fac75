//! What was kept makes the state: at a start all of it, later each decision as it is made, and when a
//! commit fails what was before.

use papo_proto::words::people::{GrantRecord, RestrictionRecord};
use papo_proto::{Person, Record};

use crate::hub::{Hub, Now};
use crate::outbox::{Effect, Undo};
use crate::presence::Change;

impl Hub {
    /// The state is as this says.
    pub(crate) fn apply(&mut self, record: &Record) {
        match record {
            Record::Account(account) => {
                self.nicknames.claim(&account.name, account.id);
                self.people.put(account.clone());
            }
            Record::Login(login) => self.people.put_login(login.clone()),
            Record::LoginGone(login) => drop(self.people.remove_login(*login)),
            Record::Room(room) => self.rooms.update(room),
            Record::Grant(GrantRecord { room, person, role }) => {
                let Some(room) = self.rooms.get_mut(*room) else { return };
                match role {
                    Some(role) => drop(room.grants.insert(*person, *role)),
                    None => drop(room.grants.remove(person)),
                }
            }
            Record::Restriction(RestrictionRecord { room, whom, what, name, until_ms }) => {
                let Some(room) = self.rooms.get_mut(*room) else { return };
                match until_ms {
                    0 => drop(room.restrictions.remove(&(*whom, *what))),
                    until => drop(room.restrictions.insert((*whom, *what), (*until, name.clone()))),
                }
            }
            Record::Invite(invite) => match invite.uses {
                0 => drop(self.people.invites.remove(&invite.token)),
                _ => drop(self.people.invites.insert(invite.token, *invite)),
            },
            Record::Read(read) => {
                if let Some(account) = self.people.get_mut(read.account) {
                    account.reads.insert(read.room, read.seq);
                }
            }
            Record::Lockdown(on) => self.lockdown = *on,
            // These are of the store alone, or have ways of their own.
            Record::Event(_)
            | Record::RoomGone(_)
            | Record::Session(_)
            | Record::SessionGone(_)
            | Record::Redact(_)
            | Record::Audit(_)
            | Record::Recall { .. } => {}
        }
    }

    /// Something could not be kept: it is as it was before.
    pub(crate) fn undo(&mut self, undo: Undo, now: Now) {
        match undo {
            Undo::Put(record) => self.apply(&record),
            Undo::Login(login) => {
                let account = self.people.remove_login(login).map(|login| login.account);
                let sessions = account.and_then(|account| self.people.get(account)).map(|known| known.sessions.clone());
                for session in sessions.unwrap_or_default() {
                    if self.sessions.get(session).and_then(|found| found.account).is_some_and(|(_, of)| of == login) {
                        self.become_guest(session, now);
                    }
                }
            }
            Undo::Account(id) => {
                let sessions = self.people.get(id).map(|account| account.sessions.clone()).unwrap_or_default();
                for session in sessions {
                    self.become_guest(session, now);
                }
                if let Some(account) = self.people.forget(id) {
                    self.nicknames.release(&account.record.name);
                }
            }
        }
    }

    /// Decides that something is so from now on: at once here, and when it is kept whoever asked is
    /// told. When it cannot be kept, it is as `undo` says.
    pub(crate) fn settle(
        &mut self,
        session: papo_proto::SessionId,
        record: Record,
        undo: Undo,
        reply: Option<papo_proto::Reply>,
    ) {
        self.apply(&record);
        let txn = if reply.is_some() { self.asking.take() } else { None };
        self.outbox.push(Effect::Settle { record, undo, session, txn, reply: reply.map(Box::new) });
    }

    /// Ends a room: everybody is out of it, and it is forgotten with its log.
    pub(crate) fn end_room(&mut self, room: papo_proto::RoomId, now: Now) {
        let members: Vec<_> =
            self.rooms.get(room).map(|room| room.members.iter().copied().collect()).unwrap_or_default();
        for session in members {
            self.leave(session, room, Change::Silent, now);
        }
        if let Some(room) = self.rooms.remove(room) {
            for account in room.parties().into_iter().flatten().filter_map(Person::account) {
                if let Some(account) = self.people.get_mut(account) {
                    account.reads.remove(&room.record.id);
                }
            }
            self.outbox.push(Effect::Keep(Record::RoomGone(room.record.id)));
        }
    }
}

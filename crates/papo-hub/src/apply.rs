//! What was kept makes the state: at a start all of it, later each decision as it is made, and when a
//! commit fails what was before.

use papo_proto::words::people::{GrantRecord, RestrictionRecord};
use papo_proto::{Dialect, Person, Record, Reply, RoomId, SessionId};

use crate::hub::{Hub, Now};
use crate::outbox::{Effect, Undo};
use crate::presence::Change;
use crate::rights::Deed;

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

    /// Out of the room with those who may not be in it any more.
    pub(crate) fn shut_out(&mut self, room: RoomId, now: Now) -> Vec<(SessionId, RoomId)> {
        let mut members: Vec<SessionId> =
            self.rooms.get(room).map(|room| room.members.iter().copied().collect()).unwrap_or_default();
        members.retain(|session| self.may(*session, room, Deed::Enter, now).is_err());
        members.sort_unstable();
        for session in &members {
            self.put_out(*session, room, now);
        }
        members.into_iter().map(|session| (session, room)).collect()
    }

    /// A session that may not be in a room any more is out of it, and told so.
    pub(crate) fn put_out(&mut self, session: SessionId, room: RoomId, now: Now) {
        let found = self.rooms.of_ref(room);
        let (name, is_direct) = (found.name().clone(), found.parties().is_some());
        self.leave(session, room, Change::Left, now);
        let reply = match self.sessions.of(session).encoding.dialect {
            Dialect::Papo1 => Reply::Gone(room),
            Dialect::Text if is_direct => return,
            Dialect::Text => Reply::Left(room, name),
        };
        self.outbox.push(Effect::Reply { session, txn: None, reply: Box::new(reply) });
    }

    /// Decides that something is so from now on: at once here, and when it is kept whoever asked is
    /// told. When it cannot be kept, it is as `undo` says.
    pub(crate) fn settle(&mut self, session: SessionId, record: Record, undo: Undo, reply: Option<Reply>) {
        self.apply(&record);
        let txn = if reply.is_some() { self.asking.take() } else { None };
        self.outbox.push(Effect::Settle { record, undo, session, txn, reply: reply.map(Box::new) });
    }

    /// Ends a room: everybody is out of it, and it is forgotten with its log.
    pub(crate) fn end_room(&mut self, room: RoomId, now: Now) {
        if self.close_room(room, now) {
            self.outbox.push(Effect::Keep(Record::RoomGone(room)));
        }
    }

    /// The same, up to what is to be kept of it; false when there is no such room.
    pub(crate) fn close_room(&mut self, room: RoomId, now: Now) -> bool {
        let members: Vec<_> =
            self.rooms.get(room).map(|room| room.members.iter().copied().collect()).unwrap_or_default();
        for session in members {
            self.leave(session, room, Change::Silent, now);
        }
        let Some(ended) = self.rooms.remove(room) else { return false };
        for account in ended.parties().into_iter().flatten().filter_map(Person::account) {
            if let Some(account) = self.people.get_mut(account) {
                account.reads.remove(&room);
            }
        }
        true
    }
}

//! A commit failed: nothing of what was settled is so, and what has ended is told to the store again.

use papo_proto::limits::OUTBOX_MAX_ENTRIES;
use papo_proto::{AccountId, Person, Record, Reply, RoomId, SessionId};

use crate::hub::{Hub, Now};
use crate::outbox::{Effect, Undo};
use crate::outlet::{CommitError, Outlet};

impl Hub {
    /// Nothing of the batch is stored: whoever waits for some of it is told, and what was settled is as it
    /// was before.
    pub fn commit_failed(&mut self, error: CommitError, now: Now, outlet: &mut impl Outlet) {
        let mut none = std::iter::repeat(None);
        let mut failed = Vec::new();
        let mut undone = Vec::new();
        while let Some((effect, _)) = self.outbox.pop_committed(&mut none) {
            failed.extend(self.fail(effect, error, &mut undone));
        }
        undone.extend(self.outbox.fail_settled(&error.reject()));
        let shut_out = self.undo_all(undone, now);
        for effect in failed {
            // Whoever was let in by what failed reads nothing of the room.
            if !matches!(effect, Effect::Enter { session, room, .. } if shut_out.contains(&(session, room))) {
                self.perform(effect, outlet);
            }
        }
        self.publish(outlet);
    }

    /// What is left to do of an effect of a batch of which nothing is stored.
    fn fail(&mut self, effect: Effect, error: CommitError, undone: &mut Vec<Undo>) -> Option<Effect> {
        let refuse = |session, txn| {
            let reply = Box::new(Reply::Rejected(error.reject()));
            Some(Effect::Reply { session, txn, reply })
        };
        match effect {
            Effect::Append { append, ticket } => {
                let (session, txn) = self.asker(&append, ticket);
                refuse(session, txn)
            }
            Effect::Create { session, txn, .. } | Effect::Redact { session, txn, .. } => refuse(session, txn),
            Effect::Repeat { ticket, .. } => refuse(self.outside, ticket),
            Effect::Recall { session, txn, .. } => {
                self.recalled(session);
                refuse(session, Some(txn))
            }
            Effect::Settle { undo, session, txn, reply, .. } => {
                undone.push(undo);
                reply.and_then(|_| refuse(session, txn))
            }
            Effect::Keep(record) => {
                self.is_unkept(record);
                None
            }
            other => Some(other).filter(|effect| !effect.tells_what_was_settled()),
        }
    }

    /// Something could not be kept that nobody waits for.
    fn is_unkept(&mut self, record: Record) {
        match record {
            // A session goes on, and is kept when it next posts.
            Record::Session(record) => self.session_is_unkept(record.id),
            // What has ended has ended: the store is told again, before anything else.
            Record::RoomGone(room) => {
                self.rooms.bury(room);
                self.keep_later(record);
            }
            Record::LoginGone(_) | Record::SessionGone(_) | Record::Read(_) | Record::Audit(_) => {
                self.keep_later(record);
            }
            // A room comes along with its next message, a login with its next use.
            _ => {}
        }
    }

    fn keep_later(&mut self, record: Record) {
        if self.unkept.len() < OUTBOX_MAX_ENTRIES {
            self.unkept.push(record);
        }
    }

    /// None of this could be kept: it is as it was before, the newest first. Returns who is out of which
    /// room for it.
    pub(crate) fn undo_all(&mut self, mut undone: Vec<Undo>, now: Now) -> Vec<(SessionId, RoomId)> {
        // Names before all else: the guests of before have theirs again.
        for undo in &undone {
            if let Undo::Account(id, _) = undo
                && let Some(account) = self.people.get(*id)
            {
                self.nicknames.release(&account.record.name, *id);
            }
        }
        let mut rooms = Vec::new();
        while let Some(undo) = undone.pop() {
            if let Undo::Put(record) = &undo {
                rooms.extend(room_of(record));
            }
            self.undo(undo, now);
        }
        rooms.sort_unstable();
        rooms.dedup();
        let shut_out: Vec<_> = rooms.into_iter().flat_map(|room| self.shut_out(room, now)).collect();
        let is_out = |session: &SessionId, room: &RoomId| shut_out.contains(&(*session, *room));
        let rooms = &self.rooms;
        self.outbox.put_right(|effect| {
            match effect {
                Effect::Enter { session, room, .. } => return !is_out(session, room),
                // A room that waits to be kept is kept as it is now.
                Effect::Keep(Record::Room(record)) | Effect::Create { record, .. } => {
                    if let Some(room) = rooms.get(record.id) {
                        record.clone_from(&room.record);
                    }
                }
                _ => {}
            }
            true
        });
        shut_out
    }

    fn undo(&mut self, undo: Undo, now: Now) {
        match undo {
            Undo::Put(record) => {
                self.apply(&record);
                match &*record {
                    Record::Room(record) => self.rooms.free_name(record),
                    Record::Account(account) => {
                        for session in self.sessions_of(Person::Account(account.id)) {
                            self.show_ignored(session);
                        }
                    }
                    _ => {}
                }
            }
            Undo::Login(login, called) => {
                let account = self.people.remove_login(login).map(|login| login.account);
                let sessions = account.and_then(|account| self.people.get(account)).map(|known| known.sessions.clone());
                for session in sessions.unwrap_or_default() {
                    if self.sessions.get(session).and_then(|found| found.account).is_some_and(|(_, of)| of == login) {
                        self.become_guest(session, called.clone(), now);
                    }
                }
            }
            Undo::Account(id, heir) => self.forget_account(id, heir, now),
            Undo::Nothing => {}
        }
    }

    /// An account never was: what was made in its name meanwhile is the guest's.
    fn forget_account(&mut self, id: AccountId, heir: Option<SessionId>, now: Now) {
        let sessions = self.people.get(id).map(|account| account.sessions.clone()).unwrap_or_default();
        for session in sessions {
            self.become_guest(session, None, now);
        }
        let Some(account) = self.people.forget(id) else { return };
        self.nicknames.release(&account.record.name, id);
        let never = Person::Account(id);
        for room in self.rooms.directs_of(never) {
            self.end_room(room, now);
        }
        let is_there = |session: &SessionId| self.sessions.get(*session).is_some_and(|found| !found.ending);
        let heir = heir.filter(is_there).map(Person::Guest);
        let to_heir = |owner: &mut Option<Person>| {
            if *owner == Some(never) {
                *owner = heir;
            }
        };
        self.rooms.each_owner(to_heir);
        self.outbox.put_right(|effect| {
            match effect {
                Effect::Append { append, .. } if append.person == never => {
                    append.person = Person::Guest(append.session);
                }
                Effect::Create { record, .. } | Effect::Keep(Record::Room(record)) => to_heir(&mut record.owner),
                Effect::Keep(Record::Login(login)) => return login.account != id,
                Effect::Keep(Record::Read(read)) => return read.account != id,
                _ => {}
            }
            true
        });
        self.unkept.retain(|record| !matches!(record, Record::Read(read) if read.account == id));
    }
}

/// The room of which a record says who may be in it.
fn room_of(record: &Record) -> Option<RoomId> {
    match record {
        Record::Room(room) => Some(room.id),
        Record::Grant(grant) => Some(grant.room),
        Record::Restriction(restriction) => Some(restriction.room),
        _ => None,
    }
}

//! A commit failed: nothing of what was settled is so, and what has ended is told to the store again.

use papo_proto::limits::OUTBOX_MAX_ENTRIES;
use papo_proto::words::{RedactWhat, Whose};
use papo_proto::{AccountId, Dialect, Person, Record, Reply, RoomId, SessionId};

use crate::hub::{Hub, Now};
use crate::outbox::{Effect, Undo};
use crate::outlet::{CommitError, Outlet};
use crate::rightful::Undone;

impl Hub {
    /// Nothing of the batch is stored: whoever waits for some of it is told, and what was settled is as it
    /// was before.
    pub fn commit_failed(&mut self, error: CommitError, now: Now, outlet: &mut impl Outlet) {
        let mut none = std::iter::repeat(None);
        let mut failed = Vec::new();
        let mut undone = Vec::new();
        while let Some((effect, _)) = self.outbox.pop_committed(&mut none) {
            self.fail(effect, error, &mut undone, &mut failed);
        }
        undone.extend(self.outbox.fail_settled(&error.reject()));
        let undone = self.undo_all(undone, error, now);
        for mut effect in failed {
            // Whoever was let in by what failed reads nothing of the room.
            if self.put_right(&mut effect, &undone, now) {
                self.perform(effect, outlet);
            }
        }
        self.publish(outlet);
    }

    /// What is to be taken back of an effect of a batch of which nothing is stored, and what is left to do.
    fn fail(&mut self, effect: Effect, error: CommitError, undone: &mut Vec<Undo>, left: &mut Vec<Effect>) {
        let refuse = |session, txn| {
            let reply = Box::new(Reply::Rejected(error.reject()));
            Effect::Reply { session, txn, reply }
        };
        match effect {
            Effect::Append { append, ticket } => {
                let (session, txn) = self.asker(&append, ticket);
                left.push(refuse(session, txn));
            }
            Effect::Create { session, txn, .. } | Effect::Redact { session, txn, .. } => {
                left.push(refuse(session, txn));
            }
            Effect::Repeat { ticket, .. } => left.push(refuse(self.outside, ticket)),
            Effect::Recall { session, txn, .. } => {
                self.recalled(session);
                left.push(refuse(session, Some(txn)));
            }
            Effect::Settle { record, undo, session, txn, reply } => {
                left.extend(reply.as_ref().map(|_| refuse(session, txn)));
                if matches!(undo, Undo::Ended) {
                    let told = reply.and_then(|reply| self.told_of_the_end(session, &record, *reply));
                    left.extend(told.map(|reply| Effect::Reply { session, txn: None, reply: Box::new(reply) }));
                    self.is_unkept(record);
                }
                undone.push(undo);
            }
            Effect::Keep(record) => self.is_unkept(record),
            // The whisper before it was not kept.
            Effect::Reply { reply, .. } if matches!(*reply, Reply::KeptFor(_)) => {}
            other => left.extend(Some(other).filter(|effect| !effect.tells_what_was_settled())),
        }
    }

    /// What somebody has to know who ended something, though it is not kept yet: it has ended all the same.
    fn told_of_the_end(&mut self, session: SessionId, record: &Record, reply: Reply) -> Option<Reply> {
        match (record, reply) {
            (_, Reply::LoggedOut(nick)) => Some(Reply::CalledNow(nick)),
            (Record::RoomGone(room), _) => {
                let name = self.rooms.published(*room)?.name().clone();
                Some(match self.sessions.get(session)?.encoding.dialect {
                    Dialect::Papo1 => Reply::Gone(*room),
                    Dialect::Text => Reply::Left(*room, name),
                })
            }
            _ => None,
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

    /// None of this could be kept: it is as it was before, the newest first, and so is all that was decided
    /// by it and waits.
    fn undo_all(&mut self, mut undone: Vec<Undo>, error: CommitError, now: Now) -> Undone {
        // Names before all else: the guests of before have theirs again.
        for undo in &undone {
            if let Undo::Account(id, _) = undo
                && let Some(account) = self.people.get(*id)
            {
                self.nicknames.release(&account.record.name, *id);
            }
        }
        let (mut rooms, mut repaced) = (Vec::new(), Vec::new());
        while let Some(undo) = undone.pop() {
            if let Undo::Put(record) = &undo {
                rooms.extend(room_of(record));
                repaced.extend(self.repace(record));
            }
            self.undo(undo, error, now);
        }
        rooms.sort_unstable();
        rooms.dedup();
        let shut_out = rooms.into_iter().flat_map(|room| self.shut_out(room, now)).collect();
        let undone = Undone { shut_out, repaced };
        let mut outbox = std::mem::take(&mut self.outbox);
        outbox.put_right(|effect| self.put_right(effect, &undone, now));
        self.outbox = outbox;
        undone
    }

    /// A room that is to have another pace again: when people posted is counted anew.
    fn repace(&mut self, record: &Record) -> Option<RoomId> {
        let Record::Room(before) = record else { return None };
        let room = self.rooms.get_mut(before.id)?;
        (room.record.slow_seconds != before.slow_seconds).then(|| {
            room.slow.clear();
            before.id
        })
    }

    fn undo(&mut self, undo: Undo, error: CommitError, now: Now) {
        match undo {
            Undo::Put(record) => {
                if let Record::Login(login) = &*record
                    && self.people.login(login.id).is_none()
                {
                    // It has ended meanwhile.
                    return;
                }
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
            Undo::Account(id, heir) => self.forget_account(id, heir, error, now),
            Undo::Nothing | Undo::Ended => {}
        }
    }

    /// An account never was: what was made in its name meanwhile is the guest's.
    fn forget_account(&mut self, id: AccountId, heir: Option<SessionId>, error: CommitError, now: Now) {
        let sessions = self.people.get(id).map(|account| account.sessions.clone()).unwrap_or_default();
        for session in sessions {
            self.become_guest(session, None, now);
        }
        let Some(account) = self.people.forget(id) else { return };
        self.nicknames.release(&account.record.name, id);
        let never = Person::Account(id);
        let conversations = self.rooms.directs_of(never);
        for room in &conversations {
            self.end_room(*room, now);
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
                // What was said in a conversation that never was is in none.
                Effect::Append { append, ticket: None } if conversations.contains(&append.room) => {
                    let (session, txn) = (append.session, append.txn);
                    *effect = Effect::Reply { session, txn, reply: Box::new(Reply::Rejected(error.reject())) };
                }
                Effect::Append { append, .. } if append.person == never => {
                    append.person = Person::Guest(append.session);
                }
                Effect::Redact { redact, .. } => {
                    let guest = Person::Guest(redact.session);
                    if redact.person == never {
                        redact.person = guest;
                    }
                    if let RedactWhat::One(_, Whose::Of(whose)) | RedactWhat::Last(whose) | RedactWhat::Of(whose, _) =
                        &mut redact.what
                        && *whose == never
                    {
                        *whose = guest;
                    }
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

//! The promises of a store, in a few lines.

use std::collections::BTreeMap;

use papo_proto::words::people::AuditRecord;
use papo_proto::words::{Place, Redact, RedactWhat};
use papo_proto::{AccountId, LoginId, Person, Record, RoomId, Seq, SessionId, Stored, Txn, papo1};

use crate::KnownRoom;
use crate::resume::Found;

/// The promises of a store, in a few lines.
#[derive(Default)]
pub(super) struct FakeStore {
    heads: BTreeMap<RoomId, u64>,
    places: BTreeMap<(SessionId, Txn), Place>,
    pub(super) sessions: BTreeMap<papo_proto::words::TokenHash, papo_proto::words::SessionRecord>,
    /// Who said what, for those who take it back.
    said: Vec<(RoomId, Seq, Person, u64)>,
    /// The room in which each thing was said.
    pub(super) rooms_of_texts: BTreeMap<String, RoomId>,
    /// Everything else that was kept, each thing as it is now.
    pub(super) kept: Vec<Record>,
    /// What moderators did.
    pub(super) audit: Vec<AuditRecord>,
    /// The highest number that a room ever had.
    pub(super) newest_room: RoomId,
    /// Likewise of accounts and logins.
    pub(super) newest_people: (AccountId, LoginId),
    /// Nothing can be written.
    pub(super) full: bool,
}

impl FakeStore {
    pub(super) fn keep(&mut self, record: &Record) -> Stored {
        match record {
            Record::Event(posted) => {
                if let Some(place) = posted.txn.and_then(|txn| self.places.get(&(posted.session, txn))) {
                    return Stored::Repeated(*place);
                }
                self.rooms_of_texts.insert(posted.text.to_string(), posted.room);
                let head = self.heads.entry(posted.room).or_insert(0);
                *head += 1;
                let place = Place { room: posted.room, seq: Seq(*head), at_ms: posted.at_ms };
                self.said.push((posted.room, place.seq, posted.person, posted.at_ms));
                if let Some(txn) = posted.txn {
                    self.places.insert((posted.session, txn), place);
                }
                Stored::Appended(place.seq)
            }
            Record::Recall { session, txn } => {
                self.places.get(&(*session, *txn)).map_or(Stored::Unknown, |place| Stored::Repeated(*place))
            }
            Record::Session(record) => {
                self.sessions.insert(record.token, record.clone());
                Stored::Done
            }
            Record::SessionGone(id) => {
                self.sessions.retain(|_, record| record.id != *id);
                Stored::Done
            }
            Record::Redact(redact) => self.redact(redact),
            Record::RoomGone(room) => {
                self.kept.retain(|kept| room_of(kept) != Some(*room));
                self.heads.remove(room);
                self.said.retain(|(of, ..)| of != room);
                Stored::Done
            }
            Record::LoginGone(login) => {
                self.kept.retain(|kept| !matches!(kept, Record::Login(kept) if kept.id == *login));
                Stored::Done
            }
            Record::Audit(audit) => {
                self.audit.push(audit.clone());
                Stored::Done
            }
            other => {
                match other {
                    Record::Room(room) => self.newest_room = self.newest_room.max(room.id),
                    Record::Account(account) => self.newest_people.0 = self.newest_people.0.max(account.id),
                    Record::Login(login) => self.newest_people.1 = self.newest_people.1.max(login.id),
                    _ => {}
                }
                self.kept.retain(|kept| !is_of_the_same(kept, other));
                self.kept.push(other.clone());
                Stored::Done
            }
        }
    }

    fn redact(&mut self, redact: &Redact) -> Stored {
        let is_meant = |seq: Seq, person: Person, at_ms: u64| match &redact.what {
            RedactWhat::One(one, whose) => seq == *one && whose.means(person),
            RedactWhat::Last(whose) => person == *whose,
            RedactWhat::Of(whose, since_ms) => person == *whose && at_ms >= *since_ms,
        };
        let meant =
            self.said.iter().filter(|(room, seq, person, at)| *room == redact.room && is_meant(*seq, *person, *at));
        let mut seqs: Vec<Seq> = meant.map(|(_, seq, ..)| *seq).collect();
        if matches!(redact.what, RedactWhat::Last(_)) {
            seqs.drain(..seqs.len().saturating_sub(1));
        }
        self.said.retain(|(room, seq, ..)| *room != redact.room || !seqs.contains(seq));
        if seqs.is_empty() {
            return Stored::Redacted(Seq(0), [].into());
        }
        self.audit.extend(redact.audit.as_deref().cloned());
        let head = self.heads.entry(redact.room).or_insert(0);
        *head += 1;
        Stored::Redacted(Seq(*head), seqs.into())
    }

    /// The rooms that are kept.
    pub(super) fn rooms(&self) -> Vec<KnownRoom> {
        let known = |record: &Record| {
            let Record::Room(record) = record else { return None };
            let head = Seq(self.heads.get(&record.id).copied().unwrap_or_default());
            Some(KnownRoom { record: record.clone(), first: head.min(Seq(1)), head })
        };
        self.kept.iter().filter_map(known).collect()
    }

    /// Everything that is kept of people and their rights: accounts before what is theirs.
    pub(super) fn people(&self) -> Vec<Record> {
        let order = |record: &Record| !matches!(record, Record::Account(_));
        let mut people: Vec<Record> =
            self.kept.iter().filter(|record| !matches!(record, Record::Room(_))).cloned().collect();
        people.sort_by_key(order);
        people
    }

    pub(super) fn find(&self, token: &papo1::Token) -> Option<Found> {
        let record = self.sessions.get(&token.hash())?.clone();
        let txns = self.places.keys().filter(|(session, _)| *session == record.id).map(|(_, txn)| *txn);
        Some(Found { newest_txn: txns.max().unwrap_or_default(), record })
    }
}

/// Whether a record says anew what another one said before.
fn is_of_the_same(before: &Record, now: &Record) -> bool {
    match (before, now) {
        (Record::Room(before), Record::Room(now)) => before.id == now.id,
        (Record::Account(before), Record::Account(now)) => before.id == now.id,
        (Record::Login(before), Record::Login(now)) => before.id == now.id,
        (Record::Grant(before), Record::Grant(now)) => (before.room, before.person) == (now.room, now.person),
        (Record::Restriction(before), Record::Restriction(now)) => {
            (before.room, before.whom, before.what) == (now.room, now.whom, now.what)
        }
        (Record::Invite(before), Record::Invite(now)) => before.token == now.token,
        (Record::Read(before), Record::Read(now)) => (before.room, before.account) == (now.room, now.account),
        (Record::Lockdown(_), Record::Lockdown(_)) => true,
        _ => false,
    }
}

/// The room with which a record goes.
fn room_of(record: &Record) -> Option<RoomId> {
    match record {
        Record::Room(room) => Some(room.id),
        Record::Grant(grant) => Some(grant.room),
        Record::Restriction(restriction) => Some(restriction.room),
        Record::Read(read) => Some(read.room),
        _ => None,
    }
}

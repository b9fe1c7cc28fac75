//! Some rights never were: what was decided by them, and waits still, is asked again. Whatever falls is
//! answered as it would have been without them; what was rightful all the same stays.
//!
//! All that waits was decided after what is kept, so the rights of before are those of after the undoing.

use papo_proto::words::{Redact, RedactWhat, RoomKind, Whose};
use papo_proto::{Append, Dialect, Ephemeral, Person, Record, Reject, Reply, Role, RoomId, SessionId, Txn};

use crate::hub::{Hub, Now};
use crate::outbox::Effect;
use crate::rights::{self, Deed, Member, Place};
use crate::room::DIRECTORY;

/// What else has changed with the rights that never were.
#[derive(Debug, Default)]
pub(crate) struct Undone {
    /// Who is out of which room.
    pub(crate) shut_out: Vec<(SessionId, RoomId)>,
    /// Rooms that have another pace again.
    pub(crate) repaced: Vec<RoomId>,
}

impl Hub {
    /// Puts an effect right; false when nothing is left of it.
    pub(crate) fn put_right(&mut self, effect: &mut Effect, undone: &Undone, now: Now) -> bool {
        let asked = match effect {
            Effect::Enter { session, room, .. } => return !undone.shut_out.contains(&(*session, *room)),
            // What waits to be kept is kept as it is now.
            Effect::Keep(Record::Room(record)) => {
                self.as_it_is(record);
                return true;
            }
            Effect::Keep(Record::Login(login)) => {
                let Some(known) = self.people.login(login.id) else { return false };
                login.clone_from(known);
                return true;
            }
            Effect::Create { record, session, txn, .. } => {
                self.as_it_is(record);
                self.knows_of(*session, record.id).map_err(|reject| (*session, *txn, reject))
            }
            Effect::Append { append, ticket } => {
                let (session, txn) = self.asker(append, *ticket);
                self.may_post(append, undone, now).map_err(|reject| (session, txn, reject))
            }
            Effect::Redact { redact, session, txn } => {
                self.may_redact(redact).map_err(|reject| (*session, *txn, reject))
            }
            Effect::Read { session, query } => {
                self.may_still(*session, query.room, Deed::Enter, now).map_err(|reject| (*session, query.txn, reject))
            }
            Effect::ReadAudit { session, query } => {
                self.may_still(*session, query.room, Deed::Audit, now).map_err(|reject| (*session, query.txn, reject))
            }
            Effect::Reply { session, txn, reply } => match self.may_hear(*session, reply, now) {
                Err(_) if !is_an_answer(reply, *txn) => return false,
                heard => heard.map_err(|reject| (*session, *txn, reject)),
            },
            Effect::Tell { room: DIRECTORY, ephemeral: Ephemeral::Rooms { changed, .. }, .. } => {
                changed
                    .retain(|count| self.rooms.get(count.id).is_none_or(|room| room.record.kind == RoomKind::Public));
                return true;
            }
            _ => return true,
        };
        if let Err((session, txn, reject)) = asked {
            *effect = Effect::Reply { session, txn, reply: Box::new(Reply::Rejected(reject)) };
        }
        true
    }

    fn as_it_is(&self, record: &mut papo_proto::words::RoomRecord) {
        if let Some(room) = self.rooms.get(record.id) {
            record.clone_from(&room.record);
        }
    }

    /// Of a room that has ended since, nothing is asked any more.
    fn may_still(&self, session: SessionId, room: RoomId, deed: Deed, now: Now) -> Result<(), Reject> {
        self.rooms.get(room).map_or(Ok(()), |_| self.may(session, room, deed, now))
    }

    /// Whether a session may know of a room.
    fn knows_of(&self, session: SessionId, room: RoomId) -> Result<(), Reject> {
        let is_hidden = self.rooms.get(room).is_some() && self.member(session, room).place == Place::Hidden;
        if is_hidden { Err(Reject::UnknownRoom) } else { Ok(()) }
    }

    /// Whoever did something in a room, as they were then: they may be somebody else by now.
    fn then(&self, person: Person, session: SessionId, room: RoomId, at_ms: u64) -> Option<Member> {
        self.rooms.get(room).map(|room| self.member_as(person, Some(session), room, at_ms))
    }

    fn may_post(&mut self, append: &Append, undone: &Undone, now: Now) -> Result<(), Reject> {
        let Append { room, person, at_ms, .. } = *append;
        let Some(member) = self.then(person, append.session, room, at_ms) else { return Ok(()) };
        rights::check(&member, Deed::Post)?;
        if undone.repaced.contains(&room) {
            let since = std::time::Duration::from_millis(now.wall_ms.saturating_sub(at_ms));
            self.slow_down(room, person, Now { running: now.running.saturating_sub(since), wall_ms: at_ms })?;
        }
        Ok(())
    }

    fn may_redact(&self, redact: &mut Redact) -> Result<(), Reject> {
        let Redact { room, person, at_ms, .. } = *redact;
        let Some(member) = self.then(person, redact.session, room, at_ms) else { return Ok(()) };
        rights::check(&member, Deed::RedactOwn)?;
        match &mut redact.what {
            RedactWhat::One(_, whose) => {
                let may_others = rights::check(&member, Deed::RedactOther).is_ok();
                *whose = if may_others { Whose::NotOf(self.not_below(person, room)) } else { Whose::Of(person) };
            }
            RedactWhat::Last(author) | RedactWhat::Of(author, _) if *author != person => {
                rights::check(&member, Deed::RedactOther)?;
                let role = self.role(*author, self.rooms.of_ref(room));
                if !rights::is_over(member.role, role) {
                    return Err(Reject::RoleOf(self.name_of(*author).unwrap_or_else(|| "?".into())));
                }
            }
            RedactWhat::Last(_) | RedactWhat::Of(..) => {}
        }
        Ok(())
    }

    /// Whether a session may be told something; of a list what it may not know of is left out.
    fn may_hear(&self, session: SessionId, reply: &mut Reply, now: Now) -> Result<(), Reject> {
        let Some(found) = self.sessions.get(session) else { return Ok(()) };
        let is_papo1 = found.encoding.dialect == Dialect::Papo1;
        match reply {
            // A text client is told that it came and went: it has left another room for it.
            Reply::Entered { room, .. } if is_papo1 => self.may_still(session, room.id, Deed::Enter, now),
            Reply::Direct(room) | Reply::Reset(room) => self.may_still(session, room.id, Deed::Enter, now),
            Reply::Members(room, ..) => self.may_still(session, *room, Deed::Enter, now),
            Reply::Created { room, .. } | Reply::Invited { room, .. } => self.knows_of(session, room.id),
            Reply::Reported { room, .. } => match self.rooms.get(*room).map(|_| self.member(session, *room).role) {
                Some(role) if role < Role::Moderator => Err(Reject::Role(Role::Moderator)),
                _ => Ok(()),
            },
            Reply::Hello(welcomed) => {
                welcomed.rooms.retain(|room| self.may_still(session, room.id, Deed::Enter, now).is_ok());
                Ok(())
            }
            Reply::Rooms(listed) => {
                if listed.iter().any(|room| self.knows_of(session, room.id).is_err()) {
                    *listed = listed.iter().filter(|room| self.knows_of(session, room.id).is_ok()).cloned().collect();
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }
}

/// Whether somebody waits for it: if not, it is left out in silence.
fn is_an_answer(reply: &Reply, txn: Option<Txn>) -> bool {
    txn.is_some() || matches!(reply, Reply::Members(..) | Reply::Created { .. } | Reply::Entered { .. })
}

//! What people do in a room by their role: a file for each kind of act. Whether they may stands in
//! [`crate::rights`]; here is what follows.

#![expect(clippy::unnecessary_wraps, clippy::needless_pass_by_value, reason = "all acts have one shape")]

mod appoint;
mod close;
mod invite;
mod redact;
mod report;
mod restrict;
mod settings;

use std::sync::Arc;

use papo_proto::words::people::AuditRecord;
use papo_proto::words::{Act, RedactTarget, Target};
use papo_proto::{Ephemeral, Nickname, Person, Record, Reject, Reply, Role, RoomId, SessionId};

use crate::hub::{Hub, Now};
use crate::outbox::{Effect, Undo};
use crate::rights::{self, Deed};

/// Somebody who does something in a room.
#[derive(Clone)]
struct Actor {
    session: SessionId,
    person: Person,
    name: Arc<str>,
    role: Role,
    room: RoomId,
}

pub(super) fn run(hub: &mut Hub, session: SessionId, of: Target, act: Act, now: Now) {
    let done = actor(hub, session, of, &act, now).and_then(|actor| match act {
        Act::Topic(topic) => settings::topic(hub, &actor, topic, now),
        Act::Slow(seconds) => settings::slow(hub, &actor, seconds, now),
        Act::ReadOnly(on) => settings::read_only(hub, &actor, on, now),
        Act::Private(on) => settings::private(hub, &actor, on, now),
        Act::Invite(who) => invite::run(hub, &actor, &who, now),
        Act::Kick(who, why) => restrict::kick(hub, &actor, &who, why, now),
        Act::Ban(who, seconds, why) => restrict::ban(hub, &actor, &who, seconds, why, now),
        Act::Mute(who, seconds) => restrict::mute(hub, &actor, &who, seconds, now),
        Act::Unban(who) => restrict::lift(hub, &actor, &who, papo_proto::words::people::Restriction::Ban, now),
        Act::Unmute(who) => restrict::lift(hub, &actor, &who, papo_proto::words::people::Restriction::Mute, now),
        Act::Op(who) => appoint::run(hub, &actor, &who, Role::Moderator, now),
        Act::Deop(who) => appoint::run(hub, &actor, &who, Role::Member, now),
        Act::Redact(target) => redact::run(hub, &actor, target, now),
        Act::Close => close::run(hub, &actor, now),
        Act::Report { seq, why } => report::run(hub, &actor, seq, why, now),
        Act::Audit { limit } => report::audit(hub, &actor, limit),
    });
    if let Err(reject) = done {
        hub.reject(session, reject);
    }
}

/// Whoever does it, if they may.
fn actor(hub: &mut Hub, session: SessionId, of: Target, act: &Act, now: Now) -> Result<Actor, Reject> {
    let room = hub.target(session, of)?;
    let person = hub.person(session);
    hub.may(session, room, deed(hub, person, act), now)?;
    let role = hub.role(person, hub.rooms.of_ref(room));
    if puts_out(act) && hub.outbox.settles(|record| gives_a_role(record, person, role, room)) {
        // Nobody could be brought back, and no room, if the role cannot be kept.
        return Err(Reject::Busy);
    }
    let (nick, _) = hub.ensure_named(session);
    let found = hub.rooms.of(room);
    if !found.is_stored {
        // It could not be kept, or nothing was said in it yet: what is kept of it has to have its room.
        let record = found.record.clone();
        hub.outbox.push(Effect::Keep(Record::Room(record)));
    }
    Ok(Actor { session, person, name: nick.shared().clone(), role, room })
}

fn puts_out(act: &Act) -> bool {
    matches!(act, Act::Kick(..) | Act::Ban(..) | Act::Close)
}

/// Whether a record gives somebody the role in a room that they have now. Into a private one administrators are
/// let like anybody.
fn gives_a_role(record: &Record, person: Person, role: Role, room: RoomId) -> bool {
    match record {
        Record::Grant(grant) if grant.room == room && grant.person == person => {
            grant.role >= Some(if role == Role::Admin { Role::Member } else { Role::Moderator })
        }
        Record::Account(account) => account.is_admin && Person::Account(account.id) == person,
        _ => false,
    }
}

/// What an act is, done by this person: one's own messages are one's own also when they are named.
fn deed(hub: &Hub, person: Person, act: &Act) -> Deed {
    match act {
        Act::Redact(RedactTarget::Last(Some(who)) | RedactTarget::Of(who, _)) if hub.named(who) == Ok(person) => {
            Deed::RedactOwn
        }
        act => Deed::of(act),
    }
}

/// Somebody to whom something is done, who is less than the actor.
fn target(hub: &mut Hub, actor: &Actor, who: &Nickname) -> Result<Person, Reject> {
    let person = hub.named(who)?;
    if person == actor.person {
        return Err(Reject::Oneself);
    }
    let role = hub.role(person, hub.rooms.of_ref(actor.room));
    if rights::is_over(actor.role, role) { Ok(person) } else { Err(Reject::RoleOf(who.shared().clone())) }
}

/// Writes down what was settled; when that fails, there is nothing to write down.
fn audit(hub: &mut Hub, actor: &Actor, act: &str, target: &str, note: &str, now: Now) {
    let record = Record::Audit(note_of(actor, act, target, note, now));
    hub.settle(actor.session, record, Undo::Nothing, None);
}

/// Writes down what was done and cannot be taken back.
fn audit_done(hub: &mut Hub, actor: &Actor, act: &str, target: &str, note: &str, now: Now) {
    let record = note_of(actor, act, target, note, now);
    hub.outbox.push(Effect::Keep(Record::Audit(record)));
}

fn note_of(actor: &Actor, act: &str, target: &str, note: &str, now: Now) -> AuditRecord {
    AuditRecord {
        at_ms: now.wall_ms,
        room: Some(actor.room),
        actor: actor.name.clone(),
        act: act.into(),
        target: target.into(),
        note: note.into(),
    }
}

/// Something is so in a room from now on; those in it are told.
fn settle_and_tell(hub: &mut Hub, actor: &Actor, record: Record, undo: Record, change: papo_proto::words::Change) {
    hub.settle(actor.session, record, Undo::Put(Box::new(undo)), Some(Reply::Done));
    let by = actor.name.clone();
    hub.tell_room(actor.room, Ephemeral::Changed { by, change }, actor.session);
}

//! Kick, ban and mute, and taking them back. An account is met wherever it comes from, a guest by the
//! address.

use std::sync::Arc;

use papo_proto::limits::RESTRICTIONS_PER_ROOM;
use papo_proto::words::Change as Told;
use papo_proto::words::people::{Restricted, Restriction, RestrictionRecord};
use papo_proto::{Ephemeral, Nickname, Person, Record, Reject, Reply, Role, SessionId};

use super::appoint::grant;
use super::{Actor, audit, audit_done, target};
use crate::hub::{Hub, Now};
use crate::outbox::{Effect, Undo};
use crate::presence::Change;
use crate::rights::Deed;

pub(super) fn kick(hub: &mut Hub, actor: &Actor, who: &Nickname, why: Arc<str>, now: Now) -> Result<(), Reject> {
    let person = target(hub, actor, who)?;
    let sessions = hub.sessions_of(person);
    let room = hub.rooms.of_ref(actor.room);
    // An invitation would let somebody in again as soon as the room is private; a role is another matter.
    let is_let_in = |role: &Role| room.is_private() || *role == Role::Member;
    let is_invited = room.grants.get(&person).is_some_and(is_let_in);
    if !is_invited && !sessions.iter().any(|session| room.members.contains(session)) {
        return Err(Reject::NotInRoom(who.shared().clone()));
    }
    if is_invited {
        grant(hub, actor, person, None, Some(Reply::DoneFor(who.shared().clone())));
    } else {
        hub.reply(actor.session, Reply::DoneFor(who.shared().clone()));
    }
    take_out(hub, actor, sessions, &why, false, now);
    audit_done(hub, actor, "kick", who.as_str(), &why, now);
    Ok(())
}

pub(super) fn ban(
    hub: &mut Hub,
    actor: &Actor,
    who: &Nickname,
    seconds: Option<u64>,
    why: Arc<str>,
    now: Now,
) -> Result<(), Reject> {
    let person = target(hub, actor, who)?;
    let until_ms = until(seconds, now);
    restrict(hub, actor, person, who, (Restriction::Ban, until_ms), now)?;
    if hub.rooms.of(actor.room).grants.contains_key(&person) {
        grant(hub, actor, person, None, None);
    }
    let sessions = banned(hub, actor, now);
    take_out(hub, actor, sessions, &why, true, now);
    audit(hub, actor, "ban", who.as_str(), &note(seconds, &why), now);
    Ok(())
}

pub(super) fn mute(hub: &mut Hub, actor: &Actor, who: &Nickname, seconds: u64, now: Now) -> Result<(), Reject> {
    let person = target(hub, actor, who)?;
    restrict(hub, actor, person, who, (Restriction::Mute, until(Some(seconds), now)), now)?;
    tell(hub, actor, Told::Muted(who.shared().clone(), seconds));
    audit(hub, actor, "mute", who.as_str(), &note(Some(seconds), ""), now);
    Ok(())
}

/// Takes a restriction back. The name is that by which it was said: a guest may be gone.
pub(super) fn lift(hub: &mut Hub, actor: &Actor, who: &Nickname, what: Restriction, now: Now) -> Result<(), Reject> {
    let account = hub.nicknames.holder(who).and_then(Person::account);
    let room = hub.rooms.of(actor.room);
    let is_meant = |whom: &Restricted, name: &Arc<str>| {
        account.is_some_and(|account| *whom == Restricted::Account(account))
            || Nickname::parse(name).is_ok_and(|parsed| parsed.name.key() == who.key())
    };
    let found: Vec<_> = room
        .restrictions
        .iter()
        .filter(|((whom, kind), (_, name))| *kind == what && is_meant(whom, name))
        .map(|((whom, _), (until_ms, name))| (*whom, *until_ms, name.clone()))
        .collect();
    let last = found.len().checked_sub(1).ok_or_else(|| Reject::Nobody(who.shared().clone()))?;
    for (at, (whom, until_ms, name)) in found.into_iter().enumerate() {
        let before = RestrictionRecord { room: actor.room, whom, what, name, until_ms };
        let after = RestrictionRecord { until_ms: 0, ..before.clone() };
        let undo = Undo::Put(Box::new(Record::Restriction(before)));
        let reply = (at == last).then(|| Reply::DoneFor(who.shared().clone()));
        hub.settle(actor.session, Record::Restriction(after), undo, reply);
    }
    if what == Restriction::Mute {
        tell(hub, actor, Told::Muted(who.shared().clone(), 0));
    }
    audit(hub, actor, if what == Restriction::Ban { "unban" } else { "unmute" }, who.as_str(), "", now);
    Ok(())
}

fn until(seconds: Option<u64>, now: Now) -> u64 {
    seconds.map_or(u64::MAX, |seconds| now.wall_ms.saturating_add(seconds.saturating_mul(1000)))
}

fn note(seconds: Option<u64>, why: &str) -> String {
    let time = seconds.map(|seconds| format!("{seconds} s"));
    [time.as_deref(), Some(why)].into_iter().flatten().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
}

fn restrict(
    hub: &mut Hub,
    actor: &Actor,
    person: Person,
    who: &Nickname,
    (what, until_ms): (Restriction, u64),
    now: Now,
) -> Result<(), Reject> {
    forget_old(hub, actor, now);
    let whom = match person {
        Person::Account(account) => Restricted::Account(account),
        Person::Guest(session) => Restricted::Address(hub.sessions.of(session).address),
    };
    let room = hub.rooms.of(actor.room);
    let before = room.restrictions.get(&(whom, what)).cloned();
    if before.is_none() && room.restrictions.len() >= RESTRICTIONS_PER_ROOM {
        return Err(Reject::TooMany { max: RESTRICTIONS_PER_ROOM });
    }
    let name = who.shared().clone();
    let after = RestrictionRecord { room: actor.room, whom, what, name: name.clone(), until_ms };
    let (before_ms, before_name) = before.unwrap_or((0, name.clone()));
    let before = RestrictionRecord { until_ms: before_ms, name: before_name, ..after.clone() };
    let undo = Undo::Put(Box::new(Record::Restriction(before)));
    hub.settle(actor.session, Record::Restriction(after), undo, Some(Reply::DoneFor(name)));
    Ok(())
}

/// Restrictions that are over make place for others when they have to.
fn forget_old(hub: &mut Hub, actor: &Actor, now: Now) {
    let room = hub.rooms.of(actor.room);
    if room.restrictions.len() < RESTRICTIONS_PER_ROOM {
        return;
    }
    let is_over = |(_, (until_ms, _)): &(&(Restricted, Restriction), &(u64, Arc<str>))| *until_ms <= now.wall_ms;
    let over: Vec<_> = room.restrictions.iter().filter(is_over).map(|(key, (_, name))| (*key, name.clone())).collect();
    for ((whom, what), name) in over {
        let over = Record::Restriction(RestrictionRecord { room: actor.room, whom, what, name, until_ms: 0 });
        hub.apply(&over);
        hub.outbox.push(Effect::Keep(over));
    }
}

/// Takes sessions out of the room; those who stay are told whose they were.
fn take_out(hub: &mut Hub, actor: &Actor, sessions: Vec<SessionId>, why: &Arc<str>, is_banned: bool, now: Now) {
    let name = hub.rooms.of(actor.room).name().clone();
    let mut names: Vec<Arc<str>> = Vec::new();
    for session in sessions {
        let found = hub.sessions.of(session);
        if !found.is_in(actor.room) {
            continue;
        }
        names.extend(found.nick.as_ref().map(|nick| nick.shared().clone()));
        hub.leave(session, actor.room, Change::Silent, now);
        let reply = Box::new(Reply::Removed {
            room: actor.room,
            name: name.clone(),
            by: actor.name.clone(),
            why: why.clone(),
            is_banned,
            is_closed: false,
        });
        hub.outbox.push(Effect::Reply { session, txn: None, reply });
    }
    // An account is one person, in however many sessions.
    names.dedup();
    for who in names {
        tell(hub, actor, Told::Removed(who, is_banned));
    }
}

/// Those in the room who are banned from it: a guest's ban meets everybody at the address who has no account.
fn banned(hub: &Hub, actor: &Actor, now: Now) -> Vec<SessionId> {
    let is_banned = |session: &SessionId| {
        matches!(hub.may(*session, actor.room, Deed::Enter, now), Err(Reject::Banned { .. } | Reject::UnknownRoom))
    };
    let mut banned: Vec<SessionId> = hub.rooms.of_ref(actor.room).members.iter().copied().filter(is_banned).collect();
    banned.sort_unstable_by_key(|session| (hub.person(*session), *session));
    banned
}

fn tell(hub: &mut Hub, actor: &Actor, change: Told) {
    hub.tell_room(actor.room, Ephemeral::Changed { by: actor.name.clone(), change }, actor.session);
}

//! Telling the moderators of something, and what they did.

use std::sync::Arc;

use papo_proto::words::people::AuditRecord;
use papo_proto::{Reject, Reply, Role, Seq};

use super::{Actor, audit_done as write_down};
use crate::hub::{Hub, Now};
use crate::outbox::Effect;
use crate::outlet::AuditQuery;
use crate::pace::Paced;
use crate::rate::Rate;

/// It is written down, and those who are there are told at once.
pub(super) fn run(hub: &mut Hub, actor: &Actor, seq: Option<Seq>, why: Arc<str>, now: Now) -> Result<(), Reject> {
    pace(hub, actor, now)?;
    let room = hub.rooms.of(actor.room);
    let name = room.name().clone();
    let members: Vec<_> = room.members.iter().copied().collect();
    for session in members {
        let role = hub.role(hub.person(session), hub.rooms.of_ref(actor.room));
        if role < Role::Moderator || session == actor.session {
            continue;
        }
        let (by, why) = (actor.name.clone(), why.clone());
        let reply = Box::new(Reply::Reported { room: actor.room, name: name.clone(), by, seq, why });
        hub.outbox.push(Effect::Reply { session, txn: None, reply });
    }
    let target = seq.map(|seq| format!("#{seq}")).unwrap_or_default();
    write_down(hub, actor, AuditRecord::REPORT, &target, &why, now);
    hub.reply(actor.session, Reply::Done);
    Ok(())
}

/// An address has its pace. Beyond it an account that was quiet for an hour is still heard: who is bothered may share
/// the address of whoever bothers.
fn pace(hub: &mut Hub, actor: &Actor, now: Now) -> Result<(), Reject> {
    let too_fast = match hub.pace(actor.session, Paced::Report, now) {
        Ok(()) => return Ok(()),
        Err(reject) => reject,
    };
    let account = actor.person.account().and_then(|account| hub.people.get_mut(account));
    account.and_then(|account| account.reports.take(Rate::hourly(1), now.running).ok()).ok_or(too_fast)
}

pub(super) fn audit(hub: &mut Hub, actor: &Actor, limit: usize) -> Result<(), Reject> {
    let txn = hub.asking.take();
    let name = hub.rooms.of(actor.room).name().clone();
    let query = Box::new(AuditQuery { txn, room: actor.room, name, limit });
    hub.outbox.push(Effect::ReadAudit { session: actor.session, query });
    Ok(())
}

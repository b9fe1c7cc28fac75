//! Telling the moderators of something, and what they did.

use std::sync::Arc;

use papo_proto::{Reject, Reply, Role, Seq};

use super::{Actor, audit_done as write_down};
use crate::hub::{Hub, Now};
use crate::outbox::Effect;
use crate::outlet::AuditQuery;

/// It is written down, and those who are there are told at once.
pub(super) fn run(hub: &mut Hub, actor: &Actor, seq: Option<Seq>, why: Arc<str>, now: Now) -> Result<(), Reject> {
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
    write_down(hub, actor, "report", &target, &why, now);
    hub.reply(actor.session, Reply::Done);
    Ok(())
}

pub(super) fn audit(hub: &mut Hub, actor: &Actor, limit: usize) -> Result<(), Reject> {
    let txn = hub.asking.take();
    let name = hub.rooms.of(actor.room).name().clone();
    let query = Box::new(AuditQuery { txn, room: actor.room, name, limit });
    hub.outbox.push(Effect::ReadAudit { session: actor.session, query });
    Ok(())
}

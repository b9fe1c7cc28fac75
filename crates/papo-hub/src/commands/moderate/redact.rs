//! Taking messages back: nothing of them is left, here or in the store.

use papo_proto::words::{Redact, RedactTarget, RedactWhat, Whose};
use papo_proto::{Nickname, Person, Reject};

use super::{Actor, note_of, target};
use crate::hub::{Hub, Now};
use crate::outbox::Effect;
use crate::rights::Deed;

pub(super) fn run(hub: &mut Hub, actor: &Actor, wanted: RedactTarget, now: Now) -> Result<(), Reject> {
    let (what, whose) = match wanted {
        RedactTarget::One(seq) => {
            let may_others = hub.may(actor.session, actor.room, Deed::RedactOther, now).is_ok();
            let whose = if may_others {
                Whose::NotOf(hub.not_below(actor.person, actor.room))
            } else {
                Whose::Of(actor.person)
            };
            (RedactWhat::One(seq, whose), format!("#{seq}"))
        }
        RedactTarget::Last(None) => (RedactWhat::Last(actor.person), String::new()),
        RedactTarget::Last(Some(who)) => (RedactWhat::Last(author(hub, actor, &who)?), who.to_string()),
        RedactTarget::Of(who, seconds) => {
            let since_ms = now.wall_ms.saturating_sub(seconds.saturating_mul(1000));
            (RedactWhat::Of(author(hub, actor, &who)?, since_ms), who.to_string())
        }
    };
    let is_own = matches!(what, RedactWhat::Last(person) | RedactWhat::Of(person, _) if person == actor.person);
    let redact = Redact {
        room: actor.room,
        what,
        at_ms: now.wall_ms,
        session: actor.session,
        person: actor.person,
        author: actor.name.clone(),
        audit: (!is_own).then(|| Box::new(note_of(actor, "redact", &whose, "", now))),
    };
    let txn = hub.asking.take();
    hub.outbox.push(Effect::Redact { redact, session: actor.session, txn });
    Ok(())
}

/// Whose messages are meant: one's own, or those of somebody who is less in the room.
fn author(hub: &mut Hub, actor: &Actor, who: &Nickname) -> Result<Person, Reject> {
    if hub.named(who)? == actor.person { Ok(actor.person) } else { target(hub, actor, who) }
}

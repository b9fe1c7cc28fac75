//! What was said in a room. It is read from the store, after what the session said before.

use papo_proto::words::{Slice, Target};
use papo_proto::{Seq, SessionId};

use crate::hub::Hub;
use crate::outbox::Effect;
use crate::outlet::Query;

pub(super) fn run(hub: &mut Hub, session: SessionId, of: Target, slice: Slice, limit: usize) {
    match hub.target(session, of) {
        Ok(room) => {
            let txn = hub.asking.take();
            let me = hub.person(session);
            let found = hub.rooms.of_ref(room);
            let name = found.name().clone();
            let with = found.other(me).and_then(|other| hub.name_of(other));
            let query = Box::new(Query { txn, room, name, with, slice, limit, head: Seq(0) });
            hub.outbox.push(Effect::Read { session, query });
        }
        Err(reject) => hub.reject(session, reject),
    }
}

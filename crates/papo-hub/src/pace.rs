//! What an address may do only so fast, and how fast: whoever reconnects, or comes as somebody else, has no more of it.

use std::time::Duration;

use papo_proto::limits::{
    ACCOUNTS_PER_ADDRESS_AND_HOUR, BOTS_PER_ADDRESS_AND_HOUR, REPORTS_PER_ADDRESS_AND_HOUR,
    ROOM_INVITES_PER_ADDRESS_AND_HOUR, SESSIONS_PER_ADDRESS, SESSIONS_PER_ADDRESS_EVERY,
};
use papo_proto::{Reject, SessionId};

use crate::hub::{Hub, Now};
use crate::rate::{AddressRates, Rate};

/// What has its pace, each apart from the others.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Paced {
    /// Telling the moderators of something.
    Report,
    /// Inviting somebody into a room.
    Invite,
    /// Making an account: its name is taken for ever.
    Account,
    /// Making a bot, likewise.
    Bot,
    /// Beginning a session that can be resumed; going on with one is free.
    Session,
}

const KINDS: usize = Paced::Session as usize + 1;

impl Paced {
    fn rate(self) -> Rate {
        match self {
            Self::Report => Rate::hourly(REPORTS_PER_ADDRESS_AND_HOUR),
            Self::Invite => Rate::hourly(ROOM_INVITES_PER_ADDRESS_AND_HOUR),
            Self::Account => Rate::hourly(ACCOUNTS_PER_ADDRESS_AND_HOUR),
            Self::Bot => Rate::hourly(BOTS_PER_ADDRESS_AND_HOUR),
            Self::Session => Rate { burst: SESSIONS_PER_ADDRESS, every: SESSIONS_PER_ADDRESS_EVERY },
        }
    }
}

/// How much of its pace each address has used.
#[derive(Debug, Default)]
pub(crate) struct Paces([AddressRates; KINDS]);

impl Hub {
    /// Counts what a session's address does, unless it is too fast.
    pub(crate) fn pace(&mut self, session: SessionId, what: Paced, now: Now) -> Result<(), Reject> {
        let Some(found) = self.sessions.get(session).filter(|_| self.limits.flood) else { return Ok(()) };
        let taken = self.paces.0[what as usize].take(found.address, what.rate(), now.running);
        taken.map_err(|at| too_fast(at.saturating_sub(now.running)))
    }
}

fn too_fast(wait: Duration) -> Reject {
    Reject::TooFast { retry_seconds: wait.as_secs_f64().ceil() as u64 }
}

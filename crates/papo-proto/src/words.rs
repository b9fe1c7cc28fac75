//! What is said between a session and the hub, and what is kept of it.
//!
//! * [`command`] – what a session wants, [`reject`] – why it does not get it, [`reply`] – what it is told;
//! * [`record`] – what is kept, and [`people`] – accounts, roles and what restricts them.

use std::fmt;

use sha2::{Digest as _, Sha256};

pub mod command;
pub mod people;
pub mod record;
pub mod reject;
pub mod reply;

pub use crate::names::Parsed;
pub use command::{AccountCommand, Act, AdminCommand, Command, RedactTarget, Slice, Target};
pub use people::{AccountId, Address, LoginId, Person, Role, Secret};
pub use record::{
    Append, Body, Event, Place, Record, Redact, RedactWhat, RoomKind, RoomRecord, SessionRecord, Stored, Whose,
};
pub use reject::{Reject, Verb};
pub use reply::{
    AccountFacts, Change, Ephemeral, LoginFacts, Refusal, Registration, Reply, RoomCount, RoomCounts, RoomFacts,
    Welcomed,
};

/// The number of an event in its room's log: 1, 2, 3 … without gaps. 0 stands before the first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Seq(pub u64);

impl Seq {
    /// Beyond every event.
    pub const MAX: Seq = Seq(u64::MAX);

    /// The seq after this one.
    #[must_use]
    pub fn next(self) -> Seq {
        Seq(self.0 + 1)
    }
}

impl fmt::Display for Seq {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A room, for ever: the number is never used again, whatever becomes of the name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RoomId(pub u64);

/// Which log of a room a seq counts in: a log that starts anew (a memory store after a restart, a
/// restored backup) has another epoch. Below 2^53, so that every language can hold it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Epoch(pub u64);

/// A session's own number of a command, chosen by its client; it grows within the session.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Txn(pub u64);

impl Txn {
    /// The number that stands for a key of any form.
    pub fn of_key(key: &str) -> Self {
        let digest: [u8; 32] = Sha256::digest(key).into();
        let first = digest.first_chunk().expect("invariant: a digest is longer than a number");
        Self(u64::from_be_bytes(*first))
    }
}

/// What is kept of a session's token: the token itself is known to its client alone.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TokenHash(pub [u8; 32]);

impl fmt::Debug for TokenHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TokenHash({:02x}{:02x}…)", self.0[0], self.0[1])
    }
}

impl RoomId {
    /// No room: the log by this number tells of changes of the list of rooms.
    pub const DIRECTORY: RoomId = RoomId(0);
}

/// A session. The number is never used again, not even after a restart; 0 is nobody.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SessionId(pub u64);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_stands_for_the_same_number_for_ever() {
        // They are on disk.
        assert_eq!(Txn::of_key(""), Txn(0xe3b0_c442_98fc_1c14));
        assert_eq!(Txn::of_key("abc"), Txn(0xba78_16bf_8f01_cfea));
    }
}

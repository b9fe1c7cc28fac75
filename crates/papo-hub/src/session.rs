//! Sessions: who is connected, under which name, in which room.

use std::net::IpAddr;
use std::sync::Arc;

use papo_proto::{Encoding, Nickname, RoomId, SessionId};
use rustc_hash::FxHashMap;

use crate::log::Log;

/// Where a session's connection lives: which shard, and which of its places.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link {
    /// The shard's number.
    pub shard: u16,
    /// The place of the connection in the shard.
    pub slot: u32,
}

/// An address as far as it counts for limits: IPv6 by its /64.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Address(IpAddr);

impl From<IpAddr> for Address {
    fn from(ip: IpAddr) -> Self {
        Self(match ip.to_canonical() {
            IpAddr::V4(v4) => IpAddr::V4(v4),
            IpAddr::V6(v6) => IpAddr::V6((v6.to_bits() & !u128::from(u64::MAX)).into()),
        })
    }
}

/// One session.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) link: Link,
    pub(crate) encoding: Encoding,
    pub(crate) address: Address,
    /// `None` until it has named itself or said something.
    pub(crate) nick: Option<Nickname>,
    /// The room that it is in by decision.
    pub(crate) room: Option<RoomId>,
    /// The log that its connection reads, which follows `room` when the decision is published.
    pub(crate) reading: Option<Arc<Log>>,
    /// Decided to end: nothing more is taken from it, what is decided still reaches it.
    pub(crate) ending: bool,
}

/// All sessions.
#[derive(Debug, Default)]
pub(crate) struct Sessions {
    all: FxHashMap<SessionId, Session>,
    newest: u64,
}

impl Sessions {
    pub(crate) fn open(&mut self, link: Link, encoding: Encoding, address: Address) -> SessionId {
        self.newest += 1;
        let id = SessionId(self.newest);
        let session = Session { link, encoding, address, nick: None, room: None, reading: None, ending: false };
        self.all.insert(id, session);
        id
    }

    pub(crate) fn remove(&mut self, id: SessionId) -> Option<Session> {
        self.all.remove(&id)
    }

    pub(crate) fn get(&self, id: SessionId) -> Option<&Session> {
        self.all.get(&id)
    }

    pub(crate) fn get_mut(&mut self, id: SessionId) -> Option<&mut Session> {
        self.all.get_mut(&id)
    }

    /// A session that the rules are just working for.
    pub(crate) fn of(&mut self, id: SessionId) -> &mut Session {
        self.all.get_mut(&id).expect("invariant: a command's session is open until it is decided")
    }

    pub(crate) fn ids(&self) -> Vec<SessionId> {
        let mut ids: Vec<SessionId> = self.all.keys().copied().collect();
        ids.sort_unstable();
        ids
    }

    pub(crate) fn len(&self) -> usize {
        self.all.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ipv6_address_counts_by_its_64() {
        let address = |text: &str| Address::from(text.parse::<IpAddr>().expect("an address"));
        assert_eq!(address("2001:db8::1"), address("2001:db8::ffff:1"));
        assert_ne!(address("2001:db8::1"), address("2001:db8:0:1::1"));
        assert_ne!(address("192.0.2.1"), address("192.0.2.2"));
        assert_eq!(address("::ffff:192.0.2.1"), address("192.0.2.1"));
    }
}

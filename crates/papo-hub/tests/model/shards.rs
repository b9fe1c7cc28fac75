//! The shards as the hub sees them: each delivery goes to its connection, marks wait for a look.

use std::sync::Arc;

use papo_hub::{Delivery, Log, Outlet, What};
use papo_proto::encoding::Item;
use papo_proto::{Reply, RoomId, Seq, Txn};

use crate::connection::Connection;
use crate::store::FakeStore;
use crate::tail::Turn;

/// The shards' inboxes, as the hub sees them.
pub(crate) struct Shards {
    pub(crate) connections: Vec<Connection>,
    /// The rooms that each shard was told have grown, and has not looked at.
    pub(crate) marked: Vec<Vec<Arc<Log>>>,
    /// What was marked in the publication that is just over.
    pub(crate) newly_marked: Vec<(u16, RoomId)>,
    /// Which shard each connection lives on.
    pub(crate) homes: Vec<u16>,
    pub(crate) eager: bool,
    pub(crate) turns: usize,
    pub(crate) store: FakeStore,
}

impl Shards {
    /// The shard looks into its inbox.
    pub(crate) fn look(&mut self, shard: usize) {
        for log in std::mem::take(&mut self.marked[shard]) {
            log.unmark(shard);
            for (connection, home) in self.connections.iter_mut().zip(&self.homes) {
                if usize::from(*home) == shard {
                    connection.grown(log.room());
                }
            }
        }
    }

    /// Another thread runs just now: some connection writes a little while the hub publishes.
    fn interrupt(&mut self) {
        if self.eager {
            self.turns += 1;
            let at = self.turns % self.connections.len();
            self.connections[at].turn(Turn {
                bytes: self.turns * 7 % 200,
                runs: 1 + self.turns % 3,
                rooms_first: self.turns.is_multiple_of(2),
            });
            if self.turns.is_multiple_of(5) {
                self.look(self.turns % self.marked.len());
            }
        }
    }
}

impl Outlet for Shards {
    fn deliver(&mut self, shard: u16, delivery: Delivery) {
        let Delivery { link, session, what } = delivery;
        let slot = link.slot as usize;
        let connection = &mut self.connections[slot];
        assert_eq!(connection.session, session, "it goes to its connection");
        assert_eq!((self.homes[slot], link.shard), (shard, shard));
        let mut missed = Vec::new();
        match &what {
            What::Posted { txn: Some(txn), place, .. } => self.store.acknowledge(session, *txn, *place),
            What::Enter { log, from, after: Some(Seq(after)) } => {
                let events = self.store.events.get(&log.room()).into_iter().flatten();
                let rest = events.skip(*after as usize).take_while(|event| event.seq <= from.seq);
                for event in rest.cloned() {
                    let item = Item::of(event, session);
                    connection.encoding.item(log.room(), log.name().as_str(), &item, &mut missed);
                }
            }
            _ => {}
        }
        connection.deliver(what, missed);
        self.interrupt();
    }

    fn outside(&mut self, ticket: Txn, _reply: Box<Reply>) {
        unreachable!("nobody asks outside of sessions: {ticket:?}")
    }

    fn mark(&mut self, shard: u16, log: &Arc<Log>) {
        let marked = &mut self.marked[usize::from(shard)];
        assert!(!marked.iter().any(|other| other.room() == log.room()), "a room is marked once until the shard looks");
        marked.push(log.clone());
        self.newly_marked.push((shard, log.room()));
        self.interrupt();
    }
}

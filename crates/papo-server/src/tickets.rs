//! Answers to what was asked without a connection of its own: by an administrator, or by HTTP.
//!
//! Bound: whoever asks waits for the answer, so there are no more tickets than those who may ask at
//! the same time.

use std::sync::{Mutex, MutexGuard, PoisonError};

use papo_proto::{Reply, Txn};
use rustc_hash::FxHashMap;
use tokio::sync::oneshot;

/// Who waits for which answer.
#[derive(Debug, Default)]
pub(crate) struct Tickets {
    waiting: Mutex<Waiting>,
}

#[derive(Debug, Default)]
struct Waiting {
    newest: u64,
    waiting: FxHashMap<Txn, oneshot::Sender<Reply>>,
}

impl Tickets {
    /// A ticket, and where its answer comes.
    pub(crate) fn take(&self) -> (Txn, oneshot::Receiver<Reply>) {
        let (sender, receiver) = oneshot::channel();
        let mut waiting = self.waiting();
        waiting.newest += 1;
        let ticket = Txn(waiting.newest);
        // Who gave up waiting is forgotten here: nothing else is to be done for them.
        waiting.waiting.retain(|_, sender| !sender.is_closed());
        waiting.waiting.insert(ticket, sender);
        (ticket, receiver)
    }

    /// Answers; nobody may be waiting any more.
    pub(crate) fn answer(&self, ticket: Txn, reply: Reply) {
        let sender = self.waiting().waiting.remove(&ticket);
        if let Some(sender) = sender {
            let _ = sender.send(reply);
        }
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_answer_finds_who_asked_and_who_gave_up_is_forgotten() {
        let tickets = Tickets::default();
        let (one, mut first) = tickets.take();
        let (two, second) = tickets.take();
        drop(second);
        let (three, mut third) = tickets.take();
        assert_eq!(tickets.waiting().waiting.len(), 2);
        for ticket in [three, two, one, one] {
            tickets.answer(ticket, Reply::Rejected(papo_proto::Reject::Number { max: ticket.0 as usize }));
        }
        let got = |receiver: &mut oneshot::Receiver<Reply>| receiver.try_recv().expect("answered");
        assert_eq!(got(&mut first), Reply::Rejected(papo_proto::Reject::Number { max: 1 }));
        assert_eq!(got(&mut third), Reply::Rejected(papo_proto::Reject::Number { max: 3 }));
    }
}

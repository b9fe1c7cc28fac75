//! How one leaves: with a line after the answers to all that was said, without one at once or not at all.

use std::cell::Cell;
use std::future::pending;

use papo_client::Want;
use papo_proto::Reply;
use tokio::time::sleep_until;

use super::Ending;
use super::answers;
use super::face::Link;
use super::speak::Speaker;
use crate::dialogue::Step;

impl Speaker<'_> {
    /// Leaves. Returns only when nobody waits for the server; otherwise its goodbye is heard elsewhere.
    pub(super) async fn farewell(&mut self) -> Ending {
        if self.face.nick.borrow().is_none() {
            return self.goodbye().await;
        }
        let (commands, given) = (self.commands.clone(), Cell::new(false));
        let said = async {
            while let Some(read) = self.face.next_read() {
                let _ = commands.order(read).await;
            }
            // It stands behind all that waits; what came of it is told by the end of the client. It counts among what
            // waits as soon as it is on its way.
            given.set(true);
            let _ = commands.order(Want::Bye).await;
            pending::<()>().await;
        };
        let mut said = std::pin::pin!(said);
        let mut until = self.deadline();
        loop {
            if self.face.link() == Link::Offline && self.patience.is_none() || self.ahead.contains(&Step::Abandon) {
                break;
            }
            tokio::select! {
                () = &mut said => {}
                Some(()) = self.interrupts.recv() => return Ending::Abandoned,
                changed = self.pulse.changed() => match changed {
                    Ok(()) => until = self.deadline(),
                    Err(_) => return self.over().await,
                },
                step = self.steps.recv(), if !self.input_ended => match step {
                    Some(Step::Abandon) => return Ending::Abandoned,
                    Some(_) => {}
                    None => self.input_ended = true,
                },
                () = async { sleep_until(until.expect("invariant: checked")).await }, if until.is_some() => break,
            }
        }
        if self.ahead.contains(&Step::Abandon) {
            return Ending::Abandoned;
        }
        // The farewell itself is none of them.
        match self.unsent().await.saturating_sub(usize::from(given.get())) {
            0 => self.goodbye().await,
            unsent => Ending::Unsent(unsent),
        }
    }

    /// The last words, where the server cannot say them.
    async fn goodbye(&self) -> Ending {
        let shown = self.face.show(answers::line(self.face.lang(), &Reply::Goodbye)).await;
        if shown.is_ok() { Ending::Left } else { Ending::Unseen }
    }

    /// How many messages and commands have not had their answer.
    pub(super) async fn unsent(&self) -> usize {
        let pending = self.commands.pending().await.unwrap_or(0).saturating_sub(self.face.by_itself.get());
        pending + self.ahead.iter().filter(|step| matches!(step, Step::Say(_) | Step::Account(_))).count()
    }

    /// The end is heard elsewhere.
    pub(super) async fn over(&self) -> Ending {
        pending().await
    }
}

//! The model's account of a room's joins and leaves: twenty a second are told one by one.

use std::time::Duration;

use papo_proto::Ephemeral;

/// How somebody came or went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Came {
    Entered,
    Left,
    Lost,
}

/// One room's second.
#[derive(Debug, Default)]
pub(crate) struct Crowd {
    begun: Option<Duration>,
    told: usize,
    merged: Vec<(Came, String)>,
}

impl Crowd {
    /// The notice, unless it is merged with others.
    pub(crate) fn notice(&mut self, came: Came, who: &str, now: Duration) -> Option<Ephemeral> {
        let over = self.due_if_merged().is_none_or(|due| due <= now);
        if over && self.merged.is_empty() {
            (self.begun, self.told) = (Some(now), 0);
        }
        if self.told == 20 {
            self.merged.push((came, who.to_owned()));
            return None;
        }
        self.told += 1;
        Some(match came {
            Came::Lost => Ephemeral::Lost { who: who.into() },
            came => group(came, who, 0),
        })
    }

    /// When those who are merged are told.
    pub(crate) fn due(&self) -> Option<Duration> {
        if self.merged.is_empty() { None } else { self.due_if_merged() }
    }

    /// Tells those who are merged: first who entered, then who left.
    pub(crate) fn tell(&mut self) -> Vec<Ephemeral> {
        let merged = std::mem::take(&mut self.merged);
        let (entered, left): (Vec<_>, Vec<_>) = merged.into_iter().partition(|(came, _)| *came == Came::Entered);
        let mut told = Vec::new();
        for (came, all) in [(Came::Entered, entered), (Came::Left, left)] {
            if let Some((_, first)) = all.first() {
                told.push(group(came, first, all.len() - 1));
            }
        }
        told
    }

    fn due_if_merged(&self) -> Option<Duration> {
        self.begun.map(|begun| begun + Duration::from_secs(1))
    }
}

fn group(came: Came, who: &str, others: usize) -> Ephemeral {
    let (who, others) = (who.into(), others as u32);
    if came == Came::Entered { Ephemeral::Entered { who, others } } else { Ephemeral::Left { who, others } }
}

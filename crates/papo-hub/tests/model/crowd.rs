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
        Some(group(came, vec![who.to_owned()]))
    }

    /// When those who are merged are told.
    pub(crate) fn due(&self) -> Option<Duration> {
        if self.merged.is_empty() { None } else { self.due_if_merged() }
    }

    /// Tells those who are merged: first who entered, then who left, then who was lost.
    pub(crate) fn tell(&mut self) -> Vec<Ephemeral> {
        let merged = std::mem::take(&mut self.merged);
        let of = |wanted| merged.iter().filter(move |(came, _)| *came == wanted).map(|(_, who)| who.clone()).collect();
        let groups = [Came::Entered, Came::Left, Came::Lost].map(|came| (came, of(came)));
        groups
            .into_iter()
            .filter(|(_, who): &(Came, Vec<String>)| !who.is_empty())
            .map(|(came, who)| group(came, who))
            .collect()
    }

    fn due_if_merged(&self) -> Option<Duration> {
        self.begun.map(|begun| begun + Duration::from_secs(1))
    }
}

fn group(came: Came, who: Vec<String>) -> Ephemeral {
    let who = who.into_iter().map(Into::into).collect();
    match came {
        Came::Entered => Ephemeral::Entered(who),
        Came::Left => Ephemeral::Left(who),
        Came::Lost => Ephemeral::Lost(who),
    }
}

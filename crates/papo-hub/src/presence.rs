//! Joins and leaves of a room: told one by one, merged when they come too fast.

use std::sync::Arc;
use std::time::Duration;

use papo_proto::Ephemeral;
use papo_proto::limits::PRESENCE_PER_SECOND;

/// What happened to a member's presence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    Entered,
    Left,
    Lost,
}

const WINDOW: Duration = Duration::from_secs(1);

/// One room's notices within the current second.
#[derive(Debug, Default)]
pub(crate) struct Presence {
    /// When the current second ends.
    ends: Duration,
    told: u32,
    entered: Merged,
    left: Merged,
}

/// The first of several, and how many more.
#[derive(Debug, Default)]
struct Merged {
    who: Option<Arc<str>>,
    others: u32,
}

impl Merged {
    fn add(&mut self, who: &Arc<str>) {
        match self.who {
            None => self.who = Some(who.clone()),
            Some(_) => self.others += 1,
        }
    }
}

impl Presence {
    /// What to tell now, if it is not merged with others. When it is the first that is merged,
    /// `due` is called with the time at which [`Presence::flush`] tells them.
    pub(crate) fn tell(
        &mut self,
        change: Change,
        who: &Arc<str>,
        now: Duration,
        due: impl FnOnce(Duration),
    ) -> Option<Ephemeral> {
        let nothing_merged = self.entered.who.is_none() && self.left.who.is_none();
        if now >= self.ends && nothing_merged {
            self.ends = now + WINDOW;
            self.told = 0;
        }
        if self.told < PRESENCE_PER_SECOND {
            self.told += 1;
            let who = who.clone();
            return Some(match change {
                Change::Entered => Ephemeral::Entered { who, others: 0 },
                Change::Left => Ephemeral::Left { who, others: 0 },
                Change::Lost => Ephemeral::Lost { who },
            });
        }
        if nothing_merged {
            due(self.ends);
        }
        match change {
            Change::Entered => self.entered.add(who),
            Change::Left | Change::Lost => self.left.add(who),
        }
        None
    }

    /// What was merged, when its second is over.
    pub(crate) fn flush(&mut self) -> impl Iterator<Item = Ephemeral> {
        let entered = std::mem::take(&mut self.entered);
        let left = std::mem::take(&mut self.left);
        let entered = entered.who.map(|who| Ephemeral::Entered { who, others: entered.others });
        let left = left.who.map(|who| Ephemeral::Left { who, others: left.others });
        entered.into_iter().chain(left)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twenty_a_second_are_told_and_the_rest_is_merged() {
        let mut presence = Presence::default();
        let mut due = None;
        let now = Duration::from_secs(5);
        let mut told = 0;
        for n in 0..56 {
            let who: Arc<str> = format!("p{n}").into();
            told += presence.tell(Change::Entered, &who, now, |at| due = Some(at)).map_or(0, |_| 1);
        }
        assert_eq!((told, due), (20, Some(Duration::from_secs(6))));
        let merged: Vec<_> = presence.flush().collect();
        assert_eq!(merged, [Ephemeral::Entered { who: "p20".into(), others: 35 }]);
        assert_eq!(presence.flush().count(), 0);
        let again = presence.tell(Change::Lost, &"x".into(), Duration::from_secs(6), |_| unreachable!());
        assert_eq!(again, Some(Ephemeral::Lost { who: "x".into() }));
    }
}

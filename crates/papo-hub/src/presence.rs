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
    /// Nobody is told: they hear of it otherwise.
    Silent,
}

const WINDOW: Duration = Duration::from_secs(1);

/// One room's notices within the current second.
#[derive(Debug, Default)]
pub(crate) struct Presence {
    /// When the current second ends.
    ends: Duration,
    told: u32,
    /// Those who are merged, by what they did.
    entered: Vec<Arc<str>>,
    left: Vec<Arc<str>>,
    lost: Vec<Arc<str>>,
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
        if change == Change::Silent {
            return None;
        }
        let nothing_merged = self.entered.is_empty() && self.left.is_empty() && self.lost.is_empty();
        if now >= self.ends && nothing_merged {
            self.ends = now + WINDOW;
            self.told = 0;
        }
        if self.told < PRESENCE_PER_SECOND {
            self.told += 1;
            let who = vec![who.clone()];
            return Some(match change {
                Change::Entered => Ephemeral::Entered(who),
                Change::Left => Ephemeral::Left(who),
                Change::Lost | Change::Silent => Ephemeral::Lost(who),
            });
        }
        if nothing_merged {
            due(self.ends);
        }
        let merged = match change {
            Change::Entered => &mut self.entered,
            Change::Left => &mut self.left,
            Change::Lost | Change::Silent => &mut self.lost,
        };
        merged.push(who.clone());
        None
    }

    /// What was merged, when its second is over.
    pub(crate) fn flush(&mut self) -> impl Iterator<Item = Ephemeral> + use<> {
        let some = |who: &mut Vec<Arc<str>>| Some(std::mem::take(who)).filter(|who| !who.is_empty());
        let entered = some(&mut self.entered).map(Ephemeral::Entered);
        let left = some(&mut self.left).map(Ephemeral::Left);
        let lost = some(&mut self.lost).map(Ephemeral::Lost);
        [entered, left, lost].into_iter().flatten()
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
        let [Ephemeral::Entered(who)] = &merged[..] else { panic!("{merged:?}") };
        assert_eq!((who.len(), &*who[0], &*who[35]), (36, "p20", "p55"));
        assert_eq!(presence.flush().count(), 0);
        let again = presence.tell(Change::Lost, &"x".into(), Duration::from_secs(6), |_| unreachable!());
        assert_eq!(again, Some(Ephemeral::Lost(vec!["x".into()])));
    }
}

//! When a shard looks at a connection again. A connection has one time, its earliest: one that an
//! earlier time overtakes is forgotten, or whoever is looked at often would pile up later ones.

use std::collections::BTreeSet;
use std::time::Duration;

/// Times in order, with the slot and the key of whose they are. What is left of connections that are
/// gone comes up once; its key tells.
#[derive(Debug, Default)]
pub(super) struct Timers {
    entries: BTreeSet<(Duration, u32, u32)>,
}

impl Timers {
    /// Looks at the tenant `key` of `slot` at that time, unless its `timer` comes earlier.
    pub(super) fn set(&mut self, timer: &mut Option<Duration>, at: Duration, slot: u32, key: u32) {
        if timer.is_some_and(|timer| timer <= at) {
            return;
        }
        if let Some(overtaken) = timer.replace(at) {
            self.entries.remove(&(overtaken, slot, key));
        }
        self.entries.insert((at, slot, key));
    }

    /// The next time.
    pub(super) fn next(&self) -> Option<Duration> {
        self.entries.first().map(|(at, ..)| *at)
    }

    /// The slot and the key of whose time has come.
    pub(super) fn pop(&mut self, now: Duration) -> Option<(u32, u32)> {
        self.next().filter(|at| *at <= now)?;
        self.entries.pop_first().map(|(_, slot, key)| (slot, key))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    const fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    #[test]
    fn a_time_that_was_overtaken_does_not_come_up() {
        let mut timers = Timers::default();
        let mut timer = None;
        timers.set(&mut timer, ms(20), 7, 1);
        timers.set(&mut timer, ms(10), 7, 1);
        timers.set(&mut timer, ms(15), 7, 1);
        assert_eq!((timer, timers.next()), (Some(ms(10)), Some(ms(10))));
        assert_eq!(timers.pop(ms(9)), None);
        assert_eq!(timers.pop(ms(10)), Some((7, 1)));
        assert_eq!(timers.pop(ms(100)), None);
    }

    #[test]
    fn who_is_looked_at_often_has_one_entry() {
        let mut timers = Timers::default();
        let mut timer = None;
        for now in 0..1000 {
            timers.set(&mut timer, ms(now + 60_000), 7, 1);
            timers.set(&mut timer, ms(now), 7, 1);
            assert_eq!(timers.entries.len(), 1);
            assert_eq!(timers.pop(ms(now)), Some((7, 1)));
            timer = None;
        }
    }

    #[test]
    fn each_comes_up_at_its_earliest_time_and_who_has_gone_once() {
        let mut dice = 1_u64;
        let mut below = |end: u64| {
            dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (dice >> 33) % end
        };
        let mut timers = Timers::default();
        // The tenant of each slot: its key, its time, and the earliest time that was asked for.
        let mut tenants: BTreeMap<u32, (u32, Option<Duration>, Option<Duration>)> = BTreeMap::new();
        let mut gone = BTreeMap::new();
        let mut newest_key = 0;
        for now in 0..20_000 {
            let slot = below(8) as u32;
            match below(6) {
                0 => {
                    if let Some((key, timer, _)) = tenants.remove(&slot) {
                        gone.extend(timer.map(|timer| ((slot, key), timer)));
                    }
                }
                1 => {
                    tenants.entry(slot).or_insert_with(|| {
                        newest_key += 1;
                        (newest_key, None, None)
                    });
                }
                _ => {
                    if let Some((key, timer, earliest)) = tenants.get_mut(&slot) {
                        let at = ms(now + below(50));
                        timers.set(timer, at, slot, *key);
                        *earliest = Some(earliest.map_or(at, |earliest| earliest.min(at)));
                    }
                }
            }
            while let Some((slot, key)) = timers.pop(ms(now)) {
                if let Some((_, timer, earliest)) = tenants.get_mut(&slot).filter(|(known, ..)| *known == key) {
                    assert_eq!((*timer, *earliest), (Some(ms(now)), Some(ms(now))), "at its time");
                    (*timer, *earliest) = (None, None);
                } else {
                    assert_eq!(gone.remove(&(slot, key)), Some(ms(now)), "once");
                }
            }
            let armed = tenants.values().filter(|(_, timer, _)| timer.is_some()).count();
            assert_eq!(timers.entries.len(), armed + gone.len());
        }
    }
}

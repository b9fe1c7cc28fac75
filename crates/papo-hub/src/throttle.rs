//! Wrong passwords: from the fourth on the next try waits, for this name from this address. Nobody
//! else waits, so nobody can shut the owner out. Who tries many names waits too, by the address alone.

use std::sync::Arc;
use std::time::Duration;

use papo_proto::Address;
use papo_proto::limits::{
    LOGIN_FAILURES_KEPT, LOGIN_FAILURES_MAX, LOGIN_FAILURES_PER_ADDRESS, LOGIN_FAILURES_PER_ADDRESS_EVERY,
    LOGIN_FREE_FAILURES, LOGIN_WAIT_MAX,
};
use rustc_hash::FxHashMap;

use crate::rate::{AddressRates, Rate};

/// How fast an address may fail, whatever the names are.
const ADDRESS_RATE: Rate = Rate { burst: LOGIN_FAILURES_PER_ADDRESS, every: LOGIN_FAILURES_PER_ADDRESS_EVERY };

/// The tries that failed, or whose outcome is not known yet.
#[derive(Debug, Default)]
pub(crate) struct Throttle {
    tries: FxHashMap<(Arc<str>, Address), Tries>,
    addresses: AddressRates,
}

#[derive(Clone, Copy, Debug)]
struct Tries {
    count: u32,
    newest: Duration,
    next: Duration,
}

impl Throttle {
    /// Counts a try for a name, whether or not there is such an account: both are answered alike. Without
    /// `by_address` it counts for the name alone.
    ///
    /// # Errors
    /// The seconds to wait; then it does not count.
    pub(crate) fn begin(
        &mut self,
        name: &Arc<str>,
        address: Address,
        by_address: bool,
        now: Duration,
    ) -> Result<(), u64> {
        let key = (name.clone(), address);
        let until = |at: Duration| at.saturating_sub(now).as_secs_f64().ceil() as u64;
        let known = self.tries.get(&key).filter(|tries| now < tries.newest + LOGIN_FAILURES_KEPT);
        let count = known.map_or(0, |tries| tries.count) + 1;
        if let Some(tries) = known.filter(|tries| now < tries.next) {
            return Err(until(tries.next));
        }
        if by_address {
            self.addresses.take(address, ADDRESS_RATE, now).map_err(until)?;
        }
        if self.tries.len() >= LOGIN_FAILURES_MAX && !self.tries.contains_key(&key) {
            self.forget(now);
        }
        self.tries.insert(key, Tries { count, newest: now, next: now + wait_after(count) });
        Ok(())
    }

    /// The newest try was right.
    pub(crate) fn succeeded(&mut self, name: &Arc<str>, address: Address) {
        self.tries.remove(&(name.clone(), address));
        self.addresses.give_back(address, ADDRESS_RATE);
    }

    /// The newest try was not looked at.
    pub(crate) fn forgive(&mut self, name: &Arc<str>, address: Address) {
        self.addresses.give_back(address, ADDRESS_RATE);
        let key = (name.clone(), address);
        let Some(tries) = self.tries.get_mut(&key) else { return };
        tries.count = tries.count.saturating_sub(1);
        tries.next = tries.newest;
        if tries.count == 0 {
            self.tries.remove(&key);
        }
    }

    /// Forgets what is old; when nothing is, the half that failed least often, the older first. Failing for other
    /// names does not make a name forgotten that failed more often.
    fn forget(&mut self, now: Duration) {
        self.tries.retain(|_, tries| now < tries.newest + LOGIN_FAILURES_KEPT);
        if self.tries.len() >= LOGIN_FAILURES_MAX {
            let mut ranks: Vec<(u32, Duration)> = self.tries.values().map(Tries::rank).collect();
            let middle = ranks.len() / 2;
            let (_, &mut median, _) = ranks.select_nth_unstable(middle);
            self.tries.retain(|_, tries| tries.rank() > median);
        }
    }
}

impl Tries {
    fn rank(&self) -> (u32, Duration) {
        (self.count, self.newest)
    }
}

fn wait_after(failures: u32) -> Duration {
    match failures.checked_sub(LOGIN_FREE_FAILURES) {
        None => Duration::ZERO,
        Some(more) => Duration::from_secs(1 << more.min(16)).min(LOGIN_WAIT_MAX),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::{IpAddr, Ipv4Addr};

    fn address(n: u32) -> Address {
        IpAddr::V4(Ipv4Addr::from_bits(n)).into()
    }

    #[test]
    fn from_the_fourth_try_on_it_waits_longer_and_longer() {
        let (mut throttle, name, mut now) = (Throttle::default(), Arc::from("ana"), Duration::from_secs(100));
        for _ in 0..LOGIN_FREE_FAILURES {
            assert_eq!(throttle.begin(&name, address(1), true, now), Ok(()));
        }
        for wait in [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300] {
            assert_eq!(throttle.begin(&name, address(1), true, now), Err(wait));
            now += Duration::from_secs(wait);
            assert_eq!(throttle.begin(&name, address(1), true, now), Ok(()));
        }
        throttle.succeeded(&name, address(1));
        assert_eq!(throttle.begin(&name, address(1), true, now), Ok(()));
    }

    #[test]
    fn another_address_is_not_met_and_time_forgives() {
        let (mut throttle, name, now) = (Throttle::default(), Arc::from("ana"), Duration::from_secs(100));
        for _ in 0..LOGIN_FREE_FAILURES {
            let _ = throttle.begin(&name, address(1), true, now);
        }
        assert!(throttle.begin(&name, address(1), true, now).is_err());
        assert_eq!(throttle.begin(&name, address(2), true, now), Ok(()), "the owner is elsewhere");
        assert_eq!(throttle.begin(&Arc::from("bob"), address(1), true, now), Ok(()), "another name");
        let later = now + LOGIN_FAILURES_KEPT;
        for _ in 0..LOGIN_FREE_FAILURES {
            assert_eq!(throttle.begin(&name, address(1), true, later), Ok(()));
        }
    }

    #[test]
    fn the_table_is_bounded() {
        let mut throttle = Throttle::default();
        for n in 0..LOGIN_FAILURES_MAX as u32 * 2 {
            let now = Duration::from_millis(u64::from(n));
            assert_eq!(throttle.begin(&Arc::from("ana"), address(n), true, now), Ok(()));
            assert!(throttle.tries.len() <= LOGIN_FAILURES_MAX);
        }
    }

    #[test]
    fn failing_for_many_names_does_not_make_one_forgotten() {
        let (mut throttle, name, now) = (Throttle::default(), Arc::from("ana"), Duration::from_secs(100));
        for _ in 0..LOGIN_FREE_FAILURES {
            assert_eq!(throttle.begin(&name, address(0), true, now), Ok(()));
        }
        for n in 1..LOGIN_FAILURES_MAX as u32 * 2 {
            let other = Arc::from(n.to_string());
            assert_eq!(throttle.begin(&other, address(n), true, now), Ok(()));
        }
        assert_eq!(throttle.begin(&name, address(0), true, now), Err(1));
    }

    #[test]
    fn a_try_that_was_not_looked_at_leaves_nothing() {
        let (mut throttle, now) = (Throttle::default(), Duration::from_secs(100));
        for n in 0..LOGIN_FAILURES_PER_ADDRESS * 2 {
            let name = Arc::from(n.to_string());
            assert_eq!(throttle.begin(&name, address(1), true, now), Ok(()));
            throttle.forgive(&name, address(1));
        }
        assert_eq!(throttle.tries.len(), 0);
    }

    #[test]
    fn who_tries_many_names_waits_by_the_address_alone() {
        let (mut throttle, now) = (Throttle::default(), Duration::from_secs(100));
        let name = |n: u32| Arc::from(n.to_string());
        for n in 0..LOGIN_FAILURES_PER_ADDRESS {
            assert_eq!(throttle.begin(&name(n), address(1), true, now), Ok(()));
        }
        let wait = LOGIN_FAILURES_PER_ADDRESS_EVERY.as_secs();
        assert_eq!(throttle.begin(&name(1000), address(1), true, now), Err(wait));
        assert_eq!(throttle.begin(&name(1000), address(2), true, now), Ok(()), "the owner is elsewhere");
        assert_eq!(throttle.begin(&name(1000), address(1), false, now), Ok(()), "it is switched off");
        throttle.succeeded(&name(0), address(1));
        assert_eq!(throttle.begin(&name(1001), address(1), true, now), Ok(()), "who was right has not failed");
    }
}

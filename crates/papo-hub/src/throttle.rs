//! Wrong passwords: from the fourth on the next try waits, for this name from this address. Nobody
//! else waits, so nobody can shut the owner out.

use std::sync::Arc;
use std::time::Duration;

use papo_proto::Address;
use papo_proto::limits::{LOGIN_FAILURES_KEPT, LOGIN_FAILURES_MAX, LOGIN_FREE_FAILURES, LOGIN_WAIT_MAX};
use rustc_hash::FxHashMap;

/// The tries that failed, or whose outcome is not known yet.
#[derive(Debug, Default)]
pub(crate) struct Throttle {
    tries: FxHashMap<(Arc<str>, Address), Tries>,
}

#[derive(Clone, Copy, Debug)]
struct Tries {
    count: u32,
    newest: Duration,
    next: Duration,
}

impl Throttle {
    /// Counts a try for a name, whether or not there is such an account: both are answered alike.
    ///
    /// # Errors
    /// The seconds to wait; then it does not count.
    pub(crate) fn begin(&mut self, name: &Arc<str>, address: Address, now: Duration) -> Result<(), u64> {
        let key = (name.clone(), address);
        if self.tries.len() >= LOGIN_FAILURES_MAX && !self.tries.contains_key(&key) {
            self.forget(now);
        }
        let tries = self.tries.entry(key).or_insert(Tries { count: 0, newest: now, next: now });
        if now >= tries.newest + LOGIN_FAILURES_KEPT {
            tries.count = 0;
        }
        if now < tries.next {
            return Err(tries.next.saturating_sub(now).as_secs_f64().ceil() as u64);
        }
        tries.count += 1;
        tries.newest = now;
        tries.next = now + wait_after(tries.count);
        Ok(())
    }

    /// The newest try was right.
    pub(crate) fn succeeded(&mut self, name: &Arc<str>, address: Address) {
        self.tries.remove(&(name.clone(), address));
    }

    /// The newest try was not looked at.
    pub(crate) fn forgive(&mut self, name: &Arc<str>, address: Address) {
        if let Some(tries) = self.tries.get_mut(&(name.clone(), address)) {
            tries.count = tries.count.saturating_sub(1);
            tries.next = tries.newest;
        }
    }

    /// Forgets what is old; when nothing is, the older half.
    fn forget(&mut self, now: Duration) {
        self.tries.retain(|_, tries| now < tries.newest + LOGIN_FAILURES_KEPT);
        if self.tries.len() >= LOGIN_FAILURES_MAX {
            let mut ages: Vec<Duration> = self.tries.values().map(|tries| tries.newest).collect();
            let middle = ages.len() / 2;
            let (_, &mut median, _) = ages.select_nth_unstable(middle);
            self.tries.retain(|_, tries| tries.newest > median);
        }
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
            assert_eq!(throttle.begin(&name, address(1), now), Ok(()));
        }
        for wait in [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300] {
            assert_eq!(throttle.begin(&name, address(1), now), Err(wait));
            now += Duration::from_secs(wait);
            assert_eq!(throttle.begin(&name, address(1), now), Ok(()));
        }
        throttle.succeeded(&name, address(1));
        assert_eq!(throttle.begin(&name, address(1), now), Ok(()));
    }

    #[test]
    fn another_address_is_not_met_and_time_forgives() {
        let (mut throttle, name, now) = (Throttle::default(), Arc::from("ana"), Duration::from_secs(100));
        for _ in 0..LOGIN_FREE_FAILURES {
            let _ = throttle.begin(&name, address(1), now);
        }
        assert!(throttle.begin(&name, address(1), now).is_err());
        assert_eq!(throttle.begin(&name, address(2), now), Ok(()), "the owner is elsewhere");
        assert_eq!(throttle.begin(&Arc::from("bob"), address(1), now), Ok(()), "another name");
        let later = now + LOGIN_FAILURES_KEPT;
        for _ in 0..LOGIN_FREE_FAILURES {
            assert_eq!(throttle.begin(&name, address(1), later), Ok(()));
        }
    }

    #[test]
    fn the_table_is_bounded() {
        let mut throttle = Throttle::default();
        for n in 0..LOGIN_FAILURES_MAX as u32 * 2 {
            let now = Duration::from_millis(u64::from(n));
            assert_eq!(throttle.begin(&Arc::from("ana"), address(n), now), Ok(()));
            assert!(throttle.tries.len() <= LOGIN_FAILURES_MAX);
        }
    }
}

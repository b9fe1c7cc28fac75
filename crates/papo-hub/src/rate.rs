//! Rates as token buckets that are told the time.

use std::time::Duration;

use papo_proto::Address;
use papo_proto::limits::ADDRESSES_REMEMBERED;
use rustc_hash::FxHashMap;

/// How fast something may happen: `burst` at once, then one more each `every`.
#[derive(Clone, Copy, Debug)]
pub struct Rate {
    /// Tokens in a full bucket.
    pub burst: u32,
    /// Time in which one token comes back.
    pub every: Duration,
}

impl Rate {
    /// So many at once, and as many an hour.
    pub(crate) const fn hourly(times: u32) -> Self {
        Self { burst: times, every: Duration::from_millis(3_600_000 / times as u64) }
    }
}

/// One bucket. It is full when its `full_at` has come; that is all it needs to know.
#[derive(Clone, Copy, Debug, Default)]
pub struct TokenBucket {
    full_at: Duration,
}

impl TokenBucket {
    /// Takes a token.
    ///
    /// # Errors
    /// The time at which a token will be there.
    pub fn take(&mut self, rate: Rate, now: Duration) -> Result<(), Duration> {
        let full_at = self.full_at.max(now) + rate.every;
        let latest = now + rate.every * rate.burst;
        if full_at > latest {
            return Err(now + full_at.saturating_sub(latest));
        }
        self.full_at = full_at;
        Ok(())
    }

    /// Whether nothing is missing, so that forgetting the bucket changes nothing.
    pub fn is_full(&self, now: Duration) -> bool {
        self.full_at <= now
    }
}

/// A bucket for each address, at most [`ADDRESSES_REMEMBERED`] of them.
#[derive(Debug, Default)]
pub struct AddressRates {
    buckets: FxHashMap<Address, TokenBucket>,
}

impl AddressRates {
    /// Takes a token of the address.
    ///
    /// # Errors
    /// The time at which a token will be there.
    pub fn take(&mut self, address: Address, rate: Rate, now: Duration) -> Result<(), Duration> {
        if self.buckets.len() >= ADDRESSES_REMEMBERED && !self.buckets.contains_key(&address) {
            self.forget(now);
        }
        self.buckets.entry(address).or_default().take(rate, now)
    }

    /// Gives a token back that an address has taken.
    pub(crate) fn give_back(&mut self, address: Address, rate: Rate) {
        if let Some(bucket) = self.buckets.get_mut(&address) {
            bucket.full_at = bucket.full_at.saturating_sub(rate.every);
        }
    }

    /// Forgets full buckets; when all are in use, the half that is soonest full.
    fn forget(&mut self, now: Duration) {
        self.buckets.retain(|_, bucket| !bucket.is_full(now));
        if self.buckets.len() >= ADDRESSES_REMEMBERED {
            let mut full_at: Vec<Duration> = self.buckets.values().map(|bucket| bucket.full_at).collect();
            let middle = full_at.len() / 2;
            let (_, &mut median, _) = full_at.select_nth_unstable(middle);
            self.buckets.retain(|_, bucket| bucket.full_at > median);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::{IpAddr, Ipv4Addr};

    const RATE: Rate = Rate { burst: 3, every: Duration::from_secs(1) };

    fn at(seconds: f64) -> Duration {
        Duration::from_secs_f64(seconds)
    }

    #[test]
    fn a_burst_then_one_each_interval() {
        let mut bucket = TokenBucket::default();
        for _ in 0..3 {
            assert_eq!(bucket.take(RATE, at(10.0)), Ok(()));
        }
        assert_eq!(bucket.take(RATE, at(10.0)), Err(at(11.0)));
        assert_eq!(bucket.take(RATE, at(10.5)), Err(at(11.0)));
        assert_eq!(bucket.take(RATE, at(11.0)), Ok(()));
        assert_eq!(bucket.take(RATE, at(11.0)), Err(at(12.0)));
        assert!(!bucket.is_full(at(13.9)));
        assert!(bucket.is_full(at(14.0)));
    }

    #[test]
    fn the_table_of_addresses_forgets() {
        let mut rates = AddressRates::default();
        for n in 0..=ADDRESSES_REMEMBERED as u32 * 2 {
            let address = Address::from(IpAddr::V4(Ipv4Addr::from_bits(n)));
            assert_eq!(rates.take(address, RATE, at(1.0)), Ok(()));
            assert!(rates.buckets.len() <= ADDRESSES_REMEMBERED);
        }
        let address = Address::from(IpAddr::V4(Ipv4Addr::from_bits(u32::MAX)));
        rates.buckets.retain(|_, _| false);
        for expected in [Ok(()), Ok(()), Ok(()), Err(at(2.0))] {
            assert_eq!(rates.take(address, RATE, at(1.0)), expected, "an address in use is remembered");
        }
    }
}

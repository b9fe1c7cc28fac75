//! When messages are due: evenly in time, one sender after the other.

/// The even pace of all senders together. Times are nanoseconds since the first message.
#[derive(Clone, Debug)]
pub(crate) struct Pace {
    per_second: f64,
    /// Messages of the whole run.
    total: u64,
    given: u64,
}

impl Pace {
    /// A pace for so many seconds.
    pub(crate) fn new(per_second: f64, seconds: f64) -> Self {
        Self { per_second, total: (per_second * seconds).round() as u64, given: 0 }
    }

    /// When the next message is due; `None` after the last.
    ///
    /// Computed from the message's number, so that rounding never adds up to another rate.
    pub(crate) fn next_due(&self) -> Option<u64> {
        (self.given < self.total).then(|| (self.given as f64 * 1e9 / self.per_second) as u64)
    }

    /// The number and due time of a message that is due at `now`, each once.
    pub(crate) fn take(&mut self, now: u64) -> Option<(u64, u64)> {
        let due = self.next_due().filter(|&due| due <= now)?;
        self.given += 1;
        Some((self.given - 1, due))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(pace: &mut Pace, now: u64) -> Vec<(u64, u64)> {
        std::iter::from_fn(|| pace.take(now)).collect()
    }

    #[test]
    fn messages_are_due_evenly_and_once() {
        let mut pace = Pace::new(1000.0, 0.004);
        assert_eq!(taken(&mut pace, 0), [(0, 0)]);
        assert_eq!(pace.next_due(), Some(1_000_000));
        assert_eq!(taken(&mut pace, 999_999), []);
        assert_eq!(taken(&mut pace, 2_000_000), [(1, 1_000_000), (2, 2_000_000)]);
        assert_eq!(taken(&mut pace, u64::MAX), [(3, 3_000_000)]);
        assert_eq!(pace.next_due(), None);
    }

    #[test]
    fn an_odd_rate_keeps_its_rate_over_a_long_run() {
        let mut pace = Pace::new(333.3, 300.0);
        let all = taken(&mut pace, u64::MAX);
        assert_eq!(all.len(), 99_990);
        let last = all.last().expect("many").1 as f64;
        assert!((last - 299.997e9).abs() < 1e6, "{last}");
    }

    #[test]
    fn nothing_is_due_at_rate_zero() {
        assert_eq!(Pace::new(0.0, 5.0).next_due(), None);
    }
}

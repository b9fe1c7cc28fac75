//! Latencies in logarithmic buckets: constant memory, a constant relative error, one increment to record.

/// Values below this have a bucket each. Above, every power of two has half as many buckets, so values
/// are told apart to 1/64: an error of at most 1.6 %.
const STEPS: u64 = 128;
const HALF: u64 = STEPS / 2;
const STEP_BITS: u32 = STEPS.trailing_zeros();

/// Counts of durations in nanoseconds.
#[derive(Clone, Debug)]
pub struct Histogram {
    buckets: Vec<u64>,
    count: u64,
    max: u64,
}

impl Default for Histogram {
    fn default() -> Self {
        Self { buckets: vec![0; bucket(u64::MAX) + 1], count: 0, max: 0 }
    }
}

impl Histogram {
    /// Counts one duration.
    #[inline]
    pub fn record(&mut self, nanos: u64) {
        self.buckets[bucket(nanos)] += 1;
        self.count += 1;
        self.max = self.max.max(nanos);
    }

    /// How many durations were counted.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The longest, exactly, in nanoseconds.
    pub fn max(&self) -> u64 {
        self.max
    }

    /// The duration in nanoseconds that this share of all (0.5 is the median) does not exceed; 0 without any.
    pub fn quantile(&self, share: f64) -> u64 {
        let rank = ((self.count as f64 * share).ceil() as u64).max(1);
        let mut seen = 0;
        for (at, &count) in self.buckets.iter().enumerate() {
            seen += count;
            if seen >= rank {
                return highest(at).min(self.max);
            }
        }
        self.max
    }
}

#[inline]
fn bucket(value: u64) -> usize {
    if value < STEPS {
        return value as usize;
    }
    // `value >> shift` keeps STEP_BITS bits of which the first is set: only half of the steps occur.
    let shift = value.ilog2() + 1 - STEP_BITS;
    (STEPS + u64::from(shift - 1) * HALF + (value >> shift) - HALF) as usize
}

/// The highest value of a bucket.
fn highest(bucket: usize) -> u64 {
    let bucket = bucket as u64;
    if bucket < STEPS {
        return bucket;
    }
    let shift = (bucket - STEPS) / HALF + 1;
    let lead = (bucket - STEPS) % HALF + HALF;
    (((u128::from(lead) + 1) << shift) - 1) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_follow_each_other_and_hold_what_they_claim() {
        let mut last = None;
        for at in 0..=bucket(u64::MAX) {
            let top = highest(at);
            assert_eq!(bucket(top), at, "the highest value of bucket {at}");
            if let Some(last) = last {
                assert!(top > last);
                assert_eq!(bucket(last + 1), at, "the lowest value of bucket {at}");
            }
            last = Some(top);
        }
        assert_eq!(last, Some(u64::MAX));
    }

    #[test]
    fn the_error_is_small_everywhere() {
        for power in 0..63 {
            for value in [1_u64 << power, (1 << power) + (1 << power) / 3, (2 << power) - 1] {
                let shown = highest(bucket(value));
                assert!(shown >= value && shown - value <= value / 64, "{value} is shown as {shown}");
            }
        }
    }

    #[test]
    fn quantiles_of_known_values() {
        let mut histogram = Histogram::default();
        assert_eq!((histogram.quantile(0.5), histogram.max()), (0, 0));
        for value in 1..=1000 {
            histogram.record(value * 1000);
        }
        assert_eq!((histogram.count(), histogram.max()), (1000, 1_000_000));
        for (share, exact) in [(0.5, 500_000), (0.99, 990_000), (0.999, 999_000), (1.0, 1_000_000)] {
            let got = histogram.quantile(share);
            assert!(got >= exact && got <= exact + exact / 64, "{share}: {got}, exactly {exact}");
        }
    }

    #[test]
    fn a_single_slow_one_is_not_hidden() {
        let mut histogram = Histogram::default();
        for _ in 0..999 {
            histogram.record(10);
        }
        histogram.record(5_000_000);
        assert_eq!((histogram.quantile(0.99), histogram.quantile(1.0)), (10, 5_000_000));
    }
}

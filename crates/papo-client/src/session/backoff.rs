//! How long a client waits before it tries again: longer each time, and not all clients the same.

use std::time::Duration;

/// The least.
const LEAST: Duration = Duration::from_millis(500);
/// The most.
const MOST: Duration = Duration::from_secs(30);

/// The wait before an attempt, after so many that failed.
pub(super) fn wait(failed: u32, random: u32) -> Duration {
    let most = MOST.min(LEAST * 2_u32.saturating_pow(failed.min(16) + 1));
    LEAST + most.saturating_sub(LEAST).mul_f64(f64::from(random) / f64::from(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_grows_up_to_its_most_and_is_spread() {
        for (failed, random, millis) in [
            (0, 0, 500),
            (0, u32::MAX, 1000),
            (1, u32::MAX, 2000),
            (3, u32::MAX, 8000),
            (5, u32::MAX, 30_000),
            (1000, u32::MAX, 30_000),
            (1000, 0, 500),
        ] {
            assert_eq!(wait(failed, random).as_millis(), millis, "{failed} {random}");
        }
    }
}

//! Each room's log counts 1, 2, 3 … without a gap.

use super::{Fault, Logs};

/// Every event that is not the next one.
pub fn check(logs: &Logs) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (room, log) in logs {
        let mut before = 0;
        for event in log {
            if event.seq != before + 1 {
                faults.push(Fault::Gap(room.clone(), event.seq));
            }
            before = event.seq;
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::super::log;
    use super::*;

    #[test]
    fn seqs_are_counted_from_one() {
        for (seqs, expected) in [
            (&[][..], &[][..]),
            (&[1, 2, 3], &[]),
            (&[2, 3], &[2]),
            (&[1, 3, 4], &[3]),
            (&[1, 2, 2], &[2]),
            (&[1, 3, 2], &[3, 2]),
            (&[0, 1], &[0]),
        ] {
            let texts: Vec<(u64, &str)> = seqs.iter().map(|seq| (*seq, "x")).collect();
            let expected: Vec<Fault> = expected.iter().map(|seq| Fault::Gap("r".into(), *seq)).collect();
            assert_eq!(check(&log(&texts)), expected, "{seqs:?}");
        }
    }
}

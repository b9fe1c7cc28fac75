//! The server seen from outside: its time on the processor and its memory, as Linux counts them.

use std::fs;
use std::io;
use std::path::PathBuf;

use crate::error::BenchError;

/// A process that is measured.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Probe {
    pid: u32,
}

impl Probe {
    /// A process that exists and may be looked at.
    pub(crate) fn new(pid: u32) -> Result<Self, BenchError> {
        let probe = Self { pid };
        probe.cpu_nanos()?;
        probe.memory_bytes()?;
        Ok(probe)
    }

    /// Nanoseconds that all threads that still live have been on a processor.
    ///
    /// The counters of `stat` have steps of 10 ms, which is much of a short run; these are exact.
    pub(crate) fn cpu_nanos(self) -> Result<u64, BenchError> {
        let sum = || -> io::Result<u64> {
            let mut sum = 0;
            for thread in fs::read_dir(self.file("task"))? {
                match fs::read_to_string(thread?.path().join("schedstat")) {
                    Ok(line) => sum += first_number(&line)?,
                    // A thread that has just ended.
                    Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                    Err(error) => return Err(error),
                }
            }
            Ok(sum)
        };
        sum().map_err(|cause| BenchError::Probe { pid: self.pid, cause })
    }

    /// The process's share of memory (PSS): what it has alone, and its part of what it shares.
    pub(crate) fn memory_bytes(self) -> Result<u64, BenchError> {
        fs::read_to_string(self.file("smaps_rollup"))
            .and_then(|rollup| pss_bytes(&rollup))
            .map_err(|cause| BenchError::Probe { pid: self.pid, cause })
    }

    fn file(self, name: &str) -> PathBuf {
        PathBuf::from(format!("/proc/{}/{name}", self.pid))
    }
}

fn pss_bytes(rollup: &str) -> io::Result<u64> {
    let line = rollup.lines().find_map(|line| line.strip_prefix("Pss:"));
    Ok(first_number(line.unwrap_or_default())? * 1024)
}

fn first_number(text: &str) -> io::Result<u64> {
    let word = text.split_whitespace().next().unwrap_or_default();
    word.parse().map_err(|_| io::Error::new(io::ErrorKind::InvalidData, format!("no number in {text:?}")))
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;

    #[test]
    fn our_own_work_and_memory_are_seen() {
        let probe = Probe::new(std::process::id()).expect("our own process");
        let (cpu, memory) = (probe.cpu_nanos().expect("cpu"), probe.memory_bytes().expect("memory"));
        let block = vec![7_u8; 32 << 20];
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_millis(50) {}
        assert!(probe.cpu_nanos().expect("cpu") - cpu > 10_000_000, "50 ms of work");
        assert!(probe.memory_bytes().expect("memory") > memory + (24 << 20), "{} more bytes", block.len());
    }

    #[test]
    fn a_process_that_is_not_there_is_an_error() {
        assert!(matches!(Probe::new(u32::MAX), Err(BenchError::Probe { .. })));
    }

    #[test]
    fn pss_is_read_from_the_right_line() {
        assert_eq!(pss_bytes("0-1 x\nRss:  9 kB\nPss:    12 kB\nPss_Anon:  3 kB\n").expect("there"), 12 * 1024);
        assert!(pss_bytes("Rss: 9 kB\n").is_err());
    }
}

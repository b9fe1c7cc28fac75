//! What a server tells of itself: how many records its commits hold.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use crate::error::BenchError;

const TIMEOUT: Duration = Duration::from_secs(5);
const RECORDS: &str = "papo_commit_batch_records_sum";
const COMMITS: &str = "papo_commit_batch_records_count";

/// Commits, and the records in them.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Batches {
    /// Transactions.
    pub commits: u64,
    /// Records in all of them.
    pub records: u64,
}

impl Batches {
    pub(crate) fn between(before: Batches, after: Batches) -> Batches {
        let commits = after.commits.saturating_sub(before.commits);
        Batches { commits, records: after.records.saturating_sub(before.records) }
    }

    /// Records in a commit, on average.
    pub fn mean(self) -> Option<f64> {
        (self.commits > 0).then(|| self.records as f64 / self.commits as f64)
    }
}

/// Asks the server's metrics.
pub(crate) fn batches(addr: SocketAddr) -> Result<Batches, BenchError> {
    let answer = fetch(addr).map_err(BenchError::system("the server's metrics cannot be read"))?;
    Ok(read(&answer))
}

fn fetch(addr: SocketAddr) -> std::io::Result<String> {
    let mut socket = TcpStream::connect_timeout(&addr, TIMEOUT)?;
    socket.set_read_timeout(Some(TIMEOUT))?;
    write!(socket, "GET /metrics HTTP/1.1\r\nHost: {addr}\r\nConnection: close\r\n\r\n")?;
    let mut answer = Vec::new();
    socket.read_to_end(&mut answer)?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

/// The two figures; 0 for one that is not there.
fn read(answer: &str) -> Batches {
    let figure = |name: &str| {
        let line = answer.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        line.and_then(|value| value.trim().parse::<f64>().ok()).map_or(0, |value| value as u64)
    };
    Batches { commits: figure(COMMITS), records: figure(RECORDS) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_and_counts_are_found_among_the_other_figures() {
        let answer = "HTTP/1.1 200 OK\r\n\r\n# TYPE papo_commit_batch_records histogram\n\
                      papo_commit_batch_records_bucket{le=\"1\"} 3\npapo_commit_batch_records_sum 40\n\
                      papo_commit_batch_records_count 10\npapo_commit_batch_records_countless 7\n";
        let after = read(answer);
        assert_eq!(after, Batches { commits: 10, records: 40 });
        assert_eq!(Batches::between(Batches { commits: 2, records: 8 }, after).mean(), Some(4.0));
        assert_eq!(read("").mean(), None);
    }
}

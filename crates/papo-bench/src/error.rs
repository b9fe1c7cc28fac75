//! Why a run could not be measured, and who has to do something about it.

use std::io;
use std::net::SocketAddr;

use thiserror::Error;

/// Why a run ended without a report.
#[derive(Debug, Error)]
pub enum BenchError {
    /// The person who asked is to blame.
    #[error("{0}")]
    Options(&'static str),
    /// Nobody answers at the address, or the connection broke.
    #[error("connection {link} to {addr} failed: {cause}; does the server run there?")]
    Connection {
        /// The server's address.
        addr: SocketAddr,
        /// Which of our connections.
        link: usize,
        /// What the system said.
        cause: io::Error,
    },
    /// The server closed a connection in the middle of a run.
    #[error("the server closed connection {0}")]
    Closed(usize),
    /// The server refused what the generator asked, for example because of its limits.
    #[error("the server refused connection {link}: {said}; was it started with --flood off?")]
    Refused {
        /// Which of our connections.
        link: usize,
        /// The server's words.
        said: String,
    },
    /// What came is not what the dialect sends.
    #[error("connection {link} got what it cannot understand: {problem}")]
    NotUnderstood {
        /// Which of our connections.
        link: usize,
        /// What is wrong with it.
        problem: String,
    },
    /// Joining took too long.
    #[error("only {joined} of {all} connections had joined after {seconds} s")]
    JoinTimeout {
        /// Those that were through.
        joined: usize,
        /// All of them.
        all: usize,
        /// How long was waited.
        seconds: u64,
    },
    /// The system allows fewer descriptors than the run needs.
    #[error("{need} connections need more file descriptors than the {have} that are allowed (ulimit -Hn)")]
    Descriptors {
        /// Connections of the run.
        need: usize,
        /// The hard limit.
        have: u64,
    },
    /// The server's process cannot be looked at.
    #[error("process {pid} cannot be measured ({cause}); is --pid the server's?")]
    Probe {
        /// The process.
        pid: u32,
        /// What the system said.
        cause: io::Error,
    },
    /// The database of the floor refuses.
    #[error("the floor's database: {0}")]
    Sqlite(rusqlite::Error),
    /// The system refused something that the bench itself needs.
    #[error("{doing}: {cause}")]
    System {
        /// What was tried.
        doing: &'static str,
        /// What the system said.
        cause: io::Error,
    },
}

impl BenchError {
    /// For `map_err` on what the bench does for itself.
    pub(crate) fn system<E: Into<io::Error>>(doing: &'static str) -> impl Fn(E) -> BenchError {
        move |cause| BenchError::System { doing, cause: cause.into() }
    }
}

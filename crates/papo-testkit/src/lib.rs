//! What Papo's tests share. A failure here fails the test, so these functions panic.
//!
//! * [`Client`] – a plain blocking client of the text dialect, over TCP or WebSocket;
//! * [`Structured`] – one of papo/1; [`Wire`] – frames for a client that expects its line to break;
//! * [`Link`] – a connection below these, plain or by [`Tls`];
//! * [`Http`] – a browser that sends exactly the bytes it is given;
//! * [`Papo`] – the real program as a process of its own; [`Ended`] – one that ends by itself;
//! * [`Proxy`] – stands between clients and server, and does to their lines what networks do;
//! * [`SmallDisk`] – a file system that is soon full;
//! * [`checks`] – what must be true of a server's logs after anything has happened to it;
//! * [`Random`] – numbers from a seed; [`free_port`] – a port that a server keeps when it comes back.
//!
//! Nothing here sleeps to synchronise: everything waits for something to be read, within [`PATIENCE`].

pub mod checks;
mod client;
mod disk;
mod ended;
mod framing;
mod http;
mod link;
mod port;
mod process;
mod proxy;
mod random;
mod structured;
mod wire;

pub use client::Client;
pub use disk::SmallDisk;
pub use ended::Ended;
pub use http::{Answer, Http};
pub use link::{Link, Tls};
pub use port::free_port;
pub use process::Papo;
pub use proxy::{End, Pace, Plan, Proxy, Way};
pub use random::Random;
pub use structured::{Structured, txn_of};
pub use wire::{Heard, Wire};

use std::time::Duration;

/// How long a test waits for something that must come.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// Whether this is the long form of the tests.
pub fn is_long() -> bool {
    std::env::var_os("PAPO_LONG").is_some()
}

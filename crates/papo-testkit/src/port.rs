//! Ports that a server can have again after it was away.

use std::net::TcpListener;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::Random;

/// From here on the system gives ports to those who only connect.
const EPHEMERAL: usize = 32_768;
const LOWEST: usize = 12_400;

/// How many were given in this process.
static GIVEN: AtomicU64 = AtomicU64::new(0);

/// A port that is free now, and that the system gives to nobody by itself: a client that connects
/// while the server is away cannot take it. Tests that run beside each other look in different places.
pub fn free_port() -> u16 {
    loop {
        let mut random = Random::part(u64::from(std::process::id()), GIVEN.fetch_add(1, Ordering::SeqCst));
        let port = (LOWEST + random.below(EPHEMERAL - LOWEST)) as u16;
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}

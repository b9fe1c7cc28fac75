//! Ports that a server can have again after it was away.

use std::net::TcpListener;

/// Below this the system gives no port to those who only connect.
const EPHEMERAL: usize = 32_768;
const LOWEST: usize = 12_400;

use crate::Random;

/// A port that is free now, and that the system gives to nobody by itself: a client that connects
/// while the server is away cannot take it. Tests that run beside each other begin at different ones.
pub fn free_port() -> u16 {
    let mut random = Random::new(u64::from(std::process::id()));
    loop {
        let port = (LOWEST + random.below(EPHEMERAL - LOWEST)) as u16;
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}

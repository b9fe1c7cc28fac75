//! HTTP.

use crate::arrival::Arrival;
use std::sync::Arc;

/// A WebSocket after its handshake.
#[derive(Debug)]
pub struct Upgraded {
    /// The connection.
    pub arrival: Arrival,
    /// Bytes that came with the handshake.
    pub early: Vec<u8>,
}
pub struct Guard {
    pub loopback_only: bool,
    pub origins: Vec<String>,
}
pub struct HttpDoor;
impl HttpDoor {
    pub fn start(_guard: Guard, _on_upgrade: Arc<dyn Fn(Upgraded) + Send + Sync>) -> std::io::Result<HttpDoor> {
        Ok(HttpDoor)
    }
    pub fn take(&self, _arrival: Arrival) {}
    pub fn drain(&self) {}
}

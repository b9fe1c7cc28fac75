//! Papo's server: sockets, shards, HTTP, the writer and their end.

pub mod arrival;
pub mod bridge;
pub mod http;

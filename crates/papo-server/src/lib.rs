//! Papo's server: sockets, shards, HTTP, the writer and their end. It knows no rule of a room.
//!
//! The way of a connection and of its messages, by file:
//!
//! * [`server`] – start, threads, drain; [`config`] – what it is started with;
//! * `live` – what of it may change while it runs; [`trusted`] – the proxies that are believed;
//! * [`listener`] – accepts and deals connections, within the places of [`arrival`];
//! * [`shard`] – a thread with its connections: opening, reading, writing, timing;
//! * [`conn`] – one connection: the intake of its bytes and the plan of what it is sent;
//! * [`engine`] – the hub behind its lock: decide, commit, publish; [`inbox`] – what shards are told;
//! * `lookups` – looks into the store, `passwords` – hashes them, each on threads of their own (`jobs`);
//! * `tickets` – answers to those who ask without a connection;
//! * [`http`] – the page and WebSocket's handshake, on a runtime of their own;
//! * [`tls`] – the certificate, and what TLS is offered;
//! * [`admin`] – the socket for whoever runs it;
//! * `metrics` – what operators measure;
//! * [`bridge`] – a program of its own: each WebSocket gets a TCP connection to a chat server;
//! * [`announce`] – the lines for the person who runs it.

pub mod admin;
pub mod announce;
pub mod arrival;
pub mod bridge;
pub mod config;
mod conn;
pub mod engine;
pub mod http;
pub mod inbox;
mod jobs;
mod listener;
mod live;
mod lookups;
mod metrics;
mod passwords;
pub mod server;
mod shard;
mod start_error;
mod texts;
mod tickets;
pub mod tls;
pub mod trusted;

pub use announce::Announcer;
pub use config::{Config, MetricsFor, Times, WebPort};
pub use papo_hub::Policy;
pub use server::{Server, StartError};
pub use tls::{CertificateFrom, PlainFor, TlsConfig, TlsError};

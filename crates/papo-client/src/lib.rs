//! Connecting to a Papo server and speaking its dialects, without any user interface.
//!
//! Cores without I/O, and thin drivers around them. papo/1, the structured dialect:
//!
//! * [`client`] – the way in: a [`Client`] with its events; [`commands`] – what it can be told to do;
//! * [`session`] – the core: a session that outlives its lines, pending commands, what is told;
//! * [`timeline`] – a room's messages in the order of their seqs, and what is missing of them;
//! * `wire`, `upgrade` – frames on TCP and on WebSocket, and how a WebSocket begins;
//! * `line`, `driver` – the driver: a connection, and the task that joins it to the session.
//!
//! Text, the dialect of the original programs:
//!
//! * [`incoming`] – what a frame from the server says, as a type ([`Incoming`]);
//! * [`codec`] – the core: bytes from the server become [`Incoming`]s, lines become bytes for it;
//! * [`link`] – the driver: a [`Reader`] of frames and a [`Writer`] of lines on one TCP connection.
//!
//! And [`connect`](mod@connect) for both: finding and reaching a server, by TLS ([`ClientTls`]) if that is
//! wanted, and why that fails.

pub mod client;
pub mod codec;
pub mod commands;
pub mod connect;
mod driver;
pub mod incoming;
mod line;
pub mod link;
pub mod session;
pub mod timeline;
mod upgrade;
mod wire;

pub use client::Client;
pub use commands::{Closed, Commands, Failure, Held, Page, Posting};
pub use connect::{ConnectError, connect};
pub use incoming::Incoming;
pub use line::{Framing, Target};
pub use link::{Lost, Reader, Writer};
pub use papo_tls::{ALPN_HTTP, ALPN_PAPO, ClientTls, Distrust, Failure as TlsFailure, Fingerprint, Trust, TrustError};
pub use session::{ClientEvent, End, Opened, Outcome, Rejected, Settings, Want, Why, Wish};
pub use timeline::Extent;

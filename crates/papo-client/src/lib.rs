//! Connecting to a Papo server and speaking its dialects, without any user interface.
//!
//! A core without I/O and a thin driver around it:
//!
//! * [`incoming`] – what a frame from the server says, as a type ([`Incoming`]);
//! * [`codec`] – the core: bytes from the server become [`Incoming`]s, lines become bytes for it;
//! * [`session`] – the core of papo/1: a session that outlives its lines, pending commands, what is told;
//! * [`timeline`] – a room's messages in the order of their seqs, and what is missing of them;
//! * [`connect`](mod@connect) – finding and reaching a server, and why that fails;
//! * [`link`] – the driver: a [`Reader`] of frames and a [`Writer`] of lines on one TCP connection.

pub mod codec;
pub mod connect;
pub mod incoming;
pub mod link;
pub mod session;
pub mod timeline;

pub use connect::{ConnectError, connect};
pub use incoming::Incoming;
pub use link::{Lost, Reader, Writer};

//! What Papo's tests share. A failure here fails the test, so these functions panic.
//!
//! * [`Client`] – a plain blocking client of the text dialect, over TCP or WebSocket;
//! * [`Http`] – a browser that sends exactly the bytes it is given;
//! * [`Papo`] – the real program as a process of its own; [`Ended`] – one that ends by itself.
//!
//! Nothing here sleeps to synchronise: everything waits for something to be read, within [`PATIENCE`].

mod client;
mod ended;
mod http;
mod process;

pub use client::Client;
pub use ended::Ended;
pub use http::{Answer, Http};
pub use process::Papo;

use std::time::Duration;

/// How long a test waits for something that must come.
pub const PATIENCE: Duration = Duration::from_secs(20);

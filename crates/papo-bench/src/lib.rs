//! Papo's load generator, and the floor that its figures are compared with.
//!
//! The generator is one thread that owns all its connections, so that one clock stamps a message and
//! reads the stamp. It must cost less than any server that it measures: frames are looked at where
//! the kernel put them, and nothing is allocated for a delivery. The parts, in the order of a run:
//!
//! * [`options`] – what a run is asked for;
//! * `link` – one connection; `upgrade` – its handshake on the web; `cut` – its frames, without copying;
//! * `crowd` – all connections; `ready` – which of them have something to read;
//! * `join` – connects everybody, names them and brings them into their rooms;
//! * `stamp` – the 64 bytes of a message: who, which, when;
//! * `pace` – when messages are due; `window` – how many may be outstanding instead;
//! * `tally` – what has come: nothing lost, nothing twice, in order; [`histogram`] – how late;
//! * `probe` – the server's time on the processor and its memory, from outside;
//! * [`fanout`](mod@fanout) – a whole run of these; [`report`] – what it says;
//! * [`floor`] – a bare loop of `send()` behind the same frames: what any server must pay.
//!
//! What a server keeps is measured by programs that speak papo/1:
//!
//! * `programs` – connects them and brings them into their rooms;
//! * [`durable`](mod@durable) – acknowledged posts: each once, in a place of its own; `metrics` – the
//!   server's batches; [`durable_floor`](mod@durable_floor) – a bare loop of commits of the same rows;
//! * [`history`](mod@history) – pages of a long room.

mod cpu;
mod crowd;
mod cut;
pub mod durable;
pub mod durable_floor;
pub mod error;
pub mod fanout;
pub mod floor;
pub mod histogram;
pub mod history;
mod join;
mod link;
pub mod metrics;
pub mod options;
mod pace;
mod probe;
mod programs;
mod ready;
pub mod report;
mod stamp;
mod tally;
mod upgrade;
mod window;

pub use durable::{DurableOptions, DurableReport, durable};
pub use durable_floor::{DurableFloorOptions, DurableFloorReport, durable_floor};
pub use error::BenchError;
pub use fanout::fanout;
pub use floor::{FloorOptions, serve_floor};
pub use history::{HistoryOptions, HistoryReport, history};
pub use options::{Dialect, FanoutOptions, Rate};
pub use report::Report;

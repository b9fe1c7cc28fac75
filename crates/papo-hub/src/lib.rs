//! The rules and the state of Papo: a pure machine without sockets, clock or store.
//!
//! Time and randomness are arguments; what the world must do comes out as effects, in one order.
//! The parts, in the order in which a command meets them:
//!
//! * [`Hub`] – takes a command from a session and decides it;
//! * `commands` – a file for each command: the rules;
//! * `resume` – hello: a session begins, is held when its connection is lost, and goes on;
//! * `session`, `nicknames`, `room`, `presence`, `rate` – what the rules are about;
//! * `outbox` – the decided effects, waiting for their commit, in the order of decision;
//! * `publish` – hands committed effects to the readers, by way of an [`Outlet`];
//! * [`Log`] – a room's events, encoded, for readers with cursors; [`backlog`] keeps all within one budget.

pub mod backlog;
mod commands;
mod hub;
pub mod log;
mod nicknames;
mod outbox;
mod presence;
mod publish;
pub mod rate;
mod resume;
mod room;
mod session;

pub use hub::{Hub, Now, Settings};
pub use log::{Cursor, Log, Position, Read, Segment};
pub use publish::{CommitError, Delivery, Outlet, Query, What};
pub use resume::{Found, Opening};
pub use room::KnownRoom;
pub use session::{Address, Link};

//! The rules and the state of Papo: a pure machine without sockets, clock or store.
//!
//! Time and randomness are arguments; what the world must do comes out as effects, in one order.
//! The parts, in the order in which a command meets them:
//!
//! * [`Hub`] – takes a command from a session and decides it;
//! * `commands` – a file for each command: the rules;
//! * `resume` – hello: a session begins, is held when its connection is lost, and goes on;
//! * [`rights`] – who may do what, as one function; `standing` – what somebody is in a room, `carried` – and stays
//!   as somebody else;
//! * `logins` – who a session is, `directs` – conversations of two, `coming` – into rooms and out of them;
//! * `session`, `nicknames`, `people`, `room` and `rooms`, `presence`, `rate`, `pace`, `throttle` – what the rules are
//!   about;
//! * `apply` – the state as what was kept makes it; `failed` – a commit failed, and it is as it was before;
//!   `rightful` – and so is what others did by it;
//! * `outbox` – the decided effects, waiting for their commit, in the order of decision;
//! * `publish` – hands committed effects to the readers, by way of an [`Outlet`] (`outlet`);
//! * [`Log`] – a room's events, encoded, for readers with cursors; [`backlog`] keeps all within one budget.

mod apply;
pub mod backlog;
mod carried;
mod coming;
mod commands;
mod directs;
mod failed;
mod hub;
pub mod log;
mod logins;
mod nicknames;
mod outbox;
mod outlet;
mod pace;
mod people;
mod presence;
mod publish;
pub mod rate;
mod resume;
mod rightful;
pub mod rights;
mod room;
mod rooms;
mod session;
mod standing;
mod throttle;

pub use hub::{Hub, Now, Policy, Settings};
pub use log::{Cursor, Log, Position, Read, Reader, Segment};
pub use outlet::{AuditQuery, Checked, CommitError, Delivery, Intent, Outlet, PasswordAsk, Query, What};
pub use resume::{Found, Opening};
pub use room::KnownRoom;
pub use session::Link;

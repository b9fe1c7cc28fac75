//! The text dialect: a frame is a line for people.
//!
//! [`decode`] reads what a client sends; [`reply`], [`ephemeral`] and the history say things in a
//! language.

mod decode;
mod render;

pub use decode::decode;
pub use render::refusal;
pub(crate) use render::rejected;
pub use render::{audit, ephemeral, history_begins, history_goes_on, history_line, redaction, reply};

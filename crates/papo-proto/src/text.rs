//! The text dialect: a frame is a line for people.
//!
//! [`decode`] reads what a client sends; [`reply`] and [`ephemeral`] say things in a language.

mod decode;
mod render;

pub use decode::decode;
pub use render::{ephemeral, reply};

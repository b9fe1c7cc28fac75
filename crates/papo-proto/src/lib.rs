//! The vocabulary of Papo and the translation between it and bytes.
//!
//! Everything here is pure: no sockets, no clock, no room state. The parts:
//!
//! * [`names`], [`words`] – what people say to the hub ([`Command`]) and what it says back
//!   ([`Reply`], [`Reject`], [`Ephemeral`], [`Event`]), with their rules in the types;
//! * [`frame`], [`ws`] – the two framings: a 4-byte length on TCP, WebSocket frames on the web;
//! * [`text`] – the dialect of the original programs: lines for people;
//! * [`papo1`] – the structured dialect: JSON for programs;
//! * [`encoding`] – which framing, dialect and language a reader gets, and the bytes of an [`encoding::Item`];
//! * [`sniff`] – what a new connection speaks, told from its first bytes;
//! * [`proxy`] – the header by which a proxy says who is behind it;
//! * [`clean`] – what may be shown to other people;
//! * [`lang`] – the languages, and Fluent catalogs of what is said in them;
//! * [`limits`] – every size, rate and time that bounds a client.

pub mod clean;
pub mod encoding;
pub mod frame;
pub mod lang;
pub mod limits;
pub mod names;
pub mod papo1;
pub mod proxy;
pub mod sniff;
pub mod text;
pub mod words;
pub mod ws;

pub use encoding::{Dialect, Encoding, Framing};
pub use frame::{Cut, FrameError};
pub use lang::Lang;
pub use names::{Nickname, RoomName};
pub use words::{
    AccountId, Address, Append, Body, Command, Ephemeral, Epoch, Event, LoginId, Person, Record, Reject, Reply, Role,
    RoomId, Seq, SessionId, Stored, Txn,
};

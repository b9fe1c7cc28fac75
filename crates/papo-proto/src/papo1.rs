//! papo/1, the structured dialect: JSON objects, one a frame, for programs.
//!
//! * [`client`] – what a client sends, [`server`] – what a server sends: these types are the single
//!   source of the TypeScript types and of the reference in `docs/protocol.md`;
//! * [`codes`] – the numbers of rejects and what a client does about each;
//! * [`token`] – the secret by which a session is resumed;
//! * [`decode`], [`encode`] – between frames and the vocabulary of the hub.
//!
//! On TCP the first frame begins with [`PREFIX`], which tells it from a line of text; on WebSocket
//! the subprotocol [`SUBPROTOCOL`] does.

pub mod client;
pub mod codes;
mod decode;
pub mod encode;
mod facts;
pub mod server;
pub mod token;

pub use client::ClientFrame;
pub use decode::{Hello, ResumeAt, Said, Sent, decode, known_password, new_password};
pub use server::ServerFrame;
pub use token::Token;

#[cfg(test)]
mod generated;

/// What the first frame on TCP begins with; the hello follows in the same frame.
pub const PREFIX: &[u8] = b"PAPO/1 ";
/// The WebSocket subprotocol.
pub const SUBPROTOCOL: &str = "papo.v1";
/// The version that is spoken here.
pub const VERSION: u32 = 1;
/// The capability of being told of rooms that come, go and change.
pub const ROOMS_CAPABILITY: &str = "rooms";
/// The capability of accounts, conversations of two and moderation.
pub const ACCOUNTS_CAPABILITY: &str = "accounts";

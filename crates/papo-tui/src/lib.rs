//! Papo's terminal client, in line mode.
//!
//! Pure parts, each with its table of tests:
//!
//! * `surface` – what the terminal can do;
//! * `dialogue` – what a typed line means; `asking` – which commands need a password that is asked for;
//! * `layout` – how what the server says looks;
//! * `known`, `complete` – rooms and names that were seen, and what Tab offers;
//! * `met`, `secure` – servers that were met by TLS, and whose certificate is taken;
//! * `clock` – how the time of a message reads;
//! * `texts` – the client's own words, in the languages of `locales/`.
//!
//! The drivers around them, each with the thread or task that it is:
//!
//! * `editor` with its `gate` – reads edited lines from a capable terminal, prints above the prompt;
//! * `lines` – reads plain lines from anything else; `echo` – does not show some of them;
//! * `kept` – logins that outlive the program;
//! * `screen` – prints;
//! * `live` – the conversation between those and the server, by papo/1; it survives a lost line;
//! * `talk` – the same by the text dialect, as the original programs have it;
//! * `chat` – puts them together.

mod asking;
mod chat;
mod clock;
mod complete;
mod dialogue;
mod echo;
mod editor;
mod gate;
mod kept;
mod known;
mod layout;
mod lines;
mod live;
mod met;
mod screen;
mod secure;
mod surface;
mod talk;
mod texts;

pub use chat::{ChatOptions, run};
pub use papo_client::Fingerprint;
pub use secure::Vouching;

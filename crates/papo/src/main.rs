//! The `papo` program: reads its arguments and wires the parts together. It holds no rule of any kind.
//!
//! * `cli` – the arguments, in the user's language; `usage_error` – what to do about wrong ones;
//! * `settings` – what `serve` can be told, and the configuration file; `reload` – SIGHUP;
//! * `serve`, `store`, `admin`, `chat`, `bridge`, `bench` – one file for each command; `data` – the data folder,
//!   and what can be wrong with it;
//! * `tls` – the options of TLS that a server and the bridge share;
//! * `logging` – where the log goes; `notify` – what a service manager is told; `signals` – Ctrl+C, SIGTERM and SIGHUP; `texts` – what is said.

mod admin;
mod bench;
mod bridge;
mod chat;
mod cli;
mod data;
mod fill;
mod logging;
mod notify;
mod reload;
mod serve;
mod settings;
mod signals;
mod store;
mod texts;
mod tls;
mod usage_error;

use std::process::ExitCode;

/// The exit code for arguments or surroundings that do not allow what was asked.
const EXIT_USAGE: u8 = 2;

fn main() -> ExitCode {
    papo_tls::install_provider();
    let args: Vec<std::ffi::OsString> = std::env::args_os().collect();
    let lang = texts::lang_of(&args);
    let matches = match cli::command(lang).try_get_matches_from(&args) {
        Ok(matches) => matches,
        Err(error) => return usage_error::show(&error, lang),
    };
    match matches.subcommand() {
        Some(("serve", matches)) => serve::run(&args, matches, lang),
        Some(("store", matches)) => store::run(matches, lang),
        Some(("admin", matches)) => admin::run(matches, lang),
        Some(("chat", matches)) => chat::run(matches, lang),
        Some(("bridge", matches)) => bridge::run(matches, lang),
        Some(("bench", matches)) => bench::run(matches),
        _ => unreachable!("invariant: a command is required"),
    }
}

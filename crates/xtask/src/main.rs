//! The developer's commands. `cargo xtask` lists them.
//!
//! * [`build`] – the web page and the program with the page in it; [`serve`] – that, then runs it;
//! * [`test`] – everything that must hold before a change is taken, as one list; [`needs`] – what that needs installed;
//! * [`tidy`] – rules of the house that no compiler knows;
//! * [`bench`] – the workloads of the project's figures against a bare loop of `send()` in the same run;
//! * [`attack`] – the tools of attackers, against a server on loopback;
//! * [`started`] – a server that was started here, and is stopped here; [`sh`] – programs that are run.

// A developer's commands talk to the developer.
#![allow(clippy::print_stdout, clippy::print_stderr)]

mod attack;
mod bench;
mod build;
mod needs;
mod serve;
mod sh;
mod started;
mod test;
mod tidy;

use std::process::ExitCode;

const USAGE: &str = "\
cargo xtask build                        builds the page and the program with the page in it
cargo xtask serve [arguments]            builds, then runs papo serve with these arguments
cargo xtask test [--long] [filter]       runs every check and test, or the tests whose names hold the filter
cargo xtask tidy                         checks the rules of the house
cargo xtask attack [slowhttp testssl] [--connections 300] [--secs 20]
                                         attacks a server on loopback with the tools of others
cargo xtask bench [W1 W2 W3 W4 durable history] [--secs 5] [--runs 3] [--quick]
                                         measures papo against bare loops of send() and of commits";

fn main() -> ExitCode {
    let typed: Vec<String> = std::env::args().skip(1).collect();
    let arguments = typed.get(1..).unwrap_or_default();
    let result = match typed.first().map(String::as_str) {
        Some("build") => build::all().map(|_| ()),
        Some("serve") => serve::run(arguments),
        Some("test") => test::run(arguments),
        Some("tidy") => tidy::run(),
        Some("attack") => attack::run(arguments),
        Some("bench") => bench::run(arguments),
        None | Some("help" | "--help" | "-h") => {
            println!("{USAGE}");
            Ok(())
        }
        Some(other) => Err(anyhow::anyhow!("there is no command {other}\n{USAGE}")),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

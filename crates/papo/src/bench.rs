//! `papo bench`.

use std::net::{SocketAddr, ToSocketAddrs as _};
use std::process::ExitCode;
use std::time::Duration;

use clap::ArgMatches;
use papo_bench::{FanoutOptions, FloorOptions};

use crate::EXIT_USAGE;
use crate::texts::complain;

pub(crate) fn run(matches: &ArgMatches) -> ExitCode {
    let result = match matches.subcommand() {
        Some(("fanout", matches)) => fanout(matches),
        Some(("floor", matches)) => floor(matches),
        _ => unreachable!("invariant: a command is required"),
    };
    match result {
        Ok(code) => code,
        Err(error) => {
            complain(&error.to_string());
            ExitCode::from(EXIT_USAGE)
        }
    }
}

fn fanout(matches: &ArgMatches) -> anyhow::Result<ExitCode> {
    let number = |name: &str| matches.get_one::<usize>(name).copied().unwrap_or_default();
    let options = FanoutOptions {
        addr: address(matches)?,
        rooms: number("rooms"),
        members: number("members"),
        senders: number("senders"),
        rate: text(matches, "rate").parse()?,
        window: number("window"),
        time: matches.get_one::<Duration>("secs").copied().unwrap_or_default(),
        pid: matches.get_one::<u32>("pid").copied(),
        dialect: text(matches, "dialect").parse()?,
    };
    let report = papo_bench::fanout(&options)?;
    if matches.get_flag("json") {
        print(&report.to_json().to_string());
    } else {
        print(&report.to_string());
    }
    Ok(if report.is_right() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn floor(matches: &ArgMatches) -> anyhow::Result<ExitCode> {
    let options = FloorOptions { addr: address(matches)?, join: matches.get_flag("join") };
    papo_bench::serve_floor(&options, |address| print(&format!("floor {address}")))?;
    Ok(ExitCode::SUCCESS)
}

fn address(matches: &ArgMatches) -> anyhow::Result<SocketAddr> {
    let typed = text(matches, "addr");
    let found = typed.to_socket_addrs().ok().and_then(|mut addresses| addresses.next());
    found.ok_or_else(|| anyhow::anyhow!("{typed} is no HOST:PORT, such as 127.0.0.1:12345"))
}

fn text<'a>(matches: &'a ArgMatches, name: &str) -> &'a str {
    matches.get_one::<String>(name).map(String::as_str).unwrap_or_default()
}

fn print(text: &str) {
    use std::io::Write as _;
    let mut out = std::io::stdout();
    let _ = writeln!(out, "{text}").and_then(|()| out.flush());
}

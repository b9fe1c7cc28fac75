//! `papo bench`.

use std::fmt::Display;
use std::net::{SocketAddr, ToSocketAddrs as _};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::ArgMatches;
use papo_bench::{DurableFloorOptions, DurableOptions, FanoutOptions, FloorOptions, HistoryOptions};

use crate::EXIT_USAGE;
use crate::texts::complain;

pub(crate) fn run(matches: &ArgMatches) -> ExitCode {
    let result = match matches.subcommand() {
        Some(("fanout", matches)) => fanout(matches),
        Some(("floor", matches)) => floor(matches),
        Some(("durable", matches)) => durable(matches),
        Some(("durable-floor", matches)) => durable_floor(matches),
        Some(("history", matches)) => history(matches),
        Some(("fill", matches)) => fill(matches),
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
    let number = |name: &str| number(matches, name);
    let options = FanoutOptions {
        addr: address(matches, "addr")?,
        rooms: number("rooms"),
        members: number("members"),
        senders: number("senders"),
        rate: text(matches, "rate").parse()?,
        window: number("window"),
        time: time(matches),
        pid: matches.get_one::<u32>("pid").copied(),
        dialect: text(matches, "dialect").parse()?,
        tls: matches.get_flag("tls"),
    };
    let report = papo_bench::fanout(&options)?;
    Ok(told(matches, &report, &report.to_json(), report.is_right()))
}

fn durable(matches: &ArgMatches) -> anyhow::Result<ExitCode> {
    let options = DurableOptions {
        addr: address(matches, "addr")?,
        senders: number(matches, "senders"),
        window: number(matches, "window"),
        rooms: number(matches, "rooms"),
        time: time(matches),
        rate: matches.get_one::<f64>("rate").copied(),
        pid: matches.get_one::<u32>("pid").copied(),
        metrics: matches.contains_id("metrics").then(|| address(matches, "metrics")).transpose()?,
    };
    let report = papo_bench::durable(&options)?;
    Ok(told(matches, &report, &report.to_json(), report.is_right()))
}

fn durable_floor(matches: &ArgMatches) -> anyhow::Result<ExitCode> {
    let number = |name: &str| matches.get_one::<u64>(name).copied().unwrap_or_default();
    let options = DurableFloorOptions {
        data: folder(matches),
        rooms: number("rooms"),
        batch: number("batch"),
        time: time(matches),
        rate: matches.get_one::<f64>("rate").copied(),
    };
    let report = papo_bench::durable_floor(&options)?;
    Ok(told(matches, &report, &report.to_json(), true))
}

fn history(matches: &ArgMatches) -> anyhow::Result<ExitCode> {
    let options = HistoryOptions {
        addr: address(matches, "addr")?,
        room: text(matches, "room").to_owned(),
        clients: number(matches, "clients"),
        at: text(matches, "at").parse()?,
        time: time(matches),
        pid: matches.get_one::<u32>("pid").copied(),
    };
    let report = papo_bench::history(&options)?;
    Ok(told(matches, &report, &report.to_json(), report.is_right()))
}

fn fill(matches: &ArgMatches) -> anyhow::Result<ExitCode> {
    let messages = matches.get_one::<u64>("messages").copied().unwrap_or_default();
    let head = crate::fill::fill(&folder(matches), text(matches, "room"), messages)?;
    print(&format!("{head}"));
    Ok(ExitCode::SUCCESS)
}

/// Tells a report for people or for programs; one that is not right fails.
fn told(matches: &ArgMatches, report: &impl Display, json: &impl Display, is_right: bool) -> ExitCode {
    print(&if matches.get_flag("json") { json.to_string() } else { report.to_string() });
    if is_right { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn floor(matches: &ArgMatches) -> anyhow::Result<ExitCode> {
    let options = FloorOptions { addr: address(matches, "addr")?, join: matches.get_flag("join") };
    papo_bench::serve_floor(&options, |address| print(&format!("floor {address}")))?;
    Ok(ExitCode::SUCCESS)
}

fn address(matches: &ArgMatches, name: &str) -> anyhow::Result<SocketAddr> {
    let typed = text(matches, name);
    let found = typed.to_socket_addrs().ok().and_then(|mut addresses| addresses.next());
    found.ok_or_else(|| anyhow::anyhow!("{typed} is no HOST:PORT, such as 127.0.0.1:12345"))
}

fn number(matches: &ArgMatches, name: &str) -> usize {
    matches.get_one::<usize>(name).copied().unwrap_or_default()
}

fn time(matches: &ArgMatches) -> Duration {
    matches.get_one::<Duration>("secs").copied().unwrap_or_default()
}

fn folder(matches: &ArgMatches) -> PathBuf {
    matches.get_one::<PathBuf>("data").cloned().unwrap_or_default()
}

fn text<'a>(matches: &'a ArgMatches, name: &str) -> &'a str {
    matches.get_one::<String>(name).map(String::as_str).unwrap_or_default()
}

fn print(text: &str) {
    use std::io::Write as _;
    let mut out = std::io::stdout();
    let _ = writeln!(out, "{text}").and_then(|()| out.flush());
}

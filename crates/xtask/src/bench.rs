//! Measures papo against bare loops of `send()` and of commits in the same run: absolute times vary
//! from machine to machine and from minute to minute, their ratio hardly does.

mod stored;
mod table;
mod workload;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};

pub(crate) use workload::Workload;

use crate::sh::{papo, printed, run as sh, target};
use crate::started::{Server, Started, pinned};

/// The server has this core for itself, the generator the next one.
const SERVER_CORE: usize = 0;
const GENERATOR_CORE: usize = 1;

/// The reports of one workload: for each server, one a run.
pub(crate) type Reports = BTreeMap<&'static str, Vec<Value>>;

#[derive(Clone, Debug, PartialEq)]
struct Asked {
    workloads: Vec<Workload>,
    /// Acknowledged posts.
    durable: bool,
    /// Pages of a long room.
    history: bool,
    runs: usize,
    seconds: f64,
}

/// Runs the workloads that are asked for, all without any.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    let asked = Asked::parse(arguments)?;
    sh(&mut crate::sh::cargo(&["build", "--release", "--package", "papo"]))?;
    let program = papo("release");
    let pin = can_pin();
    if !pin {
        println!("Without taskset and two cores, server and generator disturb each other: take the ratios only.");
    }
    let mut written = serde_json::Map::new();
    let mut all_met = true;
    if !asked.workloads.is_empty() {
        println!("\n{}", table::HEAD);
    }
    for workload in &asked.workloads {
        let reports = interleaved(&program, workload, &asked, pin)?;
        let goals = table::goals(workload, &reports);
        println!("{}", table::rows(workload, &reports, &goals));
        all_met &= goals.iter().all(|goal| goal.met);
        written.insert(workload.name.to_owned(), in_json(&reports, &goals));
    }
    let durable = if asked.durable { stored::posts(&program, &asked, pin)? } else { Vec::new() };
    let history = asked.history.then(|| stored::pages(&program, &asked, pin)).transpose()?;
    for (name, figures, met) in durable.into_iter().chain(history) {
        all_met &= met;
        written.insert(name, figures);
    }
    let file = target().join("bench.json");
    let whole = json!({ "seconds": asked.seconds, "runs": asked.runs, "workloads": written });
    fs::write(&file, format!("{whole:#}\n")).with_context(|| format!("{} cannot be written", file.display()))?;
    println!("\nAll figures: {}", file.display());
    println!("{}", if all_met { "All goals are met." } else { "Not all goals are met." });
    Ok(())
}

/// One run of each server after the other, so that a slow minute meets all of them.
fn interleaved(program: &Path, workload: &Workload, asked: &Asked, pin: bool) -> Result<Reports> {
    let mut reports = Reports::new();
    for _ in 0..asked.runs {
        for &server in workload.servers {
            let started = Started::new(program, server, pin.then_some(SERVER_CORE))?;
            let workload = workload.lasting(asked.seconds);
            let report = measure(program, (server, &started), &workload, pin.then_some(GENERATOR_CORE))?;
            reports.entry(server.name()).or_default().push(report);
        }
    }
    Ok(reports)
}

/// Runs the generator once and gives its report.
pub(crate) fn measure(
    program: &Path,
    (server, started): (Server, &Started),
    workload: &Workload,
    core: Option<usize>,
) -> Result<Value> {
    report(pinned(program, core).args(workload.arguments(server, started.addr, started.pid())))
}

/// What a command of `papo bench` reports.
pub(crate) fn report(command: &mut Command) -> Result<Value> {
    let output = command.output().context("the generator cannot be started")?;
    parsed(&output)
}

/// A run with losses still reports them, and says so with its exit code.
fn parsed(output: &Output) -> Result<Value> {
    serde_json::from_slice(&output.stdout).with_context(|| {
        let errors = String::from_utf8_lossy(&output.stderr);
        format!("the generator gave no report ({}): {}", output.status, errors.trim())
    })
}

fn in_json(reports: &Reports, goals: &[table::Goal]) -> Value {
    let goals: Vec<Value> = goals.iter().map(|goal| json!({ "goal": goal.text, "met": goal.met })).collect();
    json!({ "runs": reports, "medians": table::medians(reports), "goals": goals })
}

fn can_pin() -> bool {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    cores > GENERATOR_CORE && printed(Command::new("taskset").arg("--version")).is_some()
}

impl Asked {
    fn parse(arguments: &[String]) -> Result<Self> {
        let mut asked = Self { workloads: Vec::new(), durable: false, history: false, runs: 3, seconds: 5.0 };
        let mut rest = arguments.iter();
        while let Some(argument) = rest.next() {
            let mut number = || -> Result<f64> {
                let value = rest.next().and_then(|value| value.parse().ok()).filter(|&value: &f64| value > 0.0);
                value.with_context(|| format!("{argument} wants a number over 0"))
            };
            match argument.as_str() {
                "--secs" => asked.seconds = number()?,
                "--runs" => asked.runs = number()?.ceil() as usize,
                "--quick" => (asked.seconds, asked.runs) = (1.0, 1),
                "durable" => asked.durable = true,
                "history" => asked.history = true,
                name => match workload::ALL.iter().find(|workload| workload.name.eq_ignore_ascii_case(name)) {
                    Some(workload) => asked.workloads.push(*workload),
                    None => bail!("there is no workload or option {name}; there are W1, W2, W3, W4, durable, history"),
                },
            }
        }
        if asked.workloads.is_empty() && !asked.durable && !asked.history {
            asked.workloads = workload::ALL.to_vec();
            (asked.durable, asked.history) = (true, true);
        }
        Ok(asked)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(typed: &str) -> Option<(Vec<&'static str>, usize, f64)> {
        let asked = Asked::parse(&typed.split_whitespace().map(str::to_owned).collect::<Vec<_>>()).ok()?;
        let stored = [(asked.durable, "durable"), (asked.history, "history")].into_iter();
        let stored = stored.filter(|(is_asked, _)| *is_asked).map(|(_, name)| name);
        let names = asked.workloads.iter().map(|workload| workload.name).chain(stored).collect();
        Some((names, asked.runs, asked.seconds))
    }

    #[test]
    fn workloads_and_options_in_any_order() {
        assert_eq!(asked(""), Some((vec!["W1", "W2", "W3", "W4", "durable", "history"], 3, 5.0)));
        assert_eq!(asked("history"), Some((vec!["history"], 3, 5.0)));
        assert_eq!(asked("durable --quick w4"), Some((vec!["W4", "durable"], 1, 1.0)));
        assert_eq!(asked("w3 --secs 2.5 W1 --runs 7"), Some((vec!["W3", "W1"], 7, 2.5)));
        assert_eq!(asked("--quick W2"), Some((vec!["W2"], 1, 1.0)));
        for wrong in ["W5", "--secs", "--secs 0", "--runs x", "--fast"] {
            assert_eq!(asked(wrong), None, "{wrong}");
        }
    }
}

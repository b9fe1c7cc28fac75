//! Everything that must hold before a change is taken, as one list in its order. Continuous
//! integration and a developer run the same list.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};

use crate::sh::{cargo, command, papo, run as sh};
use crate::started::{Server, Started};
use crate::{bench, build, needs, tidy};

/// What is run: with a filter, only the steps that can look for names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Asked {
    long: bool,
    filter: Option<String>,
}

struct Step {
    name: &'static str,
    /// Whether it runs only tests whose names hold the filter.
    filtered: bool,
    run: fn(&Asked) -> Result<()>,
}

const STEPS: &[Step] = &[
    Step { name: "what the tests need", filtered: false, run: |_| needs() },
    Step { name: "rules of the house", filtered: false, run: |_| tidy::run() },
    Step { name: "formatting", filtered: false, run: |_| sh(&mut cargo(&["fmt", "--all", "--check"])) },
    Step { name: "clippy", filtered: false, run: |_| clippy() },
    Step { name: "page: install", filtered: false, run: |_| build::install_page_tools() },
    Step { name: "page: types", filtered: false, run: |_| npm("check") },
    Step { name: "page: tests", filtered: false, run: |_| npm("test") },
    Step { name: "page: build", filtered: false, run: |_| npm("build") },
    Step { name: "tests", filtered: true, run: tests },
    Step { name: "examples in the documentation", filtered: false, run: |_| doc_tests() },
    Step { name: "the program with the page in it", filtered: false, run: |_| program() },
    Step { name: "page in a browser", filtered: false, run: |_| browser_tests() },
    Step { name: "bench, a short one", filtered: false, run: bench_smoke },
];

/// Runs the list; stops at the first step that fails.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    let asked = Asked::parse(arguments)?;
    let mut times = Vec::new();
    for step in STEPS.iter().filter(|step| step.filtered || asked.filter.is_none()) {
        println!("\n── {} ──", step.name);
        let begun = Instant::now();
        let result = (step.run)(&asked);
        times.push((step.name, begun.elapsed()));
        if let Err(error) = result {
            print_times(&times);
            return Err(error.context(format!("step “{}” failed", step.name)));
        }
    }
    print_times(&times);
    println!("All is well.");
    Ok(())
}

impl Asked {
    fn parse(arguments: &[String]) -> Result<Self> {
        let mut asked = Self::default();
        for argument in arguments {
            match argument.as_str() {
                "--long" => asked.long = true,
                option if option.starts_with('-') => bail!("there is no option {option}; there is --long"),
                filter if asked.filter.is_none() => asked.filter = Some(filter.to_owned()),
                second => bail!("one filter at a time; {second} is the second"),
            }
        }
        Ok(asked)
    }

    /// Random tests try more, and those that are ignored for their length run too.
    fn environment(&self) -> BTreeMap<&'static str, &'static str> {
        if self.long { BTreeMap::from([("PROPTEST_CASES", "4096"), ("PAPO_LONG", "1")]) } else { BTreeMap::new() }
    }
}

fn needs() -> Result<()> {
    needs::rust_components()?;
    needs::node()?;
    needs::browser()?;
    Ok(())
}

fn clippy() -> Result<()> {
    sh(&mut cargo(&["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]))
}

fn npm(script: &str) -> Result<()> {
    sh(&mut command("web", "npm", &["run", script]))
}

fn tests(asked: &Asked) -> Result<()> {
    let filter = asked.filter.as_deref();
    let mut command = if needs::has_nextest() {
        // A filter may mean tests of one crate only; that the others have none is no error.
        let mut command = cargo(&["nextest", "run", "--workspace", "--no-fail-fast", "--no-tests=warn"]);
        command.args(filter);
        command.args(asked.long.then_some("--run-ignored=all"));
        command
    } else {
        let mut command = cargo(&["test", "--workspace", "--no-fail-fast", "--lib", "--bins", "--tests"]);
        command.args(filter);
        command.args(asked.long.then_some(["--", "--include-ignored"]).into_iter().flatten());
        command
    };
    sh(command.envs(asked.environment()))
}

/// Most examples are tests of their own; only when there are some is it worth to link them.
fn doc_tests() -> Result<()> {
    let examples = tidy::sources()?.iter().any(|source| tidy::has_example(&source.text));
    if examples { sh(&mut cargo(&["test", "--workspace", "--doc"])) } else { Ok(()) }
}

fn program() -> Result<()> {
    sh(&mut cargo(&["build", "--package", "papo"]))
}

fn browser_tests() -> Result<()> {
    let mut e2e = command("web", "npm", &["run", "e2e"]);
    sh(e2e.env("PAPO_BIN", papo("debug")).env("CHROMIUM", needs::browser()?))
}

/// The generator against the real server, for a moment: all must come, once and in order.
fn bench_smoke(asked: &Asked) -> Result<()> {
    let program = papo("debug");
    let server = Started::new(&program, Server::Papo, None)?;
    let workload = bench::Workload::smoke(Duration::from_secs(if asked.long { 20 } else { 1 }));
    let report = bench::measure(&program, (Server::Papo, &server), &workload, None)?;
    let number = |name: &str| report[name].as_u64().with_context(|| format!("the report has no {name}: {report}"));
    for wrong in ["lost", "out_of_order", "duplicates", "misdirected"] {
        ensure!(number(wrong)? == 0, "{wrong} is not 0: {report}");
    }
    ensure!(number("delivered")? > 0, "nothing was delivered: {report}");
    println!("{} deliveries, none lost", number("delivered")?);
    drop(server);
    durable_smoke(&program)
}

/// The same with everything on disk: each post is acknowledged once, in a place of its own.
fn durable_smoke(program: &Path) -> Result<()> {
    let server = Started::new(program, Server::Kept, None)?;
    let line = format!("bench durable --addr {} --senders 8 --rooms 2 --window 8 --secs 0.5 --json", server.addr);
    let report = bench::report(Command::new(program).args(line.split(' ')))?;
    let number = |name: &str| report[name].as_u64().with_context(|| format!("the report has no {name}: {report}"));
    for wrong in ["missing", "surplus", "rejected", "gaps", "shared"] {
        ensure!(number(wrong)? == 0, "{wrong} is not 0: {report}");
    }
    ensure!(number("acknowledged")? > 0, "nothing was acknowledged: {report}");
    println!("{} acknowledgements, each once", number("acknowledged")?);
    Ok(())
}

fn print_times(times: &[(&str, Duration)]) {
    println!("\nTimes:");
    for (name, time) in times {
        println!("{:>8.1} s  {name}", time.as_secs_f64());
    }
    let whole: Duration = times.iter().map(|(_, time)| time).sum();
    println!("{:>8.1} s  in all", whole.as_secs_f64());
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn asked(typed: &str) -> Option<Asked> {
        Asked::parse(&typed.split_whitespace().map(str::to_owned).collect::<Vec<_>>()).ok()
    }

    #[test]
    fn arguments_are_an_option_and_a_filter() {
        assert_eq!(asked(""), Some(Asked::default()));
        assert_eq!(asked("--long hub"), Some(Asked { long: true, filter: Some("hub".to_owned()) }));
        assert_eq!(asked("--fast"), None);
        assert_eq!(asked("one two"), None);
    }

    #[test]
    fn continuous_integration_runs_this_list() {
        let script = fs::read_to_string(crate::sh::root().join(".ci/run")).expect("a script");
        assert!(script.contains("set -euo pipefail") && script.contains("cargo xtask test"), "{script}");
    }
}

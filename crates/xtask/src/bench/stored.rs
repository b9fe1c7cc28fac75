//! Workloads of what is kept: acknowledged posts beside a bare loop of commits of the same rows, and
//! pages of a long room.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use serde_json::Value;

use super::table::{Goal, medians};
use super::{Asked, GENERATOR_CORE, Reports, SERVER_CORE, in_json, report};
use crate::sh::target;
use crate::started::{Server, Started, pinned};

/// Programs that post.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Posts {
    pub(crate) name: &'static str,
    senders: usize,
    rooms: usize,
    window: usize,
    /// Posts a second in all, instead of a full window.
    rate: Option<u32>,
}

/// All of them: `cargo xtask bench durable`.
pub(crate) const POSTS: [Posts; 5] = [
    Posts { name: "D1", senders: 64, rooms: 1, window: 1, rate: None },
    Posts { name: "D2", senders: 64, rooms: 64, window: 1, rate: None },
    Posts { name: "D3", senders: 64, rooms: 1, window: 64, rate: None },
    Posts { name: "D4", senders: 64, rooms: 64, window: 64, rate: None },
    Posts { name: "D5", senders: 1, rooms: 1, window: 1, rate: Some(100) },
];

const ROWS_RATIO_MIN: f64 = 0.5;
const P99_RATIO_MAX: f64 = 1.5;
const PAGES_MIN: f64 = 20_000.0;
/// The slower end of a room is at least this share as fast as the faster one.
const ENDS_RATIO_MIN: f64 = 0.9;

const LONG_ROOM: &str = "bench-history";
const LONG_ROOM_MESSAGES: u64 = 1_000_000;
const ENDS: [&str; 3] = ["begin", "end", "random"];

/// Runs the workloads of posts. Returns what is written of each, and whether all goals were met.
pub(super) fn posts(program: &Path, asked: &Asked, pin: bool) -> Result<Vec<(String, Value, bool)>> {
    println!("\n{:<24}{:>12}{:>14}{:>9}{:>11}{:>11}", "", "acks/s", "floor rows/s", "batch", "p50 µs", "p99 µs");
    let mut all = Vec::new();
    for posts in POSTS {
        let mut reports = Reports::new();
        for _ in 0..asked.runs {
            let server = Started::new(program, Server::Kept, pin.then_some(SERVER_CORE))?;
            let papo = report(pinned(program, pin.then_some(GENERATOR_CORE)).args(posts.arguments(&server, asked)))?;
            drop(server);
            let batch = papo["batch"].as_f64().with_context(|| format!("the server told no batches: {papo}"))?;
            let data = scratch("floor");
            let floor = pinned(program, pin.then_some(SERVER_CORE)).args(posts.floor(batch, &data, asked)).output();
            let floor = super::parsed(&floor.context("the floor cannot be started")?);
            let _ = fs::remove_dir_all(&data);
            reports.entry("papo").or_default().push(papo);
            reports.entry("floor").or_default().push(floor?);
        }
        let goals = posts.goals(&reports);
        println!("{}", posts.row(&reports, &goals));
        all.push((posts.name.to_owned(), in_json(&reports, &goals), goals.iter().all(|goal| goal.met)));
    }
    Ok(all)
}

impl Posts {
    fn arguments(&self, server: &Started, asked: &Asked) -> Vec<String> {
        let Self { senders, rooms, window, .. } = self;
        let (addr, metrics, pid) = (server.addr, server.web, server.pid());
        let mut line = format!(
            "bench durable --addr {addr} --metrics {metrics} --pid {pid} --senders {senders} --rooms {rooms} \
             --window {window} --secs {} --json",
            asked.seconds
        );
        if let Some(rate) = self.rate {
            let _ = write!(line, " --rate {rate}");
        }
        line.split_whitespace().map(str::to_owned).collect()
    }

    /// The bare loop, with batches as large as the server's were.
    fn floor(&self, batch: f64, data: &Path, asked: &Asked) -> Vec<String> {
        let batch = batch.round().max(1.0);
        let mut line =
            format!("bench durable-floor --rooms {} --batch {batch} --secs {} --json", self.rooms, asked.seconds);
        if let Some(rate) = self.rate {
            let _ = write!(line, " --rate {rate}");
        }
        let words = line.split_whitespace().map(str::to_owned);
        words.chain(["--data".to_owned(), data.to_string_lossy().into_owned()]).collect()
    }

    fn row(&self, reports: &Reports, goals: &[Goal]) -> String {
        let medians = medians(reports);
        let figure = |server: &str, name: &str, digits: usize| {
            let value = medians.get(server).and_then(|figures| figures.get(name));
            value.map_or_else(|| "–".to_owned(), |value| format!("{value:.digits$}"))
        };
        let what = match self.rate {
            Some(rate) => format!("{}  {rate} posts a second", self.name),
            None => format!("{}  {} room(s), {} × {}", self.name, self.rooms, self.senders, self.window),
        };
        let mut out = format!(
            "{what:<24}{:>12}{:>14}{:>9}{:>11}{:>11}\n",
            figure("papo", "acks_per_second", 0),
            figure("floor", "rows_per_second", 0),
            figure("papo", "batch", 1),
            figure("papo", "p50_us", 0),
            figure("papo", "p99_us", 0),
        );
        told(goals, &mut out);
        out
    }

    fn goals(&self, reports: &Reports) -> Vec<Goal> {
        let medians = medians(reports);
        let figure = |server: &str, name: &str| {
            medians.get(server).and_then(|figures| figures.get(name)).copied().unwrap_or(f64::NAN)
        };
        let wrong = sum(reports.get("papo"), &["missing", "surplus", "rejected", "gaps", "shared"]);
        let first = Goal {
            text: match wrong {
                Some(wrong) => format!("{wrong} posts missing, answered twice, refused or in a wrong place (0)"),
                None => "a report without its counts".to_owned(),
            },
            met: wrong == Some(0),
        };
        let second = if self.rate.is_some() {
            let ratio = figure("papo", "p99_us") / figure("floor", "p99_us");
            let text = format!("{ratio:.2} × the bare commit's p99 (at most {P99_RATIO_MAX})");
            Goal { text, met: ratio <= P99_RATIO_MAX }
        } else {
            let ratio = figure("papo", "acks_per_second") / figure("floor", "rows_per_second");
            let text = format!("{ratio:.2} × the floor's rows a second (at least {ROWS_RATIO_MIN})");
            Goal { text, met: ratio >= ROWS_RATIO_MIN }
        };
        vec![first, second]
    }
}

/// Runs the workload of pages, from both ends of a room and from anywhere in it.
pub(super) fn pages(program: &Path, asked: &Asked, pin: bool) -> Result<(String, Value, bool)> {
    let data = scratch("history");
    let _ = fs::remove_dir_all(&data);
    let messages = if asked.seconds < 2.0 { LONG_ROOM_MESSAGES / 10 } else { LONG_ROOM_MESSAGES };
    let line = format!("bench fill --room {LONG_ROOM} --messages {messages} --data");
    let filled = std::process::Command::new(program).args(line.split(' ')).arg(&data).output()?;
    anyhow::ensure!(filled.status.success(), "the room was not filled: {}", String::from_utf8_lossy(&filled.stderr));
    println!("\n{:<24}{:>12}{:>14}{:>11}{:>11}", "", "pages/s", "a CPU second", "p50 µs", "p99 µs");
    let mut reports = Reports::new();
    for _ in 0..asked.runs {
        let server = Started::on_data(program, Server::Kept, pin.then_some(SERVER_CORE), Some(&data))?;
        for at in ENDS {
            let line = format!(
                "bench history --addr {} --room {LONG_ROOM} --at {at} --clients 16 --secs {} --pid {} --json",
                server.addr,
                asked.seconds,
                server.pid()
            );
            let mut generator = pinned(program, pin.then_some(GENERATOR_CORE));
            reports.entry(at).or_default().push(report(generator.args(line.split(' ')))?);
        }
    }
    let _ = fs::remove_dir_all(&data);
    let goals = page_goals(&reports);
    println!("{}", page_rows(&reports, &goals));
    Ok(("history".to_owned(), in_json(&reports, &goals), goals.iter().all(|goal| goal.met)))
}

fn page_rows(reports: &Reports, goals: &[Goal]) -> String {
    let medians = medians(reports);
    let mut out = String::new();
    for (at, figures) in &medians {
        let figure = |name: &str| figures.get(name).map_or_else(|| "–".to_owned(), |value| format!("{value:.0}"));
        let _ = writeln!(
            out,
            "{:<24}{:>12}{:>14}{:>11}{:>11}",
            format!("history  {at}"),
            figure("pages_per_second"),
            figure("pages_per_cpu_second"),
            figure("p50_us"),
            figure("p99_us"),
        );
    }
    told(goals, &mut out);
    out
}

fn page_goals(reports: &Reports) -> Vec<Goal> {
    let medians = medians(reports);
    let pages =
        |at: &str| medians.get(at).and_then(|figures| figures.get("pages_per_second")).copied().unwrap_or(f64::NAN);
    let wrong: Option<u64> = ENDS.iter().map(|at| sum(reports.get(at), &["wrong"])).sum();
    let (begin, end) = (pages("begin"), pages("end"));
    let slowest = begin.min(end).min(pages("random"));
    let ratio = begin.min(end) / begin.max(end);
    vec![
        Goal { text: format!("{} wrong pages (0)", wrong.unwrap_or_default()), met: wrong == Some(0) },
        Goal {
            text: format!("{slowest:.0} pages a second where it is slowest (at least {PAGES_MIN:.0})"),
            met: slowest >= PAGES_MIN && !begin.is_nan() && !end.is_nan(),
        },
        Goal {
            text: format!("the slower end {ratio:.2} × as fast as the faster one (at least {ENDS_RATIO_MIN})"),
            met: ratio >= ENDS_RATIO_MIN,
        },
    ]
}

/// The sum of these counts over all runs; `None` when one is missing, or there was no run.
fn sum(runs: Option<&Vec<Value>>, names: &[&str]) -> Option<u64> {
    let runs = runs.filter(|runs| !runs.is_empty())?;
    runs.iter().flat_map(|run| names.iter().map(|name| run[*name].as_u64())).sum()
}

fn told(goals: &[Goal], out: &mut String) {
    for goal in goals {
        let _ = writeln!(out, "    {} {}", if goal.met { "met:    " } else { "NOT MET:" }, goal.text);
    }
}

/// A folder on the disk where everything is built: a temporary one may lie in memory.
fn scratch(name: &str) -> PathBuf {
    target().join(format!("bench-{name}-{}", std::process::id()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn met(posts: Posts, papo: &Value, floor: &Value) -> Vec<bool> {
        let reports = Reports::from([("papo", vec![papo.clone()]), ("floor", vec![floor.clone()])]);
        posts.goals(&reports).into_iter().map(|goal| goal.met).collect()
    }

    fn run(acks: f64, p99: f64, gaps: u64) -> Value {
        json!({
            "acks_per_second": acks, "p99_us": p99, "batch": 8.0,
            "missing": 0, "surplus": 0, "rejected": 0, "gaps": gaps, "shared": 0,
        })
    }

    #[test]
    fn posts_are_compared_with_the_bare_loop() {
        let floor = json!({ "rows_per_second": 1000.0, "p99_us": 2000.0 });
        assert_eq!(met(POSTS[0], &run(500.0, 9e9, 0), &floor), [true, true]);
        assert_eq!(met(POSTS[3], &run(499.0, 0.0, 0), &floor), [true, false]);
        assert_eq!(met(POSTS[0], &run(900.0, 0.0, 1), &floor), [false, true]);
        assert_eq!(met(POSTS[4], &run(100.0, 3000.0, 0), &floor), [true, true]);
        assert_eq!(met(POSTS[4], &run(100.0, 3001.0, 0), &floor), [true, false]);
        assert_eq!(met(POSTS[0], &json!({}), &floor), [false, false]);
    }

    #[test]
    fn pages_are_as_fast_at_both_ends() {
        let met = |begin: f64, end: f64, wrong: u64| -> Vec<bool> {
            let runs = |pages: f64| vec![json!({ "pages_per_second": pages, "wrong": wrong })];
            let reports = Reports::from([("begin", runs(begin)), ("end", runs(end)), ("random", runs(20_000.0))]);
            page_goals(&reports).into_iter().map(|goal| goal.met).collect()
        };
        assert_eq!(met(21_000.0, 22_000.0, 0), [true, true, true]);
        assert_eq!(met(19_000.0, 20_000.0, 0), [true, false, true]);
        assert_eq!(met(20_000.0, 30_000.0, 1), [false, true, false]);
        assert_eq!(page_goals(&Reports::new()).into_iter().filter(|goal| goal.met).count(), 0);
    }

    #[test]
    fn the_floor_has_the_servers_batches() {
        let asked = Asked::parse(&[]).expect("nothing asked");
        let line = POSTS[4].floor(1.2, Path::new("x"), &asked).join(" ");
        assert_eq!(line, "bench durable-floor --rooms 1 --batch 1 --secs 5 --json --rate 100 --data x");
        assert!(POSTS[3].floor(1470.5, Path::new("x"), &asked).join(" ").contains("--rooms 64 --batch 1471 "));
    }
}

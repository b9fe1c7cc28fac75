//! What a run of acknowledged posts says.

use std::fmt;

use serde_json::{Value, json};

use super::Wrong;
use crate::metrics::Batches;
use crate::report::Latency;

/// The figures of a run.
#[derive(Clone, Debug)]
pub struct DurableReport {
    /// Programs that posted.
    pub senders: usize,
    /// Rooms that they were spread over.
    pub rooms: usize,
    /// Posts that each kept outstanding; `None` at an even pace.
    pub window: Option<usize>,
    /// Seconds from the first post to the last answer.
    pub seconds: f64,
    /// Posts sent.
    pub posted: u64,
    /// Posts that the server said are stored.
    pub acknowledged: u64,
    /// What should not be.
    pub wrong: Wrong,
    /// From when a post was due to its acknowledgement.
    pub latency: Option<Latency>,
    /// The server's time on the processor, in nanoseconds.
    pub server_cpu_nanos: Option<u64>,
    /// The server's commits, if it told them.
    pub batches: Option<Batches>,
    /// The share of the time that the generator itself was busy.
    pub generator_load: f64,
}

impl DurableReport {
    /// Whether each post was acknowledged once, in a place of its own, and no seq was left out.
    pub fn is_right(&self) -> bool {
        self.wrong == Wrong::default() && self.acknowledged == self.posted
    }

    /// Acknowledged posts a second.
    pub fn acks_per_second(&self) -> f64 {
        if self.seconds > 0.0 { self.acknowledged as f64 / self.seconds } else { 0.0 }
    }

    fn cpu_micros_per_ack(&self) -> Option<f64> {
        let nanos = self.server_cpu_nanos.filter(|_| self.acknowledged > 0)?;
        Some(nanos as f64 / 1000.0 / self.acknowledged as f64)
    }

    /// All figures under stable names with their units; what was not measured is null.
    pub fn to_json(&self) -> Value {
        let micros = |pick: fn(Latency) -> u64| self.latency.map(|latency| pick(latency) as f64 / 1000.0);
        let Wrong { missing, surplus, rejects, gaps, shared } = &self.wrong;
        json!({
            "senders": self.senders,
            "rooms": self.rooms,
            "window": self.window,
            "seconds": self.seconds,
            "posted": self.posted,
            "acknowledged": self.acknowledged,
            "missing": missing,
            "surplus": surplus,
            "rejected": rejects.values().sum::<u64>(),
            "rejects": rejects.iter().map(|(code, count)| (code.to_string(), json!(count))).collect::<serde_json::Map<_, _>>(),
            "gaps": gaps,
            "shared": shared,
            "acks_per_second": self.acks_per_second(),
            "p50_us": micros(|latency| latency.p50),
            "p99_us": micros(|latency| latency.p99),
            "p999_us": micros(|latency| latency.p999),
            "max_us": micros(|latency| latency.max),
            "cpu_us_per_ack": self.cpu_micros_per_ack(),
            "commits": self.batches.map(|batches| batches.commits),
            "batch": self.batches.and_then(Batches::mean),
            "generator_load": self.generator_load,
        })
    }
}

impl fmt::Display for DurableReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "senders              {} in {} rooms", self.senders, self.rooms)?;
        writeln!(f, "posts                {} in {:.2} s", self.posted, self.seconds)?;
        writeln!(f, "acknowledged         {} ({:.0} a second)", self.acknowledged, self.acks_per_second())?;
        let Wrong { missing, surplus, rejects, gaps, shared } = &self.wrong;
        writeln!(f, "wrong                {missing} missing, {surplus} surplus, {gaps} gaps, {shared} in one place")?;
        for (code, count) in rejects {
            writeln!(f, "rejected             {count} with code {code}")?;
        }
        if let Some(latency) = self.latency {
            writeln!(f, "latency in ms        {latency}")?;
        }
        if let Some(batches) = self.batches {
            let mean = batches.mean().unwrap_or_default();
            writeln!(f, "commits              {} of {mean:.1} records on average", batches.commits)?;
        }
        if let Some(cpu) = self.cpu_micros_per_ack() {
            writeln!(f, "server's CPU time    {cpu:.3} µs an acknowledgement")?;
        }
        write!(f, "generator busy       {:.0} % of the time", self.generator_load * 100.0)
    }
}

//! What a run of pages says.

use std::fmt;

use serde_json::{Value, json};

use crate::report::Latency;

/// The figures of a run.
#[derive(Clone, Debug)]
pub struct HistoryReport {
    /// Programs that asked.
    pub clients: usize,
    /// Messages in the room.
    pub messages: u64,
    /// Seconds from the first question to the last page.
    pub seconds: f64,
    /// Pages that came.
    pub pages: u64,
    /// Pages that were not what was asked for, or never came.
    pub wrong: u64,
    /// From the question to the page.
    pub latency: Option<Latency>,
    /// The server's time on the processor, in nanoseconds.
    pub server_cpu_nanos: Option<u64>,
    /// The share of the time that the generator itself was busy.
    pub generator_load: f64,
}

impl HistoryReport {
    /// Whether each page was the right one.
    pub fn is_right(&self) -> bool {
        self.wrong == 0 && self.pages > 0
    }

    /// Pages a second.
    pub fn pages_per_second(&self) -> f64 {
        if self.seconds > 0.0 { self.pages as f64 / self.seconds } else { 0.0 }
    }

    /// Pages in a second of the server's time on the processor, whoever had the rest of it.
    pub fn pages_per_cpu_second(&self) -> Option<f64> {
        let nanos = self.server_cpu_nanos.filter(|nanos| *nanos > 0)?;
        Some(self.pages as f64 * 1e9 / nanos as f64)
    }

    /// All figures under stable names with their units; what was not measured is null.
    pub fn to_json(&self) -> Value {
        let micros = |pick: fn(Latency) -> u64| self.latency.map(|latency| pick(latency) as f64 / 1000.0);
        json!({
            "clients": self.clients,
            "messages": self.messages,
            "seconds": self.seconds,
            "pages": self.pages,
            "wrong": self.wrong,
            "pages_per_second": self.pages_per_second(),
            "pages_per_cpu_second": self.pages_per_cpu_second(),
            "p50_us": micros(|latency| latency.p50),
            "p99_us": micros(|latency| latency.p99),
            "p999_us": micros(|latency| latency.p999),
            "max_us": micros(|latency| latency.max),
            "generator_load": self.generator_load,
        })
    }
}

impl fmt::Display for HistoryReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "clients              {} in a room with {} messages", self.clients, self.messages)?;
        writeln!(f, "pages                {} ({:.0} a second)", self.pages, self.pages_per_second())?;
        writeln!(f, "wrong                {}", self.wrong)?;
        if let Some(latency) = self.latency {
            writeln!(f, "latency in ms        {latency}")?;
        }
        if let Some(pages) = self.pages_per_cpu_second() {
            writeln!(f, "server               {pages:.0} pages in a second of its CPU time")?;
        }
        write!(f, "generator busy       {:.0} % of the time", self.generator_load * 100.0)
    }
}

//! What a run says, for people and for programs.

use std::fmt;

use serde_json::{Value, json};

use crate::histogram::Histogram;
pub use crate::tally::Counts;

/// The figures of a run.
#[derive(Clone, Debug)]
pub struct Report {
    /// Connections of the generator.
    pub connections: usize,
    /// Seconds from the first connection until everybody was in a room.
    pub join_seconds: f64,
    /// Seconds from the first message to the last delivery; of an idle run, how long it was left alone.
    pub seconds: f64,
    /// Messages sent.
    pub sent: u64,
    /// Deliveries that these messages should make: to each member of the room but the sender.
    pub expected: u64,
    /// What came.
    pub counts: Counts,
    /// Latency of deliveries; `None` without any.
    pub latency: Option<Latency>,
    /// The server's time on the processor while messages were on their way, in nanoseconds.
    pub server_cpu_nanos: Option<u64>,
    /// The server's memory per connection, in bytes: after joining, or at the end of an idle run, less
    /// what it was before connecting. What is said later is not in it, for a server may keep it.
    pub bytes_per_connection: Option<f64>,
    /// The share of the measured time that the generator itself was busy: close to 1, it is what was measured.
    pub generator_load: f64,
}

/// Latencies in nanoseconds.
#[derive(Clone, Copy, Debug)]
pub struct Latency {
    /// Half of the deliveries took at most this.
    pub p50: u64,
    /// 99 of 100 took at most this.
    pub p99: u64,
    /// 999 of 1000 took at most this.
    pub p999: u64,
    /// The slowest took this.
    pub max: u64,
}

impl Latency {
    /// The quantiles of all; `None` without any.
    pub(crate) fn of(all: &Histogram) -> Option<Self> {
        let at = |share| all.quantile(share);
        (all.count() > 0).then(|| Latency { p50: at(0.5), p99: at(0.99), p999: at(0.999), max: all.max() })
    }
}

impl fmt::Display for Latency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ms = |nanos: u64| nanos as f64 / 1e6;
        let Self { p50, p99, p999, max } = *self;
        let (p50, p99, p999, max) = (ms(p50), ms(p99), ms(p999), ms(max));
        write!(f, "p50 {p50:.3}  p99 {p99:.3}  p99.9 {p999:.3}  max {max:.3}")
    }
}

impl Report {
    /// Deliveries that never came.
    pub fn lost(&self) -> u64 {
        self.expected.saturating_sub(self.counts.delivered)
    }

    /// Whether all came, once, in order and only where it belongs.
    pub fn is_right(&self) -> bool {
        self.counts == Counts { delivered: self.expected, ..Counts::default() }
    }

    /// Deliveries a second.
    pub fn deliveries_per_second(&self) -> f64 {
        if self.seconds > 0.0 { self.counts.delivered as f64 / self.seconds } else { 0.0 }
    }

    /// The server's time on the processor for a delivery, in microseconds.
    pub fn cpu_micros_per_delivery(&self) -> Option<f64> {
        let nanos = self.server_cpu_nanos.filter(|_| self.counts.delivered > 0)?;
        Some(nanos as f64 / 1000.0 / self.counts.delivered as f64)
    }

    /// All figures under stable names with their units; what was not measured is null.
    pub fn to_json(&self) -> Value {
        let micros = |pick: fn(Latency) -> u64| self.latency.map(|latency| pick(latency) as f64 / 1000.0);
        json!({
            "connections": self.connections,
            "join_seconds": self.join_seconds,
            "seconds": self.seconds,
            "sent": self.sent,
            "expected": self.expected,
            "delivered": self.counts.delivered,
            "lost": self.lost(),
            "out_of_order": self.counts.out_of_order,
            "duplicates": self.counts.duplicates,
            "misdirected": self.counts.misdirected,
            "deliveries_per_second": self.deliveries_per_second(),
            "p50_us": micros(|latency| latency.p50),
            "p99_us": micros(|latency| latency.p99),
            "p999_us": micros(|latency| latency.p999),
            "max_us": micros(|latency| latency.max),
            "cpu_us_per_delivery": self.cpu_micros_per_delivery(),
            "bytes_per_connection": self.bytes_per_connection,
            "generator_load": self.generator_load,
        })
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Counts { delivered, out_of_order, duplicates, misdirected } = self.counts;
        writeln!(f, "connections          {} (connected and joined in {:.3} s)", self.connections, self.join_seconds)?;
        if self.expected > 0 {
            let rate = self.deliveries_per_second();
            writeln!(f, "messages sent        {} in {:.2} s", self.sent, self.seconds)?;
            writeln!(f, "deliveries           {delivered} ({rate:.0} a second)")?;
            writeln!(f, "lost                 {}", self.lost())?;
            writeln!(
                f,
                "wrong                {out_of_order} out of order, {duplicates} twice, {misdirected} misdirected"
            )?;
        }
        if let Some(latency) = self.latency {
            writeln!(f, "latency in ms        {latency}")?;
        }
        if let Some(cpu) = self.cpu_micros_per_delivery() {
            writeln!(f, "server's CPU time    {cpu:.3} µs a delivery")?;
        }
        if let Some(bytes) = self.bytes_per_connection {
            writeln!(f, "server's memory      {bytes:.0} bytes a connection")?;
        }
        write!(f, "generator busy       {:.0} % of the time", self.generator_load * 100.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(delivered: u64, duplicates: u64) -> Report {
        Report {
            connections: 10,
            join_seconds: 0.5,
            seconds: 2.0,
            sent: 100,
            expected: 900,
            counts: Counts { delivered, duplicates, ..Counts::default() },
            latency: Some(Latency { p50: 1000, p99: 2500, p999: 3000, max: 4000 }),
            server_cpu_nanos: Some(1_800_000),
            bytes_per_connection: None,
            generator_load: 0.25,
        }
    }

    #[test]
    fn the_figures_are_derived_from_the_counts() {
        let json = report(900, 0).to_json();
        assert_eq!((&json["lost"], &json["deliveries_per_second"]), (&json!(0), &json!(450.0)));
        assert_eq!((&json["cpu_us_per_delivery"], &json["p99_us"]), (&json!(2.0), &json!(2.5)));
        assert_eq!(json["bytes_per_connection"], Value::Null);
    }

    #[test]
    fn a_loss_or_a_duplicate_is_not_right() {
        assert!(report(900, 0).is_right());
        assert!(!report(899, 0).is_right() && report(899, 0).lost() == 1);
        assert!(!report(900, 1).is_right());
    }

    #[test]
    fn people_get_what_was_measured() {
        let shown = report(899, 0).to_string();
        assert!(shown.contains("lost                 1\n") && shown.contains("p99 0.003"), "{shown}");
        assert!(!shown.contains("memory"), "{shown}");
    }
}

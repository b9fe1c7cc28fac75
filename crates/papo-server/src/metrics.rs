//! What operators measure, in Prometheus' text format. Never a label by room, user or address.

mod handshakes;

use std::collections::BTreeMap;

use metrics::{Counter, Gauge, Histogram, Key, Label, Metadata, Recorder as _};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle, PrometheusRecorder};
use papo_proto::Reject;
use papo_proto::papo1::codes;

pub(crate) use handshakes::{Handshakes, Unfinished};

const SOURCE: Metadata<'static> = Metadata::new(module_path!(), metrics::Level::INFO, None);

/// The bounds of commit times, in seconds: a good disk commits in a tenth of a millisecond, a bad
/// one in tenths of a second.
const COMMIT_SECONDS: [f64; 12] = [0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 2.0];
/// The bounds of batch sizes, in records.
const BATCH_RECORDS: [f64; 10] = [1.0, 2.0, 4.0, 8.0, 16.0, 64.0, 256.0, 1024.0, 4096.0, 16384.0];

/// Everything that is counted where it happens, and what is asked for when somebody looks.
pub(crate) struct Metrics {
    handle: PrometheusHandle,
    /// Events and notices that connections have taken.
    pub(crate) deliveries: Counter,
    /// Messages that were committed.
    pub(crate) messages: Counter,
    /// Seconds from the beginning of a commit to its end.
    pub(crate) commit_seconds: Histogram,
    /// Records in a commit.
    pub(crate) commit_records: Histogram,
    /// Commits that failed.
    pub(crate) commit_failures: Counter,
    /// Times that a reader was behind the backlog.
    pub(crate) behind: Counter,
    /// Looks into the store for readers and histories.
    pub(crate) lookups: Counter,
    /// How TLS handshakes ended.
    pub(crate) handshakes: Handshakes,
    rejects: BTreeMap<u16, Counter>,
    gauges: Gauges,
}

/// What is as it is at the moment.
struct Gauges {
    connections: Gauge,
    tls_connections: Gauge,
    sessions: Gauge,
    held: Gauge,
    rooms: Gauge,
    backlog_bytes: Gauge,
    outbox_entries: Gauge,
    outbox_bytes: Gauge,
}

/// The state of the moment, for the gauges.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Moment {
    pub(crate) connections: usize,
    pub(crate) tls_connections: usize,
    pub(crate) sessions: usize,
    pub(crate) held: usize,
    pub(crate) rooms: usize,
    pub(crate) backlog_bytes: usize,
    pub(crate) outbox_entries: usize,
    pub(crate) outbox_bytes: usize,
}

impl Metrics {
    pub(crate) fn new() -> Self {
        let bounded = |builder: PrometheusBuilder, name: &str, bounds: &[f64]| {
            builder.set_buckets_for_metric(Matcher::Full(name.to_owned()), bounds).expect("invariant: there are bounds")
        };
        let builder = bounded(PrometheusBuilder::new(), "papo_commit_seconds", &COMMIT_SECONDS);
        let recorder = bounded(builder, "papo_commit_batch_records", &BATCH_RECORDS).build_recorder();
        let handle = recorder.handle();
        let gauge = |name: &'static str, about: &'static str| {
            recorder.describe_gauge(name.into(), None, about.into());
            recorder.register_gauge(&Key::from_static_name(name), &SOURCE)
        };
        let gauges = Gauges {
            connections: gauge("papo_connections", "Connections that are open, HTTP included."),
            tls_connections: gauge(
                "papo_tls_connections",
                "Connections among them that have finished a TLS handshake.",
            ),
            sessions: gauge("papo_sessions", "Sessions, those without a connection included."),
            held: gauge("papo_sessions_held", "Sessions that wait for their client to come back."),
            rooms: gauge("papo_rooms", "Rooms that exist."),
            backlog_bytes: gauge("papo_backlog_bytes", "Encoded events in memory."),
            outbox_entries: gauge("papo_outbox_entries", "Decisions that wait for the store."),
            outbox_bytes: gauge("papo_outbox_bytes", "Bytes of messages that wait for the store."),
        };
        let histogram = |name: &'static str, about: &'static str| {
            recorder.describe_histogram(name.into(), None, about.into());
            recorder.register_histogram(&Key::from_static_name(name), &SOURCE)
        };
        Self {
            deliveries: counter(&recorder, "papo_deliveries_total", "Events and notices that connections have taken."),
            messages: counter(&recorder, "papo_messages_total", "Messages that were committed."),
            commit_seconds: histogram("papo_commit_seconds", "Time of a commit."),
            commit_records: histogram("papo_commit_batch_records", "Records in a commit."),
            commit_failures: counter(&recorder, "papo_commit_failures_total", "Commits that failed."),
            behind: counter(&recorder, "papo_readers_behind_total", "Times that a reader fell behind the backlog."),
            lookups: counter(&recorder, "papo_store_lookups_total", "Looks into the store for readers."),
            handshakes: Handshakes::new(&recorder),
            rejects: rejects(&recorder),
            handle,
            gauges,
        }
    }

    /// A command was rejected.
    pub(crate) fn rejected(&self, reject: &Reject) {
        if let Some(counter) = self.rejects.get(&codes::code(reject)) {
            counter.increment(1);
        }
    }

    /// Everything as text.
    pub(crate) fn render(&self, moment: Moment) -> String {
        let gauges = &self.gauges;
        for (gauge, value) in [
            (&gauges.connections, moment.connections),
            (&gauges.tls_connections, moment.tls_connections),
            (&gauges.sessions, moment.sessions),
            (&gauges.held, moment.held),
            (&gauges.rooms, moment.rooms),
            (&gauges.backlog_bytes, moment.backlog_bytes),
            (&gauges.outbox_entries, moment.outbox_entries),
            (&gauges.outbox_bytes, moment.outbox_bytes),
        ] {
            gauge.set(value as f64);
        }
        self.handle.render()
    }

    /// Folds what was observed into its buckets, or it would pile up while nobody looks.
    pub(crate) fn tidy(&self) {
        self.handle.run_upkeep();
    }
}

fn counter(recorder: &PrometheusRecorder, name: &'static str, about: &'static str) -> Counter {
    recorder.describe_counter(name.into(), None, about.into());
    labelled(recorder, name, Vec::new())
}

/// One of a counter's values.
fn labelled(recorder: &PrometheusRecorder, name: &'static str, labels: Vec<Label>) -> Counter {
    let counter = recorder.register_counter(&Key::from_parts(name, labels), &SOURCE);
    // It is there from the beginning, so that its first increase can be seen.
    counter.increment(0);
    counter
}

fn rejects(recorder: &PrometheusRecorder) -> BTreeMap<u16, Counter> {
    const NAME: &str = "papo_rejects_total";
    recorder.describe_counter(NAME.into(), None, "Commands that were rejected, by code.".into());
    let of = |code: u16, name: &'static str| {
        let labels = vec![Label::new("code", code.to_string()), Label::from_static_parts("name", name)];
        (code, labelled(recorder, NAME, labels))
    };
    codes::CODES.iter().map(|(code, name, _)| of(*code, name)).collect()
}

#[cfg(test)]
mod tests {
    use rustls::ProtocolVersion;

    use super::*;

    #[test]
    fn what_is_counted_is_shown() {
        let metrics = Metrics::new();
        metrics.deliveries.increment(3);
        metrics.commit_records.record(5.0);
        metrics.rejected(&Reject::NotAMember);
        metrics.handshakes.finished(Some(ProtocolVersion::TLSv1_3));
        metrics.handshakes.failed(Unfinished::Refused);
        metrics.tidy();
        let text = metrics.render(Moment { connections: 7, tls_connections: 2, ..Moment::default() });
        for line in [
            "papo_deliveries_total 3",
            "papo_connections 7",
            "papo_tls_connections 2",
            r#"papo_tls_handshakes_total{version="1.2"} 0"#,
            r#"papo_tls_handshakes_total{version="1.3"} 1"#,
            r#"papo_tls_handshake_failures_total{reason="refused"} 1"#,
            r#"papo_tls_handshake_failures_total{reason="timeout"} 0"#,
            r#"papo_rejects_total{code="2006",name="not_a_member"} 1"#,
            r#"papo_rejects_total{code="5001",name="store_full"} 0"#,
            r#"papo_commit_batch_records_bucket{le="8"} 1"#,
            "papo_commit_batch_records_sum 5",
        ] {
            assert!(text.lines().any(|shown| shown == line), "{line} in:\n{text}");
        }
    }
}

//! What operators ask: is it there, is it ready, and what does it do.

mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use papo_proto::limits::MEMORY_STORE_MAX_BYTES;
use papo_proto::{Record, Stored};
use papo_server::MetricsFor;
use papo_store::{MemoryStore, Reader, Recovered, Store, StoreError};
use papo_testkit::{Answer, Http};
use support::{Running, start, start_changed, start_with};

fn get(server: &Running, path: &str) -> Answer {
    Http::connect(server.web()).request("GET", path, &[])
}

/// The value of a metric without labels, or with exactly these.
fn value(server: &Running, name: &str) -> f64 {
    let text = get(server, "/metrics").text();
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' ').map(str::to_owned));
    line.and_then(|value| value.parse().ok()).unwrap_or_else(|| panic!("no {name} in:\n{text}"))
}

/// A store that is full while it is told to be.
struct Fillable {
    inner: MemoryStore,
    full: AtomicBool,
}

impl Store for Fillable {
    fn recover(&self) -> Result<Recovered, StoreError> {
        self.inner.recover()
    }
    fn commits_inline(&self) -> bool {
        false
    }
    fn commit(&self, batch: &[Record]) -> Result<Vec<Stored>, StoreError> {
        if self.full.load(Ordering::SeqCst) { Err(StoreError::Full) } else { self.inner.commit(batch) }
    }
    fn reader(&self) -> Result<Box<dyn Reader>, StoreError> {
        self.inner.reader()
    }
}

#[test]
fn what_happens_is_counted() {
    let server = start();
    let mut ana = server.tcp().named("Ana");
    let mut bob = server.tcp().named("Bob");
    ana.expect("[SYS] Bob entrou em #geral.");
    for _ in 0..3 {
        bob.send("oi");
        ana.expect("[#geral] Bob: oi");
    }
    bob.send("/dance");
    bob.read().expect("an error");
    let answer = get(&server, "/metrics");
    assert_eq!(answer.header("content-type"), Some("text/plain; version=0.0.4; charset=utf-8"));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert_eq!(value(&server, "papo_messages_total").round() as u64, 3);
    assert_eq!(value(&server, "papo_sessions").round() as u64, 2);
    assert_eq!(value(&server, "papo_rooms").round() as u64, 1);
    // Ana was told of Bob, and of what he said.
    assert!(value(&server, "papo_deliveries_total") >= 4.0);
    assert!(value(&server, "papo_connections") >= 2.0);
    assert!(value(&server, "papo_backlog_bytes") > 0.0);
    assert!(value(&server, "papo_commit_seconds_count") >= 3.0);
    assert_eq!(value(&server, r#"papo_rejects_total{code="2010",name="bad_argument"}"#).round() as u64, 1);
    let text = get(&server, "/metrics").text();
    assert!(!text.contains("Ana") && !text.contains("geral"), "nobody's name is a label:\n{text}");
}

#[test]
fn metrics_are_for_whom_the_operator_says() {
    let server = start_changed(|config| config.metrics = MetricsFor::Nobody);
    assert_eq!(get(&server, "/metrics").status, 403);
    let server = start_changed(|config| config.metrics = MetricsFor::All);
    assert_eq!(get(&server, "/metrics").status, 200);
}

#[test]
fn ready_is_not_said_while_the_disk_is_full() {
    let store = Arc::new(Fillable { inner: MemoryStore::new(MEMORY_STORE_MAX_BYTES), full: AtomicBool::new(false) });
    let server = start_with(|_| {}, store.clone());
    let mut ana = server.tcp().named("Ana");
    let mut bob = server.tcp().named("Bob");
    ana.expect("[SYS] Bob entrou em #geral.");
    assert_eq!((get(&server, "/healthz").text().as_str(), get(&server, "/readyz").status), ("ok\n", 200));
    store.full.store(true, Ordering::SeqCst);
    bob.send("um");
    assert!(bob.read().expect("an answer").starts_with("[ERRO] O disco do servidor está cheio"));
    assert_eq!((get(&server, "/healthz").status, get(&server, "/readyz").status), (200, 503));
    store.full.store(false, Ordering::SeqCst);
    bob.send("dois");
    ana.expect("[#geral] Bob: dois");
    assert_eq!(get(&server, "/readyz").status, 200);
    assert_eq!(value(&server, "papo_commit_failures_total").round() as u64, 1);
}

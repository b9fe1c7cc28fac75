//! A server in this process, with times that tests can wait for.
#![allow(dead_code, missing_docs, unreachable_pub, reason = "shared by test files, each of which uses its own part")]

pub mod script;

use std::io::Write;
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use papo_proto::Lang;
use papo_proto::limits::{Limits, MEMORY_STORE_MAX_BYTES};
use papo_server::{Announcer, CertificateFrom, Config, PlainFor, Server, Times, TlsConfig, WebPort};
use papo_store::{MemoryStore, Store};
use papo_testkit::{Client, PATIENCE};

/// What the server has said on its output.
#[derive(Clone, Default)]
pub struct Output(Arc<(Mutex<Vec<u8>>, Condvar)>);

impl Output {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.0.lock().expect("not poisoned")).into_owned()
    }

    /// Waits until this has been said.
    pub fn wait_for(&self, words: &str) {
        let (said, changed) = &*self.0;
        let missing = |said: &mut Vec<u8>| !String::from_utf8_lossy(said).contains(words);
        let said = said.lock().expect("not poisoned");
        let (said, waited) = changed.wait_timeout_while(said, PATIENCE, missing).expect("not poisoned");
        assert!(!waited.timed_out(), "{words} is not in:\n{}", String::from_utf8_lossy(&said));
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.0.lock().expect("not poisoned").extend_from_slice(bytes);
        self.0.1.notify_all();
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

pub struct Running {
    pub server: Option<Server>,
    pub output: Output,
    pub data: tempfile::TempDir,
}

impl Running {
    pub fn tcp(&self) -> Client {
        Client::tcp(self.address())
    }

    /// The same inside TLS.
    pub fn tls(&self) -> Client {
        Client::tls(self.address())
    }

    pub fn address(&self) -> std::net::SocketAddr {
        self.server.as_ref().expect("it runs").address()
    }

    pub fn ws(&self) -> Client {
        Client::ws(self.web(), "/ws")
    }

    pub fn web(&self) -> std::net::SocketAddr {
        self.server.as_ref().and_then(Server::web_address).expect("it has a web port")
    }

    pub fn drain(&mut self) {
        self.server.take().expect("it runs").drain();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(server) = self.server.take() {
            server.drain();
        }
    }
}

pub fn config(data: &std::path::Path) -> Config {
    Config {
        host: "127.0.0.1".into(),
        port: 0,
        web_host: "127.0.0.1".into(),
        web_port: WebPort::On(0),
        origins: Vec::new(),
        data: data.to_owned(),
        lang: Lang::PtBr,
        tls: None,
        metrics: papo_server::MetricsFor::Loopback,
        policy: papo_server::Policy::default(),
        trusted: papo_server::trusted::Trusted::default(),
        limits: Limits { flood: false, ..Limits::default() },
        times: Times { linger: Duration::from_millis(200), ..Times::default() },
        shards: Some(2),
    }
}

/// With a certificate of its own in the data folder.
pub fn self_signed(plain_for: PlainFor) -> TlsConfig {
    TlsConfig { certificate: CertificateFrom::SelfSigned, plain_for }
}

pub fn start() -> Running {
    start_with(|_| {}, Arc::new(MemoryStore::new(MEMORY_STORE_MAX_BYTES)))
}

pub fn start_changed(change: impl FnOnce(&mut Config)) -> Running {
    start_with(change, Arc::new(MemoryStore::new(MEMORY_STORE_MAX_BYTES)))
}

pub fn start_with(change: impl FnOnce(&mut Config), store: Arc<dyn Store>) -> Running {
    let data = tempfile::tempdir().expect("a folder");
    let mut config = config(data.path());
    change(&mut config);
    let output = Output::default();
    let announcer = Announcer::start(output.clone(), Lang::PtBr).expect("a thread");
    let server = Server::start(config, store, announcer).expect("it starts");
    Running { server: Some(server), output, data }
}

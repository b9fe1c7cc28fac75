//! What can only be shown with a fault that tests build in: the frame `/panic` in `conn::intake`.

use std::sync::Arc;

use papo_proto::Lang;
use papo_proto::limits::{Limits, MEMORY_STORE_MAX_BYTES};
use papo_store::MemoryStore;
use papo_testkit::Client;

use crate::{Announcer, Config, Server, Times, WebPort};

/// A server with one shard: whoever is connected shares its thread.
fn start(data: &std::path::Path) -> Server {
    let config = Config {
        host: "127.0.0.1".into(),
        port: 0,
        web_host: "127.0.0.1".into(),
        web_port: WebPort::On(0),
        origins: Vec::new(),
        data: data.to_owned(),
        lang: Lang::PtBr,
        tls: None,
        metrics: crate::MetricsFor::Loopback,
        policy: papo_hub::Policy::default(),
        trusted: crate::trusted::Trusted::default(),
        limits: Limits::default(),
        times: Times::default(),
        shards: Some(1),
    };
    let announcer = Announcer::start(std::io::sink(), Lang::PtBr).expect("a thread");
    Server::start(config, Arc::new(MemoryStore::new(MEMORY_STORE_MAX_BYTES)), announcer).expect("it starts")
}

#[test]
fn a_panic_in_one_connection_ends_that_connection_only() {
    let data = tempfile::tempdir().expect("a folder");
    let server = start(data.path());
    let mut ana = Client::tcp(server.address()).named("Ana");
    let doors: [&dyn Fn() -> Client; 2] =
        [&|| Client::tcp(server.address()), &|| Client::ws(server.web_address().expect("it has a web port"), "/ws")];
    for connect in doors {
        let mut bob = connect().named("Bob");
        ana.expect("[SYS] Bob entrou em #geral.");
        bob.send("/panic");
        assert_eq!(bob.read(), None);
        ana.expect("[SYS] Bob perdeu a conexão.");
        // The name is free, and the thread goes on.
        let mut bob = connect().named("Bob");
        ana.expect("[SYS] Bob entrou em #geral.");
        ana.send("ainda aqui?");
        bob.expect("[#geral] Ana: ainda aqui?");
        bob.send("/quit");
        bob.expect("[SYS] Até logo!");
        ana.expect("[SYS] Bob saiu de #geral.");
    }
    // What others send in the same moment is theirs.
    let mut crowd: Vec<Client> = (0..8).map(|n| Client::tcp(server.address()).named(&format!("Gente{n}"))).collect();
    for (n, client) in crowd.iter_mut().enumerate() {
        client.send(if n % 2 == 0 { "/panic" } else { "oi" });
    }
    let mut heard = 0;
    let mut lost = 0;
    while heard + lost < 8 {
        match ana.read().expect("more") {
            line if line.ends_with(": oi") => heard += 1,
            line if line.ends_with("perdeu a conexão.") => lost += 1,
            line => assert!(line.ends_with("entrou em #geral."), "{line}"),
        }
    }
    assert_eq!((heard, lost), (4, 4));
    drop(crowd);
    server.drain();
}

//! The document's example, word for word, between clients that come by every door there is.

use std::net::SocketAddr;
use std::path::Path;

use papo_testkit::{Client, Papo};

/// How a client reaches the server.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Door {
    /// Framed TCP on its own port.
    Tcp,
    /// Framed TCP on the web port.
    TcpOnWeb,
    /// WebSocket on the web port, as the document's page connects.
    Ws,
    /// WebSocket on the web port, at its own path.
    WsPath,
    /// WebSocket on the TCP port.
    WsOnTcp,
}

use Door::{Tcp, TcpOnWeb, Ws, WsOnTcp, WsPath};

const WELCOME: &str =
    "[SYS] Boas-vindas ao Papo! Digite /help para ver os comandos.\nEscolha seu nome com /nick <nome>.";

/// Connects and gives a name, as the document's clients do before anything else.
fn named(door: Door, server: &Papo, name: &str) -> (Client, SocketAddr) {
    let mut client = match door {
        Tcp => Client::tcp(server.tcp()),
        TcpOnWeb => Client::tcp(server.web()),
        Ws => Client::ws(server.web(), "/"),
        WsPath => Client::ws(server.web(), "/ws"),
        WsOnTcp => Client::ws(server.tcp(), "/"),
    };
    // The web port never speaks first, so nobody waits for the welcome here.
    client.send(&format!("/nick {name}"));
    client.expect(WELCOME);
    client.expect(&format!("[SYS] Seu nome agora é {name}. Você entrou em #geral."));
    let from = client.socket().local_addr().expect("connected");
    (client, from)
}

/// The server's line about a connection.
fn told(from: SocketAddr) -> String {
    format!("[NOVA CONEXÃO] ('{}', {}) conectado.", from.ip(), from.port())
}

fn example(doors: [Door; 3]) {
    let mut server = Papo::serve(Path::new(env!("CARGO_BIN_EXE_papo")), &[]);
    let (mut alice, alice_from) = named(doors[0], &server, "Alice");
    assert_eq!(server.line(), told(alice_from), "{doors:?}");
    alice.send("/join #geral");
    alice.expect("[SYS] Você entrou em #geral.");

    let (mut bob, bob_from) = named(doors[1], &server, "Bob");
    assert_eq!(server.line(), told(bob_from), "{doors:?}");
    alice.expect("[SYS] Bob entrou em #geral.");
    bob.send("/join #geral");
    bob.expect("[SYS] Você entrou em #geral.");

    alice.send("Olá a todos!");
    bob.expect("[#geral] Alice: Olá a todos!");

    let (mut carol, carol_from) = named(doors[2], &server, "Carol");
    assert_eq!(server.line(), told(carol_from), "{doors:?}");
    carol.send("/join #jogos");
    carol.expect("[SYS] Você entrou em #jogos.");
    carol.send("Alguém para jogar?");
    // Its answer comes after her message: nobody can have it later than this.
    carol.send("/who");
    carol.expect("[SYS] Em #jogos (1):\n- Carol");

    for client in [&mut alice, &mut bob] {
        client.expect("[SYS] Carol entrou em #geral.");
        client.expect("[SYS] Carol saiu de #geral.");
        client.send("/rooms");
        client.expect("[SYS] Salas (2):\n- #geral (2 online)\n- #jogos (1 online)");
    }
    bob.send("/join jogos");
    bob.expect("[SYS] Você entrou em #jogos.");
    alice.expect("[SYS] Bob saiu de #geral.");
    carol.expect("[SYS] Bob entrou em #jogos.");
    carol.send("Eu começo!\nQuem vem?");
    bob.expect("[#jogos] Carol: Eu começo!\nQuem vem?");

    bob.send("/quit");
    bob.expect("[SYS] Até logo!");
    assert_eq!(bob.read(), None, "{doors:?}");
    carol.expect("[SYS] Bob saiu de #jogos.");
    assert_eq!(server.line(), format!("[CONEXÃO ENCERRADA] ('127.0.0.1', {}) desconectado.", bob_from.port()));
}

#[test]
fn between_three_clients_of_every_kind() {
    for doors in [
        [Tcp, Tcp, Tcp],
        [Ws, Ws, Ws],
        [WsPath, WsPath, WsPath],
        [Tcp, Ws, WsPath],
        [Ws, Tcp, Tcp],
        [TcpOnWeb, WsOnTcp, Ws],
        [WsOnTcp, TcpOnWeb, Tcp],
    ] {
        example(doors);
    }
}

#[test]
fn the_address_of_the_document() {
    // The document's own ports may be taken where this runs, so only what is said about them is shown.
    let server = Papo::serve(Path::new(env!("CARGO_BIN_EXE_papo")), &[]);
    assert_eq!(server.tcp().ip().to_string(), "127.0.0.1");
    assert_eq!(server.web().ip().to_string(), "127.0.0.1");
}

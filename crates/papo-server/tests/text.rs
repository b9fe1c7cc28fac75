//! The text dialect over real sockets, in one process with the server.

mod support;

use papo_testkit::Client;
use support::{start, start_changed};

#[test]
fn a_silent_client_is_welcomed_and_a_hasty_one_too() {
    let server = start();
    let mut silent = server.tcp();
    assert_eq!(
        silent.read().as_deref(),
        Some("[SYS] Boas-vindas ao Papo! Digite /help para ver os comandos.\nEscolha seu nome com /nick <nome>.")
    );
    let mut hasty = server.tcp();
    hasty.send("/nick Ana");
    assert!(hasty.read().expect("a welcome").starts_with("[SYS] Boas-vindas"));
    hasty.expect("[SYS] Seu nome agora é Ana. Você entrou em #geral.");
}

#[test]
fn the_documents_example_between_three_clients() {
    let mut server = start();
    let mut alice = server.tcp().named("Alice").joined("geral");
    let mut bob = server.tcp().named("Bob").joined("geral");
    let mut carol = server.tcp().named("Carol").joined("jogos");
    alice.send("Olá a todos!");
    bob.read_until(|line| line == "[#geral] Alice: Olá a todos!");
    carol.send("Alguém para jogar?");
    carol.send("/quit");
    carol.expect("[SYS] Até logo!");
    assert_eq!(carol.read(), None);
    for client in [&mut alice, &mut bob] {
        client.send("/quit");
        let rest = client.read_to_end();
        assert!(!rest.iter().any(|line| line.contains("jogar") || line.contains("Alice: Olá")), "{rest:?}");
        assert_eq!(rest.last().map(String::as_str), Some("[SYS] Até logo!"));
    }
    server.drain();
    let output = server.output.text();
    assert!(output.contains("[NOVA CONEXÃO] ('127.0.0.1', "), "{output}");
    assert!(output.contains("[CONEXÃO ENCERRADA] ('127.0.0.1', "), "{output}");
}

#[test]
fn what_is_sent_with_quit_is_through_before_the_close() {
    let server = start();
    let mut bob = server.tcp().named("Bob");
    let mut ana = server.tcp().named("Ana");
    let lines: Vec<String> = (0..500).map(|n| format!("linha {n}")).collect();
    ana.send_all(lines.iter().map(String::as_str).chain(["/quit"]));
    assert_eq!(ana.read_to_end(), ["[SYS] Até logo!"]);
    bob.expect("[SYS] Ana entrou em #geral.");
    for line in lines {
        bob.expect(&format!("[#geral] Ana: {line}"));
    }
    bob.expect("[SYS] Ana saiu de #geral.");
}

#[test]
fn one_session_speaks_english_while_the_other_does_not() {
    let server = start();
    let mut ana = server.tcp().named("Ana");
    let mut bob = server.tcp().named("Bob");
    ana.expect("[SYS] Bob entrou em #geral.");
    bob.send("/lang en");
    bob.expect("[SYS] Notices in English.");
    let mut eva = server.tcp().named("Eva");
    ana.expect("[SYS] Eva entrou em #geral.");
    bob.expect("[SYS] Eva entered #geral.");
    eva.send("oi\nhi");
    ana.expect("[#geral] Eva: oi\nhi");
    bob.expect("[#geral] Eva: oi\nhi");
    bob.send("/lang pt");
    bob.expect("[SYS] Avisos em português.");
    drop(eva);
    bob.expect("[SYS] Eva perdeu a conexão.");
    ana.expect("[SYS] Eva perdeu a conexão.");
}

#[test]
fn a_half_closed_client_still_gets_its_answers() {
    let server = start();
    let mut ana = server.tcp();
    ana.send("/nick Ana");
    ana.send("/rooms");
    ana.shut_down_writing();
    let lines = ana.read_to_end();
    assert_eq!(
        lines[1..],
        ["[SYS] Seu nome agora é Ana. Você entrou em #geral.", "[SYS] Salas (1):\n- #geral (1 online)"]
    );
    let mut again = server.tcp().named("Ana");
    again.send("/who");
    again.expect("[SYS] Em #geral (1):\n- Ana");
}

#[test]
fn a_drain_tells_everybody_and_frees_the_ports() {
    let mut server = start();
    let address = server.server.as_ref().expect("it runs").address();
    let mut ana = server.tcp().named("Ana");
    let mut bob = server.tcp().named("Bob");
    ana.send("até");
    bob.expect("[#geral] Ana: até");
    server.drain();
    bob.expect("[SYS] O servidor está sendo desligado e volta em breve. Até logo!");
    assert_eq!(bob.read(), None);
    let lines = ana.read_to_end();
    assert_eq!(
        lines.last().map(String::as_str),
        Some("[SYS] O servidor está sendo desligado e volta em breve. Até logo!")
    );
    let again = start_changed(|config| config.port = address.port());
    assert!(Client::tcp(address).read().is_some());
    drop(again);
}

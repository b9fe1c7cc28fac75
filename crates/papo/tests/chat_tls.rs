//! `papo chat` and `papo bridge` by TLS, with the real program: whose certificate is taken, and what is said
//! when it is not.

use std::net::SocketAddr;
use std::path::Path;
use std::process::{Command, Stdio};

use papo_testkit::{Client, Ended, Papo, free_port};

fn program() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_papo"))
}

/// A server with a data folder that stays, at a port that stays.
fn serve(data: &Path, port: u16) -> Papo {
    let (data, port) = (data.to_str().expect("text"), port.to_string());
    Papo::serve(program(), &["--flood", "off", "--tls", "self-signed", "--data", data, "--port", &port])
}

/// What the server says of its certificate.
fn fingerprint(server: &mut Papo) -> String {
    let line = server.line();
    line.strip_prefix("[TLS] Certificado com a impressão digital SHA-256 ").expect("its line").to_owned()
}

/// `papo chat` that says one thing and leaves, with its own state folder.
fn chat(server: SocketAddr, state: &Path, args: &[&str]) -> Ended {
    let mut command = Command::new(program());
    command.args(["chat", "--lang", "pt-BR", "--host", "127.0.0.1", "--port", &server.port().to_string()]);
    command.args(["--nick", "Ana"]).args(args).env("XDG_STATE_HOME", state).stdin(Stdio::null());
    Ended::of(&mut command)
}

const DIALECTS: [&[&str]; 2] = [&[], &["--text"]];

#[test]
fn a_server_is_met_once_and_another_certificate_is_refused() {
    let (data, state) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    let port = free_port();
    let mut server = serve(data.path(), port);
    let first = fingerprint(&mut server);
    let known = state.path().join("papo/known_hosts");
    for dialect in DIALECTS {
        let _ = std::fs::remove_file(&known);
        let met = chat(server.tcp(), state.path(), &[dialect, &["--tls"]].concat());
        assert_eq!((met.code, met.err.as_str()), (Some(0), ""), "{}", met.out);
        assert!(met.out.starts_with("[TLS] ") && met.out.contains(&first), "{}", met.out);
        assert!(met.out.contains("\n[OK] Conectado") && met.out.contains("[SYS] Até logo!"), "{}", met.out);
        let again = chat(server.tcp(), state.path(), &[dialect, &["--tls"]].concat());
        assert!(again.code == Some(0) && again.out.starts_with("[OK] Conectado"), "{}", again.out);
    }

    drop(server);
    for file in ["tls-cert.pem", "tls-key.pem"] {
        std::fs::remove_file(data.path().join(file)).expect("it was there");
    }
    let mut server = serve(data.path(), port);
    let second = fingerprint(&mut server);
    assert_ne!(first, second);
    for dialect in DIALECTS {
        let refused = chat(server.tcp(), state.path(), &[dialect, &["--tls"]].concat());
        assert_eq!((refused.code, refused.out.as_str()), (Some(1), ""));
        for said in [&first, &second, known.to_str().expect("text"), "--tls-fingerprint", "nada foi enviado"] {
            assert!(refused.err.starts_with("[ERRO] ") && refused.err.contains(said), "{said}: {}", refused.err);
        }
    }
    // Both ways to accept it that the sentence names.
    let pinned = chat(server.tcp(), state.path(), &["--tls-fingerprint", &second.replace(':', "").to_lowercase()]);
    assert_eq!((pinned.code, pinned.err.as_str()), (Some(0), ""));
    let text = std::fs::read_to_string(&known).expect("it is there");
    let kept: Vec<&str> = text.lines().filter(|line| !line.starts_with(&format!("127.0.0.1:{port} "))).collect();
    std::fs::write(&known, format!("{}\n", kept.join("\n"))).expect("written");
    let anew = chat(server.tcp(), state.path(), &["--tls"]);
    assert!(anew.code == Some(0) && anew.out.contains(&second), "{}", anew.out);
}

#[test]
fn an_authority_or_a_fingerprint_vouches_and_nobody_else() {
    let (data, state) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    let (other, plain) = (tempfile::tempdir().expect("a folder"), Papo::serve(program(), &[]));
    let mut server = serve(data.path(), free_port());
    let right = fingerprint(&mut server);
    let mut stranger = serve(other.path(), free_port());
    let wrong = fingerprint(&mut stranger);
    let cert = |folder: &Path| folder.join("tls-cert.pem").to_str().expect("text").to_owned();
    for dialect in DIALECTS {
        for good in [["--tls-ca", &cert(data.path())], ["--tls-fingerprint", &right]] {
            let chatted = chat(server.tcp(), state.path(), &[dialect, &good].concat());
            assert!(chatted.code == Some(0) && chatted.out.starts_with("[OK] Conectado"), "{}", chatted.err);
        }
        for (bad, said) in [
            (["--tls-ca", &cert(other.path())], "não é de confiança"),
            (["--tls-fingerprint", &wrong], "mudou"),
            (["--tls-ca", "/nonexistent/ca.pem"], "Confira --tls-ca"),
        ] {
            let refused = chat(server.tcp(), state.path(), &[dialect, &bad].concat());
            assert_eq!((refused.code, refused.out.as_str()), (Some(1), ""));
            assert!(refused.err.contains(said) && refused.err.lines().count() == 1, "{}", refused.err);
        }
        let none = chat(plain.tcp(), state.path(), &[dialect, &["--tls"]].concat());
        assert!(none.code == Some(1) && none.err.contains("não fala TLS"), "{}", none.err);
    }
    assert!(!state.path().join("papo").exists(), "whoever is vouched for need not be remembered");
}

#[test]
fn a_session_does_not_go_on_with_another_server() {
    let (data, state) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    let port = free_port();
    let server = serve(data.path(), port);
    let mut command = Command::new(program());
    command.args(["chat", "--lang", "pt-BR", "--port", &port.to_string(), "--nick", "Ana", "--tls"]);
    command.env("XDG_STATE_HOME", state.path()).stdin(Stdio::piped()).stderr(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().expect("it starts");
    let mut bob = Client::tls(server.tcp()).named("Bob");
    bob.send("/who");
    bob.read_until(|line| line.contains("Ana"));
    drop(server);
    for file in ["tls-cert.pem", "tls-key.pem"] {
        std::fs::remove_file(data.path().join(file)).expect("it was there");
    }
    let _another = serve(data.path(), port);
    let keyboard = child.stdin.take();
    let ended = child.wait_with_output().expect("it ends");
    drop(keyboard);
    let said = String::from_utf8_lossy(&ended.stderr).into_owned();
    assert!(said.contains("mudou") && said.contains("nada foi enviado"), "{said}");
    assert_eq!(ended.status.code(), Some(1));
}

#[test]
fn the_bridge_encrypts_on_both_sides() {
    let (data, home) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    let mut server = serve(data.path(), free_port());
    let right = fingerprint(&mut server);
    let port = server.tcp().port().to_string();
    let mut command = Command::new(program());
    command.args(["bridge", "--lang", "pt-BR", "--ws-host", "127.0.0.1", "--ws-port", "0", "--chat-port", &port]);
    command.args(["--tls", "self-signed", "--chat-tls-fingerprint", &right]).env("XDG_DATA_HOME", home.path());
    let mut bridge = Papo::start(&mut command);
    let line = bridge.line();
    let address = line.split("WebSocket em ").nth(1).and_then(|rest| rest.split(',').next()).expect("its address");
    let address: SocketAddr = address.trim().parse().expect("an address");
    assert!(bridge.line().starts_with("[TLS] "), "its certificate has a fingerprint too");
    assert!(home.path().join("papo/tls-key.pem").exists());
    let mut web = Client::tls_ws(address, "/");
    assert!(web.read().expect("a greeting").starts_with("[bridge] conectado"));
    let mut web = web.named("Ana");
    let mut bob = Client::tls(server.tcp()).named("Bob");
    web.expect("[SYS] Bob entrou em #geral.");
    web.send("olá");
    bob.expect("[#geral] Ana: olá");
}

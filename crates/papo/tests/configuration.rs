//! The configuration file and its reload, with the real program.

use std::path::Path;
use std::process::Command;

use papo_testkit::{Client, Ended, Http, Papo};

/// A folder with a configuration file of this text.
fn folder(text: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("papo.toml"), text).expect("writes");
    folder
}

/// The program in surroundings that hold nothing but what a test puts there.
fn papo(data: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_papo"));
    command.env_clear().env("HOME", "/nonexistent/home").arg("serve").arg("--data").arg(data).args(args);
    command
}

const FREE: &str = "port = 0\nweb-port = 0\nstore = \"memory\"\n";

#[test]
fn the_file_of_the_data_folder_is_read() {
    let data = folder(&format!("{FREE}message-kib = 1\nlang = \"en\"\n"));
    let server = Papo::listening(&mut papo(data.path(), &[]));
    let mut ana = Client::tcp(server.tcp());
    assert!(ana.read().expect("a welcome").starts_with("[SYS] Welcome"), "the file's language");
    ana.send(&"x".repeat(1025));
    ana.read_until(|line| line.contains("1 KiB"));
}

#[test]
fn a_file_may_be_named_by_a_flag_or_a_variable() {
    let (data, elsewhere) = (folder("message-kib = 2"), folder(&format!("{FREE}message-kib = 1\n")));
    let file = elsewhere.path().join("papo.toml");
    let by_flag = [papo(data.path(), &["--config", file.to_str().expect("text")])];
    let mut by_env = papo(data.path(), &[]);
    by_env.env("PAPO_CONFIG", &file);
    for mut command in by_flag.into_iter().chain([by_env]) {
        let server = Papo::listening(&mut command);
        let mut ana = Client::tcp(server.tcp()).named("Ana");
        ana.send(&"x".repeat(1025));
        ana.expect("[ERRO] Mensagem grande demais (o limite é 1 KiB); ela não foi enviada.");
    }
}

#[test]
fn a_mistake_is_told_with_file_and_line_in_both_languages() {
    let text = "# Papo\nweb-port = 0\nmessage-kib = 9000\n";
    let data = folder(text);
    let file = data.path().join("papo.toml").display().to_string();
    for (lang, sentence) in [
        (
            "pt_BR.UTF-8",
            format!("{file}, linha 3: “9000” não serve para message-kib, que aceita um número de 1 a 8192."),
        ),
        (
            "en_US.UTF-8",
            format!("{file}, line 3: “9000” does not do for message-kib, which takes a number from 1 to 8192."),
        ),
    ] {
        let ended = Ended::of(papo(data.path(), &[]).env("LC_ALL", lang));
        assert_eq!((ended.code, ended.err), (Some(2), format!("papo: {sentence}\n")));
    }
    let missing = Ended::of(papo(data.path(), &["--config", "/nonexistent.toml", "--lang", "en"]).env("LC_ALL", "C"));
    assert_eq!(missing.code, Some(2));
    assert!(missing.err.starts_with("papo: cannot read the configuration /nonexistent.toml: "), "{}", missing.err);
    for (line, begin) in [
        ("ports = 1", "line 1: I do not know “ports”. There are: host, port, "),
        ("port =", "line 1: this is not TOML"),
    ] {
        std::fs::write(&file, line).expect("writes");
        let ended = Ended::of(&mut papo(data.path(), &["--lang", "en"]));
        assert!(ended.err.starts_with(&format!("papo: {file}, {begin}")), "{}", ended.err);
    }
}

/// What a request for the metrics that a proxy of this machine passes on is answered.
fn metrics_behind_proxy(server: &Papo) -> u16 {
    Http::connect(server.web()).request("GET", "/metrics", &[("X-Forwarded-For", "127.0.0.1")]).status
}

#[test]
fn a_hang_up_brings_what_it_can_into_force_and_names_the_rest() {
    let data = folder(FREE);
    let file = data.path().join("papo.toml");
    let log = data.path().join("papo.log");
    let mut server = Papo::listening(&mut papo(data.path(), &["--log-file", log.to_str().expect("text")]));
    let page = |server: &Papo| Client::try_ws(server.web(), "/", &[("Origin", "https://a.example")]).is_ok();
    assert!(!page(&server));
    assert_eq!(metrics_behind_proxy(&server), 403);
    let mut ana = Client::tcp(server.tcp()).named("Ana");
    assert!(server.line().starts_with("[NOVA CONEXÃO]"));
    let changed =
        "origin = \"a.example\"\ntrust-proxy = \"loopback\"\nflood = \"off\"\nlog-level = \"trace\"\nmessage-kib = 1\n";
    std::fs::write(&file, format!("{FREE}{changed}")).expect("writes");
    server.hang_up();
    assert_eq!(server.line(), "[RECARREGADO] Já valem: origin, trust-proxy, flood, log-level.");
    assert_eq!(server.line(), "[RECARREGADO] Só valem depois de reiniciar: message-kib.");
    assert!(page(&server));
    assert_eq!(metrics_behind_proxy(&server), 200);
    // Ana is not slowed down any more, and no connection was lost.
    let lines: Vec<String> = (0..200).map(|n| format!("/lang x{n}")).collect();
    ana.send_all(lines.iter().map(String::as_str));
    for _ in &lines {
        let line = ana.read().expect("an answer");
        assert!(!line.contains("rápido demais"), "{line}");
    }
    // What is not in force yet is told again.
    server.hang_up();
    let mut lines = std::iter::repeat_with(|| server.line());
    let told = lines.find(|line| line.starts_with("[RECARREGADO]"));
    assert_eq!(told.as_deref(), Some("[RECARREGADO] Só valem depois de reiniciar: message-kib."));
    // Something that only a log of details is told.
    let mut http = Http::connect(server.web());
    http.send("GET / HTTP/1.1\r\nbroken\r\n\r\n").expect("sends");
    http.read_to_close(papo_testkit::PATIENCE).expect("it closes");
    server.terminate();
    assert!(server.wait().0.success());
    let log = std::fs::read_to_string(&log).expect("the log is there");
    assert!(log.contains("DEBUG"), "{log}");
}

#[test]
fn a_broken_file_changes_nothing() {
    let data = folder(&format!("{FREE}metrics = \"off\"\n"));
    let file = data.path().join("papo.toml");
    let mut server = Papo::listening(&mut papo(data.path(), &[]));
    let metrics = |server: &Papo| Http::connect(server.web()).request("GET", "/metrics", &[]).status;
    for broken in ["metrics = \"all\"\nmessage-kib = \"x\"\n", "metrics = \"all\"\nport = \n"] {
        std::fs::write(&file, format!("{FREE}{broken}")).expect("writes");
        server.hang_up();
        let line = server.line();
        let begin = format!("[NÃO RECARREGADO] Tudo continua como estava: {}, linha 5: ", file.display());
        assert!(line.starts_with(&begin), "{line}");
        assert_eq!(metrics(&server), 403);
    }
    std::fs::write(&file, format!("{FREE}metrics = \"all\"\n")).expect("writes");
    server.hang_up();
    assert_eq!(server.line(), "[RECARREGADO] Já valem: metrics.");
    assert_eq!(metrics(&server), 200);
    server.hang_up();
    assert_eq!(server.line(), "[RECARREGADO] Nada mudou.");
    server.terminate();
    assert!(server.wait().0.success());
}

#[test]
fn fewer_places_for_an_address_close_nobody() {
    let data = folder(&format!("{FREE}trust-proxy = \"loopback\"\nper-address = 2\n"));
    let server = Papo::listening(&mut papo(data.path(), &[]));
    let connect = || Client::try_ws(server.web(), "/", &[("X-Forwarded-For", "192.0.2.1")]);
    let mut kept = [connect().expect("a place"), connect().expect("a place")];
    assert!(connect().is_err());
    std::fs::write(data.path().join("papo.toml"), format!("{FREE}trust-proxy = \"loopback\"\nper-address = 3\n"))
        .expect("writes");
    server.hang_up();
    let mut tries = std::iter::repeat_with(connect).take(10_000);
    let _third = tries.find_map(Result::ok).expect("the third place comes");
    for client in &mut kept {
        client.send("/quit");
        assert_eq!(client.read_to_end().last().map(String::as_str), Some("[SYS] Até logo!"));
    }
}

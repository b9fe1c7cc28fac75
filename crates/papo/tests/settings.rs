//! Where an option's value comes from: the flag, the environment, the default; and what it changes.

use std::net::TcpListener;
use std::path::Path;
use std::process::Command;

use papo_testkit::{Client, Http, Papo};

/// Names and values of the environment.
type Env<'a> = &'a [(&'a str, &'a str)];

/// The program in surroundings that hold nothing but what a test puts there.
fn papo() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_papo"));
    command.env_clear().env("HOME", "/nonexistent/home");
    command
}

#[test]
fn the_language_is_that_of_the_flag_the_variable_or_the_locale() {
    let folder = tempfile::tempdir().expect("a folder");
    let (pt, en) =
        (["[ESCUTANDO] Servidor em ", "[ESCUTANDO] Página em "], ["[LISTENING] Server at ", "[LISTENING] Page at "]);
    let table: &[(&[&str], Env<'_>, [&str; 2])] = &[
        (&[], &[], pt),
        (&[], &[("LANG", "en_US.UTF-8")], en),
        (&[], &[("LANG", "C.UTF-8")], pt),
        (&[], &[("LC_ALL", "pt_BR.UTF-8"), ("LANG", "en_US.UTF-8")], pt),
        (&[], &[("LC_MESSAGES", "en_US.UTF-8"), ("LANG", "pt_BR.UTF-8")], en),
        (&[], &[("PAPO_LANG", "en"), ("LANG", "pt_BR.UTF-8")], en),
        (&["--lang", "en"], &[("PAPO_LANG", "pt-BR"), ("LANG", "pt_BR.UTF-8")], en),
        (&["--lang=pt-BR"], &[("PAPO_LANG", "en"), ("LANG", "en_US.UTF-8")], pt),
    ];
    for (args, env, begin) in table {
        let mut command = papo();
        let mut server = Papo::start(
            command
                .args(["serve", "--port", "0", "--web-port", "0", "--data"])
                .arg(folder.path())
                .args(*args)
                .envs(env.iter().copied()),
        );
        for begin in begin {
            let line = server.line();
            assert!(line.starts_with(begin), "{args:?} {env:?}: {line}");
        }
    }
}

#[test]
fn flags_come_before_the_environment_and_that_before_defaults() {
    let folder = tempfile::tempdir().expect("a folder");
    // A port that nobody else has, as it was free a moment ago.
    let free = || TcpListener::bind("127.0.0.1:0").and_then(|socket| socket.local_addr()).expect("a port").port();
    let (by_env, by_flag) = (free().to_string(), free().to_string());
    let listening = |args: &[&str], env: Env<'_>| {
        let mut command = papo();
        // Each has a folder of its own: some of them live at the same time.
        let data = tempfile::tempdir_in(folder.path()).expect("a folder").keep();
        command.arg("serve").arg("--data").arg(data).args(args).envs(env.iter().copied());
        Papo::listening(&mut command)
    };
    let server = listening(&["--web-port", "off"], &[("PAPO_PORT", &by_env), ("PAPO_WEB_PORT", "0")]);
    assert_eq!((server.tcp().port().to_string(), server.web), (by_env.clone(), None));
    let server = listening(&["--port", &by_flag], &[("PAPO_PORT", &by_env), ("PAPO_WEB_PORT", "off")]);
    assert_eq!((server.tcp().port().to_string(), server.web), (by_flag, None));
    drop(server);
    let server =
        listening(&["--port", "0", "--web-port", "0"], &[("PAPO_HOST", "127.0.0.2"), ("PAPO_WEB_HOST", "127.0.0.3")]);
    assert_eq!(
        (server.tcp().ip().to_string(), server.web().ip().to_string()),
        ("127.0.0.2".into(), "127.0.0.3".into())
    );
    let env = [("PAPO_MESSAGE_KIB", "1"), ("PAPO_ORIGIN", "a.example,b.example"), ("PAPO_PORT", "0")];
    let server = listening(&["--web-port", "0"], &env);
    let mut ana = Client::tcp(server.tcp()).named("Ana");
    ana.send(&"x".repeat(1025));
    ana.expect("[ERRO] Mensagem grande demais (o limite é 1 KiB); ela não foi enviada.");
    for (origin, taken) in [("https://b.example", true), ("https://c.example", false)] {
        assert_eq!(Client::try_ws(server.web(), "/", &[("Origin", origin)]).is_ok(), taken, "{origin}");
    }
}

#[test]
fn without_a_web_port_the_other_answers_to_all() {
    let server = Papo::serve(Path::new(env!("CARGO_BIN_EXE_papo")), &["--web-port", "off"]);
    assert_eq!(server.web, None);
    let mut ana = Client::tcp(server.tcp()).named("Ana");
    let _bob = Client::ws(server.tcp(), "/ws").named("Bob");
    ana.expect("[SYS] Bob entrou em #geral.");
    assert_eq!(Http::connect(server.tcp()).request("GET", "/", &[]).status, 200);
}

#[test]
fn the_data_folder_is_that_of_the_service_or_the_users() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(name);
    let paths = |names: &[&str]| names.iter().map(|name| at(name).display().to_string()).collect::<Vec<_>>().join(":");
    let table: &[(&[(&str, String)], &str)] = &[
        (&[("STATE_DIRECTORY", paths(&["estado", "outro"])), ("XDG_DATA_HOME", paths(&["xdg"]))], "estado"),
        (&[("XDG_DATA_HOME", paths(&["xdg"])), ("HOME", paths(&["casa"]))], "xdg/papo"),
        (&[("HOME", paths(&["casa"]))], "casa/.local/share/papo"),
        (&[("STATE_DIRECTORY", String::new()), ("HOME", paths(&["vazia"]))], "vazia/.local/share/papo"),
        (&[("PAPO_DATA", paths(&["dita"])), ("STATE_DIRECTORY", paths(&["estado2"]))], "dita"),
    ];
    for (env, expected) in table {
        let mut command = papo();
        command.args(["serve", "--port", "0", "--web-port", "0"]).envs(env.iter().map(|(name, value)| (name, value)));
        let _server = Papo::listening(&mut command);
        assert!(at(expected).is_dir(), "{env:?}");
    }
    assert!(!at("outro").exists() && !at("estado2").exists());
}

#[test]
fn the_log_is_json_lines_in_a_file_when_asked_for() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("registros/papo.log");
    let path = file.to_str().expect("text");
    let args = ["--log-file", path, "--log-format", "json", "--log-level", "trace"];
    let mut server = Papo::serve(Path::new(env!("CARGO_BIN_EXE_papo")), &args);
    // Something that the log is told: a browser that stops in the middle of its head.
    let mut http = Http::connect(server.web());
    http.send("GET / HTTP/1.1\r\nbroken\r\n\r\n").expect("sends");
    http.read_to_close(papo_testkit::PATIENCE).expect("it closes");
    server.terminate();
    assert!(server.wait().0.success());
    let log = std::fs::read_to_string(&file).expect("the file is there");
    assert!(log.lines().count() > 0);
    for line in log.lines() {
        assert!(line.starts_with(r#"{"timestamp":""#) && line.ends_with('}'), "{line}");
        assert!(line.contains(r#""level":""#) && line.contains(r#""message":""#), "{line}");
    }
}

#[test]
fn lan_shows_what_others_type() {
    let mut server = Papo::serve_with(Path::new(env!("CARGO_BIN_EXE_papo")), &["--lan"], |command| {
        // What the surroundings say gives way to the flag.
        command.env("PAPO_HOST", "127.0.0.1").env("PAPO_WEB_HOST", "127.0.0.1");
    });
    let (tcp, web) = (server.tcp(), server.web());
    assert!(tcp.ip().is_unspecified());
    // The page's own line leads to this machine.
    assert_eq!(web.ip().to_string(), "127.0.0.1");
    let tcp = std::net::SocketAddr::from(([127, 0, 0, 1], tcp.port()));
    let mut ana = Client::tcp(tcp).named("Ana");
    let mut line = server.line();
    while let Some(others) = line.strip_prefix("[REDE] Outros podem usar ") {
        let (url, chat) = others.split_once(" ou ").expect("both ways");
        let host = url.strip_prefix("http://").and_then(|url| url.strip_suffix(&format!(":{}/", web.port())));
        let host = host.unwrap_or_else(|| panic!("{url}")).trim_matches(['[', ']']);
        assert!(host.parse::<std::net::IpAddr>().is_ok_and(|ip| !ip.is_loopback() && !ip.is_unspecified()), "{host}");
        assert_eq!(chat, format!("papo chat --host {host} --port {}", tcp.port()));
        line = server.line();
    }
    assert!(line.starts_with("[NOVA CONEXÃO] ('127.0.0.1', "), "{line}");
    // Any name leads to it now.
    assert_eq!(Http::connect(web).request("GET", "/", &[("Host", "minha-maquina.local")]).status, 200);
    ana.send("/quit");
    ana.expect("[SYS] Até logo!");
}

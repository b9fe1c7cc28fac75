//! The command line of the real program: its help, and what it says of mistakes.

use std::net::TcpListener;
use std::path::Path;
use std::process::Command;

use papo_testkit::Ended;

/// The program in surroundings that hold nothing but what a test puts there.
fn papo() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_papo"));
    command.env_clear().env("HOME", "/nonexistent/home");
    command
}

/// Runs it to its end in one language.
fn run(lang: &str, args: &[&str]) -> Ended {
    Ended::of(papo().args(args).env("LC_ALL", lang))
}

/// Asserts that it ended with the one sentence that says what to do.
#[track_caller]
fn assert_refused(ended: &Ended, sentence: &str) {
    assert_eq!(ended.err, format!("papo: {sentence}\n"));
    assert_eq!((ended.code, ended.out.as_str()), (Some(2), ""));
}

/// `papo serve` on free ports with a data folder of its own, and then these arguments.
fn serve_args<'a>(data: &'a Path, more: &[&'a str]) -> Vec<&'a str> {
    let data = data.to_str().expect("text");
    let mut args = vec!["serve"];
    for [option, value] in [["--port", "0"], ["--web-port", "0"], ["--data", data]] {
        if !more.contains(&option) {
            args.extend([option, value]);
        }
    }
    args.extend(more);
    args
}

#[test]
fn surroundings_that_do_not_allow_it_are_told_in_one_sentence() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = taken.local_addr().expect("an address").port().to_string();
    let at = format!("127.0.0.1:{port}");
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("arquivo");
    std::fs::write(&file, b"").expect("writes");
    let (file, inside) = (file.to_str().expect("text"), file.join("dentro"));
    let inside = inside.to_str().expect("text");
    let in_use = |option: &str| {
        [
            format!("A porta {at} já está em uso por outro programa. Encerre-o ou escolha outra com {option}."),
            format!("The port {at} is in use by another program. End it or choose another port with {option}."),
        ]
    };
    let bad = |host: &str, option: &str| {
        [
            format!("“{host}” não é um endereço desta máquina. Confira {option}."),
            format!("“{host}” is not an address of this machine. Check {option}."),
        ]
    };
    let data = |folder: &str, cause: &str| {
        [
            format!("Não é possível usar a pasta de dados {folder}: {cause}. Escolha outra com --data."),
            format!("Cannot use the data folder {folder}: {cause}. Choose another with --data."),
        ]
    };
    let table: &[(&[&str], [String; 2])] = &[
        (&["--port", &port], in_use("--port")),
        (&["--web-port", &port], in_use("--web-port")),
        (&["--host", "192.0.2.1"], bad("192.0.2.1", "--host")),
        (&["--web-host", "192.0.2.1"], bad("192.0.2.1", "--web-host")),
        (&["--host", "não é um host"], bad("não é um host", "--host")),
        (&["--data", file], data(file, "File exists (os error 17)")),
        (
            &["--tls", "required"],
            [
                "--tls required precisa de um certificado: indique --tls-cert e --tls-key, ou use --tls self-signed,required.",
                "--tls required needs a certificate: give --tls-cert and --tls-key, or --tls self-signed,required.",
            ]
            .map(str::to_owned),
        ),
        (
            &["--tls-cert", file, "--tls-key", inside],
            [
                format!("Não há certificado em PEM em {file}. Indique o arquivo dele, com os da autoridade depois, em --tls-cert."),
                format!("{file} holds no certificate in PEM. Give its file, with those up to its authority, by --tls-cert."),
            ],
        ),
        (&["--data", inside], data(inside, "Not a directory (os error 20)")),
        (
            &["--log-file", inside],
            [
                format!(
                    "não é possível escrever o registro em {inside}: File exists (os error 17). Escolha outro arquivo com --log-file."
                ),
                format!(
                    "cannot write the log to {inside}: File exists (os error 17). Choose another file with --log-file."
                ),
            ],
        ),
    ];
    for (args, sentences) in table {
        for (lang, sentence) in ["pt_BR.UTF-8", "en_US.UTF-8"].into_iter().zip(sentences) {
            assert_refused(&run(lang, &serve_args(&folder.path().join("dados"), args)), sentence);
        }
    }
}

#[test]
fn mistakes_on_the_command_line_are_told_in_one_sentence() {
    let no_command = [
        "falta o comando: serve, store, admin, chat, bridge, bench. Veja papo --help.",
        "the command is missing: serve, store, admin, chat, bridge, bench. See papo --help.",
    ];
    let table: &[(&[&str], [&str; 2])] = &[
        (&[], no_command),
        (
            &["bench"],
            [
                "falta o comando: fanout, floor, durable, durable-floor, history, fill. Veja papo bench --help.",
                "the command is missing: fanout, floor, durable, durable-floor, history, fill. See papo bench --help.",
            ],
        ),
        (
            &["servir"],
            [
                "não conheço o comando “servir”. Veja os comandos com papo --help.",
                "I do not know the command “servir”. See the commands with papo --help.",
            ],
        ),
        (
            &["serve", "--prot", "1"],
            [
                "não conheço “--prot”. Veja as opções com --help.",
                "I do not know “--prot”. See the options with --help.",
            ],
        ),
        (
            &["serve", "12345"],
            ["não conheço “12345”. Veja as opções com --help.", "I do not know “12345”. See the options with --help."],
        ),
        (
            &["serve", "--port"],
            ["falta o valor de --port <PORT>. Veja --help.", "the value of --port <PORT> is missing. See --help."],
        ),
        (
            &["bench", "fanout"],
            ["falta --addr <HOST:PORT>. Veja --help.", "--addr <HOST:PORT> is missing. See --help."],
        ),
        (
            &["serve", "--lan", "--host", "0.0.0.0"],
            [
                "--lan não combina com --host. Use só uma das opções.",
                "--lan does not go with --host. Use only one of them.",
            ],
        ),
        (
            &["serve", "--port", "1", "--port", "2"],
            [
                "--port <PORT> foi dada mais de uma vez. Use-a uma vez só.",
                "--port <PORT> was given more than once. Use it once.",
            ],
        ),
        (&["serve", "--lan=sim"], ["--lan não tem valor. Veja --help.", "--lan takes no value. See --help."]),
    ];
    for (args, sentences) in table {
        for (lang, sentence) in ["pt_BR.UTF-8", "en_US.UTF-8"].into_iter().zip(sentences) {
            assert_refused(&run(lang, args), sentence);
        }
    }
}

#[test]
fn a_value_that_does_not_do_is_named() {
    for (option, shown, value) in [
        ("--port", "--port <PORT>", "65536"),
        ("--port", "--port <PORT>", "-1"),
        ("--port", "--port <PORT>", "doze"),
        ("--web-port", "--web-port <PORT|off>", "nenhuma"),
        ("--lang", "--lang <pt-BR|en>", "fr"),
        ("--store", "--store <sqlite|memory>", "disquete"),
        ("--flood", "--flood <on|off>", "talvez"),
        ("--message-kib", "--message-kib <KIB>", "0"),
        ("--backlog-mib", "--backlog-mib <MIB>", "0"),
        ("--per-address", "--per-address <N>", "0"),
        ("--log-level", "--log-level <error|warn|info|debug|trace>", "tudo"),
        ("--log-format", "--log-format <text|json>", "xml"),
        ("--log-max-mib", "--log-max-mib <MIB>", "0"),
        ("--log-backups", "--log-backups <N>", "-1"),
    ] {
        let flag = format!("{option}={value}");
        assert_refused(
            &run("pt_BR.UTF-8", &["serve", &flag]),
            &format!("“{value}” não serve para {shown}. Veja os valores com --help."),
        );
        let name = format!("PAPO_{}", option.trim_start_matches("--").replace('-', "_").to_uppercase());
        assert_refused(
            &Ended::of(papo().arg("serve").env("LANG", "en_GB.UTF-8").env(name, value)),
            &format!("“{value}” does not do for {shown}. See the values with --help."),
        );
    }
}

#[test]
fn help_names_every_option_in_the_users_language() {
    let commands: &[(&[&str], &[&str])] = &[
        (&[], &["serve", "chat", "bridge", "bench", "-h, --help", "-V, --version"]),
        (
            &["serve"],
            &[
                "--host",
                "--port",
                "--web-host",
                "--web-port",
                "--lan",
                "--origin",
                "--data",
                "--store",
                "--lang",
                "--flood",
                "--message-kib",
                "--backlog-mib",
                "--per-address",
                "--log-level",
                "--log-format",
                "--log-file",
                "--log-max-mib",
                "--log-backups",
                "[PAPO_PORT]",
                "12345",
                "8765",
                "127.0.0.1",
            ],
        ),
        (&["chat"], &["--host", "--port", "--nick", "--room", "--text", "--plain", "--lang", "127.0.0.1", "12345"]),
        (
            &["bridge"],
            &[
                "--ws-host",
                "--ws-port",
                "--chat-host",
                "--chat-port",
                "--ping-interval",
                "--ping-timeout",
                "--lang",
                "0.0.0.0",
                "8765",
                "127.0.0.1",
                "12345",
                "20",
                "[CHAT_HOST]",
                "[CHAT_PORT]",
            ],
        ),
        (&["bench"], &["fanout", "floor"]),
        (
            &["bench", "fanout"],
            &[
                "--addr",
                "--rooms",
                "--members",
                "--senders",
                "--rate",
                "--window",
                "--secs",
                "--pid",
                "--dialect",
                "--json",
            ],
        ),
        (&["bench", "floor"], &["--addr", "--join"]),
    ];
    for (command, named) in commands {
        for (lang, headings, foreign) in [
            (
                "pt_BR.UTF-8",
                ["Uso: papo", "Opções:"],
                &["Usage", "Options", "OPTIONS", "Commands", "COMMAND", "default", "Print", "possible"][..],
            ),
            ("en_US.UTF-8", ["Usage: papo", "Options:"], &["Uso:", "Opções", "OPÇÕES", "Comandos", "padrão", "Mostra"]),
        ] {
            let help = run(lang, &[*command, &["--help"]].concat());
            assert_eq!((help.code, help.err.as_str()), (Some(0), ""), "{command:?}");
            for word in headings.iter().chain(*named) {
                assert!(help.out.contains(word), "{command:?} in {lang} does not name {word}:\n{}", help.out);
            }
            for word in foreign {
                assert!(!help.out.contains(word), "{command:?} in {lang} says {word}:\n{}", help.out);
            }
        }
    }
    let version = run("pt_BR.UTF-8", &["--version"]);
    assert_eq!((version.code, version.out), (Some(0), format!("papo {}\n", env!("CARGO_PKG_VERSION"))));
}

#[test]
fn an_argument_that_is_no_text_is_no_panic() {
    use std::os::unix::ffi::OsStrExt as _;
    let garbage = std::ffi::OsStr::from_bytes(b"\xff\xfe");
    let host = Ended::of(papo().args(["serve", "--host"]).arg(garbage).env("LC_ALL", "pt_BR.UTF-8"));
    assert_refused(&host, "um dos argumentos não é texto em UTF-8.");
    let command = Ended::of(papo().arg(garbage).env("LC_ALL", "en_US.UTF-8"));
    assert_eq!((command.code, command.err.lines().count()), (Some(2), 1), "{}", command.err);
}

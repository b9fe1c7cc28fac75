use std::path::Path;

use clap::ArgMatches;
use papo_proto::Lang;

use super::file::Mistake;
use super::*;

fn parse(text: &str) -> Result<FromFile, (usize, Mistake)> {
    FromFile::parse(text, Path::new("/etc/papo"), false)
}

/// What a file makes of the options of `papo serve`.
fn matches(text: &str, args: &[&str]) -> ArgMatches {
    let from_file = parse(text).unwrap_or_else(|(at, mistake)| panic!("{mistake:?} at {at} of {text}"));
    let command = crate::cli::command_with(Lang::En, &from_file);
    let mut matches = command.try_get_matches_from(["papo", "serve"].iter().chain(args)).expect("taken");
    matches.remove_subcommand().expect("serve").1
}

/// The values of a key as they are typed.
fn raw(matches: &ArgMatches, key: &str) -> Vec<String> {
    matches.get_raw(key).into_iter().flatten().map(|value| value.to_string_lossy().into_owned()).collect()
}

#[test]
fn each_kind_of_value_is_written_as_toml_has_it() {
    for (line, key, values) in [
        ("host = \"::1\"", "host", &["::1"][..]),
        ("port = 4711", "port", &["4711"]),
        ("port = 4_711", "port", &["4711"]),
        ("web-port = 0", "web-port", &["0"]),
        ("web-port = \"off\"", "web-port", &["off"]),
        ("lan = true", "lan", &["true"]),
        ("lan = false", "lan", &["false"]),
        ("origin = \"a.example\"", "origin", &["a.example"]),
        ("origin = [\"a.example\", \"b.example:8443\"]", "origin", &["a.example", "b.example:8443"]),
        ("origin = []", "origin", &[]),
        ("trust-proxy = [\"loopback\", \"10.0.0.0/8\"]", "trust-proxy", &["loopback", "10.0.0.0/8"]),
        ("data = \"/srv/papo\"", "data", &["/srv/papo"]),
        ("log-file = \"papo.log\"", "log-file", &["/etc/papo/papo.log"]),
        ("lang = \"en\"", "lang", &["en"]),
        ("tls = \"self-signed\"", "tls", &["self-signed"]),
        ("tls = [\"self-signed\", \"required\"]", "tls", &["self-signed", "required"]),
        ("tls-cert = \"cert.pem\"", "tls-cert", &["/etc/papo/cert.pem"]),
        ("metrics = \"all\"", "metrics", &["all"]),
        ("flood = \"off\"", "flood", &["off"]),
        ("flood = false", "flood", &["off"]),
        ("flood = true", "flood", &["on"]),
        ("message-kib = 8192", "message-kib", &["8192"]),
        ("log-backups = 0 # none", "log-backups", &["0"]),
    ] {
        assert_eq!(raw(&matches(line, &[]), key), values, "{line}");
    }
}

#[test]
fn what_is_wrong_is_told_with_its_place() {
    let value = |key, value: &str| Mistake::Value { key, value: value.to_owned() };
    for (line, mistake) in [
        ("hosts = \"::1\"", Mistake::Unknown("hosts".into())),
        ("config = \"x\"", Mistake::Unknown("config".into())),
        ("HOST = \"::1\"", Mistake::Unknown("HOST".into())),
        ("[serve]\nport = 1", Mistake::Unknown("serve".into())),
        ("host = 5", value("host", "5")),
        ("port = \"4711\"", value("port", "4711")),
        ("port = 65536", value("port", "65536")),
        ("port = -1", value("port", "-1")),
        ("port = 1.5", value("port", "1.5")),
        ("port = 0x10", value("port", "10")),
        ("web-port = \"none\"", value("web-port", "none")),
        ("lan = \"yes\"", value("lan", "yes")),
        ("origin = [1]", value("origin", "1")),
        ("trust-proxy = \"10.0.0.0/33\"", value("trust-proxy", "10.0.0.0/33")),
        ("trust-proxy = [\"loopback\", \"proxy\"]", value("trust-proxy", "loopback, proxy")),
        ("metrics = true", value("metrics", "true")),
        ("store = \"paper\"", value("store", "paper")),
        ("lang = \"fr\"", value("lang", "fr")),
        ("message-kib = 0", value("message-kib", "0")),
        ("message-kib = 8193", value("message-kib", "8193")),
        ("log-max-mib = 1979-05-27", value("log-max-mib", "1979-05-27")),
        ("lan = true\nweb-host = \"::\"", Mistake::Lan("web-host")),
    ] {
        let (at, found) = parse(&format!("\n\n{line}\n")).expect_err(line);
        assert_eq!(found, mistake, "{line}");
        assert!(at >= 2, "{line}: {at}");
    }
    for text in ["port = ", "port", "port = 1 2", "port = 1\nport = 2", "host = \"a", "= 1"] {
        let (_, found) = parse(text).expect_err(text);
        assert!(matches!(found, Mistake::Syntax(_)), "{text}: {found:?}");
    }
    assert_eq!(FromFile::parse("data = \"x\"", Path::new(""), true), Err((0, Mistake::DataInData)));
    assert!(parse("lan = false\nhost = \"::1\"").is_ok());
    assert_eq!(parse(""), Ok(FromFile::default()));
}

#[test]
fn flags_come_before_the_file_and_the_file_before_the_default() {
    let file = "port = 4711\norigin = [\"a.example\"]\nlog-level = \"info\"";
    let by_flag = matches(file, &["--port", "4712", "--origin", "b.example,c.example"]);
    assert_eq!(raw(&by_flag, "port"), ["4712"]);
    assert_eq!(raw(&by_flag, "origin"), ["b.example", "c.example"], "a list is replaced, not continued");
    assert_eq!((raw(&by_flag, "log-level"), raw(&by_flag, "web-port")), (vec!["info".into()], vec!["8765".into()]));
}

#[test]
fn the_help_shows_what_holds_without_a_file() {
    let from_file = parse("port = 4711").expect("a file");
    let help = |from_file: &FromFile| {
        let mut command = crate::cli::command_with(Lang::En, from_file);
        command.find_subcommand_mut("serve").expect("there").render_help().to_string()
    };
    assert_eq!(help(&from_file), help(&FromFile::default()));
    assert!(help(&from_file).contains("[default: 12345] [PAPO_PORT]"));
    assert!(help(&from_file).contains("[default: warn] [PAPO_LOG_LEVEL] [SIGHUP]"));
}

#[test]
fn every_key_says_what_it_takes_in_both_languages() {
    for lang in Lang::ALL {
        for key in KEYS {
            for text in [key.allowed(lang), key.help(lang)] {
                assert!(!text.is_empty() && !text.contains("serve-") && !text.contains("allowed-"), "{text}");
            }
        }
    }
}

/// Where the page of configuration has the table of keys.
const BEGIN: &str = "<!-- keys: begin -->\n";
const END: &str = "<!-- keys: end -->";

/// The row of a key on the page.
fn row(key: &Key) -> String {
    let cell = |text: &str| text.replace('|', "\\|");
    let default = key.default.map_or(String::new(), |default| format!("`{default}`"));
    let variable = key.variable().map_or(String::new(), |variable| format!("`{variable}`"));
    let (name, allowed) = (key.name, cell(&key.allowed(Lang::En)));
    let help = cell(&key.help(Lang::En));
    let reload = if key.is_reloadable { "yes" } else { "no" };
    format!("| `{name}` | {variable} | {allowed} | {default} | {reload} | {help} |\n")
}

/// `PAPO_BLESS=1` writes the table.
#[test]
fn the_page_has_a_row_for_each_key() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/configuration.md");
    let page = std::fs::read_to_string(&path).expect("the page is there");
    let (before, rest) = page.split_once(BEGIN).expect("the table begins");
    let (_, after) = rest.split_once(END).expect("the table ends");
    let head = "| key | environment | takes | default | SIGHUP | |\n|---|---|---|---|---|---|\n";
    let rows: String = KEYS.iter().map(row).collect();
    let right = format!("{before}{BEGIN}\n{head}{rows}\n{END}{after}");
    if std::env::var_os("PAPO_BLESS").is_some() {
        std::fs::write(&path, right).expect("the page can be written");
        return;
    }
    assert!(page == right, "the page's table is not that of the keys; PAPO_BLESS=1 writes it");
}

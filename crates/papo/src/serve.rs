//! `papo serve`.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::ArgMatches;
use clap::parser::ValueSource;
use papo_proto::Lang;
use papo_proto::limits::{Limits, MEMORY_STORE_MAX_BYTES};
use papo_server::trusted::Network;
use papo_server::{Announcer, Config, MetricsFor, Server, Times, WebPort};
use papo_store::{MemoryStore, SqliteStore, Store};
use tracing_subscriber::filter::LevelFilter;

use crate::logging::{self, Logging};
use crate::signals::Stop;
use crate::texts::{complain, say};
use crate::{EXIT_USAGE, data};

pub(crate) fn run(matches: &ArgMatches, lang: Lang) -> ExitCode {
    if let Some(option) = lan_conflict(matches) {
        complain(&say(lang, "error-conflict", &[("arg", "--lan".into()), ("outro", option.into())]));
        return ExitCode::from(EXIT_USAGE);
    }
    let file = matches.get_one::<PathBuf>("log-file");
    let _log = match logging::start(&logging(matches)) {
        Ok(guard) => guard,
        Err(error) => {
            let file = file.map(|file| file.display().to_string()).unwrap_or_default();
            let args = [("arquivo", file.into()), ("causa", error.to_string().into())];
            complain(&say(lang, "error-log", &args));
            return ExitCode::from(EXIT_USAGE);
        }
    };
    let in_memory = matches.get_one::<String>("store").is_some_and(|store| store == "memory");
    match serve(config(matches, lang), in_memory, lang) {
        Ok(()) => ExitCode::SUCCESS,
        Err(sentence) => {
            complain(&sentence);
            ExitCode::from(EXIT_USAGE)
        }
    }
}

fn serve(config: Config, in_memory: bool, lang: Lang) -> Result<(), String> {
    let system = |error: std::io::Error| say(lang, "error-system", &[("causa", error.to_string().into())]);
    let stop = Stop::listen().map_err(system)?;
    let announcer = Announcer::start(std::io::stdout(), lang).map_err(system)?;
    let store: Arc<dyn Store> = if in_memory {
        Arc::new(MemoryStore::new(MEMORY_STORE_MAX_BYTES))
    } else {
        Arc::new(SqliteStore::open(&config.data).map_err(|error| data::sentence(&error, lang))?)
    };
    let server = Server::start(config, store, announcer).map_err(|error| error.sentence(lang))?;
    server.announce();
    stop.wait();
    server.drain();
    Ok(())
}

/// The option that contradicts `--lan`; what the environment says only gives way to it.
fn lan_conflict(matches: &ArgMatches) -> Option<String> {
    let given = |name: &&str| matches.value_source(name) == Some(ValueSource::CommandLine);
    let option = ["host", "web-host"].into_iter().find(given)?;
    matches.get_flag("lan").then(|| format!("--{option}"))
}

fn config(matches: &ArgMatches, lang: Lang) -> Config {
    let text = |name: &str| matches.get_one::<String>(name).cloned().unwrap_or_default();
    let number = |name: &str| matches.get_one::<u32>(name).copied().unwrap_or_default() as usize;
    let (host, web_host) = if matches.get_flag("lan") {
        ("0.0.0.0".to_owned(), "0.0.0.0".to_owned())
    } else {
        (text("host"), text("web-host"))
    };
    let message_kib = matches.get_one::<u16>("message-kib").copied().unwrap_or(64);
    Config {
        host,
        port: matches.get_one::<u16>("port").copied().unwrap_or_default(),
        web_host,
        web_port: matches.get_one::<WebPort>("web-port").copied().unwrap_or(WebPort::Off),
        origins: matches.get_many::<String>("origin").into_iter().flatten().cloned().collect(),
        data: data::folder(matches),
        lang,
        metrics: match text("metrics").as_str() {
            "all" => MetricsFor::All,
            "off" => MetricsFor::Nobody,
            _ => MetricsFor::Loopback,
        },
        trusted: matches.get_many::<Network>("trust-proxy").into_iter().flatten().copied().collect(),
        limits: Limits {
            message_bytes: usize::from(message_kib) * 1024,
            flood: text("flood") != "off",
            backlog_bytes: number("backlog-mib") * 1024 * 1024,
            connections_per_address: number("per-address"),
        },
        times: Times::default(),
        shards: None,
    }
}

fn logging(matches: &ArgMatches) -> Logging<'_> {
    let text = |name: &str| matches.get_one::<String>(name).map(String::as_str).unwrap_or_default();
    Logging {
        level: text("log-level").parse().unwrap_or(LevelFilter::WARN),
        json: text("log-format") == "json",
        file: matches.get_one::<PathBuf>("log-file").map(PathBuf::as_path),
        max_bytes: matches.get_one::<u32>("log-max-mib").map_or(0, |mib| *mib as usize * 1024 * 1024),
        backups: matches.get_one::<u16>("log-backups").map_or(0, |backups| usize::from(*backups)),
    }
}

//! `papo serve`.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::ArgMatches;
use papo_proto::Lang;
use papo_proto::limits::{Limits, MEMORY_STORE_MAX_BYTES};
use papo_proto::words::Registration;
use papo_server::trusted::Network;
use papo_server::{Announcer, Config, MetricsFor, Policy, Server, Times, WebPort};
use papo_store::{MemoryStore, SqliteStore, Store};
use tracing_subscriber::filter::LevelFilter;

use crate::logging::{self, Logging, SetLevel};
use crate::notify::Notify;
use crate::reload::Reload;
use crate::settings::Settings;
use crate::signals::{Asked, Stop};
use crate::texts::{complain, say};
use crate::{EXIT_USAGE, data, tls};

pub(crate) fn run(args: &[OsString], given: &ArgMatches, lang: Lang) -> ExitCode {
    match prepare(args, given, lang) {
        Ok(()) => ExitCode::SUCCESS,
        Err(sentence) => {
            complain(&sentence);
            ExitCode::from(EXIT_USAGE)
        }
    }
}

/// Everything that can be wrong before there is a server.
fn prepare(args: &[OsString], given: &ArgMatches, lang: Lang) -> Result<(), String> {
    let settings = Settings::load(args, given, lang).map_err(|error| error.sentence(lang))?;
    let lang = settings.lang;
    if let Some(host) = settings.lan_conflict() {
        return Err(say(lang, "error-conflict", &[("arg", "--lan".into()), ("outro", format!("--{host}").into())]));
    }
    let logging = logging(&settings);
    let (_log, level) = logging::start(&logging).map_err(|error| {
        let file = logging.file.map(|file| file.display().to_string()).unwrap_or_default();
        say(lang, "error-log", &[("arquivo", file.into()), ("causa", error.to_string().into())])
    })?;
    serve(&settings, (args, given), level)
}

fn serve(settings: &Settings, (args, given): (&[OsString], &ArgMatches), level: SetLevel) -> Result<(), String> {
    let lang = settings.lang;
    let system = |error: std::io::Error| say(lang, "error-system", &[("causa", error.to_string().into())]);
    let mut stop = Stop::listen_with_reload().map_err(system)?;
    let announcer = Announcer::start(std::io::stdout(), lang).map_err(system)?;
    let config = Config { tls: tls::config(&settings.matches, lang)?, ..config(settings) };
    let store: Arc<dyn Store> = if text(settings, "store") == "memory" {
        Arc::new(MemoryStore::new(MEMORY_STORE_MAX_BYTES))
    } else {
        Arc::new(SqliteStore::open(&config.data).map_err(|error| data::sentence(&error, lang))?)
    };
    let server = Server::start(config, store, announcer.clone()).map_err(|error| error.sentence(lang))?;
    server.announce();
    let notify = Notify::from_env();
    let status = listening(&server);
    notify.ready(&status);
    let mut reload = Reload { args, given, values: settings.values(), level, announcer };
    notify.watch(&server, || {
        while stop.next() == Asked::Reload {
            notify.reloading();
            reload.run(&server);
            notify.ready(&status);
        }
    });
    notify.stopping();
    stop.end_at_the_next();
    drop(reload);
    server.drain();
    Ok(())
}

/// Where it listens, for those who speak any language.
fn listening(server: &Server) -> String {
    let addresses = std::iter::once(server.address()).chain(server.web_address());
    addresses.map(|address| address.to_string()).collect::<Vec<_>>().join(", ")
}

fn text<'a>(settings: &'a Settings, name: &str) -> &'a str {
    settings.matches.get_one::<String>(name).map(String::as_str).unwrap_or_default()
}

fn number(settings: &Settings, name: &str) -> usize {
    settings.matches.get_one::<u32>(name).map_or(0, |number| *number as usize)
}

/// What the server is told.
pub(crate) fn config(settings: &Settings) -> Config {
    let matches = &settings.matches;
    let host = |name| if settings.lan_over(name) { "0.0.0.0" } else { text(settings, name) }.to_owned();
    Config {
        host: host("host"),
        port: matches.get_one::<u16>("port").copied().unwrap_or_default(),
        web_host: host("web-host"),
        web_port: matches.get_one::<WebPort>("web-port").copied().unwrap_or(WebPort::Off),
        origins: matches.get_many::<String>("origin").into_iter().flatten().cloned().collect(),
        data: data::folder(matches),
        lang: settings.lang,
        tls: None,
        metrics: match text(settings, "metrics") {
            "all" => MetricsFor::All,
            "off" => MetricsFor::Nobody,
            _ => MetricsFor::Loopback,
        },
        policy: Policy {
            registration: match text(settings, "registration") {
                "invite" => Registration::Invite,
                "closed" => Registration::Closed,
                _ => Registration::Open,
            },
            guests: text(settings, "guests") != "no",
            greeting: papo_proto::clean::message(text(settings, "welcome")).as_ref().into(),
        },
        trusted: matches.get_many::<Network>("trust-proxy").into_iter().flatten().copied().collect(),
        limits: Limits {
            message_bytes: number(settings, "message-kib") * 1024,
            flood: text(settings, "flood") != "off",
            backlog_bytes: number(settings, "backlog-mib") * 1024 * 1024,
            connections_per_address: number(settings, "per-address"),
        },
        times: Times::default(),
        shards: None,
    }
}

/// How much goes to the log.
pub(crate) fn level(settings: &Settings) -> LevelFilter {
    text(settings, "log-level").parse().unwrap_or(LevelFilter::WARN)
}

fn logging(settings: &Settings) -> Logging<'_> {
    Logging {
        level: level(settings),
        json: text(settings, "log-format") == "json",
        file: settings.matches.get_one::<PathBuf>("log-file").map(PathBuf::as_path),
        max_bytes: number(settings, "log-max-mib") * 1024 * 1024,
        backups: number(settings, "log-backups"),
    }
}

//! `papo bridge`.

use std::process::ExitCode;
use std::time::Duration;

use clap::ArgMatches;
use papo_proto::Lang;
use papo_server::Announcer;
use papo_server::bridge::{Bridge, BridgeError, BridgeOptions};
use papo_server::http::Guard;
use papo_server::trusted::Network;

use crate::EXIT_USAGE;
use crate::signals::Stop;
use crate::texts::complain;

pub(crate) fn run(matches: &ArgMatches, lang: Lang) -> ExitCode {
    match bridge(options(matches, lang), lang) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain(&error.sentence(lang));
            ExitCode::from(EXIT_USAGE)
        }
    }
}

fn bridge(options: BridgeOptions, lang: Lang) -> Result<(), BridgeError> {
    let stop = Stop::listen()?;
    let announcer = Announcer::start(std::io::stdout(), lang)?;
    let bridge = Bridge::bind(options)?;
    announcer.say(bridge.announcement());
    let stopper = bridge.stopper();
    std::thread::spawn(move || {
        stop.wait();
        stopper.stop();
    });
    bridge.run()?;
    announcer.flush();
    Ok(())
}

fn options(matches: &ArgMatches, lang: Lang) -> BridgeOptions {
    let text = |name: &str| matches.get_one::<String>(name).cloned().unwrap_or_default();
    let port = |name: &str| matches.get_one::<u16>(name).copied().unwrap_or_default();
    let time = |name: &str| matches.get_one::<Duration>(name).copied().unwrap_or_default();
    BridgeOptions {
        ws_host: text("ws-host"),
        ws_port: port("ws-port"),
        chat_host: text("chat-host"),
        chat_port: port("chat-port"),
        ping_interval: time("ping-interval"),
        ping_timeout: time("ping-timeout"),
        lang,
        tls: None,
        chat_tls: None,
        guard: Guard {
            origins: matches.get_many::<String>("origin").into_iter().flatten().cloned().collect(),
            ..Guard::default()
        },
        trusted: matches.get_many::<Network>("trust-proxy").into_iter().flatten().copied().collect(),
        send_proxy: matches.get_flag("send-proxy"),
    }
}

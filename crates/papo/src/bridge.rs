//! `papo bridge`.

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::ArgMatches;
use papo_proto::Lang;
use papo_server::bridge::{Bridge, BridgeError, BridgeOptions};
use papo_server::http::Guard;
use papo_server::tls::Tls;
use papo_server::trusted::Network;
use papo_server::{Announcer, TlsConfig, TlsError};
use papo_tls::{ClientTls, Trust, TrustError};

use crate::signals::Stop;
use crate::texts::{complain, say};
use crate::{EXIT_USAGE, data, tls};

pub(crate) fn run(matches: &ArgMatches, lang: Lang) -> ExitCode {
    let options = secure(matches, lang).map(|secure| options(matches, lang, secure));
    let bridged = options.and_then(|options| bridge(options, lang).map_err(|error: BridgeError| error.sentence(lang)));
    match bridged {
        Ok(()) => ExitCode::SUCCESS,
        Err(sentence) => {
            complain(&sentence);
            ExitCode::from(EXIT_USAGE)
        }
    }
}

/// The TLS towards browsers, and that towards the chat server.
type Secure = (Option<Arc<Tls>>, Option<ClientTls>);

fn secure(matches: &ArgMatches, lang: Lang) -> Result<Secure, String> {
    let names = ["localhost", "127.0.0.1", "::1"].map(str::to_owned);
    let start = |config: TlsConfig| {
        let data = data::usual();
        let made = std::fs::create_dir_all(&data).map_err(|cause| TlsError::Keep { file: data.clone(), cause });
        made.and_then(|()| Tls::start(&config, &data, &names)).map_err(|error| error.sentence(lang))
    };
    let tls = tls::config(matches, lang)?.map(start).transpose()?;
    let client = |trust: Trust| {
        ClientTls::for_frames(&trust).map_err(|error| {
            let (TrustError::Unreadable { file, .. } | TrustError::NoCertificate { file }) = &error;
            let args = [("arquivo", file.display().to_string().into()), ("causa", error.to_string().into())];
            say(lang, "error-tls-ca", &args)
        })
    };
    Ok((tls, tls::chat_trust(matches).map(client).transpose()?))
}

fn bridge(options: BridgeOptions, lang: Lang) -> Result<(), BridgeError> {
    let stop = Stop::listen()?;
    let announcer = Announcer::start(std::io::stdout(), lang)?;
    let certificate = options.tls.as_ref().map(|tls| tls.announcement(lang));
    let bridge = Bridge::bind(options)?;
    announcer.say(bridge.announcement());
    if let Some(certificate) = certificate {
        announcer.say(certificate);
    }
    let stopper = bridge.stopper();
    std::thread::spawn(move || {
        stop.wait();
        stopper.stop();
    });
    bridge.run()?;
    announcer.flush();
    Ok(())
}

fn options(matches: &ArgMatches, lang: Lang, (tls, chat_tls): Secure) -> BridgeOptions {
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
        tls,
        chat_tls,
        guard: Guard {
            origins: matches.get_many::<String>("origin").into_iter().flatten().cloned().collect(),
            ..Guard::default()
        },
        trusted: matches.get_many::<Network>("trust-proxy").into_iter().flatten().copied().collect(),
        send_proxy: matches.get_flag("send-proxy"),
    }
}

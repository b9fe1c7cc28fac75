//! `papo chat`.

use std::process::ExitCode;

use clap::ArgMatches;
use papo_proto::Lang;
use papo_tui::ChatOptions;

use crate::tls;

pub(crate) fn run(matches: &ArgMatches, lang: Lang) -> ExitCode {
    let text = |name: &str| matches.get_one::<String>(name).cloned();
    papo_tui::run(ChatOptions {
        host: text("host").unwrap_or_default(),
        port: matches.get_one::<u16>("port").copied().unwrap_or_default(),
        nick: text("nick"),
        login: text("login"),
        keep: matches.get_flag("keep"),
        room: text("room"),
        tls: tls::vouching(matches),
        text: matches.get_flag("text"),
        plain: matches.get_flag("plain"),
        lang,
    })
}

//! The arguments of every command, with their help in the user's language.

mod admin;

use std::path::PathBuf;

use clap::{Arg, ArgAction, Command, value_parser};
use papo_proto::Lang;

use crate::settings::{FromFile, KEYS, lang_name, network, repeated};
use crate::texts::say;
use crate::tls;

/// The whole command line.
pub(crate) fn command(lang: Lang) -> Command {
    command_with(lang, &FromFile::default())
}

/// The whole command line, with what a configuration file says in place of the defaults of `serve`.
pub(crate) fn command_with(lang: Lang, from_file: &FromFile) -> Command {
    let papo = plain("papo", lang).version(env!("CARGO_PKG_VERSION")).subcommand_required(true);
    papo.disable_version_flag(true)
        .arg(flag("version", "help-version", lang).short('V').action(ArgAction::Version))
        .subcommand(serve(lang, from_file))
        .subcommand(store(lang))
        .subcommand(admin::admin(lang))
        .subcommand(chat(lang))
        .subcommand(bridge(lang))
        .subcommand(bench(lang))
}

/// A command without what would be said in English only.
fn plain(name: &'static str, lang: Lang) -> Command {
    let usage = say(lang, "usage", &[]);
    let shape = say(lang, &format!("shape-{name}"), &[]);
    let commands = say(lang, "commands", &[]);
    let template = match name {
        "papo" | "bench" | "store" | "admin" | "user" => format!(
            "{{about}}\n\n{usage} {shape}\n\n{commands}:\n{{subcommands}}\n\n{}:\n{{options}}\n",
            say(lang, "options", &[])
        ),
        _ => format!("{{about}}\n\n{usage} {shape}\n\n{}:\n{{options}}\n", say(lang, "options", &[])),
    };
    Command::new(name)
        .about(say(lang, &format!("about-{name}"), &[]))
        .help_template(template)
        .disable_help_flag(true)
        .disable_help_subcommand(true)
        .arg(flag("help", "help-help", lang).short('h').action(ArgAction::Help))
}

fn flag(name: &'static str, help: &str, lang: Lang) -> Arg {
    Arg::new(name).long(name).help(say(lang, help, &[])).action(ArgAction::SetTrue)
}

/// An option of the server: flag over `PAPO_…` over default, and the help names them.
pub(crate) fn option(command: &str, name: &'static str, default: Option<&'static str>, lang: Lang) -> Arg {
    let arg = Arg::new(name).long(name).hide_default_value(true).hide_possible_values(true);
    let help = say(lang, &format!("{command}-{name}"), &[]);
    match default {
        Some(default) => {
            let help = format!("{help} [{}: {default}]", say(lang, "default", &[]));
            arg.help(help).default_value(default)
        }
        None => arg.help(help),
    }
}

/// An option that the environment may set too.
pub(crate) fn with_env(arg: Arg, name: &'static str) -> Arg {
    let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
    arg.env(name).hide_env(true).help(format!("{help} [{name}]"))
}

fn port(arg: Arg) -> Arg {
    arg.value_name("PORT").value_parser(value_parser!(u16))
}

fn serve(lang: Lang, from_file: &FromFile) -> Command {
    let config = option("serve", "config", None, lang).value_name("FILE").value_parser(value_parser!(PathBuf));
    let keys = KEYS.iter().filter(|key| !key.is_of_tls()).map(|key| key.arg(lang, from_file));
    plain("serve", lang).arg(with_env(config, "PAPO_CONFIG")).args(keys).args(tls::options(lang, from_file))
}

fn store(lang: Lang) -> Command {
    let data = || {
        let data = option("store", "data", None, lang).value_name("DIR").value_parser(value_parser!(PathBuf));
        with_env(data, "PAPO_DATA")
    };
    let language = || option("store", "lang", None, lang).value_name("pt-BR|en").value_parser(lang_name);
    let file = Arg::new("file").value_name("FILE").required(true).value_parser(value_parser!(PathBuf));
    let check = plain("check", lang).args([data(), language()]);
    let backup = plain("backup", lang).args([file.help(say(lang, "backup-file", &[])), data(), language()]);
    plain("store", lang).subcommand_required(true).subcommand(check).subcommand(backup)
}

fn chat(lang: Lang) -> Command {
    let option = |name, default| option("chat", name, default, lang);
    plain("chat", lang).args([
        option("host", Some("127.0.0.1")).value_name("HOST"),
        port(option("port", Some("12345"))),
        option("nick", None).value_name("NAME"),
        option("login", None).value_name("NAME").conflicts_with("nick"),
        flag("keep", "chat-keep", lang),
        option("room", None).value_name("ROOM"),
        flag("tls", "chat-tls", lang),
        option("tls-ca", None).value_name("FILE").value_parser(value_parser!(PathBuf)),
        option("tls-fingerprint", None)
            .value_name("HEX")
            .conflicts_with("tls-ca")
            .value_parser(value_parser!(papo_tui::Fingerprint)),
        flag("text", "chat-text", lang),
        flag("plain", "chat-plain", lang),
        option("lang", None).value_name("pt-BR|en").value_parser(lang_name),
    ])
}

fn bridge(lang: Lang) -> Command {
    let option = |name, default| option("bridge", name, default, lang);
    let seconds = |arg: Arg| arg.value_name("S").value_parser(seconds);
    plain("bridge", lang)
        .args([
            option("ws-host", Some("0.0.0.0")).value_name("HOST"),
            port(option("ws-port", Some("8765"))),
            with_env(option("chat-host", Some("127.0.0.1")).value_name("HOST"), "CHAT_HOST"),
            with_env(port(option("chat-port", Some("12345"))), "CHAT_PORT"),
            flag("chat-tls", "bridge-chat-tls", lang),
            option("chat-tls-ca", None).value_name("FILE").value_parser(value_parser!(PathBuf)),
            option("chat-tls-fingerprint", None)
                .value_name("HEX")
                .conflicts_with("chat-tls-ca")
                .value_parser(value_parser!(papo_tui::Fingerprint)),
            repeated(option("origin", None).value_name("HOST")),
            with_env(
                repeated(option("trust-proxy", None)).value_name("CIDR").value_parser(network),
                "PAPO_TRUST_PROXY",
            ),
            flag("send-proxy", "bridge-send-proxy", lang),
            seconds(option("ping-interval", Some("20"))),
            seconds(option("ping-timeout", Some("20"))),
            option("lang", None).value_name("pt-BR|en").value_parser(lang_name),
        ])
        .args(tls::options(lang, &FromFile::default()))
}

fn bench(lang: Lang) -> Command {
    let bench = plain("bench", lang).subcommand_required(true).subcommand(fanout(lang)).subcommand(floor(lang));
    bench.subcommands([durable(lang), durable_floor(lang), history(lang), fill(lang)])
}

fn durable(lang: Lang) -> Command {
    let option = |name, default| option("durable", name, default, lang);
    let number = |arg: Arg| arg.value_name("N").value_parser(value_parser!(usize));
    plain("durable", lang).args([
        option("addr", None).value_name("HOST:PORT").required(true),
        number(option("senders", Some("64"))),
        number(option("window", Some("1"))),
        number(option("rooms", Some("1"))),
        option("secs", Some("5")).value_name("T").value_parser(seconds),
        option("rate", None).value_name("N").value_parser(rate),
        option("pid", None).value_name("P").value_parser(value_parser!(u32)),
        option("metrics", None).value_name("HOST:PORT"),
        flag("json", "fanout-json", lang),
    ])
}

fn durable_floor(lang: Lang) -> Command {
    let option = |name, default| option("durable-floor", name, default, lang);
    let number = |arg: Arg| arg.value_name("N").value_parser(value_parser!(u64));
    plain("durable-floor", lang).args([
        option("data", None).value_name("DIR").required(true).value_parser(value_parser!(PathBuf)),
        number(option("rooms", Some("1"))),
        number(option("batch", Some("1"))),
        option("secs", Some("5")).value_name("T").value_parser(seconds),
        option("rate", None).value_name("N").value_parser(rate),
        flag("json", "fanout-json", lang),
    ])
}

fn history(lang: Lang) -> Command {
    let option = |name, default| option("history", name, default, lang);
    plain("history", lang).args([
        option("addr", None).value_name("HOST:PORT").required(true),
        option("room", None).value_name("NAME").required(true),
        option("clients", Some("8")).value_name("N").value_parser(value_parser!(usize)),
        option("at", Some("random")).value_name("begin|end|random"),
        option("secs", Some("5")).value_name("T").value_parser(seconds),
        option("pid", None).value_name("P").value_parser(value_parser!(u32)),
        flag("json", "fanout-json", lang),
    ])
}

fn fill(lang: Lang) -> Command {
    let option = |name, default| option("fill", name, default, lang);
    plain("fill", lang).args([
        option("data", None).value_name("DIR").required(true).value_parser(value_parser!(PathBuf)),
        option("room", None).value_name("NAME").required(true),
        option("messages", Some("1000000")).value_name("N").value_parser(value_parser!(u64)),
    ])
}

fn fanout(lang: Lang) -> Command {
    let option = |name, default| option("fanout", name, default, lang);
    let number = |arg: Arg| arg.value_name("N").value_parser(value_parser!(usize));
    plain("fanout", lang).args([
        option("addr", None).value_name("HOST:PORT").required(true),
        number(option("rooms", Some("1"))),
        number(option("members", Some("100"))),
        number(option("senders", Some("1"))),
        option("rate", Some("100")).value_name("N|max"),
        number(option("window", Some("64"))),
        option("secs", Some("5")).value_name("T").value_parser(seconds),
        option("pid", None).value_name("P").value_parser(value_parser!(u32)),
        option("dialect", Some("text")).value_name("text|ws"),
        flag("tls", "fanout-tls", lang),
        flag("json", "fanout-json", lang),
    ])
}

fn floor(lang: Lang) -> Command {
    let addr = option("floor", "addr", Some("127.0.0.1:0"), lang).value_name("HOST:PORT");
    plain("floor", lang).args([addr, flag("join", "floor-join", lang)])
}

fn rate(typed: &str) -> Result<f64, String> {
    typed.parse().ok().filter(|rate| (0.001..=1e8).contains(rate)).ok_or_else(|| "> 0".to_owned())
}

fn seconds(typed: &str) -> Result<std::time::Duration, String> {
    let wrong = || "> 0".to_owned();
    let number: f64 = typed.parse().map_err(|_| wrong())?;
    if number > 0.0 { std::time::Duration::try_from_secs_f64(number).map_err(|_| wrong()) } else { Err(wrong()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_sound_in_every_language() {
        for lang in Lang::ALL {
            command(lang).debug_assert();
        }
    }

    #[test]
    fn help_is_in_the_users_language() {
        let help = |lang| command(lang).find_subcommand_mut("serve").expect("there").render_help().to_string();
        assert!(help(Lang::PtBr).contains("Opções:") && !help(Lang::PtBr).contains("Options"));
        assert!(help(Lang::En).contains("Options:"));
        assert!(help(Lang::PtBr).contains("[padrão: 12345] [PAPO_PORT]"));
    }
}

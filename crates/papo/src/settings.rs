//! What `papo serve` can be told, as one table. A line of [`KEYS`] is an option, a variable of the
//! environment, a key of the configuration file, a row of `docs/configuration.md` and a word of what a
//! reload says; its help is the text `serve-…` (or `tls-…`) in
//! `locales/`.
//!
//! * [`file`] – the configuration file; [`load`] – flags over environment over file over defaults.

mod file;
mod load;
#[cfg(test)]
mod tests;

use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, value_parser};
use papo_proto::Lang;
use papo_server::WebPort;
use papo_server::trusted::Network;

pub(crate) use file::FromFile;
pub(crate) use load::{Change, Settings, Values};

use crate::texts::say;

/// A setting.
#[derive(Debug)]
pub(crate) struct Key {
    /// The option without its dashes.
    pub(crate) name: &'static str,
    /// How its value is shown in the help.
    shape: &'static str,
    kind: Kind,
    default: Option<&'static str>,
    /// SIGHUP brings it into force; anything else needs a restart.
    pub(crate) is_reloadable: bool,
}

/// What a value may be.
#[derive(Debug, PartialEq, Eq)]
enum Kind {
    /// Any text.
    Text,
    /// The path of a file or a folder.
    Path,
    /// Texts; may be repeated.
    Texts,
    /// Addresses and networks; may be repeated.
    Networks,
    /// One of these.
    OneOf(&'static [&'static str]),
    /// Some of these; may be repeated.
    SomeOf(&'static [&'static str]),
    /// A number between these.
    Number(u32, u32),
    Port,
    PortOrOff,
    Lang,
    /// There or not; it has no value and no variable.
    Flag,
}

const RELOAD: bool = true;
const RESTART: bool = false;

/// All of them, in the order of the help.
pub(crate) const KEYS: &[Key] = &[
    key("host", "HOST", Kind::Text, Some("127.0.0.1"), RESTART),
    key("port", "PORT", Kind::Port, Some("12345"), RESTART),
    key("web-host", "HOST", Kind::Text, Some("127.0.0.1"), RESTART),
    key("web-port", "PORT|off", Kind::PortOrOff, Some("8765"), RESTART),
    key("lan", "", Kind::Flag, None, RESTART),
    key("origin", "HOST", Kind::Texts, None, RELOAD),
    key("trust-proxy", "CIDR", Kind::Networks, None, RELOAD),
    key("data", "DIR", Kind::Path, None, RESTART),
    key("store", "sqlite|memory", Kind::OneOf(&["sqlite", "memory"]), Some("sqlite"), RESTART),
    key("lang", "pt-BR|en", Kind::Lang, None, RESTART),
    key("tls", "self-signed|required", Kind::SomeOf(&["self-signed", "required"]), None, RESTART),
    key("tls-cert", "FILE", Kind::Path, None, RESTART),
    key("tls-key", "FILE", Kind::Path, None, RESTART),
    key("registration", "open|invite|closed", Kind::OneOf(&["open", "invite", "closed"]), Some("open"), RELOAD),
    key("guests", "yes|no", Kind::OneOf(&["yes", "no"]), Some("yes"), RELOAD),
    key("welcome", "TEXT", Kind::Text, None, RELOAD),
    key("metrics", "loopback|all|off", Kind::OneOf(&["loopback", "all", "off"]), Some("loopback"), RELOAD),
    key("flood", "on|off", Kind::OneOf(&["on", "off"]), Some("on"), RELOAD),
    key("message-kib", "KIB", Kind::Number(1, 8192), Some("64"), RESTART),
    key("backlog-mib", "MIB", Kind::Number(1, 65536), Some("64"), RESTART),
    key("per-address", "N", Kind::Number(1, u32::MAX), Some("256"), RELOAD),
    key("log-level", "error|warn|info|debug|trace", Kind::OneOf(LEVELS), Some("warn"), RELOAD),
    key("log-format", "text|json", Kind::OneOf(&["text", "json"]), Some("text"), RESTART),
    key("log-file", "FILE", Kind::Path, None, RESTART),
    key("log-max-mib", "MIB", Kind::Number(1, 1 << 20), Some("10"), RESTART),
    key("log-backups", "N", Kind::Number(0, 1000), Some("5"), RESTART),
];

const LEVELS: &[&str] = &["error", "warn", "info", "debug", "trace"];

const fn key(
    name: &'static str,
    shape: &'static str,
    kind: Kind,
    default: Option<&'static str>,
    is_reloadable: bool,
) -> Key {
    Key { name, shape, kind, default, is_reloadable }
}

impl Key {
    /// The variable of the environment that sets it.
    fn variable(&self) -> Option<String> {
        let name = self.name.to_ascii_uppercase().replace('-', "_");
        (self.kind != Kind::Flag).then(|| format!("PAPO_{name}"))
    }

    /// It is one of those that the bridge has, too.
    pub(crate) fn is_of_tls(&self) -> bool {
        self.name.starts_with("tls")
    }

    /// What it does.
    fn help(&self, lang: Lang) -> String {
        let of = if self.is_of_tls() { "tls" } else { "serve" };
        say(lang, &format!("{of}-{}", self.name), &[])
    }

    /// Its option. What a file says takes the place of the default, and is told like it.
    pub(crate) fn arg(&self, lang: Lang, from_file: &FromFile) -> Arg {
        let mut help = self.help(lang);
        let mut mark = |mark: String| help = format!("{help} [{mark}]");
        if let Some(default) = self.default {
            mark(format!("{}: {default}", say(lang, "default", &[])));
        }
        let variable = self.variable();
        variable.clone().into_iter().for_each(&mut mark);
        if self.is_reloadable {
            mark("SIGHUP".to_owned());
        }
        let arg = Arg::new(self.name).long(self.name).help(help);
        let arg = self.kind.parsed(arg);
        if self.kind == Kind::Flag {
            let is_set = from_file.values(self.name).is_some();
            return if is_set { arg.default_value("true") } else { arg };
        }
        let arg = arg.value_name(self.shape).hide_default_value(true).hide_possible_values(true);
        let arg = variable.into_iter().fold(arg, |arg, variable| arg.env(variable).hide_env(true));
        match from_file.values(self.name) {
            Some(values) => arg.default_values(values.to_vec()),
            None => self.default.into_iter().fold(arg, Arg::default_value),
        }
    }

    /// What its value may be, for people.
    fn allowed(&self, lang: Lang) -> String {
        let (id, args) = match &self.kind {
            Kind::Text => ("allowed-text", vec![]),
            Kind::Path => ("allowed-path", vec![]),
            Kind::Texts => ("allowed-texts", vec![]),
            Kind::Networks => ("allowed-networks", vec![]),
            Kind::OneOf(values) => ("allowed-one-of", vec![("valores", values.join(", ").into())]),
            Kind::SomeOf(values) => ("allowed-some-of", vec![("valores", values.join(", ").into())]),
            Kind::Lang => ("allowed-one-of", vec![("valores", "pt-BR, en".into())]),
            Kind::Number(min, max) => {
                ("allowed-number", vec![("de", min.to_string().into()), ("ate", max.to_string().into())])
            }
            Kind::Port => ("allowed-number", vec![("de", "0".into()), ("ate", "65535".into())]),
            Kind::PortOrOff => ("allowed-port-or-off", vec![]),
            Kind::Flag => ("allowed-flag", vec![]),
        };
        say(lang, id, &args)
    }
}

impl Kind {
    fn parsed(&self, arg: Arg) -> Arg {
        match *self {
            Kind::Text => arg,
            Kind::Path => arg.value_parser(value_parser!(PathBuf)),
            Kind::Texts => repeated(arg),
            Kind::Networks => repeated(arg).value_parser(network),
            Kind::OneOf(values) => arg.value_parser(PossibleValuesParser::new(values)),
            Kind::SomeOf(values) => repeated(arg).value_parser(PossibleValuesParser::new(values)),
            Kind::Number(min, max) => arg.value_parser(value_parser!(u32).range(i64::from(min)..=i64::from(max))),
            Kind::Port => arg.value_parser(value_parser!(u16)),
            Kind::PortOrOff => arg.value_parser(port_or_off),
            Kind::Lang => arg.value_parser(lang_name),
            Kind::Flag => arg.action(ArgAction::SetTrue),
        }
    }
}

/// One by one, or with commas between them.
pub(crate) fn repeated(arg: Arg) -> Arg {
    arg.action(ArgAction::Append).value_delimiter(',')
}

/// An address, a network or `loopback`.
pub(crate) fn network(typed: &str) -> Result<Network, String> {
    typed.parse().map_err(|_| "CIDR, loopback".to_owned())
}

pub(crate) fn lang_name(typed: &str) -> Result<Lang, String> {
    Lang::parse(typed).ok_or_else(|| "pt-BR, en".to_owned())
}

fn port_or_off(typed: &str) -> Result<WebPort, String> {
    if typed.eq_ignore_ascii_case("off") {
        return Ok(WebPort::Off);
    }
    typed.parse().map(WebPort::On).map_err(|_| "0-65535, off".to_owned())
}

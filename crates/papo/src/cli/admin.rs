//! The arguments of `papo admin`.

use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use clap::{Arg, Command, value_parser};
use papo_proto::Lang;

use super::{flag, lang_name, option, plain, with_env};
use crate::texts::say;

pub(super) fn admin(lang: Lang) -> Command {
    let plain = |name| plain(name, lang).args(common(lang));
    let name = || positional("name", "NAME", lang);
    let user = super::plain("user", lang).subcommand_required(true).subcommands([
        plain("list"),
        plain("add").arg(name()),
        plain("reset").arg(name()),
        plain("disable").arg(name()),
        plain("enable").arg(name()),
        plain("promote").arg(name()),
        plain("demote").arg(name()),
    ]);
    let how_often =
        option("invite", "uses", Some("1"), lang).value_name("N").value_parser(value_parser!(u32).range(1..));
    let hours =
        option("invite", "hours", Some("168"), lang).value_name("H").value_parser(value_parser!(u32).range(1..=87_600));
    let on_off = positional("on", "on|off", lang).value_parser(PossibleValuesParser::new(["on", "off"]));
    super::plain("admin", lang).subcommand_required(true).subcommands([
        user,
        plain("invite").args([how_often, hours, flag("admin", "invite-admin", lang)]),
        plain("lockdown").arg(on_off),
        plain("say").arg(positional("text", "TEXT", lang)),
    ])
}

fn positional(name: &'static str, shown: &'static str, lang: Lang) -> Arg {
    Arg::new(name).value_name(shown).required(true).hide_possible_values(true).help(say(
        lang,
        &format!("admin-{name}"),
        &[],
    ))
}

fn common(lang: Lang) -> [Arg; 2] {
    let data = option("admin", "data", None, lang).value_name("DIR").value_parser(value_parser!(PathBuf));
    let language = option("admin", "lang", None, lang).value_name("pt-BR|en").value_parser(lang_name);
    [with_env(data, "PAPO_DATA"), language]
}

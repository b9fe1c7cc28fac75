//! The texts of the command line, and the language that they are said in.

use std::ffi::OsString;
use std::io::Write as _;
use std::sync::LazyLock;

use papo_proto::Lang;
use papo_proto::lang::{Args, Catalog};

static TEXTS: LazyLock<Catalog> =
    LazyLock::new(|| Catalog::new(include_str!("../locales/pt-BR/cli.ftl"), include_str!("../locales/en/cli.ftl")));

/// A text of the command line.
pub(crate) fn say(lang: Lang, id: &str, args: Args<'_>) -> String {
    TEXTS.say(lang, id, args)
}

/// Says a sentence on standard error; nobody there to read it is no reason to stop.
pub(crate) fn complain(sentence: &str) {
    let _ = writeln!(std::io::stderr(), "papo: {sentence}");
}

/// The language, before the arguments are read: `--lang`, `PAPO_LANG`, then the locale.
pub(crate) fn lang_of(args: &[OsString]) -> Lang {
    let args: Vec<&str> = args.iter().filter_map(|arg| arg.to_str()).collect();
    let given = args.iter().enumerate().find_map(|(at, arg)| match arg.strip_prefix("--lang") {
        Some("") => args.get(at + 1).copied(),
        Some(rest) => rest.strip_prefix('='),
        None => None,
    });
    if let Some(lang) = given.and_then(Lang::parse) {
        return lang;
    }
    if let Some(lang) = std::env::var("PAPO_LANG").ok().as_deref().and_then(Lang::parse) {
        return lang;
    }
    let set = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
    let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().find_map(set);
    Lang::from_locale(&locale.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use papo_proto::lang::outline;

    #[test]
    fn both_languages_have_the_same_texts_with_the_same_arguments() {
        assert_eq!(outline(include_str!("../locales/pt-BR/cli.ftl")), outline(include_str!("../locales/en/cli.ftl")));
    }

    #[test]
    fn the_flag_comes_before_the_surroundings() {
        let lang = |args: &[&str]| lang_of(&args.iter().map(OsString::from).collect::<Vec<_>>());
        assert_eq!(lang(&["papo", "serve", "--lang", "en"]), Lang::En);
        assert_eq!(lang(&["papo", "serve", "--lang=pt-BR"]), Lang::PtBr);
    }
}

//! The languages that Papo speaks, and catalogs of its texts in them.

use std::borrow::Cow;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

/// A language of the users' texts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Lang {
    /// Brazilian Portuguese, the default.
    #[default]
    PtBr,
    /// English.
    En,
}

impl Lang {
    /// Every language, in the order of their index.
    pub const ALL: [Lang; 2] = [Lang::PtBr, Lang::En];

    /// The language of a locale such as `en_US.UTF-8`: Portuguese unless it is English.
    pub fn from_locale(locale: &str) -> Lang {
        if locale.get(..2).is_some_and(|two| two.eq_ignore_ascii_case("en")) { Lang::En } else { Lang::PtBr }
    }

    /// The language that a person names: `pt`, `pt-BR`, `en`, `en-US` …; `None` for any other.
    pub fn parse(name: &str) -> Option<Lang> {
        let language = name.split(['-', '_']).next()?;
        if language.eq_ignore_ascii_case("pt") {
            Some(Lang::PtBr)
        } else if language.eq_ignore_ascii_case("en") {
            Some(Lang::En)
        } else {
            None
        }
    }

    /// The language's tag (BCP 47).
    pub fn tag(self) -> &'static str {
        match self {
            Lang::PtBr => "pt-BR",
            Lang::En => "en",
        }
    }
}

/// The arguments of a text: name and value.
pub type Args<'a> = &'a [(&'static str, FluentValue<'a>)];

/// One crate's texts in every language, read from Fluent sources that are compiled in.
pub struct Catalog {
    bundles: [FluentBundle<FluentResource>; Lang::ALL.len()],
}

impl Catalog {
    /// Reads the sources, Portuguese and English.
    ///
    /// # Panics
    /// When a source is malformed: it is part of the program, and each crate's tests read it.
    pub fn new(pt_br: &str, en: &str) -> Self {
        Self { bundles: [bundle(Lang::PtBr, pt_br), bundle(Lang::En, en)] }
    }

    /// The text `id` in `lang`. An unknown id gives the id itself, so that nothing is ever silent.
    pub fn say(&self, lang: Lang, id: &str, args: Args<'_>) -> String {
        let bundle = &self.bundles[lang as usize];
        let Some(pattern) = bundle.get_message(id).and_then(|message| message.value()) else {
            debug_assert!(false, "no text {id:?} in {lang:?}");
            return id.to_owned();
        };
        let args: FluentArgs<'_> = args.iter().map(|(name, value)| (*name, value.clone())).collect();
        let mut problems = Vec::new();
        let text: Cow<'_, str> = bundle.format_pattern(pattern, Some(&args), &mut problems);
        debug_assert!(problems.is_empty(), "text {id:?} in {lang:?}: {problems:?}");
        text.into_owned()
    }
}

fn bundle(lang: Lang, source: &str) -> FluentBundle<FluentResource> {
    let id: LanguageIdentifier = lang.tag().parse().expect("invariant: our tags are valid");
    let resource = FluentResource::try_new(source.to_owned())
        .unwrap_or_else(|(_, errors)| panic!("invariant: the texts in {lang:?} are valid Fluent: {errors:?}"));
    let mut bundle = FluentBundle::new_concurrent(vec![id]);
    // Marks around each argument would be bytes on the wire that the original programs never saw.
    bundle.set_use_isolating(false);
    bundle.add_resource(resource).unwrap_or_else(|errors| panic!("invariant: each text is there once: {errors:?}"));
    bundle
}

/// The ids of a Fluent source with the arguments that each uses, for tests that compare languages.
pub fn outline(source: &str) -> Vec<(String, Vec<String>)> {
    let mut ids: Vec<(String, Vec<String>)> = Vec::new();
    for line in source.lines().filter(|line| !line.starts_with('#')) {
        if let Some((id, _)) = line.split_once('=').filter(|(id, _)| !id.starts_with(' ') && !id.is_empty()) {
            ids.push((id.trim().to_owned(), Vec::new()));
        }
        let Some((_, args)) = ids.last_mut() else { continue };
        for after in line.split('$').skip(1) {
            let name: String = after.chars().take_while(|c| c.is_alphanumeric() || *c == '-').collect();
            if !args.contains(&name) {
                args.push(name);
                args.sort();
            }
        }
    }
    ids.sort();
    ids
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_locale_is_portuguese_unless_english() {
        for (locale, lang) in [
            ("pt_BR.UTF-8", Lang::PtBr),
            ("en_US.UTF-8", Lang::En),
            ("EN", Lang::En),
            ("C.UTF-8", Lang::PtBr),
            ("", Lang::PtBr),
            ("de_DE", Lang::PtBr),
        ] {
            assert_eq!(Lang::from_locale(locale), lang, "{locale}");
        }
    }

    #[test]
    fn a_text_takes_its_arguments_without_marks_around_them() {
        let catalog = Catalog::new("oi = Oi, { $nome }!", "oi = Hi, { $nome }!");
        assert_eq!(catalog.say(Lang::PtBr, "oi", &[("nome", "Ana".into())]), "Oi, Ana!");
        assert_eq!(catalog.say(Lang::En, "oi", &[("nome", "Ana".into())]), "Hi, Ana!");
    }
}

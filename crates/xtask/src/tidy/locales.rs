//! Whatever is said in one language is said in the other: files in pairs, and the same names in both.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::Source;

const LANGS: [&str; 2] = ["pt-BR", "en"];

/// What is missing in one of the languages.
pub(super) fn check(sources: &[Source]) -> Vec<String> {
    let mut pairs: BTreeMap<String, BTreeMap<&str, BTreeSet<String>>> = BTreeMap::new();
    for source in sources {
        for lang in LANGS {
            if let Some(pair) = pair_of(&source.path, lang) {
                pairs.entry(pair).or_default().insert(lang, names(source));
            }
        }
    }
    pairs.iter().flat_map(|(pair, texts)| compare(pair, texts)).collect()
}

/// What the files of a pair have in common: `crates/x/locales/*/text.ftl`, `web/messages/*.json`.
fn pair_of(path: &str, lang: &str) -> Option<String> {
    if let Some((before, after)) = path.split_once(&format!("/locales/{lang}/")) {
        return Some(format!("{before}/locales/*/{after}"));
    }
    (path == format!("web/messages/{lang}.json")).then(|| "web/messages/*.json".to_owned())
}

fn compare(pair: &str, texts: &BTreeMap<&str, BTreeSet<String>>) -> Vec<String> {
    let all: BTreeSet<&String> = texts.values().flatten().collect();
    let mut problems = Vec::new();
    for lang in LANGS {
        match texts.get(lang) {
            None => problems.push(format!("{pair}: there is no file for {lang}")),
            Some(names) => problems.extend(
                all.iter()
                    .filter(|name| !names.contains(**name))
                    .map(|name| format!("{pair}: {name} is missing in {lang}")),
            ),
        }
    }
    problems
}

/// The names of all that a file says. Fluent: a word at the start of a line with `=` behind it; JSON: the keys.
fn names(source: &Source) -> BTreeSet<String> {
    if source.path.starts_with("web/") {
        let keys = |value: Value| value.as_object().map(|object| object.keys().cloned().collect());
        return serde_json::from_str(&source.text).ok().and_then(keys).unwrap_or_default();
    }
    let message = |line: &str| {
        let (name, _) = line.split_once('=')?;
        let name = name.trim_end();
        let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '-')
            && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
        is_name.then(|| name.to_owned())
    };
    source.text.lines().filter_map(message).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(files: &[(&str, &str)]) -> Vec<String> {
        let source = |&(path, text): &(&str, &str)| Source { path: path.to_owned(), text: text.to_owned() };
        check(&files.iter().map(source).collect::<Vec<_>>())
    }

    #[test]
    fn a_pair_that_says_the_same_is_fine() {
        let files = [
            ("crates/a/locales/pt-BR/x.ftl", "# nota\noi = Oi = { $nome }\nfim =\n    Fim\n"),
            ("crates/a/locales/en/x.ftl", "fim = End\noi = Hi\n"),
            ("web/messages/pt-BR.json", r#"{"a": "x"}"#),
            ("web/messages/en.json", r#"{"a": "y"}"#),
        ];
        assert_eq!(problems(&files), [""; 0]);
    }

    #[test]
    fn a_missing_file_or_name_is_a_problem() {
        let missing_file = [("crates/a/locales/en/x.ftl", "hi = Hi\n")];
        assert_eq!(problems(&missing_file).len(), 1);
        let missing_names = [
            ("crates/a/locales/pt-BR/x.ftl", "oi = Oi\n"),
            ("crates/a/locales/en/x.ftl", "hi = Hi\n"),
            ("web/messages/pt-BR.json", r#"{"a": "x", "b": "y"}"#),
            ("web/messages/en.json", r#"{"a": "y"}"#),
        ];
        let expected = [
            "crates/a/locales/*/x.ftl: hi is missing in pt-BR",
            "crates/a/locales/*/x.ftl: oi is missing in en",
            "web/messages/*.json: b is missing in en",
        ];
        assert_eq!(problems(&missing_names), expected);
    }
}

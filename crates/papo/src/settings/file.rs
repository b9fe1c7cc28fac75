//! The configuration file: TOML, with a key for each option of `papo serve`. Whatever is wrong in it is
//! told with its line, and nothing of it is used.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

use clap::Command;
use papo_proto::Lang;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{KEYS, Key, Kind};
use crate::texts::say;

/// What a file says, as it would be typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct FromFile(BTreeMap<&'static str, Vec<OsString>>);

/// Why a file cannot be used.
#[derive(Debug)]
pub(crate) struct BadFile {
    pub(super) file: PathBuf,
    pub(super) why: Why,
}

#[derive(Debug)]
pub(super) enum Why {
    Unreadable(io::Error),
    Mistake { line: usize, mistake: Mistake },
}

/// What is wrong in a line.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Mistake {
    /// It is not TOML.
    Syntax(String),
    /// There is no such key.
    Unknown(String),
    /// The key takes another kind of value, or other values.
    Value { key: &'static str, value: String },
    /// The key contradicts `lan`.
    Lan(&'static str),
    /// The file lies in the data folder and names another one.
    DataInData,
}

impl FromFile {
    /// Reads a file. `in_data`: it is the data folder's own.
    pub(super) fn read(file: &Path, in_data: bool) -> Result<Self, BadFile> {
        let bad = |why| BadFile { file: file.to_owned(), why };
        let text = std::fs::read_to_string(file).map_err(|error| bad(Why::Unreadable(error)))?;
        let folder = file.parent().unwrap_or(Path::new(""));
        Self::parse(&text, folder, in_data).map_err(|(at, mistake)| {
            let line = text[..at.min(text.len())].matches('\n').count() + 1;
            bad(Why::Mistake { line, mistake })
        })
    }

    /// What the text says, paths from `folder` on; or where in it which mistake is.
    pub(super) fn parse(text: &str, folder: &Path, in_data: bool) -> Result<Self, (usize, Mistake)> {
        let table = DeTable::parse(text).map_err(|error| {
            let at = error.span().map_or(0, |span| span.start);
            (at, Mistake::Syntax(error.message().to_owned()))
        })?;
        let mut values = BTreeMap::new();
        let mut places = BTreeMap::new();
        for (name, value) in table.get_ref() {
            let at = name.span().start;
            let known = KEYS.iter().find(|key| key.name == name.get_ref().as_ref());
            let key = known.ok_or_else(|| (at, Mistake::Unknown(name.get_ref().to_string())))?;
            if key.name == "data" && in_data {
                return Err((at, Mistake::DataInData));
            }
            if let Some(said) = read(key, value, folder)? {
                values.insert(key.name, said);
                places.insert(key.name, at);
            }
        }
        let hosts = ["host", "web-host"].into_iter().filter_map(|host| Some((*places.get(host)?, host)));
        match hosts.min().filter(|_| values.contains_key("lan")) {
            Some((at, host)) => Err((at, Mistake::Lan(host))),
            None => Ok(Self(values)),
        }
    }

    /// What it says of a key.
    pub(super) fn values(&self, key: &str) -> Option<&[OsString]> {
        self.0.get(key).map(Vec::as_slice)
    }

    /// The language that it names.
    pub(super) fn lang(&self) -> Option<Lang> {
        Lang::parse(self.values("lang")?.first()?.to_str()?)
    }
}

/// A value as it would be typed; `None` where it says that there is to be none.
fn read(
    key: &'static Key,
    value: &Spanned<DeValue<'_>>,
    folder: &Path,
) -> Result<Option<Vec<OsString>>, (usize, Mistake)> {
    let wrong = |value: &Spanned<DeValue<'_>>| {
        (value.span().start, Mistake::Value { key: key.name, value: shown(value.get_ref()) })
    };
    let texts = match (&key.kind, value.get_ref()) {
        (Kind::Flag, DeValue::Boolean(is_set)) => return Ok(is_set.then(|| vec!["true".into()])),
        (Kind::Texts | Kind::Networks | Kind::SomeOf(_), DeValue::Array(list)) => {
            let text = |entry: &Spanned<DeValue<'_>>| match entry.get_ref() {
                DeValue::String(text) => Ok(text.to_string()),
                _ => Err(wrong(entry)),
            };
            list.iter().map(text).collect::<Result<_, _>>()?
        }
        (Kind::OneOf(values), DeValue::Boolean(is_on)) => {
            let words = if *is_on { ["on", "yes"] } else { ["off", "no"] };
            let word = words.into_iter().find(|word| values.contains(word));
            vec![word.ok_or_else(|| wrong(value))?.to_owned()]
        }
        (Kind::Port | Kind::PortOrOff | Kind::Number(..), DeValue::Integer(number)) if number.radix() == 10 => {
            vec![number.as_str().to_owned()]
        }
        (Kind::Port | Kind::Number(..) | Kind::Flag, _) => return Err(wrong(value)),
        (_, DeValue::String(text)) => vec![text.to_string()],
        _ => return Err(wrong(value)),
    };
    if !texts.iter().all(|text| is_taken(key, text)) {
        return Err(wrong(value));
    }
    let typed = |text: String| if key.kind == Kind::Path { folder.join(text).into() } else { text.into() };
    Ok((!texts.is_empty()).then(|| texts.into_iter().map(typed).collect()))
}

/// Whether the option takes this value.
fn is_taken(key: &'static Key, text: &str) -> bool {
    let command = Command::new("papo").no_binary_name(true).arg(key.arg(Lang::En, &FromFile::default()));
    command.try_get_matches_from([format!("--{}={text}", key.name)]).is_ok()
}

fn shown(value: &DeValue<'_>) -> String {
    match value {
        DeValue::String(text) => text.to_string(),
        DeValue::Integer(number) => number.as_str().to_owned(),
        DeValue::Float(number) => number.as_str().to_owned(),
        DeValue::Boolean(is_set) => is_set.to_string(),
        DeValue::Datetime(time) => time.to_string(),
        DeValue::Array(list) => list.iter().map(|entry| shown(entry.get_ref())).collect::<Vec<_>>().join(", "),
        DeValue::Table(_) => "[…]".to_owned(),
    }
}

impl BadFile {
    /// What is wrong and what is allowed, as one sentence.
    pub(crate) fn sentence(&self, lang: Lang) -> String {
        let file = ("arquivo", self.file.display().to_string().into());
        let (line, mistake) = match &self.why {
            Why::Unreadable(error) => {
                return say(lang, "config-unreadable", &[file, ("causa", error.to_string().into())]);
            }
            Why::Mistake { line, mistake } => (("linha", line.to_string().into()), mistake),
        };
        match mistake {
            Mistake::Syntax(cause) => say(lang, "config-syntax", &[file, line, ("causa", cause.as_str().into())]),
            Mistake::Unknown(name) => {
                let keys = KEYS.iter().map(|key| key.name).collect::<Vec<_>>().join(", ");
                say(lang, "config-unknown", &[file, line, ("chave", name.as_str().into()), ("chaves", keys.into())])
            }
            Mistake::Value { key, value } => {
                let allowed = KEYS.iter().find(|known| known.name == *key).map(|key| key.allowed(lang));
                let allowed = ("permitido", allowed.unwrap_or_default().into());
                say(
                    lang,
                    "config-value",
                    &[file, line, ("chave", (*key).into()), ("valor", value.as_str().into()), allowed],
                )
            }
            Mistake::Lan(host) => say(lang, "config-lan", &[file, line, ("chave", (*host).into())]),
            Mistake::DataInData => say(lang, "config-data", &[file, line]),
        }
    }
}

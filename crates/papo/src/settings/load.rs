//! The settings that hold: flags over the environment over the file over the defaults, at the start and at
//! each reload.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::PathBuf;

use clap::ArgMatches;
use clap::parser::ValueSource;
use papo_proto::Lang;

use super::file::{BadFile, FromFile};
use super::{KEYS, Key};
use crate::{cli, data};

/// The name of the file that is read from the data folder when no other is named.
const USUAL: &str = "papo.toml";

/// What `papo serve` was told, all together.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) matches: ArgMatches,
    pub(crate) lang: Lang,
    from_file: FromFile,
}

/// What is different after a reload.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Change {
    /// Keys whose new value holds now.
    pub(crate) now: Vec<&'static str>,
    /// Keys whose new value needs a restart.
    pub(crate) restart: Vec<&'static str>,
}

impl Settings {
    /// Reads the file that `given` (of `args`) or the data folder names.
    ///
    /// # Errors
    /// The file cannot be used.
    pub(crate) fn load(args: &[OsString], given: &ArgMatches, lang: Lang) -> Result<Self, BadFile> {
        let named = given.get_one::<PathBuf>("config");
        let usual = data::folder(given).join(USUAL);
        let from_file = match named {
            Some(file) => FromFile::read(file, false)?,
            // A folder that cannot be looked into has no file for us; why, is told when it is used.
            None if usual.exists() => FromFile::read(&usual, true)?,
            None => FromFile::default(),
        };
        // The language was guessed from flag, variable and locale; the file comes before the locale.
        let lang = match given.value_source("lang") {
            Some(_) => lang,
            None => from_file.lang().unwrap_or(lang),
        };
        let matches = cli::command_with(lang, &from_file).try_get_matches_from(args);
        let matches = matches.ok().and_then(|mut matches| matches.remove_subcommand()).map(|(_, matches)| matches);
        let matches = matches.expect("invariant: these arguments were taken before, and each value of the file");
        Ok(Self { matches, lang, from_file })
    }

    /// Whether `lan` holds for the host of this option: whatever is said closer to the command line counts.
    pub(crate) fn lan_over(&self, host: &str) -> bool {
        self.matches.get_flag("lan") && self.closeness("lan") > self.closeness(host)
    }

    /// The option that contradicts `--lan` on the command line.
    pub(crate) fn lan_conflict(&self) -> Option<&'static str> {
        let typed = |name: &str| self.matches.value_source(name) == Some(ValueSource::CommandLine);
        ["host", "web-host"].into_iter().find(|host| typed("lan") && typed(host))
    }

    /// How close to the command line it was said.
    fn closeness(&self, key: &str) -> u8 {
        match self.matches.value_source(key) {
            Some(ValueSource::CommandLine) => 3,
            Some(ValueSource::EnvVariable) => 2,
            _ => u8::from(self.from_file.values(key).is_some()),
        }
    }

    /// What all keys say.
    pub(crate) fn values(&self) -> Values {
        let values = |key: &Key| self.matches.get_raw(key.name).into_iter().flatten().map(OsString::from).collect();
        Values(KEYS.iter().map(|key| (key.name, values(key))).collect())
    }
}

/// What each key says, to tell what has changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Values(BTreeMap<&'static str, Vec<OsString>>);

impl Values {
    /// Takes over what can be changed while a server runs, and tells what is different.
    pub(crate) fn take_over(&mut self, newer: &Values) -> Change {
        let mut change = Change::default();
        for key in KEYS {
            if self.0.get(key.name) == newer.0.get(key.name) {
                continue;
            }
            if key.is_reloadable {
                self.0.insert(key.name, newer.0.get(key.name).cloned().unwrap_or_default());
                change.now.push(key.name);
            } else {
                // It is told again at each reload until then.
                change.restart.push(key.name);
            }
        }
        change
    }
}

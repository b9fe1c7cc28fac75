//! The data folder: where it is, and what can be wrong with it.

use std::path::PathBuf;

use clap::ArgMatches;
use papo_proto::Lang;
use papo_store::sqlite::OpenError;

use crate::texts::say;

/// The folder that was given, else the one that is usual.
pub(crate) fn folder(matches: &ArgMatches) -> PathBuf {
    matches.get_one::<PathBuf>("data").cloned().unwrap_or_else(usual)
}

/// `$STATE_DIRECTORY` of a service, else the data folder of the XDG base directories.
pub(crate) fn usual() -> PathBuf {
    let set = |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    // systemd gives several folders with colons between them when it is told to.
    if let Some(state) = set("STATE_DIRECTORY") {
        let first = state.to_string_lossy().split(':').next().map(PathBuf::from);
        return first.unwrap_or(state);
    }
    let home = || set("HOME").map(|home| home.join(".local/share"));
    set("XDG_DATA_HOME").or_else(home).unwrap_or_else(|| PathBuf::from(".")).join("papo")
}

/// What is wrong with a data folder, and what to do about it.
pub(crate) fn sentence(error: &OpenError, lang: Lang) -> String {
    let shown = |path: &PathBuf| path.display().to_string();
    match error {
        OpenError::InUse { folder, pid: Some(pid) } => {
            let args = [("pasta", shown(folder).into()), ("processo", pid.to_string().into())];
            say(lang, "data-in-use-by", &args)
        }
        OpenError::InUse { folder, pid: None } => say(lang, "data-in-use", &[("pasta", shown(folder).into())]),
        OpenError::Newer { found, known } => {
            let args = [("achado", found.to_string().into()), ("conhecido", known.to_string().into())];
            say(lang, "data-newer", &args)
        }
        OpenError::Damaged { file, what } => {
            say(lang, "data-damaged", &[("arquivo", shown(file).into()), ("causa", what.as_str().into())])
        }
        OpenError::ForeignWal { wal } => say(lang, "data-foreign-wal", &[("arquivo", shown(wal).into())]),
        OpenError::Missing { folder } => say(lang, "data-missing", &[("pasta", shown(folder).into())]),
        OpenError::NotWritable { path, what } => {
            say(lang, "data-not-writable", &[("arquivo", shown(path).into()), ("causa", what.as_str().into())])
        }
        OpenError::Full { folder } => say(lang, "data-full", &[("pasta", shown(folder).into())]),
        OpenError::Io { path, what } => {
            say(lang, "data-io", &[("arquivo", shown(path).into()), ("causa", what.as_str().into())])
        }
    }
}

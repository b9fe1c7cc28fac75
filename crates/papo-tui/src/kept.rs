//! Logins that outlive the program: one for each server, in a file that only its owner can read.
//!
//! A line for each: the server, the account's name and the login's token, with spaces between. None of them has a
//! space in it.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

const HEAD: &str = "# papo chat --keep: server, account, token. Whoever has a token is that account.\n";

/// A login that is kept.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Kept {
    /// The account's name.
    pub(crate) name: String,
    /// By which a client is that account; a secret.
    pub(crate) token: Arc<str>,
}

/// The logins that are kept for a server.
#[derive(Clone, Debug)]
pub(crate) struct Keeper {
    /// None where no place for such files is known.
    file: Option<PathBuf>,
    server: String,
    /// Logins that are made from now on are kept.
    keeps: bool,
}

impl Keeper {
    /// For this server, in the user's folder for what programs remember.
    pub(crate) fn of(server: &str, keeps: bool) -> Self {
        let set = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
        let state = set("XDG_STATE_HOME").or_else(|| set("HOME").map(|home| home.join(".local/state")));
        Self { file: state.map(|state| state.join("papo/logins")), server: server.to_owned(), keeps }
    }

    #[cfg(test)]
    pub(crate) fn at(file: &Path, server: &str, keeps: bool) -> Self {
        Self { file: Some(file.to_owned()), server: server.to_owned(), keeps }
    }

    /// Nothing is kept, and nothing is there.
    #[cfg(test)]
    pub(crate) fn nowhere() -> Self {
        Self { file: None, server: String::new(), keeps: false }
    }

    /// The login for the server, if there is one.
    pub(crate) fn get(&self) -> Option<Kept> {
        let text = fs::read_to_string(self.file.as_ref()?).ok()?;
        text.lines().find_map(|line| self.read(line))
    }

    /// A login was made: it is kept if that was asked for.
    ///
    /// # Errors
    /// It is not kept.
    pub(crate) fn made(&self, name: &str, token: &str) -> io::Result<()> {
        if !self.keeps || name.contains(char::is_whitespace) || token.contains(char::is_whitespace) {
            return Ok(());
        }
        let file = self.file.as_ref().ok_or(io::ErrorKind::NotFound)?;
        self.write(file, Some(&format!("{} {name} {token}\n", self.server)))
    }

    /// The login for the server is over. True when one was kept.
    ///
    /// # Errors
    /// It is still in the file, and good for nothing.
    pub(crate) fn over(&self) -> io::Result<bool> {
        match &self.file {
            Some(file) if self.get().is_some() => self.write(file, None).map(|()| true),
            _ => Ok(false),
        }
    }

    fn read(&self, line: &str) -> Option<Kept> {
        let mut words = line.split(' ');
        match (words.next()?, words.next()?, words.next()?, words.next()) {
            (server, name, token, None) if server == self.server => {
                Some(Kept { name: name.to_owned(), token: token.into() })
            }
            _ => None,
        }
    }

    /// The file anew, with this line for the server: whole or not at all, and never readable by others.
    fn write(&self, file: &Path, line: Option<&str>) -> io::Result<()> {
        let folder = file.parent().ok_or(io::ErrorKind::NotFound)?;
        DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
        let before = match fs::read_to_string(file) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => HEAD.to_owned(),
            Err(error) => return Err(error),
        };
        let mut text: String =
            before.lines().filter(|line| self.read(line).is_none()).flat_map(|line| [line, "\n"]).collect();
        text.push_str(line.unwrap_or_default());
        let fresh = file.with_extension(format!("new-{}", std::process::id()));
        let written = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&fresh).and_then(|mut out| {
            out.write_all(text.as_bytes())?;
            out.sync_all()?;
            fs::rename(&fresh, file)
        });
        if written.is_err() {
            let _ = fs::remove_file(&fresh);
        }
        written
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn a_login_is_kept_for_its_server_until_it_is_over_and_only_its_owner_can_read_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("state/papo/logins");
        let casa = Keeper::at(&file, "casa:12345", true);
        let rua = Keeper::at(&file, "rua:12345", true);
        assert!(casa.get().is_none() && !casa.over().expect("nothing to do") && !file.exists());
        casa.made("Ana", "UM").expect("written");
        rua.made("Eva", "DOIS").expect("written");
        casa.made("Ana", "TRES").expect("written");
        let kept = |keeper: &Keeper| keeper.get().map(|kept| (kept.name, kept.token.to_string()));
        assert_eq!(kept(&casa), Some(("Ana".to_owned(), "TRES".to_owned())));
        assert_eq!(
            fs::read_to_string(&file).expect("text"),
            format!("{HEAD}rua:12345 Eva DOIS\ncasa:12345 Ana TRES\n")
        );
        let mode = |path: &Path| fs::metadata(path).expect("there").permissions().mode() & 0o777;
        assert_eq!((mode(&file), mode(file.parent().expect("one"))), (0o600, 0o700));
        assert!(casa.over().expect("written"));
        assert_eq!((kept(&casa), kept(&rua)), (None, Some(("Eva".to_owned(), "DOIS".to_owned()))));
        assert_eq!(fs::read_dir(file.parent().expect("one")).expect("a folder").count(), 1, "nothing is left over");
    }

    #[test]
    fn without_being_asked_for_nothing_is_kept() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("logins");
        Keeper::at(&file, "casa:12345", false).made("Ana", "UM").expect("nothing to do");
        assert!(!file.exists());
    }
}

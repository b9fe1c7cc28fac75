//! The servers that were met by TLS, with their certificates' fingerprints: a file with a line for each.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use papo_client::Fingerprint;

const NAME: &str = "known_hosts";
/// The first line of a new file.
const HEAD: &str = "# Servers that papo chat --tls has met. Remove a server's line to meet it anew.\n";

/// The file.
#[derive(Debug)]
pub(crate) struct Met {
    file: PathBuf,
}

impl Met {
    /// The file in `$XDG_STATE_HOME`, or where that usually is.
    pub(crate) fn usual() -> Self {
        let set = |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        let home = || set("HOME").map(|home| home.join(".local/state"));
        let folder = set("XDG_STATE_HOME").or_else(home).unwrap_or_else(|| PathBuf::from("."));
        Self { file: folder.join("papo").join(NAME) }
    }

    /// Where it is, for people.
    pub(crate) fn shown(&self) -> String {
        self.file.display().to_string()
    }

    /// What is known of a server. A file that is not there knows nobody.
    ///
    /// # Errors
    /// The file cannot be read, or says something of this server that is no fingerprint: then nobody
    /// knows whether it is known.
    pub(crate) fn known(&self, server: &str) -> io::Result<Option<Fingerprint>> {
        let text = match fs::read_to_string(&self.file) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            other => other?,
        };
        let line = text.lines().filter_map(|line| line.split_once(' ')).find(|(name, _)| *name == server);
        line.map(|(_, known)| known.trim().parse().map_err(io::Error::other)).transpose()
    }

    /// Remembers a server that was not known. Only its owner can read and write the file.
    ///
    /// # Errors
    /// The file cannot be written.
    pub(crate) fn remember(&self, server: &str, fingerprint: Fingerprint) -> io::Result<()> {
        DirBuilder::new().recursive(true).mode(0o700).create(self.file.parent().unwrap_or(Path::new(".")))?;
        let mut file = OpenOptions::new().append(true).create(true).mode(0o600).open(&self.file)?;
        let head = if file.metadata()?.len() == 0 { HEAD } else { "" };
        // One write: two clients that meet servers at the same time do not mix their lines.
        file.write_all(format!("{head}{server} {fingerprint}\n").as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn a_server_is_known_once_it_is_remembered() {
        let folder = std::env::temp_dir().join(format!("papo-met-{}", std::process::id()));
        let met = Met { file: folder.join("papo").join(NAME) };
        let [one, other] = ["11", "22"].map(|byte| byte.repeat(32).parse::<Fingerprint>().expect("64 digits"));
        assert_eq!(met.known("casa:1").expect("nobody"), None);
        met.remember("casa:1", one).expect("written");
        met.remember("[::1]:12345", other).expect("written");
        assert_eq!(met.known("casa:1").expect("read"), Some(one));
        assert_eq!(met.known("[::1]:12345").expect("read"), Some(other));
        assert_eq!(met.known("casa:12").expect("read"), None, "the whole name counts");
        let text = fs::read_to_string(&met.file).expect("read");
        assert!(text.starts_with('#') && text.lines().count() == 3, "{text}");
        assert_eq!(fs::metadata(&met.file).expect("there").permissions().mode() & 0o777, 0o600);
        fs::write(&met.file, "casa:1 nada\n").expect("written");
        assert!(met.known("casa:1").is_err(), "a broken line is not a new server");
        fs::remove_dir_all(folder).expect("removed");
    }
}

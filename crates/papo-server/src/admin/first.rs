//! The link by which the first administrator makes an account, left where only the server's own user
//! can read it.

use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use papo_proto::limits::FIRST_ADMIN_LINK;
use papo_proto::words::AdminCommand;
use papo_proto::{Lang, Reply};

use crate::engine::Engine;
use crate::texts::TEXTS;

/// The file within a data folder.
const FILE: &str = "first-admin.txt";

/// Leaves the link while there is no administrator, and takes an old one away when there is one. Returns
/// where it is.
pub(crate) async fn leave_link(
    data: &Path,
    base: &str,
    lang: Lang,
    engine: &Arc<Engine>,
) -> io::Result<Option<PathBuf>> {
    let path = data.join(FILE);
    match std::fs::remove_file(&path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    if !engine.decide(None, |hub, _| hub.needs_admin()) {
        return Ok(None);
    }
    let command = AdminCommand::Invite { uses: 1, seconds: FIRST_ADMIN_LINK.as_secs(), for_admin: true };
    let reply = engine.ask(|hub, ticket, now| hub.administer(ticket, command, None, now)).await;
    let Reply::Invitation(token) = reply else {
        tracing::warn!(?reply, "the link for the first administrator could not be made");
        return Ok(None);
    };
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path)?;
    let args = [("url", format!("{base}#invite={token}").into()), ("token", token.to_string().into())];
    writeln!(file, "{}", TEXTS.say(lang, "first-admin-link", &args))?;
    file.sync_all()?;
    Ok(Some(path))
}

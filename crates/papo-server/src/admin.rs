//! What whoever runs the server may do while it runs: by a socket in the data folder, which only the
//! server's own user can open. Nothing of it goes through the network.
//!
//! A request is a line of JSON, and so is its answer.

mod first;

use std::io;
use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use papo_proto::papo1::new_password;
use papo_proto::words::{AdminCommand, Secret};
use papo_proto::{Lang, Nickname, Reject, Reply, clean, text};
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::Semaphore;

pub(crate) use first::leave_link;

use crate::engine::Engine;
use crate::passwords;

/// The socket within a data folder.
pub const SOCKET: &str = "papo.sock";
/// A request is no longer than this.
const REQUEST_MAX_BYTES: u64 = 256 * 1024;
/// Whoever opens the socket and says nothing is closed after this time.
const PATIENCE: Duration = Duration::from_secs(30);
/// Requests that are carried out at a time; further ones wait in the system's queue.
const AT_A_TIME: usize = 8;

/// What is asked for.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Request {
    /// List the accounts.
    Users,
    /// Make an account.
    AddUser {
        /// Its name.
        name: String,
        /// Its password.
        password: String,
    },
    /// Give an account another password; its logins end.
    ResetUser {
        /// Its name.
        name: String,
        /// Its password from now on.
        password: String,
    },
    /// Shut an account, or open it again.
    DisableUser {
        /// Its name.
        name: String,
        /// Whether it is shut.
        on: bool,
    },
    /// Make an administrator, or make one a user again.
    PromoteUser {
        /// Its name.
        name: String,
        /// Whether it is an administrator.
        on: bool,
    },
    /// Make an invitation.
    Invite {
        /// How often it may be used.
        uses: u32,
        /// For how many seconds it is good.
        seconds: u64,
        /// Whoever uses it becomes an administrator.
        for_admin: bool,
    },
    /// Let only accounts post that are older than a day, or let everybody.
    Lockdown {
        /// Whether.
        on: bool,
    },
    /// Tell everybody who is there something.
    Say {
        /// What.
        text: String,
    },
}

/// A request with the language of its answer.
#[derive(Debug, Serialize, Deserialize)]
pub struct Asked {
    /// The language's tag.
    pub lang: String,
    /// What is asked for.
    #[serde(flatten)]
    pub request: Request,
}

/// The answer.
#[derive(Debug, Serialize, Deserialize)]
pub struct Answered {
    /// Whether it is done.
    pub ok: bool,
    /// For people, in their language.
    pub text: String,
    /// The secret of an invitation that was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
}

/// The socket in a data folder, open to its owner alone.
pub(crate) fn bind(data: &Path) -> io::Result<std::os::unix::net::UnixListener> {
    // Made where nobody else can come, so that it is not open to others even for a moment. The folder is this
    // process's: whatever is there is of one that has ended.
    let private = data.join("socket");
    match std::fs::remove_dir_all(&private) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    std::fs::DirBuilder::new().mode(0o700).create(&private)?;
    let made = private.join("s");
    let listener = std::os::unix::net::UnixListener::bind(&made)?;
    std::fs::set_permissions(&made, std::fs::Permissions::from_mode(0o600))?;
    std::fs::rename(&made, data.join(SOCKET))?;
    std::fs::remove_dir(&private)?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

/// Takes the socket's file away when the server ends.
pub(crate) struct SocketFile(pub(crate) PathBuf);

impl Drop for SocketFile {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

/// Answers until the runtime ends.
pub(crate) async fn serve(listener: std::os::unix::net::UnixListener, engine: Arc<Engine>) {
    let Ok(listener) = UnixListener::from_std(listener) else { return };
    let places = Arc::new(Semaphore::new(AT_A_TIME));
    loop {
        let Ok(place) = places.clone().acquire_owned().await else { return };
        match listener.accept().await {
            Ok((stream, _)) => {
                let engine = engine.clone();
                tokio::spawn(async move {
                    let _place = place;
                    if tokio::time::timeout(PATIENCE, answer(stream, &engine)).await.is_err() {
                        tracing::debug!("whoever opened the administrator's socket said nothing");
                    }
                });
            }
            Err(error) => {
                tracing::warn!(%error, "the administrator's socket could not be answered");
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        }
    }
}

async fn answer(mut stream: UnixStream, engine: &Arc<Engine>) {
    let mut line = String::new();
    let read = BufReader::new((&mut stream).take(REQUEST_MAX_BYTES)).read_line(&mut line).await;
    let answered = match (read, serde_json::from_str::<Asked>(&line)) {
        (Ok(_), Ok(Asked { lang, request })) => {
            let lang = Lang::parse(&lang).unwrap_or_default();
            match carry_out(request, engine).await {
                Ok(reply) => told(lang, &reply),
                Err(reject) => told(lang, &Reply::Rejected(reject)),
            }
        }
        (_, Err(error)) => Answered { ok: false, text: error.to_string(), token: None },
        (Err(error), _) => Answered { ok: false, text: error.to_string(), token: None },
    };
    let mut line = serde_json::to_vec(&answered).expect("invariant: our answers are maps with names for keys");
    line.push(b'\n');
    let _ = stream.write_all(&line).await;
    let _ = stream.shutdown().await;
}

async fn carry_out(request: Request, engine: &Arc<Engine>) -> Result<Reply, Reject> {
    let command = command(request)?;
    let hash = match &command {
        AdminCommand::AddUser(_, password) | AdminCommand::ResetUser(_, password) => Some(hashed(password).await?),
        _ => None,
    };
    Ok(engine.ask(|hub, ticket, now| hub.administer(ticket, command, hash, now)).await)
}

async fn hashed(password: &Secret) -> Result<Arc<str>, Reject> {
    let password = password.clone();
    let hashed = tokio::task::spawn_blocking(move || passwords::hash(&password)).await;
    hashed.ok().flatten().ok_or(Reject::Busy)
}

fn command(request: Request) -> Result<AdminCommand, Reject> {
    let parsed = |name: &str| Nickname::parse(name).map_err(Reject::Nickname);
    let name = |typed: &str| parsed(typed).map(|parsed| parsed.name);
    Ok(match request {
        Request::Users => AdminCommand::Users,
        Request::AddUser { name, password } => AdminCommand::AddUser(parsed(&name)?, new_password(&password)?),
        Request::ResetUser { name: typed, password } => {
            AdminCommand::ResetUser(name(&typed)?, new_password(&password)?)
        }
        Request::DisableUser { name: typed, on } => AdminCommand::DisableUser(name(&typed)?, on),
        Request::PromoteUser { name: typed, on } => AdminCommand::PromoteUser(name(&typed)?, on),
        Request::Invite { uses, seconds, for_admin } => AdminCommand::Invite { uses, seconds, for_admin },
        Request::Lockdown { on } => AdminCommand::Lockdown(on),
        Request::Say { text } => match clean::message(&text) {
            text if text.is_empty() => return Err(Reject::EmptyMessage),
            text => AdminCommand::Say(text.into()),
        },
    })
}

fn told(lang: Lang, reply: &Reply) -> Answered {
    let text = text::reply(lang, reply).unwrap_or_default();
    // What leads a line of the text dialect means nothing here.
    let text = text.split_once("] ").map_or(&*text, |(_, words)| words).to_owned();
    let token = match reply {
        Reply::Invitation(token) => Some(token.to_string()),
        _ => None,
    };
    Answered { ok: !matches!(reply, Reply::Rejected(_)), text, token }
}

//! Why a server does not start, as one sentence for whoever starts it.

use std::io;

use papo_proto::Lang;
use thiserror::Error;

use crate::texts::TEXTS;

/// Why a server does not start. Whoever starts it is to blame and can do something.
#[derive(Debug, Error)]
pub enum StartError {
    /// An address cannot be listened on.
    #[error("cannot listen on {host}:{port} (--{option}port): {cause}")]
    Listen {
        /// The host as given.
        host: String,
        /// The port as given.
        port: u16,
        /// What the options that set the host and the port begin with.
        option: &'static str,
        /// What the system said.
        cause: io::Error,
    },
    /// The data folder cannot be written.
    #[error("cannot write to {folder}: {cause}")]
    Data {
        /// The folder.
        folder: String,
        /// What the system said.
        cause: io::Error,
    },
    /// The store cannot be read.
    #[error(transparent)]
    Store(#[from] papo_store::StoreError),
    /// The certificate or its key is no use.
    #[error(transparent)]
    Tls(#[from] crate::tls::TlsError),
    /// Threads, descriptors or memory are missing.
    #[error(transparent)]
    System(#[from] io::Error),
}

impl StartError {
    /// The error as one sentence for the person who started the server.
    pub fn sentence(&self, lang: Lang) -> String {
        match self {
            StartError::Listen { host, port, option, cause } => {
                let id = match cause.kind() {
                    io::ErrorKind::AddrInUse => "error-in-use",
                    io::ErrorKind::PermissionDenied => "error-permission",
                    io::ErrorKind::AddrNotAvailable | io::ErrorKind::InvalidInput => "error-address",
                    _ => "error-listen",
                };
                let is_host = id == "error-address";
                let address = if is_host { host.clone() } else { format!("{host}:{port}") };
                let option = format!("--{option}{}", if is_host { "host" } else { "port" });
                let cause = cause.to_string();
                let all = [("endereco", address.into()), ("opcao", option.into()), ("causa", cause.into())];
                TEXTS.say(lang, id, &all)
            }
            StartError::Data { folder, cause } => {
                TEXTS.say(lang, "error-data", &[("pasta", folder.as_str().into()), ("causa", cause.to_string().into())])
            }
            StartError::Tls(cause) => cause.sentence(lang),
            StartError::Store(cause) => TEXTS.say(lang, "error-store", &[("causa", cause.to_string().into())]),
            StartError::System(cause) => TEXTS.say(lang, "error-system", &[("causa", cause.to_string().into())]),
        }
    }
}

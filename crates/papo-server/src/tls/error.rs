//! What is wrong with a certificate, as one sentence for whoever gave it.

use std::path::PathBuf;

use papo_proto::Lang;
use thiserror::Error;

use crate::texts::TEXTS;

/// What is wrong with a certificate or its key.
#[derive(Debug, Error)]
pub enum TlsError {
    /// A file cannot be read.
    #[error("{option}: cannot read {file}: {cause}", file = file.display())]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// The option that names it.
        option: &'static str,
        /// What the system said.
        cause: std::io::Error,
    },
    /// There is no certificate in it.
    #[error("{file} holds no certificate", file = file.display())]
    NoCertificate {
        /// The file.
        file: PathBuf,
    },
    /// There is no key in it, or only an encrypted one.
    #[error("{file} holds no key", file = file.display())]
    NoKey {
        /// The file.
        file: PathBuf,
    },
    /// The key is another certificate's.
    #[error("the key in {key} is not the one of the certificate in {cert}", key = key.display(), cert = cert.display())]
    Mismatch {
        /// The certificate's file.
        cert: PathBuf,
        /// The key's file.
        key: PathBuf,
    },
    /// Certificate or key are of a kind that is not spoken.
    #[error("{file} cannot be used: {cause}", file = file.display())]
    Unusable {
        /// The key's file.
        file: PathBuf,
        /// What is wrong with it.
        cause: String,
    },
    /// The self-signed certificate cannot be kept.
    #[error("cannot keep the certificate in {file}: {cause}", file = file.display())]
    Keep {
        /// The file.
        file: PathBuf,
        /// What the system said.
        cause: std::io::Error,
    },
    /// Randomness is missing.
    #[error("{0}")]
    System(String),
}

impl TlsError {
    /// The error as one sentence for the person who started the server.
    pub fn sentence(&self, lang: Lang) -> String {
        let shown = |path: &PathBuf| path.display().to_string();
        match self {
            TlsError::Unreadable { file, option, cause } => {
                let option = (*option).into();
                let all = [("arquivo", shown(file).into()), ("causa", cause.to_string().into()), ("opcao", option)];
                TEXTS.say(lang, "tls-unreadable", &all)
            }
            TlsError::NoCertificate { file } => {
                TEXTS.say(lang, "tls-no-certificate", &[("arquivo", shown(file).into())])
            }
            TlsError::NoKey { file } => TEXTS.say(lang, "tls-no-key", &[("arquivo", shown(file).into())]),
            TlsError::Mismatch { cert, key } => {
                TEXTS.say(lang, "tls-mismatch", &[("chave", shown(key).into()), ("certificado", shown(cert).into())])
            }
            TlsError::Unusable { file, cause } => {
                TEXTS.say(lang, "tls-unusable", &[("arquivo", shown(file).into()), ("causa", cause.as_str().into())])
            }
            TlsError::Keep { file, cause } => {
                TEXTS.say(lang, "tls-keep", &[("arquivo", shown(file).into()), ("causa", cause.to_string().into())])
            }
            TlsError::System(cause) => TEXTS.say(lang, "error-system", &[("causa", cause.as_str().into())]),
        }
    }
}

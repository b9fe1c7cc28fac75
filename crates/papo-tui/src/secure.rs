//! How a conversation is encrypted: whose certificate is taken, and what is said about it.

use std::path::PathBuf;

use papo_client::{ClientTls, Distrust, Fingerprint, TlsFailure, Trust, TrustError};
use papo_proto::lang::Lang;

use crate::met::Met;
use crate::texts::say;

/// Whose certificate `papo chat` takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Vouching {
    /// The system's authorities vouch for it, or it is the one of the first meeting.
    Met,
    /// An authority in this file vouches for it.
    Authority(PathBuf),
    /// It has this fingerprint.
    Fingerprint(Fingerprint),
}

/// The encryption of one server's connections.
#[derive(Debug)]
pub(crate) struct Secure {
    pub(crate) tls: ClientTls,
    met: Option<Met>,
}

impl Secure {
    /// What the options say, for a server by its name and port.
    ///
    /// # Errors
    /// Why nobody can be trusted like that, as a sentence.
    pub(crate) fn prepare(vouching: &Vouching, server: &str, lang: Lang) -> Result<Self, String> {
        let (trust, met) = match vouching {
            Vouching::Met => {
                let met = Met::usual();
                let known = met.known(server).map_err(|error| {
                    let args = [("arquivo", met.shown().into()), ("causa", error.to_string().into())];
                    say(lang, "tls-met-unreadable", &args)
                })?;
                (Trust::FirstUse(known), Some(met))
            }
            Vouching::Authority(file) => (Trust::Authority(file.clone()), None),
            Vouching::Fingerprint(fingerprint) => (Trust::Pinned(*fingerprint), None),
        };
        let tls = ClientTls::for_frames(&trust).map_err(|error| refused_file(&error, lang))?;
        Ok(Self { tls, met })
    }

    /// What is to be said about a connection that has come about, if anything: who was met for the
    /// first time is remembered.
    pub(crate) fn meet(&self, server: &str, lang: Lang) -> Option<String> {
        let (met, found) = (self.met.as_ref()?, self.tls.learned()?);
        let args =
            [("servidor", server.into()), ("impressao", found.to_string().into()), ("arquivo", met.shown().into())];
        let first = say(lang, "tls-first", &args);
        Some(match met.remember(server, found) {
            Ok(()) => format!("[TLS] {first}\n"),
            Err(error) => {
                let args = [("arquivo", met.shown().into()), ("causa", error.to_string().into())];
                format!("[TLS] {first}\n[ERRO] {}\n", say(lang, "tls-met-unwritable", &args))
            }
        })
    }
}

fn refused_file(error: &TrustError, lang: Lang) -> String {
    match error {
        TrustError::Unreadable { file, cause } => {
            let args = [("arquivo", file.display().to_string().into()), ("causa", cause.to_string().into())];
            say(lang, "tls-ca-unreadable", &args)
        }
        TrustError::NoCertificate { file } => {
            say(lang, "tls-ca-empty", &[("arquivo", file.display().to_string().into())])
        }
    }
}

/// Why there is no secure connection, and what to do.
pub(crate) fn failed(lang: Lang, server: &str, failure: &TlsFailure) -> String {
    let named = ("servidor", server.into());
    match failure {
        TlsFailure::NotTls => say(lang, "tls-none", &[named]),
        TlsFailure::Distrust(distrust) => distrusted(lang, server, distrust),
        TlsFailure::Refused(cause) | TlsFailure::Broken(cause) => {
            say(lang, "tls-failed", &[named, ("causa", cause.as_str().into())])
        }
    }
}

/// Why a certificate is not taken, and how it can be.
pub(crate) fn distrusted(lang: Lang, server: &str, distrust: &Distrust) -> String {
    match distrust {
        Distrust::Changed { known, found } => {
            let args = [
                ("servidor", server.into()),
                ("conhecida", known.to_string().into()),
                ("impressao", found.to_string().into()),
                ("arquivo", Met::usual().shown().into()),
            ];
            say(lang, "tls-changed", &args)
        }
        Distrust::Unverified { found, why } => {
            let args =
                [("servidor", server.into()), ("impressao", found.to_string().into()), ("causa", why.as_str().into())];
            say(lang, "tls-unverified", &args)
        }
    }
}

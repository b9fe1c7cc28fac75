//! TLS as a server offers it: its certificate, and what may be spoken.
//!
//! * [`certificate`] – reads a certificate with its key, or makes one that vouches for itself;
//! * [`watch`] – reads them again when their files change;
//! * [`error`] – what is wrong with them, for whoever starts the server.
//!
//! The machine itself is `papo_tls::SecureLine`; who drives it is `conn::secure` on a shard, and
//! `papo_tls::Stream` where there is tokio.

pub mod certificate;
mod error;
mod watch;

use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, RwLock};

use papo_proto::Lang;
use papo_tls::{ALPN_HTTP, ALPN_PAPO, Failure, Fingerprint, SecureLine, provider};
use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs::Ticketer;
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;

use crate::texts::TEXTS;
pub use error::TlsError;
pub(crate) use watch::{Stamp, Watch};

/// Where the certificate comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CertificateFrom {
    /// It vouches for itself and is kept in the data folder.
    SelfSigned,
    /// These files in PEM: the certificate with those up to its authority, and its key.
    Files {
        /// The certificates.
        cert: PathBuf,
        /// The key.
        key: PathBuf,
    },
}

/// How connections can be encrypted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsConfig {
    /// The certificate.
    pub certificate: CertificateFrom,
    /// Who may do without.
    pub plain_for: PlainFor,
}

/// Who may speak in plain text where there is TLS.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PlainFor {
    /// Everybody.
    #[default]
    All,
    /// This machine: nobody is on the way.
    ThisMachine,
    /// Nobody.
    Nobody,
}

/// The TLS of a server.
#[derive(Debug)]
pub struct Tls {
    config: Arc<ServerConfig>,
    shown: Arc<Shown>,
    cert: PathBuf,
    key: PathBuf,
    /// The files as they were when they were read.
    read: Mutex<Option<Stamp>>,
    plain_for: PlainFor,
    is_self_signed: bool,
}

/// The certificate that is shown now. Connections that are open keep what they were shown.
#[derive(Debug)]
struct Shown(RwLock<Arc<CertifiedKey>>);

impl Shown {
    fn get(&self) -> Arc<CertifiedKey> {
        self.0.read().expect("invariant: nothing panics while it is held").clone()
    }
}

impl ResolvesServerCert for Shown {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.get())
    }
}

impl Tls {
    /// Reads the certificate, or makes one in the folder for these names.
    ///
    /// # Errors
    /// What is wrong with the certificate or its key.
    pub fn start(config: &TlsConfig, data: &Path, names: &[String]) -> Result<Arc<Self>, TlsError> {
        let (cert, key) = match &config.certificate {
            CertificateFrom::SelfSigned => certificate::self_signed(data, names)?,
            CertificateFrom::Files { cert, key } => (cert.clone(), key.clone()),
        };
        let stamp = Stamp::of(&cert, &key);
        let shown = Arc::new(Shown(RwLock::new(certificate::read(&cert, &key)?)));
        Ok(Arc::new(Self {
            config: server_config(shown.clone())?,
            shown,
            cert,
            key,
            read: Mutex::new(stamp),
            plain_for: config.plain_for,
            is_self_signed: config.certificate == CertificateFrom::SelfSigned,
        }))
    }

    /// The TLS of a new connection.
    ///
    /// # Errors
    /// The configuration does not hold together.
    pub fn accept(&self) -> Result<Box<SecureLine>, Failure> {
        SecureLine::server(self.config.clone()).map(Box::new)
    }

    /// Reads the certificate again. Open connections stay as they are; on an error the old
    /// certificate stays.
    ///
    /// # Errors
    /// What is wrong with the files.
    pub fn reload(&self) -> Result<Fingerprint, TlsError> {
        let stamp = Stamp::of(&self.cert, &self.key);
        let read = certificate::read(&self.cert, &self.key)?;
        *self.shown.0.write().expect("invariant: nothing panics while it is held") = read;
        *self.read.lock().expect("invariant: nothing panics while it is held") = stamp;
        Ok(self.fingerprint())
    }

    /// The files as they are, if they are not as they were read.
    pub(crate) fn changed(&self) -> Option<Stamp> {
        let stamp = Stamp::of(&self.cert, &self.key)?;
        let read = self.read.lock().expect("invariant: nothing panics while it is held");
        (*read != Some(stamp)).then_some(stamp)
    }

    /// The fingerprint of the certificate that is shown now.
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of(&self.shown.get().cert[0])
    }

    /// The line for the person who runs it: what others compare.
    pub fn announcement(&self, lang: Lang) -> String {
        TEXTS.say(lang, "tls", &[("impressao", self.fingerprint().to_string().into())])
    }

    /// Whether a peer may speak in plain text.
    pub fn may_be_plain(&self, peer: IpAddr) -> bool {
        match self.plain_for {
            PlainFor::All => true,
            PlainFor::ThisMachine => peer.to_canonical().is_loopback(),
            PlainFor::Nobody => false,
        }
    }

    /// Whether the certificate vouches for itself: nobody may be told to insist on it.
    pub fn is_self_signed(&self) -> bool {
        self.is_self_signed
    }
}

fn server_config(shown: Arc<Shown>) -> Result<Arc<ServerConfig>, TlsError> {
    let builder = ServerConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .expect("invariant: the suites are of both versions");
    let mut config = builder.with_no_client_auth().with_cert_resolver(shown);
    config.alpn_protocols = vec![ALPN_HTTP.to_vec(), ALPN_PAPO.to_vec()];
    config.ignore_client_order = true;
    // Clients come back without a new signature, and nothing of them is kept here.
    config.ticketer = Ticketer::new().map_err(|error| TlsError::System(error.to_string()))?;
    Ok(Arc::new(config))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_text_is_for_everybody_for_this_machine_or_for_nobody() {
        let data = tempfile::tempdir().expect("a folder");
        for (plain_for, expected) in [
            (PlainFor::All, [true, true, true, true]),
            (PlainFor::ThisMachine, [true, true, true, false]),
            (PlainFor::Nobody, [false; 4]),
        ] {
            let config = TlsConfig { certificate: CertificateFrom::SelfSigned, plain_for };
            let tls = Tls::start(&config, data.path(), &["localhost".into()]).expect("it starts");
            let peers = ["127.0.0.1", "::1", "::ffff:127.0.0.1", "192.0.2.7"];
            let may = peers.map(|peer| tls.may_be_plain(peer.parse().expect("an address")));
            assert_eq!(may, expected, "{plain_for:?}");
        }
    }
}

//! Whose certificate a client takes. Whatever it takes, the server must prove that it has its key.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock, Mutex};

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, OtherError, RootCertStore, SignatureScheme,
};
use thiserror::Error as ThisError;

use crate::failure::{Distrust, Failure};
use crate::fingerprint::Fingerprint;
use crate::line::SecureLine;
use crate::{ALPN_PAPO, provider};

/// Whose certificate is taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trust {
    /// One that the system's authorities vouch for.
    System,
    /// The same, or else the one that is known; when none is known, any that no authority has signed,
    /// and from then on only that one.
    FirstUse(Option<Fingerprint>),
    /// One that an authority in this file vouches for.
    Authority(PathBuf),
    /// This one only.
    Pinned(Fingerprint),
    /// Any at all. For measuring only.
    Anyone,
}

/// Why nobody can be trusted as was asked.
#[derive(Debug, ThisError)]
pub enum TrustError {
    /// The file cannot be read.
    #[error("{file}: {cause}", file = file.display())]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// What the system said.
        cause: io::Error,
    },
    /// The file holds no certificate.
    #[error("{file} holds no certificate", file = file.display())]
    NoCertificate {
        /// The file.
        file: PathBuf,
    },
}

/// A client's side of TLS, for as many lines as it makes.
#[derive(Clone, Debug)]
pub struct ClientTls {
    config: Arc<ClientConfig>,
    verifier: Arc<Verifier>,
}

impl ClientTls {
    /// For frames, or with another `alpn` for HTTP.
    ///
    /// # Errors
    /// The file of the authority is no use.
    pub fn new(trust: &Trust, alpn: &[u8]) -> Result<Self, TrustError> {
        let verifier = Arc::new(Verifier::new(trust)?);
        let builder = ClientConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()
            .expect("invariant: the suites are of both versions");
        let mut config = builder.dangerous().with_custom_certificate_verifier(verifier.clone()).with_no_client_auth();
        config.alpn_protocols = vec![alpn.to_vec()];
        Ok(Self { config: Arc::new(config), verifier })
    }

    /// For frames.
    ///
    /// # Errors
    /// The file of the authority is no use.
    pub fn for_frames(trust: &Trust) -> Result<Self, TrustError> {
        Self::new(trust, ALPN_PAPO)
    }

    /// Begins a line to a host, by its name or address.
    ///
    /// # Errors
    /// No certificate could be for such a name.
    pub fn line(&self, host: &str) -> Result<SecureLine, Failure> {
        let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
        let name = ServerName::try_from(bare.to_owned()).map_err(|error| Failure::Broken(error.to_string()))?;
        SecureLine::client(self.config.clone(), name)
    }

    /// The certificate that was taken because none was known, if that was so.
    pub fn learned(&self) -> Option<Fingerprint> {
        *self.verifier.learned.lock().expect("invariant: nothing panics while it is held")
    }
}

impl PartialEq for ClientTls {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.verifier, &other.verifier)
    }
}

impl Eq for ClientTls {}

/// The system's authorities, read once.
static SYSTEM: LazyLock<Option<Arc<WebPkiServerVerifier>>> = LazyLock::new(|| {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    verifier(roots)
});

fn verifier(roots: RootCertStore) -> Option<Arc<WebPkiServerVerifier>> {
    // Without any authority there is none to ask.
    WebPkiServerVerifier::builder_with_provider(roots.into(), provider()).build().ok()
}

#[derive(Debug)]
struct Verifier {
    authorities: Option<Arc<WebPkiServerVerifier>>,
    /// A certificate that is taken whatever the authorities say.
    known: Option<Fingerprint>,
    /// Those in the authorities' file: a server may show one of them itself.
    listed: Vec<Fingerprint>,
    learns: bool,
    learned: Mutex<Option<Fingerprint>>,
    takes_anyone: bool,
}

impl Verifier {
    fn new(trust: &Trust) -> Result<Self, TrustError> {
        let (authorities, listed) = match trust {
            Trust::System | Trust::FirstUse(_) => (SYSTEM.clone(), Vec::new()),
            Trust::Authority(file) => {
                let certificates = read_certificates(file)?;
                let mut roots = RootCertStore::empty();
                let listed = certificates.iter().map(Fingerprint::of).collect();
                roots.add_parsable_certificates(certificates);
                (verifier(roots), listed)
            }
            Trust::Pinned(_) | Trust::Anyone => (None, Vec::new()),
        };
        let known = match trust {
            Trust::FirstUse(known) => *known,
            Trust::Pinned(pinned) => Some(*pinned),
            _ => None,
        };
        let learns = matches!(trust, Trust::FirstUse(None));
        let takes_anyone = *trust == Trust::Anyone;
        Ok(Self { authorities, known, listed, learns, learned: Mutex::default(), takes_anyone })
    }

    /// Whether a certificate is taken that the authorities did not vouch for, for this reason.
    fn take_unverified(&self, found: Fingerprint, why: Option<&CertificateError>) -> Result<(), Distrust> {
        if let Some(known) = self.known {
            return if known == found { Ok(()) } else { Err(Distrust::Changed { known, found }) };
        }
        if self.listed.contains(&found) {
            return Ok(());
        }
        // An authority's own signature that is expired or for another name is no case for trusting at first sight.
        let is_unsigned = why.is_none_or(|why| {
            matches!(why, CertificateError::UnknownIssuer) || format!("{why:?}").contains("CaUsedAsEndEntity")
        });
        if !(self.learns && is_unsigned) {
            let why = why.map_or_else(|| "no authority is known".to_owned(), ToString::to_string);
            return Err(Distrust::Unverified { found, why });
        }
        let mut learned = self.learned.lock().expect("invariant: nothing panics while it is held");
        match *learned.get_or_insert(found) {
            known if known == found => Ok(()),
            known => Err(Distrust::Changed { known, found }),
        }
    }
}

/// The certificates of a file.
fn read_certificates(file: &Path) -> Result<Vec<CertificateDer<'static>>, TrustError> {
    let unreadable = |cause| TrustError::Unreadable { file: file.to_owned(), cause };
    let pem = std::fs::read(file).map_err(unreadable)?;
    let certificates: Vec<_> = CertificateDer::pem_slice_iter(&pem).flatten().collect();
    if certificates.is_empty() { Err(TrustError::NoCertificate { file: file.to_owned() }) } else { Ok(certificates) }
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        if self.takes_anyone {
            return Ok(ServerCertVerified::assertion());
        }
        let why = match &self.authorities {
            Some(authorities) => match authorities.verify_server_cert(end_entity, intermediates, name, ocsp, now) {
                Ok(verified) => return Ok(verified),
                Err(Error::InvalidCertificate(why)) => Some(why),
                Err(other) => return Err(other),
            },
            None => None,
        };
        match self.take_unverified(Fingerprint::of(end_entity), why.as_ref()) {
            Ok(()) => Ok(ServerCertVerified::assertion()),
            Err(distrust) => Err(Error::InvalidCertificate(CertificateError::Other(OtherError(Arc::new(distrust))))),
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, cert, signed, &provider().signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, cert, signed, &provider().signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        provider().signature_verification_algorithms.supported_schemes()
    }
}

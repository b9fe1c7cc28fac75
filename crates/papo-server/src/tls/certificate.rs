//! A certificate and its key: read from files, or made here.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use papo_tls::provider;
use rcgen::{CertificateParams, DnType, ExtendedKeyUsagePurpose, KeyPair, KeyUsagePurpose, date_time_ymd};
use rustls::pki_types::pem::{Error as PemError, PemObject as _};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;
use rustls::{Error, InconsistentKeys};

use super::TlsError;

/// The names of the files in the data folder.
pub const CERT_FILE: &str = "tls-cert.pem";
/// The key's.
pub const KEY_FILE: &str = "tls-key.pem";
/// A self-signed certificate is for so many years: whoever trusts it knows it by its fingerprint.
const YEARS: i32 = 10;

/// Reads a certificate with its key; the first certificate of the file is the server's own.
pub(super) fn read(cert: &Path, key: &Path) -> Result<Arc<CertifiedKey>, TlsError> {
    let certificates = CertificateDer::pem_slice_iter(&bytes(cert, "--tls-cert")?)
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| unusable(cert, &error))?;
    if certificates.is_empty() {
        return Err(TlsError::NoCertificate { file: cert.to_owned() });
    }
    let private = PrivateKeyDer::from_pem_slice(&bytes(key, "--tls-key")?).map_err(|error| match error {
        PemError::NoItemsFound => TlsError::NoKey { file: key.to_owned() },
        error => unusable(key, &error),
    })?;
    match CertifiedKey::from_der(certificates, private, &provider()) {
        Ok(certified) => Ok(Arc::new(certified)),
        Err(Error::InconsistentKeys(InconsistentKeys::KeyMismatch)) => {
            Err(TlsError::Mismatch { cert: cert.to_owned(), key: key.to_owned() })
        }
        Err(Error::InvalidCertificate(error)) => Err(unusable(cert, &error)),
        Err(error) => Err(unusable(key, &error)),
    }
}

fn bytes(file: &Path, option: &'static str) -> Result<Vec<u8>, TlsError> {
    fs::read(file).map_err(|cause| TlsError::Unreadable { file: file.to_owned(), option, cause })
}

fn unusable(file: &Path, cause: &impl ToString) -> TlsError {
    TlsError::Unusable { file: file.to_owned(), cause: cause.to_string() }
}

/// The self-signed certificate of a data folder, made if it is not there yet.
pub(super) fn self_signed(data: &Path, names: &[String]) -> Result<(PathBuf, PathBuf), TlsError> {
    let (cert, key) = (data.join(CERT_FILE), data.join(KEY_FILE));
    if cert.exists() && key.exists() {
        return Ok((cert, key));
    }
    let made = make(names).map_err(|error| TlsError::System(error.to_string()))?;
    let keep = |file: &Path, text: &str, mode| {
        write(file, text, mode).map_err(|cause| TlsError::Keep { file: file.to_owned(), cause })
    };
    // The key first: a certificate that is there has its key.
    keep(&key, &made.1, 0o600)?;
    keep(&cert, &made.0, 0o644)?;
    Ok((cert, key))
}

/// A certificate and its key, in PEM.
fn make(names: &[String]) -> Result<(String, String), rcgen::Error> {
    let key = KeyPair::generate()?;
    let mut params = CertificateParams::new(names)?;
    params.distinguished_name.push(DnType::CommonName, "Papo");
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    // A day early, for clocks that are not quite right.
    let today = jiff::Timestamp::now().to_zoned_datetime(jiff::tz::TimeZone::UTC).date();
    let begin = today.yesterday().unwrap_or(today);
    let date = |years| {
        date_time_ymd(i32::from(begin.year()) + years, begin.month().unsigned_abs(), begin.day().min(28).unsigned_abs())
    };
    (params.not_before, params.not_after) = (date(0), date(YEARS));
    let cert = params.self_signed(&key)?;
    Ok((cert.pem(), key.serialize_pem()))
}

/// Writes a file that is whole as soon as it is there, and never readable for more than it should be.
fn write(file: &Path, text: &str, mode: u32) -> io::Result<()> {
    let part = file.with_extension(format!("part-{}", std::process::id()));
    let _ = fs::remove_file(&part);
    let mut options = OpenOptions::new();
    let written = options.write(true).create_new(true).mode(mode).open(&part).and_then(|mut open| {
        open.write_all(text.as_bytes())?;
        open.sync_all()
    });
    written.and_then(|()| fs::rename(&part, file)).inspect_err(|_| {
        let _ = fs::remove_file(&part);
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    fn names() -> Vec<String> {
        vec!["localhost".into(), "127.0.0.1".into()]
    }

    #[test]
    fn a_made_certificate_stays_and_its_key_is_for_its_owner_only() {
        let data = tempfile::tempdir().expect("a folder");
        let (cert, key) = self_signed(data.path(), &names()).expect("made");
        let first = read(&cert, &key).expect("it can be read");
        assert_eq!(fs::metadata(&key).expect("there").permissions().mode() & 0o777, 0o600);
        self_signed(data.path(), &names()).expect("kept");
        assert_eq!(read(&cert, &key).expect("it can be read").cert, first.cert);
        assert_eq!(fs::read_dir(data.path()).expect("a folder").count(), 2, "nothing else is left");
    }

    #[test]
    fn each_mistake_has_its_own_sentence_that_names_the_file() {
        let data = tempfile::tempdir().expect("a folder");
        let (cert, key) = self_signed(data.path(), &names()).expect("made");
        let other = tempfile::tempdir().expect("a folder");
        let (_, strange) = self_signed(other.path(), &names()).expect("made");
        let (nowhere, nothing, broken) =
            (data.path().join("nao"), data.path().join("vazio"), data.path().join("torto"));
        fs::write(&nothing, "nada\n").expect("written");
        fs::write(&broken, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n").expect("written");
        let mut sentences = std::collections::BTreeSet::new();
        for (cert, key, named) in [
            (&nowhere, &key, &nowhere),
            (&cert, &nowhere, &nowhere),
            (&nothing, &key, &nothing),
            (&cert, &nothing, &nothing),
            (&cert, &cert, &cert),
            (&cert, &strange, &strange),
            (&broken, &key, &broken),
        ] {
            let error = read(cert, key).expect_err("a mistake");
            for lang in papo_proto::Lang::ALL {
                let sentence = error.sentence(lang);
                assert!(sentence.contains(&named.display().to_string()) && sentence.lines().count() == 1, "{sentence}");
                assert!(sentence.contains("--tls-"), "{sentence}");
                sentences.insert(sentence);
            }
        }
        assert_eq!(sentences.len(), 14);
    }
}

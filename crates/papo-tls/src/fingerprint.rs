//! The SHA-256 of a certificate, as people compare it.

use std::fmt;
use std::str::FromStr;

use rustls::pki_types::CertificateDer;
use sha2::{Digest as _, Sha256};
use thiserror::Error;

const BYTES: usize = 32;

/// A certificate's fingerprint.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fingerprint([u8; BYTES]);

/// What was typed is no fingerprint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a SHA-256 fingerprint has 64 hexadecimal digits")]
pub struct NoFingerprint;

impl Fingerprint {
    /// The fingerprint of a certificate.
    pub fn of(certificate: &CertificateDer<'_>) -> Self {
        Self(Sha256::digest(certificate.as_ref()).into())
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, byte) in self.0.iter().enumerate() {
            let colon = if at == 0 { "" } else { ":" };
            write!(f, "{colon}{byte:02X}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Fingerprint {
    type Err = NoFingerprint;

    /// Digits in any case, with or without colons and spaces between them.
    fn from_str(typed: &str) -> Result<Self, NoFingerprint> {
        let digits = typed.chars().filter(|c| !matches!(c, ':' | ' '));
        let digits = digits.map(|c| c.to_digit(16)).collect::<Option<Vec<u32>>>().ok_or(NoFingerprint)?;
        let bytes: Vec<u8> =
            digits.chunks(2).map(|pair| pair.iter().fold(0, |all, digit| all << 4 | *digit as u8)).collect();
        if digits.len() != 2 * BYTES {
            return Err(NoFingerprint);
        }
        bytes.try_into().map(Self).map_err(|_| NoFingerprint)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_reads_as_it_is_shown_and_as_people_type_it() {
        let shown = Fingerprint::of(&CertificateDer::from(b"abc".to_vec())).to_string();
        assert_eq!(&shown[..11], "BA:78:16:BF", "the SHA-256 of abc");
        assert_eq!(shown.len(), 95);
        let fingerprint: Fingerprint = shown.parse().expect("as it is shown");
        assert_eq!(shown.to_lowercase().replace(':', "").parse(), Ok(fingerprint));
        assert_eq!(shown.replace(':', " ").parse(), Ok(fingerprint));
        for wrong in ["", "AB", &shown[..93], &format!("{shown}:00"), &shown.replace('B', "G")] {
            assert_eq!(wrong.parse::<Fingerprint>(), Err(NoFingerprint), "{wrong}");
        }
    }
}

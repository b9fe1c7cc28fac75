//! Why there is no secure line, by what can be done about it.

use rustls::{AlertDescription, CertificateError, Error, InvalidMessage};
use thiserror::Error as ThisError;

use crate::fingerprint::Fingerprint;

/// Why a certificate is not taken.
#[derive(Clone, Debug, PartialEq, Eq, ThisError)]
pub enum Distrust {
    /// Another certificate was expected of this server: it was renewed, or somebody stands in between.
    #[error("the certificate has the fingerprint {found}, not {known}")]
    Changed {
        /// The one that was expected.
        known: Fingerprint,
        /// The one that came.
        found: Fingerprint,
    },
    /// Nobody who counts vouches for it, or not for this name or this day.
    #[error("the certificate with the fingerprint {found} is not trusted: {why}")]
    Unverified {
        /// The one that came.
        found: Fingerprint,
        /// What is wrong with it.
        why: String,
    },
}

/// Why there is no secure line.
#[derive(Clone, Debug, PartialEq, Eq, ThisError)]
pub enum Failure {
    /// The other side does not speak TLS at all.
    #[error("the other side does not speak TLS")]
    NotTls,
    /// The server's certificate is not taken.
    #[error(transparent)]
    Distrust(#[from] Distrust),
    /// The other side ended the handshake: it says why by a name of the protocol.
    #[error("the other side refused: {0}")]
    Refused(String),
    /// The two do not agree, or what came is broken.
    #[error("{0}")]
    Broken(String),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        match error {
            Error::InvalidMessage(
                InvalidMessage::InvalidContentType
                | InvalidMessage::UnknownProtocolVersion
                | InvalidMessage::MessageTooLarge
                | InvalidMessage::InvalidEmptyPayload,
            ) => Failure::NotTls,
            Error::InvalidCertificate(CertificateError::Other(other)) => match other.0.downcast_ref::<Distrust>() {
                Some(distrust) => Failure::Distrust(distrust.clone()),
                None => Failure::Broken(other.to_string()),
            },
            Error::AlertReceived(alert) => Failure::Refused(name(alert)),
            other => Failure::Broken(other.to_string()),
        }
    }
}

fn name(alert: AlertDescription) -> String {
    format!("{alert:?}")
}

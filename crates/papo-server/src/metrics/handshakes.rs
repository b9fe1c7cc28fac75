//! How TLS handshakes ended: counted once each, and never while something is delivered.

use metrics::{Counter, Label, Recorder as _};
use metrics_exporter_prometheus::PrometheusRecorder;
use papo_tls::Failure;
use rustls::ProtocolVersion;

use super::labelled;

/// Handshakes by the version that was agreed on, and by why there is none.
pub(crate) struct Handshakes {
    finished: [(ProtocolVersion, Counter); 2],
    failed: [(Unfinished, Counter); Unfinished::ALL.len()],
}

/// Why a handshake came to nothing, as far as a server can tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unfinished {
    /// It took too long.
    Timeout,
    /// The client was gone in the middle of it.
    HungUp,
    /// The client ended it by an alert: it does not take the certificate, as a rule.
    Refused,
    /// What came is no TLS, whatever its first byte was.
    NotTls,
    /// The two do not agree on how to speak, or what came is broken.
    Protocol,
    /// There was no place for the connection, and an alert said so.
    NoPlace,
}

impl Unfinished {
    const ALL: [Self; 6] = [Self::Timeout, Self::HungUp, Self::Refused, Self::NotTls, Self::Protocol, Self::NoPlace];

    fn name(self) -> &'static str {
        match self {
            Self::Timeout => "timeout",
            Self::HungUp => "hung_up",
            Self::Refused => "refused",
            Self::NotTls => "not_tls",
            Self::Protocol => "protocol",
            Self::NoPlace => "no_place",
        }
    }
}

impl From<&Failure> for Unfinished {
    fn from(failure: &Failure) -> Self {
        match failure {
            Failure::NotTls => Self::NotTls,
            Failure::Refused(_) => Self::Refused,
            // Clients show no certificate that could be distrusted.
            Failure::Distrust(_) | Failure::Broken(_) => Self::Protocol,
        }
    }
}

impl Handshakes {
    pub(super) fn new(recorder: &PrometheusRecorder) -> Self {
        const FINISHED: &str = "papo_tls_handshakes_total";
        const FAILED: &str = "papo_tls_handshake_failures_total";
        recorder.describe_counter(FINISHED.into(), None, "TLS handshakes that were finished, by version.".into());
        recorder.describe_counter(FAILED.into(), None, "TLS handshakes that were not finished, by reason.".into());
        let counter = |name, label, value| labelled(recorder, name, vec![Label::from_static_parts(label, value)]);
        let versions = [(ProtocolVersion::TLSv1_2, "1.2"), (ProtocolVersion::TLSv1_3, "1.3")];
        Self {
            finished: versions.map(|(version, name)| (version, counter(FINISHED, "version", name))),
            failed: Unfinished::ALL.map(|why| (why, counter(FAILED, "reason", why.name()))),
        }
    }

    /// A handshake has ended well, with this version.
    pub(crate) fn finished(&self, version: Option<ProtocolVersion>) {
        if let Some((_, counter)) = self.finished.iter().find(|(known, _)| Some(*known) == version) {
            counter.increment(1);
        }
    }

    /// A handshake has ended without a secure line.
    pub(crate) fn failed(&self, why: Unfinished) {
        if let Some((_, counter)) = self.failed.iter().find(|(known, _)| *known == why) {
            counter.increment(1);
        }
    }
}

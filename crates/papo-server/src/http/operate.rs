//! What operators ask: is it there, is it ready, what does it do.
//!
//! `/healthz` and `/readyz` are answered to everybody: they tell nothing but yes or no. `/metrics`
//! is answered to this machine only, unless the operator says otherwise.

use std::net::IpAddr;
use std::sync::Arc;

use hyper::StatusCode;
use hyper::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue};

use super::{Answer, plain};
use crate::arrival::Admission;
use crate::config::MetricsFor;
use crate::engine::Engine;
use crate::metrics::Moment;

/// The version of the text format is part of its type.
const PROMETHEUS: &str = "text/plain; version=0.0.4; charset=utf-8";

/// What the answers are made of.
pub(crate) struct Operate {
    pub(crate) engine: Arc<Engine>,
    pub(crate) admission: Arc<Admission>,
    pub(crate) metrics: MetricsFor,
    /// How long a message may be.
    pub(crate) message_bytes: usize,
}

impl Operate {
    /// The answer to `peer`, if the path is one of these.
    pub(super) fn answer(&self, path: &str, peer: IpAddr) -> Option<Answer> {
        let mut answer = match path {
            "/healthz" => plain(StatusCode::OK, "ok\n"),
            "/readyz" => self.ready(),
            "/metrics" if self.may_read(peer) => self.metrics(),
            "/metrics" => {
                plain(StatusCode::FORBIDDEN, "Metrics are for this machine only; see papo serve --metrics.\n")
            }
            _ => return None,
        };
        answer.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        Some(answer)
    }

    fn ready(&self) -> Answer {
        if self.engine.is_draining() {
            plain(StatusCode::SERVICE_UNAVAILABLE, "draining\n")
        } else if self.engine.is_failing() {
            plain(StatusCode::SERVICE_UNAVAILABLE, "the store cannot be written; reading goes on\n")
        } else {
            plain(StatusCode::OK, "ready\n")
        }
    }

    fn may_read(&self, peer: IpAddr) -> bool {
        match self.metrics {
            MetricsFor::Loopback => peer.to_canonical().is_loopback(),
            MetricsFor::All => true,
            MetricsFor::Nobody => false,
        }
    }

    fn metrics(&self) -> Answer {
        let moment = Moment { connections: self.admission.taken(), ..self.engine.moment() };
        let mut answer = plain(StatusCode::OK, &self.engine.metrics().render(moment));
        answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(PROMETHEUS));
        answer
    }
}

//! What operators ask: is it there, is it ready, what does it do.
//!
//! `/healthz` and `/readyz` are answered to everybody: they tell nothing but yes or no. `/metrics`
//! is answered to this machine only, unless the operator says otherwise.

use std::sync::Arc;

use hyper::StatusCode;
use hyper::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue};

use super::{Answer, plain};
use crate::arrival::Admission;
use crate::config::MetricsFor;
use crate::engine::Engine;
use crate::http::forwarded::Client;
use crate::metrics::Moment;

/// The version of the text format is part of its type.
const PROMETHEUS: &str = "text/plain; version=0.0.4; charset=utf-8";

/// What the answers are made of.
pub(crate) struct Operate {
    pub(crate) engine: Arc<Engine>,
    pub(crate) admission: Arc<Admission>,
    /// How long a message may be.
    pub(crate) message_bytes: usize,
}

impl Operate {
    /// The answer to `client`, if the path is one of these.
    pub(super) fn answer(&self, path: &str, client: &Client, metrics: MetricsFor) -> Option<Answer> {
        let mut answer = match path {
            "/healthz" => plain(StatusCode::OK, "ok\n"),
            "/readyz" => self.ready(),
            "/metrics" if may_read(client, metrics) => self.metrics(),
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

    fn metrics(&self) -> Answer {
        let (connections, tls_connections) = (self.admission.taken(), self.admission.secure());
        let moment = Moment { connections, tls_connections, ..self.engine.moment() };
        let mut answer = plain(StatusCode::OK, &self.engine.metrics().render(moment));
        answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(PROMETHEUS));
        answer
    }
}

/// A proxy of this machine that nobody has declared speaks for strangers, too: its word is not enough.
fn may_read(client: &Client, metrics: MetricsFor) -> bool {
    match metrics {
        MetricsFor::Loopback => client.address.ip().to_canonical().is_loopback() && client.is_proven,
        MetricsFor::All => true,
        MetricsFor::Nobody => false,
    }
}

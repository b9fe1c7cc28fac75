//! What a server is started with.

use std::path::PathBuf;
use std::time::Duration;

use papo_hub::Policy;
use papo_proto::{Lang, limits};

use crate::tls::TlsConfig;
use crate::trusted::Trusted;

/// A port of the web: a number, or none at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WebPort {
    /// Listen there; 0 lets the system choose.
    On(u16),
    /// No web port: it is left to somebody else.
    Off,
}

/// Who may read the metrics.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MetricsFor {
    /// This machine.
    #[default]
    Loopback,
    /// Everybody who reaches the web port.
    All,
    /// Nobody.
    Nobody,
}

/// Everything that `papo serve` can be told.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where framed TCP is answered.
    pub host: String,
    /// Its port; 0 lets the system choose.
    pub port: u16,
    /// Where browsers are answered.
    pub web_host: String,
    /// Their port.
    pub web_port: WebPort,
    /// Hosts beside its own whose pages may connect here.
    pub origins: Vec<String>,
    /// Where the server keeps what outlives it.
    pub data: PathBuf,
    /// The language of the server's output, and of new sessions.
    pub lang: Lang,
    /// How connections can be encrypted; without it they cannot.
    pub tls: Option<TlsConfig>,
    /// Who may read the metrics.
    pub metrics: MetricsFor,
    /// Who may come, and what they are told.
    pub policy: Policy,
    /// The proxies whose word about who is behind them counts.
    pub trusted: Trusted,
    /// The operator's limits.
    pub limits: limits::Limits,
    /// How long things may take.
    pub times: Times,
    /// Shards; by default as many as there are processors.
    pub shards: Option<usize>,
}

/// How long things may take; the defaults stand in [`limits`], tests are less patient.
#[derive(Clone, Debug)]
pub struct Times {
    /// See [`limits::SILENT_IS_TEXT`].
    pub silent_is_text: Duration,
    /// See [`limits::HALF_FRAME`].
    pub half_frame: Duration,
    /// See [`limits::HTTP_IDLE`].
    pub http_idle: Duration,
    /// See [`limits::TLS_HANDSHAKE`].
    pub handshake: Duration,
    /// See [`limits::TLS_RELOAD_EVERY`].
    pub tls_reload_every: Duration,
    /// See [`limits::WRITE_STALL`].
    pub write_stall: Duration,
    /// See [`limits::WS_PING_EVERY`].
    pub ping_every: Duration,
    /// See [`limits::WS_PONG_WITHIN`].
    pub pong_within: Duration,
    /// See [`limits::LINGER`].
    pub linger: Duration,
    /// See [`limits::DRAIN`].
    pub drain: Duration,
}

impl Default for Times {
    fn default() -> Self {
        Self {
            silent_is_text: limits::SILENT_IS_TEXT,
            half_frame: limits::HALF_FRAME,
            http_idle: limits::HTTP_IDLE,
            handshake: limits::TLS_HANDSHAKE,
            tls_reload_every: limits::TLS_RELOAD_EVERY,
            write_stall: limits::WRITE_STALL,
            ping_every: limits::WS_PING_EVERY,
            pong_within: limits::WS_PONG_WITHIN,
            linger: limits::LINGER,
            drain: limits::DRAIN,
        }
    }
}

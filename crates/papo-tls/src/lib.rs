//! TLS for Papo's servers and clients: the machine between bytes and bytes, and whom a client trusts.
//!
//! * [`line`] – one connection's TLS, without any I/O: ciphertext in, plaintext out, and back;
//! * [`trust`] – whose certificate a client takes, and what it learns of a server;
//! * [`fingerprint`] – how people compare certificates;
//! * [`failure`] – why there is no secure line, by what can be done about it;
//! * `stream` – a TCP stream that may be secure, for programs on tokio (feature `tokio`).

pub mod failure;
pub mod fingerprint;
pub mod line;
#[cfg(feature = "tokio")]
pub mod stream;
pub mod trust;

use std::sync::{Arc, LazyLock};

use rustls::crypto::{CryptoProvider, aws_lc_rs};

pub use failure::{Distrust, Failure};
pub use fingerprint::Fingerprint;
pub use line::SecureLine;
#[cfg(feature = "tokio")]
pub use stream::Stream;
pub use trust::{ClientTls, Trust, TrustError};

/// The protocol's name in a handshake (ALPN) for frames.
pub const ALPN_PAPO: &[u8] = b"papo/1";
/// The protocol's name in a handshake for HTTP and WebSocket.
pub const ALPN_HTTP: &[u8] = b"http/1.1";

static PROVIDER: LazyLock<Arc<CryptoProvider>> = LazyLock::new(|| {
    use aws_lc_rs::cipher_suite as suite;
    let mut provider = aws_lc_rs::default_provider();
    // In the order in which they are preferred: the cheapest first, since all of them are strong.
    provider.cipher_suites = vec![
        suite::TLS13_AES_128_GCM_SHA256,
        suite::TLS13_AES_256_GCM_SHA384,
        suite::TLS13_CHACHA20_POLY1305_SHA256,
        suite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
        suite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
        suite::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
        suite::TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
        suite::TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
        suite::TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
    ];
    Arc::new(provider)
});

/// The cryptography that all of Papo uses, with its cipher suites in order.
pub fn provider() -> Arc<CryptoProvider> {
    PROVIDER.clone()
}

/// Makes it the process's own, for whatever asks rustls for one. A second call changes nothing.
pub fn install_provider() {
    // It fails only when there is one already.
    let _ = CryptoProvider::clone(&PROVIDER).install_default();
}

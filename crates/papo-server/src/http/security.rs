//! Headers that each answer carries: who we are, and what a browser must not do for us.

use hyper::header::{
    CONTENT_SECURITY_POLICY, HeaderMap, HeaderName, HeaderValue, REFERRER_POLICY, SERVER, X_CONTENT_TYPE_OPTIONS,
};

/// The value of `Server`, by which `papo bridge` knows who holds a port.
pub(crate) const SERVER_NAME: &str = "papo";

/// No code but the page's own files; any WebSocket address, or the page's address field is dead.
const CONTENT_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
    font-src 'self'; manifest-src 'self'; connect-src 'self' ws: wss:; base-uri 'none'; form-action 'none'; \
    frame-ancestors 'none'";

/// Headers that each answer carries.
pub(super) const EVERYWHERE: [(HeaderName, &str); 6] = [
    (SERVER, SERVER_NAME),
    (CONTENT_SECURITY_POLICY, CONTENT_POLICY),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

/// Adds them.
pub(super) fn add(headers: &mut HeaderMap) {
    for (name, value) in EVERYWHERE {
        headers.insert(name, HeaderValue::from_static(value));
    }
}

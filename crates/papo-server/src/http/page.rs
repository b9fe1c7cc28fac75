//! The web client's files, embedded when it has been built; `cargo xtask build` does both.

use std::fmt::Write as _;

use http_body_util::Full;
use hyper::body::Bytes;
use hyper::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, HeaderMap, HeaderName, HeaderValue, IF_NONE_MATCH,
    REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use hyper::{Response, StatusCode};
use rust_embed::{Embed, EmbeddedFile};

use super::{Answer, plain};

#[derive(Embed)]
#[folder = "../../web/dist"]
#[allow_missing = true]
struct Files;

/// No inline code, nothing from elsewhere; the address field may lead to any server.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
    font-src 'self'; manifest-src 'self'; connect-src 'self' ws: wss:; base-uri 'none'; form-action 'none'; \
    frame-ancestors 'none'";

/// What the page needs of the machine that it is shown on: nothing of this.
const PERMISSIONS: &str = "camera=(), display-capture=(), geolocation=(), hid=(), microphone=(), midi=(), payment=(), \
    serial=(), usb=()";

/// What is shown where the page should be in a program that was built without it.
const NOT_BUILT: &str = "O Papo está no ar, mas este programa foi construído sem a página.\n\
    Construa-o com ela: cargo xtask build\n\n\
    Papo is up, but this program was built without its page.\n\
    Build it with the page: cargo xtask build\n";

/// Answers a GET or HEAD of a path.
pub(super) fn answer(path: &str, request: &HeaderMap) -> Answer {
    let name = if path == "/" { "index.html" } else { path.trim_start_matches('/') };
    let Some(file) = Files::get(name) else {
        return match path {
            "/" => plain(StatusCode::OK, NOT_BUILT),
            _ => plain(StatusCode::NOT_FOUND, "Não há nada aqui.\nThere is nothing here.\n"),
        };
    };
    let tag = tag_of(&file);
    let known = request.get(IF_NONE_MATCH).and_then(|known| known.to_str().ok()).unwrap_or_default();
    let is_known = known.split(',').any(|known| known.trim().trim_start_matches("W/") == tag || known.trim() == "*");
    let mut answer = if is_known {
        let mut answer = Response::new(Full::default());
        *answer.status_mut() = StatusCode::NOT_MODIFIED;
        answer
    } else {
        Response::new(Full::new(match file.data {
            std::borrow::Cow::Borrowed(embedded) => Bytes::from_static(embedded),
            std::borrow::Cow::Owned(read) => Bytes::from(read),
        }))
    };
    let headers = answer.headers_mut();
    // The names under assets/ change with what is in them.
    let keep = if name.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(keep));
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind_of(name)));
    headers.insert(ETAG, HeaderValue::try_from(tag).expect("invariant: hexadecimal is a header's value"));
    secure(headers);
    answer
}

/// Adds what tells browsers to be strict.
pub(super) fn secure(headers: &mut HeaderMap) {
    let opener = HeaderName::from_static("cross-origin-opener-policy");
    let permissions = HeaderName::from_static("permissions-policy");
    let resource = HeaderName::from_static("cross-origin-resource-policy");
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(permissions, HeaderValue::from_static(PERMISSIONS));
    headers.insert(opener, HeaderValue::from_static("same-origin"));
    headers.insert(resource, HeaderValue::from_static("same-origin"));
}

fn tag_of(file: &EmbeddedFile) -> String {
    let mut tag = String::from("\"");
    for byte in &file.metadata.sha256_hash()[..16] {
        let _ = write!(tag, "{byte:02x}");
    }
    tag.push('"');
    tag
}

fn kind_of(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "json" => "application/json",
        "webmanifest" => "application/manifest+json",
        "woff2" => "font/woff2",
        _ => "application/octet-stream",
    }
}

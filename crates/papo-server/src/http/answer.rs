//! What a request gets: a file of the page, a WebSocket, or a refusal.

use hyper::body::Bytes;
use hyper::header::{
    CACHE_CONTROL, CONNECTION, CONTENT_TYPE, ETAG, HOST, HeaderMap, HeaderName, HeaderValue, IF_NONE_MATCH, ORIGIN,
    SEC_WEBSOCKET_ACCEPT, SERVER, UPGRADE,
};
use hyper::http::request::Parts;
use hyper::{Method, Response, StatusCode};

use http_body_util::Full;

use super::page::{self, File, Find};
use super::refusal::Refusal;
use super::security::{self, SERVER_NAME};
use super::{Guard, handshake};

/// The answer's body is always whole in memory, mostly in the program itself.
pub(crate) type Body = Full<Bytes>;

/// What is served: the page and WebSocket, or WebSocket alone.
#[derive(Debug)]
pub(crate) struct Site {
    guard: Guard,
    page: Option<Find>,
}

/// The verdict on a request.
#[derive(Debug)]
pub(super) enum Answer {
    /// A page, a file, or nothing new.
    Page(Response<Body>),
    /// A good handshake; the connection is a WebSocket after this response.
    Upgrade(Response<Body>),
}

impl Site {
    /// The page, and WebSocket on `/` and `/ws`.
    pub(super) fn with_page(guard: Guard) -> Self {
        Self { guard, page: Some(page::embedded) }
    }

    /// WebSocket on `/` and `/ws`, nothing else.
    pub(crate) fn without_page(guard: Guard) -> Self {
        Self { guard, page: None }
    }

    /// Answers a request by its head alone; `body_bytes` is `None` when its end is not announced.
    pub(super) fn answer(&self, head: &Parts, body_bytes: Option<u64>) -> Answer {
        match self.judge(head, body_bytes) {
            Ok(answer) => answer,
            Err(refusal) => Answer::Page(refusal.response()),
        }
    }

    fn judge(&self, head: &Parts, body_bytes: Option<u64>) -> Result<Answer, Refusal> {
        let host = host_of(head)?;
        self.guard.host(host)?;
        if body_bytes.is_none_or(|bytes| bytes > BODY_MAX_BYTES) {
            return Err(Refusal::Body);
        }
        let path = head.uri.path();
        let speaks_websocket = matches!(path, "/" | "/ws");
        if handshake::is_asked(&head.headers) {
            if !speaks_websocket {
                return Err(Refusal::NotFound);
            }
            if head.method != Method::GET {
                return Err(Refusal::Method);
            }
            let accept = handshake::accept(&head.headers)?;
            self.guard.origin(origin_of(head)?, host)?;
            return Ok(Answer::Upgrade(switching(&accept)));
        }
        if head.method != Method::GET && head.method != Method::HEAD {
            return Err(Refusal::Method);
        }
        match self.page.and_then(|find| find(path)) {
            Some(file) => Ok(Answer::Page(file_response(file, &head.headers))),
            None if speaks_websocket => Err(Refusal::OnlyWebSocket),
            None => Err(Refusal::NotFound),
        }
    }
}

/// Requests here need no body; a small one is ignored, a larger one refused.
const BODY_MAX_BYTES: u64 = 4096;

/// The name by which the client calls us: of the request's target if it has one, else of `Host`.
fn host_of(head: &Parts) -> Result<Option<&str>, Refusal> {
    if let Some(authority) = head.uri.authority() {
        return Ok(Some(authority.as_str()));
    }
    match text_of(&head.headers, &HOST).map_err(|()| Refusal::BadHost)? {
        None if head.version >= hyper::Version::HTTP_11 => Err(Refusal::BadHost),
        host => Ok(host),
    }
}

fn origin_of(head: &Parts) -> Result<Option<&str>, Refusal> {
    text_of(&head.headers, &ORIGIN).map_err(|()| Refusal::StrangeOrigin)
}

/// A header's only value; an error when there are several, or it is no text.
fn text_of<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Result<Option<&'h str>, ()> {
    let mut values = headers.get_all(name).iter();
    let first = values.next().map(|value| value.to_str().map_err(drop)).transpose()?;
    if values.next().is_some() { Err(()) } else { Ok(first) }
}

fn switching(accept: &str) -> Response<Body> {
    let mut response = Response::new(Body::default());
    *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    let headers = response.headers_mut();
    headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
    headers.insert(CONNECTION, HeaderValue::from_static("Upgrade"));
    headers.insert(SEC_WEBSOCKET_ACCEPT, value(accept));
    headers.insert(SERVER, HeaderValue::from_static(SERVER_NAME));
    response
}

fn file_response(file: File, asked: &HeaderMap) -> Response<Body> {
    let known = asked.get_all(IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    let known = known.flat_map(|value| value.split(',')).map(str::trim);
    let fresh = known.map(|tag| tag.strip_prefix("W/").unwrap_or(tag)).any(|tag| tag == file.etag || tag == "*");
    let mut response = Response::new(Body::new(if fresh { Bytes::new() } else { file.bytes }));
    if fresh {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
    } else {
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(file.content_type));
    }
    let kept = if file.immutable { "public, max-age=31536000, immutable" } else { "no-cache" };
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static(kept));
    response.headers_mut().insert(ETAG, value(&file.etag));
    security::add(response.headers_mut());
    response
}

fn value(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).expect("invariant: made of Base64 or hexadecimal digits and quotes")
}

//! The server's part of WebSocket's opening handshake (RFC 6455, 4.2), for the server and the bridge.

use http_body_util::Full;
use hyper::header::{
    CONNECTION, HeaderMap, HeaderName, HeaderValue, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_PROTOCOL,
    SEC_WEBSOCKET_VERSION, UPGRADE,
};
use hyper::{Method, Request, Response, StatusCode};
use papo_proto::Dialect;
use papo_proto::papo1::SUBPROTOCOL;
use papo_proto::ws::{accept_key, is_client_key};

use super::{Answer, plain};

/// The only version there is.
const VERSION: &str = "13";

/// Whether a request asks for a WebSocket.
pub fn is_wanted(headers: &HeaderMap) -> bool {
    has_token(headers, &UPGRADE, "websocket")
}

/// The answer that says what is wrong with a request for a WebSocket, if anything is.
pub fn check<B>(request: &Request<B>) -> Option<Answer> {
    let headers = request.headers();
    let refuse = |text| Some(plain(StatusCode::BAD_REQUEST, text));
    if request.method() != Method::GET {
        return refuse("A WebSocket begins with GET.\n");
    }
    if !has_token(headers, &CONNECTION, "upgrade") {
        return refuse("The header Connection: Upgrade is missing.\n");
    }
    if headers.get(SEC_WEBSOCKET_VERSION).is_none_or(|version| version != VERSION) {
        let mut answer = plain(StatusCode::UPGRADE_REQUIRED, "Only version 13 of WebSocket is spoken.\n");
        answer.headers_mut().insert(SEC_WEBSOCKET_VERSION, HeaderValue::from_static(VERSION));
        return Some(answer);
    }
    if !is_client_key(key_of(headers)) {
        return refuse("The header Sec-WebSocket-Key must be sixteen bytes in base64.\n");
    }
    None
}

/// The answer that switches protocols, to a request with which nothing is wrong.
pub fn switching<B>(request: &Request<B>) -> Answer {
    let accept = accept_key(key_of(request.headers()));
    let accept = HeaderValue::try_from(accept).expect("invariant: base64 is a header's value");
    let mut answer = Response::new(Full::default());
    *answer.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    let headers = answer.headers_mut();
    headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
    headers.insert(CONNECTION, HeaderValue::from_static("Upgrade"));
    headers.insert(SEC_WEBSOCKET_ACCEPT, accept);
    answer
}

/// What the client wants to speak: papo/1 where its subprotocol is among those that it offers.
pub fn dialect(headers: &HeaderMap) -> Dialect {
    if has_token(headers, &SEC_WEBSOCKET_PROTOCOL, SUBPROTOCOL) { Dialect::Papo1 } else { Dialect::Text }
}

/// Tells the client that its subprotocol is spoken, if it is.
pub fn agree<B>(request: &Request<B>, answer: &mut Answer) {
    if dialect(request.headers()) == Dialect::Papo1 {
        answer.headers_mut().insert(SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static(SUBPROTOCOL));
    }
}

fn key_of(headers: &HeaderMap) -> &[u8] {
    headers.get(SEC_WEBSOCKET_KEY).map(HeaderValue::as_bytes).unwrap_or_default()
}

/// The answer to an ordinary request where only a WebSocket is answered.
pub fn required() -> Answer {
    let text = "Aqui só se fala WebSocket: abra esta página em um navegador com o endereço ws://.\n\
                Only WebSocket is spoken here: connect to this address with ws://.\n";
    let mut answer = plain(StatusCode::UPGRADE_REQUIRED, text);
    answer.headers_mut().insert(UPGRADE, HeaderValue::from_static("websocket"));
    answer.headers_mut().insert(CONNECTION, HeaderValue::from_static("Upgrade"));
    answer
}

/// Whether one of the header's comma-separated values is this one, in any case.
fn has_token(headers: &HeaderMap, name: &HeaderName, token: &str) -> bool {
    let values = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).any(|value| value.trim().eq_ignore_ascii_case(token))
}

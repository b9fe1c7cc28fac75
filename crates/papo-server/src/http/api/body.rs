//! A request's small body, whole and in time.

use std::time::Duration;

use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use hyper::body::Incoming;
use hyper::header::CONTENT_TYPE;
use hyper::{Request, StatusCode};
use papo_proto::{Lang, Reject};
use serde::de::DeserializeOwned;

use super::failure;
use crate::http::Answer;

/// Reads a body of JSON.
///
/// # Errors
/// The answer that says what is wrong with it.
pub(super) async fn json<T: DeserializeOwned>(
    request: Request<Incoming>,
    max_bytes: usize,
    idle: Duration,
    lang: Lang,
) -> Result<T, Answer> {
    let malformed = |status, why: &str| failure(status, lang, &Reject::Malformed { why: why.to_owned() });
    let kind = request.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    // A form of another page cannot send this without being asked for leave.
    if !kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/json") {
        return Err(malformed(StatusCode::UNSUPPORTED_MEDIA_TYPE, "Content-Type: application/json"));
    }
    let body = Limited::new(request.into_body(), max_bytes).collect();
    let body = match tokio::time::timeout(idle, body).await {
        Ok(Ok(body)) => body.to_bytes(),
        Ok(Err(error)) if error.is::<LengthLimitError>() => {
            return Err(malformed(StatusCode::PAYLOAD_TOO_LARGE, &format!("> {max_bytes} bytes")));
        }
        Ok(Err(_)) => return Err(malformed(StatusCode::BAD_REQUEST, "the body has no end")),
        Err(_) => return Err(malformed(StatusCode::REQUEST_TIMEOUT, "the body is too slow")),
    };
    serde_json::from_slice(&body).map_err(|error| malformed(StatusCode::BAD_REQUEST, &error.to_string()))
}

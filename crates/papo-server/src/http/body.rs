//! The body of a request, where one is taken: small, JSON, and in time. Whatever else comes is answered
//! with what was wrong, and the rest of it is not read.

use std::time::Duration;

use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use hyper::body::{Body, Bytes};
use hyper::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderValue};
use hyper::{Request, StatusCode};

use super::{Refused, plain};

type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// Reads a body of at most `max` bytes that is here within `time`.
///
/// # Errors
/// The answer that says what was wrong with it.
pub(super) async fn json<B>(request: Request<B>, max: usize, time: Duration) -> Result<Bytes, Refused>
where
    B: Body<Data = Bytes>,
    B::Error: Into<BoxError>,
{
    let refuse = |status, text| Err(Refused::from(plain(status, text)));
    if !is_json(request.headers()) {
        return refuse(StatusCode::UNSUPPORTED_MEDIA_TYPE, "Send application/json.\n");
    }
    let too_large = || refuse(StatusCode::PAYLOAD_TOO_LARGE, "That is too much.\n");
    let says_length =
        request.headers().get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    if says_length.is_some_and(|length| length > max as u64) {
        return too_large();
    }
    match tokio::time::timeout(time, Limited::new(request.into_body(), max).collect()).await {
        Ok(Ok(collected)) => Ok(collected.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => too_large(),
        Ok(Err(_)) => refuse(StatusCode::BAD_REQUEST, "The body has broken off.\n"),
        Err(_) => refuse(StatusCode::REQUEST_TIMEOUT, "The body did not come in time.\n"),
    }
}

/// A form of a stranger's page cannot say this of itself.
fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(CONTENT_TYPE).map(HeaderValue::to_str);
    let Some(Ok(kind)) = kind else { return false };
    kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/json")
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::pin::Pin;
    use std::task::{Context, Poll};

    use hyper::body::Frame;

    use super::*;

    /// A body that comes in these parts and then ends, breaks or stays away.
    struct Parts {
        parts: Vec<&'static str>,
        then: Poll<Option<&'static str>>,
    }

    impl Body for Parts {
        type Data = Bytes;
        type Error = BoxError;

        fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
            if self.parts.is_empty() {
                return self.then.map(|end| end.map(|error| Err(error.into())));
            }
            let part = self.parts.remove(0);
            Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(part.as_bytes())))))
        }
    }

    const MAX: usize = 10;

    /// The body, or the status of what is answered.
    fn read(headers: &[(&str, &str)], parts: &[&'static str], then: Poll<Option<&'static str>>) -> Result<String, u16> {
        let request = headers.iter().fold(Request::builder(), |request, (name, value)| request.header(*name, *value));
        let request = request.body(Parts { parts: parts.to_vec(), then }).expect("a request");
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
        let read = runtime.block_on(json(request, MAX, Duration::from_millis(20)));
        read.map(|body| String::from_utf8_lossy(&body).into_owned()).map_err(|answer| answer.status().as_u16())
    }

    #[test]
    fn a_body_is_json_small_and_in_time() {
        let json = ("content-type", "application/json");
        let (end, never) = (Poll::Ready(None), Poll::Pending);
        for (headers, parts, then, expected) in [
            (&[json][..], &["{}"][..], end, Ok("{}")),
            (&[("content-type", "Application/JSON; charset=utf-8")], &["{}"], end, Ok("{}")),
            (&[json], &["12345", "67890"], end, Ok("1234567890")),
            (&[json], &[], end, Ok("")),
            (&[json, ("content-length", "2")], &["{}"], end, Ok("{}")),
            (&[json, ("content-length", "11")], &[], never, Err(413)),
            (&[json, ("content-length", "99999999999999999999999")], &["12345", "678901"], end, Err(413)),
            (&[json], &["12345", "678901"], end, Err(413)),
            (&[json], &["12345", "678901"], never, Err(413)),
            (&[json], &["{"], never, Err(408)),
            (&[json], &["{"], Poll::Ready(Some("reset")), Err(400)),
            (&[], &["{}"], end, Err(415)),
            (&[("content-type", "text/plain")], &["{}"], end, Err(415)),
            (&[("content-type", "application/x-www-form-urlencoded")], &["{}"], end, Err(415)),
            (&[("content-type", "application/jsonp")], &["{}"], end, Err(415)),
        ] {
            assert_eq!(read(headers, parts, then), expected.map(str::to_owned), "{headers:?} {parts:?} {then:?}");
        }
    }

    #[test]
    fn a_body_that_cannot_fail_is_taken_too() {
        let request = Request::builder().header("content-type", "application/json");
        let body = http_body_util::Full::<Bytes>::from("{}").map_err(|never: Infallible| match never {});
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
        let read = runtime.block_on(json(request.body(body).expect("a request"), MAX, Duration::from_secs(1)));
        assert_eq!(read.expect("taken"), "{}");
    }
}

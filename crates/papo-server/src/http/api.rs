//! What programs and the page ask by HTTP: posting a message with a bot's token, and the cookie that
//! holds a browser's login.

mod cookie;

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::{AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, HeaderMap, HeaderValue, RETRY_AFTER, SET_COOKIE};
use hyper::{Method, Request, Response, StatusCode};
use papo_proto::limits::{HTTP_BODY_MAX_BYTES, HTTP_BODY_WITHIN};
use papo_proto::papo1::{Token, codes};
use papo_proto::words::{Place, TokenHash};
use papo_proto::{Lang, Reject, Reply, RoomName, Txn, clean, text};
use percent_encoding::percent_decode_str;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::forwarded::Client;
use super::{Answer, Guard, body, guard, page};
use crate::engine::Engine;
pub(super) use cookie::{of as cookie_of, renewed as renewed_cookie};

/// What a program makes up for each message, and says again with it.
const IDEMPOTENCY_KEY: &str = "idempotency-key";
const KEY_MAX_BYTES: usize = 255;
/// JSON may escape each byte of a message.
const ESCAPED: usize = 6;

/// What begins the paths of these.
pub(super) const PREFIX: &str = "/api/";

/// What the answers need.
pub(super) struct Api<'a> {
    pub(super) engine: &'a Engine,
    pub(super) guard: &'a Guard,
    pub(super) message_bytes: usize,
}

#[derive(Deserialize)]
struct Exchange {
    login: String,
}

#[derive(Deserialize)]
struct Post {
    text: String,
}

#[derive(Serialize)]
struct Posted {
    room: u64,
    seq: u64,
    at: u64,
}

#[derive(Serialize)]
struct Failure {
    code: u16,
    error: String,
}

impl Api<'_> {
    /// The answer to a request for a path under `/api/`, whose methods are these.
    pub(super) async fn answer(&self, request: Request<Incoming>, caller: Client) -> Answer {
        let lang = guard::language(request.headers()).unwrap_or_default();
        let path = request.uri().path().to_owned();
        let mut answer = match (path.as_str(), request.method()) {
            ("/api/session", &Method::POST) => self.remember(request, caller, lang).await,
            ("/api/session", &Method::DELETE) => self.forget(request.headers(), caller, lang).await,
            ("/api/session", _) => method("POST, DELETE"),
            (path, method) => match (room_of(path), method) {
                (Some(room), &Method::POST) => self.post(&room, request, lang).await,
                (Some(_), _) => self::method("POST"),
                (None, _) => failure(StatusCode::NOT_FOUND, lang, &Reject::UnknownRoom),
            },
        };
        // Nothing of it is anybody else's.
        answer.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        answer
    }

    /// Changes a login's token, which the page's code has read, for one in a cookie, which it cannot read.
    async fn remember(&self, request: Request<Incoming>, caller: Client, lang: Lang) -> Answer {
        if let Some(refused) = self.guard.check_change(request.headers()) {
            return refused;
        }
        if !cookie::is_kept_safe(caller) {
            return failure(StatusCode::FORBIDDEN, lang, &Reject::Unencrypted);
        }
        let Exchange { login } = match read(request, HTTP_BODY_MAX_BYTES, lang).await {
            Ok(body) => body,
            Err(refused) => return refused,
        };
        let mut fresh = Token([0; 32]);
        let token = Token::parse(&login).map(|token| token.hash());
        let (Some(token), Ok(())) = (token, getrandom::fill(&mut fresh.0)) else {
            return failure(StatusCode::UNAUTHORIZED, lang, &Reject::UnknownToken);
        };
        match self.engine.ask(|hub, ticket, now| hub.exchange(ticket, &token, &fresh, now)).await {
            Reply::Rejected(reject) => rejected(lang, &reject),
            _ => with_cookie(&cookie::set(&fresh, caller)),
        }
    }

    /// Ends the login of the cookie. The browser forgets it also when that cannot be kept.
    async fn forget(&self, headers: &HeaderMap, caller: Client, lang: Lang) -> Answer {
        if let Some(refused) = self.guard.check_change(headers) {
            return refused;
        }
        let mut answer = with_cookie(&cookie::unset(caller));
        if let Some(token) = cookie::of(headers, caller)
            && let Reply::Rejected(reject) =
                self.engine.ask(|hub, ticket, now| hub.forget_cookie(ticket, &token, now)).await
        {
            let forgotten = answer.headers_mut().remove(SET_COOKIE);
            answer = rejected(lang, &reject);
            answer.headers_mut().extend(forgotten.map(|cookie| (SET_COOKIE, cookie)));
        }
        answer
    }

    /// Posts a message for a bot. Answered when it is on disk.
    async fn post(&self, room: &str, request: Request<Incoming>, lang: Lang) -> Answer {
        let Some(token) = bearer(request.headers()) else {
            return failure(StatusCode::UNAUTHORIZED, lang, &Reject::UnknownToken);
        };
        let key = match key(request.headers()) {
            Ok(key) => key,
            Err(reject) => return rejected(lang, &reject),
        };
        let Ok(room) = RoomName::parse(room) else {
            return failure(StatusCode::NOT_FOUND, lang, &Reject::UnknownRoom);
        };
        // Nothing is kept for whoever has no token, nor for anybody while the disk is behind.
        if !self.engine.knows(&token) {
            return rejected(lang, &Reject::UnknownToken);
        }
        if self.engine.is_full() {
            return rejected(lang, &Reject::Busy);
        }
        let max = self.message_bytes * ESCAPED + HTTP_BODY_MAX_BYTES;
        let Post { text } = match read(request, max, lang).await {
            Ok(body) => body,
            Err(refused) => return refused,
        };
        if text.len() > self.message_bytes {
            return rejected(lang, &Reject::MessageTooLong { max_bytes: self.message_bytes });
        }
        let text = clean::message(&text);
        if text.is_empty() {
            return rejected(lang, &Reject::EmptyMessage);
        }
        if self.engine.is_full() {
            return rejected(lang, &Reject::Busy);
        }
        let posted = |hub: &mut papo_hub::Hub, ticket, now| {
            hub.post_outside(ticket, &token, &room.name, ((&*text).into(), key), now);
        };
        match self.engine.ask(posted).await {
            Reply::Posted(Place { room, seq, at_ms }) => {
                json(StatusCode::CREATED, &Posted { room: room.0, seq: seq.0, at: at_ms })
            }
            Reply::Rejected(reject) => rejected(lang, &reject),
            other => {
                tracing::error!(?other, "a message by HTTP had another answer than was known");
                rejected(lang, &Reject::Busy)
            }
        }
    }
}

/// Reads a small body of JSON.
async fn read<T: DeserializeOwned>(request: Request<Incoming>, max: usize, lang: Lang) -> Result<T, Answer> {
    let body = body::json(request, max, HTTP_BODY_WITHIN).await.map_err(|refused| *refused)?;
    let malformed = |error: serde_json::Error| Reject::Malformed { why: error.to_string() };
    serde_json::from_slice(&body).map_err(|error| failure(StatusCode::BAD_REQUEST, lang, &malformed(error)))
}

/// The room's name in `/api/rooms/{room}/messages`.
fn room_of(path: &str) -> Option<String> {
    let room = path.strip_prefix("/api/rooms/")?.strip_suffix("/messages")?;
    if room.is_empty() || room.contains('/') {
        return None;
    }
    percent_decode_str(room).decode_utf8().ok().map(Into::into)
}

/// The token in `Authorization: Bearer`.
fn bearer(headers: &HeaderMap) -> Option<TokenHash> {
    let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    let token = scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())?;
    Token::parse(token).map(|token| token.hash())
}

/// The number that stands for a request's key: with it a message is posted once, however often it is asked for.
fn key(headers: &HeaderMap) -> Result<Option<Txn>, Reject> {
    match headers.get(IDEMPOTENCY_KEY).map(HeaderValue::to_str) {
        None => Ok(None),
        Some(Ok(key)) if (1..=KEY_MAX_BYTES).contains(&key.len()) => Ok(Some(Txn::of_key(key))),
        Some(_) => Err(Reject::Malformed {
            why: format!("{IDEMPOTENCY_KEY} must have 1 to {KEY_MAX_BYTES} characters of ASCII"),
        }),
    }
}

fn with_cookie(cookie: &str) -> Answer {
    let mut answer = Response::new(Full::default());
    *answer.status_mut() = StatusCode::NO_CONTENT;
    let cookie = HeaderValue::try_from(cookie).expect("invariant: base64 is a header's value");
    answer.headers_mut().insert(SET_COOKIE, cookie);
    page::secure(answer.headers_mut());
    answer
}

fn method(allowed: &'static str) -> Answer {
    let mut answer = super::plain(StatusCode::METHOD_NOT_ALLOWED, "");
    answer.headers_mut().insert(hyper::header::ALLOW, HeaderValue::from_static(allowed));
    answer
}

/// The status that says the same as a reject.
fn status(reject: &Reject) -> StatusCode {
    match reject {
        Reject::UnknownToken | Reject::NotLoggedIn => StatusCode::UNAUTHORIZED,
        Reject::UnknownRoom => StatusCode::NOT_FOUND,
        Reject::MessageTooLong { .. } => StatusCode::PAYLOAD_TOO_LARGE,
        Reject::EmptyMessage | Reject::Malformed { .. } => StatusCode::BAD_REQUEST,
        Reject::Slow { .. } => StatusCode::TOO_MANY_REQUESTS,
        Reject::Busy | Reject::StoreFull | Reject::Internal { .. } => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::FORBIDDEN,
    }
}

fn rejected(lang: Lang, reject: &Reject) -> Answer {
    let mut answer = failure(status(reject), lang, reject);
    if let Some(wait_ms) = codes::after_ms(reject) {
        answer.headers_mut().insert(RETRY_AFTER, HeaderValue::from(wait_ms.div_ceil(1000)));
    }
    answer
}

fn failure(status: StatusCode, lang: Lang, reject: &Reject) -> Answer {
    json(status, &Failure { code: codes::code(reject), error: text::refusal(lang, reject) })
}

fn json(status: StatusCode, body: &impl Serialize) -> Answer {
    let body = serde_json::to_vec(body).expect("invariant: our answers are maps with names for keys");
    let mut answer = Response::new(Full::new(Bytes::from(body)));
    *answer.status_mut() = status;
    answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    page::secure(answer.headers_mut());
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_names_a_room() {
        for (path, room) in [
            ("/api/rooms/geral/messages", Some("geral")),
            ("/api/rooms/%23geral/messages", Some("#geral")),
            ("/api/rooms/s%C3%A3o/messages", Some("são")),
            ("/api/rooms//messages", None),
            ("/api/rooms/a/b/messages", None),
            ("/api/rooms/%FF/messages", None),
            ("/api/rooms/geral", None),
        ] {
            assert_eq!(room_of(path).as_deref(), room, "{path}");
        }
    }

    #[test]
    fn a_token_is_behind_bearer() {
        let token = Token([7; 32]);
        for (value, known) in [
            (format!("Bearer {}", token.to_text()), true),
            (format!("bearer  {}", token.to_text()), true),
            (format!("Basic {}", token.to_text()), false),
            (token.to_text(), false),
            ("Bearer x".to_owned(), false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(AUTHORIZATION, HeaderValue::try_from(&value).expect("a value"));
            assert_eq!(bearer(&headers), known.then(|| token.hash()), "{value}");
        }
    }
}

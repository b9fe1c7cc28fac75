//! Requests of programs and of the page under `/api/`: one table says which path takes which method, and
//! what every endpoint relies on is checked before it is called. Nothing private of it is ever cached.

use std::future::Future;
use std::pin::Pin;

use hyper::body::{Body, Bytes};
use hyper::header::{ALLOW, CACHE_CONTROL, HeaderMap, HeaderValue};
use hyper::{Method, Request, StatusCode};
use papo_proto::limits::{HTTP_BODY_MAX_BYTES, HTTP_BODY_WITHIN};

use super::forwarded::Client;
use super::{Answer, Guard, Refused, body, plain};

/// What begins the paths of this table.
pub(super) const PREFIX: &str = "/api/";

/// An answer that may take its time: whoever has to work for it gives the thread back meanwhile.
pub type Answering = Pin<Box<dyn Future<Output = Answer> + Send>>;

/// A request that may be answered.
#[derive(Debug)]
pub struct Call {
    /// Who asks.
    pub client: Client,
    /// Its headers.
    pub headers: HeaderMap,
    /// JSON of at most [`HTTP_BODY_MAX_BYTES`] where the method has a body, else nothing.
    pub body: Bytes,
}

/// A path with one of its methods.
pub struct Endpoint {
    /// What is done.
    pub method: Method,
    /// What it is done to, under `/api/`.
    pub path: &'static str,
    /// Whatever it does.
    pub answer: fn(Call) -> Answering,
}

/// All of them: none yet.
pub(super) const ENDPOINTS: &[Endpoint] = &[];

/// Answers a request of `client` by the endpoint that it names.
pub(super) async fn answer<B>(request: Request<B>, client: Client, guard: &Guard, endpoints: &[Endpoint]) -> Answer
where
    B: Body<Data = Bytes>,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let mut answer = match choose(&request, guard, endpoints) {
        Ok(endpoint) => match call(request, client).await {
            Ok(call) => (endpoint.answer)(call).await,
            Err(refused) => *refused,
        },
        Err(refused) => *refused,
    };
    answer.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    answer
}

/// The endpoint of a request, if it may be called.
fn choose<'a, B>(request: &Request<B>, guard: &Guard, endpoints: &'a [Endpoint]) -> Result<&'a Endpoint, Refused> {
    let of_path = || endpoints.iter().filter(|endpoint| endpoint.path == request.uri().path());
    let Some(endpoint) = of_path().find(|endpoint| endpoint.method == request.method()) else {
        let methods: Vec<&str> = of_path().map(|endpoint| endpoint.method.as_str()).collect();
        if methods.is_empty() {
            return Err(plain(StatusCode::NOT_FOUND, "There is nothing here.\n").into());
        }
        let mut refused = plain(StatusCode::METHOD_NOT_ALLOWED, "This path takes other methods.\n");
        let allowed = HeaderValue::try_from(methods.join(", ")).expect("invariant: methods are words");
        refused.headers_mut().insert(ALLOW, allowed);
        return Err(refused.into());
    };
    let refused = if endpoint.method.is_safe() { None } else { guard.check_change(request.headers()) };
    refused.map_or(Ok(endpoint), |refused| Err(refused.into()))
}

async fn call<B>(request: Request<B>, client: Client) -> Result<Call, Refused>
where
    B: Body<Data = Bytes>,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let headers = request.headers().clone();
    let has_body = request.method() == Method::POST;
    let body = if has_body { body::json(request, HTTP_BODY_MAX_BYTES, HTTP_BODY_WITHIN).await? } else { Bytes::new() };
    Ok(Call { client, headers, body })
}

#[cfg(test)]
mod tests {
    use http_body_util::{BodyExt as _, Full};

    use super::*;
    use crate::trusted::Trusted;

    /// Says back what it is given.
    fn echo(call: Call) -> Answering {
        Box::pin(async move { plain(StatusCode::OK, &String::from_utf8_lossy(&call.body)) })
    }

    const TABLE: &[Endpoint] = &[
        Endpoint { method: Method::GET, path: "/api/things", answer: echo },
        Endpoint { method: Method::POST, path: "/api/things", answer: echo },
        Endpoint { method: Method::DELETE, path: "/api/thing", answer: echo },
    ];

    fn ask(method: &str, path: &str, headers: &[(&str, &str)], body: &'static str) -> Answer {
        let request = Request::builder().method(method).uri(path).header("host", "a.example");
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        let request = request.body(Full::<Bytes>::from(body)).expect("a request");
        let peer = "192.0.2.1:1".parse().expect("an address");
        let client =
            super::super::forwarded::client(request.headers(), (peer, false), &Trusted::default()).expect("no proxy");
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
        runtime.block_on(answer(request, client, &Guard::default(), TABLE))
    }

    #[test]
    fn a_path_takes_its_methods_from_its_own_page_only() {
        let json = ("content-type", "application/json");
        let (own, other) = (("sec-fetch-site", "same-origin"), ("sec-fetch-site", "cross-site"));
        for (method, path, headers, status) in [
            ("GET", "/api/things", &[][..], 200),
            ("GET", "/api/things?x=1", &[], 200),
            ("GET", "/api/things", &[other], 200),
            ("POST", "/api/things", &[json, own], 200),
            ("POST", "/api/things", &[json], 200),
            ("POST", "/api/things", &[json, other], 403),
            ("POST", "/api/things", &[json, ("cookie", "a=b")], 403),
            ("POST", "/api/things", &[own], 415),
            ("DELETE", "/api/thing", &[own], 200),
            ("DELETE", "/api/thing", &[other], 403),
            ("DELETE", "/api/things", &[own], 405),
            ("GET", "/api/thing", &[], 405),
            ("GET", "/api/nothing", &[], 404),
            ("POST", "/api/nothing", &[json, own], 404),
        ] {
            let answer = ask(method, path, headers, "{}");
            assert_eq!(answer.status().as_u16(), status, "{method} {path} {headers:?}");
            assert_eq!(answer.headers()[CACHE_CONTROL], "no-store", "{method} {path}");
            assert!(answer.headers().contains_key("content-security-policy"));
        }
        assert_eq!(ask("PUT", "/api/things", &[], "").headers()[ALLOW], "GET, POST");
    }

    #[test]
    fn an_endpoint_gets_the_body_of_a_post() {
        let long: &'static str = "x".repeat(HTTP_BODY_MAX_BYTES + 1).leak();
        let post = |body| ask("POST", "/api/things", &[("content-type", "application/json")], body);
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        let said = runtime.block_on(post(r#"{"a":1}"#).into_body().collect()).expect("a body").to_bytes();
        assert_eq!(said, r#"{"a":1}"#);
        assert_eq!(post(long).status(), StatusCode::PAYLOAD_TOO_LARGE);
    }

    #[test]
    fn every_endpoint_is_under_its_prefix() {
        assert!(ENDPOINTS.iter().chain(TABLE).all(|endpoint| endpoint.path.starts_with(PREFIX)));
    }
}

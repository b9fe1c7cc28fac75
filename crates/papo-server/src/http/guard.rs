//! Which requests are answered, by their Host and Origin: pages of strangers must not reach a server
//! in somebody's name, nor a server that is only for its own machine by a name made to lead there.

use hyper::StatusCode;
use hyper::header::{ACCEPT_LANGUAGE, COOKIE, HOST, HeaderMap, ORIGIN};
use papo_proto::Lang;

use super::{Answer, plain};

/// What browsers say of the page that a request comes from, and no page can change.
const FETCH_SITE: &str = "sec-fetch-site";

/// The rules of a server or a bridge.
#[derive(Clone, Debug, Default)]
pub struct Guard {
    /// The ports that are only for this machine: there, only loopback's names are answered.
    pub loopback_ports: Vec<u16>,
    /// Further hosts (with their port, unless it is the scheme's) whose pages may connect; `*` is every one,
    /// `null` is a page that was opened as a file. Where there are none, such a page may connect too.
    pub origins: Vec<String>,
}

impl Guard {
    /// The refusal of a request for a Host that is not answered on this port, if it is to be refused.
    pub fn check_host(&self, headers: &HeaderMap, port: u16) -> Option<Answer> {
        let host = headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
        let text = "Este servidor só atende por localhost, 127.0.0.1 ou [::1]; use papo serve --lan para outros nomes.\n\
                    This server only answers to localhost, 127.0.0.1 or [::1]; use papo serve --lan for other names.\n";
        (!self.answers_host(host, port)).then(|| plain(StatusCode::MISDIRECTED_REQUEST, text))
    }

    /// The refusal of a WebSocket from a page that may not connect, if it is to be refused.
    pub fn check_origin(&self, headers: &HeaderMap) -> Option<Answer> {
        let text = |name| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
        let refused = "Esta página não pode conectar aqui; permita o host dela com --origin HOST.\n\
                       This page may not connect here; allow its host with --origin HOST.\n";
        let allowed = self.takes_origin(text(ORIGIN), text(HOST).unwrap_or_default());
        (!allowed).then(|| plain(StatusCode::FORBIDDEN, refused))
    }

    /// The refusal of a request that changes something and does not come from the server's own page,
    /// nor from a program, if it is to be refused.
    pub fn check_change(&self, headers: &HeaderMap) -> Option<Answer> {
        let refused = "Só a página deste servidor pode fazer isto.\nOnly this server's own page may do this.\n";
        (!may_change(headers, Cookies::Doubted)).then(|| plain(StatusCode::FORBIDDEN, refused))
    }

    fn answers_host(&self, host: &str, port: u16) -> bool {
        let name = without_port(host);
        !self.loopback_ports.contains(&port)
            || ["localhost", "127.0.0.1", "[::1]"].iter().any(|own| name.eq_ignore_ascii_case(own))
    }

    fn takes_origin(&self, origin: Option<&str>, host: &str) -> bool {
        let Some(origin) = origin else { return true };
        // A page that was opened as a file, as the document does it. It is a guest without cookies. A stranger's page
        // can have a frame of this origin, so whoever names origins names this one too.
        if origin == "null" {
            return self.origins.is_empty() || self.origins.iter().any(|allowed| allowed == "null" || allowed == "*");
        }
        let is_web = origin.starts_with("http://") || origin.starts_with("https://");
        is_of(origin, host) || self.origins.iter().any(|allowed| is_web && allowed == "*" || is_of(origin, allowed))
    }
}

/// Whether an origin is that of this host.
fn is_of(origin: &str, host: &str) -> bool {
    let Some((scheme, from)) = origin.split_once("://") else { return false };
    let default = match scheme {
        "http" => "80",
        "https" => "443",
        _ => return false,
    };
    with_port(from, default).eq_ignore_ascii_case(&with_port(host, default))
}

/// What is made of cookies with which no word comes of the page that they are of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cookies {
    /// Browsers of before said nothing of pages: they could be used by a stranger's.
    Doubted,
    /// No browser opens a WebSocket without naming its page.
    Trusted,
}

/// Whether a request that changes something comes from where it may: the server's own page, the person
/// who typed it, or a program. A program has no cookies that a stranger's page could use.
pub(super) fn may_change(headers: &HeaderMap, cookies: Cookies) -> bool {
    let text = |name: &str| {
        let mut values = headers.get_all(name).iter().map(|value| value.to_str().unwrap_or("?"));
        // Said twice is not said by a browser.
        values.next().map(|first| if values.next().is_some() { "?" } else { first })
    };
    match (text(FETCH_SITE), text(ORIGIN.as_str())) {
        (Some(site), _) => matches!(site, "same-origin" | "none"),
        (None, Some(origin)) => is_of(origin, text(HOST.as_str()).unwrap_or_default()),
        (None, None) => cookies == Cookies::Trusted || !headers.contains_key(COOKIE),
    }
}

/// The first language of the browser's list that is one of ours.
pub(super) fn language(headers: &HeaderMap) -> Option<Lang> {
    let list = headers.get(ACCEPT_LANGUAGE)?.to_str().ok()?;
    list.split(',').find_map(|entry| Lang::parse(entry.split(';').next().unwrap_or_default().trim()))
}

fn port_at(host: &str) -> Option<usize> {
    let colon = host.rfind(':')?;
    host[colon + 1..].bytes().all(|byte| byte.is_ascii_digit()).then_some(colon)
}

fn without_port(host: &str) -> &str {
    port_at(host).map_or(host, |at| &host[..at])
}

fn with_port(host: &str, default: &str) -> String {
    if port_at(host).is_some() { host.to_owned() } else { format!("{host}:{default}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hyper::header::HeaderValue;

    #[test]
    fn a_loopback_server_answers_to_loopbacks_names() {
        let guard = Guard { loopback_ports: vec![8765], origins: Vec::new() };
        for (host, answered) in [
            ("localhost", true),
            ("LOCALHOST:8765", true),
            ("127.0.0.1:8765", true),
            ("[::1]:8765", true),
            ("[::1]", true),
            ("", false),
            ("127.0.0.1.example.com", false),
            ("localhost.example.com:8765", false),
            ("papo.example.com", false),
            ("192.0.2.1:8765", false),
        ] {
            assert_eq!(guard.answers_host(host, 8765), answered, "{host}");
            assert!(guard.answers_host(host, 12345), "a port that others reach too");
        }
    }

    #[test]
    fn an_origin_is_none_a_file_the_same_or_allowed() {
        let guard =
            Guard { loopback_ports: Vec::new(), origins: vec!["intranet.example".into(), "dev.example:5173".into()] };
        for (origin, host, taken) in [
            (None, "a.example", true),
            (Some("null"), "a.example", false),
            (Some("http://a.example"), "a.example", true),
            (Some("http://a.example:80"), "a.example", true),
            (Some("https://a.example"), "a.example:443", true),
            (Some("https://A.example"), "a.EXAMPLE", true),
            (Some("http://a.example:8765"), "a.example:8765", true),
            (Some("http://a.example:8765"), "a.example:8766", false),
            (Some("https://a.example"), "a.example:80", false),
            (Some("http://b.example"), "a.example", false),
            (Some("http://a.example.b.example"), "a.example", false),
            (Some("file://"), "a.example", false),
            (Some("a.example"), "a.example", false),
            (Some("https://intranet.example"), "a.example", true),
            (Some("http://dev.example:5173"), "a.example", true),
            (Some("http://dev.example"), "a.example", false),
        ] {
            assert_eq!(guard.takes_origin(origin, host), taken, "{origin:?} to {host}");
        }
    }

    #[test]
    fn only_the_own_page_and_programs_may_change_something() {
        let (own, foreign) = (("origin", "https://a.example"), ("origin", "https://b.example"));
        let cookie = ("cookie", "session=1");
        let site = |value| ("sec-fetch-site", value);
        for (headers, may) in [
            (&[site("same-origin"), own, cookie][..], true),
            (&[site("same-origin"), cookie], true),
            (&[site("none"), cookie], true),
            (&[site("same-site"), cookie], false),
            (&[site("cross-site")], false),
            (&[site("cross-site"), own], false),
            (&[site("Same-Origin")], false),
            (&[site(""), own], false),
            (&[site("same-origin"), site("cross-site")], false),
            // An older browser, or one that has come by http.
            (&[own, cookie], true),
            (&[("origin", "https://a.example:443"), cookie], true),
            (&[("origin", "https://A.EXAMPLE")], true),
            (&[foreign], false),
            (&[("origin", "https://a.example:8443")], false),
            (&[("origin", "null"), cookie], false),
            (&[("origin", "null")], false),
            (&[("origin", "")], false),
            (&[own, foreign], false),
            // A program.
            (&[], true),
            (&[("authorization", "Bearer x")], true),
            // A browser that says nothing of where it comes from.
            (&[cookie], false),
        ] {
            let mut map = HeaderMap::new();
            map.insert(HOST, HeaderValue::from_static("a.example"));
            for (name, value) in headers {
                map.append(*name, HeaderValue::from_static(value));
            }
            assert_eq!(may_change(&map, Cookies::Doubted), may, "{headers:?}");
        }
    }

    #[test]
    fn a_file_may_connect_where_no_origins_are_named_or_it_is() {
        for (origins, taken) in
            [(vec![], true), (vec!["a.example"], false), (vec!["a.example", "null"], true), (vec!["*"], true)]
        {
            let guard =
                Guard { loopback_ports: Vec::new(), origins: origins.iter().map(ToString::to_string).collect() };
            assert_eq!(guard.takes_origin(Some("null"), "b.example"), taken, "{origins:?}");
        }
    }

    #[test]
    fn every_origin_may_be_allowed() {
        let guard = Guard { loopback_ports: Vec::new(), origins: vec!["*".into()] };
        assert!(guard.takes_origin(Some("http://b.example"), "a.example"));
    }

    #[test]
    fn a_browser_gets_the_first_of_its_languages_that_is_ours() {
        let lang = |list: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT_LANGUAGE, HeaderValue::from_static(list));
            language(&headers)
        };
        assert_eq!(lang("de-DE,de;q=0.9,en;q=0.8,pt;q=0.7"), Some(Lang::En));
        assert_eq!(lang("pt-BR,en;q=0.5"), Some(Lang::PtBr));
        assert_eq!(lang("fr"), None);
    }
}

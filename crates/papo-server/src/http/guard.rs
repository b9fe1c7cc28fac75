//! Which requests are answered, by their Host and Origin: pages of strangers must not reach a server
//! in somebody's name, nor a server that is only for its own machine by a name made to lead there.

use hyper::StatusCode;
use hyper::header::{ACCEPT_LANGUAGE, HOST, HeaderMap, ORIGIN};
use papo_proto::Lang;

use super::{Answer, plain};

/// The rules of a server or a bridge.
#[derive(Clone, Debug, Default)]
pub struct Guard {
    /// The ports that are only for this machine: there, only loopback's names are answered.
    pub loopback_ports: Vec<u16>,
    /// Further hosts (with their port, unless it is the scheme's) whose pages may connect; `*` is every one.
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

    /// The refusal of a request that changes something, unless it comes from our own page or from no
    /// page at all: a page of strangers must not act in somebody's name.
    pub fn check_write(&self, headers: &HeaderMap) -> Option<Answer> {
        let refused = "Só a página deste servidor pode pedir isso.\nOnly this server's own page may ask for that.\n";
        (!self.is_own(headers)).then(|| plain(StatusCode::FORBIDDEN, refused))
    }

    /// Whether a request comes from our own page, or from no page.
    pub fn is_own(&self, headers: &HeaderMap) -> bool {
        let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
        let site = text("sec-fetch-site");
        let is_own_site = site.is_none_or(|site| site == "same-origin" || site == "none");
        let own = Guard::default();
        let host = text(HOST.as_str()).unwrap_or_default();
        let origin = text(ORIGIN.as_str());
        is_own_site && origin != Some("null") && own.takes_origin(origin, host)
    }

    fn answers_host(&self, host: &str, port: u16) -> bool {
        let name = without_port(host);
        !self.loopback_ports.contains(&port)
            || ["localhost", "127.0.0.1", "[::1]"].iter().any(|own| name.eq_ignore_ascii_case(own))
    }

    fn takes_origin(&self, origin: Option<&str>, host: &str) -> bool {
        let Some(origin) = origin else { return true };
        // A page that was opened as a file, as the document does it. It is a guest without cookies.
        if origin == "null" {
            return true;
        }
        let Some((scheme, from)) = origin.split_once("://") else { return false };
        let default = match scheme {
            "http" => "80",
            "https" => "443",
            _ => return false,
        };
        let same = |other: &str| with_port(from, default).eq_ignore_ascii_case(&with_port(other, default));
        same(host) || self.origins.iter().any(|allowed| allowed == "*" || same(allowed))
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
            (Some("null"), "a.example", true),
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

//! Which `Host` and `Origin` are answered, so that a foreign page cannot use a visitor's browser.

use super::refusal::Refusal;

/// The names by which a server that is bound to loopback may be called.
const LOOPBACK_NAMES: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];

/// Decides by `Host` and `Origin` who is answered.
#[derive(Clone, Debug, Default)]
pub struct Guard {
    /// Bound to loopback only: any other name in `Host` is a name somebody pointed at us (DNS
    /// rebinding), and is refused.
    pub loopback_only: bool,
    /// `host` or `host:port` of further pages that may open a WebSocket.
    pub origins: Vec<String>,
    /// Whether a page of the same host may come from another port, as the bridge allows.
    pub any_port: bool,
}

impl Guard {
    /// Judges the name by which the client calls us.
    pub(super) fn host(&self, host: Option<&str>) -> Result<(), Refusal> {
        match host {
            None if self.loopback_only => Err(Refusal::StrangeHost),
            None => Ok(()),
            Some(host) => {
                let (name, _) = split(host).ok_or(Refusal::BadHost)?;
                let known = LOOPBACK_NAMES.iter().any(|known| known.eq_ignore_ascii_case(name));
                if self.loopback_only && !known { Err(Refusal::StrangeHost) } else { Ok(()) }
            }
        }
    }

    /// Judges the page that opens a WebSocket. None, or `null` as a page from a file sends it, is a
    /// guest: there are no cookies that it could abuse.
    pub(super) fn origin(&self, origin: Option<&str>, host: Option<&str>) -> Result<(), Refusal> {
        let Some(origin) = origin.filter(|origin| *origin != "null") else { return Ok(()) };
        let (scheme, authority) = origin.split_once("://").ok_or(Refusal::StrangeOrigin)?;
        let default = default_port(scheme);
        let page = place(authority, default).ok_or(Refusal::StrangeOrigin)?;
        let same = |other: &str, ports: bool| {
            place(other, default)
                .is_some_and(|(name, port)| name.eq_ignore_ascii_case(page.0) && (!ports || port == page.1))
        };
        if host.is_some_and(|host| same(host, !self.any_port)) || self.origins.iter().any(|host| same(host, true)) {
            Ok(())
        } else {
            Err(Refusal::StrangeOrigin)
        }
    }
}

fn default_port(scheme: &str) -> Option<u16> {
    match scheme {
        "http" => Some(80),
        "https" => Some(443),
        _ => None,
    }
}

/// The name and the port that `host[:port]` means; without one it is the page's default.
fn place(authority: &str, default: Option<u16>) -> Option<(&str, Option<u16>)> {
    let (name, port) = split(authority)?;
    Some((name, port.or(default)))
}

/// Splits `host[:port]`; the brackets of an IPv6 address stay. `None` for what is no such thing.
fn split(authority: &str) -> Option<(&str, Option<u16>)> {
    let name_end = match authority.find(']') {
        Some(bracket) if authority.starts_with('[') => bracket + 1,
        Some(_) => return None,
        None => authority.find(':').unwrap_or(authority.len()),
    };
    let (name, rest) = authority.split_at(name_end);
    if name.is_empty() || name.contains(['/', '@', '?', '#', ' ', ',']) {
        return None;
    }
    match rest {
        "" | ":" => Some((name, None)),
        _ => rest.strip_prefix(':')?.parse().ok().map(|port| (name, Some(port))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bound_to_loopback_only_its_own_names_are_answered() {
        let guard = Guard { loopback_only: true, ..Guard::default() };
        let table: &[(Option<&str>, Result<(), Refusal>)] = &[
            (Some("localhost"), Ok(())),
            (Some("LocalHost:8765"), Ok(())),
            (Some("127.0.0.1:8765"), Ok(())),
            (Some("127.0.0.1:1"), Ok(())),
            (Some("[::1]"), Ok(())),
            (Some("[::1]:8765"), Ok(())),
            (None, Err(Refusal::StrangeHost)),
            (Some("mau.example"), Err(Refusal::StrangeHost)),
            (Some("mau.example:8765"), Err(Refusal::StrangeHost)),
            (Some("localhost.mau.example"), Err(Refusal::StrangeHost)),
            (Some("127.0.0.1.mau.example:8765"), Err(Refusal::StrangeHost)),
            (Some("[::2]:8765"), Err(Refusal::StrangeHost)),
            (Some("localhost:porta"), Err(Refusal::BadHost)),
            (Some("mau@localhost"), Err(Refusal::BadHost)),
            (Some("::1"), Err(Refusal::BadHost)),
            (Some(""), Err(Refusal::BadHost)),
        ];
        for (host, expected) in table {
            assert_eq!(guard.host(*host), *expected, "{host:?}");
        }
    }

    #[test]
    fn bound_to_all_every_name_is_answered() {
        for host in [None, Some("sala.lan:8765"), Some("192.0.2.7:8765"), Some("localhost")] {
            assert_eq!(Guard::default().host(host), Ok(()), "{host:?}");
        }
        assert_eq!(Guard::default().host(Some("a b")), Err(Refusal::BadHost));
    }

    #[test]
    fn a_page_is_of_the_same_host_or_configured() {
        let guard = Guard { origins: vec!["fora.example".into(), "outra.example:8000".into()], ..Guard::default() };
        let here = Some("sala.lan:8765");
        let table: &[(Option<&str>, Option<&str>, bool)] = &[
            (None, here, true),
            (Some("null"), here, true),
            (Some("http://sala.lan:8765"), here, true),
            (Some("http://SALA.lan:8765"), here, true),
            (Some("http://sala.lan"), here, false),
            (Some("http://sala.lan:5173"), here, false),
            (Some("http://mau.example"), here, false),
            (Some("http://mau.example"), None, false),
            (Some("sala.lan:8765"), here, false),
            (Some(""), here, false),
            (Some("http://sala.lan"), Some("sala.lan"), true),
            (Some("http://sala.lan:80"), Some("sala.lan"), true),
            (Some("http://sala.lan"), Some("sala.lan:80"), true),
            (Some("https://sala.lan"), Some("sala.lan:443"), true),
            (Some("https://sala.lan:443"), Some("sala.lan"), true),
            (Some("http://sala.lan:443"), Some("sala.lan"), false),
            (Some("http://[::1]:8765"), Some("[::1]:8765"), true),
            (Some("https://fora.example"), here, true),
            (Some("http://fora.example"), here, true),
            (Some("http://fora.example:81"), here, false),
            (Some("http://outra.example:8000"), here, true),
            (Some("http://outra.example"), here, false),
        ];
        for (origin, host, allowed) in table {
            assert_eq!(guard.origin(*origin, *host).is_ok(), *allowed, "{origin:?} at {host:?}");
        }
    }

    #[test]
    fn the_bridge_takes_any_port_of_its_host() {
        let guard = Guard { any_port: true, ..Guard::default() };
        assert_eq!(guard.origin(Some("http://localhost:8000"), Some("localhost:8765")), Ok(()));
        assert_eq!(guard.origin(Some("http://outro:8765"), Some("localhost:8765")), Err(Refusal::StrangeOrigin));
    }
}

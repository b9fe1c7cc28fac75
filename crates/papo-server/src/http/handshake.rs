//! WebSocket's opening handshake, the server's side (RFC 6455, 4.2.1). Pure: headers in, verdict out.

use hyper::header::{CONNECTION, HeaderMap, HeaderName, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_VERSION, UPGRADE};

use super::refusal::Refusal;

/// The only version of the protocol that there is.
pub(super) const VERSION: &str = "13";

/// Whether the client asks for a WebSocket, well or badly.
pub(super) fn is_asked(headers: &HeaderMap) -> bool {
    has_token(headers, &UPGRADE, "websocket")
}

/// The `Sec-WebSocket-Accept` for a good handshake.
pub(super) fn accept(headers: &HeaderMap) -> Result<String, Refusal> {
    if !has_token(headers, &CONNECTION, "upgrade") {
        return Err(Refusal::NoUpgradeInConnection);
    }
    if only(headers, &SEC_WEBSOCKET_VERSION) != Some(VERSION.as_bytes()) {
        return Err(Refusal::Version);
    }
    let key = only(headers, &SEC_WEBSOCKET_KEY).filter(|key| is_key(key)).ok_or(Refusal::BadKey)?;
    Ok(papo_proto::ws::accept_key(key))
}

/// Whether one of a header's comma-separated words is `token`, in any case.
fn has_token(headers: &HeaderMap, name: &HeaderName, token: &str) -> bool {
    let values = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).any(|word| word.trim().eq_ignore_ascii_case(token))
}

/// The value of a header that must be there exactly once.
fn only<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h [u8]> {
    let mut values = headers.get_all(name).iter();
    let first = values.next()?;
    values.next().is_none().then(|| first.as_bytes().trim_ascii())
}

/// Whether a key is the Base64 of 16 bytes: 22 digits and the padding of one byte in the last group.
fn is_key(key: &[u8]) -> bool {
    let digit = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
    matches!(key.strip_suffix(b"=="), Some(digits) if digits.len() == 22 && digits.iter().all(digit))
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &[(&str, &str)] = &[
        ("upgrade", "websocket"),
        ("connection", "Upgrade"),
        ("sec-websocket-version", "13"),
        ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
    ];

    /// The good headers with one replaced, or left out when its value is empty.
    fn with(name: &str, value: &str) -> HeaderMap {
        let put = (name, value);
        let kept = GOOD.iter().filter(|(other, _)| *other != name).chain([&put]);
        kept.filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| (name.parse::<HeaderName>().expect("a name"), value.parse().expect("a value")))
            .collect()
    }

    #[test]
    fn the_standards_example_is_accepted() {
        let headers = with("x", "");
        assert!(is_asked(&headers));
        assert_eq!(accept(&headers).as_deref(), Ok("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="));
    }

    #[test]
    fn each_header_is_judged() {
        let table: &[(&str, &str, Result<(), Refusal>)] = &[
            ("connection", "keep-alive, Upgrade", Ok(())),
            ("connection", "keep-alive", Err(Refusal::NoUpgradeInConnection)),
            ("connection", "", Err(Refusal::NoUpgradeInConnection)),
            ("sec-websocket-version", "8", Err(Refusal::Version)),
            ("sec-websocket-version", "", Err(Refusal::Version)),
            ("sec-websocket-key", "", Err(Refusal::BadKey)),
            ("sec-websocket-key", "Y3VydGE=", Err(Refusal::BadKey)),
            ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ", Err(Refusal::BadKey)),
            ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZSE=", Err(Refusal::BadKey)),
            ("sec-websocket-key", "dGhlIHNhbXBsZS*ub25jZQ==", Err(Refusal::BadKey)),
        ];
        for (name, value, expected) in table {
            assert_eq!(accept(&with(name, value)).map(drop), *expected, "{name}: {value}");
        }
    }

    #[test]
    fn a_key_that_is_there_twice_is_no_key() {
        let mut headers = with("x", "");
        headers.append(SEC_WEBSOCKET_KEY, "dGhlIHNhbXBsZSBub25jZQ==".parse().expect("a value"));
        assert_eq!(accept(&headers), Err(Refusal::BadKey));
    }

    #[test]
    fn other_upgrades_are_not_ours() {
        assert!(!is_asked(&with("upgrade", "h2c")));
        assert!(!is_asked(&with("upgrade", "")));
        assert!(is_asked(&with("upgrade", "h2c, WebSocket")));
    }
}

use hyper::header::{HeaderName, HeaderValue};

use super::*;
use crate::trusted::Network;

/// Names and values, as they come.
type Headers<'a> = &'a [(&'a str, &'a str)];

/// Who is behind a request that came from `peer`, where loopback and 10/8 are proxies: the address, `https` or
/// `http`, and a `?` where it is not certain.
fn who(peer: &str, headers: Headers<'_>) -> Result<String, Doubt> {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        let name = HeaderName::from_bytes(name.to_ascii_lowercase().as_bytes()).expect("a name");
        map.append(name, HeaderValue::from_str(value).expect("a value"));
    }
    let trusted = ["loopback", "10.0.0.0/8"].iter().map(|text| text.parse::<Network>().expect("a network")).collect();
    // `tls:` in front says that the connection itself is secure.
    let (peer, is_secure) = peer.strip_prefix("tls:").map_or((peer, false), |peer| (peer, true));
    let peer = peer.parse().expect("an address");
    let Client { address, is_secure, is_proven } = client(&map, (peer, is_secure), &trusted)?;
    let doubt = if is_proven { "" } else { "?" };
    Ok(format!("{} {address}{doubt}", if is_secure { "https" } else { "http" }))
}

fn check(peer: &str, headers: Headers<'_>, expected: &str) {
    assert_eq!(who(peer, headers).as_deref(), Ok(expected), "{peer} with {headers:?}");
}

const PROXY: &str = "10.0.0.1:999";
const STRANGER: &str = "198.51.100.9:999";

#[test]
fn nobody_else_is_believed() {
    check(STRANGER, &[], "http 198.51.100.9:999");
    check(STRANGER, &[("X-Forwarded-For", "192.0.2.1"), ("X-Forwarded-Proto", "https")], "http 198.51.100.9:999?");
    check(STRANGER, &[("Forwarded", "for=192.0.2.1;proto=https")], "http 198.51.100.9:999?");
    check(STRANGER, &[("Via", "1.1 somebody")], "http 198.51.100.9:999?");
    check("[2001:db8::9]:1", &[("X-Real-IP", "127.0.0.1")], "http [2001:db8::9]:1?");
}

#[test]
fn the_last_who_is_no_proxy_is_the_client() {
    for (list, expected) in [
        ("192.0.2.1", "http 192.0.2.1:0"),
        ("127.0.0.1, 192.0.2.1", "http 192.0.2.1:0"),
        ("203.0.113.5, 192.0.2.1, 10.0.0.9", "http 192.0.2.1:0"),
        ("192.0.2.1,10.0.0.9 ,10.0.0.8", "http 192.0.2.1:0"),
        // Everybody is a proxy: the first of them asked for itself.
        ("10.0.0.3, 10.0.0.2", "http 10.0.0.3:0"),
        ("192.0.2.1:4711", "http 192.0.2.1:4711"),
        ("2001:db8::1", "http [2001:db8::1]:0"),
        ("[2001:db8::1]", "http [2001:db8::1]:0"),
        ("[2001:db8::1]:4711", "http [2001:db8::1]:4711"),
        ("::ffff:192.0.2.1", "http 192.0.2.1:0"),
        // Who is not known is not somebody further to the front.
        ("192.0.2.1, unknown", "http 10.0.0.1:999?"),
        ("192.0.2.1, ", "http 10.0.0.1:999?"),
        ("192.0.2.1, nonsense, 10.0.0.9", "http 10.0.0.9:0?"),
        ("", "http 10.0.0.1:999?"),
    ] {
        check(PROXY, &[("X-Forwarded-For", list)], expected);
    }
    check(PROXY, &[("X-Forwarded-For", "127.0.0.1"), ("X-Forwarded-For", "192.0.2.1")], "http 192.0.2.1:0");
    check(PROXY, &[], "http 10.0.0.1:999");
    check("[::1]:5", &[("X-Forwarded-For", "192.0.2.1")], "http 192.0.2.1:0");
}

#[test]
fn the_standard_header_says_the_same() {
    for (value, expected) in [
        ("for=192.0.2.1", "http 192.0.2.1:0"),
        ("For=\"192.0.2.1:4711\";Proto=HTTPS;by=10.0.0.1", "https 192.0.2.1:4711"),
        ("proto=https;for=192.0.2.1", "https 192.0.2.1:0"),
        ("for=\"[2001:db8::1]:4711\"", "http [2001:db8::1]:4711"),
        ("for=\"[2001:db8::1]\"; host=\"a,b;c\\\"d\"", "http [2001:db8::1]:0"),
        ("for=\"\\192.0.2.1\"", "http 192.0.2.1:0"),
        ("for=127.0.0.1;proto=https, for=192.0.2.1;proto=http", "http 192.0.2.1:0"),
        ("for=192.0.2.1;proto=https, for=10.0.0.9;proto=http", "https 192.0.2.1:0"),
        ("for=192.0.2.1, for=unknown", "http 10.0.0.1:999?"),
        ("for=192.0.2.1, for=_hidden", "http 10.0.0.1:999?"),
        ("for=\"_gazonk:80\"", "http 10.0.0.1:999?"),
        ("for=\"192.0.2.1:_secret\"", "http 192.0.2.1:0"),
        ("for=\"[2001:db8::1]:_secret\"", "http [2001:db8::1]:0"),
        ("by=10.0.0.1", "http 10.0.0.1:999?"),
        ("for=192.0.2.1;", "http 192.0.2.1:0"),
    ] {
        check(PROXY, &[("Forwarded", value)], expected);
    }
    check(PROXY, &[("Forwarded", "for=127.0.0.1"), ("Forwarded", "for=192.0.2.1")], "http 192.0.2.1:0");
}

#[test]
fn an_entry_cannot_be_hidden_in_a_quote() {
    for value in [
        "for=\"x, for=192.0.2.1",
        "for=\"x, for=\"[2001:db8::1]\"",
        "for=\"x\\\", for=192.0.2.1",
        "for=a\"b\"",
        "for",
        "a b=c",
        "for=\"a\"b",
    ] {
        assert_eq!(who(PROXY, &[("Forwarded", value)]), Err(Doubt::Malformed), "{value}");
    }
    let split = [("Forwarded", "for=\"x"), ("Forwarded", "for=192.0.2.1")];
    assert_eq!(who(PROXY, &split), Err(Doubt::Malformed), "lines are not joined");
}

#[test]
fn two_headers_must_agree() {
    let (same, other) = ("for=192.0.2.1;proto=https", "for=127.0.0.1;proto=https");
    let usual = ("X-Forwarded-For", "192.0.2.1");
    check(PROXY, &[("Forwarded", same), usual, ("X-Forwarded-Proto", "https")], "https 192.0.2.1:0");
    check(PROXY, &[("Forwarded", same), usual, ("X-Forwarded-Proto", "http")], "http 192.0.2.1:0");
    assert_eq!(who(PROXY, &[("Forwarded", other), usual]), Err(Doubt::Contradiction));
    assert_eq!(who(PROXY, &[("Forwarded", "for=unknown"), usual]), Err(Doubt::Contradiction));
}

#[test]
fn https_is_what_the_clients_own_proxy_says() {
    for (list, protos, expected) in [
        ("192.0.2.1", "https", "https 192.0.2.1:0"),
        ("192.0.2.1", "HTTPS", "https 192.0.2.1:0"),
        ("192.0.2.1", "http", "http 192.0.2.1:0"),
        ("192.0.2.1", "wss", "http 192.0.2.1:0"),
        ("192.0.2.1, 10.0.0.9", "https, http", "https 192.0.2.1:0"),
        ("192.0.2.1, 10.0.0.9", "https", "https 192.0.2.1:0"),
        // What the client says of itself stands before what its proxy says.
        ("192.0.2.1", "https, http", "http 192.0.2.1:0"),
    ] {
        check(PROXY, &[("X-Forwarded-For", list), ("X-Forwarded-Proto", protos)], expected);
    }
    check(PROXY, &[("X-Forwarded-Proto", "https")], "https 10.0.0.1:999");
    // Our own TLS is the client's only where nobody stands between.
    check("tls:198.51.100.9:1", &[], "https 198.51.100.9:1");
    check("tls:198.51.100.9:1", &[("X-Forwarded-Proto", "http")], "https 198.51.100.9:1");
    check("tls:10.0.0.1:1", &[], "https 10.0.0.1:1");
    check("tls:10.0.0.1:1", &[("X-Forwarded-For", "192.0.2.1")], "http 192.0.2.1:0");
    check("tls:10.0.0.1:1", &[("X-Forwarded-Proto", "http")], "http 10.0.0.1:1");
}

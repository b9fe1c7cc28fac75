//! The cookie that holds a browser's login. No code of a page can read it, and no other site's request
//! carries it.

use hyper::header::{COOKIE, HeaderMap};
use papo_proto::limits::LOGIN_LIFE;
use papo_proto::papo1::Token;
use papo_proto::words::TokenHash;

use super::Client;

/// The name binds it to this host, and to TLS.
const NAME: &str = "__Host-papo";
/// On the server's own machine, without TLS.
const LOCAL_NAME: &str = "papo";

/// Whether the cookie may be given to a caller: by TLS, or without leaving the machine.
pub(super) fn is_kept_safe(caller: Client) -> bool {
    caller.is_private()
}

/// The login that a request's cookie names.
pub(in crate::http) fn of(headers: &HeaderMap, caller: Client) -> Option<TokenHash> {
    token(headers, caller).map(|token| token.hash())
}

/// The header that sets a request's cookie again: a login that is used lives on.
pub(in crate::http) fn renewed(headers: &HeaderMap, caller: Client) -> Option<String> {
    token(headers, caller).map(|token| set(&token, caller))
}

fn token(headers: &HeaderMap, caller: Client) -> Option<Token> {
    let wanted = if caller.is_secure { NAME } else { LOCAL_NAME };
    let cookies = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    let pairs = cookies.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.filter(|(name, _)| *name == wanted).find_map(|(_, token)| Token::parse(token))
}

/// The header that sets it.
pub(super) fn set(token: &Token, caller: Client) -> String {
    with(&token.to_text(), LOGIN_LIFE.as_secs(), caller)
}

/// The header that takes it away.
pub(super) fn unset(caller: Client) -> String {
    with("", 0, caller)
}

fn with(value: &str, max_age: u64, caller: Client) -> String {
    let (name, secure) = if caller.is_secure { (NAME, "; Secure") } else { (LOCAL_NAME, "") };
    format!("{name}={value}; Path=/; Max-Age={max_age}; HttpOnly; SameSite=Strict{secure}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use hyper::header::HeaderValue;

    fn caller(is_secure: bool, ip: [u8; 4]) -> Client {
        Client { address: (ip, 1).into(), is_secure, is_proven: true }
    }

    #[test]
    fn a_cookie_is_bound_to_how_it_came() {
        let token = Token([7; 32]);
        let text = token.to_text();
        let (tls, local) = (caller(true, [192, 0, 2, 1]), caller(false, [127, 0, 0, 1]));
        assert_eq!(
            set(&token, tls),
            format!("__Host-papo={text}; Path=/; Max-Age=7776000; HttpOnly; SameSite=Strict; Secure")
        );
        assert_eq!(unset(local), "papo=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict");
        for (sent, by, known) in [
            (format!("__Host-papo={text}"), tls, true),
            (format!("a=b; __Host-papo={text} ; c=d"), tls, true),
            (format!("papo={text}"), tls, false),
            (format!("papo={text}"), local, true),
            (format!("__Host-papo={text}"), local, false),
            ("papo=x".to_owned(), local, false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(COOKIE, HeaderValue::try_from(&sent).expect("a value"));
            assert_eq!(of(&headers, by), known.then(|| token.hash()), "{sent}");
        }
        let mut headers = HeaderMap::new();
        headers.insert(COOKIE, HeaderValue::try_from(format!("__Host-papo={text}")).expect("a value"));
        assert_eq!(renewed(&headers, tls), Some(set(&token, tls)));
        assert!(is_kept_safe(tls) && is_kept_safe(local) && !is_kept_safe(caller(false, [192, 0, 2, 1])));
    }
}

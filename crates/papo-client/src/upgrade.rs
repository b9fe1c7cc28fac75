//! The client's part of WebSocket's opening handshake (RFC 6455, 4.1).

use papo_proto::papo1::SUBPROTOCOL;
use papo_proto::ws::accept_key;

/// An answer's head that is longer is none of ours.
pub(crate) const HEAD_MAX_BYTES: usize = 16 * 1024;

/// The request, for a host as it stands in an address.
pub(crate) fn request(host: &str, path: &str, key: &str) -> String {
    format!(
        "GET {path} HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Protocol: {SUBPROTOCOL}\r\n\r\n"
    )
}

/// How long the head is, once all of it is there.
pub(crate) fn head_len(bytes: &[u8]) -> Option<usize> {
    bytes.windows(4).position(|four| four == b"\r\n\r\n").map(|at| at + 4)
}

/// Whether the answer takes the request: the right key, and papo/1.
pub(crate) fn is_taken(head: &[u8], key: &str) -> bool {
    let head = String::from_utf8_lossy(head);
    let mut lines = head.split("\r\n");
    let status = lines.next().and_then(|line| line.split(' ').nth(1));
    let header = |name: &str| {
        let is_it = |line: &&str| line.split_once(':').is_some_and(|(known, _)| known.eq_ignore_ascii_case(name));
        head.split("\r\n").find(is_it).and_then(|line| line.split_once(':')).map(|(_, value)| value.trim())
    };
    status == Some("101")
        && header("Sec-WebSocket-Accept") == Some(&accept_key(key.as_bytes()))
        && header("Sec-WebSocket-Protocol") == Some(SUBPROTOCOL)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_has_the_status_the_key_and_the_protocol() {
        let key = "dGhlIHNhbXBsZSBub25jZQ==";
        let good = "HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\n\
                    sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nSec-WebSocket-Protocol: papo.v1\r\n\r\n";
        assert!(is_taken(good.as_bytes(), key));
        assert_eq!(head_len([good, "rest"].concat().as_bytes()), Some(good.len()));
        for (from, to) in [("101", "200"), ("s3p", "S3p"), ("papo.v1", "papo.v2"), ("sec-websocket-accept", "x")] {
            assert!(!is_taken(good.replacen(from, to, 1).as_bytes(), key), "{from}");
        }
    }
}

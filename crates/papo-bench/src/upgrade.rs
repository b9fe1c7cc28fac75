//! WebSocket's opening handshake, from the client's side.

use std::net::SocketAddr;

use papo_proto::ws::{accept_key, client_key};

/// An answer that has not ended by then is no handshake.
const ANSWER_MAX_BYTES: usize = 8 * 1024;

/// A handshake that waits for its answer.
#[derive(Debug)]
pub(crate) struct Upgrade {
    accept: String,
}

impl Upgrade {
    /// The handshake of connection `link`, and the bytes that ask for it.
    pub(crate) fn ask(addr: SocketAddr, link: usize) -> (Self, String) {
        // The key only has to differ, so that no answer is taken from a cache.
        let mut random = [0x70; 16];
        random[..8].copy_from_slice(&(link as u64).to_be_bytes());
        let key = client_key(random);
        let ask = format!(
            "GET / HTTP/1.1\r\nHost: {addr}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n"
        );
        (Self { accept: accept_key(key.as_bytes()) }, ask)
    }

    /// What follows the answer, once it is there; `None` while it is not whole.
    ///
    /// # Errors
    /// The answer, when the server does not agree.
    pub(crate) fn answered<'a>(&self, bytes: &'a [u8]) -> Result<Option<&'a [u8]>, String> {
        let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") else {
            return if bytes.len() < ANSWER_MAX_BYTES { Ok(None) } else { Err("an endless answer".to_owned()) };
        };
        let head = String::from_utf8_lossy(&bytes[..end]);
        let mut lines = head.lines();
        let status = lines.next().unwrap_or_default();
        let accepted = lines
            .filter_map(|line| line.split_once(':'))
            .any(|(name, value)| name.eq_ignore_ascii_case("sec-websocket-accept") && value.trim() == self.accept);
        if !status.starts_with("HTTP/1.1 101") || !accepted {
            return Err(format!("no WebSocket but “{status}”"));
        }
        Ok(Some(&bytes[end + 4..]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(upgrade: &Upgrade, status: &str, rest: &str) -> String {
        format!("HTTP/1.1 {status}\r\nsec-websocket-ACCEPT: {}\r\n\r\n{rest}", upgrade.accept)
    }

    #[test]
    fn frames_behind_the_answer_are_kept() {
        let (upgrade, ask) = Upgrade::ask(([127, 0, 0, 1], 8765).into(), 7);
        assert!(ask.starts_with("GET / HTTP/1.1\r\nHost: 127.0.0.1:8765\r\n") && ask.ends_with("\r\n\r\n"));
        let answer = answer(&upgrade, "101 Switching Protocols", "frames");
        let whole = answer.len() - "frames".len();
        for at in 0..whole {
            assert_eq!(upgrade.answered(&answer.as_bytes()[..at]), Ok(None), "{at}");
        }
        assert_eq!(upgrade.answered(answer.as_bytes()), Ok(Some(&b"frames"[..])));
    }

    #[test]
    fn a_refusal_and_a_wrong_key_are_errors() {
        let (upgrade, _) = Upgrade::ask(([127, 0, 0, 1], 8765).into(), 7);
        let (other, _) = Upgrade::ask(([127, 0, 0, 1], 8765).into(), 8);
        assert!(upgrade.answered(answer(&upgrade, "403 Forbidden", "").as_bytes()).is_err());
        assert!(upgrade.answered(answer(&other, "101 Switching Protocols", "").as_bytes()).is_err());
        assert!(upgrade.answered(&vec![b'x'; ANSWER_MAX_BYTES]).is_err());
    }
}

//! What a new connection speaks, told from its first bytes.

/// The protocols that Papo's ports can tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spoken {
    /// Frames with a 4-byte length; the first byte is 0, since a frame is at most 8 MiB.
    Text,
    /// HTTP/1, a WebSocket's handshake included.
    Http,
    /// A TLS client hello.
    Tls,
    /// An IRC client's first line.
    Irc,
    /// SSH's identification string.
    Ssh,
    /// A proxy's header (version 1 or 2) before the client's own bytes.
    Proxy,
    /// A frame that is too long, or nothing that we know.
    Unknown,
}

/// First bytes of each protocol, in no particular order: none begins another.
const OPENINGS: &[(&[u8], Spoken)] = &[
    (b"\0", Spoken::Text),
    (b"GET ", Spoken::Http),
    (b"HEAD ", Spoken::Http),
    (b"POST ", Spoken::Http),
    (b"PUT ", Spoken::Http),
    (b"PATCH ", Spoken::Http),
    (b"DELETE ", Spoken::Http),
    (b"OPTIONS ", Spoken::Http),
    (b"CONNECT ", Spoken::Http),
    (b"TRACE ", Spoken::Http),
    (b"PRI * HTTP/2", Spoken::Http),
    (b"\x16", Spoken::Tls),
    (b"NICK", Spoken::Irc),
    (b"CAP ", Spoken::Irc),
    (b"USER", Spoken::Irc),
    (b"PASS", Spoken::Irc),
    (b"SSH-", Spoken::Ssh),
    (b"PROXY ", Spoken::Proxy),
    (b"\r\n\r\n\0\r\nQUIT\n", Spoken::Proxy),
];

/// Tells what a client speaks by the first bytes that it sent, or `None` while more are needed.
pub fn sniff(first: &[u8]) -> Option<Spoken> {
    if let Some((_, spoken)) = OPENINGS.iter().find(|(opening, _)| first.starts_with(opening)) {
        return Some(*spoken);
    }
    if OPENINGS.iter().any(|(opening, _)| opening.starts_with(first)) {
        return None;
    }
    Some(Spoken::Unknown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_bytes_tell_the_protocol() {
        let table: &[(&[u8], Option<Spoken>)] = &[
            (b"", None),
            (b"\0", Some(Spoken::Text)),
            (b"\0\x7f\xff\xff", Some(Spoken::Text)),
            (b"\0\0\0\x05/quit", Some(Spoken::Text)),
            (b"G", None),
            (b"GET / HTTP/1.1\r\n", Some(Spoken::Http)),
            (b"POST /api", Some(Spoken::Http)),
            (b"P", None),
            (b"PA", None),
            (b"PASS segredo", Some(Spoken::Irc)),
            (b"PATCH /", Some(Spoken::Http)),
            (b"HEAD /", Some(Spoken::Http)),
            (b"\x16\x03\x01", Some(Spoken::Tls)),
            (b"NICK ana\r\n", Some(Spoken::Irc)),
            (b"CAP LS 302\r\n", Some(Spoken::Irc)),
            (b"USER ana 0 * :Ana", Some(Spoken::Irc)),
            (b"SSH-2.0-OpenSSH_9.9", Some(Spoken::Ssh)),
            (b"PROXY TCP4 1.2.3.4", Some(Spoken::Proxy)),
            (b"\r\n\r\n\0\r\nQUIT\n\x21", Some(Spoken::Proxy)),
            (b"\r\n", None),
            (b"\x01\0\0\0", Some(Spoken::Unknown)),
            (b"oi\n", Some(Spoken::Unknown)),
            (b"GETX", Some(Spoken::Unknown)),
        ];
        for (first, expected) in table {
            assert_eq!(sniff(first), *expected, "{:?}", String::from_utf8_lossy(first));
        }
    }

    #[test]
    fn sixteen_bytes_always_decide() {
        for (opening, _) in OPENINGS {
            assert!(opening.len() <= crate::limits::SNIFF_BYTES);
        }
    }
}

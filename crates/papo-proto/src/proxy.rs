//! The header that a proxy puts before a connection to say who is at its other end: the PROXY protocol,
//! versions 1 (a line) and 2 (binary), as `HAProxy` defines them. Whether it may be believed is decided
//! elsewhere, by the address that it comes from.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use thiserror::Error;

use crate::limits::PROXY_HEADER_MAX_BYTES;

/// What version 2 begins with. Nothing else does: as a frame's length it would be too long.
const SIGNATURE: [u8; 12] = *b"\r\n\r\n\0\r\nQUIT\n";
/// Signature, version and command, family and transport, length of the rest.
const FIXED_BYTES: usize = 16;
/// The longest line of version 1, its end included.
const LINE_MAX_BYTES: usize = 107;
const VERSION_2: u8 = 0x20;
const COMMAND_PROXY: u8 = 1;
const OVER_TCP4: u8 = 0x11;
const OVER_TCP6: u8 = 0x21;
/// The fact that tells of the client's TLS, and the bit of its first byte that says there is any.
const FACT_TLS: u8 = 0x20;
const SPEAKS_TLS: u8 = 1;

/// What a header says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Header {
    /// Nobody is behind the proxy, or nobody whose address it can tell: its own address counts.
    Local,
    /// The client behind it.
    Client {
        /// Its address.
        address: SocketAddr,
        /// It has spoken TLS to the proxy, as that says; version 1 cannot say so.
        is_secure: bool,
    },
}

/// What begins like a header is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Malformed {
    /// Its end does not come within the bytes that it may have.
    #[error("a proxy's header is too long")]
    TooLong,
    /// A version, command or kind of address that is not defined.
    #[error("a proxy's header is of an unknown kind")]
    Unknown,
    /// An address or a port is not written as the protocol says.
    #[error("a proxy's header has a broken address")]
    Address,
}

/// Reads the header that a connection begins with: what it says and how many bytes it has, or `None`
/// while more must come.
///
/// # Errors
/// It is no header, and nothing that could come would make it one.
pub fn decode(first: &[u8]) -> Result<Option<(Header, usize)>, Malformed> {
    let common = first.len().min(SIGNATURE.len());
    if first[..common] == SIGNATURE[..common] { binary(first) } else { line(first) }
}

fn line(first: &[u8]) -> Result<Option<(Header, usize)>, Malformed> {
    let seen = &first[..first.len().min(LINE_MAX_BYTES)];
    let Some(end) = seen.windows(2).position(|pair| pair == b"\r\n") else {
        return if first.len() >= LINE_MAX_BYTES { Err(Malformed::TooLong) } else { Ok(None) };
    };
    let text = std::str::from_utf8(&seen[..end]).map_err(|_| Malformed::Unknown)?;
    let rest = text.strip_prefix("PROXY ").ok_or(Malformed::Unknown)?;
    // What follows UNKNOWN is to be passed over.
    if rest == "UNKNOWN" || rest.starts_with("UNKNOWN ") {
        return Ok(Some((Header::Local, end + 2)));
    }
    let words: Vec<&str> = rest.split(' ').collect();
    let [family, from, to, from_port, to_port] = words[..] else { return Err(Malformed::Address) };
    let address = |text: &str| -> Option<IpAddr> {
        match family {
            "TCP4" => text.parse().map(IpAddr::V4).ok(),
            "TCP6" => text.parse().map(IpAddr::V6).ok(),
            _ => None,
        }
    };
    if !matches!(family, "TCP4" | "TCP6") {
        return Err(Malformed::Unknown);
    }
    let ends = [(from, from_port), (to, to_port)].map(|(ip, number)| Some((address(ip)?, port(number)?)));
    match ends {
        [Some((ip, port)), Some(_)] => {
            let address = SocketAddr::new(ip, port);
            Ok(Some((Header::Client { address, is_secure: false }, end + 2)))
        }
        _ => Err(Malformed::Address),
    }
}

/// A port in decimal, without a sign or needless zeros.
fn port(text: &str) -> Option<u16> {
    let is_plain = text.bytes().all(|byte| byte.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    text.parse().ok().filter(|_| is_plain)
}

fn binary(first: &[u8]) -> Result<Option<(Header, usize)>, Malformed> {
    let Some((fixed, rest)) = first.split_at_checked(FIXED_BYTES) else {
        let is_wrong = first.get(12).is_some_and(|byte| byte & 0xF0 != VERSION_2 || byte & 0x0F > COMMAND_PROXY);
        return if is_wrong { Err(Malformed::Unknown) } else { Ok(None) };
    };
    let (command, over) = (fixed[12] ^ VERSION_2, fixed[13]);
    if command > COMMAND_PROXY {
        return Err(Malformed::Unknown);
    }
    let length = usize::from(u16::from_be_bytes([fixed[14], fixed[15]]));
    if FIXED_BYTES + length > PROXY_HEADER_MAX_BYTES {
        return Err(Malformed::TooLong);
    }
    let Some(body) = rest.get(..length) else { return Ok(None) };
    let header = match over {
        _ if command != COMMAND_PROXY => Header::Local,
        OVER_TCP4 => client::<4>(body, 12)?,
        OVER_TCP6 => client::<16>(body, 36)?,
        // No address, or a socket of the proxy's own machine.
        0x00 | 0x30..=0x32 => Header::Local,
        _ => return Err(Malformed::Unknown),
    };
    Ok(Some((header, FIXED_BYTES + length)))
}

/// The first of two addresses of `N` bytes, with the first of the two ports behind them, and what the
/// facts behind all that say of TLS.
fn client<const N: usize>(body: &[u8], length: usize) -> Result<Header, Malformed>
where
    IpAddr: From<[u8; N]>,
{
    let ends = body.get(..length).ok_or(Malformed::Address)?;
    let (ip, rest) = ends.split_first_chunk::<N>().ok_or(Malformed::Address)?;
    let port = rest.get(N..N + 2).ok_or(Malformed::Address)?;
    let address = SocketAddr::new(IpAddr::from(*ip), u16::from_be_bytes([port[0], port[1]]));
    Ok(Header::Client { address, is_secure: speaks_tls(&body[length..]) })
}

/// Whether one of these facts, each with a kind and a length, says that the client speaks TLS. What is
/// broken says nothing.
fn speaks_tls(mut facts: &[u8]) -> bool {
    while let [kind, high, low, rest @ ..] = facts {
        let Some((value, behind)) = rest.split_at_checked(usize::from(u16::from_be_bytes([*high, *low]))) else {
            return false;
        };
        if *kind == FACT_TLS {
            return value.first().is_some_and(|first| first & SPEAKS_TLS != 0);
        }
        facts = behind;
    }
    false
}

/// The header of version 2 that says: `client` has connected to `server`, by TLS or not.
pub fn encode(client: SocketAddr, server: SocketAddr, is_secure: bool) -> Vec<u8> {
    let mut bytes = SIGNATURE.to_vec();
    bytes.push(VERSION_2 | COMMAND_PROXY);
    match (client.ip().to_canonical(), server.ip().to_canonical()) {
        (IpAddr::V4(from), IpAddr::V4(to)) => {
            bytes.extend([OVER_TCP4, 0, 12]);
            bytes.extend(Ipv4Addr::octets(&from));
            bytes.extend(to.octets());
        }
        (from, to) => {
            bytes.extend([OVER_TCP6, 0, 36]);
            bytes.extend(Ipv6Addr::octets(&as_v6(from)));
            bytes.extend(as_v6(to).octets());
        }
    }
    bytes.extend(client.port().to_be_bytes());
    bytes.extend(server.port().to_be_bytes());
    if is_secure {
        // The bit, and that no certificate of the client was looked at.
        let fact = [FACT_TLS, 0, 5, SPEAKS_TLS, 0, 0, 0, 1];
        bytes.extend(fact);
        bytes[FIXED_BYTES - 1] += fact.len() as u8;
    }
    bytes
}

fn as_v6(ip: IpAddr) -> Ipv6Addr {
    match ip {
        IpAddr::V4(ip) => ip.to_ipv6_mapped(),
        IpAddr::V6(ip) => ip,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(address: &str) -> Header {
        Header::Client { address: address.parse().expect("an address"), is_secure: false }
    }

    fn v2(command: u8, over: u8, body: &[u8]) -> Vec<u8> {
        let length = u16::try_from(body.len()).expect("short").to_be_bytes();
        [&SIGNATURE[..], &[command, over], &length, body].concat()
    }

    /// The header is read as `expected` however much follows it, and with fewer bytes nothing is said
    /// too early.
    fn check(header: &[u8], expected: Result<Header, Malformed>) {
        let shown = String::from_utf8_lossy(header).into_owned();
        for behind in [&b""[..], b"\0\0\0\x02oi", b"GET / HTTP/1.1\r\n", b"PROXY TCP4 "] {
            let bytes = [header, behind].concat();
            match expected {
                Ok(header_says) => assert_eq!(decode(&bytes), Ok(Some((header_says, header.len()))), "{shown:?}"),
                Err(error) => assert_eq!(decode(&bytes), Err(error), "{shown:?}"),
            }
        }
        if expected.is_ok() {
            for cut in 0..header.len() {
                assert_eq!(decode(&header[..cut]), Ok(None), "{cut} bytes of {shown:?}");
            }
        }
    }

    #[test]
    fn a_proxy_says_that_its_client_speaks_tls() {
        let ends = [192, 0, 2, 1, 198, 51, 100, 2, 0xDC, 4, 1, 0xBB];
        for (facts, is_secure) in [
            (&[][..], false),
            (&[0x20, 0, 5, 1, 0, 0, 0, 0], true),
            (&[0x20, 0, 5, 0, 0, 0, 0, 0], false),
            (&[4, 0, 1, 9, 0x20, 0, 5, 7, 0, 0, 0, 0], true),
            (&[4, 0, 9, 9, 0x20, 0, 5, 1, 0, 0, 0, 0], false),
            (&[0x20, 0, 0], false),
            (&[0x20, 0], false),
        ] {
            let expected = Header::Client { address: "192.0.2.1:56324".parse().expect("an address"), is_secure };
            check(&v2(0x21, 0x11, &[&ends[..], facts].concat()), Ok(expected));
        }
    }

    #[test]
    fn a_line_names_the_client() {
        let max = "PROXY UNKNOWN ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\n";
        assert_eq!(max.len(), LINE_MAX_BYTES);
        for (line, expected) in [
            ("PROXY TCP4 192.0.2.1 198.51.100.2 56324 443\r\n", Ok(from("192.0.2.1:56324"))),
            ("PROXY TCP6 2001:db8::1 ::1 0 65535\r\n", Ok(from("[2001:db8::1]:0"))),
            ("PROXY UNKNOWN\r\n", Ok(Header::Local)),
            (max, Ok(Header::Local)),
            ("PROXY TCP4 192.0.2.1 198.51.100.2 56324\r\n", Err(Malformed::Address)),
            ("PROXY TCP4 192.0.2.1 198.51.100.2 56324 443 \r\n", Err(Malformed::Address)),
            ("PROXY TCP4  192.0.2.1 198.51.100.2 56324 443\r\n", Err(Malformed::Address)),
            ("PROXY TCP4 2001:db8::1 ::1 1 2\r\n", Err(Malformed::Address)),
            ("PROXY TCP6 192.0.2.1 198.51.100.2 1 2\r\n", Err(Malformed::Address)),
            ("PROXY TCP4 192.0.2.01 198.51.100.2 1 2\r\n", Err(Malformed::Address)),
            ("PROXY TCP4 192.0.2.1 198.51.100.256 1 2\r\n", Err(Malformed::Address)),
            ("PROXY TCP4 192.0.2.1 198.51.100.2 65536 2\r\n", Err(Malformed::Address)),
            ("PROXY TCP4 192.0.2.1 198.51.100.2 +1 2\r\n", Err(Malformed::Address)),
            ("PROXY TCP4 192.0.2.1 198.51.100.2 01 2\r\n", Err(Malformed::Address)),
            ("PROXY TCP4 192.0.2.1 198.51.100.2 1 \r\n", Err(Malformed::Address)),
            ("PROXY TCP5 192.0.2.1 198.51.100.2 1 2\r\n", Err(Malformed::Unknown)),
            ("PROXY UNKNOWNS\r\n", Err(Malformed::Address)),
            ("PROXY \r\n", Err(Malformed::Address)),
            ("PROXY\r\n", Err(Malformed::Unknown)),
            ("GET / HTTP/1.1\r\n", Err(Malformed::Unknown)),
        ] {
            check(line.as_bytes(), expected);
        }
        let long = format!("PROXY UNKNOWN {}\r\n", "x".repeat(LINE_MAX_BYTES));
        assert_eq!(decode(long.as_bytes()), Err(Malformed::TooLong));
        assert_eq!(
            decode(&b"PROXY TCP4 192.0.2.1\n".repeat(6)),
            Err(Malformed::TooLong),
            "a bare line feed ends nothing"
        );
    }

    #[test]
    fn the_binary_form_names_the_client_too() {
        let four = [192, 0, 2, 1, 198, 51, 100, 2, 0xDC, 0x04, 0x01, 0xBB];
        let six: Vec<u8> = [&[0x20, 1, 0x0D, 0xB8][..], &[0; 11], &[1], &[0; 15], &[1], &[0, 9, 0, 80]].concat();
        let facts = [&four[..], &[0x04, 0, 3, 0, 0, 0]].concat();
        let longest = vec![0; PROXY_HEADER_MAX_BYTES - FIXED_BYTES];
        for (command, over, body, expected) in [
            (0x21, 0x11, &four[..], Ok(from("192.0.2.1:56324"))),
            (0x21, 0x11, &facts, Ok(from("192.0.2.1:56324"))),
            (0x21, 0x21, &six, Ok(from("[2001:db8::1]:9"))),
            (0x20, 0x11, &four, Ok(Header::Local)),
            (0x20, 0xFF, b"", Ok(Header::Local)),
            (0x21, 0x00, b"", Ok(Header::Local)),
            (0x21, 0x31, &[b'/'; 216], Ok(Header::Local)),
            (0x21, 0x00, &longest, Ok(Header::Local)),
            (0x21, 0x11, &four[..11], Err(Malformed::Address)),
            (0x21, 0x21, &four, Err(Malformed::Address)),
            (0x21, 0x12, &four, Err(Malformed::Unknown)),
            (0x21, 0x41, &six, Err(Malformed::Unknown)),
            (0x22, 0x11, &four, Err(Malformed::Unknown)),
            (0x11, 0x11, &four, Err(Malformed::Unknown)),
        ] {
            check(&v2(command, over, body), expected);
        }
        assert_eq!(decode(&v2(0x21, 0, &[&longest[..], &[0]].concat())[..FIXED_BYTES]), Err(Malformed::TooLong));
        assert_eq!(decode(&[&SIGNATURE[..], &[0x31]].concat()), Err(Malformed::Unknown), "the version is known early");
    }

    #[test]
    fn what_is_encoded_is_read_back() {
        for (client, server, read) in [
            ("192.0.2.1:5000", "198.51.100.2:12345", "192.0.2.1:5000"),
            ("[2001:db8::1]:5000", "[::1]:12345", "[2001:db8::1]:5000"),
            ("192.0.2.1:5000", "[::1]:12345", "[::ffff:192.0.2.1]:5000"),
            ("[::ffff:192.0.2.1]:5000", "198.51.100.2:1", "192.0.2.1:5000"),
        ] {
            for is_secure in [false, true] {
                let (client, server) = (client.parse().expect("an address"), server.parse().expect("an address"));
                let address = read.parse().expect("an address");
                check(&encode(client, server, is_secure), Ok(Header::Client { address, is_secure }));
            }
        }
    }
}

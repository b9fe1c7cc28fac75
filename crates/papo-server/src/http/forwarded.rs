//! Who is behind an HTTP request: its peer, or, where that is a trusted proxy, whom the proxy says it
//! speaks for. Both ways of saying it are read: `Forwarded` (RFC 7239) and `X-Forwarded-For`.
//!
//! Each proxy adds at the end whom it heard from, so the list is read from its end: as long as the
//! speaker is trusted, the entry before counts. What stands further to the front is only the client's own
//! claim.

use std::net::{IpAddr, SocketAddr};

use hyper::header::{FORWARDED, HeaderMap, VIA};

use crate::trusted::Trusted;

const FOR: &str = "x-forwarded-for";
const PROTO: &str = "x-forwarded-proto";
const REAL_IP: &str = "x-real-ip";

/// What is said where a trusted proxy's headers do not tell who sent a request.
pub(crate) const DOUBTFUL: &str = "The proxy's headers do not tell who is asking.\n";

/// Who sent a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Client {
    /// Its address; the port is 0 where only the address is known.
    pub address: SocketAddr,
    /// The client spoke TLS, to us or to the first proxy.
    pub is_secure: bool,
    /// The address is the client's own for certain: nobody untrusted stands between, as far as
    /// headers tell, and no trusted proxy hides whom it speaks for.
    pub is_proven: bool,
}

impl Client {
    /// Nobody on the way can read what it says: by TLS, or because it does not leave the machine. A
    /// proxy of this machine that nobody has declared speaks for who knows whom.
    pub fn is_private(&self) -> bool {
        self.is_secure || (self.is_proven && self.address.ip().to_canonical().is_loopback())
    }
}

/// What a trusted proxy has let through cannot be told from what it has said itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// `Forwarded` is not written as the standard says; an entry may hide in it.
    Malformed,
    /// `Forwarded` and `X-Forwarded-For` name different clients: one of them is the client's own.
    Contradiction,
}

/// One entry of a list: somebody that a proxy heard from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Hop {
    /// Its address, unless the proxy does not know or does not tell it.
    from: Option<SocketAddr>,
    /// Whether it spoke HTTPS, where that is said.
    is_secure: Option<bool>,
}

/// Tells who sent a request that came by a connection from `peer`, which is secure by itself or not.
///
/// # Errors
/// A trusted proxy's headers do not tell it.
pub fn client(headers: &HeaderMap, (peer, is_secure): (SocketAddr, bool), trusted: &Trusted) -> Result<Client, Doubt> {
    if !trusted.contains(peer.ip()) {
        let is_proven =
            ![FORWARDED.as_str(), FOR, REAL_IP, VIA.as_str()].iter().any(|name| headers.contains_key(*name));
        return Ok(Client { address: peer, is_secure, is_proven });
    }
    let standard = forwarded(headers)?;
    let standard = headers.contains_key(FORWARDED).then(|| walk(&standard, peer, trusted));
    let usual = headers.contains_key(FOR).then(|| walk(&x_forwarded(headers), peer, trusted));
    let direct = Client { address: peer, is_secure: false, is_proven: true };
    match (standard, usual) {
        (None, None) => Ok(Client { is_secure: protos(headers).pop().unwrap_or(is_secure), ..direct }),
        (Some(one), None) | (None, Some(one)) => Ok(one),
        (Some(one), Some(other)) if (one.address.ip(), one.is_proven) == (other.address.ip(), other.is_proven) => {
            Ok(Client { is_secure: one.is_secure && other.is_secure, ..one })
        }
        (Some(_), Some(_)) => Err(Doubt::Contradiction),
    }
}

fn walk(hops: &[Hop], peer: SocketAddr, trusted: &Trusted) -> Client {
    let mut client = Client { address: peer, is_secure: false, is_proven: true };
    for hop in hops.iter().rev() {
        if !trusted.contains(client.address.ip()) {
            break;
        }
        client.is_secure = hop.is_secure.unwrap_or(false);
        let Some(from) = hop.from else {
            client.is_proven = false;
            break;
        };
        client.address = from;
    }
    client
}

/// All values of a header, in their order; what is no text stands for nobody that is known.
fn values<'a>(headers: &'a HeaderMap, name: &str) -> impl Iterator<Item = &'a str> {
    headers.get_all(name).iter().map(|value| value.to_str().unwrap_or_default())
}

fn x_forwarded(headers: &HeaderMap) -> Vec<Hop> {
    let from = values(headers, FOR).flat_map(|value| value.split(','));
    let mut hops: Vec<Hop> = from.map(|entry| Hop { from: node(entry.trim()), is_secure: None }).collect();
    let protos = protos(headers);
    // One for each entry, or only what the last proxy says.
    if protos.len() == hops.len() {
        for (hop, is_secure) in hops.iter_mut().zip(protos) {
            hop.is_secure = Some(is_secure);
        }
    } else if let Some(last) = protos.last() {
        for hop in &mut hops {
            hop.is_secure = Some(*last);
        }
    }
    hops
}

fn protos(headers: &HeaderMap) -> Vec<bool> {
    let values = values(headers, PROTO).flat_map(|value| value.split(','));
    values.map(|proto| proto.trim().eq_ignore_ascii_case("https")).collect()
}

fn forwarded(headers: &HeaderMap) -> Result<Vec<Hop>, Doubt> {
    let mut hops = Vec::new();
    for value in headers.get_all(FORWARDED) {
        let mut rest = value.to_str().map_err(|_| Doubt::Malformed)?;
        loop {
            let mut hop = Hop::default();
            let end = loop {
                let (name, value, behind) = pair(rest)?;
                match name.to_ascii_lowercase().as_str() {
                    "for" => hop.from = node(&value),
                    "proto" => hop.is_secure = Some(value.eq_ignore_ascii_case("https")),
                    _ => {}
                }
                match behind.strip_prefix(';') {
                    Some(more) => rest = more,
                    None => break behind,
                }
            };
            hops.push(hop);
            match end.strip_prefix(',') {
                Some(more) => rest = more,
                None if end.is_empty() => break,
                None => return Err(Doubt::Malformed),
            }
        }
    }
    Ok(hops)
}

/// Takes `name=value` or `name="value"` from the front; an empty pair is allowed.
fn pair(text: &str) -> Result<(&str, String, &str), Doubt> {
    let text = text.trim_start();
    if text.is_empty() || text.starts_with([',', ';']) {
        return Ok(("", String::new(), text));
    }
    let (name, rest) = text.split_once('=').ok_or(Doubt::Malformed)?;
    if name.contains([',', ';', '"', ' ']) {
        return Err(Doubt::Malformed);
    }
    let Some(mut quoted) = rest.strip_prefix('"') else {
        let end = rest.find([',', ';', '"']).unwrap_or(rest.len());
        let (value, rest) = rest.split_at(end);
        return Ok((name, value.trim().to_owned(), rest));
    };
    let mut value = String::new();
    loop {
        let at = quoted.find(['"', '\\']).ok_or(Doubt::Malformed)?;
        value.push_str(&quoted[..at]);
        let is_end = quoted[at..].starts_with('"');
        quoted = &quoted[at + 1..];
        if is_end {
            return Ok((name, value, quoted.trim_start()));
        }
        let escaped = quoted.chars().next().ok_or(Doubt::Malformed)?;
        value.push(escaped);
        quoted = &quoted[escaped.len_utf8()..];
    }
}

/// The address of an entry: with or without a port, IPv6 in brackets or bare; `None` for `unknown`,
/// for a name that a proxy has made up, and for what is none of these.
fn node(text: &str) -> Option<SocketAddr> {
    if let Ok(ip) = text.parse::<IpAddr>() {
        return Some(SocketAddr::new(ip.to_canonical(), 0));
    }
    if let Ok(address) = text.parse::<SocketAddr>() {
        return Some(SocketAddr::new(address.ip().to_canonical(), address.port()));
    }
    let (ip, port) = match text.strip_prefix('[') {
        Some(rest) => {
            rest.split_once(']').map(|(ip, port)| (ip.parse::<std::net::Ipv6Addr>().map(IpAddr::from), port))?
        }
        None => text.find(':').map(|at| (text[..at].parse::<std::net::Ipv4Addr>().map(IpAddr::from), &text[at..]))?,
    };
    // The port may be hidden while the address is not.
    let is_hidden = port.is_empty() || port.starts_with(":_");
    ip.ok().filter(|_| is_hidden).map(|ip| SocketAddr::new(ip.to_canonical(), 0))
}

#[cfg(test)]
mod tests;

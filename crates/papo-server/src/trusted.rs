//! Whose word counts about who is behind a connection: the operator's own proxies, by their addresses.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};
use std::str::FromStr;

use thiserror::Error;

/// The name for both families of this machine's own addresses.
const LOOPBACK: &str = "loopback";

/// The networks of the proxies that are believed; by default nobody is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trusted(Vec<Network>);

impl Trusted {
    /// Whether the word of this address counts.
    pub fn contains(&self, ip: IpAddr) -> bool {
        let ip = ip.to_canonical();
        self.0.iter().any(|network| network.contains(ip))
    }
}

impl FromIterator<Network> for Trusted {
    fn from_iter<I: IntoIterator<Item = Network>>(networks: I) -> Self {
        Self(networks.into_iter().collect())
    }
}

/// A network: an address and how many of its bits count, or this machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Network {
    /// `loopback`
    Loopback,
    /// `10.0.0.0/8`, `2001:db8::1`
    Bits(IpAddr, u8),
}

/// What is no network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("neither an address nor a network")]
pub struct NoNetwork;

impl Network {
    /// `ip` in its canonical form.
    fn contains(self, ip: IpAddr) -> bool {
        match (self, ip) {
            (Network::Loopback, ip) => ip.is_loopback(),
            (Network::Bits(IpAddr::V4(net), bits), IpAddr::V4(ip)) => {
                (net.to_bits() ^ ip.to_bits()).leading_zeros() >= u32::from(bits)
            }
            (Network::Bits(IpAddr::V6(net), bits), IpAddr::V6(ip)) => {
                (net.to_bits() ^ ip.to_bits()).leading_zeros() >= u32::from(bits)
            }
            _ => false,
        }
    }
}

impl FromStr for Network {
    type Err = NoNetwork;

    fn from_str(text: &str) -> Result<Self, NoNetwork> {
        let text = text.trim();
        if text.eq_ignore_ascii_case(LOOPBACK) {
            return Ok(Network::Loopback);
        }
        let (ip, bits) = text.split_once('/').map_or((text, None), |(ip, bits)| (ip, Some(bits)));
        let ip: IpAddr = ip.parse().map_err(|_| NoNetwork)?;
        let all = if ip.is_ipv4() { 32 } else { 128 };
        let bits = match bits {
            None => all,
            Some(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => {
                digits.parse().map_err(|_| NoNetwork)?
            }
            Some(_) => return Err(NoNetwork),
        };
        if bits > all {
            return Err(NoNetwork);
        }
        // An IPv4 address in the form of IPv6 is that IPv4 address, as it is where connections come from.
        match ip {
            IpAddr::V6(v6) if bits >= 96 && is_mapped(v6) => Ok(Network::Bits(ip.to_canonical(), bits - 96)),
            _ => Ok(Network::Bits(ip, bits)),
        }
    }
}

fn is_mapped(ip: Ipv6Addr) -> bool {
    ip.to_ipv4_mapped().is_some()
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Network::Loopback => f.write_str(LOOPBACK),
            Network::Bits(ip, bits) => write!(f, "{ip}/{bits}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_holds_the_addresses_that_begin_like_it() {
        for (network, ip, holds) in [
            ("192.0.2.1", "192.0.2.1", true),
            ("192.0.2.1", "192.0.2.2", false),
            ("192.0.2.1", "::ffff:192.0.2.1", true),
            ("10.0.0.0/8", "10.255.1.2", true),
            ("10.0.0.0/8", "11.0.0.1", false),
            ("10.1.2.3/8", "10.9.9.9", true),
            ("172.16.0.0/12", "172.31.255.255", true),
            ("172.16.0.0/12", "172.32.0.0", false),
            ("0.0.0.0/0", "198.51.100.7", true),
            ("0.0.0.0/0", "2001:db8::1", false),
            ("::/0", "2001:db8::1", true),
            ("::/0", "198.51.100.7", false),
            ("2001:db8::/33", "2001:db8:7fff::1", true),
            ("2001:db8::/33", "2001:db8:8000::1", false),
            ("::ffff:10.0.0.0/104", "10.1.1.1", true),
            ("loopback", "127.9.9.9", true),
            ("Loopback", "::1", true),
            (" loopback ", "::ffff:127.0.0.1", true),
            ("loopback", "192.0.2.1", false),
        ] {
            let trusted: Trusted = [network.parse::<Network>().expect(network)].into_iter().collect();
            assert_eq!(trusted.contains(ip.parse().expect(ip)), holds, "{ip} in {network}");
        }
        assert!(!Trusted::default().contains("127.0.0.1".parse().expect("an address")), "nobody is trusted unasked");
    }

    #[test]
    fn what_is_no_network_is_told() {
        for text in ["", "proxy", "10.0.0.0/33", "::/129", "10.0.0.0/", "10.0.0.0/-1", "10.0.0.0/+8", "10.0/8", "1/2/3"]
        {
            assert_eq!(text.parse::<Network>(), Err(NoNetwork), "{text:?}");
        }
    }

    #[test]
    fn a_network_is_shown_as_it_is_typed() {
        for text in ["loopback", "10.0.0.0/8", "2001:db8::/32"] {
            assert_eq!(text.parse::<Network>().expect(text).to_string(), text);
        }
    }
}

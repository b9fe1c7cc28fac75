//! A connection that was let in, on its way to whoever will speak with it, and the places that
//! bound how many there are.

use std::net::{IpAddr, SocketAddr, TcpStream};
use std::sync::{Arc, Mutex};

use papo_proto::Address;
use papo_proto::words::Refusal;
use papo_tls::SecureLine;
use rustc_hash::FxHashMap;

/// Counts connections: in all, and of each address. Loopback is exempt from the latter.
#[derive(Debug)]
pub struct Admission {
    taken: Mutex<Taken>,
    max: usize,
    max_per_address: usize,
}

#[derive(Debug, Default)]
struct Taken {
    all: usize,
    /// Only addresses with a connection are in it, so it is bounded by `max`.
    by_address: FxHashMap<Address, usize>,
}

impl Admission {
    /// Places for `max` connections, `max_per_address` from one address.
    pub fn new(max: usize, max_per_address: usize) -> Arc<Self> {
        Arc::new(Self { taken: Mutex::default(), max, max_per_address })
    }

    /// How many places are taken.
    pub fn taken(&self) -> usize {
        self.taken.lock().expect("invariant: counting does not panic").all
    }

    /// Takes a place for a connection from `peer`.
    ///
    /// # Errors
    /// Why there is none.
    pub fn admit(self: &Arc<Self>, peer: IpAddr) -> Result<Place, Refusal> {
        let counted = (!peer.to_canonical().is_loopback()).then(|| Address::from(peer));
        let mut taken = self.taken.lock().expect("invariant: counting does not panic");
        if taken.all >= self.max {
            return Err(Refusal::Full);
        }
        if let Some(address) = counted {
            let of_address = taken.by_address.entry(address).or_insert(0);
            if *of_address >= self.max_per_address {
                return Err(Refusal::Address);
            }
            *of_address += 1;
        }
        taken.all += 1;
        Ok(Place { admission: Some(self.clone()), counted })
    }
}

/// A place among the connections of an address and of the process; dropping it frees the place.
#[derive(Debug, Default)]
pub struct Place {
    admission: Option<Arc<Admission>>,
    counted: Option<Address>,
}

impl Drop for Place {
    fn drop(&mut self) {
        let Some(admission) = &self.admission else { return };
        let mut taken = admission.taken.lock().expect("invariant: counting does not panic");
        taken.all -= 1;
        let Some(address) = self.counted else { return };
        if let Some(of_address) = taken.by_address.get_mut(&address) {
            *of_address -= 1;
            if *of_address == 0 {
                taken.by_address.remove(&address);
            }
        }
    }
}

/// An accepted connection before anybody knows what it speaks.
#[derive(Debug)]
pub struct Arrival {
    /// The socket, non-blocking.
    pub socket: TcpStream,
    /// Where it comes from.
    pub peer: SocketAddr,
    /// Its place; it goes where the connection goes.
    pub place: Place,
    /// Its TLS, with what was decrypted and not taken; none while it is plain or nobody knows.
    pub secure: Option<Box<SecureLine>>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    #[test]
    fn an_address_has_its_share_and_loopback_has_all() {
        let admission = Admission::new(6, 2);
        let one = admission.admit(ip("192.0.2.1")).expect("a place");
        let _two = admission.admit(ip("192.0.2.1")).expect("a place");
        assert_eq!(admission.admit(ip("192.0.2.1")).expect_err("full"), Refusal::Address);
        let _six = admission.admit(ip("2001:db8::1")).expect("a place");
        let _seven = admission.admit(ip("2001:db8::2")).expect("a place");
        assert_eq!(admission.admit(ip("2001:db8::3")).expect_err("one /64"), Refusal::Address);
        drop(one);
        let _again = admission.admit(ip("192.0.2.1")).expect("a place again");
        let _local: Vec<_> = (0..2).map(|_| admission.admit(ip("127.0.0.1")).expect("a place")).collect();
        assert_eq!(admission.admit(ip("127.0.0.1")).expect_err("full"), Refusal::Full);
    }

    #[test]
    fn nothing_is_remembered_of_who_has_gone() {
        let admission = Admission::new(10, 2);
        drop(admission.admit(ip("192.0.2.1")).expect("a place"));
        let taken = admission.taken.lock().expect("not poisoned");
        assert_eq!((taken.all, taken.by_address.len()), (0, 0));
    }
}

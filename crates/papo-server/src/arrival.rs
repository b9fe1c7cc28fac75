//! A connection that was let in, on its way to whoever will speak with it, and the places that
//! bound how many there are.

use std::net::{IpAddr, SocketAddr, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard};

use papo_proto::Address;
use papo_proto::words::Refusal;
use papo_tls::SecureLine;
use rustc_hash::FxHashMap;

/// Counts connections: in all, and of each address. Loopback is exempt from the latter.
#[derive(Debug)]
pub struct Admission {
    taken: Mutex<Taken>,
    max: usize,
}

#[derive(Debug, Default)]
struct Taken {
    all: usize,
    /// Of connections that have finished a TLS handshake.
    secure: usize,
    max_per_address: usize,
    /// Only addresses with a connection are in it, so it is bounded by `max`.
    by_address: FxHashMap<Address, usize>,
}

impl Admission {
    /// Places for `max` connections, `max_per_address` from one address.
    pub fn new(max: usize, max_per_address: usize) -> Arc<Self> {
        Arc::new(Self { taken: Mutex::new(Taken { max_per_address, ..Taken::default() }), max })
    }

    /// How many places are taken.
    pub fn taken(&self) -> usize {
        self.lock().all
    }

    /// How many of them are of connections that have finished a TLS handshake.
    pub fn secure(&self) -> usize {
        self.lock().secure
    }

    /// From now on so many places are for one address. Who has more keeps them.
    pub fn allow_per_address(&self, max: usize) {
        self.lock().max_per_address = max;
    }

    fn lock(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().expect("invariant: counting does not panic")
    }

    /// Takes a place for a connection from `peer`.
    ///
    /// # Errors
    /// Why there is none.
    pub fn admit(self: &Arc<Self>, peer: IpAddr) -> Result<Place, Refusal> {
        self.admit_counted(counted(peer))
    }

    /// Takes a place for a connection from a trusted proxy, which counts for whoever is behind it as
    /// soon as that is known.
    ///
    /// # Errors
    /// Why there is none.
    pub fn admit_proxy(self: &Arc<Self>) -> Result<Place, Refusal> {
        self.admit_counted(None)
    }

    fn admit_counted(self: &Arc<Self>, counted: Option<Address>) -> Result<Place, Refusal> {
        let mut taken = self.lock();
        if taken.all >= self.max {
            return Err(Refusal::Full);
        }
        taken.count(counted)?;
        taken.all += 1;
        Ok(Place { admission: Some(self.clone()), counted, is_secure: false })
    }
}

/// What an address counts for; loopback does not.
fn counted(ip: IpAddr) -> Option<Address> {
    (!ip.to_canonical().is_loopback()).then(|| Address::from(ip))
}

impl Taken {
    fn count(&mut self, address: Option<Address>) -> Result<(), Refusal> {
        let Some(address) = address else { return Ok(()) };
        let of_address = self.by_address.get(&address).copied().unwrap_or(0);
        if of_address >= self.max_per_address {
            return Err(Refusal::Address);
        }
        self.by_address.insert(address, of_address + 1);
        Ok(())
    }

    fn forget(&mut self, address: Option<Address>) {
        let Some(address) = address else { return };
        if let Some(of_address) = self.by_address.get_mut(&address) {
            *of_address -= 1;
            if *of_address == 0 {
                self.by_address.remove(&address);
            }
        }
    }
}

/// A place among the connections of an address and of the process; dropping it frees the place.
#[derive(Debug, Default)]
pub struct Place {
    admission: Option<Arc<Admission>>,
    counted: Option<Address>,
    is_secure: bool,
}

impl Place {
    /// Counts the connection among those that have finished a TLS handshake.
    pub fn secured(&mut self) {
        let Some(admission) = &self.admission else { return };
        if !std::mem::replace(&mut self.is_secure, true) {
            admission.lock().secure += 1;
        }
    }

    /// Counts the connection for `client`, who is behind a proxy, and no longer for the proxy.
    ///
    /// # Errors
    /// The client has too many; the place stays as it was.
    pub fn move_to(&mut self, client: IpAddr) -> Result<(), Refusal> {
        let Some(admission) = &self.admission else { return Ok(()) };
        let to = counted(client);
        if to == self.counted {
            return Ok(());
        }
        let mut taken = admission.lock();
        taken.count(to)?;
        taken.forget(std::mem::replace(&mut self.counted, to));
        Ok(())
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let Some(admission) = &self.admission else { return };
        let mut taken = admission.lock();
        taken.all -= 1;
        taken.secure -= usize::from(self.is_secure);
        taken.forget(self.counted);
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
    fn a_proxys_connection_counts_for_who_is_behind_it() {
        let admission = Admission::new(10, 2);
        let mut places: Vec<Place> = (0..4).map(|_| admission.admit_proxy().expect("a place")).collect();
        places[0].move_to(ip("192.0.2.1")).expect("one");
        places[1].move_to(ip("192.0.2.1")).expect("two");
        places[1].move_to(ip("192.0.2.1")).expect("the same again takes nothing");
        assert_eq!(places[2].move_to(ip("192.0.2.1")).expect_err("full"), Refusal::Address);
        assert_eq!(admission.admit(ip("192.0.2.1")).expect_err("by itself, too"), Refusal::Address);
        places[2].move_to(ip("192.0.2.2")).expect("another one");
        // Who moves on leaves a place behind.
        places[0].move_to(ip("192.0.2.3")).expect("somebody else");
        places[3].move_to(ip("192.0.2.1")).expect("a place again");
        admission.allow_per_address(1);
        assert_eq!(admission.admit(ip("192.0.2.3")).expect_err("fewer now"), Refusal::Address);
        assert_eq!(admission.taken(), 4);
        drop(places);
        assert!(admission.lock().by_address.is_empty());
    }

    #[test]
    fn secure_connections_are_counted_once_each_while_they_are_there() {
        let admission = Admission::new(10, 10);
        let mut places: Vec<Place> = (0..3).map(|_| admission.admit(ip("192.0.2.1")).expect("a place")).collect();
        places[0].secured();
        places[1].secured();
        places[1].secured();
        assert_eq!((admission.taken(), admission.secure()), (3, 2));
        places.remove(1);
        assert_eq!((admission.taken(), admission.secure()), (2, 1));
        drop(places);
        assert_eq!((admission.taken(), admission.secure()), (0, 0));
    }

    #[test]
    fn nothing_is_remembered_of_who_has_gone() {
        let admission = Admission::new(10, 2);
        drop(admission.admit(ip("192.0.2.1")).expect("a place"));
        let taken = admission.lock();
        assert_eq!((taken.all, taken.by_address.len()), (0, 0));
    }
}

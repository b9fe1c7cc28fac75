//! A connection that was let in, on its way to whoever will speak with it.

use std::net::{SocketAddr, TcpStream};

/// A place among the connections of an address and of the process; dropping it frees the place.
#[derive(Debug, Default)]
pub struct Place {}

/// An accepted connection before anybody knows what it speaks.
#[derive(Debug)]
pub struct Arrival {
    /// The socket, non-blocking.
    pub socket: TcpStream,
    /// Where it comes from.
    pub peer: SocketAddr,
    /// Its place; it goes where the connection goes.
    pub place: Place,
}

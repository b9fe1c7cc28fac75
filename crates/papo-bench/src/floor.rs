//! A bare loop of `send()`: what any server must pay to bring a message to the members of a room.
//!
//! It speaks just enough of the text dialect for the generator to connect in the same way as to a
//! server: the first `/join` names a connection's group, and from then on each line goes to the others of
//! the group. One thread, no rules, no limits, no memory of anything: a yardstick, never a server.

mod guests;

use std::convert::Infallible;
use std::io::{self, Read as _};
use std::net::{SocketAddr, TcpListener, TcpStream};

use papo_proto::frame;

use crate::cut::{Piece, cut};
use crate::error::BenchError;
use crate::options::Dialect;
use crate::ready::Ready;
use guests::Guests;

/// How the floor is served.
#[derive(Clone, Copy, Debug)]
pub struct FloorOptions {
    /// Where to listen; with port 0 the system picks one.
    pub addr: SocketAddr,
    /// The joining loop: all messages that came in one read go out in one `send()` to each member,
    /// where the plain loop sends each message by itself.
    pub join: bool,
}

const LISTENER: usize = usize::MAX - 1;
const BUFFER_BYTES: usize = 256 * 1024;

/// Serves the floor until the process ends. `ready` is told the address when connections can come.
///
/// # Errors
/// The address cannot be used, or the system refuses something; a broken connection is only forgotten.
pub fn serve_floor(options: &FloorOptions, ready: impl FnOnce(SocketAddr)) -> Result<Infallible, BenchError> {
    let mut floor = Floor::new(*options).map_err(BenchError::system("the floor cannot listen"))?;
    ready(floor.listener.local_addr().map_err(BenchError::system("the floor's address"))?);
    let mut buffer = vec![0; BUFFER_BYTES];
    loop {
        floor.turn(&mut buffer).map_err(BenchError::system("the floor's loop"))?;
    }
}

struct Floor {
    options: FloorOptions,
    listener: TcpListener,
    ready: Ready,
    guests: Guests,
    /// The ready frames, made once for all who get them.
    frames: Vec<u8>,
}

impl Floor {
    fn new(options: FloorOptions) -> io::Result<Self> {
        let listener = TcpListener::bind(options.addr)?;
        listener.set_nonblocking(true)?;
        let ready = Ready::new()?;
        ready.add(&listener, LISTENER)?;
        Ok(Self { options, listener, ready, guests: Guests::default(), frames: Vec::new() })
    }

    fn turn(&mut self, buffer: &mut [u8]) -> io::Result<()> {
        self.ready.wait(None)?;
        for at in 0..self.ready.len() {
            match self.ready.get(at) {
                Some(ready) if ready.link == LISTENER => self.accept()?,
                // Whatever is wrong with one connection ends that connection only.
                Some(ready) if ready.readable && self.read(ready.link, buffer).is_err() => {
                    self.guests.remove(ready.link);
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn accept(&mut self) -> io::Result<()> {
        loop {
            match self.listener.accept() {
                Ok((socket, _)) => {
                    socket.set_nonblocking(true)?;
                    socket.set_nodelay(true)?;
                    let number = self.guests.next_number();
                    self.ready.add(&socket, number)?;
                    self.guests.insert(number, socket);
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(()),
                Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Reads one connection until it is empty, and sends on what it says.
    fn read(&mut self, number: usize, buffer: &mut [u8]) -> io::Result<()> {
        loop {
            let Some(guest) = self.guests.get_mut(number) else { return Ok(()) };
            let kept = guest.take_part(buffer);
            let read = match read_once(&guest.socket, &mut buffer[kept..])? {
                Some(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Some(read) => read,
                None => {
                    guest.keep(&buffer[..kept]);
                    return Ok(());
                }
            };
            let full = kept + read == buffer.len();
            let rest = self.lines(number, &buffer[..kept + read])?;
            if let Some(guest) = self.guests.get_mut(number) {
                guest.keep(rest);
            }
            if !full {
                return Ok(());
            }
        }
    }

    /// Takes each line of one read. Gives back the begun frame at its end.
    fn lines<'b>(&mut self, number: usize, mut bytes: &'b [u8]) -> io::Result<&'b [u8]> {
        self.frames.clear();
        while let Some(piece) = cut(Dialect::Text, &mut bytes).map_err(io::Error::other)? {
            let Piece::Text(line) = piece else { continue };
            let Some(guest) = self.guests.get_mut(number) else { break };
            if line.starts_with(b"/") {
                self.command(number, &String::from_utf8_lossy(line))?;
                continue;
            }
            guest.encode(line, &mut self.frames);
            if !self.options.join {
                self.guests.send_to_others(number, &self.frames);
                self.frames.clear();
            }
        }
        if !self.frames.is_empty() {
            self.guests.send_to_others(number, &self.frames);
        }
        Ok(bytes)
    }

    fn command(&mut self, number: usize, line: &str) -> io::Result<()> {
        match line.split_once(' ') {
            Some(("/nick", name)) => self.guests.name(number, name),
            Some(("/join", room)) => {
                let room = room.trim_start_matches('#');
                self.guests.enter(number, room);
                let mut answer = Vec::new();
                frame::encode(format!("[SYS] You entered #{room}.").as_bytes(), &mut answer);
                if let Some(guest) = self.guests.get_mut(number) {
                    guest.send(&answer)?;
                }
            }
            _ => {}
        }
        Ok(())
    }
}

fn read_once(mut socket: &TcpStream, buffer: &mut [u8]) -> io::Result<Option<usize>> {
    match socket.read(buffer) {
        Ok(read) => Ok(Some(read)),
        Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted) => Ok(None),
        Err(error) => Err(error),
    }
}

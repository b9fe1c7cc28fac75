//! The floor's connections, in their groups.

use std::collections::HashMap;
use std::io::{self, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};

/// A reader that takes nothing for this time is given up.
const STALLED: Duration = Duration::from_secs(5);

/// One connection.
#[derive(Debug)]
pub(super) struct Guest {
    pub(super) socket: TcpStream,
    /// The begun frame at the end of the last read.
    part: Vec<u8>,
    name: String,
    room: String,
    /// What leads each of its messages: `[#room] name: `.
    lead: Vec<u8>,
}

impl Guest {
    /// Moves the begun frame to the front of `buffer`, and says how long it is.
    pub(super) fn take_part(&mut self, buffer: &mut [u8]) -> usize {
        let kept = self.part.len();
        buffer[..kept].copy_from_slice(&self.part);
        self.part.clear();
        kept
    }

    /// Keeps a begun frame for the next read.
    pub(super) fn keep(&mut self, rest: &[u8]) {
        self.part.extend_from_slice(rest);
    }

    /// Appends the frame of a message to `out`.
    pub(super) fn encode(&self, message: &[u8], out: &mut Vec<u8>) {
        out.extend_from_slice(&((self.lead.len() + message.len()) as u32).to_be_bytes());
        out.extend_from_slice(&self.lead);
        out.extend_from_slice(message);
    }

    /// Sends all of `bytes`; waits for a reader that is behind, because nothing is kept for it.
    pub(super) fn send(&self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            match (&self.socket).write(bytes) {
                Ok(sent) => bytes = &bytes[sent..],
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => self.await_room()?,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    #[cold]
    fn await_room(&self) -> io::Result<()> {
        let timeout = Timespec { tv_sec: STALLED.as_secs().cast_signed(), tv_nsec: 0 };
        match poll(&mut [PollFd::new(&self.socket, PollFlags::OUT)], Some(&timeout))? {
            0 => Err(io::ErrorKind::TimedOut.into()),
            _ => Ok(()),
        }
    }
}

/// All connections, by number.
#[derive(Debug, Default)]
pub(super) struct Guests {
    all: Vec<Option<Guest>>,
    free: Vec<usize>,
    rooms: HashMap<String, Vec<usize>>,
}

impl Guests {
    /// The number of the next connection.
    pub(super) fn next_number(&self) -> usize {
        self.free.last().copied().unwrap_or(self.all.len())
    }

    /// A connection that has just come.
    pub(super) fn insert(&mut self, number: usize, socket: TcpStream) {
        let guest =
            Some(Guest { socket, part: Vec::new(), name: String::new(), room: String::new(), lead: Vec::new() });
        if self.free.pop().is_some() {
            self.all[number] = guest;
        } else {
            self.all.push(guest);
        }
    }

    /// Forgets a connection.
    pub(super) fn remove(&mut self, number: usize) {
        if let Some(guest) = self.all[number].take() {
            self.leave(number, &guest.room);
            self.free.push(number);
        }
    }

    pub(super) fn get_mut(&mut self, number: usize) -> Option<&mut Guest> {
        self.all.get_mut(number)?.as_mut()
    }

    /// Names a connection.
    pub(super) fn name(&mut self, number: usize, name: &str) {
        if let Some(guest) = self.get_mut(number) {
            name.clone_into(&mut guest.name);
        }
    }

    /// Puts a connection into a room.
    pub(super) fn enter(&mut self, number: usize, room: &str) {
        let Some(guest) = self.get_mut(number) else { return };
        let before = std::mem::replace(&mut guest.room, room.to_owned());
        guest.lead = format!("[#{room}] {}: ", guest.name).into_bytes();
        self.leave(number, &before);
        self.rooms.entry(room.to_owned()).or_default().push(number);
    }

    fn leave(&mut self, number: usize, room: &str) {
        if let Some(members) = self.rooms.get_mut(room) {
            members.retain(|&member| member != number);
            if members.is_empty() {
                self.rooms.remove(room);
            }
        }
    }

    /// The loop that is measured: one `send()` to each other member of the connection's room.
    pub(super) fn send_to_others(&self, number: usize, frames: &[u8]) {
        let room = self.all[number].as_ref().and_then(|guest| self.rooms.get(&guest.room));
        for &member in room.into_iter().flatten().filter(|&&member| member != number) {
            if let Some(guest) = &self.all[member] {
                // A reader that is gone is noticed when it is read from.
                let _ = guest.send(frames);
            }
        }
    }
}

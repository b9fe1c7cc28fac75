//! What a run is asked for.

use std::net::SocketAddr;
use std::str::FromStr;
use std::time::Duration;

use crate::error::BenchError;

/// What `papo bench fanout` is asked for.
#[derive(Clone, Debug)]
pub struct FanoutOptions {
    /// Where the server listens.
    pub addr: SocketAddr,
    /// Rooms, named `#bench0`, `#bench1` and so on.
    pub rooms: usize,
    /// Members of each room, each a connection of its own.
    pub members: usize,
    /// How many of each room's members send. With 0 all are idle, and only connecting and memory are measured.
    pub senders: usize,
    /// Messages a second, all rooms together, or as fast as it goes.
    pub rate: Rate,
    /// With [`Rate::Max`]: messages that each sender keeps outstanding.
    pub window: usize,
    /// How long messages are sent, or idle members are left alone.
    pub time: Duration,
    /// The server's process, to measure its time on the processor and its memory.
    pub pid: Option<u32>,
    /// How to speak to the server.
    pub dialect: Dialect,
    /// Inside TLS, whatever its certificate.
    pub tls: bool,
}

/// How fast messages are sent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Rate {
    /// So many messages a second, all senders of all rooms together, evenly paced. A message's
    /// latency counts from when it was due, so a generator that is late does not flatter the server.
    PerSecond(f64),
    /// Each sender sends on as soon as all members of its room have a message of its window.
    Max,
}

/// How the generator speaks to the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// Frames with a 4-byte length.
    Text,
    /// The same lines in WebSocket messages.
    WebSocket,
}

/// Connections in one process: half of the hard limit of descriptors that is usual.
pub const CONNECTIONS_MAX: usize = 20_000;
/// Messages that a sender may keep outstanding.
pub const WINDOW_MAX: usize = 1 << 16;

impl FanoutOptions {
    /// All connections together.
    pub fn connections(&self) -> usize {
        self.rooms * self.members
    }

    /// Whether nobody says anything.
    pub fn is_idle(&self) -> bool {
        self.senders == 0 || self.rate == Rate::PerSecond(0.0)
    }

    /// Says what makes no sense.
    ///
    /// # Errors
    /// [`BenchError::Options`] with the reason.
    pub fn check(&self) -> Result<(), BenchError> {
        let problem = if self.rooms == 0 || self.members == 0 {
            "there must be at least one room and one member"
        } else if self.rooms.saturating_mul(self.members) > CONNECTIONS_MAX {
            "rooms × members is over 20,000 connections"
        } else if self.senders > self.members {
            "a room cannot have more senders than members"
        } else if !self.is_idle() && self.members < 2 {
            "nobody hears a sender who is alone: use at least 2 members"
        } else if self.window == 0 || self.window > WINDOW_MAX {
            "the window must be between 1 and 65,536 messages"
        } else {
            return Ok(());
        };
        Err(BenchError::Options(problem))
    }
}

impl FromStr for Rate {
    type Err = BenchError;

    fn from_str(typed: &str) -> Result<Self, BenchError> {
        if typed == "max" {
            return Ok(Rate::Max);
        }
        match typed.parse() {
            Ok(rate) if (0.0..=1e8).contains(&rate) => Ok(Rate::PerSecond(rate)),
            _ => Err(BenchError::Options("the rate is messages a second, or max")),
        }
    }
}

impl FromStr for Dialect {
    type Err = BenchError;

    fn from_str(typed: &str) -> Result<Self, BenchError> {
        match typed {
            "text" => Ok(Dialect::Text),
            "ws" => Ok(Dialect::WebSocket),
            _ => Err(BenchError::Options("the dialect is text or ws")),
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn options(rooms: usize, members: usize, senders: usize, rate: Rate) -> FanoutOptions {
        FanoutOptions {
            addr: ([127, 0, 0, 1], 0).into(),
            rooms,
            members,
            senders,
            rate,
            window: 8,
            time: Duration::from_millis(200),
            pid: None,
            dialect: Dialect::Text,
            tls: false,
        }
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        for (rooms, members, senders, good) in [
            (1, 2, 1, true),
            (1, 1, 0, true),
            (1, 1, 1, false),
            (0, 5, 1, false),
            (2, 3, 4, false),
            (100, 201, 0, false),
            (usize::MAX, 3, 0, false),
        ] {
            let checked = options(rooms, members, senders, Rate::Max).check();
            assert_eq!(checked.is_ok(), good, "{rooms} × {members}, {senders} senders: {checked:?}");
        }
        assert!(FanoutOptions { window: 0, ..options(1, 2, 1, Rate::Max) }.check().is_err());
    }

    #[test]
    fn rates_and_dialects_are_read_as_typed() {
        assert_eq!("max".parse::<Rate>().expect("good"), Rate::Max);
        assert_eq!("2.5".parse::<Rate>().expect("good"), Rate::PerSecond(2.5));
        for bad in ["-1", "fast", "", "NaN", "inf"] {
            assert!(bad.parse::<Rate>().is_err(), "{bad}");
        }
        assert_eq!("ws".parse::<Dialect>().expect("good"), Dialect::WebSocket);
        assert!("irc".parse::<Dialect>().is_err());
    }
}

//! Programs that speak papo/1: they say hello, join a room and know its number. What they do then is
//! a workload's.

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use papo_proto::papo1::server::{Answer, RoomState};
use papo_proto::papo1::{ClientFrame, PREFIX, ServerFrame, VERSION};

use crate::crowd::{Crowd, Heard};
use crate::error::BenchError;
use crate::join;
use crate::options::Dialect;

/// The number of each program's hello and of its join; what it sends then counts on from there.
pub(crate) const HELLO_TXN: u64 = 1;
pub(crate) const JOIN_TXN: u64 = 2;
pub(crate) const FIRST_TXN: u64 = 3;

const JOIN_TIMEOUT: Duration = Duration::from_mins(2);

/// Programs, each in a room.
pub(crate) struct Programs {
    pub(crate) crowd: Crowd,
    /// The room of each, as it was when the program entered.
    pub(crate) rooms: Vec<RoomState>,
}

impl Programs {
    /// Connects so many programs and waits until each has entered its room, `room(n)`.
    pub(crate) fn join(addr: SocketAddr, count: usize, room: impl Fn(usize) -> String) -> Result<Self, BenchError> {
        join::allow_descriptors(count)?;
        let mut crowd = Crowd::new(addr, Dialect::Text, false)?;
        let mut rooms: Vec<Option<RoomState>> = vec![None; count];
        let (mut joined, begun) = (0, Instant::now());
        while joined < count {
            while crowd.links.len() < count && crowd.links.len() - joined < join::ON_THE_WAY_MAX {
                let link = crowd.links.len();
                crowd.invite(link as u32, None, greeting(link, room(link)))?;
            }
            crowd.turn(Some(Duration::from_secs(1)), |heard| {
                if let Some(room) = entered(&heard)? {
                    joined += usize::from(rooms[heard.link].is_none());
                    rooms[heard.link] = Some(room);
                }
                Ok(())
            })?;
            if begun.elapsed() > JOIN_TIMEOUT {
                return Err(BenchError::JoinTimeout { joined, all: count, seconds: JOIN_TIMEOUT.as_secs() });
            }
        }
        join::settle(&mut crowd)?;
        Ok(Self { crowd, rooms: rooms.into_iter().flatten().collect() })
    }
}

/// The first frames: the hello is the first on TCP, and says that papo/1 follows.
fn greeting(link: usize, room: String) -> [String; 2] {
    let hello = ClientFrame::Hello {
        txn: HELLO_TXN,
        version: VERSION,
        nick: Some(join::nickname(std::process::id(), link).into()),
        session: None,
        login: None,
        lang: None,
        client: Some("papo bench".into()),
        capabilities: Vec::new(),
        resume: Vec::new(),
    };
    let join = ClientFrame::Join { txn: JOIN_TXN, room: room.into() };
    let mut first = String::from_utf8_lossy(PREFIX).into_owned();
    let _ = write!(first, "{}", json(&hello));
    [first, json(&join)]
}

/// A frame as it is sent.
pub(crate) fn json(frame: &ClientFrame) -> String {
    serde_json::to_string(frame).expect("invariant: our frames are maps with names for keys")
}

/// A frame that came; `None` for text, which is skipped until hello is answered.
pub(crate) fn parsed(heard: &Heard<'_>) -> Result<Option<ServerFrame>, BenchError> {
    if !heard.text.starts_with(b"{") {
        return Ok(None);
    }
    let problem = |error: serde_json::Error| BenchError::NotUnderstood { link: heard.link, problem: error.to_string() };
    serde_json::from_slice(heard.text).map(Some).map_err(problem)
}

/// The room that a program has just entered.
fn entered(heard: &Heard<'_>) -> Result<Option<RoomState>, BenchError> {
    match parsed(heard)? {
        Some(ServerFrame::Ack { txn: JOIN_TXN, answer: Answer::Join { room, .. } }) => Ok(Some(room)),
        Some(ServerFrame::Reject { text, .. }) => Err(BenchError::Refused { link: heard.link, said: text.to_string() }),
        _ => Ok(None),
    }
}

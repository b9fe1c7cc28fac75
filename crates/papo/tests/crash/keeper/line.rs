//! A line to the server that may end at any moment.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use papo_proto::papo1::client::Hidden;
use papo_proto::papo1::server::{Answer, RoomState};
use papo_proto::papo1::{ClientFrame, ServerFrame};
use papo_testkit::{Structured, Wire, txn_of};

/// A line on which an answer takes longer is given up; passwords wait for each other.
const ANSWER: Duration = Duration::from_secs(15);

/// The line is of no use any more.
pub(crate) struct Broken;

pub(crate) struct Line(Structured);

/// What hello was answered.
pub(crate) struct Welcome {
    pub(crate) account: Option<u64>,
    pub(crate) session: String,
    pub(crate) ignored: Vec<String>,
}

impl Line {
    pub(crate) fn open(addr: SocketAddr) -> Result<Self, Broken> {
        Wire::tcp(addr).map(|wire| Self(Structured::over(wire))).map_err(|_| Broken)
    }

    /// Sends a command and waits for what comes of it.
    pub(crate) fn ask(&mut self, make: impl FnOnce(u64) -> ClientFrame) -> Result<Result<Answer, u16>, Broken> {
        let frame = make(self.0.txn());
        self.0.send(&frame);
        let (wanted, until) = (txn_of(&frame), Instant::now() + ANSWER);
        loop {
            match self.0.hear(until.saturating_duration_since(Instant::now())).map_err(|_| Broken)? {
                ServerFrame::Ack { txn, answer } if txn == wanted => return Ok(Ok(answer)),
                ServerFrame::Reject { txn: Some(txn), code, .. } if txn == wanted => return Ok(Err(code)),
                _ => {}
            }
        }
    }

    /// Says hello by a name, a login or the token of a session.
    pub(crate) fn hello(
        &mut self,
        nick: Option<&str>,
        by: Option<&str>,
        session: Option<&str>,
    ) -> Result<Result<Welcome, u16>, Broken> {
        let mut hello = self.0.hello(nick, session, Vec::new());
        if let ClientFrame::Hello { login, .. } = &mut hello {
            *login = by.map(Into::into);
        }
        match self.ask(|_| hello)? {
            Ok(Answer::Hello { account, session, ignored, .. }) => {
                let ignored = ignored.iter().map(ToString::to_string).collect();
                Ok(Ok(Welcome { account, session: session.to_string(), ignored }))
            }
            Ok(other) => panic!("{other:?}"),
            Err(code) => Ok(Err(code)),
        }
    }
}

/// Enters a room that may be entered.
pub(crate) fn enter(line: &mut Line, room: &str) -> Result<RoomState, Broken> {
    match line.ask(|txn| ClientFrame::Join { txn, room: room.into() })? {
        Ok(Answer::Join { room, .. }) => Ok(room),
        other => panic!("{other:?}"),
    }
}

/// A password of many.
pub(crate) fn password(number: usize) -> String {
    format!("um bom segredo {number}")
}

pub(crate) fn hidden(password: &str) -> Hidden {
    Hidden(password.into())
}

/// The session's name is an account's from now on; returns its login.
pub(crate) fn register(client: &mut Structured, password: &str) -> String {
    let (txn, password) = (client.txn(), hidden(password));
    match client.ask(&ClientFrame::Register { txn, nick: None, password, invite: None }) {
        Ok(Answer::Register(login)) => login.login.to_string(),
        other => panic!("{other:?}"),
    }
}

//! Hello and its answer: who we are, and from where each room goes on.

use std::sync::Arc;
use std::time::{Duration, Instant};

use papo_proto::limits::SESSION_HELD;
use papo_proto::papo1::server::{Answer, Retry};
use papo_proto::papo1::{ClientFrame, ROOMS_CAPABILITY, VERSION};

use super::{ClientEvent, End, Opened, Outcome, Rejected, SILENT_IS_LOST, Session, State, Wish};

/// The codes that hello has an answer to of its own.
const UNKNOWN_SESSION: u16 = 2007;
const NICKNAME: u16 = 2000;
const NICKNAME_TAKEN: u16 = 2001;

/// A name that a session of our own may be holding is tried again after this time.
const NAME_AGAIN: Duration = Duration::from_secs(2);
/// What `later` means when it does not say.
pub(super) const LATER: Duration = Duration::from_secs(1);

/// Where hello has got to on this line.
#[derive(Debug)]
pub(super) struct Greeting {
    /// The hello that is not answered, and when it was written.
    said: Option<(u64, Instant)>,
    not_before: Option<Instant>,
    /// The name was refused; hello waits for another one.
    pub(super) refused: bool,
}

impl Greeting {
    pub(super) fn new() -> Self {
        Self { said: None, not_before: None, refused: false }
    }

    pub(super) fn is_said(&self) -> bool {
        self.said.is_some()
    }

    /// The server had its time to answer.
    pub(super) fn is_late(&self, now: Instant) -> bool {
        self.said.is_some_and(|(_, at)| now.saturating_duration_since(at) >= SILENT_IS_LOST)
    }

    pub(super) fn next_time(&self) -> Option<Instant> {
        self.said.map(|(_, at)| at + SILENT_IS_LOST).or(self.not_before)
    }
}

impl Session {
    /// The hello that is to be written now, if it is.
    pub(super) fn hello(&mut self, now: Instant) -> Option<ClientFrame> {
        let State::Greeting(greeting) = &self.state else { return None };
        if greeting.refused || greeting.said.is_some() || greeting.not_before.is_some_and(|time| time > now) {
            return None;
        }
        let nick = match (&self.token, &self.nick, &self.settings.wish) {
            (Some(_), ..) | (None, None, Wish::Guest) => None,
            // The account has its name.
            _ if self.login.is_some() => None,
            (None, Some(nick), _) | (None, None, Wish::Name(nick)) => Some(nick.clone()),
            (None, None, Wish::Later) => return None,
        };
        let txn = self.next_txn();
        if let State::Greeting(greeting) = &mut self.state {
            (greeting.said, greeting.not_before) = (Some((txn, now)), None);
        }
        let capabilities = if self.settings.follow_rooms { vec![ROOMS_CAPABILITY.into()] } else { Vec::new() };
        Some(ClientFrame::Hello {
            txn,
            version: VERSION,
            nick,
            session: self.token.clone(),
            login: self.login.clone(),
            lang: self.settings.lang.clone(),
            client: self.settings.client.clone(),
            capabilities,
            resume: self.rooms.cursors(),
        })
    }

    /// Whether this is the number of the hello that waits for its answer.
    pub(super) fn is_hello(&self, txn: u64) -> bool {
        matches!(&self.state, State::Greeting(Greeting { said: Some((hello, _)), .. }) if *hello == txn)
    }

    /// The answer to hello.
    pub(super) fn handle_welcome(&mut self, answer: Answer) {
        let Answer::Hello {
            session,
            nick,
            resumed,
            rooms,
            message_bytes,
            account,
            admin,
            registration,
            greeting,
            ignored,
            ..
        } = answer
        else {
            return;
        };
        let first = self.nick.is_none();
        self.state = State::Open;
        (self.failed, self.hello_unanswered) = (0, None);
        self.token = Some(session.clone());
        (self.nick, self.account) = (Some(nick.clone()), account);
        self.rooms.opened(&rooms);
        self.missed = Some(0);
        let token = session;
        let opened = Opened {
            nick,
            token,
            resumed,
            first,
            rooms,
            message_bytes,
            account,
            admin,
            registration,
            greeting,
            ignored,
        };
        self.events.push_back(ClientEvent::Opened(Box::new(opened)));
        if account.is_none() && self.login.is_some() {
            // It has ended meanwhile; whoever comes with it is a guest.
            self.logged_out(None);
        }
    }

    /// Hello is rejected.
    pub(super) fn handle_unwelcome(&mut self, reject: Rejected, now: Instant) {
        let may_be_ours = self.may_be_ours(now);
        let State::Greeting(greeting) = &mut self.state else { return };
        greeting.said = None;
        if reject.retry == Retry::Later {
            greeting.not_before = Some(now + reject.after.unwrap_or(LATER));
            return;
        }
        match reject.code {
            UNKNOWN_SESSION if self.token.is_some() => self.forget_session(),
            NICKNAME_TAKEN if may_be_ours => greeting.not_before = Some(now + NAME_AGAIN),
            // Whoever had been in has lost the name to somebody else: better in as a guest, and told, than out.
            NICKNAME_TAKEN if self.nick.is_some() => {
                self.nick = None;
                self.settings.wish = Wish::Guest;
            }
            NICKNAME | NICKNAME_TAKEN => {
                greeting.refused = true;
                self.events.push_back(ClientEvent::NameRefused(reject));
            }
            _ => self.end(End::Refused(reject)),
        }
    }

    /// The server does not know our session any more. A post that was written and not answered may
    /// or may not have been taken: the new session could not tell, so it is not sent again. One that
    /// never was on a line is safe to send, and so is any other command, which changes nothing twice.
    fn forget_session(&mut self) {
        self.token = None;
        for entry in self.queue.take_where(|entry| entry.written && entry.want.is_post()) {
            self.done(entry.txn, entry.want, Outcome::Unknown);
        }
    }

    /// The name may be held for a session of ours whose token was lost with its line.
    fn may_be_ours(&self, now: Instant) -> bool {
        let held = SESSION_HELD + SILENT_IS_LOST;
        self.hello_unanswered.is_some_and(|since| now.saturating_duration_since(since) < held)
    }

    /// The name that the session has.
    pub fn nick(&self) -> Option<&Arc<str>> {
        self.nick.as_ref()
    }
}

//! Sessions that outlive their connections: they begin with hello, are held for a while when their
//! connection is lost, and go on when their client comes back with the token.

use std::sync::Arc;

use papo_proto::limits::{SESSION_HELD, SESSION_LIFE, SESSIONS_HELD};
use papo_proto::papo1::{Hello, ResumeAt, Token};
use papo_proto::words::{SessionRecord, TokenHash, Welcomed};
use papo_proto::{Encoding, LoginId, Nickname, Person, Record, Reject, Reply, RoomId, SessionId, Txn};

use crate::hub::{Hub, Now};
use crate::outbox::Effect;
use crate::pace::Paced;
use crate::presence::Change;
use crate::rights::Deed;
use crate::room::DIRECTORY;
use crate::session::{Link, Resumable};

/// A session as the store knows it.
#[derive(Clone, Debug)]
pub struct Found {
    /// What is kept of it.
    pub record: SessionRecord,
    /// The highest txn of its posts.
    pub newest_txn: Txn,
}

/// What comes with a hello.
#[derive(Debug)]
pub struct Opening {
    /// The connection.
    pub link: Link,
    /// How it is to be written to.
    pub encoding: Encoding,
    /// A token that nobody has, for a session that begins.
    pub fresh: Token,
    /// The session of the client's token in the store, if it is there.
    pub found: Option<Found>,
    /// The login in the browser's cookie, if there is one.
    pub cookie: Option<TokenHash>,
}

impl Hub {
    /// A connection with the session `me`, which is nobody yet, says hello. Returns the session that it
    /// speaks for from now on.
    pub fn hello(&mut self, me: SessionId, txn: Option<Txn>, hello: &Hello, opening: &Opening, now: Now) -> SessionId {
        let Some(sender) = self.sessions.get_mut(me).filter(|session| session.hears(opening.link)) else { return me };
        if sender.resumable.is_some() {
            self.refuse(me, txn, Reject::HelloTwice);
            return me;
        }
        // Whatever comes of it, the connection is to be answered in its dialect.
        sender.encoding = opening.encoding;
        let begun = match &hello.token {
            None => self.begin(me, hello, opening, now).map(|token| (me, token, false)),
            Some(token) => self.go_on(me, token, opening, now).map(|id| (id, token.clone(), true)),
        };
        let (session, token, resumed) = match begun {
            Ok(begun) => begun,
            Err(reject) => {
                self.refuse(me, txn, reject);
                return me;
            }
        };
        // Whoever comes and goes without a word, however often, takes the place of nobody's session in the store.
        let is_used = resumed || self.account(session).is_some() || !hello.resume.is_empty();
        if is_used {
            self.keep_session(session, now);
        } else {
            self.session_is_unkept(session);
        }
        self.asking = txn;
        self.welcome(session, &token, resumed, hello, now);
        session
    }

    fn refuse(&mut self, session: SessionId, txn: Option<Txn>, reject: Reject) {
        self.asking = txn;
        self.reject(session, reject);
        self.asking = None;
    }

    /// A session begins: of the account whose login comes with it, or of a guest.
    fn begin(&mut self, me: SessionId, hello: &Hello, opening: &Opening, now: Now) -> Result<Token, Reject> {
        self.pace(me, Paced::Session, now)?;
        let login = hello.login.as_ref().map(Token::hash).or(opening.cookie);
        let login = login.and_then(|token| self.use_login(&token, now));
        self.make_resumable(me, &opening.fresh, Txn(0), hello.client.clone(), now);
        if let Some(login) = login {
            self.become_account(me, login.account, login.id, now);
            return Ok(opening.fresh.clone());
        }
        let taken = hello.nick.as_ref().filter(|nick| !self.nicknames.take(&nick.name, Person::Guest(me)));
        if let Some(nick) = taken {
            self.sessions.of(me).resumable = None;
            self.sessions.forget_token(&opening.fresh.hash());
            return Err(Reject::NicknameTaken(nick.name.shared().clone()));
        }
        match &hello.nick {
            Some(nick) => self.sessions.of(me).nick = Some(nick.name.clone()),
            None => drop(self.ensure_named(me)),
        }
        Ok(opening.fresh.clone())
    }

    /// A session goes on by this connection.
    fn go_on(&mut self, me: SessionId, token: &Token, opening: &Opening, now: Now) -> Result<SessionId, Reject> {
        let session = match (self.sessions.by_token(&token.hash()), &opening.found) {
            (Some(session), _) => {
                let login = self.sessions.of(session).account.map(|(_, login)| login);
                self.login_holds(login, opening, now)?;
                session
            }
            (None, Some(found)) => {
                self.login_holds(found.record.login, opening, now)?;
                self.revive(me, token, found, now)?
            }
            (None, None) => return Err(Reject::UnknownSession),
        };
        let (address, is_safe) = (self.sessions.of(me).address, self.sessions.of(me).is_safe);
        if self.sessions.of(session).address != address {
            self.carry_over(session, self.person(session), now);
        }
        let resumed = self.sessions.of(session);
        (resumed.address, resumed.is_safe) = (address, is_safe);
        resumed.claimed = Some(opening.link);
        // What was asked by the connection before is asked again by this one, or not at all.
        resumed.checking = None;
        if let Some(resumable) = &mut resumed.resumable
            && let Some(due) = resumable.held_until.take()
        {
            self.held.remove(&(due, session));
        }
        // The connection's own session was nobody.
        self.sessions.remove(me);
        self.outbox.push(Effect::Attach { session, link: opening.link, encoding: opening.encoding });
        Ok(session)
    }

    /// Whether a session's login is still good, and here. One that lives in a cookie is good together with
    /// it alone: what a page's code can read opens nothing.
    fn login_holds(&mut self, login: Option<LoginId>, opening: &Opening, now: Now) -> Result<(), Reject> {
        let Some(id) = login else { return Ok(()) };
        let token = self.people.login(id).map(|login| login.token).ok_or(Reject::UnknownSession)?;
        let login = self.use_login(&token, now).ok_or(Reject::UnknownSession)?;
        let is_here = !login.is_cookie || opening.cookie == Some(login.token);
        if is_here { Ok(()) } else { Err(Reject::UnknownSession) }
    }

    /// A session that is only in the store comes back, under its name unless somebody has it now.
    fn revive(&mut self, me: SessionId, token: &Token, found: &Found, now: Now) -> Result<SessionId, Reject> {
        let session = found.record.id;
        let before = self.sessions.of(me);
        let (encoding, address, is_safe) = (before.encoding, before.address, before.is_safe);
        if !self.sessions.revive(session, encoding, address, is_safe) {
            return Err(Reject::Busy);
        }
        self.make_resumable(session, token, found.newest_txn, "".into(), now);
        let login =
            found.record.login.and_then(|login| self.people.login(login)).map(|login| (login.account, login.id));
        if let Some((account, login)) = login {
            self.become_account(session, account, login, now);
            return Ok(session);
        }
        let before = Nickname::parse(&found.record.nick).ok().map(|parsed| parsed.name);
        match before.filter(|nick| self.nicknames.take(nick, Person::Guest(session))) {
            Some(nick) => self.sessions.of(session).nick = Some(nick),
            None => drop(self.ensure_named(session)),
        }
        Ok(session)
    }

    fn make_resumable(&mut self, session: SessionId, token: &Token, newest_txn: Txn, client: Arc<str>, now: Now) {
        let token = token.hash();
        self.sessions.set_token(token, session);
        self.sessions.of(session).resumable = Some(Box::new(Resumable {
            token,
            ends_ms: now.wall_ms + SESSION_LIFE.as_millis() as u64,
            newest_txn,
            recalls: 0,
            is_unkept: false,
            held_until: None,
            client,
            typing: smallvec::SmallVec::new(),
        }));
    }

    /// The session has done something that it may come back for: the store has it from now on.
    pub(crate) fn use_session(&mut self, session: SessionId, now: Now) {
        let resumable = self.sessions.get(session).and_then(|found| found.resumable.as_ref());
        if resumable.is_some_and(|resumable| resumable.is_unkept) {
            self.keep_session(session, now);
        }
    }

    /// The session can be resumed from now on for its whole life, under its name of now.
    pub(crate) fn keep_session(&mut self, session: SessionId, now: Now) {
        let kept = self.sessions.of(session);
        let login = kept.account.map(|(_, login)| login);
        let nick = kept.nick.as_ref().map(|nick| nick.shared().clone());
        let Some(resumable) = &mut kept.resumable else { return };
        resumable.is_unkept = false;
        resumable.ends_ms = now.wall_ms + SESSION_LIFE.as_millis() as u64;
        let (token, ends_ms) = (resumable.token, resumable.ends_ms);
        let record = SessionRecord { id: session, token, nick: nick.unwrap_or_default(), ends_ms, login };
        self.outbox.push(Effect::Keep(Record::Session(record)));
    }

    /// Answers hello: the session is in the rooms that its client names, and is sent what it missed.
    fn welcome(&mut self, session: SessionId, token: &Token, resumed: bool, hello: &Hello, now: Now) {
        let known = |at: &&ResumeAt| {
            at.room != DIRECTORY
                && self.rooms.get(at.room).is_some()
                && self.may(session, at.room, Deed::Enter, now).is_ok()
        };
        let (wanted, gone): (Vec<&ResumeAt>, Vec<&ResumeAt>) = hello.resume.iter().partition(known);
        let left: Vec<RoomId> = self.sessions.of(session).rooms.to_vec();
        for room in left.into_iter().filter(|room| wanted.iter().all(|at| at.room != *room)) {
            self.leave(session, room, Change::Left, now);
        }
        let follows = hello.follows_rooms && !self.is_stranger(session);
        self.rooms.follow(session, follows);
        let welcomed = self.sessions.of(session);
        let ends_ms = welcomed.resumable.as_ref().map_or(0, |resumable| resumable.ends_ms);
        let nick = welcomed.nick.as_ref().map_or_else(|| Arc::from(""), |nick| nick.shared().clone());
        let reply = Welcomed {
            token: token.to_text().into(),
            ends_ms,
            nick,
            now_ms: now.wall_ms,
            message_bytes: self.limits.message_bytes,
            resumed,
            rooms: wanted.iter().map(|at| self.facts(session, at.room)).collect(),
            account: self.account(session),
            is_admin: self.account(session).is_some_and(|id| self.people.of(id).record.is_admin),
            registration: self.policy.registration,
            greeting: self.policy.greeting.clone(),
            ignored: self.ignored_names(session),
        };
        self.reply(session, Reply::Hello(Box::new(reply)));
        if follows {
            self.outbox.push(Effect::Enter { session, room: DIRECTORY, after: None });
        }
        for at in gone {
            self.reply(session, Reply::Gone(at.room));
        }
        for at in wanted {
            self.resume_room(session, *at, now);
        }
        self.enter_directs(session);
    }

    fn resume_room(&mut self, session: SessionId, at: ResumeAt, now: Now) {
        if !self.sessions.of(session).is_in(at.room) {
            let account = self.account(session);
            let room = self.rooms.of(at.room);
            let is_there = account.is_some_and(|account| room.has_account(account)) || room.parties().is_some();
            self.rooms.add_member(at.room, session, account);
            self.sessions.of(session).rooms.push(at.room);
            let nick = self.sessions.of(session).nick.clone().filter(|_| !is_there);
            if let Some(nick) = nick {
                self.tell_presence(at.room, session, Change::Entered, &nick, now);
            }
        }
        let facts = self.facts(session, at.room);
        // A client that is ahead of its room has read what this log never held.
        let fits = facts.epoch == at.epoch && at.seq <= facts.head;
        if !fits {
            self.reply(session, Reply::Reset(facts));
        }
        let after = fits.then_some(at.seq);
        self.outbox.push(Effect::Enter { session, room: at.room, after });
    }
}

/// The session's connection is lost: it stays in its rooms, under its name, for a while.
pub(crate) fn hold(hub: &mut Hub, session: SessionId, now: Now) {
    let due = now.running + SESSION_HELD;
    let held = hub.sessions.of(session);
    held.claimed = None;
    if let Some(resumable) = &mut held.resumable {
        resumable.held_until = Some(due);
    }
    hub.rooms.follow(session, false);
    hub.held.insert((due, session));
    hub.outbox.push(Effect::Detach { session });
    if hub.held.len() > SESSIONS_HELD
        && let Some((_, oldest)) = hub.held.pop_first()
    {
        hub.end(oldest, Change::Lost, now);
    }
}

/// Ends the sessions that nobody came back to.
pub(crate) fn end_held(hub: &mut Hub, now: Now) {
    while let Some(&(due, session)) = hub.held.first().filter(|(due, _)| *due <= now.running) {
        hub.held.remove(&(due, session));
        hub.end(session, Change::Lost, now);
    }
}

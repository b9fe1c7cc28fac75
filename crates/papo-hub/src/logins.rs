//! Who a session is: a guest, or an account by one of its logins.

use std::sync::Arc;

use papo_proto::limits::{LOGIN_LIFE, LOGIN_SEEN_EVERY};
use papo_proto::papo1::Token;
use papo_proto::words::TokenHash;
use papo_proto::words::people::LoginRecord;
use papo_proto::{AccountId, Dialect, Ephemeral, LoginId, Nickname, Person, Record, Reject, Reply, RoomId, SessionId};

use crate::hub::{Hub, Now};
use crate::outbox::{Effect, Undo};
use crate::presence::Change;

impl Hub {
    /// A new login of an account; the token is told to its client alone.
    pub(crate) fn make_login(
        &mut self,
        session: SessionId,
        account: AccountId,
        token: &Token,
        now: Now,
    ) -> LoginRecord {
        if let Some(old) = self.people.login_too_many(account) {
            self.end_login(old, Some(session), now);
        }
        let found = self.sessions.get(session);
        let client = found.and_then(|found| found.resumable.as_ref()).map_or("", |resumable| &*resumable.client);
        let from = found.map(|found| found.address.ip().to_string()).unwrap_or_default();
        let label = if client.is_empty() { from } else { format!("{client}, {from}") };
        LoginRecord {
            id: self.people.next_login(),
            token: token.hash(),
            account,
            label: label.into(),
            made_ms: now.wall_ms,
            seen_ms: now.wall_ms,
            ends_ms: now.wall_ms + LOGIN_LIFE.as_millis() as u64,
            is_cookie: false,
        }
    }

    /// The login that a token is for, if it is still good. Its use is noted now and then.
    pub(crate) fn use_login(&mut self, token: &TokenHash, now: Now) -> Option<LoginRecord> {
        let login = self.people.by_token(token)?.clone();
        if login.ends_ms <= now.wall_ms || !self.people.get(login.account)?.is_active() {
            return None;
        }
        if login.seen_ms + LOGIN_SEEN_EVERY.as_millis() as u64 <= now.wall_ms {
            let ends_ms = login.ends_ms.max(now.wall_ms + LOGIN_LIFE.as_millis() as u64);
            let used = LoginRecord { seen_ms: now.wall_ms, ends_ms, ..login.clone() };
            self.people.put_login(used.clone());
            self.outbox.push(Effect::Keep(Record::Login(used)));
        }
        Some(login)
    }

    /// The session is the account from now on; the guest that it was is no more.
    pub(crate) fn become_account(&mut self, session: SessionId, account: AccountId, login: LoginId, now: Now) {
        let guest = self.person(session);
        let known = self.people.of(account);
        known.sessions.push(session);
        let nick = known.record.name.clone();
        self.reclaim(&nick, account, session);
        let becoming = self.sessions.of(session);
        becoming.account = Some((account, login));
        let before = becoming.nick.replace(nick.clone());
        for room in becoming.rooms.clone() {
            let is_there = self.rooms.of_ref(room).has_account(account);
            self.rooms.recount(room, session, None, Some(account));
            if let Some(before) = &before {
                self.tell_change_of(room, session, (before, Change::Left), (&nick, !is_there), now);
            }
        }
        if let Some(before) = before {
            self.nicknames.free(&before, guest);
        }
        self.leave_what_is_closed(session, now);
        self.end_directs(session, now);
        if self.sessions.of(session).resumable.is_some() {
            self.keep_session(session, now);
        }
        self.show_ignored(session);
    }

    /// Whoever uses an account's name as a guest is called something else from now on.
    pub(crate) fn reclaim(&mut self, nick: &Nickname, account: AccountId, owner: SessionId) {
        let holders = self.nicknames.holders(nick);
        self.nicknames.claim(nick, account);
        for holder in holders.into_iter().flatten() {
            if let Person::Guest(guest) = holder
                && guest != owner
            {
                self.rename_guest(guest);
            }
        }
    }

    /// The guest's name is an account's from now on.
    fn rename_guest(&mut self, guest: SessionId) {
        let Some(found) = self.sessions.get_mut(guest) else { return };
        let Some(before) = found.nick.take() else { return };
        let rooms = found.rooms.to_vec();
        // One that only looks like it is another name, which nobody has from now on.
        self.nicknames.free(&before, Person::Guest(guest));
        let (now_called, _) = self.ensure_named(guest);
        for room in rooms {
            let (from, to) = (before.shared().clone(), now_called.shared().clone());
            self.tell_room(room, Ephemeral::Renamed { from, to }, guest);
        }
        let reply = Box::new(Reply::NameReclaimed(now_called.shared().clone()));
        self.outbox.push(Effect::Reply { session: guest, txn: None, reply });
    }

    /// The session is a guest from now on, in the rooms that are open to guests: of this name if it is free.
    /// Returns its name.
    pub(crate) fn become_guest(&mut self, session: SessionId, called: Option<Nickname>, now: Now) -> Arc<str> {
        self.keep_reads(session);
        let Some((account, _)) = self.sessions.of(session).account.take() else { return "".into() };
        if let Some(known) = self.people.get_mut(account) {
            known.sessions.retain(|open| *open != session);
        }
        let before = self.sessions.of(session).nick.take();
        let called = called.filter(|nick| self.nicknames.take(nick, Person::Guest(session)));
        self.sessions.of(session).nick = called;
        let (nick, _) = self.ensure_named(session);
        for room in self.sessions.of(session).rooms.clone() {
            self.rooms.recount(room, session, Some(account), None);
            let stays = self.rooms.of_ref(room).has_account(account);
            if let Some(before) = &before {
                self.tell_change_of(room, session, (&nick, Change::Entered), (before, !stays), now);
            }
        }
        // Whom the account spoke with is its own affair.
        self.sessions.of(session).more().whispered = None;
        self.leave_what_is_closed(session, now);
        if self.is_stranger(session) {
            self.unfollow(session);
        }
        if self.sessions.of(session).resumable.is_some() {
            self.keep_session(session, now);
        }
        self.show_ignored(session);
        nick.shared().clone()
    }

    /// Those in a room are told that somebody is a guest or an account from now on: a guest's coming or
    /// going, when the account is there by another session, and else another name. A conversation is of
    /// the person, whom it follows or not.
    fn tell_change_of(
        &mut self,
        room: RoomId,
        session: SessionId,
        (guest, change): (&Nickname, Change),
        (account, is_alone): (&Nickname, bool),
        now: Now,
    ) {
        if self.rooms.of_ref(room).parties().is_some() {
            return;
        }
        if !is_alone {
            return self.tell_presence(room, session, change, guest, now);
        }
        let (from, to) = if change == Change::Entered { (account, guest) } else { (guest, account) };
        if from.as_str() != to.as_str() {
            let (from, to) = (from.shared().clone(), to.shared().clone());
            self.tell_room(room, Ephemeral::Renamed { from, to }, session);
        }
    }

    /// Out of the rooms that the session may not be in, being somebody else now.
    pub(crate) fn leave_what_is_closed(&mut self, session: SessionId, now: Now) {
        for room in self.sessions.of(session).rooms.clone() {
            if self.may(session, room, crate::rights::Deed::Enter, now).is_err() {
                self.put_out(session, room, now);
            }
        }
    }

    /// A login ends, and every session that it has but one.
    pub(crate) fn end_login(&mut self, login: LoginId, except: Option<SessionId>, now: Now) {
        let Some(record) = self.people.remove_login(login) else { return };
        self.outbox.push(Effect::Keep(Record::LoginGone(login)));
        self.dismiss_all(&record, except, now);
    }

    /// The same, for somebody who is told when it is kept.
    pub(crate) fn end_login_for(
        &mut self,
        asker: SessionId,
        login: LoginId,
        except: Option<SessionId>,
        reply: Reply,
        now: Now,
    ) {
        let Some(record) = self.people.remove_login(login) else { return };
        self.settle(asker, Record::LoginGone(login), Undo::Ended, Some(reply));
        self.dismiss_all(&record, except, now);
    }

    /// Every session of a login that has ended is over, but one.
    pub(crate) fn dismiss_all(&mut self, ended: &LoginRecord, except: Option<SessionId>, now: Now) {
        let LoginRecord { id: login, account, .. } = *ended;
        let sessions = self.people.get(account).map(|account| account.sessions.to_vec()).unwrap_or_default();
        for session in sessions.into_iter().filter(|session| Some(*session) != except) {
            let is_of_it =
                self.sessions.get(session).and_then(|found| found.account).is_some_and(|(_, of)| of == login);
            if is_of_it {
                self.dismiss(session, now);
            }
        }
    }

    /// A session whose login has ended: it is told, and over.
    fn dismiss(&mut self, session: SessionId, now: Now) {
        self.outbox.push(Effect::Reply { session, txn: None, reply: Box::new(Reply::LoginEnded) });
        if self.sessions.of(session).resumable.is_some() {
            self.outbox.push(Effect::Keep(Record::SessionGone(session)));
        }
        self.end(session, Change::Left, now);
    }

    /// Ends all logins of an account but one, with their sessions.
    pub(crate) fn end_logins(&mut self, account: AccountId, except: Option<(SessionId, LoginId)>, now: Now) {
        let logins = self.people.get(account).map(|account| account.logins.to_vec()).unwrap_or_default();
        for login in logins.into_iter().filter(|login| except.is_none_or(|(_, kept)| kept != *login)) {
            self.end_login(login, except.map(|(session, _)| session), now);
        }
    }

    /// A login is told to its client, and kept before.
    pub(crate) fn tell_login(&mut self, session: SessionId, login: LoginRecord, token: &Token, is_new: bool, now: Now) {
        let (id, account, ends_ms) = (login.id, login.account, login.ends_ms);
        let called = self.sessions.of(session).nick.clone();
        self.people.put_login(login.clone());
        self.become_account(session, account, id, now);
        let entered = self.enter_lobby_first(session, now);
        let record = &self.people.of(account).record;
        let reply = Reply::LoggedIn {
            account,
            name: record.name.shared().clone(),
            is_admin: record.is_admin,
            token: token.to_text().into(),
            ends_ms,
            is_new,
            entered,
        };
        self.settle(session, Record::Login(login), Undo::Login(id, called), Some(reply));
        self.enter_directs(session);
    }

    /// A text client that is in no room comes into the lobby with its name.
    fn enter_lobby_first(&mut self, session: SessionId, now: Now) -> Option<papo_proto::RoomName> {
        let found = self.sessions.of(session);
        let nick = found.nick.clone()?;
        if found.encoding.dialect != Dialect::Text || self.current(session).is_some() {
            return None;
        }
        self.enter_lobby(session, &nick, now)
    }

    /// A login's token is changed for a fresh one, which lives in a browser's cookie: what a page's code
    /// could read is good for nothing any more. Answered outside of sessions.
    pub fn exchange(&mut self, ticket: papo_proto::Txn, token: &TokenHash, fresh: &Token, now: Now) {
        self.asking = Some(ticket);
        let outside = self.outside;
        match self.use_login(token, now) {
            Some(login) if !login.is_cookie => {
                let after = LoginRecord { token: fresh.hash(), is_cookie: true, ..login.clone() };
                let undo = Undo::Put(Box::new(Record::Login(login)));
                self.settle(outside, Record::Login(after), undo, Some(Reply::Done));
            }
            _ => self.reject(outside, Reject::UnknownToken),
        }
        self.asking = None;
    }

    /// The login of a cookie ends, with its sessions. Answered outside of sessions.
    pub fn forget_cookie(&mut self, ticket: papo_proto::Txn, token: &TokenHash, now: Now) {
        self.asking = Some(ticket);
        let known = self.people.by_token(token).map(|login| login.id);
        // It may have ended before and not be kept yet: this answer comes with what the store is told again.
        let is_ended = |record: &Record| matches!(record, Record::LoginGone(_));
        let unkept = self.unkept.iter().position(is_ended).filter(|_| known.is_none());
        match (known, unkept.map(|at| self.unkept.remove(at))) {
            (Some(login), _) => self.end_login_for(self.outside, login, None, Reply::Done, now),
            (None, Some(gone)) => self.settle(self.outside, gone, Undo::Ended, Some(Reply::Done)),
            (None, None) => self.reply(self.outside, Reply::Done),
        }
        self.asking = None;
    }
}

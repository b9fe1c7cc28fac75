//! Coming into rooms and going out of them, until a session or a room ends.

use papo_proto::words::Target;
use papo_proto::{Nickname, Reject, RoomId, RoomName, SessionId};

use crate::hub::{Hub, Now};
use crate::outbox::Effect;
use crate::presence::Change;
use crate::rights::{Deed, Place};
use crate::room::DIRECTORY;

impl Hub {
    /// Moves the session into the room and tells those who are there, unless its person is already.
    pub(crate) fn enter(&mut self, session: SessionId, room: RoomId, nick: &Nickname, now: Now) {
        let account = self.account(session);
        let is_there = account.is_some_and(|account| self.rooms.of(room).has_account(account));
        self.rooms.add_member(room, session, account);
        // The room that a text client speaks in comes before its conversations.
        self.sessions.of(session).rooms.insert(0, room);
        if !is_there {
            self.tell_presence(room, session, Change::Entered, nick, now);
        }
        self.outbox.push(Effect::Enter { session, room, after: None });
    }

    /// A first name brings its session into the lobby, if it may be there.
    pub(crate) fn enter_lobby(&mut self, session: SessionId, nick: &Nickname, now: Now) -> Option<RoomName> {
        let lobby = self.rooms.lobby();
        self.may(session, lobby, Deed::Enter, now).ok()?;
        self.enter(session, lobby, nick, now);
        Some(self.rooms.of(lobby).name().clone())
    }

    /// Takes the session out of a room and tells those who stay, unless its person stays by another.
    pub(crate) fn leave(&mut self, session: SessionId, room: RoomId, change: Change, now: Now) {
        let account = self.account(session);
        let leaving = self.sessions.of(session);
        let nick = leaving.nick.clone();
        leaving.rooms.retain(|entered| *entered != room);
        self.rooms.remove_member(room, session, account, now.running);
        self.outbox.push(Effect::Exit { session, room });
        let left = self.rooms.of(room);
        let stays = account.is_some_and(|account| left.has_account(account)) || left.parties().is_some();
        if let Some(nick) = nick.filter(|_| !stays) {
            self.tell_presence(room, session, change, &nick, now);
        }
    }

    /// Takes the session out of all its rooms.
    pub(crate) fn leave_all(&mut self, session: SessionId, change: Change, now: Now) {
        for room in self.sessions.of(session).rooms.clone() {
            self.leave(session, room, change, now);
        }
    }

    /// The room that a command is about: one that the session is in.
    pub(crate) fn target(&self, session: SessionId, target: Target) -> Result<RoomId, Reject> {
        let asking = self.sessions.get(session).ok_or(Reject::NoRoom)?;
        let room = match target {
            Target::Current => self.current(session).ok_or(Reject::NoRoom)?,
            Target::Room(DIRECTORY) => return Err(Reject::UnknownRoom),
            Target::Room(room) => room,
            Target::With(nick) => return self.conversation(session, &nick),
        };
        if asking.is_in(room) {
            return Ok(room);
        }
        // Of a room that it may not know of it hears what it would hear of none.
        let is_known = self.rooms.get(room).is_some() && self.member(session, room).place != Place::Hidden;
        Err(if is_known { Reject::NotAMember } else { Reject::UnknownRoom })
    }

    /// The room that a text client speaks in.
    pub(crate) fn current(&self, session: SessionId) -> Option<RoomId> {
        let rooms = &self.sessions.get(session)?.rooms;
        rooms.iter().copied().find(|room| self.rooms.get(*room).is_some_and(|room| room.parties().is_none()))
    }

    /// Ends a session: its name and its place are free at once.
    pub(crate) fn end(&mut self, session: SessionId, change: Change, now: Now) {
        if self.sessions.get(session).is_none_or(|session| session.ending) {
            return;
        }
        let person = self.person(session);
        self.keep_reads(session);
        self.leave_all(session, change, now);
        let ending = self.sessions.of(session);
        ending.ending = true;
        let nick = ending.nick.take();
        if let Some((account, _)) = ending.account
            && let Some(account) = self.people.get_mut(account)
        {
            account.sessions.retain(|open| *open != session);
        }
        let ending = self.sessions.of(session);
        let resumable = ending.resumable.as_ref();
        let resumable = resumable.map(|resumable| (resumable.token, resumable.held_until, resumable.is_unkept));
        if let Some(nick) = nick {
            self.nicknames.free(&nick, person);
        }
        if resumable.is_none_or(|(.., is_unkept)| is_unkept) {
            self.end_directs(session, now);
        } else {
            // It may come back within the day.
            self.rooms.let_directs_go(person, now.running);
        }
        if let Some((token, held_until, _)) = resumable {
            self.rooms.follow(session, false);
            self.sessions.forget_token(&token);
            if let Some(due) = held_until {
                self.held.remove(&(due, session));
            }
        }
        self.outbox.push(Effect::Close { session });
    }

    /// Takes rooms away whose time has come: empty ones in which nothing was said, and conversations of
    /// guests who are gone for a day.
    pub(crate) fn end_rooms(&mut self, now: Now) {
        for room in self.rooms.due(now.running) {
            let Some(found) = self.rooms.get(room) else { continue };
            let mut guests = found.parties().into_iter().flatten().filter(|person| person.account().is_none());
            let is_over = guests.any(|guest| self.sessions_of(guest).is_empty());
            if is_over || found.is_unused() {
                self.end_conversation(room, now);
            }
        }
    }

    pub(crate) fn put_strangers_out(&mut self, now: Now) {
        for session in self.sessions.ids() {
            if self.is_stranger(session) && self.sessions.get(session).is_some_and(|found| !found.ending) {
                self.unfollow(session);
                self.leave_what_is_closed(session, now);
            }
        }
    }

    /// The session is told of the list of rooms no more.
    pub(crate) fn unfollow(&mut self, session: SessionId) {
        self.rooms.follow(session, false);
        self.outbox.push(Effect::Exit { session, room: DIRECTORY });
    }
}

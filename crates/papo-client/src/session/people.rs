//! What frames tell of accounts, single people, and what moderators do.

use std::sync::Arc;

use papo_proto::Ephemeral;
use papo_proto::papo1::ServerFrame;
use papo_proto::papo1::server::{Answer, LoggedIn, Redaction, Role, RoomChange, RoomEvent, RoomState};
use papo_proto::words::{self, AccountCommand, Change};

use super::queue::Entry;
use super::want::Want;
use super::{ClientEvent, Session};
use crate::timeline;

impl Session {
    /// A frame about people.
    pub(super) fn hear_of_people(&mut self, frame: ServerFrame) {
        match frame {
            ServerFrame::Changed { room, by, change } => {
                if let Some(change) = changed(change) {
                    self.events.push_back(ClientEvent::Told { room, what: Ephemeral::Changed { by, change } });
                }
            }
            ServerFrame::Direct { room } => {
                self.enter(&room);
                self.events.push_back(ClientEvent::Direct(room));
            }
            ServerFrame::Read { room, seq } => self.events.push_back(ClientEvent::Read { room, seq }),
            ServerFrame::Invited { room, by } => self.events.push_back(ClientEvent::Invited { room, by }),
            ServerFrame::Removed { room, by, why, banned, closed } => {
                if let Some(left) = self.rooms.leave(room) {
                    let name = left.name;
                    self.events.push_back(ClientEvent::Removed { room, name, by, why, banned, closed });
                }
            }
            ServerFrame::Reported { room, by, seq, why } => {
                self.events.push_back(ClientEvent::Reported { room, by, seq, why });
            }
            ServerFrame::Named { nick } => {
                self.nick = Some(nick.clone());
                self.events.push_back(ClientEvent::Named(nick));
            }
            _ => {}
        }
    }

    /// What an answer about people changes for the session itself.
    pub(super) fn learn_of_people(&mut self, entry: &Entry, answer: &Answer) {
        match (answer, &entry.want) {
            (Answer::Login(login) | Answer::Register(login), _) => self.logged_in(login),
            (Answer::Logout { nick }, _) => self.logged_out(Some(nick)),
            (Answer::Done, Want::Account(AccountCommand::Delete { .. })) => self.logged_out(None),
            (Answer::Direct { room }, _) => self.enter(room),
            _ => {}
        }
    }

    fn enter(&mut self, room: &RoomState) {
        self.rooms.enter(room);
        self.tell(room.id);
    }

    fn logged_in(&mut self, login: &LoggedIn) {
        (self.login, self.account) = (Some(login.login.clone()), Some(login.account));
        self.nick = Some(login.nick.clone());
        self.events.push_back(ClientEvent::LoggedIn(login.clone()));
    }

    /// A guest is in none of the account's conversations.
    pub(super) fn logged_out(&mut self, nick: Option<&Arc<str>>) {
        (self.login, self.account) = (None, None);
        self.nick = nick.or(self.nick.as_ref()).cloned();
        self.rooms.leave_directs();
        self.events.push_back(ClientEvent::LoggedOut);
    }

    /// Messages that wait to be told are told without what they said, if this takes them back.
    pub(super) fn take_back(&mut self, event: &RoomEvent) {
        let RoomEvent::Redaction(Redaction { room, seqs, .. }) = event else { return };
        for waiting in &mut self.events {
            if let ClientEvent::Message(message) = waiting
                && message.room == *room
                && seqs.contains(&message.seq)
            {
                *waiting = ClientEvent::Redacted(timeline::place(message));
            }
        }
    }
}

fn changed(change: RoomChange) -> Option<Change> {
    Some(match change {
        RoomChange::Topic { topic } => Change::Topic(topic),
        RoomChange::Private { on } => Change::Private(on),
        RoomChange::Readonly { on } => Change::ReadOnly(on),
        RoomChange::Slow { seconds } => Change::Slow(seconds),
        RoomChange::Role { who, role } => Change::Role(who, self::role(role)),
        RoomChange::Muted { who, seconds } => Change::Muted(who, seconds),
        RoomChange::Removed { who, banned } => Change::Removed(who, banned),
        RoomChange::Unknown => return None,
    })
}

fn role(role: Role) -> words::Role {
    match role {
        Role::Guest => words::Role::Guest,
        Role::Member => words::Role::Member,
        Role::Moderator => words::Role::Moderator,
        Role::Owner => words::Role::Owner,
        Role::Admin => words::Role::Admin,
    }
}

//! What happens about accounts, conversations of two and moderation, and how it reads.

use std::sync::Arc;

use papo_client::{ClientEvent, Incoming, Opened, Want};
use papo_proto::papo1::server::{Answer, Kind, LoggedIn};
use papo_proto::words::{AccountCommand, Act};
use papo_proto::{Ephemeral, Reply, RoomId, Seq, text};

use super::answers::{self, Naming};
use super::hear::Ear;
use crate::screen::Unseen;

/// A password was sent over a line that can be listened to.
const UNENCRYPTED: u16 = 2025;

impl Ear<'_> {
    pub(super) async fn of_people(&mut self, event: ClientEvent) -> Result<(), Unseen> {
        let (face, lang) = (self.face, self.face.lang());
        let line = match event {
            ClientEvent::LoggedIn(login) => return self.logged_in(&login).await,
            ClientEvent::LoggedOut => {
                self.login_is_over().await;
                None
            }
            ClientEvent::Named(nick) => {
                *face.nick.borrow_mut() = Some(nick.clone());
                answers::line(lang, &Reply::NameReclaimed(nick))
            }
            ClientEvent::Redaction(redaction) => {
                // Who did it has been told how many there were.
                let is_own = face.nick.borrow().as_ref() == Some(&redaction.author);
                let is_told = !is_own && !face.ignores(&redaction.author);
                let line = || text::redaction(lang, &redaction.author, redaction.seqs.len());
                is_told.then(|| Incoming::read(line().as_bytes()))
            }
            ClientEvent::Direct(room) => {
                self.direct(&room);
                None
            }
            ClientEvent::Invited { room, by } => answers::invited(lang, &room, &by),
            ClientEvent::Removed { room, name, by, why, banned, closed } => {
                if face.room_id() == Some(room) {
                    *face.room.borrow_mut() = None;
                }
                if face.directs.borrow_mut().remove(&room).is_some() {
                    return Ok(());
                }
                let Some(name) = answers::room_name(&name) else { return Ok(()) };
                let (room, is_banned, is_closed) = (RoomId(room), banned, closed);
                answers::line(lang, &Reply::Removed { room, name, by, why, is_banned, is_closed })
            }
            ClientEvent::Reported { room, by, seq, why } => {
                let Some(name) = answers::room_name(&face.room_name(room)) else { return Ok(()) };
                // As /redact takes it.
                let why = seq.map_or_else(|| why.clone(), |seq| format!("{why} (#{seq})").into());
                answers::line(lang, &Reply::Reported { room: RoomId(room), name, by, seq: seq.map(Seq), why })
            }
            _ => None,
        };
        face.show(line).await
    }

    /// Who the session is now that it is open.
    pub(super) async fn comes_as(&mut self, opened: &Opened) -> Result<(), Unseen> {
        let face = self.face;
        face.account.set(opened.account.is_some());
        face.ignored.borrow_mut().clone_from(&opened.ignored);
        for room in opened.rooms.iter().filter(|room| room.kind == Kind::Direct) {
            // What was missed in it comes by itself.
            face.knows_direct(room);
        }
        if opened.first && !opened.greeting.is_empty() {
            face.show([Incoming::Notice(opened.greeting.to_string())]).await?;
        }
        Ok(())
    }

    async fn logged_in(&mut self, login: &LoggedIn) -> Result<(), Unseen> {
        let face = self.face;
        *face.nick.borrow_mut() = Some(login.nick.clone());
        face.account.set(true);
        match face.keeper.made(&login.nick, &login.login) {
            Ok(()) => Ok(()),
            Err(error) => face.refuse("login-not-kept", &[("causa", error.to_string().into())]).await,
        }
    }

    /// The login is good for nothing any more.
    pub(super) async fn login_is_over(&mut self) {
        let face = self.face;
        face.account.set(false);
        face.directs.borrow_mut().clear();
        if let Err(error) = face.keeper.over() {
            // Whoever still listens notices by the next line that nobody sees.
            let _ = face.refuse("login-not-forgotten", &[("causa", error.to_string().into())]).await;
        }
    }

    /// The other one of a conversation has another name now.
    pub(super) fn renamed(&self, room: u64, what: &Ephemeral) {
        let Ephemeral::Renamed { from, to } = what else { return };
        if let Some(with) = self.face.directs.borrow_mut().get_mut(&room).filter(|with| *with == from) {
            *with = to.clone();
            self.face.names.borrow_mut().insert(room, to.clone());
        }
    }

    /// What else is to be said of a rejected command.
    pub(super) async fn refused(&self, code: u16) -> Result<(), Unseen> {
        if code == UNENCRYPTED { self.face.refuse("password-was-open", &[]).await } else { Ok(()) }
    }

    /// An answer about people.
    pub(super) fn about_people(&self, want: &Want, answer: &Answer) -> Option<Incoming> {
        let (face, lang) = (self.face, self.face.lang());
        let reply = match answer {
            Answer::Login(login) => return self.named(login, false),
            Answer::Register(login) => return self.named(login, true),
            Answer::Logout { nick } => {
                *face.nick.borrow_mut() = Some(nick.clone());
                Reply::LoggedOut(nick.clone())
            }
            Answer::Logins { logins } => return answers::logins(lang, logins, crate::clock::now_ms()),
            Answer::NewToken { nick, token } => Reply::Token { name: nick.clone(), token: token.clone() },
            Answer::Tokens { nicks } => Reply::Tokens(nicks.clone()),
            Answer::Direct { room } => {
                face.knows_direct(room);
                return None;
            }
            Answer::Redact { count } => Reply::Redacted(*count),
            Answer::Audit { room, entries } => {
                return answers::audit(lang, &face.room_name(*room), entries, crate::clock::shown);
            }
            Answer::Done => self.done(want),
            _ => return None,
        };
        answers::line(lang, &reply)
    }

    /// A first name is told with its room.
    fn named(&self, login: &LoggedIn, is_new: bool) -> Option<Incoming> {
        let waits = self.face.naming.borrow().is_some();
        (!waits).then(|| answers::named(self.face.lang(), &login.nick, &Naming::Account { is_new }, None)).flatten()
    }

    /// A command is carried out, and that is all that there is to say about it.
    fn done(&self, want: &Want) -> Reply {
        match want {
            Want::Ignore(who) => {
                if !self.face.ignores(who) {
                    self.face.ignored.borrow_mut().push(who.clone());
                }
                Reply::DoneFor(who.clone())
            }
            Want::Unignore(who) => {
                self.face.ignored.borrow_mut().retain(|ignored| ignored != who);
                Reply::DoneFor(who.clone())
            }
            Want::Account(AccountCommand::Password { .. }) => Reply::PasswordChanged,
            Want::Account(AccountCommand::Delete { .. }) => Reply::AccountDeleted,
            Want::Account(AccountCommand::RevokeToken(who)) => Reply::Ended(who.shared().clone()),
            Want::Account(AccountCommand::EndLogin(login)) => Reply::Ended(Arc::from(login.0.to_string())),
            Want::Moderate { act: Act::Invite(who) | Act::Unban(who) | Act::Op(who) | Act::Deop(who), .. } => {
                Reply::DoneFor(who.shared().clone())
            }
            Want::Moderate {
                act: Act::Kick(who, ..) | Act::Ban(who, ..) | Act::Mute(who, _) | Act::Unmute(who),
                ..
            } => Reply::DoneFor(who.shared().clone()),
            _ => Reply::Done,
        }
    }
}

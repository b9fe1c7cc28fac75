//! What is said to one person, and what is done about who one is.

use std::sync::Arc;

use papo_client::{Outcome, Want};
use papo_proto::names::LOBBY;
use papo_proto::papo1::server::Answer;
use papo_proto::words::AccountCommand;
use papo_proto::{Nickname, Reject, Reply};

use super::answers::Naming;
use super::speak::{Speaker, Stop};
use crate::asking::has_password;

impl Speaker<'_> {
    /// Says something to one person. The conversation is opened first, if it is not yet.
    pub(super) async fn whisper(&mut self, to: &Nickname, text: &str) -> Result<(), Stop> {
        self.name_as_guest().await?;
        let Some(room) = self.conversation(to).await? else {
            self.face.refused.set(self.face.refused.get() + 1);
            return Ok(());
        };
        self.post_in(Some(room), text).await
    }

    /// Says something to whoever wrote last.
    pub(super) async fn answer(&mut self, text: &str) -> Result<(), Stop> {
        let to = self.face.whispered.borrow().as_ref().and_then(|who| Nickname::parse(who).ok());
        match to {
            Some(to) => self.whisper(&to.name, text).await,
            None => self.reject(Reject::NobodyToAnswer).await,
        }
    }

    /// The room of the conversation with somebody; none when it cannot be, which is told.
    pub(super) async fn conversation(&mut self, with: &Nickname) -> Result<Option<u64>, Stop> {
        if let Some(room) = self.face.direct_with(with) {
            return Ok(Some(room));
        }
        match self.order(Want::Direct(with.shared().clone())).await? {
            Outcome::Answer(Answer::Direct { room }) => Ok(Some(room.id)),
            _ => Ok(None),
        }
    }

    pub(super) async fn ignore(&mut self, who: Option<Nickname>) -> Result<(), Stop> {
        let Some(who) = who else {
            let ignored: Vec<Arc<str>> = self.face.ignored.borrow().clone();
            return self.reply(&Reply::Ignored(ignored)).await;
        };
        self.open(None).await?;
        self.order(Want::Ignore(who.shared().clone())).await.map(drop)
    }

    /// Does something about who one is. Whoever comes as an account comes into the lobby, as with a first name.
    pub(super) async fn account(&mut self, command: AccountCommand) -> Result<(), Stop> {
        if self.face.is_overheard && has_password(&command) {
            return Ok(self.face.refuse("password-overheard", &[]).await?);
        }
        self.open(None).await?;
        let is_new = matches!(command, AccountCommand::Register { .. });
        let comes = !self.named && (is_new || matches!(command, AccountCommand::Login { .. }));
        if comes {
            *self.face.naming.borrow_mut() = Some(Naming::Account { is_new });
        }
        let outcome = self.order(Want::Account(command)).await?;
        if comes && matches!(outcome, Outcome::Answer(Answer::Login(_) | Answer::Register(_))) {
            self.named = true;
            self.order(Want::Join(LOBBY.into())).await?;
        }
        *self.face.naming.borrow_mut() = None;
        Ok(())
    }

    /// Comes in by the login that is kept.
    pub(super) async fn come_back(&mut self) -> Result<(), Stop> {
        self.open(None).await?;
        if !self.face.account.get() {
            return Ok(self.face.refuse("login-over", &[]).await?);
        }
        self.named = true;
        *self.face.naming.borrow_mut() = Some(Naming::Account { is_new: false });
        self.order(Want::Join(LOBBY.into())).await?;
        *self.face.naming.borrow_mut() = None;
        Ok(())
    }
}

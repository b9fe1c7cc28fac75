//! The things that are done, and those that are tried and rejected.

use papo_proto::papo1::ClientFrame;
use papo_proto::papo1::server::Answer;

use super::line::{Broken, Line, hidden, password};
use super::{BANNED, CAREFUL, HELPER, Keeper, MEMBER, Rooms, TRAVELLER};
use papo_testkit::checks::kept::Came;

/// Logins of one account at a time.
const LOGINS: usize = 5;

/// The codes of what may not be done, by those who may not.
const ROLE: u16 = 2033;
const NO_MESSAGE: u16 = 2040;
const PASSWORD_LENGTH: u16 = 2024;
const WRONG_PASSWORD: u16 = 2023;

impl Keeper {
    /// Does one thing. Passwords take long: few things have to do with them.
    pub(super) fn act(&mut self, owner: &mut Line, member: &mut Line, rooms: &Rooms) -> Result<(), Broken> {
        let room = rooms.order;
        match self.random.below(96) {
            0..6 => self.say(owner, room),
            6..14 => self.take_back(owner, room),
            14..22 => self.set_topic(owner, room),
            22..32 => self.ban_or_not(owner, room),
            32..40 => self.help_or_not(owner, room),
            40..44 => self.hide_or_not(owner, rooms.secret),
            44..48 => self.calm(owner, room),
            48..52 => self.try_in_vain(member, room),
            52 => self.log_in(),
            53..57 => self.log_out(),
            57 => self.make_account(),
            58..60 => self.change_password(),
            60..64 => self.delete_account(),
            64..71 => self.mute_or_not(owner, rooms.quiet),
            71..78 => self.invite_or_not(owner, rooms.guarded),
            78..84 => self.ignore_or_not(member),
            84..89 => self.read_on(owner, member),
            _ => self.make_bot_or_revoke_one(owner),
        }
    }

    /// What is acknowledged to be done is written down, where it can be read.
    fn written(&mut self, entry: &str) -> (String, &'static str) {
        let what = format!("the entry {entry}");
        self.did(&what, "missing", Came::Done);
        (what, "written")
    }

    fn say(&mut self, owner: &mut Line, room: u64) -> Result<(), Broken> {
        // Nothing else in the data folder may look like it.
        let text = format!("§{:016x}§", self.random.number());
        if let Ok(Answer::Post { seq, .. }) =
            owner.ask(|txn| ClientFrame::Post { txn, room, text: text.as_str().into() })?
        {
            self.said.insert(seq, text);
            self.did(&format!("message {seq}"), "there", Came::Done);
        }
        Ok(())
    }

    fn take_back(&mut self, owner: &mut Line, room: u64) -> Result<(), Broken> {
        let there: Vec<u64> =
            self.said.keys().copied().filter(|seq| self.is(&format!("message {seq}"), "there")).collect();
        if there.is_empty() {
            return Ok(());
        }
        let seq = *self.random.pick(&there);
        let values = [(format!("message {seq}"), "gone"), self.written(&format!("redact #{seq}"))];
        let redact = |txn| ClientFrame::Redact { txn, room, seq: Some(seq), who: None, seconds: None };
        let done = self.deed(owner, &values, redact)?;
        assert!(done.is_ok(), "{done:?}");
        Ok(())
    }

    fn set_topic(&mut self, owner: &mut Line, room: u64) -> Result<(), Broken> {
        let topic = format!("assunto {}", self.number());
        let values = [("the topic".to_owned(), topic.as_str()), self.written(&format!("topic {topic}"))];
        let done = self.deed(owner, &values, |txn| ClientFrame::Topic { txn, room, topic: topic.as_str().into() })?;
        assert!(done.is_ok(), "{done:?}");
        Ok(())
    }

    fn ban_or_not(&mut self, owner: &mut Line, room: u64) -> Result<(), Broken> {
        let value = if self.is("the ban", "banned") { "free" } else { "banned" };
        let done = self.deed(owner, &[("the ban".to_owned(), value)], |txn| match value {
            "free" => ClientFrame::Unban { txn, room, who: BANNED.into() },
            _ => ClientFrame::Ban { txn, room, who: BANNED.into(), seconds: None, why: None },
        })?;
        assert!(done.is_ok(), "{done:?}");
        Ok(())
    }

    fn help_or_not(&mut self, owner: &mut Line, room: u64) -> Result<(), Broken> {
        let value = if self.is("the helper", "Moderator") { "Member" } else { "Moderator" };
        let done = self.deed(owner, &[("the helper".to_owned(), value)], |txn| match value {
            "Member" => ClientFrame::Deop { txn, room, who: HELPER.into() },
            _ => ClientFrame::Op { txn, room, who: HELPER.into() },
        })?;
        assert!(done.is_ok(), "{done:?}");
        Ok(())
    }

    fn hide_or_not(&mut self, owner: &mut Line, room: u64) -> Result<(), Broken> {
        let on = self.is("the secret room", "public");
        let value = if on { "private" } else { "public" };
        let values = [("the secret room".to_owned(), value)];
        let done = self.deed(owner, &values, |txn| ClientFrame::Private { txn, room, on })?;
        assert!(done.is_ok(), "{done:?}");
        Ok(())
    }

    fn calm(&mut self, owner: &mut Line, room: u64) -> Result<(), Broken> {
        let done = if self.random.chance(2) {
            let on = self.is("posting", "open");
            let values = [("posting".to_owned(), if on { "shut" } else { "open" })];
            self.deed(owner, &values, |txn| ClientFrame::Readonly { txn, room, on })?
        } else {
            let seconds = self.random.below(5) as u32;
            let values = [("the wait".to_owned(), &*seconds.to_string())];
            self.deed(owner, &values, |txn| ClientFrame::Slow { txn, room, seconds })?
        };
        assert!(done.is_ok(), "{done:?}");
        Ok(())
    }

    /// What the member may not do.
    fn try_in_vain(&mut self, member: &mut Line, room: u64) -> Result<(), Broken> {
        let topic = format!("caos {}", self.number());
        let there = self.said.keys().copied().find(|seq| self.is(&format!("message {seq}"), "there"));
        let value = |what: &str, value: &'static str| [(what.to_owned(), value)];
        let (done, expected) = match self.random.below(4) {
            0 => {
                let values = [("the topic".to_owned(), topic.as_str())];
                let make = |txn| ClientFrame::Topic { txn, room, topic: topic.as_str().into() };
                (self.deed(member, &values, make)?, ROLE)
            }
            // What already is so is not rejected for that it is.
            1 if self.is("the ban", "free") => {
                let make = |txn| ClientFrame::Ban { txn, room, who: BANNED.into(), seconds: None, why: None };
                (self.deed(member, &value("the ban", "banned"), make)?, ROLE)
            }
            2 if self.is("the helper", "Member") => {
                let make = |txn| ClientFrame::Op { txn, room, who: HELPER.into() };
                (self.deed(member, &value("the helper", "Moderator"), make)?, ROLE)
            }
            _ => {
                let Some(seq) = there else { return Ok(()) };
                let make = |txn| ClientFrame::Redact { txn, room, seq: Some(seq), who: None, seconds: None };
                (self.deed(member, &value(&format!("message {seq}"), "gone"), make)?, NO_MESSAGE)
            }
        };
        assert_eq!(done.err(), Some(expected), "{MEMBER}");
        Ok(())
    }

    fn log_in(&mut self) -> Result<(), Broken> {
        if self.good_logins().len() >= LOGINS {
            return Ok(());
        }
        let mut line = Line::open(self.addr)?;
        let session = line.hello(None, None, None)?.map_err(|_| Broken)?.session;
        let login = |txn| ClientFrame::Login { txn, nick: TRAVELLER.into(), password: hidden(&password(0)) };
        match line.ask(login)? {
            Ok(Answer::Login(login)) => {
                let number = self.number();
                self.logins.insert(number, (login.login.to_string(), session));
                self.did(&format!("login {number}"), "good", Came::Done);
                self.did(&format!("the session of login {number}"), "good", Came::Done);
                Ok(())
            }
            other => panic!("{other:?}"),
        }
    }

    fn good_logins(&self) -> Vec<usize> {
        self.logins.keys().copied().filter(|number| self.is(&format!("login {number}"), "good")).collect()
    }

    /// A login is left, or ended by another of the same account.
    fn log_out(&mut self) -> Result<(), Broken> {
        let good = self.good_logins();
        if good.is_empty() {
            return Ok(());
        }
        let number = *self.random.pick(&good);
        let mut line = Line::open(self.addr)?;
        let welcome = line.hello(None, Some(&self.logins[&number].0), None)?;
        assert!(welcome.is_ok_and(|welcome| welcome.account.is_some()), "login {number} is good");
        let login = format!("login {number}");
        let done = if self.random.chance(2) {
            // The sessions of the login but the one that asks, which is a guest's then.
            let values = [(login, "ended"), (format!("the session of login {number}"), "ended")];
            self.deed(&mut line, &values, |txn| ClientFrame::Logout { txn })?
        } else {
            let Ok(Answer::Logins { logins }) = line.ask(|txn| ClientFrame::Logins { txn })? else {
                panic!("no list of logins")
            };
            let id = logins.iter().find(|login| login.this).expect("its own").id;
            let mut other = self.come(TRAVELLER)?;
            let values = [(login, "ended"), (format!("the session of login {number}"), "ended")];
            self.deed(&mut other, &values, |txn| ClientFrame::EndLogin { txn, login: id })?
        };
        assert!(done.is_ok(), "{done:?}");
        Ok(())
    }

    fn make_account(&mut self) -> Result<(), Broken> {
        let name = format!("novata{}", self.number());
        let what = format!("the name {name}");
        self.did(&what, "free", Came::Done);
        let mut line = Line::open(self.addr)?;
        line.hello(None, None, None)?.map_err(|_| Broken)?;
        let register = |password: &str| {
            let (nick, password) = (Some(name.as_str().into()), hidden(password));
            move |txn| ClientFrame::Register { txn, nick, password, invite: None }
        };
        let short = self.deed(&mut line, &[(what.clone(), "taken")], register("curta"))?;
        assert_eq!(short.err(), Some(PASSWORD_LENGTH));
        let made = self.deed(&mut line, &[(what, "taken")], register(&password(0)))?;
        let Ok(Answer::Register(login)) = made else { panic!("{made:?}") };
        self.did(&format!("the login of {name}"), "good", Came::Done);
        self.did(&format!("the account {name}"), "there", Came::Done);
        self.novices.insert(name, login.login.to_string());
        Ok(())
    }

    /// One that was made meanwhile is deleted; its name stays taken.
    fn delete_account(&mut self) -> Result<(), Broken> {
        let there: Vec<String> =
            self.novices.keys().filter(|name| self.is(&format!("the login of {name}"), "good")).cloned().collect();
        if there.is_empty() {
            return self.make_account();
        }
        let name = self.random.pick(&there).clone();
        let mut line = Line::open(self.addr)?;
        let welcome = line.hello(None, Some(&self.novices[&name]), None)?;
        assert!(welcome.is_ok_and(|welcome| welcome.account.is_some()), "{name} is there");
        let values = [(format!("the login of {name}"), "ended"), (format!("the account {name}"), "deleted")];
        let delete = |txn| ClientFrame::DeleteAccount { txn, password: hidden(&password(0)) };
        let done = self.deed(&mut line, &values, delete)?;
        assert!(done.is_ok(), "{done:?}");
        Ok(())
    }

    /// With a new password the other logins are over.
    fn change_password(&mut self) -> Result<(), Broken> {
        let [old] = &self.passwords[..] else { return Ok(()) };
        let (old, number) = (old.clone(), self.number());
        let new = password(number);
        let mut line = Line::open(self.addr)?;
        line.hello(None, None, None)?.map_err(|_| Broken)?;
        let login = |txn| ClientFrame::Login { txn, nick: CAREFUL.into(), password: hidden(&old) };
        let Ok(Answer::Login(login)) = line.ask(login)? else { panic!("the password is right") };
        let made = format!("the login of {CAREFUL} {number}");
        let others: Vec<(String, &str)> = self.careful.keys().map(|what| (what.clone(), "ended")).collect();
        self.careful.insert(made.clone(), login.login.to_string());
        self.did(&made, "good", Came::Done);
        let value = ("the password".to_owned(), new.as_str());
        let values: Vec<_> = others.into_iter().chain([value]).collect();
        self.passwords.push(new.clone());
        let change = |txn| ClientFrame::Password { txn, old: hidden(&old), new: hidden(&new) };
        let done = self.deed(&mut line, &values, change)?;
        assert!(done.is_ok(), "{done:?}");
        self.passwords = vec![new];
        let other = password(self.number());
        let wrong = |txn| ClientFrame::Password { txn, old: hidden(&old), new: hidden(&other) };
        let vain = self.deed(&mut line, &[("the password".to_owned(), other.as_str())], wrong)?;
        assert_eq!(vain.err(), Some(WRONG_PASSWORD));
        Ok(())
    }
}

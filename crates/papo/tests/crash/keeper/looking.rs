//! Looking at everything that was done.

use std::collections::BTreeMap;

use papo_proto::papo1::ClientFrame;
use papo_proto::papo1::server::{Answer, Kind, RoomEvent};

use super::line::{Broken, Line, enter, hidden, password};
use super::{BANNED, CAREFUL, HELPER, Keeper, OWNER, ROOM, SECRET_ROOM};

/// The code for somebody who may not come in.
const IS_BANNED: u16 = 2036;
const NAME_TAKEN: u16 = 2001;
const WRONG_PASSWORD: u16 = 2023;

impl Keeper {
    pub(super) fn look(&mut self) -> Result<(), Broken> {
        let people = self.people.clone();
        for (who, login) in &people {
            // Logins of this one end with each new password.
            if *who != CAREFUL {
                self.look_at_login(&format!("the login of {who}"), login)?;
            }
        }
        self.look_at_room()?;
        self.look_at_people()?;
        self.look_at_company()?;
        self.look_at_bots()?;
        for (number, (login, session)) in self.logins.clone() {
            self.look_at_login(&format!("login {number}"), &login)?;
            let is_known = Line::open(self.addr)?.hello(None, None, Some(&session))?.is_ok();
            self.saw(&format!("the session of login {number}"), if is_known { "good" } else { "ended" });
        }
        for (what, login) in self.careful.clone() {
            self.look_at_login(&what, &login)?;
        }
        self.look_at_names()?;
        self.look_at_novices()?;
        self.look_at_password()
    }

    pub(super) fn look_at_login(&mut self, what: &str, login: &str) -> Result<(), Broken> {
        let mut line = Line::open(self.addr)?;
        let welcome = line.hello(None, Some(login), None)?.map_err(|_| Broken)?;
        self.saw(what, if welcome.account.is_some() { "good" } else { "ended" });
        line.ask(|txn| ClientFrame::Bye { txn }).map(drop)
    }

    fn look_at_room(&mut self) -> Result<(), Broken> {
        let mut owner = self.come(OWNER)?;
        let state = enter(&mut owner, ROOM)?;
        self.saw("the topic", &state.topic);
        self.saw("the wait", &state.slow.to_string());
        self.saw("posting", if state.readonly { "shut" } else { "open" });
        let secret = enter(&mut owner, SECRET_ROOM)?;
        self.saw("the secret room", if secret.kind == Kind::Private { "private" } else { "public" });
        let mut seen = BTreeMap::new();
        let mut after = 0;
        loop {
            let page =
                |txn| ClientFrame::History { txn, room: state.id, before: None, after: Some(after), limit: None };
            let Ok(Answer::History { events, .. }) = owner.ask(page)? else { panic!("no history") };
            for event in &events {
                let (seq, text) = match event {
                    RoomEvent::Message(message) => (message.seq, Some(message.text.to_string())),
                    RoomEvent::Redacted(redacted) => (redacted.seq, None),
                    RoomEvent::Redaction(redaction) => (redaction.seq, None),
                    RoomEvent::Unknown => panic!("no such event is known"),
                };
                after = seq;
                seen.insert(seq, text);
            }
            if events.is_empty() {
                break;
            }
        }
        for (seq, text) in self.said.clone() {
            let found = seen.get(&seq).and_then(Option::as_ref);
            let value = if found == Some(&text) { "there" } else { "gone" };
            self.saw(&format!("message {seq}"), value);
        }
        self.look_at_entries(&mut owner, state.id)
    }

    /// What was done lately stands among what moderators did.
    fn look_at_entries(&mut self, owner: &mut Line, room: u64) -> Result<(), Broken> {
        let audit = |txn| ClientFrame::Audit { txn, room, limit: Some(200) };
        let Ok(Answer::Audit { entries, .. }) = owner.ask(audit)? else { panic!("no entries") };
        let written: Vec<String> = entries
            .iter()
            .map(|entry| {
                format!("the entry {} {}", entry.act, if entry.note.is_empty() { &entry.target } else { &entry.note })
            })
            .collect();
        // Of more than one page there is no telling.
        if entries.len() < 200 {
            let wanted: Vec<String> = self.now.keys().filter(|what| what.starts_with("the entry ")).cloned().collect();
            for what in wanted {
                let is_there = written.contains(&what);
                self.saw(&what, if is_there { "written" } else { "missing" });
            }
        }
        Ok(())
    }

    fn look_at_people(&mut self) -> Result<(), Broken> {
        let mut banned = self.come(BANNED)?;
        let value = match banned.ask(|txn| ClientFrame::Join { txn, room: ROOM.into() })? {
            Ok(_) => "free",
            Err(code) => {
                assert_eq!(code, IS_BANNED);
                "banned"
            }
        };
        self.saw("the ban", value);
        let role = enter(&mut self.come(HELPER)?, ROOM)?.role;
        self.saw("the helper", &format!("{role:?}"));
        // What is private is no stranger's business.
        let mut stranger = Line::open(self.addr)?;
        stranger.hello(None, None, None)?.map_err(|_| Broken)?;
        let Ok(Answer::Rooms { rooms }) = stranger.ask(|txn| ClientFrame::Rooms { txn })? else { panic!("no rooms") };
        let is_listed = rooms.iter().any(|room| &*room.name == SECRET_ROOM);
        self.saw("the secret room", if is_listed { "public" } else { "private" });
        Ok(())
    }

    fn look_at_names(&mut self) -> Result<(), Broken> {
        let names: Vec<String> =
            self.now.keys().filter_map(|what| what.strip_prefix("the name ")).map(str::to_owned).collect();
        for name in names {
            let mut line = Line::open(self.addr)?;
            let is_taken = match line.hello(Some(&name), None, None)? {
                Err(code) => code == NAME_TAKEN,
                Ok(_) => false,
            };
            if !is_taken {
                line.ask(|txn| ClientFrame::Bye { txn })?.map_err(|_| Broken)?;
            }
            self.saw(&format!("the name {name}"), if is_taken { "taken" } else { "free" });
        }
        Ok(())
    }

    /// Whether somebody can log in to them takes long to find out: that is for the end.
    fn look_at_novices(&mut self) -> Result<(), Broken> {
        for (name, login) in self.novices.clone() {
            self.look_at_login(&format!("the login of {name}"), &login)?;
            if !self.signals.is_finishing() {
                continue;
            }
            let mut line = Line::open(self.addr)?;
            line.hello(None, None, None)?.map_err(|_| Broken)?;
            let login = |txn| ClientFrame::Login { txn, nick: name.as_str().into(), password: hidden(&password(0)) };
            let value = match line.ask(login)? {
                Ok(_) => "there",
                Err(code) => {
                    assert_eq!(code, WRONG_PASSWORD);
                    "deleted"
                }
            };
            self.saw(&format!("the account {name}"), value);
        }
        Ok(())
    }

    /// Hashing takes long: it is only looked at when it is not known.
    fn look_at_password(&mut self) -> Result<(), Broken> {
        if self.passwords.len() < 2 && !self.signals.is_finishing() {
            return Ok(());
        }
        for password in self.passwords.clone().into_iter().rev() {
            let mut line = Line::open(self.addr)?;
            line.hello(None, None, None)?.map_err(|_| Broken)?;
            match line.ask(|txn| ClientFrame::Login { txn, nick: CAREFUL.into(), password: hidden(&password) })? {
                Ok(_) => {
                    line.ask(|txn| ClientFrame::Logout { txn })?.map_err(|_| Broken)?;
                    self.saw("the password", &password);
                    self.passwords = vec![password];
                    return Ok(());
                }
                Err(code) => assert_eq!(code, WRONG_PASSWORD),
            }
        }
        self.saw("the password", "none of those that it may be");
        Ok(())
    }
}

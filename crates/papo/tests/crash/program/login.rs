//! A client that is one of several of an account, and the conversations of two that accounts have.

use std::sync::atomic::Ordering;

use papo_proto::papo1::ClientFrame;
use papo_proto::papo1::server::{Answer, RoomState};
use papo_testkit::checks::Told;

use super::{Broken, LISTENS, Program, Room};
use crate::account::{Made, password};

/// It logs in once more, instead of going on with its session, once in so many times.
const AGAIN: usize = 3;
/// And then by its password once in so many times: that takes long.
const BY_PASSWORD: usize = 4;

impl Program {
    /// Whether the next line begins a session of the account, beside the one of before.
    pub(super) fn logs_in(&mut self) -> bool {
        let Some((account, makes)) = &self.account else { return false };
        match account.made() {
            // Whoever makes it goes on as a guest until it has.
            None => !*makes,
            Some(_) => self.token.is_none() || (!self.signals.is_finishing() && self.random.chance(AGAIN)),
        }
    }

    pub(super) fn log_in(&mut self) -> Result<(), Broken> {
        let made = self.account.as_ref().and_then(|(account, _)| account.made());
        let Some(Made { name, login }) = made else {
            // It is just being made.
            std::thread::sleep(LISTENS);
            return Err(Broken);
        };
        let login = login.filter(|_| !self.random.chance(BY_PASSWORD));
        // A guest is in no conversation of the account.
        let resume = self.cursors(login.is_some());
        let named = resume.len();
        let line = self.line.as_mut().ok_or(Broken)?;
        let mut hello = line.hello(None, None, resume);
        if let ClientFrame::Hello { login: by, .. } = &mut hello {
            *by = login.as_deref().map(Into::into);
        }
        line.send(&hello);
        let (session, rooms) = match self.answer(papo_testkit::txn_of(&hello))? {
            Ok(Answer::Hello { session, rooms, account, resumed, .. }) => {
                assert_eq!((account.is_some(), resumed), (login.is_some(), false), "{}: a login holds", self.story.who);
                assert_eq!(rooms.len(), named, "{}: no room is gone", self.story.who);
                (session.to_string(), rooms)
            }
            Err(3001) => return Err(Broken),
            other => panic!("{}: {other:?}", self.story.who),
        };
        self.begin_anew();
        self.token = None;
        self.story.names.push(name.clone());
        self.go_on(&rooms);
        if login.is_none() {
            let txn = self.txn();
            let frame = ClientFrame::Login { txn, nick: name.as_str().into(), password: password() };
            self.line.as_mut().ok_or(Broken)?.send(&frame);
            match self.answer(txn)? {
                Ok(Answer::Login(login)) => assert_eq!(&*login.nick, name, "{}", self.story.who),
                // Or the disk is full.
                Err(3001 | 5000..) => return Err(Broken),
                other => panic!("{}: {other:?}", self.story.who),
            }
        }
        self.token = Some(session);
        self.signals.logins.fetch_add(1, Ordering::SeqCst);
        Ok(())
    }

    /// What was not answered in the session of before: nobody will say, and it may come at any time.
    fn begin_anew(&mut self) {
        for (_, _, at) in self.pending.drain(..) {
            self.story.sent_again.insert(at, usize::MAX);
        }
        self.own_from = self.story.posts.len();
    }

    /// The session is an account, which it may have made without hearing of it.
    pub(super) fn is_known(&mut self, name: &str, has_account: bool) {
        let Some((account, _)) = &self.account else { return };
        assert!(has_account || account.made().is_none(), "{}: it was an account", self.story.who);
        if has_account && account.made().is_none() {
            account.is_made(name, None, &self.signals.people);
        }
    }

    /// Makes the account, if that is for it to do.
    pub(super) fn register(&mut self) -> Result<(), Broken> {
        match &self.account {
            Some((account, true)) if account.made().is_none() => {}
            _ => return Ok(()),
        }
        let txn = self.txn();
        let frame = ClientFrame::Register { txn, nick: None, password: password(), invite: None };
        self.line.as_mut().ok_or(Broken)?.send(&frame);
        match self.answer(txn)? {
            Ok(Answer::Register(login)) => {
                if let Some((account, _)) = &self.account {
                    account.is_made(&login.nick, Some(login.login.to_string()), &self.signals.people);
                }
                Ok(())
            }
            Err(3001 | 5000..) => Err(Broken),
            other => panic!("{}: {other:?}", self.story.who),
        }
    }

    fn name(&self) -> Option<String> {
        self.account.as_ref().and_then(|(account, _)| account.made()).map(|made| made.name)
    }

    /// Begins a conversation with another account, or finds the one that there is.
    pub(super) fn converse(&mut self) -> Result<(), Broken> {
        let Some(name) = self.name() else { return Ok(()) };
        let others = self.signals.people.others(&name);
        if others.is_empty() {
            return Ok(());
        }
        let (txn, who) = (self.txn(), self.random.pick(&others).as_str().into());
        self.line.as_mut().ok_or(Broken)?.send(&ClientFrame::Direct { txn, who });
        match self.answer(txn)? {
            Ok(Answer::Direct { room }) => self.enter_direct(&room),
            // The disk is full.
            Err(3001 | 5000..) => {}
            other => panic!("{}: {other:?}", self.story.who),
        }
        Ok(())
    }

    /// It holds all of a conversation, also what was said while nobody of the account was there.
    pub(super) fn enter_direct(&mut self, state: &RoomState) {
        let Some(me) = self.name() else { panic!("{}: a guest converses with nobody here", self.story.who) };
        let name = self.signals.people.title(&me, state);
        let known = self.rooms.get(&state.id);
        if known.is_some_and(|room| room.is_in) {
            return;
        }
        let (whole, next) = (known.map_or(0, |room| room.whole), state.head + 1);
        self.story.told.push((name.clone(), Told::From(whole)));
        self.rooms.insert(
            state.id,
            Room { name: name.clone(), is_direct: true, is_in: true, epoch: state.epoch, whole, next },
        );
        if whole < state.head {
            self.story.told.push((name, Told::Gap(whole + 1, state.head)));
            self.fill(state.id);
        }
    }
}

//! Somebody who looks after rooms and accounts while the server is killed: does what must survive, one
//! thing after the other, writes down what came of each, and looks at all of it when the server is back.
//! They come by lines that nothing breaks but the server's end: what was not answered is decided then.

mod bots;
mod company;
mod deeds;
mod line;
mod looking;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use papo_proto::papo1::ClientFrame;
use papo_proto::papo1::server::Answer;
use papo_testkit::checks::kept::{Came, Deed};
use papo_testkit::{Random, Structured};

use self::line::{Broken, Line, enter, password, register};
use crate::world::Signals;

/// The room that is looked after; everybody may be in it.
const ROOM: &str = "ordem";
/// One that is private now and then.
const SECRET_ROOM: &str = "sigilo";
/// One that is always private: who is invited is in it.
const GUARDED_ROOM: &str = "convite";
/// One that nothing is done to but that somebody is muted.
const QUIET_ROOM: &str = "silêncio";
/// Who runs all of them.
const OWNER: &str = "dona";
/// Who is banned now and then, muted elsewhere, and ignored.
const BANNED: &str = "brigão";
/// Who is a moderator now and then, and invited elsewhere.
const HELPER: &str = "ajudante";
/// Who may do nothing, and tries; reads what is written to it.
const MEMBER: &str = "membro";
/// Who logs in and out.
const TRAVELLER: &str = "viajante";
/// Who has a new password now and then.
const CAREFUL: &str = "cautelosa";

/// What came of all the care.
pub(crate) struct Kept {
    pub(crate) journal: Vec<Deed>,
    /// What was taken back, and acknowledged to be.
    pub(crate) gone: Vec<String>,
}

/// The ids of the rooms that are looked after.
struct Rooms {
    order: u64,
    secret: u64,
    quiet: u64,
    guarded: u64,
}

pub(crate) struct Keeper {
    addr: SocketAddr,
    random: Random,
    signals: Arc<Signals>,
    journal: Vec<Deed>,
    /// Each thing's value as far as it is known.
    now: BTreeMap<String, String>,
    /// The logins by which the people above come.
    people: BTreeMap<&'static str, String>,
    /// The logins that come and go: the token of each, and that of the session it was made in.
    logins: BTreeMap<usize, (String, String)>,
    /// The logins of who has new passwords.
    careful: BTreeMap<String, String>,
    /// The tokens of bots that were told, by the bots' names.
    bots: BTreeMap<String, String>,
    /// The logins of accounts that were made meanwhile, by their names.
    novices: BTreeMap<String, String>,
    /// What was said in the room, by its place.
    said: BTreeMap<u64, String>,
    /// The password that was right when it was last seen, and those that may be right by now.
    passwords: Vec<String>,
    /// Gives everything a name of its own.
    next: usize,
    looks: usize,
}

impl Keeper {
    /// Makes the accounts and rooms; the server must not be killed meanwhile.
    pub(crate) fn new(addr: SocketAddr, random: Random, signals: Arc<Signals>) -> Self {
        let mut keeper = Self {
            addr,
            random,
            signals,
            journal: Vec::new(),
            now: BTreeMap::new(),
            people: BTreeMap::new(),
            logins: BTreeMap::new(),
            careful: BTreeMap::new(),
            bots: BTreeMap::new(),
            novices: BTreeMap::new(),
            said: BTreeMap::new(),
            passwords: vec![password(0)],
            next: 1,
            looks: 0,
        };
        for who in [OWNER, BANNED, HELPER, MEMBER, TRAVELLER, CAREFUL] {
            let (mut client, _) = Structured::tcp(addr).named(who);
            let login = register(&mut client, &password(0));
            keeper.people.insert(who, login);
            if who != CAREFUL {
                keeper.did(&format!("the login of {who}"), "good", Came::Done);
            }
            if who == OWNER {
                for room in [ROOM, SECRET_ROOM, QUIET_ROOM, GUARDED_ROOM] {
                    let (room, txn) = (client.join(room), client.txn());
                    if &*room.name == GUARDED_ROOM {
                        client.ask(&ClientFrame::Private { txn, room: room.id, on: true }).expect("it is its own");
                    }
                }
            }
        }
        for (what, value) in [("the topic", ""), ("the wait", "0"), ("the secret room", "public")] {
            keeper.did(what, value, Came::Done);
        }
        keeper.did("the password", &password(0), Came::Done);
        for (what, value) in [("posting", "open"), ("the ban", "free"), ("the helper", "Member"), ("the mute", "free")]
        {
            keeper.did(what, value, Came::Done);
        }
        for (what, value) in [("the invitation", "none"), ("the ignored", "shown"), ("the mark", "0")] {
            keeper.did(what, value, Came::Done);
        }
        keeper
    }

    /// Lives until the run is over, and looks at everything once more.
    pub(crate) fn live(mut self) -> Kept {
        loop {
            self.signals.wait_for_server();
            let is_over = self.signals.is_finishing();
            if self.look().is_err() {
                continue;
            }
            self.looks += 1;
            if is_over {
                assert!(self.looks > 1, "it has seen too little");
                return self.finish();
            }
            // It ends with the server, or with the run.
            let _ = self.keep();
        }
    }

    /// Does one thing after the other.
    fn keep(&mut self) -> Result<(), Broken> {
        let mut owner = self.come(OWNER)?;
        let mut member = self.come(MEMBER)?;
        let mut room = |name| enter(&mut owner, name).map(|room| room.id);
        let rooms = Rooms {
            order: room(ROOM)?,
            secret: room(SECRET_ROOM)?,
            quiet: room(QUIET_ROOM)?,
            guarded: room(GUARDED_ROOM)?,
        };
        enter(&mut member, ROOM)?;
        while !self.signals.is_finishing() {
            self.act(&mut owner, &mut member, &rooms)?;
            std::thread::sleep(Duration::from_millis(self.random.below(3) as u64));
        }
        Ok(())
    }

    /// A line of one of the people.
    fn come(&self, who: &str) -> Result<Line, Broken> {
        let mut line = Line::open(self.addr)?;
        line.hello(None, Some(&self.people[who]), None)?.map(|_| line).map_err(|_| Broken)
    }

    fn number(&mut self) -> usize {
        self.next += 1;
        self.next - 1
    }

    fn is(&self, what: &str, value: &str) -> bool {
        self.now.get(what).is_some_and(|now| now == value)
    }

    fn did(&mut self, what: &str, value: &str, came: Came) {
        self.journal.push(Deed::Did(what.to_owned(), value.to_owned(), came));
        if came == Came::Done {
            self.now.insert(what.to_owned(), value.to_owned());
        }
    }

    fn saw(&mut self, what: &str, value: &str) {
        self.journal.push(Deed::Saw(what.to_owned(), value.to_owned()));
        self.now.insert(what.to_owned(), value.to_owned());
    }

    /// Asks for something that would give things these values, and writes down what came of it.
    fn deed(
        &mut self,
        line: &mut Line,
        values: &[(String, &str)],
        make: impl FnOnce(u64) -> ClientFrame,
    ) -> Result<Result<Answer, u16>, Broken> {
        let answer = line.ask(make);
        self.signals.kept.fetch_add(1, Ordering::SeqCst);
        let came = match &answer {
            Ok(Ok(_)) => Came::Done,
            Ok(Err(_)) => Came::Rejected,
            Err(Broken) => Came::Unknown,
        };
        for (what, value) in values {
            self.did(what, value, came);
        }
        answer
    }

    fn finish(self) -> Kept {
        let is_gone = |seq: &u64| self.is(&format!("message {seq}"), "gone");
        let gone = self.said.iter().filter(|(seq, _)| is_gone(seq)).map(|(_, text)| text.clone()).collect();
        Kept { gone, journal: self.journal }
    }
}

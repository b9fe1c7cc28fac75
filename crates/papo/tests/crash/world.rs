//! A server that can be killed and comes back on its ports, the clients around it, and the end of a run.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use papo_client::{ALPN_HTTP, ALPN_PAPO, ClientTls, Target, Trust};
use papo_proto::papo1::ClientFrame;
use papo_proto::papo1::server::{Answer, Message};
use papo_testkit::checks::{self, Event, Logs, Story};
use papo_testkit::{Ended, PATIENCE, Papo, Proxy, Random, Structured, free_port};

use crate::account::{self, Account, People};
use crate::keeper::{Keeper, Kept};
use crate::library::Library;
use crate::person::Person;
use crate::program::Program;

/// Rooms that the clients meet in. Programs are in several, text clients in one at a time.
pub(crate) const ROOMS: [&str; 3] = ["azul", "verde", "roxo"];

pub(crate) fn program() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_papo"))
}

/// The seed of a run: `PAPO_SEED`, or the test's own.
pub(crate) fn seed(usual: u64) -> u64 {
    std::env::var("PAPO_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(usual)
}

/// What the clients and the run share.
#[derive(Default)]
pub(crate) struct Signals {
    /// Whether the server listens.
    is_up: Mutex<bool>,
    changed: Condvar,
    /// Posts that were acknowledged, of all clients.
    pub(crate) acknowledged: AtomicUsize,
    /// Posts that were sent again and had been stored before.
    pub(crate) repeated: AtomicUsize,
    /// Posts that were rejected, to be sent again, or refused.
    pub(crate) rejected: AtomicUsize,
    /// Gaps that clients were told of.
    pub(crate) gaps: AtomicUsize,
    /// Times that a client logged in once more, beside its session of before.
    pub(crate) logins: AtomicUsize,
    /// Posts in conversations of two that were acknowledged.
    pub(crate) whispers: AtomicUsize,
    /// Those of the clients who have accounts.
    pub(crate) people: People,
    /// Things that the keeper did.
    pub(crate) kept: AtomicUsize,
    /// At most one client stays away at a time, or nobody would post.
    away: Mutex<()>,
    /// Nobody begins anything any more; what was begun is finished.
    pub(crate) finishing: AtomicBool,
    /// How long each log is in the end: so far everybody reads on.
    pub(crate) heads: Mutex<Option<Vec<(String, u64)>>>,
}

impl Signals {
    /// Waits until there is a server to connect to.
    pub(crate) fn wait_for_server(&self) {
        let is_up = self.is_up.lock().expect("no panic");
        let (_is_up, waited) = self.changed.wait_timeout_while(is_up, PATIENCE, |is_up| !*is_up).expect("no panic");
        assert!(!waited.timed_out(), "the server does not come back");
    }

    fn say_up(&self, up: bool) {
        *self.is_up.lock().expect("no panic") = up;
        self.changed.notify_all();
    }

    /// Whoever has this may stay away.
    pub(crate) fn go_away(&self) -> Option<MutexGuard<'_, ()>> {
        self.away.try_lock().ok()
    }

    pub(crate) fn is_finishing(&self) -> bool {
        self.finishing.load(Ordering::SeqCst)
    }

    /// The heads of all logs when nobody posts any more.
    pub(crate) fn heads(&self) -> Option<Vec<(String, u64)>> {
        self.heads.lock().expect("no panic").clone()
    }
}

/// A server with its data, which both outlive its processes.
pub(crate) struct World {
    pub(crate) seed: u64,
    pub(crate) data: PathBuf,
    /// Goes with the world: a folder, or a file system.
    _place: Box<dyn std::any::Any>,
    args: Vec<String>,
    pub(crate) server: Papo,
    pub(crate) signals: Arc<Signals>,
    clients: Vec<JoinHandle<Story>>,
    keeper: Option<JoinHandle<Kept>>,
    /// Clients say here that they have no answer to wait for any more.
    pub(crate) idle: Arc<AtomicUsize>,
}

impl World {
    /// Starts a server on an empty data folder.
    pub(crate) fn new(seed: u64) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let data = folder.path().join("data");
        Self::on(seed, Box::new(folder), data)
    }

    /// Starts a server on a data folder, which is in a place that goes with the world.
    pub(crate) fn on(seed: u64, place: Box<dyn std::any::Any>, data: PathBuf) -> Self {
        let (port, web_port) = (free_port(), free_port());
        let text = |text: &str| text.to_owned();
        let args = vec![
            text("--store"),
            text("sqlite"),
            text("--data"),
            data.to_str().expect("text").to_owned(),
            text("--flood"),
            text("off"),
            text("--tls"),
            text("self-signed"),
            // So little that readers fall behind it.
            text("--backlog-mib"),
            text("1"),
            text("--port"),
            port.to_string(),
            text("--web-port"),
            web_port.to_string(),
        ];
        let server = serve(&args);
        let signals = Arc::new(Signals::default());
        signals.say_up(true);
        let idle = Arc::new(AtomicUsize::new(0));
        Self { seed, data, _place: place, args, server, signals, clients: Vec::new(), keeper: None, idle }
    }

    /// Clients of every kind come, by these addresses of framed TCP and of the web.
    pub(crate) fn populate(&mut self, clients: usize, tcp: SocketAddr, web: SocketAddr) {
        // The first two programs of each six are one account.
        let accounts: Vec<Arc<Account>> = (0..=clients / 6).map(|_| Arc::default()).collect();
        for number in 0..clients {
            let random = Random::part(self.seed, 1_000 + number as u64);
            let account = (number % 6 < 2).then(|| (accounts[number / 6].clone(), number % 6 == 0));
            let (signals, idle) = (self.signals.clone(), self.idle.clone());
            let is_ws = number % 2 == 1;
            let addr = if is_ws { web } else { tcp };
            let life = move || match number % 3 {
                2 => Person::new(&format!("t{number}"), addr, is_ws, random, signals).live(&idle),
                _ => Program::new(&format!("p{number}"), addr, is_ws, account, random, signals).live(&idle),
            };
            let thread = std::thread::Builder::new().name(format!("client {number}"));
            self.clients.push(thread.spawn(life).expect("a thread"));
        }
    }

    /// Clients come that are made of the client library.
    pub(crate) fn populate_with_library(&mut self, clients: usize, tcp: SocketAddr, web: SocketAddr) {
        let account = Arc::new(Account::default());
        for number in 0..clients {
            let random = Random::part(self.seed, 2_000 + number as u64);
            // The first two are one account.
            let account = (number < 2).then(|| (account.clone(), number == 0));
            let (signals, idle) = (self.signals.clone(), self.idle.clone());
            let plain = match number % 2 {
                0 => Target::tcp("127.0.0.1", tcp.port()),
                _ => Target::websocket("127.0.0.1", web.port()),
            };
            // Every other pair is by TLS: the certificate of the first meeting stays the server's.
            let alpn = if number % 2 == 0 { ALPN_PAPO } else { ALPN_HTTP };
            let tls = || ClientTls::new(&Trust::FirstUse(None), alpn).expect("no file is read");
            let target = Target { tls: (number % 4 < 2).then(tls), ..plain };
            let life = move || Library::new(&format!("c{number}"), account, random, signals).live(target, &idle);
            let thread = std::thread::Builder::new().name(format!("client {number} by the library"));
            self.clients.push(thread.spawn(life).expect("a thread"));
        }
    }

    /// Somebody looks after rooms and accounts; straight to the server, since only its end may part them.
    pub(crate) fn keep(&mut self) {
        let keeper = Keeper::new(self.server.tcp(), Random::part(self.seed, 3_000), self.signals.clone());
        let thread = std::thread::Builder::new().name("keeper".to_owned());
        self.keeper = Some(thread.spawn(move || keeper.live()).expect("a thread"));
    }

    /// Waits until so many further posts are acknowledged.
    pub(crate) fn wait_for_posts(&self, further: usize) {
        let wanted = self.signals.acknowledged.load(Ordering::SeqCst) + further;
        self.wait_until("further posts are acknowledged", |signals| {
            signals.acknowledged.load(Ordering::SeqCst) >= wanted
        });
    }

    /// Waits until the keeper has done so many further things, and not a moment longer: between an answer
    /// and what it promises there is hardly any time.
    pub(crate) fn wait_for_deeds(&self, further: usize) {
        let wanted = self.signals.kept.load(Ordering::SeqCst) + further;
        let pause = Duration::from_micros(20);
        let is_done = |signals: &Signals| signals.kept.load(Ordering::SeqCst) >= wanted;
        self.wait_with(pause, "further things are done", is_done);
    }

    /// Waits while the clients go on, until something is true.
    pub(crate) fn wait_until(&self, what: &str, is_true: impl Fn(&Signals) -> bool) {
        self.wait_with(Duration::from_millis(1), what, is_true);
    }

    fn wait_with(&self, pause: Duration, what: &str, is_true: impl Fn(&Signals) -> bool) {
        let until = Instant::now() + 2 * PATIENCE;
        while !is_true(&self.signals) {
            assert!(Instant::now() < until, "seed {}: waited in vain until {what}", self.seed);
            assert!(!self.clients.iter().any(JoinHandle::is_finished), "seed {}: a client has failed", self.seed);
            let has_failed = self.keeper.as_ref().is_some_and(JoinHandle::is_finished) && !self.signals.is_finishing();
            assert!(!has_failed, "seed {}: the keeper has failed", self.seed);
            std::thread::sleep(pause);
        }
    }

    /// Kills the server without a word.
    pub(crate) fn kill(&mut self) {
        self.signals.say_up(false);
        self.server.kill();
        self.server.wait();
    }

    /// Stops the server as an operator does.
    pub(crate) fn stop(&mut self) {
        self.signals.say_up(false);
        self.server.terminate();
        assert_eq!(self.server.wait().0.code(), Some(0), "seed {}", self.seed);
    }

    /// The server is started and killed while it opens its data, before anybody knows that it is there.
    pub(crate) fn stumble(&mut self, after: Duration) {
        let mut server = Papo::start(Command::new(program()).arg("serve").args(&self.args));
        std::thread::sleep(after);
        server.kill();
        server.wait();
    }

    /// The server comes back on the same data and ports.
    pub(crate) fn restart(&mut self) {
        self.server = serve(&self.args);
        self.signals.say_up(true);
    }

    /// Everybody finishes what was begun and reads to the end; returns what each of them saw, and the logs.
    pub(crate) fn finish(&mut self, proxies: &[Proxy]) -> (Vec<Story>, Logs) {
        for proxy in proxies {
            proxy.calm();
        }
        self.signals.finishing.store(true, Ordering::SeqCst);
        let (idle, all) = (self.idle.clone(), self.clients.len());
        self.wait_until("every post is answered", |_| idle.load(Ordering::SeqCst) == all);
        let logs = read_logs(self.server.tcp(), &self.signals.people);
        let heads = logs.iter().map(|(room, log)| (room.clone(), log.len() as u64)).collect();
        *self.signals.heads.lock().expect("no panic") = Some(heads);
        let stories = self.clients.drain(..).map(|client| client.join().expect("a client has failed")).collect();
        (stories, logs)
    }

    /// Stops the server, and sees that all is well with its data.
    pub(crate) fn close(mut self) {
        self.stop();
        assert_well(&self.data);
    }

    /// The whole end of a run: every checker, and the server's own.
    pub(crate) fn check(mut self, proxies: &[Proxy]) -> (Vec<Story>, Logs) {
        let (stories, logs) = self.finish(proxies);
        let seed = self.seed;
        let faults = checks::all(&stories, &logs);
        assert!(faults.is_empty(), "seed {seed}: {} faults: {:?}", faults.len(), &faults[..faults.len().min(20)]);
        self.check_kept();
        self.close();
        (stories, logs)
    }

    /// What was done to rooms and accounts holds. After one more kill what was taken back is soon in no file.
    fn check_kept(&mut self) {
        let Some(keeper) = self.keeper.take() else { return };
        let (seed, Kept { journal, gone }) = (self.seed, keeper.join().expect("the keeper has failed"));
        let faults = checks::kept::check(&journal);
        assert!(faults.is_empty(), "seed {seed}: {} faults: {:?}", faults.len(), &faults[..faults.len().min(20)]);
        self.kill();
        self.restart();
        let until = Instant::now() + PATIENCE;
        loop {
            let faults = checks::gone::check(&self.data, &gone);
            if faults.is_empty() {
                break;
            }
            assert!(Instant::now() < until, "seed {seed}: {faults:?}");
            std::thread::sleep(Duration::from_millis(100));
        }
    }
}

impl Drop for World {
    #[expect(clippy::print_stderr, reason = "the report of a test that fails")]
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("seed {0}: PAPO_SEED={0} runs it again", self.seed);
        }
    }
}

fn serve(args: &[String]) -> Papo {
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    Papo::serve(program(), &args)
}

/// `papo store check` finds nothing.
fn assert_well(data: &Path) {
    let mut check = Command::new(program());
    let checked = Ended::of(check.args(["store", "check", "--lang", "en", "--data"]).arg(data));
    assert_eq!(checked.code, Some(0), "{checked:?}");
    assert!(checked.out.ends_with("All is well.\n"), "{checked:?}");
}

/// The logs of all rooms, by a client that has seen nothing before, and of conversations, by one of the two.
fn read_logs(addr: SocketAddr, people: &People) -> Logs {
    let (mut reader, _) = Structured::tcp(addr).named("leitor");
    let mut logs = Logs::new();
    for room in ROOMS {
        let id = reader.join(room).id;
        logs.insert(room.to_owned(), read_log(&mut reader, id));
    }
    for pair in people.pairs() {
        let mut party = Structured::tcp(addr);
        let hello = party.hello(None, None, Vec::new());
        party.ask(&hello).expect("it is let in");
        let (txn, nick) = (party.txn(), pair.0.as_str().into());
        party.ask(&ClientFrame::Login { txn, nick, password: account::password() }).expect("the password is right");
        let (txn, who) = (party.txn(), pair.1.as_str().into());
        let Ok(Answer::Direct { room }) = party.ask(&ClientFrame::Direct { txn, who }) else { panic!("{pair:?}") };
        logs.insert(account::title(&pair), read_log(&mut party, room.id));
    }
    logs
}

fn read_log(reader: &mut Structured, room: u64) -> Vec<Event> {
    let event = |message: Message| Event {
        seq: message.seq,
        author: message.author.to_string(),
        text: message.text.to_string(),
    };
    reader.log(room).into_iter().map(event).collect()
}

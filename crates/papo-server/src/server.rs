//! The server as a whole: its start, its threads and its end.

use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::{Builder, JoinHandle};
use std::time::{Duration, SystemTime};

use mio::Waker;
use papo_hub::{KnownRoom, Settings};
use papo_proto::limits::RESERVED_DESCRIPTORS;
use papo_proto::{Epoch, Record};
use papo_store::{Recovered, Store, StoredRoom};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::admin::{self, SocketFile};
use crate::announce::Announcer;
use crate::arrival::Admission;
use crate::config::{Config, WebPort};
use crate::engine::Engine;
use crate::http::{HttpDoor, Operate, Upgraded};
use crate::inbox::{Newcomer, Port};
use crate::listener::{Listener, Turn, bind, own_addresses};
use crate::live::{Live, Rules};
use crate::lookups::READERS;
use crate::passwords::HASHERS;
use crate::shard::{Shard, Shared};
pub use crate::start_error::StartError;
use crate::texts::TEXTS;
use crate::tls::{Tls, TlsError, Watch};

/// Descriptors that are assumed when the system does not say.
const DESCRIPTORS: u64 = 1024;
/// Epochs are below this, so that every language can hold them.
const EPOCHS: u64 = 1 << 53;
/// More shards than this gain nothing, and a log marks no more.
const SHARDS_MAX: usize = 64;

/// A server that serves.
pub struct Server {
    engine: Arc<Engine>,
    live: Arc<Live>,
    admission: Arc<Admission>,
    http: Arc<HttpDoor>,
    announcer: Announcer,
    address: SocketAddr,
    web_address: Option<SocketAddr>,
    listening: (JoinHandle<()>, Waker),
    shards: Vec<JoinHandle<()>>,
    writer: Option<JoinHandle<()>>,
    readers: Vec<JoinHandle<()>>,
    tls: Option<(Arc<Tls>, Watch)>,
    /// The administrator's socket, and where the link for the first one is.
    files: (SocketFile, Option<PathBuf>),
}

impl Server {
    /// Starts a server over a store. It serves until [`Server::drain`].
    ///
    /// # Errors
    /// What must be changed so that it can start.
    pub fn start(config: Config, store: Arc<dyn Store>, announcer: Announcer) -> Result<Self, StartError> {
        prepare_data(&config)?;
        let (listeners, address, web_address) = listen(&config)?;
        let tls = config.tls.as_ref().map(|tls| Tls::start(tls, &config.data, &names(&config, address))).transpose()?;
        let admission = Admission::new(places(), config.limits.connections_per_address);
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        let shards = config.shards.unwrap_or(processors).clamp(1, SHARDS_MAX);
        let seed = u64::from(std::process::id()) ^ address.port().rotate_left(7) as u64 ^ time_seed();
        let engine = Engine::new(settings(shards, seed, &config, &*store)?, store);
        let turn = Arc::new(Turn::default());
        let live = live(&config, [Some(address), web_address]);
        let message_bytes = config.limits.message_bytes;
        let operate = Operate { engine: engine.clone(), admission: admission.clone(), message_bytes };
        let insists_on_tls = tls.as_ref().is_some_and(|tls| !tls.is_self_signed());
        let http = start_http(&config, live.clone(), operate, insists_on_tls, (&engine, &turn))?;
        let http = Arc::new(http);
        let watch = |tls: Arc<Tls>| Watch::start(tls.clone(), config.times.tls_reload_every).map(|watch| (tls, watch));
        let watched = tls.clone().map(watch).transpose()?;
        let writer = start_writer(&engine)?;
        let files = (
            start_admin(&config.data, &http, &engine)?,
            first_admin(&config, web_address.unwrap_or(address), &http, &engine)?,
        );
        let shared = Shared {
            engine: engine.clone(),
            http: http.clone(),
            announcer: announcer.clone(),
            live: live.clone(),
            limits: config.limits,
            times: config.times,
            lang: config.lang,
            tls,
        };
        let shards = (0..shards).map(|me| start_shard(me, shared.clone())).collect::<io::Result<Vec<_>>>()?;
        let mut readers = (0..READERS).map(|n| start_reader(n, &engine)).collect::<io::Result<Vec<_>>>()?;
        for n in 0..HASHERS {
            readers.push(start_hasher(n, &engine)?);
        }
        let (listener, waker) = Listener::new(listeners, engine.clone(), admission.clone(), live.clone(), turn)?;
        let listening = Builder::new().name("papo-listener".into()).spawn(move || listener.run())?;
        let listening = (listening, waker);
        let tls = watched;
        Ok(Self {
            engine,
            live,
            admission,
            http,
            announcer,
            address,
            web_address,
            listening,
            shards,
            writer,
            readers,
            tls,
            files,
        })
    }

    /// Where framed TCP is answered.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where browsers are answered.
    pub fn web_address(&self) -> Option<SocketAddr> {
        self.web_address
    }

    /// What the threads share.
    pub fn engine(&self) -> &Arc<Engine> {
        &self.engine
    }

    /// From now on what may change while a server runs is as `config` says: the origins, who reads
    /// metrics, the trusted proxies, who may come, the places of an address and whether rates are limited. All
    /// else stays as it is.
    pub fn reload(&self, config: &Config) {
        self.live.change(config);
        let policy = config.policy.clone();
        self.engine.decide(None, |hub, _| hub.set_policy(policy));
        self.admission.allow_per_address(config.limits.connections_per_address);
        let policy = config.policy.clone();
        self.engine.decide(None, |hub, _| {
            hub.limit_rates(config.limits.flood);
            hub.set_policy(policy);
        });
    }

    /// The TLS that it offers.
    pub fn tls(&self) -> Option<&Arc<Tls>> {
        self.tls.as_ref().map(|(tls, _)| tls)
    }

    /// Reads the certificate again now, as it does by itself when its files change. Nobody is
    /// disconnected; on an error the old certificate stays. Without TLS there is nothing to do.
    ///
    /// # Errors
    /// What is wrong with the files.
    pub fn reload_tls(&self) -> Result<(), TlsError> {
        self.tls().map_or(Ok(()), |tls| tls.reload().map(drop))
    }

    /// Tells the person who runs it where it listens.
    pub fn announce(&self) {
        let lang = self.announcer.lang();
        self.announcer.say(TEXTS.say(lang, "listening", &[("endereco", self.address.to_string().into())]));
        if let Some(web) = self.web_address {
            let local = reachable(web);
            self.announcer.say(TEXTS.say(lang, "web", &[("url", format!("http://{local}/").into())]));
        }
        if let Some(tls) = self.tls() {
            self.announcer.say(tls.announcement(lang));
        }
        if let Some(path) = &self.files.1 {
            let args = [("arquivo", path.display().to_string().into())];
            self.announcer.say(TEXTS.say(lang, "first-admin", &args));
        }
        if !self.address.ip().is_unspecified() {
            return;
        }
        let web_port =
            self.web_address.filter(|web| web.ip().is_unspecified()).map_or(self.address.port(), |web| web.port());
        for ip in own_addresses(self.address.ip()) {
            // What others type must work for them.
            let only_tls = self.tls().is_some_and(|tls| !tls.may_be_plain(ip));
            let (scheme, id) = if only_tls { ("https", "lan-tls") } else { ("http", "lan") };
            let url = format!("{scheme}://{}/", SocketAddr::new(ip, web_port));
            let port = self.address.port().to_string();
            let args = [("url", url.into()), ("host", ip.to_string().into()), ("porta", port.into())];
            self.announcer.say(TEXTS.say(lang, id, &args));
        }
    }

    /// Stops: the ports are free at once, clients are told, what is decided is delivered. Takes at
    /// most [`papo_proto::limits::DRAIN`] and a little.
    pub fn drain(self) {
        let lang = self.announcer.lang();
        self.announcer.say(TEXTS.say(lang, "draining", &[]));
        let (listening, waker) = self.listening;
        if waker.wake().is_ok() {
            let _ = listening.join();
        }
        drop(self.tls);
        self.http.drain();
        self.engine.drain();
        for shard in self.shards {
            let _ = shard.join();
        }
        if let Some(writer) = self.writer {
            self.engine.end_writer();
            let _ = writer.join();
        }
        self.engine.lookups().end();
        self.engine.passwords().end();
        for reader in self.readers {
            let _ = reader.join();
        }
        // The store is closed before the process may end: a database is whole in its own file then.
        if let Some(door) = Arc::into_inner(self.http) {
            door.close();
        }
        drop(self.engine);
        self.announcer.say(TEXTS.say(lang, "stopped", &[]));
        self.announcer.flush();
    }
}

type Listening = (Vec<(std::net::TcpListener, Port)>, SocketAddr, Option<SocketAddr>);

fn listen(config: &Config) -> Result<Listening, StartError> {
    let bind = |host: &str, port, option| {
        let listener = bind(host, port);
        listener.map_err(|cause| StartError::Listen { host: host.to_owned(), port, option, cause })
    };
    let tcp = bind(&config.host, config.port, "")?;
    let address = tcp.local_addr()?;
    let mut listeners = vec![(tcp, Port::Tcp)];
    let mut web_address = None;
    if let WebPort::On(port) = config.web_port {
        let web = bind(&config.web_host, port, "web-")?;
        web_address = Some(web.local_addr()?);
        listeners.push((web, Port::Web));
    }
    Ok((listeners, address, web_address))
}

/// The names by which a certificate of its own is for this server.
fn names(config: &Config, address: SocketAddr) -> Vec<String> {
    let mut names: Vec<String> = ["localhost", "127.0.0.1", "::1"].map(str::to_owned).to_vec();
    if address.ip().is_unspecified() {
        names.extend(own_addresses(address.ip()).iter().map(ToString::to_string));
    }
    for host in [&config.host, &config.web_host] {
        if !names.contains(host) && host.parse().is_ok_and(|ip: std::net::IpAddr| !ip.is_unspecified()) {
            names.push(host.clone());
        }
    }
    names
}

/// Makes the data folder and sees whether it can be written.
fn prepare_data(config: &Config) -> Result<(), StartError> {
    let probe = config.data.join(format!(".papo-{}", std::process::id()));
    let written = std::fs::create_dir_all(&config.data)
        .and_then(|()| std::fs::write(&probe, b""))
        .and_then(|()| std::fs::remove_file(&probe));
    written.map_err(|cause| StartError::Data { folder: config.data.display().to_string(), cause })
}

/// Raises the limit of descriptors as far as it goes; returns how many connections fit.
pub(crate) fn places() -> usize {
    let limit = getrlimit(Resource::Nofile);
    let _ = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, maximum: limit.maximum });
    let current = getrlimit(Resource::Nofile).current.unwrap_or(DESCRIPTORS);
    (current as usize).saturating_sub(RESERVED_DESCRIPTORS).max(1)
}

/// The rules to begin with, of a server that listens at these addresses.
fn live(config: &Config, bound: [Option<SocketAddr>; 2]) -> Arc<Live> {
    let loopback = bound.into_iter().flatten().filter(|bound| bound.ip().is_loopback());
    let rules = Rules::new(config, loopback.map(|bound| bound.port()).collect());
    Live::new(rules, config.limits.flood)
}

fn start_http(
    config: &Config,
    live: Arc<Live>,
    operate: Operate,
    insists_on_tls: bool,
    (engine, turn): (&Arc<Engine>, &Arc<Turn>),
) -> io::Result<HttpDoor> {
    let (engine, turn) = (engine.clone(), turn.clone());
    HttpDoor::start(
        live,
        operate,
        config.times.http_idle,
        insists_on_tls,
        Arc::new(move |upgraded: Upgraded| {
            let inboxes = engine.inboxes();
            inboxes[turn.next(inboxes.len())].admit(Newcomer::Upgraded(upgraded));
        }),
    )
}

/// The administrator's socket, answered beside HTTP.
fn start_admin(data: &Path, http: &HttpDoor, engine: &Arc<Engine>) -> Result<SocketFile, StartError> {
    let path = data.join(admin::SOCKET);
    let listener = admin::bind(data).map_err(|cause| StartError::Data { folder: path.display().to_string(), cause })?;
    http.runtime().spawn(admin::serve(listener, engine.clone()));
    Ok(SocketFile(path))
}

/// Leaves the link for the first administrator, if there is none yet.
fn first_admin(
    config: &Config,
    web: SocketAddr,
    http: &HttpDoor,
    engine: &Arc<Engine>,
) -> Result<Option<PathBuf>, StartError> {
    let scheme = if config.tls.is_some() { "https" } else { "http" };
    let base = format!("{scheme}://{}/", reachable(web));
    let (data, lang, engine) = (config.data.clone(), config.lang, engine.clone());
    let (sender, receiver) = std::sync::mpsc::sync_channel(1);
    http.runtime().spawn(async move {
        let _ = sender.send(admin::leave_link(&data, &base, lang, &engine).await);
    });
    let left = receiver.recv().unwrap_or(Ok(None));
    left.map_err(|cause| StartError::Data { folder: config.data.display().to_string(), cause })
}

/// The address by which a person on this machine reaches a socket.
fn reachable(bound: SocketAddr) -> SocketAddr {
    if bound.ip().is_unspecified() { SocketAddr::new([127, 0, 0, 1].into(), bound.port()) } else { bound }
}

fn start_shard(me: usize, shared: Shared) -> io::Result<JoinHandle<()>> {
    let ready = Shard::new(me as u16, shared)?;
    Builder::new().name(format!("papo-shard-{me}")).spawn(move || {
        let end = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| ready.run()));
        if let Ok(Ok(())) = end {
            return;
        }
        tracing::error!("a shard is broken; the process ends and clients come back to a new one");
        std::process::exit(crate::engine::EXIT_BROKEN);
    })
}

/// What the hub begins with: what the store has.
fn settings(shards: usize, seed: u64, config: &Config, store: &dyn Store) -> Result<Settings, StartError> {
    let mut recovered = store.recover()?;
    let people = people(&mut recovered);
    let Recovered { rooms, newest_room, generation, newest_account, newest_login, .. } = recovered;
    let known = |StoredRoom { record, first, head }| KnownRoom { record, first, head };
    let (mut random, mut secret) = ([0; 8], [0; 32]);
    let filled = getrandom::fill(&mut random).and_then(|()| getrandom::fill(&mut secret));
    filled.map_err(|error| io::Error::other(error.to_string()))?;
    Ok(Settings {
        shards,
        seed,
        secret,
        limits: config.limits.clone(),
        epoch: Epoch(u64::from_le_bytes(random) % EPOCHS),
        generation,
        rooms: rooms.into_iter().map(known).collect(),
        newest_room,
        wall_ms: wall_clock().as_millis() as u64,
        policy: config.policy.clone(),
        people,
        newest_people: (newest_account, newest_login),
    })
}

/// The people that the store knows, each thing as the hub once decided it.
fn people(recovered: &mut Recovered) -> Vec<Record> {
    let accounts = std::mem::take(&mut recovered.accounts).into_iter().map(Record::Account);
    let logins = std::mem::take(&mut recovered.logins).into_iter().map(Record::Login);
    let grants = std::mem::take(&mut recovered.grants).into_iter().map(Record::Grant);
    let restrictions = std::mem::take(&mut recovered.restrictions).into_iter().map(Record::Restriction);
    let invites = std::mem::take(&mut recovered.invites).into_iter().map(Record::Invite);
    let reads = std::mem::take(&mut recovered.reads).into_iter().map(Record::Read);
    let lockdown = std::iter::once(Record::Lockdown(recovered.lockdown));
    accounts.chain(logins).chain(grants).chain(restrictions).chain(invites).chain(reads).chain(lockdown).collect()
}

fn start_hasher(n: usize, engine: &Arc<Engine>) -> io::Result<JoinHandle<()>> {
    let engine = engine.clone();
    Builder::new().name(format!("papo-hasher-{n}")).spawn(move || engine.passwords().answer(&engine))
}

fn start_reader(n: usize, engine: &Arc<Engine>) -> io::Result<JoinHandle<()>> {
    let engine = engine.clone();
    Builder::new().name(format!("papo-reader-{n}")).spawn(move || engine.lookups().answer(&engine))
}

/// The writer has a thread where the store cannot commit at once.
fn start_writer(engine: &Arc<Engine>) -> io::Result<Option<JoinHandle<()>>> {
    if engine.store().commits_inline() {
        return Ok(None);
    }
    let engine = engine.clone();
    Builder::new().name("papo-writer".into()).spawn(move || engine.write()).map(Some)
}

fn time_seed() -> u64 {
    wall_clock().as_nanos() as u64
}

fn wall_clock() -> Duration {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default()
}

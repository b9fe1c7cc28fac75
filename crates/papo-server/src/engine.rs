//! The hub behind its lock, with the store and the shards' inboxes around it: decide, commit, publish.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use papo_hub::{CommitError, Hub, Now, Settings};
use papo_proto::limits::{COMMIT_RETRY, OUTBOX_MAX_BYTES, OUTBOX_MAX_ENTRIES, OUTSIDE_WAITS};
use papo_proto::words::TokenHash;
use papo_proto::{Record, Reject, Reply, Stored, Txn};
use papo_store::{Store, StoreError};

use crate::inbox::{Inbox, Inboxes};
use crate::lookups::Lookups;
use crate::metrics::{Metrics, Moment};
use crate::passwords::Passwords;
use crate::tickets::Tickets;

/// The exit code after a panic in the hub, a log or the writer: state is not to be trusted any more.
pub const EXIT_BROKEN: i32 = 70;

/// What the store could not finish is tried again after this time.
const FINISH_RETRY: Duration = Duration::from_secs(1);

/// What all threads share.
pub struct Engine {
    hub: Mutex<Hub>,
    store: Arc<dyn Store>,
    inboxes: Box<[Inbox]>,
    lookups: Lookups,
    passwords: Passwords,
    tickets: Tickets,
    metrics: Metrics,
    /// The newest commit failed.
    failing: AtomicBool,
    began: Instant,
    /// The server stops: whoever is closed from now on is told to come back.
    draining: AtomicBool,
    /// The writer waits here for something to commit; true when it is to end.
    work: (Mutex<WriterState>, Condvar),
}

#[derive(Debug, Default)]
struct WriterState {
    has_work: bool,
    ends: bool,
}

impl Engine {
    /// A hub with so many shards as its settings say, over a store.
    pub fn new(settings: Settings, store: Arc<dyn Store>) -> Arc<Self> {
        let inboxes = (0..settings.shards).map(|_| Inbox::default()).collect();
        let hub = Mutex::new(Hub::new(settings));
        Arc::new(Self {
            hub,
            store,
            inboxes,
            lookups: Lookups::default(),
            passwords: Passwords::default(),
            tickets: Tickets::default(),
            metrics: Metrics::new(),
            failing: AtomicBool::new(false),
            began: Instant::now(),
            draining: AtomicBool::new(false),
            work: Default::default(),
        })
    }

    /// The inbox of each shard.
    pub fn inboxes(&self) -> &[Inbox] {
        &self.inboxes
    }

    /// Where everything is kept.
    pub fn store(&self) -> &Arc<dyn Store> {
        &self.store
    }

    /// The looks into the store.
    pub(crate) fn lookups(&self) -> &Lookups {
        &self.lookups
    }

    /// The passwords that wait to be looked at.
    pub(crate) fn passwords(&self) -> &Passwords {
        &self.passwords
    }

    /// Decides something outside of any session, and waits for its answer: a commit at most.
    pub(crate) async fn ask(&self, decide: impl FnOnce(&mut Hub, Txn, Now)) -> Reply {
        let (ticket, answer) = self.tickets.take();
        self.decide(None, |hub, now| decide(hub, ticket, now));
        let gone = || Reply::Rejected(Reject::Busy);
        tokio::time::timeout(OUTSIDE_WAITS, answer).await.ok().and_then(Result::ok).unwrap_or_else(gone)
    }

    /// Whether a token is that of somebody who may post without a session.
    pub(crate) fn knows(&self, token: &TokenHash) -> bool {
        let now = self.now();
        self.hub().knows(token, now)
    }

    /// What is counted.
    pub(crate) fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    /// The state of this moment; the connections are not the engine's.
    pub(crate) fn moment(&self) -> Moment {
        let hub = self.hub();
        Moment {
            connections: 0,
            tls_connections: 0,
            sessions: hub.sessions(),
            held: hub.held(),
            rooms: hub.rooms(),
            backlog_bytes: hub.backlog_bytes(),
            outbox_entries: hub.waiting(),
            outbox_bytes: hub.waiting_bytes(),
        }
    }

    /// Whether the newest commit failed.
    pub(crate) fn is_failing(&self) -> bool {
        self.failing.load(Ordering::Relaxed)
    }

    /// The time since the start.
    pub fn running(&self) -> Duration {
        self.began.elapsed()
    }

    /// Decides something and publishes what can be published. `me` is the shard whose thread this
    /// is, if it is one: that shard looks into its inbox by itself.
    pub fn decide<R>(&self, me: Option<u16>, decide: impl FnOnce(&mut Hub, Now) -> R) -> R {
        let now = self.now();
        let _broken = EndOnPanic::new();
        let mut hub = self.hub();
        let result = decide(&mut hub, now);
        self.settle(&mut hub, me);
        result
    }

    fn now(&self) -> Now {
        let wall = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        Now { running: self.running(), wall_ms: wall.as_millis() as u64 }
    }

    /// The server stops: the shards end when their connections have ended.
    pub fn drain(&self) {
        // Before any shard hears of it: one may close the sessions of another.
        self.draining.store(true, Ordering::SeqCst);
        for inbox in &self.inboxes {
            inbox.drain();
        }
    }

    /// Whether the server stops.
    pub fn is_draining(&self) -> bool {
        self.draining.load(Ordering::SeqCst)
    }

    /// Whether so much waits for its commit that commands are to be read later.
    pub fn is_full(&self) -> bool {
        if self.store.commits_inline() {
            return false;
        }
        let hub = self.hub();
        hub.waiting() >= OUTBOX_MAX_ENTRIES || hub.waiting_bytes() >= OUTBOX_MAX_BYTES
    }

    /// Does something while nothing is being published.
    pub(crate) fn between_publications<R>(&self, look: impl FnOnce() -> R) -> R {
        let _hub = self.hub();
        look()
    }

    fn settle(&self, hub: &mut Hub, me: Option<u16>) {
        let mut outlet = Inboxes { all: &self.inboxes, me, tickets: &self.tickets };
        hub.publish(&mut outlet);
        if self.store.commits_inline() {
            self.commit(hub, &mut outlet);
        } else if hub.waiting() > 0 {
            self.work().has_work = true;
            self.work.1.notify_one();
        }
    }

    /// Commits all that waits, under the lock: only for a store that cannot block.
    fn commit(&self, hub: &mut Hub, outlet: &mut Inboxes<'_>) {
        loop {
            let batch = hub.take_batch();
            if batch.is_empty() {
                return;
            }
            match self.keep(&batch) {
                Ok(stored) => hub.committed(&stored, self.now(), outlet),
                Err(error) => hub.commit_failed(error, self.now(), outlet),
            }
        }
    }

    /// The writer's thread: commits batches one after the other, as large as what came meanwhile.
    pub fn write(&self) {
        let _broken = EndOnPanic::new();
        while self.wait_for_work() {
            loop {
                let batch = self.hub().take_batch();
                if batch.is_empty() {
                    break;
                }
                let stored = self.keep(&batch);
                let failed = stored.is_err();
                let mut outlet = Inboxes { all: &self.inboxes, me: None, tickets: &self.tickets };
                let mut hub = self.hub();
                match stored {
                    Ok(stored) => hub.committed(&stored, self.now(), &mut outlet),
                    Err(error) => hub.commit_failed(error, self.now(), &mut outlet),
                }
                drop(hub);
                if failed {
                    // Those who try again do it in one batch, and the disk has time to recover.
                    std::thread::sleep(COMMIT_RETRY);
                }
            }
        }
    }

    /// One commit, measured.
    fn keep(&self, batch: &[Record]) -> Result<Vec<Stored>, CommitError> {
        let begun = Instant::now();
        let stored = self.store.commit(batch);
        self.failing.store(stored.is_err(), Ordering::Relaxed);
        self.metrics.commit_seconds.record(begun.elapsed().as_secs_f64());
        self.metrics.commit_records.record(batch.len() as f64);
        match &stored {
            Ok(stored) => {
                let appended = stored.iter().filter(|stored| matches!(stored, Stored::Appended(_))).count();
                self.metrics.messages.increment(appended as u64);
            }
            Err(_) => self.metrics.commit_failures.increment(1),
        }
        stored.map_err(|error| why(&error))
    }

    /// Ends the writer after what it has begun.
    pub fn end_writer(&self) {
        self.work().ends = true;
        self.work.1.notify_one();
    }

    /// Whether there is something to commit; false when the writer is to end and nothing waits.
    fn wait_for_work(&self) -> bool {
        let mut unfinished = self.store.finish();
        let mut state = self.work();
        while !state.has_work && !state.ends {
            if !unfinished {
                state = self.work.1.wait(state).unwrap_or_else(PoisonError::into_inner);
                continue;
            }
            // What was taken back is to leave no trace, also when nobody says anything any more.
            let (waiting, waited) =
                self.work.1.wait_timeout(state, FINISH_RETRY).unwrap_or_else(PoisonError::into_inner);
            if waited.timed_out() {
                drop(waiting);
                unfinished = self.store.finish();
                state = self.work();
            } else {
                state = waiting;
            }
        }
        std::mem::take(&mut state.has_work)
    }

    fn work(&self) -> MutexGuard<'_, WriterState> {
        self.work.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn hub(&self) -> MutexGuard<'_, Hub> {
        self.hub.lock().expect("invariant: a panic in the hub ends the process")
    }
}

fn why(error: &StoreError) -> CommitError {
    let id = report(error);
    if matches!(error, StoreError::Full) { CommitError::Full } else { CommitError::Fault { id } }
}

/// Logs the store's error and returns the id by which people can ask for it.
pub(crate) fn report(error: &StoreError) -> u64 {
    let id = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_millis() as u64;
    tracing::error!(id, %error, "the store failed");
    id
}

/// Ends the process when the thread begins to panic while this is alive.
struct EndOnPanic {
    was_panicking: bool,
}

impl EndOnPanic {
    fn new() -> Self {
        Self { was_panicking: std::thread::panicking() }
    }
}

impl Drop for EndOnPanic {
    fn drop(&mut self) {
        if std::thread::panicking() && !self.was_panicking {
            tracing::error!("the hub is broken; the process ends and clients come back to a new one");
            std::process::exit(EXIT_BROKEN);
        }
    }
}

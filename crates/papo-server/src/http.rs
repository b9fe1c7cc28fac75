//! The HTTP door: the page, and the handshake that turns a connection into a WebSocket.
//!
//! It has a thread and a runtime of its own, so slow HTTP never delays a message. A shard that saw
//! HTTP in a connection's first bytes gives it to [`HttpDoor::take`]; after an upgrade the socket
//! comes back by the callback, with the bytes that were read past the handshake.
//!
//! * [`answer`] – what a request gets;
//! * [`refusal`], [`security`] – why it gets it not, and the headers that each answer carries;
//! * [`guard`] – which `Host` and `Origin` are answered;
//! * [`handshake`] – WebSocket's opening, as RFC 6455 asks for it;
//! * [`page`] – the embedded files;
//! * [`connection`] – one connection from its first byte to its end or upgrade.

use std::fmt;
use std::io;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use papo_proto::limits;
use tokio::net::TcpStream;
use tokio::runtime::{self, Handle};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

use crate::arrival::{Arrival, Place};

pub(crate) mod answer;
pub(crate) mod connection;
mod guard;
mod handshake;
mod page;
mod refusal;
mod security;

pub use guard::Guard;

use answer::Site;

/// A connection that is a WebSocket now.
#[derive(Debug)]
pub struct Upgraded {
    /// The connection; its socket is non-blocking and the `101` is written.
    pub arrival: Arrival,
    /// Bytes of the WebSocket that came in the same packet as the handshake; first to be decoded.
    pub early: Vec<u8>,
}

/// Where an upgraded connection goes. Called on the door's thread, so it must not block.
pub type OnUpgrade = Arc<dyn Fn(Upgraded) + Send + Sync>;

/// How many connections the door serves, and how long it waits for them.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// Connections at the same time; one more is told to come back later.
    pub connections: usize,
    /// Time in which a request's head must be whole, also on a connection kept alive.
    pub idle: Duration,
    /// A connection older than this gets its last answer, and as much time again to take it.
    pub life: Duration,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { connections: limits::HTTP_CONNECTIONS, idle: limits::HTTP_IDLE, life: limits::WRITE_STALL }
    }
}

/// Connections over the bound that are told so at the same time; any more are just closed.
const TOLD_AT_ONCE: usize = 64;

/// Serves the connections that speak HTTP.
pub struct HttpDoor {
    runtime: Handle,
    site: Arc<Site>,
    bounds: Bounds,
    on_upgrade: OnUpgrade,
    places: Arc<Semaphore>,
    told: Arc<Semaphore>,
    draining: watch::Sender<bool>,
    thread: Option<JoinHandle<()>>,
}

impl HttpDoor {
    /// Opens the door with the usual bounds.
    ///
    /// # Errors
    /// The system gives no thread or no event queue.
    pub fn start(guard: Guard, on_upgrade: OnUpgrade) -> io::Result<HttpDoor> {
        Self::with_bounds(guard, Bounds::default(), on_upgrade)
    }

    /// Opens the door with other bounds.
    ///
    /// # Errors
    /// The system gives no thread or no event queue.
    pub fn with_bounds(guard: Guard, bounds: Bounds, on_upgrade: OnUpgrade) -> io::Result<HttpDoor> {
        let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
        let handle = runtime.handle().clone();
        let places = Arc::new(Semaphore::new(bounds.connections));
        let (draining, told) = watch::channel(false);
        let all = Arc::clone(&places);
        let thread = thread::Builder::new()
            .name("papo-http".to_owned())
            .spawn(move || runtime.block_on(until_drained(told, all, bounds.connections)))?;
        Ok(HttpDoor {
            runtime: handle,
            site: Arc::new(Site::with_page(guard)),
            bounds,
            on_upgrade,
            places,
            told: Arc::new(Semaphore::new(TOLD_AT_ONCE)),
            draining,
            thread: Some(thread),
        })
    }

    /// Takes a connection that speaks HTTP, of which nothing has been read yet. Never blocks; over
    /// the bound, or while draining, the client is told to come back later.
    pub fn take(&self, arrival: Arrival) {
        let draining = *self.draining.borrow();
        match Arc::clone(&self.places).try_acquire_owned() {
            Ok(permit) if !draining => self.serve(arrival, permit),
            _ => self.turn_away(arrival),
        }
    }

    /// Takes no more and keeps nothing alive; what has begun may end within [`limits::LINGER`].
    /// Returns at once. Dropping the door waits for that end.
    pub fn drain(&self) {
        self.draining.send_replace(true);
    }

    fn serve(&self, arrival: Arrival, permit: OwnedSemaphorePermit) {
        let (site, bounds) = (Arc::clone(&self.site), self.bounds);
        let (on_upgrade, draining) = (Arc::clone(&self.on_upgrade), self.draining.subscribe());
        self.runtime.spawn(async move {
            let _permit = permit;
            let Arrival { socket, peer, place } = arrival;
            // Registering fails only when the process is out of memory for it: the client is closed.
            let Ok(socket) = TcpStream::from_std(socket) else { return };
            let Some((socket, early)) = connection::serve(socket, site, bounds, draining).await else { return };
            if let Ok(socket) = socket.into_std() {
                on_upgrade(Upgraded { arrival: Arrival { socket, peer, place }, early });
            }
        });
    }

    fn turn_away(&self, arrival: Arrival) {
        let Ok(permit) = Arc::clone(&self.told).try_acquire_owned() else { return };
        self.runtime.spawn(async move {
            let held: (OwnedSemaphorePermit, Place) = (permit, arrival.place);
            if let Ok(socket) = TcpStream::from_std(arrival.socket) {
                connection::turn_away(socket).await;
            }
            drop(held);
        });
    }
}

impl Drop for HttpDoor {
    fn drop(&mut self) {
        self.drain();
        // The last owner may be the callback, which runs on the door's own thread.
        if let Some(thread) = self.thread.take().filter(|thread| thread.thread().id() != thread::current().id()) {
            let _ = thread.join();
        }
    }
}

impl fmt::Debug for HttpDoor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpDoor").field("bounds", &self.bounds).finish_non_exhaustive()
    }
}

/// Keeps the runtime turning until a drain has begun, and then until all are gone or time is up.
async fn until_drained(mut draining: watch::Receiver<bool>, places: Arc<Semaphore>, connections: usize) {
    // An error means that the door is gone, which is a drain too.
    let _ = draining.wait_for(|draining| *draining).await;
    let _ = tokio::time::timeout(limits::LINGER, places.acquire_many(connections as u32)).await;
}

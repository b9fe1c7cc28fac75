//! Where events are kept: the [`Store`] trait, and the stores that fulfil it.
//!
//! * [`MemoryStore`] – the newest events, for as long as the process lives;
//! * [`conformance`] – the suite that every store passes.
//!
//! A store numbers: seq comes from here and from nowhere else. It knows neither the hub's rules
//! nor sockets.

use papo_proto::{Append, Event, RoomId, Seq};
use thiserror::Error;

pub mod conformance;
mod memory;

pub use memory::MemoryStore;

/// A part of a room's log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// The oldest event that is kept; [`Seq`] 0 when the room has none. What is below it is gone.
    pub first: Seq,
    /// The newest event of the room.
    pub head: Seq,
    /// Events in the order of seq, none left out between them.
    pub events: Vec<Event>,
}

/// Why a store did not do what it was asked. The store or its disk is to blame.
#[derive(Debug, Error)]
pub enum StoreError {
    /// Nothing of the batch was stored; it may work later.
    #[error("the store cannot write now: {0}")]
    Unavailable(String),
}

/// Keeps each room's log. One thread at a time commits; reading may go on beside it.
pub trait Store: Send + Sync {
    /// Whether [`Store::commit`] only takes a moment and cannot block, so that it may be done under
    /// the hub's lock. Otherwise the writer's thread does it.
    fn commits_inline(&self) -> bool;

    /// Appends the batch, all or nothing, and returns each event's seq, in the batch's order. When
    /// it returns, the events survive whatever this store promises to survive.
    ///
    /// # Errors
    /// Nothing of the batch is stored.
    fn commit(&self, batch: &[Append]) -> Result<Vec<Seq>, StoreError>;

    /// At most `limit` events of the room with a seq over `after`, oldest first.
    ///
    /// # Errors
    /// The log cannot be read now.
    fn page(&self, room: RoomId, after: Seq, limit: usize) -> Result<Page, StoreError>;

    /// Forgets a room's log. Its number is never used again.
    ///
    /// # Errors
    /// The room is still there.
    fn remove(&self, room: RoomId) -> Result<(), StoreError>;
}

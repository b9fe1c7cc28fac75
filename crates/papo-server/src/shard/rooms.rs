//! The rooms that a shard's connections read, with its own members of each.

use papo_hub::{Cursor, Log, Position};
use papo_proto::{Encoding, RoomId};
use rustc_hash::FxHashMap;

/// A room as one shard sees it.
#[derive(Debug, Default)]
pub(super) struct LocalRoom {
    pub(super) tracks: [LocalTrack; Encoding::COUNT],
}

/// The shard's members of a room that share an encoding.
#[derive(Debug, Default)]
pub(super) struct LocalTrack {
    /// Slots, in no order.
    pub(super) members: Vec<u32>,
    /// Up to here the members that keep up have been sent the log.
    pub(super) head: Position,
}

/// All rooms with a member on this shard.
#[derive(Debug, Default)]
pub(super) struct LocalRooms {
    all: FxHashMap<RoomId, LocalRoom>,
}

impl LocalRooms {
    pub(super) fn get_mut(&mut self, room: RoomId) -> Option<&mut LocalRoom> {
        self.all.get_mut(&room)
    }

    /// Adds a member; returns its place.
    pub(super) fn join(&mut self, log: &Log, encoding: Encoding, slot: u32, from: Cursor) -> u32 {
        let room = self.all.entry(log.room()).or_default();
        let track = &mut room.tracks[encoding.index()];
        if track.members.is_empty() {
            track.head = from.position;
        }
        track.members.push(slot);
        track.members.len() as u32 - 1
    }

    /// Removes the member at a place; returns the slot of the one that has that place now.
    pub(super) fn leave(&mut self, room: RoomId, encoding: Encoding, place: u32) -> Option<u32> {
        let local = self.all.get_mut(&room)?;
        let members = &mut local.tracks[encoding.index()].members;
        members.swap_remove(place as usize);
        let moved = members.get(place as usize).copied();
        if local.tracks.iter().all(|track| track.members.is_empty()) {
            self.all.remove(&room);
        }
        moved
    }
}

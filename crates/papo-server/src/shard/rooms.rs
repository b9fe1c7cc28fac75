//! The rooms that a shard's connections read, with its own members of each.

use papo_hub::{Cursor, Log};
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
    pub(super) head: Cursor,
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

    /// Up to where the members of a room in one encoding have been sent its log.
    pub(super) fn head(&self, room: RoomId, encoding: Encoding) -> Cursor {
        self.all.get(&room).map_or(Cursor::default(), |local| local.tracks[encoding.index()].head)
    }

    /// Adds a member; returns its place.
    pub(super) fn join(&mut self, log: &Log, encoding: Encoding, slot: u32, from: Cursor) -> u32 {
        let room = self.all.entry(log.room()).or_default();
        let track = &mut room.tracks[encoding.index()];
        if track.members.is_empty() {
            track.head = from;
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

#[cfg(test)]
mod tests {
    use super::*;
    use papo_hub::Position;
    use papo_proto::{RoomName, Seq};
    use std::collections::BTreeMap;

    #[test]
    fn places_stay_right_as_members_come_and_go() {
        let mut dice = 1_u64;
        let mut below = |end: usize| {
            dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (dice >> 33) as usize % end
        };
        let logs = [1, 2, 3].map(|room| Log::new(RoomId(room), RoomName::lobby(), Seq(0)));
        let mut rooms = LocalRooms::default();
        // Where each slot is: the room, the encoding, the place.
        let mut members: BTreeMap<u32, (RoomId, usize, u32)> = BTreeMap::new();
        for step in 0..20_000 {
            // At times nearly all leave, at times nearly all come.
            let comes = below(10) < if step / 500 % 2 == 0 { 8 } else { 2 };
            let slot = below(40) as u32;
            match members.get(&slot).copied() {
                None if comes => {
                    let (log, index) = (&logs[below(3)], below(Encoding::COUNT));
                    let place = rooms.join(log, Encoding::at(index), slot, Cursor::default());
                    members.insert(slot, (log.room(), index, place));
                }
                Some((room, index, place)) if !comes => {
                    members.remove(&slot);
                    if let Some(moved) = rooms.leave(room, Encoding::at(index), place) {
                        members.insert(moved, (room, index, place));
                    }
                }
                _ => {}
            }
            for (slot, (room, index, place)) in &members {
                let local = rooms.get_mut(*room).expect("a room with members");
                assert_eq!(local.tracks[*index].members[*place as usize], *slot);
            }
            let kept: usize = rooms.all.values().flat_map(|room| &room.tracks).map(|track| track.members.len()).sum();
            assert_eq!(kept, members.len());
            assert!(rooms.all.values().all(|room| room.tracks.iter().any(|track| !track.members.is_empty())));
        }
    }

    #[test]
    fn a_track_begins_where_its_first_member_does() {
        let log = Log::new(RoomId(1), RoomName::lobby(), Seq(0));
        let at = |position| Cursor { position: Position(position), seq: Seq(position) };
        let encoding = Encoding::at(0);
        let mut rooms = LocalRooms::default();
        rooms.join(&log, encoding, 4, at(10));
        rooms.join(&log, encoding, 5, at(12));
        let head = |rooms: &mut LocalRooms| rooms.get_mut(RoomId(1)).map(|room| room.tracks[0].head);
        assert_eq!(head(&mut rooms), Some(at(10)), "who comes later is not yet where the others are");
        assert_eq!(rooms.leave(RoomId(1), encoding, 0), Some(5));
        assert_eq!(rooms.leave(RoomId(1), encoding, 0), None);
        assert_eq!(head(&mut rooms), None, "a room without members is forgotten");
        rooms.join(&log, encoding, 5, at(20));
        assert_eq!(head(&mut rooms), Some(at(20)));
    }
}

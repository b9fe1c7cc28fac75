//! The key of an event in the tree of all logs: its room and its seq in one number.
//!
//! A tree by one number is much flatter than one by two columns, since its inner nodes hold nothing but
//! numbers: a start that has to find both ends of ten thousand logs reads half as many pages.

use papo_proto::{RoomId, Seq};

/// What of the number is the seq: enough for a thousand messages a second in one room for two years
/// and more. The rest is enough for ten thousand new rooms a day for 36 years.
const SEQ_BITS: u32 = 36;
/// The largest seq that a log can have.
const SEQ_MAX: u64 = (1 << SEQ_BITS) - 1;
/// The largest number that a room can have.
const ROOM_MAX: u64 = (1 << (63 - SEQ_BITS)) - 1;

/// Where a room's log stands in the tree; none for a number that no room can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct LogKeys {
    /// The key of seq 0, which no event has.
    floor: i64,
}

impl LogKeys {
    pub(super) fn of(room: RoomId) -> Option<Self> {
        (room.0 <= ROOM_MAX).then_some(Self { floor: (room.0 << SEQ_BITS).cast_signed() })
    }

    /// The lowest and the highest key that the log can have.
    pub(super) fn ends(self) -> (i64, i64) {
        (self.floor, self.up_to(Seq(u64::MAX)))
    }

    /// The key of a seq, or the highest when no log goes so far.
    pub(super) fn up_to(self, seq: Seq) -> i64 {
        self.floor + seq.0.min(SEQ_MAX).cast_signed()
    }

    /// The key of a seq; none when the log is at its end.
    pub(super) fn at(self, seq: Seq) -> Option<i64> {
        (seq.0 <= SEQ_MAX).then(|| self.up_to(seq))
    }
}

/// The room and the seq that a key is made of.
pub(super) fn parts(key: i64) -> (RoomId, Seq) {
    let key = key.cast_unsigned();
    (RoomId(key >> SEQ_BITS), Seq(key & SEQ_MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_come_apart_again_and_keep_the_order() {
        let mut last = -1;
        for (room, seq) in [(0, 0), (0, 1), (0, SEQ_MAX), (1, 0), (1, 1), (77, 5), (ROOM_MAX, 1), (ROOM_MAX, SEQ_MAX)] {
            let key = LogKeys::of(RoomId(room)).and_then(|keys| keys.at(Seq(seq))).expect("in range");
            assert_eq!(parts(key), (RoomId(room), Seq(seq)));
            assert!(key > last, "{room}, {seq}");
            last = key;
        }
        assert_eq!(last, i64::MAX);
        assert_eq!(LogKeys::of(RoomId(ROOM_MAX + 1)), None);
        assert_eq!(LogKeys::of(RoomId(3)).and_then(|keys| keys.at(Seq(SEQ_MAX + 1))), None);
    }
}

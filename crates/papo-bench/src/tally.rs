//! What has come: nothing lost, nothing twice, each sender's messages in their order.

use std::collections::HashSet;

/// A gap over this many messages is counted, but its numbers are not remembered one by one.
const GAP_MAX: u32 = 1 << 16;

/// How the deliveries went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Messages that a member got for the first time.
    pub delivered: u64,
    /// Messages that came after a later one of the same sender.
    pub out_of_order: u64,
    /// Messages that a member got again.
    pub duplicates: u64,
    /// Messages of this run that were not for this member: its own, or another room's.
    pub misdirected: u64,
}

/// What became of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Arrival {
    /// It counts as a delivery.
    Delivered,
    /// It is an error of the server, counted as such.
    Wrong,
}

/// Which number each member expects next of each sender in its room.
#[derive(Debug)]
pub(crate) struct Tally {
    senders: u32,
    expected: Vec<u32>,
    /// (place in `expected`, number) of what was passed over. Empty as long as the server is right.
    missing: HashSet<(usize, u32)>,
    pub(crate) counts: Counts,
}

impl Tally {
    /// A tally for so many members in all rooms, and so many senders in each room.
    pub(crate) fn new(members: usize, senders: usize) -> Self {
        let expected = vec![0; members * senders];
        Self { senders: senders as u32, expected, missing: HashSet::new(), counts: Counts::default() }
    }

    /// Member `member` of room `room` got message `number` of `sender` (numbered over all rooms).
    #[inline]
    pub(crate) fn arrive(&mut self, member: usize, room: u32, own: Option<u32>, sender: u32, number: u32) -> Arrival {
        let in_room = sender.wrapping_sub(room * self.senders);
        if in_room >= self.senders || own == Some(sender) {
            self.counts.misdirected += 1;
            return Arrival::Wrong;
        }
        let place = member * self.senders as usize + in_room as usize;
        let expected = &mut self.expected[place];
        if *expected == number {
            *expected = number + 1;
            self.counts.delivered += 1;
            return Arrival::Delivered;
        }
        self.surprise(place, number)
    }

    #[cold]
    fn surprise(&mut self, place: usize, number: u32) -> Arrival {
        let expected = self.expected[place];
        if number > expected {
            if number - expected <= GAP_MAX {
                self.missing.extend((expected..number).map(|missing| (place, missing)));
            }
            self.expected[place] = number + 1;
        } else if self.missing.remove(&(place, number)) {
            self.counts.out_of_order += 1;
        } else {
            self.counts.duplicates += 1;
            return Arrival::Wrong;
        }
        self.counts.delivered += 1;
        Arrival::Delivered
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Member 1 of room 1 (two members and one sender a room) gets these (sender, number).
    fn counts(arrivals: &[(u32, u32)]) -> Counts {
        let mut tally = Tally::new(4, 1);
        for &(sender, number) in arrivals {
            tally.arrive(3, 1, None, sender, number);
        }
        tally.counts
    }

    #[test]
    fn in_order_is_all_delivered() {
        assert_eq!(counts(&[(1, 0), (1, 1), (1, 2)]), Counts { delivered: 3, ..Counts::default() });
    }

    #[test]
    fn a_lost_message_is_not_a_delivery() {
        assert_eq!(counts(&[(1, 0), (1, 2)]), Counts { delivered: 2, ..Counts::default() });
    }

    #[test]
    fn a_late_message_is_delivered_but_out_of_order() {
        let expected = Counts { delivered: 3, out_of_order: 1, ..Counts::default() };
        assert_eq!(counts(&[(1, 0), (1, 2), (1, 1)]), expected);
    }

    #[test]
    fn the_same_message_twice_is_a_duplicate() {
        let expected = Counts { delivered: 2, duplicates: 2, ..Counts::default() };
        assert_eq!(counts(&[(1, 0), (1, 0), (1, 1), (1, 0)]), expected);
    }

    #[test]
    fn another_rooms_message_and_the_senders_own_are_misdirected() {
        assert_eq!(counts(&[(0, 0), (2, 0)]), Counts { misdirected: 2, ..Counts::default() });
        let mut tally = Tally::new(4, 1);
        assert_eq!(tally.arrive(2, 1, Some(1), 1, 0), Arrival::Wrong);
        assert_eq!(tally.counts, Counts { misdirected: 1, ..Counts::default() });
    }
}

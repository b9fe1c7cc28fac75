//! The answer to `/rooms`: it may be long and many may ask for it, so its bytes are shared while the
//! list stays the same.

use std::sync::Arc;

use papo_proto::words::RoomCounts;
use papo_proto::{Encoding, Reply};

/// The newest list, encoded as it was asked for.
#[derive(Debug, Default)]
pub(super) struct RoomList {
    rooms: Option<RoomCounts>,
    encoded: [Option<Arc<[u8]>>; Encoding::COUNT],
}

impl RoomList {
    /// The frame of the answer.
    pub(super) fn answer(&mut self, rooms: &RoomCounts, encoding: Encoding) -> Arc<[u8]> {
        if !self.rooms.as_ref().is_some_and(|known| Arc::ptr_eq(known, rooms)) {
            *self = Self { rooms: Some(rooms.clone()), encoded: Default::default() };
        }
        let bytes = self.encoded[encoding.index()].get_or_insert_with(|| {
            let mut bytes = Vec::new();
            encoding.reply(None, &Reply::Rooms(rooms.clone()), &mut bytes);
            bytes.into()
        });
        bytes.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use papo_proto::words::RoomCount;
    use papo_proto::{Framing, Lang, RoomId, RoomName};

    #[test]
    fn the_same_list_is_encoded_once() {
        let encoding = Encoding::text(Framing::Length, Lang::PtBr);
        let counted = |online| vec![RoomCount { id: RoomId(1), name: RoomName::lobby(), online, private: false }];
        let rooms: RoomCounts = counted(1).into();
        let mut list = RoomList::default();
        let first = list.answer(&rooms, encoding);
        assert!(Arc::ptr_eq(&first, &list.answer(&rooms, encoding)));
        let others: RoomCounts = counted(2).into();
        assert_ne!(first, list.answer(&others, encoding));
    }
}

//! `papo bench fill`: fills a room of a data folder with messages, in large batches, while no server
//! has the folder. It knows the store, which the generator must not.

use std::path::Path;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use papo_proto::names::RoomName;
use papo_proto::words::{RoomRecord, Stored};
use papo_proto::{Append, Epoch, Record, RoomId, SessionId};
use papo_store::{SqliteStore, Store as _, StoreError};

/// Messages of a transaction.
const BATCH: u64 = 10_000;
const TEXT: &str = "sixty-four bytes that say nothing, as long as most messages are.";

/// Adds so many messages to the room, which is made if it does not exist. Returns its newest seq.
pub(crate) fn fill(data: &Path, room: &str, messages: u64) -> anyhow::Result<u64> {
    let name = RoomName::parse(room).map_err(|_| anyhow::anyhow!("{room} can be no room's name"))?.name;
    Ok(fill_store(&SqliteStore::open(data)?, &name, messages)?)
}

fn fill_store(store: &SqliteStore, name: &RoomName, messages: u64) -> Result<u64, StoreError> {
    let recovered = store.recover()?;
    let known = recovered.rooms.iter().find(|room| room.record.name.key() == name.key());
    let now_ms = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as u64);
    let mut head = known.map_or(0, |room| room.head.0);
    let room = known.map_or(RoomId(recovered.newest_room.0 + 1), |room| room.record.id);
    if known.is_none() {
        let record = RoomRecord::public(room, name.clone(), Epoch(now_ms), now_ms);
        store.commit(&[Record::Room(record)])?;
    }
    // Numbers that no session of a server has: each opening of the store counts on.
    let session = SessionId((u64::from(recovered.generation) << 32) + 1);
    let authors: Vec<Arc<str>> = ["Ana", "Bruno", "Célia", "Davi"].map(Arc::from).to_vec();
    let text: Arc<str> = TEXT.into();
    let mut left = messages;
    while left > 0 {
        let count = left.min(BATCH);
        let event = |n: u64| {
            let author = authors[n as usize % authors.len()].clone();
            Record::Event(Append {
                room,
                at_ms: now_ms + n,
                session,
                txn: None,
                person: papo_proto::Person::NOBODY,
                author,
                text: text.clone(),
            })
        };
        let batch: Vec<Record> = (messages - left..messages - left + count).map(event).collect();
        if let Some(Stored::Appended(seq)) = store.commit(&batch)?.last() {
            head = seq.0;
        }
        left -= count;
    }
    Ok(head)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_room_is_made_and_filled_and_filled_on() {
        let data = tempfile::tempdir().expect("a folder");
        assert_eq!(fill(data.path(), "#Cheia", 25_001).expect("filled"), 25_001);
        assert_eq!(fill(data.path(), "cheia", 4).expect("filled"), 25_005);
        assert!(fill(data.path(), "a b", 1).is_err());
    }
}

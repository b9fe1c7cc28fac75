//! Fills a room of a data folder with messages, in large batches, while no server has the folder.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use papo_proto::names::RoomName;
use papo_proto::words::{RoomRecord, Stored};
use papo_proto::{Append, Epoch, Record, RoomId, SessionId};
use papo_store::{SqliteStore, Store as _, StoreError};

use crate::durable::BODY;
use crate::error::BenchError;

/// Messages of a transaction.
const BATCH: u64 = 10_000;

/// What `papo bench fill` is asked for.
#[derive(Clone, Debug)]
pub struct FillOptions {
    /// The data folder.
    pub data: PathBuf,
    /// The room, made if it does not exist.
    pub room: String,
    /// Messages to add.
    pub messages: u64,
}

/// Adds the messages. Returns the room's newest seq.
///
/// # Errors
/// The folder cannot be used, or the room's name is none.
pub fn fill(options: &FillOptions) -> Result<u64, BenchError> {
    let name = RoomName::parse(&options.room).map_err(|_| BenchError::Options("no room can have this name"))?.name;
    let store = SqliteStore::open(&options.data).map_err(|error| BenchError::Data(error.to_string()))?;
    fill_store(&store, &name, options.messages).map_err(|error| BenchError::Data(error.to_string()))
}

fn fill_store(store: &SqliteStore, name: &RoomName, messages: u64) -> Result<u64, StoreError> {
    let recovered = store.recover()?;
    let known = recovered.rooms.iter().find(|room| room.record.name.key() == name.key());
    let now_ms = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as u64);
    let mut head = known.map_or(0, |room| room.head.0);
    let room = known.map_or(RoomId(recovered.newest_room.0 + 1), |room| room.record.id);
    if known.is_none() {
        let record = RoomRecord { id: room, name: name.clone(), epoch: Epoch(now_ms), made_ms: now_ms };
        store.commit(&[Record::Room(record)])?;
    }
    // Numbers that no session of a server has: each opening of the store counts on.
    let session = SessionId((u64::from(recovered.generation) << 32) + 1);
    let authors: Vec<Arc<str>> = ["Ana", "Bruno", "Célia", "Davi"].map(Arc::from).to_vec();
    let text: Arc<str> = BODY.into();
    let mut left = messages;
    while left > 0 {
        let count = left.min(BATCH);
        let event = |n: u64| {
            let author = authors[n as usize % authors.len()].clone();
            Record::Event(Append { room, at_ms: now_ms + n, session, txn: None, author, text: text.clone() })
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
        let data = std::env::temp_dir().join(format!("papo-bench-fill-{}", std::process::id()));
        let options = FillOptions { data: data.clone(), room: "#Cheia".into(), messages: 25_001 };
        assert_eq!(fill(&options).expect("filled"), 25_001);
        let more = FillOptions { room: "cheia".into(), messages: 4, ..options };
        assert_eq!(fill(&more).expect("filled"), 25_005);
        std::fs::remove_dir_all(data).expect("removed");
    }
}

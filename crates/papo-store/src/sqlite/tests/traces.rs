//! What was taken back is in no file any more.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::Path;
use std::sync::Arc;

use papo_proto::words::{Record, RedactWhat, Stored, Whose};
use papo_proto::{RoomId, Seq};

use super::super::{SqliteStore, WAL_MAX_BYTES, backup, check, connect, folder as files};
use super::{folder, open};
use crate::conformance::{append, redact, room};
use crate::{Span, Store as _};

const ROOMS: u64 = 7;
const WORD_BYTES: usize = 16;

/// Numbers that differ, and always the same ones.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB)
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    /// A text of up to so many words that no other text has.
    fn text(&mut self, words: u64) -> Arc<str> {
        let words: Vec<_> = (0..=self.below(words)).map(|_| format!("w{:015x}", self.next() >> 4)).collect();
        words.concat().into()
    }
}

/// Every message of a store.
type Said = BTreeMap<(u64, u64), Arc<str>>;

/// Fills the rooms side by side, so that their logs grow into each other's pages.
fn fill(store: &SqliteStore, numbers: &mut Numbers, messages: u64) -> Said {
    let rooms: Vec<_> = (1..=ROOMS).map(|id| Record::Room(room(id, &format!("Sala{id}")))).collect();
    store.commit(&rooms).expect("stored");
    let mut said = Said::new();
    for _ in 0..messages / 20 {
        let batch: Vec<_> = (0..20)
            .map(|_| {
                let words = if numbers.below(20) == 0 { 2_000 } else { 30 };
                let text = numbers.text(words);
                append(1 + numbers.below(ROOMS), &text)
            })
            .collect();
        let records: Vec<_> = batch.iter().cloned().map(Record::Event).collect();
        for (append, stored) in batch.iter().zip(store.commit(&records).expect("stored")) {
            let Stored::Appended(seq) = stored else { panic!("{stored:?}") };
            said.insert((append.room.0, seq.0), append.text.clone());
        }
    }
    said
}

/// Takes back every third message, and returns their texts.
fn take_back(store: &SqliteStore, said: &mut Said) -> Vec<Arc<str>> {
    let keys: Vec<_> = said.keys().copied().step_by(3).collect();
    for some in keys.chunks(50) {
        let one =
            |(room, seq): &(u64, u64)| Record::Redact(redact(*room, RedactWhat::One(Seq(*seq), Whose::anybody())));
        let stored = store.commit(&some.iter().map(one).collect::<Vec<_>>()).expect("stored");
        assert!(stored.iter().all(|stored| matches!(stored, Stored::Redacted(_, seqs) if seqs.len() == 1)));
    }
    keys.iter().filter_map(|key| said.remove(key)).collect()
}

/// The bytes of every file of a folder.
fn bytes(folder: &Path) -> Vec<u8> {
    let mut files: Vec<_> = fs::read_dir(folder).expect("read").flatten().map(|file| file.path()).collect();
    files.sort();
    files.iter().flat_map(|file| fs::read(file).expect("read")).collect()
}

/// How often each word is in the files of a folder.
fn words(bytes: &[u8]) -> HashMap<&[u8], usize> {
    let mut words = HashMap::new();
    for (at, _) in bytes.iter().enumerate().filter(|(_, byte)| **byte == b'w') {
        if let Some(word) = bytes.get(at..at + WORD_BYTES) {
            *words.entry(word).or_default() += 1;
        }
    }
    words
}

/// How many of the texts have left something: any of their words, since a copy may be cut.
fn left(folder: &Path, texts: &[Arc<str>]) -> usize {
    let bytes = bytes(folder);
    let words = words(&bytes);
    let is_left = |text: &&Arc<str>| text.as_bytes().chunks(WORD_BYTES).any(|word| words.contains_key(word));
    texts.iter().filter(is_left).count()
}

fn all(said: &Said) -> Vec<Arc<str>> {
    said.values().cloned().collect()
}

#[test]
fn nothing_is_left_of_what_was_taken_back() {
    let folder = folder();
    let (data, copies) = (folder.path().join("data"), folder.path().join("copies"));
    // The shorter WAL is moved many times before anything is taken back.
    for (wal_max, seed) in [(WAL_MAX_BYTES, 1), (256 * 1024, 2)] {
        let store = SqliteStore::open_with(&data, wal_max).expect("opened");
        let mut numbers = Numbers(seed);
        let mut said = fill(&store, &mut numbers, 2_000);
        assert_eq!(left(&data, &all(&said)), said.len(), "all of it is found while it is there");
        let taken = take_back(&store, &mut said);
        assert_eq!(left(&data, &taken), 0, "of {}, WAL of {wal_max}", taken.len());
        assert_eq!(left(&data, &all(&said)), said.len(), "and nothing else is gone");
        assert_eq!(check(&data, &mut |_, _| {}).expect("checked").findings, []);

        fs::create_dir(&copies).expect("made");
        backup(&data, &copies.join("copy.db"), &mut |_, _| {}).expect("copied");
        assert_eq!((left(&copies, &taken), left(&copies, &all(&said))), (0, said.len()), "in a backup");

        // Pages that were in memory all the time are written again.
        fill(&store, &mut numbers, 400);
        assert_eq!(left(&data, &taken), 0, "after more was said");
        drop(store);
        assert_eq!((left(&data, &taken), left(&data, &all(&said))), (0, said.len()), "after a stop");
        fs::remove_dir_all(&data).expect("removed");
        fs::remove_dir_all(&copies).expect("removed");
    }
}

#[test]
fn nothing_is_left_of_a_room_that_is_gone() {
    let folder = folder();
    let store = open(folder.path());
    let said = fill(&store, &mut Numbers(3), 1_500);
    let (gone, kept): (Said, Said) = said.into_iter().partition(|((room, _), _)| *room == 4);
    store.commit(&[Record::RoomGone(RoomId(4))]).expect("stored");
    assert_eq!((left(folder.path(), &all(&gone)), left(folder.path(), &all(&kept))), (0, kept.len()));
}

#[test]
fn readers_hold_it_up_only_while_they_read() {
    let folder = folder();
    let store = open(folder.path());
    let mut numbers = Numbers(4);
    let mut said = fill(&store, &mut numbers, 1_000);
    let mut reader = store.reader().expect("a reader");
    reader.page(RoomId(1), Span::After(Seq(0)), 10, 1_000).expect("read");
    let reading = connect::observer(&files::database(folder.path())).expect("opened");
    reading.execute_batch("BEGIN; SELECT count(*) FROM event;").expect("read");
    let taken = take_back(&store, &mut said);
    assert!(left(folder.path(), &taken) > 0, "the one who reads still sees it");
    assert!(store.finish(), "there is more to do");
    fill(&store, &mut numbers, 100);
    reading.execute_batch("COMMIT").expect("done");
    assert!(!store.finish(), "nobody reads");
    assert_eq!(left(folder.path(), &taken), 0);
    assert!(!store.finish(), "and that is all");
}

#[test]
fn what_was_held_up_is_done_with_a_later_commit() {
    let folder = folder();
    let store = open(folder.path());
    let mut said = fill(&store, &mut Numbers(5), 500);
    let reading = connect::observer(&files::database(folder.path())).expect("opened");
    reading.execute_batch("BEGIN; SELECT count(*) FROM event;").expect("read");
    let taken = take_back(&store, &mut said);
    drop(reading);
    let begun = std::time::Instant::now();
    while left(folder.path(), &taken) > 0 {
        assert!(begun.elapsed().as_secs() < 30);
        std::thread::sleep(std::time::Duration::from_millis(200));
        store.commit(&[Record::Event(append(1, "later"))]).expect("stored");
    }
}

#[test]
fn a_killed_server_leaves_nothing_to_the_next_one() {
    let folder = folder();
    let (data, killed) = (folder.path().join("data"), folder.path().join("killed"));
    let store = open(&data);
    let mut said = fill(&store, &mut Numbers(6), 500);
    let reading = connect::observer(&files::database(&data)).expect("opened");
    reading.execute_batch("BEGIN; SELECT count(*) FROM event;").expect("read");
    let taken = take_back(&store, &mut said);
    fs::create_dir(&killed).expect("made");
    for name in ["papo.db", "papo.db-wal"] {
        fs::copy(data.join(name), killed.join(name)).expect("copied");
    }
    assert!(left(&killed, &taken) > 0);
    let opened = open(&killed);
    assert_eq!((left(&killed, &taken), left(&killed, &all(&said))), (0, said.len()));
    drop(opened);
}

#[test]
fn what_an_earlier_program_left_is_removed() {
    let folder = folder();
    let data = folder.path();
    let mut said = fill(&open(data), &mut Numbers(7), 2_000);
    // As a program leaves it that does not know of copies: all rows are moved by SQLite alone.
    let conn = connect::first(&files::database(data)).expect("opened");
    connect::settle(&conn, WAL_MAX_BYTES).expect("set");
    conn.execute_batch(
        "CREATE TABLE old AS SELECT * FROM event ORDER BY id; DELETE FROM event;
         INSERT INTO event SELECT * FROM old ORDER BY id % 68719476736, id;
         DROP TABLE old; INSERT INTO meta VALUES ('residue', 1);",
    )
    .expect("moved");
    conn.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").expect("moved");
    let bytes = bytes(data);
    assert!(words(&bytes).values().any(|times| *times > 1), "otherwise this test proves nothing");
    drop(conn);
    let store = open(data);
    let taken = take_back(&store, &mut said);
    assert_eq!((left(data, &taken), left(data, &all(&said))), (0, said.len()));
}

#[test]
fn a_message_over_several_pages_goes_with_all_of_them() {
    let folder = folder();
    let store = open(folder.path());
    let mut numbers = Numbers(8);
    let texts: [Arc<str>; 3] = [1, 200, 4_000].map(|words| {
        let words: Vec<_> = (0..words).map(|_| numbers.text(1)).collect();
        words.concat().into()
    });
    store.commit(&[Record::Room(room(1, "a"))]).expect("stored");
    let said: Vec<_> = texts.iter().map(|text| Record::Event(append(1, text))).collect();
    store.commit(&said).expect("stored");
    assert_eq!(left(folder.path(), &texts), 3);
    let all_of = redact(1, RedactWhat::Of(append(1, "").person, 0));
    let stored = store.commit(&[Record::Redact(all_of)]).expect("stored");
    assert_eq!(stored, [Stored::Redacted(Seq(4), [1, 2, 3].map(Seq).into())]);
    assert_eq!(left(folder.path(), &texts), 0);
}

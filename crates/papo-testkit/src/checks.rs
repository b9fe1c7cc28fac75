//! What must be true of a server's logs, whatever has happened to it, its disk and its lines.
//!
//! Clients write down what they did and what they were told ([`Story`]); in the end the logs are read.
//! Each checker compares the two and returns every [`Fault`] that it finds:
//!
//! * [`acknowledged`] – what was acknowledged is in the log, once, in the place that was told;
//! * [`received`] – what anybody was shown is in the log, as it was shown;
//! * [`gapless`] – each log counts 1, 2, 3 …;
//! * [`held`] – a client that resumed holds exactly the log from where it first entered;
//! * [`posted`] – nothing is in a log that nobody posted there, and nothing is there twice;
//! * [`ordered`] – a client's posts stand in the order in which it sent them;
//! * [`kept`] – what people did to rooms and accounts holds, and what was rejected does not;
//! * [`gone`] – what was taken back is in no file.
//!
//! Texts are unique in a run: a text is its post. Rooms go by their names, since text clients know no more.

pub mod acknowledged;
pub mod gapless;
pub mod gone;
pub mod held;
pub mod kept;
pub mod ordered;
pub mod posted;
pub mod received;

use std::collections::BTreeMap;

/// An event of a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Its number.
    pub seq: u64,
    /// The name of who said it.
    pub author: String,
    /// What was said.
    pub text: String,
}

/// What the server has in the end: each room's events as they were read.
pub type Logs = BTreeMap<String, Vec<Event>>;

/// What a client knows of one of its posts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It was not answered.
    Unknown,
    /// It was refused for good.
    Refused,
    /// It was told to be stored, here or somewhere in its room.
    Stored(Option<u64>),
}

/// Something that a client sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Post {
    /// The room.
    pub room: String,
    /// What was said.
    pub text: String,
    /// What became of it.
    pub fate: Fate,
}

/// What a client was told of a room, in the order in which it was told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// It entered the room or resumed: everything after this seq is to come. What it held beyond is discarded.
    From(u64),
    /// An event came by itself, or the ack of an own post in its place.
    Event(Event),
    /// An own post is, by its ack, in this place; nothing is said of the others.
    Own(Event),
    /// Events that do not come by themselves, from the first to the last.
    Gap(u64, u64),
    /// A part of the log that it had asked for.
    Page(Vec<Event>),
    /// The log is another one, which has this head.
    Reset(u64),
    /// A text client entered the room; its lines have no seq.
    Entered,
    /// A line that a text client was shown.
    Line {
        /// The name of who said it.
        author: String,
        /// What was said.
        text: String,
    },
}

/// What one client did and was told.
#[derive(Clone, Debug, Default)]
pub struct Story {
    /// Who, for people.
    pub who: String,
    /// The names that it had.
    pub names: Vec<String>,
    /// What it posted, in order.
    pub posts: Vec<Post>,
    /// Those of them that were sent again, each with how many there were by then: these may stand before it.
    pub sent_again: BTreeMap<usize, usize>,
    /// What it was told, each with its room.
    pub told: Vec<(String, Told)>,
}

/// How a promise is broken.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// A post that was acknowledged is not in its room.
    Lost(String, String),
    /// It is there, but not in the place that was told.
    Misplaced(String, String),
    /// A text is in the logs more than once.
    Twice(String, String),
    /// Nobody posted this in this room, or not under this name.
    Invented(String, String),
    /// It was refused, and is there.
    Refused(String, String),
    /// The seq is not the one after that of the event before.
    Gap(String, u64),
    /// A client was shown what the log does not have so.
    Unseen(String, String),
    /// A client misses this event, or was never shown it.
    Hole(String, u64),
    /// A client was shown it once more, or out of order.
    Again(String, u64),
    /// It stands behind what the same client sent after it.
    Overtaken(String, String),
    /// A client was told that a log is another one, and it is not.
    Reset(String, u64),
    /// Something has this value, though another one was acknowledged.
    Undone(String, String),
    /// Something has this value, which was rejected.
    Rejected(String, String),
    /// A file holds a text that was taken back.
    Remains(String, String),
}

/// Everything that is wrong with what was said.
pub fn all(stories: &[Story], logs: &Logs) -> Vec<Fault> {
    let mut faults = acknowledged::check(stories, logs);
    faults.extend(received::check(stories, logs));
    faults.extend(gapless::check(logs));
    faults.extend(held::check(stories, logs));
    faults.extend(posted::check(stories, logs));
    faults.extend(ordered::check(stories, logs));
    faults
}

/// An event, for tables.
#[cfg(test)]
fn event(seq: u64, author: &str, text: &str) -> Event {
    Event { seq, author: author.into(), text: text.into() }
}

/// The log of the room "r", by texts of Ana.
#[cfg(test)]
fn log(texts: &[(u64, &str)]) -> Logs {
    Logs::from([("r".to_owned(), texts.iter().map(|(seq, text)| event(*seq, "Ana", text)).collect())])
}

/// What Ana posted in the room "r".
#[cfg(test)]
fn posts(posts: &[(&str, Fate)]) -> Story {
    let posts = posts.iter().map(|(text, fate)| Post { room: "r".into(), text: (*text).into(), fate: *fate });
    Story { who: "Ana".into(), names: vec!["Ana".into()], posts: posts.collect(), ..Story::default() }
}

/// What Bob was told of the room "r".
#[cfg(test)]
fn told(told: &[Told]) -> Story {
    let told = told.iter().map(|told| ("r".to_owned(), told.clone())).collect();
    Story { who: "Bob".into(), names: vec!["Bob".into()], told, ..Story::default() }
}

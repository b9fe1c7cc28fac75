//! What may happen to a hub, in any order.

use papo_proto::{Encoding, Lang};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use crate::tail::Turn;

/// A name as typed, as shown, and what makes it the same as others; `None` when nobody may have it.
pub(crate) type Name = (&'static str, &'static str, Option<&'static str>);

/// Names in several cases, look-alikes, and some that are refused.
pub(crate) const NAMES: [Name; 12] = [
    ("Ana", "Ana", Some("ana")),
    ("ANA", "ANA", Some("ana")),
    ("ana", "ana", Some("ana")),
    ("аnа", "аnа", Some("ana")),
    ("Bia", "Bia", Some("bia")),
    ("paul", "paul", Some("paul")),
    ("pau1", "pau1", Some("paul")),
    ("maria", "maria", Some("maria")),
    ("rnaria", "rnaria", Some("maria")),
    ("Zé", "Zé", Some("ze")),
    ("Papo", "Papo", None),
    ("a b", "a b", None),
];

/// Rooms, likewise.
pub(crate) const ROOMS: [Name; 8] = [
    ("geral", "geral", Some("geral")),
    ("#GERAL", "GERAL", Some("geral")),
    ("Jogos", "Jogos", Some("jogos")),
    ("#jogos", "jogos", Some("jogos")),
    ("Ção", "Ção", Some("ção")),
    ("ÇÃO", "ÇÃO", Some("ção")),
    ("x", "x", Some("x")),
    ("a:b", "a:b", None),
];

/// What a person sends.
#[derive(Clone, Debug)]
pub(crate) enum Said {
    Nick(Name),
    Join(Name),
    Create(Name),
    CreateNumbered(u8),
    Post(String),
    Leave,
    Who,
    Rooms,
    Help,
    Lang(Lang),
    Quit,
    Nonsense,
}

/// One step of a run. A person is an index among those who have connected so far.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    Open {
        shard: u16,
        encoding: Encoding,
        address: u8,
    },
    Say(Index, Said),
    /// Enters and leaves a room over and over, faster than it is told one by one.
    Hop(Index, Name, u8),
    /// Makes so many rooms, to come to the limit of an address.
    Build(Index, u8),
    /// The connection ends; the client may have said so before.
    Lose(Index, bool),
    Drain,
    /// So many milliseconds pass, and the hub is told.
    Pass(u64),
    Publish,
    /// A batch goes to the store.
    Take,
    Commit,
    Fail,
    /// A connection may write.
    Write(Index, Turn),
    /// A shard looks into its inbox.
    Look(u16),
}

/// What differs between runs.
#[derive(Clone, Debug)]
pub(crate) struct Setting {
    pub(crate) shards: u16,
    pub(crate) flood: bool,
    /// Bytes of backlog; so few that readers fall behind, in some runs.
    pub(crate) backlog_bytes: usize,
    /// Shards do not wait until the hub has published: they read in the middle of it.
    pub(crate) eager: bool,
}

pub(crate) fn setting() -> impl Strategy<Value = Setting> {
    let backlog_bytes = prop_oneof![3 => Just(64 << 20), 1 => 0..4000_usize];
    (1..=3_u16, any::<bool>(), backlog_bytes, any::<bool>()).prop_map(|(shards, flood, backlog_bytes, eager)| Setting {
        shards,
        flood,
        backlog_bytes,
        eager,
    })
}

/// A run begins with some connections, or nothing would happen for long.
pub(crate) fn steps(max: usize) -> impl Strategy<Value = Vec<Step>> {
    (vec(open(), 2..5), vec(step(), 1..max)).prop_map(|(mut all, then)| {
        all.extend(then);
        all
    })
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => open(),
        60 => (any::<Index>(), said()).prop_map(|(who, said)| Step::Say(who, said)),
        1 => (any::<Index>(), select(&ROOMS[..7]), 1..24_u8).prop_map(|(who, room, times)| Step::Hop(who, room, times)),
        1 => (any::<Index>(), 1..25_u8).prop_map(|(who, rooms)| Step::Build(who, rooms)),
        3 => (any::<Index>(), any::<bool>()).prop_map(|(who, said_so)| Step::Lose(who, said_so)),
        1 => prop_oneof![30 => Just(Step::Publish), 1 => Just(Step::Drain)],
        5 => select(vec![0_u64, 1, 400, 1000, 200_000, 86_400_000]).prop_map(Step::Pass),
        25 => Just(Step::Publish),
        20 => Just(Step::Take),
        18 => Just(Step::Commit),
        4 => Just(Step::Fail),
        30 => (any::<Index>(), turn()).prop_map(|(who, turn)| Step::Write(who, turn)),
        12 => (0..3_u16).prop_map(Step::Look),
    ]
}

fn open() -> impl Strategy<Value = Step> {
    (0..3_u16, 0..Encoding::COUNT, 0..2_u8).prop_map(|(shard, at, address)| Step::Open {
        shard,
        encoding: Encoding::at(at),
        address,
    })
}

pub(crate) fn turn() -> impl Strategy<Value = Turn> {
    let bytes = prop_oneof![1 => Just(0_usize), 3 => 1..10_usize, 3 => 10..200_usize, 3 => Just(usize::MAX)];
    (bytes, prop_oneof![1..4_usize, Just(64)]).prop_map(|(bytes, runs)| Turn { bytes, runs })
}

fn said() -> impl Strategy<Value = Said> {
    prop_oneof![
        8 => select(&NAMES[..]).prop_map(Said::Nick),
        8 => select(&ROOMS[..]).prop_map(Said::Join),
        3 => select(&ROOMS[..]).prop_map(Said::Create),
        1 => (0..40_u8).prop_map(Said::CreateNumbered),
        20 => (0..1000_u16).prop_map(|n| Said::Post(format!("mensagem {n}"))),
        1 => (10_000..60_000_usize).prop_map(|long| Said::Post("ã".repeat(long / 2))),
        4 => Just(Said::Leave),
        3 => Just(Said::Who),
        3 => Just(Said::Rooms),
        1 => Just(Said::Help),
        4 => select(&Lang::ALL[..]).prop_map(Said::Lang),
        2 => Just(Said::Quit),
        1 => Just(Said::Nonsense),
    ]
}

impl Said {
    /// The line that is sent.
    pub(crate) fn line(&self) -> String {
        match self {
            Self::Nick((typed, ..)) => format!("/nick {typed}"),
            Self::Join((typed, ..)) => format!("/join {typed}"),
            Self::Create((typed, ..)) => format!("/create {typed}"),
            Self::CreateNumbered(n) => format!("/create n{n}"),
            Self::Post(text) => text.clone(),
            Self::Leave => "/leave".to_owned(),
            Self::Who => "/who".to_owned(),
            Self::Rooms => "/rooms".to_owned(),
            Self::Help => "/help".to_owned(),
            Self::Lang(lang) => format!("/lang {}", lang.tag()),
            Self::Quit => "/quit".to_owned(),
            Self::Nonsense => "/dance".to_owned(),
        }
    }
}

//! What may happen to a hub, in any order.

use papo_proto::{Dialect, Encoding, Framing, Lang, Nickname, Reject, RoomName, papo1};
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
    History(u8),
    /// Of a program: a ping.
    Help,
    /// Of a program: that it types.
    Lang(Lang),
    Quit,
    Nonsense,
}

/// Beside what a program says: which number it has, and which room it is about.
#[derive(Clone, Copy, Debug)]
pub(crate) struct About {
    /// So many posts back is the number that is used again; 0 for a new one.
    pub(crate) back: u64,
    /// One of its rooms, or any.
    pub(crate) own: bool,
    pub(crate) room: Index,
}

/// The first words of a program.
#[derive(Clone, Debug)]
pub(crate) struct Greeting {
    pub(crate) nick: Option<Name>,
    /// One of the sessions so far is to go on; when there is none, a token that nobody has.
    pub(crate) whose: Option<Index>,
    pub(crate) follows: bool,
    /// The rooms that the session was in, each as far as its client has read.
    pub(crate) faithful: bool,
    pub(crate) rooms: Vec<(Index, At)>,
}

/// Which cursor a client names.
#[derive(Clone, Copy, Debug)]
pub(crate) enum At {
    Nothing,
    Half,
    Head,
    Beyond,
    OtherEpoch,
}

/// One step of a run. A person is an index among those who have connected so far.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    Open {
        shard: u16,
        encoding: Encoding,
        address: u8,
        /// What a program says at once.
        greeting: Option<Greeting>,
    },
    Hello(Index, Greeting),
    Say(Index, Said, About),
    /// Says so many things at once.
    Chatter(Index, u16),
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
    /// How much was said in the lobby before; `None` when there was nothing at all.
    pub(crate) before: Option<u64>,
}

pub(crate) fn setting() -> impl Strategy<Value = Setting> {
    let backlog_bytes = prop_oneof![3 => Just(64 << 20), 1 => 0..4000_usize];
    let before = prop_oneof![Just(None), Just(Some(0)), Just(Some(3)), Just(Some(600))];
    (1..=3_u16, any::<bool>(), backlog_bytes, any::<bool>(), before).prop_map(
        |(shards, flood, backlog_bytes, eager, before)| Setting { shards, flood, backlog_bytes, eager, before },
    )
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
        5 => open(),
        3 => (any::<Index>(), greeting()).prop_map(|(who, greeting)| Step::Hello(who, greeting)),
        70 => (any::<Index>(), said(), about()).prop_map(|(who, said, about)| Step::Say(who, said, about)),
        1 => (any::<Index>(), 1..40_u16).prop_map(|(who, times)| Step::Chatter(who, times)),
        1 => (any::<Index>(), select(&ROOMS[..7]), 1..24_u8).prop_map(|(who, room, times)| Step::Hop(who, room, times)),
        1 => (any::<Index>(), 1..25_u8).prop_map(|(who, rooms)| Step::Build(who, rooms)),
        3 => (any::<Index>(), any::<bool>()).prop_map(|(who, said_so)| Step::Lose(who, said_so)),
        1 => prop_oneof![30 => Just(Step::Publish), 1 => Just(Step::Drain)],
        5 => select(vec![0_u64, 1, 400, 1000, 29_000, 31_000, 200_000, 86_400_000]).prop_map(Step::Pass),
        25 => Just(Step::Publish),
        20 => Just(Step::Take),
        18 => Just(Step::Commit),
        4 => Just(Step::Fail),
        30 => (any::<Index>(), turn()).prop_map(|(who, turn)| Step::Write(who, turn)),
        12 => (0..3_u16).prop_map(Step::Look),
    ]
}

/// A program seldom waits before it says hello.
fn open() -> impl Strategy<Value = Step> {
    let encoding = (any::<bool>(), any::<bool>(), select(&Lang::ALL[..])).prop_map(|(web, program, lang)| {
        let framing = if web { Framing::WebSocket } else { Framing::Length };
        Encoding { framing, dialect: if program { Dialect::Papo1 } else { Dialect::Text }, lang }
    });
    let greeting = prop_oneof![9 => greeting().prop_map(Some), 1 => Just(None)];
    (0..3_u16, encoding, 0..2_u8, greeting).prop_map(|(shard, encoding, address, greeting)| Step::Open {
        shard,
        encoding,
        address,
        greeting,
    })
}

fn greeting() -> impl Strategy<Value = Greeting> {
    let nick = prop_oneof![2 => select(&NAMES[..10]).prop_map(Some), 1 => Just(None)];
    let at = select(vec![At::Nothing, At::Half, At::Head, At::Beyond, At::OtherEpoch]);
    let whose = prop_oneof![Just(None), any::<Index>().prop_map(Some)];
    (nick, whose, any::<bool>(), any::<bool>(), vec((any::<Index>(), at), 0..4))
        .prop_map(|(nick, whose, follows, faithful, rooms)| Greeting { nick, whose, follows, faithful, rooms })
}

fn about() -> impl Strategy<Value = About> {
    let back = prop_oneof![4 => Just(0), 1 => 1..5_u64];
    let own = prop_oneof![9 => Just(true), 1 => Just(false)];
    (back, own, any::<Index>()).prop_map(|(back, own, room)| About { back, own, room })
}

pub(crate) fn turn() -> impl Strategy<Value = Turn> {
    let bytes = prop_oneof![1 => Just(0_usize), 3 => 1..10_usize, 3 => 10..200_usize, 3 => Just(usize::MAX)];
    let runs = prop_oneof![1..4_usize, Just(64)];
    (bytes, runs, any::<bool>()).prop_map(|(bytes, runs, rooms_first)| Turn { bytes, runs, rooms_first })
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
        2 => (1..9_u8).prop_map(Said::History),
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
            Self::History(limit) => format!("/history {limit}"),
            Self::Help => "/help".to_owned(),
            Self::Lang(lang) => format!("/lang {}", lang.tag()),
            Self::Quit => "/quit".to_owned(),
            Self::Nonsense => "/dance".to_owned(),
        }
    }

    /// The frame that a program sends.
    pub(crate) fn frame(&self, txn: u64, room: u64) -> String {
        let rest = match self {
            Self::Nick((typed, ..)) => format!(r#""nick","nick":"{typed}""#),
            Self::Join((typed, ..)) => format!(r#""join","room":"{typed}""#),
            Self::Create((typed, ..)) => format!(r#""create","room":"{typed}""#),
            Self::CreateNumbered(n) => format!(r#""create","room":"n{n}""#),
            Self::Post(text) => format!(r#""post","room":{room},"text":"{text}""#),
            Self::Leave => format!(r#""leave","room":{room}"#),
            Self::Who => format!(r#""who","room":{room}"#),
            Self::Rooms => r#""rooms""#.to_owned(),
            Self::History(limit) => format!(r#""history","room":{room},"limit":{limit}"#),
            Self::Help => r#""ping""#.to_owned(),
            Self::Lang(_) => format!(r#""typing","room":{room}"#),
            Self::Quit => r#""bye""#.to_owned(),
            Self::Nonsense => r#""dance""#.to_owned(),
        };
        format!(r#"{{"txn":{txn},"do":{rest}}}"#)
    }

    /// Why it is no command, if it is none.
    pub(crate) fn mistake(&self, is_program: bool) -> Option<Reject> {
        match self {
            Self::Nick((typed, _, None)) => Nickname::parse(typed).err().map(Reject::Nickname),
            Self::Join((typed, _, None)) | Self::Create((typed, _, None)) => {
                RoomName::parse(typed).err().map(Reject::Room)
            }
            Self::Nonsense if is_program => papo1::decode(self.frame(1, 0).as_bytes(), usize::MAX).said.err(),
            Self::Nonsense => Some(Reject::UnknownCommand("/dance".to_owned())),
            _ => None,
        }
    }
}

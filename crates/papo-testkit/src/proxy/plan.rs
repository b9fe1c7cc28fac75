//! What is done to a line.

use std::time::Duration;

use crate::Random;

/// The longest pause.
const DELAY_MAX_MS: usize = 25;
/// Pieces of a trickle are at most so long.
const TRICKLE_MAX_BYTES: usize = 7;
/// Within so many bytes a line ends that is to end.
const END_WITHIN_BYTES: usize = 12_000;

/// What is done to both ways of a line; nothing, by default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// From the client to the server.
    pub up: Way,
    /// From the server to the client.
    pub down: Way,
}

/// What is done to one way of a line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Way {
    /// How bytes travel.
    pub pace: Pace,
    /// How the line ends, after so many bytes of this way.
    pub end: Option<(u64, End)>,
}

/// How bytes travel.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Pace {
    /// As they come.
    #[default]
    Swift,
    /// Each time that bytes come they rest for up to so long.
    Delayed(Duration),
    /// A few bytes at a time.
    Trickle(usize),
}

/// How a line ends before its ends want it to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// Both ends see an orderly end.
    Cut,
    /// The receiver sees an end; the other way stays as it is.
    Half,
    /// Both ends see a reset, and may lose what they have not read.
    Reset,
}

impl Plan {
    /// Any plan. Most lines end, some live for a few bytes only.
    pub fn random(random: &mut Random) -> Self {
        let (up, down) = (Way::random(random), Way::random(random));
        // One way is enough to end a line; two would end it sooner than anything can happen.
        if random.chance(2) {
            Self { up, down: Way { end: None, ..down } }
        } else {
            Self { up: Way { end: None, ..up }, down }
        }
    }

    /// Whether nothing is done at all.
    pub fn is_faithful(&self) -> bool {
        *self == Self::default()
    }
}

impl Way {
    fn random(random: &mut Random) -> Self {
        let pace = match random.below(4) {
            0 => Pace::Delayed(Duration::from_millis(1 + random.below(DELAY_MAX_MS) as u64)),
            1 => Pace::Trickle(1 + random.below(TRICKLE_MAX_BYTES)),
            _ => Pace::Swift,
        };
        let within = *random.pick(&[64, 600, END_WITHIN_BYTES, END_WITHIN_BYTES]);
        let end = match random.below(8) {
            0 | 1 => Some(End::Cut),
            2 | 3 => Some(End::Half),
            4..=6 => Some(End::Reset),
            _ => None,
        };
        Self { pace, end: end.map(|end| (random.below(within) as u64, end)) }
    }
}

//! From bytes to what a session sent: frames are cut, paced and decoded.

use std::time::Duration;

use papo_hub::rate::{Rate, TokenBucket};
use papo_proto::frame::FrameDecoder;
use papo_proto::limits::{FLOOD_BURST_FRAMES, FLOOD_FRAMES_PER_SECOND, PAPO1_FRAME_FACTOR};
use papo_proto::papo1::{self, Hello, Said, Sent};
use papo_proto::ws::{Role, WsDecoder};
use papo_proto::{Command, Cut, Dialect, FrameError, Reject, Txn, text};

/// How fast a connection may send frames.
const FRAME_RATE: Rate =
    Rate { burst: FLOOD_BURST_FRAMES, every: Duration::from_millis(1000 / FLOOD_FRAMES_PER_SECOND as u64) };

/// What a connection's bytes came to.
#[derive(Debug)]
pub(crate) enum Received {
    /// For the hub: a command with its number, if it has one, or what could not be made a command.
    Line(Option<Txn>, Result<Command, Reject>),
    /// A session is to begin or to go on.
    Hello(Option<Txn>, Box<Hello>),
    /// From here on the connection speaks papo/1.
    Structured,
    /// A ping to answer.
    Ping(Vec<u8>),
    /// The answer to our ping.
    Pong,
}

/// Why a connection's bytes come to no more.
#[derive(Debug)]
pub(crate) enum End {
    /// The peer closed the WebSocket.
    Closed,
    /// The peer does not speak the framing.
    Broken(FrameError),
}

/// What cuts frames from the stream, with what has come and is not yet cut.
#[derive(Debug)]
pub(crate) enum Intake {
    /// Nothing is cut: what the peer speaks is not known, or it is not listened to.
    None,
    /// Frames with a length. The first frame may open papo/1.
    Length { decoder: FrameDecoder, waiting: Vec<u8>, is_first: bool },
    /// WebSocket frames. Boxed: few connections, and much larger.
    WebSocket { decoder: Box<WsDecoder>, waiting: Vec<u8> },
}

/// The pace of one connection.
#[derive(Debug)]
pub(crate) struct Pace<'a> {
    pub(crate) bucket: &'a mut TokenBucket,
    /// `None` when nothing is paced.
    pub(crate) now: Option<Duration>,
}

/// What [`Intake::take`] did beside filling its list.
#[derive(Debug, Default)]
pub(crate) struct Taken {
    /// The rate is used up until then; the rest waits.
    pub(crate) slow_until: Option<Duration>,
    /// Nothing more comes.
    pub(crate) end: Option<End>,
    /// Whole messages that were cut, also those that mean nothing.
    pub(crate) messages: usize,
    /// An answer that may be long comes first; the rest waits for its own turn.
    pub(crate) is_cut_short: bool,
}

impl Intake {
    pub(crate) fn length(message_max: usize, early: Vec<u8>) -> Self {
        Intake::Length { decoder: FrameDecoder::new(message_max), waiting: early, is_first: true }
    }

    pub(crate) fn websocket(message_max: usize, dialect: Dialect, early: Vec<u8>) -> Self {
        let frame_max = frame_max(message_max, dialect);
        Intake::WebSocket { decoder: Box::new(WsDecoder::new(Role::Server, frame_max)), waiting: early }
    }

    /// Whether bytes have come that are not cut yet.
    pub(crate) fn is_waiting(&self) -> bool {
        match self {
            Intake::None => false,
            Intake::Length { waiting, .. } | Intake::WebSocket { waiting, .. } => !waiting.is_empty(),
        }
    }

    /// Whether the rest of a begun frame is awaited.
    pub(crate) fn is_inside_frame(&self) -> bool {
        match self {
            Intake::None => false,
            Intake::Length { decoder, .. } => decoder.is_inside_frame(),
            Intake::WebSocket { decoder, .. } => decoder.is_inside_frame(),
        }
    }

    /// From now on frames may be so long.
    fn widen(&mut self, frame_max: usize) {
        if let Intake::Length { decoder, .. } = self {
            decoder.set_message_max(frame_max);
        }
    }

    /// Cuts and decodes what waits, and then `fresh`, as far as the pace allows; the rest waits.
    /// At most one of the two holds anything: who has bytes waiting is not read from.
    pub(crate) fn take(
        &mut self,
        fresh: &[u8],
        mut pace: Pace<'_>,
        (mut dialect, message_max): (Dialect, usize),
        received: &mut Vec<Received>,
    ) -> Taken {
        let before = match self {
            Intake::None => return Taken::default(),
            Intake::Length { waiting, .. } | Intake::WebSocket { waiting, .. } => std::mem::take(waiting),
        };
        debug_assert!(before.is_empty() || fresh.is_empty());
        let mut input = if before.is_empty() { fresh } else { &before };
        let taken = self.cut(&mut input, &mut pace, (&mut dialect, message_max), received);
        if taken.end.is_none()
            && !input.is_empty()
            && let Intake::Length { waiting, .. } | Intake::WebSocket { waiting, .. } = self
        {
            *waiting = input.to_vec();
        }
        taken
    }

    fn cut(
        &mut self,
        input: &mut &[u8],
        pace: &mut Pace<'_>,
        (dialect, message_max): (&mut Dialect, usize),
        received: &mut Vec<Received>,
    ) -> Taken {
        let mut taken = Taken::default();
        while !input.is_empty() && !taken.is_cut_short {
            let mut bucket = *pace.bucket;
            if let Some(now) = pace.now
                && let Err(at) = bucket.take(FRAME_RATE, now)
            {
                taken.slow_until = Some(at);
                return taken;
            }
            let is_first = matches!(self, Intake::Length { is_first: true, .. });
            let cut = match self {
                Intake::None => return taken,
                Intake::Length { decoder, .. } => decoder.next(input),
                Intake::WebSocket { decoder, .. } => decoder.next(input),
            };
            match cut {
                Ok(None) => break,
                Ok(Some(Cut::Frame(frame))) => {
                    *pace.bucket = bucket;
                    taken.messages += 1;
                    let opens = is_first && frame.starts_with(papo1::PREFIX);
                    let frame = if opens { &frame[papo1::PREFIX.len()..] } else { frame };
                    if opens {
                        *dialect = Dialect::Papo1;
                        received.push(Received::Structured);
                    }
                    let heard = decode(*dialect, frame, message_max);
                    taken.is_cut_short = heard.as_ref().is_some_and(Received::has_long_answer);
                    received.extend(heard);
                    if opens {
                        self.widen(frame_max(message_max, Dialect::Papo1));
                    }
                }
                Ok(Some(Cut::TooLong { .. })) => {
                    *pace.bucket = bucket;
                    taken.messages += 1;
                    received.push(Received::Line(None, Err(Reject::MessageTooLong { max_bytes: message_max })));
                }
                Ok(Some(Cut::Ping(payload))) => received.push(Received::Ping(payload.to_vec())),
                Ok(Some(Cut::Pong)) => received.push(Received::Pong),
                Ok(Some(Cut::Close(_))) => taken.end = Some(End::Closed),
                Err(error) => taken.end = Some(End::Broken(error)),
            }
            if let (true, Intake::Length { is_first, .. }) = (taken.messages > 0, &mut *self) {
                *is_first = false;
            }
            if taken.end.is_some() {
                return taken;
            }
        }
        // The decoder frees what it lent only when it is asked again.
        match self {
            Intake::None => {}
            Intake::Length { decoder, .. } => drop(decoder.next(&mut &[][..])),
            Intake::WebSocket { decoder, .. } => drop(decoder.next(&mut &[][..])),
        }
        taken
    }
}

impl Received {
    /// Whether its answer may be long, or must come before anything else is decided.
    fn has_long_answer(&self) -> bool {
        matches!(
            self,
            Received::Hello(..) | Received::Line(_, Ok(Command::Rooms | Command::Who(_) | Command::History { .. }))
        )
    }
}

/// How long a frame may be that holds a message of so many bytes.
fn frame_max(message_max: usize, dialect: Dialect) -> usize {
    match dialect {
        Dialect::Text => message_max,
        Dialect::Papo1 => message_max.saturating_mul(PAPO1_FRAME_FACTOR),
    }
}

fn decode(dialect: Dialect, frame: &[u8], message_max: usize) -> Option<Received> {
    #[cfg(test)]
    assert_ne!(frame, b"/panic", "a test asked for it");
    match dialect {
        Dialect::Text => text::decode(frame).map(|line| Received::Line(None, line)),
        Dialect::Papo1 => Some(match papo1::decode(frame, message_max) {
            Sent { txn, said: Ok(Said::Hello(hello)) } => Received::Hello(txn, hello),
            Sent { txn, said: Ok(Said::Command(command)) } => Received::Line(txn, Ok(command)),
            Sent { txn, said: Err(reject) } => Received::Line(txn, Err(reject)),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use papo_proto::frame;

    const TEXT: (Dialect, usize) = (Dialect::Text, 1000);

    fn burst(frames: usize) -> Vec<u8> {
        let mut bytes = Vec::new();
        for n in 0..frames {
            frame::encode(n.to_string().as_bytes(), &mut bytes);
        }
        bytes
    }

    #[test]
    fn over_the_rate_frames_wait_and_none_is_lost() {
        let mut intake = Intake::length(1000, Vec::new());
        let mut bucket = TokenBucket::default();
        let mut received = Vec::new();
        let mut now = Duration::from_secs(10);
        let mut fresh = burst(33);
        let mut turns = 0;
        loop {
            let taken = intake.take(&fresh, Pace { bucket: &mut bucket, now: Some(now) }, TEXT, &mut received);
            fresh.clear();
            let Some(until) = taken.slow_until else { break };
            assert!(intake.is_waiting());
            now = until;
            turns += 1;
        }
        assert_eq!(received.len(), 33);
        assert_eq!(turns, 33 - FLOOD_BURST_FRAMES);
        assert_eq!(now, Duration::from_secs(10) + FRAME_RATE.every * turns);
    }

    #[test]
    fn after_a_command_with_a_long_answer_the_rest_waits() {
        let mut bytes = Vec::new();
        for text in ["um", "/rooms", "dois"] {
            frame::encode(text.as_bytes(), &mut bytes);
        }
        let mut intake = Intake::length(1000, Vec::new());
        let mut received = Vec::new();
        let take = |intake: &mut Intake, bytes: &[u8], received: &mut Vec<Received>| {
            intake.take(bytes, Pace { bucket: &mut TokenBucket::default(), now: None }, TEXT, received)
        };
        assert!(take(&mut intake, &bytes, &mut received).is_cut_short);
        assert!(received.len() == 2 && intake.is_waiting());
        assert!(!take(&mut intake, &[], &mut received).is_cut_short);
        assert!(received.len() == 3 && !intake.is_waiting());
    }

    #[test]
    fn without_a_pace_everything_is_taken_at_once() {
        let mut intake = Intake::length(1000, Vec::new());
        let mut received = Vec::new();
        let pace = Pace { bucket: &mut TokenBucket::default(), now: None };
        let taken = intake.take(&burst(500), pace, TEXT, &mut received);
        assert!(taken.slow_until.is_none() && !intake.is_waiting());
        assert_eq!(received.len(), 500);
    }
}

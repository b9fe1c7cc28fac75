//! From bytes to what a session sent: frames are cut, paced and decoded.

use std::time::Duration;

use papo_hub::rate::{Rate, TokenBucket};
use papo_proto::frame::FrameDecoder;
use papo_proto::limits::{FLOOD_BURST_FRAMES, FLOOD_FRAMES_PER_SECOND};
use papo_proto::ws::{Role, WsDecoder};
use papo_proto::{Command, Cut, FrameError, Reject, text};

/// How fast a connection may send frames.
const FRAME_RATE: Rate =
    Rate { burst: FLOOD_BURST_FRAMES, every: Duration::from_millis(1000 / FLOOD_FRAMES_PER_SECOND as u64) };

/// What a connection's bytes came to.
#[derive(Debug)]
pub(crate) enum Received {
    /// For the hub: a command, or what could not be made one.
    Line(Result<Command, Reject>),
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
    /// Frames with a length.
    Length { decoder: FrameDecoder, waiting: Vec<u8> },
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
    pub(crate) fn length(message_max: usize) -> Self {
        Intake::Length { decoder: FrameDecoder::new(message_max), waiting: Vec::new() }
    }

    pub(crate) fn websocket(message_max: usize, early: Vec<u8>) -> Self {
        Intake::WebSocket { decoder: Box::new(WsDecoder::new(Role::Server, message_max)), waiting: early }
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

    /// Cuts and decodes what waits, and then `fresh`, as far as the pace allows; the rest waits.
    /// At most one of the two holds anything: who has bytes waiting is not read from.
    pub(crate) fn take(
        &mut self,
        fresh: &[u8],
        mut pace: Pace<'_>,
        message_max: usize,
        received: &mut Vec<Received>,
    ) -> Taken {
        let before = match self {
            Intake::None => return Taken::default(),
            Intake::Length { waiting, .. } | Intake::WebSocket { waiting, .. } => std::mem::take(waiting),
        };
        debug_assert!(before.is_empty() || fresh.is_empty());
        let mut input = if before.is_empty() { fresh } else { &before };
        let taken = self.cut(&mut input, &mut pace, message_max, received);
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
        message_max: usize,
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
                    let line = decode(frame);
                    taken.is_cut_short = matches!(line, Some(Ok(Command::Rooms | Command::Who)));
                    received.extend(line.map(Received::Line));
                }
                Ok(Some(Cut::TooLong { .. })) => {
                    *pace.bucket = bucket;
                    taken.messages += 1;
                    received.push(Received::Line(Err(Reject::MessageTooLong { max_bytes: message_max })));
                }
                Ok(Some(Cut::Ping(payload))) => received.push(Received::Ping(payload.to_vec())),
                Ok(Some(Cut::Pong)) => received.push(Received::Pong),
                Ok(Some(Cut::Close(_))) => taken.end = Some(End::Closed),
                Err(error) => taken.end = Some(End::Broken(error)),
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

fn decode(frame: &[u8]) -> Option<Result<Command, Reject>> {
    #[cfg(test)]
    assert_ne!(frame, b"/panic", "a test asked for it");
    text::decode(frame)
}

#[cfg(test)]
mod tests {
    use super::*;
    use papo_proto::frame;

    fn burst(frames: usize) -> Vec<u8> {
        let mut bytes = Vec::new();
        for n in 0..frames {
            frame::encode(n.to_string().as_bytes(), &mut bytes);
        }
        bytes
    }

    #[test]
    fn over_the_rate_frames_wait_and_none_is_lost() {
        let mut intake = Intake::length(1000);
        let mut bucket = TokenBucket::default();
        let mut received = Vec::new();
        let mut now = Duration::from_secs(10);
        let mut fresh = burst(33);
        let mut turns = 0;
        loop {
            let taken = intake.take(&fresh, Pace { bucket: &mut bucket, now: Some(now) }, 1000, &mut received);
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
        let mut intake = Intake::length(1000);
        let mut received = Vec::new();
        let take = |intake: &mut Intake, bytes: &[u8], received: &mut Vec<Received>| {
            intake.take(bytes, Pace { bucket: &mut TokenBucket::default(), now: None }, 1000, received)
        };
        assert!(take(&mut intake, &bytes, &mut received).is_cut_short);
        assert!(received.len() == 2 && intake.is_waiting());
        assert!(!take(&mut intake, &[], &mut received).is_cut_short);
        assert!(received.len() == 3 && !intake.is_waiting());
    }

    #[test]
    fn without_a_pace_everything_is_taken_at_once() {
        let mut intake = Intake::length(1000);
        let mut received = Vec::new();
        let pace = Pace { bucket: &mut TokenBucket::default(), now: None };
        let taken = intake.take(&burst(500), pace, 1000, &mut received);
        assert!(taken.slow_until.is_none() && !intake.is_waiting());
        assert_eq!(received.len(), 500);
    }
}

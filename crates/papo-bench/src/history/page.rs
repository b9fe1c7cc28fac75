//! One page that was asked for, and whether what came is it.

use papo_proto::papo1::ServerFrame;
use papo_proto::papo1::server::{Answer, RoomEvent};

use super::PAGE;
use crate::crowd::Heard;
use crate::durable::number;
use crate::error::BenchError;
use crate::programs::parsed;

/// A page that was asked for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Page {
    pub(super) txn: u64,
    pub(super) room: u64,
    /// Its first seq.
    pub(super) from: u64,
}

const SEQ: &[u8] = br#","seq":"#;

impl Page {
    /// Whether it is right, if it is the answer. To read every page as a whole would cost more than
    /// making it: of most the first and the last seq are looked at.
    pub(super) fn is_answered(self, heard: &Heard<'_>, as_a_whole: bool) -> Result<Option<bool>, BenchError> {
        let begins = format!(r#"{{"is":"ack","txn":{},"answer":{{"to":"history""#, self.txn);
        if !as_a_whole && heard.text.starts_with(begins.as_bytes()) {
            let (first, last) = (first_seq(heard.text), last_seq(heard.text));
            return Ok(Some(first == Some(self.from) && last == Some(self.from + PAGE - 1)));
        }
        match parsed(heard)? {
            Some(ServerFrame::Ack { txn, answer: Answer::History { room, events, .. } }) if txn == self.txn => {
                let seqs = events.iter().filter_map(|event| match event {
                    RoomEvent::Message(message) => Some(message.seq),
                    _ => None,
                });
                Ok(Some(room == self.room && seqs.eq(self.from..self.from + PAGE)))
            }
            Some(ServerFrame::Reject { txn: Some(txn), text, .. }) if txn == self.txn => {
                Err(BenchError::Refused { link: heard.link, said: text.to_string() })
            }
            _ => Ok(None),
        }
    }
}

fn first_seq(text: &[u8]) -> Option<u64> {
    let at = text.windows(SEQ.len()).position(|part| part == SEQ)?;
    Some(number(&text[at + SEQ.len()..])?.0)
}

fn last_seq(text: &[u8]) -> Option<u64> {
    let at = text.windows(SEQ.len()).rposition(|part| part == SEQ)?;
    Some(number(&text[at + SEQ.len()..])?.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(from: u64, count: u64, as_a_whole: bool) -> Option<bool> {
        let event = |seq| format!(r#"{{"is":"message","room":3,"seq":{seq},"at":1,"author":"Ana","text":"oi"}}"#);
        let events: Vec<String> = (from..from + count).map(event).collect();
        let text = format!(
            r#"{{"is":"ack","txn":9,"answer":{{"to":"history","room":3,"first":1,"head":500,"events":[{}]}}}}"#,
            events.join(",")
        );
        let heard = Heard { link: 0, room: 0, sender: None, text: text.as_bytes(), at: 0 };
        Page { txn: 9, room: 3, from: 101 }.is_answered(&heard, as_a_whole).expect("a frame")
    }

    #[test]
    fn a_page_is_right_when_it_is_the_one_and_whole() {
        for as_a_whole in [false, true] {
            assert_eq!(answered(101, PAGE, as_a_whole), Some(true));
            assert_eq!(answered(101, PAGE - 1, as_a_whole), Some(false));
            assert_eq!(answered(102, PAGE, as_a_whole), Some(false));
            assert_eq!(answered(101, 0, as_a_whole), Some(false));
        }
        let other = Heard { link: 0, room: 0, sender: None, text: br#"{"is":"typing","room":3,"who":"Ana"}"#, at: 0 };
        assert_eq!(Page { txn: 9, room: 3, from: 1 }.is_answered(&other, false).expect("a frame"), None);
    }
}

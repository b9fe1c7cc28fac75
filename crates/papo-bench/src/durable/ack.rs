//! What of a server's frames matters to one who posts, without reading the rest of them: a sender
//! hears what all others in its room say.

use papo_proto::papo1::ServerFrame;
use papo_proto::papo1::server::Answer;

use crate::crowd::Heard;
use crate::error::BenchError;
use crate::programs::parsed;

/// What came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Came {
    Posted { txn: u64, room: u64, seq: u64 },
    Rejected { txn: u64, code: u16 },
    Other,
}

/// Looks at a frame.
#[inline]
pub(super) fn read(heard: &Heard<'_>) -> Result<Came, BenchError> {
    if heard.text.starts_with(br#"{"is":"message""#) {
        return Ok(Came::Other);
    }
    if let Some(posted) = posted(heard.text) {
        return Ok(posted);
    }
    // Seldom, or of a server that orders its fields otherwise.
    Ok(match parsed(heard)? {
        Some(ServerFrame::Ack { txn, answer: Answer::Post { room, seq, .. } }) => Came::Posted { txn, room, seq },
        Some(ServerFrame::Reject { txn: Some(txn), code, .. }) => Came::Rejected { txn, code },
        Some(ServerFrame::Reject { txn: None, text, .. }) => {
            return Err(BenchError::Refused { link: heard.link, said: text.to_string() });
        }
        _ => Came::Other,
    })
}

/// An acknowledged post as Papo writes it.
fn posted(text: &[u8]) -> Option<Came> {
    let (txn, rest) = number(text.strip_prefix(br#"{"is":"ack","txn":"#)?)?;
    let (room, rest) = number(rest.strip_prefix(br#","answer":{"to":"post","room":"#)?)?;
    let (seq, _) = number(rest.strip_prefix(br#","seq":"#)?)?;
    Some(Came::Posted { txn, room, seq })
}

/// A number at the beginning, and what follows.
pub(crate) fn number(text: &[u8]) -> Option<(u64, &[u8])> {
    let digits = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let number = std::str::from_utf8(&text[..digits]).ok()?.parse().ok()?;
    Some((number, &text[digits..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn came(text: &str) -> Came {
        read(&Heard { link: 0, room: 0, sender: None, text: text.as_bytes(), at: 0 }).expect("a frame")
    }

    #[test]
    fn acks_are_read_in_papos_order_and_in_any_other() {
        let posted = Came::Posted { txn: 7, room: 3, seq: 12 };
        for (text, expected) in [
            (r#"{"is":"ack","txn":7,"answer":{"to":"post","room":3,"seq":12,"at":5}}"#, posted),
            (r#"{"txn":7,"is":"ack","answer":{"seq":12,"to":"post","at":5,"room":3}}"#, posted),
            (
                r#"{"is":"reject","txn":7,"code":5001,"text":"x","retry":"later"}"#,
                Came::Rejected { txn: 7, code: 5001 },
            ),
            (r#"{"is":"message","room":3,"seq":1,"at":5,"author":"Ana","text":"oi"}"#, Came::Other),
            (r#"{"is":"ack","txn":7,"answer":{"to":"typing"}}"#, Came::Other),
            ("[SYS] text before hello", Came::Other),
        ] {
            assert_eq!(came(text), expected, "{text}");
        }
    }
}

//! What must hold for every frame of papo/1.

use papo_proto::encoding::Encoding;
use papo_proto::papo1::{self, Said, ServerFrame};
use papo_proto::words::Target;
use papo_proto::{Command, Framing, Lang, Reply, clean};

const MESSAGE_MAX: usize = 64;
const NUMBER_MAX: u64 = (1 << 53) - 1;

/// Any bytes are a command or a reject; a txn is one that every language can hold; what others will
/// read is clean; and the answer is a frame that a client can read.
pub(crate) fn a_frame_is_a_command_or_a_reject(frame: &[u8]) {
    let sent = papo1::decode(frame, MESSAGE_MAX);
    assert!(sent.txn.is_none_or(|txn| (1..=NUMBER_MAX).contains(&txn.0)), "{sent:?}");
    match sent.said {
        Ok(Said::Command(Command::Post { to, text })) => {
            assert!(matches!(to, Target::Room(_)), "a program names its room");
            assert!(!text.is_empty() && text.len() <= MESSAGE_MAX);
            assert_eq!(clean::message(&text), &*text, "it stands as it is shown");
        }
        Ok(_) => assert!(sent.txn.is_some(), "what is carried out has a number"),
        Err(reject) => {
            let mut bytes = Vec::new();
            Encoding::papo1(Framing::Length, Lang::En).reply(sent.txn, &Reply::Rejected(reject), &mut bytes);
            let answer: ServerFrame = serde_json::from_slice(&bytes[4..]).expect("a frame");
            let ServerFrame::Reject { txn, text, .. } = answer else { panic!("{answer:?}") };
            assert_eq!(txn, sent.txn.map(|txn| txn.0));
            assert_eq!(clean::display(&text), &*text, "nothing in it steers a terminal");
        }
    }
}

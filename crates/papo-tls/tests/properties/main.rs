//! The properties that the fuzz target looks for, under random input of the stable toolchain: `fuzz/`
//! runs the same functions for as long as one likes.

mod ciphertext;
mod ends;

use proptest::collection::vec;
use proptest::prelude::*;

fn config() -> ProptestConfig {
    ProptestConfig { failure_persistence: None, ..ProptestConfig::default() }
}

/// Records whose heads are sound, mostly of a handshake, some cut short or spoilt.
fn records() -> impl Strategy<Value = Vec<u8>> {
    let kind = prop_oneof![6 => Just(22_u8), 1 => 20..25_u8];
    let record = (kind, vec(any::<u8>(), 1..300)).prop_map(|(kind, payload)| {
        let length = (payload.len() as u16).to_be_bytes();
        [&[kind, 3, 1], &length[..], &payload].concat()
    });
    // A hello that says to be longer than what comes of it in one record.
    let hello = (0..60_000_u32, 1..16_384_usize).prop_map(|(says, is)| {
        let head = [22, 3, 1, (is >> 8) as u8, is as u8, 1];
        [&head[..], &says.to_be_bytes()[1..], &vec![0; is - is.min(4)]].concat()
    });
    let piece = prop_oneof![6 => record, 2 => hello, 1 => vec(any::<u8>(), 0..9)];
    (any::<[u8; 2]>(), vec(piece, 0..5)).prop_map(|(head, pieces)| [head.to_vec(), pieces.concat()].concat())
}

/// What somebody with the keys says: mostly messages, and what the protocol knows besides.
fn scripts() -> impl Strategy<Value = Vec<u8>> {
    let said = |kind: u8, payload: Vec<u8>| [vec![kind, payload.len() as u8], payload].concat();
    let message = vec(any::<u8>(), 0..200).prop_map(move |payload| said(3, payload));
    let new_keys = (0..3_u8).prop_map(move |wanted| said(2, vec![24, 0, 0, 1, wanted]));
    let alert =
        any::<[u8; 2]>().prop_map(move |alert| said(1, vec![alert[0] % 3, if alert[1] < 128 { 0 } else { alert[1] }]));
    let any_message = (any::<u8>(), vec(any::<u8>(), 0..100)).prop_map(move |(kind, payload)| said(kind, payload));
    let piece = prop_oneof![6 => message, 2 => new_keys, 2 => alert, 2 => any_message];
    (any::<u8>(), vec(piece, 0..8)).prop_map(|(seed, pieces)| [vec![seed], pieces.concat()].concat())
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn strangers_split_anywhere(data in records()) {
        ciphertext::strangers_split_anywhere(&data);
    }

    #[test]
    fn changed_bytes_are_never_heard(data in (any::<[u8; 3]>(), vec(any::<u8>(), 0..12))) {
        ciphertext::changed_bytes_are_never_heard(&[&data.0[..], &data.1].concat());
    }

    #[test]
    fn who_has_the_keys_says_anything(data in scripts()) {
        ciphertext::who_has_the_keys_says_anything(&data);
    }
}

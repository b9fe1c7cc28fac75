//! The properties that the fuzz targets look for, under random input of the stable toolchain:
//! `fuzz/` runs the same functions for as long as one likes.

mod decoders;
mod held;
mod lines;
mod objects;
mod proxied;

use papo_proto::{frame, ws};
use proptest::collection::vec;
use proptest::prelude::*;

fn config() -> ProptestConfig {
    ProptestConfig { failure_persistence: None, ..ProptestConfig::default() }
}

/// A head that chooses and a stream of frames that are mostly sound, some cut short or spoilt.
fn stream(piece: impl Strategy<Value = Vec<u8>>) -> impl Strategy<Value = Vec<u8>> {
    (any::<[u8; 4]>(), vec(piece, 0..12)).prop_map(|(head, pieces)| [head.to_vec(), pieces.concat()].concat())
}

fn frames() -> impl Strategy<Value = Vec<u8>> {
    let sound = vec(any::<u8>(), 0..300).prop_map(|payload| {
        let mut out = Vec::new();
        frame::encode(&payload, &mut out);
        out
    });
    let empty_or_huge = prop_oneof![Just(vec![0; 4]), Just(vec![0, 0x80, 0, 0]), Just(vec![0, 0x80, 0, 1])];
    stream(prop_oneof![8 => sound, 1 => empty_or_huge, 1 => vec(any::<u8>(), 0..9)])
}

/// Frames of one direction, which is often the one that is expected.
fn messages() -> impl Strategy<Value = Vec<u8>> {
    any::<bool>().prop_flat_map(|masked| {
        let first = prop_oneof![
            20 => proptest::sample::select(vec![0x81_u8, 0x01, 0x00, 0x80, 0x89, 0x8A, 0x88]),
            1 => any::<u8>(),
        ];
        let sound = (first, vec(any::<u8>(), 0..120), any::<[u8; 4]>()).prop_map(move |(first, payload, mask)| {
            let mut out = Vec::new();
            if masked {
                ws::encode_masked(ws::Opcode::Text, &payload, mask, &mut out);
            } else {
                ws::encode(ws::Opcode::Text, &payload, &mut out);
            }
            out[0] = first;
            out
        });
        stream(prop_oneof![20 => sound, 1 => vec(any::<u8>(), 0..9)])
    })
}

/// Lines: commands with any argument, and any text, with the letters that make trouble.
fn lines() -> impl Strategy<Value = Vec<u8>> {
    let word = proptest::sample::select(vec!["/nick ", "/join #", "/create ", "/lang ", "/", ""]);
    let letters = "[a-zà-ÿа-яΑ-ω०-९\u{958}-\u{95f}ﬁ-ﬆ\u{fb1d}-\u{fb4e}Ａ-ｚ\u{300}-\u{310}_.-]{0,60}";
    let rest = prop_oneof![
        letters.prop_map(String::into_bytes),
        "\\PC{0,40}".prop_map(String::into_bytes),
        any::<String>().prop_map(String::into_bytes),
        vec(any::<u8>(), 0..60),
    ];
    (word, rest).prop_map(|(word, rest)| [word.as_bytes(), &rest].concat())
}

/// Objects: commands with sound and unsound fields, and anything else.
fn objects() -> impl Strategy<Value = Vec<u8>> {
    let verb = proptest::sample::select(vec![
        "hello", "post", "join", "leave", "create", "rooms", "who", "nick", "history", "typing", "ping", "bye", "dance",
    ]);
    let number = prop_oneof![
        8 => (0..20_u64).prop_map(|number| number.to_string()),
        1 => any::<u64>().prop_map(|number| number.to_string()),
        1 => Just("-1".to_owned()),
        1 => Just(r#""x""#.to_owned()),
    ];
    let text = prop_oneof![any::<String>(), "\\PC{0,80}", Just("\u{7}\u{202e}".to_owned())];
    let name = prop_oneof![3 => "#?[a-zà-ÿ]{1,50}", 1 => any::<String>()];
    let command = (verb, number.clone(), number.clone(), number, text, name).prop_map(
        |(verb, txn, room, before, text, name)| {
            let (text, name) = (serde_json::to_string(&text), serde_json::to_string(&name));
            let (text, name) = (text.expect("a string"), name.expect("a string"));
            let room = if verb == "join" || verb == "create" { name.clone() } else { room };
            format!(
                r#"{{"do":"{verb}","txn":{txn},"version":1,"room":{room},"text":{text},"nick":{name},"before":{before}}}"#
            )
        },
    );
    prop_oneof![
        8 => command.clone().prop_map(String::into_bytes),
        1 => (command, 0..200_usize).prop_map(|(json, cut)| json.into_bytes().into_iter().take(cut).collect()),
        1 => vec(any::<u8>(), 0..60),
    ]
}

/// Headers of a proxy, sound or with a spoilt byte, with something behind them.
fn proxied() -> impl Strategy<Value = Vec<u8>> {
    let line = ("TCP4|TCP6|UNKNOWN|X", "[0-9a-f.:]{1,15}|192.0.2.1|::1", "[0-9]{1,6}", any::<bool>()).prop_map(
        |(family, ip, port, ends)| {
            format!("PROXY {family} {ip} {ip} {port} {port}{}", if ends { "\r\n" } else { "\n" }).into_bytes()
        },
    );
    let kind = proptest::sample::select(vec![0x00_u8, 0x11, 0x21, 0x12, 0x31, 0x7F]);
    let binary = (0x1F..0x24_u8, kind, vec(any::<u8>(), 0..60)).prop_map(|(command, over, body)| {
        let length = (body.len() as u16).to_be_bytes();
        [b"\r\n\r\n\0\r\nQUIT\n", &[command, over][..], &length, &body].concat()
    });
    let header = prop_oneof![line, binary];
    (header, any::<(prop::sample::Index, u8)>(), prop::bool::weighted(0.2), vec(any::<u8>(), 0..20)).prop_map(
        |(mut header, (at, byte), spoils, behind)| {
            if spoils {
                let at = at.index(header.len());
                header[at] = byte;
            }
            [header, behind].concat()
        },
    )
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn proxy_headers_split_anywhere(data in proxied()) {
        proxied::headers_split_anywhere(&data);
    }

    #[test]
    fn proxy_headers_come_back(data in vec(any::<u8>(), 0..60)) {
        proxied::headers_come_back(&data);
    }

    #[test]
    fn a_frame_is_a_command_or_a_reject(frame in objects()) {
        objects::a_frame_is_a_command_or_a_reject(&frame);
    }

    #[test]
    fn frames_split_anywhere(data in frames()) {
        decoders::frames_split_anywhere(&data);
    }

    #[test]
    fn messages_split_anywhere(data in messages()) {
        decoders::messages_split_anywhere(&data);
    }

    #[test]
    fn frames_come_back(data in vec(any::<u8>(), 0..2000)) {
        decoders::frames_come_back(&data);
    }

    #[test]
    fn messages_come_back(data in vec(prop_oneof![9 => any::<u8>(), 1 => Just(b'\n'), 1 => Just(b'?')], 0..2000)) {
        decoders::messages_come_back(&data);
    }

    #[test]
    fn a_line_is_harmless(frame in lines()) {
        lines::a_line_is_harmless(&frame);
    }
}

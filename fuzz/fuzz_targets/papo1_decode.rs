//! A frame of papo/1: `objects.rs` says what must hold.
#![no_main]

#[path = "../../crates/papo-proto/tests/properties/objects.rs"]
mod objects;

/// What stands around the input: random bytes hardly ever spell a command.
const AROUND: [(&str, &str); 5] = [
    ("", ""),
    (r#"{"do":"post","txn":1,"room":1,"text":""#, r#""}"#),
    (r#"{"do":"join","txn":1,"room":""#, r#""}"#),
    (r#"{"do":"history","txn":1,"room":1,"before":"#, "}"),
    (r#"{"do":"hello","version":1,"txn":"#, "}"),
];

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    for (before, after) in AROUND {
        objects::a_frame_is_a_command_or_a_reject(&[before.as_bytes(), data, after.as_bytes()].concat());
    }
});

//! A frame of the text dialect: `lines.rs` says what must hold.
#![no_main]

#[path = "../../crates/papo-proto/tests/properties/lines.rs"]
mod lines;

/// What stands before the input: random bytes hardly ever spell a command.
const WORDS: [&str; 5] = ["", "/nick ", "/join #", "/create ", "/lang "];

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    for word in WORDS {
        lines::a_line_is_harmless(&[word.as_bytes(), data].concat());
    }
});

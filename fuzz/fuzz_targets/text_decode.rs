//! A frame of the text dialect: `lines.rs` says what must hold.
#![no_main]

#[path = "../../crates/papo-proto/tests/properties/lines.rs"]
mod lines;

libfuzzer_sys::fuzz_target!(|data: &[u8]| lines::a_line_is_harmless(data));

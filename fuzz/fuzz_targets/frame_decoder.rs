//! The decoder of frames that a TCP client sends: `decoders.rs` says what must hold.
#![no_main]

#[path = "../../crates/papo-proto/tests/properties/decoders.rs"]
#[expect(dead_code, reason = "each target uses its half")]
mod decoders;
#[path = "../../crates/papo-proto/tests/properties/held.rs"]
mod held;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    decoders::frames_split_anywhere(data);
    decoders::frames_come_back(data);
});

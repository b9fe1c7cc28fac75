//! The decoder of WebSocket messages, as server and as client: `decoders.rs` says what must hold.
#![no_main]

#[path = "../../crates/papo-proto/tests/properties/decoders.rs"]
#[expect(dead_code, reason = "each target uses its half")]
mod decoders;
#[path = "../../crates/papo-proto/tests/properties/held.rs"]
mod held;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    decoders::messages_split_anywhere(data);
    decoders::messages_come_back(data);
});

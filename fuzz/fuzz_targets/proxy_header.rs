//! The decoder of a proxy's header: `proxied.rs` says what must hold.
#![no_main]

#[path = "../../crates/papo-proto/tests/properties/proxied.rs"]
mod proxied;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    proxied::headers_split_anywhere(data);
    proxied::headers_come_back(data);
});

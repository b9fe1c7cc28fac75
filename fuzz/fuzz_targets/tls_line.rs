//! A line of TLS, before its handshake and after: `ciphertext.rs` says what must hold.
#![no_main]

#[path = "../../crates/papo-tls/tests/properties/ciphertext.rs"]
mod ciphertext;
#[path = "../../crates/papo-tls/tests/properties/ends.rs"]
mod ends;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    ciphertext::strangers_split_anywhere(data);
    ciphertext::changed_bytes_are_never_heard(data);
    ciphertext::who_has_the_keys_says_anything(data);
});

//! The 64 bytes of a message: which run, which sender, which number, when it was due.
//!
//! Numbers are written four bits a character, in the characters `@` to `O`, so that reading eight of
//! them is a few instructions and every server takes them as text.

/// Bytes of a message.
pub(crate) const STAMP_BYTES: usize = 64;

/// What a message says about itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stamp {
    /// Tells this run's messages from those of a run before it.
    pub(crate) run: u32,
    /// The sender's number, all rooms together.
    pub(crate) sender: u32,
    /// The number of the sender's message: 0, 1, 2 …
    pub(crate) number: u32,
    /// Nanoseconds since the run's clock began.
    pub(crate) due: u64,
}

impl Stamp {
    /// Writes the stamp.
    pub(crate) fn encode(self) -> [u8; STAMP_BYTES] {
        let mut bytes = [b'.'; STAMP_BYTES];
        let words = [self.run, self.sender, self.number, (self.due >> 32) as u32, self.due as u32];
        for (chunk, word) in bytes.chunks_exact_mut(8).zip(words) {
            chunk.copy_from_slice(&spread(word).to_be_bytes());
        }
        bytes
    }

    /// Reads the stamp at the end of a frame's text. What has no stamp gives some nonsense, which its `run` tells.
    #[inline]
    pub(crate) fn decode(bytes: &[u8; STAMP_BYTES]) -> Self {
        let word = |at: usize| {
            let chunk: [u8; 8] = bytes[at * 8..at * 8 + 8].try_into().expect("invariant: eight bytes");
            gather(u64::from_be_bytes(chunk))
        };
        let due = u64::from(word(3)) << 32 | u64::from(word(4));
        Self { run: word(0), sender: word(1), number: word(2), due }
    }
}

/// Four bits in each byte, the highest first.
fn spread(word: u32) -> u64 {
    let mut x = u64::from(word);
    x = (x | x << 16) & 0x0000_FFFF_0000_FFFF;
    x = (x | x << 8) & 0x00FF_00FF_00FF_00FF;
    x = (x | x << 4) & 0x0F0F_0F0F_0F0F_0F0F;
    x | 0x4040_4040_4040_4040
}

#[inline]
fn gather(chars: u64) -> u32 {
    let mut x = chars & 0x0F0F_0F0F_0F0F_0F0F;
    x = (x | x >> 4) & 0x00FF_00FF_00FF_00FF;
    x = (x | x >> 8) & 0x0000_FFFF_0000_FFFF;
    (x | x >> 16) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_read() {
        for seed in 0..200_u64 {
            let mixed = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15);
            let stamp = Stamp {
                run: mixed as u32,
                sender: (mixed >> 13) as u32,
                number: seed as u32,
                due: mixed.rotate_left(17),
            };
            assert_eq!(Stamp::decode(&stamp.encode()), stamp);
        }
    }

    #[test]
    fn a_stamp_is_text_that_a_server_leaves_as_it_is() {
        let bytes = Stamp { run: u32::MAX, sender: 0, number: 0x0123_4567, due: u64::MAX }.encode();
        let text = std::str::from_utf8(&bytes).expect("text");
        assert!(text.starts_with("OOOOOOOO@@@@@@@@@ABCDEFG"), "{text}");
        assert_eq!(papo_proto::clean::message(text), text);
    }
}

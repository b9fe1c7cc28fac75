//! The secret by which a session is resumed.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

use crate::words::TokenHash;

/// 256 random bits. The server keeps only their hash.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(pub [u8; 32]);

impl Token {
    /// Reads a token as a client sends it; `None` for what cannot be one.
    pub fn parse(text: &str) -> Option<Self> {
        URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok().map(Self)
    }

    /// The token of a number, from a secret that only its maker knows.
    pub fn derive(secret: &[u8; 32], number: u64) -> Self {
        Self(Sha256::new().chain_update(secret).chain_update(number.to_be_bytes()).finalize().into())
    }

    /// The token as a client keeps it.
    pub fn to_text(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }

    /// What is kept of it.
    pub fn hash(&self) -> TokenHash {
        TokenHash(Sha256::digest(self.0).into())
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_comes_back_from_its_text_and_is_not_shown() {
        let token = Token(std::array::from_fn(|at| at as u8 * 7));
        assert_eq!(Token::parse(&token.to_text()), Some(token.clone()));
        assert_eq!(format!("{token:?}"), "Token(…)");
        for bad in ["", "abc", "=", &"A".repeat(44), "não"] {
            assert_eq!(Token::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn its_hash_is_that_of_the_standard() {
        let hash = Token([0; 32]).hash();
        assert_eq!(hash.0[..4], [0x66, 0x68, 0x7a, 0xad]);
    }
}

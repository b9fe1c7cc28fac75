//! Passwords are compared and hashed here, on threads of their own: it takes long by design, and
//! neither a shard nor the hub may wait for it.
//!
//! Bound: [`PASSWORDS_WAITING`], in [`turns`]; beyond it people are asked to try again, first those of the address that
//! has most of them.

mod turns;

use std::sync::Arc;

use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Argon2, PasswordHash};
use papo_hub::{Checked, PasswordAsk};
use papo_proto::limits::PASSWORDS_WAITING;
use papo_proto::papo1::Token;
use papo_proto::words::Secret;
use papo_proto::{Address, SessionId, Txn};

use self::turns::Turns;
use crate::engine::Engine;

/// Threads that hash: each takes 19 MiB and a processor for some tens of milliseconds.
pub(crate) const HASHERS: usize = 1;

/// What a password is compared with where there is no account: made with the same parameters as all others,
/// it takes as long. Of which password it is does not matter.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$\
    F0LlKuxgfErkL3t+33ysKQ$15SHdX9CUcpBr85DtZg1qmuZyTeyguIStb5KjapMtb4";

/// The passwords that wait.
#[derive(Debug)]
pub(crate) struct Passwords {
    turns: Turns<(SessionId, PasswordAsk)>,
}

impl Default for Passwords {
    fn default() -> Self {
        Self { turns: Turns::new(PASSWORDS_WAITING) }
    }
}

impl Passwords {
    /// Takes a password of a session's command, which came from an address. When too many wait, returns whose is not
    /// looked at: the session and the number of the command.
    pub(crate) fn ask(
        &self,
        address: Address,
        session: SessionId,
        ask: PasswordAsk,
    ) -> Option<(SessionId, Option<Txn>)> {
        let gone = self.turns.put(address, (session, ask)).err()?;
        Some((gone.0, gone.1.txn))
    }

    /// Compares and hashes until [`Passwords::end`].
    pub(crate) fn answer(&self, engine: &Engine) {
        while let Some((session, ask)) = self.turns.next() {
            let PasswordAsk { txn, compare, hash, intent } = ask;
            match look(compare.as_ref(), hash.as_ref()) {
                Some(checked) => engine.decide(None, |hub, now| hub.checked(session, txn, intent, checked, now)),
                None => engine.decide(None, |hub, _| hub.unchecked(session, txn)),
            }
        }
    }

    /// The threads end after what they have begun.
    pub(crate) fn end(&self) {
        self.turns.end();
    }
}

/// What came of it; nothing when the system gives no random numbers.
fn look(compare: Option<&(Secret, Option<Arc<str>>)>, new: Option<&Secret>) -> Option<Checked> {
    let is_right = compare.is_none_or(|(password, known)| matches(password, known.as_deref()));
    let hash = match new.filter(|_| is_right) {
        Some(password) => Some(hash(password)?),
        None => None,
    };
    let mut fresh = Token([0; 32]);
    if let Err(error) = getrandom::fill(&mut fresh.0) {
        tracing::error!(%error, "the system gave no random numbers for a token");
        return None;
    }
    Some(Checked { is_right, hash, fresh })
}

/// Whether a password has this hash; where there is none, it takes as long to say no.
fn matches(password: &Secret, known: Option<&str>) -> bool {
    let parsed = PasswordHash::new(known.unwrap_or(NOBODY));
    let right = parsed.is_ok_and(|hash| Argon2::default().verify_password(password.expose().as_bytes(), &hash).is_ok());
    right && known.is_some()
}

/// Argon2id with the crate's parameters, in the form of PHC strings.
pub(crate) fn hash(password: &Secret) -> Option<Arc<str>> {
    let hashed = Argon2::default().hash_password(password.expose().as_bytes());
    match hashed {
        Ok(hash) => Some(hash.to_string().into()),
        Err(error) => {
            tracing::error!(%error, "a password could not be hashed");
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_known_by_its_hash_alone() {
        let hash = hash(&Secret::new("um segredo")).expect("hashed");
        let parameters = |hash: &str| hash.rsplitn(3, '$').nth(2).map(str::to_owned);
        assert!(hash.starts_with("$argon2id$v=19$"), "{hash}");
        assert_eq!(parameters(&hash), parameters(NOBODY), "where there is no account it takes as long");
        assert!(PasswordHash::new(NOBODY).is_ok());
        assert!(matches(&Secret::new("um segredo"), Some(&hash)));
        assert!(!matches(&Secret::new("outro segredo"), Some(&hash)));
        assert!(!matches(&Secret::new("nobody has this password"), None));
        assert!(!matches(&Secret::new("um segredo"), Some("no hash")));
    }
}

//! Which name belongs to whom. A name and everything that looks like it belong to one session.

use std::sync::Arc;

use papo_proto::{Lang, Nickname, SessionId};
use rustc_hash::FxHashMap;

/// The names in use, by their keys.
#[derive(Debug, Default)]
pub(crate) struct Nicknames {
    holders: FxHashMap<Arc<str>, SessionId>,
}

impl Nicknames {
    /// Gives the name to the session unless somebody else holds it; false when taken.
    pub(crate) fn take(&mut self, nick: &Nickname, session: SessionId) -> bool {
        *self.holders.entry(nick.key().clone()).or_insert(session) == session
    }

    /// Frees a name.
    pub(crate) fn free(&mut self, nick: &Nickname) {
        self.holders.remove(nick.key());
    }

    /// A guest's name that nobody holds, drawn with `random`.
    pub(crate) fn guest(&self, lang: Lang, mut random: impl FnMut() -> u64) -> Nickname {
        let word = match lang {
            Lang::PtBr => "convidado",
            Lang::En => "guest",
        };
        // The range grows with each try, so that a full house still finds a name.
        let mut range = 10_000;
        loop {
            let name = format!("{word}-{}", random() % range);
            let nick = Nickname::parse(&name).expect("invariant: a guest's name is good").name;
            if !self.holders.contains_key(nick.key()) {
                return nick;
            }
            range *= 2;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_look_alike_is_taken_and_free_again() {
        let mut names = Nicknames::default();
        let nick = |typed| Nickname::parse(typed).expect("good").name;
        assert!(names.take(&nick("Ana"), SessionId(1)));
        assert!(names.take(&nick("ANA"), SessionId(1)), "one's own name in another case");
        assert!(!names.take(&nick("аna"), SessionId(2)));
        names.free(&nick("ana"));
        assert!(names.take(&nick("аna"), SessionId(2)));
    }

    #[test]
    fn a_guest_gets_a_free_name_even_when_the_first_draws_are_taken() {
        let mut names = Nicknames::default();
        let mut draws = [7_u64, 7, 8].into_iter();
        let first = names.guest(Lang::PtBr, || draws.next().expect("enough draws"));
        assert_eq!(first.as_str(), "convidado-7");
        assert!(names.take(&first, SessionId(1)));
        let second = names.guest(Lang::PtBr, || draws.next().expect("enough draws"));
        assert_eq!(second.as_str(), "convidado-8");
    }
}

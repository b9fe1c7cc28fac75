//! Which name belongs to whom. A name and everything that looks like it belong to one person: a guest
//! while the session lasts, an account for ever.

use std::sync::Arc;

use papo_proto::{AccountId, Lang, Nickname, Person};
use rustc_hash::FxHashMap;

/// The names in use, by their keys.
#[derive(Debug, Default)]
pub(crate) struct Nicknames {
    holders: FxHashMap<Arc<str>, Person>,
}

impl Nicknames {
    /// Gives the name to the person unless somebody else holds it; false when taken.
    pub(crate) fn take(&mut self, nick: &Nickname, person: Person) -> bool {
        *self.holders.entry(nick.key().clone()).or_insert(person) == person
    }

    /// Who holds the name.
    pub(crate) fn holder(&self, nick: &Nickname) -> Option<Person> {
        self.holders.get(nick.key()).copied()
    }

    /// The name is this account's from now on, whoever holds it.
    pub(crate) fn claim(&mut self, nick: &Nickname, account: AccountId) {
        self.holders.insert(nick.key().clone(), Person::Account(account));
    }

    /// Frees a name, if the person holds it as a guest.
    pub(crate) fn free(&mut self, nick: &Nickname, person: Person) {
        if person.account().is_none() && self.holder(nick) == Some(person) {
            self.holders.remove(nick.key());
        }
    }

    /// An account's name is nobody's: the account never was.
    pub(crate) fn release(&mut self, nick: &Nickname, account: AccountId) {
        if self.holder(nick) == Some(Person::Account(account)) {
            self.holders.remove(nick.key());
        }
    }

    /// How many names are held.
    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.holders.len()
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
    use papo_proto::SessionId;

    fn guest(n: u64) -> Person {
        Person::Guest(SessionId(n))
    }

    #[test]
    fn a_look_alike_is_taken_and_free_again() {
        let mut names = Nicknames::default();
        let nick = |typed| Nickname::parse(typed).expect("good").name;
        assert!(names.take(&nick("Ana"), guest(1)));
        assert!(names.take(&nick("ANA"), guest(1)), "one's own name in another case");
        assert!(!names.take(&nick("аna"), guest(2)));
        names.free(&nick("ana"), guest(1));
        assert!(names.take(&nick("аna"), guest(2)));
    }

    #[test]
    fn the_name_of_an_account_is_never_free() {
        let (mut names, nick) = (Nicknames::default(), Nickname::parse("Ana").expect("good").name);
        let account = Person::Account(AccountId(1));
        names.claim(&nick, AccountId(1));
        names.free(&nick, account);
        assert!(!names.take(&nick, guest(2)) && names.take(&nick, account));
    }

    #[test]
    fn a_guest_gets_a_free_name_even_when_the_first_draws_are_taken() {
        let mut names = Nicknames::default();
        let mut draws = [7_u64, 7, 8].into_iter();
        let first = names.guest(Lang::PtBr, || draws.next().expect("enough draws"));
        assert_eq!(first.as_str(), "convidado-7");
        assert!(names.take(&first, guest(1)));
        let second = names.guest(Lang::PtBr, || draws.next().expect("enough draws"));
        assert_eq!(second.as_str(), "convidado-8");
    }
}

//! Which name belongs to whom. A name and everything that looks like it belong to one person: a guest
//! while the session lasts, an account for ever.

use std::sync::Arc;

use papo_proto::{AccountId, Lang, Nickname, Person};
use rustc_hash::FxHashMap;

/// The names in use.
#[derive(Debug, Default)]
pub(crate) struct Nicknames {
    by_key: FxHashMap<Arc<str>, Holder>,
    /// Those that look like names of another key, by how they look: few have such a name.
    by_appearance: FxHashMap<String, Person>,
}

#[derive(Debug)]
struct Holder {
    person: Person,
    shown: Arc<str>,
}

impl Nicknames {
    /// Gives the name to the person unless somebody else holds it, or one that looks like it; false when taken.
    pub(crate) fn take(&mut self, nick: &Nickname, person: Person) -> bool {
        let is_free = self.holders(nick).into_iter().flatten().all(|holder| holder == person);
        if is_free {
            self.insert(nick, person);
        }
        is_free
    }

    /// Who holds the name.
    pub(crate) fn holder(&self, nick: &Nickname) -> Option<Person> {
        self.by_key.get(nick.key()).map(|holder| holder.person)
    }

    /// Who holds the name, and who holds one of another key that looks like it.
    pub(crate) fn holders(&self, nick: &Nickname) -> [Option<Person>; 2] {
        [self.holder(nick), self.twin(nick)]
    }

    fn twin(&self, nick: &Nickname) -> Option<Person> {
        let is_plain = nick.is_plain();
        if is_plain && self.by_appearance.is_empty() {
            return None;
        }
        let appearance = nick.appearance();
        if let Some(person) = self.by_appearance.get(&appearance) {
            return Some(*person);
        }
        let alike = self.by_key.get(&*nick.likeness()).filter(|_| !is_plain)?;
        let theirs = Nickname::stored(&alike.shown).ok()?;
        (theirs.appearance() == appearance).then_some(alike.person)
    }

    /// The name is this account's from now on, whoever holds it.
    pub(crate) fn claim(&mut self, nick: &Nickname, account: AccountId) {
        self.insert(nick, Person::Account(account));
    }

    fn insert(&mut self, nick: &Nickname, person: Person) {
        let before = self.by_key.insert(nick.key().clone(), Holder { person, shown: nick.shared().clone() });
        // It may have been written otherwise.
        if let Some(Holder { person, shown }) = before
            && let Ok(before) = Nickname::stored(&shown)
        {
            self.forget_appearance(&before, person);
        }
        if !nick.is_plain() {
            self.by_appearance.insert(nick.appearance(), person);
        }
    }

    /// Frees a name, if the person holds it as a guest.
    pub(crate) fn free(&mut self, nick: &Nickname, person: Person) {
        if person.account().is_none() {
            self.remove(nick, person);
        }
    }

    /// An account's name is nobody's: the account never was.
    pub(crate) fn release(&mut self, nick: &Nickname, account: AccountId) {
        self.remove(nick, Person::Account(account));
    }

    fn remove(&mut self, nick: &Nickname, person: Person) {
        if self.holder(nick) == Some(person) {
            self.by_key.remove(nick.key());
        }
        self.forget_appearance(nick, person);
    }

    fn forget_appearance(&mut self, nick: &Nickname, person: Person) {
        // A plain name is not in there, and another of the person's that looks like it may be.
        if nick.is_plain() {
            return;
        }
        let appearance = nick.appearance();
        if self.by_appearance.get(&appearance) == Some(&person) {
            self.by_appearance.remove(&appearance);
        }
    }

    /// How many names are held.
    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.by_key.len()
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
            if self.holders(&nick) == [None; 2] {
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
    fn a_name_of_another_key_that_looks_the_same_is_taken_too() {
        let nick = |typed| Nickname::parse(typed).expect("good").name;
        for (first, second) in [("Iara", "lara"), ("lara", "Iara"), ("Iara", "1ara"), ("IAN", "lAN"), ("lIx", "Ilx")] {
            let mut names = Nicknames::default();
            assert!(names.take(&nick(first), guest(1)));
            assert!(!names.take(&nick(second), guest(2)), "{second} looks like {first}");
            assert!(names.take(&nick(second), guest(1)), "one's own");
            names.free(&nick(first), guest(1));
            names.free(&nick(second), guest(1));
            assert!(names.take(&nick(second), guest(2)), "{second} is free again");
            assert_eq!(names.by_key.len() - 1 + usize::from(names.by_appearance.len() > 1), 0);
        }
        let mut names = Nicknames::default();
        assert!(names.take(&nick("Lara"), guest(1)) && names.take(&nick("Iara"), guest(2)), "both are names of people");
        assert!(names.take(&nick("iara"), guest(2)) && names.take(&nick("lara"), guest(1)), "written otherwise");
        assert!(!names.take(&nick("Iara"), guest(2)), "now it would look like the other");
        let mut names = Nicknames::default();
        assert!(names.take(&nick("lara"), guest(1)) && names.take(&nick("Iara"), guest(1)));
        names.free(&nick("lara"), guest(1));
        assert!(!names.take(&nick("lara"), guest(2)), "who had it is called Iara now");
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

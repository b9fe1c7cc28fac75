//! Not being shown what somebody says. Whoever is ignored notices nothing; programs leave the messages
//! out themselves, since their logs have no holes.

use std::sync::Arc;

use papo_proto::limits::IGNORED_MAX;
use papo_proto::{Dialect, Nickname, Person, Record, Reject, Reply, SessionId};

use crate::hub::{Hub, Now};
use crate::outbox::{Effect, Undo};

pub(super) fn run(hub: &mut Hub, session: SessionId, who: Option<&Nickname>, _now: Now) {
    let done = match who {
        None => {
            let names = hub.ignored_names(session);
            hub.reply(session, Reply::Ignored(names));
            Ok(())
        }
        Some(who) => ignore(hub, session, who),
    };
    if let Err(reject) = done {
        hub.reject(session, reject);
    }
}

fn ignore(hub: &mut Hub, session: SessionId, who: &Nickname) -> Result<(), Reject> {
    let person = hub.named(who)?;
    if person == hub.person(session) {
        return Err(Reject::Oneself);
    }
    if hub.ignored(session).len() >= IGNORED_MAX {
        return Err(Reject::TooMany { max: IGNORED_MAX });
    }
    let name = who.shared().clone();
    if let (Some(account), Person::Account(other)) = (hub.account(session), person) {
        let changed = hub.changed_account(account, |record| {
            record.ignores.retain(|known| *known != other);
            record.ignores.push(other);
        });
        keep(hub, session, changed, name);
    } else {
        let ignores = &mut hub.sessions.of(session).more().ignores;
        ignores.retain(|(known, _)| *known != person);
        ignores.push((person, name.clone()));
        hub.reply(session, Reply::DoneFor(name));
    }
    show_everywhere(hub, session);
    Ok(())
}

pub(super) fn unignore(hub: &mut Hub, session: SessionId, who: &Nickname) {
    let person = hub.nicknames.holder(who);
    let name = who.shared().clone();
    hub.sessions.of(session).more().ignores.retain(|(known, called)| Some(*known) != person && **called != *name);
    let other = person.and_then(Person::account);
    let changed = hub.account(session).zip(other).and_then(|(account, other)| {
        hub.changed_account(account, |record| record.ignores.retain(|known| *known != other))
    });
    match changed {
        Some(changed) => keep(hub, session, Some(changed), name),
        None => hub.reply(session, Reply::DoneFor(name)),
    }
    show_everywhere(hub, session);
}

fn keep(
    hub: &mut Hub,
    session: SessionId,
    changed: Option<[papo_proto::words::people::AccountRecord; 2]>,
    name: Arc<str>,
) {
    let Some([before, after]) = changed else { return };
    let undo = Undo::Put(Box::new(Record::Account(before)));
    hub.settle(session, Record::Account(after), undo, Some(Reply::DoneFor(name)));
}

/// Every session of the person reads otherwise from here on.
fn show_everywhere(hub: &mut Hub, session: SessionId) {
    for session in hub.sessions_of(hub.person(session)) {
        hub.show_ignored(session);
    }
}

impl Hub {
    /// Whom a session is not shown.
    fn ignored(&self, session: SessionId) -> Vec<Person> {
        let account = self.account(session).and_then(|account| self.people.get(account));
        let of_account = account.map(|account| &account.record.ignores).into_iter().flatten();
        let more = self.sessions.get(session).and_then(|found| found.more.as_ref());
        let of_session = more.map(|more| &more.ignores).into_iter().flatten().map(|(person, _)| *person);
        let mut ignored: Vec<Person> = of_account.map(|other| Person::Account(*other)).chain(of_session).collect();
        ignored.sort_unstable();
        ignored.dedup();
        ignored
    }

    /// Whether a session is not shown what somebody says.
    pub(crate) fn ignores(&self, session: SessionId, person: Person) -> bool {
        self.ignored(session).binary_search(&person).is_ok()
    }

    /// Their names.
    pub(crate) fn ignored_names(&self, session: SessionId) -> Vec<Arc<str>> {
        let more = self.sessions.get(session).and_then(|found| found.more.as_ref());
        let called = |person: &Person| {
            let known = more.and_then(|more| more.ignores.iter().find(|(known, _)| known == person));
            self.name_of(*person).or_else(|| known.map(|(_, name)| name.clone()))
        };
        let mut names: Vec<Arc<str>> = self.ignored(session).iter().filter_map(called).collect();
        names.sort_by_cached_key(|name| name.to_lowercase());
        names
    }

    /// Tells the connection of a text client whom it is not to show.
    pub(crate) fn show_ignored(&mut self, session: SessionId) {
        if self.sessions.of(session).encoding.dialect == Dialect::Text {
            let ignored = self.ignored(session).into();
            self.outbox.push(Effect::Ignore { session, ignored });
        }
    }
}

//! What must hold whatever people do.

use std::collections::{BTreeMap, BTreeSet};

use papo_proto::words::people::LoginRecord;
use papo_proto::words::{Redact, RedactWhat, RoomKind, Whose};
use papo_proto::{Dialect, Person, Record, RoomId};

use super::world::World;
use crate::Hub;
use crate::hub::Now;
use crate::rights::{self, Deed};
use crate::room::DIRECTORY;

pub(super) fn hold(world: &World) {
    if !world.is_drained {
        names(&world.hub);
        members(&world.hub, world.now);
    }
    if world.hub.waiting() == 0 {
        everything_is_published(&world.hub);
        if world.hub.unkept.is_empty() {
            assert_eq!(dump(&world.hub), dump(&world.fresh_hub()), "what is so and what was kept");
        }
    }
}

/// What is kept was done by the rights that are kept before it, as far as these are of accounts and rooms.
pub(super) fn is_rightful(world: &World, record: &Record) {
    let (room, person, at_ms, deed) = match record {
        Record::Event(posted) => (posted.room, posted.person, posted.at_ms, Deed::Post),
        Record::Redact(redact) => {
            let deed = match &redact.what {
                RedactWhat::One(_, Whose::Of(author)) | RedactWhat::Last(author) | RedactWhat::Of(author, _)
                    if *author == redact.person =>
                {
                    Deed::RedactOwn
                }
                _ => Deed::RedactOther,
            };
            (redact.room, redact.person, redact.at_ms, deed)
        }
        _ => return,
    };
    let kept = world.fresh_hub();
    if let Some(room) = kept.rooms.get(room) {
        let may = rights::check(&kept.member_as(person, None, room, at_ms), deed);
        assert!(may.is_ok(), "{record:?} is kept, and {may:?}");
        if let Record::Redact(Redact { what: RedactWhat::One(_, Whose::NotOf(spared)), .. }) = record {
            let not_below = kept.not_below(person, room.record.id);
            assert!(not_below.iter().all(|other| spared.contains(other)), "{record:?} spares {not_below:?}");
        }
    }
}

/// A name is one person's, and an account's is nobody else's.
fn names(hub: &Hub) {
    let mut held: BTreeMap<String, Person> = BTreeMap::new();
    let mut looks: BTreeMap<String, Person> = BTreeMap::new();
    for account in hub.people.all() {
        let (name, person) = (&account.record.name, Person::Account(account.record.id));
        assert_eq!(hub.nicknames.holder(name), Some(person), "{name} is its account's");
        held.insert(name.key().to_string(), person);
        let is_admin = hub.people.admins().any(|admin| admin == account.record.id);
        assert_eq!(account.record.is_admin, is_admin, "{name} may do everything");
        assert_eq!(looks.insert(name.appearance(), person), None, "{name} looks like no other account");
        for session in &account.sessions {
            let of = hub.sessions.get(*session).and_then(|session| session.account).map(|(account, _)| account);
            assert_eq!(of, Some(account.record.id), "{session:?} is of {name}");
        }
    }
    for id in hub.sessions.ids() {
        let session = hub.sessions.get(id).expect("it is there");
        if session.ending {
            continue;
        }
        if let Some((account, login)) = session.account {
            let known = hub.people.get(account).expect("there is the account");
            assert!(known.is_active() && known.sessions.contains(&id), "{id:?} is of an account that is used");
            assert!(hub.people.login(login).is_some(), "{id:?} has its login");
        }
        if let Some(nick) = &session.nick {
            let person = hub.person(id);
            assert_eq!(hub.nicknames.holder(nick), Some(person), "{nick} of {id:?}");
            assert_eq!(*held.entry(nick.key().to_string()).or_insert(person), person, "{nick} is one person's");
            assert_eq!(*looks.entry(nick.appearance()).or_insert(person), person, "{nick} looks like nobody else");
        }
    }
    assert_eq!(hub.nicknames.len(), held.len(), "no name is held by nobody");
}

/// Who is in a room may be in it, is counted once, and knows of it.
fn members(hub: &Hub, now: Now) {
    let mut public = BTreeSet::new();
    for room in hub.rooms.all() {
        let id = room.record.id;
        if id == DIRECTORY {
            continue;
        }
        let mut people = BTreeSet::new();
        for session in &room.members {
            let found = hub.sessions.get(*session).expect("a member is there");
            assert!(found.is_in(id), "{session:?} knows that it is in {id:?}");
            people.insert(hub.person(*session));
            // What restricts by its time acts when it is said.
            let may = hub.may(*session, id, Deed::Enter, now);
            assert!(may.is_ok(), "{session:?} is in {id:?}, and {may:?}");
        }
        assert_eq!(room.count().online as usize, people.len(), "people in {id:?}");
        if room.record.kind == RoomKind::Public {
            assert!(public.insert(room.name().key().clone()), "one public room is called {}", room.name());
            assert_eq!(hub.rooms.find(room.name()), Some(id));
        }
    }
    for id in hub.sessions.ids() {
        let session = hub.sessions.get(id).expect("it is there");
        for room in &session.rooms {
            assert!(hub.rooms.get(*room).is_some_and(|room| room.members.contains(&id)), "{id:?} in {room:?}");
        }
        let spoken_in = session.rooms.iter().filter(|room| hub.rooms.of_ref(**room).parties().is_none());
        assert!(session.encoding.dialect == Dialect::Papo1 || spoken_in.count() <= 1, "{id:?} is in one room");
    }
}

/// Whoever is in a room reads it, and nobody else does.
fn everything_is_published(hub: &Hub) {
    let mut readers: BTreeMap<RoomId, u32> = BTreeMap::new();
    for id in hub.sessions.ids() {
        let session = hub.sessions.get(id).expect("it is there");
        let mut reads: Vec<RoomId> = session.reading.iter().map(|log| log.room()).collect();
        for room in &reads {
            *readers.entry(*room).or_default() += 1;
        }
        let follows = hub.rooms.of_ref(DIRECTORY).members.contains(&id);
        assert!(!follows || !hub.is_stranger(id), "{id:?} may be told of rooms");
        assert_eq!(reads.contains(&DIRECTORY), follows && session.link.is_some(), "{id:?} is told of rooms");
        reads.retain(|room| *room != DIRECTORY);
        let mut rooms = session.rooms.to_vec();
        if session.link.is_none() {
            rooms.clear();
        }
        reads.sort_unstable();
        rooms.sort_unstable();
        assert_eq!(reads, rooms, "what {id:?} reads");
    }
    for room in hub.rooms.all() {
        let counted: u32 = room.readers.iter().sum();
        assert_eq!(counted, readers.get(&room.record.id).copied().unwrap_or_default(), "{:?}", room.record.id);
    }
    assert!(hub.rooms.has_no_remains(), "nothing is left of what has ended");
}

/// All that is kept of the state, in an order.
fn dump(hub: &Hub) -> Vec<String> {
    let mut lines = vec![format!("lockdown {}", hub.lockdown)];
    for room in hub.rooms.all().filter(|room| room.record.id != DIRECTORY && room.is_stored) {
        lines.push(format!("{:?} {:?}", room.record, room.log.head().seq));
        lines.extend(room.grants.iter().map(|grant| format!("{:?} {grant:?}", room.record.id)));
        lines.extend(room.restrictions.iter().map(|restriction| format!("{:?} {restriction:?}", room.record.id)));
    }
    for account in hub.people.all() {
        lines.push(format!("{:?}", account.record));
        let logins = account.logins.iter().filter_map(|login| hub.people.login(*login));
        // When it was used is kept to some minutes.
        lines.extend(logins.map(|login| format!("{:?}", LoginRecord { seen_ms: 0, ends_ms: 0, ..login.clone() })));
        lines.extend(account.reads.iter().map(|read| format!("{:?} {read:?}", account.record.id)));
    }
    lines.extend(hub.people.invites.values().map(|invite| format!("{:?}", Record::Invite(*invite))));
    lines.sort();
    lines
}

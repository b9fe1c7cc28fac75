//! How the words of the records stand in columns, and how they are read again.

use papo_proto::words::people::{Address, Restricted, Restriction, Standing};
use papo_proto::words::{AccountId, Body, Person, Role};
use papo_proto::{Seq, SessionId};
use rusqlite::types::{ToSqlOutput, Type, ValueRef};
use rusqlite::{Error, Result, Row};

use super::connect::{from_sql, to_sql};

/// The kind of an event that says what was taken back.
pub(super) const KIND_REDACTION: i64 = 1;

/// A column holds what no version of this program has written.
pub(super) fn strange(column: usize, what: &str) -> Error {
    Error::FromSqlConversionFailure(column, Type::Null, format!("{what} is out of range").into())
}

/// A text.
pub(super) fn text<T: for<'a> From<&'a str>>(row: &Row<'_>, column: usize) -> Result<T> {
    Ok(row.get_ref(column)?.as_str()?.into())
}

/// A number that is not negative.
pub(super) fn number(row: &Row<'_>, column: usize) -> Result<u64> {
    row.get(column).map(from_sql)
}

/// The number of an account, or of a guest's session, negative.
pub(super) fn person_to_sql(person: Person) -> i64 {
    match person {
        Person::Account(account) => to_sql(account.0),
        Person::Guest(session) => to_sql(session.0).wrapping_neg(),
    }
}

/// The person that [`person_to_sql`] was given.
pub(super) fn person_from_sql(number: i64) -> Person {
    if number > 0 {
        Person::Account(AccountId(from_sql(number)))
    } else {
        Person::Guest(SessionId(number.unsigned_abs()))
    }
}

/// A time at which something ends. What never ends is over every other one also for SQLite.
pub(super) fn until_to_sql(until_ms: u64) -> i64 {
    i64::try_from(until_ms).unwrap_or(i64::MAX)
}

/// The time that [`until_to_sql`] was given.
pub(super) fn until_from_sql(until_ms: i64) -> u64 {
    if until_ms == i64::MAX { u64::MAX } else { from_sql(until_ms) }
}

/// Numbers as a list in JSON.
pub(super) fn list_to_sql(numbers: impl Iterator<Item = u64>) -> String {
    let mut list = String::from("[");
    for (at, number) in numbers.enumerate() {
        if at > 0 {
            list.push(',');
        }
        list.push_str(&number.to_string());
    }
    list.push(']');
    list
}

/// The numbers of a list.
pub(super) fn list<T>(row: &Row<'_>, column: usize, of: impl Fn(u64) -> T) -> Result<Vec<T>> {
    let text = row.get_ref(column)?.as_str()?;
    let inner = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    let numbers = inner.ok_or_else(|| strange(column, "a list"))?.split_terminator(',');
    numbers.map(|number| number.parse().map(&of).map_err(|_| strange(column, "a list"))).collect()
}

/// What an event tells, from its kind, body and extra, which are neighbours.
pub(super) fn body(row: &Row<'_>, kind: usize) -> Result<Body> {
    match row.get::<_, i64>(kind)? {
        0 => Ok(match row.get_ref(kind + 1)?.as_str_or_null()? {
            Some(text) => Body::Message(text.into()),
            None => Body::Redacted,
        }),
        KIND_REDACTION => Ok(Body::Redaction(list(row, kind + 2, Seq)?.into())),
        _ => Err(strange(kind, "the kind of an event")),
    }
}

const STANDINGS: [Standing; 3] = [Standing::Active, Standing::Disabled, Standing::Deleted];
const ROLES: [Role; 5] = [Role::Guest, Role::Member, Role::Moderator, Role::Owner, Role::Admin];
const RESTRICTIONS: [Restriction; 2] = [Restriction::Ban, Restriction::Mute];

fn one_of<T: Copy>(all: &[T], row: &Row<'_>, column: usize) -> Result<T> {
    let at = usize::try_from(row.get::<_, i64>(column)?).ok();
    at.and_then(|at| all.get(at)).copied().ok_or_else(|| strange(column, "a word"))
}

fn place_of<T: PartialEq>(all: &[T], one: &T) -> u32 {
    let at = all.iter().position(|other| other == one);
    at.expect("invariant: the list has all of them") as u32
}

pub(super) fn standing(row: &Row<'_>, column: usize) -> Result<Standing> {
    one_of(&STANDINGS, row, column)
}

pub(super) fn standing_to_sql(standing: Standing) -> u32 {
    place_of(&STANDINGS, &standing)
}

pub(super) fn role(row: &Row<'_>, column: usize) -> Result<Role> {
    one_of(&ROLES, row, column)
}

pub(super) fn role_to_sql(role: Role) -> u32 {
    place_of(&ROLES, &role)
}

pub(super) fn restriction(row: &Row<'_>, column: usize) -> Result<Restriction> {
    one_of(&RESTRICTIONS, row, column)
}

pub(super) fn restriction_to_sql(restriction: Restriction) -> u32 {
    place_of(&RESTRICTIONS, &restriction)
}

/// The number of an account, or an address as text.
pub(super) fn whom(row: &Row<'_>, column: usize) -> Result<Restricted> {
    match row.get_ref(column)? {
        ValueRef::Integer(account) => Ok(Restricted::Account(AccountId(from_sql(account)))),
        other => {
            let address: std::net::IpAddr = other.as_str()?.parse().map_err(|_| strange(column, "an address"))?;
            Ok(Restricted::Address(Address::from(address)))
        }
    }
}

pub(super) fn whom_to_sql(whom: Restricted) -> ToSqlOutput<'static> {
    match whom {
        Restricted::Account(account) => to_sql(account.0).into(),
        Restricted::Address(address) => address.ip().to_string().into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_comes_back() {
        for person in [
            Person::NOBODY,
            Person::Guest(SessionId(7)),
            Person::Account(AccountId(7)),
            Person::Guest(SessionId((1 << 53) - 1)),
            Person::Account(AccountId((1 << 53) - 1)),
        ] {
            assert_eq!(person_from_sql(person_to_sql(person)), person);
        }
    }

    #[test]
    fn what_never_ends_is_over_everything_that_does() {
        for until_ms in [1, 1 << 53, u64::MAX] {
            assert_eq!(until_from_sql(until_to_sql(until_ms)), until_ms);
        }
        assert!(until_to_sql(u64::MAX) > until_to_sql(1 << 53));
    }

    #[test]
    fn lists_come_back_and_nothing_else_is_one() {
        let conn = rusqlite::Connection::open_in_memory().expect("a database");
        let read = |text: &str| conn.query_row("SELECT ?1", [text], |row| list(row, 0, |number| number));
        for numbers in [vec![], vec![0], vec![1, 22, u64::MAX]] {
            assert_eq!(read(&list_to_sql(numbers.iter().copied())).expect("a list"), numbers);
        }
        for bad in ["", "1", "[1", "[a]", "[1;2]", "[-1]"] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }
}

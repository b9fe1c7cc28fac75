//! The numbers of rejects, grouped by what a client does about them.

use super::server::Retry;
use crate::words::Reject;

/// What a group of codes means: the first code, and what the client does.
pub const GROUPS: [(u16, &str); 4] = [
    (1000, "the client's code is wrong: do not send it again"),
    (2000, "a person has to change something first"),
    (3000, "it may be accepted later: send it again with the same txn after a while"),
    (5000, "the server's fault: send it again with the same txn after a while"),
];

/// One reject: its code, its name, and what it means.
type Row = (u16, &'static str, &'static str);

/// Every code, for the reference.
pub const CODES: &[Row] = &[
    (1000, "malformed", "the frame is no command of papo/1"),
    (1001, "hello_first", "another command came before hello"),
    (1002, "hello_twice", "the connection has said hello before"),
    (1003, "version", "the version is not spoken here"),
    (1004, "txn", "the txn is not between 1 and 2^53 − 1"),
    (2000, "nickname", "nobody can take this name"),
    (2001, "nickname_taken", "the name, or one that looks like it, is in use"),
    (2002, "room_name", "no room can have this name"),
    (2003, "empty_message", "there is nothing in the message"),
    (2004, "message_too_long", "the message is over the limit"),
    (2005, "unknown_room", "there is no such room"),
    (2006, "not_a_member", "the session is not in the room"),
    (2007, "unknown_session", "the token is for no session, or for one that has ended: say hello without it"),
    (2008, "too_many_joined", "the session is in too many rooms to enter another"),
    (2009, "too_many_rooms", "so many rooms exist that no further one is made"),
    (2010, "bad_argument", "an argument that people typed is wrong"),
    (2011, "tls_required", "plain text is not spoken here: connect by TLS"),
    (3000, "rooms_too_fast", "the address has made its rooms for now"),
    (3001, "busy", "something of the session is just being done"),
    (5000, "internal", "it could not be stored; the text holds an id for the operator"),
    (5001, "store_full", "the disk has no room; nothing new is taken until it has"),
];

/// The code of a reject.
pub fn code(reject: &Reject) -> u16 {
    match reject {
        Reject::Malformed { .. } => 1000,
        Reject::HelloFirst => 1001,
        Reject::HelloTwice => 1002,
        Reject::Version { .. } => 1003,
        Reject::Txn => 1004,
        Reject::Nickname(_) => 2000,
        Reject::NicknameTaken(_) => 2001,
        Reject::Room(_) => 2002,
        Reject::EmptyMessage => 2003,
        Reject::MessageTooLong { .. } => 2004,
        Reject::UnknownRoom => 2005,
        Reject::NotAMember | Reject::NoRoom => 2006,
        Reject::UnknownSession => 2007,
        Reject::TooManyJoined { .. } => 2008,
        Reject::TooManyRooms => 2009,
        Reject::UnknownCommand(_) | Reject::Usage(_) | Reject::UnknownLanguage(_) | Reject::Number { .. } => 2010,
        Reject::TlsRequired => 2011,
        Reject::RoomsTooFast { .. } => 3000,
        Reject::Busy => 3001,
        Reject::Internal { .. } => 5000,
        Reject::StoreFull => 5001,
    }
}

/// What a client does about a code.
pub fn retry(code: u16) -> Retry {
    match code {
        0..2000 => Retry::Never,
        2000..3000 => Retry::Changed,
        _ => Retry::Later,
    }
}

/// How long a client waits before it sends the command again, if that is known.
pub fn after_ms(reject: &Reject) -> Option<u64> {
    match reject {
        Reject::RoomsTooFast { retry_minutes } => Some(retry_minutes * 60_000),
        Reject::Busy => Some(200),
        Reject::Internal { .. } | Reject::StoreFull => Some(2_000),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_in_order_and_in_their_groups() {
        assert!(CODES.is_sorted_by_key(|(code, ..)| *code));
        for (code, name, _) in CODES {
            let group = GROUPS.iter().rev().find(|(first, _)| first <= code).map(|(first, _)| *first);
            let expected = match retry(*code) {
                Retry::Never => &[1000][..],
                Retry::Changed => &[2000],
                Retry::Later => &[3000, 5000],
            };
            assert!(group.is_some_and(|group| expected.contains(&group)), "{name}");
        }
    }
}

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
    (2020, "login_first", "the server is for accounts: log in first"),
    (2021, "not_logged_in", "the session has no account"),
    (2022, "logged_in", "the session has an account already"),
    (2023, "wrong_password", "the name or the password is wrong"),
    (2024, "password_length", "the password is too short or too long"),
    (2025, "unencrypted", "a password must not go over a line that can be listened to"),
    (2026, "registration_closed", "nobody can register"),
    (2027, "invitation", "an invitation is needed, or the one that was given is not good"),
    (2028, "name_of_account", "an account's name stays as it is"),
    (2029, "unknown_token", "there is no such login or bot"),
    (2030, "nobody", "there is nobody of this name"),
    (2031, "oneself", "it cannot be done to oneself"),
    (2032, "guest_away", "the person is a guest and not there; nothing is kept for guests"),
    (2033, "role", "only somebody with a higher role may do it"),
    (2034, "role_of", "the person's role is as high as one's own"),
    (2035, "read_only", "only moderators may post in the room"),
    (2036, "banned", "one is banned from the room"),
    (2037, "muted", "one may say nothing in the room for a while"),
    (2038, "lockdown", "only accounts older than a day may post"),
    (2039, "wrong_room", "it cannot be done in this kind of room"),
    (2040, "no_message", "there is no such message, or it may not be taken back"),
    (2041, "too_many", "there are too many of these"),
    (2042, "not_for_bots", "a bot may not do this"),
    (2043, "room_taken", "a public room has this name"),
    (2044, "not_in_room", "the person is not in the room"),
    (3000, "rooms_too_fast", "the address has made its rooms for now"),
    (3001, "busy", "something of the session is just being done"),
    (3002, "login_too_fast", "too many wrong passwords"),
    (3003, "slow", "the room is slow: the next message has to wait"),
    (3004, "too_fast", "the address has done this too often for now"),
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
        Reject::LoginFirst => 2020,
        Reject::NotLoggedIn => 2021,
        Reject::LoggedIn => 2022,
        Reject::WrongPassword => 2023,
        Reject::PasswordLength { .. } => 2024,
        Reject::Unencrypted => 2025,
        Reject::RegistrationClosed => 2026,
        Reject::Invitation => 2027,
        Reject::NameOfAccount => 2028,
        Reject::UnknownToken => 2029,
        Reject::Nobody(_) | Reject::NobodyToAnswer => 2030,
        Reject::Oneself => 2031,
        Reject::GuestAway(_) => 2032,
        Reject::Role(_) | Reject::AdminOnly => 2033,
        Reject::RoleOf(_) => 2034,
        Reject::ReadOnly => 2035,
        Reject::Banned { .. } => 2036,
        Reject::Muted { .. } => 2037,
        Reject::Lockdown => 2038,
        Reject::WrongRoom => 2039,
        Reject::NoMessage => 2040,
        Reject::TooMany { .. } => 2041,
        Reject::NotForBots => 2042,
        Reject::RoomTaken(_) => 2043,
        Reject::NotInRoom(_) => 2044,
        Reject::LoginTooFast { .. } => 3002,
        Reject::Slow { .. } => 3003,
        Reject::TooFast { .. } => 3004,
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
        Reject::LoginTooFast { retry_seconds } | Reject::Slow { retry_seconds } | Reject::TooFast { retry_seconds } => {
            Some(retry_seconds * 1_000)
        }
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

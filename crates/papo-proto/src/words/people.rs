//! People as they are kept: accounts, logins, roles in rooms, what restricts them, and what was done.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use zeroize::Zeroizing;

use super::{RoomId, SessionId, TokenHash};
use crate::names::Nickname;

/// An account, for ever: the number is never used again, not even when the account is deleted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccountId(pub u64);

/// A place where an account is logged in: a browser, a terminal, a program.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LoginId(pub u64);

/// Somebody, whatever name is shown: an account in all its sessions, or a guest in one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Person {
    /// Somebody with an account.
    Account(AccountId),
    /// A guest is nobody but the session.
    Guest(SessionId),
}

impl Person {
    /// Said by nobody.
    pub const NOBODY: Person = Person::Guest(SessionId(0));

    /// The account, if there is one.
    pub fn account(self) -> Option<AccountId> {
        match self {
            Person::Account(account) => Some(account),
            Person::Guest(_) => None,
        }
    }
}

/// A password as typed. It is not shown, and its memory is wiped.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes what was typed.
    pub fn new(typed: impl Into<String>) -> Self {
        Self(Zeroizing::new(typed.into()))
    }

    /// The password itself, for whoever hashes it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// An address as far as it counts for limits: IPv6 by its /64.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address(IpAddr);

impl Address {
    /// The address, with nothing after the /64.
    pub fn ip(self) -> IpAddr {
        self.0
    }
}

impl From<IpAddr> for Address {
    fn from(ip: IpAddr) -> Self {
        Self(match ip.to_canonical() {
            IpAddr::V4(v4) => IpAddr::V4(v4),
            IpAddr::V6(v6) => IpAddr::V6((v6.to_bits() & !u128::from(u64::MAX)).into()),
        })
    }
}

/// What has become of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It can be used.
    Active,
    /// An administrator has shut it; nobody can log in.
    Disabled,
    /// Its owner has deleted it. The name stays taken.
    Deleted,
}

/// An account as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountRecord {
    /// Its number.
    pub id: AccountId,
    /// Its name, which is nobody else's.
    pub name: Nickname,
    /// The password's hash in the form of PHC strings; none for bots and deleted accounts.
    pub password: Option<Arc<str>>,
    /// May do everything everywhere.
    pub is_admin: bool,
    /// What has become of it.
    pub standing: Standing,
    /// When it was made, in milliseconds since 1970.
    pub made_ms: u64,
    /// Whose messages it is not shown.
    pub ignores: Vec<AccountId>,
    /// What a bot is bound to.
    pub bot: Option<BotRecord>,
}

/// What a bot is bound to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BotRecord {
    /// Whose bot it is.
    pub owner: AccountId,
    /// The rooms that it may be in; all public ones when there is none.
    pub rooms: Vec<RoomId>,
}

/// A login as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoginRecord {
    /// Its number.
    pub id: LoginId,
    /// By which its client is known again.
    pub token: TokenHash,
    /// Whose login it is.
    pub account: AccountId,
    /// What the owner knows it by: the client's name and its address.
    pub label: Arc<str>,
    /// When it was made, in milliseconds since 1970.
    pub made_ms: u64,
    /// When it was used last, to a few minutes.
    pub seen_ms: u64,
    /// Until when it is good.
    pub ends_ms: u64,
    /// Its token lives in a browser's cookie, and only there.
    pub is_cookie: bool,
}

/// What somebody is in a room, from least to most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Somebody without an account.
    Guest,
    /// Somebody with an account, or who was invited into a private room.
    Member,
    /// Keeps it civil.
    Moderator,
    /// Made it.
    Owner,
    /// Runs the server.
    Admin,
}

/// A role that somebody was given in a room; [`Role::Member`] for who was invited into a private one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GrantRecord {
    /// Where.
    pub room: RoomId,
    /// Who.
    pub person: Person,
    /// What; none when it was taken again.
    pub role: Option<Role>,
}

/// Whom a restriction meets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Restricted {
    /// An account, wherever it comes from.
    Account(AccountId),
    /// Guests from an address.
    Address(Address),
}

/// What a restriction forbids.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Restriction {
    /// To be in the room.
    Ban,
    /// To say something in it.
    Mute,
}

/// A restriction in a room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RestrictionRecord {
    /// Where.
    pub room: RoomId,
    /// Whom it meets.
    pub whom: Restricted,
    /// What it forbids.
    pub what: Restriction,
    /// The name that it was said of, for people.
    pub name: Arc<str>,
    /// Until when, in milliseconds since 1970; `u64::MAX` for ever, 0 when it was taken back.
    pub until_ms: u64,
}

/// An invitation to the server: a link that may be used so many times.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InviteRecord {
    /// The secret of the link.
    pub token: TokenHash,
    /// How often it may still be used; 0 when it is used up or taken back.
    pub uses: u32,
    /// Until when it is good, in milliseconds since 1970.
    pub ends_ms: u64,
    /// Whoever uses it becomes an administrator.
    pub for_admin: bool,
}

/// How far somebody has read a room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReadRecord {
    /// Who.
    pub account: AccountId,
    /// Which room.
    pub room: RoomId,
    /// Up to where.
    pub seq: super::Seq,
}

/// An act of moderation, for those who look after each other's work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditRecord {
    /// When, in milliseconds since 1970.
    pub at_ms: u64,
    /// In which room; none for the whole server.
    pub room: Option<RoomId>,
    /// Who did it.
    pub actor: Arc<str>,
    /// What: the command's word, the same in every language.
    pub act: Arc<str>,
    /// To whom or what.
    pub target: Arc<str>,
    /// The reason, or what else there is to say.
    pub note: Arc<str>,
}

impl AuditRecord {
    /// The act that anybody can do.
    pub const REPORT: &str = "report";

    /// Whether somebody told the moderators something; all else was done by those who may do more than others.
    pub fn is_report(&self) -> bool {
        &*self.act == Self::REPORT
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ipv6_address_counts_by_its_64() {
        let address = |text: &str| Address::from(text.parse::<IpAddr>().expect("an address"));
        assert_eq!(address("2001:db8::1"), address("2001:db8::ffff:1"));
        assert_ne!(address("2001:db8::1"), address("2001:db8:0:1::1"));
        assert_ne!(address("192.0.2.1"), address("192.0.2.2"));
        assert_eq!(address("::ffff:192.0.2.1"), address("192.0.2.1"));
    }

    #[test]
    fn a_password_is_not_shown() {
        assert_eq!(format!("{:?}", Secret::new("segredo")), "Secret(…)");
    }
}

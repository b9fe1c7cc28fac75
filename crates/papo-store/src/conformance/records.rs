//! Records for tests, each with as little of its own as there can be.

use std::net::Ipv4Addr;

use papo_proto::names::Nickname;
use papo_proto::words::people::{
    AccountRecord, Address, AuditRecord, GrantRecord, InviteRecord, LoginRecord, ReadRecord, Restricted, Restriction,
    RestrictionRecord, Standing,
};
use papo_proto::words::{
    AccountId, LoginId, Person, Redact, RedactWhat, Role, RoomKind, RoomRecord, SessionRecord, TokenHash,
};
use papo_proto::{Append, Epoch, RoomId, RoomName, Seq, SessionId};

/// An append for tests.
pub fn append(room: u64, text: &str) -> Append {
    Append {
        room: RoomId(room),
        at_ms: 1_000,
        session: SessionId(7),
        txn: None,
        person: Person::Account(AccountId(70)),
        author: "Ana".into(),
        text: text.into(),
    }
}

/// Messages that another session takes back.
pub fn redact(room: u64, what: RedactWhat) -> Redact {
    Redact {
        room: RoomId(room),
        what,
        at_ms: 1_500,
        session: SessionId(8),
        person: Person::Account(AccountId(80)),
        author: "Bob".into(),
        audit: None,
    }
}

/// A room for tests.
pub fn room(id: u64, name: &str) -> RoomRecord {
    let name = RoomName::parse(name).expect("invariant: tests name rooms by the rules").name;
    RoomRecord {
        id: RoomId(id),
        name,
        epoch: Epoch(100 + id),
        made_ms: 500,
        kind: RoomKind::Public,
        owner: None,
        read_only: false,
        slow_seconds: 0,
        topic: "".into(),
    }
}

/// A session for tests, whose token is made of one byte.
pub fn session(id: u64, token: u8, ends_ms: u64) -> SessionRecord {
    SessionRecord { id: SessionId(id), token: TokenHash([token; 32]), nick: "Ana".into(), ends_ms, login: None }
}

/// An account for tests.
pub fn account(id: u64, name: &str) -> AccountRecord {
    AccountRecord {
        id: AccountId(id),
        name: Nickname::stored(name).expect("invariant: tests name people by the rules"),
        password: Some("hash".into()),
        is_admin: false,
        standing: Standing::Active,
        made_ms: 600,
        ignores: Vec::new(),
        bot: None,
    }
}

/// A login for tests, whose token is made of one byte.
pub fn login(id: u64, account: u64, token: u8, ends_ms: u64) -> LoginRecord {
    LoginRecord {
        id: LoginId(id),
        token: TokenHash([token; 32]),
        account: AccountId(account),
        label: "web".into(),
        made_ms: 700,
        seen_ms: 800,
        ends_ms,
        is_cookie: false,
    }
}

/// A role for tests.
pub fn grant(room: u64, person: Person, role: Option<Role>) -> GrantRecord {
    GrantRecord { room: RoomId(room), person, role }
}

/// A restriction for tests: an account by an even number is banned, an address by an odd one is mute.
pub fn restriction(room: u64, whom: u64, until_ms: u64) -> RestrictionRecord {
    let address = Address::from(std::net::IpAddr::from(Ipv4Addr::from_bits(whom as u32)));
    let (whom, what) = if whom.is_multiple_of(2) {
        (Restricted::Account(AccountId(whom)), Restriction::Ban)
    } else {
        (Restricted::Address(address), Restriction::Mute)
    };
    RestrictionRecord { room: RoomId(room), whom, what, name: "Zé".into(), until_ms }
}

/// An invitation for tests, whose token is made of one byte.
pub fn invite(token: u8, uses: u32, ends_ms: u64) -> InviteRecord {
    InviteRecord { token: TokenHash([token; 32]), uses, ends_ms, for_admin: false }
}

/// A read marker for tests.
pub fn read(room: u64, account: u64, seq: u64) -> ReadRecord {
    ReadRecord { account: AccountId(account), room: RoomId(room), seq: Seq(seq) }
}

/// An entry of the audit log for tests.
pub fn act(room: Option<u64>, note: &str) -> AuditRecord {
    AuditRecord {
        at_ms: 900,
        room: room.map(RoomId),
        actor: "Ana".into(),
        act: "kick".into(),
        target: "Bob".into(),
        note: note.into(),
    }
}

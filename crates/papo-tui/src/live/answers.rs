//! How what the server says reads: the same sentences as in the text dialect.

use std::fmt::Write as _;
use std::sync::Arc;

use papo_client::Incoming;
use papo_proto::lang::Lang;
use papo_proto::names::Parsed;
use papo_proto::papo1::server::{AuditEntry, Kind, Login, Message, RoomInfo, RoomState};
use papo_proto::words::people::AuditRecord;
use papo_proto::words::{LoginFacts, RoomCount, RoomFacts};
use papo_proto::{AccountId, Epoch, LoginId, Nickname, Reject, Reply, RoomId, RoomName, Seq, text};

/// A first name, which is told together with the room that it leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Naming {
    /// The person's own.
    Chosen {
        /// It was too long.
        cut: bool,
    },
    /// One that the server has given.
    Guest,
    /// An account's.
    Account {
        /// It was just made.
        is_new: bool,
    },
}

/// A reply as a line; nothing for what people are not told.
pub(super) fn line(lang: Lang, reply: &Reply) -> Option<Incoming> {
    text::reply(lang, reply).map(|line| Incoming::read(line.as_bytes()))
}

pub(super) fn rejected(lang: Lang, reject: Reject) -> Option<Incoming> {
    line(lang, &Reply::Rejected(reject))
}

pub(super) fn entered(lang: Lang, room: &RoomState, cut: bool) -> Option<Incoming> {
    line(lang, &Reply::Entered { room: facts(room)?, cut })
}

pub(super) fn created(lang: Lang, room: &RoomState, existed: bool, cut: bool) -> Option<Incoming> {
    line(lang, &Reply::Created { room: facts(room)?, existed, cut })
}

pub(super) fn left(lang: Lang, room: u64, name: &str) -> Option<Incoming> {
    line(lang, &Reply::Left(RoomId(room), room_name(name)?))
}

/// A name that one has now, and the room that it led to.
pub(super) fn named(lang: Lang, nick: &str, naming: &Naming, room: Option<&RoomState>) -> Option<Incoming> {
    let name = Nickname::parse(nick).ok()?.name;
    let entered = room.and_then(|room| room_name(&room.name));
    match naming {
        Naming::Chosen { cut } => line(lang, &Reply::Named { nick: Parsed { name, cut: *cut }, entered }),
        Naming::Guest => line(lang, &Reply::NamedAsGuest { nick: name, entered }),
        Naming::Account { is_new } => line(
            lang,
            &Reply::LoggedIn {
                account: AccountId(0),
                name: nick.into(),
                is_admin: false,
                token: "".into(),
                ends_ms: 0,
                is_new: *is_new,
                entered,
            },
        ),
    }
}

pub(super) fn members(lang: Lang, room: u64, name: &str, members: &[Arc<str>]) -> Option<Incoming> {
    line(lang, &Reply::Members(RoomId(room), room_name(name)?, members.to_vec(), Vec::new()))
}

pub(super) fn rooms(lang: Lang, rooms: &[RoomInfo]) -> Option<Incoming> {
    let count = |room: &RoomInfo| {
        let (id, name) = (RoomId(room.id), room_name(&room.name)?);
        Some(RoomCount { id, name, online: room.online, private: room.private })
    };
    line(lang, &Reply::Rooms(rooms.iter().filter_map(count).collect()))
}

/// What leads a room's history of so many messages.
pub(super) fn history_begins(lang: Lang, room: &str, total: u64) -> Option<Incoming> {
    let begins = text::history_begins(lang, &room_name(room)?, None, total);
    Some(Incoming::read(begins.as_bytes()))
}

/// Messages of a room's history, a line for each. `time` shows when.
pub(super) fn history<'a>(messages: impl Iterator<Item = &'a Message>, time: impl Fn(u64) -> String) -> String {
    let mut lines = String::new();
    for Message { at, author, text, .. } in messages {
        text::history_line(&time(*at), author, text, &mut lines);
        let _ = writeln!(lines);
    }
    lines
}

/// What a room's moderators have done. `time` shows when.
pub(super) fn audit(lang: Lang, room: &str, entries: &[AuditEntry], time: impl Fn(u64) -> String) -> Option<Incoming> {
    let record = |entry: &AuditEntry| AuditRecord {
        at_ms: entry.at,
        room: None,
        actor: entry.actor.clone(),
        act: entry.act.clone(),
        target: entry.target.clone(),
        note: entry.note.clone(),
    };
    let entries: Vec<AuditRecord> = entries.iter().map(record).collect();
    Some(Incoming::read(text::audit(lang, &room_name(room)?, &entries, time).as_bytes()))
}

/// The account's logins, as seen at this time.
pub(super) fn logins(lang: Lang, logins: &[Login], now_ms: u64) -> Option<Incoming> {
    let facts = |login: &Login| LoginFacts {
        id: LoginId(login.id),
        label: login.label.clone(),
        made_ms: login.made,
        seen_ms: login.seen,
        age_ms: now_ms.saturating_sub(login.seen),
        is_this: login.this,
    };
    line(lang, &Reply::Logins(logins.iter().map(facts).collect()))
}

pub(super) fn invited(lang: Lang, room: &RoomState, by: &Arc<str>) -> Option<Incoming> {
    line(lang, &Reply::Invited { room: facts(room)?, by: by.clone() })
}

fn facts(room: &RoomState) -> Option<RoomFacts> {
    let is_direct = room.kind == Kind::Direct;
    let name = if is_direct { RoomName::direct() } else { room_name(&room.name)? };
    Some(RoomFacts {
        with: is_direct.then(|| room.name.clone()),
        ..RoomFacts::public(RoomId(room.id), Epoch(room.epoch), name, Seq(room.first), Seq(room.head))
    })
}

/// A name that the server has taken is a good one here too.
pub(super) fn room_name(name: &str) -> Option<RoomName> {
    RoomName::parse(name).ok().map(|parsed| parsed.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_read_as_in_the_text_dialect() {
        let room = r#"{"id": 1, "epoch": 5, "name": "geral", "first": 0, "head": 0}"#;
        let room: RoomState = serde_json::from_str(room).expect("a room");
        let entry =
            AuditEntry { at: 7, actor: "Ana".into(), act: "ban".into(), target: "Eva".into(), note: "gritou".into() };
        let login = Login { id: 3, label: "papo chat, ::1".into(), made: 0, seen: 1000, this: true };
        let pt = Lang::PtBr;
        for (answer, expected) in [
            (entered(pt, &room, false), "Você entrou em #geral."),
            (left(pt, 1, "geral"), "Você saiu de #geral."),
            (created(pt, &room, true, false), "A sala #geral já existe. Entre com /join #geral."),
            (members(pt, 1, "geral", &["Ana".into(), "Bob".into()]), "Em #geral (2):\n- Ana\n- Bob"),
            (
                rooms(pt, &[RoomInfo { id: 1, name: "geral".into(), online: 2, private: false }]),
                "Salas (1):\n- #geral (2 online)",
            ),
            (
                named(pt, "Alice", &Naming::Chosen { cut: false }, Some(&room)),
                "Seu nome agora é Alice. Você entrou em #geral.",
            ),
            (
                named(pt, "visitante-1", &Naming::Guest, None),
                "Você ainda não tinha nome; por enquanto é visitante-1. Troque com /nick <nome>.",
            ),
            (history_begins(pt, "geral", 2), "Últimas mensagens de #geral (2):"),
            (
                named(pt, "Ana", &Naming::Account { is_new: false }, Some(&room)),
                "Você entrou como Ana. Você entrou em #geral.",
            ),
            (
                audit(pt, "geral", &[entry], |at| at.to_string()),
                "O que a moderação fez em #geral (1):\n7 Ana: /ban Eva (gritou)",
            ),
            (logins(pt, &[login], 11_000), "Sessões da sua conta (1):\n3: papo chat, ::1, usada há 10 s (esta)"),
            (invited(pt, &room, &"Bob".into()), "Bob convidou você para #geral. Entre com /join #geral"),
        ] {
            assert_eq!(answer, Some(Incoming::Notice(expected.to_owned())));
        }
    }
}

//! How what the server says reads: the same sentences as in the text dialect.

use std::fmt::Write as _;
use std::sync::Arc;

use papo_client::{Incoming, Page};
use papo_proto::lang::Lang;
use papo_proto::names::Parsed;
use papo_proto::papo1::server::{Message, RoomInfo, RoomState};
use papo_proto::words::{RoomCount, RoomFacts};
use papo_proto::{Epoch, Nickname, Reject, Reply, RoomId, RoomName, Seq, text};

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
    }
}

pub(super) fn members(lang: Lang, room: u64, name: &str, members: &[Arc<str>]) -> Option<Incoming> {
    line(lang, &Reply::Members(RoomId(room), room_name(name)?, members.to_vec()))
}

pub(super) fn rooms(lang: Lang, rooms: &[RoomInfo]) -> Option<Incoming> {
    let count =
        |room: &RoomInfo| Some(RoomCount { id: RoomId(room.id), name: room_name(&room.name)?, online: room.online });
    line(lang, &Reply::Rooms(rooms.iter().filter_map(count).collect()))
}

/// What leads a room's history of so many messages.
pub(super) fn history_begins(lang: Lang, room: &str, total: u64) -> Option<Incoming> {
    let begins = text::history_begins(lang, &room_name(room)?, total);
    Some(Incoming::read(begins.as_bytes()))
}

/// Messages of a room's history, a line for each. `time` shows when.
pub(super) fn history(page: &Page, time: impl Fn(u64) -> String) -> String {
    let mut lines = String::new();
    for Message { at, author, text, .. } in &page.messages {
        text::history_line(&time(*at), author, text, &mut lines);
        let _ = writeln!(lines);
    }
    lines
}

fn facts(room: &RoomState) -> Option<RoomFacts> {
    Some(RoomFacts {
        id: RoomId(room.id),
        epoch: Epoch(room.epoch),
        name: room_name(&room.name)?,
        first: Seq(room.first),
        head: Seq(room.head),
    })
}

/// A name that the server has taken is a good one here too.
fn room_name(name: &str) -> Option<RoomName> {
    RoomName::parse(name).ok().map(|parsed| parsed.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_read_as_in_the_text_dialect() {
        let room = RoomState { id: 1, epoch: 5, name: "geral".into(), first: 0, head: 0 };
        let pt = Lang::PtBr;
        for (answer, expected) in [
            (entered(pt, &room, false), "Você entrou em #geral."),
            (left(pt, 1, "geral"), "Você saiu de #geral."),
            (created(pt, &room, true, false), "A sala #geral já existe. Entre com /join #geral."),
            (members(pt, 1, "geral", &["Ana".into(), "Bob".into()]), "Em #geral (2):\n- Ana\n- Bob"),
            (rooms(pt, &[RoomInfo { id: 1, name: "geral".into(), online: 2 }]), "Salas (1):\n- #geral (2 online)"),
            (
                named(pt, "Alice", &Naming::Chosen { cut: false }, Some(&room)),
                "Seu nome agora é Alice. Você entrou em #geral.",
            ),
            (
                named(pt, "visitante-1", &Naming::Guest, None),
                "Você ainda não tinha nome; por enquanto é visitante-1. Troque com /nick <nome>.",
            ),
            (history_begins(pt, "geral", 2), "Últimas mensagens de #geral (2):"),
        ] {
            assert_eq!(answer, Some(Incoming::Notice(expected.to_owned())));
        }
    }
}

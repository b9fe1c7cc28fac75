//! From replies and what happens in rooms to frames.

mod people;

use super::server::{About, Answer, AuditEntry, Message, Ranked, Redacted, Redaction, RoomEvent, RoomInfo, RoomState};
use super::{ACCOUNTS_CAPABILITY, ROOMS_CAPABILITY, ServerFrame, VERSION, codes};
use crate::encoding::Item;
use crate::lang::Lang;
use crate::text;
use crate::words::people::AuditRecord;
use crate::words::{Ephemeral, Event, Reject, Reply, RoomCount, RoomFacts, RoomId, Seq, SessionId, Txn, Welcomed};

/// What happened in a room.
pub(crate) fn item(room: RoomId, item: &Item) -> ServerFrame {
    match item {
        Item::Message { seq, at_ms, person, author, text, txn } => ServerFrame::Message(Message {
            room: room.0,
            seq: seq.0,
            at: *at_ms,
            account: person.account().map(|account| account.0),
            author: author.clone(),
            text: text.clone(),
            txn: txn.map(|txn| txn.0),
        }),
        Item::Redacted { seq, at_ms, author } => {
            ServerFrame::Redacted(Redacted { room: room.0, seq: seq.0, at: *at_ms, author: author.clone() })
        }
        Item::Redaction { seq, at_ms, author, seqs } => ServerFrame::Redaction(Redaction {
            room: room.0,
            seq: seq.0,
            at: *at_ms,
            author: author.clone(),
            seqs: seqs.iter().map(|seq| seq.0).collect(),
        }),
        Item::Told(ephemeral) => told(room.0, ephemeral),
    }
}

fn told(room: u64, ephemeral: &Ephemeral) -> ServerFrame {
    match ephemeral {
        Ephemeral::Entered(who) => ServerFrame::Entered { room, who: who.clone() },
        Ephemeral::Left(who) => ServerFrame::Left { room, who: who.clone() },
        Ephemeral::Lost(who) => ServerFrame::Lost { room, who: who.clone() },
        Ephemeral::Renamed { from, to } => ServerFrame::Renamed { room, from: from.clone(), to: to.clone() },
        Ephemeral::Changed { by, change } => {
            ServerFrame::Changed { room, by: by.clone(), change: people::change(change) }
        }
        Ephemeral::Typing(who) => ServerFrame::Typing { room, who: who.clone() },
        Ephemeral::Rooms { changed, gone } => ServerFrame::Rooms {
            changed: changed.iter().map(info).collect(),
            gone: gone.iter().map(|room| room.0).collect(),
            stale: false,
        },
    }
}

/// A page of a room's log, as the answer to a command of `reader`.
pub fn history(
    txn: Option<Txn>,
    room: RoomId,
    first: Seq,
    head: Seq,
    events: Vec<Event>,
    reader: SessionId,
) -> ServerFrame {
    let message = |event: Event| match item(room, &Item::of(event, reader)) {
        ServerFrame::Message(message) => Some(RoomEvent::Message(message)),
        ServerFrame::Redacted(redacted) => Some(RoomEvent::Redacted(redacted)),
        ServerFrame::Redaction(redaction) => Some(RoomEvent::Redaction(redaction)),
        _ => None,
    };
    let events = events.into_iter().filter_map(message).collect();
    ack(txn, Answer::History { room: room.0, first: first.0, head: head.0, events })
}

/// What a room's moderators have done, as the answer to a command.
pub fn audit(txn: Option<Txn>, room: RoomId, entries: Vec<AuditRecord>) -> ServerFrame {
    let entry = |AuditRecord { at_ms, actor, act, target, note, .. }: AuditRecord| AuditEntry {
        at: at_ms,
        actor,
        act,
        target,
        note,
    };
    ack(txn, Answer::Audit { room: room.0, entries: entries.into_iter().map(entry).collect() })
}

/// A reply; nothing for what papo/1 does not say.
pub(crate) fn reply(lang: Lang, txn: Option<Txn>, reply: &Reply) -> Option<ServerFrame> {
    let answer = match reply {
        Reply::Hello(welcomed) => hello(welcomed),
        Reply::Named { nick, .. } => Answer::Nick { nick: nick.name.shared().clone(), cut: nick.cut },
        Reply::Entered { room, cut } => Answer::Join { room: state(room), cut: *cut },
        Reply::Created { room, existed, cut } => Answer::Create { room: state(room), existed: *existed, cut: *cut },
        Reply::Left(room, _) => Answer::Leave { room: room.0 },
        Reply::Rooms(rooms) => Answer::Rooms { rooms: rooms.iter().map(info).collect() },
        Reply::Members(room, _, members, roles) => {
            let ranked =
                |(who, role): &(std::sync::Arc<str>, _)| Ranked { who: who.clone(), role: people::role(*role) };
            Answer::Who { room: room.0, members: members.clone(), roles: roles.iter().map(ranked).collect() }
        }
        Reply::Posted(place) => Answer::Post { room: place.room.0, seq: place.seq.0, at: place.at_ms },
        Reply::Typing => Answer::Typing,
        Reply::Pong { now_ms } => Answer::Ping { now: *now_ms },
        Reply::Goodbye => Answer::Bye,
        Reply::Rejected(reject) => return Some(rejected(lang, txn, reject)),
        other => match people::answer(txn, other) {
            Some(answer) => answer,
            None => return unasked(lang, other),
        },
    };
    Some(ack(txn, answer))
}

fn unasked(lang: Lang, reply: &Reply) -> Option<ServerFrame> {
    let about = match reply {
        Reply::Reset(room) => return Some(ServerFrame::Reset { room: state(room) }),
        Reply::Gap(room, from, to) => return Some(ServerFrame::Gap { room: room.0, from: from.0, to: to.0 }),
        Reply::Gone(room) => return Some(ServerFrame::Gone { room: room.0 }),
        Reply::Stale(RoomId::DIRECTORY) => {
            return Some(ServerFrame::Rooms { changed: Vec::new(), gone: Vec::new(), stale: true });
        }
        Reply::Stale(room) => return Some(ServerFrame::Stale { room: room.0 }),
        Reply::SlowedDown => About::SlowedDown,
        Reply::Draining => About::Draining,
        Reply::Fenced => About::Fenced,
        Reply::FrameTooBig => About::FrameTooBig,
        Reply::Refused(_) => About::Other,
        Reply::Announcement(_) => About::Announcement,
        Reply::LoginEnded => About::LoginEnded,
        other => return people::unasked(other),
    };
    let text = text::reply(lang, reply).unwrap_or_default();
    let text = text.split_once("] ").map_or(&*text, |(_, words)| words).into();
    Some(ServerFrame::Notice { about, text })
}

fn ack(txn: Option<Txn>, answer: Answer) -> ServerFrame {
    ServerFrame::Ack { txn: txn.unwrap_or_default().0, answer }
}

fn rejected(lang: Lang, txn: Option<Txn>, reject: &Reject) -> ServerFrame {
    let code = codes::code(reject);
    ServerFrame::Reject {
        txn: txn.map(|txn| txn.0),
        code,
        text: text::rejected(lang, reject).into(),
        retry: codes::retry(code),
        after_ms: codes::after_ms(reject),
    }
}

fn hello(welcomed: &Welcomed) -> Answer {
    Answer::Hello {
        version: VERSION,
        server: concat!("papo ", env!("CARGO_PKG_VERSION")).into(),
        session: welcomed.token.clone(),
        ends: welcomed.ends_ms,
        nick: welcomed.nick.clone(),
        now: welcomed.now_ms,
        capabilities: vec![ROOMS_CAPABILITY.into(), ACCOUNTS_CAPABILITY.into()],
        message_bytes: welcomed.message_bytes as u64,
        resumed: welcomed.resumed,
        rooms: welcomed.rooms.iter().map(state).collect(),
        account: welcomed.account.map(|account| account.0),
        admin: welcomed.is_admin,
        registration: people::registration(welcomed.registration),
        greeting: welcomed.greeting.clone(),
        ignored: welcomed.ignored.clone(),
    }
}

fn state(room: &RoomFacts) -> RoomState {
    RoomState {
        id: room.id.0,
        epoch: room.epoch.0,
        // A conversation of two has no name of its own: to each it is the other one.
        name: room.with.as_ref().unwrap_or(room.name.shared()).clone(),
        first: room.first.0,
        head: room.head.0,
        kind: people::kind(room.kind),
        role: people::role(room.role),
        topic: room.topic.clone(),
        readonly: room.read_only,
        slow: room.slow_seconds,
        read: room.read.map(|seq| seq.0),
    }
}

fn info(room: &RoomCount) -> RoomInfo {
    RoomInfo { id: room.id.0, name: room.name.shared().clone(), online: room.online, private: room.private }
}

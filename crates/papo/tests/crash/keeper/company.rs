//! What people do to each other – mutes, invitations, ignoring – and how far they have read what they wrote
//! to each other.

use papo_proto::papo1::ClientFrame;
use papo_proto::papo1::server::{Answer, RoomState};

use super::line::{Broken, Line, enter};
use super::{BANNED, GUARDED_ROOM, HELPER, Keeper, MEMBER, OWNER, QUIET_ROOM};

/// Longer than any run.
const MUTED_SECONDS: u64 = 24 * 60 * 60;
/// The code of a post by somebody who may say nothing.
const IS_MUTED: u16 = 2037;

impl Keeper {
    pub(super) fn mute_or_not(&mut self, owner: &mut Line, room: u64) -> Result<(), Broken> {
        let value = if self.is("the mute", "muted") { "free" } else { "muted" };
        let done = self.deed(owner, &[("the mute".to_owned(), value)], |txn| match value {
            "free" => ClientFrame::Unmute { txn, room, who: BANNED.into() },
            _ => ClientFrame::Mute { txn, room, who: BANNED.into(), seconds: MUTED_SECONDS },
        })?;
        assert!(done.is_ok(), "{done:?}");
        Ok(())
    }

    /// Out of a private room is out of those who know of it.
    pub(super) fn invite_or_not(&mut self, owner: &mut Line, room: u64) -> Result<(), Broken> {
        let value = if self.is("the invitation", "good") { "none" } else { "good" };
        let done = self.deed(owner, &[("the invitation".to_owned(), value)], |txn| match value {
            "none" => ClientFrame::Kick { txn, room, who: HELPER.into(), why: None },
            _ => ClientFrame::Invite { txn, room, who: HELPER.into() },
        })?;
        assert!(done.is_ok(), "{done:?}");
        Ok(())
    }

    pub(super) fn ignore_or_not(&mut self, member: &mut Line) -> Result<(), Broken> {
        let value = if self.is("the ignored", "hidden") { "shown" } else { "hidden" };
        let done = self.deed(member, &[("the ignored".to_owned(), value)], |txn| match value {
            "shown" => ClientFrame::Unignore { txn, who: BANNED.into() },
            _ => ClientFrame::Ignore { txn, who: BANNED.into() },
        })?;
        assert!(done.is_ok(), "{done:?}");
        Ok(())
    }

    /// The one writes, and the other says that it is read.
    pub(super) fn read_on(&mut self, owner: &mut Line, member: &mut Line) -> Result<(), Broken> {
        let room = converse(owner, MEMBER)?.id;
        let text = format!("recado {}", self.number());
        let Ok(Answer::Post { seq, .. }) =
            owner.ask(|txn| ClientFrame::Post { txn, room, text: text.as_str().into() })?
        else {
            panic!("it may be written")
        };
        converse(member, OWNER)?;
        let values = [("the mark".to_owned(), &*seq.to_string())];
        let done = self.deed(member, &values, |txn| ClientFrame::Read { txn, room, seq })?;
        assert!(done.is_ok(), "{done:?}");
        Ok(())
    }

    pub(super) fn look_at_company(&mut self) -> Result<(), Broken> {
        let mut banned = self.come(BANNED)?;
        let room = enter(&mut banned, QUIET_ROOM)?.id;
        let value = match banned.ask(|txn| ClientFrame::Post { txn, room, text: "posso?".into() })? {
            Ok(_) => "free",
            Err(code) => {
                assert_eq!(code, IS_MUTED);
                "muted"
            }
        };
        self.saw("the mute", value);
        let Ok(Answer::Rooms { rooms }) = self.come(HELPER)?.ask(|txn| ClientFrame::Rooms { txn })? else {
            panic!("no rooms")
        };
        let is_invited = rooms.iter().any(|room| room.private && &*room.name == GUARDED_ROOM);
        self.saw("the invitation", if is_invited { "good" } else { "none" });
        let mut member = Line::open(self.addr)?;
        let welcome = member.hello(None, Some(&self.people[MEMBER]), None)?.map_err(|_| Broken)?;
        let is_ignored = welcome.ignored.iter().any(|name| name == BANNED);
        self.saw("the ignored", if is_ignored { "hidden" } else { "shown" });
        let read = converse(&mut member, OWNER)?.read.unwrap_or(0);
        self.saw("the mark", &read.to_string());
        Ok(())
    }
}

/// Opens a conversation of two.
fn converse(line: &mut Line, who: &str) -> Result<RoomState, Broken> {
    match line.ask(|txn| ClientFrame::Direct { txn, who: who.into() })? {
        Ok(Answer::Direct { room }) => Ok(room),
        other => panic!("{other:?}"),
    }
}

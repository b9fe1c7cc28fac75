//! What was said in a room, shown page by page.

use papo_client::{Failure, Incoming, Page};
use papo_proto::Reject;
use papo_proto::limits::HISTORY_PAGE_MAX;
use papo_proto::papo1::server::{Message, RoomEvent};

use super::answers;
use super::speak::{Speaker, Stop};
use crate::texts;

impl Speaker<'_> {
    /// The last messages of a room, page by page from the oldest of them.
    pub(super) async fn history(&mut self, room: Option<u64>, limit: u64) -> Result<(), Stop> {
        let Some(room) = room else { return self.reject(Reject::NoRoom).await };
        let commands = self.commands.clone();
        let page_max = HISTORY_PAGE_MAX as u64;
        let mut page = match self.wait(commands.history(room, None, None, limit.min(page_max) as u32)).await? {
            Ok(page) => page,
            Err(Failure::Rejected(reject)) => {
                return Ok(self.face.show([Incoming::Refusal(reject.text.to_string())]).await?);
            }
            Err(_) => return Ok(()),
        };
        let (head, kept) = (page.head, if page.first == 0 { 0 } else { page.head + 1 - page.first });
        let total = limit.min(kept);
        let mut after = head - total;
        // A page may end early for its size: then it does not reach up to where we begin.
        if page.events.first().and_then(seq).is_none_or(|seq| seq > after + 1) {
            page.events.clear();
        }
        // What is all here can be counted: what was taken back is not shown.
        let counted = self.shown(&page, after, head).count() as u64;
        self.face.show(self.begins(room, if page.events.is_empty() { total } else { counted })).await?;
        while after < head {
            if page.events.is_empty() {
                let more = commands.history(room, None, Some(after), (head - after).min(page_max) as u32);
                page = match self.wait(more).await? {
                    Ok(page) if !page.events.is_empty() => page,
                    _ => return Ok(()),
                };
            }
            let shown = page
                .messages()
                .filter(|message| message.seq > after && message.seq <= head && !self.face.ignores(&message.author));
            let lines = answers::history(shown, crate::clock::shown);
            after = page.events.iter().rev().find_map(seq).unwrap_or(head);
            page.events.clear();
            if !lines.is_empty() {
                self.face.show_more(&lines).await?;
            }
        }
        Ok(())
    }

    fn shown<'p>(&'p self, page: &'p Page, after: u64, head: u64) -> impl Iterator<Item = &'p Message> {
        let is_in = move |message: &&Message| message.seq > after && message.seq <= head;
        page.messages().filter(is_in).filter(|message| !self.face.ignores(&message.author))
    }

    /// What leads the history of so many messages.
    fn begins(&self, room: u64, total: u64) -> Option<Incoming> {
        let lang = self.face.lang();
        match self.face.directs.borrow().get(&room) {
            Some(with) => {
                let args = &[("nome", (&**with).into()), ("total", total.into())];
                Some(Incoming::Notice(texts::say(lang, "history-with", args)))
            }
            None => answers::history_begins(lang, &self.face.room_name(room), total),
        }
    }
}

fn seq(event: &RoomEvent) -> Option<u64> {
    match event {
        RoomEvent::Message(message) => Some(message.seq),
        RoomEvent::Redacted(redacted) => Some(redacted.seq),
        RoomEvent::Redaction(redaction) => Some(redaction.seq),
        RoomEvent::Unknown => None,
    }
}

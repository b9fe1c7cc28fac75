//! The conversation by papo/1: the line may be lost and come back, the conversation goes on.
//!
//! * `answers` – how what the server says reads: the words of the text dialect;
//! * `face` – what both directions share: the screen, the room that one is in, how the line is;
//! * `hear` – what happens goes to the screen, in the order of the events; `people` – of it, what is about accounts,
//!   conversations of two and moderation; `unread` – what was said in such a conversation while one was away;
//! * `speak` – what is typed becomes commands, one after another; messages do not wait for each other; `direct` – of
//!   it, what is said to one person, and who one is;
//! * `history` – what was said in a room, shown page by page;
//! * `farewell` – how one leaves, with and without a line.

mod answers;
mod direct;
mod face;
mod farewell;
mod hear;
mod history;
mod people;
mod speak;
mod unread;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use papo_client::{Client, End, Extent, Settings, Why};
use papo_proto::lang::Lang;
use tokio::sync::mpsc;

use self::face::Face;
use self::speak::Speaker;
use crate::dialogue::Step;
use crate::kept::Keeper;
use crate::known::Known;
use crate::layout::Layout;
use crate::screen::Screen;

/// Of what was missed so many of the newest messages are shown; the number of the others is told.
const MISSED_SHOWN: u64 = 5000;

/// What the client says of itself.
pub(crate) fn settings(lang: Lang, login: Option<Arc<str>>) -> Settings {
    Settings {
        login,
        lang: Some(lang.tag().into()),
        client: Some(concat!("papo chat ", env!("CARGO_PKG_VERSION")).into()),
        extent: Extent { whole: false, window: MISSED_SHOWN },
        ..Settings::default()
    }
}

/// How the conversation ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// By our wish, and all that was said is in its room.
    Left,
    /// By our wish, but so many messages were not taken.
    Refused(usize),
    /// By our wish, or because the server stayed away; so many messages were not sent.
    Unsent(usize),
    /// The server was lost before it had answered at all.
    Lost(Why),
    /// The server ended it.
    Over(End),
    /// The person did not want to wait for the server's farewell.
    Abandoned,
    /// Nobody reads our output any more.
    Unseen,
}

/// What a conversation needs besides its client.
pub(crate) struct Live {
    /// What is typed, in order. When it is closed, that is `/quit`.
    pub(crate) steps: mpsc::Receiver<Step>,
    /// Signals that ask the program to end; they overtake what is typed.
    pub(crate) interrupts: mpsc::Receiver<()>,
    pub(crate) screen: Screen,
    pub(crate) known: Arc<Mutex<Known>>,
    pub(crate) layout: Layout,
    /// Where logins outlive the program.
    pub(crate) keeper: Keeper,
    /// Nobody is there who could wait or not: the input is a pipe. So the end waits for the answers to all that
    /// was said, but only for this long without any answer.
    pub(crate) patience: Option<Duration>,
    /// Whoever is on the way can read it: no password goes over it.
    pub(crate) is_overheard: bool,
}

impl Live {
    /// Talks until somebody wants the end of it.
    pub(crate) async fn run(self, mut client: Client) -> Ending {
        let mut face = Face::new(self.screen, self.known, self.layout, self.keeper);
        face.is_overheard = self.is_overheard;
        let mut speaker = Speaker::new(&face, client.commands(), self.steps, self.interrupts, self.patience);
        if face.welcome().await.is_err() {
            return Ending::Unseen;
        }
        tokio::select! {
            ending = hear::hear(&mut client, &face, self.patience.is_some()) => ending,
            ending = speaker.run() => ending,
        }
    }
}

#[cfg(test)]
mod tests;

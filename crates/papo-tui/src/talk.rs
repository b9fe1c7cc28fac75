//! The conversation: what is typed goes to the server while what it says goes to the screen.
//!
//! The two directions never wait for each other, so a server that reads slowly is still listened to.

use std::cell::Cell;
use std::future::pending;
use std::sync::{Arc, Mutex};

use papo_client::{Lost, Reader, Writer};
use papo_proto::lang::Args;
use papo_proto::limits::FRAME_MAX_BYTES;
use tokio::sync::mpsc;

use crate::dialogue::Step;
use crate::known::Known;
use crate::layout::Layout;
use crate::screen::Screen;
use crate::{asking, texts};

/// Typed lines are gathered up to this size before they are sent together.
const TOGETHER_BYTES: usize = 16 * 1024;

/// How the conversation ended.
#[derive(Debug)]
pub(crate) enum Ending {
    /// We said `/quit` and the server closed.
    Left,
    /// The server is lost.
    Lost(Lost),
    /// The person did not want to wait for the server's farewell.
    Abandoned,
    /// Nobody reads our output any more.
    Unseen,
}

/// What a conversation needs besides its connection.
pub(crate) struct Talk {
    /// What is typed, in order. When it is closed, that is `/quit`.
    pub(crate) steps: mpsc::Receiver<Step>,
    /// Signals that ask the program to end; they overtake what is typed.
    pub(crate) interrupts: mpsc::Receiver<()>,
    pub(crate) screen: Screen,
    pub(crate) known: Arc<Mutex<Known>>,
    pub(crate) layout: Layout,
    /// Whoever is on the way can read it: no password goes over it.
    pub(crate) is_overheard: bool,
}

impl Talk {
    /// Talks until the connection ends, or somebody wants it to.
    pub(crate) async fn run(mut self, mut reader: Reader, writer: Writer) -> Ending {
        let said_farewell = Cell::new(false);
        let (screen, known, layout) = (self.screen.clone(), self.known.clone(), self.layout);
        tokio::select! {
            ending = listen(&mut reader, &screen, &known, layout) => match ending {
                Ending::Lost(Lost::Closed) if said_farewell.get() => Ending::Left,
                ending => ending,
            },
            ending = self.speak(writer, &said_farewell) => ending,
        }
    }

    /// Sends what is typed. Returns only to abandon the conversation: how it ends is heard from the server.
    async fn speak(&mut self, mut writer: Writer, said_farewell: &Cell<bool>) -> Ending {
        if self.send_lines(&mut writer).await {
            // Nothing else is queued in this size, so it always fits.
            let _ = writer.queue("/quit");
            tokio::select! {
                sent = writer.flush() => said_farewell.set(sent.is_ok()),
                () = second_wish(&mut self.steps, &mut self.interrupts) => return Ending::Abandoned,
            }
        }
        second_wish(&mut self.steps, &mut self.interrupts).await;
        Ending::Abandoned
    }

    /// Sends lines up to the wish to leave; `false` when the connection takes no more of them.
    async fn send_lines(&mut self, writer: &mut Writer) -> bool {
        loop {
            let mut step = tokio::select! {
                biased;
                Some(()) = self.interrupts.recv() => return true,
                step = self.steps.recv() => step,
            };
            loop {
                match step {
                    Some(Step::Say(line)) if self.is_overheard && asking::is_private(&line) => {
                        self.refuse("password-overheard", &[]).await;
                    }
                    Some(Step::Account(_)) if self.is_overheard => self.refuse("password-overheard", &[]).await,
                    Some(Step::Say(line)) => self.queue(writer, &line).await,
                    Some(Step::Account(command)) => match asking::spelled(&command) {
                        Some(line) => self.queue(writer, line.expose()).await,
                        None => self.refuse("password-with-space", &[]).await,
                    },
                    Some(Step::Tell(id)) => self.refuse(id, &[]).await,
                    // A login is kept in the other dialect only.
                    Some(Step::Return) => {}
                    Some(Step::Quit | Step::Abandon) | None => return true,
                }
                if writer.unsent_bytes() >= TOGETHER_BYTES {
                    break;
                }
                match self.steps.try_recv() {
                    Ok(more) => step = Some(more),
                    Err(_) => break,
                }
            }
            tokio::select! {
                biased;
                Some(()) = self.interrupts.recv() => return true,
                sent = writer.flush() => if sent.is_err() { return false },
            }
        }
    }

    async fn queue(&self, writer: &mut Writer, line: &str) {
        if writer.queue(line).is_err() {
            let limit = (FRAME_MAX_BYTES / (1024 * 1024)).to_string();
            self.refuse("line-too-long", &[("mib", limit.into())]).await;
        }
    }

    async fn refuse(&self, id: &str, args: Args<'_>) {
        let mut notice = String::new();
        self.layout.refusal(&mut notice, &texts::say(self.layout.lang, id, args));
        // Whoever listens notices by itself when nobody sees this.
        let _ = self.screen.show(notice).await;
    }
}

/// Waits for somebody to ask a second time.
async fn second_wish(steps: &mut mpsc::Receiver<Step>, interrupts: &mut mpsc::Receiver<()>) {
    let abandoned = async {
        while let Some(step) = steps.recv().await {
            if step == Step::Abandon {
                return;
            }
        }
        pending::<()>().await;
    };
    tokio::select! {
        Some(()) = interrupts.recv() => {}
        () = abandoned => {}
    }
}

/// Shows what the server says until the connection ends.
async fn listen(reader: &mut Reader, screen: &Screen, known: &Mutex<Known>, layout: Layout) -> Ending {
    let mut heard = Vec::new();
    loop {
        let ended = reader.read(&mut heard).await;
        let mut lines = String::new();
        {
            let mut known = known.lock().expect("invariant: nothing panics while it learns");
            for incoming in heard.drain(..) {
                known.learn(&incoming);
                layout.show(&incoming, &mut lines);
            }
        }
        if !lines.is_empty() && screen.show(lines).await.is_err() {
            return Ending::Unseen;
        }
        if let Err(lost) = ended {
            return Ending::Lost(lost);
        }
    }
}

#[cfg(test)]
mod tests;

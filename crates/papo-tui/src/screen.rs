//! The one way to standard output: a thread of its own, so that a slow screen never stalls sending.

use std::io::{self, Write as _};
use std::thread;

use tokio::sync::{mpsc, oneshot};

/// Texts that wait for the screen. When it is full nothing more is read from the server.
const WAITING: usize = 16;
/// Waiting texts are printed together up to about this size, so that a prompt is redrawn once for them.
const TOGETHER_BYTES: usize = 64 * 1024;

/// Where whole lines are printed.
pub(crate) trait Sink: Send + 'static {
    /// Prints whole lines.
    fn print(&mut self, lines: &str) -> io::Result<()>;
    /// Returns once all that was printed is on the screen.
    fn settle(&mut self) -> io::Result<()>;
}

/// Standard output as it is.
pub(crate) struct Stdout;

impl Sink for Stdout {
    fn print(&mut self, lines: &str) -> io::Result<()> {
        let mut out = io::stdout().lock();
        out.write_all(lines.as_bytes())?;
        out.flush()
    }

    fn settle(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Nobody reads the output any more: a closed pipe, a terminal that is gone.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Unseen;

enum Shown {
    Lines(String),
    Settle(oneshot::Sender<()>),
}

/// The sending side of the screen.
#[derive(Clone)]
pub(crate) struct Screen {
    waiting: mpsc::Sender<Shown>,
}

impl Screen {
    /// Starts the thread that prints to `sink`; it ends with the last `Screen` or when the sink fails.
    pub(crate) fn open(sink: impl Sink) -> Self {
        let (waiting, shown) = mpsc::channel(WAITING);
        thread::spawn(move || print_all(shown, sink));
        Self { waiting }
    }

    /// Shows whole lines after those before them.
    pub(crate) async fn show(&self, lines: String) -> Result<(), Unseen> {
        self.waiting.send(Shown::Lines(lines)).await.map_err(|_| Unseen)
    }

    /// Like [`show`](Self::show), for a thread without a runtime.
    pub(crate) fn show_blocking(&self, lines: String) -> Result<(), Unseen> {
        self.waiting.blocking_send(Shown::Lines(lines)).map_err(|_| Unseen)
    }

    /// Shows whole lines if there is room for them.
    pub(crate) fn try_show(&self, lines: String) {
        let _ = self.waiting.try_send(Shown::Lines(lines));
    }

    /// Waits until all that was shown is visible.
    pub(crate) async fn settle(&self) -> Result<(), Unseen> {
        let (settled, wait) = oneshot::channel();
        self.waiting.send(Shown::Settle(settled)).await.map_err(|_| Unseen)?;
        wait.await.map_err(|_| Unseen)
    }
}

fn print_all(mut shown: mpsc::Receiver<Shown>, mut sink: impl Sink) {
    let mut next = shown.blocking_recv();
    while let Some(item) = next.take() {
        let printed = match item {
            Shown::Lines(mut lines) => {
                while lines.len() < TOGETHER_BYTES && next.is_none() {
                    match shown.try_recv() {
                        Ok(Shown::Lines(more)) => lines.push_str(&more),
                        Ok(settle) => next = Some(settle),
                        Err(_) => break,
                    }
                }
                sink.print(&lines)
            }
            Shown::Settle(settled) => sink.settle().map(|()| {
                let _ = settled.send(());
            }),
        };
        if printed.is_err() {
            return;
        }
        if next.is_none() {
            next = shown.blocking_recv();
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    /// A sink that keeps what it prints, and fails once it has printed `room` bytes.
    #[derive(Clone, Default)]
    pub(crate) struct Paper {
        pub(crate) printed: Arc<Mutex<String>>,
        pub(crate) room: Option<usize>,
    }

    impl Sink for Paper {
        fn print(&mut self, lines: &str) -> io::Result<()> {
            let mut printed = self.printed.lock().expect("no panic");
            if self.room.is_some_and(|room| printed.len() >= room) {
                return Err(io::ErrorKind::BrokenPipe.into());
            }
            printed.push_str(lines);
            Ok(())
        }

        fn settle(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[tokio::test]
    async fn all_that_was_shown_is_there_once_it_settles() {
        let paper = Paper::default();
        let screen = Screen::open(paper.clone());
        let mut expected = String::new();
        for number in 0..1000 {
            let line = format!("{number}\n");
            expected.push_str(&line);
            screen.show(line).await.expect("seen");
        }
        screen.settle().await.expect("seen");
        assert_eq!(*paper.printed.lock().expect("no panic"), expected);
    }

    #[tokio::test]
    async fn a_closed_output_is_told_to_those_who_show() {
        let screen = Screen::open(Paper { room: Some(1), ..Paper::default() });
        screen.show("a\n".into()).await.expect("seen");
        while screen.show("b\n".into()).await.is_ok() {}
        assert_eq!(screen.settle().await, Err(Unseen));
    }
}

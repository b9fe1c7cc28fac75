//! A terminal with `papo chat` in it: keys go in, and the screen can be looked at.

use std::io::{ErrorKind, Write as _};
use std::process::Command;
use std::time::Instant;

use expectrl::process::Healthcheck as _;
use expectrl::process::unix::WaitStatus;
use expectrl::session::OsSession;

use crate::PATIENCE;
use crate::screen::Screen;

/// The program on a pseudo-terminal of 80 columns.
pub(crate) struct Terminal {
    session: OsSession,
    screen: Screen,
    /// Every byte that came.
    pub(crate) bytes: Vec<u8>,
}

impl Terminal {
    pub(crate) fn run(command: Command) -> Self {
        let session = OsSession::spawn(command).expect("a pseudo-terminal");
        Self { session, screen: Screen::new(80), bytes: Vec::new() }
    }

    /// Types keys; `\r` is Enter.
    pub(crate) fn press(&mut self, keys: &str) {
        self.session.write_all(keys.as_bytes()).expect("the program reads");
        self.session.flush().expect("the program reads");
    }

    /// The screen's rows without what is empty below them.
    pub(crate) fn rows(&self) -> Vec<String> {
        self.screen.rows()
    }

    /// Reads until the screen is as `wanted`.
    #[track_caller]
    pub(crate) fn wait_until(&mut self, wanted: impl Fn(&[String]) -> bool) {
        let began = Instant::now();
        while !wanted(&self.rows()) {
            let open = self.read();
            let seen = self.rows().join("\n");
            assert!(open || wanted(&self.rows()), "the program ended with\n{seen}");
            assert!(began.elapsed() < PATIENCE, "still not there:\n{seen}");
        }
    }

    /// Reads until a row is exactly this.
    #[track_caller]
    pub(crate) fn wait_for(&mut self, row: &str) {
        self.wait_until(|rows| rows.iter().any(|shown| shown == row));
    }

    /// Reads until a row begins so.
    #[track_caller]
    pub(crate) fn wait_for_begin(&mut self, begin: &str) {
        self.wait_until(|rows| rows.iter().any(|shown| shown.starts_with(begin)));
    }

    /// Reads until the last rows are exactly these.
    #[track_caller]
    pub(crate) fn wait_for_end(&mut self, rows: &[&str]) {
        self.wait_until(|shown| shown.len() >= rows.len() && shown[shown.len() - rows.len()..] == *rows);
    }

    /// Reads up to the program's end; its exit code.
    #[track_caller]
    pub(crate) fn end(&mut self) -> i32 {
        let began = Instant::now();
        while self.read() {
            assert!(began.elapsed() < PATIENCE, "the program does not end:\n{}", self.rows().join("\n"));
        }
        loop {
            match self.session.get_process().get_status().expect("a child") {
                WaitStatus::Exited(_, code) => return code,
                WaitStatus::StillAlive => std::thread::yield_now(),
                other => panic!("{other:?}"),
            }
            assert!(began.elapsed() < PATIENCE, "the program closed its terminal and does not end");
        }
    }

    /// Reads what is there; `false` at the end.
    fn read(&mut self) -> bool {
        let mut buffer = [0; 4096];
        match self.session.try_read(&mut buffer) {
            Ok(0) => false,
            Ok(count) => {
                self.bytes.extend_from_slice(&buffer[..count]);
                self.screen.feed(&buffer[..count]);
                true
            }
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) => {
                std::thread::yield_now();
                true
            }
            // Linux's word for a terminal that nobody holds open any more.
            Err(_) => false,
        }
    }
}

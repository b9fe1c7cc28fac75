//! A program that ends by itself: what it said and how it ended.

use std::io::Read;
use std::process::{Command, Stdio};
use std::thread;

use crate::Papo;

/// How a program ended.
#[derive(Debug)]
pub struct Ended {
    /// Its exit code; `None` when a signal ended it.
    pub code: Option<i32>,
    /// What it wrote on standard output.
    pub out: String,
    /// What it wrote on standard error.
    pub err: String,
}

impl Ended {
    /// Runs a program to its end, with nothing on its standard input.
    pub fn of(command: &mut Command) -> Self {
        let command = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the program starts");
        let mut err = child.stderr.take().expect("piped");
        let err = thread::spawn(move || {
            let mut text = Vec::new();
            let _ = err.read_to_end(&mut text);
            String::from_utf8_lossy(&text).into_owned()
        });
        // Dropped, and so ended, when it does not end in time.
        let mut running = Papo::watching(child);
        let out = running.rest();
        let (status, _) = running.wait();
        Self { code: status.code(), out, err: err.join().expect("reading does not panic") }
    }
}

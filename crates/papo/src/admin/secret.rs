//! Asking for a password: twice and without showing it at a terminal, once from a pipe.

use std::io::{self, BufRead as _, IsTerminal as _, Write as _};

use papo_proto::Lang;
use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};

use crate::texts::say;

/// Reads a new password.
pub(super) fn new_password(lang: Lang) -> io::Result<String> {
    let input = io::stdin();
    if !input.is_terminal() {
        return line();
    }
    loop {
        let password = ask(&say(lang, "admin-password", &[]))?;
        if ask(&say(lang, "admin-password-again", &[]))? == password {
            return Ok(password);
        }
        eprint(&format!("{}\n", say(lang, "admin-password-differs", &[])));
    }
}

fn ask(question: &str) -> io::Result<String> {
    let _hidden = Hidden::begin()?;
    eprint(question);
    let typed = line();
    eprint("\n");
    typed
}

fn line() -> io::Result<String> {
    let mut line = String::new();
    if io::stdin().lock().read_line(&mut line)? == 0 {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

fn eprint(text: &str) {
    let mut out = io::stderr();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

/// What is typed is not shown, until this is dropped.
struct Hidden(Termios);

impl Hidden {
    fn begin() -> io::Result<Self> {
        let before = tcgetattr(io::stdin())?;
        let mut hidden = before.clone();
        hidden.local_modes -= LocalModes::ECHO;
        tcsetattr(io::stdin(), OptionalActions::Flush, &hidden)?;
        Ok(Self(before))
    }
}

impl Drop for Hidden {
    fn drop(&mut self) {
        let _ = tcsetattr(io::stdin(), OptionalActions::Now, &self.0);
    }
}

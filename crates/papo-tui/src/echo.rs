//! Not showing what is typed, on a terminal whose lines are not edited here.

use std::io::{self, IsTerminal as _};
use std::os::fd::AsFd as _;
use std::sync::{Arc, Mutex};

use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};

/// The terminal's echo. Whoever ends the program puts it back as it was found, wherever the reader is.
#[derive(Clone, Debug, Default)]
pub(crate) struct Echo {
    found: Arc<Mutex<Option<Termios>>>,
}

impl Echo {
    /// What is typed from now on is not shown; the end of its line is. False where that cannot be: on a terminal that
    /// does not let it.
    pub(crate) fn off(&self) -> bool {
        if !io::stdin().is_terminal() {
            return true;
        }
        let Ok(found) = tcgetattr(io::stdin().as_fd()) else { return false };
        let mut hidden = found.clone();
        hidden.local_modes.remove(LocalModes::ECHO);
        hidden.local_modes.insert(LocalModes::ECHONL);
        *self.found() = Some(found);
        tcsetattr(io::stdin().as_fd(), OptionalActions::Now, &hidden).is_ok()
    }

    /// It is shown again, if it was before.
    pub(crate) fn restore(&self) {
        if let Some(found) = self.found().take() {
            // The terminal may be gone, and then it needs nothing.
            let _ = tcsetattr(io::stdin().as_fd(), OptionalActions::Now, &found);
        }
    }

    fn found(&self) -> std::sync::MutexGuard<'_, Option<Termios>> {
        self.found.lock().expect("invariant: nothing panics while it holds the terminal's modes")
    }
}

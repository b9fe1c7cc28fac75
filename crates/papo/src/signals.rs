//! Ctrl+C and SIGTERM.

use std::io;

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

/// The signals that ask the program to stop.
pub(crate) struct Stop(Signals);

impl Stop {
    /// From now on the signals are kept for [`Stop::wait`].
    ///
    /// # Errors
    /// The system does not allow it.
    pub(crate) fn listen() -> io::Result<Self> {
        Signals::new([SIGINT, SIGTERM]).map(Self)
    }

    /// Waits for a signal. A second one ends the process at once: whoever sends it is in a hurry.
    pub(crate) fn wait(mut self) {
        let _ = self.0.forever().next();
        std::thread::spawn(move || {
            if let Some(signal) = self.0.forever().next() {
                std::process::exit(128 + signal);
            }
        });
    }
}

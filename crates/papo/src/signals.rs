//! Ctrl+C, SIGTERM and SIGHUP.

use std::io;

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

/// What a signal asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    /// Stop.
    Stop,
    /// Read the configuration again.
    Reload,
}

/// The signals that the program answers to.
pub(crate) struct Stop(Signals);

impl Stop {
    /// From now on the signals that ask to stop are kept for [`Stop::wait`].
    ///
    /// # Errors
    /// The system does not allow it.
    pub(crate) fn listen() -> io::Result<Self> {
        Signals::new([SIGINT, SIGTERM]).map(Self)
    }

    /// The same, and SIGHUP does not end the process but asks to reload.
    ///
    /// # Errors
    /// The system does not allow it.
    pub(crate) fn listen_with_reload() -> io::Result<Self> {
        Signals::new([SIGINT, SIGTERM, SIGHUP]).map(Self)
    }

    /// Waits for a signal.
    pub(crate) fn next(&mut self) -> Asked {
        match self.0.forever().next() {
            Some(SIGHUP) => Asked::Reload,
            _ => Asked::Stop,
        }
    }

    /// Waits until it is to stop.
    pub(crate) fn wait(mut self) {
        while self.next() == Asked::Reload {}
        self.end_at_the_next();
    }

    /// A second signal ends the process at once: whoever sends it is in a hurry.
    pub(crate) fn end_at_the_next(mut self) {
        std::thread::spawn(move || {
            if let Some(signal) = self.0.forever().find(|signal| *signal != SIGHUP) {
                std::process::exit(128 + signal);
            }
        });
    }
}

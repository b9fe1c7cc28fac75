//! When lines may be printed around the prompt.
//!
//! The line editor's printer hands a line over only while the editor is reading; in between it writes straight
//! to the terminal, where the line would overtake those that are handed over and tear the line being entered. So
//! printing waits for the short time between two prompts, and goes on when the next one is painted.

use std::sync::{Condvar, Mutex, MutexGuard};
use std::time::Duration;

/// What the line editor is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Between two prompts.
    Away,
    /// It was told to read and has not painted its prompt yet.
    Beginning,
    /// Its prompt is on the screen.
    Present,
    /// It will not read again: its terminal is gone.
    Gone,
    /// The program is about to end.
    Closed,
}

/// How a line reaches the screen now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// Above the prompt, by the editor's printer.
    AbovePrompt,
    /// Straight to standard output.
    Direct,
}

/// Shared by the editor's thread, the printing thread and the program's end.
#[derive(Debug)]
pub(crate) struct Gate {
    state: Mutex<State>,
    changed: Condvar,
}

impl Gate {
    pub(crate) fn new() -> Self {
        Self { state: Mutex::new(State::Away), changed: Condvar::new() }
    }

    /// The editor is about to read. `false`: it must not.
    pub(crate) fn begin(&self) -> bool {
        self.turn(|state| match state {
            State::Closed => State::Closed,
            _ => State::Beginning,
        }) != State::Closed
    }

    /// The prompt is on the screen.
    pub(crate) fn painted(&self) {
        self.turn(|state| if state == State::Beginning { State::Present } else { state });
    }

    /// A line has been entered, or reading ended otherwise.
    pub(crate) fn away(&self) {
        self.turn(|state| if matches!(state, State::Beginning | State::Present) { State::Away } else { state });
    }

    /// The editor will not read again.
    pub(crate) fn gone(&self) {
        self.turn(|state| if state == State::Closed { state } else { State::Gone });
    }

    /// Waits until lines can be printed, and tells how. `None`: not any more.
    pub(crate) fn pass(&self) -> Option<Way> {
        let state = self.changed.wait_while(self.lock(), |state| is_passing(*state)).expect(NO_PANIC);
        match *state {
            State::Present => Some(Way::AbovePrompt),
            State::Gone => Some(Way::Direct),
            State::Away | State::Beginning | State::Closed => None,
        }
    }

    /// Ends reading and printing for good, once the editor is between nothing, or after `within`.
    /// Tells whether a prompt is on the screen.
    pub(crate) fn close(&self, within: Duration) -> bool {
        let (mut state, _) =
            self.changed.wait_timeout_while(self.lock(), within, |state| is_passing(*state)).expect(NO_PANIC);
        let before = std::mem::replace(&mut *state, State::Closed);
        self.changed.notify_all();
        before == State::Present
    }

    fn turn(&self, change: impl FnOnce(State) -> State) -> State {
        let mut state = self.lock();
        *state = change(*state);
        self.changed.notify_all();
        *state
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect(NO_PANIC)
    }
}

const NO_PANIC: &str = "invariant: nothing panics while it holds the gate";

fn is_passing(state: State) -> bool {
    matches!(state, State::Away | State::Beginning)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::thread;

    use super::*;

    const NOW: Duration = Duration::ZERO;

    #[test]
    fn printing_waits_for_the_prompt() {
        let gate = Arc::new(Gate::new());
        let printing = thread::spawn({
            let gate = gate.clone();
            move || gate.pass()
        });
        assert!(gate.begin());
        gate.painted();
        assert_eq!(printing.join().expect("no panic"), Some(Way::AbovePrompt));
        assert!(gate.close(NOW), "a prompt is on the screen");
        assert!(!gate.begin());
        assert_eq!(gate.pass(), None);
    }

    #[test]
    fn a_repainted_line_that_was_entered_does_not_open_it() {
        let gate = Gate::new();
        gate.begin();
        gate.painted();
        gate.away();
        gate.painted();
        assert!(!gate.close(NOW));
    }

    #[test]
    fn without_a_terminal_lines_go_straight_out() {
        let gate = Gate::new();
        gate.begin();
        gate.gone();
        assert_eq!(gate.pass(), Some(Way::Direct));
        assert!(!gate.close(NOW));
        gate.gone();
        assert_eq!(gate.pass(), None);
    }
}

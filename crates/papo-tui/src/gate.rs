//! When lines may be printed around the prompt, and how the prompt comes to rest at the end.
//!
//! The line editor's printer hands a line over only while the editor is reading; in between it writes straight
//! to the terminal, where the line would overtake those that are handed over and tear the line being entered. So
//! printing waits for the short time between two prompts, and goes on when the next one is painted.
//!
//! Nothing can make the editor stop reading, so at the end its thread is held where it is about to paint.

use std::sync::{Condvar, Mutex, MutexGuard};
use std::thread;
use std::time::Duration;

/// What the line editor is doing.
#[derive(Clone, Debug, PartialEq, Eq)]
enum State {
    /// Between two prompts.
    Away,
    /// It was told to read and has not painted its prompt yet.
    Beginning,
    /// Its prompt is on the screen.
    Present,
    /// It will not read again: its terminal is gone.
    Gone,
    /// It is to be held when it paints next.
    Closing,
    /// It is held, with this in the prompt's row.
    Held(String),
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

    /// The editor is about to read.
    pub(crate) fn begin(&self) {
        self.turn(&[State::Away], State::Beginning);
    }

    /// The prompt is being painted, and the editor takes what is printed.
    pub(crate) fn painted(&self) {
        self.turn(&[State::Beginning], State::Present);
    }

    /// A line has been entered, or reading ended otherwise.
    pub(crate) fn away(&self) {
        self.turn(&[State::Beginning, State::Present], State::Away);
    }

    /// The editor will not read again.
    pub(crate) fn gone(&self) {
        self.turn(&[State::Away, State::Beginning, State::Present, State::Closing], State::Gone);
    }

    /// Nothing more will be printed: the editor is to be held.
    pub(crate) fn close(&self) {
        self.turn(&[State::Away, State::Beginning, State::Present], State::Closing);
    }

    /// Waits until lines can be printed, and tells how.
    pub(crate) fn pass(&self) -> Way {
        let between = |state: &mut State| matches!(state, State::Away | State::Beginning);
        let state = self.changed.wait_while(self.lock(), between).expect(NO_PANIC);
        if *state == State::Present { Way::AbovePrompt } else { Way::Direct }
    }

    /// Called by the editor when it is about to paint this row. Does not return once the gate is closed.
    pub(crate) fn paint(&self, row: impl FnOnce() -> String) {
        let mut state = self.lock();
        if *state != State::Closing {
            return;
        }
        *state = State::Held(row());
        drop(state);
        self.changed.notify_all();
        loop {
            thread::park();
        }
    }

    /// Waits for the editor to be held, and gives the row that it would have painted on the empty one where the
    /// cursor is. `None`: it is not held within this time.
    pub(crate) fn held(&self, within: Duration) -> Option<String> {
        let closing = |state: &mut State| *state == State::Closing;
        let (state, _) = self.changed.wait_timeout_while(self.lock(), within, closing).expect(NO_PANIC);
        if let State::Held(row) = &*state { Some(row.clone()) } else { None }
    }

    fn turn(&self, from: &[State], to: State) {
        let mut state = self.lock();
        if from.contains(&state) {
            *state = to;
            self.changed.notify_all();
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect(NO_PANIC)
    }
}

const NO_PANIC: &str = "invariant: nothing panics while it holds the gate";

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    const NOW: Duration = Duration::ZERO;
    const PATIENCE: Duration = Duration::from_secs(20);

    #[test]
    fn printing_waits_for_the_prompt() {
        let gate = Arc::new(Gate::new());
        let printing = thread::spawn({
            let gate = gate.clone();
            move || gate.pass()
        });
        gate.begin();
        gate.painted();
        assert_eq!(printing.join().expect("no panic"), Way::AbovePrompt);
    }

    #[test]
    fn a_repainted_line_that_was_entered_does_not_open_it() {
        let gate = Gate::new();
        gate.begin();
        gate.painted();
        gate.away();
        gate.painted();
        assert_eq!(*gate.lock(), State::Away);
    }

    #[test]
    fn without_a_terminal_lines_go_straight_out() {
        let gate = Gate::new();
        gate.begin();
        gate.gone();
        assert_eq!(gate.pass(), Way::Direct);
        gate.begin();
        assert_eq!((gate.pass(), gate.held(NOW)), (Way::Direct, None));
    }

    #[test]
    fn the_editor_is_held_at_its_next_paint_and_not_before() {
        let gate = Arc::new(Gate::new());
        gate.begin();
        gate.painted();
        gate.paint(|| unreachable!("it is open"));
        gate.close();
        assert_eq!(gate.held(NOW), None);
        // This thread never ends by itself, like the editor's.
        thread::spawn({
            let gate = gate.clone();
            move || {
                gate.begin();
                gate.paint(|| "Você: meio ca".to_owned());
                unreachable!("it is held");
            }
        });
        assert_eq!(gate.held(PATIENCE).as_deref(), Some("Você: meio ca"));
        gate.gone();
        assert_eq!(gate.held(NOW).as_deref(), Some("Você: meio ca"));
    }
}

//! Line editing on a capable terminal: a prompt, history, completion, and lines that arrive above the prompt.

use std::io::{self, Write as _};
use std::os::fd::AsFd as _;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use papo_proto::lang::Lang;
use rustix::termios::{OptionalActions, Termios, tcgetattr, tcsetattr};
use rustyline::completion::{Completer, Pair};
use rustyline::config::{BellStyle, CompletionType, Config};
use rustyline::error::ReadlineError;
use rustyline::highlight::Highlighter;
use rustyline::hint::Hinter;
use rustyline::history::DefaultHistory;
use rustyline::validate::{ValidationContext, ValidationResult, Validator};
use rustyline::{Context, Editor, ExternalPrinter, Helper};
use tokio::sync::mpsc;

use crate::complete::complete;
use crate::dialogue::{Awaits, Dialogue, Step};
use crate::gate::{Gate, Way};
use crate::known::Known;
use crate::layout::Layout;
use crate::screen::{Screen, Sink};
use crate::texts;

/// Lines that the arrow keys bring back. They stay in memory: what people say is not written to disk.
const HISTORY_LINES: usize = 500;
/// A typed line takes at most this many steps: the name, the room, and a farewell after them.
const STEPS_PER_LINE: usize = 3;
/// How long the end waits for the prompt to be painted.
const PATIENCE: Duration = Duration::from_secs(1);

/// A terminal whose lines are edited.
pub(crate) struct Terminal {
    editor: Editor<Keys, DefaultHistory>,
    gate: Arc<Gate>,
}

/// What puts the terminal back as it was found.
pub(crate) struct Restore {
    gate: Arc<Gate>,
    found: Termios,
}

/// Takes the terminal over: the editor, the way to print above its prompt, and the way back.
pub(crate) fn open(known: Arc<Mutex<Known>>) -> Result<(Terminal, AbovePrompt, Restore), ReadlineError> {
    let found = tcgetattr(io::stdin().as_fd()).map_err(io::Error::from)?;
    let config = Config::builder()
        .max_history_size(HISTORY_LINES)?
        .history_ignore_dups(true)?
        .completion_type(CompletionType::List)
        // Waiting for a second Tab would hold back what arrives.
        .completion_show_all_if_ambiguous(true)
        .bell_style(BellStyle::None)
        .build();
    let gate = Arc::new(Gate::new());
    let mut editor = Editor::with_history(config.clone(), DefaultHistory::with_config(&config))?;
    editor.set_helper(Some(Keys { known, gate: gate.clone() }));
    let printer = AbovePrompt { printer: Box::new(editor.create_external_printer()?), gate: gate.clone() };
    Ok((Terminal { editor, gate: gate.clone() }, printer, Restore { gate, found }))
}

impl Terminal {
    /// Reads lines in a thread of its own until the program ends.
    pub(crate) fn read(self, dialogue: Dialogue, steps: mpsc::Sender<Step>, screen: Screen, layout: Layout) {
        thread::spawn(move || {
            let gate = self.gate.clone();
            self.converse(dialogue, &steps, &screen, layout);
            gate.gone();
        });
    }

    /// Goes on after `/quit` too, with an empty prompt: only a reading editor prints what still arrives.
    fn converse(mut self, mut dialogue: Dialogue, steps: &mpsc::Sender<Step>, screen: &Screen, layout: Layout) {
        let mut kept = String::new();
        while self.gate.begin() {
            let awaits = dialogue.awaits();
            let typed = self.editor.readline_with_initial(&prompt(awaits, layout.lang), (&kept, ""));
            self.gate.away();
            kept.clear();
            let next = match typed {
                // Handed back instead of waiting: while this thread waits nothing can be printed.
                Ok(line) if steps.capacity() < STEPS_PER_LINE => {
                    let mut notice = String::new();
                    layout.refusal(&mut notice, &texts::say(layout.lang, "queue-full", &[]));
                    screen.try_show(notice);
                    kept = line;
                    continue;
                }
                Ok(line) => {
                    if awaits == Awaits::Lines && !line.trim().is_empty() {
                        // The history refuses only repetitions.
                        let _ = self.editor.add_history_entry(line.as_str());
                    }
                    dialogue.hear(&line)
                }
                Err(ReadlineError::Eof | ReadlineError::Interrupted) => dialogue.end(),
                Err(_) => {
                    for step in dialogue.end() {
                        let _ = steps.blocking_send(step);
                    }
                    return;
                }
            };
            for step in next {
                if steps.try_send(step).is_err() {
                    return;
                }
            }
        }
    }
}

fn prompt(awaits: Awaits, lang: Lang) -> String {
    let id = match awaits {
        Awaits::Name => "ask-name",
        Awaits::Lines => "prompt",
        Awaits::End => return String::new(),
    };
    format!("{} ", texts::say(lang, id, &[]))
}

impl Restore {
    /// Leaves raw mode, and stops reading and printing. What is in the prompt stays on the screen if something
    /// else is to follow it.
    pub(crate) fn restore(self, something_follows: bool) {
        let prompt_is_there = self.gate.close(PATIENCE);
        let _ = tcsetattr(io::stdin().as_fd(), OptionalActions::Now, &self.found);
        if prompt_is_there {
            // Bracketed paste off, then an empty line from here on.
            let line_break = if something_follows { "\n" } else { "" };
            let mut out = io::stdout().lock();
            let _ = write!(out, "\x1b[?2004l\r{line_break}\x1b[J").and_then(|()| out.flush());
        }
    }
}

/// Prints above the prompt and the line being typed.
pub(crate) struct AbovePrompt {
    printer: Box<dyn ExternalPrinter + Send>,
    gate: Arc<Gate>,
}

impl AbovePrompt {
    fn hand_over(&mut self, text: &str) -> io::Result<()> {
        match self.gate.pass() {
            Some(Way::AbovePrompt) => self.printer.print(text.to_owned()).map_err(io::Error::other),
            Some(Way::Direct) => {
                let mut out = io::stdout().lock();
                out.write_all(text.as_bytes()).and_then(|()| out.flush())
            }
            None => Err(io::ErrorKind::BrokenPipe.into()),
        }
    }
}

impl Sink for AbovePrompt {
    fn print(&mut self, lines: &str) -> io::Result<()> {
        self.hand_over(lines)
    }

    /// The editor holds one text at most, so it has printed all others once it takes one more: a line up, a line
    /// down, which changes nothing.
    fn settle(&mut self) -> io::Result<()> {
        self.hand_over("\x1b[A\n")
    }
}

/// What the editor asks while keys come in.
struct Keys {
    known: Arc<Mutex<Known>>,
    gate: Arc<Gate>,
}

impl Helper for Keys {}

impl Completer for Keys {
    type Candidate = Pair;

    fn complete(&self, line: &str, cursor: usize, _: &Context<'_>) -> rustyline::Result<(usize, Vec<Pair>)> {
        let known = self.known.lock().expect("invariant: nothing panics while it learns");
        let (start, offers) = complete(line, cursor, &known);
        let pair = |offer: crate::complete::Offer| Pair { display: offer.shown, replacement: offer.insert };
        Ok((start, offers.into_iter().map(pair).collect()))
    }
}

/// There are no hints, but asking for the first one means that raw mode is on and the prompt is being painted.
impl Hinter for Keys {
    type Hint = String;

    fn hint(&self, _: &str, _: usize, _: &Context<'_>) -> Option<String> {
        self.gate.painted();
        None
    }
}

/// Every line is good, but asking means that it has been entered and the editor is about to leave raw mode.
impl Validator for Keys {
    fn validate(&self, _: &mut ValidationContext<'_>) -> rustyline::Result<ValidationResult> {
        self.gate.away();
        Ok(ValidationResult::Valid(None))
    }
}

impl Highlighter for Keys {}

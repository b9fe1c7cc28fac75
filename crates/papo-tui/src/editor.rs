//! Line editing on a capable terminal: a prompt, history, completion, and lines that arrive above the prompt.

use std::borrow::Cow;
use std::cell::RefCell;
use std::io::{self, Write as _};
use std::os::fd::AsFd as _;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use papo_proto::lang::Lang;
use papo_proto::words::Secret;
use rustix::termios::{OptionalActions, Termios, tcgetattr, tcsetattr};
use rustyline::completion::{Completer, Pair};
use rustyline::config::{BellStyle, ColorMode, CompletionType, Config};
use rustyline::error::ReadlineError;
use rustyline::highlight::{CmdKind, Highlighter};
use rustyline::hint::Hinter;
use rustyline::history::DefaultHistory;
use rustyline::validate::{ValidationContext, ValidationResult, Validator};
use rustyline::{
    Cmd, ConditionalEventHandler, Context, Editor, Event, EventContext, EventHandler, ExternalPrinter, Helper, KeyCode,
    KeyEvent, Modifiers, RepeatCount,
};
use tokio::sync::mpsc;

use crate::asking::is_private;
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
/// An editor that has something to paint does so within this time.
const IDLE: Duration = Duration::from_millis(50);
/// How long the end waits for the editor to come to rest.
const PATIENCE: Duration = Duration::from_secs(1);
/// A line up, a line down: a text that makes the editor paint and changes nothing.
const NOTHING: &str = "\x1b[A\n";
const BRACKETED_PASTE_OFF: &str = "\x1b[?2004l";

/// A terminal whose lines are edited.
pub(crate) struct Terminal {
    editor: Editor<Keys, DefaultHistory>,
    gate: Arc<Gate>,
    /// What is being typed is not to be seen.
    is_secret: Arc<AtomicBool>,
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
        // Nothing is coloured. But the highlighter hides passwords and tells the gate, whatever NO_COLOR says.
        .color_mode(ColorMode::Forced)
        .build();
    let gate = Arc::new(Gate::new());
    let mut editor = Editor::with_history(config.clone(), DefaultHistory::with_config(&config))?;
    let is_secret = Arc::<AtomicBool>::default();
    let keys = Keys { known, gate: gate.clone(), prompt: RefCell::default(), is_secret: is_secret.clone() };
    editor.set_helper(Some(keys));
    editor.bind_sequence(Event::Any, EventHandler::Conditional(Box::new(WhileSecret(is_secret.clone()))));
    let printer = AbovePrompt { printer: Box::new(editor.create_external_printer()?), gate: gate.clone() };
    Ok((Terminal { editor, gate: gate.clone(), is_secret }, printer, Restore { gate, found }))
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
        loop {
            self.gate.begin();
            let awaits = dialogue.awaits();
            let is_secret = matches!(awaits, Awaits::Secret(_));
            self.is_secret.store(is_secret, Ordering::Relaxed);
            let typed = self.editor.readline_with_initial(&prompt(awaits, layout.lang), (&kept, ""));
            self.gate.away();
            kept.clear();
            let next = match typed {
                // Handed back instead of waiting: while this thread waits nothing can be printed.
                Ok(line) if steps.capacity() < STEPS_PER_LINE => {
                    let mut notice = String::new();
                    layout.refusal(&mut notice, &texts::say(layout.lang, "queue-full", &[]));
                    screen.try_show(notice);
                    // A password is asked for again, and one in a line is not shown a second time.
                    if !is_secret && !is_private(&line) {
                        kept = line;
                    }
                    continue;
                }
                Ok(line) if is_secret => dialogue.answer(Secret::new(line)),
                Ok(line) => {
                    if awaits == Awaits::Lines && !line.trim().is_empty() && !is_private(&line) {
                        // The history refuses only repetitions.
                        let _ = self.editor.add_history_entry(line.as_str());
                    }
                    dialogue.hear(&line)
                }
                Err(ReadlineError::Eof) => dialogue.end(),
                Err(ReadlineError::Interrupted) => dialogue.interrupt(),
                Err(_) => {
                    for step in dialogue.end() {
                        let _ = steps.blocking_send(step);
                    }
                    return;
                }
            };
            for step in next {
                // There is room; it fails only once the conversation is over, and then nothing is missed.
                let _ = steps.try_send(step);
            }
        }
    }
}

fn prompt(awaits: Awaits, lang: Lang) -> String {
    let id = match awaits {
        Awaits::Name => "ask-name",
        Awaits::Lines => "prompt",
        Awaits::Secret(question) => question.id(),
        Awaits::End => return String::new(),
    };
    format!("{} ", texts::say(lang, id, &[]))
}

impl Restore {
    /// Leaves raw mode. A half-typed line stays on the screen if something else is to follow it.
    pub(crate) fn restore(self, something_follows: bool) {
        let held = self.gate.held(Duration::ZERO);
        let _ = tcsetattr(io::stdin().as_fd(), OptionalActions::Now, &self.found);
        let below = match held {
            Some(row) if something_follows && !row.is_empty() => format!("{row}\n"),
            Some(_) => String::new(),
            // The editor did not come to rest, so the cursor may be anywhere in its rows.
            None => "\r\n\x1b[J".to_owned(),
        };
        let mut out = io::stdout().lock();
        // The terminal may be gone, and then it needs nothing.
        let _ = write!(out, "{BRACKETED_PASTE_OFF}{below}").and_then(|()| out.flush());
    }
}

/// Prints above the prompt and the line being typed.
pub(crate) struct AbovePrompt {
    printer: Box<dyn ExternalPrinter + Send>,
    gate: Arc<Gate>,
}

impl Sink for AbovePrompt {
    fn print(&mut self, lines: &str) -> io::Result<()> {
        match self.gate.pass() {
            Way::AbovePrompt => self.printer.print(lines.to_owned()).map_err(io::Error::other),
            Way::Direct => {
                let mut out = io::stdout().lock();
                out.write_all(lines.as_bytes()).and_then(|()| out.flush())
            }
        }
    }

    /// The editor's printer holds one text, so it takes another one only when those before it are being painted.
    /// After that the editor is held; when it is idle, one more makes it paint.
    fn settle(&mut self) -> io::Result<()> {
        self.print(NOTHING)?;
        self.gate.close();
        if self.gate.held(IDLE).is_none() {
            self.printer.print(NOTHING.to_owned()).map_err(io::Error::other)?;
        }
        self.gate.held(PATIENCE);
        Ok(())
    }
}

/// What the editor asks while keys come in.
struct Keys {
    known: Arc<Mutex<Known>>,
    gate: Arc<Gate>,
    /// The prompt that was painted last.
    prompt: RefCell<String>,
    is_secret: Arc<AtomicBool>,
}

impl Keys {
    fn is_secret(&self) -> bool {
        self.is_secret.load(Ordering::Relaxed)
    }
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

/// Nothing is coloured, but this is called with every row that is about to be painted. A password is painted as
/// blanks: the editor wants something as wide as what it holds.
impl Highlighter for Keys {
    fn highlight_prompt<'b, 's: 'b, 'p: 'b>(&'s self, prompt: &'p str, _: bool) -> Cow<'b, str> {
        prompt.clone_into(&mut self.prompt.borrow_mut());
        Cow::Borrowed(prompt)
    }

    fn highlight<'l>(&self, line: &'l str, _: usize) -> Cow<'l, str> {
        let shown = if self.is_secret() { Cow::Owned(" ".repeat(line.chars().count())) } else { Cow::Borrowed(line) };
        self.gate.paint(|| format!("{}{shown}", self.prompt.borrow()).trim_end().to_owned());
        shown
    }

    /// Otherwise the editor writes a typed character by itself.
    fn highlight_char(&self, _: &str, _: usize, _: CmdKind) -> bool {
        self.is_secret()
    }
}

/// While a password is typed only those keys work that type, correct and end it. The others could put it where it is
/// shown later: into what is inserted by Ctrl+Y, or a list of completions; or bring something else in its place.
struct WhileSecret(Arc<AtomicBool>);

impl ConditionalEventHandler for WhileSecret {
    fn handle(&self, event: &Event, _: RepeatCount, _: bool, _: &EventContext<'_>) -> Option<Cmd> {
        if !self.0.load(Ordering::Relaxed) {
            return None;
        }
        let Event::KeySeq(keys) = event else { return Some(Cmd::Noop) };
        let [KeyEvent(code, modifiers)] = keys[..] else { return Some(Cmd::Noop) };
        match (code, modifiers) {
            (KeyCode::Char(_), Modifiers::NONE | Modifiers::SHIFT)
            | (KeyCode::Char('C' | 'D' | 'H' | 'J' | 'M'), Modifiers::CTRL)
            | (
                KeyCode::Enter
                | KeyCode::Backspace
                | KeyCode::Delete
                | KeyCode::Left
                | KeyCode::Right
                | KeyCode::Home
                | KeyCode::End
                | KeyCode::BracketedPasteStart
                | KeyCode::BracketedPasteEnd,
                Modifiers::NONE,
            ) => None,
            // To the beginning, without keeping what is taken away.
            (KeyCode::Char('U' | 'W'), Modifiers::CTRL) => Some(Cmd::Undo(RepeatCount::MAX)),
            _ => Some(Cmd::Noop),
        }
    }
}

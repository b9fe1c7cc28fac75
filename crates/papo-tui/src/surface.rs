//! What the terminal can do, decided once from the facts about it.

use std::io::{self, IsTerminal as _};

/// Terminals that cannot redraw a line.
const DUMB: [&str; 3] = ["dumb", "cons25", "emacs"];

/// What is known about the program's surroundings.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts, each from its own source")]
pub(crate) struct Facts {
    pub(crate) plain: bool,
    pub(crate) input_is_terminal: bool,
    pub(crate) output_is_terminal: bool,
    pub(crate) term: Option<String>,
    pub(crate) no_color: bool,
}

impl Facts {
    pub(crate) fn gather(plain: bool) -> Self {
        Self {
            plain,
            input_is_terminal: io::stdin().is_terminal(),
            output_is_terminal: io::stdout().is_terminal(),
            term: std::env::var("TERM").ok(),
            no_color: std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty()),
        }
    }
}

/// How the program shows and reads lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Surface {
    /// A person types: the name is asked for. Otherwise every line is sent as it is.
    pub(crate) asks: bool,
    /// A prompt is redrawn around what arrives. Otherwise whole lines only, without escape sequences.
    pub(crate) edits: bool,
    /// Colours may be used.
    pub(crate) colours: bool,
}

impl Surface {
    pub(crate) fn of(facts: &Facts) -> Self {
        let capable = facts.term.as_deref().is_some_and(|term| !term.is_empty() && !DUMB.contains(&term));
        let rich = facts.output_is_terminal && capable && !facts.plain;
        Self { asks: facts.input_is_terminal, edits: rich && facts.input_is_terminal, colours: rich && !facts.no_color }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escape_sequences_go_to_capable_terminals_only() {
        // plain, input, output, TERM, NO_COLOR → asks, edits, colours
        for (plain, input, output, term, no_color, expected) in [
            (false, true, true, Some("xterm-256color"), false, (true, true, true)),
            (false, true, true, Some("xterm"), true, (true, true, false)),
            (true, true, true, Some("xterm"), false, (true, false, false)),
            (false, true, true, Some("dumb"), false, (true, false, false)),
            (false, true, true, None, false, (true, false, false)),
            (false, true, true, Some(""), false, (true, false, false)),
            (false, true, false, Some("xterm"), false, (true, false, false)),
            (false, false, true, Some("xterm"), false, (false, false, true)),
            (false, false, false, Some("xterm"), false, (false, false, false)),
        ] {
            let facts = Facts {
                plain,
                input_is_terminal: input,
                output_is_terminal: output,
                term: term.map(str::to_owned),
                no_color,
            };
            let surface = Surface::of(&facts);
            assert_eq!((surface.asks, surface.edits, surface.colours), expected, "{facts:?}");
        }
    }
}

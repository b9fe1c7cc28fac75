//! How what the server says looks on the screen.

use papo_client::Incoming;
use papo_proto::clean;
use papo_proto::lang::Lang;

use crate::texts;

/// Leads the further lines of a message, so that a line break in it cannot forge another one.
const INDENT: &str = "  ";

const DIM: &str = "\x1b[2m";
const BOLD: &str = "\x1b[1m";
const RED: &str = "\x1b[31m";
const RESET: &str = "\x1b[0m";

/// The look of lines: with colours or without.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Layout {
    pub(crate) colours: bool,
    pub(crate) lang: Lang,
}

impl Layout {
    /// Appends a frame as whole lines, each with its line break.
    pub(crate) fn show(self, incoming: &Incoming, screen: &mut String) {
        match incoming {
            Incoming::Message { room, author, text } => {
                let author = self.paint(BOLD, &clean::display(author));
                self.lines(screen, None, &format!("[#{}] {author}: ", clean::display(room)), text);
            }
            Incoming::Direct { with, author, text } => {
                let author = self.paint(BOLD, &clean::display(author));
                self.lines(screen, None, &format!("[@{}] {author}: ", clean::display(with)), text);
            }
            Incoming::Notice(text) => self.lines(screen, Some(DIM), "[SYS] ", text),
            Incoming::Refusal(text) => self.refusal(screen, text),
            Incoming::Line(text) => self.lines(screen, None, "", text),
            Incoming::Skipped { .. } => self.refusal(screen, &texts::say(self.lang, "skipped", &[])),
        }
    }

    /// Appends something that did not work, the server's or our own.
    pub(crate) fn refusal(self, screen: &mut String, text: &str) {
        self.lines(screen, None, &format!("{} ", self.paint(RED, "[ERRO]")), text);
    }

    /// Appends lines that belong to what was shown before.
    pub(crate) fn more(self, screen: &mut String, text: &str) {
        self.lines(screen, Some(DIM), INDENT, text);
    }

    fn lines(self, screen: &mut String, colour: Option<&str>, head: &str, text: &str) {
        let text = clean::display(text);
        for (at, line) in text.trim_end_matches('\n').split('\n').enumerate() {
            let line = format!("{}{line}", if at == 0 { head } else { INDENT });
            match colour {
                Some(colour) => screen.push_str(&self.paint(colour, &line)),
                None => screen.push_str(&line),
            }
            screen.push('\n');
        }
    }

    fn paint(self, colour: &str, text: &str) -> String {
        if self.colours { format!("{colour}{text}{RESET}") } else { text.to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(colours: bool, frame: &str, expected: &str) {
        let mut screen = String::new();
        Layout { colours, lang: Lang::PtBr }.show(&Incoming::read(frame.as_bytes()), &mut screen);
        assert_eq!(screen, expected, "{frame:?}");
    }

    #[test]
    fn plain_lines() {
        for (frame, expected) in [
            ("[#geral] Alice: Olá a todos!", "[#geral] Alice: Olá a todos!\n"),
            ("[@Ana] Ana: só para você\n[SYS] x", "[@Ana] Ana: só para você\n  [SYS] x\n"),
            ("[SYS] Você entrou em #geral.", "[SYS] Você entrou em #geral.\n"),
            ("[ERRO] Não.", "[ERRO] Não.\n"),
            ("um servidor antigo", "um servidor antigo\n"),
            ("[SYS] Salas (1):\n- #geral (2 online)", "[SYS] Salas (1):\n  - #geral (2 online)\n"),
        ] {
            check(false, frame, expected);
        }
    }

    #[test]
    fn a_line_break_cannot_forge_a_message() {
        check(
            false,
            "[#geral] Eva: oi\n[#geral] Ana: minha senha é 123\n\n[SYS] fim\n",
            "[#geral] Eva: oi\n  [#geral] Ana: minha senha é 123\n  \n  [SYS] fim\n",
        );
        check(false, "[#geral] Eva: oi\r[SYS] x", "[#geral] Eva: oi[SYS] x\n");
    }

    #[test]
    fn nothing_that_steers_a_terminal_gets_through() {
        check(false, "[#a] B: \x1b[2J\x1b]0;título\x07 oi\u{9b}31m", "[#a] B: [2J]0;título oi31m\n");
        check(false, "[SYS] \x1b[1mx\u{202E}", "[SYS] [1mx\n");
        check(false, "\x1b[31mlinha", "[31mlinha\n");
    }

    #[test]
    fn colours_are_modest_and_end_with_their_line() {
        check(true, "[#a] B: x\ny", "[#a] \x1b[1mB\x1b[0m: x\n  y\n");
        check(true, "[SYS] x\ny", "\x1b[2m[SYS] x\x1b[0m\n\x1b[2m  y\x1b[0m\n");
        check(true, "[ERRO] x", "\x1b[31m[ERRO]\x1b[0m x\n");
    }
}

//! What a typed line means: the name that was asked for, a line for the server, or the wish to leave.

/// What is to be done for the person at the keyboard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// Send this line.
    Say(String),
    /// Send `/quit`, then read until the server closes.
    Quit,
    /// Leave at once, without waiting for the server.
    Abandon,
}

/// What the person is expected to type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Awaits {
    /// Their name.
    Name,
    /// Messages and commands.
    Lines,
    /// Nothing more: `/quit` is on its way.
    End,
}

/// The conversation's stages on this side of the connection.
#[derive(Debug)]
pub(crate) struct Dialogue {
    awaits: Awaits,
    /// The room to enter once the name is sent.
    room: Option<String>,
}

impl Dialogue {
    /// Begins, with what is to be sent before anybody types. Without a `nick` it is asked for if somebody is there.
    pub(crate) fn begin(nick: Option<&str>, room: Option<&str>, asks: bool) -> (Self, Vec<Step>) {
        let given = |word: Option<&str>| word.map(str::trim).filter(|word| !word.is_empty()).map(str::to_owned);
        let mut dialogue = Self { awaits: Awaits::Lines, room: given(room) };
        let steps = match given(nick) {
            Some(name) => dialogue.named(&name),
            None if asks => {
                dialogue.awaits = Awaits::Name;
                Vec::new()
            }
            None => dialogue.enter(),
        };
        (dialogue, steps)
    }

    pub(crate) fn awaits(&self) -> Awaits {
        self.awaits
    }

    /// Takes a typed line.
    pub(crate) fn hear(&mut self, typed: &str) -> Vec<Step> {
        let line = typed.trim();
        if self.awaits == Awaits::End || line.is_empty() {
            return Vec::new();
        }
        if is_farewell(line) {
            return self.end();
        }
        if self.awaits == Awaits::Name {
            self.awaits = Awaits::Lines;
            // No name begins so: whoever types a command instead of a name gets that command.
            if !line.starts_with('/') {
                return self.named(line);
            }
        }
        vec![Step::Say(typed.to_owned())]
    }

    /// Takes the end of the input, or an interruption. The second one means: now.
    pub(crate) fn end(&mut self) -> Vec<Step> {
        if self.awaits == Awaits::End {
            return vec![Step::Abandon];
        }
        self.awaits = Awaits::End;
        vec![Step::Quit]
    }

    fn named(&mut self, name: &str) -> Vec<Step> {
        let mut steps = vec![Step::Say(format!("/nick {name}"))];
        steps.extend(self.enter());
        steps
    }

    fn enter(&mut self) -> Vec<Step> {
        self.room.take().map(|room| Step::Say(format!("/join {room}"))).into_iter().collect()
    }
}

/// `/quit`, as the server reads it, or the document's word for it.
fn is_farewell(line: &str) -> bool {
    let word = line.split_whitespace().next().unwrap_or_default();
    word.eq_ignore_ascii_case("/quit") || line.eq_ignore_ascii_case("sair")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Plays typed lines (`^D` is the end of input) and writes down what is done for each.
    fn check(nick: Option<&str>, room: Option<&str>, asks: bool, typed: &[&str], expected: &[&str]) {
        let (mut dialogue, mut steps) = Dialogue::begin(nick, room, asks);
        for line in typed {
            steps.extend(if *line == "^D" { dialogue.end() } else { dialogue.hear(line) });
        }
        let done: Vec<String> = steps
            .into_iter()
            .map(|step| match step {
                Step::Say(line) => line,
                other => format!("<{other:?}>"),
            })
            .collect();
        assert_eq!(done, expected, "{nick:?} {room:?} {asks} {typed:?}");
    }

    #[test]
    fn the_name_is_asked_for_and_travels_as_a_command() {
        check(
            None,
            None,
            true,
            &["Alice", "/join #geral", "Olá a todos!"],
            &["/nick Alice", "/join #geral", "Olá a todos!"],
        );
        check(None, Some("jogos"), true, &["", "  ", " Ana ", "oi"], &["/nick Ana", "/join jogos", "oi"]);
        check(None, None, true, &["/help", "oi"], &["/help", "oi"]);
        check(Some("Ana"), Some("#jogos"), true, &["oi"], &["/nick Ana", "/join #jogos", "oi"]);
        check(Some(" "), None, true, &["Ana"], &["/nick Ana"]);
    }

    #[test]
    fn without_a_person_every_line_is_sent_as_it_is() {
        check(None, None, false, &["Alice", "", " dois  espaços ", "^D"], &["Alice", " dois  espaços ", "<Quit>"]);
        check(None, Some("jogos"), false, &["^D"], &["/join jogos", "<Quit>"]);
        check(Some("Ana"), None, false, &["oi"], &["/nick Ana", "oi"]);
    }

    #[test]
    fn leaving_is_said_in_several_ways_and_once() {
        for word in ["/quit", "/QUIT", " /quit agora", "sair", "Sair "] {
            check(Some("Ana"), None, true, &[word, "tarde demais"], &["/nick Ana", "<Quit>"]);
            check(None, None, true, &[word], &["<Quit>"]);
        }
        check(Some("Ana"), None, true, &["sair daqui", "/quitx"], &["/nick Ana", "sair daqui", "/quitx"]);
        check(None, None, true, &["^D", "^D"], &["<Quit>", "<Abandon>"]);
    }
}

//! What a typed line means: the name that was asked for, a password, a line for the server, or the wish to leave.

use papo_proto::words::{AccountCommand, Secret};

use crate::asking::{Answered, Asking, Question};

/// What is to be done for the person at the keyboard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// Send this line.
    Say(String),
    /// Do this about the account, with a password that was asked for.
    Account(AccountCommand),
    /// Come in by the login that is kept.
    Return,
    /// Say that something did not work: the text of this name.
    Tell(&'static str),
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
    /// A password.
    Secret(Question),
    /// Nothing more: `/quit` is on its way.
    End,
}

/// As whom somebody comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Comes<'a> {
    /// That is asked for, if somebody is there.
    Unknown,
    /// As a guest of this name.
    Named(&'a str),
    /// As this account, whose password is asked for.
    Account(&'a str),
    /// As the account whose login is kept.
    Kept,
}

/// The conversation's stages on this side of the connection.
#[derive(Debug)]
pub(crate) struct Dialogue {
    awaits: Awaits,
    /// A person is there, whom one can ask.
    asks: bool,
    /// The password that is being asked for.
    asking: Option<Asking>,
    /// The room to enter once the name is sent.
    room: Option<String>,
}

impl Dialogue {
    /// Begins, with what is to be sent before anybody types.
    pub(crate) fn begin(comes: Comes<'_>, room: Option<&str>, asks: bool) -> (Self, Vec<Step>) {
        let given = |word: &str| Some(word.trim()).filter(|word| !word.is_empty()).map(str::to_owned);
        let mut dialogue = Self { awaits: Awaits::Lines, asks, asking: None, room: room.and_then(given) };
        let named = if let Comes::Named(name) = comes { given(name) } else { None };
        let steps = match (comes, named) {
            (_, Some(name)) => dialogue.named(&name),
            (Comes::Kept, _) => {
                let mut steps = vec![Step::Return];
                steps.extend(dialogue.enter());
                steps
            }
            (Comes::Account(name), _) => dialogue.hear(&format!("/login {name}")),
            (Comes::Unknown | Comes::Named(_), _) if asks => {
                dialogue.awaits = Awaits::Name;
                Vec::new()
            }
            (Comes::Unknown | Comes::Named(_), _) => dialogue.enter(),
        };
        (dialogue, steps)
    }

    pub(crate) fn awaits(&self) -> Awaits {
        match &self.asking {
            Some(asking) if self.awaits != Awaits::End => Awaits::Secret(asking.question()),
            _ => self.awaits,
        }
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
        if self.asks
            && let Some(asking) = Asking::of(line)
        {
            self.asking = Some(asking);
            return Vec::new();
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

    /// Takes a password that was asked for.
    pub(crate) fn answer(&mut self, typed: Secret) -> Vec<Step> {
        let Some(asking) = self.asking.take() else { return Vec::new() };
        match asking.answer(typed) {
            Answered::More(asking) => {
                self.asking = Some(asking);
                Vec::new()
            }
            Answered::Nothing(why) => vec![Step::Tell(why)],
            Answered::Done(command) => {
                if self.awaits == Awaits::Name {
                    self.awaits = Awaits::Lines;
                }
                let mut steps = vec![Step::Account(command)];
                steps.extend(self.enter());
                steps
            }
        }
    }

    /// Takes an interruption by a key: it ends what is asked, or everything.
    pub(crate) fn interrupt(&mut self) -> Vec<Step> {
        match self.asking.take() {
            Some(_) => vec![Step::Tell("no-password")],
            None => self.end(),
        }
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
        let comes = nick.map_or(Comes::Unknown, Comes::Named);
        check_as(comes, room, asks, typed, expected);
    }

    fn check_as(comes: Comes<'_>, room: Option<&str>, asks: bool, typed: &[&str], expected: &[&str]) {
        let (mut dialogue, mut steps) = Dialogue::begin(comes, room, asks);
        for line in typed {
            steps.extend(match (*line, dialogue.awaits()) {
                ("^D", _) => dialogue.end(),
                ("^C", _) => dialogue.interrupt(),
                (line, Awaits::Secret(_)) => dialogue.answer(Secret::new(line)),
                (line, _) => dialogue.hear(line),
            });
        }
        let done: Vec<String> = steps
            .into_iter()
            .map(|step| match step {
                Step::Say(line) => line,
                Step::Account(command) => {
                    format!("<{}>", crate::asking::spelled(&command).expect("no spaces").expose())
                }
                other => format!("<{other:?}>"),
            })
            .collect();
        assert_eq!(done, expected, "{comes:?} {room:?} {asks} {typed:?}");
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
    fn a_password_is_asked_for_and_what_is_typed_for_it_is_no_line() {
        let ana = Comes::Named("Ana");
        check_as(
            ana,
            None,
            true,
            &["/login Ana", "/quit agora", "oi"],
            &["/nick Ana", "</login Ana /quit agora>", "oi"],
        );
        check_as(ana, None, true, &["/register", "segredo1", "segredo1"], &["/nick Ana", "</register segredo1>"]);
        check_as(ana, None, true, &["/login Ana", "", "oi"], &["/nick Ana", "<Tell(\"no-password\")>", "oi"]);
        check_as(ana, None, true, &["/login Ana", "^C", "^C"], &["/nick Ana", "<Tell(\"no-password\")>", "<Quit>"]);
        check_as(ana, None, true, &["/login Ana", "^D", "x"], &["/nick Ana", "<Quit>"]);
        check_as(ana, None, true, &["/login Ana typed"], &["/nick Ana", "/login Ana typed"]);
        // Nobody is there whom one could ask.
        check_as(ana, None, false, &["/login Ana"], &["/nick Ana", "/login Ana"]);
    }

    #[test]
    fn somebody_comes_as_an_account() {
        let jogos = Some("jogos");
        check_as(
            Comes::Account("Ana"),
            jogos,
            true,
            &["segredo1", "oi"],
            &["</login Ana segredo1>", "/join jogos", "oi"],
        );
        check_as(Comes::Unknown, jogos, true, &["/login Ana", "segredo1"], &["</login Ana segredo1>", "/join jogos"]);
        check_as(
            Comes::Unknown,
            jogos,
            true,
            &["/login Ana", "", "Bob"],
            &["<Tell(\"no-password\")>", "/nick Bob", "/join jogos"],
        );
        check_as(Comes::Kept, jogos, true, &["oi"], &["<Return>", "/join jogos", "oi"]);
        check_as(Comes::Account("a:b"), None, true, &[], &["/login a:b"]);
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

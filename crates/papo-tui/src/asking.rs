//! Passwords: which commands need one that was not typed with them, what is asked for it, and what is
//! never shown or kept.

use papo_proto::names::Parsed;
use papo_proto::papo1::Token;
use papo_proto::words::{AccountCommand, Secret};
use papo_proto::{Command, Nickname, text};

/// The commands with a password in their line.
const PRIVATE: [&str; 4] = ["/register", "/login", "/password", "/delete-account"];

/// What is asked without showing what is typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Question {
    /// The account's password.
    Password,
    /// The one until now.
    Old,
    /// The one from now on.
    New,
    /// The same once more: nobody sees what they typed.
    Again,
}

impl Question {
    /// Its text.
    pub(crate) fn id(self) -> &'static str {
        match self {
            Self::Password => "ask-password",
            Self::Old => "ask-old-password",
            Self::New => "ask-new-password",
            Self::Again => "ask-password-again",
        }
    }
}

/// What the password is for.
#[derive(Debug, PartialEq, Eq)]
enum Purpose {
    Login(Parsed<Nickname>),
    Register { invite: Option<String> },
    Change,
    Delete,
}

/// Questions that are open.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Asking {
    purpose: Purpose,
    given: Vec<Secret>,
}

/// What an answer leads to.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Answered {
    /// The next question.
    More(Asking),
    /// Everything is there.
    Done(AccountCommand),
    /// Nothing comes of it; the text says why.
    Nothing(&'static str),
}

impl Asking {
    /// The questions that a typed line leads to, if it is a command without its password.
    pub(crate) fn of(line: &str) -> Option<Self> {
        let mut words = line.split_whitespace();
        let (word, first, more) = (words.next()?.to_lowercase(), words.next(), words.next());
        let purpose = match (word.as_str(), first, more) {
            ("/login", Some(name), None) => return Self::login(name),
            ("/register", None, _) => Purpose::Register { invite: None },
            // An invitation is known by its form, and comes from a link.
            ("/register", Some(invite), None) if Token::parse(invite).is_some() => {
                Purpose::Register { invite: Some(invite.to_owned()) }
            }
            ("/password", None, _) => Purpose::Change,
            ("/delete-account", None, _) => Purpose::Delete,
            _ => return None,
        };
        Some(Self { purpose, given: Vec::new() })
    }

    /// The question for being this account; none when nobody can be called so.
    pub(crate) fn login(name: &str) -> Option<Self> {
        let name = Nickname::parse(name.strip_prefix('@').unwrap_or(name)).ok()?;
        Some(Self { purpose: Purpose::Login(name), given: Vec::new() })
    }

    pub(crate) fn question(&self) -> Question {
        let questions: &[Question] = match self.purpose {
            Purpose::Login(_) | Purpose::Delete => &[Question::Password],
            Purpose::Register { .. } => &[Question::New, Question::Again],
            Purpose::Change => &[Question::Old, Question::New, Question::Again],
        };
        questions[self.given.len().min(questions.len() - 1)]
    }

    /// Takes what was typed.
    pub(crate) fn answer(mut self, typed: Secret) -> Answered {
        if typed.expose().is_empty() {
            return Answered::Nothing("no-password");
        }
        if self.question() == Question::Again && self.given.last() != Some(&typed) {
            return Answered::Nothing("passwords-differ");
        }
        let is_last = matches!(self.question(), Question::Again | Question::Password);
        self.given.push(typed);
        if !is_last {
            return Answered::More(self);
        }
        let mut given = self.given.into_iter();
        let mut next = || given.next().expect("invariant: an answer to each question");
        Answered::Done(match self.purpose {
            Purpose::Login(name) => AccountCommand::Login { name, password: next() },
            Purpose::Register { invite } => {
                AccountCommand::Register { name: None, password: next(), invite: invite.map(Into::into) }
            }
            Purpose::Change => AccountCommand::Password { old: next(), new: next() },
            Purpose::Delete => AccountCommand::Delete { password: next() },
        })
    }
}

/// Whether a line may hold a password: it is neither kept nor shown again.
pub(crate) fn is_private(line: &str) -> bool {
    let word = line.split_whitespace().next().unwrap_or_default();
    PRIVATE.iter().any(|private| word.eq_ignore_ascii_case(private))
}

/// Whether a command has a password in it.
pub(crate) fn has_password(command: &AccountCommand) -> bool {
    matches!(
        command,
        AccountCommand::Register { .. }
            | AccountCommand::Login { .. }
            | AccountCommand::Password { .. }
            | AccountCommand::Delete { .. }
    )
}

/// The command as the text dialect spells it; none where that dialect would read another password, since one has
/// spaces in a place where it cannot have any.
pub(crate) fn spelled(command: &AccountCommand) -> Option<Secret> {
    let line = Secret::new(match command {
        AccountCommand::Login { name, password } => format!("/login {} {}", name.name, password.expose()),
        AccountCommand::Register { password, invite, .. } => {
            let (space, invite) = invite.as_deref().map_or(("", ""), |invite| (" ", invite));
            format!("/register {}{space}{invite}", password.expose())
        }
        AccountCommand::Password { old, new } => format!("/password {} {}", old.expose(), new.expose()),
        AccountCommand::Delete { password } => format!("/delete-account {}", password.expose()),
        _ => return None,
    });
    match text::decode(line.expose().as_bytes()) {
        Some(Ok(Command::Account(read))) if read == *command => Some(line),
        Some(Ok(_)) | None => None,
        // Too short, for example: why it is not taken is the server's word.
        Some(Err(_)) => Some(line),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Answers all questions that a line leads to; the questions, and what comes of it.
    fn check(line: &str, typed: &[&str], questions: &[Question], expected: &Result<&str, &str>) {
        let mut asking = Asking::of(line).expect("a question");
        let mut asked = Vec::new();
        for typed in typed {
            asked.push(asking.question());
            match asking.answer(Secret::new(*typed)) {
                Answered::More(more) => asking = more,
                Answered::Done(command) => {
                    let spelled = spelled(&command).expect("no spaces");
                    assert_eq!(Ok(spelled.expose()), *expected, "{line}");
                    // The text dialect reads it as the same command.
                    let read = text::decode(spelled.expose().as_bytes());
                    assert_eq!(read, Some(Ok(Command::Account(command))), "{line}");
                    assert_eq!(asked, questions, "{line}");
                    return;
                }
                Answered::Nothing(why) => {
                    assert_eq!((Err(why), &asked[..]), (*expected, questions), "{line}");
                    return;
                }
            }
        }
        panic!("{line} asks for more");
    }

    #[test]
    fn each_command_asks_for_what_it_needs() {
        use Question::{Again, New, Old, Password};
        check("/login Ana", &["segredo1 2"], &[Password], &Ok("/login Ana segredo1 2"));
        check("/LOGIN @Ana ", &["segredo12"], &[Password], &Ok("/login Ana segredo12"));
        check("/register", &["segredo12", "segredo12"], &[New, Again], &Ok("/register segredo12"));
        let token = Token([7; 32]).to_text();
        let expected = format!("/register segredo 12 {token}");
        check(&format!("/register {token}"), &["segredo 12", "segredo 12"], &[New, Again], &Ok(&expected));
        check("/register", &["segredo12", "segredo13"], &[New, Again], &Err("passwords-differ"));
        check("/password", &["velha", "novanova1", "novanova1"], &[Old, New, Again], &Ok("/password velha novanova1"));
        check("/delete-account", &["segredo12"], &[Password], &Ok("/delete-account segredo12"));
        check("/login Ana", &[""], &[Password], &Err("no-password"));
    }

    #[test]
    fn a_line_that_has_everything_or_is_wrong_asks_nothing() {
        for line in
            ["/login", "/login Ana x", "/login a:b", "/register x", "/register x y", "/password a b", "/who", ""]
        {
            assert_eq!(Asking::of(line), None, "{line}");
        }
    }

    #[test]
    fn lines_with_passwords_are_private_and_spaces_are_not_torn() {
        for (line, private) in [(" /Login Ana x", true), ("/register x", true), ("/loginx", false), ("oi", false)] {
            assert_eq!(is_private(line), private, "{line}");
        }
        let password = |typed: &str| Secret::new(typed);
        let spelled = |command: &AccountCommand| spelled(command).map(|line| line.expose().to_owned());
        let register = |typed| AccountCommand::Register { name: None, password: password(typed), invite: None };
        assert_eq!(spelled(&register("com espaço")).as_deref(), Some("/register com espaço"));
        assert_eq!(spelled(&register(" na frente")), None);
        assert_eq!(spelled(&register("curta")).as_deref(), Some("/register curta"));
        let change = AccountCommand::Password { old: password("com espaço"), new: password("novanova1") };
        assert_eq!(spelled(&change), None);
    }
}

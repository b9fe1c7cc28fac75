//! Typed lines from a plain standard input: a pipe, a file, or a terminal that cannot redraw.

use std::io::{self, BufRead, Read as _};
use std::thread;

use papo_proto::limits::FRAME_MAX_BYTES;
use papo_proto::words::Secret;
use tokio::sync::mpsc;

use crate::dialogue::{Awaits, Dialogue, Step};
use crate::echo::Echo;

/// Reads lines in a thread of its own. `ask` puts a question by the name of its text, as often as it is due.
pub(crate) fn read(dialogue: Dialogue, steps: mpsc::Sender<Step>, echo: Echo, ask: impl Fn(&str) + Send + 'static) {
    thread::spawn(move || converse(io::stdin().lock(), dialogue, &steps, &echo, ask));
}

/// Waits wherever the server is slower than the input, so nothing is lost and little is held.
fn converse(
    mut input: impl BufRead,
    mut dialogue: Dialogue,
    steps: &mpsc::Sender<Step>,
    echo: &Echo,
    ask: impl Fn(&str),
) {
    loop {
        let awaits = dialogue.awaits();
        let is_secret = matches!(awaits, Awaits::Secret(_));
        match awaits {
            Awaits::Name => ask("ask-name"),
            Awaits::Lines => {}
            Awaits::Secret(question) if echo.off() => ask(question.id()),
            Awaits::Secret(_) => {
                // It would be seen by whoever looks on, so it is not asked for.
                echo.restore();
                for step in dialogue.answer(Secret::new("")) {
                    let _ = steps.blocking_send(step);
                }
                continue;
            }
            Awaits::End => return,
        }
        let typed = line(&mut input);
        echo.restore();
        let next = match typed {
            Ok(Some(typed)) if is_secret => dialogue.answer(Secret::new(typed)),
            Ok(Some(typed)) => dialogue.hear(&typed),
            // An input that cannot be read any further has ended.
            Ok(None) | Err(_) => dialogue.end(),
        };
        for step in next {
            if steps.blocking_send(step).is_err() {
                return;
            }
        }
    }
}

/// The next line without its end. Of one that no frame can carry, just enough is kept to find that out later.
fn line(input: &mut impl BufRead) -> io::Result<Option<String>> {
    let mut bytes = Vec::new();
    let most = FRAME_MAX_BYTES as u64 + 1;
    if input.by_ref().take(most).read_until(b'\n', &mut bytes)? == 0 {
        return Ok(None);
    }
    if bytes.last() == Some(&b'\n') {
        bytes.pop();
        if bytes.last() == Some(&b'\r') {
            bytes.pop();
        }
    } else if bytes.len() > FRAME_MAX_BYTES {
        input.skip_until(b'\n')?;
    }
    Ok(Some(String::from_utf8_lossy(&bytes).into_owned()))
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use papo_proto::words::AccountCommand;

    use super::*;
    use crate::dialogue::Comes;

    /// What a whole input makes of itself, and how often the name was asked for.
    fn steps(input: &[u8], asks: bool) -> (Vec<Step>, u32) {
        let (sender, mut receiver) = mpsc::channel(64);
        let (dialogue, _) = Dialogue::begin(Comes::Unknown, None, asks);
        let asked = Cell::new(0);
        converse(input, dialogue, &sender, &Echo::default(), |_| asked.set(asked.get() + 1));
        drop(sender);
        (std::iter::from_fn(|| receiver.blocking_recv()).collect(), asked.get())
    }

    fn say(line: &str) -> Step {
        Step::Say(line.to_owned())
    }

    #[test]
    fn every_line_of_a_pipe_is_sent_then_the_farewell() {
        for (input, lines) in [
            (&b"Alice\noi\r\n\n  \nfim"[..], vec![say("Alice"), say("oi"), say("fim"), Step::Quit]),
            (b"a\xffb\n", vec![say("a\u{FFFD}b"), Step::Quit]),
            (b"oi\nsair\nnunca\n", vec![say("oi"), Step::Quit]),
            (b"", vec![Step::Quit]),
        ] {
            assert_eq!(steps(input, false), (lines, 0));
        }
    }

    #[test]
    fn the_name_is_asked_for_until_it_is_given() {
        assert_eq!(steps(b"\nAna\noi\n", true), (vec![say("/nick Ana"), say("oi"), Step::Quit], 2));
    }

    #[test]
    fn a_password_is_the_next_line_as_it_is() {
        let (steps, asked) = steps(b"Ana\n/login Ana\n um  dois \noi\n", true);
        let Step::Account(AccountCommand::Login { password, .. }) = &steps[1] else { panic!("a login") };
        assert_eq!((password.expose(), &steps[2..], asked), (" um  dois ", &[say("oi"), Step::Quit][..], 2));
    }

    #[test]
    fn an_endless_line_is_not_held() {
        let mut input = vec![b'x'; FRAME_MAX_BYTES + 100];
        input.extend_from_slice(b"\ncurta\n");
        let (steps, _) = steps(&input, false);
        let Step::Say(long) = &steps[0] else { panic!("a line") };
        assert_eq!((long.len(), &steps[1..]), (FRAME_MAX_BYTES + 1, &[say("curta"), Step::Quit][..]));
    }
}

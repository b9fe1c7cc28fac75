//! What anybody was shown is in the log, with the seq, the author and the text that were shown.

use std::collections::HashSet;

use super::{Event, Fault, Logs, Story, Told};

/// Everything that was shown and is not so in the log.
pub fn check(stories: &[Story], logs: &Logs) -> Vec<Fault> {
    let mut lines = HashSet::new();
    for (room, log) in logs {
        lines.extend(log.iter().map(|event| (room, &event.author, &event.text)));
    }
    let mut faults = Vec::new();
    for story in stories {
        for (room, told) in &story.told {
            let has = |event: &Event| {
                let log = logs.get(room).map_or(&[][..], Vec::as_slice);
                // In a sound log the event stands at its number; in another one it may be anywhere.
                let at = usize::try_from(event.seq).unwrap_or(0).checked_sub(1).and_then(|at| log.get(at));
                at == Some(event) || log.contains(event)
            };
            let mut unseen = |text: &String| faults.push(Fault::Unseen(story.who.clone(), text.clone()));
            match told {
                Told::Event(event) | Told::Own(event) if !has(event) => unseen(&event.text),
                Told::Page(events) => events.iter().filter(|event| !has(event)).for_each(|event| unseen(&event.text)),
                Told::Line { author, text } if !lines.contains(&(room, author, text)) => unseen(text),
                _ => {}
            }
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::super::{event, log, told};
    use super::*;

    #[test]
    fn what_was_shown_must_be_there_as_it_was_shown() {
        let logs = log(&[(1, "a"), (2, "b")]);
        let line = |author: &str, text: &str| Told::Line { author: author.into(), text: text.into() };
        for (name, shown, expected) in [
            ("an event", Told::Event(event(2, "Ana", "b")), None),
            ("a line", line("Ana", "a"), None),
            ("a page", Told::Page(vec![event(1, "Ana", "a"), event(2, "Ana", "b")]), None),
            ("a lost event", Told::Event(event(3, "Ana", "c")), Some("c")),
            ("a lost own post", Told::Own(event(3, "Bob", "c")), Some("c")),
            ("another seq", Told::Event(event(1, "Ana", "b")), Some("b")),
            ("another author", Told::Event(event(1, "Eva", "a")), Some("a")),
            ("another text", Told::Page(vec![event(1, "Ana", "a"), event(2, "Ana", "x")]), Some("x")),
            ("a lost line", line("Ana", "c"), Some("c")),
            ("a line of another", line("Eva", "a"), Some("a")),
        ] {
            let expected: Vec<Fault> =
                expected.iter().map(|text| Fault::Unseen("Bob".into(), (*text).into())).collect();
            assert_eq!(check(&[told(&[shown])], &logs), expected, "{name}");
        }
        let elsewhere = Story { told: vec![("s".into(), line("Ana", "a"))], ..told(&[]) };
        assert_eq!(check(&[elsewhere], &logs).len(), 1, "in another room");
    }
}

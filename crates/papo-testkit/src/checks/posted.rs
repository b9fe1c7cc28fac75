//! Nothing is in a log that nobody posted there; what was refused is not there, and nothing is there
//! twice, in one room or in two.

use std::collections::{HashMap, HashSet};

use super::{Fate, Fault, Logs, Story};

/// Every event that must not be there.
pub fn check(stories: &[Story], logs: &Logs) -> Vec<Fault> {
    let mut posts = HashMap::new();
    for story in stories {
        posts.extend(story.posts.iter().map(|post| ((&post.room, &post.text), (post.fate, &story.names))));
    }
    let mut faults = Vec::new();
    let mut seen = HashSet::new();
    for (room, log) in logs {
        for event in log {
            let of = |fault: fn(String, String) -> Fault| fault(room.clone(), event.text.clone());
            match posts.get(&(room, &event.text)) {
                Some((Fate::Refused, _)) => faults.push(of(Fault::Refused)),
                Some((_, names)) if names.contains(&event.author) => {}
                _ => faults.push(of(Fault::Invented)),
            }
            if !seen.insert(&event.text) {
                faults.push(of(Fault::Twice));
            }
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::super::{event, log, posts};
    use super::*;

    #[test]
    fn only_what_was_posted_may_be_there_and_only_once() {
        let story = [posts(&[("a", Fate::Stored(Some(1))), ("b", Fate::Unknown), ("c", Fate::Refused)])];
        let fault = |fault: fn(String, String) -> Fault, text: &str| fault("r".into(), text.into());
        let elsewhere = Logs::from([("s".to_owned(), vec![event(1, "Ana", "b")])]);
        let of_another = Logs::from([("r".to_owned(), vec![event(1, "Eva", "b")])]);
        let mut in_both = log(&[(1, "a"), (2, "b")]);
        in_both.insert("s".into(), vec![event(1, "Ana", "a")]);
        for (name, logs, expected) in [
            ("what was not answered is there", log(&[(1, "a"), (2, "b")]), vec![]),
            ("or not", log(&[(1, "a")]), vec![]),
            ("but not twice", log(&[(1, "a"), (2, "b"), (3, "b")]), vec![fault(Fault::Twice, "b")]),
            ("refused", log(&[(1, "a"), (2, "c")]), vec![fault(Fault::Refused, "c")]),
            ("invented", log(&[(1, "a"), (2, "z")]), vec![fault(Fault::Invented, "z")]),
            ("under another name", of_another, vec![fault(Fault::Invented, "b")]),
            ("in another room", elsewhere, vec![Fault::Invented("s".into(), "b".into())]),
            (
                "in another room too",
                in_both,
                vec![Fault::Invented("s".into(), "a".into()), Fault::Twice("s".into(), "a".into())],
            ),
        ] {
            assert_eq!(check(&story, &logs), expected, "{name}");
        }
    }
}

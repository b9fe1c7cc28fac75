//! What was acknowledged is in its room's log exactly once, in the place that was told.

use super::{Event, Fate, Fault, Logs, Story};

/// Every acknowledged post that is not where it must be.
pub fn check(stories: &[Story], logs: &Logs) -> Vec<Fault> {
    let mut faults = Vec::new();
    for post in stories.iter().flat_map(|story| &story.posts) {
        let Fate::Stored(place) = post.fate else { continue };
        let log = logs.get(&post.room).map_or(&[][..], Vec::as_slice);
        let found: Vec<&Event> = log.iter().filter(|event| event.text == post.text).collect();
        let named = || (post.room.clone(), post.text.clone());
        match found[..] {
            [] => faults.push(Fault::Lost(named().0, named().1)),
            [event] if place.is_none_or(|seq| seq == event.seq) => {}
            [_] => faults.push(Fault::Misplaced(named().0, named().1)),
            _ => faults.push(Fault::Twice(named().0, named().1)),
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::super::{log, posts};
    use super::*;

    #[test]
    fn what_was_acknowledged_must_be_there_once_in_its_place() {
        let story = [posts(&[
            ("a", Fate::Stored(Some(1))),
            ("b", Fate::Stored(Some(2))),
            ("c", Fate::Unknown),
            ("d", Fate::Stored(None)),
        ])];
        let fault = |fault: fn(String, String) -> Fault, text: &str| fault("r".into(), text.into());
        for (name, logs, expected) in [
            ("as told", log(&[(1, "a"), (2, "b"), (3, "d")]), vec![]),
            ("with what was not answered", log(&[(1, "a"), (2, "b"), (3, "c"), (4, "d")]), vec![]),
            ("lost at the end", log(&[(1, "a"), (2, "b")]), vec![fault(Fault::Lost, "d")]),
            ("lost in the middle", log(&[(1, "a"), (2, "d")]), vec![fault(Fault::Lost, "b")]),
            (
                "in another order",
                log(&[(1, "b"), (2, "a"), (3, "d")]),
                vec![fault(Fault::Misplaced, "a"), fault(Fault::Misplaced, "b")],
            ),
            ("twice", log(&[(1, "a"), (2, "b"), (3, "a"), (4, "d")]), vec![fault(Fault::Twice, "a")]),
            (
                "no log at all",
                Logs::new(),
                vec![fault(Fault::Lost, "a"), fault(Fault::Lost, "b"), fault(Fault::Lost, "d")],
            ),
        ] {
            assert_eq!(check(&story, &logs), expected, "{name}");
        }
    }
}

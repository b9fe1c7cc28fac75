//! What a client posts in a room stands there in the order in which it was sent: before everything that
//! was first sent when it had been sent for the last time. Whatever was under way beside it may have been
//! stored while it was rejected. A text client that came back under another name may be overtaken by what
//! was still under way on its old line.

use std::collections::HashMap;

use super::{Fault, Logs, Story};

/// Every post that stands behind one that was sent after it.
pub fn check(stories: &[Story], logs: &Logs) -> Vec<Fault> {
    let mut sent = HashMap::new();
    for (who, story) in stories.iter().enumerate() {
        sent.extend(story.posts.iter().enumerate().map(|(number, post)| {
            // How many of the client's posts may stand before it.
            let beside = story.sent_again.get(&number).copied().unwrap_or(number + 1);
            ((post.room.as_str(), post.text.as_str()), (who, number, beside))
        }));
    }
    let mut faults = Vec::new();
    for (room, log) in logs {
        // The latest post of each client under each of its names: several are one account, and have one.
        let mut latest: HashMap<(usize, &str), usize> = HashMap::new();
        for event in log {
            let Some(&(who, number, beside)) = sent.get(&(room.as_str(), event.text.as_str())) else { continue };
            let latest = latest.entry((who, &event.author)).or_insert(number);
            if *latest >= beside {
                faults.push(Fault::Overtaken(room.clone(), event.text.clone()));
            }
            *latest = number.max(*latest);
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::super::{Fate, event, log, posts};
    use super::*;

    #[test]
    fn posts_stand_in_the_order_in_which_they_were_sent() {
        let sent = posts(&[("a", Fate::Stored(None)), ("b", Fate::Unknown), ("c", Fate::Stored(None))]);
        let late = |text: &str| Fault::Overtaken("r".into(), text.into());
        let mut of_two_lines = log(&[(1, "b"), (2, "c"), (3, "a")]);
        of_two_lines.get_mut("r").expect("it is there")[2] = event(3, "Ana2", "a");
        for (name, sent_again, logs, expected) in [
            ("in order", None, log(&[(1, "a"), (2, "b"), (3, "c")]), vec![]),
            ("with one left out", None, log(&[(1, "a"), (2, "c")]), vec![]),
            ("an early one late", None, log(&[(1, "b"), (2, "c"), (3, "a")]), vec![late("a")]),
            ("two late", None, log(&[(1, "c"), (2, "a"), (3, "b")]), vec![late("a"), late("b")]),
            ("one that was sent again", Some((0, 3)), log(&[(1, "b"), (2, "c"), (3, "a")]), vec![]),
            ("or was there before", Some((0, 3)), log(&[(1, "a"), (2, "b"), (3, "c")]), vec![]),
            ("but not after what came then", Some((0, 2)), log(&[(1, "b"), (2, "c"), (3, "a")]), vec![late("a")]),
            ("another one than was sent again", Some((2, 3)), log(&[(1, "b"), (2, "c"), (3, "a")]), vec![late("a")]),
            ("of two lines", None, of_two_lines, vec![]),
            ("somebody else's between", None, log(&[(1, "a"), (2, "x"), (3, "b")]), vec![]),
        ] {
            let story = Story { sent_again: sent_again.into_iter().collect(), ..sent.clone() };
            assert_eq!(check(&[story], &logs), expected, "{name}");
        }
    }

    #[test]
    fn clients_of_one_account_have_an_order_each() {
        let both = [posts(&[("a", Fate::Unknown), ("b", Fate::Unknown)]), posts(&[("x", Fate::Unknown)])];
        assert_eq!(check(&both, &log(&[(1, "a"), (2, "b"), (3, "x")])), []);
        let late = [Fault::Overtaken("r".into(), "a".into())];
        assert_eq!(check(&both, &log(&[(1, "b"), (2, "x"), (3, "a")])), late);
    }
}

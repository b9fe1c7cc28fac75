//! The scenarios that every client's tests read.

use serde_json::Value;

use super::*;

fn message(seq: u64) -> RoomEvent {
    let text = format!("{seq}").into();
    RoomEvent::Message(Message { room: 1, seq, at: seq, account: None, author: "Ana".into(), text, txn: None })
}

fn redaction(seq: u64, seqs: &[u64]) -> RoomEvent {
    RoomEvent::Redaction(Redaction { room: 1, seq, at: seq, author: "Bob".into(), seqs: seqs.to_vec() })
}

fn play(scenario: &Value) -> (Timeline, Vec<Value>) {
    let number = |value: &Value| value.as_u64().expect("a number");
    let extent = Extent {
        whole: scenario["whole"].as_bool().unwrap_or(false),
        window: scenario["window"].as_u64().unwrap_or(u64::MAX),
    };
    let mut timeline = Timeline::at(0, 0, extent);
    let mut told = Vec::new();
    for (epoch, step) in (1..).zip(scenario["steps"].as_array().expect("steps")) {
        let (what, value) = step.as_object().and_then(|step| step.iter().next()).expect("one key");
        match what.as_str() {
            "enter" | "reset" => {
                timeline = Timeline::enter(epoch, number(&value["first"]), number(&value["head"]), extent);
            }
            "resume" => timeline = Timeline::at(epoch, number(&value["cursor"]), extent),
            "message" | "posted" => timeline.handle_event(message(number(value))),
            "gap" => timeline.handle_gap(number(&value[1])),
            "want_from" => timeline.want_from(number(value)),
            "page" => {
                let old = value["old"].as_bool().unwrap_or(false);
                let ask = Ask {
                    epoch: timeline.epoch() - u64::from(old),
                    after: number(&value["after"]),
                    limit: number(&value["limit"]) as u32,
                };
                let events = value["events"].as_array().expect("events").iter().map(|seq| message(number(seq)));
                timeline.handle_page(ask, number(&value["first"]), number(&value["head"]), events.collect());
            }
            other => panic!("{other} is no step"),
        }
        while let Some(next) = timeline.poll_told() {
            told.push(match next {
                Told::Message(message) => message.seq.into(),
                Told::Redacted(redacted) => redacted.seq.into(),
                Told::Redaction(redaction) => redaction.seq.into(),
                Told::LeftOut(count) => vec![count].into(),
            });
        }
    }
    (timeline, told)
}

#[test]
fn scenarios() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/vectors/timeline.json");
    let file: Value = serde_json::from_str(&std::fs::read_to_string(path).expect("the file")).expect("JSON");
    let page = file["page"].as_u64().expect("a number") as u32;
    for scenario in file["scenarios"].as_array().expect("scenarios") {
        let what = &scenario["what"];
        let (timeline, told) = play(scenario);
        let shown: Vec<u64> = timeline.shown().map(|message| message.seq).collect();
        assert_eq!(Value::from(shown), scenario["shown"], "shown: {what}");
        let missing: Vec<Value> = timeline.missing().map(|(from, to)| vec![from, to].into()).collect();
        assert_eq!(Value::from(missing), scenario["missing"], "missing: {what}");
        let ask = timeline.poll_ask(page).map(|ask| serde_json::json!({"after": ask.after, "limit": ask.limit}));
        assert_eq!(ask.unwrap_or_default(), scenario["ask"], "ask: {what}");
        assert_eq!(Value::from(told), scenario["told"], "told: {what}");
    }
}

#[test]
fn a_seq_beyond_all_numbers_is_not_taken() {
    let mut timeline = Timeline::enter(1, 0, 0, Extent { whole: false, window: 10 });
    timeline.handle_event(message(u64::MAX));
    timeline.handle_gap(u64::MAX);
    assert_eq!(timeline.shown().count(), 0);
    assert_eq!(timeline.missing().last(), Some((SEQ_MAX - 9, SEQ_MAX)));
}

/// What is held, with `-` before the places of messages that were taken back and `!` before what took them.
fn held(timeline: &Timeline) -> Vec<String> {
    let shown = |event: &RoomEvent| match event {
        RoomEvent::Message(message) => message.text.to_string(),
        RoomEvent::Redacted(redacted) => format!("-{}", redacted.seq),
        RoomEvent::Redaction(redaction) => format!("!{}", redaction.seq),
        RoomEvent::Unknown => "?".to_owned(),
    };
    timeline.events().map(shown).collect()
}

#[test]
fn what_was_taken_back_is_gone_from_what_is_held_and_from_what_is_not_told_yet() {
    let mut timeline = Timeline::enter(1, 0, 0, Extent { whole: false, window: 10 });
    for event in [message(1), message(2), redaction(3, &[1, 7])] {
        timeline.handle_event(event);
    }
    assert_eq!(held(&timeline), ["-1", "2", "!3"]);
    let told: Vec<Told> = std::iter::from_fn(|| timeline.poll_told()).collect();
    assert!(matches!(&told[..], [Told::Redacted(one), Told::Message(two), Told::Redaction(_)]
        if one.seq == 1 && two.seq == 2));
    // Nothing later can be taken back before it is said.
    for seq in 4..=7 {
        timeline.handle_event(message(seq));
    }
    assert_eq!(held(&timeline)[3..], ["4", "5", "6", "7"]);
}

#[test]
fn a_message_that_comes_after_it_was_taken_back_does_not_appear() {
    let mut timeline = Timeline::at(1, 0, Extent { whole: false, window: 10 });
    timeline.handle_event(redaction(4, &[2]));
    let ask = timeline.poll_ask(50).expect("a hole");
    timeline.handle_page(ask, 1, 4, vec![message(1), message(2), message(3)]);
    assert_eq!(held(&timeline), ["1", "-2", "3", "!4"]);
    timeline.handle_event(message(2));
    assert_eq!(held(&timeline), ["1", "-2", "3", "!4"]);
}

#[test]
fn events_that_are_not_known_have_their_places() {
    let mut timeline = Timeline::at(1, 10, Extent { whole: false, window: 100 });
    timeline.handle_gap(14);
    let ask = timeline.poll_ask(2).expect("a hole");
    timeline.handle_page(ask, 1, 14, vec![RoomEvent::Unknown, RoomEvent::Unknown]);
    assert_eq!(timeline.poll_ask(2), Some(Ask { epoch: 1, after: 12, limit: 2 }));
    let ask = timeline.poll_ask(2).expect("a hole");
    timeline.handle_page(ask, 1, 14, vec![message(13), RoomEvent::Unknown]);
    assert_eq!((timeline.cursor(), timeline.missing().count()), (14, 0));
}

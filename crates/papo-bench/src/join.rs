//! Connects everybody, names them and brings them into their rooms.

use std::time::{Duration, Instant};

use papo_proto::names::RoomName;
use papo_proto::words::RoomFacts;
use papo_proto::{Epoch, Lang, Reply, RoomId, Seq, text};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::crowd::Crowd;
use crate::error::BenchError;
use crate::options::FanoutOptions;

/// Connections that may be on their way at a time: fewer than the shortest usual queue of a listener,
/// where one connection too many waits a second for its next try.
pub(crate) const ON_THE_WAY_MAX: usize = 100;
/// Descriptors for everything but connections.
const OTHER_DESCRIPTORS: u64 = 32;
/// Joining gives up after this time.
const JOIN_TIMEOUT: Duration = Duration::from_mins(2);
/// The notices of all the joins are over when nothing comes for this time.
const QUIET: Duration = Duration::from_millis(300);
/// Measuring begins after this time even when it is not quiet.
const SETTLE_TIMEOUT: Duration = Duration::from_secs(10);

/// Connects all members of all rooms, room by room in turn as people come, and waits until each is in
/// its room. Returns how long that took.
pub(crate) fn everybody(options: &FanoutOptions, crowd: &mut Crowd) -> Result<Duration, BenchError> {
    let all = options.connections();
    allow_descriptors(all)?;
    let entered: Vec<[String; 2]> = (0..options.rooms).map(answers).collect();
    let begun = Instant::now();
    let mut joined = vec![false; all];
    let mut count = 0;
    while count < all {
        while crowd.links.len() < all && crowd.links.len() - count < ON_THE_WAY_MAX {
            invite(options, crowd)?;
        }
        crowd.turn(Some(Duration::from_secs(1)), |heard| {
            if joined[heard.link] {
                return Ok(());
            }
            if heard.text.starts_with(b"[ERRO] ") {
                let said = String::from_utf8_lossy(heard.text).into_owned();
                return Err(BenchError::Refused { link: heard.link, said });
            }
            if entered[heard.room as usize].iter().any(|answer| answer.as_bytes() == heard.text) {
                joined[heard.link] = true;
                count += 1;
            }
            Ok(())
        })?;
        if begun.elapsed() > JOIN_TIMEOUT {
            return Err(BenchError::JoinTimeout { joined: count, all, seconds: JOIN_TIMEOUT.as_secs() });
        }
    }
    Ok(begun.elapsed())
}

/// Reads away the notices about those who came.
pub(crate) fn settle(crowd: &mut Crowd) -> Result<(), BenchError> {
    let begun = Instant::now();
    let mut last = begun;
    while last.elapsed() < QUIET && begun.elapsed() < SETTLE_TIMEOUT {
        if crowd.turn(Some(QUIET / 3), |_| Ok(()))? > 0 {
            last = Instant::now();
        }
    }
    Ok(())
}

fn invite(options: &FanoutOptions, crowd: &mut Crowd) -> Result<(), BenchError> {
    let link = crowd.links.len();
    let (room, member) = (link % options.rooms, link / options.rooms);
    let sender = (member < options.senders).then(|| (room * options.senders + member) as u32);
    let greeting = [format!("/nick {}", nickname(std::process::id(), link)), format!("/join #bench{room}")];
    crowd.invite(room as u32, sender, greeting)
}

/// The answers to a join, in the languages that a server may speak.
fn answers(room: usize) -> [String; 2] {
    let name = RoomName::parse(&format!("bench{room}")).expect("invariant: letters and digits are a name").name;
    let room = RoomFacts::public(RoomId(0), Epoch(0), name, Seq(0), Seq(0));
    let entered = Reply::Entered { room, cut: false };
    Lang::ALL.map(|lang| text::reply(lang, &entered).expect("invariant: entering is told in text"))
}

/// A name that no other connection has, and that looks like no other: 1 and l, 0 and o, m and rn are
/// the same to a reader's eye.
pub(crate) fn nickname(process: u32, link: usize) -> String {
    const LETTERS: &[u8; 16] = b"abcdefghjkpqstyz";
    let mut name = String::from("b-");
    for number in [process as usize, link] {
        for shift in (0..24).step_by(4).rev() {
            name.push(LETTERS[number >> shift & 15].into());
        }
    }
    name
}

/// Raises the soft limit of descriptors to what the run needs.
pub(crate) fn allow_descriptors(connections: usize) -> Result<(), BenchError> {
    let need = connections as u64 + OTHER_DESCRIPTORS;
    let limit = getrlimit(Resource::Nofile);
    if limit.current.is_none_or(|soft| soft >= need) {
        return Ok(());
    }
    if let Some(have) = limit.maximum.filter(|&hard| hard < need) {
        return Err(BenchError::Descriptors { need: connections, have });
    }
    setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, maximum: limit.maximum })
        .map_err(BenchError::system("raising the limit of file descriptors"))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use papo_proto::Nickname;

    use super::*;

    #[test]
    fn no_two_names_look_alike() {
        let mut looks = HashSet::new();
        for process in [1, 4_194_304, 77_777] {
            for link in 0..5000 {
                let name = nickname(process, link);
                let parsed = Nickname::parse(&name).expect("a name");
                assert!(!parsed.cut && parsed.name.as_str() == name);
                assert!(looks.insert(parsed.name.key().clone()), "{name} looks like another");
            }
        }
    }

    #[test]
    fn the_answers_to_a_join_are_the_documents() {
        assert_eq!(answers(12), ["[SYS] Você entrou em #bench12.", "[SYS] You entered #bench12."]);
    }

    #[test]
    fn more_connections_than_descriptors_are_refused_at_once() {
        assert!(matches!(allow_descriptors(1 << 40), Err(BenchError::Descriptors { .. }) | Ok(())));
        assert!(allow_descriptors(10).is_ok());
    }
}

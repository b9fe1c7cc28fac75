//! `/history`: what was said, at the pace of whoever reads it.

mod support;

use std::path::Path;
use std::sync::Arc;

use papo_proto::words::{Append, Record, RoomRecord};
use papo_proto::{Epoch, RoomId, RoomName, SessionId};
use papo_store::{SqliteStore, Store as _};
use papo_testkit::Client;
use support::{Running, start, start_with};

const DAY_MS: u64 = 24 * 60 * 60 * 1000;

fn now_ms() -> u64 {
    std::time::SystemTime::UNIX_EPOCH.elapsed().expect("after 1970").as_millis() as u64
}

/// A server, with what was said in #geral before it began, and somebody there.
fn served(folder: &Path, before: &[Append]) -> (Running, Client) {
    let store = SqliteStore::open(folder).expect("opened");
    let lobby = RoomRecord::public(RoomId(1), RoomName::lobby(), Epoch(5), 1);
    store.commit(&[Record::Room(lobby)]).expect("stored");
    for batch in before.chunks(5_000) {
        let records: Vec<Record> = batch.iter().cloned().map(Record::Event).collect();
        store.commit(&records).expect("stored");
    }
    let server = start_with(|_| {}, Arc::new(store));
    let ana = server.tcp().named("Ana");
    (server, ana)
}

fn said(at_ms: u64, text: &str) -> Append {
    let (author, text) = ("Eva".into(), text.into());
    let (session, person) = (SessionId(7), papo_proto::Person::NOBODY);
    Append { room: RoomId(1), at_ms, session, txn: None, person, author, text }
}

/// The lines of an answer without its first one, which must be this.
fn lines_after(first: &str, answer: &str) -> Vec<String> {
    let (head, rest) = answer.split_once('\n').unwrap_or((answer, ""));
    assert_eq!(head, first);
    rest.lines().map(str::to_owned).collect()
}

/// `14:03 Ana: oi` without its time, which must look like one.
fn without_time(line: &str) -> &str {
    let (time, rest) = line.split_at(5);
    assert!(
        time.bytes().enumerate().all(|(at, byte)| if at == 2 { byte == b':' } else { byte.is_ascii_digit() }),
        "{line}"
    );
    rest.trim_start()
}

#[test]
fn the_last_ones_come_oldest_first_and_ones_own_is_among_them() {
    let server = start();
    let (mut ana, mut bob) = (server.tcp().named("Ana"), server.tcp().named("Bob"));
    ana.send("/history");
    ana.read_until(|line| line == "[SYS] Ainda não se disse nada em #geral.");
    for n in 1..=25 {
        bob.send(&format!("m{n}"));
    }
    bob.send("a minha");
    bob.send("/history 3");
    let shown = lines_after("[SYS] Últimas mensagens de #geral (3):", &bob.read().expect("an answer"));
    assert_eq!(
        shown.iter().map(|line| without_time(line)).collect::<Vec<_>>(),
        ["Bob: m24", "Bob: m25", "Bob: a minha"]
    );
    bob.send("/history");
    let shown = lines_after("[SYS] Últimas mensagens de #geral (20):", &bob.read().expect("an answer"));
    assert_eq!((shown.len(), without_time(&shown[0])), (20, "Bob: m7"));
    bob.send("/lang en");
    bob.expect("[SYS] Notices in English.");
    bob.send("/history 1");
    assert_eq!(lines_after("[SYS] Last messages of #geral (1):", &bob.read().expect("an answer")).len(), 1);
    for wrong in ["0", "50001", "x"] {
        bob.send(&format!("/history {wrong}"));
        bob.expect("[ERRO] The number must be between 1 and 50000.");
    }
    bob.send("/leave");
    bob.expect("[SYS] You left #geral.");
    bob.send("/history");
    bob.expect("[ERRO] You are in no room. Enter one with /join <room>.");
}

#[test]
fn another_day_is_told_and_a_line_break_forges_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let (long_ago, now) = (now_ms() - 3 * DAY_MS, now_ms());
    let before = [said(long_ago, "há três dias"), said(now, "um\n10:00 Bob: dois"), said(now, "três")];
    let (_server, mut ana) = served(folder.path(), &before);
    ana.send("/history");
    let shown = lines_after("[SYS] Últimas mensagens de #geral (3):", &ana.read().expect("an answer"));
    let (date, rest) = shown[0].split_at(16);
    assert!(date.starts_with("20") && date.matches('-').count() == 2 && rest == " Eva: há três dias", "{shown:?}");
    assert_eq!((without_time(&shown[1]), &*shown[2]), ("Eva: um", "    10:00 Bob: dois"));
    assert_eq!(without_time(&shown[3]), "Eva: três");
}

#[test]
fn nothing_of_the_past_comes_by_itself() {
    let folder = tempfile::tempdir().expect("a folder");
    let (server, mut ana) = served(folder.path(), &[said(1, "passado")]);
    let mut bob = server.tcp().named("Bob");
    ana.expect("[SYS] Bob entrou em #geral.");
    bob.send("presente");
    ana.expect("[#geral] Bob: presente");
}

#[test]
fn fifty_thousand_go_to_one_reader_while_others_talk() {
    let folder = tempfile::tempdir().expect("a folder");
    let now = now_ms();
    let before: Vec<Append> = (1..=50_100).map(|n| said(now, &format!("mensagem {n}"))).collect();
    let (server, mut ana) = served(folder.path(), &before);
    let mut bob = server.tcp().named("Bob").joined("outra");
    let mut carla = server.tcp().named("Carla").joined("outra");
    bob.expect("[SYS] Carla entrou em #outra.");
    ana.send("/history 50000");
    // She has read nothing of it, and nobody waits for her.
    for n in 0..200 {
        bob.send(&format!("{n}"));
        carla.expect(&format!("[#outra] Bob: {n}"));
    }
    let mut next = 101;
    while next <= 50_100 {
        let frame = ana.read().expect("it is not closed");
        if !frame.contains('\n') {
            continue;
        }
        let first = next == 101;
        let head = if first { "Últimas mensagens de #geral (50000):" } else { "Mensagens de #geral, continuação:" };
        for line in lines_after(&format!("[SYS] {head}"), &frame) {
            assert_eq!(without_time(&line), format!("Eva: mensagem {next}"));
            next += 1;
        }
    }
    // What was asked for after it comes after it.
    ana.send("/who");
    ana.read_until(|line| line.starts_with("[SYS] Em #geral (1):"));
}

//! `/history` shows the server's own time of day, wherever the server is.

use papo_proto::words::{Append, Record, RoomRecord};
use papo_proto::{Epoch, RoomId, RoomName, SessionId};
use papo_store::{SqliteStore, Store as _};
use papo_testkit::{Client, Papo};

use super::papo;

/// 2024-01-15 00:30:00 UTC.
const AT_MS: u64 = 1_705_278_600_000;

#[test]
fn history_is_shown_in_the_time_of_the_servers_place() {
    let folder = tempfile::tempdir().expect("a folder");
    let (id, name) = (RoomId(1), RoomName::parse("geral").expect("a name").name);
    let store = SqliteStore::open(folder.path()).expect("opened");
    let room = Record::Room(RoomRecord::public(id, name, Epoch(7), 0));
    let (author, text) = ("Ana".into(), "boa noite".into());
    let event = Append {
        room: id,
        at_ms: AT_MS,
        session: SessionId(1),
        txn: None,
        person: papo_proto::Person::NOBODY,
        author,
        text,
    };
    store.commit(&[room, Record::Event(event)]).expect("stored");
    drop(store);
    for (place, shown) in [("UTC0", "2024-01-15 00:30"), ("BRT3", "2024-01-14 21:30"), ("JST-9", "2024-01-15 09:30")] {
        let mut command = papo("pt-BR");
        command.args(["serve", "--port", "0", "--web-port", "0", "--data"]).arg(folder.path());
        let mut server = Papo::listening(command.env("TZ", place));
        let mut teo = Client::tcp(server.tcp()).named("Teo");
        teo.send("/history");
        let history = teo.read_until(|line| line.contains("Últimas mensagens"));
        drop(teo);
        assert_eq!(history, format!("[SYS] Últimas mensagens de #geral (1):\n{shown} Ana: boa noite"), "{place}");
        server.terminate();
        server.wait();
    }
}

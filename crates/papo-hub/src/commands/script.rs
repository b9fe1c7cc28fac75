//! Tests of the rules, as scripts: what each person sends and what everybody then reads.

use papo_proto::limits::Limits;
use papo_proto::words::Place;
use papo_proto::{Encoding, Epoch, Framing, Lang, Record, RoomId, Seq, SessionId, Stored, Txn, papo1, text};

use crate::publish::{CommitError, Delivery, Outlet, What};
use crate::resume::{Found, Opening};
use crate::{Cursor, Hub, Link, Log, Now, Read, Settings};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

const TEXT: Encoding = Encoding::text(Framing::Length, Lang::PtBr);
const PAPO1: Encoding = Encoding::papo1(Framing::Length, Lang::PtBr);

/// What a connection has read so far.
struct Reader {
    lines: Vec<String>,
    encoding: Encoding,
    reads: Vec<(Arc<Log>, Cursor)>,
    closed: bool,
}

impl Reader {
    /// Reads a room's log, no further than `upto`.
    fn catch_up(&mut self, session: SessionId, room: RoomId, upto: Option<Cursor>) {
        let Some((log, cursor)) = self.reads.iter_mut().find(|(log, _)| log.room() == room) else { return };
        let upto = upto.unwrap_or_else(|| log.head()).position;
        if cursor.position >= upto {
            return;
        }
        let Read::Segments(segments) = log.read(self.encoding, cursor.position, usize::MAX) else { panic!("behind") };
        let mut bytes = Vec::new();
        for segment in segments {
            segment.slices(cursor.position, upto, session, |slice| bytes.extend_from_slice(slice));
            *cursor = if segment.end().position < upto { segment.end() } else { Cursor { position: upto, ..*cursor } };
        }
        self.take(&bytes);
    }

    fn take(&mut self, bytes: &[u8]) {
        let mut decoder = papo_proto::frame::FrameDecoder::new(1 << 20);
        let mut input = bytes;
        while let Some(papo_proto::Cut::Frame(frame)) = decoder.next(&mut input).expect("valid") {
            self.lines.push(String::from_utf8_lossy(frame).into_owned());
        }
    }

    fn deliver(&mut self, session: SessionId, what: What) {
        match what {
            What::Reply { txn, reply, at } => {
                if let Some((room, at)) = at {
                    self.catch_up(session, room, Some(at));
                }
                let mut bytes = Vec::new();
                self.encoding.reply(txn, &reply, &mut bytes);
                self.take(&bytes);
            }
            What::Enter { log, from, after } => {
                if let Some(after) = after {
                    self.lines.push(format!("<from the store after {after}>"));
                }
                self.reads.push((log, from));
            }
            What::Exit { room, at } => {
                self.catch_up(session, room, Some(at));
                self.reads.retain(|(log, _)| log.room() != room);
            }
            What::Speak { .. } => {}
            What::Read(query) => self.lines.push(format!("<{:?} of {} up to {}>", query.slice, query.name, query.head)),
            What::Close => self.closed = true,
        }
    }
}

struct Later(Vec<Delivery>);

impl Outlet for Later {
    fn deliver(&mut self, _shard: u16, delivery: Delivery) {
        self.0.push(delivery);
    }
    fn mark(&mut self, _shard: u16, _log: &Arc<Log>) {}
}

/// The promises of a store, in a few lines.
#[derive(Default)]
struct FakeStore {
    heads: BTreeMap<RoomId, u64>,
    places: BTreeMap<(SessionId, Txn), Place>,
    sessions: BTreeMap<papo_proto::words::TokenHash, papo_proto::words::SessionRecord>,
    /// Nothing can be written.
    full: bool,
}

impl FakeStore {
    fn commit(&mut self, batch: &[Record]) -> Vec<Stored> {
        batch.iter().map(|record| self.keep(record)).collect()
    }

    fn keep(&mut self, record: &Record) -> Stored {
        match record {
            Record::Event(posted) => {
                if let Some(place) = posted.txn.and_then(|txn| self.places.get(&(posted.session, txn))) {
                    return Stored::Repeated(*place);
                }
                let head = self.heads.entry(posted.room).or_insert(0);
                *head += 1;
                let place = Place { room: posted.room, seq: Seq(*head), at_ms: posted.at_ms };
                if let Some(txn) = posted.txn {
                    self.places.insert((posted.session, txn), place);
                }
                Stored::Appended(place.seq)
            }
            Record::Recall { session, txn } => {
                self.places.get(&(*session, *txn)).map_or(Stored::Unknown, |place| Stored::Repeated(*place))
            }
            Record::Session(record) => {
                self.sessions.insert(record.token, record.clone());
                Stored::Done
            }
            Record::SessionGone(id) => {
                self.sessions.retain(|_, record| record.id != *id);
                Stored::Done
            }
            Record::Room(_) | Record::RoomGone(_) => Stored::Done,
        }
    }

    fn find(&self, token: &papo1::Token) -> Option<Found> {
        let record = self.sessions.get(&token.hash())?.clone();
        let txns = self.places.keys().filter(|(session, _)| *session == record.id).map(|(_, txn)| *txn);
        Some(Found { newest_txn: txns.max().unwrap_or_default(), record })
    }
}

/// A hub with people in it and a clock that is set by hand. Each person has a connection at a time.
pub(crate) struct World {
    pub(crate) hub: Hub,
    pub(crate) now: Now,
    readers: BTreeMap<u32, Reader>,
    /// Each person's newest connection and its session.
    people: Vec<(String, SessionId, Link)>,
    connections: u32,
    store: FakeStore,
}

impl World {
    pub(crate) fn new(flood: bool) -> Self {
        let mut world = Self {
            hub: Self::hub(flood, 1),
            now: Now { running: Duration::from_secs(1), wall_ms: 1 },
            readers: BTreeMap::new(),
            people: Vec::new(),
            connections: 0,
            store: FakeStore::default(),
        };
        world.settle();
        world
    }

    fn hub(flood: bool, generation: u32) -> Hub {
        let limits = Limits { flood, ..Limits::default() };
        let (epoch, rooms, newest_room) = (Epoch(5), Vec::new(), RoomId(0));
        Hub::new(Settings { shards: 1, seed: 7, limits, epoch, generation, rooms, newest_room, wall_ms: 1 })
    }

    fn session(&mut self, who: &str) -> SessionId {
        match self.people.iter().find(|(name, ..)| name == who) {
            Some((_, session, _)) => *session,
            None => self.connect(who, TEXT),
        }
    }

    /// A new connection of this person.
    fn connect(&mut self, who: &str, encoding: Encoding) -> SessionId {
        let address = std::net::IpAddr::from([192, 0, 2, 1]).into();
        let link = Link { shard: 0, slot: self.connections, key: 0 };
        self.connections += 1;
        self.readers.insert(link.slot, Reader { lines: Vec::new(), encoding, reads: Vec::new(), closed: false });
        let session = self.hub.open(link, encoding, address);
        self.people.retain(|(name, ..)| name != who);
        self.people.push((who.to_owned(), session, link));
        self.settle();
        self.reader(who).lines.clear();
        session
    }

    fn link(&self, who: &str) -> Link {
        self.people.iter().find(|(name, ..)| name == who).expect("connected").2
    }

    fn reader(&mut self, who: &str) -> &mut Reader {
        let link = self.link(who);
        self.readers.get_mut(&link.slot).expect("connected")
    }

    /// Everything that was decided happens.
    fn settle(&mut self) {
        let mut later = Later(Vec::new());
        self.hub.publish(&mut later);
        loop {
            let batch = self.hub.take_batch();
            if batch.is_empty() {
                break;
            }
            if self.store.full {
                self.hub.commit_failed(CommitError::Full, &mut later);
            } else {
                let stored = self.store.commit(&batch);
                self.hub.committed(&stored, self.now, &mut later);
            }
        }
        for Delivery { link, session, what } in later.0 {
            self.readers.get_mut(&link.slot).expect("a connection").deliver(session, what);
        }
        for (_, session, link) in self.people.clone() {
            let reader = self.readers.get_mut(&link.slot).expect("a connection");
            for room in reader.reads.iter().map(|(log, _)| log.room()).collect::<Vec<_>>() {
                reader.catch_up(session, room, None);
            }
        }
        assert_eq!((self.hub.waiting(), self.hub.waiting_bytes()), (0, 0));
    }

    /// What a program sends.
    fn send_json(&mut self, who: &str, json: &str) {
        let (session, link) = (self.session(who), self.link(who));
        let papo1::Sent { txn, said } = papo1::decode(json.as_bytes(), 1 << 16);
        match said {
            Ok(papo1::Said::Hello(hello)) => {
                let found = hello.token.as_ref().and_then(|token| self.store.find(token));
                let fresh = papo1::Token([link.slot as u8 + 1; 32]);
                let opening = Opening { link, encoding: PAPO1, fresh, found };
                let speaks_for = self.hub.hello(session, txn, *hello, opening, self.now);
                self.people.iter_mut().find(|(name, ..)| name == who).expect("connected").1 = speaks_for;
                self.reader(who).encoding = PAPO1;
            }
            Ok(papo1::Said::Command(command)) => self.hub.handle(session, link, txn, Ok(command), self.now),
            Err(reject) => self.hub.handle(session, link, txn, Err(reject), self.now),
        }
        self.settle();
    }

    fn lose(&mut self, who: &str) {
        let (session, link) = (self.session(who), self.link(who));
        self.hub.close(session, link, false, self.now);
        self.settle();
    }

    pub(crate) fn send(&mut self, who: &str, line: &str) {
        let (session, link) = (self.session(who), self.link(who));
        if let Some(sent) = text::decode(line.as_bytes()) {
            self.hub.handle(session, link, None, sent, self.now);
        }
        self.settle();
    }

    /// Does what is due; how many rooms went.
    pub(crate) fn tick(&mut self) -> usize {
        let before = self.hub.rooms();
        self.hub.tick(self.now);
        self.settle();
        before - self.hub.rooms()
    }

    /// What `who` has read since last asked.
    pub(crate) fn read(&mut self, who: &str) -> Vec<String> {
        self.session(who);
        std::mem::take(&mut self.reader(who).lines)
    }
}

/// Runs a script: `Ana> line` sends, `Ana< line` is the next thing that Ana reads. In the end
/// nobody may have anything left to read; `Ana!` loses her connection.
fn check(script: &str) {
    let mut world = World::new(true);
    let mut unread: BTreeMap<String, std::collections::VecDeque<String>> = BTreeMap::new();
    for step in script.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let at = step.find(['>', '<', '!']).expect("a step names a person and what happens");
        let (who, rest) = (&step[..at], step[at + 1..].trim().replace("\\n", "\n"));
        world.session(who);
        match step.as_bytes()[at] {
            b'>' if rest.starts_with('{') => world.send_json(who, &rest),
            b'>' => world.send(who, &rest),
            b'!' => world.lose(who),
            _ => {
                let next = unread.entry(who.to_owned()).or_default().pop_front();
                assert_eq!(next.as_deref(), Some(&*rest), "what {who} reads in:\n{script}");
            }
        }
        for (name, ..) in world.people.clone() {
            let lines = world.read(&name);
            unread.entry(name).or_default().extend(lines);
        }
    }
    unread.retain(|_, lines| !lines.is_empty());
    assert!(unread.is_empty(), "nobody expected {unread:?} in:\n{script}");
}

#[test]
fn the_documents_example() {
    check(
        "Alice> /nick Alice
         Alice< [SYS] Seu nome agora é Alice. Você entrou em #geral.
         Alice> /join #geral
         Alice< [SYS] Você entrou em #geral.
         Bob> /nick Bob
         Bob< [SYS] Seu nome agora é Bob. Você entrou em #geral.
         Alice< [SYS] Bob entrou em #geral.
         Carol> /nick Carol
         Carol< [SYS] Seu nome agora é Carol. Você entrou em #geral.
         Alice< [SYS] Carol entrou em #geral.
         Bob< [SYS] Carol entrou em #geral.
         Carol> /join #jogos
         Carol< [SYS] Você entrou em #jogos.
         Alice< [SYS] Carol saiu de #geral.
         Bob< [SYS] Carol saiu de #geral.
         Alice> Olá a todos!
         Bob< [#geral] Alice: Olá a todos!
         Carol> Alguém para jogar?",
    );
}

#[test]
fn a_guest_is_named_when_it_speaks_or_joins() {
    check(
        "x> oi
         x< [SYS] Você ainda não tinha nome; por enquanto é convidado-4487. Troque com /nick <nome>. Você entrou em #geral.
         y> /join sala
         y< [SYS] Você ainda não tinha nome; por enquanto é convidado-5804. Troque com /nick <nome>.
         y< [SYS] Você entrou em #sala.
         y> /nick Yara
         y< [SYS] Seu nome agora é Yara.",
    );
}

#[test]
fn names_belong_to_one_person() {
    check(
        "a> /nick Ana
         a< [SYS] Seu nome agora é Ana. Você entrou em #geral.
         b> /nick ANA
         b< [ERRO] O nome ANA já está em uso, ou é parecido demais com um que está. Escolha outro com /nick <nome>.
         b> /nick аnа
         b< [ERRO] O nome аnа já está em uso, ou é parecido demais com um que está. Escolha outro com /nick <nome>.
         b> /nick Bia
         b< [SYS] Seu nome agora é Bia. Você entrou em #geral.
         a< [SYS] Bia entrou em #geral.
         a> /nick ana
         a< [SYS] Seu nome agora é ana.
         b< [SYS] Ana agora é ana.
         a> /nick ana
         a< [SYS] Seu nome agora é ana.
         a> /nick Carla
         a< [SYS] Seu nome agora é Carla.
         b< [SYS] ana agora é Carla.
         b> /nick Ana
         b< [SYS] Seu nome agora é Ana.
         a< [SYS] Bia agora é Ana.
         b> /nick papo
         b< [ERRO] Esse nome é reservado. Escolha outro com /nick <nome>.
         b> oi
         a< [#geral] Ana: oi",
    );
}

#[test]
fn rooms_are_made_entered_listed_and_left() {
    check(
        "a> /create Jogos
         a< [SYS] Sala #Jogos criada. Entre com /join #Jogos.
         a> /create #JOGOS
         a< [SYS] A sala #Jogos já existe. Entre com /join #Jogos.
         a> /nick Ana
         a< [SYS] Seu nome agora é Ana. Você entrou em #geral.
         a> /join jogos
         a< [SYS] Você entrou em #Jogos.
         b> /nick Bia
         b< [SYS] Seu nome agora é Bia. Você entrou em #geral.
         b> /join jogos
         b< [SYS] Você entrou em #Jogos.
         a< [SYS] Bia entrou em #Jogos.
         b> /rooms
         b< [SYS] Salas (2):\\n- #Jogos (2 online)\\n- #geral (0 online)
         b> /who
         b< [SYS] Em #Jogos (2):\\n- Ana\\n- Bia
         b> /leave
         b< [SYS] Você saiu de #Jogos.
         a< [SYS] Bia saiu de #Jogos.
         b> /leave
         b< [ERRO] Você não está em nenhuma sala. Entre em uma com /join <sala>.
         b> alguém?
         b< [ERRO] Você não está em nenhuma sala. Entre em uma com /join <sala>.
         b> /who
         b< [ERRO] Você não está em nenhuma sala. Entre em uma com /join <sala>.",
    );
}

#[test]
fn leaving_by_quit_and_by_a_lost_line_are_told_apart() {
    check(
        "a> /nick Ana
         a< [SYS] Seu nome agora é Ana. Você entrou em #geral.
         b> /nick Bia
         b< [SYS] Seu nome agora é Bia. Você entrou em #geral.
         a< [SYS] Bia entrou em #geral.
         b> tchau
         b> /quit
         a< [#geral] Bia: tchau
         a< [SYS] Bia saiu de #geral.
         b< [SYS] Até logo!
         b> ainda?
         c> /nick Bia
         c< [SYS] Seu nome agora é Bia. Você entrou em #geral.
         a< [SYS] Bia entrou em #geral.
         c!
         a< [SYS] Bia perdeu a conexão.",
    );
}

#[test]
fn mistakes_are_answered() {
    check(
        "a> /dance agora
         a< [ERRO] Não conheço /dance. Digite /help para ver os comandos.
         a> /nick
         a< [ERRO] Falta o nome. Uso: /nick <nome>
         a> /nick a b
         a< [ERRO] Um nome não pode ter espaços. Use letras, números, _, - e ponto.
         a> /join [x]
         a< [ERRO] O nome não pode ter “[”. Use letras, números, _, - e ponto.
         a> /lang fr
         a< [ERRO] Não falo “fr”. Uso: /lang pt-BR|en",
    );
}

#[test]
fn an_address_makes_twenty_rooms_an_hour() {
    let mut world = World::new(true);
    for n in 0..20 {
        world.send("a", &format!("/create s{n}"));
    }
    assert!(world.read("a").iter().all(|line| line.contains("criada")));
    world.send("a", "/join outra");
    let refused = world.read("a");
    assert_eq!(refused, ["[ERRO] Seu endereço já criou salas demais. Tente de novo em 3 minutos."]);
    world.now.running += Duration::from_mins(3);
    world.send("a", "/create outra");
    assert!(world.read("a")[0].contains("criada"));
}

#[test]
fn an_empty_room_in_which_nothing_was_said_goes_after_a_day() {
    let mut world = World::new(true);
    for line in ["/nick Ana", "/join dita", "oi", "/join muda", "/leave"] {
        world.send("a", line);
    }
    world.now.running += Duration::from_hours(24) - Duration::from_secs(1);
    assert_eq!(world.tick(), 0);
    world.send("b", "/nick Bia");
    world.send("b", "/join muda");
    world.send("b", "/leave");
    world.now.running += Duration::from_secs(2);
    assert_eq!(world.tick(), 0, "somebody was there meanwhile");
    world.now.running += Duration::from_hours(24);
    assert_eq!(world.tick(), 1);
    world.read("b");
    world.send("b", "/rooms");
    assert_eq!(world.read("b"), ["[SYS] Salas (2):\n- #dita (0 online)\n- #geral (0 online)"]);
}

#[test]
fn there_are_at_most_ten_thousand_rooms() {
    let mut world = World::new(false);
    for n in 1..papo_proto::limits::ROOMS_MAX {
        world.send("a", &format!("/create s{n}"));
    }
    world.read("a");
    world.send("a", "/create mais");
    assert!(world.read("a")[0].starts_with("[ERRO] Já há salas demais"));
}

#[test]
fn a_crowd_is_told_in_one_line() {
    let mut world = World::new(true);
    world.send("a", "/nick Ana");
    world.read("a");
    for n in 0..56 {
        world.send(&format!("p{n}"), &format!("/nick pessoa{n}x"));
    }
    assert_eq!(world.read("a").len(), 19, "Ana's own entering was the first of twenty");
    world.now.running = world.hub.next_due().expect("something is merged");
    world.tick();
    assert_eq!(world.read("a"), ["[SYS] pessoa19x e mais 36 entraram em #geral."]);
}

/// A token as the client with the n-th connection was given it.
fn token(connection: u8) -> String {
    papo1::Token([connection; 32]).to_text()
}

/// What a program read, without what is the same in every hello.
fn frames(world: &mut World, who: &str) -> Vec<String> {
    let short = |line: String| match line.split_once(r#""nick":"#) {
        Some((_, rest)) if line.contains(r#""to":"hello""#) => {
            let (nick, rest) = rest.split_once(',').expect("more than a nick");
            let (_, rest) = rest.split_once(r#""resumed":"#).expect("more than a nick");
            format!("hello {nick} resumed:{rest}")
        }
        _ => line,
    };
    world.read(who).into_iter().map(short).collect()
}

fn hello(world: &mut World, who: &str, rest: &str) -> Vec<String> {
    world.connect(who, TEXT);
    world.send_json(who, &format!(r#"{{"do":"hello","txn":1,"version":1{rest}}}"#));
    frames(world, who)
}

const GERAL: &str = r#"{"id":1,"epoch":5,"name":"geral","first":0,"head":0}"#;

#[test]
fn a_program_says_hello_enters_and_is_acknowledged() {
    let mut world = World::new(true);
    assert_eq!(hello(&mut world, "p", r#","nick":"Pia""#), [r#"hello "Pia" resumed:false,"rooms":[]}}"#]);
    world.send("t", "/nick Teo");
    world.read("t");
    world.send_json("p", r##"{"do":"join","txn":2,"room":"#geral"}"##);
    assert_eq!(
        frames(&mut world, "p"),
        [format!(r#"{{"is":"ack","txn":2,"answer":{{"to":"join","room":{GERAL},"cut":false}}}}"#)]
    );
    assert_eq!(world.read("t"), ["[SYS] Pia entrou em #geral."]);
    world.send_json("p", r#"{"do":"post","txn":3,"room":1,"text":"oi"}"#);
    assert_eq!(frames(&mut world, "p"), [r#"{"is":"ack","txn":3,"answer":{"to":"post","room":1,"seq":1,"at":1}}"#]);
    world.send("t", "olá");
    assert_eq!(frames(&mut world, "p"), [r#"{"is":"message","room":1,"seq":2,"at":1,"author":"Teo","text":"olá"}"#]);
    assert_eq!(world.read("t"), ["[#geral] Pia: oi"]);
    world.send_json("p", r#"{"do":"who","txn":4,"room":1}"#);
    assert_eq!(
        frames(&mut world, "p"),
        [r#"{"is":"ack","txn":4,"answer":{"to":"who","room":1,"members":["Pia","Teo"]}}"#]
    );
}

#[test]
fn a_post_that_is_sent_again_gets_its_first_answer() {
    let mut world = World::new(true);
    hello(&mut world, "p", r#","nick":"Pia""#);
    world.send_json("p", r#"{"do":"join","txn":2,"room":"geral"}"#);
    frames(&mut world, "p");
    let post = |txn, text: &str| format!(r#"{{"do":"post","txn":{txn},"room":1,"text":"{text}"}}"#);
    let ack = |txn, seq| format!(r#"{{"is":"ack","txn":{txn},"answer":{{"to":"post","room":1,"seq":{seq},"at":1}}}}"#);
    for (txn, text, expected) in [(3, "a", ack(3, 1)), (5, "b", ack(5, 2)), (3, "a", ack(3, 1)), (5, "b", ack(5, 2))] {
        world.send_json("p", &post(txn, text));
        assert_eq!(frames(&mut world, "p"), [expected], "{txn}");
    }
    // A txn that was left out, or that was refused at first, is decided anew.
    world.send_json("p", &post(4, "c"));
    assert_eq!(frames(&mut world, "p"), [ack(4, 3)]);
    // The first answer holds also where the command would be refused by now.
    world.send_json("p", r#"{"do":"leave","txn":6,"room":1}"#);
    frames(&mut world, "p");
    world.send_json("p", &post(5, "b"));
    assert_eq!(frames(&mut world, "p"), [ack(5, 2)]);
    world.send_json("p", &post(7, "d"));
    assert!(frames(&mut world, "p")[0].contains(r#""code":2006"#));
}

#[test]
fn a_full_disk_refuses_what_must_be_kept_and_nothing_else() {
    let mut world = World::new(true);
    hello(&mut world, "p", r#","nick":"Pia""#);
    world.store.full = true;
    world.send_json("p", r#"{"do":"create","txn":2,"room":"nova"}"#);
    assert!(frames(&mut world, "p")[0].contains(r#""txn":2,"code":5001"#));
    world.send_json("p", r#"{"do":"join","txn":3,"room":"outra"}"#);
    assert!(frames(&mut world, "p")[0].contains(r#""to":"join""#), "being there is no promise of the disk");
    world.send_json("p", r#"{"do":"post","txn":4,"room":3,"text":"oi"}"#);
    assert!(frames(&mut world, "p")[0].contains(r#""txn":4,"code":5001"#));
    world.store.full = false;
    world.send_json("p", r#"{"do":"post","txn":4,"room":3,"text":"oi"}"#);
    assert_eq!(frames(&mut world, "p"), [r#"{"is":"ack","txn":4,"answer":{"to":"post","room":3,"seq":1,"at":1}}"#]);
}

#[test]
fn a_lost_connection_is_not_noticed_by_others_when_it_comes_back_in_time() {
    let mut world = World::new(true);
    hello(&mut world, "p", r#","nick":"Pia""#);
    world.send_json("p", r#"{"do":"join","txn":2,"room":"geral"}"#);
    world.send("t", "/nick Teo");
    world.read("t");
    world.lose("p");
    world.send("t", "perdida?");
    world.send("x", "/nick Pia");
    assert!(world.read("x")[0].starts_with("[ERRO]"), "her name is kept for her");
    let resume = format!(r#","session":"{}","resume":[{{"room":1,"epoch":5,"seq":0}}]"#, token(1));
    let state = r#"{"id":1,"epoch":5,"name":"geral","first":1,"head":1}"#;
    assert_eq!(
        hello(&mut world, "p", &resume),
        [&format!(r#"hello "Pia" resumed:true,"rooms":[{state}]}}}}"#), "<from the store after 0>"]
    );
    assert_eq!(world.read("t"), [""; 0]);
    world.lose("p");
    world.now.running += Duration::from_secs(31);
    world.tick();
    assert_eq!(world.read("t"), ["[SYS] Pia perdeu a conexão."]);
    world.send("x", "/nick Pia");
    assert!(world.read("x")[0].starts_with("[SYS]"), "now her name is free");
    assert_eq!(
        hello(&mut world, "p", &format!(r#","session":"{}""#, token(1))),
        [r#"hello "convidado-4487" resumed:true,"rooms":[]}}"#],
        "the session goes on, under a guest's name"
    );
}

#[test]
fn a_session_goes_on_elsewhere_and_the_old_connection_ends() {
    let mut world = World::new(true);
    hello(&mut world, "old", r#","nick":"Pia""#);
    world.send_json("old", r#"{"do":"join","txn":2,"room":"geral"}"#);
    frames(&mut world, "old");
    let resume = format!(
        r#","session":"{}","resume":[{{"room":1,"epoch":4,"seq":9}},{{"room":8,"epoch":5,"seq":0}}]"#,
        token(1)
    );
    assert_eq!(
        hello(&mut world, "new", &resume),
        [
            format!(r#"hello "Pia" resumed:true,"rooms":[{GERAL}]}}}}"#),
            r#"{"is":"gone","room":8}"#.into(),
            format!(r#"{{"is":"reset","room":{GERAL}}}"#),
        ]
    );
    let last = frames(&mut world, "old");
    assert!(last[0].contains(r#""about":"fenced""#) && world.reader("old").closed, "{last:?}");
    // Whatever the old connection's end says, the session is somebody else's now.
    world.lose("old");
    world.send_json("new", r#"{"do":"post","txn":3,"room":1,"text":"oi"}"#);
    assert!(frames(&mut world, "new")[0].contains(r#""seq":1"#));
}

/// What was still under way on the old connection was answered on the new one, beside the answer to
/// the same command sent again there; a late `bye` ended the session.
#[test]
fn a_fenced_connection_is_not_heard() {
    let mut world = World::new(true);
    hello(&mut world, "old", r#","nick":"Pia""#);
    world.send_json("old", r#"{"do":"join","txn":2,"room":"geral"}"#);
    hello(&mut world, "new", &format!(r#","session":"{}","resume":[{{"room":1,"epoch":5,"seq":0}}]"#, token(1)));
    let post = r#"{"do":"post","txn":3,"room":1,"text":"oi"}"#;
    world.send_json("old", post);
    world.send_json("old", r#"{"do":"hello","txn":4,"version":1}"#);
    world.send_json("old", r#"{"do":"bye","txn":5}"#);
    assert_eq!(frames(&mut world, "new"), [""; 0]);
    world.send_json("new", post);
    assert_eq!(frames(&mut world, "new"), [r#"{"is":"ack","txn":3,"answer":{"to":"post","room":1,"seq":1,"at":1}}"#]);
}

#[test]
fn mistakes_of_programs_are_rejected() {
    let mut world = World::new(true);
    let code = |world: &mut World, json: &str| {
        world.send_json("p", json);
        let frames = frames(world, "p");
        let (_, rest) = frames[0].split_once(r#""code":"#).unwrap_or_else(|| panic!("{frames:?}"));
        rest[..4].to_owned()
    };
    world.connect("p", PAPO1);
    assert_eq!(code(&mut world, r#"{"do":"ping","txn":1}"#), "1001");
    assert_eq!(code(&mut world, r#"{"do":"hello","txn":1,"version":9}"#), "1003");
    let unknown = format!(r#"{{"do":"hello","txn":1,"version":1,"session":"{}"}}"#, token(77));
    assert_eq!(code(&mut world, &unknown), "2007");
    world.send("t", "/nick Teo");
    assert_eq!(code(&mut world, r#"{"do":"hello","txn":1,"version":1,"nick":"TEO"}"#), "2001");
    world.send_json("p", r#"{"do":"hello","txn":1,"version":1,"nick":"Pia"}"#);
    frames(&mut world, "p");
    assert_eq!(code(&mut world, r#"{"do":"hello","txn":1,"version":1,"nick":"Pia"}"#), "1002");
    assert_eq!(code(&mut world, r#"{"do":"post","txn":2,"room":1,"text":"x"}"#), "2006");
    assert_eq!(code(&mut world, r#"{"do":"post","txn":2,"room":0,"text":"x"}"#), "2005");
    assert_eq!(code(&mut world, r#"{"do":"who","txn":2,"room":99}"#), "2005");
}

#[test]
fn those_who_follow_the_list_of_rooms_are_told_of_its_changes_together() {
    let mut world = World::new(true);
    hello(&mut world, "p", r#","nick":"Pia","capabilities":["rooms"]"#);
    for line in ["/nick Teo", "/join a", "/join b"] {
        world.send("t", line);
    }
    world.now.running += Duration::from_secs(2);
    world.tick();
    let rooms = r#"[{"id":1,"name":"geral","online":0},{"id":2,"name":"a","online":0},{"id":3,"name":"b","online":1}]"#;
    assert_eq!(frames(&mut world, "p"), [format!(r#"{{"is":"rooms","changed":{rooms},"gone":[]}}"#)]);
    world.now.running += Duration::from_hours(25);
    world.tick();
    assert_eq!(frames(&mut world, "p"), [r#"{"is":"rooms","changed":[],"gone":[2]}"#]);
}

#[test]
fn who_says_bye_is_gone_at_once() {
    let mut world = World::new(true);
    hello(&mut world, "p", r#","nick":"Pia""#);
    world.send_json("p", r#"{"do":"bye","txn":2}"#);
    assert_eq!(frames(&mut world, "p"), [r#"{"is":"ack","txn":2,"answer":{"to":"bye"}}"#]);
    assert!(world.reader("p").closed);
    let again = hello(&mut world, "p", &format!(r#","session":"{}""#, token(1)));
    assert!(again[0].contains(r#""code":2007"#), "{again:?}");
}

#[test]
fn a_room_is_told_now_and_then_that_somebody_is_typing() {
    let mut world = World::new(true);
    for (who, nick) in [("p", "Pia"), ("q", "Quim")] {
        hello(&mut world, who, &format!(r#","nick":"{nick}""#));
        world.send_json(who, r#"{"do":"join","txn":2,"room":"geral"}"#);
        frames(&mut world, who);
    }
    frames(&mut world, "p");
    for _ in 0..3 {
        world.send_json("q", r#"{"do":"typing","txn":3,"room":1}"#);
    }
    assert_eq!(frames(&mut world, "p"), [r#"{"is":"typing","room":1,"who":"Quim"}"#]);
    assert_eq!(frames(&mut world, "q").len(), 3, "each command has its answer");
}

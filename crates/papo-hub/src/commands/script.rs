//! Tests of the rules, as scripts: what each person sends and what everybody then reads.

use papo_proto::limits::Limits;
use papo_proto::{Encoding, Framing, Lang, Seq, SessionId, text};

use crate::publish::{Delivery, Outlet, What};
use crate::{Cursor, Hub, Link, Log, Now, Read, Settings};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

const ENCODING: Encoding = Encoding { framing: Framing::Length, lang: Lang::PtBr };

/// What a connection has read so far.
#[derive(Default)]
struct Reader {
    lines: Vec<String>,
    reads: Option<(Arc<Log>, Cursor)>,
    closed: bool,
}

/// Connections without sockets: each delivery is carried out at once.
#[derive(Default)]
struct Readers {
    all: BTreeMap<SessionId, Reader>,
}

impl Readers {
    /// Reads the session's log, no further than `upto`.
    fn catch_up(&mut self, session: SessionId, upto: Option<Cursor>) {
        let reader = self.all.entry(session).or_default();
        let Some((log, cursor)) = &mut reader.reads else { return };
        let upto = upto.unwrap_or_else(|| log.head()).position;
        if cursor.position >= upto {
            return;
        }
        let Read::Segments(segments) = log.read(ENCODING, cursor.position, usize::MAX) else { panic!("behind") };
        let mut bytes = Vec::new();
        for segment in segments {
            segment.slices(cursor.position, upto, session, |slice| bytes.extend_from_slice(slice));
            *cursor = if segment.end().position < upto { segment.end() } else { Cursor { position: upto, ..*cursor } };
        }
        let mut decoder = papo_proto::frame::FrameDecoder::new(1 << 20);
        let mut input = &bytes[..];
        while let Some(papo_proto::Cut::Frame(frame)) = decoder.next(&mut input).expect("valid") {
            reader.lines.push(String::from_utf8_lossy(frame).into_owned());
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

/// A hub with people in it and a clock that is set by hand.
pub(crate) struct World {
    pub(crate) hub: Hub,
    pub(crate) now: Now,
    readers: Readers,
    people: Vec<(String, SessionId)>,
    seqs: BTreeMap<papo_proto::RoomId, u64>,
}

impl World {
    pub(crate) fn new(flood: bool) -> Self {
        let limits = Limits { flood, ..Limits::default() };
        let hub = Hub::new(Settings { shards: 1, seed: 7, limits });
        let now = Now { running: Duration::from_secs(1), wall_ms: 1 };
        Self { hub, now, readers: Readers::default(), people: Vec::new(), seqs: BTreeMap::new() }
    }

    fn session(&mut self, who: &str) -> SessionId {
        if let Some((_, session)) = self.people.iter().find(|(name, _)| name == who) {
            return *session;
        }
        let address = std::net::IpAddr::from([192, 0, 2, 1]).into();
        let session = self.hub.open(Link { shard: 0, slot: self.people.len() as u32 }, ENCODING, address);
        self.people.push((who.to_owned(), session));
        self.settle();
        self.readers.all.entry(session).or_default().lines.clear();
        session
    }

    fn settle(&mut self) {
        let mut later = Later(Vec::new());
        self.hub.publish(&mut later);
        let batch = self.hub.take_batch();
        let seqs: Vec<Seq> = batch
            .iter()
            .map(|posted| {
                let seq = self.seqs.entry(posted.room).or_insert(0);
                *seq += 1;
                Seq(*seq)
            })
            .collect();
        self.hub.committed(&seqs, &mut later);
        for Delivery { session, what, .. } in later.0 {
            if let What::Reply { at, .. } = &what {
                self.readers.catch_up(session, *at);
            }
            if let What::Exit { at } = &what {
                self.readers.catch_up(session, Some(*at));
            }
            let reader = self.readers.all.entry(session).or_default();
            match what {
                What::Reply { reply, .. } => reader.lines.push(text::reply(Lang::PtBr, &reply)),
                What::Enter { log, from } => reader.reads = Some((log, from)),
                What::Exit { .. } => reader.reads = None,
                What::Speak { .. } => {}
                What::Close => reader.closed = true,
            }
        }
        for session in self.readers.all.keys().copied().collect::<Vec<_>>() {
            self.readers.catch_up(session, None);
        }
    }

    pub(crate) fn send(&mut self, who: &str, line: &str) {
        let session = self.session(who);
        if let Some(sent) = text::decode(line.as_bytes()) {
            self.hub.handle(session, sent, self.now);
        }
        self.settle();
    }

    pub(crate) fn tick(&mut self) -> usize {
        let gone = self.hub.tick(self.now).len();
        self.settle();
        gone
    }

    /// What `who` has read since last asked.
    pub(crate) fn read(&mut self, who: &str) -> Vec<String> {
        let session = self.session(who);
        std::mem::take(&mut self.readers.all.entry(session).or_default().lines)
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
            b'>' => world.send(who, &rest),
            b'!' => {
                let session = world.session(who);
                world.hub.close(session, false, world.now);
                world.settle();
            }
            _ => {
                let next = unread.entry(who.to_owned()).or_default().pop_front();
                assert_eq!(next.as_deref(), Some(&*rest), "what {who} reads in:\n{script}");
            }
        }
        for (name, _) in world.people.clone() {
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

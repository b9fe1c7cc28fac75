//! The rules as people meet them in the text dialect.

use std::time::Duration;

use super::check;
use super::world::World;

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

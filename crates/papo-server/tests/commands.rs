//! Every command of the text dialect about accounts, single people and moderation, over sockets: who types
//! what, and what everybody is then told, as a script.
//!
//! `ana> line` is typed by Ana; a line `ana: …` is what Ana is told next. Where `…` stands, anything may
//! stand; nothing else may come between. `ana: (closed)` is the end of her connection. What comes from a token is put into later lines by `{name}`.

mod support;

use std::collections::BTreeMap;

use papo_testkit::Client;
use support::{Running, start};

/// Carries a script out, by clients who come as they are first named.
struct Stage<'a> {
    server: &'a Running,
    clients: BTreeMap<String, Client>,
    /// What was told once and is used again.
    learnt: BTreeMap<String, String>,
}

fn check(script: &str) {
    let server = start();
    let mut stage = Stage { server: &server, clients: BTreeMap::new(), learnt: BTreeMap::new() };
    for line in script.lines().map(str::trim).filter(|line| !line.is_empty()) {
        stage.play(line);
    }
    stage.end();
}

impl Stage<'_> {
    fn play(&mut self, line: &str) {
        let typed = line.split_once("> ").filter(|(who, _)| !who.contains([':', ' ']));
        match typed {
            Some((who, typed)) => {
                let typed = self
                    .learnt
                    .iter()
                    .fold(typed.to_owned(), |typed, (name, value)| typed.replace(&format!("{{{name}}}"), value));
                self.client(who).send(&typed);
            }
            None => {
                let (who, expected) = line.split_once(": ").expect("who is told what");
                if expected == "(closed)" {
                    assert_eq!(self.client(who).read(), None, "{who}");
                    return drop(self.clients.remove(who));
                }
                let told = self.client(who).read().unwrap_or_else(|| panic!("{who} was closed, not told {expected}"));
                let told = told.replace('\n', " | ");
                match fits(expected, &told) {
                    Some(learnt) => self.learnt.extend(learnt),
                    None => panic!("{who} was told\n  {told}\nand not\n  {expected}"),
                }
            }
        }
    }

    fn client(&mut self, who: &str) -> &mut Client {
        let server = self.server;
        self.clients.entry(who.to_owned()).or_insert_with(|| {
            let mut client = server.tcp();
            client.read();
            client
        })
    }

    /// Nobody was told anything else.
    fn end(mut self) {
        for (who, client) in &mut self.clients {
            client.send("/lang pt");
            assert_eq!(client.read().as_deref(), Some("[SYS] Avisos em português."), "{who}");
        }
    }
}

/// Whether a line is as expected, and what it says where a name in braces stands.
fn fits(expected: &str, told: &str) -> Option<Vec<(String, String)>> {
    let mut learnt = Vec::new();
    let (mut expected, mut told) = (expected, told);
    loop {
        let Some(at) = expected.find(['…', '{']) else { return (expected == told).then_some(learnt) };
        told = told.strip_prefix(&expected[..at])?;
        let rest = &expected[at..];
        let (name, rest) = match rest.strip_prefix('{') {
            Some(rest) => rest.split_once('}').map(|(name, rest)| (Some(name), rest))?,
            None => (None, &rest['…'.len_utf8()..]),
        };
        let next = rest.find(['…', '{']).map_or(rest, |at| &rest[..at]);
        let end = if next.is_empty() { told.len() } else { told.find(next)? };
        learnt.extend(name.map(|name| (name.to_owned(), told[..end].to_owned())));
        (expected, told) = (rest, &told[end..]);
    }
}

#[test]
fn accounts() {
    check(
        "
        ana> /nick Ana
        ana: [SYS] Seu nome agora é Ana. Você entrou em #geral.
        ana> /register
        ana: [ERRO] Falta a senha. Uso: /register <senha> [convite]
        ana> /register curta
        ana: [ERRO] A senha precisa ter de 8 a 1024 caracteres.
        ana> /logout
        ana: [ERRO] Você não entrou em uma conta. Entre com /login <nome> <senha>.
        ana> /sessions
        ana: [ERRO] Você não entrou em uma conta. Entre com /login <nome> <senha>.
        ana> /register um bom segredo
        ana: [SYS] A conta Ana é sua. Da próxima vez: /login Ana <senha>
        ana> /register outro segredo
        ana: [ERRO] Você já está em uma conta. Saia dela com /logout.
        ana> /nick Anita
        ana: [ERRO] O nome de uma conta não muda. Para usar outro, saia dela com /logout.
        duo> /login
        duo: [ERRO] Uso: /login <nome> <senha>
        duo> /login Ana outro segredo
        duo: [ERRO] Nome ou senha errados.
        duo> /login Ana um bom segredo
        duo: [SYS] Você entrou como Ana. Você entrou em #geral.
        duo> /sessions
        duo: [SYS] Sessões da sua conta (2): | {duo}: 127.0.0.1, usada há … s (esta) | {ana}: 127.0.0.1, usada há … s
        duo> de dois lugares
        ana: [#geral] Ana: de dois lugares
        ana> /sessions end
        ana: [ERRO] Uso: /sessions, ou /sessions end <número>
        ana> /sessions end 999
        ana: [ERRO] Não há sessão nem robô com esse nome ou número.
        ana> /sessions end {duo}
        ana: [SYS] 127.0.0.1 terminou.
        duo: [SYS] Sua sessão foi encerrada. Entre de novo com /login <nome> <senha>.
        duo: (closed)
        tri> /login Ana um bom segredo
        tri: [SYS] Você entrou como Ana. Você entrou em #geral.
        ana> /password um
        ana: [ERRO] Uso: /password <senha de agora> <senha nova>
        ana> /logout
        ana: [SYS] Você saiu da conta; agora é convidado-{n}.
        tri: [SYS] convidado-… entrou em #geral.
        tri> /logout
        tri: [SYS] Você saiu da conta; agora é convidado-….
        ana: [SYS] Ana agora é convidado-….
        ",
    );
}

#[test]
fn passwords_and_the_end_of_an_account() {
    check(
        "
        ana> /nick Ana
        ana: [SYS] Seu nome agora é Ana. Você entrou em #geral.
        ana> /register segredo-um
        ana: [SYS] A conta Ana é sua. Da próxima vez: /login Ana <senha>
        ana> /password segredo-zero segredo-dois
        ana: [ERRO] Nome ou senha errados.
        ana> /password segredo-um curta
        ana: [ERRO] A senha precisa ter de 8 a 1024 caracteres.
        ana> /password segredo-um segredo-dois
        ana: [SYS] Senha trocada. As outras sessões da conta terminaram.
        ana> /lang en
        ana: [SYS] Notices in English.
        ana> /delete-account
        ana: [ERRO] To delete the account, confirm with its password: /delete-account <password>
        ana> /delete-account segredo-um
        ana: [ERRO] Wrong name or password.
        ana> /delete-account segredo-dois
        ana: [SYS] Account deleted. Its name stays reserved for ever.
        ana> /login Ana segredo-dois
        ana: [ERRO] Wrong name or password.
        ana> /sessions
        ana: [ERRO] You are not logged in. Use /login <name> <password>.
        bia> /nick Ana
        bia: [ERRO] O nome Ana já está em uso, ou é parecido demais com um que está. Escolha outro com /nick <nome>.
        bia> /msg Ana oi
        bia: [ERRO] Não há ninguém chamado Ana.
        ",
    );
}

#[test]
fn bots() {
    check(
        "
        ana> /nick Ana
        ana: [SYS] Seu nome agora é Ana. Você entrou em #geral.
        ana> /token new R2
        ana: [ERRO] Você não entrou em uma conta. Entre com /login <nome> <senha>.
        ana> /register um bom segredo
        ana: [SYS] A conta Ana é sua. Da próxima vez: /login Ana <senha>
        ana> /token new
        ana: [ERRO] Uso: /token new <nome> [salas], /token list ou /token revoke <nome>
        ana> /token new R2 nenhuma
        ana: [ERRO] Esta sala não existe.
        ana> /token new R2 geral
        ana: [SYS] O robô R2 foi criado. O token dele, mostrado só agora: {token}
        ana> /token new Ana
        ana: [ERRO] O nome Ana já está em uso, ou é parecido demais com um que está. Escolha outro com /nick <nome>.
        ana> /token list
        ana: [SYS] Seus robôs (1): | - R2
        ana> /token revoke C3
        ana: [ERRO] Não há sessão nem robô com esse nome ou número.
        ana> /token revoke R2
        ana: [SYS] R2 terminou.
        ana> /tokens
        ana: [SYS] Seus robôs (0):
        ",
    );
}

/// Ana and Bob have accounts, and Teo is a guest; all are in #geral.
const THREE: &str = "
        ana> /nick Ana
        ana: [SYS] Seu nome agora é Ana. Você entrou em #geral.
        ana> /register um bom segredo
        ana: [SYS] A conta Ana é sua. Da próxima vez: /login Ana <senha>
        bob> /nick Bob
        bob: [SYS] Seu nome agora é Bob. Você entrou em #geral.
        ana: [SYS] Bob entrou em #geral.
        bob> /register um bom segredo
        bob: [SYS] A conta Bob é sua. Da próxima vez: /login Bob <senha>
        teo> /nick Teo
        teo: [SYS] Seu nome agora é Teo. Você entrou em #geral.
        ana: [SYS] Teo entrou em #geral.
        bob: [SYS] Teo entrou em #geral.
        ";

#[test]
fn conversations_of_two() {
    check(&format!(
        "{THREE}
        ana> /msg
        ana: [ERRO] Uso: /msg <nome> <mensagem>
        ana> /msg Bob
        ana: [ERRO] Uso: /msg <nome> <mensagem>
        ana> /msg Ana oi
        ana: [ERRO] Isso não se faz consigo mesmo.
        ana> /msg Zé oi
        ana: [ERRO] Não há ninguém chamado Zé.
        ana> /r oi
        ana: [ERRO] Ninguém lhe escreveu ainda. Use /msg <nome> <mensagem>.
        ana> /msg bob só para você
        bob: [@Ana] Ana: só para você
        bob> /r
        bob: [ERRO] Falta a mensagem. Uso: /r <mensagem>
        bob> /r sei
        ana: [@Bob] Bob: sei
        ana> /history @Bob
        ana: [SYS] Últimas mensagens com Bob (2): | … Ana: só para você | … Bob: sei
        ana> /history @Teo
        ana: [ERRO] Não há ninguém chamado Teo.
        teo> /msg Ana de fora
        ana: [@Teo] Teo: de fora
        ana> /ignore
        ana: [SYS] Você vê as mensagens de todo mundo.
        ana> /ignore Teo
        ana: [SYS] Feito: Teo.
        ana> /ignore @Bob
        ana: [SYS] Feito: Bob.
        ana> /ignore Ana
        ana: [ERRO] Isso não se faz consigo mesmo.
        ana> /ignore
        ana: [SYS] Você não vê mensagens de (2): | - Bob | - Teo
        teo> alguém aí?
        bob: [#geral] Teo: alguém aí?
        teo> /msg Ana me ouve?
        bob> /msg Ana e eu?
        bob> /who
        bob: [SYS] Em #geral (3): | - Ana | - Bob | - Teo
        ana> /unignore
        ana: [ERRO] Falta o nome. Uso: /unignore <nome>
        ana> /unignore Bob
        ana: [SYS] Feito: Bob.
        ana> /unignore Teo
        ana: [SYS] Feito: Teo.
        bob> /msg Ana e agora?
        ana: [@Bob] Bob: e agora?
        teo> agora sim
        ana: [#geral] Teo: agora sim
        bob: [#geral] Teo: agora sim
        teo> /quit
        teo: [SYS] Até logo!
        teo: (closed)
        ana: [SYS] Teo saiu de #geral.
        bob: [SYS] Teo saiu de #geral.
        ana> /msg Teo oi
        ana: [ERRO] Não há ninguém chamado Teo.
        "
    ));
}

/// All three go to a room of Ana's.
const CLASS: &str = "
        ana> /join aula
        ana: [SYS] Você entrou em #aula.
        bob: [SYS] Ana saiu de #geral.
        teo: [SYS] Ana saiu de #geral.
        bob> /join aula
        bob: [SYS] Você entrou em #aula.
        teo: [SYS] Bob saiu de #geral.
        ana: [SYS] Bob entrou em #aula.
        teo> /join aula
        teo: [SYS] Você entrou em #aula.
        ana: [SYS] Teo entrou em #aula.
        bob: [SYS] Teo entrou em #aula.
        ";

#[test]
fn what_a_room_is() {
    check(&format!(
        "{THREE} {CLASS}
        ana> /topic
        ana: [ERRO] Falta o assunto. Uso: /topic <assunto>, ou /topic - para apagá-lo
        bob> /topic caos
        bob: [ERRO] Só a moderação da sala pode fazer isso.
        bob> /lang en
        bob: [SYS] Notices in English.
        ana> /topic Frações
        ana: [SYS] Feito.
        bob: [SYS] Ana changed the topic: Frações
        teo: [SYS] Ana mudou o assunto: Frações
        ana> /topic -
        ana: [SYS] Feito.
        bob: [SYS] Ana removed the topic.
        teo: [SYS] Ana apagou o assunto.
        ana> /slow muito
        ana: [ERRO] Uso: /slow <segundos>; 0 tira a espera
        ana> /slow 60
        ana: [SYS] Feito.
        bob: [SYS] Ana slowed the room down: a message every 60 s.
        teo: [SYS] Ana deixou a sala lenta: uma mensagem a cada 60 s.
        bob> one
        ana: [#aula] Bob: one
        teo: [#aula] Bob: one
        bob> two
        bob: [ERRO] This room is slow: wait … s.
        ana> /slow 0
        ana: [SYS] Feito.
        bob: [SYS] Ana removed the wait between messages.
        teo: [SYS] Ana tirou a espera entre mensagens.
        ana> /readonly talvez
        ana: [ERRO] Uso: on ou off
        ana> /readonly
        ana: [SYS] Feito.
        bob: [SYS] Ana made the room read-only: only moderators write.
        teo: [SYS] Ana deixou a sala só para leitura: só moderadores escrevem.
        teo> oi
        teo: [ERRO] Esta sala é só para leitura.
        bob> hi
        bob: [ERRO] This room is read-only.
        ana> /readonly off
        ana: [SYS] Feito.
        bob: [SYS] Ana lets everybody write in the room again.
        teo: [SYS] Ana deixou que todos escrevam na sala de novo.
        bob> /private
        bob: [ERRO] Only … may do that.
        teo> /leave
        teo: [SYS] Você saiu de #aula.
        ana: [SYS] Teo saiu de #aula.
        bob: [SYS] Teo left #aula.
        ana> /private
        ana: [SYS] Feito.
        bob: [SYS] Ana made the room private: only who is invited comes in.
        teo> /rooms
        teo: [SYS] Salas (1): | - #geral (0 online)
        bob> /invite Teo
        bob: [ERRO] Only … may do that.
        ana> /invite
        ana: [ERRO] Falta o nome. Uso: /invite <nome>
        ana> /invite Teo
        ana: [SYS] Feito: Teo.
        teo: [SYS] Ana convidou você para #aula. Entre com /join #aula
        teo> /join aula
        teo: [SYS] Você entrou em #aula.
        ana: [SYS] Teo entrou em #aula.
        bob: [SYS] Teo entered #aula.
        ana> /private off
        ana: [SYS] Feito.
        bob: [SYS] Ana opened the room to everybody.
        teo: [SYS] Ana abriu a sala para todos.
        bob> /close
        bob: [ERRO] Only … may do that.
        ana> /close
        teo: [SYS] Ana encerrou #aula.
        bob: [SYS] Ana closed #aula.
        ana: [SYS] Feito.
        teo> /who
        teo: [ERRO] Você não está em nenhuma sala. Entre em uma com /join <sala>.
        "
    ));
}

#[test]
fn who_may_be_there_and_speak() {
    check(&format!(
        "{THREE} {CLASS}
        teo> /op Teo
        teo: [ERRO] Só quem criou a sala pode fazer isso.
        ana> /op
        ana: [ERRO] Falta o nome. Uso: /op <nome>
        ana> /op Teo
        ana: [ERRO] Só quem tem conta pode fazer isso: /register <senha>
        ana> /op Bob
        ana: [SYS] Feito: Bob.
        bob: [SYS] Ana fez de Bob moderador(a).
        teo: [SYS] Ana fez de Bob moderador(a).
        bob> /kick Ana
        bob: [ERRO] Ana tem papel igual ou maior que o seu na sala.
        bob> /kick
        bob: [ERRO] Falta o nome. Uso: /kick <nome> [causa]
        bob> /kick Teo fala demais
        bob: [SYS] Feito: Teo.
        teo: [SYS] Bob tirou você de #aula: fala demais
        ana: [SYS] Bob tirou Teo da sala.
        teo> /join aula
        teo: [SYS] Você entrou em #aula.
        ana: [SYS] Teo entrou em #aula.
        bob: [SYS] Teo entrou em #aula.
        bob> /mute Teo
        bob: [ERRO] Uso: /mute <nome> <tempo, como 10m ou 2h>
        bob> /mute Teo 10m
        bob: [SYS] Feito: Teo.
        ana: [SYS] Bob silenciou Teo por 10 min.
        teo: [SYS] Bob silenciou Teo por 10 min.
        teo> oi
        teo: [ERRO] Você está sem voz nesta sala por mais 10 min.
        bob> /unmute Teo
        bob: [SYS] Feito: Teo.
        ana: [SYS] Bob deixou Teo falar de novo.
        teo: [SYS] Bob deixou Teo falar de novo.
        bob> /unmute Teo
        bob: [ERRO] Não há ninguém chamado Teo.
        ana> /deop Bob
        ana: [SYS] Feito: Bob.
        bob: [SYS] Ana tirou de Bob a moderação.
        teo: [SYS] Ana tirou de Bob a moderação.
        bob> /kick Teo
        bob: [ERRO] Só a moderação da sala pode fazer isso.
        ana> /ban Bob 2h gritou
        ana: [SYS] Feito: Bob.
        bob: [SYS] Ana baniu você de #aula: gritou
        teo: [SYS] Ana baniu Bob da sala.
        bob> /join aula
        bob: [ERRO] Você foi banido desta sala por 2 h.
        bob> /lang en
        bob: [SYS] Notices in English.
        ana> /unban Zé
        ana: [ERRO] Não há ninguém chamado Zé.
        ana> /unban Bob
        ana: [SYS] Feito: Bob.
        bob> /join aula
        bob: [SYS] You entered #aula.
        ana: [SYS] Bob entrou em #aula.
        teo: [SYS] Bob entrou em #aula.
        ana> /ban Teo
        ana: [SYS] Feito: Teo.
        teo: [SYS] Ana baniu você de #aula.
        bob: [SYS] Ana banned Teo from the room.
        teo> /join aula
        teo: [ERRO] Você foi banido desta sala.
        bob> /report
        bob: [ERRO] The report is missing. Usage: /report <what happened>
        bob> /report ninguém estuda
        bob: [SYS] Done.
        ana: [SYS] Bob relata em #aula: ninguém estuda
        bob> /audit
        bob: [ERRO] Only … may do that.
        ana> /audit 0
        ana: [ERRO] O número deve estar entre 1 e 200.
        ana> /audit 5
        ana: [SYS] O que a moderação fez em #aula (5): | … Ana: /deop Bob | … Ana: /ban Bob (7200 s, gritou) | … Ana: /unban Bob | … Ana: /ban Teo | … Bob: /report (ninguém estuda)
        "
    ));
}

#[test]
fn taking_back() {
    check(&format!(
        "{THREE} {CLASS}
        bob> um
        ana: [#aula] Bob: um
        teo: [#aula] Bob: um
        bob> dois
        ana: [#aula] Bob: dois
        teo: [#aula] Bob: dois
        teo> três
        ana: [#aula] Teo: três
        bob: [#aula] Teo: três
        bob> quatro
        ana: [#aula] Bob: quatro
        teo: [#aula] Bob: quatro
        ana> /redact
        ana: [ERRO] Essa mensagem não existe, já foi apagada ou não é sua.
        bob> /redact Teo
        bob: [ERRO] Só a moderação da sala pode fazer isso.
        bob> /redact #3
        bob: [ERRO] Essa mensagem não existe, já foi apagada ou não é sua.
        bob> /redact #três
        bob: [ERRO] Uso: /redact apaga a sua última mensagem; …
        bob> /redact
        ana: [SYS] Bob apagou uma mensagem.
        teo: [SYS] Bob apagou uma mensagem.
        bob: [SYS] Bob apagou uma mensagem.
        bob: [SYS] 1 mensagem apagada.
        ana> /redact #1
        ana: [SYS] Ana apagou uma mensagem.
        ana: [SYS] 1 mensagem apagada.
        bob: [SYS] Ana apagou uma mensagem.
        teo: [SYS] Ana apagou uma mensagem.
        ana> /redact Teo
        ana: [SYS] Ana apagou uma mensagem.
        ana: [SYS] 1 mensagem apagada.
        bob: [SYS] Ana apagou uma mensagem.
        teo: [SYS] Ana apagou uma mensagem.
        ana> /redact Bob logo
        ana: [ERRO] Uso: /redact apaga a sua última mensagem; …
        ana> /redact Bob 1h
        ana: [SYS] Ana apagou uma mensagem.
        ana: [SYS] 1 mensagem apagada.
        bob: [SYS] Ana apagou uma mensagem.
        teo: [SYS] Ana apagou uma mensagem.
        ana> /redact Bob 1h
        ana: [ERRO] Essa mensagem não existe, já foi apagada ou não é sua.
        ana> /audit
        ana: [SYS] O que a moderação fez em #aula (3): | … Ana: /redact #1 | … Ana: /redact Teo | … Ana: /redact Bob
        "
    ));
}

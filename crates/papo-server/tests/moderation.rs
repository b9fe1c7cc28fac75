//! Every command of the text dialect that people give by their role in a room, over sockets.

mod support;

use support::script::{THREE, check};

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

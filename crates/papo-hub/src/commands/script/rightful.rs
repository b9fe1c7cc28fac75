//! What was done with rights that could not be kept, and waits: it is not done, and whoever did it is told why.

use super::check;

/// A message was gone for good, taken back by somebody who never was a moderator.
#[test]
fn whoever_never_was_a_moderator_takes_back_nothing() {
    check(
        "*in sala: a Ana, b Bia with an account, c Caio
         c> oi
         a< [#sala] Caio: oi
         b< [#sala] Caio: oi
         *hold
         a> /op Bia
         *take
         b> /redact Caio
         b> /redact #1
         b> /audit
         c> /report algo
         b> minha
         *fail
         a< [ERRO] O disco do servidor está cheio; a mensagem não foi guardada. Tente de novo mais tarde.
         b< [ERRO] Só a moderação da sala pode fazer isso.
         *go
         a< [SYS] Caio relata em #sala: algo
         a< [#sala] Bia: minha
         b< [ERRO] Essa mensagem não existe, já foi apagada ou não é sua.
         b< [ERRO] Só a moderação da sala pode fazer isso.
         c< [SYS] Feito.
         c< [#sala] Bia: minha
         c> oi
         a< [#sala] Caio: oi
         b< [#sala] Caio: oi",
    );
}

/// The same in the batch that failed: what moderators did was read, and a report was told.
#[test]
fn whoever_never_was_a_moderator_reads_nothing_of_what_they_did() {
    check(
        "*in sala: a Ana, b Bia with an account, c Caio
         *hold
         a> /op Bia
         b> /audit
         c> /report algo
         *take
         *fail
         a< [ERRO] O disco do servidor está cheio; a mensagem não foi guardada. Tente de novo mais tarde.
         a< [SYS] Caio relata em #sala: algo
         b< [ERRO] Só a moderação da sala pode fazer isso.
         c< [SYS] Feito.
         *go
         c> oi
         a< [#sala] Caio: oi
         b< [#sala] Caio: oi",
    );
}

/// What was said then was read by everybody.
#[test]
fn what_may_not_be_said_after_all_is_not() {
    check(
        "*in sala: a Ana, b Bia with an account, c Caio
         a> /mute Bia 10m
         a< [SYS] Feito: Bia.
         b< [SYS] Ana silenciou Bia por 10 min.
         c< [SYS] Ana silenciou Bia por 10 min.
         a> /readonly
         a< [SYS] Feito.
         b< [SYS] Ana deixou a sala só para leitura: só moderadores escrevem.
         c< [SYS] Ana deixou a sala só para leitura: só moderadores escrevem.
         *hold
         a> /readonly off
         *take
         c> lido
         a> minha
         *fail
         a< [ERRO] O disco do servidor está cheio; a mensagem não foi guardada. Tente de novo mais tarde.
         c< [ERRO] Esta sala é só para leitura.
         *go
         b< [#sala] Ana: minha
         c< [#sala] Ana: minha
         a> /readonly off
         a< [SYS] Feito.
         b< [SYS] Ana deixou que todos escrevam na sala de novo.
         c< [SYS] Ana deixou que todos escrevam na sala de novo.
         *hold
         a> /unmute Bia
         *take
         b> muda
         c> oi
         *post 101 sala muda
         *fail
         a< [ERRO] O disco do servidor está cheio; a mensagem não foi guardada. Tente de novo mais tarde.
         b< [ERRO] Você está sem voz nesta sala por mais 10 min.
         *go
         admin< [ERRO] Você está sem voz nesta sala por mais 10 min.
         a< [#sala] Caio: oi
         b< [#sala] Caio: oi
         *wait 600
         b> oi
         a< [#sala] Bia: oi
         c< [#sala] Bia: oi",
    );
}

#[test]
fn a_banned_account_posts_nothing_after_an_unban_that_failed() {
    check(
        "*in sala: a Ana, b Bia with an account
         a> /ban Bia
         a< [SYS] Feito: Bia.
         b< [SYS] Ana baniu você de #sala.
         *hold
         a> /unban Bia
         *take
         *post 101 sala banida
         b> /join sala
         b> banida
         b> /who
         b> /history
         *fail
         admin< [ERRO] Você foi banido desta sala.
         a< [ERRO] O disco do servidor está cheio; a mensagem não foi guardada. Tente de novo mais tarde.
         a< [SYS] Bia entrou em #sala.
         a< [SYS] Bia saiu de #sala.
         b< [SYS] Você entrou em #sala.
         b< [ERRO] Você foi banido desta sala.
         b< [ERRO] Você foi banido desta sala.
         b< [ERRO] Você foi banido desta sala.
         b< [SYS] Você saiu de #sala.
         *go
         b> oi
         b< [ERRO] Você não está em nenhuma sala. Entre em uma com /join <sala>.",
    );
}

#[test]
fn who_was_let_into_a_private_room_by_what_failed_learns_nothing_of_it() {
    check(
        r"*in sala: a Ana, c Caio
         *in geral: b Bia with an account
         a> /private
         a< [SYS] Feito.
         c< [SYS] Ana tornou a sala privada: só entra quem for convidado.
         a> segredo
         c< [#sala] Ana: segredo
         *hold
         a> /invite Bia
         b> /join sala
         b> /rooms
         b> /history
         b> /who
         b> oi
         *take
         *post 101 sala fora
         b> /who
         b> /history
         b> oi
         c> oi
         *fail
         admin< [ERRO] Esta sala não existe.
         a< [ERRO] O disco do servidor está cheio; a mensagem não foi guardada. Tente de novo mais tarde.
         a< [SYS] Bia entrou em #sala.
         c< [SYS] Bia entrou em #sala.
         b< [SYS] Você entrou em #sala.
         b< [SYS] Salas (1):\n- #geral (0 online)
         b< [ERRO] Esta sala não existe.
         b< [ERRO] Esta sala não existe.
         b< [ERRO] O disco do servidor está cheio; a mensagem não foi guardada. Tente de novo mais tarde.
         b< [ERRO] Esta sala não existe.
         b< [ERRO] Esta sala não existe.
         b< [ERRO] Esta sala não existe.
         *go
         a< [#sala] Caio: oi
         a< [SYS] Bia saiu de #sala.
         c< [SYS] Bia saiu de #sala.
         b< [SYS] Você saiu de #sala.
         a> /who
         a< [SYS] Em #sala (2):\n- Ana\n- Caio",
    );
}

#[test]
fn a_program_that_was_let_in_by_what_failed_is_told_that_there_is_no_such_room() {
    check(
        r#"*in sala: a Ana
         p> {"do":"hello","txn":1,"version":1,"nick":"Pia"}
         p< hello "Pia" resumed:false,"rooms":[]}}
         a> /private
         a< [SYS] Feito.
         a> /topic segredos
         a< [SYS] Feito.
         *hold
         a> /invite Pia
         p> {"do":"join","txn":2,"room":"sala"}
         p> {"do":"create","txn":3,"room":"sala"}
         p> {"do":"rooms","txn":4}
         p> {"do":"who","txn":5,"room":2}
         p> {"do":"history","txn":6,"room":2}
         p> {"do":"post","txn":7,"room":2,"text":"oi"}
         *take
         p> {"do":"post","txn":8,"room":2,"text":"oi"}
         p> {"do":"hello","txn":9,"version":1}
         *fail
         a< [ERRO] O disco do servidor está cheio; a mensagem não foi guardada. Tente de novo mais tarde.
         a< [SYS] Pia entrou em #sala.
         a< [SYS] Pia saiu de #sala.
         p< {"is":"reject","txn":2,"code":2005,"text":"Esta sala não existe.","retry":"changed"}
         p< {"is":"reject","txn":3,"code":2005,"text":"Esta sala não existe.","retry":"changed"}
         p< {"is":"ack","txn":4,"answer":{"to":"rooms","rooms":[{"id":1,"name":"geral","online":0}]}}
         p< {"is":"reject","txn":5,"code":2005,"text":"Esta sala não existe.","retry":"changed"}
         p< {"is":"reject","txn":6,"code":2005,"text":"Esta sala não existe.","retry":"changed"}
         p< {"is":"reject","txn":7,"code":5001,"text":"O disco do servidor está cheio; a mensagem não foi guardada. Tente de novo mais tarde.","retry":"later","after_ms":2000}
         p< {"is":"reject","txn":8,"code":2005,"text":"Esta sala não existe.","retry":"changed"}
         p< {"is":"reject","txn":9,"code":1002,"text":"Esta conexão já disse hello.","retry":"never"}
         p< {"is":"gone","room":2}
         *go
         p> {"do":"post","txn":10,"room":2,"text":"oi"}
         p< {"is":"reject","txn":10,"code":2005,"text":"Esta sala não existe.","retry":"changed"}"#,
    );
}

/// A conversation with an account that never was: what was said in it was acknowledged, and nowhere.
#[test]
fn what_was_said_to_an_account_that_never_was_is_rejected() {
    check(
        r#"*in geral: b Bia with an account
         p> {"do":"hello","txn":1,"version":1,"nick":"Pia"}
         p< hello "Pia" resumed:false,"rooms":[]}}
         *hold
         p> {"do":"register","txn":2,"password":"segredo123"}
         *take
         p> {"do":"direct","txn":3,"who":"Bia"}
         p> {"do":"post","txn":4,"room":2,"text":"oi"}
         b> /msg Pia oi
         *fail
         p< {"is":"reject","txn":2,"code":5001,"text":"O disco do servidor está cheio; a mensagem não foi guardada. Tente de novo mais tarde.","retry":"later","after_ms":2000}
         *go
         b< [ERRO] O disco do servidor está cheio; a mensagem não foi guardada. Tente de novo mais tarde.
         p< {"is":"ack","txn":3,"answer":{"to":"direct","room":{"id":2,"epoch":5,"name":"Bia","first":0,"head":0,"kind":"direct","role":"member","topic":"","read":0}}}
         p< {"is":"reject","txn":4,"code":5001,"text":"O disco do servidor está cheio; a mensagem não foi guardada. Tente de novo mais tarde.","retry":"later","after_ms":2000}
         p< {"is":"gone","room":2}
         p> {"do":"ping","txn":10}
         p< {"is":"ack","txn":10,"answer":{"to":"ping","now":1}}"#,
    );
}

#[test]
fn a_room_that_is_slow_after_all_was_slow() {
    check(
        "*in sala: a Ana, b Bia, c Caio
         a> /slow 60
         a< [SYS] Feito.
         b< [SYS] Ana deixou a sala lenta: uma mensagem a cada 60 s.
         c< [SYS] Ana deixou a sala lenta: uma mensagem a cada 60 s.
         *hold
         a> /slow 0
         *take
         b> um
         b> dois
         c> um
         *wait 60
         b> tres
         *fail
         a< [ERRO] O disco do servidor está cheio; a mensagem não foi guardada. Tente de novo mais tarde.
         *go
         a< [#sala] Bia: um
         a< [#sala] Caio: um
         a< [#sala] Bia: tres
         b< [ERRO] Esta sala é lenta: espere 60 s.
         b< [#sala] Caio: um
         c< [#sala] Bia: um
         c< [#sala] Bia: tres
         c> quatro
         a< [#sala] Caio: quatro
         b< [#sala] Caio: quatro",
    );
}

/// Nobody can be brought back, and no room.
#[test]
fn who_takes_somebody_out_waits_for_the_right_to_be_kept() {
    check(
        "*in sala: a Ana, b Bia with an account, c Caio
         *hold
         a> /op Bia
         b> /kick Caio
         b> /ban Caio
         b> /topic x
         *admin promote Bia
         b> /close
         *take
         *fail
         admin< [ERRO] O disco do servidor está cheio; a mensagem não foi guardada. Tente de novo mais tarde.
         a< [ERRO] O disco do servidor está cheio; a mensagem não foi guardada. Tente de novo mais tarde.
         b< [ERRO] Um momento: algo da sua sessão ainda está sendo feito. Tente de novo.
         b< [ERRO] Um momento: algo da sua sessão ainda está sendo feito. Tente de novo.
         b< [ERRO] O disco do servidor está cheio; a mensagem não foi guardada. Tente de novo mais tarde.
         b< [ERRO] Um momento: algo da sua sessão ainda está sendo feito. Tente de novo.
         *go
         *hold
         a> /private
         a> /kick Caio
         *go
         a< [SYS] Feito.
         a< [SYS] Feito: Caio.
         b< [SYS] Ana tornou a sala privada: só entra quem for convidado.
         b< [SYS] Ana tirou Caio da sala.
         c< [SYS] Ana tornou a sala privada: só entra quem for convidado.
         c< [SYS] Ana tirou você de #sala.
         *admin promote Bia
         admin< [SYS] Feito: Bia.
         b> /close
         a< [SYS] Bia encerrou #sala.
         b< [SYS] Feito.",
    );
}

/// Nobody was told that a whisper waits which was not kept; what was said as an account that never was is taken
/// back as its guest's.
#[test]
fn what_was_said_and_taken_back_as_an_account_that_never_was() {
    check(
        "*in geral: a Ana with an account, b Bia
         a!
         b< [SYS] Ana perdeu a conexão.
         *hold
         b> /register segredo123
         b> /msg Ana oi
         *take
         b> oi
         b> /redact
         *fail
         b< [ERRO] O disco do servidor está cheio; a mensagem não foi guardada. Tente de novo mais tarde.
         b< [ERRO] O disco do servidor está cheio; a mensagem não foi guardada. Tente de novo mais tarde.
         *go
         b< [SYS] Bia apagou uma mensagem.
         b< [SYS] 1 mensagem apagada.
         b> /redact
         b< [ERRO] Essa mensagem não existe, já foi apagada ou não é sua.",
    );
}

#[test]
fn an_invitation_into_a_room_that_all_know_is_told_whatever_fails() {
    check(
        "*in sala: a Ana, b Bia
         *in geral: c Caio
         *hold
         b> /register segredo123
         a> /invite Caio
         *take
         a> /private
         a> /invite Caio
         *fail
         a< [SYS] Feito: Caio.
         a< [ERRO] O disco do servidor está cheio; a mensagem não foi guardada. Tente de novo mais tarde.
         a< [ERRO] O disco do servidor está cheio; a mensagem não foi guardada. Tente de novo mais tarde.
         b< [ERRO] O disco do servidor está cheio; a mensagem não foi guardada. Tente de novo mais tarde.
         c< [SYS] Ana convidou você para #sala. Entre com /join #sala
         c< [SYS] Ana convidou você para #sala. Entre com /join #sala",
    );
}

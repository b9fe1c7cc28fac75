//! Messages that are taken back.

use super::check;

#[test]
fn ones_own_and_those_of_others() {
    check(
        "*in sala: a Ana, b Bia, c Caio
         b> um
         a< [#sala] Bia: um
         c< [#sala] Bia: um
         b> dois
         a< [#sala] Bia: dois
         c< [#sala] Bia: dois
         c> três
         a< [#sala] Caio: três
         b< [#sala] Caio: três
         b> /redact
         a< [SYS] Bia apagou uma mensagem.
         b< [SYS] Bia apagou uma mensagem.
         b< [SYS] 1 mensagem apagada.
         c< [SYS] Bia apagou uma mensagem.
         b> /redact #1
         a< [SYS] Bia apagou uma mensagem.
         b< [SYS] Bia apagou uma mensagem.
         b< [SYS] 1 mensagem apagada.
         c< [SYS] Bia apagou uma mensagem.
         b> /redact #3
         b< [ERRO] Essa mensagem não existe, já foi apagada ou não é sua.
         b> /redact #9
         b< [ERRO] Essa mensagem não existe, já foi apagada ou não é sua.
         b> /redact Caio
         b< [ERRO] Só a moderação da sala pode fazer isso.
         b> /redact Caio 1h
         b< [ERRO] Só a moderação da sala pode fazer isso.
         b> quatro
         a< [#sala] Bia: quatro
         c< [#sala] Bia: quatro
         b> cinco
         a< [#sala] Bia: cinco
         c< [#sala] Bia: cinco
         b> /redact Bia 1h
         a< [SYS] Bia apagou 2 mensagens.
         b< [SYS] Bia apagou 2 mensagens.
         b< [SYS] 2 mensagens apagadas.
         c< [SYS] Bia apagou 2 mensagens.
         b> /redact
         b< [ERRO] Essa mensagem não existe, já foi apagada ou não é sua.
         a> /redact Caio
         a< [SYS] Ana apagou uma mensagem.
         a< [SYS] 1 mensagem apagada.
         b< [SYS] Ana apagou uma mensagem.
         c< [SYS] Ana apagou uma mensagem.
         c> seis
         a< [#sala] Caio: seis
         b< [#sala] Caio: seis
         c> sete
         a< [#sala] Caio: sete
         b< [#sala] Caio: sete
         a> /redact Caio 1h
         a< [SYS] Ana apagou 2 mensagens.
         a< [SYS] 2 mensagens apagadas.
         b< [SYS] Ana apagou 2 mensagens.
         c< [SYS] Ana apagou 2 mensagens.
         a> oito
         b< [#sala] Ana: oito
         c< [#sala] Ana: oito
         a> /redact #11
         a< [ERRO] Essa mensagem não existe, já foi apagada ou não é sua.
         a> /redact Nada
         a< [ERRO] Não há ninguém chamado Nada.",
    );
}

#[test]
fn a_moderator_takes_nothing_back_of_who_is_not_less() {
    check(
        "*in sala: a Ana, b Bia with an account
         a> /op Bia
         a< [SYS] Feito: Bia.
         b< [SYS] Ana fez de Bia moderador(a).
         a> oi
         b< [#sala] Ana: oi
         b> /redact Ana
         b< [ERRO] Ana tem papel igual ou maior que o seu na sala.
         b> /redact Ana 1h
         b< [ERRO] Ana tem papel igual ou maior que o seu na sala.
         b> /redact #1
         b< [ERRO] Essa mensagem não existe, já foi apagada ou não é sua.
         b> tchau
         a< [#sala] Bia: tchau
         b> /redact #2
         a< [SYS] Bia apagou uma mensagem.
         b< [SYS] Bia apagou uma mensagem.
         b< [SYS] 1 mensagem apagada.",
    );
}

#[test]
fn in_a_conversation_only_ones_own() {
    check(
        r#"p> {"do":"hello","txn":1,"version":1,"nick":"Pia"}
         p< hello "Pia" resumed:false,"rooms":[]}}
         q> {"do":"hello","txn":1,"version":1,"nick":"Quim"}
         q< hello "Quim" resumed:false,"rooms":[]}}
         p> {"do":"direct","txn":2,"who":"Quim"}
         p< {"is":"ack","txn":2,"answer":{"to":"direct","room":{"id":2,"epoch":5,"name":"Quim","first":0,"head":0,"kind":"direct","role":"guest","topic":""}}}
         p> {"do":"post","txn":3,"room":2,"text":"oi"}
         p< {"is":"ack","txn":3,"answer":{"to":"post","room":2,"seq":1,"at":1}}
         q< {"is":"direct","room":{"id":2,"epoch":5,"name":"Pia","first":0,"head":0,"kind":"direct","role":"guest","topic":""}}
         q< {"is":"message","room":2,"seq":1,"at":1,"author":"Pia","text":"oi"}
         q> {"do":"redact","txn":2,"room":2,"seq":1}
         q< {"is":"reject","txn":2,"code":2040,"text":"Essa mensagem não existe, já foi apagada ou não é sua.","retry":"changed"}
         p> {"do":"redact","txn":4,"room":2,"seq":1}
         p< {"is":"ack","txn":4,"answer":{"to":"redact","count":1}}
         p< {"is":"redaction","room":2,"seq":2,"at":1,"author":"Pia","seqs":[1]}
         q< {"is":"redaction","room":2,"seq":2,"at":1,"author":"Pia","seqs":[1]}
         p> {"do":"redact","txn":5,"room":2,"seq":1}
         p< {"is":"reject","txn":5,"code":2040,"text":"Essa mensagem não existe, já foi apagada ou não é sua.","retry":"changed"}
         q> {"do":"post","txn":3,"room":2,"text":"oi"}
         p< {"is":"message","room":2,"seq":3,"at":1,"author":"Quim","text":"oi"}
         q< {"is":"ack","txn":3,"answer":{"to":"post","room":2,"seq":3,"at":1}}
         p> {"do":"redact","txn":6,"room":2,"who":"Quim"}
         p< {"is":"reject","txn":6,"code":2039,"text":"Isso não se faz nesta sala.","retry":"changed"}
         p> {"do":"redact","txn":7,"room":2}
         p< {"is":"reject","txn":7,"code":2040,"text":"Essa mensagem não existe, já foi apagada ou não é sua.","retry":"changed"}
         q> {"do":"redact","txn":4,"room":2}
         p< {"is":"redaction","room":2,"seq":4,"at":1,"author":"Quim","seqs":[3]}
         q< {"is":"ack","txn":4,"answer":{"to":"redact","count":1}}
         q< {"is":"redaction","room":2,"seq":4,"at":1,"author":"Quim","seqs":[3]}"#,
    );
}

#[test]
fn only_what_was_said_in_the_last_while() {
    check(
        "*in sala: a Ana, b Bia
         b> um
         a< [#sala] Bia: um
         *wait 100
         b> dois
         a< [#sala] Bia: dois
         *wait 100
         a> /redact Bia 2m
         a< [SYS] Ana apagou uma mensagem.
         a< [SYS] 1 mensagem apagada.
         b< [SYS] Ana apagou uma mensagem.
         a> /redact Bia 5m
         a< [SYS] Ana apagou uma mensagem.
         a< [SYS] 1 mensagem apagada.
         b< [SYS] Ana apagou uma mensagem.",
    );
}

#[test]
fn nothing_is_taken_back_on_a_full_disk() {
    check(
        "*in sala: a Ana, b Bia
         b> um
         a< [#sala] Bia: um
         *disk full
         b> /redact
         b< [ERRO] O disco do servidor está cheio; a mensagem não foi guardada. Tente de novo mais tarde.
         a> /redact Bia
         a< [ERRO] O disco do servidor está cheio; a mensagem não foi guardada. Tente de novo mais tarde.
         *disk ok
         b> /redact
         a< [SYS] Bia apagou uma mensagem.
         b< [SYS] Bia apagou uma mensagem.
         b< [SYS] 1 mensagem apagada.",
    );
}

#[test]
fn what_is_taken_back_in_a_room_that_ends_is_in_its_log() {
    check(
        "*in sala: a Ana, b Bia
         a> um
         b< [#sala] Ana: um
         *hold
         a> /redact
         a> dois
         a> /close
         *go
         a< [SYS] Ana apagou uma mensagem.
         a< [SYS] 1 mensagem apagada.
         a< [SYS] Feito.
         b< [SYS] Ana apagou uma mensagem.
         b< [#sala] Ana: dois
         b< [SYS] Ana encerrou #sala.",
    );
}

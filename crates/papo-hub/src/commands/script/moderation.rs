//! Kick, ban, mute, and what is written down of them.

use super::check;

#[test]
fn who_is_kicked_may_come_back() {
    check(
        "*in sala: a Ana, b Bia
         a> /kick Nada
         a< [ERRO] Não há ninguém chamado Nada.
         a> /kick Ana
         a< [ERRO] Isso não se faz consigo mesmo.
         a> /kick Bia faz barulho
         a< [SYS] Feito: Bia.
         b< [SYS] Ana tirou você de #sala: faz barulho
         a> /kick Bia
         a< [ERRO] Bia não está nesta sala. Para que não volte, use /ban Bia.
         b> oi
         b< [ERRO] Você não está em nenhuma sala. Entre em uma com /join <sala>.
         b> /join sala
         a< [SYS] Bia entrou em #sala.
         b< [SYS] Você entrou em #sala.
         a> /audit
         a< <what moderators did in #sala>",
    );
}

#[test]
fn a_ban_of_an_account_meets_it_everywhere() {
    check(
        "*in sala: a Ana, b Bia with an account
         *from 192.0.2.9
         c> /login Bia segredo123
         c< [SYS] Você entrou como Bia. Você entrou em #geral.
         c> /join sala
         c< [SYS] Você entrou em #sala.
         a> /ban Bia 10m barulho
         a< [SYS] Feito: Bia.
         b< [SYS] Ana baniu você de #sala: barulho
         c< [SYS] Ana baniu você de #sala: barulho
         c> /join sala
         c< [ERRO] Você foi banido desta sala por 10 min.
         b> /logout
         b< [SYS] Você saiu da conta; agora é convidado-4487.
         b> /join sala
         b< [ERRO] Você foi banido desta sala por 10 min.
         d> /login Bia segredo123
         d< [SYS] Você entrou como Bia. Você entrou em #geral.
         d> /join sala
         d< [ERRO] Você foi banido desta sala por 10 min.
         *wait 600
         b> /join sala
         a< [SYS] convidado-4487 entrou em #sala.
         b< [SYS] Você entrou em #sala.
         d> /join sala
         a< [SYS] Bia entrou em #sala.
         b< [SYS] Bia entrou em #sala.
         d< [SYS] Você entrou em #sala.
         a> /ban Bia
         a< [SYS] Feito: Bia.
         b< [SYS] Ana baniu Bia da sala.
         d< [SYS] Ana baniu você de #sala.
         *wait 86400
         d> /join sala
         d< [ERRO] Você foi banido desta sala.
         *restart
         e> /login Bia segredo123
         e< [SYS] Você entrou como Bia. Você entrou em #geral.
         e> /join sala
         e< [ERRO] Você foi banido desta sala.",
    );
}

#[test]
fn a_ban_of_a_guest_meets_the_address() {
    check(
        "a> /nick Ana
         a< [SYS] Seu nome agora é Ana. Você entrou em #geral.
         a> /join sala
         a< [SYS] Você entrou em #sala.
         *from 192.0.2.9
         *in sala: b Bia, c Caio, d Davi with an account
         a> /ban Bia
         a< [SYS] Feito: Bia.
         b< [SYS] Ana baniu você de #sala.
         c< [SYS] Ana baniu você de #sala.
         d< [SYS] Ana baniu Bia da sala.
         d< [SYS] Ana baniu Caio da sala.
         b> /nick Outra
         b< [SYS] Seu nome agora é Outra.
         b> /join sala
         b< [ERRO] Você foi banido desta sala.
         c> /join sala
         c< [ERRO] Você foi banido desta sala.
         *from 192.0.2.10
         *in sala: e Eva
         a> /unban Nada
         a< [ERRO] Não há ninguém chamado Nada.
         a> /unban Bia
         a< [SYS] Feito: Bia.
         c> /join sala
         a< [SYS] Caio entrou em #sala.
         c< [SYS] Você entrou em #sala.
         d< [SYS] Caio entrou em #sala.
         e< [SYS] Caio entrou em #sala.",
    );
}

/// Somebody who logs in to an account that is banned from the room.
#[test]
fn who_is_banned_and_becomes_banned_is_out() {
    check(
        r"*in sala: a Ana, b Bia with an account
         a> /ban Bia
         a< [SYS] Feito: Bia.
         b< [SYS] Ana baniu você de #sala.
         *from 192.0.2.9
         c> /nick Caio
         c< [SYS] Seu nome agora é Caio. Você entrou em #geral.
         c> /join sala
         a< [SYS] Caio entrou em #sala.
         c< [SYS] Você entrou em #sala.
         c> /login Bia segredo123
         a< [SYS] Caio agora é Bia.
         a< [SYS] Bia saiu de #sala.
         c< [SYS] Você saiu de #sala.
         c< [SYS] Você entrou como Bia. Você entrou em #geral.
         a> /who
         a< [SYS] Em #sala (1):\n- Ana",
    );
}

#[test]
fn who_is_mute_may_read_and_leave() {
    check(
        "*in sala: a Ana, b Bia
         a> /mute Bia 1m
         a< [SYS] Feito: Bia.
         b< [SYS] Ana silenciou Bia por 60 s.
         b> oi
         b< [ERRO] Você está sem voz nesta sala por mais 60 s.
         b> /redact
         b< [ERRO] Essa mensagem não existe, já foi apagada ou não é sua.
         b> /msg Ana oi
         a< [@Bia] Bia: oi
         a> e agora?
         b< [#sala] Ana: e agora?
         a> /unmute Bia
         a< [SYS] Feito: Bia.
         b< [SYS] Ana deixou Bia falar de novo.
         b> oi
         a< [#sala] Bia: oi
         a> /unmute Bia
         a< [ERRO] Não há ninguém chamado Bia.
         a> /mute Ana 1m
         a< [ERRO] Isso não se faz consigo mesmo.",
    );
}

#[test]
fn a_moderator_is_not_over_moderators() {
    check(
        "*in sala: a Ana, b Bia with an account, c Caio with an account
         a> /op Bia
         a< [SYS] Feito: Bia.
         b< [SYS] Ana fez de Bia moderador(a).
         c< [SYS] Ana fez de Bia moderador(a).
         a> /op Caio
         a< [SYS] Feito: Caio.
         b< [SYS] Ana fez de Caio moderador(a).
         c< [SYS] Ana fez de Caio moderador(a).
         b> /kick Caio
         b< [ERRO] Caio tem papel igual ou maior que o seu na sala.
         b> /mute Caio 1m
         b< [ERRO] Caio tem papel igual ou maior que o seu na sala.
         b> /ban Ana
         b< [ERRO] Ana tem papel igual ou maior que o seu na sala.
         a> /mute Caio 1m
         a< [SYS] Feito: Caio.
         b< [SYS] Ana silenciou Caio por 60 s.
         c< [SYS] Ana silenciou Caio por 60 s.
         c> oi
         a< [#sala] Caio: oi
         b< [#sala] Caio: oi
         a> /ban Caio
         a< [SYS] Feito: Caio.
         b< [SYS] Ana baniu Caio da sala.
         c< [SYS] Ana baniu você de #sala.
         c> /join sala
         c< [ERRO] Você foi banido desta sala.
         a> /unban Caio
         a< [SYS] Feito: Caio.
         c> /join sala
         a< [SYS] Caio entrou em #sala.
         b< [SYS] Caio entrou em #sala.
         c< [SYS] Você entrou em #sala.
         c> /topic x
         c< [ERRO] Só a moderação da sala pode fazer isso.",
    );
}

#[test]
fn reports_reach_those_who_look_after_the_room() {
    check(
        "*in sala: a Ana, b Bia, c Caio
         b> /report Caio grita
         a< [SYS] Bia relata em #sala: Caio grita
         b< [SYS] Feito.
         b> /report
         b< [ERRO] Falta o relato. Uso: /report <o que houve>",
    );
}

#[test]
fn moderation_in_papo1() {
    check(
        r#"a> /nick Ana
         a< [SYS] Seu nome agora é Ana. Você entrou em #geral.
         a> /join sala
         a< [SYS] Você entrou em #sala.
         p> {"do":"hello","txn":1,"version":1,"nick":"Pia"}
         p< hello "Pia" resumed:false,"rooms":[]}}
         p> {"do":"join","txn":2,"room":"sala"}
         a< [SYS] Pia entrou em #sala.
         p< {"is":"ack","txn":2,"answer":{"to":"join","room":{"id":2,"epoch":5,"name":"sala","first":0,"head":0},"cut":false}}
         p> {"do":"kick","txn":3,"room":2,"who":"Ana"}
         p< {"is":"reject","txn":3,"code":2033,"text":"Só a moderação da sala pode fazer isso.","retry":"changed"}
         a> /mute Pia 1m
         a< [SYS] Feito: Pia.
         p< {"is":"changed","room":2,"by":"Ana","change":{"of":"muted","who":"Pia","seconds":60}}
         p> {"do":"post","txn":4,"room":2,"text":"oi"}
         p< {"is":"reject","txn":4,"code":2037,"text":"Você está sem voz nesta sala por mais 60 s.","retry":"changed"}
         a> /unmute Pia
         a< [SYS] Feito: Pia.
         p< {"is":"changed","room":2,"by":"Ana","change":{"of":"muted","who":"Pia","seconds":0}}
         a> /slow 5
         a< [SYS] Feito.
         p< {"is":"changed","room":2,"by":"Ana","change":{"of":"slow","seconds":5}}
         p> {"do":"post","txn":5,"room":2,"text":"oi"}
         a< [#sala] Pia: oi
         p< {"is":"ack","txn":5,"answer":{"to":"post","room":2,"seq":1,"at":1}}
         p> {"do":"post","txn":6,"room":2,"text":"oi"}
         p< {"is":"reject","txn":6,"code":3003,"text":"Esta sala é lenta: espere 5 s.","retry":"later","after_ms":5000}
         a> /slow 0
         a< [SYS] Feito.
         p< {"is":"changed","room":2,"by":"Ana","change":{"of":"slow","seconds":0}}
         a> /readonly
         a< [SYS] Feito.
         p< {"is":"changed","room":2,"by":"Ana","change":{"of":"readonly","on":true}}
         p> {"do":"post","txn":7,"room":2,"text":"oi"}
         p< {"is":"reject","txn":7,"code":2035,"text":"Esta sala é só para leitura.","retry":"changed"}
         a> /readonly off
         a< [SYS] Feito.
         p< {"is":"changed","room":2,"by":"Ana","change":{"of":"readonly","on":false}}
         a> /topic coisas
         a< [SYS] Feito.
         p< {"is":"changed","room":2,"by":"Ana","change":{"of":"topic","topic":"coisas"}}
         p> {"do":"report","txn":8,"room":2,"seq":1,"why":"eu mesma"}
         a< [SYS] Pia relata em #sala: eu mesma
         p< {"is":"ack","txn":8,"answer":{"to":"done"}}
         a> /kick Pia xô
         a< [SYS] Feito: Pia.
         p< {"is":"removed","room":2,"by":"Ana","why":"xô","banned":false,"closed":false}
         p> {"do":"post","txn":9,"room":2,"text":"oi"}
         p< {"is":"reject","txn":9,"code":2006,"text":"Você não está nesta sala.","retry":"changed"}
         p> {"do":"join","txn":10,"room":"sala"}
         a< [SYS] Pia entrou em #sala.
         p< {"is":"ack","txn":10,"answer":{"to":"join","room":{"id":2,"epoch":5,"name":"sala","first":1,"head":1,"kind":"public","role":"guest","topic":"coisas"},"cut":false}}
         a> /ban Pia 1h
         a< [SYS] Feito: Pia.
         p< {"is":"removed","room":2,"by":"Ana","why":"","banned":true,"closed":false}
         p> {"do":"join","txn":11,"room":"sala"}
         p< {"is":"reject","txn":11,"code":2036,"text":"Você foi banido desta sala por 60 min.","retry":"changed"}
         p> {"do":"hello","txn":12,"version":1}
         p< {"is":"reject","txn":12,"code":1002,"text":"Esta conexão já disse hello.","retry":"never"}
         a> /unban Pia
         a< [SYS] Feito: Pia.
         p> {"do":"join","txn":13,"room":"sala"}
         a< [SYS] Pia entrou em #sala.
         p< {"is":"ack","txn":13,"answer":{"to":"join","room":{"id":2,"epoch":5,"name":"sala","first":1,"head":1,"kind":"public","role":"guest","topic":"coisas"},"cut":false}}
         a> /close
         a< [SYS] Feito.
         p< {"is":"removed","room":2,"by":"Ana","why":"","banned":false,"closed":true}"#,
    );
}

#[test]
fn who_looks_after_a_room_is_told_with_who_is_in_it() {
    check(
        r#"*in sala: a Ana with an account, b Bia with an account, c Caio with an account
         a> /op Bia
         a< [SYS] Feito: Bia.
         b< [SYS] Ana fez de Bia moderador(a).
         c< [SYS] Ana fez de Bia moderador(a).
         *admin promote Caio
         admin< [SYS] Feito: Caio.
         a> /leave
         a< [SYS] Você saiu de #sala.
         b< [SYS] Ana saiu de #sala.
         c< [SYS] Ana saiu de #sala.
         p> {"do":"hello","txn":1,"version":1,"nick":"Pia"}
         p< hello "Pia" resumed:false,"rooms":[]}}
         p> {"do":"join","txn":2,"room":"sala"}
         b< [SYS] Pia entrou em #sala.
         c< [SYS] Pia entrou em #sala.
         p< {"is":"ack","txn":2,"answer":{"to":"join","room":{"id":2,"epoch":5,"name":"sala","first":0,"head":0},"cut":false}}
         p> {"do":"who","txn":3,"room":2}
         p< {"is":"ack","txn":3,"answer":{"to":"who","room":2,"members":["Bia","Caio","Pia"],"roles":[{"who":"Ana","role":"owner"},{"who":"Bia","role":"moderator"},{"who":"Caio","role":"admin"}]}}
         p> {"do":"join","txn":4,"room":"geral"}
         p< {"is":"ack","txn":4,"answer":{"to":"join","room":{"id":1,"epoch":5,"name":"geral","first":0,"head":0},"cut":false}}
         p> {"do":"who","txn":5,"room":1}
         p< {"is":"ack","txn":5,"answer":{"to":"who","room":1,"members":["Pia"]}}"#,
    );
}

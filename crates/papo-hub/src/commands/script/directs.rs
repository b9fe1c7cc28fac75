//! Conversations of two, and who is not shown.

use super::check;

#[test]
fn two_people_whisper_and_nobody_else_hears() {
    check(
        r"*in geral: a Ana, b Bia, c Caio
         a> /msg Bia oi
         b< [@Ana] Ana: oi
         b> /r oi Ana
         a< [@Bia] Bia: oi Ana
         c> /history @Ana
         c< [ERRO] Não há ninguém chamado Ana.
         c> /msg Caio eu
         c< [ERRO] Isso não se faz consigo mesmo.
         c> /msg Nada oi
         c< [ERRO] Não há ninguém chamado Nada.
         c> /r oi
         c< [ERRO] Ninguém lhe escreveu ainda. Use /msg <nome> <mensagem>.
         a> /who
         a< [SYS] Em #geral (3):\n- Ana\n- Bia\n- Caio
         a> /history @Bia 5
         a< <Before(Seq(18446744073709551615)) of #@ up to 2>
         a> /rooms
         a< [SYS] Salas (1):\n- #geral (3 online)",
    );
}

#[test]
fn what_an_account_is_told_while_away_is_kept_and_counted() {
    check(
        "*in geral: a Ana with an account, b Bia with an account
         a> /msg Bia um
         b< [@Ana] Ana: um
         b> /quit
         a< [SYS] Bia saiu de #geral.
         b< [SYS] Até logo!
         a> /msg Bia dois
         a< [SYS] Bia não está aqui; a mensagem foi guardada e será mostrada na volta.
         a> /r três
         a< [ERRO] Ninguém lhe escreveu ainda. Use /msg <nome> <mensagem>.
         c> /login Bia segredo123
         a< [SYS] Bia entrou em #geral.
         c< [SYS] Você entrou como Bia. Você entrou em #geral.
         c< [SYS] 1 mensagem de Ana chegou enquanto você estava fora. As últimas:
         c< <from the store after 1>
         c> /r oi
         a< [@Bia] Bia: oi
         c!
         a< [SYS] Bia perdeu a conexão.
         d> /login Bia segredo123
         a< [SYS] Bia entrou em #geral.
         d< [SYS] Você entrou como Bia. Você entrou em #geral.
         d> /logout
         a< [SYS] Bia agora é convidado-4487.
         d< [SYS] Você saiu da conta; agora é convidado-4487.
         d> /r oi
         d< [ERRO] Ninguém lhe escreveu ainda. Use /msg <nome> <mensagem>.
         *restart
         e> /login Bia segredo123
         e< [SYS] Você entrou como Bia. Você entrou em #geral.
         e> /history @Ana
         e< <Before(Seq(18446744073709551615)) of #@ up to 3>",
    );
}

#[test]
fn a_guests_conversations_end_with_the_session() {
    check(
        "*in geral: a Ana with an account, b Bia
         a> /msg Bia oi
         b< [@Ana] Ana: oi
         b> /r oi
         a< [@Bia] Bia: oi
         b!
         a< [SYS] Bia perdeu a conexão.
         a> /msg Bia oi
         a< [ERRO] Não há ninguém chamado Bia.
         a> /r oi
         a< [ERRO] Ninguém lhe escreveu ainda. Use /msg <nome> <mensagem>.
         c> /nick Bia
         a< [SYS] Bia entrou em #geral.
         c< [SYS] Seu nome agora é Bia. Você entrou em #geral.
         c> /r oi
         c< [ERRO] Ninguém lhe escreveu ainda. Use /msg <nome> <mensagem>.
         a> /history @Bia
         a< [ERRO] Não há ninguém chamado Bia.",
    );
}

#[test]
fn a_guest_who_logs_in_is_another_person() {
    check(
        "*in geral: a Ana with an account, b Bia
         b> /msg Ana oi
         a< [@Bia] Bia: oi
         *in geral: c Caio with an account
         c> /logout
         a< [SYS] Caio agora é convidado-4487.
         b< [SYS] Caio agora é convidado-4487.
         c< [SYS] Você saiu da conta; agora é convidado-4487.
         c> /msg Ana oi
         a< [@convidado-4487] convidado-4487: oi
         c> /login Caio segredo123
         a< [SYS] convidado-4487 agora é Caio.
         b< [SYS] convidado-4487 agora é Caio.
         c< [SYS] Você entrou como Caio.
         a> /r oi
         a< [ERRO] Ninguém lhe escreveu ainda. Use /msg <nome> <mensagem>.
         b> /register segredo123
         b< [SYS] A conta Bia é sua. Da próxima vez: /login Bia <senha>
         a> /msg Bia oi
         b< [@Ana] Ana: oi",
    );
}

/// It was stored, and the conversation gone before its reader had it.
#[test]
fn what_a_guest_says_last_is_still_read() {
    check(
        "*in geral: a Ana, b Bia
         a> /msg Bia oi
         b< [@Ana] Ana: oi
         *hold
         b> /r tchau
         b> /quit
         *go
         a< [@Bia] Bia: tchau
         a< [SYS] Bia saiu de #geral.
         b< [SYS] Até logo!",
    );
}

#[test]
fn whoever_is_ignored_notices_nothing() {
    check(
        r"*in geral: a Ana with an account, b Bia with an account
         c> /login Ana segredo123
         c< [SYS] Você entrou como Ana. Você entrou em #geral.
         a> /ignore
         a< [SYS] Você vê as mensagens de todo mundo.
         a> /ignore Ana
         a< [ERRO] Isso não se faz consigo mesmo.
         a> /ignore Bia
         a< [SYS] Feito: Bia.
         b> oi
         b> /msg Ana oi
         a> /ignore
         a< [SYS] Você não vê mensagens de (1):\n- Bia
         c> /ignore bia
         c< [SYS] Feito: bia.
         a> /unignore Bia
         a< [SYS] Feito: Bia.
         b> ouve agora?
         a< [#geral] Bia: ouve agora?
         c< [#geral] Bia: ouve agora?
         b> /msg Ana e agora?
         a< [@Bia] Bia: e agora?
         c< [@Bia] Bia: e agora?
         a> /unignore Bia
         a< [SYS] Feito: Bia.",
    );
}

#[test]
fn a_guest_is_ignored_in_one_session() {
    check(
        r"a> /nick Ana
         a< [SYS] Seu nome agora é Ana. Você entrou em #geral.
         a> /register segredo123
         a< [SYS] A conta Ana é sua. Da próxima vez: /login Ana <senha>
         c> /login Ana segredo123
         c< [SYS] Você entrou como Ana. Você entrou em #geral.
         b> /nick Bia
         a< [SYS] Bia entrou em #geral.
         c< [SYS] Bia entrou em #geral.
         b< [SYS] Seu nome agora é Bia. Você entrou em #geral.
         a> /ignore Bia
         a< [SYS] Feito: Bia.
         b> oi
         c< [#geral] Bia: oi
         b> /nick Bea
         a< [SYS] Bia agora é Bea.
         c< [SYS] Bia agora é Bea.
         b< [SYS] Seu nome agora é Bea.
         b> oi
         c< [#geral] Bea: oi
         a> /ignore
         a< [SYS] Você não vê mensagens de (1):\n- Bea",
    );
}

#[test]
fn what_one_session_says_the_other_sees() {
    check(
        r"a> /nick Ana
         a< [SYS] Seu nome agora é Ana. Você entrou em #geral.
         a> /register segredo123
         a< [SYS] A conta Ana é sua. Da próxima vez: /login Ana <senha>
         b> /login Ana segredo123
         b< [SYS] Você entrou como Ana. Você entrou em #geral.
         c> /nick Caio
         a< [SYS] Caio entrou em #geral.
         b< [SYS] Caio entrou em #geral.
         c< [SYS] Seu nome agora é Caio. Você entrou em #geral.
         a> oi
         b< [#geral] Ana: oi
         c< [#geral] Ana: oi
         b> /msg Caio oi
         a< [@Ana] Ana: oi
         c< [@Ana] Ana: oi
         c> /r oi
         a< [@Caio] Caio: oi
         b< [@Caio] Caio: oi
         a> /r tudo bem?
         b< [@Ana] Ana: tudo bem?
         c< [@Ana] Ana: tudo bem?
         b> /join jogos
         b< [SYS] Você entrou em #jogos.
         c> /join jogos
         a< [SYS] Caio saiu de #geral.
         b< [SYS] Caio entrou em #jogos.
         c< [SYS] Você entrou em #jogos.
         a> /join jogos
         a< [SYS] Você entrou em #jogos.
         c> /who
         c< [SYS] Em #jogos (2):\n- Ana\n- Caio
         a> /leave
         a< [SYS] Você saiu de #jogos.
         b> /leave
         b< [SYS] Você saiu de #jogos.
         c< [SYS] Ana saiu de #jogos.",
    );
}

#[test]
fn conversations_in_papo1() {
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
         q> {"do":"post","txn":2,"room":2,"text":"oi"}
         p< {"is":"message","room":2,"seq":2,"at":1,"author":"Quim","text":"oi"}
         q< {"is":"ack","txn":2,"answer":{"to":"post","room":2,"seq":2,"at":1}}
         q> {"do":"leave","txn":3,"room":2}
         q< {"is":"ack","txn":3,"answer":{"to":"leave","room":2}}
         p> {"do":"post","txn":4,"room":2,"text":"de novo"}
         p< {"is":"ack","txn":4,"answer":{"to":"post","room":2,"seq":3,"at":1}}
         q< {"is":"direct","room":{"id":2,"epoch":5,"name":"Pia","first":1,"head":2,"kind":"direct","role":"guest","topic":""}}
         q< {"is":"message","room":2,"seq":3,"at":1,"author":"Pia","text":"de novo"}
         x> {"do":"hello","txn":1,"version":1,"nick":"Xis","resume":[{"room":2,"epoch":5,"seq":0}]}
         x< hello "Xis" resumed:false,"rooms":[]}}
         x< {"is":"gone","room":2}
         x> {"do":"post","txn":2,"room":2,"text":"oi"}
         x< {"is":"reject","txn":2,"code":2005,"text":"Esta sala não existe.","retry":"changed"}
         x> {"do":"history","txn":3,"room":2}
         x< {"is":"reject","txn":3,"code":2005,"text":"Esta sala não existe.","retry":"changed"}
         x> {"do":"history","txn":4,"room":9}
         x< {"is":"reject","txn":4,"code":2005,"text":"Esta sala não existe.","retry":"changed"}
         p> {"do":"read","txn":5,"room":2,"seq":1}
         p< {"is":"ack","txn":5,"answer":{"to":"done"}}
         p> {"do":"topic","txn":6,"room":2,"topic":"x"}
         p< {"is":"reject","txn":6,"code":2039,"text":"Isso não se faz nesta sala.","retry":"changed"}
         q> {"do":"bye","txn":4}
         p< {"is":"gone","room":2}
         q< {"is":"ack","txn":4,"answer":{"to":"bye"}}
         p> {"do":"post","txn":7,"room":2,"text":"oi"}
         p< {"is":"reject","txn":7,"code":2005,"text":"Esta sala não existe.","retry":"changed"}"#,
    );
}

#[test]
fn a_guest_who_is_away_is_not_written_to() {
    check(
        r#"a> /nick Ana
         a< [SYS] Seu nome agora é Ana. Você entrou em #geral.
         a> /register segredo123
         a< [SYS] A conta Ana é sua. Da próxima vez: /login Ana <senha>
         p> {"do":"hello","txn":1,"version":1,"nick":"Pia"}
         p< hello "Pia" resumed:false,"rooms":[]}}
         a> /msg Pia oi
         p< {"is":"direct","room":{"id":2,"epoch":5,"name":"Ana","first":0,"head":0,"kind":"direct","role":"guest","topic":""}}
         p< {"is":"message","room":2,"seq":1,"at":1,"account":1,"author":"Ana","text":"oi"}
         p!
         a> /r ainda aí?
         a< [ERRO] Ninguém lhe escreveu ainda. Use /msg <nome> <mensagem>.
         *wait 31
         a> /r e agora?
         a< [ERRO] Ninguém lhe escreveu ainda. Use /msg <nome> <mensagem>.
         p> {"do":"hello","txn":1,"version":1,"session":"AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI"}
         p< hello "Pia" resumed:true,"rooms":[]}}
         p< {"is":"direct","room":{"id":2,"epoch":5,"name":"Ana","first":1,"head":1,"kind":"direct","role":"guest","topic":""}}"#,
    );
}

#[test]
fn conversations_of_guests_who_are_gone_end_after_a_day() {
    check(
        r#"*in geral: a Ana with an account, b Bia
         b> /msg Ana oi
         a< [@Bia] Bia: oi
         *restart
         p> {"do":"hello","txn":1,"version":1,"nick":"Pia"}
         p< hello "Pia" resumed:false,"rooms":[]}}
         p> {"do":"login","txn":2,"nick":"Ana","password":"segredo123"}
         p< {"is":"ack","txn":2,"answer":{"to":"login","account":1,"nick":"Ana","admin":false,"login":"ZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmY","ends":7776000001}}
         p< {"is":"direct","room":{"id":2,"epoch":5,"name":"?","first":1,"head":1,"kind":"direct","role":"member","topic":"","read":0}}
         p> {"do":"post","txn":3,"room":2,"text":"oi?"}
         p< {"is":"reject","txn":3,"code":2032,"text":"? não está aqui e não tem conta; a mensagem não foi enviada.","retry":"changed"}
         *wait 86400
         p< {"is":"gone","room":2}
         p> {"do":"post","txn":4,"room":2,"text":"oi?"}
         p< {"is":"reject","txn":4,"code":2005,"text":"Esta sala não existe.","retry":"changed"}"#,
    );
}

#[test]
fn what_was_not_shown_is_not_answered() {
    check(
        "*in geral: a Ana with an account, b Bia with an account, c Caio
         a> /ignore Bia
         a< [SYS] Feito: Bia.
         c> /msg Ana oi
         a< [@Caio] Caio: oi
         b> /msg Ana oi
         a> /r para Caio
         c< [@Ana] Ana: para Caio
         a!
         b< [SYS] Ana perdeu a conexão.
         c< [SYS] Ana perdeu a conexão.
         b> /msg Ana volte
         b< [SYS] Ana não está aqui; a mensagem foi guardada e será mostrada na volta.
         a> /login Ana segredo123
         b< [SYS] Ana entrou em #geral.
         c< [SYS] Ana entrou em #geral.
         a< [SYS] Você entrou como Ana. Você entrou em #geral.
         a> /r ninguém
         a< [ERRO] Ninguém lhe escreveu ainda. Use /msg <nome> <mensagem>.",
    );
}

/// A conversation with the guest who was no more was made, and the account was in it.
#[test]
fn a_guest_who_has_logged_in_is_not_answered_as_that_guest() {
    check(
        "*in geral: a Ana, b Bia
         a> /msg Bia oi
         b< [@Ana] Ana: oi
         a> /register segredo123
         a< [SYS] A conta Ana é sua. Da próxima vez: /login Ana <senha>
         b> /r oi
         b< [ERRO] Ninguém lhe escreveu ainda. Use /msg <nome> <mensagem>.
         b> /msg Ana oi
         a< [@Bia] Bia: oi
         a> /r oi
         b< [@Ana] Ana: oi",
    );
}

#[test]
fn what_is_read_in_one_session_is_read_in_the_others() {
    check(
        r#"*in geral: a Ana with an account, b Bia with an account
         p> {"do":"hello","txn":1,"version":1}
         p< hello "convidado-4487" resumed:false,"rooms":[]}}
         p> {"do":"login","txn":2,"nick":"Ana","password":"segredo123"}
         p< {"is":"ack","txn":2,"answer":{"to":"login","account":1,"nick":"Ana","admin":false,"login":"Z2dnZ2dnZ2dnZ2dnZ2dnZ2dnZ2dnZ2dnZ2dnZ2dnZ2c","ends":7776000001}}
         q> {"do":"hello","txn":1,"version":1}
         q< hello "convidado-5804" resumed:false,"rooms":[]}}
         q> {"do":"login","txn":2,"nick":"Ana","password":"segredo123"}
         q< {"is":"ack","txn":2,"answer":{"to":"login","account":1,"nick":"Ana","admin":false,"login":"aGhoaGhoaGhoaGhoaGhoaGhoaGhoaGhoaGhoaGhoaGg","ends":7776000001}}
         b> /msg Ana oi
         a< [@Bia] Bia: oi
         p< {"is":"direct","room":{"id":2,"epoch":5,"name":"Bia","first":0,"head":0,"kind":"direct","role":"member","topic":"","read":0}}
         p< {"is":"message","room":2,"seq":1,"at":1,"account":2,"author":"Bia","text":"oi"}
         q< {"is":"direct","room":{"id":2,"epoch":5,"name":"Bia","first":0,"head":0,"kind":"direct","role":"member","topic":"","read":0}}
         q< {"is":"message","room":2,"seq":1,"at":1,"account":2,"author":"Bia","text":"oi"}
         p> {"do":"read","txn":3,"room":2,"seq":1}
         p< {"is":"ack","txn":3,"answer":{"to":"done"}}
         q< {"is":"read","room":2,"seq":1}
         p> {"do":"read","txn":4,"room":2,"seq":1}
         p< {"is":"ack","txn":4,"answer":{"to":"done"}}
         a> /quit
         a< [SYS] Até logo!
         b< [SYS] Ana saiu de #geral."#,
    );
}

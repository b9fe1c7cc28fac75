//! Who registers, logs in or logs out is restricted as before: in that room, until that end.

use super::check;

/// `/register` gave a muted guest a voice.
#[test]
fn a_muted_guest_who_registers_is_muted() {
    check(
        "*in sala: a Ana, b Bia
         a> /mute Bia 1h
         a< [SYS] Feito: Bia.
         b< [SYS] Ana silenciou Bia por 60 min.
         b> oi
         b< [ERRO] Você está sem voz nesta sala por mais 60 min.
         b> /register segredo123
         b< [SYS] A conta Bia é sua. Da próxima vez: /login Bia <senha>
         b> oi
         b< [ERRO] Você está sem voz nesta sala por mais 60 min.
         b> /logout
         a< [SYS] Bia agora é convidado-4487.
         b< [SYS] Você saiu da conta; agora é convidado-4487.
         b> oi
         b< [ERRO] Você está sem voz nesta sala por mais 60 min.
         b!
         a< [SYS] convidado-4487 perdeu a conexão.
         b> /login Bia segredo123
         b< [SYS] Você entrou como Bia. Você entrou em #geral.
         b> /join sala
         a< [SYS] Bia entrou em #sala.
         b< [SYS] Você entrou em #sala.
         b> oi
         b< [ERRO] Você está sem voz nesta sala por mais 60 min.
         *wait 3600
         b> oi
         a< [#sala] Bia: oi
         *restart
         b> /login Bia segredo123
         b< [SYS] Você entrou como Bia. Você entrou em #geral.
         b> /join sala
         b< [SYS] Você entrou em #sala.
         b> oi",
    );
}

#[test]
fn what_was_said_of_a_guest_is_lifted_of_the_account() {
    check(
        "*in sala: a Ana, b Bia
         a> /mute Bia 1h
         a< [SYS] Feito: Bia.
         b< [SYS] Ana silenciou Bia por 60 min.
         b> /register segredo123
         b< [SYS] A conta Bia é sua. Da próxima vez: /login Bia <senha>
         a> /unmute Bia
         a< [SYS] Feito: Bia.
         b< [SYS] Ana deixou Bia falar de novo.
         b> oi
         a< [#sala] Bia: oi
         a> /ban Bia
         a< [SYS] Feito: Bia.
         b< [SYS] Ana baniu você de #sala.
         b> /logout
         b< [SYS] Você saiu da conta; agora é convidado-4487.
         b> /join sala
         b< [ERRO] Você foi banido desta sala.
         a> /unban Bia
         a< [SYS] Feito: Bia.
         b> /join sala
         a< [SYS] convidado-4487 entrou em #sala.
         b< [SYS] Você entrou em #sala.",
    );
}

#[test]
fn a_banned_guest_who_registers_is_banned_wherever_the_account_comes_from() {
    check(
        "*in sala: a Ana, b Bia
         a> /ban Bia 1h
         a< [SYS] Feito: Bia.
         b< [SYS] Ana baniu você de #sala.
         b> /register segredo123
         b< [SYS] A conta Bia é sua. Da próxima vez: /login Bia <senha> Você entrou em #geral.
         b> /join sala
         b< [ERRO] Você foi banido desta sala por 60 min.
         b> /quit
         b< [SYS] Até logo!
         *from 192.0.2.7
         c> /login Bia segredo123
         c< [SYS] Você entrou como Bia. Você entrou em #geral.
         c> /join sala
         c< [ERRO] Você foi banido desta sala por 60 min.
         *wait 3600
         c> /join sala
         a< [SYS] Bia entrou em #sala.
         c< [SYS] Você entrou em #sala.",
    );
}

/// `/logout` gave a muted account a voice, and another account would have.
#[test]
fn a_muted_account_is_muted_as_whoever_it_becomes() {
    check(
        "*in sala: a Ana, b Bia with an account, c Caio with an account
         a> /mute Bia 1h
         a< [SYS] Feito: Bia.
         b< [SYS] Ana silenciou Bia por 60 min.
         c< [SYS] Ana silenciou Bia por 60 min.
         b> /logout
         a< [SYS] Bia agora é convidado-4487.
         b< [SYS] Você saiu da conta; agora é convidado-4487.
         c< [SYS] Bia agora é convidado-4487.
         b> oi
         b< [ERRO] Você está sem voz nesta sala por mais 60 min.
         b> /login Caio segredo123
         a< [SYS] convidado-4487 saiu de #sala.
         b< [SYS] Você entrou como Caio.
         c< [SYS] convidado-4487 saiu de #sala.
         b> oi
         b< [ERRO] Você está sem voz nesta sala por mais 60 min.
         c> oi
         a< [#sala] Caio: oi
         b< [#sala] Caio: oi
         b> /logout
         a< [SYS] convidado-5804 entrou em #sala.
         b< [SYS] Você saiu da conta; agora é convidado-5804.
         c< [SYS] convidado-5804 entrou em #sala.
         b> /register segredo123
         b< [SYS] A conta convidado-5804 é sua. Da próxima vez: /login convidado-5804 <senha>
         b> oi
         b< [ERRO] Você está sem voz nesta sala por mais 60 min.
         a> /unmute Bia
         a< [SYS] Feito: Bia.
         b< [SYS] Ana deixou Bia falar de novo.
         c< [SYS] Ana deixou Bia falar de novo.
         b> oi
         a< [#sala] convidado-5804: oi
         c< [#sala] convidado-5804: oi",
    );
}

#[test]
fn who_deletes_a_muted_account_is_muted() {
    check(
        "*in sala: a Ana, b Bia with an account
         a> /mute Bia 1h
         a< [SYS] Feito: Bia.
         b< [SYS] Ana silenciou Bia por 60 min.
         b> /delete-account segredo123
         a< [SYS] Bia agora é convidado-4487.
         b< [SYS] Conta apagada. O nome fica reservado para sempre.
         b< [SYS] Seu nome agora é convidado-4487.
         b> oi
         b< [ERRO] Você está sem voz nesta sala por mais 60 min.",
    );
}

/// An account is not met by what others did from its address, but in a session that was one of them.
#[test]
fn others_at_the_address_are_met_no_longer_than_they_are_guests() {
    check(
        "*in geral: d Davi with an account
         *in sala: a Ana, b Bia
         a> /ban Bia
         a< [SYS] Feito: Bia.
         b< [SYS] Ana baniu você de #sala.
         c> /login Davi segredo123
         c< [SYS] Você entrou como Davi. Você entrou em #geral.
         c> /join sala
         a< [SYS] Davi entrou em #sala.
         c< [SYS] Você entrou em #sala.
         e> /nick Eva
         d< [SYS] Eva entrou em #geral.
         e< [SYS] Seu nome agora é Eva. Você entrou em #geral.
         e> /join sala
         e< [ERRO] Você foi banido desta sala.
         e> /register segredo123
         e< [SYS] A conta Eva é sua. Da próxima vez: /login Eva <senha>
         e> /join sala
         e< [ERRO] Você foi banido desta sala.
         e> /quit
         d< [SYS] Eva saiu de #geral.
         e< [SYS] Até logo!
         f> /login Eva segredo123
         d< [SYS] Eva entrou em #geral.
         f< [SYS] Você entrou como Eva. Você entrou em #geral.
         f> /join sala
         d< [SYS] Eva saiu de #geral.
         a< [SYS] Eva entrou em #sala.
         c< [SYS] Eva entrou em #sala.
         f< [SYS] Você entrou em #sala.",
    );
}

#[test]
fn nobody_posts_sooner_as_somebody_else() {
    check(
        "*in sala: a Ana, b Bia
         a> /slow 60
         a< [SYS] Feito.
         b< [SYS] Ana deixou a sala lenta: uma mensagem a cada 60 s.
         b> oi
         a< [#sala] Bia: oi
         b> /register segredo123
         b< [SYS] A conta Bia é sua. Da próxima vez: /login Bia <senha>
         b> oi
         b< [ERRO] Esta sala é lenta: espere 60 s.
         *wait 60
         b> oi
         a< [#sala] Bia: oi
         b> /logout
         a< [SYS] Bia agora é convidado-4487.
         b< [SYS] Você saiu da conta; agora é convidado-4487.
         b> oi
         b< [ERRO] Esta sala é lenta: espere 60 s.
         b> /login Bia segredo123
         a< [SYS] convidado-4487 agora é Bia.
         b< [SYS] Você entrou como Bia.
         *wait 59
         b> oi
         b< [ERRO] Esta sala é lenta: espere 1 s.
         *wait 1
         b> oi
         a< [#sala] Bia: oi",
    );
}

#[test]
fn an_account_that_could_not_be_kept_is_the_muted_guest() {
    check(
        "*in sala: a Ana, b Bia
         a> /mute Bia 1h
         a< [SYS] Feito: Bia.
         b< [SYS] Ana silenciou Bia por 60 min.
         *hold
         b> /register segredo123
         *take
         b> oi
         *fail
         b< [ERRO] O disco do servidor está cheio; a mensagem não foi guardada. Tente de novo mais tarde.
         b< [ERRO] Você está sem voz nesta sala por mais 60 min.
         *go
         b> oi
         b< [ERRO] Você está sem voz nesta sala por mais 60 min.
         a> /unmute Bia
         a< [SYS] Feito: Bia.
         b< [SYS] Ana deixou Bia falar de novo.
         b> oi
         a< [#sala] Bia: oi
         *restart
         b> /nick Bia
         b< [SYS] Seu nome agora é Bia. Você entrou em #geral.",
    );
}

#[test]
fn a_guest_who_comes_back_from_elsewhere_is_muted() {
    check(
        r#"*in sala: a Ana
         p> {"do":"hello","txn":1,"version":1,"nick":"Pia"}
         p< hello "Pia" resumed:false,"rooms":[]}}
         p> {"do":"join","txn":2,"room":"sala"}
         a< [SYS] Pia entrou em #sala.
         p< {"is":"ack","txn":2,"answer":{"to":"join","room":{"id":2,"epoch":5,"name":"sala","first":0,"head":0},"cut":false}}
         a> /mute Pia 1h
         a< [SYS] Feito: Pia.
         p< {"is":"changed","room":2,"by":"Ana","change":{"of":"muted","who":"Pia","seconds":3600}}
         p!
         *from 192.0.2.7
         q> {"do":"hello","txn":3,"version":1,"session":"AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI","resume":[{"room":2,"epoch":5,"seq":0}]}
         q< hello "Pia" resumed:true,"rooms":[{"id":2,"epoch":5,"name":"sala","first":0,"head":0}]}}
         q> {"do":"post","txn":4,"room":2,"text":"oi"}
         q< {"is":"reject","txn":4,"code":2037,"text":"Você está sem voz nesta sala por mais 60 min.","retry":"changed"}"#,
    );
}

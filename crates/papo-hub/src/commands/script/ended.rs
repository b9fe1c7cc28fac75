//! Nobody is told that something has ended before the disk knows it: after a restart it would be there again.

use super::check;

/// The login of a stolen device was told to be over, and was none the less good after a restart.
#[test]
fn a_login_is_over_when_that_is_kept() {
    check(
        r"*in geral: a Ana with an account
         b> /login Ana segredo123
         b< [SYS] Você entrou como Ana. Você entrou em #geral.
         *hold
         a> /sessions end 2
         *take
         *fail
         a< [ERRO] O disco do servidor está cheio; a mensagem não foi guardada. Tente de novo mais tarde.
         b< [SYS] Sua sessão foi encerrada. Entre de novo com /login <nome> <senha>.
         *go
         a> /sessions
         a< [SYS] Sessões da sua conta (1):\n1: 192.0.2.1, usada há 0 s (esta)
         *restart
         a> /login Ana segredo123
         a< [SYS] Você entrou como Ana. Você entrou em #geral.
         a> /sessions
         a< [SYS] Sessões da sua conta (3):\n3: 192.0.2.1, usada há 0 s (esta)\n2: 192.0.2.1, usada há 0 s\n1: 192.0.2.1, usada há 0 s",
    );
}

#[test]
fn who_logs_out_on_a_full_disk_is_told_so_and_is_a_guest() {
    check(
        r#"*in geral: a Ana with an account
         p> {"do":"hello","txn":1,"version":1,"nick":"Pia"}
         p< hello "Pia" resumed:false,"rooms":[]}}
         p> {"do":"login","txn":2,"nick":"Ana","password":"segredo123"}
         p< {"is":"ack","txn":2,"answer":{"to":"login","account":1,"nick":"Ana","admin":false,"login":"ZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmY","ends":7776000001}}
         *disk full
         a> /logout
         a< [ERRO] O disco do servidor está cheio; a mensagem não foi guardada. Tente de novo mais tarde.
         a< [SYS] Seu nome agora é convidado-4487.
         p> {"do":"logout","txn":3}
         p< {"is":"reject","txn":3,"code":5001,"text":"O disco do servidor está cheio; a mensagem não foi guardada. Tente de novo mais tarde.","retry":"later","after_ms":2000}
         p< {"is":"named","nick":"convidado-5804"}
         *disk ok
         p> {"do":"register","txn":4,"password":"segredo123"}
         p< {"is":"ack","txn":4,"answer":{"to":"register","account":2,"nick":"convidado-5804","admin":false,"login":"Z2dnZ2dnZ2dnZ2dnZ2dnZ2dnZ2dnZ2dnZ2dnZ2dnZ2c","ends":7776000001}}
         a> oi
         *restart
         q> {"do":"hello","txn":5,"version":1,"login":"ZWVlZWVlZWVlZWVlZWVlZWVlZWVlZWVlZWVlZWVlZWU"}
         q< hello "convidado-4487" resumed:false,"rooms":[]}}
         r> {"do":"hello","txn":6,"version":1,"login":"ZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmY"}
         r< hello "convidado-9346" resumed:false,"rooms":[]}}"#,
    );
}

#[test]
fn a_room_is_over_when_that_is_kept() {
    check(
        r#"*in sala: a Ana, b Bia
         p> {"do":"hello","txn":1,"version":1,"nick":"Pia"}
         p< hello "Pia" resumed:false,"rooms":[]}}
         p> {"do":"join","txn":2,"room":"jogos"}
         p< {"is":"ack","txn":2,"answer":{"to":"join","room":{"id":3,"epoch":5,"name":"jogos","first":0,"head":0,"kind":"public","role":"owner","topic":""},"cut":false}}
         p> {"do":"post","txn":3,"room":3,"text":"oi"}
         p< {"is":"ack","txn":3,"answer":{"to":"post","room":3,"seq":1,"at":1}}
         a> oi
         b< [#sala] Ana: oi
         *hold
         a> /close
         *take
         p> {"do":"close","txn":4,"room":3}
         *fail
         a< [ERRO] O disco do servidor está cheio; a mensagem não foi guardada. Tente de novo mais tarde.
         a< [SYS] Você saiu de #sala.
         b< [SYS] Ana encerrou #sala.
         *disk full
         *go
         p< {"is":"reject","txn":4,"code":5001,"text":"O disco do servidor está cheio; a mensagem não foi guardada. Tente de novo mais tarde.","retry":"later","after_ms":2000}
         p< {"is":"gone","room":3}
         *disk ok
         b> /rooms
         b< [SYS] Salas (1):\n- #geral (0 online)
         b> /nick Caio
         b< [SYS] Seu nome agora é Caio.
         b> oi
         b< [ERRO] Você não está em nenhuma sala. Entre em uma com /join <sala>.
         b> /rooms
         b< [SYS] Salas (1):\n- #geral (0 online)
         *restart
         b> /rooms
         b< [SYS] Salas (3):\n- #geral (0 online)\n- #jogos (0 online)\n- #sala (0 online)"#,
    );
}

#[test]
fn a_cookie_is_forgotten_when_that_is_kept() {
    check(
        r#"*in geral: a Ana with an account
         *exchange 101 201
         admin< [SYS] Feito.
         *disk full
         *forget 201
         admin< [ERRO] O disco do servidor está cheio; a mensagem não foi guardada. Tente de novo mais tarde.
         a< [SYS] Sua sessão foi encerrada. Entre de novo com /login <nome> <senha>.
         *forget 201
         admin< [ERRO] O disco do servidor está cheio; a mensagem não foi guardada. Tente de novo mais tarde.
         *disk ok
         *forget 201
         admin< [SYS] Feito.
         *restart
         q> {"do":"hello","txn":1,"version":1,"login":"ycnJycnJycnJycnJycnJycnJycnJycnJycnJycnJyck"}
         q< hello "convidado-4487" resumed:false,"rooms":[]}}"#,
    );
}

/// A login that was ended while its token was being changed was there again, by the token of before.
#[test]
fn a_login_that_was_ended_stays_so_when_its_exchange_fails() {
    check(
        r#"*in geral: a Ana with an account
         *hold
         *exchange 101 201
         *take
         a> /logout
         *fail
         admin< [ERRO] O disco do servidor está cheio; a mensagem não foi guardada. Tente de novo mais tarde.
         *go
         a< [SYS] Você saiu da conta; agora é convidado-4487.
         q> {"do":"hello","txn":1,"version":1,"login":"ZWVlZWVlZWVlZWVlZWVlZWVlZWVlZWVlZWVlZWVlZWU"}
         q< hello "convidado-5804" resumed:false,"rooms":[]}}
         *restart
         q> {"do":"hello","txn":1,"version":1,"login":"ZWVlZWVlZWVlZWVlZWVlZWVlZWVlZWVlZWVlZWVlZWU"}
         q< hello "convidado-4487" resumed:false,"rooms":[]}}"#,
    );
}

/// That it was used was kept with a token that never was.
#[test]
fn a_login_that_is_used_while_its_exchange_fails_is_the_one_of_before() {
    check(
        r#"*in geral: a Ana with an account
         *hold
         *exchange 101 201
         *take
         *wait 86400
         q> {"do":"hello","txn":1,"version":1,"login":"ycnJycnJycnJycnJycnJycnJycnJycnJycnJycnJyck"}
         *fail
         admin< [ERRO] O disco do servidor está cheio; a mensagem não foi guardada. Tente de novo mais tarde.
         *go
         q< hello "Ana" resumed:false,"rooms":[],"account":1}}
         *restart
         q> {"do":"hello","txn":1,"version":1,"login":"ZWVlZWVlZWVlZWVlZWVlZWVlZWVlZWVlZWVlZWVlZWU"}
         q< hello "Ana" resumed:false,"rooms":[],"account":1}}"#,
    );
}

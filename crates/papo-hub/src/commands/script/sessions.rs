//! Sessions of accounts that are lost, resumed and ended, also while a password is being looked at.

use super::check;

/// The session stayed busy for ever, or the answer came beside that to the same command sent again.
#[test]
fn what_the_connection_before_asked_answers_nothing() {
    check(
        r#"a> /nick Ana
         a< [SYS] Seu nome agora é Ana. Você entrou em #geral.
         a> /register segredo123
         a< [SYS] A conta Ana é sua. Da próxima vez: /login Ana <senha>
         p> {"do":"hello","txn":1,"version":1,"nick":"Pia"}
         p< hello "Pia" resumed:false,"rooms":[]}}
         *passwords wait
         p> {"do":"login","txn":2,"nick":"Ana","password":"segredo123"}
         p> {"do":"ping","txn":3}
         p< {"is":"reject","txn":3,"code":3001,"text":"Um momento: algo da sua sessão ainda está sendo feito. Tente de novo.","retry":"later","after_ms":200}
         q> {"do":"hello","txn":4,"version":1,"session":"AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI"}
         p< {"is":"notice","about":"fenced","text":"Sua sessão continua em outra conexão; esta aqui termina."}
         q< hello "Pia" resumed:true,"rooms":[]}}
         q> {"do":"join","txn":5,"room":"geral"}
         a< [SYS] Pia entrou em #geral.
         q< {"is":"ack","txn":5,"answer":{"to":"join","room":{"id":1,"epoch":5,"name":"geral","first":0,"head":0},"cut":false}}
         *passwords looked at
         q> {"do":"login","txn":2,"nick":"Ana","password":"segredo123"}
         a< [SYS] Pia saiu de #geral.
         q< {"is":"ack","txn":2,"answer":{"to":"login","account":1,"nick":"Ana","admin":false,"login":"Z2dnZ2dnZ2dnZ2dnZ2dnZ2dnZ2dnZ2dnZ2dnZ2dnZ2c","ends":7776000001}}"#,
    );
}

#[test]
fn what_is_asked_again_is_answered_once() {
    check(
        r#"a> /nick Ana
         a< [SYS] Seu nome agora é Ana. Você entrou em #geral.
         a> /register segredo123
         a< [SYS] A conta Ana é sua. Da próxima vez: /login Ana <senha>
         p> {"do":"hello","txn":1,"version":1,"nick":"Pia"}
         p< hello "Pia" resumed:false,"rooms":[]}}
         *passwords wait
         p> {"do":"login","txn":2,"nick":"Ana","password":"segredo123"}
         q> {"do":"hello","txn":3,"version":1,"session":"AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI"}
         p< {"is":"notice","about":"fenced","text":"Sua sessão continua em outra conexão; esta aqui termina."}
         q< hello "Pia" resumed:true,"rooms":[]}}
         q> {"do":"login","txn":2,"nick":"Ana","password":"segredo123"}
         *passwords looked at
         q< {"is":"ack","txn":2,"answer":{"to":"login","account":1,"nick":"Ana","admin":false,"login":"ZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmY","ends":7776000001}}"#,
    );
}

#[test]
fn whoever_goes_while_a_password_is_looked_at_is_gone() {
    check(
        "a> /nick Ana
         a< [SYS] Seu nome agora é Ana. Você entrou em #geral.
         a> /register segredo123
         a< [SYS] A conta Ana é sua. Da próxima vez: /login Ana <senha>
         b> /nick Bia
         a< [SYS] Bia entrou em #geral.
         b< [SYS] Seu nome agora é Bia. Você entrou em #geral.
         *passwords wait
         b> /login Ana segredo123
         b!
         a< [SYS] Bia perdeu a conexão.
         c> /nick Caio
         a< [SYS] Caio entrou em #geral.
         c< [SYS] Seu nome agora é Caio. Você entrou em #geral.
         c> /register segredo123
         *drain
         a< [SYS] O servidor está sendo desligado e volta em breve. Até logo!
         c< [SYS] O servidor está sendo desligado e volta em breve. Até logo!
         *passwords looked at",
    );
}

#[test]
fn a_password_that_nobody_looked_at_is_not_wrong() {
    check(
        "a> /nick Ana
         a< [SYS] Seu nome agora é Ana. Você entrou em #geral.
         a> /register segredo123
         a< [SYS] A conta Ana é sua. Da próxima vez: /login Ana <senha>
         *passwords wait
         b> /login Ana segredo123
         *passwords refused
         b< [ERRO] Um momento: algo da sua sessão ainda está sendo feito. Tente de novo.
         b> /login Ana segredo123
         *passwords refused
         b< [ERRO] Um momento: algo da sua sessão ainda está sendo feito. Tente de novo.
         b> /login Ana segredo123
         *passwords refused
         b< [ERRO] Um momento: algo da sua sessão ainda está sendo feito. Tente de novo.
         b> /login Ana segredo123
         *passwords refused
         b< [ERRO] Um momento: algo da sua sessão ainda está sendo feito. Tente de novo.
         *passwords looked at
         b> /login Ana segredo123
         b< [SYS] Você entrou como Ana. Você entrou em #geral.",
    );
}

#[test]
fn a_session_goes_on_as_its_account() {
    check(
        r#"p> {"do":"hello","txn":1,"version":1,"nick":"Pia"}
         p< hello "Pia" resumed:false,"rooms":[]}}
         p> {"do":"register","txn":2,"password":"segredo123"}
         p< {"is":"ack","txn":2,"answer":{"to":"register","account":1,"nick":"Pia","admin":false,"login":"ZWVlZWVlZWVlZWVlZWVlZWVlZWVlZWVlZWVlZWVlZWU","ends":7776000001}}
         p> {"do":"join","txn":3,"room":"geral"}
         p< {"is":"ack","txn":3,"answer":{"to":"join","room":{"id":1,"epoch":5,"name":"geral","first":0,"head":0,"kind":"public","role":"member","topic":""},"cut":false}}
         a> /nick Ana
         p< {"is":"entered","room":1,"who":["Ana"]}
         a< [SYS] Seu nome agora é Ana. Você entrou em #geral.
         p!
         *wait 31
         a< [SYS] Pia perdeu a conexão.
         p> {"do":"hello","txn":4,"version":1,"session":"AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE","resume":[{"room":1,"epoch":5,"seq":0}]}
         a< [SYS] Pia entrou em #geral.
         p< hello "Pia" resumed:true,"rooms":[{"id":1,"epoch":5,"name":"geral","first":0,"head":0,"kind":"public","role":"member","topic":""}],"account":1}}
         *restart
         p> {"do":"hello","txn":5,"version":1,"session":"AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE"}
         p< hello "Pia" resumed:true,"rooms":[],"account":1}}
         b> /login Pia segredo123
         b< [SYS] Você entrou como Pia. Você entrou em #geral.
         b> /sessions end 1
         p< {"is":"notice","about":"login_ended","text":"Sua sessão foi encerrada. Entre de novo com /login <nome> <senha>."}
         b< [SYS] 192.0.2.1 terminou.
         p> {"do":"ping","txn":6}
         q> {"do":"hello","txn":1,"version":1,"session":"AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE"}
         q< {"is":"reject","txn":1,"code":2007,"text":"Esta sessão não existe ou já terminou. Diga hello sem ela.","retry":"changed"}"#,
    );
}

#[test]
fn a_login_opens_a_session_of_the_account() {
    check(
        r#"p> {"do":"hello","txn":1,"version":1,"nick":"Pia"}
         p< hello "Pia" resumed:false,"rooms":[]}}
         p> {"do":"register","txn":2,"password":"segredo123"}
         p< {"is":"ack","txn":2,"answer":{"to":"register","account":1,"nick":"Pia","admin":false,"login":"ZWVlZWVlZWVlZWVlZWVlZWVlZWVlZWVlZWVlZWVlZWU","ends":7776000001}}
         q> {"do":"hello","txn":1,"version":1,"login":"ZWVlZWVlZWVlZWVlZWVlZWVlZWVlZWVlZWVlZWVlZWU"}
         q< hello "Pia" resumed:false,"rooms":[],"account":1}}
         q> {"do":"logins","txn":2}
         q< {"is":"ack","txn":2,"answer":{"to":"logins","logins":[{"id":1,"label":"192.0.2.1","made":1,"seen":1,"this":true}]}}
         q> {"do":"logout","txn":3}
         p< {"is":"notice","about":"login_ended","text":"Sua sessão foi encerrada. Entre de novo com /login <nome> <senha>."}
         q< {"is":"ack","txn":3,"answer":{"to":"logout","nick":"convidado-4487"}}
         r> {"do":"hello","txn":1,"version":1,"login":"ZWVlZWVlZWVlZWVlZWVlZWVlZWVlZWVlZWVlZWVlZWU"}
         r< hello "convidado-5804" resumed:false,"rooms":[]}}"#,
    );
}

#[test]
fn a_room_is_entered_once_by_one_person() {
    check(
        r#"a> /nick Ana
         a< [SYS] Seu nome agora é Ana. Você entrou em #geral.
         a> /register segredo123
         a< [SYS] A conta Ana é sua. Da próxima vez: /login Ana <senha>
         b> /nick Bia
         a< [SYS] Bia entrou em #geral.
         b< [SYS] Seu nome agora é Bia. Você entrou em #geral.
         b> /join jogos
         a< [SYS] Bia saiu de #geral.
         b< [SYS] Você entrou em #jogos.
         p> {"do":"hello","txn":1,"version":1,"nick":"Pia"}
         p< hello "Pia" resumed:false,"rooms":[]}}
         p> {"do":"login","txn":2,"nick":"Ana","password":"segredo123"}
         p< {"is":"ack","txn":2,"answer":{"to":"login","account":1,"nick":"Ana","admin":false,"login":"ZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmY","ends":7776000001}}
         p> {"do":"join","txn":3,"room":"jogos"}
         b< [SYS] Ana entrou em #jogos.
         p< {"is":"ack","txn":3,"answer":{"to":"join","room":{"id":2,"epoch":5,"name":"jogos","first":0,"head":0,"kind":"public","role":"member","topic":""},"cut":false}}
         a> /join jogos
         a< [SYS] Você entrou em #jogos.
         b> /who
         b< [SYS] Em #jogos (2):\n- Ana\n- Bia
         b> /rooms
         b< [SYS] Salas (2):\n- #jogos (2 online)\n- #geral (0 online)
         p> {"do":"logout","txn":4}
         a< [SYS] convidado-4487 entrou em #jogos.
         b< [SYS] convidado-4487 entrou em #jogos.
         p< {"is":"ack","txn":4,"answer":{"to":"logout","nick":"convidado-4487"}}
         b> /who
         b< [SYS] Em #jogos (3):\n- Ana\n- Bia\n- convidado-4487
         p> {"do":"login","txn":5,"nick":"Ana","password":"segredo123"}
         a< [SYS] convidado-4487 saiu de #jogos.
         b< [SYS] convidado-4487 saiu de #jogos.
         p< {"is":"ack","txn":5,"answer":{"to":"login","account":1,"nick":"Ana","admin":false,"login":"Z2dnZ2dnZ2dnZ2dnZ2dnZ2dnZ2dnZ2dnZ2dnZ2dnZ2c","ends":7776000001}}
         a> /quit
         a< [SYS] Até logo!
         b> /who
         b< [SYS] Em #jogos (2):\n- Ana\n- Bia"#,
    );
}

/// The hash of before was compared, and the old password logged in.
#[test]
fn a_password_that_is_another_by_now_is_wrong() {
    check(
        "*in geral: a Ana with an account
         *passwords wait
         a> /password segredo123 outrasenha1
         b> /login Ana segredo123
         *passwords looked at
         a< [SYS] Senha trocada. As outras sessões da conta terminaram.
         b< [ERRO] Nome ou senha errados.
         *passwords wait
         b> /login Ana outrasenha1
         a> /password outrasenha1 segredo123
         c> /login Ana outrasenha1
         *admin reset Ana terceira123
         admin< [SYS] Feito: Ana.
         a< [SYS] Sua sessão foi encerrada. Entre de novo com /login <nome> <senha>.
         *passwords looked at
         b< [ERRO] Nome ou senha errados.
         c< [ERRO] Nome ou senha errados.
         *wait 1
         b> /login Ana terceira123
         b< [SYS] Você entrou como Ana. Você entrou em #geral.",
    );
}

/// What was asked by a password that could not be kept was done.
#[test]
fn an_account_is_deleted_by_its_password_of_now() {
    check(
        "*in geral: a Ana with an account
         *hold
         a> /password segredo123 outrasenha1
         *take
         a> /delete-account outrasenha1
         *fail
         a< [ERRO] O disco do servidor está cheio; a mensagem não foi guardada. Tente de novo mais tarde.
         a< [ERRO] Nome ou senha errados.
         *go
         *restart
         a> /login Ana segredo123
         a< [SYS] Você entrou como Ana. Você entrou em #geral.",
    );
}

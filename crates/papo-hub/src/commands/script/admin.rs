//! What whoever runs the server does, and who may come at all.

use super::check;

#[test]
fn accounts_are_added_shut_reset_and_promoted() {
    check(
        r"b> /nick Ana
         b< [SYS] Seu nome agora é Ana. Você entrou em #geral.
         *admin add Ana segredo123
         admin< [SYS] Feito: Ana.
         b< [SYS] O nome que você usava pertence a uma conta, e a dona ou o dono entrou. Agora você é convidado-4487. Troque com /nick <nome>.
         *admin add ana outrasenha
         admin< [ERRO] O nome ana já está em uso, ou é parecido demais com um que está. Escolha outro com /nick <nome>.
         b> oi
         a> /login Ana segredo123
         b< [SYS] Ana entrou em #geral.
         a< [SYS] Você entrou como Ana. Você entrou em #geral.
         *admin users
         admin< [SYS] Contas (1):\n- Ana (1 online)
         *admin reset Ana terceira123
         admin< [SYS] Feito: Ana.
         b< [SYS] Ana saiu de #geral.
         a< [SYS] Sua sessão foi encerrada. Entre de novo com /login <nome> <senha>.
         a> oi
         a!
         a> /login Ana segredo123
         a< [ERRO] Nome ou senha errados.
         a> /login Ana terceira123
         b< [SYS] Ana entrou em #geral.
         a< [SYS] Você entrou como Ana. Você entrou em #geral.
         *admin disable Ana
         admin< [SYS] Feito: Ana.
         b< [SYS] Ana saiu de #geral.
         a< [SYS] Sua sessão foi encerrada. Entre de novo com /login <nome> <senha>.
         a!
         a> /login Ana terceira123
         a< [ERRO] Nome ou senha errados.
         b> /msg Ana oi
         b< [SYS] Ana não está aqui; a mensagem foi guardada e será mostrada na volta.
         *admin enable Ana
         admin< [SYS] Feito: Ana.
         a> /login Ana terceira123
         b< [SYS] Ana entrou em #geral.
         a< [SYS] Você entrou como Ana. Você entrou em #geral.
         a< [SYS] 1 mensagem de convidado-4487 chegou enquanto você estava fora. As últimas:
         a< <from the store after 0>
         b> /topic x
         b< [ERRO] Só a moderação da sala pode fazer isso.
         *admin promote Ana
         admin< [SYS] Feito: Ana.
         a> /topic x
         b< [SYS] Ana mudou o assunto: x
         a< [SYS] Feito.
         a> /kick convidado-4487
         b< [SYS] Ana tirou você de #geral.
         a< [SYS] Feito: convidado-4487.
         *admin demote Ana
         admin< [SYS] Feito: Ana.
         a> /topic y
         a< [ERRO] Só a moderação da sala pode fazer isso.
         *admin promote Nada
         admin< [ERRO] Não há ninguém chamado Nada.
         *admin reset Nada segredo123
         admin< [ERRO] Não há ninguém chamado Nada.
         *admin users
         admin< [SYS] Contas (1):\n- Ana (1 online)",
    );
}

#[test]
fn the_first_administrator_comes_by_an_invitation() {
    check(
        r"*policy closed guests
         *admin invite 1 admin
         admin< [SYS] Convite: 8iKiCyGSfYjnI3cDHwHv4N5DlsZ-qUTYLb-AEm_hHm0
         a> /nick Ana
         a< [SYS] Seu nome agora é Ana. Você entrou em #geral.
         a> /register segredo123
         a< [ERRO] Este servidor não aceita contas novas.
         a> /register segredo123 AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI
         a< [ERRO] É preciso um convite que ainda valha para criar uma conta aqui.
         a> /register segredo123 8iKiCyGSfYjnI3cDHwHv4N5DlsZ-qUTYLb-AEm_hHm0
         a< [SYS] A conta Ana é sua. Da próxima vez: /login Ana <senha>
         a> /topic bem-vindos
         a< [SYS] Feito.
         b> /nick Bia
         a< [SYS] Bia entrou em #geral.
         b< [SYS] Seu nome agora é Bia. Você entrou em #geral.
         b> /register segredo123 8iKiCyGSfYjnI3cDHwHv4N5DlsZ-qUTYLb-AEm_hHm0
         b< [ERRO] É preciso um convite que ainda valha para criar uma conta aqui.
         *admin users
         admin< [SYS] Contas (1):\n- Ana (1 online), administração",
    );
}

#[test]
fn an_invitation_is_good_so_often_and_so_long() {
    check(
        "*policy invite guests
         *admin invite 2
         admin< [SYS] Convite: 8iKiCyGSfYjnI3cDHwHv4N5DlsZ-qUTYLb-AEm_hHm0
         a> /nick Ana
         a< [SYS] Seu nome agora é Ana. Você entrou em #geral.
         a> /register segredo123
         a< [ERRO] É preciso um convite que ainda valha para criar uma conta aqui.
         a> /register segredo123 8iKiCyGSfYjnI3cDHwHv4N5DlsZ-qUTYLb-AEm_hHm0
         a< [SYS] A conta Ana é sua. Da próxima vez: /login Ana <senha>
         *restart
         b> /nick Bia
         b< [SYS] Seu nome agora é Bia. Você entrou em #geral.
         *wait 3600
         b> /register segredo123 8iKiCyGSfYjnI3cDHwHv4N5DlsZ-qUTYLb-AEm_hHm0
         b< [ERRO] É preciso um convite que ainda valha para criar uma conta aqui.",
    );
}

#[test]
fn where_guests_may_not_be_strangers_read_nothing() {
    check(
        r#"*policy open no-guests
         a> /rooms
         a< [ERRO] Este servidor é só para quem tem conta. Entre com /login <nome> <senha> ou crie uma com /register <senha>.
         a> /nick Ana
         a< [ERRO] Este servidor é só para quem tem conta. Entre com /login <nome> <senha> ou crie uma com /register <senha>.
         a> oi
         a< [ERRO] Este servidor é só para quem tem conta. Entre com /login <nome> <senha> ou crie uma com /register <senha>.
         a> /join sala
         a< [ERRO] Este servidor é só para quem tem conta. Entre com /login <nome> <senha> ou crie uma com /register <senha>.
         a> /who
         a< [ERRO] Este servidor é só para quem tem conta. Entre com /login <nome> <senha> ou crie uma com /register <senha>.
         a> /msg Ana oi
         a< [ERRO] Este servidor é só para quem tem conta. Entre com /login <nome> <senha> ou crie uma com /register <senha>.
         a> /help
         a< [SYS] Comandos:\n/nick <nome> - escolhe ou troca o seu nome\n/join <sala> - entra em uma sala (cria se ela não existir)\n/create <sala> - cria uma sala sem entrar nela\n/rooms - lista as salas e quantas pessoas há em cada uma\n/who - lista quem está na sala atual\n/history [n] - mostra as últimas n mensagens da sala (20, se n faltar)\n/leave - sai da sala atual, sem desconectar\n/lang pt-BR|en - troca o idioma dos avisos\n/register <senha> - cria uma conta com o seu nome de agora\n/login <nome> <senha>, /logout - entra na conta, sai dela\n/password <velha> <nova>, /sessions, /delete-account <senha> - cuida da conta\n/token new|list|revoke - robôs, que falam por programas\n/msg <nome> <mensagem>, /r <mensagem> - escreve a uma pessoa; responde à última\n/ignore [nome], /unignore <nome> - não ver as mensagens de alguém\n/topic, /invite, /kick, /ban, /unban, /mute, /unmute, /slow - moderação da sala\n/op, /deop, /private on|off, /readonly on|off, /close - para quem criou a sala\n/redact, /report, /audit - apaga mensagens, relata à moderação, mostra o que ela fez\n/help - mostra esta ajuda (também /h e /?)\n/quit - encerra a conexão\nQualquer outra linha é uma mensagem para a sala atual.
         a> /ping
         a< [ERRO] Não conheço /ping. Digite /help para ver os comandos.
         a> /login Ana segredo123
         a< [ERRO] Nome ou senha errados.
         p> {"do":"hello","txn":1,"version":1,"nick":"Pia","capabilities":["rooms"],"resume":[{"room":1,"epoch":5,"seq":0}]}
         p< hello "Pia" resumed:false,"rooms":[]}}
         p< {"is":"gone","room":1}
         p> {"do":"rooms","txn":2}
         p< {"is":"reject","txn":2,"code":2020,"text":"Este servidor é só para quem tem conta. Entre com /login <nome> <senha> ou crie uma com /register <senha>.","retry":"changed"}
         p> {"do":"register","txn":3,"password":"segredo123"}
         p< {"is":"ack","txn":3,"answer":{"to":"register","account":1,"nick":"Pia","admin":false,"login":"ZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmY","ends":7776000001}}
         p> {"do":"join","txn":4,"room":"geral"}
         p< {"is":"ack","txn":4,"answer":{"to":"join","room":{"id":1,"epoch":5,"name":"geral","first":0,"head":0,"kind":"public","role":"member","topic":""},"cut":false}}
         b> /register segredo123
         p< {"is":"entered","room":1,"who":["convidado-4487"]}
         b< [SYS] A conta convidado-4487 é sua. Da próxima vez: /login convidado-4487 <senha> Você entrou em #geral.
         b> oi
         p< {"is":"message","room":1,"seq":1,"at":1,"account":2,"author":"convidado-4487","text":"oi"}
         b> /logout
         p< {"is":"renamed","room":1,"from":"convidado-4487","to":"convidado-5804"}
         p< {"is":"left","room":1,"who":["convidado-5804"]}
         b< [SYS] Você saiu de #geral.
         b< [SYS] Você saiu da conta; agora é convidado-5804.
         p> {"do":"post","txn":5,"room":1,"text":"oi"}
         p< {"is":"ack","txn":5,"answer":{"to":"post","room":1,"seq":2,"at":1}}"#,
    );
}

#[test]
fn guests_go_when_they_may_not_be_here_any_more() {
    check(
        r#"*in geral: a Ana with an account, b Bia
         p> {"do":"hello","txn":1,"version":1,"nick":"Pia","capabilities":["rooms"]}
         p< hello "Pia" resumed:false,"rooms":[]}}
         p> {"do":"join","txn":2,"room":"geral"}
         a< [SYS] Pia entrou em #geral.
         b< [SYS] Pia entrou em #geral.
         p< {"is":"ack","txn":2,"answer":{"to":"join","room":{"id":1,"epoch":5,"name":"geral","first":0,"head":0},"cut":false}}
         b> /msg Ana oi
         a< [@Bia] Bia: oi
         *policy open no-guests
         a< [SYS] Bia saiu de #geral.
         a< [SYS] Pia saiu de #geral.
         b< [SYS] Você saiu de #geral.
         p< {"is":"left","room":1,"who":["Bia"]}
         p< {"is":"gone","room":1}
         a> oi
         b> oi
         b< [ERRO] Este servidor é só para quem tem conta. Entre com /login <nome> <senha> ou crie uma com /register <senha>.
         a> /who
         a< [SYS] Em #geral (1):\n- Ana
         *policy open guests
         b> /join geral
         a< [SYS] Bia entrou em #geral.
         b< [SYS] Você entrou em #geral."#,
    );
}

#[test]
fn in_a_lockdown_only_old_accounts_post() {
    check(
        "*in geral: a Ana with an account, b Bia
         *admin lockdown on
         admin< [SYS] Feito.
         a> oi
         a< [ERRO] O servidor está em quarentena: só escrevem contas com mais de um dia.
         b> oi
         b< [ERRO] O servidor está em quarentena: só escrevem contas com mais de um dia.
         b> /msg Ana oi
         b< [ERRO] O servidor está em quarentena: só escrevem contas com mais de um dia.
         *wait 86400
         a> oi
         b< [#geral] Ana: oi
         b> oi
         b< [ERRO] O servidor está em quarentena: só escrevem contas com mais de um dia.
         *restart
         a> /login Ana segredo123
         a< [SYS] Você entrou como Ana. Você entrou em #geral.
         c> oi
         a< [SYS] convidado-4487 entrou em #geral.
         c< [SYS] Você ainda não tinha nome; por enquanto é convidado-4487. Troque com /nick <nome>. Você entrou em #geral.
         c< [ERRO] O servidor está em quarentena: só escrevem contas com mais de um dia.
         *admin lockdown off
         admin< [SYS] Feito.
         c> oi
         a< [#geral] convidado-4487: oi",
    );
}

#[test]
fn everybody_is_told() {
    check(
        r#"a> /nick Ana
         a< [SYS] Seu nome agora é Ana. Você entrou em #geral.
         p> {"do":"hello","txn":1,"version":1,"nick":"Pia"}
         p< hello "Pia" resumed:false,"rooms":[]}}
         b> /join sala
         b< [SYS] Você ainda não tinha nome; por enquanto é convidado-4487. Troque com /nick <nome>.
         b< [SYS] Você entrou em #sala.
         *admin say o servidor para às 22h
         admin< [SYS] Feito.
         a< [SYS] Aviso a todos: o servidor para às 22h
         p< {"is":"notice","about":"announcement","text":"Aviso a todos: o servidor para às 22h"}
         b< [SYS] Aviso a todos: o servidor para às 22h"#,
    );
}

#[test]
fn a_guest_with_the_name_of_an_account_is_renamed_and_told() {
    check(
        r#"*in geral: b Ana, c Caio
         p> {"do":"hello","txn":1,"version":1,"nick":"Pia"}
         p< hello "Pia" resumed:false,"rooms":[]}}
         *admin add Ana segredo123
         admin< [SYS] Feito: Ana.
         b< [SYS] O nome que você usava pertence a uma conta, e a dona ou o dono entrou. Agora você é convidado-4487. Troque com /nick <nome>.
         c< [SYS] Ana agora é convidado-4487.
         *admin add Pia segredo123
         admin< [SYS] Feito: Pia.
         p< {"is":"named","nick":"convidado-5804"}
         b> oi
         c< [#geral] convidado-4487: oi
         c> /login Ana segredo123
         b< [SYS] Caio agora é Ana.
         c< [SYS] Você entrou como Ana."#,
    );
}

#[test]
fn a_bot_has_a_token_and_somebody_answers_for_it() {
    check(
        r#"a> /nick Ana
         a< [SYS] Seu nome agora é Ana. Você entrou em #geral.
         a> /token new Robo
         a< [ERRO] Você não entrou em uma conta. Entre com /login <nome> <senha>.
         a> /register segredo123
         a< [SYS] A conta Ana é sua. Da próxima vez: /login Ana <senha>
         a> /join sala
         a< [SYS] Você entrou em #sala.
         a> /token new Ana
         a< [ERRO] O nome Ana já está em uso, ou é parecido demais com um que está. Escolha outro com /nick <nome>.
         a> /token new Robo nenhuma
         a< [ERRO] Esta sala não existe.
         a> /token new Robo sala
         a< [SYS] O robô Robo foi criado. O token dele, mostrado só agora: 8iKiCyGSfYjnI3cDHwHv4N5DlsZ-qUTYLb-AEm_hHm0
         a> /token list
         a< [SYS] Seus robôs (1):\n- Robo
         p> {"do":"hello","txn":1,"version":1,"login":"8iKiCyGSfYjnI3cDHwHv4N5DlsZ-qUTYLb-AEm_hHm0"}
         p< hello "Robo" resumed:false,"rooms":[],"account":2}}
         p> {"do":"join","txn":2,"room":"geral"}
         p< {"is":"reject","txn":2,"code":2042,"text":"Um robô não pode fazer isso.","retry":"changed"}
         p> {"do":"join","txn":3,"room":"nova"}
         p< {"is":"reject","txn":3,"code":2042,"text":"Um robô não pode fazer isso.","retry":"changed"}
         p> {"do":"join","txn":4,"room":"sala"}
         a< [SYS] Robo entrou em #sala.
         p< {"is":"ack","txn":4,"answer":{"to":"join","room":{"id":2,"epoch":5,"name":"sala","first":0,"head":0,"kind":"public","role":"member","topic":""},"cut":false}}
         p> {"do":"post","txn":5,"room":2,"text":"bip"}
         a< [#sala] Robo: bip
         p< {"is":"ack","txn":5,"answer":{"to":"post","room":2,"seq":1,"at":1}}
         p> {"do":"logins","txn":6}
         p< {"is":"reject","txn":6,"code":2042,"text":"Um robô não pode fazer isso.","retry":"changed"}
         p> {"do":"new_token","txn":7,"nick":"Outro"}
         p< {"is":"reject","txn":7,"code":2042,"text":"Um robô não pode fazer isso.","retry":"changed"}
         p> {"do":"direct","txn":8,"who":"Ana"}
         p< {"is":"reject","txn":8,"code":2042,"text":"Um robô não pode fazer isso.","retry":"changed"}
         a> /msg Robo ajuda
         p< {"is":"direct","room":{"id":3,"epoch":5,"name":"Ana","first":0,"head":0,"kind":"direct","role":"member","topic":"","read":0}}
         p< {"is":"message","room":3,"seq":1,"at":1,"account":1,"author":"Ana","text":"ajuda"}
         p> {"do":"post","txn":9,"room":3,"text":"bip"}
         a< [@Robo] Robo: bip
         p< {"is":"ack","txn":9,"answer":{"to":"post","room":3,"seq":2,"at":1}}
         b> /nick Bia
         b< [SYS] Seu nome agora é Bia. Você entrou em #geral.
         b> /register segredo123
         b< [SYS] A conta Bia é sua. Da próxima vez: /login Bia <senha>
         b> /token revoke Robo
         b< [ERRO] Não há sessão nem robô com esse nome ou número.
         *admin reset Robo segredo123
         admin< [ERRO] Um robô não pode fazer isso.
         *admin promote Robo
         admin< [ERRO] Um robô não pode fazer isso.
         a> /token revoke Robo
         a< [SYS] Robo saiu de #sala.
         a< [SYS] Robo terminou.
         p< {"is":"notice","about":"login_ended","text":"Sua sessão foi encerrada. Entre de novo com /login <nome> <senha>."}
         p> {"do":"post","txn":10,"room":2,"text":"bip"}
         a> /token new Robo
         a< [ERRO] O nome Robo já está em uso, ou é parecido demais com um que está. Escolha outro com /nick <nome>.
         a> /token list
         a< [SYS] Seus robôs (0):"#,
    );
}

#[test]
fn who_deletes_an_account_takes_its_bots_along() {
    check(
        r#"a> /nick Ana
         a< [SYS] Seu nome agora é Ana. Você entrou em #geral.
         a> /register segredo123
         a< [SYS] A conta Ana é sua. Da próxima vez: /login Ana <senha>
         a> /token new Robo
         a< [SYS] O robô Robo foi criado. O token dele, mostrado só agora: 8iKiCyGSfYjnI3cDHwHv4N5DlsZ-qUTYLb-AEm_hHm0
         p> {"do":"hello","txn":1,"version":1,"login":"8iKiCyGSfYjnI3cDHwHv4N5DlsZ-qUTYLb-AEm_hHm0"}
         p< hello "Robo" resumed:false,"rooms":[],"account":2}}
         p> {"do":"join","txn":2,"room":"geral"}
         a< [SYS] Robo entrou em #geral.
         p< {"is":"ack","txn":2,"answer":{"to":"join","room":{"id":1,"epoch":5,"name":"geral","first":0,"head":0,"kind":"public","role":"member","topic":""},"cut":false}}
         a> /delete-account segredo123
         a< [SYS] Conta apagada. O nome fica reservado para sempre.
         a< [SYS] Robo saiu de #geral.
         a< [SYS] Seu nome agora é convidado-4487.
         p< {"is":"notice","about":"login_ended","text":"Sua sessão foi encerrada. Entre de novo com /login <nome> <senha>."}
         p> {"do":"post","txn":3,"room":1,"text":"bip"}
         q> {"do":"hello","txn":1,"version":1,"login":"8iKiCyGSfYjnI3cDHwHv4N5DlsZ-qUTYLb-AEm_hHm0"}
         q< hello "convidado-5804" resumed:false,"rooms":[]}}"#,
    );
}

#[test]
fn guests_are_not_written_to_where_they_may_not_be() {
    check(
        r#"p> {"do":"hello","txn":1,"version":1,"nick":"Pia"}
         p< hello "Pia" resumed:false,"rooms":[]}}
         *policy open no-guests
         a> /register segredo123
         a< [SYS] A conta convidado-4487 é sua. Da próxima vez: /login convidado-4487 <senha> Você entrou em #geral.
         a> /msg Pia oi
         a< [ERRO] Pia não está aqui e não tem conta; a mensagem não foi enviada."#,
    );
}

#[test]
fn an_invitation_for_an_administrator_is_for_one() {
    check(
        "*admin invite 1 admin
         admin< [SYS] Convite: 8iKiCyGSfYjnI3cDHwHv4N5DlsZ-qUTYLb-AEm_hHm0
         *admin invite 1 admin
         admin< [SYS] Convite: WSIyngxccwYrD51g2krhSKvLaBST_gQwe6jE043ESoA
         *policy closed guests
         *admin invite 1
         admin< [SYS] Convite: zeRvS4FHwxSxB-jXeOm8Om62gyL9mW0stjbG2eKfiyQ
         a> /nick Ana
         a< [SYS] Seu nome agora é Ana. Você entrou em #geral.
         a> /register segredo123 8iKiCyGSfYjnI3cDHwHv4N5DlsZ-qUTYLb-AEm_hHm0
         a< [ERRO] É preciso um convite que ainda valha para criar uma conta aqui.
         a> /register segredo123 zeRvS4FHwxSxB-jXeOm8Om62gyL9mW0stjbG2eKfiyQ
         a< [ERRO] Este servidor não aceita contas novas.
         a> /register segredo123 WSIyngxccwYrD51g2krhSKvLaBST_gQwe6jE043ESoA
         a< [SYS] A conta Ana é sua. Da próxima vez: /login Ana <senha>
         *admin invite 1 admin
         admin< [SYS] Convite: Dv9OyyMILBtoS7gabYl4pEfpLQF8kGEegBQ3bROjUpk
         *admin add Bia segredo123
         admin< [SYS] Feito: Bia.
         *admin promote Bia
         admin< [SYS] Feito: Bia.
         c> /nick Caio
         a< [SYS] Caio entrou em #geral.
         c< [SYS] Seu nome agora é Caio. Você entrou em #geral.
         c> /register segredo123 Dv9OyyMILBtoS7gabYl4pEfpLQF8kGEegBQ3bROjUpk
         c< [ERRO] É preciso um convite que ainda valha para criar uma conta aqui.",
    );
}

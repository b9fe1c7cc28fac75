//! What is decided and cannot be kept: it is as it was before, and whoever did it is told.

use super::check;

#[test]
fn a_guest_who_registers_on_a_full_disk_is_the_guest_of_before() {
    check(
        r"*in geral: a Ana, b Bia
         *disk full
         a> /register segredo123
         a< [ERRO] O disco do servidor está cheio; a mensagem não foi guardada. Tente de novo mais tarde.
         a> oi
         a< [ERRO] O disco do servidor está cheio; a mensagem não foi guardada. Tente de novo mais tarde.
         *disk ok
         a> oi
         b< [#geral] Ana: oi
         b> /nick Ana
         b< [ERRO] O nome Ana já está em uso, ou é parecido demais com um que está. Escolha outro com /nick <nome>.
         a> /register outrasenha
         a< [SYS] A conta Ana é sua. Da próxima vez: /login Ana <senha>
         a> /sessions
         a< [SYS] Sessões da sua conta (1):\n2: 192.0.2.1, usada há 0 s (esta)
         *restart
         a> /login Ana segredo123
         a< [ERRO] Nome ou senha errados.
         a> /login Ana outrasenha
         a< [SYS] Você entrou como Ana. Você entrou em #geral.",
    );
}

#[test]
fn what_was_made_as_an_account_that_never_was_is_the_guests() {
    check(
        "*in geral: a Ana, b Bia
         *hold
         a> /register segredo123
         a> /join sala
         a> oi
         a> /msg Bia oi
         *disk full
         *go
         a< [ERRO] O disco do servidor está cheio; a mensagem não foi guardada. Tente de novo mais tarde.
         a< [SYS] Você entrou em #sala.
         a< [ERRO] O disco do servidor está cheio; a mensagem não foi guardada. Tente de novo mais tarde.
         a< [ERRO] O disco do servidor está cheio; a mensagem não foi guardada. Tente de novo mais tarde.
         b< [SYS] Ana saiu de #geral.
         *disk ok
         a> /topic meu
         a< [SYS] Feito.
         b> /join sala
         a< [SYS] Bia entrou em #sala.
         b< [SYS] Você entrou em #sala.
         a> /redact
         a< [ERRO] Essa mensagem não existe, já foi apagada ou não é sua.
         *restart
         a> /nick Ana
         a< [SYS] Seu nome agora é Ana. Você entrou em #geral.",
    );
}

#[test]
fn a_login_that_cannot_be_kept_is_none() {
    check(
        r"*in geral: a Ana with an account, b Bia
         *disk full
         b> /login Ana segredo123
         a< [SYS] Bia saiu de #geral.
         a< [SYS] Bia entrou em #geral.
         b< [ERRO] O disco do servidor está cheio; a mensagem não foi guardada. Tente de novo mais tarde.
         b> /sessions
         b< [ERRO] Você não entrou em uma conta. Entre com /login <nome> <senha>.
         *disk ok
         b> /login Ana segredo123
         a< [SYS] Bia saiu de #geral.
         b< [SYS] Você entrou como Ana.
         a> /sessions
         a< [SYS] Sessões da sua conta (2):\n3: 192.0.2.1, usada há 0 s\n1: 192.0.2.1, usada há 0 s (esta)",
    );
}

#[test]
fn a_password_or_an_account_that_cannot_be_changed_stays() {
    check(
        "a> /nick Ana
         a< [SYS] Seu nome agora é Ana. Você entrou em #geral.
         a> /register segredo123
         a< [SYS] A conta Ana é sua. Da próxima vez: /login Ana <senha>
         *disk full
         a> /password segredo123 outrasenha
         a< [ERRO] O disco do servidor está cheio; a mensagem não foi guardada. Tente de novo mais tarde.
         a> /delete-account segredo123
         a< [ERRO] O disco do servidor está cheio; a mensagem não foi guardada. Tente de novo mais tarde.
         a< [SYS] Seu nome agora é convidado-4487.
         *disk ok
         a> /login Ana outrasenha
         a< [ERRO] Nome ou senha errados.
         a> /login Ana segredo123
         a< [SYS] Você entrou como Ana.",
    );
}

#[test]
fn rights_that_cannot_be_kept_are_as_before() {
    check(
        "*in sala: a Ana, b Bia with an account
         *disk full
         a> /topic novo
         a< [ERRO] O disco do servidor está cheio; a mensagem não foi guardada. Tente de novo mais tarde.
         a> /op Bia
         a< [ERRO] O disco do servidor está cheio; a mensagem não foi guardada. Tente de novo mais tarde.
         a> /slow 9
         a< [ERRO] O disco do servidor está cheio; a mensagem não foi guardada. Tente de novo mais tarde.
         a> /readonly
         a< [ERRO] O disco do servidor está cheio; a mensagem não foi guardada. Tente de novo mais tarde.
         a> /mute Bia 1m
         a< [ERRO] O disco do servidor está cheio; a mensagem não foi guardada. Tente de novo mais tarde.
         a> /ban Bia
         a< [ERRO] O disco do servidor está cheio; a mensagem não foi guardada. Tente de novo mais tarde.
         b< [SYS] Ana baniu você de #sala.
         a> /private
         a< [ERRO] O disco do servidor está cheio; a mensagem não foi guardada. Tente de novo mais tarde.
         *disk ok
         b> /join sala
         a< [SYS] Bia entrou em #sala.
         b< [SYS] Você entrou em #sala.
         b> oi
         a< [#sala] Bia: oi
         b> oi
         a< [#sala] Bia: oi
         b> /topic x
         b< [ERRO] Só a moderação da sala pode fazer isso.
         a> /audit
         a< <what moderators did in #sala>",
    );
}

/// A later record of the same room brought along what had failed.
#[test]
fn what_builds_on_what_failed_falls_with_it() {
    check(
        "*in sala: a Ana, b Bia
         *hold
         a> /readonly
         a> /topic meu
         *disk full
         *go
         a< [ERRO] O disco do servidor está cheio; a mensagem não foi guardada. Tente de novo mais tarde.
         a< [ERRO] O disco do servidor está cheio; a mensagem não foi guardada. Tente de novo mais tarde.
         *disk ok
         b> oi
         a< [#sala] Bia: oi
         a> /topic dois
         a< [SYS] Feito.
         b< [SYS] Ana mudou o assunto: dois
         *restart
         b> /nick Bia
         b< [SYS] Seu nome agora é Bia. Você entrou em #geral.
         b> /join sala
         b< [SYS] Você entrou em #sala.
         b> oi",
    );
}

#[test]
fn a_room_that_could_not_become_private_has_its_name() {
    check(
        r"*in sala: a Ana
         *in geral: b Bia
         *hold
         a> /private
         b> /join sala
         *disk full
         *go
         a< [ERRO] O disco do servidor está cheio; a mensagem não foi guardada. Tente de novo mais tarde.
         b< [ERRO] Um momento: algo da sua sessão ainda está sendo feito. Tente de novo.
         *disk ok
         b> /join sala
         a< [SYS] Bia entrou em #sala.
         b< [SYS] Você entrou em #sala.
         b> /who
         b< [SYS] Em #sala (2):\n- Ana\n- Bia",
    );
}

#[test]
fn who_was_let_in_by_what_failed_is_out() {
    check(
        r"a> /nick Ana
         a< [SYS] Seu nome agora é Ana. Você entrou em #geral.
         a> /join sala
         a< [SYS] Você entrou em #sala.
         a> /private
         a< [SYS] Feito.
         b> /nick Bia
         b< [SYS] Seu nome agora é Bia. Você entrou em #geral.
         *hold
         a> /invite Bia
         b> /join sala
         a> segredo
         *disk full
         *go
         a< [ERRO] O disco do servidor está cheio; a mensagem não foi guardada. Tente de novo mais tarde.
         a< [SYS] Bia entrou em #sala.
         a< [ERRO] O disco do servidor está cheio; a mensagem não foi guardada. Tente de novo mais tarde.
         a< [SYS] Bia saiu de #sala.
         b< [SYS] Você entrou em #sala.
         b< [SYS] Você saiu de #sala.
         *disk ok
         a> segredo
         b> /rooms
         b< [SYS] Salas (1):\n- #geral (0 online)
         b> /join sala
         b< [SYS] Você entrou em #sala.",
    );
}

#[test]
fn who_is_out_stays_out_when_a_room_could_not_be_opened() {
    check(
        "a> /nick Ana
         a< [SYS] Seu nome agora é Ana. Você entrou em #geral.
         a> /join sala
         a< [SYS] Você entrou em #sala.
         a> /private
         a< [SYS] Feito.
         b> /nick Bia
         b< [SYS] Seu nome agora é Bia. Você entrou em #geral.
         *hold
         a> /private off
         b> /join sala
         *disk full
         *go
         a< [ERRO] O disco do servidor está cheio; a mensagem não foi guardada. Tente de novo mais tarde.
         a< [SYS] Bia entrou em #sala.
         a< [SYS] Bia saiu de #sala.
         b< [SYS] Você entrou em #sala.
         b< [SYS] Você saiu de #sala.
         *disk ok
         a> segredo
         b> oi
         b< [ERRO] Você não está em nenhuma sala. Entre em uma com /join <sala>.",
    );
}

#[test]
fn a_ban_is_lifted_or_not() {
    check(
        "*in sala: a Ana
         *in geral: b Bia with an account
         a> /ban Bia
         a< [SYS] Feito: Bia.
         *disk full
         a> /unban Bia
         a< [ERRO] O disco do servidor está cheio; a mensagem não foi guardada. Tente de novo mais tarde.
         *disk ok
         b> /join sala
         b< [ERRO] Você foi banido desta sala.",
    );
}

/// On a full disk a room, a login and a conversation ended: they were there again.
#[test]
fn what_has_ended_has_ended_after_a_restart() {
    check(
        r"a> /nick Ana
         a< [SYS] Seu nome agora é Ana. Você entrou em #geral.
         a> /register segredo123
         a< [SYS] A conta Ana é sua. Da próxima vez: /login Ana <senha>
         b> /login Ana segredo123
         b< [SYS] Você entrou como Ana. Você entrou em #geral.
         a> /join sala
         a< [SYS] Você entrou em #sala.
         a> oi
         *disk full
         a> /close
         a< [ERRO] O disco do servidor está cheio; a mensagem não foi guardada. Tente de novo mais tarde.
         a< [SYS] Você saiu de #sala.
         a> /sessions end 2
         a< [ERRO] O disco do servidor está cheio; a mensagem não foi guardada. Tente de novo mais tarde.
         b< [SYS] Sua sessão foi encerrada. Entre de novo com /login <nome> <senha>.
         *disk ok
         a> /join outra
         a< [SYS] Você entrou em #outra.
         a> oi
         *restart
         c> /rooms
         c< [SYS] Salas (2):\n- #geral (0 online)\n- #outra (0 online)
         c> /login Ana segredo123
         c< [SYS] Você entrou como Ana. Você entrou em #geral.
         c> /sessions
         c< [SYS] Sessões da sua conta (2):\n3: 192.0.2.1, usada há 0 s (esta)\n1: 192.0.2.1, usada há 0 s",
    );
}

#[test]
fn an_invitation_that_was_not_used_is_good() {
    check(
        "*policy invite guests
         *admin invite 1
         admin< [SYS] Convite: 8iKiCyGSfYjnI3cDHwHv4N5DlsZ-qUTYLb-AEm_hHm0
         a> /nick Ana
         a< [SYS] Seu nome agora é Ana. Você entrou em #geral.
         *disk full
         a> /register segredo123 8iKiCyGSfYjnI3cDHwHv4N5DlsZ-qUTYLb-AEm_hHm0
         a< [ERRO] O disco do servidor está cheio; a mensagem não foi guardada. Tente de novo mais tarde.
         *admin lockdown on
         admin< [ERRO] O disco do servidor está cheio; a mensagem não foi guardada. Tente de novo mais tarde.
         *admin invite 1
         admin< [ERRO] O disco do servidor está cheio; a mensagem não foi guardada. Tente de novo mais tarde.
         *admin add Bia segredo123
         admin< [ERRO] O disco do servidor está cheio; a mensagem não foi guardada. Tente de novo mais tarde.
         *disk ok
         b> /nick Bia
         a< [SYS] Bia entrou em #geral.
         b< [SYS] Seu nome agora é Bia. Você entrou em #geral.
         a> /register segredo123 8iKiCyGSfYjnI3cDHwHv4N5DlsZ-qUTYLb-AEm_hHm0
         a< [SYS] A conta Ana é sua. Da próxima vez: /login Ana <senha>
         a> oi
         b< [#geral] Ana: oi",
    );
}

#[test]
fn who_is_ignored_is_as_before() {
    check(
        "*in geral: a Ana with an account, b Bia with an account
         *disk full
         a> /ignore Bia
         a< [ERRO] O disco do servidor está cheio; a mensagem não foi guardada. Tente de novo mais tarde.
         *disk ok
         b> oi
         a< [#geral] Bia: oi
         a> /ignore
         a< [SYS] Você vê as mensagens de todo mundo.",
    );
}

/// Its next message brought along that it was private, which had failed.
#[test]
fn a_room_that_waits_to_be_kept_is_kept_as_it_is() {
    check(
        r"*in geral: a Ana, b Bia
         *hold
         a> /join sala
         *take
         a> /private
         a> oi
         *fail
         a< [SYS] Você entrou em #sala.
         b< [SYS] Ana saiu de #geral.
         *go
         a< [ERRO] O disco do servidor está cheio; a mensagem não foi guardada. Tente de novo mais tarde.
         *restart
         c> /rooms
         c< [SYS] Salas (2):\n- #geral (0 online)\n- #sala (0 online)",
    );
}

#[test]
fn a_role_that_was_given_and_taken_while_the_disk_failed_is_none() {
    check(
        "*in sala: a Ana, b Bia with an account
         *hold
         a> /op Bia
         *take
         a> /deop Bia
         *fail
         a< [ERRO] O disco do servidor está cheio; a mensagem não foi guardada. Tente de novo mais tarde.
         a< [ERRO] O disco do servidor está cheio; a mensagem não foi guardada. Tente de novo mais tarde.
         *disk full
         *go
         *disk ok
         b> /topic x
         b< [ERRO] Só a moderação da sala pode fazer isso.
         *restart
         b> /login Bia segredo123
         b< [SYS] Você entrou como Bia. Você entrou em #geral.
         b> /join sala
         b< [SYS] Você entrou em #sala.
         b> /topic x
         b< [ERRO] Só a moderação da sala pode fazer isso.",
    );
}

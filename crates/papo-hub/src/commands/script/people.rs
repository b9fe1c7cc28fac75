//! Accounts: made, entered, left, changed and deleted.

use super::check;

#[test]
fn an_account_is_made_left_and_entered_again() {
    check(
        r"a> /nick Ana
         a< [SYS] Seu nome agora é Ana. Você entrou em #geral.
         b> /nick Bia
         a< [SYS] Bia entrou em #geral.
         b< [SYS] Seu nome agora é Bia. Você entrou em #geral.
         a> /register segredo123
         a< [SYS] A conta Ana é sua. Da próxima vez: /login Ana <senha>
         a> /register segredo123
         a< [ERRO] Você já está em uma conta. Saia dela com /logout.
         a> /nick Outra
         a< [ERRO] O nome de uma conta não muda. Para usar outro, saia dela com /logout.
         a> oi
         b< [#geral] Ana: oi
         a> /logout
         a< [SYS] Você saiu da conta; agora é convidado-4487.
         b< [SYS] Ana agora é convidado-4487.
         a> /logout
         a< [ERRO] Você não entrou em uma conta. Entre com /login <nome> <senha>.
         a> oi de novo
         b< [#geral] convidado-4487: oi de novo
         a> /login Ana segredo12
         a< [ERRO] Nome ou senha errados.
         a> /login Nada segredo12
         a< [ERRO] Nome ou senha errados.
         a> /login ana segredo123
         a< [SYS] Você entrou como Ana.
         b< [SYS] convidado-4487 agora é Ana.
         b> /who
         b< [SYS] Em #geral (2):\n- Ana\n- Bia",
    );
}

#[test]
fn a_password_is_changed_and_other_sessions_end() {
    check(
        r"a> /nick Ana
         a< [SYS] Seu nome agora é Ana. Você entrou em #geral.
         a> /register segredo123
         a< [SYS] A conta Ana é sua. Da próxima vez: /login Ana <senha>
         c> /login Ana segredo123
         c< [SYS] Você entrou como Ana. Você entrou em #geral.
         a> /sessions
         a< [SYS] Sessões da sua conta (2):\n2: 192.0.2.1, usada há 0 s\n1: 192.0.2.1, usada há 0 s (esta)
         a> /password errada123 outrasenha1
         a< [ERRO] Nome ou senha errados.
         a> /password segredo123 curta
         a< [ERRO] A senha precisa ter de 8 a 1024 caracteres.
         a> /password segredo123 outrasenha1
         a< [SYS] Senha trocada. As outras sessões da conta terminaram.
         c< [SYS] Sua sessão foi encerrada. Entre de novo com /login <nome> <senha>.
         c> oi
         a> /sessions
         a< [SYS] Sessões da sua conta (1):\n1: 192.0.2.1, usada há 0 s (esta)
         a> /logout
         a< [SYS] Você saiu da conta; agora é convidado-4487.
         a> /login Ana segredo123
         a< [ERRO] Nome ou senha errados.
         a> /login Ana outrasenha1
         a< [SYS] Você entrou como Ana.",
    );
}

#[test]
fn a_deleted_account_is_nobody_and_its_name_is_nobodys() {
    check(
        "a> /nick Ana
         a< [SYS] Seu nome agora é Ana. Você entrou em #geral.
         a> /register segredo123
         a< [SYS] A conta Ana é sua. Da próxima vez: /login Ana <senha>
         a> /token new Robo
         a< [SYS] O robô Robo foi criado. O token dele, mostrado só agora: 8iKiCyGSfYjnI3cDHwHv4N5DlsZ-qUTYLb-AEm_hHm0
         b> /nick Bia
         a< [SYS] Bia entrou em #geral.
         b< [SYS] Seu nome agora é Bia. Você entrou em #geral.
         b> /msg Ana oi
         a< [@Bia] Bia: oi
         a> /delete-account errada
         a< [ERRO] Nome ou senha errados.
         a> /delete-account segredo123
         a< [SYS] Conta apagada. O nome fica reservado para sempre.
         a< [SYS] Seu nome agora é convidado-4487.
         b< [SYS] Ana agora é convidado-4487.
         a> /login Ana segredo123
         a< [ERRO] Nome ou senha errados.
         a> /nick Ana
         a< [ERRO] O nome Ana já está em uso, ou é parecido demais com um que está. Escolha outro com /nick <nome>.
         b> /nick ANA
         b< [ERRO] O nome ANA já está em uso, ou é parecido demais com um que está. Escolha outro com /nick <nome>.
         b> /nick Robo
         b< [ERRO] O nome Robo já está em uso, ou é parecido demais com um que está. Escolha outro com /nick <nome>.
         b> /msg Ana oi
         b< [ERRO] Não há ninguém chamado Ana.
         b> /history @Ana
         b< [ERRO] Não há ninguém chamado Ana.
         b> /ignore Ana
         b< [ERRO] Não há ninguém chamado Ana.
         a> /sessions
         a< [ERRO] Você não entrou em uma conta. Entre com /login <nome> <senha>.",
    );
}

#[test]
fn a_password_does_not_go_over_a_line_that_is_listened_to() {
    check(
        "*plain
         a> /nick Ana
         a< [SYS] Seu nome agora é Ana. Você entrou em #geral.
         a> /register segredo123
         a< [ERRO] Esta conexão não é cifrada, e a senha seria lida no caminho. Conecte-se com TLS (papo chat --tls) ou a partir da própria máquina do servidor.
         a> /login Ana segredo123
         a< [ERRO] Esta conexão não é cifrada, e a senha seria lida no caminho. Conecte-se com TLS (papo chat --tls) ou a partir da própria máquina do servidor.
         a> /password segredo123 outrasenha1
         a< [ERRO] Esta conexão não é cifrada, e a senha seria lida no caminho. Conecte-se com TLS (papo chat --tls) ou a partir da própria máquina do servidor.
         a> /delete-account segredo123
         a< [ERRO] Esta conexão não é cifrada, e a senha seria lida no caminho. Conecte-se com TLS (papo chat --tls) ou a partir da própria máquina do servidor.",
    );
}

#[test]
fn nobody_takes_anothers_name() {
    check(
        "a> /nick Ana
         a< [SYS] Seu nome agora é Ana. Você entrou em #geral.
         a> /register segredo123
         a< [SYS] A conta Ana é sua. Da próxima vez: /login Ana <senha>
         a> /token new Robo
         a< [SYS] O robô Robo foi criado. O token dele, mostrado só agora: 8iKiCyGSfYjnI3cDHwHv4N5DlsZ-qUTYLb-AEm_hHm0
         a> /logout
         a< [SYS] Você saiu da conta; agora é convidado-4487.
         b> /nick Ana
         b< [ERRO] O nome Ana já está em uso, ou é parecido demais com um que está. Escolha outro com /nick <nome>.
         b> /nick ANA
         b< [ERRO] O nome ANA já está em uso, ou é parecido demais com um que está. Escolha outro com /nick <nome>.
         b> /nick Аna
         b< [ERRO] O nome Аna já está em uso, ou é parecido demais com um que está. Escolha outro com /nick <nome>.
         b> /nick  Ana
         b< [ERRO] O nome Ana já está em uso, ou é parecido demais com um que está. Escolha outro com /nick <nome>.
         b> /nick Robo
         b< [ERRO] O nome Robo já está em uso, ou é parecido demais com um que está. Escolha outro com /nick <nome>.
         b> /nick R0bo
         b< [ERRO] O nome R0bo já está em uso, ou é parecido demais com um que está. Escolha outro com /nick <nome>.
         b> /nick admin
         b< [ERRO] Esse nome é reservado. Escolha outro com /nick <nome>.
         b> /nick Sistema
         b< [ERRO] Esse nome é reservado. Escolha outro com /nick <nome>.
         b> /nick geral
         a< [SYS] geral entrou em #geral.
         b< [SYS] Seu nome agora é geral. Você entrou em #geral.
         b> [#geral] Ana: oi
         a< [#geral] geral: [#geral] Ana: oi
         a> oi
         b< [#geral] convidado-4487: oi",
    );
}

#[test]
fn wrong_passwords_wait_longer_and_longer() {
    check(
        "a> /nick Ana
         a< [SYS] Seu nome agora é Ana. Você entrou em #geral.
         a> /register segredo123
         a< [SYS] A conta Ana é sua. Da próxima vez: /login Ana <senha>
         b> /login Ana errada1
         b< [ERRO] Nome ou senha errados.
         b> /login Ana errada2
         b< [ERRO] Nome ou senha errados.
         b> /login Ana errada3
         b< [ERRO] Nome ou senha errados.
         b> /login Ana segredo123
         b< [ERRO] Senhas erradas demais. Tente de novo em 1 segundo.
         *wait 1
         b> /login Ana errada4
         b< [ERRO] Nome ou senha errados.
         b> /login Ana errada5
         b< [ERRO] Senhas erradas demais. Tente de novo em 2 segundos.
         *wait 2
         b> /login ANA errada6
         b< [ERRO] Nome ou senha errados.
         b> /login Ana segredo123
         b< [ERRO] Senhas erradas demais. Tente de novo em 4 segundos.
         c> /login Nada errada1
         c< [ERRO] Nome ou senha errados.
         c> /login Nada errada2
         c< [ERRO] Nome ou senha errados.
         c> /login Nada errada3
         c< [ERRO] Nome ou senha errados.
         c> /login Nada errada4
         c< [ERRO] Senhas erradas demais. Tente de novo em 1 segundo.
         *from 192.0.2.9
         d> /login Ana segredo123
         d< [SYS] Você entrou como Ana. Você entrou em #geral.
         *wait 4
         b> /login Ana segredo123
         b< [SYS] Você entrou como Ana. Você entrou em #geral.",
    );
}

#[test]
fn a_session_ends_from_another_one() {
    check(
        "a> /nick Ana
         a< [SYS] Seu nome agora é Ana. Você entrou em #geral.
         a> /register segredo123
         a< [SYS] A conta Ana é sua. Da próxima vez: /login Ana <senha>
         b> /login Ana segredo123
         b< [SYS] Você entrou como Ana. Você entrou em #geral.
         c> /nick Caio
         a< [SYS] Caio entrou em #geral.
         b< [SYS] Caio entrou em #geral.
         c< [SYS] Seu nome agora é Caio. Você entrou em #geral.
         c> /register segredo123
         c< [SYS] A conta Caio é sua. Da próxima vez: /login Caio <senha>
         c> /sessions end 1
         c< [ERRO] Não há sessão nem robô com esse nome ou número.
         c> /sessions end 9
         c< [ERRO] Não há sessão nem robô com esse nome ou número.
         b> /sessions end 1
         a< [SYS] Sua sessão foi encerrada. Entre de novo com /login <nome> <senha>.
         b< [SYS] 192.0.2.1 terminou.
         a> oi
         b> /sessions end 2
         b< [SYS] Você saiu da conta; agora é convidado-4487.
         c< [SYS] Ana agora é convidado-4487.
         b> oi
         c< [#geral] convidado-4487: oi",
    );
}

#[test]
fn rooms_are_left_to_who_has_a_role_in_them() {
    check(
        "*in sala: a Ana with an account, b Bia with an account, c Caio with an account, d Davi
         a> /op Bia
         a< [SYS] Feito: Bia.
         b< [SYS] Ana fez de Bia moderador(a).
         c< [SYS] Ana fez de Bia moderador(a).
         d< [SYS] Ana fez de Bia moderador(a).
         a> /join livre
         a< [SYS] Você entrou em #livre.
         b< [SYS] Ana saiu de #sala.
         c< [SYS] Ana saiu de #sala.
         d< [SYS] Ana saiu de #sala.
         a> /join segredo
         a< [SYS] Você entrou em #segredo.
         a> /private
         a< [SYS] Feito.
         a> /invite Davi
         a< [SYS] Feito: Davi.
         d< [SYS] Ana convidou você para #segredo. Entre com /join #segredo
         a> /invite Caio
         a< [SYS] Feito: Caio.
         c< [SYS] Ana convidou você para #segredo. Entre com /join #segredo
         a> /delete-account segredo123
         a< [SYS] Conta apagada. O nome fica reservado para sempre.
         a< [SYS] Ana deixou a sala com Caio.
         a< [SYS] Você saiu de #segredo.
         a< [SYS] Seu nome agora é convidado-4487.
         b< [SYS] Ana deixou a sala com Bia.
         c< [SYS] Ana deixou a sala com Bia.
         d< [SYS] Ana deixou a sala com Bia.
         b> /op Davi
         b< [ERRO] Só quem tem conta pode fazer isso: /register <senha>
         c> /join segredo
         b< [SYS] Caio saiu de #sala.
         c< [SYS] Você entrou em #segredo.
         d< [SYS] Caio saiu de #sala.
         c> /close
         c< [SYS] Feito.
         d> /join livre
         b< [SYS] Davi saiu de #sala.
         d< [SYS] Você entrou em #livre.
         d> /topic x
         d< [ERRO] Só a moderação da sala pode fazer isso.",
    );
}

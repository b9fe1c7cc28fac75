//! Every command of the text dialect about accounts and single people, over sockets.

mod support;

use support::script::{THREE, check};

#[test]
fn accounts() {
    check(
        "
        ana> /nick Ana
        ana: [SYS] Seu nome agora é Ana. Você entrou em #geral.
        ana> /register
        ana: [ERRO] Falta a senha. Uso: /register <senha> [convite]
        ana> /register curta
        ana: [ERRO] A senha precisa ter de 8 a 1024 caracteres.
        ana> /logout
        ana: [ERRO] Você não entrou em uma conta. Entre com /login <nome> <senha>.
        ana> /sessions
        ana: [ERRO] Você não entrou em uma conta. Entre com /login <nome> <senha>.
        ana> /register um bom segredo
        ana: [SYS] A conta Ana é sua. Da próxima vez: /login Ana <senha>
        ana> /register outro segredo
        ana: [ERRO] Você já está em uma conta. Saia dela com /logout.
        ana> /nick Anita
        ana: [ERRO] O nome de uma conta não muda. Para usar outro, saia dela com /logout.
        duo> /login
        duo: [ERRO] Uso: /login <nome> <senha>
        duo> /login Ana outro segredo
        duo: [ERRO] Nome ou senha errados.
        duo> /login Ana um bom segredo
        duo: [SYS] Você entrou como Ana. Você entrou em #geral.
        duo> /sessions
        duo: [SYS] Sessões da sua conta (2): | {duo}: 127.0.0.1, usada há … s (esta) | {ana}: 127.0.0.1, usada há … s
        duo> de dois lugares
        ana: [#geral] Ana: de dois lugares
        ana> /sessions end
        ana: [ERRO] Uso: /sessions, ou /sessions end <número>
        ana> /sessions end 999
        ana: [ERRO] Não há sessão nem robô com esse nome ou número.
        ana> /sessions end {duo}
        ana: [SYS] 127.0.0.1 terminou.
        duo: [SYS] Sua sessão foi encerrada. Entre de novo com /login <nome> <senha>.
        duo: (closed)
        tri> /login Ana um bom segredo
        tri: [SYS] Você entrou como Ana. Você entrou em #geral.
        ana> /password um
        ana: [ERRO] Uso: /password <senha de agora> <senha nova>
        ana> /logout
        ana: [SYS] Você saiu da conta; agora é convidado-{n}.
        tri: [SYS] convidado-… entrou em #geral.
        tri> /logout
        tri: [SYS] Você saiu da conta; agora é convidado-….
        ana: [SYS] Ana agora é convidado-….
        ",
    );
}

#[test]
fn passwords_and_the_end_of_an_account() {
    check(
        "
        ana> /nick Ana
        ana: [SYS] Seu nome agora é Ana. Você entrou em #geral.
        ana> /register segredo-um
        ana: [SYS] A conta Ana é sua. Da próxima vez: /login Ana <senha>
        ana> /password segredo-zero segredo-dois
        ana: [ERRO] Nome ou senha errados.
        ana> /password segredo-um curta
        ana: [ERRO] A senha precisa ter de 8 a 1024 caracteres.
        ana> /password segredo-um segredo-dois
        ana: [SYS] Senha trocada. As outras sessões da conta terminaram.
        ana> /lang en
        ana: [SYS] Notices in English.
        ana> /delete-account
        ana: [ERRO] To delete the account, confirm with its password: /delete-account <password>
        ana> /delete-account segredo-um
        ana: [ERRO] Wrong name or password.
        ana> /delete-account segredo-dois
        ana: [SYS] Account deleted. Its name stays reserved for ever.
        ana: [SYS] Your name is now guest-….
        ana> /login Ana segredo-dois
        ana: [ERRO] Wrong name or password.
        ana> /sessions
        ana: [ERRO] You are not logged in. Use /login <name> <password>.
        bia> /nick Ana
        bia: [ERRO] O nome Ana já está em uso, ou é parecido demais com um que está. Escolha outro com /nick <nome>.
        bia> /msg Ana oi
        bia: [ERRO] Não há ninguém chamado Ana.
        ",
    );
}

#[test]
fn bots() {
    check(
        "
        ana> /nick Ana
        ana: [SYS] Seu nome agora é Ana. Você entrou em #geral.
        ana> /token new R2
        ana: [ERRO] Você não entrou em uma conta. Entre com /login <nome> <senha>.
        ana> /register um bom segredo
        ana: [SYS] A conta Ana é sua. Da próxima vez: /login Ana <senha>
        ana> /token new
        ana: [ERRO] Uso: /token new <nome> [salas], /token list ou /token revoke <nome>
        ana> /token new R2 nenhuma
        ana: [ERRO] Esta sala não existe.
        ana> /token new R2 geral
        ana: [SYS] O robô R2 foi criado. O token dele, mostrado só agora: {token}
        ana> /token new Ana
        ana: [ERRO] O nome Ana já está em uso, ou é parecido demais com um que está. Escolha outro com /nick <nome>.
        ana> /token list
        ana: [SYS] Seus robôs (1): | - R2
        ana> /token revoke C3
        ana: [ERRO] Não há sessão nem robô com esse nome ou número.
        ana> /token revoke R2
        ana: [SYS] R2 terminou.
        ana> /tokens
        ana: [SYS] Seus robôs (0):
        ",
    );
}

#[test]
fn conversations_of_two() {
    check(&format!(
        "{THREE}
        ana> /msg
        ana: [ERRO] Uso: /msg <nome> <mensagem>
        ana> /msg Bob
        ana: [ERRO] Uso: /msg <nome> <mensagem>
        ana> /msg Ana oi
        ana: [ERRO] Isso não se faz consigo mesmo.
        ana> /msg Zé oi
        ana: [ERRO] Não há ninguém chamado Zé.
        ana> /r oi
        ana: [ERRO] Ninguém lhe escreveu ainda. Use /msg <nome> <mensagem>.
        ana> /msg bob só para você
        bob: [@Ana] Ana: só para você
        bob> /r
        bob: [ERRO] Falta a mensagem. Uso: /r <mensagem>
        bob> /r sei
        ana: [@Bob] Bob: sei
        ana> /history @Bob
        ana: [SYS] Últimas mensagens com Bob (2): | … Ana: só para você | … Bob: sei
        ana> /history @Teo
        ana: [ERRO] Não há ninguém chamado Teo.
        teo> /msg Ana de fora
        ana: [@Teo] Teo: de fora
        ana> /ignore
        ana: [SYS] Você vê as mensagens de todo mundo.
        ana> /ignore Teo
        ana: [SYS] Feito: Teo.
        ana> /ignore @Bob
        ana: [SYS] Feito: Bob.
        ana> /ignore Ana
        ana: [ERRO] Isso não se faz consigo mesmo.
        ana> /ignore
        ana: [SYS] Você não vê mensagens de (2): | - Bob | - Teo
        teo> alguém aí?
        bob: [#geral] Teo: alguém aí?
        teo> /msg Ana me ouve?
        bob> /msg Ana e eu?
        bob> /who
        bob: [SYS] Em #geral (3): | - Ana | - Bob | - Teo
        ana> /unignore
        ana: [ERRO] Falta o nome. Uso: /unignore <nome>
        ana> /unignore Bob
        ana: [SYS] Feito: Bob.
        ana> /unignore Teo
        ana: [SYS] Feito: Teo.
        bob> /msg Ana e agora?
        ana: [@Bob] Bob: e agora?
        teo> agora sim
        ana: [#geral] Teo: agora sim
        bob: [#geral] Teo: agora sim
        teo> /quit
        teo: [SYS] Até logo!
        teo: (closed)
        ana: [SYS] Teo saiu de #geral.
        bob: [SYS] Teo saiu de #geral.
        ana> /msg Teo oi
        ana: [ERRO] Não há ninguém chamado Teo.
        "
    ));
}

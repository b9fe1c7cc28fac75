//! What those who look after a room may do, and what it means to the others.

use super::check;

#[test]
fn who_made_a_room_owns_it() {
    check(
        "a> /join sala
         a< [SYS] Você ainda não tinha nome; por enquanto é convidado-4487. Troque com /nick <nome>.
         a< [SYS] Você entrou em #sala.
         b> /nick Bia
         b< [SYS] Seu nome agora é Bia. Você entrou em #geral.
         b> /join sala
         a< [SYS] Bia entrou em #sala.
         b< [SYS] Você entrou em #sala.
         b> /topic meu
         b< [ERRO] Só a moderação da sala pode fazer isso.
         a> /topic coisas
         a< [SYS] Feito.
         b< [SYS] convidado-4487 mudou o assunto: coisas
         a> /topic -
         a< [SYS] Feito.
         b< [SYS] convidado-4487 apagou o assunto.
         b> /slow 5
         b< [ERRO] Só a moderação da sala pode fazer isso.
         b> /readonly
         b< [ERRO] Só a moderação da sala pode fazer isso.
         b> /private
         b< [ERRO] Só quem criou a sala pode fazer isso.
         b> /op Bia
         b< [ERRO] Só quem criou a sala pode fazer isso.
         b> /close
         b< [ERRO] Só quem criou a sala pode fazer isso.
         b> /audit
         b< [ERRO] Só a moderação da sala pode fazer isso.
         b> /kick convidado-4487
         b< [ERRO] Só a moderação da sala pode fazer isso.
         a> /op Bia
         a< [ERRO] Só quem tem conta pode fazer isso: /register <senha>
         b> /register segredo123
         b< [SYS] A conta Bia é sua. Da próxima vez: /login Bia <senha>
         a> /op Bia
         a< [SYS] Feito: Bia.
         b< [SYS] convidado-4487 fez de Bia moderador(a).
         b> /topic nosso
         a< [SYS] Bia mudou o assunto: nosso
         b< [SYS] Feito.
         b> /kick convidado-4487
         b< [ERRO] convidado-4487 tem papel igual ou maior que o seu na sala.
         b> /op convidado-4487
         b< [ERRO] Só quem criou a sala pode fazer isso.
         a> /deop Bia
         a< [SYS] Feito: Bia.
         b< [SYS] convidado-4487 tirou de Bia a moderação.
         b> /topic meu
         b< [ERRO] Só a moderação da sala pode fazer isso.
         a> /close
         a< [SYS] Feito.
         b< [SYS] convidado-4487 encerrou #sala.
         a> /join sala
         a< [SYS] Você entrou em #sala.",
    );
}

#[test]
fn a_slow_room_and_a_room_that_is_read() {
    check(
        "*in sala: a Ana, b Bia
         a> /slow 5
         a< [SYS] Feito.
         b< [SYS] Ana deixou a sala lenta: uma mensagem a cada 5 s.
         b> um
         a< [#sala] Bia: um
         b> dois
         b< [ERRO] Esta sala é lenta: espere 5 s.
         a> um
         b< [#sala] Ana: um
         a> dois
         b< [#sala] Ana: dois
         *wait 4
         b> dois
         b< [ERRO] Esta sala é lenta: espere 1 s.
         *wait 1
         b> dois
         a< [#sala] Bia: dois
         a> /slow 0
         a< [SYS] Feito.
         b< [SYS] Ana tirou a espera entre mensagens.
         b> três
         a< [#sala] Bia: três
         a> /readonly
         a< [SYS] Feito.
         b< [SYS] Ana deixou a sala só para leitura: só moderadores escrevem.
         b> quatro
         b< [ERRO] Esta sala é só para leitura.
         a> três
         b< [#sala] Ana: três
         a> /readonly off
         a< [SYS] Feito.
         b< [SYS] Ana deixou que todos escrevam na sala de novo.
         b> quatro
         a< [#sala] Bia: quatro",
    );
}

#[test]
fn a_room_of_a_guest_goes_along_with_the_account() {
    check(
        r"a> /nick Ana
         a< [SYS] Seu nome agora é Ana. Você entrou em #geral.
         a> /join sala
         a< [SYS] Você entrou em #sala.
         a> /private
         a< [SYS] Feito.
         a> /join outra
         a< [SYS] Você entrou em #outra.
         a> /register segredo123
         a< [SYS] A conta Ana é sua. Da próxima vez: /login Ana <senha>
         a> /join sala
         a< [SYS] Você entrou em #sala.
         a> /topic nosso
         a< [SYS] Feito.
         a> /logout
         a< [SYS] Você saiu de #sala.
         a< [SYS] Você saiu da conta; agora é convidado-4487.
         a> /rooms
         a< [SYS] Salas (2):\n- #geral (0 online)\n- #outra (0 online)
         a> /login Ana segredo123
         a< [SYS] Você entrou como Ana. Você entrou em #geral.
         a> /join sala
         a< [SYS] Você entrou em #sala.",
    );
}

#[test]
fn invited_guests_stay_when_they_register() {
    check(
        "a> /nick Ana
         a< [SYS] Seu nome agora é Ana. Você entrou em #geral.
         a> /join sala
         a< [SYS] Você entrou em #sala.
         a> /private
         a< [SYS] Feito.
         b> /nick Bia
         b< [SYS] Seu nome agora é Bia. Você entrou em #geral.
         a> /invite Bia
         a< [SYS] Feito: Bia.
         b< [SYS] Ana convidou você para #sala. Entre com /join #sala
         b> /join sala
         a< [SYS] Bia entrou em #sala.
         b< [SYS] Você entrou em #sala.
         b> /register segredo123
         b< [SYS] A conta Bia é sua. Da próxima vez: /login Bia <senha>
         b> oi
         a< [#sala] Bia: oi
         b!
         a< [SYS] Bia perdeu a conexão.
         b> /login Bia segredo123
         b< [SYS] Você entrou como Bia. Você entrou em #geral.
         b> /join sala
         a< [SYS] Bia entrou em #sala.
         b< [SYS] Você entrou em #sala.
         *restart
         b> /login Bia segredo123
         b< [SYS] Você entrou como Bia. Você entrou em #geral.
         b> /join sala
         b< [SYS] Você entrou em #sala.",
    );
}

#[test]
fn a_private_room_is_shown_again() {
    check(
        r"*in sala: a Ana, b Bia
         a> /private
         a< [SYS] Feito.
         b< [SYS] Ana tornou a sala privada: só entra quem for convidado.
         a> /private
         a< [ERRO] Isso não se faz nesta sala.
         c> /nick Caio
         c< [SYS] Seu nome agora é Caio. Você entrou em #geral.
         c> /rooms
         c< [SYS] Salas (1):\n- #geral (1 online)
         b> /rooms
         b< [SYS] Salas (2):\n- #sala (2 online)\n- #geral (1 online)
         b> oi
         a< [#sala] Bia: oi
         a> /private off
         a< [SYS] Feito.
         b< [SYS] Ana abriu a sala para todos.
         c> /rooms
         c< [SYS] Salas (2):\n- #sala (2 online)\n- #geral (1 online)
         c> /join sala
         a< [SYS] Caio entrou em #sala.
         b< [SYS] Caio entrou em #sala.
         c< [SYS] Você entrou em #sala.",
    );
}

#[test]
fn the_lobby_stays_as_it_is() {
    check(
        "*admin add Raiz segredo123
         admin< [SYS] Feito: Raiz.
         *admin promote Raiz
         admin< [SYS] Feito: Raiz.
         a> /login Raiz segredo123
         a< [SYS] Você entrou como Raiz. Você entrou em #geral.
         a> /private
         a< [ERRO] Isso não se faz nesta sala.
         a> /close
         a< [ERRO] Isso não se faz nesta sala.
         a> /topic bem-vindos
         a< [SYS] Feito.
         a> /readonly
         a< [SYS] Feito.
         b> /nick Bia
         a< [SYS] Bia entrou em #geral.
         b< [SYS] Seu nome agora é Bia. Você entrou em #geral.
         b> oi
         b< [ERRO] Esta sala é só para leitura.",
    );
}

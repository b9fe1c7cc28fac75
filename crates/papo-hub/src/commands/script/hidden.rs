//! A private room is not revealed: what an outsider hears of it is what is heard of a room that never was.

use super::check;

#[test]
fn an_outsider_makes_a_room_of_the_same_name() {
    check(
        r"a> /nick Ana
         a< [SYS] Seu nome agora é Ana. Você entrou em #geral.
         a> /join segredo
         a< [SYS] Você entrou em #segredo.
         a> /private
         a< [SYS] Feito.
         a> oi
         b> /nick Bia
         b< [SYS] Seu nome agora é Bia. Você entrou em #geral.
         b> /rooms
         b< [SYS] Salas (1):\n- #geral (1 online)
         b> /create segredo
         b< [SYS] Sala #segredo criada. Entre com /join #segredo.
         b> /join segredo
         b< [SYS] Você entrou em #segredo.
         b> /rooms
         b< [SYS] Salas (2):\n- #segredo (1 online)\n- #geral (0 online)
         b> /who
         b< [SYS] Em #segredo (1):\n- Bia
         b> oi
         b> /topic meu
         b< [SYS] Feito.
         a> /rooms
         a< [SYS] Salas (2):\n- #segredo (1 online)\n- #geral (0 online)
         a> /join geral
         a< [SYS] Você entrou em #geral.
         a> /join segredo
         a< [SYS] Você entrou em #segredo.
         a> /history
         a< <Before(Seq(18446744073709551615)) of #segredo up to 1>",
    );
}

#[test]
fn a_guessed_number_is_that_of_no_room() {
    check(
        r#"p> {"do":"hello","txn":1,"version":1,"nick":"Pia"}
         p< hello "Pia" resumed:false,"rooms":[]}}
         p> {"do":"join","txn":2,"room":"segredo"}
         p< {"is":"ack","txn":2,"answer":{"to":"join","room":{"id":2,"epoch":5,"name":"segredo","first":0,"head":0,"kind":"public","role":"owner","topic":""},"cut":false}}
         p> {"do":"private","txn":3,"room":2,"on":true}
         p< {"is":"ack","txn":3,"answer":{"to":"done"}}
         p> {"do":"post","txn":4,"room":2,"text":"oi"}
         p< {"is":"ack","txn":4,"answer":{"to":"post","room":2,"seq":1,"at":1}}
         p> {"do":"rooms","txn":5}
         p< {"is":"ack","txn":5,"answer":{"to":"rooms","rooms":[{"id":2,"name":"segredo","online":1,"private":true},{"id":1,"name":"geral","online":0}]}}
         q> {"do":"hello","txn":1,"version":1,"nick":"Quim","resume":[{"room":2,"epoch":5,"seq":0},{"room":9,"epoch":5,"seq":0}]}
         q< hello "Quim" resumed:false,"rooms":[]}}
         q< {"is":"gone","room":2}
         q< {"is":"gone","room":9}
         q> {"do":"post","txn":2,"room":2,"text":"oi"}
         q< {"is":"reject","txn":2,"code":2005,"text":"Esta sala não existe.","retry":"changed"}
         q> {"do":"post","txn":2,"room":9,"text":"oi"}
         q< {"is":"reject","txn":2,"code":2005,"text":"Esta sala não existe.","retry":"changed"}
         q> {"do":"history","txn":3,"room":2}
         q< {"is":"reject","txn":3,"code":2005,"text":"Esta sala não existe.","retry":"changed"}
         q> {"do":"history","txn":3,"room":9}
         q< {"is":"reject","txn":3,"code":2005,"text":"Esta sala não existe.","retry":"changed"}
         q> {"do":"who","txn":4,"room":2}
         q< {"is":"reject","txn":4,"code":2005,"text":"Esta sala não existe.","retry":"changed"}
         q> {"do":"who","txn":4,"room":9}
         q< {"is":"reject","txn":4,"code":2005,"text":"Esta sala não existe.","retry":"changed"}
         q> {"do":"typing","txn":5,"room":2}
         q< {"is":"reject","txn":5,"code":2005,"text":"Esta sala não existe.","retry":"changed"}
         q> {"do":"typing","txn":5,"room":9}
         q< {"is":"reject","txn":5,"code":2005,"text":"Esta sala não existe.","retry":"changed"}
         q> {"do":"leave","txn":6,"room":2}
         q< {"is":"reject","txn":6,"code":2005,"text":"Esta sala não existe.","retry":"changed"}
         q> {"do":"leave","txn":6,"room":9}
         q< {"is":"reject","txn":6,"code":2005,"text":"Esta sala não existe.","retry":"changed"}
         q> {"do":"read","txn":7,"room":2,"seq":1}
         q< {"is":"reject","txn":7,"code":2005,"text":"Esta sala não existe.","retry":"changed"}
         q> {"do":"read","txn":7,"room":9,"seq":1}
         q< {"is":"reject","txn":7,"code":2005,"text":"Esta sala não existe.","retry":"changed"}
         q> {"do":"topic","txn":8,"room":2,"topic":"x"}
         q< {"is":"reject","txn":8,"code":2005,"text":"Esta sala não existe.","retry":"changed"}
         q> {"do":"topic","txn":8,"room":9,"topic":"x"}
         q< {"is":"reject","txn":8,"code":2005,"text":"Esta sala não existe.","retry":"changed"}
         q> {"do":"invite","txn":9,"room":2,"who":"Quim"}
         q< {"is":"reject","txn":9,"code":2005,"text":"Esta sala não existe.","retry":"changed"}
         q> {"do":"invite","txn":9,"room":9,"who":"Quim"}
         q< {"is":"reject","txn":9,"code":2005,"text":"Esta sala não existe.","retry":"changed"}
         q> {"do":"kick","txn":10,"room":2,"who":"Pia"}
         q< {"is":"reject","txn":10,"code":2005,"text":"Esta sala não existe.","retry":"changed"}
         q> {"do":"kick","txn":10,"room":9,"who":"Pia"}
         q< {"is":"reject","txn":10,"code":2005,"text":"Esta sala não existe.","retry":"changed"}
         q> {"do":"redact","txn":11,"room":2,"seq":1}
         q< {"is":"reject","txn":11,"code":2005,"text":"Esta sala não existe.","retry":"changed"}
         q> {"do":"redact","txn":11,"room":9,"seq":1}
         q< {"is":"reject","txn":11,"code":2005,"text":"Esta sala não existe.","retry":"changed"}
         q> {"do":"audit","txn":12,"room":2}
         q< {"is":"reject","txn":12,"code":2005,"text":"Esta sala não existe.","retry":"changed"}
         q> {"do":"audit","txn":12,"room":9}
         q< {"is":"reject","txn":12,"code":2005,"text":"Esta sala não existe.","retry":"changed"}
         q> {"do":"close","txn":13,"room":2}
         q< {"is":"reject","txn":13,"code":2005,"text":"Esta sala não existe.","retry":"changed"}
         q> {"do":"close","txn":13,"room":9}
         q< {"is":"reject","txn":13,"code":2005,"text":"Esta sala não existe.","retry":"changed"}
         q> {"do":"report","txn":14,"room":2,"why":"x"}
         q< {"is":"reject","txn":14,"code":2005,"text":"Esta sala não existe.","retry":"changed"}
         q> {"do":"report","txn":14,"room":9,"why":"x"}
         q< {"is":"reject","txn":14,"code":2005,"text":"Esta sala não existe.","retry":"changed"}
         q> {"do":"private","txn":15,"room":2,"on":false}
         q< {"is":"reject","txn":15,"code":2005,"text":"Esta sala não existe.","retry":"changed"}
         q> {"do":"private","txn":15,"room":9,"on":false}
         q< {"is":"reject","txn":15,"code":2005,"text":"Esta sala não existe.","retry":"changed"}"#,
    );
}

#[test]
fn who_follows_the_list_sees_a_room_go_and_come() {
    check(
        r#"p> {"do":"hello","txn":1,"version":1,"nick":"Pia","capabilities":["rooms"]}
         p< hello "Pia" resumed:false,"rooms":[]}}
         a> /nick Ana
         a< [SYS] Seu nome agora é Ana. Você entrou em #geral.
         a> /join sala
         a< [SYS] Você entrou em #sala.
         *wait 1
         p< {"is":"rooms","changed":[{"id":1,"name":"geral","online":0},{"id":2,"name":"sala","online":1}],"gone":[]}
         a> /private
         a< [SYS] Feito.
         a> oi
         *wait 1
         p< {"is":"rooms","changed":[],"gone":[2]}
         b> /nick Bia
         b< [SYS] Seu nome agora é Bia. Você entrou em #geral.
         a> /invite Bia
         a< [SYS] Feito: Bia.
         b< [SYS] Ana convidou você para #sala. Entre com /join #sala
         b> /join sala
         a< [SYS] Bia entrou em #sala.
         b< [SYS] Você entrou em #sala.
         *wait 1
         p< {"is":"rooms","changed":[{"id":1,"name":"geral","online":0}],"gone":[]}
         a> /private off
         a< [SYS] Feito.
         b< [SYS] Ana abriu a sala para todos.
         *wait 1
         p< {"is":"rooms","changed":[{"id":2,"name":"sala","online":2}],"gone":[]}"#,
    );
}

#[test]
fn who_is_taken_out_knows_nothing_of_it_any_more() {
    check(
        r#"p> {"do":"hello","txn":1,"version":1,"nick":"Pia"}
         p< hello "Pia" resumed:false,"rooms":[]}}
         p> {"do":"join","txn":2,"room":"segredo"}
         p< {"is":"ack","txn":2,"answer":{"to":"join","room":{"id":2,"epoch":5,"name":"segredo","first":0,"head":0,"kind":"public","role":"owner","topic":""},"cut":false}}
         p> {"do":"private","txn":3,"room":2,"on":true}
         p< {"is":"ack","txn":3,"answer":{"to":"done"}}
         q> {"do":"hello","txn":1,"version":1,"nick":"Quim"}
         q< hello "Quim" resumed:false,"rooms":[]}}
         p> {"do":"invite","txn":4,"room":2,"who":"Quim"}
         p< {"is":"ack","txn":4,"answer":{"to":"done"}}
         q< {"is":"invited","room":{"id":2,"epoch":5,"name":"segredo","first":0,"head":0,"kind":"private","role":"member","topic":""},"by":"Pia"}
         q> {"do":"join","txn":2,"room":"segredo"}
         p< {"is":"entered","room":2,"who":["Quim"]}
         q< {"is":"ack","txn":2,"answer":{"to":"join","room":{"id":2,"epoch":5,"name":"segredo","first":0,"head":0,"kind":"private","role":"member","topic":""},"cut":false}}
         p> {"do":"kick","txn":5,"room":2,"who":"Quim"}
         p< {"is":"ack","txn":5,"answer":{"to":"done"}}
         q< {"is":"removed","room":2,"by":"Pia","why":"","banned":false,"closed":false}
         p> {"do":"post","txn":6,"room":2,"text":"oi"}
         p< {"is":"ack","txn":6,"answer":{"to":"post","room":2,"seq":1,"at":1}}
         q> {"do":"history","txn":3,"room":2}
         q< {"is":"reject","txn":3,"code":2005,"text":"Esta sala não existe.","retry":"changed"}
         q> {"do":"join","txn":4,"room":"segredo"}
         q< {"is":"ack","txn":4,"answer":{"to":"join","room":{"id":3,"epoch":5,"name":"segredo","first":0,"head":0,"kind":"public","role":"owner","topic":""},"cut":false}}
         p> {"do":"invite","txn":7,"room":2,"who":"Quim"}
         p< {"is":"ack","txn":7,"answer":{"to":"done"}}
         q< {"is":"invited","room":{"id":2,"epoch":5,"name":"segredo","first":1,"head":1,"kind":"private","role":"member","topic":""},"by":"Pia"}
         p> {"do":"ban","txn":8,"room":2,"who":"Quim"}
         p< {"is":"ack","txn":8,"answer":{"to":"done"}}
         q> {"do":"history","txn":5,"room":2}
         q< {"is":"reject","txn":5,"code":2005,"text":"Esta sala não existe.","retry":"changed"}
         p> {"do":"close","txn":9,"room":2}
         p< {"is":"ack","txn":9,"answer":{"to":"done"}}
         p> {"do":"history","txn":10,"room":2}
         p< {"is":"reject","txn":10,"code":2005,"text":"Esta sala não existe.","retry":"changed"}"#,
    );
}

#[test]
fn an_invited_guest_is_no_other_of_the_same_name() {
    check(
        r"a> /nick Ana
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
         b!
         b> /nick Bia
         b< [SYS] Seu nome agora é Bia. Você entrou em #geral.
         b> /join sala
         b< [SYS] Você entrou em #sala.
         b> /who
         b< [SYS] Em #sala (1):\n- Bia",
    );
}

#[test]
fn whoever_must_log_in_first_is_told_of_rooms_no_more() {
    check(
        r#"*in geral: a Ana with an account
         p> {"do":"hello","txn":1,"version":1,"nick":"Pia","capabilities":["rooms"]}
         p< hello "Pia" resumed:false,"rooms":[]}}
         p> {"do":"register","txn":2,"password":"segredo123"}
         p< {"is":"ack","txn":2,"answer":{"to":"register","account":2,"nick":"Pia","admin":false,"login":"ZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmY","ends":7776000001}}
         q> {"do":"hello","txn":1,"version":1,"nick":"Quim","capabilities":["rooms"]}
         q< hello "Quim" resumed:false,"rooms":[]}}
         a> /create um
         a< [SYS] Sala #um criada. Entre com /join #um.
         *wait 2
         p< {"is":"rooms","changed":[{"id":2,"name":"um","online":0}],"gone":[]}
         q< {"is":"rooms","changed":[{"id":2,"name":"um","online":0}],"gone":[]}
         *policy open no-guests
         a> /create dois
         a< [SYS] Sala #dois criada. Entre com /join #dois.
         *wait 2
         p< {"is":"rooms","changed":[{"id":3,"name":"dois","online":0}],"gone":[]}
         p> {"do":"logout","txn":3}
         p< {"is":"ack","txn":3,"answer":{"to":"logout","nick":"convidado-4487"}}
         a> /create tres
         a< [SYS] Sala #tres criada. Entre com /join #tres.
         *wait 2"#,
    );
}

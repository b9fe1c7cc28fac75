//! Accounts, conversations of two and moderation at terminals, with the real server.

use std::path::Path;

use papo_testkit::Papo;

use super::terminal::Terminal;
use super::{chat, person, server};

const PASSWORD: &str = "uma senha longa";

impl Terminal {
    fn type_line(&mut self, line: &str) {
        self.press(&format!("{line}\r"));
    }

    #[track_caller]
    fn wait_for_prompt(&mut self, prompt: &str) {
        self.wait_until(|rows| rows.last().is_some_and(|row| row == prompt));
    }

    #[track_caller]
    fn give(&mut self, question: &str, secret: &str) {
        self.wait_for_prompt(question);
        self.type_line(secret);
    }

    #[track_caller]
    fn leave(mut self) {
        self.type_line("/quit");
        assert_eq!(self.end(), 0);
        assert!(!String::from_utf8_lossy(&self.bytes).contains(PASSWORD), "{}", self.rows().join("\n"));
    }
}

/// Somebody at a terminal with an account of this name.
#[track_caller]
fn registered(server: &Papo, name: &str) -> Terminal {
    let mut terminal = person(server, name);
    terminal.type_line("/register");
    terminal.give("Senha nova:", PASSWORD);
    terminal.give("A mesma senha outra vez:", PASSWORD);
    terminal.wait_for_begin(&format!("[SYS] A conta {name} é sua."));
    terminal
}

/// Somebody who comes as an account, with what is kept in this folder.
fn coming(server: &Papo, name: &str, state: &Path, more: &[&str]) -> Terminal {
    let mut command = chat(server.tcp(), &[&["--login", name], more].concat());
    command.env("XDG_STATE_HOME", state);
    Terminal::run(command)
}

#[test]
fn two_write_to_each_other_and_what_was_said_meanwhile_is_shown_on_coming_back() {
    let server = server();
    let state = tempfile::tempdir().expect("a folder");
    let (mut alice, bob) = (registered(&server, "Alice"), registered(&server, "Bob"));
    bob.leave();
    alice.type_line("/msg bob você vem?");
    alice.wait_for("[@Bob] Alice: você vem?");
    alice.type_line("/msg Bob às oito");
    alice.wait_for("[@Bob] Alice: às oito");

    let mut bob = coming(&server, "Bob", state.path(), &["--keep"]);
    bob.give("Senha:", PASSWORD);
    bob.wait_for("[SYS] Você entrou como Bob. Você entrou em #geral.");
    bob.wait_for("[SYS] 2 mensagens de Alice chegaram enquanto você estava fora. As últimas:");
    bob.wait_until(|rows| rows.iter().any(|row| row.ends_with(" Alice: às oito")));
    bob.type_line("/r vou sim");
    bob.wait_for("[@Alice] Bob: vou sim");
    alice.wait_for("[@Bob] Bob: vou sim");
    bob.leave();

    // The login is kept, and what was shown is read.
    let mut bob = coming(&server, "Bob", state.path(), &[]);
    bob.wait_for("[SYS] Você entrou como Bob. Você entrou em #geral.");
    bob.type_line("/history @Alice 3");
    bob.wait_until(|rows| rows.iter().any(|row| row.ends_with(" Bob: vou sim")));
    assert!(!bob.rows().iter().any(|row| row.contains("enquanto você estava fora")), "{:?}", bob.rows());
    bob.type_line("/logout");
    bob.wait_for_begin("[SYS] Você saiu da conta; agora é ");
    bob.leave();
    let mut bob = coming(&server, "Bob", state.path(), &[]);
    bob.wait_for_prompt("Senha:");
    bob.press("\x03");
    // What is typed before that is part of what was interrupted.
    bob.wait_for_prompt("Você:");
    bob.leave();
    alice.leave();
}

#[test]
fn one_account_at_two_terminals_sees_what_is_said_at_the_other() {
    let server = server();
    let state = tempfile::tempdir().expect("a folder");
    let (mut here, mut bob) = (registered(&server, "Alice"), registered(&server, "Bob"));
    let mut there = coming(&server, "Alice", state.path(), &[]);
    there.give("Senha:", PASSWORD);
    there.wait_for("[SYS] Você entrou como Alice. Você entrou em #geral.");
    there.type_line("daqui");
    here.wait_for("[#geral] Alice: daqui");
    here.type_line("/msg Bob segredo nosso");
    there.wait_for("[@Bob] Alice: segredo nosso");
    bob.wait_for("[@Alice] Alice: segredo nosso");
    // Whoever changes the password ends the other login.
    here.type_line("/password");
    here.give("Senha de agora:", PASSWORD);
    here.give("Senha nova:", "outra senha longa");
    here.give("A mesma senha outra vez:", "outra senha longa");
    here.wait_for_begin("[SYS] Senha trocada.");
    there.wait_for_begin("[ERRO] Seu login em ");
    assert_eq!(there.end(), 1);
    here.leave();
    bob.leave();
}

#[test]
fn a_room_has_somebody_who_looks_after_it() {
    let server = server();
    let (mut alice, mut bob) = (registered(&server, "Alice"), person(&server, "Bob"));
    alice.type_line("/join oficina");
    alice.wait_for("[SYS] Você entrou em #oficina.");
    alice.type_line("/topic madeira e cola");
    alice.wait_for("[SYS] Feito.");
    bob.type_line("/join oficina");
    bob.wait_for("[SYS] Assunto: madeira e cola");
    bob.type_line("/slow 30");
    bob.wait_for("[ERRO] Só a moderação da sala pode fazer isso.");
    bob.type_line("uma tolice");
    alice.wait_for("[#oficina] Bob: uma tolice");
    alice.type_line("/redact Bob");
    alice.wait_for("[SYS] 1 mensagem apagada.");
    bob.wait_for("[SYS] Alice apagou uma mensagem.");
    alice.type_line("/history");
    alice.wait_for("[SYS] Ainda não se disse nada em #oficina.");
    alice.type_line("/kick Bob chega");
    bob.wait_for("[SYS] Alice tirou você de #oficina: chega");
    alice.type_line("/audit");
    alice.wait_for("[SYS] O que a moderação fez em #oficina (3):");
    assert_eq!(alice.rows().iter().filter(|row| row.contains("tolice")).count(), 1, "history does not show it");
    bob.type_line("ninguém ouve");
    bob.wait_for_begin("[ERRO] Você não está em nenhuma sala.");
    alice.leave();
    bob.leave();
}

//! Scripts: who types what, and what everybody is then told.
//!
//! `ana> line` is typed by Ana; a line `ana: …` is what Ana is told next, ` | ` for its line breaks, or
//! `(closed)` for the end of her connection. Where `…` stands, anything may stand; nothing else may come
//! between. What stands where `{name}` does is learnt, and put into later lines for it.

use std::collections::BTreeMap;

use papo_testkit::Client;

use super::{Running, start};

/// Carries a script out, by clients who come as they are first named.
struct Stage<'a> {
    server: &'a Running,
    clients: BTreeMap<String, Client>,
    /// What was told once and is used again.
    learnt: BTreeMap<String, String>,
}

pub fn check(script: &str) {
    let server = start();
    let mut stage = Stage { server: &server, clients: BTreeMap::new(), learnt: BTreeMap::new() };
    for line in script.lines().map(str::trim).filter(|line| !line.is_empty()) {
        stage.play(line);
    }
    stage.end();
}

impl Stage<'_> {
    fn play(&mut self, line: &str) {
        let typed = line.split_once("> ").filter(|(who, _)| !who.contains([':', ' ']));
        if let Some((who, typed)) = typed {
            let mut typed = typed.to_owned();
            for (name, value) in &self.learnt {
                typed = typed.replace(&format!("{{{name}}}"), value);
            }
            return self.client(who).send(&typed);
        }
        let (who, expected) = line.split_once(": ").expect("who is told what");
        let told = self.client(who).read().map(|told| told.replace('\n', " | "));
        let Some(told) = told else {
            assert_eq!(expected, "(closed)", "{who}");
            return drop(self.clients.remove(who));
        };
        match fits(expected, &told) {
            Some(learnt) => self.learnt.extend(learnt),
            None => panic!("{who} was told\n  {told}\nand not\n  {expected}"),
        }
    }

    fn client(&mut self, who: &str) -> &mut Client {
        let server = self.server;
        self.clients.entry(who.to_owned()).or_insert_with(|| {
            let mut client = server.tcp();
            client.read();
            client
        })
    }

    /// Nobody was told anything else.
    fn end(mut self) {
        for (who, client) in &mut self.clients {
            client.send("/lang pt");
            assert_eq!(client.read().as_deref(), Some("[SYS] Avisos em português."), "{who}");
        }
    }
}

/// Whether a line is as expected, and what it says where a name in braces stands.
fn fits(expected: &str, told: &str) -> Option<Vec<(String, String)>> {
    let mut learnt = Vec::new();
    let (mut expected, mut told) = (expected, told);
    loop {
        let Some(at) = expected.find(['…', '{']) else { return (expected == told).then_some(learnt) };
        told = told.strip_prefix(&expected[..at])?;
        let rest = &expected[at..];
        let (name, rest) = match rest.strip_prefix('{') {
            Some(rest) => rest.split_once('}').map(|(name, rest)| (Some(name), rest))?,
            None => (None, &rest['…'.len_utf8()..]),
        };
        let next = rest.find(['…', '{']).map_or(rest, |at| &rest[..at]);
        let end = if next.is_empty() { told.len() } else { told.find(next)? };
        learnt.extend(name.map(|name| (name.to_owned(), told[..end].to_owned())));
        (expected, told) = (rest, &told[end..]);
    }
}

/// Ana and Bob have accounts, and Teo is a guest; all are in #geral.
pub const THREE: &str = "
        ana> /nick Ana
        ana: [SYS] Seu nome agora é Ana. Você entrou em #geral.
        ana> /register um bom segredo
        ana: [SYS] A conta Ana é sua. Da próxima vez: /login Ana <senha>
        bob> /nick Bob
        bob: [SYS] Seu nome agora é Bob. Você entrou em #geral.
        ana: [SYS] Bob entrou em #geral.
        bob> /register um bom segredo
        bob: [SYS] A conta Bob é sua. Da próxima vez: /login Bob <senha>
        teo> /nick Teo
        teo: [SYS] Seu nome agora é Teo. Você entrou em #geral.
        ana: [SYS] Teo entrou em #geral.
        bob: [SYS] Teo entrou em #geral.
        ";

//! The rooms and names that have been on the screen, for completion.

use papo_client::Incoming;
use papo_proto::{Nickname, RoomName};

/// Rooms and names that are remembered, of each; the one that was seen longest ago is forgotten first.
const REMEMBERED: usize = 200;

/// What was seen, latest first. Rooms are kept with their `#`.
#[derive(Debug, Default)]
pub(crate) struct Known {
    rooms: Vec<String>,
    names: Vec<String>,
}

impl Known {
    pub(crate) fn rooms(&self) -> &[String] {
        &self.rooms
    }

    pub(crate) fn names(&self) -> &[String] {
        &self.names
    }

    /// Learns from what is about to be shown.
    pub(crate) fn learn(&mut self, incoming: &Incoming) {
        match incoming {
            Incoming::Message { room, author, .. } => {
                self.room(room);
                self.name(author);
            }
            Incoming::Direct { with, author, .. } => {
                self.name(with);
                self.name(author);
            }
            Incoming::Notice(text) => self.notice(text),
            Incoming::Refusal(_) | Incoming::Line(_) | Incoming::Skipped { .. } => {}
        }
    }

    /// Reads what has a fixed form in every language: `#sala` anywhere, and the lists' `- Nome`.
    fn notice(&mut self, text: &str) {
        for line in text.lines().take(REMEMBERED) {
            for word in line.split_whitespace() {
                if let Some(room) = word.strip_prefix('#') {
                    self.room(room.trim_end_matches(['.', ',', ':']));
                }
            }
            if let Some(name) = line.strip_prefix("- ") {
                self.name(name);
            }
        }
    }

    fn room(&mut self, room: &str) {
        if let Ok(parsed) = RoomName::parse(room) {
            remember(&mut self.rooms, parsed.name.to_string());
        }
    }

    fn name(&mut self, name: &str) {
        if let Ok(parsed) = Nickname::parse(name) {
            remember(&mut self.names, parsed.name.to_string());
        }
    }
}

fn remember(list: &mut Vec<String>, word: String) {
    match list.iter().position(|known| *known == word) {
        Some(at) => list[..=at].rotate_right(1),
        None => list.insert(0, word),
    }
    list.truncate(REMEMBERED);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(frames: &[&str], rooms: &[&str], names: &[&str]) {
        let mut known = Known::default();
        for frame in frames {
            known.learn(&Incoming::read(frame.as_bytes()));
        }
        assert_eq!((known.rooms(), known.names()), (&owned(rooms)[..], &owned(names)[..]), "{frames:?}");
    }

    fn owned(words: &[&str]) -> Vec<String> {
        words.iter().map(|&word| word.to_owned()).collect()
    }

    #[test]
    fn rooms_and_names_are_learnt_from_what_is_shown() {
        check(&["[#geral] Alice: vamos ao #jogos?"], &["#geral"], &["Alice"]);
        check(&["[SYS] Salas (2):\n- #geral (2 online)\n- #jogos (1 online)"], &["#jogos", "#geral"], &[]);
        check(&["[SYS] Em #geral (2):\n- Alice\n- Bob"], &["#geral"], &["Bob", "Alice"]);
        check(&["[SYS] Você entrou em #geral."], &["#geral"], &[]);
        check(&["[SYS] Comandos:\n/nick <nome> - escolhe o seu nome"], &[], &[]);
        check(&["[@Bob] Alice: oi"], &[], &["Alice", "Bob"]);
        check(&["[ERRO] #x", "- Eva", "[#\u{1b}] Eva: x"], &[], &[]);
    }

    #[test]
    fn the_latest_comes_first_and_the_oldest_is_forgotten() {
        check(&["[#a] A: x", "[#b] B: x", "[#a] A: x"], &["#a", "#b"], &["A", "B"]);
        let mut known = Known::default();
        for number in 0..=REMEMBERED {
            known.learn(&Incoming::read(format!("[#r{number}] x: y").as_bytes()));
        }
        assert_eq!((known.rooms().len(), known.rooms()[0].as_str()), (REMEMBERED, "#r200"));
        assert!(!known.rooms().contains(&"#r0".to_owned()));
    }
}

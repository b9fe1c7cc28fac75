//! What Tab offers: commands, rooms and names.

use crate::known::Known;

/// A way to go on with the word under the cursor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Offer {
    /// What the list shows.
    pub(crate) shown: String,
    /// What takes the word's place.
    pub(crate) insert: String,
}

/// The commands; those with a space take an argument.
const COMMANDS: [&str; 37] = [
    "/audit",
    "/ban ",
    "/close",
    "/create ",
    "/delete-account",
    "/deop ",
    "/help",
    "/history ",
    "/ignore ",
    "/invite ",
    "/join ",
    "/kick ",
    "/lang ",
    "/leave",
    "/login ",
    "/logout",
    "/msg ",
    "/mute ",
    "/nick ",
    "/op ",
    "/password",
    "/private ",
    "/quit",
    "/r ",
    "/readonly ",
    "/redact ",
    "/register",
    "/report ",
    "/rooms",
    "/sessions",
    "/slow ",
    "/token ",
    "/topic ",
    "/unban ",
    "/unignore ",
    "/unmute ",
    "/who",
];
const LANGUAGES: [&str; 2] = ["en", "pt-BR"];
const SWITCH: [&str; 2] = ["off", "on"];
const TOKEN: [&str; 3] = ["list", "new ", "revoke "];
/// Offers at a time, so that their list fits on a screen.
const OFFERS: usize = 40;

/// Where the word under the cursor begins, and what it may become. `cursor` is a byte position in `line`.
pub(crate) fn complete(line: &str, cursor: usize, known: &Known) -> (usize, Vec<Offer>) {
    let before = &line[..cursor];
    let start = before.rfind(char::is_whitespace).map_or(0, |at| at + width_at(before, at));
    let word = &before[start..];
    let offers = match before[..start].split_whitespace().next() {
        None if word.is_empty() || word.starts_with('/') => matching(word, COMMANDS.into_iter(), ""),
        None if word.starts_with('#') => rooms(word, known),
        None => matching(word, known.names().iter().map(String::as_str), ": "),
        Some(command) if command.starts_with('/') => {
            let is_first = before[..start].split_whitespace().count() == 1;
            argument(&command.to_lowercase(), is_first, word, known)
        }
        Some(_) if word.starts_with('#') => rooms(word, known),
        Some(_) => matching(word, known.names().iter().map(String::as_str), " "),
    };
    (start, offers)
}

/// What goes on with a command's argument.
fn argument(command: &str, is_first: bool, word: &str, known: &Known) -> Vec<Offer> {
    match command {
        "/join" | "/create" => rooms(word, known),
        "/token" if !is_first => rooms(word, known),
        "/msg" | "/ignore" | "/unignore" | "/invite" | "/kick" | "/ban" | "/unban" | "/mute" | "/unmute" | "/op"
        | "/deop" | "/redact"
            if is_first =>
        {
            persons(word, known)
        }
        "/history" if word.starts_with('@') => persons(word, known),
        "/lang" => matching(word, LANGUAGES.into_iter(), ""),
        "/private" | "/readonly" if is_first => matching(word, SWITCH.into_iter(), ""),
        "/sessions" if is_first => matching(word, ["end "].into_iter(), ""),
        "/token" => matching(word, TOKEN.into_iter(), ""),
        _ => Vec::new(),
    }
}

fn width_at(text: &str, at: usize) -> usize {
    text[at..].chars().next().map_or(0, char::len_utf8)
}

/// The `#` may be left out, as everywhere.
fn rooms(word: &str, known: &Known) -> Vec<Offer> {
    let with_sign = if word.starts_with('#') { word.to_owned() } else { format!("#{word}") };
    matching(&with_sign, known.rooms().iter().map(String::as_str), " ")
}

/// A person's name, with `@` if it is there.
fn persons(word: &str, known: &Known) -> Vec<Offer> {
    let Some(bare) = word.strip_prefix('@') else {
        return matching(word, known.names().iter().map(String::as_str), " ");
    };
    let mut offers = matching(bare, known.names().iter().map(String::as_str), " ");
    for offer in &mut offers {
        offer.insert.insert(0, '@');
    }
    offers
}

fn matching<'a>(word: &str, choices: impl Iterator<Item = &'a str>, after: &str) -> Vec<Offer> {
    let word = word.to_lowercase();
    choices
        .filter(|choice| choice.to_lowercase().starts_with(&word))
        .take(OFFERS)
        .map(|choice| Offer { shown: choice.trim_end().to_owned(), insert: format!("{choice}{after}") })
        .collect()
}

#[cfg(test)]
mod tests {
    use papo_client::Incoming;

    use super::*;

    /// `|` in the line is the cursor; the result is each line after choosing an offer.
    fn check(line: &str, expected: &[&str]) {
        let mut known = Known::default();
        for frame in ["[#jogos] Álvaro: x", "[#geral] Aline: x", "[#Gente] Alice: x"] {
            known.learn(&Incoming::read(frame.as_bytes()));
        }
        let cursor = line.find('|').expect("a cursor");
        let typed = line.replacen('|', "", 1);
        let (start, offers) = complete(&typed, cursor, &known);
        let lines: Vec<String> =
            offers.iter().map(|offer| format!("{}{}{}", &typed[..start], offer.insert, &typed[cursor..])).collect();
        assert_eq!(lines, expected, "{line}");
    }

    #[test]
    fn commands_rooms_and_names() {
        check("/j|", &["/join "]);
        check("/L|", &["/lang ", "/leave", "/login ", "/logout"]);
        check("/msg ali|", &["/msg Alice ", "/msg Aline "]);
        check("/kick @á|", &["/kick @Álvaro "]);
        check("/msg Aline al|", &[]);
        check("/history @ali|", &["/history @Alice ", "/history @Aline "]);
        check("/history a|", &[]);
        check("/private o|", &["/private off", "/private on"]);
        check("/token r|", &["/token revoke "]);
        check("/token new R2 j|", &["/token new R2 #jogos "]);
        check("/sessions |", &["/sessions end "]);
        check("/zzz|", &[]);
        check("/join #ge|", &["/join #Gente ", "/join #geral "]);
        check("/join j|", &["/join #jogos "]);
        check("/JOIN |", &["/JOIN #Gente ", "/JOIN #geral ", "/JOIN #jogos "]);
        check("/lang p|", &["/lang pt-BR"]);
        check("/nick A|", &[]);
        check("ali|", &["Alice: ", "Aline: "]);
        check("á|", &["Álvaro: "]);
        check("oi alic|, tudo bem?", &["oi Alice , tudo bem?"]);
        check("vamos ao #j|", &["vamos ao #jogos "]);
        check("oi\u{3000}alin|", &["oi\u{3000}Aline "]);
        check("ninguém|", &[]);
    }

    /// Tab offers what the decoder knows: all but words for the same, and nothing else.
    #[test]
    fn every_command_is_one() {
        for command in COMMANDS {
            let line = format!("{command} x");
            let read = papo_proto::text::decode(line.as_bytes());
            assert!(!matches!(read, Some(Err(papo_proto::Reject::UnknownCommand(_)))), "{command}");
        }
    }

    #[test]
    fn an_empty_line_offers_the_commands() {
        let (start, offers) = complete("", 0, &Known::default());
        assert_eq!((start, offers.len()), (0, COMMANDS.len()));
        assert!(COMMANDS.is_sorted());
        assert_eq!(offers[0].shown, "/audit");
    }
}

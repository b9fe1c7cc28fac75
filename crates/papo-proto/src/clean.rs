//! What may be shown to other people: text without what steers terminals or turns lines around.

use std::borrow::Cow;

/// Cleans what a person typed: CR LF and other line breaks become LF, control characters other
/// than line break and tab go, and so do bidirectional overrides. White space around it is cut off.
///
/// Borrows when there is nothing to change, which is nearly always.
pub fn message(typed: &str) -> Cow<'_, str> {
    let typed = typed.trim();
    if !typed.chars().any(needs_care) {
        return Cow::Borrowed(typed);
    }
    let mut kept = String::with_capacity(typed.len());
    let mut rest = typed.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '\r' => {
                if rest.peek() != Some(&'\n') {
                    kept.push('\n');
                }
            }
            '\u{85}' | '\u{2028}' | '\u{2029}' => kept.push('\n'),
            c if is_unsafe(c) => {}
            c => kept.push(c),
        }
    }
    Cow::Owned(kept.trim().to_owned())
}

/// Cleans a single line, for example a word that is named in an answer; cuts it after `max_chars`.
pub fn line(typed: &str, max_chars: usize) -> String {
    typed.chars().filter(|&c| !needs_care(c) && c != '\n' && c != '\t').take(max_chars).collect()
}

/// Cleans what came from a server, for showing on a terminal: like [`message`] but keeps white space.
pub fn display(text: &str) -> Cow<'_, str> {
    if text.chars().any(is_unsafe) {
        Cow::Owned(text.chars().filter(|&c| !is_unsafe(c)).collect())
    } else {
        Cow::Borrowed(text)
    }
}

/// Whether a character by itself can be seen and steers nothing.
pub fn is_shown(c: char) -> bool {
    !needs_care(c) && !c.is_whitespace() && !matches!(c, '\u{200B}'..='\u{200F}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}')
}

fn needs_care(c: char) -> bool {
    is_unsafe(c) || matches!(c, '\u{2028}' | '\u{2029}')
}

/// Control characters (C0, DEL, C1) other than line break and tab, and the embeddings, overrides
/// and isolates of bidirectional text.
fn is_unsafe(c: char) -> bool {
    match c {
        '\n' | '\t' => false,
        '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => true,
        c => c.is_control(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_is_kept_but_for_what_steers() {
        let table = [
            ("olá", "olá"),
            ("  olá \n", "olá"),
            ("um\r\ndois\rtrês", "um\ndois\ntrês"),
            ("a\tb", "a\tb"),
            ("\u{1b}[31mvermelho\u{7}", "[31mvermelho"),
            ("a\u{9b}31mb\u{7f}", "a31mb"),
            ("abc\u{202E}cba\u{2066}x\u{2069}", "abccbax"),
            ("a\u{2028}b\u{85}c", "a\nb\nc"),
            ("\u{1b}", ""),
            ("👩‍👩‍👧 família", "👩‍👩‍👧 família"),
        ];
        for (typed, shown) in table {
            assert_eq!(message(typed), shown, "{typed:?}");
        }
    }

    #[test]
    fn ordinary_text_is_borrowed() {
        assert!(matches!(message("uma linha\noutra linha"), Cow::Borrowed(_)));
    }

    #[test]
    fn a_line_is_one_line_and_short() {
        assert_eq!(line("/fo\no\u{1b}bar", 5), "/foob");
        assert_eq!(line("a\u{2028}b\u{2029}c", 5), "abc");
    }
}

//! Pages that name paths, crates or threads rot, unless somebody looks.

/// Where a path of the project begins; anything else in backticks is something else.
const TOPS: [&str; 5] = ["crates/", "web/", "docs/", "fuzz/", ".ci/"];

/// Each path in backticks that does not exist, and each name like `papo-hub` that is neither a crate
/// nor `known` to the code, as a thread's name is.
pub(super) fn check(
    page: &str,
    text: &str,
    exists: impl Fn(&str) -> bool,
    known: impl Fn(&str) -> bool,
) -> Vec<String> {
    let mut problems = Vec::new();
    for (number, line) in text.lines().enumerate() {
        for word in line.split('`').skip(1).step_by(2) {
            let path = path_of(word);
            if path.is_some_and(|path| !exists(&path)) && !known(word) {
                problems.push(format!("{page}:{}: `{word}` does not exist", number + 1));
            }
        }
    }
    problems
}

/// The path that a word in backticks names.
fn path_of(word: &str) -> Option<String> {
    if word.contains(['*', '<', ' ', '{', '…']) {
        return None;
    }
    if TOPS.iter().any(|top| word.starts_with(top)) {
        // `crates/papo-hub/src/hub.rs:12` is a place in the file.
        return Some(word.split(':').next().unwrap_or(word).to_owned());
    }
    let is_crate = word.starts_with("papo-") && word.chars().all(|c| c.is_ascii_lowercase() || c == '-');
    is_crate.then(|| format!("crates/{word}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn missing(text: &str) -> Vec<String> {
        let exists = |path: &str| ["crates/papo-hub", "crates/papo-hub/src/hub.rs", "docs/"].contains(&path);
        check("A.md", text, exists, |name| name == "papo-writer")
    }

    #[test]
    fn what_exists_is_fine() {
        let text = "The `papo-hub` (`crates/papo-hub/src/hub.rs:12`) in `docs/`,\n`let x`, `papo.v1`, `crates/*/src`, `papo-writer`.";
        assert_eq!(missing(text), [""; 0]);
    }

    #[test]
    fn what_is_gone_is_named_with_its_line() {
        let text = "First `crates/papo-hub/src/gone.rs`.\nThen `papo-gone` and `web/src/gone.ts`.";
        let expected = [
            "A.md:1: `crates/papo-hub/src/gone.rs` does not exist",
            "A.md:2: `papo-gone` does not exist",
            "A.md:2: `web/src/gone.ts` does not exist",
        ];
        assert_eq!(missing(text), expected);
    }
}

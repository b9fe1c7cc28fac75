//! How long a file may be, and what no file holds.

use super::Source;

/// Over this, a file holds more than one idea.
const LINES_MAX: usize = 500;
/// Over this, it is worth a look.
const LINES_HINT: usize = 300;

/// What no file holds, with the reason. Written in pieces, or this file would hold it.
const FORBIDDEN: [(&str, &str); 6] = [
    (concat!("to", "do!("), "unfinished code"),
    (concat!("unimple", "mented!("), "unfinished code"),
    (concat!("db", "g!("), "left over from debugging"),
    (concat!("/ro", "ot/"), "a path of one machine"),
    (concat!("/wo", "rk/"), "a path of one machine"),
    (concat!("/ho", "me/"), "a path of one machine"),
];

/// Each line that holds what no file holds.
pub(super) fn forbidden(source: &Source) -> Vec<String> {
    let mut problems = Vec::new();
    for (number, line) in source.text.lines().enumerate() {
        for (text, why) in FORBIDDEN {
            if holds(line, text) {
                problems.push(format!("{}:{}: {text} is {why}", source.path, number + 1));
            }
        }
    }
    problems
}

/// A path counts only where it begins: `web/work/x` lies in the project.
fn holds(line: &str, text: &str) -> bool {
    let inside_a_path = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '}' | '~');
    line.match_indices(text).any(|(at, _)| !text.starts_with('/') || !line[..at].ends_with(inside_a_path))
}

/// A file that is too long.
pub(super) fn too_long(source: &Source) -> Option<String> {
    let lines = lines(source)?;
    (lines > LINES_MAX).then(|| format!("{}: {lines} lines are over {LINES_MAX}; split it by its ideas", source.path))
}

/// A file that is long, but not too long.
pub(super) fn long(source: &Source) -> Option<String> {
    let lines = lines(source)?;
    (LINES_HINT + 1..=LINES_MAX).contains(&lines).then(|| format!("{} has {lines} lines", source.path))
}

/// The length of a file of code; pages, catalogs, lock files and what a program writes may be as long as
/// they are.
fn lines(source: &Source) -> Option<usize> {
    let code = !source.path.ends_with(".gen.ts")
        && ["rs", "ts", "svelte", "css"].iter().any(|end| source.path.ends_with(&format!(".{end}")));
    code.then(|| source.text.lines().count())
}

/// Whether a file has an example in its documentation that would be run as a test.
pub(crate) fn has_example(text: &str) -> bool {
    let fences = |line: &str| line.strip_prefix("///").or(line.strip_prefix("//!")).map(|rest| rest.trim().to_owned());
    let mut inside = false;
    for fence in text.lines().filter_map(|line| fences(line.trim_start())).filter(|rest| rest.starts_with("```")) {
        let words = fence.trim_start_matches('`');
        if !inside && (words.is_empty() || words.starts_with("rust") || words.starts_with("should_panic")) {
            return true;
        }
        inside = !inside;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(path: &str, text: &str) -> Source {
        Source { path: path.to_owned(), text: text.to_owned() }
    }

    #[test]
    fn each_forbidden_thing_is_found_with_its_line() {
        for (text, _) in FORBIDDEN {
            let found = forbidden(&source("crates/x/src/a.rs", &format!("fn a() {{\n    {text}x)\n}}\n")));
            assert_eq!(found.len(), 1, "{text}");
            assert!(found[0].starts_with("crates/x/src/a.rs:2: "), "{found:?}");
        }
        let path = &FORBIDDEN[4].0[1..];
        assert_eq!(forbidden(&source("a.md", &format!("see web/{path}page.ts"))), [""; 0]);
    }

    #[test]
    fn long_files_are_told_and_too_long_ones_are_problems() {
        let of = |lines: usize| source("crates/x/src/a.rs", &"x\n".repeat(lines));
        assert_eq!((too_long(&of(500)), long(&of(300))), (None, None));
        assert!(too_long(&of(501)).is_some() && long(&of(301)).is_some());
        assert_eq!(long(&of(501)), None);
        assert_eq!(too_long(&source("docs/long.md", &"x\n".repeat(900))), None);
    }

    #[test]
    fn examples_that_run_are_told_from_those_that_do_not() {
        assert!(has_example("/// ```\n/// one();\n/// ```\n"));
        assert!(has_example("//! ```text\n//! x\n//! ```\n//! ```rust\n//! one();\n//! ```\n"));
        assert!(!has_example("//! ```text\n//! x\n//! ```\nlet x = \"```\";\n"));
    }
}

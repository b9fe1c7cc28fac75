//! Rules of the house that no compiler knows. Each rule is a pure function from texts to problems, with
//! its tests beside it; this file reads the texts.

mod dependencies;
mod limits;
mod locales;
mod paths;
mod style;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

pub(crate) use style::has_example;

use crate::sh::root;

/// A text of the project.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    /// Relative to the root, with `/`.
    pub(crate) path: String,
    pub(crate) text: String,
}

/// Where the project's own texts are. What is installed or built lies elsewhere or is left out by name.
const FOLDERS: [&str; 7] = ["crates", "web/src", "web/e2e", "web/messages", "docs", "fuzz", ".ci"];
const LEFT_OUT: [&str; 6] = ["target", "node_modules", "dist", "corpus", "artifacts", ".git"];
const TEXTS: [&str; 9] = ["rs", "toml", "md", "ts", "svelte", "css", "ftl", "json", "html"];

/// Checks all rules; every problem is told before this fails.
pub(crate) fn run() -> Result<()> {
    let sources = sources()?;
    let text = |path: &str| sources.iter().find(|source| source.path == path).map(|source| source.text.as_str());
    let mut problems = Vec::new();
    for source in &sources {
        problems.extend(style::forbidden(source));
        problems.extend(style::too_long(source));
        if let Some(name) = crate_of_manifest(&source.path) {
            problems.extend(dependencies::check(name, &source.text));
        }
    }
    problems.extend(locales::check(&sources));
    if let Some(page) = text("ARCHITECTURE.md") {
        let known = |name: &str| {
            let literal = format!("\"{name}\"");
            sources.iter().any(|source| source.path.starts_with("crates/") && source.text.contains(&literal))
        };
        problems.extend(paths::check("ARCHITECTURE.md", page, |path| root().join(path).exists(), known));
    }
    if let (Some(page), Some(code)) = (text("docs/limits.md"), text("crates/papo-proto/src/limits.rs")) {
        problems.extend(limits::check(page, code));
    }
    for hint in sources.iter().filter_map(style::long) {
        println!("hint: {hint}");
    }
    for problem in &problems {
        eprintln!("{problem}");
    }
    if problems.is_empty() { Ok(()) } else { bail!("{} rules of the house are broken", problems.len()) }
}

/// All texts of the project, in order of their paths.
pub(crate) fn sources() -> Result<Vec<Source>> {
    let mut files = Vec::new();
    for folder in FOLDERS {
        walk(&root().join(folder), &mut files)?;
    }
    let top = fs::read_dir(root()).context("the project's folder cannot be read")?;
    files.extend(top.flatten().map(|entry| entry.path()).filter(|path| path.is_file()));
    files.retain(|file| is_text(file));
    files.sort();
    files.iter().map(|file| read(file)).collect()
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    let Ok(entries) = fs::read_dir(folder) else { return Ok(()) };
    for entry in entries {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if path.is_dir() && !LEFT_OUT.contains(&name.as_ref()) {
            walk(&path, files)?;
        } else if path.is_file() {
            files.push(path);
        }
    }
    Ok(())
}

fn is_text(file: &Path) -> bool {
    let of_ci = file.parent().is_some_and(|folder| folder == root().join(".ci"));
    of_ci || file.extension().is_some_and(|extension| TEXTS.iter().any(|text| extension == *text))
}

fn read(file: &Path) -> Result<Source> {
    let text = fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))?;
    let path = file.strip_prefix(root()).unwrap_or(file).to_string_lossy().replace('\\', "/");
    Ok(Source { path, text })
}

/// `papo-hub` of `crates/papo-hub/Cargo.toml`.
fn crate_of_manifest(path: &str) -> Option<&str> {
    path.strip_prefix("crates/")?.strip_suffix("/Cargo.toml").filter(|name| !name.contains('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_projects_texts_are_found() {
        let sources = sources().expect("readable");
        for path in ["Cargo.toml", "crates/xtask/src/tidy.rs", "crates/papo-hub/clippy.toml", ".ci/run"] {
            assert!(sources.iter().any(|source| source.path == path), "{path}");
        }
        assert!(!sources.iter().any(|source| source.path.contains("node_modules")));
    }

    #[test]
    fn manifests_belong_to_crates() {
        assert_eq!(crate_of_manifest("crates/papo-hub/Cargo.toml"), Some("papo-hub"));
        assert_eq!(crate_of_manifest("crates/papo-hub/x/Cargo.toml"), None);
        assert_eq!(crate_of_manifest("Cargo.toml"), None);
    }
}
